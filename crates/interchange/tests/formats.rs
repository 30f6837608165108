//! The formats beside SQL and DBML: what is written says what the schema says, and what can be read comes back.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so and stop"
)]

use interchange::{Format, Severity, read, write};
use proptest::prelude::*;
use schema::testing::{arbitrary_schema, schema_from};
use schema::{Schema, sample};
use serde_json::{Value, json};

fn numbers() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

const DOCUMENT: &str = include_str!("../../../docs/schema-1.json");

/// The published JSON Schema, and the description of the same in the public API.
#[test]
fn the_json_schema_is_that_of_the_api() {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let api = include_str!("../../../server/src/web/api/openapi.json").replace("#/components/schemas/", "#/$defs/");
    let api: Value = serde_json::from_str(&api).unwrap();
    let defs = document["$defs"].as_object().unwrap();
    assert!(defs.len() > 25);
    for (name, described) in defs {
        assert_eq!(*described, api["components"]["schemas"][name], "{name}");
    }
}

fn check_own(validator: &jsonschema::Validator, schema: &Schema) {
    let text = write(schema, Format::Json).text;
    let value: Value = serde_json::from_str(&text).unwrap();
    let found: Vec<String> = validator.iter_errors(&value).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert_eq!(found, Vec::<String>::new(), "{text}");
    let reading = read(&text, Format::Json, &mut numbers());
    assert_eq!(reading.findings, vec![]);
    // But for their ids, the two are the same, as is what is read again.
    assert_eq!(ddl::export(&reading.schema), ddl::export(schema));
    let again = read(&write(&reading.schema, Format::Json).text, Format::Json, &mut numbers());
    assert_eq!(again.schema, reading.schema);
    assert_eq!(schema::validate(&reading.schema), vec![]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn own_json_comes_back_and_is_what_its_schema_says(schema in arbitrary_schema()) {
        let document: Value = serde_json::from_str(DOCUMENT).unwrap();
        check_own(&jsonschema::validator_for(&document).unwrap(), &schema);
    }

    #[test]
    fn every_format_takes_any_schema(schema in arbitrary_schema()) {
        for format in Format::ALL {
            let written = write(&schema, format);
            prop_assert!(written.text.ends_with('\n') || schema.tables.is_empty(), "{format}: {:?}", written.text);
            let named = written.notes.iter().all(|note| !note.what.is_empty());
            prop_assert!(named);
        }
        mermaid(&write(&schema, Format::Mermaid).text);
    }
}

#[test]
fn what_own_json_has_in_no_namespace_is_said() {
    let shop = sample::shopflow();
    let mut broken = shop.clone();
    let users = broken.tables.values_mut().find(|table| table.name.as_str() == "users").unwrap();
    std::sync::Arc::make_mut(users).namespace = schema::NamespaceId::from_u128(404);
    let (id, touching) = (users.id, |schema: &Schema, id| schema.references_of(id).count());
    let reading = read(&write(&broken, Format::Json).text, Format::Json, &mut numbers());
    assert_eq!(reading.schema.tables.len() + 1, shop.tables.len());
    let said: Vec<&str> = reading.findings.iter().map(|finding| finding.message.as_str()).collect();
    assert_eq!(said[0], "users is left out: there is no namespace of the id that it names");
    assert_eq!(said.len(), 1 + touching(&shop, id), "{said:?}");
    assert!(said[1..].iter().all(|said| said.ends_with("is left out: a table at one of its ends is not there")));
}

#[test]
fn own_json_is_refused_with_a_reason() {
    let good = write(&sample::shopflow(), Format::Json).text;
    let mut value: Value = serde_json::from_str(&good).unwrap();
    let tables = value["schema"]["tables"].as_object_mut().unwrap();
    let (_, table) = tables.iter().next().map(|(id, table)| (id.clone(), table.clone())).unwrap();
    tables.insert("00000000-0000-4000-8000-000000000001".to_owned(), table);
    for (text, line, message) in [
        ("{", Some(1), "EOF while parsing"),
        ("{\n  \"crowfoot\": 1,\n}", Some(3), "trailing comma"),
        ("{}", None, "there is no version in it"),
        ("{\"crowfoot\": 2}", None, "this is version 2 of the format; version 1 can be read"),
        ("{\"crowfoot\": 1}", Some(1), "missing field `schema`"),
        (value.to_string().as_str(), None, "an object lies under an id that is not its own"),
    ] {
        let reading = read(text, Format::Json, &mut numbers());
        assert_eq!(reading.findings.len(), 1, "{text}");
        let finding = &reading.findings[0];
        assert_eq!((finding.line, finding.severity), (line, Severity::Error), "{text}: {finding:?}");
        assert!(finding.message.contains(message), "{text}: {finding:?}");
        assert_eq!(reading.schema, Schema::default());
    }
}

#[test]
fn sub0_models_come_back() {
    let plain = r#"{
  "_user": {
    "id": { "type": "Number", "primary_key": true, "auto_increment": true },
    "email": { "type": "String", "max_length": 255, "indexable": true },
    "bio": { "type": "String", "optional": true, "fts": true },
    "born": { "type": "Date" }
  },
  "_post": {
    "id": { "type": "Number", "primary_key": true },
    "author": { "type": "Number", "foreign_key": { "of": "_user", "key": "id" } },
    "parent": { "type": "Number", "optional": true, "foreign_key": { "of": "_post", "key": "id" } },
    "body": { "type": "JSON_OBJECT" },
    "at": { "type": "DateTime" },
    "shown": { "type": "Boolean" }
  }
}
"#;
    let commented =
        plain.replace("  \"_post\"", "  // what they write\n  \"_post\"").replace("\"Boolean\" }", "\"Boolean\", },");
    for text in [plain, commented.as_str()] {
        let reading = read(text, Format::Sub0, &mut numbers());
        assert_eq!(reading.findings, vec![], "{text}");
        assert_eq!(schema::validate(&reading.schema), vec![]);
        assert_eq!(reading.schema.references.len(), 2);
        let user = reading.schema.tables.values().find(|table| table.name.as_str() == "_user").unwrap();
        let columns: Vec<String> =
            user.columns.iter().map(|it| format!("{} {} {}", it.name, it.data_type, user.is_nullable(it.id))).collect();
        assert_eq!(columns, ["id serial false", "email varchar(255) false", "bio text true", "born \"Date\" false"]);
        let written = write(&reading.schema, Format::Sub0);
        assert_eq!(written.notes, vec![]);
        let again = read(&written.text, Format::Sub0, &mut numbers());
        assert_eq!(write(&again.schema, Format::Sub0).text, written.text);
        assert_eq!(
            serde_json::from_str::<Value>(&written.text).unwrap(),
            serde_json::from_str::<Value>(plain).unwrap()
        );
    }
}

#[test]
fn sub0_findings_say_where() {
    for (text, expect) in [
        ("[]", vec!["an object of tables is expected"]),
        (
            "{\"id\": {\"type\": \"Number\"}}",
            vec!["model: the table's name is that of its file, which is not known here"],
        ),
        ("{\"a\": {\"b\": {}}}", vec!["a.b.type: this property is missing: String is taken"]),
        ("{\"a\": {\"b\": {\"type\": 1}}}", vec!["a.b.type: a text is expected"]),
        ("{\"a\": {\"b\": 1}}", vec!["a.b: left out: an object with a type is expected"]),
        ("{\"a\": 1}", vec!["a: left out: an object of fields is expected"]),
        ("{\"a\": {\"b\": {\"type\": \"String\", \"x\": 1}}}", vec!["a.b.x: this property is not known, and not kept"]),
        ("{\"a\": {\"b\": {\"type\": \"String\", \"optional\": 1}}}", vec!["a.b.optional: true or false is expected"]),
        (
            "{\"a\": {\"b\": {\"type\": \"String\", \"foreign_key\": {\"of\": \"c\", \"key\": \"d\"}}}}",
            vec!["a.b.foreign_key.of: there is no table c"],
        ),
        (
            "{\"a\": {\"b\": {\"type\": \"String\", \"foreign_key\": {\"of\": \"a\", \"key\": \"d\"}}}}",
            vec!["a.b.foreign_key.key: a has no field d"],
        ),
        (
            "{\"a\": {\"b\": {\"type\": \"String\", \"foreign_key\": {\"of\": \"a\"}}}}",
            vec!["a.b.foreign_key.key: the name of a field is expected"],
        ),
    ] {
        let reading = read(text, Format::Sub0, &mut numbers());
        let found: Vec<&str> = reading.findings.iter().map(|it| it.message.as_str()).collect();
        assert_eq!(found, expect, "{text}");
    }
}

#[test]
fn what_sub0_cannot_say_is_noted() {
    let schema = schema_from(
        "a\n  id integer!\n  n text! = 'x' # shown\n  pk a_pkey(id)\n  unique a_n_key(n)\n  check a_check: n <> ''\n  index i(id, n)\n\
         b\n  id integer!\n  pk b_pkey(id)\nfk b_id_fkey: b(id) -> a(id) on delete cascade\n",
    );
    let notes: Vec<String> = write(&schema, Format::Sub0).notes.iter().map(ToString::to_string).collect();
    assert_eq!(
        notes,
        [
            "a.n: its default 'x' was left out",
            "a.n: its note was left out",
            "a.a_n_key: left out: that n is unique has no place",
            "a.a_check: the check n <> '' was left out",
            "a.i: left out: an index that is not over one column as it comes",
            "b.b_id_fkey: on delete cascade was left out",
        ]
    );
}

/// Mermaid's own parser is more than a hundred packages; these are the rules of its grammar for what we write.
fn mermaid(text: &str) {
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("erDiagram"));
    let quoted = |text: &str| {
        let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or_else(|| panic!("{text}"));
        assert!(!inner.is_empty() && !inner.contains(['"', '\\', '%']) && !inner.contains(char::is_control), "{text}");
    };
    let mut is_inside = false;
    for line in lines {
        match line {
            "    }" => is_inside = false,
            _ if !is_inside && line.ends_with("\" {") => {
                quoted(line.trim().strip_suffix(" {").unwrap());
                is_inside = true;
            }
            _ if is_inside => {
                let (words, note) = line.split_once('"').map_or((line, None), |(words, note)| (words, Some(note)));
                note.into_iter().for_each(|note| quoted(&format!("\"{note}")));
                let mut words = words.split_whitespace();
                let (kind, name) = (words.next().unwrap(), words.next().unwrap());
                let is_part = |c: char| c.is_ascii_alphanumeric() || "_-()[]".contains(c);
                assert!(kind.starts_with(|c: char| c.is_ascii_alphabetic()) && kind.chars().all(is_part), "{line}");
                let is_start = |c: char| c.is_ascii_alphabetic() || c == '_' || ('\u{c0}'..='\u{ffff}').contains(&c);
                assert!(name.starts_with(is_start), "{line}");
                assert!(name.chars().all(|c| is_start(c) || c.is_ascii_digit()), "{line}");
                let marks: Vec<&str> = words.map(|mark| mark.trim_end_matches(',')).collect();
                assert!(marks.iter().all(|mark| ["PK", "FK", "UK"].contains(mark)), "{line}");
            }
            _ => {
                let (ends, label) = line.trim().rsplit_once(" : ").unwrap();
                quoted(label);
                let line = ["||--o{", "||--o|", "|o--o{", "|o--o|"]
                    .iter()
                    .find_map(|mark| ends.split_once(&format!(" {mark} ")));
                let (left, right) = line.unwrap_or_else(|| panic!("{ends}"));
                quoted(left);
                quoted(right);
            }
        }
    }
    assert!(!is_inside);
}

#[test]
fn mermaid_draws_the_sample() {
    let written = write(&sample::shopflow(), Format::Mermaid);
    mermaid(&written.text);
    for expect in [
        "    \"users\" {\n        serial id PK\n        text name\n        text email UK\n    }\n",
        "        integer user_id FK\n",
        "        numeric(10-2) price\n",
        "    \"users\" ||--o{ \"orders\" : \"fk_orders_user\"\n",
    ] {
        assert!(written.text.contains(expect), "{expect}\n{}", written.text);
    }
}

#[test]
fn a_dictionary_has_a_row_for_each_column() {
    let text = write(&sample::shopflow(), Format::Markdown).text;
    for expect in [
        "## order\\_items\n\nWhich products an order has, and at what price\n",
        "| user\\_id | integer | no |  | → users.id |  |\n",
        "| id | serial | no | the next number | primary key |  |\n",
        "| fk\\_orders\\_user | reference | user\\_id → users (id), on delete restrict, on update cascade |\n",
    ] {
        assert!(text.contains(expect), "{expect}\n{text}");
    }
    // Every row of a table has as many cells as its head.
    let mut cells = 0;
    for line in text.lines() {
        let found = line.replace("\\|", "").matches('|').count();
        if line.starts_with('|') {
            assert!(cells == 0 || found == cells, "{line}");
            cells = found;
        } else {
            cells = 0;
        }
    }
}

#[test]
fn mongodb_gets_validators_and_is_told_what_nothing_enforces() {
    let schema = schema_from(
        "enum mood: sad, ok\nusers\n  id integer!\n  email varchar(80)! # login\n  mood mood\n  tags text[]\n  pk users_pkey(id)\n  \
         unique users_email_key(email)\norders\n  id bigint!\n  user_id integer! = 1\n  pk orders_pkey(id)\n\
         fk orders_user_id_fkey: orders(user_id) -> users(id)\n",
    );
    let written = write(&schema, Format::MongoDb);
    let start = written.text.find("db.createCollection(\"users\", ").unwrap() + "db.createCollection(\"users\", ".len();
    let end = start + written.text[start..].find(");\n").unwrap();
    let validator: Value = serde_json::from_str(&written.text[start..end]).unwrap();
    assert_eq!(
        validator["validator"]["$jsonSchema"],
        json!({
            "bsonType": "object",
            "required": ["id", "email"],
            "properties": {
                "id": {"bsonType": "int"},
                "email": {"bsonType": "string", "maxLength": 80, "description": "login"},
                "mood": {"enum": ["sad", "ok", null]},
                "tags": {"bsonType": ["array", "null"], "items": {"bsonType": "string"}},
            },
        })
    );
    let index =
        "db.getCollection(\"users\").createIndex({ \"email\": 1 }, {\"name\":\"users_email_key\",\"unique\":true});\n";
    assert!(written.text.contains(index), "{}", written.text);
    let notes: Vec<String> = written.notes.iter().map(ToString::to_string).collect();
    assert!(notes[0].starts_with("MongoDB enforces no references"), "{notes:?}");
    assert!(notes.contains(
        &"orders.orders_user_id_fkey: a reference: its fields are there, and nothing enforces it".to_owned()
    ));
    assert!(
        notes.contains(&"orders.user_id: its default 1 was left out: whoever writes a document gives it".to_owned())
    );
}

#[test]
fn mongodb_keeps_apart_what_is_apart() {
    let mut schema = schema_from(
        "a$b\n  id integer!\n  pk k1(id)\na_b\n  x.y text\n  x_y text\n  __proto__ integer\n  n integer\n  \
         unique k2(x.y, n)\n  unique k3(__proto__)\n  unique k4(n)\n",
    );
    for table in schema.tables.values_mut() {
        for key in &mut std::sync::Arc::make_mut(table).keys {
            key.options.nulls_not_distinct = key.name.as_str() == "k4";
        }
    }
    let written = write(&schema, Format::MongoDb);
    for expect in [
        "db.createCollection(\"a_b\", ",
        "db.createCollection(\"a_b_2\", ",
        "\"x_y\": {",
        "\"x_y_2\": {",
        "[\"__proto__\"]: {",
        "createIndex({ \"x_y_2\": 1, \"n\": 1 }, {\"name\":\"k2\",\"partialFilterExpression\":\
         {\"n\":{\"$type\":[\"int\"]},\"x_y_2\":{\"$type\":[\"string\"]}},\"unique\":true});",
        "createIndex({ [\"__proto__\"]: 1 }, {\"name\":\"k3\",\"partialFilterExpression\":\
         {[\"__proto__\"]:{\"$type\":[\"int\"]}},\"unique\":true});",
        "createIndex({ \"n\": 1 }, {\"name\":\"k4\",\"unique\":true});",
        "createIndex({ \"id\": 1 }, {\"name\":\"k1\",\"unique\":true});",
    ] {
        assert!(written.text.contains(expect), "{expect} in\n{}", written.text);
    }
}

#[test]
fn what_is_only_written_is_not_read() {
    for format in Format::ALL {
        let reading = read("", format, &mut numbers());
        assert_eq!(
            reading.is_understood(),
            format.is_read() && !matches!(format, Format::Json | Format::Sub0),
            "{format}"
        );
    }
}
