//! What hangs on an object, and how to drop it with everything that does.

use crate::{Edit, Object};
use schema::{ObjectId, Schema, Table};
use std::collections::BTreeSet;

/// The objects outside `object` that mention it, so that it cannot be dropped before them: references of a table,
/// keys, checks, indexes, generated columns and references over a column, tables and types of a namespace, columns of a
/// type.
pub fn mentions(schema: &Schema, object: ObjectId) -> Vec<ObjectId> {
    match object {
        ObjectId::Namespace(id) => {
            let tables = schema.tables.values().filter(|table| table.namespace == id);
            let types = schema.types.values().filter(|it| it.namespace == id).map(|it| ObjectId::Type(it.id));
            let opaque = schema.opaque.values().filter(|it| it.namespace == Some(id));
            let opaque = opaque.map(|it| ObjectId::Opaque(it.id));
            tables.map(|table| ObjectId::Table(table.id)).chain(types).chain(opaque).collect()
        }
        ObjectId::Table(id) => {
            let references = schema.references_of(id).map(|reference| ObjectId::Reference(reference.id));
            let parts = schema.tables.values().filter(|table| table.options.parents().any(|parent| parent == id));
            let opaque = schema.opaque.values().filter(|it| it.table == Some(id));
            references
                .chain(parts.map(|table| ObjectId::Table(table.id)))
                .chain(opaque.map(|it| ObjectId::Opaque(it.id)))
                .collect()
        }
        ObjectId::Type(id) => {
            let of_type = |data_type: &schema::DataType| data_type.user_type() == Some(id);
            let types = schema.types.values().filter(|it| it.base().is_some_and(of_type));
            let columns = schema.tables.values().flat_map(|table| {
                let columns = table.columns.iter().filter(|column| of_type(&column.data_type));
                columns.map(|column| ObjectId::Column(table.id, column.id))
            });
            types.map(|it| ObjectId::Type(it.id)).chain(columns).collect()
        }
        ObjectId::Column(table_id, id) => {
            let Some(table) = schema.table(table_id) else { return Vec::new() };
            let mut found = inside(table, id);
            for reference in schema.references_of(table_id) {
                let used = reference.pairs.iter().any(|pair| {
                    reference.referencing == table_id && pair.referencing == id
                        || reference.referenced == table_id && pair.referenced == id
                });
                if used {
                    found.push(ObjectId::Reference(reference.id));
                }
            }
            found
        }
        ObjectId::Key(..)
        | ObjectId::Check(..)
        | ObjectId::Index(..)
        | ObjectId::Reference(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => Vec::new(),
    }
}

fn inside(table: &Table, column: schema::ColumnId) -> Vec<ObjectId> {
    // Between two edits another column may have the name already; then a check means that one.
    let is_alone = |name: &&schema::Name| table.columns.iter().filter(|other| other.name == **name).count() == 1;
    let name = table.column(column).map(|column| &column.name).filter(is_alone);
    let keys = table.keys.iter().filter(|key| key.mentions().contains(&column));
    let indexes = table.indexes.iter().filter(|index| index.mentions().contains(&column));
    let checks = table.checks.iter().filter(|check| name.is_some_and(|name| check.expression.mentions(name)));
    let generated = table.columns.iter().filter(|other| other.sources().contains(&column));
    let generated = generated.map(|other| ObjectId::Column(table.id, other.id));
    keys.map(|key| ObjectId::Key(table.id, key.id))
        .chain(indexes.map(|index| ObjectId::Index(table.id, index.id)))
        .chain(checks.map(|check| ObjectId::Check(table.id, check.id)))
        .chain(generated)
        .collect()
}

/// The references that would have no key to name once `key` of the table, or unique index, is gone.
fn left_without_key(schema: &Schema, object: ObjectId) -> Vec<ObjectId> {
    let Some(table) = object.table().and_then(|id| schema.table(id)) else { return Vec::new() };
    let mut without = table.clone();
    match object {
        ObjectId::Key(_, id) => without.keys.retain(|key| key.id != id),
        ObjectId::Index(_, id) => without.indexes.retain(|index| index.id != id),
        ObjectId::Namespace(_)
        | ObjectId::Table(_)
        | ObjectId::Column(..)
        | ObjectId::Check(..)
        | ObjectId::Reference(_)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => return Vec::new(),
    }
    schema
        .references
        .values()
        .filter(|reference| reference.referenced == table.id)
        .filter(|reference| {
            let columns = reference.referenced_columns();
            table.is_referenceable(&columns) && !without.is_referenceable(&columns)
        })
        .map(|reference| ObjectId::Reference(reference.id))
        .collect()
}

/// The edits that drop the object and all that mentions it, in an order in which they apply. Empty when the object
/// is not there.
pub fn drop_edits(schema: &Schema, object: ObjectId) -> Vec<Edit> {
    let mut order = Vec::new();
    visit(schema, object, &mut BTreeSet::new(), &mut order);
    order.into_iter().filter_map(|id| find(schema, id)).map(Edit::Drop).collect()
}

fn visit(schema: &Schema, object: ObjectId, seen: &mut BTreeSet<ObjectId>, order: &mut Vec<ObjectId>) {
    if !seen.insert(object) {
        return;
    }
    for other in mentions(schema, object).into_iter().chain(left_without_key(schema, object)) {
        visit(schema, other, seen, order);
    }
    order.push(object);
}

/// A copy of the object of that id.
pub(crate) fn find(schema: &Schema, object: ObjectId) -> Option<Object> {
    if let ObjectId::Namespace(id) = object {
        return schema.namespaces.get(&id).cloned().map(Object::Namespace);
    }
    if let ObjectId::Reference(id) = object {
        return schema.references.get(&id).map(|reference| Object::Reference(reference.as_ref().clone()));
    }
    if let ObjectId::Type(id) = object {
        return schema.types.get(&id).cloned().map(Object::Type);
    }
    if let ObjectId::Annotation(id) = object {
        return schema.annotations.get(&id).cloned().map(Object::Annotation);
    }
    if let ObjectId::Opaque(id) = object {
        return schema.opaque.get(&id).map(|it| Object::Opaque(it.as_ref().clone()));
    }
    let table = schema.table(object.table()?)?;
    match object {
        ObjectId::Column(id, column) => table.column(column).cloned().map(|column| Object::Column(id, column)),
        ObjectId::Key(id, key) => {
            table.keys.iter().find(|other| other.id == key).cloned().map(|key| Object::Key(id, key))
        }
        ObjectId::Check(id, check) => {
            table.checks.iter().find(|other| other.id == check).cloned().map(|check| Object::Check(id, check))
        }
        ObjectId::Index(id, index) => {
            table.indexes.iter().find(|other| other.id == index).cloned().map(|index| Object::Index(id, index))
        }
        ObjectId::Table(_)
        | ObjectId::Namespace(_)
        | ObjectId::Reference(_)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => Some(Object::Table(table.clone())),
    }
}
