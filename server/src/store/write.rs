//! Edits as statements on the rows of a schema.

use std::collections::BTreeMap;

use edit::{Edit, Object, Placement};
use protocol::DiagramId;
use schema::{
    Check, Column, ColumnId, ColumnPair, Index, IndexPart, Key, KeyKind, Namespace, ObjectId, PartOf, Reference,
    Schema, Table, TableId,
};
use serde::Serialize;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    hint::{self, Hint},
    write_alter::{self, Target},
    write_more,
};
use crate::{error::Error, principal::Scope};

/// Applies the edits to `base` and to its rows alike, and answers what `base` became.
pub(crate) async fn edits(
    conn: &mut PgConnection,
    scope: Scope,
    base: &Schema,
    edits: &[Edit],
) -> Result<Schema, Error> {
    let mut schema = base.clone();
    // Tables that are created one after the other are written together: a thousand of them in seven statements.
    let mut new_tables = Vec::new();
    for edit in edits {
        edit::apply(&mut schema, edit).map_err(|error| Error::Defect(format!("a checked edit failed: {error}")))?;
        if let Edit::Create(Object::Table(table)) = edit {
            new_tables.push(table);
            continue;
        }
        tables(conn, scope, &new_tables).await?;
        new_tables.clear();
        match edit {
            Edit::Create(object) => create(conn, scope, object).await?,
            Edit::Drop(object) => drop(conn, scope, object.id()).await?,
            Edit::Alter { object, to, .. } => {
                write_alter::alter(Target { conn, scope, schema: &schema }, *object, to).await?;
            }
        }
    }
    tables(conn, scope, &new_tables).await?;
    Ok(schema)
}

/// Nobody draws that far out; pictures are computed from the places, and have to stay pictures.
const FARTHEST: i32 = 1_000_000;

/// Puts tables in their places, or in the nearest that is near enough. Tables that are not committed are passed over.
pub(crate) async fn placements(
    conn: &mut PgConnection,
    scope: Scope,
    placements: &BTreeMap<TableId, Placement>,
) -> Result<(), Error> {
    if placements.is_empty() {
        return Ok(());
    }
    let tables: Vec<Uuid> = placements.keys().map(|table| table.0).collect();
    let x: Vec<i32> = placements.values().map(|placement| placement.x.clamp(-FARTHEST, FARTHEST)).collect();
    let y: Vec<i32> = placements.values().map(|placement| placement.y.clamp(-FARTHEST, FARTHEST)).collect();
    let number: (Option<i64>,) = sqlx::query_as(
        "with moved as (
             select moved.table_id, moved.x, moved.y
             from unnest($3::uuid[], $4::integer[], $5::integer[]) as moved (table_id, x, y)
             join table_entry
               on table_entry.workspace_id = $1
              and table_entry.diagram_id = $2
              and table_entry.id = moved.table_id
         ),
         counted as (
             update diagram
             set layout_number = layout_number + 1
             where workspace_id = $1 and id = $2 and exists (select from moved)
             returning layout_number
         ),
         placed as (
             insert into placement (workspace_id, diagram_id, table_id, x, y, layout_number)
             select $1, $2, moved.table_id, moved.x, moved.y, counted.layout_number
             from moved
             cross join counted
             order by moved.table_id
             on conflict (workspace_id, diagram_id, table_id) do update
             set x = excluded.x, y = excluded.y, layout_number = excluded.layout_number
             returning layout_number
         )
         select max(layout_number)
         from placed",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(tables)
    .bind(x)
    .bind(y)
    .fetch_one(&mut *conn)
    .await?;
    if let (Some(number),) = number {
        hint::tell(conn, Hint::Layout(DiagramId(scope.diagram), number)).await?;
    }
    Ok(())
}

async fn create(conn: &mut PgConnection, scope: Scope, object: &Object) -> Result<(), Error> {
    match object {
        Object::Namespace(it) => namespace(conn, scope, it).await,
        Object::Table(it) => tables(conn, scope, &[it]).await,
        Object::Column(table, it) => columns(conn, scope, &[(*table, it)]).await,
        Object::Key(table, it) => keys(conn, scope, &[(*table, it)]).await,
        Object::Check(table, it) => checks(conn, scope, &[(*table, it)]).await,
        Object::Index(table, it) => indexes(conn, scope, &[(*table, it)]).await,
        Object::Reference(it) => reference(conn, scope, it).await,
        Object::Type(it) => write_more::user_type(conn, scope, it).await,
        Object::Opaque(it) => write_more::opaque(conn, scope, it).await,
    }
}

/// What most objects have not, as it is kept: nothing where there is nothing beyond the usual.
pub(super) fn kept<T: Serialize + Default + PartialEq>(value: &T) -> Option<serde_json::Value> {
    if *value == T::default() { None } else { serde_json::to_value(value).ok() }
}

async fn namespace(conn: &mut PgConnection, scope: Scope, namespace: &Namespace) -> Result<(), Error> {
    sqlx::query("insert into namespace (workspace_id, diagram_id, id, name) values ($1, $2, $3, $4)")
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(namespace.id.0)
        .bind(namespace.name.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

async fn tables(conn: &mut PgConnection, scope: Scope, tables: &[&Table]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into table_entry (workspace_id, diagram_id, id, namespace_id, name, note, options)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(tables, |table| table.id.0))
    .bind(each(tables, |table| table.namespace.0))
    .bind(each(tables, |table| table.name.as_str()))
    .bind(each(tables, |table| table.note.as_deref()))
    .bind(each(tables, |table| kept(&table.options)))
    .execute(&mut *conn)
    .await?;
    columns(conn, scope, &parts(tables, |table| &table.columns)).await?;
    keys(conn, scope, &parts(tables, |table| &table.keys)).await?;
    checks(conn, scope, &parts(tables, |table| &table.checks)).await?;
    indexes(conn, scope, &parts(tables, |table| &table.indexes)).await
}

async fn columns(conn: &mut PgConnection, scope: Scope, columns: &[(TableId, &Column)]) -> Result<(), Error> {
    if columns.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into column_entry
           (workspace_id, diagram_id, table_id, id, rank, name, data_type, nullable, default_expression, note,
            generation, collation_name)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::bigint[], $6::text[], $7::text[], $8::boolean[], $9::text[],
                     $10::text[], $11::jsonb[], $12::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(columns, |(table, _)| table.0))
    .bind(each(columns, |(_, column)| column.id.0))
    .bind(each(columns, |(_, column)| column.rank.0))
    .bind(each(columns, |(_, column)| column.name.as_str()))
    .bind(each(columns, |(_, column)| column.data_type.to_string()))
    .bind(each(columns, |(_, column)| column.nullable))
    .bind(each(columns, |(_, column)| column.default.as_ref().map(ToString::to_string)))
    .bind(each(columns, |(_, column)| column.note.as_deref()))
    .bind(each(columns, |(_, column)| kept(&column.generation)))
    .bind(each(columns, |(_, column)| kept(&column.collation)))
    .execute(conn)
    .await?;
    Ok(())
}

async fn keys(conn: &mut PgConnection, scope: Scope, keys: &[(TableId, &Key)]) -> Result<(), Error> {
    if keys.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into key_entry (workspace_id, diagram_id, table_id, id, name, kind, options)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(keys, |(table, _)| table.0))
    .bind(each(keys, |(_, key)| key.id.0))
    .bind(each(keys, |(_, key)| key.name.as_str()))
    .bind(each(keys, |(_, key)| match key.kind {
        KeyKind::Primary => "primary",
        KeyKind::Unique => "unique",
        KeyKind::Exclusion => "exclusion",
    }))
    .bind(each(keys, |(_, key)| kept(&key.options)))
    .execute(&mut *conn)
    .await?;
    let mut rows = Positions::default();
    for (table, key) in keys {
        rows.push(*table, key.id.0, &key.columns);
    }
    key_columns(conn, scope, rows).await
}

async fn checks(conn: &mut PgConnection, scope: Scope, checks: &[(TableId, &Check)]) -> Result<(), Error> {
    if checks.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into check_entry (workspace_id, diagram_id, table_id, id, name, expression, options)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(checks, |(table, _)| table.0))
    .bind(each(checks, |(_, check)| check.id.0))
    .bind(each(checks, |(_, check)| check.name.as_str()))
    .bind(each(checks, |(_, check)| check.expression.to_string()))
    .bind(each(checks, |(_, check)| kept(&check.options)))
    .execute(conn)
    .await?;
    Ok(())
}

async fn indexes(conn: &mut PgConnection, scope: Scope, indexes: &[(TableId, &Index)]) -> Result<(), Error> {
    if indexes.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into index_entry (workspace_id, diagram_id, table_id, id, name, is_unique, options)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(indexes, |(table, _)| table.0))
    .bind(each(indexes, |(_, index)| index.id.0))
    .bind(each(indexes, |(_, index)| index.name.as_str()))
    .bind(each(indexes, |(_, index)| index.unique))
    .bind(each(indexes, |(_, index)| kept(&index.options)))
    .execute(&mut *conn)
    .await?;
    let mut rows = Parts::default();
    for (table, index) in indexes {
        rows.push(*table, index.id.0, &index.parts);
    }
    index_columns(conn, scope, rows).await
}

/// The columns of keys, each with its place.
#[derive(Default)]
pub(super) struct Positions {
    tables: Vec<Uuid>,
    owners: Vec<Uuid>,
    positions: Vec<i32>,
    columns: Vec<Uuid>,
}

impl Positions {
    pub(super) fn push(&mut self, table: TableId, owner: Uuid, columns: &[ColumnId]) {
        for (position, column) in (1..).zip(columns) {
            self.tables.push(table.0);
            self.owners.push(owner);
            self.positions.push(position);
            self.columns.push(column.0);
        }
    }
}

/// The parts of indexes, each with its place. What is more than a plain column is kept whole.
#[derive(Default)]
pub(super) struct Parts {
    tables: Vec<Uuid>,
    owners: Vec<Uuid>,
    positions: Vec<i32>,
    columns: Vec<Option<Uuid>>,
    parts: Vec<Option<serde_json::Value>>,
}

impl Parts {
    pub(super) fn push(&mut self, table: TableId, owner: Uuid, parts: &[IndexPart]) {
        for (position, part) in (1..).zip(parts) {
            self.tables.push(table.0);
            self.owners.push(owner);
            self.positions.push(position);
            self.columns.push(match &part.of {
                PartOf::Column(column) => Some(column.0),
                PartOf::Expression(_) => None,
            });
            self.parts.push(match part.plain_column() {
                Some(_) => None,
                None => serde_json::to_value(part).ok(),
            });
        }
    }
}

pub(super) async fn key_columns(conn: &mut PgConnection, scope: Scope, rows: Positions) -> Result<(), Error> {
    sqlx::query(
        "insert into key_column (workspace_id, diagram_id, table_id, key_id, position, column_id)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::integer[], $6::uuid[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(rows.tables)
    .bind(rows.owners)
    .bind(rows.positions)
    .bind(rows.columns)
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn index_columns(conn: &mut PgConnection, scope: Scope, rows: Parts) -> Result<(), Error> {
    sqlx::query(
        "insert into index_column (workspace_id, diagram_id, table_id, index_id, position, column_id, part)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::integer[], $6::uuid[], $7::jsonb[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(rows.tables)
    .bind(rows.owners)
    .bind(rows.positions)
    .bind(rows.columns)
    .bind(rows.parts)
    .execute(conn)
    .await?;
    Ok(())
}

async fn reference(conn: &mut PgConnection, scope: Scope, reference: &Reference) -> Result<(), Error> {
    sqlx::query(
        "insert into reference_entry
           (workspace_id, diagram_id, id, name, referencing_table_id, referenced_table_id, on_delete, on_update,
            options)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(reference.id.0)
    .bind(reference.name.as_str())
    .bind(reference.referencing.0)
    .bind(reference.referenced.0)
    .bind(reference.on_delete.as_sql())
    .bind(reference.on_update.as_sql())
    .bind(kept(&reference.options))
    .execute(&mut *conn)
    .await?;
    pairs(conn, scope, reference).await
}

pub(super) async fn pairs(conn: &mut PgConnection, scope: Scope, reference: &Reference) -> Result<(), Error> {
    let positions: Vec<i32> = (1..).zip(&reference.pairs).map(|(position, _)| position).collect();
    sqlx::query(
        "insert into reference_pair
           (workspace_id, diagram_id, reference_id, referencing_table_id, referenced_table_id, position,
            referencing_column_id, referenced_column_id)
         select $1, $2, $3, $4, $5, new.*
         from unnest($6::integer[], $7::uuid[], $8::uuid[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(reference.id.0)
    .bind(reference.referencing.0)
    .bind(reference.referenced.0)
    .bind(positions)
    .bind(each(&reference.pairs, |pair: &ColumnPair| pair.referencing.0))
    .bind(each(&reference.pairs, |pair: &ColumnPair| pair.referenced.0))
    .execute(conn)
    .await?;
    Ok(())
}

/// What belongs to a dropped object goes with it by the keys of the store.
async fn drop(conn: &mut PgConnection, scope: Scope, object: ObjectId) -> Result<(), Error> {
    let statement = match object {
        ObjectId::Namespace(_) => "delete from namespace where workspace_id = $1 and diagram_id = $2 and id = $3",
        ObjectId::Table(_) => "delete from table_entry where workspace_id = $1 and diagram_id = $2 and id = $3",
        ObjectId::Reference(_) => "delete from reference_entry where workspace_id = $1 and diagram_id = $2 and id = $3",
        ObjectId::Type(_) => "delete from type_entry where workspace_id = $1 and diagram_id = $2 and id = $3",
        ObjectId::Opaque(_) => "delete from opaque_entry where workspace_id = $1 and diagram_id = $2 and id = $3",
        ObjectId::Column(..) => {
            "delete from column_entry where workspace_id = $1 and diagram_id = $2 and table_id = $4 and id = $3"
        }
        ObjectId::Key(..) => {
            "delete from key_entry where workspace_id = $1 and diagram_id = $2 and table_id = $4 and id = $3"
        }
        ObjectId::Check(..) => {
            "delete from check_entry where workspace_id = $1 and diagram_id = $2 and table_id = $4 and id = $3"
        }
        ObjectId::Index(..) => {
            "delete from index_entry where workspace_id = $1 and diagram_id = $2 and table_id = $4 and id = $3"
        }
    };
    let (table, id) = match object {
        ObjectId::Namespace(id) => (None, id.0),
        ObjectId::Table(id) => (None, id.0),
        ObjectId::Reference(id) => (None, id.0),
        ObjectId::Type(id) => (None, id.0),
        ObjectId::Opaque(id) => (None, id.0),
        ObjectId::Column(table, id) => (Some(table), id.0),
        ObjectId::Key(table, id) => (Some(table), id.0),
        ObjectId::Check(table, id) => (Some(table), id.0),
        ObjectId::Index(table, id) => (Some(table), id.0),
    };
    let mut query = sqlx::query(statement).bind(scope.workspace).bind(scope.diagram).bind(id);
    if let Some(table) = table {
        query = query.bind(table.0);
    }
    query.execute(conn).await?;
    Ok(())
}

fn each<'a, T, U>(items: &'a [T], value: impl FnMut(&'a T) -> U) -> Vec<U> {
    items.iter().map(value).collect()
}

fn parts<'a, T>(tables: &[&'a Table], list: impl Fn(&'a Table) -> &'a Vec<T>) -> Vec<(TableId, &'a T)> {
    tables.iter().flat_map(|table| list(table).iter().map(|part| (table.id, part))).collect()
}
