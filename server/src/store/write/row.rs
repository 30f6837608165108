//! Rows that come, or change.

use schema::{
    Annotation, Check, Column, ColumnId, ColumnPair, Index, IndexPart, Key, KeyKind, Namespace, Opaque, OpaqueKind,
    PartOf, Reference, Table, TableId, UserType,
};
use serde::Serialize;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::difference::Difference;
use crate::{error::Error, principal::Scope};

/// Writes what is new or not as before, what is used before what uses it.
pub(super) async fn put(conn: &mut PgConnection, scope: Scope, difference: &Difference<'_>) -> Result<(), Error> {
    namespaces(conn, scope, &difference.namespaces).await?;
    types(conn, scope, &difference.types).await?;
    annotations(conn, scope, &difference.annotations).await?;
    tables(conn, scope, &difference.tables).await?;
    columns(conn, scope, &difference.columns).await?;
    keys(conn, scope, &difference.keys).await?;
    checks(conn, scope, &difference.checks).await?;
    indexes(conn, scope, &difference.indexes).await?;
    references(conn, scope, &difference.references).await?;
    opaque(conn, scope, &difference.opaque).await
}

/// What most objects have not, as it is kept: nothing where there is nothing beyond the usual.
fn kept<T: Serialize + Default + PartialEq>(value: &T) -> Option<serde_json::Value> {
    if *value == T::default() { None } else { serde_json::to_value(value).ok() }
}

async fn namespaces(conn: &mut PgConnection, scope: Scope, namespaces: &[&Namespace]) -> Result<(), Error> {
    if namespaces.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into namespace (workspace_id, diagram_id, id, name)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::text[]) as new
         on conflict (workspace_id, diagram_id, id) do update
         set name = excluded.name",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(namespaces, |namespace| namespace.id.0))
    .bind(each(namespaces, |namespace| namespace.name.as_str()))
    .execute(conn)
    .await?;
    Ok(())
}

async fn tables(conn: &mut PgConnection, scope: Scope, tables: &[&Table]) -> Result<(), Error> {
    if tables.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into table_entry (workspace_id, diagram_id, id, namespace_id, name, note, options, group_id)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::uuid[]) as new
         on conflict (workspace_id, diagram_id, id) do update
         set namespace_id = excluded.namespace_id,
             name = excluded.name,
             note = excluded.note,
             options = excluded.options,
             group_id = excluded.group_id",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(tables, |table| table.id.0))
    .bind(each(tables, |table| table.namespace.0))
    .bind(each(tables, |table| table.name.as_str()))
    .bind(each(tables, |table| table.note.as_deref()))
    .bind(each(tables, |table| kept(&table.options)))
    .bind(each(tables, |table| table.group.map(|group| group.0)))
    .execute(&mut *conn)
    .await?;
    Ok(())
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
                     $10::text[], $11::jsonb[], $12::jsonb[]) as new
         on conflict (workspace_id, diagram_id, table_id, id) do update
         set rank = excluded.rank,
             name = excluded.name,
             data_type = excluded.data_type,
             nullable = excluded.nullable,
             default_expression = excluded.default_expression,
             note = excluded.note,
             generation = excluded.generation,
             collation_name = excluded.collation_name",
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
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new
         on conflict (workspace_id, diagram_id, table_id, id) do update
         set name = excluded.name,
             kind = excluded.kind,
             options = excluded.options",
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
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new
         on conflict (workspace_id, diagram_id, table_id, id) do update
         set name = excluded.name,
             expression = excluded.expression,
             options = excluded.options",
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
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::jsonb[]) as new
         on conflict (workspace_id, diagram_id, table_id, id) do update
         set name = excluded.name,
             is_unique = excluded.is_unique,
             options = excluded.options",
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
struct Positions {
    tables: Vec<Uuid>,
    owners: Vec<Uuid>,
    positions: Vec<i32>,
    columns: Vec<Uuid>,
}

impl Positions {
    fn push(&mut self, table: TableId, owner: Uuid, columns: &[ColumnId]) {
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
struct Parts {
    tables: Vec<Uuid>,
    owners: Vec<Uuid>,
    positions: Vec<i32>,
    columns: Vec<Option<Uuid>>,
    parts: Vec<Option<serde_json::Value>>,
}

impl Parts {
    fn push(&mut self, table: TableId, owner: Uuid, parts: &[IndexPart]) {
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

async fn key_columns(conn: &mut PgConnection, scope: Scope, rows: Positions) -> Result<(), Error> {
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

async fn index_columns(conn: &mut PgConnection, scope: Scope, rows: Parts) -> Result<(), Error> {
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

async fn references(conn: &mut PgConnection, scope: Scope, references: &[&Reference]) -> Result<(), Error> {
    if references.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into reference_entry
           (workspace_id, diagram_id, id, name, referencing_table_id, referenced_table_id, on_delete, on_update,
            options)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::jsonb[]) as new
         on conflict (workspace_id, diagram_id, id) do update
         set name = excluded.name,
             referencing_table_id = excluded.referencing_table_id,
             referenced_table_id = excluded.referenced_table_id,
             on_delete = excluded.on_delete,
             on_update = excluded.on_update,
             options = excluded.options",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(references, |reference| reference.id.0))
    .bind(each(references, |reference| reference.name.as_str()))
    .bind(each(references, |reference| reference.referencing.0))
    .bind(each(references, |reference| reference.referenced.0))
    .bind(each(references, |reference| reference.on_delete.as_sql()))
    .bind(each(references, |reference| reference.on_update.as_sql()))
    .bind(each(references, |reference| kept(&reference.options)))
    .execute(&mut *conn)
    .await?;
    pairs(conn, scope, references).await
}

async fn pairs(conn: &mut PgConnection, scope: Scope, references: &[&Reference]) -> Result<(), Error> {
    let rows: Vec<(&Reference, i32, &ColumnPair)> = references
        .iter()
        .flat_map(|reference| (1..).zip(&reference.pairs).map(|(position, pair)| (*reference, position, pair)))
        .collect();
    sqlx::query(
        "insert into reference_pair
           (workspace_id, diagram_id, reference_id, referencing_table_id, referenced_table_id, position,
            referencing_column_id, referenced_column_id)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::integer[], $7::uuid[], $8::uuid[]) as new",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(&rows, |(reference, ..)| reference.id.0))
    .bind(each(&rows, |(reference, ..)| reference.referencing.0))
    .bind(each(&rows, |(reference, ..)| reference.referenced.0))
    .bind(each(&rows, |(_, position, _)| *position))
    .bind(each(&rows, |(.., pair)| pair.referencing.0))
    .bind(each(&rows, |(.., pair)| pair.referenced.0))
    .execute(conn)
    .await?;
    Ok(())
}

async fn types(conn: &mut PgConnection, scope: Scope, types: &[&UserType]) -> Result<(), Error> {
    if types.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into type_entry (workspace_id, diagram_id, id, namespace_id, name, note, definition)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[]) as new
         on conflict (workspace_id, diagram_id, id) do update
         set namespace_id = excluded.namespace_id,
             name = excluded.name,
             note = excluded.note,
             definition = excluded.definition",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(types, |it| it.id.0))
    .bind(each(types, |it| it.namespace.0))
    .bind(each(types, |it| it.name.as_str()))
    .bind(each(types, |it| it.note.as_deref()))
    .bind(each(types, |it| Json(&it.definition)))
    .execute(conn)
    .await?;
    Ok(())
}

async fn annotations(conn: &mut PgConnection, scope: Scope, annotations: &[&Annotation]) -> Result<(), Error> {
    if annotations.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "insert into annotation_entry (workspace_id, diagram_id, id, kind, name, note, color, x, y, width)
         select $1, $2, new.*
         from unnest(
             $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[], $9::integer[], $10::integer[]
         ) as new
         on conflict (workspace_id, diagram_id, id) do update
         set kind = excluded.kind,
             name = excluded.name,
             note = excluded.note,
             color = excluded.color,
             x = excluded.x,
             y = excluded.y,
             width = excluded.width",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(annotations, |it| it.id.0))
    .bind(each(annotations, |it| it.kind.as_str()))
    .bind(each(annotations, |it| it.name.as_str()))
    .bind(each(annotations, |it| it.note.as_deref()))
    .bind(each(annotations, |it| it.color.as_deref()))
    .bind(each(annotations, |it| it.spot.map(|spot| spot.x)))
    .bind(each(annotations, |it| it.spot.map(|spot| spot.y)))
    .bind(each(annotations, |it| it.spot.map(|spot| i32::from(spot.width))))
    .execute(conn)
    .await?;
    Ok(())
}

async fn opaque(conn: &mut PgConnection, scope: Scope, objects: &[&Opaque]) -> Result<(), Error> {
    if objects.is_empty() {
        return Ok(());
    }
    let kinds = objects.iter().map(|it| kind_word(it.kind)).collect::<Result<Vec<_>, _>>()?;
    sqlx::query(
        "insert into opaque_entry
           (workspace_id, diagram_id, id, namespace_id, table_id, kind, rank, name, definition)
         select $1, $2, new.*
         from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::bigint[], $8::text[], $9::text[]) as new
         on conflict (workspace_id, diagram_id, id) do update
         set namespace_id = excluded.namespace_id,
             table_id = excluded.table_id,
             kind = excluded.kind,
             rank = excluded.rank,
             name = excluded.name,
             definition = excluded.definition",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(each(objects, |it| it.id.0))
    .bind(each(objects, |it| it.namespace.map(|id| id.0)))
    .bind(each(objects, |it| it.table.map(|id| id.0)))
    .bind(kinds)
    .bind(each(objects, |it| it.rank.0))
    .bind(each(objects, |it| it.name.as_str()))
    .bind(each(objects, |it| it.definition.as_str()))
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

fn each<'a, T, U>(items: &'a [T], value: impl FnMut(&'a T) -> U) -> Vec<U> {
    items.iter().map(value).collect()
}
