//! Which rows differ between two states of a schema.

use std::collections::BTreeMap;

use schema::{
    Annotation, Check, Column, Index, Key, Namespace, ObjectId, Opaque, Reference, Schema, Table, TableId, UserType,
    changed,
};

/// What is to be written, and what is to go. A table that goes takes along what is in it.
#[derive(Debug, Default)]
pub(super) struct Difference<'a> {
    pub(super) namespaces: Vec<&'a Namespace>,
    pub(super) types: Vec<&'a UserType>,
    /// The tables themselves, without what is in them.
    pub(super) tables: Vec<&'a Table>,
    pub(super) columns: Vec<(TableId, &'a Column)>,
    pub(super) keys: Vec<(TableId, &'a Key)>,
    pub(super) checks: Vec<(TableId, &'a Check)>,
    pub(super) indexes: Vec<(TableId, &'a Index)>,
    pub(super) references: Vec<&'a Reference>,
    pub(super) opaque: Vec<&'a Opaque>,
    pub(super) annotations: Vec<&'a Annotation>,
    pub(super) gone: Vec<ObjectId>,
    /// Keys, indexes and references that were there before, whose columns are written anew.
    pub(super) replaced: Vec<ObjectId>,
}

impl<'a> Difference<'a> {
    pub(super) fn between(before: &'a Schema, after: &'a Schema) -> Self {
        let mut it = Self::default();
        let found = compare(before.namespaces.values(), after.namespaces.values(), |namespace| namespace.id);
        it.gone.extend(found.gone.into_iter().map(ObjectId::Namespace));
        it.namespaces = found.written;
        let found = compare(before.types.values(), after.types.values(), |it| it.id);
        it.gone.extend(found.gone.into_iter().map(ObjectId::Type));
        it.types = found.written;
        let found = compare(before.annotations.values(), after.annotations.values(), |it| it.id);
        it.gone.extend(found.gone.into_iter().map(ObjectId::Annotation));
        it.annotations = found.written;
        for sides in changed(&before.tables, &after.tables) {
            match sides {
                (Some(gone), None) => it.gone.push(ObjectId::Table(gone.id)),
                (before, Some(after)) => it.table(before, after),
                (None, None) => {}
            }
        }
        for sides in changed(&before.references, &after.references) {
            match sides {
                (Some(gone), None) => it.gone.push(ObjectId::Reference(gone.id)),
                (Some(before), Some(after)) if before == after => {}
                (before, Some(after)) => {
                    it.references.push(after);
                    it.replaced.extend(before.map(|reference| ObjectId::Reference(reference.id)));
                }
                (None, None) => {}
            }
        }
        for sides in changed(&before.opaque, &after.opaque) {
            match sides {
                (Some(gone), None) => it.gone.push(ObjectId::Opaque(gone.id)),
                (Some(before), Some(after)) if before == after => {}
                (_, Some(after)) => it.opaque.push(after),
                (None, None) => {}
            }
        }
        it
    }

    fn table(&mut self, before: Option<&'a Table>, after: &'a Table) {
        let id = after.id;
        let itself = |table: &'a Table| (&table.name, table.namespace, &table.note, &table.options, table.group);
        if before.is_none_or(|before| itself(before) != itself(after)) {
            self.tables.push(after);
        }
        let own = |part| (id, part);
        let found = compare(before.iter().flat_map(|it| &it.columns), &after.columns, |column| column.id);
        self.gone.extend(found.gone.into_iter().map(|column| ObjectId::Column(id, column)));
        self.columns.extend(found.written.into_iter().map(own));
        let own = |part| (id, part);
        let found = compare(before.iter().flat_map(|it| &it.keys), &after.keys, |key| key.id);
        self.gone.extend(found.gone.into_iter().map(|key| ObjectId::Key(id, key)));
        self.replaced.extend(found.replaced.into_iter().map(|key| ObjectId::Key(id, key)));
        self.keys.extend(found.written.into_iter().map(own));
        let own = |part| (id, part);
        let found = compare(before.iter().flat_map(|it| &it.checks), &after.checks, |check| check.id);
        self.gone.extend(found.gone.into_iter().map(|check| ObjectId::Check(id, check)));
        self.checks.extend(found.written.into_iter().map(own));
        let own = |part| (id, part);
        let found = compare(before.iter().flat_map(|it| &it.indexes), &after.indexes, |index| index.id);
        self.gone.extend(found.gone.into_iter().map(|index| ObjectId::Index(id, index)));
        self.replaced.extend(found.replaced.into_iter().map(|index| ObjectId::Index(id, index)));
        self.indexes.extend(found.written.into_iter().map(own));
    }
}

/// What became of the objects of one kind.
struct Found<'a, I, T> {
    gone: Vec<I>,
    /// New, or not as before.
    written: Vec<&'a T>,
    /// Those of the written that were there before.
    replaced: Vec<I>,
}

fn compare<'a, I: Ord, T: PartialEq + 'a>(
    before: impl IntoIterator<Item = &'a T>,
    after: impl IntoIterator<Item = &'a T>,
    id: impl Fn(&T) -> I,
) -> Found<'a, I, T> {
    let mut before: BTreeMap<I, &T> = before.into_iter().map(|object| (id(object), object)).collect();
    let mut found = Found { gone: Vec::new(), written: Vec::new(), replaced: Vec::new() };
    for object in after {
        match before.remove(&id(object)) {
            Some(same) if same == object => {}
            there => {
                found.written.push(object);
                found.replaced.extend(there.map(&id));
            }
        }
    }
    found.gone = before.into_keys().collect();
    found
}
