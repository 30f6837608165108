//! What went from a text and may come back: cut and put elsewhere, or taken back. It is the same object then, with all that
//! the text cannot say of it.

use schema::{NamespaceId, ObjectId, Schema, Table};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Objects that somebody has taken out of the text, as the text said them and as they were drawn.
#[derive(Debug, Clone, Default)]
pub(super) struct Gone {
    said: Schema,
    drawn: Schema,
}

impl Gone {
    /// Remembers what `was` said and `is` does not say any more, as it is drawn in `target`.
    pub(super) fn remember(&mut self, was: &Schema, is: &Schema, target: &Schema) {
        keep(&mut self.said, was, was, is);
        keep(&mut self.drawn, target, was, is);
    }

    /// What was said, with what may come back: as far as nothing else has its name.
    pub(super) fn recalled(&self, said: &Schema) -> Schema {
        let mut all = said.clone();
        let taken: BTreeSet<_> = said.tables.values().map(|table| (said.namespace_of(table), &table.name)).collect();
        for (id, gone) in &self.said.tables {
            match all.tables.get_mut(id) {
                Some(table) => add_parts(Arc::make_mut(table), gone, |_| true),
                None if !taken.contains(&(self.said.namespace_of(gone), &gone.name)) => {
                    add_namespace(&mut all, &self.said, gone.namespace);
                    all.tables.insert(*id, Arc::clone(gone));
                }
                None => {}
            }
        }
        for (id, it) in &self.said.types {
            let is_free = !said.types.values().any(|own| own.name == it.name && own.namespace == it.namespace);
            if is_free {
                add_namespace(&mut all, &self.said, it.namespace);
                all.types.entry(*id).or_insert_with(|| it.clone());
            }
        }
        for (id, it) in &self.said.annotations {
            if !said.annotations.values().any(|own| own.name == it.name && own.kind == it.kind) {
                all.annotations.entry(*id).or_insert_with(|| it.clone());
            }
        }
        add_references(&mut all, &self.said, |_| true);
        all
    }

    /// What was said, with what has come back.
    pub(super) fn said_again(&self, said: &Schema, is: &Schema) -> Schema {
        with_returned(said, &self.said, is)
    }

    /// What is drawn, with what has come back as it was drawn.
    pub(super) fn drawn_again(&self, target: &Schema, is: &Schema) -> Schema {
        with_returned(target, &self.drawn, is)
    }
}

/// Keeps of `from` what `was` has and `is` has not.
fn keep(kept: &mut Schema, from: &Schema, was: &Schema, is: &Schema) {
    for (id, before) in &was.tables {
        let lost = match is.tables.get(id) {
            Some(now) => parts(before).difference(&parts(now)).next().is_some(),
            None => true,
        };
        let Some(table) = from.tables.get(id).filter(|_| lost) else { continue };
        let mut table = table.as_ref().clone();
        if let Some(earlier) = kept.tables.get(id) {
            add_parts(&mut table, earlier, |_| true);
        }
        kept.namespaces.extend(from.namespaces.get(&table.namespace).map(|it| (it.id, it.clone())));
        kept.opaque
            .extend(from.opaque.iter().filter(|(_, it)| it.table == Some(*id)).map(|(id, it)| (*id, Arc::clone(it))));
        kept.tables.insert(*id, Arc::new(table));
    }
    let references = from.references.iter().filter(|(id, _)| was.references.contains_key(id));
    let references = references.filter(|(id, _)| !is.references.contains_key(id));
    kept.references.extend(references.map(|(id, it)| (*id, Arc::clone(it))));
    let types = from.types.iter().filter(|(id, _)| was.types.contains_key(id) && !is.types.contains_key(id));
    for (id, it) in types {
        kept.namespaces.extend(from.namespaces.get(&it.namespace).map(|it| (it.id, it.clone())));
        kept.types.insert(*id, it.clone());
    }
    let gone = |id| was.annotations.contains_key(id) && !is.annotations.contains_key(id);
    kept.annotations.extend(from.annotations.iter().filter(|(id, _)| gone(id)).map(|(id, it)| (*id, it.clone())));
}

/// The schema with what is in `gone` and in `is` and that it has not.
fn with_returned(schema: &Schema, gone: &Schema, is: &Schema) -> Schema {
    let mut all = schema.clone();
    for (id, it) in &gone.types {
        if is.types.contains_key(id) && !all.types.contains_key(id) {
            add_namespace(&mut all, gone, it.namespace);
            all.types.insert(*id, it.clone());
        }
    }
    for (id, it) in gone.annotations.iter().filter(|(id, _)| is.annotations.contains_key(id)) {
        all.annotations.entry(*id).or_insert_with(|| it.clone());
    }
    for (id, table) in &gone.tables {
        let Some(wanted) = is.tables.get(id) else { continue };
        if let Some(own) = all.tables.get_mut(id) {
            let wanted = parts(wanted);
            if !wanted.is_subset(&parts(own)) {
                add_parts(Arc::make_mut(own), table, |object| wanted.contains(&object));
            }
            continue;
        }
        add_namespace(&mut all, gone, table.namespace);
        all.tables.insert(*id, Arc::clone(table));
        let opaque = gone.opaque.iter().filter(|(_, it)| it.table == Some(*id));
        all.opaque.extend(opaque.map(|(id, it)| (*id, Arc::clone(it))));
    }
    add_references(&mut all, gone, |id| is.references.contains_key(&id));
    all
}

fn add_namespace(schema: &mut Schema, from: &Schema, id: NamespaceId) {
    if let Some(namespace) = from.namespaces.get(&id) {
        schema.namespaces.entry(id).or_insert_with(|| namespace.clone());
    }
}

fn add_references(schema: &mut Schema, from: &Schema, is_wanted: impl Fn(schema::ReferenceId) -> bool) {
    for (id, it) in from.references.iter().filter(|(id, _)| is_wanted(**id)) {
        let has = |table, column| schema.column(table, column).is_some();
        let fits =
            it.pairs.iter().all(|pair| has(it.referencing, pair.referencing) && has(it.referenced, pair.referenced));
        if fits {
            schema.references.insert_new(*id, Arc::clone(it));
        }
    }
}

/// The columns, keys, checks and indexes of a table.
fn parts(table: &Table) -> BTreeSet<ObjectId> {
    let id = table.id;
    let columns = table.columns.iter().map(|it| ObjectId::Column(id, it.id));
    let keys = table.keys.iter().map(|it| ObjectId::Key(id, it.id));
    let checks = table.checks.iter().map(|it| ObjectId::Check(id, it.id));
    columns.chain(keys).chain(checks).chain(table.indexes.iter().map(|it| ObjectId::Index(id, it.id))).collect()
}

/// Adds parts of an earlier version of the table that it has not: those that are wanted, have a name that is free, and
/// are over columns that are there.
fn add_parts(table: &mut Table, from: &Table, is_wanted: impl Fn(ObjectId) -> bool) {
    let (id, own) = (table.id, parts(table));
    let is_new = |object: ObjectId| is_wanted(object) && !own.contains(&object);
    let columns = from.columns.iter().filter(|it| is_new(ObjectId::Column(id, it.id)));
    let columns: Vec<_> = columns.filter(|it| table.column_named(it.name.as_str()).is_none()).cloned().collect();
    table.columns.extend(columns);
    table.columns.sort_by_key(|column| (column.rank, column.id));
    let there: BTreeSet<_> = table.columns.iter().map(|column| column.id).collect();
    let keys = from.keys.iter().filter(|it| is_new(ObjectId::Key(id, it.id)) && it.mentions().is_subset(&there));
    let keys: Vec<_> = keys.filter(|it| table.keys.iter().all(|own| own.name != it.name)).cloned().collect();
    table.keys.extend(keys);
    table.keys.sort_by_key(|key| key.id);
    let checks = from.checks.iter().filter(|it| is_new(ObjectId::Check(id, it.id)));
    let checks: Vec<_> = checks.filter(|it| table.checks.iter().all(|own| own.name != it.name)).cloned().collect();
    table.checks.extend(checks);
    table.checks.sort_by_key(|check| check.id);
    let indexes =
        from.indexes.iter().filter(|it| is_new(ObjectId::Index(id, it.id)) && it.mentions().is_subset(&there));
    let indexes: Vec<_> = indexes.filter(|it| table.indexes.iter().all(|own| own.name != it.name)).cloned().collect();
    table.indexes.extend(indexes);
    table.indexes.sort_by_key(|index| index.id);
}
