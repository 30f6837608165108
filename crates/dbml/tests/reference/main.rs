//! What the reference implementation says of its own inputs, recorded beside the repository in `../shared/dbml`.
//!
//! Whoever does not have that folder is told so, and the tests pass; where the environment variable `CI` is set, they
//! fail. `DBML_SHOW=1` tells all that differs instead of the first few.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

mod model;
mod values;

use dbml::{Lines, Severity};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Rejected inputs where we point elsewhere or name another rule, and why.
const OTHER_FIRST_LINE: &[(&str, &str)] = &[];

/// Accepted inputs that we take to mean something else, and why.
const OTHER_MODEL: &[(&str, &str)] = &[];

struct Recorded {
    file: String,
    text: String,
    answer: Value,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/dbml")
}

/// Every input with the answer of a version; none, said aloud, where the folder is missing.
fn recorded(version: &str) -> Vec<Recorded> {
    let folder = folder();
    let Ok(answers) = std::fs::read_to_string(folder.join(format!("oracle_{version}.jsonl"))) else {
        assert!(std::env::var_os("CI").is_none(), "{} is missing", folder.display());
        println!("left out: {} is not there", folder.display());
        return Vec::new();
    };
    let read = |line: &str| {
        let answer: Value = serde_json::from_str(line).unwrap();
        let file = answer["file"].as_str().unwrap().to_owned();
        let text = std::fs::read_to_string(folder.join(&file)).unwrap();
        Recorded { file, text, answer }
    };
    answers.lines().map(read).collect()
}

/// Fails with what differs, after the rate.
fn conclude(what: &str, total: usize, differing: &[String]) {
    println!("{what}: {} of {total} agree", total - differing.len());
    let most = if std::env::var_os("DBML_SHOW").is_some() { usize::MAX } else { 5 };
    let shown: Vec<&str> = differing.iter().take(most).map(String::as_str).collect();
    assert!(differing.is_empty(), "{what}: {} of {total} differ\n{}", differing.len(), shown.join("\n"));
}

type ByLine = BTreeMap<u32, BTreeSet<String>>;

/// The names of errors by line.
fn our_errors(text: &str) -> ByLine {
    let lines = Lines::of(text);
    let mut errors = ByLine::new();
    for found in dbml::parse(text).1.iter().filter(|found| found.severity == Severity::Error) {
        let line = lines.position(found.span.start).line;
        errors.entry(line).or_default().insert(found.code.name().to_owned());
    }
    errors
}

fn their_errors(answer: &Value) -> ByLine {
    let mut errors = ByLine::new();
    for error in answer["errors"].as_array().unwrap() {
        let Some(line) = error["line"].as_u64() else { continue };
        // What is found while linking has no name.
        let name = error["name"].as_str().unwrap_or("SAME_ENDPOINT");
        errors.entry(u32::try_from(line).unwrap()).or_default().insert(name.to_owned());
    }
    errors
}

#[test]
fn the_same_texts_are_accepted() {
    let all = recorded("v10");
    let differing = all.iter().filter_map(|one| {
        let ours = our_errors(&one.text);
        let theirs = one.answer["ok"].as_bool().unwrap();
        (ours.is_empty() != theirs).then(|| format!("{}: they accept: {theirs}, we find {ours:?}", one.file))
    });
    conclude("acceptance", all.len(), &differing.collect::<Vec<_>>());
}

#[test]
fn the_first_wrong_line_is_the_same() {
    let all = recorded("v10");
    let rejected: Vec<&Recorded> = all.iter().filter(|one| !one.answer["ok"].as_bool().unwrap()).collect();
    let differing = rejected.iter().filter_map(|one| {
        let (ours, theirs) = (our_errors(&one.text), their_errors(&one.answer));
        let known = OTHER_FIRST_LINE.iter().any(|(file, _)| *file == one.file);
        let differs = ours.first_key_value() != theirs.first_key_value();
        assert!(differs || !known, "{} agrees, and is listed as if it did not", one.file);
        (differs && !known).then(|| format!("{}:\n  they find {theirs:?}\n  we find   {ours:?}", one.file))
    });
    conclude("first wrong line", rejected.len(), &differing.collect::<Vec<_>>());
}

/// Numbers are compared as numbers, however they are kept.
fn with_floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => serde_json::json!(number.as_f64().unwrap()),
        Value::Array(list) => list.iter().map(with_floats).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), with_floats(value))).collect(),
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn the_model_is_the_same() {
    let all = recorded("v10");
    let accepted: Vec<&Recorded> = all.iter().filter(|one| one.answer["ok"].as_bool().unwrap()).collect();
    let differing = accepted.iter().filter_map(|one| {
        let ours = with_floats(&model::of(&dbml::parse(&one.text).0));
        let theirs = with_floats(&one.answer["model"]);
        let known = OTHER_MODEL.iter().any(|(file, _)| *file == one.file);
        assert!(ours != theirs || !known, "{} agrees, and is listed as if it did not", one.file);
        (ours != theirs && !known).then(|| format!("{}:\n  they: {theirs}\n  we:   {ours}", one.file))
    });
    conclude("model", accepted.len(), &differing.collect::<Vec<_>>());
}

/// What is printed for version 8 says the same as the text, as far as version 8 can say it.
#[test]
fn what_is_printed_says_the_same() {
    let all = recorded("v10");
    let accepted: Vec<&Recorded> = all.iter().filter(|one| one.answer["ok"].as_bool().unwrap()).collect();
    let differing = accepted.iter().filter_map(|one| {
        let document = dbml::parse(&one.text).0;
        for version in [dbml::Version::Eight, dbml::Version::Ten] {
            let printed = dbml::print_for(&document, version);
            let (again, diagnostics) = dbml::parse(&printed.text);
            if !printed.left_out.is_empty() {
                continue;
            }
            let errors: Vec<_> = diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
            if again != document || !errors.is_empty() {
                return Some(format!("{}: {errors:?}\n{}", one.file, printed.text));
            }
            if dbml::print_for(&again, version) != printed {
                return Some(format!("{}: printed again, it differs", one.file));
            }
        }
        None
    });
    conclude("printing", accepted.len(), &differing.collect::<Vec<_>>());
}
