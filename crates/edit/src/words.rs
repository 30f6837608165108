//! Pending items in words, in the schema's own names.

use crate::option_words;
use crate::{Attribute, Edit, ItemKind, Object, PendingItem};
use schema::{Column, ColumnId, ColumnPair, Key, KeyKind, ObjectId, Reference, Schema, Table};

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
        ObjectId::Type(_) => None,
        ObjectId::Annotation(_) => None,
        ObjectId::Opaque(id) => schema.opaque.get(&id).and_then(|it| it.table),
    };
    item.details = item.edits.iter().flat_map(|edit| edit_words(edit, base, target)).collect();
}

/// What kind of object it is, and its name: `Table categories`.
pub(crate) fn title(object: ObjectId, schema: &Schema) -> Option<String> {
    let label = schema.label(object)?;
    let kind = |table: schema::TableId, id| {
        let keys = schema.table(table).map(|table| table.keys.as_slice()).unwrap_or_default();
        keys.iter().find(|key| key.id == id).map_or("Unique", key_word)
    };
    Some(match object {
        ObjectId::Namespace(_) => format!("Schema {label}"),
        ObjectId::Table(_) => format!("Table {label}"),
        ObjectId::Column(..) => format!("Column {label}"),
        ObjectId::Key(table, id) => format!("{} {label}", kind(table, id)),
        ObjectId::Check(..) => format!("Check {label}"),
        ObjectId::Index(..) => format!("Index {label}"),
        ObjectId::Reference(_) => format!("Reference {label}"),
        ObjectId::Type(id) => {
            let kind = schema.user_type(id).map_or("type", schema::UserType::kind);
            format!("{} {label}", capital(kind))
        }
        ObjectId::Annotation(id) => {
            let kind = schema.annotations.get(&id).map_or("note", |it| it.kind.as_str());
            format!("{} {label}", capital(kind))
        }
        ObjectId::Opaque(id) => {
            let kind = schema.opaque.get(&id).map_or("object", |it| it.kind.words());
            format!("{} {label}", capital(kind))
        }
    })
}

fn key_word(key: &Key) -> &'static str {
    match key.kind {
        KeyKind::Primary => "Primary key",
        KeyKind::Unique => "Unique",
        KeyKind::Exclusion => "Exclusion",
    }
}

fn capital(words: &str) -> String {
    let (first, rest) = words.split_at_checked(1).unwrap_or_default();
    format!("{}{rest}", first.to_ascii_uppercase())
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
        Object::Key(_, it) => format!("{} {}", key_word(it), it.name),
        Object::Check(_, it) => format!("Check {}", it.name),
        Object::Index(_, it) => format!("Index {}", it.name),
        Object::Reference(it) => format!("Reference {}", it.name),
        Object::Type(it) => format!("{} {}", capital(it.kind()), it.name),
        Object::Opaque(it) => format!("{} {}", capital(it.kind.words()), it.name),
        Object::Annotation(it) => format!("{} {}", capital(it.kind.as_str()), it.name),
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
        Object::Table(table) => table_words(table, schema),
        Object::Column(table, column) => vec![column_words(schema.table(*table), column, schema)],
        Object::Key(table, key) => {
            let table = schema.table(*table);
            let on = match &key.options.exclusion {
                Some(exclusion) => option_words::exclusion(table, exclusion),
                None => list(table, &key.columns),
            };
            std::iter::once(format!("on {on}")).chain(option_words::key(table, &key.options)).collect()
        }
        Object::Check(_, check) => {
            std::iter::once(check.expression.to_string()).chain(option_words::check(&check.options)).collect()
        }
        Object::Index(table, index) => {
            let unique = if index.unique { "unique, " } else { "" };
            let table = schema.table(*table);
            let on = format!("{unique}on {}", option_words::parts(table, &index.parts));
            std::iter::once(on).chain(option_words::index(table, &index.options)).collect()
        }
        Object::Reference(reference) => {
            let ends = ends_words(reference.referencing, reference.referenced, &reference.pairs, schema);
            let options = option_words::reference(schema.table(reference.referencing), &reference.options);
            [ends, actions_words(reference)].into_iter().chain(options).collect()
        }
        Object::Type(it) => option_words::definition(&it.definition, schema),
        Object::Opaque(it) => vec![it.definition.as_str().to_owned()],
        Object::Annotation(it) => {
            let members = schema.members_of(it.id);
            let members: Vec<&str> = members.iter().map(|table| table.name.as_str()).collect();
            let of = (!members.is_empty()).then(|| format!("around {}", members.join(", ")));
            let color = it.color.as_ref().map(|color| format!("color {color}"));
            of.into_iter().chain(it.note.clone()).chain(color).collect()
        }
    }
}

fn table_words(table: &Table, schema: &Schema) -> Vec<String> {
    let columns = table.columns.iter().map(|column| column_words(Some(table), column, schema));
    let others = table.keys.iter().filter(|key| key.kind != KeyKind::Primary);
    let others = others.map(|key| match &key.options.exclusion {
        Some(exclusion) => format!("exclude ({})", option_words::exclusion(Some(table), exclusion)),
        None => format!("unique ({})", list(Some(table), &key.columns)),
    });
    let checks = table.checks.iter().map(|check| format!("check {}", check.expression));
    let indexes = table.indexes.iter().map(|index| {
        let unique = if index.unique { "unique " } else { "" };
        format!("{unique}index ({})", option_words::parts(Some(table), &index.parts))
    });
    let options = option_words::table(table, &table.options, schema);
    columns.chain(others).chain(checks).chain(indexes).chain(options).collect()
}

fn column_words(table: Option<&Table>, column: &Column, schema: &Schema) -> String {
    let mut words = format!("{} {}", column.name, schema.type_text(&column.data_type));
    if let Some(collation) = &column.collation {
        words.push_str(&format!(", collation {collation}"));
    }
    if let Some(generation) = &column.generation {
        words.push_str(&format!(", {}", option_words::generation(table, generation)));
    }
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
        (Attribute::Color(_), Attribute::Color(None)) => "no color of its own".to_owned(),
        (Attribute::Color(_), Attribute::Color(Some(color))) => format!("color {color}"),
        (Attribute::Spot(_), Attribute::Spot(None)) => "back in a row above the tables".to_owned(),
        (Attribute::Spot(Some(from)), Attribute::Spot(Some(to))) if (from.x, from.y) == (to.x, to.y) => {
            format!("{} wide instead of {}", to.width, from.width)
        }
        (Attribute::Spot(_), Attribute::Spot(Some(to))) => format!("moved to {}, {}", to.x, to.y),
        (Attribute::Group(from), Attribute::Group(to)) => {
            let name = |schema: &Schema, id: &Option<_>| id.and_then(|id| schema.label(ObjectId::Annotation(id)));
            match (name(base, from), name(target, to)) {
                (_, Some(to)) => format!("in the group {to}"),
                (Some(from), None) => format!("no more in the group {from}"),
                (None, None) => "in no group".to_owned(),
            }
        }
        (Attribute::Rank(_), Attribute::Rank(_)) => "shown at another place in its table".to_owned(),
        (Attribute::DataType(from), Attribute::DataType(to)) => {
            format!("type {} becomes {}", base.type_text(from), target.type_text(to))
        }
        (Attribute::Nullable(_), Attribute::Nullable(true)) => "may be NULL".to_owned(),
        (Attribute::Nullable(_), Attribute::Nullable(false)) => "not null".to_owned(),
        (Attribute::Default(_), Attribute::Default(None)) => "no default".to_owned(),
        (Attribute::Default(_), Attribute::Default(Some(to))) => format!("default {to}"),
        (Attribute::Columns(from), Attribute::Columns(to)) => {
            let (before, after) = (table_of(base, object), table_of(target, object));
            format!("on {} instead of {}", list(after, to), list(before, from))
        }
        (Attribute::Definition(from), Attribute::Definition(to)) => {
            option_words::definition_change(from, to, base, target)
        }
        (_, Attribute::Parts(to)) => format!("on {}", option_words::parts(table_of(target, object), to)),
        (
            _,
            Attribute::Generation(_)
            | Attribute::Collation(_)
            | Attribute::KeyOptions(_)
            | Attribute::CheckOptions(_)
            | Attribute::IndexOptions(_)
            | Attribute::ReferenceOptions(_)
            | Attribute::TableOptions(_)
            | Attribute::Definition(_)
            | Attribute::Statement(_),
        ) => option_words::attribute(object, to, target),
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
