//! Advice about a schema: references that the names of columns suggest.
#![forbid(unsafe_code)]

use schema::{ColumnId, Schema, TableId};

/// A reference that is not there and probably should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The table that would hold it.
    pub referencing: TableId,
    /// Its columns, in order.
    pub columns: Vec<ColumnId>,
    /// The table that would be named.
    pub referenced: TableId,
    /// Its columns, pair by pair with `columns`.
    pub referenced_columns: Vec<ColumnId>,
    /// Why, in a sentence.
    pub reason: String,
}

/// References that the names of columns suggest, in order of table and column.
pub fn suggest(schema: &Schema) -> Vec<Suggestion> {
    let mut found = Vec::new();
    for table in schema.tables.values() {
        for column in &table.columns {
            let Some(stem) = column.name.as_str().strip_suffix("_id") else { continue };
            let plural = format!("{stem}s");
            let target = schema.tables.values().find(|other| [stem, &plural].contains(&other.name.as_str()));
            let Some(target) = target else { continue };
            let Some([key]) = target.primary_key().map(|key| key.columns.as_slice()) else { continue };
            found.push(Suggestion {
                referencing: table.id,
                columns: vec![column.id],
                referenced: target.id,
                referenced_columns: vec![*key],
                reason: format!("{} sounds like a row of {}", column.name, target.name),
            });
        }
    }
    found
}
