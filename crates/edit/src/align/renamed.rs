//! What may have been renamed between two schemas.

use schema::{ColumnId, DataType, Name, ObjectId, Schema, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// An object that is gone, and a new one that looks like it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PerhapsRenamed {
    /// A table or column of the schema before.
    pub from: ObjectId,
    /// The one of the schema after.
    pub to: ObjectId,
}

impl PerhapsRenamed {
    /// As a question to a person: `perhaps column users.mail was renamed to users.email`.
    pub fn words(&self, before: &Schema, after: &Schema) -> String {
        let label = |schema: &Schema, object| schema.label(object).unwrap_or_default();
        let kind = if matches!(self.from, ObjectId::Table(_)) { "table" } else { "column" };
        format!("perhaps {kind} {} was renamed to {}", label(before, self.from), label(after, self.to))
    }
}

/// How many pairs of tables are compared at most. Whoever replaces a thousand tables by a thousand others is not asked.
const MOST_PAIRS: usize = 1_000_000;

/// What may have been renamed between a schema and one that is [aligned](crate::align) with it: a table is gone and a new one has
/// more than half of its columns, by name and type; or one column of a type is gone from a table and one is new.
pub fn perhaps_renamed(before: &Schema, after: &Schema) -> Vec<PerhapsRenamed> {
    let mut found = renamed_tables(before, after);
    for (id, to) in &after.tables {
        let Some(from) = before.table(*id) else { continue };
        let gone = by_type(from, to);
        let new = by_type(to, from);
        for (data_type, from) in gone {
            if let ([from], Some([to])) = (from.as_slice(), new.get(data_type).map(Vec::as_slice)) {
                found.push(PerhapsRenamed { from: ObjectId::Column(*id, *from), to: ObjectId::Column(*id, *to) });
            }
        }
    }
    found
}

/// The columns of one table that the other has not, by their types.
fn by_type<'a>(table: &'a Table, other: &Table) -> BTreeMap<&'a DataType, Vec<ColumnId>> {
    let there: BTreeSet<ColumnId> = other.columns.iter().map(|column| column.id).collect();
    let mut found: BTreeMap<&DataType, Vec<ColumnId>> = BTreeMap::new();
    for column in table.columns.iter().filter(|column| !there.contains(&column.id)) {
        found.entry(&column.data_type).or_default().push(column.id);
    }
    found
}

fn renamed_tables(before: &Schema, after: &Schema) -> Vec<PerhapsRenamed> {
    type Columns<'a> = BTreeSet<(&'a Name, &'a DataType)>;
    fn only<'a>(here: &'a Schema, there: &Schema) -> Vec<(TableId, Columns<'a>)> {
        let tables = here.tables.values().filter(|table| there.table(table.id).is_none());
        let columns = |table: &'a Table| table.columns.iter().map(|column| (&column.name, &column.data_type)).collect();
        tables.map(|table| (table.id, columns(table))).collect()
    }
    let (gone, new) = (only(before, after), only(after, before));
    if gone.len().saturating_mul(new.len()) > MOST_PAIRS {
        return Vec::new();
    }
    let mut alike = Vec::new();
    for (from, was) in &gone {
        for (to, is) in &new {
            let common = was.intersection(is).count();
            if common * 2 > was.len().max(is.len()) {
                alike.push((std::cmp::Reverse(common), *from, *to));
            }
        }
    }
    alike.sort();
    let (mut taken_from, mut taken_to) = (BTreeSet::new(), BTreeSet::new());
    alike.retain(|(_, from, to)| {
        let is_free = !taken_from.contains(from) && !taken_to.contains(to);
        if is_free {
            taken_from.insert(*from);
            taken_to.insert(*to);
        }
        is_free
    });
    let pairs = alike.into_iter();
    pairs.map(|(_, from, to)| PerhapsRenamed { from: ObjectId::Table(from), to: ObjectId::Table(to) }).collect()
}
