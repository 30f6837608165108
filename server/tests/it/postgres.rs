//! Our own PostgreSQL: made, adopted, stopped, and refused with words that help.

use std::{
    fs,
    path::{Path, PathBuf},
};

use server::{
    database::{Database, DatabaseSource},
    postgres::{Durability, Postgres, PostgresConfig, PostgresError},
};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::support::connect;

/// A folder that PostgreSQL may enter and that goes away with this value.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let id = Uuid::new_v4().simple().to_string();
        Self(std::env::temp_dir().join(format!("crowfoot-{}", &id[..12])))
    }

    fn config(&self) -> PostgresConfig {
        PostgresConfig { folder: self.0.clone(), binaries: None, durability: Durability::Scratch }
    }

    fn data(&self, name: &str) -> PathBuf {
        self.0.join("data").join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A failed test leaves more to look at than its folder.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn is_alive(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/status")).is_ok_and(|it| !it.contains("State:\tZ"))
}

#[tokio::test]
async fn data_outlive_a_stop_and_both_drivers_connect() {
    let folder = Folder::new();
    let first = Postgres::start(&folder.config()).await.unwrap();
    first.ensure_database("a \"b\"").await.unwrap();
    first.ensure_database("a \"b\"").await.unwrap();
    connect(&first.url("a \"b\"")).await.batch_execute("create table kept as select 7 as seven").await.unwrap();
    let pid = first.pid().unwrap();
    first.stop().await.unwrap();
    assert!(!is_alive(pid));

    let second = Postgres::start(&folder.config()).await.unwrap();
    let mut connection = PgConnection::connect(&second.url("a \"b\"")).await.unwrap();
    let seven: i32 = sqlx::query_scalar("select seven from kept").fetch_one(&mut connection).await.unwrap();
    assert_eq!(seven, 7);
    second.stop().await.unwrap();
}

#[tokio::test]
async fn what_was_left_running_is_adopted() {
    let folder = Folder::new();
    let first = Postgres::start(&folder.config()).await.unwrap();
    let pid = first.pid().unwrap();
    first.leave_running();
    let second = Postgres::start(&folder.config()).await.unwrap();
    assert_eq!(second.pid(), Some(pid));
    connect(&second.url("postgres")).await.query_one("select 1", &[]).await.unwrap();
    second.stop().await.unwrap();
    assert!(!is_alive(pid));
}

#[tokio::test]
async fn a_value_that_goes_away_takes_its_process_along() {
    let folder = Folder::new();
    let postgres = Postgres::start(&folder.config()).await.unwrap();
    let pid = postgres.pid().unwrap();
    drop(postgres);
    for _ in 0..400 {
        if !is_alive(pid) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("PostgreSQL {pid} is still there");
}

#[tokio::test]
async fn a_lock_file_of_another_process_and_half_made_data_are_cleared_away() {
    let folder = Folder::new();
    fs::create_dir_all(folder.0.join("data.unfinished/base")).unwrap();
    Postgres::start(&folder.config()).await.unwrap().stop().await.unwrap();
    assert!(!folder.0.join("data.unfinished").exists());

    // As after a restart of the machine, when the number belongs to somebody else.
    let lock =
        format!("{}\n{}\n1\n5432\n{}\n\n 1 1\nready\n", std::process::id(), folder.data("").display(), "/nowhere");
    fs::write(folder.data("postmaster.pid"), lock).unwrap();
    Postgres::start(&folder.config()).await.unwrap().stop().await.unwrap();
}

#[tokio::test]
async fn data_of_another_version_are_left_alone() {
    let folder = Folder::new();
    Postgres::start(&folder.config()).await.unwrap().stop().await.unwrap();
    fs::write(folder.data("PG_VERSION"), "13\n").unwrap();
    let error = Postgres::start(&folder.config()).await.unwrap_err();
    assert!(matches!(error, PostgresError::OtherVersion { wanted: 13, .. }), "{error}");
    let said = error.to_string();
    assert!(said.contains("version 13") && said.contains("pg_dumpall"), "{said}");
    assert!(folder.data("base").exists());
}

#[tokio::test]
async fn a_folder_too_deep_for_a_socket_gets_a_port() {
    let mut folder = Folder::new();
    folder.0 = folder.0.join("x".repeat(100));
    let postgres = Postgres::start(&folder.config()).await.unwrap();
    assert!(postgres.url("postgres").contains("@127.0.0.1:"), "{}", postgres.url("postgres"));
    connect(&postgres.url("postgres")).await.query_one("select 1", &[]).await.unwrap();
    postgres.stop().await.unwrap();
    folder.0.pop();
}

#[tokio::test]
async fn missing_programs_are_named_with_what_to_do() {
    let folder = Folder::new();
    let config = PostgresConfig { binaries: Some("/nowhere/bin".into()), ..folder.config() };
    let said = Postgres::start(&config).await.unwrap_err().to_string();
    for words in ["CROWFOOT_PG_BIN", "--database-url", "/nowhere/bin has no initdb"] {
        assert!(said.contains(words), "{words} in {said}");
    }
}

#[tokio::test]
async fn a_wrong_password_gets_nobody_in() {
    let folder = Folder::new();
    let postgres = Postgres::start(&folder.config()).await.unwrap();
    let url = postgres.url("postgres");
    let (start, rest) = url.split_once("crowfoot:").unwrap();
    let wrong = format!("{start}crowfoot:wrong@{}", rest.split_once('@').unwrap().1);
    assert!(tokio_postgres::connect(&wrong, tokio_postgres::NoTls).await.is_err());
    postgres.stop().await.unwrap();
}

#[tokio::test]
async fn one_server_at_a_time_uses_a_data_folder() {
    let folder = Folder::new();
    let source = DatabaseSource::Own { data_folder: folder.0.clone(), binaries: None };
    let first = Database::open(&source).await.unwrap();
    let said = Database::open(&source).await.unwrap_err().to_string();
    assert!(said.contains(&format!("process {}", std::process::id())) && said.contains("--data-dir"), "{said}");
    first.migrate().await.unwrap();
    first.migrate().await.unwrap();
    first.stop().await.unwrap();
    Database::open(&source).await.unwrap().stop().await.unwrap();
    assert!(Path::new(&folder.0).join("lock").exists());
}
