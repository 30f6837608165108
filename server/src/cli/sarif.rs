//! Findings as SARIF 2.1.0, the format in which code hosts and editors take the findings of tools.

use std::path::Path;

use advise::{Finding, RULES, Severity};
use interchange::Reading;
use serde_json::{Value, json};

use super::lint::{Object, objects};

/// The log of one run over one file; `-` is standard input, which has no place to point to.
pub(super) fn log(file: &Path, reading: &Reading, found: &[Finding]) -> Value {
    let place = (file != Path::new("-")).then(|| uri(file));
    let results: Vec<Value> = found.iter().map(|finding| result(place.as_deref(), reading, finding)).collect();
    let rules: Vec<Value> = RULES.iter().map(rule).collect();
    let artifacts: Vec<Value> = place.iter().map(|uri| json!({ "location": { "uri": uri } })).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": { "name": "crowfoot", "version": env!("CARGO_PKG_VERSION"), "rules": rules },
            },
            "artifacts": artifacts,
            "invocations": [{
                "executionSuccessful": true,
                "toolExecutionNotifications": notifications(place.as_deref(), reading),
            }],
            "results": results,
        }],
    })
}

fn rule(rule: &advise::Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.why },
        "help": { "text": rule.why },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(place: Option<&str>, reading: &Reading, finding: &Finding) -> Value {
    let about = objects(&reading.schema, finding);
    let names: Vec<&str> = about.iter().map(|object| object.name.as_str()).collect();
    let logical: Vec<Value> =
        about.iter().map(|Object { kind, name }| json!({ "fullyQualifiedName": name, "kind": kind })).collect();
    let location = match place {
        Some(uri) => json!({ "logicalLocations": logical, "physicalLocation": physical(uri, None) }),
        None => json!({ "logicalLocations": logical }),
    };
    json!({
        "ruleId": finding.rule,
        "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule),
        "level": level(finding.severity),
        "message": { "text": finding.message },
        "locations": [location],
        // By what it is about it is known again, wherever in the file that stands.
        "partialFingerprints": { "crowfootObjects/v1": format!("{} {}", finding.rule, names.join(" ")) },
        "properties": {
            "severity": finding.severity.as_str(),
            "fix": finding.fix.as_ref().map(|fix| fix.label.as_str()),
        },
    })
}

/// The file, and the line in it where that is known.
fn physical(uri: &str, line: Option<Value>) -> Value {
    let artifact = json!({ "uri": uri, "index": 0 });
    match line {
        Some(line) => json!({ "artifactLocation": artifact, "region": { "startLine": line } }),
        None => json!({ "artifactLocation": artifact }),
    }
}

/// What of the text could not be taken over, with its lines.
fn notifications(place: Option<&str>, reading: &Reading) -> Vec<Value> {
    let told = |finding: &interchange::Finding| {
        let level = match finding.severity {
            interchange::Severity::Error => "error",
            interchange::Severity::Warning => "warning",
            interchange::Severity::Note => "note",
        };
        let place = place.map(|uri| json!({ "physicalLocation": physical(uri, finding.line.map(|line| json!(line))) }));
        let locations: Vec<Value> = place.into_iter().collect();
        json!({ "level": level, "message": { "text": finding.message }, "locations": locations })
    };
    reading.findings.iter().map(told).collect()
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info | Severity::Style => "note",
    }
}

/// The file as it was named, as a relative reference or, from the root, as a file's address.
fn uri(file: &Path) -> String {
    let mut uri = if file.is_absolute() { "file://".to_owned() } else { String::new() };
    for byte in file.to_string_lossy().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_its_address() {
        for (file, expect) in [
            ("schema.sql", "schema.sql"),
            ("db/my schema.sql", "db/my%20schema.sql"),
            ("/srv/größe.sql", "file:///srv/gr%C3%B6%C3%9Fe.sql"),
            ("a:b#c?.sql", "a%3Ab%23c%3F.sql"),
        ] {
            assert_eq!(uri(Path::new(file)), expect);
        }
    }
}
