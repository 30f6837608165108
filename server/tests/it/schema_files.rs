//! Schema files of real products: what PostgreSQL makes of a file is what it makes of our export of the file, read by us.

use crate::support::TestDatabase;
use interchange::{Dialect, Format, Severity};
use schema::{OpaqueKind, Schema};
use server::introspect::{Found, differences, introspect_all};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

/// Files that load without an error, or whose catalog is exact all the same.
const FILES: [&str; 21] = [
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
    "pg_temporal",
];

/// Files that the PostgreSQL of our tests does not load, and why.
const NOT_LOADED: [(&str, &str); 3] = [
    ("pg_openstreetmap", "postgis is not among the extensions that come with it"),
    ("pg_pagila18", "it needs PostgreSQL 18 and pgvector"),
    ("pg_supabase", "several of its extensions come with Supabase alone"),
];

/// The rows of AdventureWorks lie beside its file, so that one of its references finds nothing to refer to.
const WITHOUT_ROWS: &str = "
    truncate production.productreview;
    alter table production.productreview add constraint \"FK_ProductReview_Product_ProductID\"
        foreign key (productid) references production.product (productid);";

/// The folder of the files. They are not part of the repository; without them a test says that it was left out.
fn folder() -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/schemas");
    if found.exists() {
        return Some(found);
    }
    assert!(std::env::var_os("CI").is_none(), "{} is missing", found.display());
    eprintln!("left out: {} is not there", found.display());
    None
}

/// A file as it is read by us, and as psql can load it into a database of its own.
struct File {
    read: String,
    loaded: String,
    /// What has to be there before.
    before: &'static str,
    /// What an error keeps from being made.
    after: &'static str,
    path: &'static str,
    errors: usize,
}

fn file(name: &str, text: String) -> File {
    let loaded = text.clone();
    let mut file = File { read: text, loaded, before: "", after: "", path: "public", errors: 0 };
    match name {
        // It makes a database, and goes there.
        "pg_chinook" => {
            let is_elsewhere =
                |line: &&str| ["DROP DATABASE", "CREATE DATABASE", "\\c "].iter().any(|words| line.starts_with(words));
            let lines: Vec<&str> = file.loaded.lines().filter(|line| !is_elsewhere(line)).collect();
            file.loaded = lines.join("\n");
        }
        // It is UTF-8, whatever it says.
        "pg_adventureworks" => {
            file.loaded = file.loaded.replace("SET CLIENT_ENCODING=latin1;", "");
            (file.after, file.errors) = (WITHOUT_ROWS, 1);
        }
        // It is to be loaded with its schema first in the search path.
        "pg_musicbrainz" => {
            file.read = format!("SET search_path = musicbrainz, public;\n{}", file.read);
            file.before = "create schema musicbrainz; create extension cube; create extension earthdistance;
                create extension unaccent";
            file.path = "musicbrainz,public";
        }
        _ => {}
    }
    file
}

/// Loads a script as psql does, and gives the errors.
fn psql(database: &TestDatabase, script: &str, path: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("script.sql");
    std::fs::write(&place, script).unwrap();
    let output = Command::new("psql")
        .args(["--no-psqlrc", "--quiet", "--file"])
        .arg(&place)
        .arg(database.url())
        .current_dir(folder.path())
        .env("PGCLIENTENCODING", "UTF8")
        .env("PGOPTIONS", format!("-c client_min_messages=error -c search_path={path}"))
        .output()
        .unwrap_or_else(|error| panic!("psql, of the package postgresql-client: {error}"));
    let told = String::from_utf8_lossy(&output.stderr);
    told.lines().filter(|line| line.contains("ERROR:")).map(str::to_owned).collect()
}

async fn found(database: &TestDatabase) -> Found {
    let client = database.connect().await;
    // Everything is told by its full name.
    client.batch_execute("set time zone 'UTC'; set search_path = ''").await.unwrap();
    introspect_all(&client).await.unwrap()
}

/// Views, functions and all else that is kept as a statement.
fn kept(schema: &Schema) -> BTreeSet<(OpaqueKind, String, String)> {
    let kept = schema.opaque.values().map(|it| (it.kind, it.name.to_string(), it.definition.as_str().to_owned()));
    kept.collect()
}

/// Whom dumps name as the owner of everything.
const OWNER: &str =
    "do $$ begin create role postgres; exception when duplicate_object or unique_violation then null; end $$";

async fn check(name: &str, text: String) {
    let file = file(name, text);
    let (original, ours) = (TestDatabase::new().await, TestDatabase::new().await);
    let client = original.connect().await;
    client.batch_execute(OWNER).await.unwrap();
    client.batch_execute(file.before).await.unwrap();
    let errors = psql(&original, &file.loaded, file.path);
    assert_eq!(errors.len(), file.errors, "{name}: {errors:#?}");
    original.connect().await.batch_execute(file.after).await.unwrap();

    let mut last = 0;
    let mut next = || {
        last += 1;
        last
    };
    let reading = interchange::read(&file.read, Format::Sql(Dialect::Postgres), &mut next);
    let lost: Vec<_> = reading.findings.iter().filter(|it| it.severity != Severity::Note).collect();
    assert!(lost.is_empty(), "{name}: {lost:#?}");
    let script = ddl::export(&reading.schema);
    let errors = psql(&ours, &script, "public");
    assert_eq!(errors, Vec::<String>::new(), "{name}");

    let (original, ours) = (found(&original).await, found(&ours).await);
    assert_eq!((&original.unread, &ours.unread), (&vec![], &vec![]), "{name}");
    let differences = differences(&original.schema, &ours.schema);
    let shown: Vec<_> = differences.iter().take(40).collect();
    assert!(differences.is_empty(), "{name}: {} differences, such as {shown:#?}", differences.len());
    let (original, ours) = (kept(&original.schema), kept(&ours.schema));
    let gone: Vec<_> = original.difference(&ours).collect();
    let new: Vec<_> = ours.difference(&original).collect();
    assert!(gone.is_empty() && new.is_empty(), "{name}: gone {gone:#?}, new {new:#?}");
}

async fn check_all(names: &[&str]) {
    let Some(folder) = folder() else { return };
    for name in names {
        let bytes = std::fs::read(folder.join(format!("{name}.sql"))).unwrap();
        check(name, String::from_utf8_lossy(&bytes).into_owned()).await;
    }
}

#[tokio::test]
async fn the_largest_comes_back_equal() {
    check_all(&["pg_gitlab"]).await;
}

#[tokio::test]
async fn files_come_back_equal() {
    let others: Vec<&str> = FILES.into_iter().filter(|name| *name != "pg_gitlab").collect();
    check_all(&others).await;
}

#[test]
fn every_file_is_tried_or_named() {
    let Some(folder) = folder() else { return };
    let names =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned());
    let there: BTreeSet<String> = names
        .filter(|name| name.starts_with("pg_"))
        .filter_map(|name| Some(name.strip_suffix(".sql")?.to_owned()))
        .collect();
    let known =
        FILES.into_iter().chain(NOT_LOADED.into_iter().map(|(name, why)| if why.is_empty() { "" } else { name }));
    assert_eq!(there, known.map(str::to_owned).collect());
}
