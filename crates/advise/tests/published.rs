//! The lints on schemas that others have published.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

use advise::{Finding, Severity, caused, lint};
use interchange::{Dialect, Format};
use schema::Schema;
use std::collections::BTreeMap;
use std::path::Path;

fn read(sql: &str) -> Schema {
    let mut last = 0;
    let mut next = || {
        last += 1;
        last
    };
    interchange::read(sql, Format::Sql(Dialect::Postgres), &mut next).schema
}

/// Errors in schemas that PostgreSQL takes, and why they are right.
const RIGHT: [(&str, &str, &str); 2] = [
    (
        "gitlab",
        "E03",
        "three references set NULL where the column is NOT NULL, and deleting such a row has always failed",
    ),
    ("omop_cdm", "E08", "the vocabulary tables are loaded before their references are made, as nothing could be after"),
];

/// Published schemas. They are not part of the repository; without them a test says that it was left out.
fn published() -> Vec<(String, Schema)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas");
    if !folder.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
        eprintln!("left out: {} is not there", folder.display());
        return Vec::new();
    }
    let mut schemas = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(name) = name.strip_prefix("pg_").and_then(|name| name.strip_suffix(".sql")) {
            schemas.push((name.to_owned(), read(&String::from_utf8_lossy(&std::fs::read(&path).unwrap()))));
        }
    }
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    schemas
}

#[test]
fn what_postgresql_takes_has_no_errors() {
    let mut wrong = Vec::new();
    for (name, schema) in published() {
        let found = lint(&schema);
        let errors = found.iter().filter(|it| it.severity == Severity::Error);
        let is_right = |it: &&Finding| RIGHT.iter().any(|(of, rule, _)| *of == name && *rule == it.rule);
        wrong.extend(errors.filter(|it| !is_right(it)).map(|it| format!("{name}: {} {}", it.rule, it.message)));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// Every fix of published schemas applies by itself and mends what it is for.
#[test]
fn fixes_hold_in_schemas_of_others() {
    for (name, schema) in published().into_iter().filter(|(_, schema)| schema.tables.len() < 150) {
        // Of a rule that finds the same a hundred times, a few will do.
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for finding in lint(&schema) {
            let Some(fix) = &finding.fix else { continue };
            let count = seen.entry(finding.rule).or_default();
            *count += 1;
            if *count > 4 {
                continue;
            }
            let mut fixed = schema.clone();
            edit::apply_all(&mut fixed, &fix.edits).unwrap_or_else(|error| panic!("{name}: {finding:#?}: {error:?}"));
            let after = lint(&fixed);
            assert!(after.iter().all(|it| it.key() != finding.key()), "{name}: {finding:#?}");
            let worse: Vec<Finding> =
                caused(&schema, &fixed).into_iter().filter(|it| it.severity == Severity::Error).collect();
            assert_eq!(worse, vec![], "{name}: {finding:#?}");
        }
    }
}
