//! What is said of wrong texts, and what right ones mean.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use dbml::document::{End, IndexPart, Relation, Shown, TableItem, Value};
use dbml::{Code, Document, Lines, Severity, parse};
use std::collections::BTreeSet;

/// The findings as `line CODE`, in order, each once.
fn findings(text: &str) -> String {
    let lines = Lines::of(text);
    let told = |found: &dbml::Diagnostic| (lines.position(found.span.start).line, found.code.name());
    let told: BTreeSet<(u32, &str)> = parse(text).1.iter().map(told).collect();
    told.into_iter().map(|(line, code)| format!("{line} {code}")).collect::<Vec<_>>().join(", ")
}

#[test]
fn wrong_texts() {
    let cases = [
        // Characters and words.
        ("Table a { b int; }", "1 INVALID_COLUMN, 1 INVALID_OPERAND, 1 MISSING_SPACES"),
        ("Table a { b int } §", "1 UNKNOWN_SYMBOL"),
        (
            "Table a {\n  b int [note: 'x\n]\n}",
            "2 UNEXPECTED_NEWLINE, 3 INVALID_COLUMN_SETTING_VALUE, 3 INVALID_OPERAND",
        ),
        ("/* open", "1 UNEXPECTED_EOF"),
        (
            "Table a {\n  b int [default: 1.2.3]\n}",
            "2 INVALID_COLUMN_SETTING_VALUE, 2 INVALID_OPERAND, 2 UNKNOWN_TOKEN",
        ),
        ("Table a {\n  b int [note: '\\u12']\n}", "2 INVALID_ESCAPE_SEQUENCE"),
        // Elements.
        ("Tabel a { b int }", "1 INVALID_CUSTOM_CONTEXT, 1 UNEXPECTED_COMPLEX_BODY, 1 UNEXPECTED_NAME"),
        ("Table { b int }", "1 NAME_NOT_FOUND"),
        ("Table a[pk] { b int }", "1 INVALID_NAME"),
        ("Table a {\n}", "1 EMPTY_TABLE"),
        ("Table a { b int }\nTable a { c int }", "2 DUPLICATE_NAME"),
        ("Table a as b { c int }\nTable b { c int }", "2 DUPLICATE_NAME"),
        ("Table a {\n  b int\n  Table c { d int }\n}", "3 INVALID_TABLE_CONTEXT"),
        ("Project x {}\nProject y {}", "1 PROJECT_REDEFINED, 2 PROJECT_REDEFINED"),
        ("Project x {\n  a int\n}", "2 INVALID_PROJECT_FIELD"),
        ("Project x {\n  a: 1\n}", "2 INVALID_CUSTOM_ELEMENT_VALUE"),
        // Columns.
        ("Table a {\n  b\n}", "2 INVALID_COLUMN"),
        ("Table a {\n  b int\n  b text\n}", "2 DUPLICATE_COLUMN_NAME, 3 DUPLICATE_COLUMN_NAME"),
        ("Table a {\n  b double precision\n}", "2 INVALID_SETTINGS"),
        ("Table a {\n  b int[pk]\n}", "2 INVALID_COLUMN_TYPE"),
        ("Table a {\n  b a.b.c\n}", "2 UNSUPPORTED"),
        ("Table a {\n  b int [pk, pk]\n}", "2 DUPLICATE_COLUMN_SETTING"),
        ("Table a {\n  b int [pk, primary key]\n}", "2 DUPLICATE_COLUMN_SETTING"),
        ("Table a {\n  b int [null, not null]\n}", "2 CONFLICTING_SETTING"),
        ("Table a {\n  b int [unique: 1]\n}", "2 INVALID_COLUMN_SETTING_VALUE"),
        ("Table a {\n  b int [default: x]\n}", "2 INVALID_COLUMN_SETTING_VALUE"),
        ("Table a {\n  b int [default: x.y]\n}", "2 BINDING_ERROR"),
        ("Table a {\n  b int [ref: > c.d]\n}", "2 BINDING_ERROR"),
        ("Table a {\n  b int [ref: > b]\n}", "2 SAME_ENDPOINT"),
        ("Table a {\n  b int [note: x]\n}", "2 INVALID_COLUMN_SETTING_VALUE"),
        ("Table a {\n  b int [check: 'x']\n}", "2 INVALID_COLUMN_SETTING_VALUE"),
        ("Table a {\n  b int [ , ]\n}", "2 EMPTY_ATTRIBUTE_NAME"),
        // Tables.
        ("Table a [headercolor: #12345678] { b int }", "1 INVALID_TABLE_SETTING_VALUE"),
        ("Table a [note: 'x', note: 'y'] { b int }", "1 DUPLICATE_TABLE_SETTING"),
        ("Table a {\n  b int\n  Note: 'x'\n  Note: 'y'\n}", "3 NOTE_REDEFINED, 4 NOTE_REDEFINED"),
        ("Table a {\n  b int\n  indexes {\n    c\n  }\n}", "4 BINDING_ERROR"),
        ("Table a {\n  b int\n  indexes {\n    b [hash]\n  }\n}", "4 UNKNOWN_INDEX_SETTING"),
        (
            "Table a {\n  b int\n  indexes {\n    b [type: 'x']\n    b + 1\n  }\n}",
            "4 INVALID_INDEX_SETTING_VALUE, 5 INVALID_INDEXES_FIELD",
        ),
        ("indexes {\n}", "1 INVALID_INDEXES_CONTEXT"),
        (
            "Table a {\n  b int\n  checks {\n    b > 1\n    `x` [x]\n  }\n}",
            "4 INVALID_CHECKS_FIELD, 5 UNKNOWN_CHECK_SETTING",
        ),
        ("Table a {\n  ~p\n}", "2 BINDING_ERROR"),
        (
            "TablePartial p { x int }\nTable a {\n  ~p\n  ~p\n}",
            "3 DUPLICATE_TABLE_PARTIAL_INJECTION_NAME, 4 DUPLICATE_TABLE_PARTIAL_INJECTION_NAME",
        ),
        ("TablePartial p [color: #fff] { x int }", "1 UNKNOWN_TABLE_PARTIAL_SETTING"),
        // References.
        ("Table a { b int }\nRef: a.b > c.d", "2 BINDING_ERROR"),
        ("Table a {\n  b int\n  c int\n}\nRef: a.(b, c) > a.b", "5 UNEQUAL_FIELDS_BINARY_REF"),
        ("Table a { b int }\nRef: a.b <> a.b", "2 SAME_ENDPOINT"),
        ("Table a {\n  b int [ref: > c.d]\n}\nTable c { d int }\nRef: c.d < a.b", "2 CIRCULAR_REF, 5 CIRCULAR_REF"),
        ("Ref: a > b", "1 INVALID_REF_FIELD"),
        ("Ref {\n}", "1 EMPTY_REF"),
        (
            "Table a { b int }\nTable c { d int }\nRef: a.b > c.d [delete: maybe, x: 1]",
            "3 INVALID_REF_SETTING_VALUE, 3 UNKNOWN_REF_SETTING",
        ),
        // Enums, groups, notes.
        ("Enum e {\n}", "1 EMPTY_ENUM"),
        ("Enum e {\n  a\n  a\n}", "2 DUPLICATE_COLUMN_NAME, 3 DUPLICATE_COLUMN_NAME"),
        ("Enum e {\n  a [x: 'y']\n  b c\n}", "2 UNKNOWN_ENUM_ELEMENT_SETTING, 3 INVALID_ENUM_ELEMENT"),
        ("Table a { b int }\nTableGroup g {\n  a\n  c\n}", "4 BINDING_ERROR"),
        ("Table a { b int }\nTableGroup g { a }\nTableGroup h { a }", "3 TABLE_REAPPEAR_IN_TABLEGROUP"),
        ("Note { 'x' }", "1 INVALID_NAME"),
        ("Note n {\n}", "1 EMPTY_NOTE"),
        ("Note n [color: red] {\n  'x'\n  'y'\n}", "1 INVALID_NOTE_SETTING_VALUE, 3 NOTE_CONTENT_REDEFINED"),
        // Records, views, dependencies, metadata, imports.
        ("Table a { b int }\nRecords a { 1 }", "2 INVALID_RECORDS_NAME"),
        ("Table a { b int }\nRecords a(b) {\n  1, 2\n  x\n}", "4 INVALID_RECORDS_FIELD"),
        ("Table a { b int }\nRecords a(b) {\n  1, 2\n}", "3 INVALID_RECORDS_FIELD"),
        (
            "Table a { b int }\nRecords a(b) { 1 }\nRecords a(b) { 2 }",
            "2 DUPLICATE_RECORDS_FOR_TABLE, 3 DUPLICATE_RECORDS_FOR_TABLE",
        ),
        ("DiagramView v {\n  Tables { a }\n  Other { * }\n}", "2 BINDING_ERROR, 3 INVALID_DIAGRAMVIEW_FIELD"),
        ("Table a { b int }\nDep: a > a", "2 INVALID_DEP_FIELD"),
        ("Table a { b int }\nDep: a.b -> a.b", "2 DEP_SELF_LOOP"),
        ("Metadata Schema a {\n  x: 1\n}", "1 INVALID_METADATA_TARGET_KIND, 2 INVALID_METADATA_FIELD"),
        ("use { table a } from './b'", "1 BINDING_ERROR, 1 NONEXISTENT_MODULE"),
        ("use { thing a } from 'b'", "1 INVALID_USE_SPECIFIER_KIND, 1 INVALID_USE_SPECIFIER_NAME"),
    ];
    let differing: Vec<String> = cases
        .iter()
        .filter(|(text, expect)| findings(text) != *expect)
        .map(|(text, expect)| format!("{text}\n  expected {expect}\n  found    {}", findings(text)))
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}

/// A message names what it is about and tells the way out.
#[test]
fn messages() {
    for (text, expect) in [
        ("Table users {\n  id\n}", "column id of table users needs a type, as in id integer"),
        (
            "Table a { b int }\nRef: a.b > teams.id",
            "there is no table teams; check the spelling, or add one of that name",
        ),
        ("Table a { b int [pk, pk] }", "“pk” of column b is given 2 times; keep one"),
        ("Table a { b int\u{202E} }", "“\u{FFFD}” means nothing here; put a name that contains it in double quotes"),
    ] {
        let found = parse(text).1;
        assert_eq!(found[0].message, expect, "{text}");
    }
}

#[test]
fn codes_have_names_of_their_own() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    assert_eq!(names.len(), Code::ALL.len());
}

/// The document of a text without errors.
fn right(text: &str) -> Document {
    let (document, found) = parse(text);
    let errors: Vec<_> = found.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{text}: {errors:?}");
    document
}

#[test]
fn a_bit_of_everything() {
    let document = right(include_str!("found/everything.dbml"));
    let project = document.project.unwrap();
    assert_eq!(project.note.as_deref(), Some("# Shop\n  People who buy.\n"));
    let users = &document.tables[0];
    assert_eq!((users.path.name.as_str(), users.alias.as_deref()), ("users", Some("U")));
    let columns: Vec<_> = users.columns().collect();
    assert_eq!(columns[1].data_type.text(), "character varying(80)");
    assert_eq!(columns[2].nullable, Some(true));
    assert_eq!(columns[2].refs[0].relation.operator(), "-");
    let orders = &document.tables[1];
    assert_eq!(orders.path.schema, ["sales"]);
    assert!(matches!(&orders.items[0], TableItem::Partial(partial) if partial.name == "stamps"));
    let default = |name: &str| orders.columns().find(|column| column.name == name).unwrap().default.clone();
    assert!(
        matches!(default("state"), Some(Value::Enum(path, value)) if path.name == "order_state" && value == "open")
    );
    assert_eq!(default("total"), Some(Value::Number("-1.5e2".to_owned())));
    assert_eq!(
        orders.indexes[1].parts,
        [IndexPart::Expression("lower(state)".to_owned()), IndexPart::Column("total".to_owned())]
    );
    assert_eq!(document.refs[1].left.columns, ["id", "user_id"]);
    assert!(document.refs[1].inactive);
    assert_eq!(document.views[0].notes, Some(Shown::All));
    assert_eq!(document.records[0].rows[1].values[1], Value::Null);
}

#[test]
fn small_things() {
    // A mark of the byte order, letters beyond the first plane, and keywords in any case.
    let document = right("\u{FEFF}tAbLe \u{10400} { größe INT [Primary Key, NOT  NULL] }\r\n");
    assert_eq!(document.tables[0].path.name, "\u{10400}");
    let column = document.tables[0].columns().next().unwrap().clone();
    assert!(column.primary && column.nullable == Some(false));
    // The old way to say that a column is the key.
    assert!(right("Table a { b int pk }").tables[0].columns().next().unwrap().primary);
    // Two halves of one character.
    assert_eq!(right("Note n { '\\ud83d\\ude00' }").notes[0].text, "\u{1F600}");
    // Words that begin elements are names too.
    right("Table table { ref int\n note text\n as int }\nRef: table.ref > table.as");
}

#[test]
fn relations() {
    for core in ["<", ">", "-", "<>"] {
        for op in [core.to_owned(), format!("?{core}"), format!("{core}?"), format!("?{core}?")] {
            assert_eq!(Relation::parse(&op).unwrap().operator(), op);
        }
    }
    let end = |many, optional| End { many, optional };
    assert_eq!(Relation::parse("?>"), Some(Relation { left: end(true, true), right: end(false, false) }));
    assert_eq!(Relation::parse("=>"), None);
}

/// Comments are kept apart from what they stand between.
#[test]
fn nothing_of_a_text_is_lost() {
    let text = "// one\nTable a { /* two */\n  b int // three\n}\n";
    let tree = dbml::parse_tree(text, &mut Vec::new());
    let comments: Vec<&str> = tree.comments().iter().map(|span| span.of(text)).collect();
    assert_eq!(comments, ["// one", "/* two */", "// three"]);
    let mut pieces: Vec<_> =
        tree.tokens().iter().map(|token| token.span).chain(tree.comments().iter().copied()).collect();
    pieces.sort();
    let mut at = 0;
    for piece in pieces {
        assert!(text[at..piece.start as usize].chars().all(char::is_whitespace));
        at = piece.end as usize;
    }
    assert_eq!(at, text.len());
}
