//! What differs between two states of a schema, as statements on its rows.

mod difference;
mod gone;
mod row;

use std::collections::BTreeMap;

use edit::Placement;
use protocol::DiagramId;
use schema::{Schema, TableId};
use sqlx::PgConnection;
use uuid::Uuid;

use self::difference::Difference;
use super::hint::{self, Hint};
use crate::{error::Error, principal::Scope};

/// Makes the rows of `before` those of `after`, at a cost that goes with what differs: a statement for all rows of a kind
/// that go, and one for all that come or change.
pub(crate) async fn change(
    conn: &mut PgConnection,
    scope: Scope,
    before: &Schema,
    after: &Schema,
) -> Result<(), Error> {
    let difference = Difference::between(before, after);
    gone::remove(conn, scope, &difference).await?;
    row::put(conn, scope, &difference).await
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
