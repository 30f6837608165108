//! The document of the public API, held against the routes that there are and the answers that they give.

use std::{collections::BTreeSet, sync::LazyLock};

use axum::http::{Method, header};
use jsonschema::Validator;
use serde_json::{Value, json};
use server::web::api::{self, problem::Kind};

use crate::visitor::Answer;

const PROBLEM: &str = "application/problem+json";

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| serde_json::from_str(api::DOCUMENT).unwrap());

/// What the document says of one thing that the API does.
#[derive(Clone, Copy)]
pub(crate) struct Described(&'static Value);

/// The description of what answers that method at that path.
pub(crate) fn described(method: &Method, path: &str) -> Option<Described> {
    let path = path.split('?').next().unwrap();
    let fits = |pattern: &str| {
        let (mut said, mut asked) = (pattern.split('/'), path.split('/'));
        loop {
            match (said.next(), asked.next()) {
                (None, None) => return true,
                (Some(said), Some(asked)) if said == asked || (said.starts_with('{') && !asked.is_empty()) => {}
                _ => return false,
            }
        }
    };
    let (_, item) = DOCUMENT["paths"].as_object().unwrap().iter().find(|(pattern, _)| fits(pattern))?;
    item.get(method.as_str().to_lowercase()).map(Described)
}

impl Described {
    /// The scope that it asks of a token; none where it asks for no token.
    pub(crate) fn scope(self) -> Option<&'static str> {
        self.0["security"][0]["token"][0].as_str()
    }

    /// Panics when the answer is not one that the document foresees.
    #[track_caller]
    pub(crate) fn check(self, answer: &Answer) {
        let status = answer.status.as_u16().to_string();
        let name = self.0["operationId"].as_str().unwrap();
        let response = self.0["responses"].get(&status).map(resolve);
        let response = response.unwrap_or_else(|| panic!("{name} has no {status}: {}", answer.body));
        for (wanted, about) in response["headers"].as_object().into_iter().flatten() {
            let is_there = answer.headers.contains_key(wanted.as_str());
            assert!(is_there || about["required"] != true, "{name} {status} lacks {wanted}");
        }
        let kind = answer.headers.get(header::CONTENT_TYPE).map(|it| it.to_str().unwrap());
        let kind = kind.map(|it| it.split(';').next().unwrap());
        let Some(content) = response.get("content") else {
            assert!(answer.body.is_empty(), "{name} {status} has no body: {}", answer.body);
            return;
        };
        let kind = kind.unwrap_or_else(|| panic!("{name} {status} says nothing of its type"));
        let content = content.get(kind).unwrap_or_else(|| panic!("{name} {status} is never {kind}"));
        if kind.ends_with("json") {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            check(&content["schema"], &body, name);
        }
    }
}

/// Panics when it is no problem as the document has them.
#[track_caller]
pub(crate) fn check_problem(answer: &Answer) {
    assert_eq!(answer.headers[header::CONTENT_TYPE], PROBLEM, "{}", answer.body);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    check(&json!({ "$ref": "#/components/schemas/Problem" }), &body, "a problem");
    assert_eq!(body["status"], answer.status.as_u16());
    let (_, pointer) = body["type"].as_str().unwrap().split_once('#').unwrap();
    assert!(DOCUMENT.pointer(pointer).is_some(), "{body}");
}

fn resolve(value: &'static Value) -> &'static Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(target) => DOCUMENT.pointer(target.trim_start_matches('#')).unwrap_or_else(|| panic!("no {target}")),
        None => value,
    }
}

#[track_caller]
fn check(schema: &Value, value: &Value, what: &str) {
    let errors: Vec<String> =
        validator(schema).iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:?} in {value}");
}

/// A validator of a schema of the document, which finds the others by their place in it.
fn validator(schema: &Value) -> Validator {
    let mut whole = schema.clone();
    whole.as_object_mut().unwrap().insert("components".to_owned(), DOCUMENT["components"].clone());
    jsonschema::options().should_validate_formats(true).build(&whole).unwrap()
}

/// Every schema of the document with the place where it stands.
fn schemas(value: &'static Value, at: &str, found: &mut Vec<(String, &'static Value)>) {
    let Some(members) = value.as_object() else {
        for (number, item) in value.as_array().into_iter().flatten().enumerate() {
            schemas(item, &format!("{at}/{number}"), found);
        }
        return;
    };
    for (name, inner) in members {
        let at = format!("{at}/{name}");
        if name == "schema" || at.strip_prefix("/components/schemas/").is_some_and(|it| !it.contains('/')) {
            found.push((at.clone(), inner));
        }
        if !["example", "examples", "default"].contains(&name.as_str()) {
            schemas(inner, &at, found);
        }
    }
}

#[test]
fn routes_and_document_are_about_the_same() {
    let known: BTreeSet<(String, String)> =
        api::operations().iter().map(|it| (it.path.to_owned(), it.method.to_lowercase())).collect();
    let mut described = BTreeSet::new();
    for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap().iter().filter(|(name, _)| *name != "parameters") {
            described.insert((path.clone(), method.clone()));
            for word in ["operationId", "summary"] {
                assert!(operation[word].is_string(), "{method} {path} has no {word}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                assert!(resolve(response)["description"].is_string(), "{method} {path} {status}");
            }
        }
    }
    assert_eq!(known, described);
    let ids: Vec<&Value> =
        DOCUMENT["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values()).collect();
    let ids: Vec<&str> = ids.iter().filter_map(|it| it["operationId"].as_str()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len(), "each has a name of its own");
}

#[test]
fn every_kind_of_problem_is_described_and_every_description_is_of_a_kind() {
    let described: BTreeSet<&str> =
        DOCUMENT["components"]["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(Kind::ALL.into_iter().map(Kind::name).collect::<BTreeSet<_>>(), described);
}

#[test]
fn examples_are_what_they_are_examples_of() {
    let mut found = Vec::new();
    schemas(&DOCUMENT, "", &mut found);
    let mut count = 0;
    for (at, schema) in found {
        for example in schema["examples"].as_array().into_iter().flatten() {
            count += 1;
            check(schema, example, &at);
        }
    }
    for (name, response) in DOCUMENT["components"]["responses"].as_object().unwrap() {
        let content = &response["content"][PROBLEM];
        check(&content["schema"], &content["example"], name);
        count += 1;
    }
    assert!(count > 30, "{count}");
}
