//! What is staged and not yet committed, as items a person can read, tick and discard.

use crate::names::{Scope, names_of, own_names};
use crate::{Attribute, Edit, EditError, Object, apply_all, diff, mentions, words};
use schema::{Check, ColumnId, Key, Name, ObjectId, Reference, Schema, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What happens to an item's object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// `+`: the object is new.
    Added,
    /// `~`: the object stays and changes.
    Changed,
    /// `−`: the object goes.
    Removed,
}

/// Everything staged about one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingItem {
    /// What it is about. A new or removed table stands for all that is in it.
    pub object: ObjectId,
    /// Added, changed or removed.
    pub kind: ItemKind,
    /// The item in a line: `Table categories`, `Column orders.user_id`.
    pub title: String,
    /// What changes, a line each.
    pub details: Vec<String>,
    /// The table to show it under; none for namespaces.
    pub table: Option<TableId>,
    /// The edits, in the order in which they apply.
    pub edits: Vec<Edit>,
    /// Items that must be committed with or before this one.
    pub needs: BTreeSet<ObjectId>,
}

/// The difference between a committed schema and an edited one, as items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PendingChanges {
    items: BTreeMap<ObjectId, PendingItem>,
    /// All edits in the order of [`diff`].
    edits: Vec<Edit>,
}

impl PendingChanges {
    /// What is pending when `target` has been made out of `base`.
    pub fn between(base: &Schema, target: &Schema) -> Self {
        let edits = diff(base, target);
        let mut items: BTreeMap<ObjectId, PendingItem> = BTreeMap::new();
        for edit in &edits {
            let kind = match edit {
                Edit::Create(_) => ItemKind::Added,
                Edit::Drop(_) => ItemKind::Removed,
                Edit::Alter { .. } => ItemKind::Changed,
            };
            let item = items.entry(edit.object()).or_insert_with(|| PendingItem {
                object: edit.object(),
                kind,
                title: String::new(),
                details: Vec::new(),
                table: None,
                edits: Vec::new(),
                needs: BTreeSet::new(),
            });
            // A key that changes its kind is dropped and made again under one id.
            if item.kind != kind {
                item.kind = ItemKind::Changed;
            }
            item.edits.push(edit.clone());
        }
        let needs = Needs::new(base, target, &items);
        let found: Vec<_> = items.values().map(|item| (item.object, needs.of(item))).collect();
        for (object, needed) in found {
            let Some(item) = items.get_mut(&object) else { continue };
            item.needs = needed;
            words::describe(item, base, target);
        }
        Self { items, edits }
    }

    /// The items, ordered by object.
    pub fn items(&self) -> impl Iterator<Item = &PendingItem> {
        self.items.values()
    }

    /// The item about that object.
    pub fn item(&self, object: ObjectId) -> Option<&PendingItem> {
        self.items.get(&object)
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether nothing is pending.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The chosen items and all that they need.
    pub fn with_needs(&self, chosen: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        self.spread(chosen, |item| item.needs.iter().copied().collect())
    }

    /// The chosen items and all that need them: what goes when they are discarded.
    pub fn with_dependants(&self, chosen: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        let mut dependants: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
        for item in self.items.values() {
            for need in &item.needs {
                dependants.entry(*need).or_default().push(item.object);
            }
        }
        self.spread(chosen, |item| dependants.get(&item.object).cloned().unwrap_or_default())
    }

    fn spread(&self, chosen: &BTreeSet<ObjectId>, next: impl Fn(&PendingItem) -> Vec<ObjectId>) -> BTreeSet<ObjectId> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<ObjectId> = chosen.iter().copied().collect();
        while let Some(object) = waiting.pop() {
            let Some(item) = self.items.get(&object) else { continue };
            if reached.insert(object) {
                waiting.extend(next(item));
            }
        }
        reached
    }

    /// The edits of the chosen items, in an order in which they apply.
    pub fn edits_of(&self, chosen: &BTreeSet<ObjectId>) -> Vec<Edit> {
        self.edits.iter().filter(|edit| chosen.contains(&edit.object())).cloned().collect()
    }

    /// The edits that take the chosen items, and what needs them, out of `target` again.
    ///
    /// # Errors
    /// When `base` and `target` are not the schemas that this was made from.
    pub fn discard(&self, base: &Schema, target: &Schema, chosen: &BTreeSet<ObjectId>) -> Result<Vec<Edit>, EditError> {
        let gone = self.with_dependants(chosen);
        let mut rest = base.clone();
        apply_all(&mut rest, self.edits.iter().filter(|edit| !gone.contains(&edit.object())))?;
        Ok(diff(target, &rest))
    }
}

/// Finds which items an item needs.
struct Needs<'a> {
    base: &'a Schema,
    target: &'a Schema,
    items: &'a BTreeMap<ObjectId, PendingItem>,
    /// Which items have a name in the base; a table has the names of its keys, indexes and sequences too.
    names: BTreeMap<(Scope, Name), Vec<ObjectId>>,
}

impl<'a> Needs<'a> {
    fn new(base: &'a Schema, target: &'a Schema, items: &'a BTreeMap<ObjectId, PendingItem>) -> Self {
        let mut names: BTreeMap<_, Vec<ObjectId>> = BTreeMap::new();
        for object in items.keys() {
            for name in names_of(base, *object) {
                names.entry(name).or_default().push(*object);
            }
        }
        Self { base, target, items, names }
    }

    fn of(&self, item: &PendingItem) -> BTreeSet<ObjectId> {
        let mut needs = BTreeSet::new();
        if item.kind == ItemKind::Removed {
            let users = mentions(self.base, item.object);
            if matches!(item.object, ObjectId::Type(_)) {
                // A column goes with its table, of which alone there is an item then.
                needs.extend(users.iter().filter_map(|user| user.table()).map(ObjectId::Table));
            }
            needs.extend(users);
            needs.extend(self.keyless_references(item.object));
        } else {
            needs.extend(self.used(item));
            needs.extend(self.taken_names(item.object));
        }
        if item.kind == ItemKind::Changed {
            // A key that changes its columns may leave references without one.
            needs.extend(self.keyless_references(item.object));
        }
        needs.extend(self.moving_together(item.object));
        needs.remove(&item.object);
        needs.retain(|object| self.items.contains_key(object));
        needs
    }

    /// The names of keys and indexes are taken in the namespace of their table, so they change together with it.
    fn moving_together(&self, object: ObjectId) -> Vec<ObjectId> {
        let Some(id) = object.table() else { return Vec::new() };
        if !self.alters(ObjectId::Table(id), |attribute| matches!(attribute, Attribute::Namespace(_))) {
            return Vec::new();
        }
        match object {
            ObjectId::Key(..) | ObjectId::Index(..) => vec![ObjectId::Table(id)],
            ObjectId::Table(_) => {
                let parts = self.items.keys().filter(|it| matches!(it, ObjectId::Key(..) | ObjectId::Index(..)));
                parts.filter(|it| it.table() == Some(id)).copied().collect()
            }
            ObjectId::Namespace(_)
            | ObjectId::Column(..)
            | ObjectId::Check(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => Vec::new(),
        }
    }

    /// What has to happen before this key or unique index may go or change: references that relied on it go or change
    /// too, or another key takes its place.
    fn keyless_references(&self, object: ObjectId) -> Vec<ObjectId> {
        if !matches!(object, ObjectId::Key(..) | ObjectId::Index(..)) {
            return Vec::new();
        }
        let Some(table) = object.table().and_then(|id| self.base.table(id)) else { return Vec::new() };
        let relies = |reference: &&Arc<Reference>| {
            reference.referenced == table.id
                && table.keys_over(&reference.referenced_columns()).any(|key| key == object)
        };
        let before = self.base.references.values().filter(relies).filter(|reference| {
            self.target.references.get(&reference.id).is_none_or(|after| after.pairs != reference.pairs)
        });
        let after = self.target.references.values().filter(relies).filter_map(|reference| self.key_over(reference));
        before.map(|reference| ObjectId::Reference(reference.id)).chain(after).collect()
    }

    /// What the object uses in the target: new objects, and changes that it only works with.
    fn used(&self, item: &PendingItem) -> Vec<ObjectId> {
        match item.object {
            ObjectId::Reference(id) => match self.target.references.get(&id) {
                Some(reference) => self.used_by_reference(reference),
                None => Vec::new(),
            },
            ObjectId::Table(id) => match self.target.table(id) {
                Some(table) => {
                    let types = table.columns.iter().flat_map(|column| self.type_of(column));
                    let parents = table.options.parents().map(ObjectId::Table);
                    // By what a table is partitioned are columns of it.
                    let by = table.options.partitioning.iter().flat_map(|it| &it.parts);
                    let by = by.flat_map(schema::IndexPart::columns).map(|column| ObjectId::Column(id, column));
                    let namespace = ObjectId::Namespace(table.namespace);
                    let group = table.group.map(ObjectId::Annotation);
                    types.chain(parents).chain(by).chain([namespace]).chain(group).collect()
                }
                None => Vec::new(),
            },
            ObjectId::Type(id) => self.used_by_type(id),
            ObjectId::Annotation(id) => self.joined(id),
            ObjectId::Opaque(id) => match self.target.opaque.get(&id) {
                Some(it) => {
                    it.namespace.map(ObjectId::Namespace).into_iter().chain(it.table.map(ObjectId::Table)).collect()
                }
                None => Vec::new(),
            },
            ObjectId::Key(table, _) | ObjectId::Index(table, _) => {
                let columns = key_columns(self.target, item.object);
                let columns = columns.iter().map(|column| ObjectId::Column(table, *column));
                let matters =
                    |attribute: &Attribute| matches!(attribute, Attribute::DataType(_) | Attribute::Nullable(_));
                let columns = columns.filter(|column| self.adds(*column) || self.alters(*column, matters));
                let types = self.types_under(table, &key_columns(self.target, item.object));
                columns
                    .chain(self.other_primary_key(item.object))
                    .chain(self.setting_null(item.object))
                    .chain(types)
                    .collect()
            }
            ObjectId::Check(table, id) => {
                let columns = self.target.table(table).map(|table| columns_of_check(table, id)).unwrap_or_default();
                let over = self.target.table(table).and_then(|table| table.checks.iter().find(|check| check.id == id));
                let over = over.zip(self.target.table(table));
                let over = over.map(|(check, table)| table.columns_of(&check.expression)).unwrap_or_default();
                let types = self.types_under(table, &over);
                columns.into_iter().chain(self.renamed_columns(table)).chain(types).collect()
            }
            ObjectId::Column(table, id) => self.used_by_column(table, id),
            ObjectId::Namespace(_) => Vec::new(),
        }
    }

    /// The tables that come into a group: a new one is new because of them.
    fn joined(&self, id: schema::AnnotationId) -> Vec<ObjectId> {
        let is_in = |attribute: &Attribute| matches!(attribute, Attribute::Group(Some(group)) if *group == id);
        let tables = self.items.keys().filter(|it| matches!(it, ObjectId::Table(_)));
        tables.filter(|table| self.alters(**table, is_in)).copied().collect()
    }

    /// The type that the column is of, where that is pending.
    fn type_of(&self, column: &schema::Column) -> Option<ObjectId> {
        column.data_type.user_type().map(ObjectId::Type)
    }

    /// The types of these columns: what is compared with a label of an enum needs it to have that label.
    fn types_under(&self, table: TableId, columns: &BTreeSet<ColumnId>) -> Vec<ObjectId> {
        let columns = columns.iter().filter_map(|column| self.target.column(table, *column));
        columns.filter_map(|column| self.target.underlying(&column.data_type).user_type()).map(ObjectId::Type).collect()
    }

    /// A type rests on others; and with what it is changes what is possible for all that is of it.
    fn used_by_type(&self, id: schema::TypeId) -> Vec<ObjectId> {
        let Some(it) = self.target.user_type(id) else { return Vec::new() };
        let base = it.base().and_then(schema::DataType::user_type).map(ObjectId::Type);
        let mut used: Vec<ObjectId> = base.into_iter().chain([ObjectId::Namespace(it.namespace)]).collect();
        if self.alters(ObjectId::Type(id), |attribute| matches!(attribute, Attribute::Definition(_))) {
            for schema in [self.base, self.target] {
                let rests = |data_type: &schema::DataType| {
                    data_type
                        .user_type()
                        .is_some_and(|of| of == id || schema.underlying(data_type).user_type() == Some(id))
                };
                for table in schema.tables.values() {
                    for column in table.columns.iter().filter(|column| rests(&column.data_type)) {
                        used.push(ObjectId::Column(table.id, column.id));
                        used.push(ObjectId::Table(table.id));
                        used.extend(
                            schema
                                .references_of(table.id)
                                .filter(|it| {
                                    it.referencing_columns().contains(&column.id)
                                        || it.referenced_columns().contains(&column.id)
                                })
                                .map(|it| ObjectId::Reference(it.id)),
                        );
                        let over = self.items.keys().filter(|item| {
                            item.table() == Some(table.id) && key_columns(schema, **item).contains(&column.id)
                        });
                        used.extend(over.copied());
                        used.extend(self.checks_over(table.id, column.id));
                    }
                }
                used.extend(
                    schema.types.values().filter(|it| it.base().is_some_and(rests)).map(|it| ObjectId::Type(it.id)),
                );
            }
        }
        used
    }

    fn used_by_reference(&self, reference: &Reference) -> Vec<ObjectId> {
        let tables = [ObjectId::Table(reference.referencing), ObjectId::Table(reference.referenced)];
        let mut used: Vec<ObjectId> = tables.into_iter().filter(|table| self.adds(*table)).collect();
        let sets_null = reference.sets_null();
        for pair in &reference.pairs {
            for object in [
                ObjectId::Column(reference.referencing, pair.referencing),
                ObjectId::Column(reference.referenced, pair.referenced),
            ] {
                let retyped = self.alters(object, |attribute| matches!(attribute, Attribute::DataType(_)));
                let opened = sets_null && self.alters(object, |attribute| matches!(attribute, Attribute::Nullable(_)));
                if self.adds(object) || retyped || opened {
                    used.push(object);
                }
            }
        }
        if sets_null {
            // In the target no primary key covers the columns any more.
            let table = self.base.table(reference.referencing);
            let covers = |key: &&Key| reference.pairs.iter().any(|pair| key.columns.contains(&pair.referencing));
            let key = table.and_then(Table::primary_key).filter(covers);
            used.extend(key.map(|key| ObjectId::Key(reference.referencing, key.id)));
        }
        used.extend(self.key_behind(reference));
        used
    }

    /// The committed references that set columns of this primary key to NULL, which those of the target do not.
    fn setting_null(&self, object: ObjectId) -> Vec<ObjectId> {
        let Some(table) = object.table().and_then(|id| self.target.table(id)) else { return Vec::new() };
        let is_this = |key: &&Key| ObjectId::Key(table.id, key.id) == object;
        let Some(key) = table.primary_key().filter(is_this) else { return Vec::new() };
        let references = self.base.references.values().filter(|reference| {
            reference.referencing == table.id
                && reference.sets_null()
                && reference.pairs.iter().any(|pair| key.columns.contains(&pair.referencing))
        });
        references.map(|reference| ObjectId::Reference(reference.id)).collect()
    }

    /// The primary key that has to go before this one can be it.
    fn other_primary_key(&self, object: ObjectId) -> Option<ObjectId> {
        let table = object.table()?;
        let before = self.base.table(table)?.primary_key()?;
        let after = self.target.table(table)?.primary_key()?;
        let is_this = ObjectId::Key(table, after.id) == object && before.id != after.id;
        is_this.then_some(ObjectId::Key(table, before.id))
    }

    /// Columns of the table that get another name. Checks know columns by name, so they go together.
    fn renamed_columns(&self, table: TableId) -> Vec<ObjectId> {
        let columns = self.target.table(table).map(|table| table.columns.as_slice()).unwrap_or_default();
        let columns = columns.iter().map(|column| ObjectId::Column(table, column.id));
        columns.filter(|column| self.alters(*column, |attribute| matches!(attribute, Attribute::Name(_)))).collect()
    }

    fn used_by_column(&self, table: TableId, id: ColumnId) -> Vec<ObjectId> {
        let mut used = self.agreeing(table, id);
        let object = ObjectId::Column(table, id);
        if let Some(column) = self.target.column(table, id) {
            used.extend(self.type_of(column));
            used.extend(column.sources().into_iter().map(|source| ObjectId::Column(table, source)));
        }
        if let Some(table) = self.base.table(table) {
            // A column cannot become generated while a generated one is worked out from it.
            let heirs = table.columns.iter().filter(|other| other.sources().contains(&id));
            used.extend(heirs.map(|other| ObjectId::Column(table.id, other.id)));
        }
        if self.alters(object, |attribute| matches!(attribute, Attribute::Name(_))) {
            let checks = self.items.keys().filter(|it| matches!(it, ObjectId::Check(other, _) if *other == table));
            used.extend(checks);
        }
        used
    }

    /// A column that changes its type, or stops being NULL, has to agree with the references over it: they, and the
    /// types at their other ends, change with it. So do checks.
    fn agreeing(&self, table: TableId, id: ColumnId) -> Vec<ObjectId> {
        let object = ObjectId::Column(table, id);
        if !self.alters(object, |it| matches!(it, Attribute::DataType(_) | Attribute::Nullable(_))) {
            return Vec::new();
        }
        let over = |it: &&ObjectId| it.table() == Some(table) && key_columns(self.base, **it).contains(&id);
        let mut used: Vec<ObjectId> = self.items.keys().filter(over).copied().collect();
        used.extend(self.checks_over(table, id));
        for reference in self.base.references_of(table).chain(self.target.references_of(table)) {
            for pair in &reference.pairs {
                let ends = [(reference.referencing, pair.referencing), (reference.referenced, pair.referenced)];
                if ends.contains(&(table, id)) {
                    used.push(ObjectId::Reference(reference.id));
                    let columns = ends.map(|(table, column)| ObjectId::Column(table, column));
                    used.extend(
                        columns
                            .into_iter()
                            .filter(|it| self.alters(*it, |attribute| matches!(attribute, Attribute::DataType(_)))),
                    );
                }
            }
        }
        used
    }

    /// The committed checks over the column: they may not fit its other type.
    fn checks_over(&self, table: TableId, id: ColumnId) -> Vec<ObjectId> {
        let Some(table) = self.base.table(table) else { return Vec::new() };
        let over = |check: &&Check| table.columns_of(&check.expression).contains(&id);
        table.checks.iter().filter(over).map(|check| ObjectId::Check(table.id, check.id)).collect()
    }

    fn adds(&self, object: ObjectId) -> bool {
        self.items.get(&object).is_some_and(|item| item.kind == ItemKind::Added)
    }

    fn alters(&self, object: ObjectId, wanted: impl Fn(&Attribute) -> bool) -> bool {
        self.items.get(&object).is_some_and(|item| {
            item.edits.iter().any(|edit| match edit {
                Edit::Alter { to, .. } => wanted(to),
                Edit::Create(_) | Edit::Drop(_) => false,
            })
        })
    }

    /// The pending key or unique index that the reference relies on, unless a committed one serves as well.
    fn key_behind(&self, reference: &Reference) -> Option<ObjectId> {
        let columns = reference.referenced_columns();
        if self.base.table(reference.referenced).is_some_and(|table| table.is_referenceable(&columns)) {
            return None;
        }
        self.key_over(reference)
    }

    /// The key or unique index of the target that the reference relies on.
    fn key_over(&self, reference: &Reference) -> Option<ObjectId> {
        let table = self.target.table(reference.referenced)?;
        table.keys_over(&reference.referenced_columns()).next()
    }

    /// Items that give up a name which this one takes. A table may take one of its own keys'.
    fn taken_names(&self, object: ObjectId) -> Vec<ObjectId> {
        let new = |names: fn(&Schema, ObjectId) -> Vec<(Scope, Name)>| {
            let before: BTreeSet<_> = names(self.base, object).into_iter().collect();
            names(self.target, object).into_iter().filter(move |name| !before.contains(name))
        };
        new(names_of).chain(new(own_names)).filter_map(|name| self.names.get(&name)).flatten().copied().collect()
    }
}

/// The columns that a key or index mentions.
fn key_columns(schema: &Schema, object: ObjectId) -> BTreeSet<ColumnId> {
    match crate::drop::find(schema, object) {
        Some(Object::Key(_, key)) => key.mentions(),
        Some(Object::Index(_, index)) => index.mentions(),
        Some(_) | None => BTreeSet::new(),
    }
}

fn columns_of_check(table: &Table, check: schema::CheckId) -> Vec<ObjectId> {
    let Some(check) = table.checks.iter().find(|other| other.id == check) else { return Vec::new() };
    table.columns_of(&check.expression).into_iter().map(|column| ObjectId::Column(table.id, column)).collect()
}
