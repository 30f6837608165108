//! What an edit works on beside its own object, and the part of a schema that a list of edits is about.

use crate::drop::find;
use crate::{Attribute, Edit, Object, apply};
use schema::{ColumnId, ColumnPair, ObjectId, Schema, TableId};
use std::collections::BTreeSet;

/// The objects that have to be there for the edit, its own aside.
pub(crate) fn uses(edit: &Edit) -> Vec<ObjectId> {
    match edit {
        Edit::Create(object) | Edit::Drop(object) => used_by(object),
        Edit::Alter { object, from, to } => {
            let mut used: Vec<ObjectId> = object.table().map(ObjectId::Table).into_iter().collect();
            for attribute in [from, to] {
                match attribute {
                    Attribute::Namespace(id) => used.push(ObjectId::Namespace(*id)),
                    Attribute::Columns(columns) => {
                        used.extend(object.table().into_iter().flat_map(|table| over(table, columns)));
                    }
                    Attribute::Ends(referencing, referenced, pairs) => {
                        used.extend(ends(*referencing, *referenced, pairs));
                    }
                    Attribute::Name(_)
                    | Attribute::Note(_)
                    | Attribute::Rank(_)
                    | Attribute::DataType(_)
                    | Attribute::Nullable(_)
                    | Attribute::Default(_)
                    | Attribute::Unique(_)
                    | Attribute::Expression(_)
                    | Attribute::OnDelete(_)
                    | Attribute::OnUpdate(_) => {}
                }
            }
            used
        }
    }
}

fn used_by(object: &Object) -> Vec<ObjectId> {
    match object {
        Object::Namespace(_) => Vec::new(),
        Object::Table(table) => vec![ObjectId::Namespace(table.namespace)],
        Object::Column(table, _) | Object::Check(table, _) => vec![ObjectId::Table(*table)],
        Object::Key(table, key) => over(*table, &key.columns),
        Object::Index(table, index) => over(*table, &index.columns),
        Object::Reference(it) => ends(it.referencing, it.referenced, &it.pairs),
    }
}

fn over(table: TableId, columns: &[ColumnId]) -> Vec<ObjectId> {
    let columns = columns.iter().map(|column| ObjectId::Column(table, *column));
    std::iter::once(ObjectId::Table(table)).chain(columns).collect()
}

fn ends(referencing: TableId, referenced: TableId, pairs: &[ColumnPair]) -> Vec<ObjectId> {
    let from: Vec<ColumnId> = pairs.iter().map(|pair| pair.referencing).collect();
    let to: Vec<ColumnId> = pairs.iter().map(|pair| pair.referenced).collect();
    [over(referencing, &from), over(referenced, &to)].concat()
}

/// The part of the schema that the edits are about: whole tables, with their namespaces, and references with both of
/// their tables. The edits apply to it as they do to the schema.
pub fn excerpt<'a>(schema: &Schema, edits: impl IntoIterator<Item = &'a Edit>) -> Schema {
    let mut objects: BTreeSet<ObjectId> = BTreeSet::new();
    for edit in edits {
        objects.insert(edit.object());
        objects.extend(uses(edit));
    }
    let mut part = Schema::default();
    let mut tables: BTreeSet<TableId> = objects.iter().filter_map(|object| object.table()).collect();
    for object in objects {
        match object {
            ObjectId::Reference(id) => {
                if let Some(reference) = schema.references.get(&id) {
                    part.references.insert(id, reference.clone());
                    tables.extend([reference.referencing, reference.referenced]);
                }
            }
            ObjectId::Namespace(id) => {
                if let Some(Object::Namespace(namespace)) = find(schema, object) {
                    part.namespaces.insert(id, namespace);
                }
            }
            ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..) => {}
        }
    }
    for id in tables {
        let Some(table) = schema.tables.get(&id) else { continue };
        if let Some(namespace) = schema.namespaces.get(&table.namespace) {
            part.namespaces.insert(namespace.id, namespace.clone());
        }
        part.tables.insert(id, table.clone());
    }
    part
}

/// `known`, with what it has not of the objects that the edits are about: these come from `earlier`, as they were then.
#[must_use]
pub fn recall<'a>(mut known: Schema, earlier: &Schema, edits: impl IntoIterator<Item = &'a Edit>) -> Schema {
    let edits: Vec<&Edit> = edits.into_iter().collect();
    let part = excerpt(earlier, edits.iter().copied());
    let mut objects: BTreeSet<ObjectId> = edits.iter().flat_map(|edit| uses(edit)).collect();
    objects.extend(edits.iter().map(|edit| edit.object()));
    objects.extend(part.namespaces.keys().map(|id| ObjectId::Namespace(*id)));
    objects.extend(part.tables.keys().map(|id| ObjectId::Table(*id)));
    // A key comes with its columns.
    let needed: Vec<ObjectId> =
        objects.iter().filter_map(|object| find(&part, *object)).flat_map(|it| used_by(&it)).collect();
    objects.extend(needed);
    // In the order of their ids: what others use comes before them.
    for object in objects.into_iter().filter_map(|object| find(&part, object)) {
        // What is known already stays as it is.
        let _ = apply(&mut known, &Edit::Create(object));
    }
    known
}
