//! Collections of MongoDB with validators, as a script for mongosh. Nothing enforces references there.

use ddl::Note;
use schema::{BaseType, Column, ColumnId, Index, KeyKind, ObjectId, Schema, Table};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

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
    let mut taken = BTreeSet::new();
    for table in schema.tables_by_name() {
        let name = collection(schema, table, &mut taken, &mut notes);
        let fields = fields(table);
        let validator = json!({ "validator": { "$jsonSchema": validator(schema, table, &fields, &mut notes) } });
        text.push_str(&format!("db.createCollection({}, {});\n", literal(&json!(name)), indented(&validator)));
        for index in indexes(schema, table, &mut notes) {
            // In their order, which objects of JSON need not keep.
            let of = index.columns.iter().filter_map(|id| fields.get(id));
            let keys: Vec<String> = of.map(|field| javascript(&format!("{}: 1", json!(field)))).collect();
            let options = index.options(schema, table, &fields);
            text.push_str(&format!(
                "db.getCollection({}).createIndex({{ {} }}, {});\n",
                literal(&json!(name)),
                keys.join(", "),
                literal(&options)
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

/// Names of collections have no `$`, and do not begin with `system.`. No two are the same.
fn collection(schema: &Schema, table: &Table, taken: &mut BTreeSet<String>, notes: &mut Vec<Note>) -> String {
    let label = schema.display_name(table);
    let mut name = label.replace('$', "_");
    if name.starts_with("system.") {
        name.insert(0, '_');
    }
    let name = free(name, taken);
    if name != label {
        notes.push(Note { object: label, what: format!("it is called {name}") });
    }
    name
}

/// What the columns are called. A dot in a field's name would lead into it, and `$` at its beginning is an operator's.
fn fields(table: &Table) -> Fields {
    let is_plain = |column: &&Column| !column.name.as_str().contains('.') && !column.name.as_str().starts_with('$');
    let mut fields = Fields::new();
    let mut taken = BTreeSet::new();
    // What can keep its name keeps it.
    let (plain, others): (Vec<&Column>, Vec<&Column>) = table.columns.iter().partition(is_plain);
    for column in plain.into_iter().chain(others) {
        let name = column.name.as_str().replace('.', "_");
        let name = if name.starts_with('$') { format!("_{name}") } else { name };
        fields.insert(column.id, free(name, &mut taken));
    }
    fields
}

/// What the columns of a table are called.
type Fields = BTreeMap<ColumnId, String>;

/// The name, or one like it that is not taken.
fn free(name: String, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2..).map(|n| format!("{name}_{n}"));
    let found = std::iter::once(name.clone()).chain(numbered).find(|name| !taken.contains(name)).unwrap_or(name);
    taken.insert(found.clone());
    found
}

fn validator(schema: &Schema, table: &Table, fields: &Fields, notes: &mut Vec<Note>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for column in &table.columns {
        let object = schema.label(ObjectId::Column(table.id, column.id)).unwrap_or_default();
        let mut note = |what: String| notes.push(Note { object: object.clone(), what });
        let name = fields.get(&column.id).cloned().unwrap_or_default();
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

/// An index over fields.
struct Indexed {
    columns: Vec<ColumnId>,
    unique: bool,
    /// Whether it counts NULL as a value like others.
    counts_null: bool,
    name: String,
}

impl Indexed {
    /// Its name, and which documents it is about: PostgreSQL lets any number of rows be without a unique value, MongoDB
    /// takes what is not there for a value.
    fn options(&self, schema: &Schema, table: &Table, fields: &Fields) -> Value {
        let mut options = Map::new();
        options.insert("name".to_owned(), json!(self.name));
        let columns = self.columns.iter().filter_map(|id| table.column(*id));
        let nullable = columns.filter(|column| table.is_nullable(column.id) && !column.is_numbered());
        let there: BTreeMap<String, Value> = nullable
            .filter_map(|column| Some((fields.get(&column.id)?.clone(), json!({ "$type": types_of(schema, column) }))))
            .collect();
        if self.unique && !self.counts_null && !there.is_empty() {
            options.insert("partialFilterExpression".to_owned(), Value::Object(there.into_iter().collect()));
        }
        options.insert("unique".to_owned(), json!(self.unique));
        Value::Object(options)
    }
}

/// The types of BSON that a column's values have, NULL aside.
fn types_of(schema: &Schema, column: &Column) -> Vec<&'static str> {
    let data_type = schema.underlying(&column.data_type);
    match data_type.base() {
        Some(_) if data_type.dimensions() > 0 => vec!["array"],
        Some(base) if bson_types(base).is_empty() => {
            vec!["object", "array", "string", "bool", "int", "long", "double", "decimal"]
        }
        Some(base) => bson_types(base).to_vec(),
        None => vec!["string"],
    }
}

fn indexes(schema: &Schema, table: &Table, notes: &mut Vec<Note>) -> Vec<Indexed> {
    let mut found: Vec<Indexed> = Vec::new();
    let mut left_out = |name: &schema::Name, why: &str| {
        let object = format!("{}.{name}", schema.display_name(table));
        notes.push(Note { object, what: format!("left out: {why}") });
    };
    for key in &table.keys {
        match key.kind {
            KeyKind::Primary | KeyKind::Unique => found.push(Indexed {
                columns: key.columns.clone(),
                unique: true,
                counts_null: key.options.nulls_not_distinct,
                name: key.name.to_string(),
            }),
            KeyKind::Exclusion => left_out(&key.name, "MongoDB has no exclusion constraints"),
        }
    }
    for index in &table.indexes {
        match index.plain_columns().filter(|_| is_plain(index)) {
            Some(columns) => found.push(Indexed {
                columns,
                unique: index.unique,
                counts_null: index.options.nulls_not_distinct,
                name: index.name.to_string(),
            }),
            None => left_out(&index.name, "an index over more than columns as they come"),
        }
    }
    // Two indexes over the same fields are refused.
    let mut seen = BTreeSet::new();
    found.retain(|index| seen.insert(index.columns.clone()));
    found
}

fn is_plain(index: &Index) -> bool {
    index.options.predicate.is_none() && index.options.method.is_none()
}

/// On one line.
fn literal(value: &Value) -> String {
    javascript(&value.to_string())
}

fn indented(value: &Value) -> String {
    javascript(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// JSON as JavaScript, where two characters end a line, and a field called `__proto__` is none unless it is worked out.
fn javascript(json: &str) -> String {
    // Within a text, a quote has a backslash before it.
    json.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029").replace("\"__proto__\":", "[\"__proto__\"]:")
}
