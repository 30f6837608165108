//! Applying an edit to a schema, or refusing to.

use crate::{Attribute, Edit, Object};
use schema::{
    Annotation, Check, Column, ColumnId, DataType, Index, Key, Name, ObjectId, Opaque, Reference, Schema, Table,
    TableId, TypeId, UserType,
};
use std::sync::Arc;

/// Why an edit does not apply. The schema is unchanged then.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The object, or the table that it lives in, is not there.
    #[error("{0:?} is not there")]
    Missing(ObjectId),
    /// An object of that id is there already.
    #[error("{0:?} is there already")]
    Exists(ObjectId),
    /// The object is not what the edit was made for.
    #[error("{0:?} has been changed meanwhile")]
    WrongBase(ObjectId),
    /// Something else still mentions the object.
    #[error("{object:?} is still used by {by:?}")]
    InUse {
        /// What was to be dropped.
        object: ObjectId,
        /// What mentions it.
        by: ObjectId,
    },
    /// The object has no such attribute.
    #[error("{0:?} has no such attribute")]
    NoSuchAttribute(ObjectId),
}

impl EditError {
    /// The error in the names of a schema that knows the objects.
    pub fn in_words(&self, schema: &Schema) -> String {
        let name = |object: &ObjectId| schema.label(*object).unwrap_or_else(|| "something that is gone".to_owned());
        match self {
            Self::Missing(object) => format!("{} is not there any more", name(object)),
            Self::Exists(object) => format!("{} is there already", name(object)),
            Self::WrongBase(object) => format!("{} has been changed meanwhile", name(object)),
            Self::InUse { object, by } => format!("{} is still used by {}", name(object), name(by)),
            Self::NoSuchAttribute(object) => format!("{} has no such attribute", name(object)),
        }
    }
}

/// Applies the edits in order. All of them or none.
///
/// # Errors
/// As [`apply`], for the first that does not apply.
pub fn apply_all<'a>(schema: &mut Schema, edits: impl IntoIterator<Item = &'a Edit>) -> Result<(), EditError> {
    let mut next = schema.clone();
    for edit in edits {
        apply(&mut next, edit)?;
    }
    *schema = next;
    Ok(())
}

/// Applies one edit.
///
/// Only what would leave the schema without meaning is refused: names may clash and types may differ until
/// [`schema::validate`] is asked.
///
/// # Errors
/// When the schema is not one that the edit was made for.
pub fn apply(schema: &mut Schema, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Create(object) => create(schema, object),
        Edit::Drop(object) => drop(schema, object),
        Edit::Alter { object, from, to } => alter(schema, *object, from, to),
    }
}

fn create(schema: &mut Schema, object: &Object) -> Result<(), EditError> {
    let id = object.id();
    match object {
        Object::Namespace(namespace) => {
            vacant(!schema.namespaces.contains_key(&namespace.id), id)?;
            schema.namespaces.insert(namespace.id, namespace.clone());
        }
        Object::Table(table) => {
            vacant(!schema.tables.contains_key(&table.id), id)?;
            if !schema.namespaces.contains_key(&table.namespace) {
                return Err(EditError::Missing(ObjectId::Namespace(table.namespace)));
            }
            check_lists(table, id)?;
            for parent in table.options.parents() {
                table_at(schema, parent)?;
            }
            for column in &table.columns {
                has_type(schema, &column.data_type)?;
            }
            let mut table = table.clone();
            sort(&mut table);
            schema.tables.insert(table.id, Arc::new(table));
        }
        Object::Reference(reference) => {
            vacant(!schema.references.contains_key(&reference.id), id)?;
            check_ends(schema, reference)?;
            schema.references.insert(reference.id, Arc::new(reference.clone()));
        }
        Object::Type(it) => {
            vacant(!schema.types.contains_key(&it.id), id)?;
            check_type(schema, it)?;
            schema.types.insert(it.id, it.clone());
        }
        Object::Opaque(it) => {
            vacant(!schema.opaque.contains_key(&it.id), id)?;
            check_opaque(schema, it)?;
            schema.opaque.insert(it.id, Arc::new(it.clone()));
        }
        Object::Annotation(it) => {
            vacant(!schema.annotations.contains_key(&it.id), id)?;
            schema.annotations.insert(it.id, it.clone());
        }
        Object::Column(table, column) => {
            has_type(schema, &column.data_type)?;
            let table = table_mut(schema, *table)?;
            has_columns(table, &column.sources())?;
            vacant(table.column(column.id).is_none(), id)?;
            insert(&mut table.columns, column.clone(), |other| (other.rank, other.id));
        }
        Object::Key(table, key) => {
            let table = table_mut(schema, *table)?;
            vacant(table.keys.iter().all(|other| other.id != key.id), id)?;
            has_columns(table, &key.mentions())?;
            insert(&mut table.keys, key.clone(), |other| other.id);
        }
        Object::Check(table, check) => {
            let table = table_mut(schema, *table)?;
            vacant(table.checks.iter().all(|other| other.id != check.id), id)?;
            insert(&mut table.checks, check.clone(), |other| other.id);
        }
        Object::Index(table, index) => {
            let table = table_mut(schema, *table)?;
            vacant(table.indexes.iter().all(|other| other.id != index.id), id)?;
            has_columns(table, &index.mentions())?;
            insert(&mut table.indexes, index.clone(), |other| other.id);
        }
    }
    Ok(())
}

fn drop(schema: &mut Schema, object: &Object) -> Result<(), EditError> {
    let id = object.id();
    if let Some(by) = crate::mentions(schema, id).into_iter().next() {
        return Err(EditError::InUse { object: id, by });
    }
    match object {
        Object::Namespace(namespace) => {
            same(schema.namespaces.get(&namespace.id), namespace, id)?;
            schema.namespaces.remove(&namespace.id);
        }
        Object::Table(table) => {
            same(schema.table(table.id), table, id)?;
            schema.tables.remove(&table.id);
        }
        Object::Reference(reference) => {
            same(schema.references.get(&reference.id).map(AsRef::as_ref), reference, id)?;
            schema.references.remove(&reference.id);
        }
        Object::Type(it) => {
            same(schema.types.get(&it.id), it, id)?;
            schema.types.remove(&it.id);
        }
        Object::Opaque(it) => {
            same(schema.opaque.get(&it.id).map(AsRef::as_ref), it, id)?;
            schema.opaque.remove(&it.id);
        }
        Object::Annotation(it) => {
            same(schema.annotations.get(&it.id), it, id)?;
            schema.annotations.remove(&it.id);
        }
        Object::Column(table, column) => {
            let table = table_mut(schema, *table)?;
            same(table.column(column.id), column, id)?;
            table.columns.retain(|other| other.id != column.id);
        }
        Object::Key(table, key) => {
            let table = table_mut(schema, *table)?;
            same(table.keys.iter().find(|other| other.id == key.id), key, id)?;
            table.keys.retain(|other| other.id != key.id);
        }
        Object::Check(table, check) => {
            let table = table_mut(schema, *table)?;
            same(table.checks.iter().find(|other| other.id == check.id), check, id)?;
            table.checks.retain(|other| other.id != check.id);
        }
        Object::Index(table, index) => {
            let table = table_mut(schema, *table)?;
            same(table.indexes.iter().find(|other| other.id == index.id), index, id)?;
            table.indexes.retain(|other| other.id != index.id);
        }
    }
    Ok(())
}

fn alter(schema: &mut Schema, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match object {
        ObjectId::Namespace(id) => {
            let namespace = schema.namespaces.get_mut(&id).ok_or(EditError::Missing(object))?;
            if let (Attribute::Name(from), Attribute::Name(to)) = (from, to) {
                return replace(&mut namespace.name, from, to, object);
            }
        }
        ObjectId::Table(id) => return alter_table(schema, id, from, to),
        ObjectId::Type(id) => return alter_type(schema, id, from, to),
        ObjectId::Opaque(id) => {
            let it = schema.opaque.get_mut(&id).map(Arc::make_mut).ok_or(EditError::Missing(object))?;
            return alter_opaque(it, object, from, to);
        }
        ObjectId::Annotation(id) => {
            let it = schema.annotations.get_mut(&id).ok_or(EditError::Missing(object))?;
            return alter_annotation(it, object, from, to);
        }
        ObjectId::Column(table, id) => {
            if let Attribute::DataType(data_type) = to {
                has_type(schema, data_type)?;
            }
            return alter_column(table_mut(schema, table)?, id, from, to);
        }
        ObjectId::Key(table, id) => {
            let table = table_mut(schema, table)?;
            if let Attribute::Columns(columns) = to {
                has_columns(table, columns)?;
            }
            if let Attribute::KeyOptions(options) = to {
                has_columns(table, &options.columns())?;
            }
            let key = table.keys.iter_mut().find(|key| key.id == id).ok_or(EditError::Missing(object))?;
            return alter_key(key, object, from, to);
        }
        ObjectId::Check(table, id) => {
            let checks = &mut table_mut(schema, table)?.checks;
            let check = checks.iter_mut().find(|check| check.id == id).ok_or(EditError::Missing(object))?;
            return alter_check(check, object, from, to);
        }
        ObjectId::Index(table, id) => {
            let table = table_mut(schema, table)?;
            if let Attribute::Columns(columns) = to {
                has_columns(table, columns)?;
            }
            if let Attribute::Parts(parts) = to {
                parts.iter().try_for_each(|part| has_columns(table, &part.columns()))?;
            }
            if let Attribute::IndexOptions(options) = to {
                has_columns(table, &options.columns())?;
            }
            let index = table.indexes.iter_mut().find(|index| index.id == id).ok_or(EditError::Missing(object))?;
            return alter_index(index, object, from, to);
        }
        ObjectId::Reference(id) => {
            let mut reference = Arc::clone(schema.references.get(&id).ok_or(EditError::Missing(object))?);
            alter_reference(Arc::make_mut(&mut reference), object, from, to)?;
            check_ends(schema, &reference)?;
            schema.references.insert(id, reference);
            return Ok(());
        }
    }
    Err(EditError::NoSuchAttribute(object))
}

fn alter_table(schema: &mut Schema, id: TableId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    let object = ObjectId::Table(id);
    if let Attribute::Namespace(namespace) = to
        && !schema.namespaces.contains_key(namespace)
    {
        return Err(EditError::Missing(ObjectId::Namespace(*namespace)));
    }
    if let Attribute::TableOptions(options) = to {
        options.parents().try_for_each(|parent| table_at(schema, parent).map(|_| ()))?;
    }
    let table = table_mut(schema, id)?;
    match (from, to) {
        (Attribute::TableOptions(from), Attribute::TableOptions(to)) => replace(&mut table.options, from, to, object),
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut table.name, from, to, object),
        (Attribute::Note(from), Attribute::Note(to)) => replace(&mut table.note, from, to, object),
        (Attribute::Group(from), Attribute::Group(to)) => replace(&mut table.group, from, to, object),
        (Attribute::Namespace(from), Attribute::Namespace(to)) => replace(&mut table.namespace, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_column(table: &mut Table, id: ColumnId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    let object = ObjectId::Column(table.id, id);
    if let Attribute::Generation(Some(generation)) = to {
        has_columns(table, &generation.formula().map(schema::Formula::columns).unwrap_or_default())?;
    }
    let column = table.columns.iter_mut().find(|column| column.id == id).ok_or(EditError::Missing(object))?;
    match (from, to) {
        (Attribute::Generation(from), Attribute::Generation(to)) => replace(&mut column.generation, from, to, object),
        (Attribute::Collation(from), Attribute::Collation(to)) => replace(&mut column.collation, from, to, object),
        (Attribute::Name(from), Attribute::Name(to)) => {
            replace(&mut column.name, from, to, object)?;
            let others = table.columns.iter().filter(|it| it.id != id).map(|it| &it.name);
            follow_rename(&mut table.checks, others, from, to);
            Ok(())
        }
        (Attribute::Note(from), Attribute::Note(to)) => replace(&mut column.note, from, to, object),
        (Attribute::DataType(from), Attribute::DataType(to)) => replace(&mut column.data_type, from, to, object),
        (Attribute::Nullable(from), Attribute::Nullable(to)) => replace(&mut column.nullable, from, to, object),
        (Attribute::Default(from), Attribute::Default(to)) => replace(&mut column.default, from, to, object),
        (Attribute::Rank(from), Attribute::Rank(to)) => {
            replace(&mut column.rank, from, to, object)?;
            table.columns.sort_by_key(|column| (column.rank, column.id));
            Ok(())
        }
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

/// PostgreSQL's checks follow a renamed column by themselves, and so do ours, unless another column has the old or the
/// new name at that moment: then a check could mean either, and stays as it is until an edit of its own. That keeps
/// every rename reversible.
pub(crate) fn follow_rename<'a>(
    checks: &mut [Check],
    mut others: impl Iterator<Item = &'a Name>,
    from: &Name,
    to: &Name,
) {
    if others.any(|other| other == from || other == to) {
        return;
    }
    for check in checks.iter_mut().filter(|it| it.expression.mentions(from) && !it.expression.mentions(to)) {
        check.expression = check.expression.with_column_renamed(from, to);
    }
}

fn alter_key(key: &mut Key, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut key.name, from, to, object),
        (Attribute::Columns(from), Attribute::Columns(to)) => replace(&mut key.columns, from, to, object),
        (Attribute::KeyOptions(from), Attribute::KeyOptions(to)) => replace(&mut key.options, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_check(check: &mut Check, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut check.name, from, to, object),
        (Attribute::Expression(from), Attribute::Expression(to)) => replace(&mut check.expression, from, to, object),
        (Attribute::CheckOptions(from), Attribute::CheckOptions(to)) => replace(&mut check.options, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_index(index: &mut Index, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut index.name, from, to, object),
        // As it was written when an index was over plain columns only.
        (Attribute::Columns(from), Attribute::Columns(to)) => {
            replace(&mut index.parts, &Index::parts_of(from), &Index::parts_of(to), object)
        }
        (Attribute::Parts(from), Attribute::Parts(to)) => replace(&mut index.parts, from, to, object),
        (Attribute::IndexOptions(from), Attribute::IndexOptions(to)) => replace(&mut index.options, from, to, object),
        (Attribute::Unique(from), Attribute::Unique(to)) => replace(&mut index.unique, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_reference(
    reference: &mut Reference,
    object: ObjectId,
    from: &Attribute,
    to: &Attribute,
) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut reference.name, from, to, object),
        (Attribute::OnDelete(from), Attribute::OnDelete(to)) => replace(&mut reference.on_delete, from, to, object),
        (Attribute::OnUpdate(from), Attribute::OnUpdate(to)) => replace(&mut reference.on_update, from, to, object),
        (Attribute::ReferenceOptions(from), Attribute::ReferenceOptions(to)) => {
            replace(&mut reference.options, from, to, object)
        }
        (Attribute::Ends(a, b, pairs), Attribute::Ends(to_a, to_b, to_pairs)) => {
            replace(&mut reference.referencing, a, to_a, object)?;
            replace(&mut reference.referenced, b, to_b, object)?;
            replace(&mut reference.pairs, pairs, to_pairs, object)
        }
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_type(schema: &mut Schema, id: TypeId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    let object = ObjectId::Type(id);
    let mut it = schema.types.get(&id).ok_or(EditError::Missing(object))?.clone();
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut it.name, from, to, object)?,
        (Attribute::Note(from), Attribute::Note(to)) => replace(&mut it.note, from, to, object)?,
        (Attribute::Namespace(from), Attribute::Namespace(to)) => replace(&mut it.namespace, from, to, object)?,
        (Attribute::Definition(from), Attribute::Definition(to)) => replace(&mut it.definition, from, to, object)?,
        _ => return Err(EditError::NoSuchAttribute(object)),
    }
    check_type(schema, &it)?;
    schema.types.insert(id, it);
    Ok(())
}

fn alter_opaque(it: &mut Opaque, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut it.name, from, to, object),
        (Attribute::Statement(from), Attribute::Statement(to)) => replace(&mut it.definition, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

fn alter_annotation(it: &mut Annotation, object: ObjectId, from: &Attribute, to: &Attribute) -> Result<(), EditError> {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => replace(&mut it.name, from, to, object),
        (Attribute::Note(from), Attribute::Note(to)) => replace(&mut it.note, from, to, object),
        (Attribute::Color(from), Attribute::Color(to)) => replace(&mut it.color, from, to, object),
        (Attribute::Spot(from), Attribute::Spot(to)) => replace(&mut it.spot, from, to, object),
        _ => Err(EditError::NoSuchAttribute(object)),
    }
}

/// The namespace and the type that it rests on have to be there.
fn check_type(schema: &Schema, it: &UserType) -> Result<(), EditError> {
    if !schema.namespaces.contains_key(&it.namespace) {
        return Err(EditError::Missing(ObjectId::Namespace(it.namespace)));
    }
    it.base().map_or(Ok(()), |base| has_type(schema, base))
}

fn check_opaque(schema: &Schema, it: &Opaque) -> Result<(), EditError> {
    match (it.namespace, it.table) {
        (Some(id), _) if !schema.namespaces.contains_key(&id) => Err(EditError::Missing(ObjectId::Namespace(id))),
        (_, Some(id)) => table_at(schema, id).map(|_| ()),
        (_, None) => Ok(()),
    }
}

fn has_type(schema: &Schema, data_type: &DataType) -> Result<(), EditError> {
    match data_type.user_type().filter(|id| !schema.types.contains_key(id)) {
        Some(id) => Err(EditError::Missing(ObjectId::Type(id))),
        None => Ok(()),
    }
}

fn table_at(schema: &Schema, id: TableId) -> Result<&Table, EditError> {
    schema.table(id).ok_or(EditError::Missing(ObjectId::Table(id)))
}

fn table_mut(schema: &mut Schema, id: TableId) -> Result<&mut Table, EditError> {
    schema.tables.get_mut(&id).map(Arc::make_mut).ok_or(EditError::Missing(ObjectId::Table(id)))
}

fn vacant(is_vacant: bool, id: ObjectId) -> Result<(), EditError> {
    if is_vacant { Ok(()) } else { Err(EditError::Exists(id)) }
}

fn same<T: PartialEq>(found: Option<&T>, expected: &T, id: ObjectId) -> Result<(), EditError> {
    match found {
        None => Err(EditError::Missing(id)),
        Some(found) if found == expected => Ok(()),
        Some(_) => Err(EditError::WrongBase(id)),
    }
}

fn replace<T: PartialEq + Clone>(slot: &mut T, from: &T, to: &T, object: ObjectId) -> Result<(), EditError> {
    if slot != from {
        return Err(EditError::WrongBase(object));
    }
    slot.clone_from(to);
    Ok(())
}

fn has_columns<'a>(table: &Table, columns: impl IntoIterator<Item = &'a ColumnId>) -> Result<(), EditError> {
    match columns.into_iter().find(|column| table.column(**column).is_none()) {
        Some(column) => Err(EditError::Missing(ObjectId::Column(table.id, *column))),
        None => Ok(()),
    }
}

/// A table that arrives whole must not hold two objects of one id, nor keys over columns that it has not.
fn check_lists(table: &Table, id: ObjectId) -> Result<(), EditError> {
    fn distinct<T: Ord>(ids: impl Iterator<Item = T>) -> bool {
        let mut seen = std::collections::BTreeSet::new();
        ids.into_iter().all(|id| seen.insert(id))
    }
    let fine = distinct(table.columns.iter().map(|column: &Column| column.id))
        && distinct(table.keys.iter().map(|key| key.id))
        && distinct(table.checks.iter().map(|check| check.id))
        && distinct(table.indexes.iter().map(|index| index.id));
    vacant(fine, id)?;
    for column in &table.columns {
        has_columns(table, &column.sources())?;
    }
    for key in &table.keys {
        has_columns(table, &key.mentions())?;
    }
    for index in &table.indexes {
        has_columns(table, &index.mentions())?;
    }
    Ok(())
}

fn check_ends(schema: &Schema, reference: &Reference) -> Result<(), EditError> {
    for pair in &reference.pairs {
        for (table, column) in [(reference.referencing, pair.referencing), (reference.referenced, pair.referenced)] {
            if schema.column(table, column).is_none() {
                return Err(EditError::Missing(ObjectId::Column(table, column)));
            }
        }
    }
    for table in [reference.referencing, reference.referenced] {
        if schema.table(table).is_none() {
            return Err(EditError::Missing(ObjectId::Table(table)));
        }
    }
    Ok(())
}

/// Puts one more into a list that is in the order of that key.
fn insert<T, K: Ord>(list: &mut Vec<T>, item: T, key: impl Fn(&T) -> K) {
    let at = list.partition_point(|other| key(other) < key(&item));
    list.insert(at, item);
}

/// Puts a table's lists into their one order.
fn sort(table: &mut Table) {
    table.columns.sort_by_key(|column| (column.rank, column.id));
    table.keys.sort_by_key(|key| key.id);
    table.checks.sort_by_key(|check| check.id);
    table.indexes.sort_by_key(|index| index.id);
}
