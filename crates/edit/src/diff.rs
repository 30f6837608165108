//! The edits that lead from one schema to another, object by object and attribute by attribute.

use crate::apply::follow_rename;
use crate::{Attribute, Edit, Object};
use schema::{
    Annotation, Check, CheckId, Column, ColumnId, Index, Key, Name, Namespace, ObjectId, Opaque, Reference, Schema,
    Table, TableId, UserType, changed,
};
use std::collections::{BTreeMap, BTreeSet};

/// The edits from `base` to `target`, in an order in which they apply to `base` one after another.
///
/// Objects are matched by id, so a rename is a rename. The answer depends on the two schemas only, not on how the
/// second was reached.
pub fn diff(base: &Schema, target: &Schema) -> Vec<Edit> {
    let mut found = Found::default();
    found.namespaces(base, target);
    found.types(base, target);
    let (mut dropped, mut created) = (Vec::new(), Vec::new());
    for sides in changed(&base.tables, &target.tables) {
        match sides {
            (Some(from), None) => dropped.push(from),
            (None, Some(to)) => created.push(to),
            (Some(from), Some(to)) => found.table(from, to),
            (None, None) => {}
        }
    }
    let dropped = parents_first(dropped).into_iter().rev().cloned().map(Object::Table);
    found.drop_tables.extend(dropped.map(Edit::Drop));
    found.create_tables.extend(parents_first(created).into_iter().cloned().map(Object::Table).map(Edit::Create));
    found.references(base, target);
    found.opaque(base, target);
    found.annotations(base, target);
    found.into_edits()
}

/// The tables in their order, but partitions and heirs behind what they belong to.
fn parents_first(tables: Vec<&Table>) -> Vec<&Table> {
    if tables.iter().all(|table| table.options.parents().next().is_none()) {
        return tables;
    }
    let by_id: BTreeMap<TableId, &Table> = tables.iter().map(|table| (table.id, *table)).collect();
    let (mut order, mut done) = (Vec::with_capacity(tables.len()), BTreeSet::new());
    for start in tables {
        let mut waiting = vec![(start.id, false)];
        while let Some((id, is_ready)) = waiting.pop() {
            let Some(table) = by_id.get(&id) else { continue };
            if is_ready {
                order.push(*table);
            } else if done.insert(id) {
                waiting.push((id, true));
                waiting.extend(table.options.parents().map(|parent| (parent, false)));
            }
        }
    }
    order
}

/// Edits by the phase in which they apply: what uses goes before what is used when dropping, after it when creating.
#[derive(Default)]
struct Found {
    drop_opaque: Vec<Edit>,
    /// Nothing has to wait for them, and they for nothing.
    annotations: Vec<Edit>,
    drop_references: Vec<Edit>,
    drop_parts: Vec<Edit>,
    create_namespaces: Vec<Edit>,
    create_types: Vec<Edit>,
    create_tables: Vec<Edit>,
    create_columns: Vec<Edit>,
    /// Columns that are worked out from others.
    create_generated: Vec<Edit>,
    alters: Vec<Edit>,
    create_parts: Vec<Edit>,
    create_references: Vec<Edit>,
    drop_generated: Vec<Edit>,
    drop_columns: Vec<Edit>,
    /// Checks that mention a column that goes: while it is there, it cannot go before them.
    create_checks: Vec<Edit>,
    drop_tables: Vec<Edit>,
    drop_types: Vec<Edit>,
    create_opaque: Vec<Edit>,
    drop_namespaces: Vec<Edit>,
}

impl Found {
    fn into_edits(self) -> Vec<Edit> {
        [
            self.drop_opaque,
            self.annotations,
            self.drop_references,
            self.drop_parts,
            self.create_namespaces,
            self.create_types,
            self.create_tables,
            self.create_columns,
            self.create_generated,
            self.alters,
            self.create_parts,
            self.create_references,
            self.drop_generated,
            self.drop_columns,
            self.create_checks,
            self.drop_tables,
            self.drop_types,
            self.create_opaque,
            self.drop_namespaces,
        ]
        .concat()
    }

    fn alter(&mut self, object: ObjectId, from: Attribute, to: Attribute) {
        if from != to {
            self.alters.push(Edit::Alter { object, from, to });
        }
    }

    fn namespaces(&mut self, base: &Schema, target: &Schema) {
        let sides = pair_up(base.namespaces.values(), target.namespaces.values(), |namespace: &Namespace| namespace.id);
        for (from, to) in sides {
            match (from, to) {
                (Some(from), None) => self.drop_namespaces.push(Edit::Drop(Object::Namespace(from.clone()))),
                (None, Some(to)) => self.create_namespaces.push(Edit::Create(Object::Namespace(to.clone()))),
                (Some(from), Some(to)) => self.alter(
                    ObjectId::Namespace(from.id),
                    Attribute::Name(from.name.clone()),
                    Attribute::Name(to.name.clone()),
                ),
                (None, None) => {}
            }
        }
    }

    fn types(&mut self, base: &Schema, target: &Schema) {
        for it in target.types_in_order().into_iter().filter(|it| !base.types.contains_key(&it.id)) {
            self.create_types.push(Edit::Create(Object::Type(it.clone())));
        }
        for it in base.types_in_order().into_iter().rev().filter(|it| !target.types.contains_key(&it.id)) {
            self.drop_types.push(Edit::Drop(Object::Type(it.clone())));
        }
        for (from, to) in pair_up(base.types.values(), target.types.values(), |it: &UserType| it.id) {
            let (Some(from), Some(to)) = (from, to) else { continue };
            let id = ObjectId::Type(from.id);
            self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
            self.alter(id, Attribute::Namespace(from.namespace), Attribute::Namespace(to.namespace));
            self.alter(id, Attribute::Note(from.note.clone()), Attribute::Note(to.note.clone()));
            let definitions = (from.definition.clone(), to.definition.clone());
            self.alter(
                id,
                Attribute::Definition(Box::new(definitions.0)),
                Attribute::Definition(Box::new(definitions.1)),
            );
        }
    }

    fn opaque(&mut self, base: &Schema, target: &Schema) {
        let sides = pair_up(
            base.opaque.values().map(AsRef::as_ref),
            target.opaque.values().map(AsRef::as_ref),
            |it: &Opaque| it.id,
        );
        for (from, to) in sides {
            match (from, to) {
                (Some(from), Some(to)) if stays(from, to) => {
                    let id = ObjectId::Opaque(from.id);
                    self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
                    let statements = (from.definition.clone(), to.definition.clone());
                    self.alter(id, Attribute::Statement(statements.0), Attribute::Statement(statements.1));
                }
                (from, to) => {
                    self.drop_opaque.extend(from.map(|it| Edit::Drop(Object::Opaque(it.clone()))));
                    self.create_opaque.extend(to.map(|it| Edit::Create(Object::Opaque(it.clone()))));
                }
            }
        }
    }

    fn annotations(&mut self, base: &Schema, target: &Schema) {
        for (from, to) in pair_up(base.annotations.values(), target.annotations.values(), |it: &Annotation| it.id) {
            match (from, to) {
                (Some(from), Some(to)) if from.kind == to.kind => {
                    let id = ObjectId::Annotation(from.id);
                    self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
                    self.alter(id, Attribute::Note(from.note.clone()), Attribute::Note(to.note.clone()));
                    self.alter(id, Attribute::Color(from.color.clone()), Attribute::Color(to.color.clone()));
                    self.alter(id, Attribute::Spot(from.spot), Attribute::Spot(to.spot));
                }
                (from, to) => {
                    self.annotations.extend(from.map(|it| Edit::Drop(Object::Annotation(it.clone()))));
                    self.annotations.extend(to.map(|it| Edit::Create(Object::Annotation(it.clone()))));
                }
            }
        }
    }

    fn table(&mut self, base: &Table, target: &Table) {
        let id = ObjectId::Table(base.id);
        self.alter(id, Attribute::Name(base.name.clone()), Attribute::Name(target.name.clone()));
        self.alter(id, Attribute::Namespace(base.namespace), Attribute::Namespace(target.namespace));
        self.alter(id, Attribute::Note(base.note.clone()), Attribute::Note(target.note.clone()));
        self.alter(id, Attribute::Group(base.group), Attribute::Group(target.group));
        let options = (base.options.clone(), target.options.clone());
        self.alter(id, Attribute::TableOptions(Box::new(options.0)), Attribute::TableOptions(Box::new(options.1)));
        for (from, to) in pair_up(&base.columns, &target.columns, |column: &Column| column.id) {
            match (from, to) {
                (Some(from), None) => {
                    let list =
                        if from.sources().is_empty() { &mut self.drop_columns } else { &mut self.drop_generated };
                    list.push(Edit::Drop(Object::Column(base.id, from.clone())));
                }
                (None, Some(to)) => {
                    let is_plain = to.sources().is_empty();
                    let list = if is_plain { &mut self.create_columns } else { &mut self.create_generated };
                    list.push(Edit::Create(Object::Column(base.id, to.clone())));
                }
                (Some(from), Some(to)) => self.column(base, from, to),
                (None, None) => {}
            }
        }
        for (from, to) in pair_up(&base.keys, &target.keys, |key: &Key| key.id) {
            match (from, to) {
                (Some(from), Some(to)) if from.kind == to.kind => self.key(base, from, to),
                (from, to) => {
                    self.drop_parts.extend(from.map(|key| Edit::Drop(Object::Key(base.id, key.clone()))));
                    self.create_parts.extend(to.map(|key| Edit::Create(Object::Key(base.id, key.clone()))));
                }
            }
        }
        for (from, to) in pair_up(&base.indexes, &target.indexes, |index: &Index| index.id) {
            match (from, to) {
                (Some(from), Some(to)) => self.index(base, from, to),
                (from, to) => {
                    self.drop_parts.extend(from.map(|index| Edit::Drop(Object::Index(base.id, index.clone()))));
                    self.create_parts.extend(to.map(|index| Edit::Create(Object::Index(base.id, index.clone()))));
                }
            }
        }
        self.checks(base, target);
    }

    fn column(&mut self, table: &Table, from: &Column, to: &Column) {
        let id = ObjectId::Column(table.id, from.id);
        self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
        self.alter(id, Attribute::DataType(from.data_type.clone()), Attribute::DataType(to.data_type.clone()));
        self.alter(id, Attribute::Nullable(from.nullable), Attribute::Nullable(to.nullable));
        self.alter(id, Attribute::Default(from.default.clone()), Attribute::Default(to.default.clone()));
        self.alter(id, Attribute::Generation(from.generation.clone()), Attribute::Generation(to.generation.clone()));
        self.alter(id, Attribute::Collation(from.collation.clone()), Attribute::Collation(to.collation.clone()));
        self.alter(id, Attribute::Note(from.note.clone()), Attribute::Note(to.note.clone()));
        self.alter(id, Attribute::Rank(from.rank), Attribute::Rank(to.rank));
    }

    fn key(&mut self, table: &Table, from: &Key, to: &Key) {
        let id = ObjectId::Key(table.id, from.id);
        self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
        self.alter(id, Attribute::Columns(from.columns.clone()), Attribute::Columns(to.columns.clone()));
        let options = (from.options.clone(), to.options.clone());
        self.alter(id, Attribute::KeyOptions(Box::new(options.0)), Attribute::KeyOptions(Box::new(options.1)));
    }

    fn index(&mut self, table: &Table, from: &Index, to: &Index) {
        let id = ObjectId::Index(table.id, from.id);
        self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
        self.alter(id, Attribute::Parts(from.parts.clone()), Attribute::Parts(to.parts.clone()));
        self.alter(id, Attribute::Unique(from.unique), Attribute::Unique(to.unique));
        let options = (from.options.clone(), to.options.clone());
        self.alter(id, Attribute::IndexOptions(Box::new(options.0)), Attribute::IndexOptions(Box::new(options.1)));
    }

    /// Checks follow a renamed column without an edit of their own, so they are compared as they are after the
    /// renames, which stand before them among the alterations. A check that one of the renames leaves unclear is dropped
    /// before them and made again afterwards, so that the way back leads through the same states.
    fn checks(&mut self, base: &Table, target: &Table) {
        let mut renamed = base.checks.clone();
        let kept = |check: &Check| target.checks.iter().any(|other| other.id == check.id);
        renamed.retain(kept);
        let created = target.columns.iter().filter(|column| base.column(column.id).is_none());
        let mut names: BTreeMap<ColumnId, &Name> =
            base.columns.iter().chain(created).map(|column| (column.id, &column.name)).collect();
        let mut in_order: Vec<&Column> = base.columns.iter().collect();
        in_order.sort_by_key(|column| column.id);
        let mut unclear = BTreeSet::new();
        for column in in_order {
            let Some(to) = target.column(column.id).filter(|to| to.name != column.name) else { continue };
            names.insert(column.id, &to.name);
            let others = names.iter().filter(|(id, _)| **id != column.id).map(|(_, name)| *name);
            unclear.extend(mentioning(&renamed, &to.name));
            follow_rename(&mut renamed, others, &column.name, &to.name);
            unclear.extend(mentioning(&renamed, &column.name));
        }
        let goes = |column: &&Column| !target.columns.iter().any(|it| it.id == column.id || it.name == column.name);
        let lost: BTreeSet<&Name> = base.columns.iter().filter(goes).map(|column| &column.name).collect();
        let is_late = |check: &Check| check.expression.columns().iter().any(|name| lost.contains(name));
        for gone in base.checks.iter().filter(|check| !kept(check)) {
            // Dropped before the renames, hence as the base has it.
            self.drop_parts.push(Edit::Drop(Object::Check(base.id, gone.clone())));
        }
        for (from, to) in pair_up(&renamed, &target.checks, |check: &Check| check.id) {
            match (from, to) {
                (Some(from), Some(to)) => {
                    let before = base.checks.iter().find(|check| check.id == from.id).unwrap_or(from);
                    // The same words about another column of that name: no longer the same check.
                    let means_other = from.expression == to.expression
                        && mean_others(&base.columns_of(&before.expression), &target.columns_of(&to.expression));
                    if means_other || unclear.contains(&from.id) || is_late(to) {
                        self.drop_parts.push(Edit::Drop(Object::Check(base.id, before.clone())));
                        self.create_check(base, to, is_late(to));
                        continue;
                    }
                    let id = ObjectId::Check(base.id, from.id);
                    self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
                    let expressions = (from.expression.clone(), to.expression.clone());
                    self.alter(id, Attribute::Expression(expressions.0), Attribute::Expression(expressions.1));
                    let options = (from.options.clone(), to.options.clone());
                    self.alter(id, Attribute::CheckOptions(options.0), Attribute::CheckOptions(options.1));
                }
                (None, Some(to)) => self.create_check(base, to, is_late(to)),
                (_, None) => {}
            }
        }
    }

    fn create_check(&mut self, table: &Table, check: &Check, is_late: bool) {
        let list = if is_late { &mut self.create_checks } else { &mut self.create_parts };
        list.push(Edit::Create(Object::Check(table.id, check.clone())));
    }

    fn references(&mut self, base: &Schema, target: &Schema) {
        for sides in changed(&base.references, &target.references) {
            match sides {
                (Some(from), None) => self.drop_references.push(Edit::Drop(Object::Reference(from.clone()))),
                (None, Some(to)) => self.create_references.push(Edit::Create(Object::Reference(to.clone()))),
                (Some(from), Some(to)) => {
                    let id = ObjectId::Reference(from.id);
                    self.alter(id, Attribute::Name(from.name.clone()), Attribute::Name(to.name.clone()));
                    self.alter(id, ends(from), ends(to));
                    self.alter(id, Attribute::OnDelete(from.on_delete), Attribute::OnDelete(to.on_delete));
                    self.alter(id, Attribute::OnUpdate(from.on_update), Attribute::OnUpdate(to.on_update));
                    let options = (from.options.clone(), to.options.clone());
                    self.alter(id, Attribute::ReferenceOptions(options.0), Attribute::ReferenceOptions(options.1));
                }
                (None, None) => {}
            }
        }
    }
}

/// Whether it is the same object, with other words at most.
fn stays(from: &Opaque, to: &Opaque) -> bool {
    (from.kind, from.namespace, from.table, from.rank) == (to.kind, to.namespace, to.table, to.rank)
}

/// Whether the same words are about other columns. While two columns have one name, a check may still be about its own.
fn mean_others(was: &BTreeSet<ColumnId>, is: &BTreeSet<ColumnId>) -> bool {
    let has_more = |more: &BTreeSet<ColumnId>, less: &BTreeSet<ColumnId>| !less.is_empty() && less.is_subset(more);
    was != is && !has_more(was, is) && !has_more(is, was)
}

fn mentioning(checks: &[Check], name: &Name) -> Vec<CheckId> {
    checks.iter().filter(|check| check.expression.mentions(name)).map(|check| check.id).collect()
}

fn ends(reference: &Reference) -> Attribute {
    Attribute::Ends(reference.referencing, reference.referenced, reference.pairs.clone())
}

/// Both sides of every object that stands in either list, ordered by id.
fn pair_up<'a, T: 'a, I: Ord>(
    base: impl IntoIterator<Item = &'a T>,
    target: impl IntoIterator<Item = &'a T>,
    id: impl Fn(&T) -> I,
) -> Vec<(Option<&'a T>, Option<&'a T>)> {
    let mut pairs = std::collections::BTreeMap::new();
    for object in base {
        pairs.insert(id(object), (Some(object), None));
    }
    for object in target {
        pairs.entry(id(object)).or_insert((None, None)).1 = Some(object);
    }
    pairs.into_values().collect()
}
