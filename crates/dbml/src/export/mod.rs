//! A whole schema as DBML.

use crate::quote;
use schema::{
    Cardinality, Column, ColumnId, Ends, Generation, Index, Key, KeyKind, PartOf, Reference, ReferentialAction, Schema,
    Table, TableId, TypeDefinition, UserType,
};
use std::collections::{BTreeMap, BTreeSet};

/// The schema as DBML: enums, tables by name, then references. The same schema always gives the same bytes.
///
/// # Examples
/// ```
/// assert_eq!(dbml::export(&schema::Schema::default()), "Project {\n  database_type: 'PostgreSQL'\n}\n");
/// ```
pub fn export(schema: &Schema) -> String {
    let references = References::of(schema);
    let mut parts = vec!["Project {\n  database_type: 'PostgreSQL'\n}\n".to_owned()];
    parts.extend(schema.types_in_order().into_iter().filter_map(|it| enum_text(schema, it)));
    for table in schema.tables_by_name() {
        let unsaid = references.unsaid.get(&table.id).map_or(&[][..], Vec::as_slice);
        parts.push(table_text(schema, table, unsaid));
    }
    if !references.said.is_empty() {
        parts.push(references.said.concat());
    }
    parts.join("\n")
}

/// An enum; of the types that a schema defines DBML has no other.
fn enum_text(schema: &Schema, it: &UserType) -> Option<String> {
    let TypeDefinition::Enum(labels) = &it.definition else { return None };
    let name = quote::data_type(schema, &schema::DataType::defined(it.id));
    if labels.is_empty() {
        return Some(format!("// Enum {name} has no values yet.\n"));
    }
    let mut out = String::new();
    for line in it.note.iter().flat_map(|note| note.lines()) {
        out.push_str(&format!("// {}\n", line.replace(|c: char| c.is_control(), " ")));
    }
    out.push_str(&format!("Enum {name} {{\n"));
    for label in labels {
        let note = label.note.as_deref().filter(|note| !note.is_empty());
        let note = note.map(|note| format!(" [note: {}]", quote::string(note)));
        out.push_str(&format!("  {}{}\n", quote::name(&label.text), note.unwrap_or_default()));
    }
    out.push_str("}\n");
    Some(out)
}

/// References as DBML can say them, and sentences about the others by referencing table.
#[derive(Default)]
struct References {
    said: Vec<String>,
    unsaid: BTreeMap<TableId, Vec<String>>,
}

/// One end of a reference, in any order: how DBML recognizes the same relationship.
type End = (TableId, BTreeSet<ColumnId>);

impl References {
    fn of(schema: &Schema) -> Self {
        let mut all: Vec<(&Table, &Table, &Reference)> = schema
            .references
            .values()
            .filter_map(|reference| {
                Some((schema.table(reference.referencing)?, schema.table(reference.referenced)?, reference.as_ref()))
            })
            .collect();
        all.sort_by_key(|(table, _, reference)| {
            (schema.namespace_of(table), &table.name, &reference.name, reference.id)
        });
        let mut seen: BTreeSet<[End; 2]> = BTreeSet::new();
        let mut result = Self::default();
        for (referencing, referenced, reference) in all {
            let from: End = (referencing.id, reference.referencing_columns().into_iter().collect());
            let to: End = (referenced.id, reference.referenced_columns().into_iter().collect());
            let same_end = from == to;
            let mut ends = [from, to];
            ends.sort();
            if !same_end && seen.insert(ends) {
                result.said.push(reference_text(schema, referencing, referenced, reference));
            } else {
                let sentence = format!(
                    "{}: {} references {}{}",
                    reference.name,
                    plain_list(referencing, &reference.referencing_columns()),
                    schema.display_name(referenced),
                    plain_list(referenced, &reference.referenced_columns()),
                );
                result.unsaid.entry(referencing.id).or_default().push(sentence);
            }
        }
        result
    }
}

fn reference_text(schema: &Schema, referencing: &Table, referenced: &Table, reference: &Reference) -> String {
    let from = format!("{}.{}", table_name(schema, referencing), list(referencing, &reference.referencing_columns()));
    let to = format!("{}.{}", table_name(schema, referenced), list(referenced, &reference.referenced_columns()));
    // Of two ends joined by `-`, readers take the second for the one that holds the foreign key.
    let ends = match Ends::of(schema, reference).cardinality() {
        Cardinality::OneToOne => format!("{to} - {from}"),
        Cardinality::ManyToOne | Cardinality::OneToMany | Cardinality::ManyToMany => format!("{from} > {to}"),
    };
    let actions = [("delete", reference.on_delete), ("update", reference.on_update)];
    let settings = actions
        .into_iter()
        .filter(|(_, action)| *action != ReferentialAction::NoAction)
        .map(|(event, action)| format!("{event}: {}", action.as_sql()));
    let settings = bracketed(&settings.collect::<Vec<_>>());
    format!("Ref {}: {ends}{settings}\n", quote::name(reference.name.as_str()))
}

fn table_name(schema: &Schema, table: &Table) -> String {
    let name = quote::name(table.name.as_str());
    match schema.namespace_of(table) {
        Some(namespace) if namespace.as_str() != "public" => format!("{}.{name}", quote::name(namespace.as_str())),
        Some(_) | None => name,
    }
}

fn table_text(schema: &Schema, table: &Table, unsaid: &[String]) -> String {
    let name = table_name(schema, table);
    if table.columns.is_empty() {
        // Readers refuse a table without columns; a name never contains a line break.
        return format!("// Table {name} has no columns yet.\n");
    }
    let alias = table.options.alias.as_ref().map(|alias| format!(" as {}", quote::name(alias.as_str())));
    let color = table.options.color.as_ref().map(|color| format!(" [headercolor: {color}]"));
    let mut out = format!("Table {name}{}{} {{\n", alias.unwrap_or_default(), color.unwrap_or_default());
    let mut remarks = unsaid.to_vec();
    for column in &table.columns {
        out.push_str(&column_text(schema, table, column));
    }
    push_block(&mut out, "indexes", &index_lines(table, &mut remarks));
    let mut checks = Vec::new();
    for check in &table.checks {
        match quote::expression(&check.expression) {
            Some(text) => checks.push(format!("{text} [name: {}]", quote::string(check.name.as_str()))),
            None => remarks.push(format!("{}: check ({})", check.name, check.expression)),
        }
    }
    checks.sort();
    push_block(&mut out, "checks", &checks);
    if let Some(note) = with_remarks(table.note.as_deref(), &remarks) {
        out.push_str(&format!("\n  Note: {}\n", quote::string(&note)));
    }
    out.push_str("}\n");
    out
}

fn push_block(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        out.push_str(&format!("\n  {title} {{\n    {}\n  }}\n", lines.join("\n    ")));
    }
}

fn with_remarks(note: Option<&str>, remarks: &[String]) -> Option<String> {
    let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
    let lines: Vec<String> = note.into_iter().chain(remarks.iter().cloned()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn column_text(schema: &Schema, table: &Table, column: &Column) -> String {
    let own_key =
        |kind: KeyKind| table.keys.iter().any(|key| key.kind == kind && at_column(table, key) == Some(column.id));
    let mut settings = Vec::new();
    if own_key(KeyKind::Primary) {
        settings.push("pk".to_owned());
    }
    if !column.nullable && !own_key(KeyKind::Primary) {
        settings.push("not null".to_owned());
    }
    if own_key(KeyKind::Unique) {
        settings.push("unique".to_owned());
    }
    let mut remarks = Vec::new();
    match &column.generation {
        Some(Generation::AlwaysIdentity | Generation::DefaultIdentity) => settings.push("increment".to_owned()),
        Some(Generation::Stored(it) | Generation::Virtual(it)) => {
            remarks.push(format!("generated as {}", it.in_table(table)));
        }
        None => {}
    }
    if let Some(default) = &column.default {
        match quote::default_value(default) {
            Some(value) => settings.push(format!("default: {value}")),
            None => remarks.push(format!("default {default}")),
        }
    }
    if let Some(note) = with_remarks(column.note.as_deref(), &remarks) {
        settings.push(format!("note: {}", quote::string(&note)));
    }
    let name = quote::name(column.name.as_str());
    format!("  {name} {}{}\n", quote::data_type(schema, &column.data_type), bracketed(&settings))
}

/// The column at which a key is written: it has that one only, and the usual name.
fn at_column(table: &Table, key: &Key) -> Option<ColumnId> {
    let [id] = key.columns.as_slice() else { return None };
    let column = table.column(*id)?;
    let usual = match key.kind {
        KeyKind::Primary => format!("{}_pkey", table.name),
        KeyKind::Unique => format!("{}_{}_key", table.name, column.name),
        KeyKind::Exclusion => return None,
    };
    (usual == key.name.as_str()).then_some(*id)
}

/// The lines that DBML can say; the rest is remarked.
fn index_lines(table: &Table, remarks: &mut Vec<String>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut keys: Vec<&Key> = table.keys.iter().filter(|key| at_column(table, key).is_none()).collect();
    keys.sort_by_key(|key| (key.kind, &key.name, key.id));
    for key in keys {
        let kind = match key.kind {
            KeyKind::Primary => "pk",
            KeyKind::Unique => "unique",
            KeyKind::Exclusion => {
                remarks.push(format!("{}: an exclusion constraint", key.name));
                continue;
            }
        };
        let name = quote::string(key.name.as_str());
        lines.push(format!("{} [{kind}, name: {name}]", list(table, &key.columns)));
    }
    let mut indexes: Vec<_> = table.indexes.iter().collect();
    indexes.sort_by_key(|index| (&index.name, index.id));
    for index in indexes {
        lines.push(index_line(table, index));
        if let Some(predicate) = &index.options.predicate {
            remarks.push(format!("{}: where {}", index.name, predicate.in_table(table)));
        }
    }
    lines
}

fn index_line(table: &Table, index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| match &part.of {
            PartOf::Column(id) => list(table, &[*id]),
            PartOf::Expression(formula) => {
                let text = formula.in_table(table);
                quote::expression(&text).unwrap_or_else(|| quote::name(&text.to_string()))
            }
        })
        .collect();
    let parts = if parts.len() == 1 { parts.concat() } else { format!("({})", parts.join(", ")) };
    let unique = if index.unique { "unique, " } else { "" };
    let method = match index.options.method.as_ref().map(schema::Name::as_str) {
        Some("hash") => "type: hash, ",
        Some(_) | None => "",
    };
    let note = index.options.note.as_deref().filter(|note| !note.is_empty());
    let note = note.map(|note| format!(", note: {}", quote::string(note))).unwrap_or_default();
    format!("{parts} [{unique}{method}name: {}{note}]", quote::string(index.name.as_str()))
}

/// `a` or `(a, b)`.
fn list(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<String> = names(table, columns).into_iter().map(quote::name).collect();
    if names.len() == 1 { names.concat() } else { format!("({})", names.join(", ")) }
}

/// `(a, b)` for a reader, without quotes.
fn plain_list(table: &Table, columns: &[ColumnId]) -> String {
    format!("({})", names(table, columns).join(", "))
}

fn names<'a>(table: &'a Table, columns: &[ColumnId]) -> Vec<&'a str> {
    columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect()
}

fn bracketed(settings: &[String]) -> String {
    if settings.is_empty() { String::new() } else { format!(" [{}]", settings.join(", ")) }
}
