//! A schema out of its rows.

use std::{collections::BTreeMap, sync::Arc};

use edit::Placement;
use schema::{
    AnnotationId, Check, CheckId, Column, ColumnId, ColumnPair, DataType, Expression, Index, IndexId, IndexPart, Key,
    KeyId, KeyKind, Name, Namespace, NamespaceId, Rank, Reference, ReferenceId, ReferentialAction, Schema, Table,
    TableId,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    heads::{Head, Heads},
    load_more,
};
use crate::{error::Error, principal::Scope};

/// The schema of a diagram's head, which the transaction has to have locked, or be of one moment. Read from the rows only
/// where it is not known already.
pub(crate) async fn head(
    conn: &mut PgConnection,
    heads: &Heads,
    scope: Scope,
    head: Head,
) -> Result<Arc<Schema>, Error> {
    if let Some(schema) = heads.schema(head) {
        return Ok(schema);
    }
    let read = Arc::new(schema(conn, scope).await?);
    heads.keep(head, Arc::clone(&read));
    Ok(read)
}

/// The committed schema of a diagram. Read it in one transaction with whatever it must agree with.
pub(crate) async fn schema(conn: &mut PgConnection, scope: Scope) -> Result<Schema, Error> {
    let mut tables = tables(conn, scope).await?;
    columns(conn, scope, &mut tables).await?;
    keys(conn, scope, &mut tables).await?;
    checks(conn, scope, &mut tables).await?;
    indexes(conn, scope, &mut tables).await?;
    Ok(Schema {
        namespaces: namespaces(conn, scope).await?,
        tables: tables.into_iter().map(|(id, table)| (id, Arc::new(table))).collect(),
        references: references(conn, scope).await?.into_iter().map(|(id, it)| (id, Arc::new(it))).collect(),
        types: load_more::types(conn, scope).await?,
        opaque: load_more::opaque(conn, scope).await?,
        annotations: load_more::annotations(conn, scope).await?,
    })
}

/// Where the tables of a diagram stand.
pub(crate) async fn placements(conn: &mut PgConnection, scope: Scope) -> Result<BTreeMap<TableId, Placement>, Error> {
    let rows: Vec<(Uuid, i32, i32)> = sqlx::query_as(
        "select table_id, x, y
         from placement
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(table, x, y)| (TableId(table), Placement { x, y })).collect())
}

async fn namespaces(conn: &mut PgConnection, scope: Scope) -> Result<BTreeMap<NamespaceId, Namespace>, Error> {
    let rows: Vec<(Uuid, String)> =
        sqlx::query_as("select id, name from namespace where workspace_id = $1 and diagram_id = $2")
            .bind(scope.workspace)
            .bind(scope.diagram)
            .fetch_all(conn)
            .await?;
    rows.into_iter()
        .map(|(id, name)| {
            let id = NamespaceId(id);
            Ok((id, Namespace { id, name: read_name(&name)? }))
        })
        .collect()
}

type TableRow = (Uuid, Uuid, String, Option<String>, Option<Value>, Option<Uuid>);

async fn tables(conn: &mut PgConnection, scope: Scope) -> Result<BTreeMap<TableId, Table>, Error> {
    let rows: Vec<TableRow> = sqlx::query_as(
        "select id, namespace_id, name, note, options, group_id
         from table_entry
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|(id, namespace, name, note, options, group)| {
            let id = TableId(id);
            let table = Table {
                id,
                namespace: NamespaceId(namespace),
                name: read_name(&name)?,
                note,
                columns: Vec::new(),
                keys: Vec::new(),
                checks: Vec::new(),
                indexes: Vec::new(),
                options: read_kept(options)?,
                group: group.map(AnnotationId),
            };
            Ok((id, table))
        })
        .collect()
}

#[derive(sqlx::FromRow)]
struct ColumnRow {
    table_id: Uuid,
    id: Uuid,
    rank: i64,
    name: String,
    data_type: String,
    nullable: bool,
    default_expression: Option<String>,
    note: Option<String>,
    generation: Option<Value>,
    collation_name: Option<Value>,
}

async fn columns(conn: &mut PgConnection, scope: Scope, tables: &mut BTreeMap<TableId, Table>) -> Result<(), Error> {
    let rows: Vec<ColumnRow> = sqlx::query_as(
        "select table_id, id, rank, name, data_type, nullable, default_expression, note, generation, collation_name
         from column_entry
         where workspace_id = $1 and diagram_id = $2
         order by table_id, rank, id",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    for row in rows {
        let column = Column {
            id: ColumnId(row.id),
            rank: Rank(row.rank),
            name: read_name(&row.name)?,
            data_type: DataType::try_from(row.data_type).map_err(unreadable)?,
            nullable: row.nullable,
            default: row.default_expression.map(|text| read_expression(&text)).transpose()?,
            note: row.note,
            generation: read_kept(row.generation)?,
            collation: read_kept(row.collation_name)?,
        };
        table(tables, row.table_id)?.columns.push(column);
    }
    Ok(())
}

type KeyRow = (Uuid, Uuid, String, String, Option<Value>, Vec<Uuid>);

async fn keys(conn: &mut PgConnection, scope: Scope, tables: &mut BTreeMap<TableId, Table>) -> Result<(), Error> {
    let rows: Vec<KeyRow> = sqlx::query_as(
        "select key_entry.table_id, key_entry.id, name, kind, options,
                coalesce(array_agg(column_id order by position) filter (where column_id is not null), '{}')
         from key_entry
         left join key_column
           on key_column.workspace_id = key_entry.workspace_id
          and key_column.diagram_id = key_entry.diagram_id
          and key_column.table_id = key_entry.table_id
          and key_column.key_id = key_entry.id
         where key_entry.workspace_id = $1 and key_entry.diagram_id = $2
         group by key_entry.table_id, key_entry.id, name, kind, options
         order by key_entry.table_id, key_entry.id",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    for (table_id, id, name, kind, options, columns) in rows {
        let kind = match kind.as_str() {
            "primary" => KeyKind::Primary,
            "unique" => KeyKind::Unique,
            "exclusion" => KeyKind::Exclusion,
            other => return Err(unreadable(format!("kind of key {other}"))),
        };
        let columns = columns.into_iter().map(ColumnId).collect();
        let (name, options) = (read_name(&name)?, read_kept(options)?);
        table(tables, table_id)?.keys.push(Key { id: KeyId(id), name, kind, columns, options });
    }
    Ok(())
}

async fn checks(conn: &mut PgConnection, scope: Scope, tables: &mut BTreeMap<TableId, Table>) -> Result<(), Error> {
    let rows: Vec<(Uuid, Uuid, String, String, Option<Value>)> = sqlx::query_as(
        "select table_id, id, name, expression, options
         from check_entry
         where workspace_id = $1 and diagram_id = $2
         order by table_id, id",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    for (table_id, id, name, expression, options) in rows {
        let (name, expression) = (read_name(&name)?, read_expression(&expression)?);
        let check = Check { id: CheckId(id), name, expression, options: read_kept(options)? };
        table(tables, table_id)?.checks.push(check);
    }
    Ok(())
}

type IndexRow = (Uuid, Uuid, String, bool, Option<Value>, Json<Vec<IndexPart>>);

async fn indexes(conn: &mut PgConnection, scope: Scope, tables: &mut BTreeMap<TableId, Table>) -> Result<(), Error> {
    let rows: Vec<IndexRow> = sqlx::query_as(
        "select index_entry.table_id, index_entry.id, name, is_unique, options,
                coalesce(jsonb_agg(coalesce(part, to_jsonb(column_id)) order by position)
                             filter (where position is not null), '[]')
         from index_entry
         left join index_column
           on index_column.workspace_id = index_entry.workspace_id
          and index_column.diagram_id = index_entry.diagram_id
          and index_column.table_id = index_entry.table_id
          and index_column.index_id = index_entry.id
         where index_entry.workspace_id = $1 and index_entry.diagram_id = $2
         group by index_entry.table_id, index_entry.id, name, is_unique, options
         order by index_entry.table_id, index_entry.id",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    for (table_id, id, name, unique, options, Json(parts)) in rows {
        let (name, options) = (read_name(&name)?, read_kept(options)?);
        table(tables, table_id)?.indexes.push(Index { id: IndexId(id), name, unique, parts, options });
    }
    Ok(())
}

#[derive(sqlx::FromRow)]
struct ReferenceRow {
    id: Uuid,
    name: String,
    referencing_table_id: Uuid,
    referenced_table_id: Uuid,
    on_delete: String,
    on_update: String,
    options: Option<Value>,
}

async fn references(conn: &mut PgConnection, scope: Scope) -> Result<BTreeMap<ReferenceId, Reference>, Error> {
    let rows: Vec<ReferenceRow> = sqlx::query_as(
        "select id, name, referencing_table_id, referenced_table_id, on_delete, on_update, options
         from reference_entry
         where workspace_id = $1 and diagram_id = $2",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(&mut *conn)
    .await?;
    let mut references = BTreeMap::new();
    for row in rows {
        let reference = Reference {
            id: ReferenceId(row.id),
            name: read_name(&row.name)?,
            referencing: TableId(row.referencing_table_id),
            referenced: TableId(row.referenced_table_id),
            pairs: Vec::new(),
            on_delete: read_action(&row.on_delete)?,
            on_update: read_action(&row.on_update)?,
            options: read_kept(row.options)?,
        };
        references.insert(reference.id, reference);
    }
    let pairs: Vec<(Uuid, Uuid, Uuid)> = sqlx::query_as(
        "select reference_id, referencing_column_id, referenced_column_id
         from reference_pair
         where workspace_id = $1 and diagram_id = $2
         order by reference_id, position",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_all(conn)
    .await?;
    for (id, referencing, referenced) in pairs {
        let reference = references.get_mut(&ReferenceId(id)).ok_or_else(|| unreadable("a pair without a reference"))?;
        reference.pairs.push(ColumnPair { referencing: ColumnId(referencing), referenced: ColumnId(referenced) });
    }
    Ok(references)
}

fn table(tables: &mut BTreeMap<TableId, Table>, id: Uuid) -> Result<&mut Table, Error> {
    tables.get_mut(&TableId(id)).ok_or_else(|| unreadable("a part of a table that is not there"))
}

/// What most objects have not.
fn read_kept<T: DeserializeOwned + Default>(kept: Option<Value>) -> Result<T, Error> {
    kept.map_or_else(|| Ok(T::default()), |kept| serde_json::from_value(kept).map_err(unreadable))
}

pub(super) fn read_name(text: &str) -> Result<Name, Error> {
    Name::parse(text).map_err(unreadable)
}

fn read_expression(text: &str) -> Result<Expression, Error> {
    Expression::parse_wide(text).map_err(unreadable)
}

fn read_action(text: &str) -> Result<ReferentialAction, Error> {
    ReferentialAction::ALL
        .into_iter()
        .find(|action| action.as_sql() == text)
        .ok_or_else(|| unreadable(format!("action {text}")))
}

pub(super) fn unreadable(what: impl std::fmt::Display) -> Error {
    Error::Defect(format!("the store holds what cannot be read: {what}"))
}
