//! Collections of MongoDB with validators, as a script for mongosh. Nothing enforces references there.

use ddl::Note;
use schema::{BaseType, Column, Index, KeyKind, ObjectId, Schema, Table};
use serde_json::{Map, Value, json};

use crate::Written;

/// A collection for each table, and an index for each key and index over columns.
pub(crate) fn write(schema: &Schema) -> Written {
    let mut notes = vec![Note {
        object: String::new(),
        what: "MongoDB enforces no references: a document may name another one that is not there, and whatever deletes one \
               has to see to those that name it"
            .to_owned(),
    }];
    let mut text = String::new();
    for table in schema.tables_by_name() {
        let name = collection(schema, table, &mut notes);
        let validator = json!({ "validator": { "$jsonSchema": validator(schema, table, &mut notes) } });
        text.push_str(&format!("db.createCollection({}, {});\n", literal(&json!(name)), indented(&validator)));
        for (fields, unique, label) in indexes(schema, table, &mut notes) {
            let keys: Vec<String> = fields.iter().map(|field| format!("{}: 1", literal(&json!(field)))).collect();
            let options = literal(&json!({ "name": label, "unique": unique }));
            text.push_str(&format!(
                "db.getCollection({}).createIndex({{ {} }}, {options});\n",
                literal(&json!(name)),
                keys.join(", ")
            ));
        }
        text.push('\n');
    }
    for reference in schema.references.values() {
        let table = schema.label(ObjectId::Table(reference.referencing)).unwrap_or_default();
        let object = format!("{table}.{}", reference.name);
        notes.push(Note { object, what: "a reference: its fields are there, and nothing enforces it".to_owned() });
    }
    for it in schema.opaque.values() {
        let object = schema.label(ObjectId::Opaque(it.id)).unwrap_or_default();
        notes.push(Note { object, what: format!("a {} of PostgreSQL: left out", it.kind.words()) });
    }
    Written { text: text.trim_end().to_owned() + "\n", notes }
}

/// Names of collections have no `$`, and do not begin with `system.`.
fn collection(schema: &Schema, table: &Table, notes: &mut Vec<Note>) -> String {
    let label = schema.display_name(table);
    let mut name = label.replace('$', "_");
    if name.starts_with("system.") {
        name.insert(0, '_');
    }
    if name != label {
        notes.push(Note { object: label, what: format!("it is called {name}") });
    }
    name
}

/// A dot in a field's name would lead into it, and `$` at its beginning is an operator's.
fn field(column: &Column) -> String {
    let name = column.name.as_str().replace('.', "_");
    if name.starts_with('$') { format!("_{name}") } else { name }
}

fn validator(schema: &Schema, table: &Table, notes: &mut Vec<Note>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for column in &table.columns {
        let object = schema.label(ObjectId::Column(table.id, column.id)).unwrap_or_default();
        let mut note = |what: String| notes.push(Note { object: object.clone(), what });
        let name = field(column);
        if name != column.name.as_str() {
            note(format!("it is called {name}"));
        }
        if let Some(default) = &column.default {
            note(format!("its default {default} was left out: whoever writes a document gives it"));
        }
        if column.is_numbered() {
            note("its numbers were left out: whoever writes a document gives one".to_owned());
        }
        if let Some(formula) = column.generation.as_ref().and_then(schema::Generation::formula) {
            note(format!("that it is worked out as {} was left out", formula.in_table(table)));
        }
        let is_nullable = table.is_nullable(column.id) && !column.is_numbered();
        if !is_nullable {
            required.push(json!(name));
        }
        properties.insert(name, property(schema, column, is_nullable));
    }
    for check in &table.checks {
        let object = format!("{}.{}", schema.display_name(table), check.name);
        notes.push(Note { object, what: format!("the check {} was left out", check.expression) });
    }
    let mut validator = Map::new();
    validator.insert("bsonType".to_owned(), json!("object"));
    if let Some(note) = table.note.as_deref().filter(|note| !note.is_empty()) {
        validator.insert("description".to_owned(), json!(note));
    }
    if !required.is_empty() {
        validator.insert("required".to_owned(), Value::Array(required));
    }
    validator.insert("properties".to_owned(), Value::Object(properties));
    Value::Object(validator)
}

fn property(schema: &Schema, column: &Column, is_nullable: bool) -> Value {
    let data_type = schema.underlying(&column.data_type);
    let labels: Option<Vec<&str>> = data_type
        .user_type()
        .and_then(|id| schema.user_type(id))
        .map(|it| it.labels().iter().map(|label| label.text.as_str()).collect());
    let is_array = data_type.dimensions() > 0;
    let mut one = Map::new();
    match (labels, data_type.base()) {
        (Some(labels), _) => {
            let mut values: Vec<Value> = labels.iter().map(|label| json!(label)).collect();
            if is_nullable && !is_array {
                values.push(Value::Null);
            }
            one.insert("enum".to_owned(), Value::Array(values));
        }
        (None, Some(base)) => {
            let kinds = bson_types(base);
            if !kinds.is_empty() {
                let mut kinds: Vec<Value> = kinds.iter().map(|kind| json!(kind)).collect();
                if is_nullable && !is_array {
                    kinds.push(json!("null"));
                }
                let kind = if kinds.len() == 1 { kinds.remove(0) } else { Value::Array(kinds) };
                one.insert("bsonType".to_owned(), kind);
            }
            let is_text = matches!(base, BaseType::Varchar | BaseType::Char);
            if let Some(length) = data_type.args().first().filter(|_| is_text) {
                one.insert("maxLength".to_owned(), json!(length));
            }
        }
        (None, None) => {}
    }
    let mut property = if is_array {
        let kinds = if is_nullable { json!(["array", "null"]) } else { json!("array") };
        let mut array = Map::new();
        array.insert("bsonType".to_owned(), kinds);
        // The elements of more than one dimension are arrays again.
        if data_type.dimensions() == 1 {
            array.insert("items".to_owned(), Value::Object(one));
        }
        array
    } else {
        one
    };
    if let Some(note) = column.note.as_deref().filter(|note| !note.is_empty()) {
        property.insert("description".to_owned(), json!(note));
    }
    Value::Object(property)
}

/// The types of BSON that hold values of the type; none for whatever they are.
fn bson_types(base: BaseType) -> &'static [&'static str] {
    #[expect(clippy::wildcard_enum_match_arm, reason = "what BSON has no type for is written as text")]
    match base.without_sequence() {
        BaseType::SmallInt | BaseType::Integer => &["int"],
        BaseType::BigInt => &["long", "int"],
        BaseType::Numeric | BaseType::Money => &["decimal", "double", "int", "long"],
        BaseType::Real | BaseType::DoublePrecision => &["double", "int", "long"],
        BaseType::Boolean => &["bool"],
        BaseType::Timestamp | BaseType::TimestampTz | BaseType::Date => &["date"],
        BaseType::Bytea => &["binData"],
        BaseType::Uuid => &["binData", "string"],
        BaseType::Json | BaseType::Jsonb => &[],
        _ => &["string"],
    }
}

fn indexes(schema: &Schema, table: &Table, notes: &mut Vec<Note>) -> Vec<(Vec<String>, bool, String)> {
    let fields = |columns: &[schema::ColumnId]| columns.iter().filter_map(|id| table.column(*id)).map(field).collect();
    let mut found: Vec<(Vec<String>, bool, String)> = Vec::new();
    let mut left_out = |name: &schema::Name, why: &str| {
        let object = format!("{}.{name}", schema.display_name(table));
        notes.push(Note { object, what: format!("left out: {why}") });
    };
    for key in &table.keys {
        match key.kind {
            KeyKind::Primary | KeyKind::Unique => found.push((fields(&key.columns), true, key.name.to_string())),
            KeyKind::Exclusion => left_out(&key.name, "MongoDB has no exclusion constraints"),
        }
    }
    for index in &table.indexes {
        match index.plain_columns().filter(|_| is_plain(index)) {
            Some(columns) => found.push((fields(&columns), index.unique, index.name.to_string())),
            None => left_out(&index.name, "an index over more than columns as they come"),
        }
    }
    // Two indexes over the same fields are refused.
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|(fields, _, _)| seen.insert(fields.clone()));
    found
}

fn is_plain(index: &Index) -> bool {
    index.options.predicate.is_none() && index.options.method.is_none()
}

/// JSON that is JavaScript too: two characters end a line there.
fn literal(value: &Value) -> String {
    value.to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

fn indented(value: &Value) -> String {
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
