//! Rows that go.

use schema::ObjectId;
use sqlx::PgConnection;
use uuid::Uuid;

use super::difference::Difference;
use crate::{error::Error, principal::Scope};

/// Deletes the rows of objects, whose ids are the third parameter.
macro_rules! remove {
    ($table:literal) => {
        concat!("delete from ", $table, " where workspace_id = $1 and diagram_id = $2 and id = any($3)")
    };
}

/// Deletes rows of tables' parts: the third parameter has the tables, the fourth the parts.
macro_rules! remove_parts {
    ($table:literal, $id:literal) => {
        concat!(
            "delete from ",
            $table,
            " where workspace_id = $1 and diagram_id = $2 and (table_id, ",
            $id,
            ") in (select * from unnest($3::uuid[], $4::uuid[]))"
        )
    };
}

/// Objects of one kind, with their tables where they are parts of one.
#[derive(Default)]
struct Ids {
    tables: Vec<Uuid>,
    ids: Vec<Uuid>,
}

/// Removes what is gone, what uses before what is used, and the columns of what is written anew.
pub(super) async fn remove(conn: &mut PgConnection, scope: Scope, difference: &Difference<'_>) -> Result<(), Error> {
    let mut kinds: [Ids; 10] = Default::default();
    let [references, opaque, keys, checks, indexes, columns, tables, types, annotations, namespaces] = &mut kinds;
    for object in &difference.gone {
        let (kind, table, id) = match *object {
            ObjectId::Reference(id) => (&mut *references, None, id.0),
            ObjectId::Opaque(id) => (&mut *opaque, None, id.0),
            ObjectId::Key(table, id) => (&mut *keys, Some(table), id.0),
            ObjectId::Check(table, id) => (&mut *checks, Some(table), id.0),
            ObjectId::Index(table, id) => (&mut *indexes, Some(table), id.0),
            ObjectId::Column(table, id) => (&mut *columns, Some(table), id.0),
            ObjectId::Table(id) => (&mut *tables, None, id.0),
            ObjectId::Type(id) => (&mut *types, None, id.0),
            ObjectId::Annotation(id) => (&mut *annotations, None, id.0),
            ObjectId::Namespace(id) => (&mut *namespaces, None, id.0),
        };
        kind.tables.extend(table.map(|table| table.0));
        kind.ids.push(id);
    }
    let statements = [
        remove!("reference_entry"),
        remove!("opaque_entry"),
        remove_parts!("key_entry", "id"),
        remove_parts!("check_entry", "id"),
        remove_parts!("index_entry", "id"),
        remove_parts!("column_entry", "id"),
        remove!("table_entry"),
        remove!("type_entry"),
        remove!("annotation_entry"),
        remove!("namespace"),
    ];
    for (statement, ids) in statements.into_iter().zip(kinds) {
        run(conn, scope, statement, ids).await?;
    }
    columns_of_replaced(conn, scope, &difference.replaced).await
}

async fn columns_of_replaced(conn: &mut PgConnection, scope: Scope, replaced: &[ObjectId]) -> Result<(), Error> {
    let [mut keys, mut indexes, mut references]: [Ids; 3] = Default::default();
    for object in replaced {
        match *object {
            ObjectId::Key(table, id) => {
                keys.tables.push(table.0);
                keys.ids.push(id.0);
            }
            ObjectId::Index(table, id) => {
                indexes.tables.push(table.0);
                indexes.ids.push(id.0);
            }
            ObjectId::Reference(id) => references.ids.push(id.0),
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Check(..)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => {}
        }
    }
    run(conn, scope, remove_parts!("key_column", "key_id"), keys).await?;
    run(conn, scope, remove_parts!("index_column", "index_id"), indexes).await?;
    let pairs = "delete from reference_pair where workspace_id = $1 and diagram_id = $2 and reference_id = any($3)";
    run(conn, scope, pairs, references).await
}

async fn run(conn: &mut PgConnection, scope: Scope, statement: &'static str, ids: Ids) -> Result<(), Error> {
    if ids.ids.is_empty() {
        return Ok(());
    }
    let mut query = sqlx::query(statement).bind(scope.workspace).bind(scope.diagram);
    if !ids.tables.is_empty() {
        query = query.bind(ids.tables);
    }
    query.bind(ids.ids).execute(conn).await?;
    Ok(())
}
