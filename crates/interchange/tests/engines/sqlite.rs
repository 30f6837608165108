//! SQLite itself, by its shell.

use crate::facts::{Tables, assert_none, compare, expected, pairs};
use crate::{hostile, program, schemas};
use ddl::{Dialect, export_as};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn exports_load_into_sqlite() {
    let Some(sqlite) = program("sqlite3", "sqlite3") else { return };
    let mut problems = Vec::new();
    for (name, schema) in schemas::ten().into_iter().chain(schemas::random(60)) {
        let script = export_as(&schema, Dialect::Sqlite);
        match ask(&sqlite, &script.text, FACTS) {
            Ok(answer) => {
                let found = tables(&answer);
                problems.extend(compare(&name, &expected(&schema, &script.notes, false), &found, false));
            }
            Err(refused) => problems.push(format!("{name}: {refused}")),
        }
    }
    assert_none(&problems);
}

#[test]
fn hostile_names_and_texts_stay_what_they_are() {
    let Some(sqlite) = program("sqlite3", "sqlite3") else { return };
    let mut problems = Vec::new();
    for case in hostile::cases() {
        let script = export_as(&case.schema, Dialect::Sqlite);
        match ask(&sqlite, &script.text, &case.question(Dialect::Sqlite, &script.notes)) {
            Ok(answer) => problems.extend(case.differences(Dialect::Sqlite, &script.notes, &answer)),
            Err(refused) => problems.push(format!("{}: {refused}", case.name)),
        }
    }
    assert_none(&problems);
}

/// All that its pragmas tell, a JSON array each.
const FACTS: &str = "
select json_array('column', m.name, c.name, c.pk) from sqlite_master m, pragma_table_xinfo(m.name) c where m.type = 'table'
    and m.name not like 'sqlite\\_%' escape '\\' order by m.name, c.cid;
select json_array('index', m.name, i.name, i.\"unique\", i.origin, x.name) from sqlite_master m, pragma_index_list(m.name) i,
    pragma_index_info(i.name) x where m.type = 'table' order by m.name, i.name, x.seqno;
select json_array('reference', m.name, f.id, f.\"table\", f.\"from\", f.\"to\") from sqlite_master m,
    pragma_foreign_key_list(m.name) f where m.type = 'table' order by m.name, f.id, f.seq;
select json_array('violation', t.\"table\") from pragma_foreign_key_check t;
";

/// Runs a script in an empty database, references enforced, and then what asks about it.
pub(crate) fn ask(sqlite: &Path, script: &str, question: &str) -> Result<Vec<Value>, String> {
    let mut child = Command::new(sqlite)
        .args(["-batch", "-bail", ":memory:"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let text = format!("pragma foreign_keys = on;\n{script}\n{question}");
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // The shell stops reading at the first error, which its own words tell.
        let _ = input.write_all(text.as_bytes());
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    if !output.status.success() || !output.stderr.is_empty() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = String::from_utf8(output.stdout).unwrap();
    Ok(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

fn tables(answer: &[Value]) -> Tables {
    let mut tables = Tables::new();
    let text = |value: &Value| value.as_str().unwrap().to_lowercase();
    let mut primary: Vec<(String, u64, String)> = Vec::new();
    let mut indexes: Vec<(String, String, bool, String, Option<Vec<String>>)> = Vec::new();
    let mut references: Vec<(String, u64, String, Vec<(String, String)>)> = Vec::new();
    for row in answer {
        let table = text(&row[1]);
        match row[0].as_str().unwrap() {
            "column" => {
                let facts = tables.entry(table.clone()).or_default();
                facts.columns.push(text(&row[2]));
                let place = row[3].as_u64().unwrap();
                if place > 0 {
                    primary.push((table, place, text(&row[2])));
                }
            }
            "index" => {
                let name = text(&row[2]);
                let column = row[5].as_str().map(str::to_lowercase);
                if indexes.last().is_none_or(|last| last.0 != table || last.1 != name) {
                    let unique = row[3].as_u64() == Some(1);
                    indexes.push((table, name, unique, text(&row[4]), Some(Vec::new())));
                }
                let columns = &mut indexes.last_mut().unwrap().4;
                *columns = columns.take().zip(column).map(|(mut columns, column)| {
                    columns.push(column);
                    columns
                });
            }
            "reference" => {
                let id = row[2].as_u64().unwrap();
                if references.last().is_none_or(|last| last.0 != table || last.1 != id) {
                    references.push((table, id, text(&row[3]), Vec::new()));
                }
                references.last_mut().unwrap().3.push((text(&row[4]), text(&row[5])));
            }
            other => panic!("{other}: {row}"),
        }
    }
    primary.sort();
    for (table, _, column) in primary {
        tables.get_mut(&table).unwrap().primary.push(column);
    }
    for (table, _, unique, origin, columns) in indexes {
        let (Some(columns), Some(facts)) = (columns, tables.get_mut(&table)) else { continue };
        match (unique, origin.as_str()) {
            (_, "pk") => {}
            (true, _) => {
                facts.unique.insert(columns);
            }
            (false, _) => {
                facts.indexes.insert(columns);
            }
        }
    }
    for (table, _, target, found) in references {
        let (from, to): (Vec<String>, Vec<String>) = found.into_iter().unzip();
        tables.get_mut(&table).unwrap().references.insert((pairs(&from, &to), target));
    }
    for facts in tables.values_mut() {
        let primary = facts.primary.clone();
        facts.unique.remove(&primary);
    }
    tables
}
