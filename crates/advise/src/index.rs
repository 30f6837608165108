//! Which index finds the rows that a reference asks for.

use schema::{ColumnId, Expr, Index, IndexPart, KeyKind, ObjectId, PartOf, Table};

/// The key or the index by which PostgreSQL finds the rows of a table in which these columns have given values, if there is
/// one: it begins with them, in any order.
///
/// # Examples
/// ```
/// let schema = schema::testing::schema_from("orders\n  id integer!\n  user_id integer\n  index by_user(user_id, id)");
/// let orders = schema.tables.values().next().unwrap();
/// let columns: Vec<_> = orders.columns.iter().map(|column| column.id).collect();
/// assert!(matches!(advise::index_for(orders, &columns[1..]), Some(schema::ObjectId::Index(..))));
/// assert_eq!(advise::index_for(orders, &[]), None);
/// ```
pub fn index_for(table: &Table, columns: &[ColumnId]) -> Option<ObjectId> {
    let mut keys = table.keys.iter().filter(|key| key.kind != KeyKind::Exclusion);
    if let Some(key) = keys.find(|key| begins_with(&key.columns, columns)) {
        return Some(ObjectId::Key(table.id, key.id));
    }
    let index = table.indexes.iter().find(|index| serves(table, index, columns))?;
    Some(ObjectId::Index(table.id, index.id))
}

fn serves(table: &Table, index: &Index, columns: &[ColumnId]) -> bool {
    let column = |part: &IndexPart| match part.of {
        PartOf::Column(id) => Some(id),
        PartOf::Expression(_) => None,
    };
    let leading: Vec<ColumnId> = index.parts.iter().map_while(column).collect();
    let finds_equal = match index.options.method.as_ref().map(schema::Name::as_str) {
        None | Some("btree") => begins_with(&leading, columns),
        Some("hash") => leading == columns,
        Some(_) => false,
    };
    finds_equal
        && index.options.predicate.as_ref().is_none_or(|it| leaves_null_out(&it.in_table(table), table, columns))
}

/// Whether the predicate of a partial index is only that columns of these are not NULL.
fn leaves_null_out(predicate: &schema::Expression, table: &Table, columns: &[ColumnId]) -> bool {
    let Some(Expr::IsNull(operand, true)) = predicate.tree() else { return false };
    let Expr::Column(name) = operand.as_ref() else { return false };
    table.column_named(name.as_str()).is_some_and(|column| columns.contains(&column.id))
}

fn begins_with(index: &[ColumnId], columns: &[ColumnId]) -> bool {
    let first = index.get(..columns.len()).unwrap_or_default();
    !first.is_empty() && columns.iter().all(|column| first.contains(column))
}
