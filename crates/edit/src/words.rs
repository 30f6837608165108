//! Pending items in words, in the schema's own names.

use crate::{Attribute, Edit, ItemKind, Object, PendingItem};
use schema::{Column, ColumnId, ColumnPair, KeyKind, ObjectId, Reference, Schema, Table};

/// Fills in the title, the details and the table of an item.
pub(crate) fn describe(item: &mut PendingItem, base: &Schema, target: &Schema) {
    // What goes is named as it was, all else as it will be.
    let schema = if item.kind == ItemKind::Removed { base } else { target };
    item.title = title(item.object, schema).unwrap_or_default();
    item.table = match item.object {
        ObjectId::Reference(id) => schema.references.get(&id).map(|reference| reference.referencing),
        ObjectId::Namespace(_)
        | ObjectId::Table(_)
        | ObjectId::Column(..)
        | ObjectId::Key(..)
        | ObjectId::Check(..)
        | ObjectId::Index(..) => item.object.table(),
    };
    item.details = item.edits.iter().flat_map(|edit| edit_words(edit, base, target)).collect();
}

/// What kind of object it is, and its name: `Table categories`.
pub(crate) fn title(object: ObjectId, schema: &Schema) -> Option<String> {
    let label = schema.label(object)?;
    let is_primary = |table: schema::TableId, id| {
        let keys = schema.table(table).map(|table| table.keys.as_slice()).unwrap_or_default();
        keys.iter().any(|key| key.id == id && key.kind == KeyKind::Primary)
    };
    Some(match object {
        ObjectId::Namespace(_) => format!("Schema {label}"),
        ObjectId::Table(_) => format!("Table {label}"),
        ObjectId::Column(..) => format!("Column {label}"),
        ObjectId::Key(table, id) if is_primary(table, id) => format!("Primary key {label}"),
        ObjectId::Key(..) => format!("Unique {label}"),
        ObjectId::Check(..) => format!("Check {label}"),
        ObjectId::Index(..) => format!("Index {label}"),
        ObjectId::Reference(_) => format!("Reference {label}"),
    })
}

/// The title of an object that the schema does not have.
pub(crate) fn created_title(object: &Object, schema: &Schema) -> Option<String> {
    let table = |id| schema.table(id).map(|table| schema.display_name(table));
    Some(match object {
        Object::Namespace(it) => format!("Schema {}", it.name),
        Object::Table(it) => format!("Table {}", schema.display_name(it)),
        Object::Column(id, it) => match table(*id) {
            Some(table) => format!("Column {table}.{}", it.name),
            None => format!("Column {}", it.name),
        },
        Object::Key(_, it) if it.kind == KeyKind::Primary => format!("Primary key {}", it.name),
        Object::Key(_, it) => format!("Unique {}", it.name),
        Object::Check(_, it) => format!("Check {}", it.name),
        Object::Index(_, it) => format!("Index {}", it.name),
        Object::Reference(it) => format!("Reference {}", it.name),
    })
}

pub(crate) fn edit_words(edit: &Edit, base: &Schema, target: &Schema) -> Vec<String> {
    match edit {
        Edit::Create(object) => object_words(object, target),
        Edit::Drop(object) => object_words(object, base),
        Edit::Alter { object, from, to } => vec![alter_words(*object, from, to, base, target)],
    }
}

pub(crate) fn object_words(object: &Object, schema: &Schema) -> Vec<String> {
    match object {
        Object::Namespace(_) => Vec::new(),
        Object::Table(table) => table_words(table),
        Object::Column(table, column) => vec![column_words(schema.table(*table), column)],
        Object::Key(table, key) => vec![format!("on {}", list(schema.table(*table), &key.columns))],
        Object::Check(_, check) => vec![check.expression.to_string()],
        Object::Index(table, index) => {
            let unique = if index.unique { "unique, " } else { "" };
            vec![format!("{unique}on {}", list(schema.table(*table), &index.columns))]
        }
        Object::Reference(reference) => vec![
            ends_words(reference.referencing, reference.referenced, &reference.pairs, schema),
            actions_words(reference),
        ],
    }
}

fn table_words(table: &Table) -> Vec<String> {
    let columns = table.columns.iter().map(|column| column_words(Some(table), column));
    let uniques = table.keys.iter().filter(|key| key.kind == KeyKind::Unique);
    let uniques = uniques.map(|key| format!("unique ({})", list(Some(table), &key.columns)));
    let checks = table.checks.iter().map(|check| format!("check {}", check.expression));
    let indexes = table.indexes.iter().map(|index| {
        let unique = if index.unique { "unique " } else { "" };
        format!("{unique}index ({})", list(Some(table), &index.columns))
    });
    columns.chain(uniques).chain(checks).chain(indexes).collect()
}

fn column_words(table: Option<&Table>, column: &Column) -> String {
    let mut words = format!("{} {}", column.name, column.data_type);
    if table.is_some_and(|table| table.in_primary_key(column.id)) {
        words.push_str(", primary key");
    } else if !column.nullable {
        words.push_str(", not null");
    }
    if let Some(default) = &column.default {
        words.push_str(&format!(", default {default}"));
    }
    words
}

fn alter_words(object: ObjectId, from: &Attribute, to: &Attribute, base: &Schema, target: &Schema) -> String {
    match (from, to) {
        (Attribute::Name(from), Attribute::Name(to)) => format!("renamed from {from} to {to}"),
        (Attribute::Namespace(from), Attribute::Namespace(to)) => {
            let name = |schema: &Schema, id| schema.label(ObjectId::Namespace(id)).unwrap_or_default();
            format!("moved from schema {} to {}", name(base, *from), name(target, *to))
        }
        (Attribute::Note(_), Attribute::Note(None)) => "note removed".to_owned(),
        (Attribute::Note(_), Attribute::Note(Some(note))) => format!("note: {note}"),
        (Attribute::Rank(_), Attribute::Rank(_)) => "shown at another place in its table".to_owned(),
        (Attribute::DataType(from), Attribute::DataType(to)) => format!("type {from} becomes {to}"),
        (Attribute::Nullable(_), Attribute::Nullable(true)) => "may be NULL".to_owned(),
        (Attribute::Nullable(_), Attribute::Nullable(false)) => "not null".to_owned(),
        (Attribute::Default(_), Attribute::Default(None)) => "no default".to_owned(),
        (Attribute::Default(_), Attribute::Default(Some(to))) => format!("default {to}"),
        (Attribute::Columns(from), Attribute::Columns(to)) => {
            let (before, after) = (table_of(base, object), table_of(target, object));
            format!("on {} instead of {}", list(after, to), list(before, from))
        }
        (Attribute::Unique(_), Attribute::Unique(true)) => "unique".to_owned(),
        (Attribute::Unique(_), Attribute::Unique(false)) => "not unique".to_owned(),
        (Attribute::Expression(_), Attribute::Expression(to)) => to.to_string(),
        (Attribute::OnDelete(from), Attribute::OnDelete(to)) => {
            format!("on delete {} instead of {}", to.as_sql(), from.as_sql())
        }
        (Attribute::OnUpdate(from), Attribute::OnUpdate(to)) => {
            format!("on update {} instead of {}", to.as_sql(), from.as_sql())
        }
        (_, Attribute::Ends(referencing, referenced, pairs)) => ends_words(*referencing, *referenced, pairs, target),
        _ => String::new(),
    }
}

fn table_of(schema: &Schema, object: ObjectId) -> Option<&Table> {
    object.table().and_then(|table| schema.table(table))
}

/// The two ends of a reference: `orders.user_id → users.id`, with brackets around several columns.
pub fn ends_words(
    referencing: schema::TableId,
    referenced: schema::TableId,
    pairs: &[ColumnPair],
    schema: &Schema,
) -> String {
    let side = |table: schema::TableId, columns: &[ColumnId]| match schema.table(table) {
        Some(table) if columns.len() == 1 => format!("{}.{}", schema.display_name(table), list(Some(table), columns)),
        Some(table) => format!("{} ({})", schema.display_name(table), list(Some(table), columns)),
        None => "a deleted table".to_owned(),
    };
    let from: Vec<ColumnId> = pairs.iter().map(|pair| pair.referencing).collect();
    let to: Vec<ColumnId> = pairs.iter().map(|pair| pair.referenced).collect();
    format!("{} → {}", side(referencing, &from), side(referenced, &to))
}

fn actions_words(reference: &Reference) -> String {
    format!("on delete {}, on update {}", reference.on_delete.as_sql(), reference.on_update.as_sql())
}

pub(crate) fn list(table: Option<&Table>, columns: &[ColumnId]) -> String {
    let names = columns.iter().filter_map(|id| table.and_then(|table| table.column(*id)));
    names.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}
