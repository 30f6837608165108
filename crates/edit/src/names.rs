//! Which names an object occupies, and where they must be unique.

use crate::Object;
use schema::{AnnotationKind, Name, NamespaceId, ObjectId, Schema, Table, TableId};

/// Where a name must be unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Relations(NamespaceId),
    /// Types; every table is one as well.
    Types(NamespaceId),
    Columns(TableId),
    Constraints(TableId),
    Namespaces,
    Annotations(AnnotationKind),
}

/// The names that an object, with what it holds, occupies.
pub(crate) fn names_of(schema: &Schema, object: ObjectId) -> Vec<(Scope, Name)> {
    let whole = |table: &Table| {
        let relations = Scope::Relations(table.namespace);
        let keys = table.keys.iter().map(|key| key.name.clone());
        let indexes = table.indexes.iter().map(|index| index.name.clone());
        let sequences = table.sequences().map(|(_, name)| name);
        let names = std::iter::once(table.name.clone()).chain(keys).chain(indexes).chain(sequences);
        let own = (Scope::Types(table.namespace), table.name.clone());
        names.map(|name| (relations.clone(), name)).chain([own]).collect()
    };
    match crate::drop::find(schema, object) {
        None => Vec::new(),
        Some(Object::Namespace(namespace)) => vec![(Scope::Namespaces, namespace.name)],
        Some(Object::Table(table)) => whole(&table),
        Some(Object::Column(table, column)) => {
            let mut sequences = schema.table(table).into_iter().flat_map(Table::sequences);
            let sequence = sequences.find(|(other, _)| other.id == column.id).map(|(_, name)| name);
            let mut names = vec![(Scope::Columns(table), column.name)];
            names.extend(sequence.and_then(|name| relation_name(schema, table, name)));
            names
        }
        Some(Object::Type(it)) => vec![(Scope::Types(it.namespace), it.name)],
        Some(Object::Opaque(_)) => Vec::new(),
        Some(Object::Annotation(it)) => vec![(Scope::Annotations(it.kind), it.name)],
        Some(Object::Check(table, check)) => vec![(Scope::Constraints(table), check.name)],
        Some(Object::Reference(reference)) => vec![(Scope::Constraints(reference.referencing), reference.name)],
        Some(Object::Index(table, index)) => relation_name(schema, table, index.name).into_iter().collect(),
        Some(Object::Key(table, key)) => {
            let mut names = vec![(Scope::Constraints(table), key.name.clone())];
            names.extend(relation_name(schema, table, key.name));
            names
        }
    }
}

fn relation_name(schema: &Schema, table: TableId, name: Name) -> Option<(Scope, Name)> {
    schema.table(table).map(|table| (Scope::Relations(table.namespace), name))
}

/// The names of the object alone, without those of what it holds.
pub(crate) fn own_names(schema: &Schema, object: ObjectId) -> Vec<(Scope, Name)> {
    match object {
        ObjectId::Table(id) => match schema.table(id) {
            Some(table) => vec![
                (Scope::Relations(table.namespace), table.name.clone()),
                (Scope::Types(table.namespace), table.name.clone()),
            ],
            None => Vec::new(),
        },
        ObjectId::Namespace(_)
        | ObjectId::Column(..)
        | ObjectId::Key(..)
        | ObjectId::Check(..)
        | ObjectId::Index(..)
        | ObjectId::Reference(_)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => names_of(schema, object),
    }
}
