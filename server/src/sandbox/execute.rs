//! The one place where statements that were put together are executed: one at a time, by the extended protocol, which
//! takes no second statement behind a semicolon.

use ddl::{quote_literal, quote_name};
use postgres_protocol::password::scram_sha_256;
use schema::Name;
use tokio_postgres::Error;

use super::live::Live;
use crate::{secret::Secret, store::sandbox::SandboxNames};

/// One statement of a plan.
pub(crate) async fn statement(live: &Live, sql: &str) -> Result<(), Error> {
    live.client.execute(sql, &[]).await?;
    Ok(())
}

/// A script that ships with the product. It is the only thing sent by the simple protocol, and `'static` keeps
/// anything that was put together out.
pub(crate) async fn own_script(live: &Live, sql: &'static str) -> Result<(), Error> {
    live.client.batch_execute(sql).await
}

/// Locks all tables of a plan in the one order that all plans use.
pub(crate) async fn lock_tables(live: &Live, tables: &[(Name, Name)]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    let tables: Vec<String> = tables
        .iter()
        .map(|(namespace, table)| format!("{}.{}", quote_name(namespace.as_str()), quote_name(table.as_str())))
        .collect();
    statement(live, &format!("lock table {} in access exclusive mode", tables.join(", "))).await
}

/// Makes a role that may do nothing but connect. The server is sent no password, only what proves one, so that no log
/// of statements ever holds it.
pub(super) async fn create_role(live: &Live, role: &str, password: &Secret) -> Result<(), Error> {
    let verifier = scram_sha_256(password.expose().as_bytes());
    let sql = format!(
        "create role {} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls connection limit 20 password {}",
        quote_name(role),
        quote_literal(&verifier)
    );
    statement(live, &sql).await
}

pub(super) async fn create_database(live: &Live, names: &SandboxNames) -> Result<(), Error> {
    let (database, role) = (quote_name(&names.database), quote_name(&names.role));
    // Who is no superuser can only give a database to a role that they are a member of.
    let is_superuser: String = live.client.query_one("show is_superuser", &[]).await?.try_get(0)?;
    if is_superuser != "on" {
        statement(live, &format!("grant {role} to current_user")).await?;
    }
    statement(live, &format!("create database {database} owner {role} encoding 'UTF8' template template0")).await
}

/// Only the owner, and superusers, connect from now on.
pub(super) async fn close_to_public(live: &Live, database: &str) -> Result<(), Error> {
    statement(live, &format!("revoke connect, temporary on database {} from public", quote_name(database))).await
}

pub(super) async fn drop_database(live: &Live, database: &str) -> Result<(), Error> {
    statement(live, &format!("drop database if exists {} with (force)", quote_name(database))).await
}

/// Looks first: who may make no roles is refused the dropping even of one that is not there.
pub(super) async fn drop_role(live: &Live, role: &str) -> Result<(), Error> {
    match live.client.query_opt("select from pg_catalog.pg_roles where rolname = $1", &[&role]).await? {
        Some(_) => statement(live, &format!("drop role {}", quote_name(role))).await,
        None => Ok(()),
    }
}
