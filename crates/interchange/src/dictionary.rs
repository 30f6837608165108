//! A data dictionary in Markdown: every table with its columns, and what is known of them, for people to read.

use schema::{Check, Column, Index, Key, KeyKind, ObjectId, PartOf, Reference, ReferencesByTable, ReferentialAction};
use schema::{Generation, Schema, Table, TypeDefinition, UserType};

/// The tables in the order of their names, then types, then what is kept as statements.
pub(crate) fn write(schema: &Schema) -> String {
    let mut text = "# Data dictionary\n".to_owned();
    let references = ReferencesByTable::of(schema);
    for table in schema.tables_by_name() {
        text.push_str(&of_table(schema, table, references.from(table.id)));
    }
    if !schema.types.is_empty() {
        text.push_str("\n## Types\n\n| type | what it is | note |\n|---|---|---|\n");
        for it in schema.types_in_order() {
            let name = schema.label(ObjectId::Type(it.id)).unwrap_or_default();
            text.push_str(&row(&[plain(&name), of_type(schema, it), plain(it.note.as_deref().unwrap_or_default())]));
        }
    }
    if !schema.opaque.is_empty() {
        text.push_str("\n## Also in the schema\n\n| object | kind |\n|---|---|\n");
        let mut all: Vec<_> = schema.opaque.values().collect();
        all.sort_by_key(|it| (it.kind, it.rank, it.id));
        for it in all {
            let name = schema.label(ObjectId::Opaque(it.id)).unwrap_or_default();
            text.push_str(&row(&[plain(&name), it.kind.words().to_owned()]));
        }
    }
    text
}

fn of_table(schema: &Schema, table: &Table, references: &[&Reference]) -> String {
    let mut text = format!("\n## {}\n", plain(&schema.display_name(table)));
    if let Some(note) = table.note.as_deref().filter(|note| !note.is_empty()) {
        text.push_str(&format!("\n{}\n", paragraph(note)));
    }
    text.push_str("\n| column | type | null | default | key | note |\n|---|---|---|---|---|---|\n");
    for column in &table.columns {
        text.push_str(&row(&[
            plain(column.name.as_str()),
            plain(&schema.type_text(&column.data_type)),
            if table.is_nullable(column.id) && !column.is_numbered() { "yes" } else { "no" }.to_owned(),
            plain(&default_of(table, column)),
            keys_of(schema, (table, references), column),
            plain(column.note.as_deref().unwrap_or_default()),
        ]));
    }
    let mut rules: Vec<String> = Vec::new();
    rules.extend(table.keys.iter().map(|key| of_key(table, key)));
    rules.extend(table.checks.iter().map(of_check));
    rules.extend(table.indexes.iter().map(|index| of_index(table, index)));
    rules.extend(references.iter().map(|reference| of_reference(schema, table, reference)));
    if !rules.is_empty() {
        text.push_str("\n| rule | kind | what it says |\n|---|---|---|\n");
        text.push_str(&rules.concat());
    }
    text
}

fn default_of(table: &Table, column: &Column) -> String {
    match &column.generation {
        Some(Generation::AlwaysIdentity | Generation::DefaultIdentity) => "the next number".to_owned(),
        Some(Generation::Stored(formula) | Generation::Virtual(formula)) => format!("= {}", formula.in_table(table)),
        None if column.data_type.has_sequence() => "the next number".to_owned(),
        None => column.default.as_ref().map(ToString::to_string).unwrap_or_default(),
    }
}

/// Whether it is in the primary key, and what it references.
fn keys_of(schema: &Schema, (table, references): (&Table, &[&Reference]), column: &Column) -> String {
    let mut words = Vec::new();
    if table.in_primary_key(column.id) {
        words.push("primary key".to_owned());
    }
    if table.keys.iter().any(|key| key.kind == KeyKind::Unique && key.columns == [column.id]) {
        words.push("unique".to_owned());
    }
    for reference in references {
        let pair = reference.pairs.iter().find(|pair| pair.referencing == column.id);
        let label = pair.and_then(|pair| schema.label(ObjectId::Column(reference.referenced, pair.referenced)));
        words.extend(label.map(|label| format!("→ {}", plain(&label))));
    }
    words.join(", ")
}

fn of_key(table: &Table, key: &Key) -> String {
    let (kind, what) = match key.kind {
        KeyKind::Primary => ("primary key", table.list_of(&key.columns)),
        KeyKind::Unique => ("unique", table.list_of(&key.columns)),
        KeyKind::Exclusion => ("exclusion", "no two rows overlap".to_owned()),
    };
    row(&[plain(key.name.as_str()), kind.to_owned(), plain(&what)])
}

fn of_check(check: &Check) -> String {
    row(&[plain(check.name.as_str()), "check".to_owned(), plain(&check.expression.to_string())])
}

fn of_index(table: &Table, index: &Index) -> String {
    let part = |part: &schema::IndexPart| match &part.of {
        PartOf::Column(id) => table.list_of(&[*id]),
        PartOf::Expression(formula) => formula.in_table(table).to_string(),
    };
    let mut what = index.parts.iter().map(part).collect::<Vec<_>>().join(", ");
    if let Some(predicate) = &index.options.predicate {
        what.push_str(&format!(" where {}", predicate.in_table(table)));
    }
    let kind = if index.unique { "unique index" } else { "index" };
    row(&[plain(index.name.as_str()), kind.to_owned(), plain(&what)])
}

fn of_reference(schema: &Schema, table: &Table, reference: &Reference) -> String {
    let target = schema.table(reference.referenced);
    let name = target.map(|target| schema.display_name(target)).unwrap_or_default();
    let theirs = target.map(|target| target.list_of(&reference.referenced_columns())).unwrap_or_default();
    let mut what = format!("{} → {name} ({theirs})", table.list_of(&reference.referencing_columns()));
    for (event, action) in [("delete", reference.on_delete), ("update", reference.on_update)] {
        if action != ReferentialAction::NoAction {
            what.push_str(&format!(", on {event} {}", action.as_sql()));
        }
    }
    row(&[plain(reference.name.as_str()), "reference".to_owned(), plain(&what)])
}

fn of_type(schema: &Schema, it: &UserType) -> String {
    match &it.definition {
        TypeDefinition::Enum(labels) => {
            let labels: Vec<&str> = labels.iter().map(|label| label.text.as_str()).collect();
            format!("one of {}", plain(&labels.join(", ")))
        }
        TypeDefinition::Domain(domain) => {
            let mut words = schema.type_text(&domain.base);
            for check in &domain.checks {
                words.push_str(&format!(", {}", check.expression));
            }
            plain(&words)
        }
    }
}

fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}

/// A text that Markdown shows as it is, on one line.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        match c {
            '\n' => out.push_str("<br>"),
            c if c.is_control() => out.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '&' | '$' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A text that begins a line, where a mark of a list or a rule would be one.
fn paragraph(text: &str) -> String {
    let text = plain(text);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (before, rest) = text.split_at(digits);
    let marks: &[char] = if digits > 0 { &['.', ')'] } else { &['-', '+', '=', ':'] };
    if rest.starts_with(marks) { format!("{before}\\{rest}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_begins_no_list() {
        for (text, expect) in [
            ("- not a list", "\\- not a list"),
            ("+ nor here", "\\+ nor here"),
            ("1. one", "1\\. one"),
            ("12) twelve", "12\\) twelve"),
            ("---", "\\---"),
            ("===", "\\==="),
            ("10 things", "10 things"),
            ("* star", "\\* star"),
            ("# head", "\\# head"),
            ("plain - text", "plain - text"),
        ] {
            assert_eq!(paragraph(text), expect, "{text:?}");
        }
    }

    #[test]
    fn nothing_is_taken_for_markup() {
        for (text, expect) in [
            ("plain", "plain"),
            ("a|b", "a\\|b"),
            ("<script>", "\\<script\\>"),
            ("a\nb", "a<br>b"),
            ("`x` *y* [z](u)", "\\`x\\` \\*y\\* \\[z\\](u)"),
            ("&amp;", "\\&amp;"),
        ] {
            assert_eq!(plain(text), expect, "{text:?}");
        }
    }
}
