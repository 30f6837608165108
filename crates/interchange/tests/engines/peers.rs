//! Scripts for servers that we cannot run, read by parsers of others: SQL Server's and Oracle's.

use crate::facts::{Facts, Tables, assert_none, compare, expected, pairs};
use crate::schemas;
use ddl::{Dialect, export_as};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

#[test]
fn sqlglot_reads_the_same() {
    let Some(python) = reader("CROWFOOT_SQLGLOT", "a Python with sqlglot") else { return };
    check("read.py", &python, &[Dialect::SqlServer, Dialect::Oracle, Dialect::MySql, Dialect::Sqlite]);
}

#[test]
fn dbml_core_reads_the_same() {
    let Some(node) = reader("CROWFOOT_DBML_CORE", "a Node.js, for which @dbml/core is installed in xtask/readers")
    else {
        return;
    };
    check("read.mjs", &node, &[Dialect::SqlServer, Dialect::Oracle]);
}

/// The program that a variable names; `cargo xtask test` sets it.
fn reader(variable: &str, what: &str) -> Option<String> {
    let program = std::env::var(variable).ok();
    if program.is_none() {
        assert!(std::env::var_os("CROWFOOT_ENGINES").is_none(), "{variable} does not name {what}");
        eprintln!("left out: {variable} does not name {what}; cargo xtask test sees to it");
    }
    program
}

fn check(file: &str, program: &str, dialects: &[Dialect]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../xtask/readers").join(file);
    let mut wanted = Vec::new();
    let mut scripts = Vec::new();
    for (name, schema) in schemas::ten() {
        for dialect in dialects {
            let script = export_as(&schema, *dialect);
            scripts.push(json!({"dialect": key(*dialect), "text": script.text}));
            let expected = expected(&schema, &script.notes, *dialect == Dialect::SqlServer);
            wanted.push((format!("{name} in {dialect}"), expected));
        }
    }
    let mut child = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = Value::Array(scripts).to_string();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{}", output.status);
    let answers: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answers.len(), wanted.len());
    let mut problems = Vec::new();
    for ((name, expected), answer) in wanted.iter().zip(&answers) {
        match answer["error"].as_str() {
            Some(error) => problems.push(format!("{name}: {error}")),
            None => problems.extend(compare(name, expected, &tables(&answer["tables"]), false)),
        }
    }
    assert_none(&problems);
}

fn key(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::MySql => "mysql",
        Dialect::MariaDb => "mariadb",
        Dialect::Sqlite => "sqlite",
        Dialect::SqlServer => "sqlserver",
        Dialect::Oracle => "oracle",
    }
}

fn tables(answer: &Value) -> Tables {
    let names = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    let sets = |value: &Value| value.as_array().unwrap().iter().map(names).collect();
    let mut tables = Tables::new();
    for (name, table) in answer.as_object().unwrap() {
        let mut facts = Facts {
            columns: names(&table["columns"]),
            primary: names(&table["primary"]),
            unique: sets(&table["unique"]),
            indexes: sets(&table["indexes"]),
            ..Facts::default()
        };
        for reference in table["references"].as_array().unwrap() {
            let (from, to) = (names(&reference["columns"]), names(&reference["referenced"]));
            facts.references.insert((pairs(&from, &to), reference["table"].as_str().unwrap().to_owned()));
        }
        facts.unique.remove(&facts.primary);
        tables.insert(name.clone(), facts);
    }
    tables
}
