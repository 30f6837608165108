//! What may fail or get lost, in words.

use schema::{Column, ColumnId, Expr, Key, KeyKind, Reference, Schema, Table};

/// Functions whose value differs from row to row, so that a new column with one rewrites the table.
const VOLATILE: [&str; 3] = ["clock_timestamp", "gen_random_uuid", "random"];

/// Adding a column to a table that may have rows.
pub(crate) fn new_column(schema: &Schema, table: &Table, column: &Column) -> Option<String> {
    let place = format!("{}.{}", schema.display_name(table), column.name);
    if column.is_numbered() {
        return Some(format!("Numbering {place} rewrites the whole table."));
    }
    if let Some(generation) = &column.generation {
        let is_stored = matches!(generation, schema::Generation::Stored(_));
        return is_stored.then(|| format!("Working {place} out rewrites the whole table."));
    }
    match crate::render::effective_default(column) {
        None if !table.is_nullable(column.id) => {
            Some(format!("Adding {place} fails when the table has rows: it is NOT NULL and has no default."))
        }
        Some(default) if default.tree().map_or(default.calls_unknown(), is_volatile) => {
            Some(format!("Filling {place} with its default rewrites the whole table."))
        }
        Some(_) | None => None,
    }
}

/// SET NOT NULL.
pub(crate) fn not_null(schema: &Schema, table: &Table, column: &Column) -> Option<String> {
    Some(format!("This fails when {}.{} is NULL in some row.", schema.display_name(table), column.name))
}

/// DROP COLUMN.
pub(crate) fn lost_column(schema: &Schema, table: &Table, column: &Column) -> Option<String> {
    Some(format!("All values of {}.{} are deleted.", schema.display_name(table), column.name))
}

/// A key or unique index over a table that may have rows.
pub(crate) fn new_key(schema: &Schema, table: &Table, columns: &[ColumnId], kind: KeyKind) -> Option<String> {
    let name = schema.display_name(table);
    let what = table.list_of(columns);
    Some(match kind {
        KeyKind::Exclusion => format!("This fails when two rows of {name} exclude each other."),
        KeyKind::Unique => format!("This fails when two rows of {name} have the same {what}."),
        KeyKind::Primary => {
            format!("This fails when two rows of {name} have the same {what}, or one row has NULL there.")
        }
    })
}

/// The same for an existing key.
pub(crate) fn key_note(schema: &Schema, table: &Table, key: &Key) -> Option<String> {
    new_key(schema, table, &key.columns, key.kind)
}

/// A check over a table that may have rows.
pub(crate) fn new_check(schema: &Schema, table: &Table, check: &schema::Check) -> Option<String> {
    Some(format!("This fails when a row of {} breaks {}.", schema.display_name(table), check.name))
}

/// A reference over columns that may have values already.
pub(crate) fn new_reference(base: &Schema, target: &Schema, reference: &Reference) -> Option<String> {
    let had = base.table(reference.referencing)?;
    let table = target.table(reference.referencing)?;
    let referenced = target.table(reference.referenced)?;
    let fresh =
        |id: ColumnId| had.column(id).is_none() && table.column(id).is_some_and(|column| column.default.is_none());
    if reference.pairs.iter().any(|pair| fresh(pair.referencing)) {
        return None;
    }
    Some(format!(
        "This fails when a row of {} has a {} that {} has not.",
        target.display_name(table),
        table.list_of(&reference.referencing_columns()),
        target.display_name(referenced)
    ))
}

fn is_volatile(expr: &Expr) -> bool {
    match expr {
        Expr::Call(name, args) => VOLATILE.contains(&name.as_str()) || args.iter().any(is_volatile),
        Expr::Cast(inner, _) | Expr::Unary(_, inner) | Expr::IsNull(inner, _) => is_volatile(inner),
        Expr::Binary(_, left, right) => is_volatile(left) || is_volatile(right),
        Expr::In(inner, list, _) => is_volatile(inner) || list.iter().any(is_volatile),
        Expr::Between(inner, low, high, _) => is_volatile(inner) || is_volatile(low) || is_volatile(high),
        Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::String(_) | Expr::Column(_) | Expr::Keyword(_) => false,
    }
}
