//! Whatever is read as a schema is judged without a panic, and keeps its meaning when written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use schema::{Ends, Schema, validate};

fuzz_target!(|text: &str| {
    let Ok(schema) = serde_json::from_str::<Schema>(text) else { return };
    for finding in validate(&schema) {
        assert!(!finding.message.is_empty());
        let _ = schema.label(finding.object);
    }
    for reference in schema.references.values() {
        let _ = Ends::of(&schema, reference).cardinality();
    }
    let written = serde_json::to_string(&schema).expect("a schema is always JSON");
    assert_eq!(serde_json::from_str::<Schema>(&written).expect("it was just written"), schema);
});
