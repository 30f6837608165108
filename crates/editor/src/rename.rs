//! Renaming, with the names that were made from the old one.

use crate::Editor;
use crate::change::derived;
use edit::{Attribute, Edit, Gesture};
use schema::{ColumnId, Name, ObjectId, Schema, Table};

impl Editor {
    /// Renames the object. Names of keys, indexes, checks and references that are staged and still the ones made up
    /// from the old name follow; committed ones keep their names, as they would in PostgreSQL.
    pub(crate) fn rename(&self, object: ObjectId, name: &Name) -> Result<Gesture, String> {
        let schema = self.target();
        let from = name_of(schema, object).ok_or("this is gone")?;
        if from == *name {
            return Ok(Gesture::default());
        }
        if let ObjectId::Column(table, _) = object
            && let Some(table) = schema.table(table).filter(|table| table.column_named(name.as_str()).is_some())
        {
            return Err(format!("{} already has a column called {name}", table.name));
        }
        let mut gesture = Gesture { label: format!("rename {from} to {name}"), ..Gesture::default() };
        gesture.edits.push(Edit::Alter { object, from: Attribute::Name(from), to: Attribute::Name(name.clone()) });
        let Some(table) = object.table().and_then(|table| schema.table(table)) else { return Ok(gesture) };
        let mut renamed = table.clone();
        match object {
            ObjectId::Table(_) => renamed.name = name.clone(),
            ObjectId::Column(_, id) => {
                for column in renamed.columns.iter_mut().filter(|column| column.id == id) {
                    column.name = name.clone();
                }
            }
            ObjectId::Namespace(_)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => return Ok(gesture),
        }
        gesture.edits.extend(self.followers(table, &renamed));
        Ok(gesture)
    }

    fn followers(&self, before: &Table, after: &Table) -> Vec<Edit> {
        let mut named: Vec<(ObjectId, &Name, Vec<ColumnId>, &str)> = Vec::new();
        for key in &before.keys {
            let (columns, suffix) = match key.kind {
                schema::KeyKind::Primary => (Vec::new(), "pkey"),
                schema::KeyKind::Unique => (key.columns.clone(), "key"),
                schema::KeyKind::Exclusion => (key.mentions().into_iter().collect(), "excl"),
            };
            named.push((ObjectId::Key(before.id, key.id), &key.name, columns, suffix));
        }
        for index in &before.indexes {
            named.push((ObjectId::Index(before.id, index.id), &index.name, index.columns(), "idx"));
        }
        for reference in self.target().references.values().filter(|it| it.referencing == before.id) {
            let columns = reference.referencing_columns();
            named.push((ObjectId::Reference(reference.id), &reference.name, columns, "fkey"));
        }
        let staged = named.into_iter().filter(|(object, ..)| name_of(self.base(), *object).is_none());
        staged
            .filter(|(_, name, columns, suffix)| derived(before, columns, suffix) == **name)
            .map(|(object, name, columns, suffix)| Edit::Alter {
                object,
                from: Attribute::Name(name.clone()),
                to: Attribute::Name(derived(after, &columns, suffix)),
            })
            .filter(|edit| !matches!(edit, Edit::Alter { from, to, .. } if from == to))
            .collect()
    }
}

pub(crate) fn name_of(schema: &Schema, object: ObjectId) -> Option<Name> {
    let table = object.table().and_then(|table| schema.table(table));
    match object {
        ObjectId::Namespace(id) => schema.namespaces.get(&id).map(|namespace| namespace.name.clone()),
        ObjectId::Reference(id) => schema.references.get(&id).map(|reference| reference.name.clone()),
        ObjectId::Type(id) => schema.user_type(id).map(|it| it.name.clone()),
        ObjectId::Opaque(id) => schema.opaque.get(&id).map(|it| it.name.clone()),
        ObjectId::Annotation(id) => schema.annotations.get(&id).map(|it| it.name.clone()),
        ObjectId::Table(_) => table.map(|table| table.name.clone()),
        ObjectId::Column(_, id) => table?.column(id).map(|column| column.name.clone()),
        ObjectId::Key(_, id) => table?.keys.iter().find(|key| key.id == id).map(|key| key.name.clone()),
        ObjectId::Check(_, id) => table?.checks.iter().find(|check| check.id == id).map(|check| check.name.clone()),
        ObjectId::Index(_, id) => table?.indexes.iter().find(|index| index.id == id).map(|index| index.name.clone()),
    }
}
