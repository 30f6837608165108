//! Our own reader of each dialect finds what was written.

use crate::facts::{Facts, Tables, assert_none, compare, expected, pairs};
use crate::schemas;
use ddl::export_as;
use sql::{Dialect, IndexPart, ObjectName, PartKey};

const DIALECTS: [(ddl::Dialect, Dialect, bool); 5] = [
    (ddl::Dialect::MySql, Dialect::MySql, false),
    (ddl::Dialect::MariaDb, Dialect::MariaDb, false),
    (ddl::Dialect::Sqlite, Dialect::Sqlite, false),
    (ddl::Dialect::SqlServer, Dialect::SqlServer, true),
    (ddl::Dialect::Oracle, Dialect::Oracle, false),
];

#[test]
fn what_is_written_is_read_back() {
    let mut problems = Vec::new();
    for (name, schema) in schemas::ten().into_iter().chain(schemas::random(150)) {
        for (dialect, reader, has_namespaces) in DIALECTS {
            let script = export_as(&schema, dialect);
            let found = read(&script.text, reader);
            let expected = expected(&schema, &script.notes, has_namespaces);
            let name = format!("{name} in {dialect}");
            let differences = compare(&name, &expected, &found.0, false);
            problems.extend(differences);
            problems.extend(found.1.into_iter().map(|reason| format!("{name}: {reason}")));
        }
    }
    assert_none(&problems);
}

fn read(text: &str, dialect: Dialect) -> (Tables, Vec<String>) {
    let script = sql::read(text, dialect);
    let mut reasons: Vec<String> = Vec::new();
    for statement in &script.statements {
        if let sql::Body::NotUnderstood { reason, .. } = &statement.body {
            reasons.push(format!("line {}: {reason}", statement.line));
        }
    }
    let catalog = sql::build(&script);
    reasons.extend(catalog.diagnostics.iter().map(|it| format!("line {}: {}", it.line, it.message)));
    let name_of = |name: &ObjectName| match name.schema.as_deref() {
        None | Some("" | "main" | "dbo") => name.name.to_lowercase(),
        Some(schema) => format!("{}.{}", schema.to_lowercase(), name.name.to_lowercase()),
    };
    let mut tables = Tables::new();
    for table in &catalog.tables {
        let mut facts = Facts {
            columns: table.columns.iter().map(|column| column.name.to_lowercase()).collect(),
            ..Facts::default()
        };
        for key in &table.keys {
            let columns: Vec<String> = key.columns().iter().map(|name| name.to_lowercase()).collect();
            if key.primary {
                facts.primary = columns;
            } else {
                facts.unique.insert(columns);
            }
        }
        for index in &table.indexes {
            let column = |part: &IndexPart| match &part.key {
                PartKey::Column(name) => Some(name.to_lowercase()),
                PartKey::Expression(_) => None,
            };
            let Some(columns) = index.parts.iter().map(column).collect::<Option<Vec<String>>>() else { continue };
            if index.unique {
                facts.unique.insert(columns)
            } else {
                facts.indexes.insert(columns)
            };
        }
        facts.unique.remove(&facts.primary);
        for reference in &table.references {
            facts.references.insert((pairs(&reference.columns, &reference.referenced), name_of(&reference.table)));
        }
        tables.insert(name_of(&table.name), facts);
    }
    (tables, reasons)
}
