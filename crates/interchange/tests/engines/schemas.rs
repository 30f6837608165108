//! The schemas that are exported.

use interchange::{Dialect, Format, read};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schema::{Schema, sample};
use std::path::Path;

const FILES: [&str; 8] = ["chinook", "flowable", "guacamole", "hexpm", "omop_cdm", "pagila", "quartz", "temporal"];

/// The text of a file beside the repository. The files are others' and no part of it; without them a test says so.
fn published(name: &str) -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/schemas");
    if !folder.exists() {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
        eprintln!("left out: {name}, since {} is not there", folder.display());
        return None;
    }
    let bytes = std::fs::read(folder.join(format!("pg_{name}.sql"))).unwrap();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

/// Ten schemas: eight that others have published, the sample, and a large one.
pub(crate) fn ten() -> Vec<(String, Schema)> {
    let mut schemas =
        vec![("shopflow".to_owned(), sample::shopflow()), ("generated".to_owned(), sample::generated(60))];
    for name in FILES {
        let Some(text) = published(name) else { continue };
        let mut last = 0_u128;
        let mut next = || {
            last += 1;
            last
        };
        let reading = read(&text, Format::Sql(Dialect::Postgres), &mut next);
        assert!(reading.schema.tables.len() > 9, "{name}: {}", reading.summary);
        schemas.push((name.to_owned(), reading.schema));
    }
    schemas
}

/// So many schemas with anything in them, the same each time.
pub(crate) fn random(count: usize) -> Vec<(String, Schema)> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = schema::testing::arbitrary_schema();
    (0..count).map(|n| (format!("random_{n}"), strategy.new_tree(&mut runner).unwrap().current())).collect()
}
