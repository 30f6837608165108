//! The largest schema that we know of, in no time.

use crate::shared;
use sql::{Dialect, build, read};
use std::time::{Duration, Instant};

#[test]
fn fourteen_hundred_tables_in_a_moment() {
    let Some(text) = shared::text("schemas/pg_gitlab.sql") else { return };
    let begin = Instant::now();
    let catalog = build(&read(&text, Dialect::Postgres));
    let taken = begin.elapsed();
    assert_eq!(catalog.tables.len(), 1_401);
    // Unoptimised code on a busy machine is given ten times as long.
    let limit = if cfg!(debug_assertions) { 15 } else { 1 };
    assert!(taken < Duration::from_secs(limit), "{taken:?}");
}
