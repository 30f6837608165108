//! The reference model: a flat list of values, into which each acknowledged commit is written, one after the other.
//! It shares no code with what merges, applies or compares edits.

use edit::{Attribute, Edit, Object};
use schema::{KeyKind, Name, ObjectId, Schema, Table};
use std::collections::BTreeMap;

/// One value of one object.
pub(crate) type Slot = (ObjectId, &'static str);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Attribute(Attribute),
    Kind(KeyKind),
}

impl Value {
    /// Whether it is a check, as it is meant, with a name that is not one column's.
    pub(crate) fn is_vague(&self) -> bool {
        let is_meant = |name: &Name| name.as_str().starts_with(MEANT);
        matches!(self, Self::Attribute(Attribute::Expression(it)) if !it.columns().iter().all(is_meant))
    }
}

/// How a column is called in a check that is taken as it is meant.
const MEANT: &str = "column ";

/// Everything that a schema says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts(pub(crate) BTreeMap<Slot, Value>);

impl Facts {
    pub(crate) fn of(schema: &Schema) -> Self {
        let mut facts = Self::default();
        for namespace in schema.namespaces.values() {
            facts.put(&Object::Namespace(namespace.clone()));
        }
        for table in schema.tables.values() {
            facts.table(table);
        }
        for it in schema.types.values() {
            facts.put(&Object::Type(it.clone()));
        }
        for it in schema.opaque.values() {
            facts.put(&Object::Opaque(it.as_ref().clone()));
        }
        for it in schema.annotations.values() {
            facts.put(&Object::Annotation(it.clone()));
        }
        for reference in schema.references.values() {
            facts.put(&Object::Reference(reference.as_ref().clone()));
        }
        facts
    }

    /// The same, with checks in terms of columns and not of their names, so that a renamed column makes no difference.
    #[must_use]
    pub(crate) fn meant(&self) -> Self {
        let mut meant = self.clone();
        for (slot, value) in &mut meant.0 {
            let (ObjectId::Check(table, _), Value::Attribute(Attribute::Expression(it))) = (slot.0, value) else {
                continue;
            };
            for name in it.columns() {
                let is_named = |(slot, value): &(&Slot, &Value)| {
                    matches!(slot.0, ObjectId::Column(of, _) if of == table)
                        && matches!(value, Value::Attribute(Attribute::Name(other)) if *other == name)
                };
                let mut named = self.0.iter().filter(is_named).map(|(slot, _)| slot.0);
                if let (Some(ObjectId::Column(_, id)), None) = (named.next(), named.next()) {
                    *it = it.with_column_renamed(&name, &Name::parse(&format!("{MEANT}{id}")).unwrap());
                }
            }
        }
        meant
    }

    fn set(&mut self, object: ObjectId, attribute: Attribute) {
        self.0.insert((object, word(&attribute)), Value::Attribute(attribute));
    }

    fn table(&mut self, table: &Table) {
        let id = ObjectId::Table(table.id);
        self.set(id, Attribute::Name(table.name.clone()));
        self.set(id, Attribute::Namespace(table.namespace));
        self.set(id, Attribute::Note(table.note.clone()));
        self.set(id, Attribute::Group(table.group));
        self.set(id, Attribute::TableOptions(Box::new(table.options.clone())));
        for column in &table.columns {
            self.put(&Object::Column(table.id, column.clone()));
        }
        for key in &table.keys {
            self.put(&Object::Key(table.id, key.clone()));
        }
        for check in &table.checks {
            self.put(&Object::Check(table.id, check.clone()));
        }
        for index in &table.indexes {
            self.put(&Object::Index(table.id, index.clone()));
        }
    }

    fn put(&mut self, object: &Object) {
        let id = object.id();
        match object {
            Object::Namespace(it) => self.set(id, Attribute::Name(it.name.clone())),
            Object::Table(it) => self.table(it),
            Object::Column(_, it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Rank(it.rank));
                self.set(id, Attribute::DataType(it.data_type.clone()));
                self.set(id, Attribute::Nullable(it.nullable));
                self.set(id, Attribute::Default(it.default.clone()));
                self.set(id, Attribute::Note(it.note.clone()));
                self.set(id, Attribute::Generation(it.generation.clone()));
                self.set(id, Attribute::Collation(it.collation.clone()));
            }
            Object::Type(it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Namespace(it.namespace));
                self.set(id, Attribute::Note(it.note.clone()));
                self.set(id, Attribute::Definition(Box::new(it.definition.clone())));
            }
            Object::Annotation(it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Note(it.note.clone()));
                self.set(id, Attribute::Color(it.color.clone()));
                self.set(id, Attribute::Spot(it.spot));
            }
            Object::Opaque(it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Statement(it.definition.clone()));
            }
            Object::Key(_, it) => {
                self.set(id, Attribute::KeyOptions(Box::new(it.options.clone())));
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Columns(it.columns.clone()));
                self.0.insert((id, "kind"), Value::Kind(it.kind));
            }
            Object::Check(_, it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Expression(it.expression.clone()));
                self.set(id, Attribute::CheckOptions(it.options.clone()));
            }
            Object::Index(_, it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Parts(it.parts.clone()));
                self.set(id, Attribute::Unique(it.unique));
                self.set(id, Attribute::IndexOptions(Box::new(it.options.clone())));
            }
            Object::Reference(it) => {
                self.set(id, Attribute::Name(it.name.clone()));
                self.set(id, Attribute::Ends(it.referencing, it.referenced, it.pairs.clone()));
                self.set(id, Attribute::OnDelete(it.on_delete));
                self.set(id, Attribute::OnUpdate(it.on_update));
                self.set(id, Attribute::ReferenceOptions(it.options.clone()));
            }
        }
    }

    /// Writes what the person asked for over what is there.
    pub(crate) fn write(&mut self, edit: &Edit) {
        match edit {
            Edit::Create(object) => self.put(object),
            Edit::Drop(object) => {
                let id = object.id();
                self.0.retain(|(other, _), _| {
                    *other != id && !(matches!(id, ObjectId::Table(_)) && other.table() == id.table())
                });
            }
            Edit::Alter { object, to, .. } => {
                let slot = (*object, word(to));
                let Some(before) = self.0.get(&slot).cloned() else { return };
                self.0.insert(slot, Value::Attribute(to.clone()));
                if let (ObjectId::Column(..), Value::Attribute(from @ Attribute::Name(_))) = (object, before) {
                    self.follow(*object, &from, to);
                }
            }
        }
    }

    /// Writes what was asked for by edits that were made for `base`; of checks, what they meant there.
    pub(crate) fn write_all(&mut self, edits: &[Edit], base: &Schema) {
        let mut asked = Self::of(base);
        for edit in edits {
            asked.write(edit);
        }
        let asked = asked.meant();
        for edit in edits {
            self.write(edit);
        }
        for slot in edits.iter().flat_map(Self::about).filter(|slot| matches!(slot.0, ObjectId::Check(..))) {
            if let (Some(meant), Some(value)) = (asked.0.get(&slot), self.0.get_mut(&slot)) {
                value.clone_from(meant);
            }
        }
    }

    /// Checks follow a renamed column, unless another column has one of the names.
    fn follow(&mut self, column: ObjectId, from: &Attribute, to: &Attribute) {
        let (Attribute::Name(from), Attribute::Name(to)) = (from, to) else { return };
        let is_of_table = |object: &ObjectId| object.table() == column.table();
        let has_name = |(slot, value): (&Slot, &Value)| {
            matches!(slot.0, ObjectId::Column(..))
                && is_of_table(&slot.0)
                && slot.0 != column
                && matches!(value, Value::Attribute(Attribute::Name(name)) if name == from || name == to)
        };
        if self.0.iter().any(has_name) {
            return;
        }
        for (slot, value) in &mut self.0 {
            if let (ObjectId::Check(..), Value::Attribute(Attribute::Expression(it))) = (slot.0, value)
                && is_of_table(&slot.0)
                && !it.columns().contains(to)
            {
                *it = it.with_column_renamed(from, to);
            }
        }
    }

    /// The slots that the edit says something about.
    pub(crate) fn about(edit: &Edit) -> Vec<Slot> {
        match edit {
            Edit::Alter { object, to, .. } => vec![(*object, word(to))],
            Edit::Create(object) | Edit::Drop(object) => {
                let mut facts = Self::default();
                facts.put(object);
                facts.0.into_keys().collect()
            }
        }
    }

    /// The slots in which two differ.
    pub(crate) fn differences(&self, other: &Self) -> Vec<Slot> {
        let changed = self.0.iter().filter(|(slot, value)| other.0.get(slot) != Some(value)).map(|(slot, _)| *slot);
        let added = other.0.keys().filter(|slot| !self.0.contains_key(slot)).copied();
        changed.chain(added).collect()
    }
}

fn word(attribute: &Attribute) -> &'static str {
    match attribute {
        Attribute::Name(_) => "name",
        Attribute::Namespace(_) => "namespace",
        Attribute::Note(_) => "note",
        Attribute::Rank(_) => "rank",
        Attribute::DataType(_) => "type",
        Attribute::Nullable(_) => "nullable",
        Attribute::Default(_) => "default",
        Attribute::Columns(_) => "columns",
        Attribute::Unique(_) => "unique",
        Attribute::Expression(_) => "expression",
        Attribute::Ends(..) => "ends",
        Attribute::OnDelete(_) => "on delete",
        Attribute::OnUpdate(_) => "on update",
        Attribute::Parts(_) => "parts",
        Attribute::Generation(_) => "generation",
        Attribute::Collation(_) => "collation",
        Attribute::KeyOptions(_) => "key options",
        Attribute::CheckOptions(_) => "check options",
        Attribute::IndexOptions(_) => "index options",
        Attribute::ReferenceOptions(_) => "reference options",
        Attribute::TableOptions(_) => "table options",
        Attribute::Definition(_) => "definition",
        Attribute::Statement(_) => "statement",
        Attribute::Color(_) => "color",
        Attribute::Group(_) => "group",
        Attribute::Spot(_) => "spot",
    }
}
