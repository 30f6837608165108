//! Rules about the repository itself, checked as tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    command::{cargo, command, output},
    workspace::{PURE, root},
};

/// Which of our crates each may use: the arrows of the architecture.
const ARROWS: [(&str, &[&str]); 14] = [
    ("schema", &[]),
    ("edit", &["schema"]),
    ("dbml", &["schema"]),
    ("sql", &["schema"]),
    ("interchange", &["schema", "edit", "dbml", "ddl", "sql"]),
    ("advise", &["schema", "edit", "ddl"]),
    ("ddl", &["schema", "edit"]),
    ("diagram", &["schema", "edit"]),
    ("protocol", &["schema", "edit"]),
    ("editor", &["schema", "edit", "advise", "dbml", "ddl", "diagram"]),
    ("app", &PURE),
    ("frontend", &["app"]),
    ("server", &["schema", "edit", "advise", "dbml", "ddl", "diagram", "editor", "interchange", "protocol", "app"]),
    ("xtask", &[]),
];

const FOLDERS: [&str; 9] = ["app", "crates", "docs", "end2end", "frontend", "migrations", "server", "style", "xtask"];

const LONGEST_FILE: usize = 1000;

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path.extension().is_some_and(|it| extensions.iter().any(|wanted| it == *wanted))
    }
}

fn sources() -> Vec<Source> {
    let root = root();
    let mut pending: Vec<PathBuf> = FOLDERS.iter().map(|it| root.join(it)).filter(|it| it.is_dir()).collect();
    let mut sources = Vec::new();
    while let Some(folder) = pending.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if ["node_modules", "target", "results", "report"].contains(&name.as_str()) {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                sources.push(Source { path: path.strip_prefix(&root).unwrap().to_path_buf(), text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(sources.len() > 20, "the walk must find the repository");
    sources
}

fn assert_none(rule: &str, offenders: &[String]) {
    assert!(offenders.is_empty(), "{rule}:\n  {}", offenders.join("\n  "));
}

#[test]
fn crates_depend_in_one_direction() {
    let text = output(cargo(&["metadata", "--no-deps", "--format-version", "1", "--offline"])).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
    let arrows: BTreeMap<&str, &[&str]> = ARROWS.into_iter().collect();
    let mut offenders = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let Some(allowed) = arrows.get(name) else {
            offenders.push(format!("{name} has no arrows: add it to the table"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let other = dependency["name"].as_str().unwrap();
            let is_for_tests = dependency["kind"] == "dev";
            if dependency["path"].is_string() && !is_for_tests && !allowed.contains(&other) {
                offenders.push(format!("{name} -> {other}"));
            }
        }
    }
    assert_none("the architecture has no such arrow", &offenders);
}

#[test]
fn pure_crates_forbid_unsafe_code_and_do_no_io() {
    let forbidden = ["std::fs", "std::net", "std::time::Instant", "std::time::SystemTime", "std::env::", "HashMap"];
    let mut offenders = Vec::new();
    let mut roots = BTreeSet::new();
    for source in sources() {
        let Ok(inner) = source.path.strip_prefix("crates") else { continue };
        let is_code = inner.components().nth(1).is_some_and(|it| it.as_os_str() == "src");
        if !is_code || !source.has_extension(&["rs"]) {
            continue;
        }
        if inner.ends_with("src/lib.rs") {
            roots.insert(inner.components().next().unwrap().as_os_str().to_string_lossy().into_owned());
            if !source.text.contains("#![forbid(unsafe_code)]") {
                offenders.push(format!("{}: no #![forbid(unsafe_code)]", source.path.display()));
            }
        }
        let code = source.text.split("#[cfg(test)]").next().unwrap();
        for word in forbidden {
            if code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word)) {
                offenders.push(format!("{}: {word}", source.path.display()));
            }
        }
    }
    assert_none("the core is pure", &offenders);
    assert_eq!(roots, PURE.into_iter().map(str::to_owned).collect(), "each pure crate has a lib.rs");
}

#[test]
fn files_are_short() {
    let mut offenders = Vec::new();
    for source in sources().into_iter().filter(|it| it.has_extension(&["rs", "ts", "css", "sql"])) {
        let lines = source.text.lines().count();
        if lines > LONGEST_FILE && !is_test(&source.path) {
            offenders.push(format!("{}: {lines} lines", source.path.display()));
        }
    }
    assert_none("split what is too long to read", &offenders);
}

fn is_test(path: &Path) -> bool {
    path.components().any(|it| it.as_os_str() == "tests" || it.as_os_str() == "journeys")
}

#[test]
fn nothing_is_left_for_later() {
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("#[ig", "nore"), concat!("unimple", "mented!(")];
    let mut offenders = Vec::new();
    for source in sources().into_iter().filter(|it| it.has_extension(&["rs", "ts", "css", "md", "sql", "toml"])) {
        for (at, line) in source.text.lines().enumerate() {
            for word in words.iter().filter(|word| line.contains(*word)) {
                offenders.push(format!("{}:{}: {word}", source.path.display(), at + 1));
            }
        }
    }
    assert_none("finish it or leave it out", &offenders);
}

#[test]
fn text_is_tidy() {
    let mut offenders = Vec::new();
    for source in sources().into_iter().filter(|it| it.has_extension(&["rs", "ts", "css", "md", "sql", "toml"])) {
        let shown = source.path.display();
        if !source.text.is_empty() && !source.text.ends_with('\n') {
            offenders.push(format!("{shown}: no newline at the end"));
        }
        if source.has_extension(&["rs"]) && !source.text.starts_with("//!") && !source.text.starts_with("#![doc") {
            offenders.push(format!("{shown}: does not begin with its purpose (//!)"));
        }
        for (at, line) in source.text.lines().enumerate() {
            if line.ends_with([' ', '\t']) {
                offenders.push(format!("{shown}:{}: space at the end of the line", at + 1));
            }
        }
    }
    assert_none("tidy text", &offenders);
}

#[test]
fn lock_files_name_no_registry() {
    let mut offenders = Vec::new();
    for path in [
        "package-lock.json",
        "end2end/package-lock.json",
        "xtask/npm/package-lock.json",
        "xtask/readers/package-lock.json",
    ] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        if text.contains("\"resolved\"") {
            offenders.push(path.to_owned());
        }
    }
    assert_none("a lock file must work with any registry", &offenders);
}

/// What we may ship with a product under our own licenses, on condition of naming it.
const LICENSES: [&str; 12] = [
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Zlib",
];

#[test]
fn dependencies_come_from_the_registry_under_licenses_that_suit() {
    let host = output(command("rustc", &["-vV"])).unwrap();
    let host = host.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned();
    let mut offenders = BTreeSet::new();
    let mut count = 0;
    // What is built for other platforms need not have been fetched.
    for platform in [host.as_str(), "wasm32-unknown-unknown"] {
        let mut metadata = cargo(&["metadata", "--format-version", "1", "--offline", "--locked"]);
        metadata.args(["--filter-platform", platform]);
        let metadata: serde_json::Value = serde_json::from_str(&output(metadata).unwrap()).unwrap();
        for package in metadata["packages"].as_array().unwrap().iter().filter(|it| it["source"].is_string()) {
            count += 1;
            let (name, source) = (package["name"].as_str().unwrap(), package["source"].as_str().unwrap());
            if !source.starts_with("registry+") {
                offenders.insert(format!("{name}: from {source}"));
            }
            let license = package["license"].as_str().unwrap_or("none");
            let suits = spdx::Expression::parse_mode(license, spdx::ParseMode::LAX).is_ok_and(|expression| {
                expression.evaluate(|it| it.license.id().is_some_and(|id| LICENSES.contains(&id.name)))
            });
            if !suits {
                offenders.insert(format!("{name}: {license}"));
            }
        }
    }
    assert!(count > 200, "the walk must find the dependencies");
    assert_none("another dependency does", &offenders.into_iter().collect::<Vec<_>>());
}
