//! What hangs on an object, and how to drop it with everything that does.

use crate::{Edit, Object};
use schema::{ObjectId, Schema, Table};
use std::collections::BTreeSet;

/// The objects outside `object` that mention it, so that it cannot be dropped before them: references of a table,
/// keys, checks, indexes and references over a column, tables of a namespace.
pub fn mentions(schema: &Schema, object: ObjectId) -> Vec<ObjectId> {
    match object {
        ObjectId::Namespace(id) => {
            let tables = schema.tables.values().filter(|table| table.namespace == id);
            tables.map(|table| ObjectId::Table(table.id)).collect()
        }
        ObjectId::Table(id) => schema.references_of(id).map(|reference| ObjectId::Reference(reference.id)).collect(),
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
        ObjectId::Key(..) | ObjectId::Check(..) | ObjectId::Index(..) | ObjectId::Reference(_) => Vec::new(),
    }
}

fn inside(table: &Table, column: schema::ColumnId) -> Vec<ObjectId> {
    // Between two edits another column may have the name already; then a check means that one.
    let is_alone = |name: &&schema::Name| table.columns.iter().filter(|other| other.name == **name).count() == 1;
    let name = table.column(column).map(|column| &column.name).filter(is_alone);
    let keys = table.keys.iter().filter(|key| key.columns.contains(&column));
    let indexes = table.indexes.iter().filter(|index| index.columns.contains(&column));
    let checks = table.checks.iter().filter(|check| name.is_some_and(|name| check.expression.mentions(name)));
    keys.map(|key| ObjectId::Key(table.id, key.id))
        .chain(indexes.map(|index| ObjectId::Index(table.id, index.id)))
        .chain(checks.map(|check| ObjectId::Check(table.id, check.id)))
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
        | ObjectId::Reference(_) => return Vec::new(),
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
        ObjectId::Table(_) | ObjectId::Namespace(_) | ObjectId::Reference(_) => Some(Object::Table(table.clone())),
    }
}
