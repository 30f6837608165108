//! The schemas that are exported.

use interchange::{Dialect, Format, read};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use schema::{Schema, sample};

const FILES: [(&str, &str); 8] = [
    ("chinook", include_str!("../schemas/chinook.sql")),
    ("flowable", include_str!("../schemas/flowable.sql")),
    ("guacamole", include_str!("../schemas/guacamole.sql")),
    ("hexpm", include_str!("../schemas/hexpm.sql")),
    ("omop_cdm", include_str!("../schemas/omop_cdm.sql")),
    ("pagila", include_str!("../schemas/pagila.sql")),
    ("quartz", include_str!("../schemas/quartz.sql")),
    ("temporal", include_str!("../schemas/temporal.sql")),
];

/// Ten schemas: eight that others have published, the sample, and a large one.
pub(crate) fn ten() -> Vec<(String, Schema)> {
    let mut schemas =
        vec![("shopflow".to_owned(), sample::shopflow()), ("generated".to_owned(), sample::generated(60))];
    for (name, text) in FILES {
        let mut last = 0_u128;
        let mut next = || {
            last += 1;
            last
        };
        let reading = read(text, Format::Sql(Dialect::Postgres), &mut next);
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
