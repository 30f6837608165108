//! What an edit works on beside its own object, and the part of a schema that a list of edits is about.

use crate::drop::find;
use crate::{Attribute, Edit, Object, apply};
use schema::{ColumnId, ColumnPair, ObjectId, Schema, TableId, TypeDefinition, TypeId};
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
                    Attribute::Parts(parts) => {
                        let columns: Vec<ColumnId> = parts.iter().flat_map(schema::IndexPart::columns).collect();
                        used.extend(object.table().into_iter().flat_map(|table| over(table, &columns)));
                    }
                    Attribute::KeyOptions(options) => {
                        let columns: Vec<ColumnId> = options.columns().into_iter().collect();
                        used.extend(object.table().into_iter().flat_map(|table| over(table, &columns)));
                    }
                    Attribute::IndexOptions(options) => {
                        let columns: Vec<ColumnId> = options.columns().into_iter().collect();
                        used.extend(object.table().into_iter().flat_map(|table| over(table, &columns)));
                    }
                    Attribute::Generation(Some(generation)) => {
                        let columns: Vec<ColumnId> =
                            generation.formula().into_iter().flat_map(schema::Formula::columns).collect();
                        used.extend(object.table().into_iter().flat_map(|table| over(table, &columns)));
                    }
                    Attribute::TableOptions(options) => used.extend(options.parents().map(ObjectId::Table)),
                    Attribute::DataType(data_type) => used.extend(data_type.user_type().map(ObjectId::Type)),
                    Attribute::Definition(definition) => used.extend(base_of(definition)),
                    Attribute::Ends(referencing, referenced, pairs) => {
                        used.extend(ends(*referencing, *referenced, pairs));
                    }
                    Attribute::Name(_)
                    | Attribute::Note(_)
                    | Attribute::Rank(_)
                    | Attribute::Nullable(_)
                    | Attribute::Default(_)
                    | Attribute::Unique(_)
                    | Attribute::Expression(_)
                    | Attribute::OnDelete(_)
                    | Attribute::OnUpdate(_)
                    | Attribute::Generation(None)
                    | Attribute::Collation(_)
                    | Attribute::CheckOptions(_)
                    | Attribute::ReferenceOptions(_)
                    | Attribute::Statement(_)
                    | Attribute::Color(_)
                    | Attribute::Spot(_)
                    // A group that is gone is none.
                    | Attribute::Group(_) => {}
                }
            }
            used
        }
    }
}

fn used_by(object: &Object) -> Vec<ObjectId> {
    match object {
        Object::Namespace(_) => Vec::new(),
        Object::Table(table) => {
            let types = table.columns.iter().filter_map(|column| column.data_type.user_type()).map(ObjectId::Type);
            let parents = table.options.parents().map(ObjectId::Table);
            std::iter::once(ObjectId::Namespace(table.namespace)).chain(types).chain(parents).collect()
        }
        Object::Column(table, column) => {
            let mut used = over(*table, &column.sources().into_iter().collect::<Vec<_>>());
            used.extend(column.data_type.user_type().map(ObjectId::Type));
            used
        }
        Object::Check(table, _) => vec![ObjectId::Table(*table)],
        Object::Key(table, key) => over(*table, &key.mentions().into_iter().collect::<Vec<_>>()),
        Object::Index(table, index) => over(*table, &index.mentions().into_iter().collect::<Vec<_>>()),
        Object::Type(it) => std::iter::once(ObjectId::Namespace(it.namespace)).chain(base_of(&it.definition)).collect(),
        Object::Annotation(_) => Vec::new(),
        Object::Opaque(it) => {
            it.namespace.map(ObjectId::Namespace).into_iter().chain(it.table.map(ObjectId::Table)).collect()
        }
        Object::Reference(it) => ends(it.referencing, it.referenced, &it.pairs),
    }
}

/// The type that a domain rests on.
fn base_of(definition: &TypeDefinition) -> Option<ObjectId> {
    match definition {
        TypeDefinition::Enum(_) => None,
        TypeDefinition::Domain(domain) => domain.base.user_type().map(ObjectId::Type),
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
    let mut types: Vec<TypeId> = Vec::new();
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
            ObjectId::Type(id) => types.push(id),
            ObjectId::Annotation(id) => {
                part.annotations.extend(schema.annotations.get(&id).map(|it| (id, it.clone())));
            }
            ObjectId::Opaque(id) => {
                if let Some(it) = schema.opaque.get(&id) {
                    part.opaque.insert(id, it.clone());
                    tables.extend(it.table);
                    let namespace = it.namespace.and_then(|id| schema.namespaces.get(&id)).cloned();
                    part.namespaces.extend(namespace.map(|namespace| (namespace.id, namespace)));
                }
            }
            ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..) => {}
        }
    }
    let mut waiting: Vec<TableId> = tables.iter().copied().collect();
    while let Some(table) = waiting.pop().and_then(|id| schema.table(id)) {
        waiting.extend(table.options.parents().filter(|parent| tables.insert(*parent)));
    }
    let columns = tables.iter().filter_map(|id| schema.table(*id)).flat_map(|table| &table.columns);
    types.extend(columns.filter_map(|column| column.data_type.user_type()));
    while let Some(it) = types.pop().and_then(|id| schema.types.get(&id)) {
        types.extend(it.base().and_then(schema::DataType::user_type));
        let namespace = schema.namespaces.get(&it.namespace).cloned();
        part.namespaces.extend(namespace.map(|namespace| (namespace.id, namespace)));
        part.types.insert(it.id, it.clone());
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
    objects.extend(part.types.keys().map(|id| ObjectId::Type(*id)));
    // A key comes with its columns.
    let needed: Vec<ObjectId> =
        objects.iter().filter_map(|object| find(&part, *object)).flat_map(|it| used_by(&it)).collect();
    objects.extend(needed);
    // What others use comes before them: by kind, and what is still missing something once more behind it.
    let mut waiting: Vec<Object> = objects.into_iter().filter_map(|object| find(&part, object)).collect();
    waiting.sort_by_key(|object| match object {
        Object::Namespace(_) => 0,
        Object::Type(_) => 1,
        Object::Table(_) => 2,
        Object::Column(..)
        | Object::Key(..)
        | Object::Check(..)
        | Object::Index(..)
        | Object::Reference(_)
        | Object::Opaque(_)
        | Object::Annotation(_) => 3,
    });
    loop {
        let before = waiting.len();
        // What is known already stays as it is.
        waiting.retain(|object| {
            matches!(apply(&mut known, &Edit::Create(object.clone())), Err(crate::EditError::Missing(_)))
        });
        if waiting.len() == before || waiting.is_empty() {
            return known;
        }
    }
}
