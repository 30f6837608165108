//! Schemas that others have published, beside the repository and no part of it; without them a test says so.

use interchange::{Dialect, Format, read};
use schema::{Schema, sample};
use std::path::Path;

/// The sample, three small schemas, one of some 300 and one of more than 1,000 tables.
pub(crate) fn six() -> Vec<(String, Schema)> {
    let names = ["pg_pagila", "pg_chinook", "pg_adventureworks", "pg_musicbrainz", "pg_gitlab"];
    let published = names.into_iter().filter_map(|name| Some((name.to_owned(), of_name(name)?)));
    [("shopflow".to_owned(), sample::shopflow())].into_iter().chain(published).collect()
}

/// The schema of a file.
pub(crate) fn of_name(name: &str) -> Option<Schema> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas");
    if !folder.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
        eprintln!("left out: {name}, since {} is not there", folder.display());
        return None;
    }
    let bytes = std::fs::read(folder.join(format!("{name}.sql"))).unwrap();
    let mut last = 0_u128;
    let mut next = || {
        last += 1;
        last
    };
    let reading = read(&String::from_utf8_lossy(&bytes), Format::Sql(Dialect::Postgres), &mut next);
    assert!(reading.schema.tables.len() > 9, "{name}: {}", reading.summary);
    Some(reading.schema)
}
