//! What the store knows of sandbox databases.

use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::Store;
use crate::{error::Error, principal::Scope, sandbox::facts::Facts, secret::Secret};

/// A sandbox that is going to be made.
#[derive(Debug, Clone)]
pub(crate) struct NewSandbox {
    pub(crate) names: SandboxNames,
    pub(crate) password: Secret,
}

/// What a sandbox is called on its server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SandboxNames {
    pub(crate) database: String,
    pub(crate) role: String,
}

/// How to reach a sandbox, and what it looked like after the last commit.
#[derive(Debug, Clone)]
pub(crate) struct Sandbox {
    pub(crate) names: SandboxNames,
    pub(crate) password: Secret,
    pub(crate) facts: Facts,
}

/// Whether a diagram has a sandbox.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// No, or it could not be made.
    None,
    /// It is being made.
    Creating,
    /// It is there.
    Ready(Sandbox),
}

/// How many sandboxes a workspace has at most: each is a database.
const MAX_SANDBOXES: i64 = 20;
/// How many a server has at most, whoever they belong to: guests come without being asked, and disks end.
const MAX_SANDBOXES_OF_ALL: i64 = 500;

pub(crate) async fn insert(conn: &mut PgConnection, scope: Scope, new: &NewSandbox) -> Result<(), Error> {
    let (count, of_all): (i64, i64) = sqlx::query_as(
        "select count(*) filter (where workspace_id = $1), count(*) from sandbox where state <> 'failed'",
    )
    .bind(scope.workspace)
    .fetch_one(&mut *conn)
    .await?;
    if of_all >= MAX_SANDBOXES_OF_ALL {
        return Err(Error::Invalid(format!(
            "this server holds at most {MAX_SANDBOXES_OF_ALL} sample diagrams, each with a database of its own, and has \
             them; start with a blank diagram, or try again later"
        )));
    }
    if count >= MAX_SANDBOXES {
        return Err(Error::Invalid(format!(
            "a workspace has at most {MAX_SANDBOXES} sample diagrams, each with a database of its own; delete one first \
             (its database goes a quarter of an hour later)"
        )));
    }
    sqlx::query(
        "insert into sandbox (workspace_id, diagram_id, database_name, role_name, password, state)
         values ($1, $2, $3, $4, $5, 'creating')",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(&new.names.database)
    .bind(&new.names.role)
    .bind(new.password.expose())
    .execute(conn)
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct SandboxRow {
    database_name: String,
    role_name: String,
    password: String,
    state: String,
    facts: Option<Json<Facts>>,
}

pub(crate) async fn find(conn: &mut PgConnection, scope: Scope) -> Result<Link, Error> {
    let row: Option<SandboxRow> = sqlx::query_as(
        "select database_name, role_name, password, state, facts
         from sandbox
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_optional(conn)
    .await?;
    let Some(row) = row else { return Ok(Link::None) };
    Ok(match (row.state.as_str(), row.facts) {
        ("creating", _) => Link::Creating,
        ("ready", Some(Json(facts))) => Link::Ready(Sandbox {
            names: SandboxNames { database: row.database_name, role: row.role_name },
            password: Secret::from_store(row.password),
            facts,
        }),
        _ => Link::None,
    })
}

pub(crate) async fn names(conn: &mut PgConnection, scope: Scope) -> Result<Option<SandboxNames>, Error> {
    let row: Option<(String, String)> =
        sqlx::query_as("select database_name, role_name from sandbox where workspace_id = $1 and diagram_id = $2")
            .bind(scope.workspace)
            .bind(scope.diagram)
            .fetch_optional(conn)
            .await?;
    Ok(row.map(|(database, role)| SandboxNames { database, role }))
}

pub(crate) async fn delete(conn: &mut PgConnection, scope: Scope) -> Result<(), Error> {
    sqlx::query("delete from sandbox where workspace_id = $1 and diagram_id = $2")
        .bind(scope.workspace)
        .bind(scope.diagram)
        .execute(conn)
        .await?;
    Ok(())
}

/// Keeps what the sandbox looks like now. One that was given up stays so: it is dropped, or about to be.
pub(crate) async fn set_ready(conn: &mut PgConnection, scope: Scope, facts: &Facts) -> Result<(), Error> {
    sqlx::query(
        "update sandbox
         set state = 'ready', problem = null, facts = $3
         where workspace_id = $1 and diagram_id = $2 and state <> 'failed'",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(Json(facts))
    .execute(conn)
    .await?;
    Ok(())
}

impl Store {
    /// Records that a sandbox could not be made, and why.
    pub(crate) async fn set_sandbox_failed(&self, scope: Scope, problem: &str) -> Result<(), Error> {
        sqlx::query(
            "update sandbox
             set state = 'failed', problem = $3, facts = null
             where workspace_id = $1 and diagram_id = $2",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(problem)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Sandboxes whose making was interrupted: nobody takes this long.
    pub(crate) async fn abandoned_sandboxes(&self) -> Result<Vec<(Scope, SandboxNames)>, Error> {
        let rows: Vec<(Uuid, Uuid, String, String)> = sqlx::query_as(
            "select workspace_id, diagram_id, database_name, role_name
             from sandbox
             where state = 'creating' and created_at < now() - interval '10 minutes'
             order by created_at",
        )
        .fetch_all(self.pool())
        .await?;
        let abandoned =
            |(workspace, diagram, database, role)| (Scope { workspace, diagram }, SandboxNames { database, role });
        Ok(rows.into_iter().map(abandoned).collect())
    }
}
