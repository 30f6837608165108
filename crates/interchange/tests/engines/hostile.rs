//! Names, defaults and notes that are easy to get wrong, each in a table of its own.

use ddl::{Dialect, Note};
use schema::testing::{AWKWARD_NAMES, hostile::HARMLESS_NAMES};
use schema::{
    Check, CheckId, Column, ColumnId, Expression, Index, IndexId, IndexPart, Key, KeyId, KeyKind, Name, Namespace,
    NamespaceId, Rank, Schema, Table, TableId,
};
use serde_json::{Value, json};
use std::sync::Arc;

const TEXTS: [&str; 20] = [
    "it's",
    "''",
    "\\",
    "\\'",
    "\\\\n",
    "a\nb",
    "a\r\nb",
    "\tx",
    "a\nGO\nb",
    "a;\n/\n.\n\nb",
    "%_\"`[]",
    "-- no comment",
    "/* nor */ this",
    "$(path) and &name",
    "\u{1a}x",
    "naïve 日本 🦀",
    "'); drop table users; --",
    "N'x'",
    "{\"a\": \"b\\n\"}",
    "delimiter //",
];

/// One table whose parts all have the same name, with a column whose default and note are the text.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) schema: Schema,
    text: String,
    default: String,
}

pub(crate) fn cases() -> Vec<Case> {
    let long = [
        "日".repeat(21),
        "é".repeat(31),
        "🦀".repeat(15),
        "`".repeat(63),
        "\"".repeat(63),
        "x".repeat(63),
        ";".repeat(63),
    ];
    let more = [
        "sqlite_master",
        "SQLite_x",
        "a$(b)",
        "R&D",
        "a]b]",
        "[a]",
        "primary",
        "key",
        "index",
        "rowid",
        "user",
        "USER",
    ];
    let mut names: Vec<String> = AWKWARD_NAMES.iter().chain(&more).map(|name| (*name).to_owned()).collect();
    names.extend(long);
    names.extend(HARMLESS_NAMES.iter());
    let mut cases: Vec<Case> = names.iter().map(|name| Case::new(name, "x")).collect();
    cases.extend(TEXTS.iter().map(|text| Case::new("t", text)));
    assert!(cases.len() > 60);
    cases
}

impl Case {
    fn new(name: &str, text: &str) -> Self {
        let parsed = Name::parse(name).unwrap();
        let namespace = NamespaceId::from_u128(1);
        let mut schema = Schema::default();
        schema.namespaces.insert(namespace, Namespace { id: namespace, name: Name::parse("public").unwrap() });
        // No expression has control characters in it; notes may.
        let default: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let literal = format!("'{}'", default.replace('\'', "''"));
        let own = ColumnId::from_u128(4);
        let column = |id, name: &str, data_type, default: &str, note: &str| Column {
            id,
            rank: Rank::nth(0),
            name: Name::parse(name).unwrap(),
            data_type: schema::DataType::parse(data_type).unwrap(),
            nullable: false,
            default: Some(Expression::parse(default).unwrap()),
            note: Some(note.to_owned()),
            generation: None,
            collation: None,
        };
        let check = format!("\"{}\" <> {literal} || 'y'", name.replace('"', "\"\""));
        let key = |id, name: &str, kind, columns| Key {
            id: KeyId::from_u128(id),
            name: Name::parse(name).unwrap(),
            kind,
            columns,
            options: Default::default(),
        };
        let table = Table {
            id: TableId::from_u128(2),
            namespace,
            name: parsed.clone(),
            note: Some(text.to_owned()),
            columns: vec![
                column(ColumnId::from_u128(3), "a plain one", "integer", "1", "plain"),
                column(own, name, "varchar(100)", &literal, text),
            ],
            keys: vec![
                key(5, "its key", KeyKind::Primary, vec![ColumnId::from_u128(3)]),
                key(6, name, KeyKind::Unique, vec![own]),
            ],
            checks: vec![Check {
                id: CheckId::from_u128(7),
                name: parsed.clone(),
                expression: Expression::parse(&check).unwrap(),
                options: Default::default(),
            }],
            indexes: vec![Index {
                id: IndexId::from_u128(8),
                name: Name::derive(&["i"], "x"),
                unique: false,
                parts: vec![IndexPart::column(own), IndexPart::column(ColumnId::from_u128(3))],
                options: Default::default(),
            }],
            options: Default::default(),
            group: None,
        };
        schema.tables.insert(table.id, Arc::new(table));
        Self { name: format!("{name:?} {text:?}"), schema, text: text.to_owned(), default }
    }

    fn table(&self) -> &Table {
        self.schema.tables.values().next().unwrap()
    }

    /// What table and column are called.
    fn called(&self, notes: &[Note]) -> (String, String) {
        let called = |label: &str, kind: &str, name: &str| {
            let what = notes.iter().filter(|note| note.object == label);
            let words = format!("the {kind} is called ");
            let mut names = what.filter_map(|note| note.what.split_once(&words).map(|(_, name)| name));
            names.next().unwrap_or(name).to_owned()
        };
        let name = self.table().name.as_str();
        (called(name, "table", name), called(&format!("{name}.{name}"), "column", name))
    }

    /// Writes a row of defaults, and asks for it and for what the table and column are called and are for.
    pub(crate) fn question(&self, dialect: Dialect, notes: &[Note]) -> String {
        let (table, column) = self.called(notes);
        let (open, about) = match dialect {
            Dialect::Sqlite => (
                '"',
                "select json_array('table', name) from sqlite_master where type = 'table';
                 select json_array('column', c.name) from sqlite_master m, pragma_table_info(m.name) c where m.type = 'table';",
            ),
            _ => (
                '`',
                "select json_array('table', table_name, table_comment) from information_schema.tables
                     where table_schema = database();
                 select json_array('column', column_name, column_comment) from information_schema.columns
                     where table_schema = database() order by ordinal_position;",
            ),
        };
        let quote = |name: &str| format!("{open}{}{open}", name.replace(open, &format!("{open}{open}")));
        let (table, column, plain) = (quote(&table), quote(&column), quote("a plain one"));
        format!(
            "insert into {table} ({plain}) values (1);\nselect json_array('value', {column}) from {table};\n{about}"
        )
    }

    pub(crate) fn differences(&self, dialect: Dialect, notes: &[Note], answer: &[Value]) -> Vec<String> {
        let (table, column) = self.called(notes);
        let note: String = self.text.chars().map(|c| if u32::from(c) > 0xffff { '\u{fffd}' } else { c }).collect();
        let expect = match dialect {
            Dialect::Sqlite => vec![
                json!(["value", self.default]),
                json!(["table", table]),
                json!(["column", "a plain one"]),
                json!(["column", column]),
            ],
            _ => vec![
                json!(["value", self.default]),
                json!(["table", table, note]),
                json!(["column", "a plain one", "plain"]),
                json!(["column", column, note]),
            ],
        };
        let differ = expect != answer;
        differ.then(|| format!("{}:\n  expected {expect:?}\n  found    {answer:?}", self.name)).into_iter().collect()
    }
}
