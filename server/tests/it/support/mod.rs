//! One PostgreSQL for all tests, and a database of its own for each.
//!
//! Tests run as many processes, so the first one starts the PostgreSQL and the others adopt it. It is left running for
//! the next run; `cargo xtask test` stops it at its end. `CROWFOOT_TEST_DATABASE_URL` names another one to use, as
//! superuser.

use std::{fs::File, path::PathBuf};

use server::postgres::{Durability, Postgres, PostgresConfig};
use tokio::{
    runtime::{Handle, RuntimeFlavor},
    task::block_in_place,
};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

/// An empty database that goes away with this value.
pub(crate) struct TestDatabase {
    name: String,
    url: String,
    admin_url: String,
}

impl TestDatabase {
    pub(crate) async fn new() -> Self {
        let name = format!("test_{}", Uuid::new_v4().simple());
        let server = server_url().await;
        let admin_url = with_database(&server, "postgres");
        let url = with_database(&server, &name);
        connect(&admin_url).await.batch_execute(&format!("create database {name}")).await.unwrap();
        Self { name, url, admin_url }
    }

    /// The address of the database, as superuser.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn connect(&self) -> Client {
        connect(&self.url).await
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let (name, admin_url) = (self.name.clone(), self.admin_url.clone());
        // The test's own runtime cannot wait here, so another one does, on a thread of its own.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let sql = format!("drop database if exists {name} with (force)");
                connect(&admin_url).await.batch_execute(&sql).await.unwrap();
            });
        });
        // A test that fails already has more to say than that its database stayed.
        let wait = || drop(dropping.join());
        // PostgreSQL drops no database while any connection is half made. Those that this runtime is making have to be
        // finished meanwhile, or both wait for each other.
        match Handle::try_current().map(|runtime| runtime.runtime_flavor()) {
            Ok(RuntimeFlavor::MultiThread) => block_in_place(wait),
            Ok(_) | Err(_) => wait(),
        }
    }
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The address of some database on the server that tests share.
async fn server_url() -> String {
    if let Ok(url) = std::env::var("CROWFOOT_TEST_DATABASE_URL") {
        return url;
    }
    let folder = shared_folder();
    let lock = File::create(folder.with_extension("lock")).unwrap();
    // Only one process may start it; the lock ends with the file.
    let lock = tokio::task::spawn_blocking(move || lock.lock().map(|()| lock)).await.unwrap().unwrap();
    let config = PostgresConfig { folder, binaries: None, durability: Durability::Scratch };
    let postgres = Postgres::start(&config).await.unwrap();
    let url = postgres.url("postgres");
    postgres.leave_running();
    drop(lock);
    url
}

/// Outside of the build folder, which the account that PostgreSQL runs under may not be able to enter. `cargo xtask
/// test` knows this name too.
fn shared_folder() -> PathBuf {
    std::env::temp_dir().join(format!("crowfoot-test-postgres-{}", rustix::process::getuid().as_raw()))
}

/// The same server, another database.
pub(crate) fn with_database(url: &str, name: &str) -> String {
    let (address, query) = url.split_once('?').map_or((url, ""), |(address, query)| (address, query));
    let scheme_end = address.find("://").map_or(0, |at| at + 3);
    let path = address[scheme_end..].find('/').map_or(address.len(), |at| scheme_end + at);
    let query = if query.is_empty() { String::new() } else { format!("?{query}") };
    format!("{}/{name}{query}", &address[..path])
}

#[test]
fn addresses_change_their_database() {
    for (url, expect) in [
        ("postgres://a:b@%2Frun:5432/postgres", "postgres://a:b@%2Frun:5432/x"),
        ("postgres://a@host", "postgres://a@host/x"),
        ("postgres://a@host/y?sslmode=require", "postgres://a@host/x?sslmode=require"),
    ] {
        assert_eq!(with_database(url, "x"), expect);
    }
}

#[tokio::test]
async fn every_test_has_a_database_of_its_own() {
    let (one, other) = (TestDatabase::new().await, TestDatabase::new().await);
    one.connect().await.batch_execute("create table t (id int)").await.unwrap();
    assert!(other.connect().await.query("select from t", &[]).await.is_err());
    let name = one.name.clone();
    drop(one);
    let sql = "select 1 from pg_database where datname = $1";
    assert!(connect(other.url()).await.query_opt(sql, &[&name]).await.unwrap().is_none());
}
