//! How much of a database the model holds: reads it, writes it as a script, loads that into an empty database, and says
//! what the two do not have in common.
//!
//! `cargo run -p server --example readback -- postgres://…/full postgres://…/empty`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for developers")]

use server::introspect::{differences, introspect_all};
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    // Everything is told by its full name.
    let settings = "set client_min_messages = error; set time zone 'UTC'; set search_path = ''";
    client.batch_execute(settings).await.unwrap();
    client
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut urls = std::env::args().skip(1);
    let (Some(from), Some(to)) = (urls.next(), urls.next()) else {
        println!("readback <database> <empty database>");
        return;
    };
    let found = introspect_all(&connect(&from).await).await.unwrap();
    let parts = [found.schema.tables.len(), found.schema.references.len(), found.schema.opaque.len()];
    println!("{parts:?} tables, references and statements; {} not read", found.unread.len());
    found.unread.iter().take(20).for_each(|line| println!("not read: {line}"));
    let findings = schema::validate(&found.schema);
    println!("{} findings", findings.len());
    findings.iter().take(20).for_each(|finding| println!("finding: {}", finding.message));
    let empty = connect(&to).await;
    empty.batch_execute("set search_path = public").await.unwrap();
    if let Err(error) = empty.batch_execute(&ddl::export(&found.schema)).await {
        println!("not loaded: {}", error.as_db_error().map_or_else(|| error.to_string(), |it| format!("{it:?}")));
        return;
    }
    empty.batch_execute("set search_path = ''").await.unwrap();
    let differences = differences(&found.schema, &introspect_all(&empty).await.unwrap().schema);
    println!("{} differences", differences.len());
    differences.iter().take(20).for_each(|line| println!("{line}"));
}
