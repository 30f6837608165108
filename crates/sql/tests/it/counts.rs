//! Files that could not be loaded into their databases here: how many of each kind they have, counted in the text, and
//! that no statement of any file is left unsaid.

use crate::shared;
use sql::{Body, Catalog, build, read};

/// Tables, columns, primary keys, unique constraints, references, indexes, checks.
type Counts = [usize; 7];

const COUNTS: [(&str, Counts); 22] = [
    ("mssql_adventureworks", [71, 486, 71, 1, 90, 101, 89]),
    ("mssql_chinook", [11, 64, 11, 0, 11, 11, 0]),
    ("mssql_ejabberd", [39, 240, 15, 0, 4, 62, 0]),
    ("mssql_flowable", [62, 844, 62, 4, 59, 150, 0]),
    ("mssql_northwind", [13, 88, 13, 0, 13, 26, 8]),
    ("mssql_quartz", [11, 79, 10, 0, 5, 4, 0]),
    ("mysql_chinook", [11, 64, 11, 0, 11, 11, 0]),
    ("mysql_dolphinscheduler", [70, 694, 70, 30, 5, 45, 0]),
    ("mysql_ejabberd", [42, 258, 17, 5, 4, 62, 0]),
    ("mysql_flowable", [62, 844, 62, 4, 60, 125, 0]),
    ("mysql_guacamole", [23, 104, 23, 6, 30, 16, 0]),
    ("mysql_mediawiki", [61, 388, 57, 22, 0, 108, 0]),
    ("mysql_quartz", [11, 79, 11, 0, 5, 21, 0]),
    ("mysql_rt", [38, 406, 38, 0, 1, 49, 0]),
    ("mysql_sakila", [16, 89, 16, 2, 22, 21, 0]),
    ("mysql_temporal", [37, 217, 37, 2, 0, 5, 1]),
    ("oracle_chinook", [11, 64, 11, 0, 11, 0, 0]),
    ("oracle_co", [7, 43, 7, 4, 9, 7, 4]),
    ("oracle_hr", [7, 35, 7, 1, 10, 11, 2]),
    ("oracle_omop_cdm", [39, 432, 28, 0, 176, 70, 0]),
    ("oracle_quartz", [11, 79, 11, 0, 5, 20, 0]),
    ("oracle_sakila", [16, 89, 16, 0, 22, 24, 2]),
];

fn counts(catalog: &Catalog) -> Counts {
    let sum = |of: &dyn Fn(&sql::Table) -> usize| catalog.tables.iter().map(of).sum();
    [
        catalog.tables.len(),
        sum(&|table| table.columns.len()),
        sum(&|table| usize::from(table.primary().is_some())),
        sum(&|table| table.keys.iter().filter(|key| !key.primary).count()),
        sum(&|table| table.references.len()),
        sum(&|table| table.indexes.len()),
        sum(&|table| table.checks.len()),
    ]
}

#[test]
fn as_many_of_each_kind_as_the_text_has() {
    for (name, expect) in COUNTS {
        let Some(text) = shared::text(&format!("schemas/{name}.sql")) else { return };
        let catalog = build(&read(&text, shared::dialect(name)));
        assert_eq!(counts(&catalog), expect, "{name}");
    }
}

#[test]
fn every_statement_of_every_file_is_understood() {
    for (name, text) in shared::schemas("") {
        let script = read(&text, shared::dialect(&name));
        for statement in &script.statements {
            if let Body::NotUnderstood { reason, .. } = &statement.body {
                panic!("{name}:{}: {reason}", statement.line);
            }
            let lost: Vec<_> = statement.left.iter().filter(|left| left.lost).collect();
            assert!(lost.is_empty(), "{name}: {lost:?}");
        }
        // Between the statements there are only separators and comments.
        let mut end = 0;
        for statement in &script.statements {
            assert!(statement.span.start >= end, "{name}:{}", statement.line);
            end = statement.span.end;
        }
    }
}
