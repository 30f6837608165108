//! Pending items in words, in the schema's own names.

use crate::{Attribute, Edit, ItemKind, Object, PendingItem};
use schema::{Column, ColumnId, KeyKind, ObjectId, Reference, Schema, Table};

/// Fills in the title, the details and the table of an item.
pub(crate) fn describe(item: &mut PendingItem, base: &Schema, target: &Schema) {
    // What goes is named as it was, all else as it will be.
    let schema = if item.kind == ItemKind::Removed { base } else { target };
    let label = schema.label(item.object).unwrap_or_default();
    item.title = match item.object {
        ObjectId::Namespace(_) => format!("Schema {label}"),
        ObjectId::Table(_) => format!("Table {label}"),
        ObjectId::Column(..) => format!("Column {label}"),
        ObjectId::Key(table, id) => {
            let keys = schema.table(table).map(|table| table.keys.as_slice()).unwrap_or_default();
            match keys.iter().find(|key| key.id == id).map(|key| key.kind) {
                Some(KeyKind::Primary) => format!("Primary key {label}"),
                Some(KeyKind::Unique) | None => format!("Unique {label}"),
            }
        }
        ObjectId::Check(..) => format!("Check {label}"),
        ObjectId::Index(..) => format!("Index {label}"),
        ObjectId::Reference(_) => format!("Reference {label}"),
    };
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

fn edit_words(edit: &Edit, base: &Schema, target: &Schema) -> Vec<String> {
    match edit {
        Edit::Create(object) => object_words(object, target),
        Edit::Drop(object) => object_words(object, base),
        Edit::Alter { object, from, to } => vec![alter_words(*object, from, to, base, target)],
    }
}

fn object_words(object: &Object, schema: &Schema) -> Vec<String> {
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
        Object::Reference(reference) => vec![ends_words(reference, schema), actions_words(reference)],
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
        (Attribute::Ends(..), _) => match object {
            ObjectId::Reference(id) => {
                target.references.get(&id).map(|reference| ends_words(reference, target)).unwrap_or_default()
            }
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..) => String::new(),
        },
        _ => String::new(),
    }
}

fn table_of(schema: &Schema, object: ObjectId) -> Option<&Table> {
    object.table().and_then(|table| schema.table(table))
}

/// `orders.user_id → users.id`, with brackets around several columns.
pub fn ends_words(reference: &Reference, schema: &Schema) -> String {
    let side = |table: schema::TableId, columns: &[ColumnId]| match schema.table(table) {
        Some(table) if columns.len() == 1 => format!("{}.{}", schema.display_name(table), list(Some(table), columns)),
        Some(table) => format!("{} ({})", schema.display_name(table), list(Some(table), columns)),
        None => String::new(),
    };
    format!(
        "{} → {}",
        side(reference.referencing, &reference.referencing_columns()),
        side(reference.referenced, &reference.referenced_columns())
    )
}

fn actions_words(reference: &Reference) -> String {
    format!("on delete {}, on update {}", reference.on_delete.as_sql(), reference.on_update.as_sql())
}

fn list(table: Option<&Table>, columns: &[ColumnId]) -> String {
    let names = columns.iter().filter_map(|id| table.and_then(|table| table.column(*id)));
    names.map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ")
}
