//! Two schemas that were read apart, brought to the same ids by name.

use schema::{
    Check, Column, ColumnId, ColumnPair, DataType, Index, Key, Name, NamespaceId, ObjectId, PartOf, Rank, Reference,
    Schema, Table, TableId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// `after` with the ids of `before` for what is called the same in both, so that [`diff`](crate::diff) tells what
/// changed. The two must have been read apart: an id that both have already is taken for one object.
///
/// Namespaces go by name, tables by namespace and name, and what is in a table by its name there. A key, check, index or
/// reference that finds nobody of its name takes the id of one that is the same but for the name. Nothing else is
/// guessed: a table or column with another name is another one (see [`perhaps_renamed`]). Columns that stand in the
/// same order keep their ranks.
pub fn align(before: &Schema, after: &Schema) -> Schema {
    let mut aligned = after.clone();
    let namespaces = namespaces(before, after);
    aligned.namespaces = after
        .namespaces
        .values()
        .map(|namespace| {
            let mut namespace = namespace.clone();
            namespace.id = known(&namespaces, namespace.id);
            (namespace.id, namespace)
        })
        .collect();
    let tables = tables(before, after);
    let mut columns = BTreeMap::new();
    aligned.tables = after
        .tables
        .values()
        .map(|table| {
            let mut moved = table.as_ref().clone();
            moved.namespace = known(&namespaces, table.namespace);
            if let Some(base) = tables.get(&table.id).and_then(|id| before.table(*id)) {
                moved.id = base.id;
                let own = align_parts(base, &mut moved);
                columns.extend(own.into_iter().map(|(from, to)| ((table.id, from), to)));
            }
            (moved.id, Arc::new(moved))
        })
        .collect();
    aligned.references = references(before, after, &tables, &columns);
    aligned
}

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

/// What may have been renamed between a schema and one that is [aligned](align) with it: a table is gone and a new one has
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

fn known<I: Ord + Copy>(ids: &BTreeMap<I, I>, id: I) -> I {
    ids.get(&id).copied().unwrap_or(id)
}

fn namespaces(before: &Schema, after: &Schema) -> BTreeMap<NamespaceId, NamespaceId> {
    fn named(schema: &Schema) -> Vec<(NamespaceId, &Name)> {
        schema.namespaces.values().map(|namespace| (namespace.id, &namespace.name)).collect()
    }
    matches(named(before), named(after))
}

fn tables(before: &Schema, after: &Schema) -> BTreeMap<TableId, TableId> {
    fn named(schema: &Schema) -> Vec<(TableId, (Option<&Name>, &Name))> {
        let tables = schema.tables.values();
        tables.map(|table| (table.id, (schema.namespace_of(table), &table.name))).collect()
    }
    matches(named(before), named(after))
}

/// For what stands in the second list, by its id, the id of what stands under the same key in the first. Each is given once,
/// in the order of the lists, as two objects of a broken schema may share a name.
fn matches<I: Ord + Copy, K: Ord>(before: Vec<(I, K)>, after: Vec<(I, K)>) -> BTreeMap<I, I> {
    let mut free: BTreeMap<K, Vec<I>> = BTreeMap::new();
    for (id, key) in before.into_iter().rev() {
        free.entry(key).or_default().push(id);
    }
    after.into_iter().filter_map(|(id, key)| Some((id, free.get_mut(&key)?.pop()?))).collect()
}

/// As [`matches()`], by the first of two keys, and by the second for what is left over on both sides.
fn by_two<T, I: Ord + Copy, K: Ord, L: Ord>(
    before: &[T],
    after: &[T],
    keys: impl Fn(&T) -> (I, K, L),
) -> BTreeMap<I, I> {
    let first = |it| {
        let (id, key, _) = keys(it);
        (id, key)
    };
    let second = |it| {
        let (id, _, key) = keys(it);
        (id, key)
    };
    let mut found = matches(before.iter().map(first).collect(), after.iter().map(first).collect());
    let taken: BTreeSet<I> = found.values().copied().collect();
    let before = before.iter().map(second).filter(|(id, _)| !taken.contains(id));
    let after = after.iter().map(second).filter(|(id, _)| !found.contains_key(id));
    let rest = matches(before.collect(), after.collect());
    found.extend(rest);
    found
}

/// Gives what is in the table the ids of the other table, and answers with those of the columns.
fn align_parts(base: &Table, table: &mut Table) -> BTreeMap<ColumnId, ColumnId> {
    fn named(columns: &[Column]) -> Vec<(ColumnId, &Name)> {
        columns.iter().map(|column| (column.id, &column.name)).collect()
    }
    let columns = matches(named(&base.columns), named(&table.columns));
    for column in &mut table.columns {
        column.id = known(&columns, column.id);
    }
    rank(&base.columns, &mut table.columns);
    let of_keys = table.keys.iter_mut().flat_map(|key| &mut key.columns);
    let parts = table.indexes.iter_mut().flat_map(|index| &mut index.parts);
    let of_indexes = parts.filter_map(|part| match &mut part.of {
        PartOf::Column(column) => Some(column),
        PartOf::Expression(_) => None,
    });
    for column in of_keys.chain(of_indexes) {
        *column = known(&columns, *column);
    }
    let key = |it: &Key| (it.id, it.name.clone(), (it.kind, it.columns.clone()));
    let keys = by_two(&base.keys, &table.keys, key);
    for key in &mut table.keys {
        key.id = known(&keys, key.id);
    }
    let check = |it: &Check| (it.id, it.name.clone(), it.expression.to_string());
    let checks = by_two(&base.checks, &table.checks, check);
    for check in &mut table.checks {
        check.id = known(&checks, check.id);
    }
    let index = |it: &Index| (it.id, it.name.clone(), (it.unique, it.columns()));
    let indexes = by_two(&base.indexes, &table.indexes, index);
    for index in &mut table.indexes {
        index.id = known(&indexes, index.id);
    }
    table.keys.sort_by_key(|key| key.id);
    table.checks.sort_by_key(|check| check.id);
    table.indexes.sort_by_key(|index| index.id);
    columns
}

/// Gives the columns, in the order in which they stand, ranks that rise. As many as can keep the rank that they have in the
/// other list, so that only what was really moved has moved.
fn rank(base: &[Column], columns: &mut [Column]) {
    let ranks: BTreeMap<ColumnId, Rank> = base.iter().map(|column| (column.id, column.rank)).collect();
    let known: Vec<Option<Rank>> = columns.iter().map(|column| ranks.get(&column.id).copied()).collect();
    let ranks = between(&longest_rise(&known)).unwrap_or_else(|| (0..columns.len()).map(Rank::nth).collect());
    for (column, rank) in columns.iter_mut().zip(ranks) {
        column.rank = rank;
    }
}

/// The most ranks of the list that rise one after the other; nothing stands for all others.
fn longest_rise(ranks: &[Option<Rank>]) -> Vec<Option<Rank>> {
    // For each length, the lowest rank that a rise of it can end with, and where that stands.
    let mut ends: Vec<(Rank, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; ranks.len()];
    for (at, rank) in ranks.iter().enumerate() {
        let Some(rank) = rank else { continue };
        let length = ends.partition_point(|(end, _)| end < rank);
        let last = length.checked_sub(1).and_then(|it| ends.get(it)).map(|(_, at)| *at);
        if let Some(slot) = before.get_mut(at) {
            *slot = last;
        }
        match ends.get_mut(length) {
            Some(end) => *end = (*rank, at),
            None => ends.push((*rank, at)),
        }
    }
    let mut kept = vec![None; ranks.len()];
    let mut next = ends.last().map(|(_, at)| *at);
    while let Some(at) = next {
        if let (Some(slot), Some(rank)) = (kept.get_mut(at), ranks.get(at)) {
            *slot = *rank;
        }
        next = before.get(at).copied().flatten();
    }
    kept
}

/// Fills the gaps of a list of rising ranks evenly; none when one of them has no room.
fn between(ranks: &[Option<Rank>]) -> Option<Vec<Rank>> {
    let mut filled: Vec<Rank> = Vec::with_capacity(ranks.len());
    let mut waiting: i64 = 0;
    let fill = |filled: &mut Vec<Rank>, count: i64, high: Option<Rank>| {
        if count == 0 {
            return Some(());
        }
        let low = filled.last().copied();
        let step = match (low, high) {
            (Some(Rank(low)), Some(Rank(high))) => high.checked_sub(low)? / (count + 1),
            (None, _) | (_, None) => Rank::GAP,
        };
        let first = match (low, high) {
            (Some(Rank(low)), _) => low.checked_add(step)?,
            (None, Some(Rank(high))) => high.checked_sub(step.checked_mul(count)?)?,
            (None, None) => 0,
        };
        for n in 0..count {
            filled.push(Rank(first.checked_add(step.checked_mul(n)?)?));
        }
        (step > 0).then_some(())
    };
    for rank in ranks {
        match rank {
            None => waiting += 1,
            Some(rank) => {
                fill(&mut filled, waiting, Some(*rank))?;
                filled.push(*rank);
                waiting = 0;
            }
        }
    }
    fill(&mut filled, waiting, None)?;
    Some(filled)
}

fn references(
    before: &Schema,
    after: &Schema,
    tables: &BTreeMap<TableId, TableId>,
    columns: &BTreeMap<(TableId, ColumnId), ColumnId>,
) -> BTreeMap<schema::ReferenceId, Arc<Reference>> {
    let column = |table, id| columns.get(&(table, id)).copied().unwrap_or(id);
    let moved = after.references.values().map(|reference| {
        let (referencing, referenced) = (reference.referencing, reference.referenced);
        let pairs = reference.pairs.iter().map(|pair| ColumnPair {
            referencing: column(referencing, pair.referencing),
            referenced: column(referenced, pair.referenced),
        });
        let mut moved = reference.as_ref().clone();
        moved.pairs = pairs.collect();
        moved.referencing = known(tables, referencing);
        moved.referenced = known(tables, referenced);
        moved
    });
    let mut moved: Vec<Reference> = moved.collect();
    let sides = |it: &Reference| {
        let mut pairs = it.pairs.clone();
        pairs.sort();
        (it.id, (it.referencing, it.name.clone()), (it.referencing, it.referenced, pairs))
    };
    let base: Vec<Reference> = before.references.values().map(|reference| reference.as_ref().clone()).collect();
    let ids = by_two(&base, &moved, sides);
    for reference in &mut moved {
        reference.id = known(&ids, reference.id);
    }
    moved.into_iter().map(|reference| (reference.id, Arc::new(reference))).collect()
}
