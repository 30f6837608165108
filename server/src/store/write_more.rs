//! Rows of types that a schema defines, and of what is kept as statements.

use schema::{Opaque, OpaqueKind, UserType};
use sqlx::PgConnection;

use crate::{error::Error, principal::Scope};

pub(super) async fn user_type(conn: &mut PgConnection, scope: Scope, it: &UserType) -> Result<(), Error> {
    sqlx::query(
        "insert into type_entry (workspace_id, diagram_id, id, namespace_id, name, note, definition)
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(it.id.0)
    .bind(it.namespace.0)
    .bind(it.name.as_str())
    .bind(it.note.as_deref())
    .bind(sqlx::types::Json(&it.definition))
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn opaque(conn: &mut PgConnection, scope: Scope, it: &Opaque) -> Result<(), Error> {
    sqlx::query(
        "insert into opaque_entry
           (workspace_id, diagram_id, id, namespace_id, table_id, kind, rank, name, definition)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(it.id.0)
    .bind(it.namespace.map(|id| id.0))
    .bind(it.table.map(|id| id.0))
    .bind(kind_word(it.kind)?)
    .bind(it.rank.0)
    .bind(it.name.as_str())
    .bind(it.definition.as_str())
    .execute(conn)
    .await?;
    Ok(())
}

/// The kind as it is kept, which is how it is written in JSON as well.
fn kind_word(kind: OpaqueKind) -> Result<String, Error> {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) | Err(_) => Err(Error::Defect(format!("{kind:?} has no word to be kept by"))),
    }
}
