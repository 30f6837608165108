//! Types that a schema defines, what is kept as statements, and what stands on the diagram alone, out of their rows.

use std::{collections::BTreeMap, sync::Arc};

use schema::{
    Annotation, AnnotationId, AnnotationKind, NamespaceId, Opaque, OpaqueId, OpaqueKind, Rank, SharedMap, Spot,
    Statement, TableId, TypeDefinition, TypeId, UserType,
};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::load::{read_name, unreadable};
use crate::{error::Error, principal::Scope};

type TypeRow = (Uuid, Uuid, String, Option<String>, Json<TypeDefinition>);

pub(super) async fn types(conn: &mut PgConnection, scope: Scope) -> Result<BTreeMap<TypeId, UserType>, Error> {
    let rows: Vec<TypeRow> = sqlx::query_as(
        "select id, namespace_id, name, note, definition
         from type_entry
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    let read = |(id, namespace, name, note, Json(definition)): TypeRow| {
        let (id, namespace) = (TypeId(id), NamespaceId(namespace));
        Ok((id, UserType { id, namespace, name: read_name(&name)?, note, definition }))
    };
    rows.into_iter().map(read).collect()
}

type AnnotationRow = (Uuid, String, String, Option<String>, Option<String>, Option<i32>, Option<i32>, Option<i32>);

pub(super) async fn annotations(
    conn: &mut PgConnection,
    scope: Scope,
) -> Result<BTreeMap<AnnotationId, Annotation>, Error> {
    let rows: Vec<AnnotationRow> = sqlx::query_as(
        "select id, kind, name, note, color, x, y, width
         from annotation_entry
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    let read = |(id, kind, name, note, color, x, y, width): AnnotationRow| {
        let kind: AnnotationKind = serde_json::from_value(serde_json::Value::String(kind)).map_err(unreadable)?;
        let id = AnnotationId(id);
        let width = width.and_then(|width| u16::try_from(width).ok());
        let spot = x.zip(y).zip(width).map(|((x, y), width)| Spot { x, y, width });
        Ok((id, Annotation { id, kind, name: read_name(&name)?, note, color, spot }))
    };
    rows.into_iter().map(read).collect()
}

#[derive(sqlx::FromRow)]
struct OpaqueRow {
    id: Uuid,
    namespace_id: Option<Uuid>,
    table_id: Option<Uuid>,
    kind: String,
    rank: i64,
    name: String,
    definition: String,
}

pub(super) async fn opaque(conn: &mut PgConnection, scope: Scope) -> Result<SharedMap<OpaqueId, Opaque>, Error> {
    let rows: Vec<OpaqueRow> = sqlx::query_as(
        "select id, namespace_id, table_id, kind, rank, name, definition
         from opaque_entry
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    let read = |row: OpaqueRow| {
        let kind: OpaqueKind = serde_json::from_value(serde_json::Value::String(row.kind)).map_err(unreadable)?;
        let it = Opaque {
            id: OpaqueId(row.id),
            kind,
            namespace: row.namespace_id.map(NamespaceId),
            table: row.table_id.map(TableId),
            name: read_name(&row.name)?,
            rank: Rank(row.rank),
            definition: Statement::parse(&row.definition).map_err(unreadable)?,
        };
        Ok((it.id, Arc::new(it)))
    };
    rows.into_iter().map(read).collect()
}
