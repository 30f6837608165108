//! Crowfoot's own JSON: all of the model, with a version. Its JSON Schema is `docs/schema-1.json`.

use std::collections::{BTreeMap, BTreeSet};

use schema::{AnnotationId, Name, NamespaceId, OpaqueId, ReferenceId, Schema, TableId, TypeId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Finding, Reading, Severity};

/// What is written. Others are refused.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Written<'a> {
    crowfoot: u32,
    schema: &'a Schema,
}

#[derive(Deserialize)]
struct Read {
    crowfoot: u32,
    schema: Schema,
}

/// The schema with its version, indented.
pub(crate) fn write(schema: &Schema) -> String {
    // Everything in a schema has a place in JSON.
    serde_json::to_string_pretty(&Written { crowfoot: VERSION, schema }).unwrap_or_default() + "\n"
}

/// Whether a JSON text is meant as this format.
pub(crate) fn is_meant(text: &str) -> bool {
    text.get(..text.floor_char_boundary(200)).is_some_and(|start| start.contains("\"crowfoot\""))
}

/// Reads a text. Objects get new ids in the order of those that they have, so that what is read twice is there twice.
pub(crate) fn read(text: &str, next_id: &mut dyn FnMut() -> u128) -> Reading {
    match schema_of(text, next_id) {
        Ok(mut schema) => {
            let findings = without_homeless(&mut schema);
            let tables = schema.tables.len();
            let summary = if tables == 1 { "read 1 table".to_owned() } else { format!("read {tables} tables") };
            Reading { schema, summary, findings }
        }
        Err(finding) => {
            Reading { schema: Schema::default(), summary: "read nothing".to_owned(), findings: vec![finding] }
        }
    }
}

fn schema_of(text: &str, next_id: &mut dyn FnMut() -> u128) -> Result<Schema, Finding> {
    let told = |error: &serde_json::Error| {
        let number = |n: usize| u32::try_from(n).ok().filter(|n| *n > 0);
        let (line, column) = (number(error.line()), number(error.column()));
        // Where it is, is told beside.
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default().to_owned();
        Finding { line, column, severity: Severity::Error, message }
    };
    let whole = |message: String| Finding { line: None, column: None, severity: Severity::Error, message };
    let value: Value = serde_json::from_str(text).map_err(|error| told(&error))?;
    let version = value.get("crowfoot").and_then(Value::as_u64);
    if version != Some(u64::from(VERSION)) {
        let message = match version {
            Some(version) => format!("this is version {version} of the format; version {VERSION} can be read"),
            None => "there is no version in it: `\"crowfoot\": 1` is missing".to_owned(),
        };
        return Err(whole(message));
    }
    let read: Read = serde_json::from_str(text).map_err(|error| told(&error))?;
    check_ids(&read.schema).map_err(whole)?;
    let renamed = with_new_ids(&value, &read.schema, next_id);
    let read: Read = serde_json::from_value(renamed).map_err(|error| whole(error.to_string()))?;
    debug_assert_eq!(read.crowfoot, VERSION);
    Ok(read.schema)
}

/// Each object lies under its own id.
fn check_ids(schema: &Schema) -> Result<(), String> {
    let misplaced = schema.namespaces.iter().any(|(id, it)| *id != it.id)
        || schema.tables.iter().any(|(id, it)| *id != it.id)
        || schema.references.iter().any(|(id, it)| *id != it.id)
        || schema.types.iter().any(|(id, it)| *id != it.id)
        || schema.opaque.iter().any(|(id, it)| *id != it.id)
        || schema.annotations.iter().any(|(id, it)| *id != it.id);
    if misplaced { Err("an object lies under an id that is not its own".to_owned()) } else { Ok(()) }
}

/// Takes out what is in a namespace that is not there, and references without a table at both ends, and tells of each.
fn without_homeless(schema: &mut Schema) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut tell = |name: &Name, why: &str| {
        let message = format!("{name} is left out: {why}");
        findings.push(Finding { line: None, column: None, severity: Severity::Error, message });
    };
    let known: BTreeSet<NamespaceId> = schema.namespaces.keys().copied().collect();
    let mut has_home = |namespace: Option<NamespaceId>, name: &Name| {
        let is_known = namespace.is_none_or(|namespace| known.contains(&namespace));
        if !is_known {
            tell(name, "there is no namespace of the id that it names");
        }
        is_known
    };
    schema.tables.retain(|_, it| has_home(Some(it.namespace), &it.name));
    schema.types.retain(|_, it| has_home(Some(it.namespace), &it.name));
    schema.opaque.retain(|_, it| has_home(it.namespace, &it.name));
    let tables: BTreeSet<TableId> = schema.tables.keys().copied().collect();
    schema.references.retain(|_, it| {
        let has_ends = tables.contains(&it.referencing) && tables.contains(&it.referenced);
        if !has_ends {
            tell(&it.name, "a table at one of its ends is not there");
        }
        has_ends
    });
    findings
}

fn ids_of(schema: &Schema) -> Vec<Uuid> {
    let mut ids: Vec<Uuid> = Vec::new();
    ids.extend(schema.namespaces.keys().map(|NamespaceId(id)| *id));
    ids.extend(schema.tables.keys().map(|TableId(id)| *id));
    ids.extend(schema.references.keys().map(|ReferenceId(id)| *id));
    ids.extend(schema.types.keys().map(|TypeId(id)| *id));
    ids.extend(schema.opaque.keys().map(|OpaqueId(id)| *id));
    ids.extend(schema.annotations.keys().map(|AnnotationId(id)| *id));
    ids.extend(schema.types.values().flat_map(|it| it.labels()).map(|label| label.id));
    for table in schema.tables.values() {
        ids.extend(table.columns.iter().map(|it| it.id.0));
        ids.extend(table.keys.iter().map(|it| it.id.0));
        ids.extend(table.checks.iter().map(|it| it.id.0));
        ids.extend(table.indexes.iter().map(|it| it.id.0));
    }
    ids
}

fn with_new_ids(value: &Value, schema: &Schema, next_id: &mut dyn FnMut() -> u128) -> Value {
    let mut old = ids_of(schema);
    old.sort_unstable();
    // Objects of two kinds may share one, and go on sharing it.
    old.dedup();
    let new: BTreeMap<String, String> =
        old.into_iter().map(|id| (id.to_string(), Uuid::from_u128(next_id()).to_string())).collect();
    renamed(value, &new)
}

/// The value with ids replaced wherever they stand: as keys, as values, and as names within expressions. Texts for people
/// stay as they are.
fn renamed(value: &Value, new: &BTreeMap<String, String>) -> Value {
    match value {
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                let is_text = matches!(name.as_str(), "note" | "text");
                let value = if is_text { value.clone() } else { renamed(value, new) };
                (new.get(name).unwrap_or(name).clone(), value)
            };
            Value::Object(fields.iter().map(field).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(|item| renamed(item, new)).collect()),
        Value::String(text) => Value::String(in_text(text, new)),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

/// An expression names columns by their ids.
fn in_text(text: &str, new: &BTreeMap<String, String>) -> String {
    const LENGTH: usize = 36;
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if let Some(found) = rest.get(..LENGTH).and_then(|start| new.get(start)) {
            out.push_str(found);
            rest = rest.get(LENGTH..).unwrap_or_default();
        } else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
        }
    }
    out
}
