//! What the product writes as SQL, it reads again as the same schema.

use crate::lowering::{lines_of, lowered};
use crate::shared;
use proptest::prelude::*;
use schema::Schema;
use schema::testing::arbitrary_plain_schema;
use sql::Dialect;

/// A schema without its ids and their order.
fn essence(schema: &Schema) -> Vec<String> {
    let mut lines = lines_of(schema);
    for reference in schema.references.values() {
        let columns = |table, columns: &[_]| schema.table(table).map(|table| table.list_of(columns));
        lines.push(format!(
            "{} ({:?}) -> ({:?}) {:?} {:?}",
            reference.name,
            columns(reference.referencing, &reference.referencing_columns()),
            columns(reference.referenced, &reference.referenced_columns()),
            reference.on_delete,
            reference.on_update,
        ));
    }
    for table in schema.tables.values() {
        let notes = table.columns.iter().filter_map(|column| column.note.as_ref().map(|note| (&column.name, note)));
        lines.extend(table.note.iter().map(|note| format!("note {}: {note}", table.name)));
        lines.extend(notes.map(|(name, note)| format!("note {}.{name}: {note}", table.name)));
        lines.extend(table.indexes.iter().map(|index| format!("{} {}", index.name, index.unique)));
    }
    lines.sort();
    lines
}

fn check(schema: &Schema) {
    let text = ddl::export(schema);
    let again = lowered(&text, Dialect::Postgres);
    let (before, after) = (essence(schema), essence(&again.schema));
    let gone: Vec<&String> = before.iter().filter(|line| !after.contains(line)).collect();
    let new: Vec<&String> = after.iter().filter(|line| !before.contains(line)).collect();
    assert!(gone.is_empty() && new.is_empty(), "{text}\ngone {gone:#?}\nnew {new:#?}");
    assert_eq!(again.left, vec![], "{text}");
}

#[test]
fn schemas_of_real_files_come_back() {
    for (name, text) in shared::schemas("") {
        check(&lowered(&text, shared::dialect(&name)).schema);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_schema_comes_back(schema in arbitrary_plain_schema()) {
        check(&schema);
    }
}
