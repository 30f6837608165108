//! Which types may reference which, against what PostgreSQL itself answered for each pair.

use schema::{DataType, DataTypeError};
use std::path::PathBuf;

/// Every type of the list, and arrays of many: what PostgreSQL 15 lets reference a unique column of the type. A line is
/// the referenced type and, after a tab, the referencing ones.
const ALL_TYPES: &str = include_str!("data/reference_types.tsv");

#[test]
fn postgresql_agrees_on_every_type_of_the_list() {
    let rows: Vec<(&str, Vec<&str>)> = ALL_TYPES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(to, from)| (to, from.split('|').collect()))
        .collect();
    let mut wrong = Vec::new();
    for (to_text, accepted) in &rows {
        let to = DataType::parse(to_text).unwrap();
        for (from_text, _) in &rows {
            let from = DataType::parse(from_text).unwrap();
            // Arrays of what has no order are accepted by PostgreSQL too, which then refuses every row.
            let expect = accepted.contains(from_text) && to.base().can_be_key();
            if from.can_reference(&to) != expect {
                wrong.push(format!("{from_text} -> {to_text}: PostgreSQL says {expect}"));
            }
        }
    }
    assert!(rows.len() > 70 && wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn postgresql_agrees_on_every_pair() {
    for version in [15, 18] {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join(format!("../../../shared/ddl/fk_type_compat_pg{version}.tsv"));
        let Ok(text) = std::fs::read_to_string(&path) else {
            assert!(std::env::var_os("CI").is_none(), "{} is missing", path.display());
            eprintln!("left out: {} is missing", path.display());
            continue;
        };
        let mut compared = 0;
        let mut wrong = Vec::new();
        for line in text.lines().skip(1) {
            let mut parts = line.split('\t');
            let (from, to, answer) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            // The table also has domains, enums and an extension's type, which are not on the list.
            let (Some(from), Some(to)) = (known(from), known(to)) else { continue };
            compared += 1;
            if from.can_reference(&to) != (answer == "ok") {
                wrong.push(line);
            }
        }
        assert!(compared > 1_000, "only {compared} pairs were compared");
        assert!(wrong.is_empty(), "PostgreSQL {version} says otherwise:\n{}", wrong.join("\n"));
    }
}

/// Nothing when the type is not on the list at all.
fn known(text: &str) -> Option<DataType> {
    let read = DataType::parse(text);
    assert!(matches!(read, Ok(_) | Err(DataTypeError::Unknown(_))), "{text}: {read:?}");
    read.ok()
}
