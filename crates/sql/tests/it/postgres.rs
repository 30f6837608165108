//! Files that PostgreSQL has loaded, against what its catalog then said.

use crate::shared;
use serde_json::{Value, json};
use sql::{Action, Body, Catalog, Dialect, Index, IndexDef, IndexPart, PartKey, Table, build, read};
use std::collections::BTreeMap;

/// Files that load without an error, or whose catalog is known to be exact all the same.
const EXACT: [&str; 23] = [
    "pg_adventureworks",
    "pg_chinook",
    "pg_danbooru",
    "pg_dolphinscheduler",
    "pg_ejabberd",
    "pg_flowable",
    "pg_gitlab",
    "pg_guacamole",
    "pg_hexpm",
    "pg_icingadb",
    "pg_lemmy",
    "pg_mediawiki",
    "pg_mimic3",
    "pg_musicbrainz",
    "pg_northwind",
    "pg_omop_cdm",
    "pg_pagila",
    "pg_quartz",
    "pg_roundcube",
    "pg_rt",
    "pg_supabase",
    "pg_temporal",
    "pg_openstreetmap",
];
/// What could not be loaded for want of an extension: the catalog has not all of the file.
const PARTIAL: [&str; 2] = ["pg_supabase", "pg_openstreetmap"];

#[test]
fn catalogs_are_those_of_postgresql() {
    let mut problems = Vec::new();
    for name in EXACT {
        let Some(text) = shared::text(&format!("schemas/{name}.sql")) else { return };
        let truth = shared::json(&format!("schemas/truth/{name}.json")).unwrap();
        // It was loaded with its schema first in the search path.
        let is_in_schema = name == "pg_musicbrainz";
        let text = if is_in_schema { format!("SET search_path = musicbrainz, public;\n{text}") } else { text };
        let script = read(&text, Dialect::Postgres);
        let catalog = build(&script);
        compare(name, &catalog, &truth, &mut problems);
    }
    assert!(
        problems.is_empty(),
        "{} differences\n{}",
        problems.len(),
        problems.iter().take(60).cloned().collect::<Vec<_>>().join("\n")
    );
}

fn compare(file: &str, catalog: &Catalog, truth: &Value, problems: &mut Vec<String>) {
    let partial = PARTIAL.contains(&file);
    let ours: BTreeMap<String, Value> = catalog
        .tables
        .iter()
        .filter(|table| !table.temporary)
        .map(|table| (table.name.to_string(), ours(table)))
        .collect();
    let theirs: BTreeMap<String, Value> = truth["tables"]
        .as_array()
        .unwrap()
        .iter()
        .map(|table| (format!("{}.{}", text(&table["schema"]), text(&table["name"])), theirs(table)))
        .collect();
    for name in theirs.keys().filter(|name| !ours.contains_key(*name)) {
        problems.push(format!("{file}: {name} is missing"));
    }
    for (name, ours) in &ours {
        let Some(theirs) = theirs.get(name) else {
            if !partial {
                problems.push(format!("{file}: there is no {name}"));
            }
            continue;
        };
        for (key, theirs) in theirs.as_object().unwrap() {
            // What references a table that could not be loaded is not there either.
            if partial && matches!(key.as_str(), "references" | "indexes" | "columns") && ours[key] != *theirs {
                continue;
            }
            if ours[key] != *theirs {
                problems.push(format!(
                    "{file}: {name} {key}\n    ours   {}\n    theirs {}",
                    difference(&ours[key], theirs),
                    difference(theirs, &ours[key])
                ));
            }
        }
    }
    let enums: BTreeMap<String, Vec<String>> =
        catalog.enums.iter().map(|found| (found.name.to_string(), found.values.clone())).collect();
    let known: BTreeMap<String, Vec<String>> = truth["enums"]
        .as_array()
        .unwrap()
        .iter()
        .map(|found| (format!("{}.{}", text(&found["schema"]), text(&found["name"])), texts(&found["values"])))
        .collect();
    if enums != known {
        problems.push(format!("{file}: enums {enums:?} instead of {known:?}"));
    }
}

/// What stands in one list and not in the other.
fn difference(a: &Value, b: &Value) -> String {
    match (a.as_array(), b.as_array()) {
        (Some(a), Some(b)) => {
            let only: Vec<String> = a.iter().filter(|item| !b.contains(item)).map(ToString::to_string).collect();
            only.join(" ")
        }
        _ => a.to_string(),
    }
}

fn sorted(mut list: Vec<Value>) -> Value {
    list.sort_by_key(ToString::to_string);
    Value::Array(list)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(text).collect()
}

fn ours(table: &Table) -> Value {
    let columns: Vec<Value> = table
        .columns
        .iter()
        .map(|column| {
            // Types of one's own are written with their schemas in one place and without in the other.
            let last = column.type_name.rsplit('.').next().unwrap_or_default().replace('"', "");
            json!({
                "name": column.name, "type": last, "not_null": column.not_null, "comment": comment(&column.comment),
                "default": column.default.as_ref().is_some_and(|value| !value.0.eq_ignore_ascii_case("null")),
                "identity": column.identity.is_some(), "generated": column.generated.is_some(),
            })
        })
        .collect();
    let key = |key: &sql::Key| json!({"name": key.name, "cols": key.columns()});
    let unique = table.keys.iter().filter(|found| !found.primary);
    let references = table.references.iter().map(|reference| {
        json!({
            "name": reference.name, "cols": reference.columns, "to": reference.table.to_string(),
            "ref_cols": reference.referenced, "on_delete": letter(reference.on_delete), "on_update": letter(reference.on_update),
            "deferrable": reference.deferrable, "deferred": reference.deferred, "inherited": reference.inherited,
        })
    });
    let exclusions = table.exclusions.iter().map(|found| found.name.clone());
    let of_keys = table.keys.iter().map(|key| {
        let mut value = index_value(&key.name, true, None, &key.parts);
        value["include"] = json!(key.include);
        value
    });
    let of_keys: Vec<Value> = of_keys.collect();
    json!({
        "columns": columns, "comment": comment(&table.comment), "primary": table.primary().map(key),
        "uniques": sorted(unique.map(key).collect()), "references": sorted(references.collect()),
        "checks": sorted(table.checks.iter().map(|check| json!(check.name)).collect()),
        "exclusions": sorted(exclusions.map(Value::from).collect()),
        "indexes": sorted(table.indexes.iter().map(our_index).chain(of_keys).collect()),
    })
}

/// One of the files was loaded as if it were Latin-1.
fn comment(comment: &Option<String>) -> Option<String> {
    let is_read_twice = |text: &&String| text.starts_with("Résumé");
    let text = comment.as_ref()?;
    Some(Some(text).filter(is_read_twice).map_or(text.clone(), |text| text.bytes().map(char::from).collect()))
}

fn letter(action: Action) -> &'static str {
    match action {
        Action::NoAction => "a",
        Action::Restrict => "r",
        Action::Cascade => "c",
        Action::SetNull => "n",
        Action::SetDefault => "d",
    }
}

fn our_index(index: &Index) -> Value {
    let mut value = index_value(&index.name, index.unique, index.method.as_deref(), &index.parts);
    value["where"] = json!(index.predicate.is_some());
    value["include"] = json!(index.include);
    value
}

fn index_value(name: &str, unique: bool, method: Option<&str>, parts: &[IndexPart]) -> Value {
    let parts: Vec<Value> = parts
        .iter()
        .map(|part| match &part.key {
            PartKey::Column(name) => json!([name, part.descending]),
            PartKey::Expression(_) => json!(["(expression)", part.descending]),
        })
        .collect();
    json!({"name": name, "unique": unique, "method": method.unwrap_or("btree"), "parts": parts, "where": false, "include": []})
}

/// An index as PostgreSQL writes it, read by ourselves.
fn their_index(index: &Value) -> Value {
    let definition = text(&index["def"]);
    let script = read(&definition, Dialect::Postgres);
    let Some(Body::CreateIndex(made)) = script.statements.first().map(|statement| &statement.body) else {
        panic!("{definition}");
    };
    let IndexDef { parts, include, predicate, .. } = &made.index;
    let mut value =
        index_value(&text(&index["name"]), index["unique"].as_bool().unwrap(), index["method"].as_str(), parts);
    value["where"] = json!(predicate.is_some());
    value["include"] = json!(include);
    value
}

fn theirs(table: &Value) -> Value {
    let columns: Vec<Value> = table["columns"]
        .as_array()
        .unwrap()
        .iter()
        .map(|column| {
            let last = text(&column["type"]).rsplit('.').next().unwrap_or_default().replace('"', "");
            let generated = !column["generated"].is_null();
            json!({
                "name": column["name"], "type": last, "not_null": column["not_null"], "comment": column["comment"],
                "default": !column["default"].is_null() && !generated && !text(&column["default"]).starts_with("NULL::"),
                "identity": !column["identity"].is_null(), "generated": generated,
            })
        })
        .collect();
    let key = |key: &Value| json!({"name": key["name"], "cols": key["cols"]});
    let references = table["fks"].as_array().unwrap().iter().map(|found| {
        json!({
            "name": found["name"], "cols": found["cols"],
            "to": format!("{}.{}", text(&found["ref_schema"]), text(&found["ref_table"])),
            "ref_cols": found["ref_cols"], "on_delete": found["on_delete"], "on_update": found["on_update"],
            "deferrable": found["deferrable"], "deferred": found["deferred"], "inherited": found["inherited"],
        })
    });
    let all: Vec<&Value> = table["indexes"].as_array().unwrap().iter().collect();
    let is_exclusion = |index: &Value| index["constraint"] == true && index["unique"] == false;
    let indexes = all.iter().filter(|index| !is_exclusion(index)).map(|index| their_index(index));
    let exclusions = all.iter().filter(|index| is_exclusion(index)).map(|index| index["name"].clone());
    json!({
        "columns": columns, "comment": table["comment"],
        "primary": if table["pk"].is_null() { Value::Null } else { key(&table["pk"]) },
        "uniques": sorted(table["uniques"].as_array().unwrap().iter().map(key).collect()),
        "references": sorted(references.collect()),
        "checks": sorted(table["checks"].as_array().unwrap().iter().map(|check| check["name"].clone()).collect()),
        "exclusions": sorted(exclusions.collect()), "indexes": sorted(indexes.collect()),
    })
}
