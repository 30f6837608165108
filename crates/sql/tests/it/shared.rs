//! The schema files beside the repository. They are not part of it; without them a test says that it was left out.

use sql::Dialect;
use std::path::PathBuf;

/// A file or folder beside the repository, if it is there.
pub(crate) fn find(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", found.display());
    eprintln!("left out: {} is not there", found.display());
    None
}

/// The text of a file, whatever its encoding.
pub(crate) fn text(path: &str) -> Option<String> {
    let bytes = std::fs::read(find(path)?).unwrap();
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

pub(crate) fn json(path: &str) -> Option<serde_json::Value> {
    serde_json::from_str(&text(path)?).ok()
}

/// The schema files whose names begin with that prefix, by name.
pub(crate) fn schemas(prefix: &str) -> Vec<(String, String)> {
    let Some(folder) = find("schemas") else { return Vec::new() };
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(prefix) && name.ends_with(".sql"))
        .collect();
    names.sort();
    names.into_iter().map(|name| (name.clone(), text(&format!("schemas/{name}")).unwrap())).collect()
}

/// The dialect that a file's name begins with.
pub(crate) fn dialect(name: &str) -> Dialect {
    match name.split('_').next().unwrap_or_default() {
        "pg" | "postgres" => Dialect::Postgres,
        "mysql" => Dialect::MySql,
        "sqlite" => Dialect::Sqlite,
        "oracle" => Dialect::Oracle,
        "mssql" => Dialect::SqlServer,
        other => panic!("no dialect is called {other}"),
    }
}
