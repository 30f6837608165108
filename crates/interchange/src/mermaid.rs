//! Mermaid's entity relationship diagrams. Its names have fewer characters than ours; what is changed is noted.

use std::collections::{BTreeMap, BTreeSet};

use ddl::Note;
use schema::{Column, EndMarker, Ends, KeyKind, ObjectId, Reference, ReferencesByTable, Schema, Table, TableId};

use crate::Written;

/// The tables with their columns, and a line for each reference.
pub(crate) fn write(schema: &Schema) -> Written {
    let mut notes = Vec::new();
    let mut text = "erDiagram\n".to_owned();
    let tables = schema.tables_by_name();
    let mut taken = BTreeSet::new();
    let mut entities: BTreeMap<TableId, String> = BTreeMap::new();
    let references = ReferencesByTable::of(schema);
    for table in &tables {
        let label = schema.display_name(table);
        let name = free(&quotable(&label), &mut taken);
        if name != label {
            notes.push(Note { object: label, what: format!("it is called {name}") });
        }
        entities.insert(table.id, name);
    }
    let entity = |id| entities.get(&id).map(String::as_str);
    for table in &tables {
        let name = entity(table.id).unwrap_or_default();
        text.push_str(&format!("    \"{name}\" {{\n"));
        let mut taken = BTreeSet::new();
        for column in &table.columns {
            text.push_str(&format!(
                "        {}\n",
                attribute(schema, (table, references.from(table.id)), column, &mut taken, &mut notes)
            ));
        }
        text.push_str("    }\n");
    }
    for table in &tables {
        for reference in references.from(table.id) {
            let (Some(from), Some(to)) = (entity(reference.referencing), entity(reference.referenced)) else {
                continue;
            };
            let ends = Ends::of(schema, reference);
            let referenced = if ends.referenced == EndMarker::One { "||" } else { "|o" };
            let referencing = if ends.referencing == EndMarker::ZeroOrOne { "o|" } else { "o{" };
            let label = quotable(reference.name.as_str());
            text.push_str(&format!("    \"{to}\" {referenced}--{referencing} \"{from}\" : \"{label}\"\n"));
        }
    }
    notes.push(Note {
        object: String::new(),
        what: "Mermaid draws tables, columns, keys and references; defaults, checks, indexes, actions and what else there is \
               are left out"
            .to_owned(),
    });
    Written { text, notes }
}

/// `integer user_id FK "who bought"`.
fn attribute(
    schema: &Schema,
    (table, references): (&Table, &[&Reference]),
    column: &Column,
    taken: &mut BTreeSet<String>,
    notes: &mut Vec<Note>,
) -> String {
    let name = free(&word(column.name.as_str()), taken);
    if name != column.name.as_str() {
        let object = schema.label(ObjectId::Column(table.id, column.id)).unwrap_or_default();
        notes.push(Note { object, what: format!("it is called {name}") });
    }
    let mut text = format!("{} {name}", type_word(&schema.type_text(&column.data_type)));
    let is_unique = |key: &schema::Key| key.kind == KeyKind::Unique && key.columns == [column.id];
    let marks = [
        ("PK", table.in_primary_key(column.id)),
        ("FK", references.iter().any(|it| it.referencing_columns().contains(&column.id))),
        ("UK", table.keys.iter().any(is_unique)),
    ];
    let marks: Vec<&str> = marks.iter().filter(|(_, is)| *is).map(|(mark, _)| *mark).collect();
    if !marks.is_empty() {
        text.push_str(&format!(" {}", marks.join(", ")));
    }
    if let Some(note) = column.note.as_deref().filter(|note| !note.is_empty()) {
        text.push_str(&format!(" \"{}\"", quotable(note)));
    }
    text
}

/// A text that can stand in quotes: on one line, and without what ends or escapes there.
fn quotable(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| match c {
            '"' => '\'',
            '\\' => '/',
            '%' => '_',
            c if c.is_control() => ' ',
            c => c,
        })
        .collect();
    let text = text.trim().to_owned();
    if text.is_empty() { "_".to_owned() } else { text }
}

/// A name as it stands without quotes: letters, digits and `_`, and no word that marks a key.
fn word(name: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || ('\u{c0}'..='\u{ffff}').contains(&c);
    let word: String = name.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    let is_key = ["pk", "fk", "uk"].iter().any(|key| word.eq_ignore_ascii_case(key));
    if is_key || word.starts_with(|c: char| c.is_ascii_digit()) { format!("_{word}") } else { word }
}

/// `numeric(10, 2)` as `numeric(10-2)`, `double precision` as `double_precision`.
fn type_word(text: &str) -> String {
    let text = text.replace(", ", "-");
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '(' | ')' | '[' | ']');
    let word: String = text.chars().map(|c| if is_part(c) { c } else { '_' }).collect();
    if word.starts_with(|c: char| c.is_ascii_alphabetic()) { word } else { format!("t{word}") }
}

/// The name, or one like it that was not there yet.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut found = name.to_owned();
    let mut pass = 1;
    while !taken.insert(found.clone()) {
        pass += 1;
        found = format!("{name}_{pass}");
    }
    found
}
