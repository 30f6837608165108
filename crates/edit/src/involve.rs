//! Which edits have a part in a finding.

use crate::names::{Scope, names_of, own_names};
use crate::rebase::Slot;
use crate::{Edit, Field, Object};
use schema::{Code, Diagnostic, Name, ObjectId, Reference, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// Edits that are applied to a schema, by what they touch.
pub(crate) struct Involved<'a> {
    schema: &'a Schema,
    names: BTreeMap<(Scope, Name), BTreeSet<Slot>>,
    tables: BTreeMap<TableId, Vec<(Slot, &'a Edit)>>,
    objects: BTreeMap<ObjectId, Vec<(Slot, &'a Edit)>>,
}

impl<'a> Involved<'a> {
    pub(crate) fn new(schema: &'a Schema, edits: impl Iterator<Item = (Slot, &'a Edit)>) -> Self {
        let mut it = Self { schema, names: BTreeMap::new(), tables: BTreeMap::new(), objects: BTreeMap::new() };
        for (slot, edit) in edits {
            if !matches!(edit, Edit::Drop(_)) && concerns(Code::DuplicateName, slot.field) {
                for name in names_of(schema, slot.object) {
                    it.names.entry(name).or_default().insert(slot);
                }
            }
            if let Some(table) = slot.object.table() {
                it.tables.entry(table).or_default().push((slot, edit));
            }
            it.objects.entry(slot.object).or_default().push((slot, edit));
        }
        it
    }

    /// The slots that have a part in any of the findings. When none can be named, all of them may have.
    pub(crate) fn in_any(&self, findings: &[Diagnostic]) -> BTreeSet<Slot> {
        let mut found: BTreeSet<Slot> = BTreeSet::new();
        for finding in findings {
            found.extend(self.in_one(finding));
        }
        if found.is_empty() {
            found.extend(self.objects.values().flatten().map(|(slot, _)| *slot));
        }
        found
    }

    /// The slots that have a part in the finding.
    pub(crate) fn in_one(&self, finding: &Diagnostic) -> BTreeSet<Slot> {
        if finding.code == Code::DuplicateName {
            let names = own_names(self.schema, finding.object);
            let found: BTreeSet<Slot> =
                names.iter().filter_map(|name| self.names.get(name)).flatten().copied().collect();
            if !found.is_empty() {
                return found;
            }
        }
        let near = self.near(finding.object);
        let closely = near.iter().filter(|(slot, _)| concerns(finding.code, slot.field));
        let found: BTreeSet<Slot> = closely.map(|(slot, _)| *slot).collect();
        if found.is_empty() { near.iter().map(|(slot, _)| *slot).collect() } else { found }
    }

    /// The edits of what the object works with.
    fn near(&self, object: ObjectId) -> Vec<(Slot, &'a Edit)> {
        let mut near = self.near_in_tables(object);
        // What is wrong with a column, and so with all that is over it, may be its type.
        if object.table().is_some() || matches!(object, ObjectId::Reference(_) | ObjectId::Type(_)) {
            let types = self.objects.iter().filter(|(it, _)| matches!(it, ObjectId::Type(_)) && **it != object);
            near.extend(types.flat_map(|(_, list)| list).copied());
        }
        near
    }

    fn near_in_tables(&self, object: ObjectId) -> Vec<(Slot, &'a Edit)> {
        let of_table = |table: &TableId| self.tables.get(table).into_iter().flatten().copied();
        match object {
            ObjectId::Reference(id) => {
                let mut near: Vec<_> = self.objects.get(&object).into_iter().flatten().copied().collect();
                if let Some(reference) = self.schema.references.get(&id) {
                    let tables = BTreeSet::from([reference.referencing, reference.referenced]);
                    near.extend(tables.iter().flat_map(of_table).filter(|(slot, _)| bears(reference, slot.object)));
                }
                near
            }
            ObjectId::Namespace(_) | ObjectId::Type(_) | ObjectId::Opaque(_) | ObjectId::Annotation(_) => {
                self.objects.get(&object).into_iter().flatten().copied().collect()
            }
            ObjectId::Table(table) => of_table(&table).collect(),
            ObjectId::Column(table, _)
            | ObjectId::Key(table, _)
            | ObjectId::Check(table, _)
            | ObjectId::Index(table, _) => {
                of_table(&table).filter(|(slot, _)| self.is_beside(object, slot.object)).collect()
            }
        }
    }

    /// Whether what lives in a table has to do with the other, in the same table.
    fn is_beside(&self, object: ObjectId, other: ObjectId) -> bool {
        let is_key = |object| matches!(object, ObjectId::Key(..));
        match other {
            ObjectId::Table(_) => true,
            ObjectId::Column(_, column) => match object {
                ObjectId::Check(..) => true,
                ObjectId::Key(..) | ObjectId::Index(..) => match crate::drop::find(self.schema, object) {
                    Some(Object::Key(_, key)) => key.mentions().contains(&column),
                    Some(Object::Index(_, index)) => index.mentions().contains(&column),
                    Some(_) | None => true,
                },
                ObjectId::Column(table, id) => {
                    let sources = self.schema.column(table, id).map(schema::Column::sources);
                    object == other || sources.is_some_and(|sources| sources.contains(&column))
                }
                ObjectId::Namespace(_)
                | ObjectId::Table(_)
                | ObjectId::Reference(_)
                | ObjectId::Type(_)
                | ObjectId::Opaque(_)
                | ObjectId::Annotation(_) => object == other,
            },
            // Two primary keys; a column that a key makes NOT NULL.
            ObjectId::Key(..) => is_key(object) || matches!(object, ObjectId::Column(..)),
            ObjectId::Namespace(_)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => object == other,
        }
    }
}

/// Whether the reference rests on the object: one of its columns, or anything that may be its key.
fn bears(reference: &Reference, object: ObjectId) -> bool {
    let over = |table: TableId, column| {
        reference.pairs.iter().any(|pair| {
            (reference.referencing, pair.referencing) == (table, column)
                || (reference.referenced, pair.referenced) == (table, column)
        })
    };
    match object {
        ObjectId::Column(table, column) => over(table, column),
        ObjectId::Table(_) | ObjectId::Key(..) | ObjectId::Index(..) => true,
        ObjectId::Namespace(_)
        | ObjectId::Check(..)
        | ObjectId::Reference(_)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => false,
    }
}

/// Whether a change of the attribute, or of the whole object, can lead to such a finding.
fn concerns(code: Code, field: Option<Field>) -> bool {
    match field {
        None => true,
        Some(Field::Name) => matches!(code, Code::DuplicateName | Code::ReservedName | Code::UnknownColumn),
        Some(Field::Namespace) => code == Code::DuplicateName,
        // A serial column has a sequence, which has a name.
        Some(Field::DataType | Field::Generation) => true,
        Some(Field::Note | Field::Rank | Field::Statement | Field::Group | Field::Spot) => false,
        Some(
            Field::Nullable
            | Field::Default
            | Field::Columns
            | Field::Unique
            | Field::Expression
            | Field::Ends
            | Field::OnDelete
            | Field::OnUpdate
            | Field::Parts
            | Field::Collation
            | Field::KeyOptions
            | Field::CheckOptions
            | Field::IndexOptions
            | Field::ReferenceOptions
            | Field::TableOptions
            | Field::Definition
            | Field::Color,
        ) => code != Code::DuplicateName,
    }
}
