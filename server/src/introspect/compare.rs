//! Whether two schemas say the same, whatever their ids.

use super::Found;
use super::expression::{simple_check, simple_default};
use schema::{Column, ColumnId, DataType, Expr, KeyKind, Schema, Table};
use std::collections::BTreeSet;

/// What is said by only one of the two, a line each; empty when they are equal. Identities and the order of columns do
/// not count, and of the several ways to write one expression PostgreSQL's is as good as another.
pub fn differences(expected: &Schema, found: &Schema) -> Vec<String> {
    told(&lines(expected, Text::Told), &lines(found, Text::Told))
}

/// Like [`differences`], but for the texts of defaults and checks: PostgreSQL prints them as it keeps them, in other words
/// than they were given in more often than not. That a check is there still counts.
pub fn differences_in_shape(expected: &Schema, found: &Found) -> Vec<String> {
    let mut all = lines(&found.schema, Text::LeftOut);
    for (table, name) in &found.unread_checks {
        all.extend(found.schema.table(*table).map(|table| format!("check {} {name:?}", label(&found.schema, table))));
    }
    told(&lines(expected, Text::LeftOut), &all)
}

fn told(expected: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.difference(found).map(|line| format!("missing: {line}"));
    let unexpected = found.difference(expected).map(|line| format!("unexpected: {line}"));
    missing.chain(unexpected).collect()
}

/// Whether the texts of expressions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Told,
    LeftOut,
}

fn lines(schema: &Schema, text: Text) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for namespace in schema.namespaces.values() {
        // Every database has it, wanted or not.
        if namespace.name.as_str() != "public" {
            lines.insert(format!("schema {:?}", namespace.name));
        }
    }
    for table in schema.tables.values() {
        table_lines(schema, table, text, &mut lines);
    }
    for reference in schema.references.values() {
        let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
        let (Some(from), Some(to)) = tables else { continue };
        lines.insert(format!(
            "reference {} {:?} ({}) -> {} ({}) on delete {} on update {}",
            label(schema, from),
            reference.name,
            names(from, &reference.referencing_columns()),
            label(schema, to),
            names(to, &reference.referenced_columns()),
            reference.on_delete.as_sql(),
            reference.on_update.as_sql(),
        ));
    }
    lines
}

fn table_lines(schema: &Schema, table: &Table, text: Text, lines: &mut BTreeSet<String>) {
    let own = label(schema, table);
    lines.insert(format!("table {own} {:?}", note(table.note.as_deref())));
    for column in &table.columns {
        let serial = column.data_type.base().has_sequence();
        lines.insert(format!(
            "column {own}.{:?} {}{}{} {:?}",
            column.name,
            stored_type(&column.data_type),
            if table.is_nullable(column.id) && !serial { "" } else { " not null" },
            if text == Text::Told { default_text(column) } else { String::new() },
            note(column.note.as_deref()),
        ));
    }
    for key in &table.keys {
        let kind = match key.kind {
            KeyKind::Primary => "primary key",
            KeyKind::Unique => "unique",
        };
        lines.insert(format!("{kind} {own} {:?} ({})", key.name, names(table, &key.columns)));
    }
    for check in &table.checks {
        if text == Text::LeftOut {
            lines.insert(format!("check {own} {:?}", check.name));
            continue;
        }
        // The catalog keeps a moment complete, and prints it for the session's time zone.
        let simple = simple_check(&check.expression, table).to_string();
        let simple = simple.replace(" 00:00:00+00'::timestamptz", "'::timestamptz");
        lines.insert(format!("check {own} {:?} {simple}", check.name));
    }
    for index in &table.indexes {
        let unique = if index.unique { "unique " } else { "" };
        lines.insert(format!("{unique}index {own} {:?} ({})", index.name, names(table, &index.columns)));
    }
}

fn label(schema: &Schema, table: &Table) -> String {
    format!("{:?}.{:?}", schema.namespace_of(table).map_or("", |name| name.as_str()), table.name.as_str())
}

fn names(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<String> =
        columns.iter().filter_map(|id| table.column(*id)).map(|column| format!("{:?}", column.name)).collect();
    names.join(", ")
}

fn note(note: Option<&str>) -> String {
    note.unwrap_or_default().replace('\0', "")
}

fn default_text(column: &Column) -> String {
    let Some(default) = &column.default else { return String::new() };
    let simple = simple_default(default, &column.data_type);
    if matches!(simple.tree(), Some(Expr::Null)) { String::new() } else { format!(" default {simple}") }
}

/// The type as the catalog keeps it: char is char(1), numeric(5) is numeric(5, 0), and an array has no dimensions.
fn stored_type(data_type: &DataType) -> String {
    let mut plain = data_type.base().as_str().to_owned();
    let mut args: Vec<i32> = data_type.args().to_vec();
    match (plain.as_str(), args.as_slice()) {
        ("char" | "bit", []) => args.push(1),
        ("numeric", [_]) => args.push(0),
        _ => {}
    }
    if !args.is_empty() {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        plain.push_str(&format!("({})", args.join(", ")));
    }
    if data_type.dimensions() > 0 {
        plain.push_str("[]");
    }
    plain
}
