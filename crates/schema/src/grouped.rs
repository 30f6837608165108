//! References by the tables at their ends, for whoever asks of many tables.

use crate::{Reference, Schema, TableId};
use std::collections::BTreeMap;

/// The references of a schema, found by table without looking through all of them.
#[derive(Debug, Clone, Default)]
pub struct ReferencesByTable<'a> {
    from: BTreeMap<TableId, Vec<&'a Reference>>,
    to: BTreeMap<TableId, Vec<&'a Reference>>,
}

impl<'a> ReferencesByTable<'a> {
    /// Those of the schema.
    pub fn of(schema: &'a Schema) -> Self {
        let mut grouped = Self::default();
        for reference in schema.references.values() {
            grouped.from.entry(reference.referencing).or_default().push(reference);
            grouped.to.entry(reference.referenced).or_default().push(reference);
        }
        grouped
    }

    /// Those that the table holds, in order of id.
    pub fn from(&self, table: TableId) -> &[&'a Reference] {
        self.from.get(&table).map_or(&[], Vec::as_slice)
    }

    /// Those that lead to the table, in order of id.
    pub fn to(&self, table: TableId) -> &[&'a Reference] {
        self.to.get(&table).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reference_is_found_at_both_ends() {
        let schema = crate::sample::shopflow();
        let grouped = ReferencesByTable::of(&schema);
        for table in schema.tables.keys() {
            let all = || schema.references.values().map(AsRef::as_ref);
            let from: Vec<&Reference> = all().filter(|it| it.referencing == *table).collect();
            let to: Vec<&Reference> = all().filter(|it| it.referenced == *table).collect();
            assert_eq!((grouped.from(*table), grouped.to(*table)), (from.as_slice(), to.as_slice()));
        }
        assert!(grouped.from(TableId::from_u128(0)).is_empty());
    }
}
