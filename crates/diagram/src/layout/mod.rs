//! Places for tables that have none: referenced tables to the left of those that reference them.

mod layers;

use crate::{GRID, TableBox};
use edit::Placement;
use kurbo::{Point, Rect, Size};
use schema::{Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// Between two columns of tables: room for the lanes of lines.
pub(crate) const COLUMN_GAP: f64 = 128.0;
/// Between two tables of a column.
pub(crate) const ROW_GAP: f64 = 40.0;
/// Between groups that no reference joins.
const GROUP_GAP: f64 = 96.0;
/// Width to height of the whole.
const ASPECT: f64 = 1.6;
const STEP: f64 = 24.0;

/// A place for every table. Nothing overlaps, and the same schema always gets the same places.
pub fn arrange(schema: &Schema) -> BTreeMap<TableId, Placement> {
    arrange_some(schema, &schema.tables.keys().copied().collect())
}

/// Those placements and one for every table of the schema that they lack; nothing when they lack none. What is
/// missing is taken from `known` when it is there; the rest is arranged among itself and put to the right of what
/// has a place.
pub fn complete(
    schema: &Schema,
    placements: &BTreeMap<TableId, Placement>,
    known: &BTreeMap<TableId, Placement>,
) -> Option<BTreeMap<TableId, Placement>> {
    if schema.tables.keys().all(|id| placements.contains_key(id)) {
        return None;
    }
    let place = |id: &TableId| Some((*id, *placements.get(id).or_else(|| known.get(id))?));
    let mut result: BTreeMap<TableId, Placement> = schema.tables.keys().filter_map(place).collect();
    let missing: BTreeSet<TableId> = schema.tables.keys().filter(|id| !result.contains_key(id)).copied().collect();
    if missing.is_empty() {
        return Some(result);
    }
    let taken = result.iter().filter_map(|(id, at)| Some(rect_of(schema.table(*id)?, schema, *at)));
    let bounds = taken.reduce(|a, b| a.union(b));
    let origin = bounds.map_or(Placement::default(), |all| snapped(all.x1 + COLUMN_GAP, all.y0));
    for (id, at) in arrange_some(schema, &missing) {
        let at = Placement { x: origin.x.saturating_add(at.x), y: origin.y.saturating_add(at.y) };
        result.insert(id, at);
    }
    Some(result)
}

/// A free place for one table of that size: as near as possible to `near`, its middle there, or without that to the
/// right of everything. There is room for lines around it.
pub fn place_new(existing: &[Rect], size: Size, near: Option<Point>) -> Placement {
    let bounds = existing.iter().copied().reduce(|a, b| a.union(b));
    let Some(bounds) = bounds else {
        let near = near.unwrap_or_default();
        return if near == Point::ORIGIN {
            Placement::default()
        } else {
            snapped(near.x - size.width / 2.0, near.y - size.height / 2.0)
        };
    };
    let beside = Point::new(bounds.x1 + COLUMN_GAP, bounds.y0);
    let start = near.map_or(beside, |near| Point::new(near.x - size.width / 2.0, near.y - size.height / 2.0));
    let is_free = |at: Point| {
        let wanted = Rect::from_origin_size(at, size).inflate(STEP, STEP);
        !existing.iter().any(|rect| rect.overlaps(wanted))
    };
    for ring in 0..40_i32 {
        for at in around(start, f64::from(ring) * 2.0 * STEP) {
            let placement = snapped(at.x, at.y);
            if is_free(Point::new(f64::from(placement.x), f64::from(placement.y))) {
                return placement;
            }
        }
    }
    snapped(beside.x, beside.y)
}

/// Points on a square around a middle, nearest directions first.
fn around(middle: Point, reach: f64) -> impl Iterator<Item = Point> {
    let directions =
        [(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)];
    let n = if reach == 0.0 { 1 } else { directions.len() };
    directions.into_iter().take(n).map(move |(x, y)| Point::new(middle.x + x * reach, middle.y + y * reach))
}

fn arrange_some(schema: &Schema, tables: &BTreeSet<TableId>) -> BTreeMap<TableId, Placement> {
    // Tables in reading order, so that ties are broken by what people see rather than by ids.
    let order = schema.tables_by_name();
    let nodes: Vec<layers::Node> = order
        .iter()
        .filter(|table| tables.contains(&table.id))
        .map(|table| layers::Node { table: table.id, size: TableBox::size_of(schema, table) })
        .collect();
    let index: BTreeMap<TableId, usize> = nodes.iter().enumerate().map(|(index, node)| (node.table, index)).collect();
    let edges: BTreeSet<(usize, usize)> = schema
        .references
        .values()
        .filter_map(|it| Some((*index.get(&it.referencing)?, *index.get(&it.referenced)?)))
        .filter(|(from, to)| from != to)
        .collect();
    let groups = layers::groups(&nodes, &edges);
    pack(groups)
}

/// Groups side by side on shelves, the tallest first; of several widths the one that a screen shows largest.
fn pack(mut groups: Vec<layers::Group>) -> BTreeMap<TableId, Placement> {
    groups.sort_by(|a, b| b.size.height.total_cmp(&a.size.height).then(b.size.width.total_cmp(&a.size.width)));
    let area: f64 = groups.iter().map(|it| (it.size.width + GROUP_GAP) * (it.size.height + GROUP_GAP)).sum();
    let mut widths: Vec<f64> = groups.iter().map(|it| it.size.width).collect();
    widths.sort_by(|a, b| b.total_cmp(a));
    let widest = widths.first().copied().unwrap_or(0.0);
    let next = widths.get(1).map_or(0.0, |width| width + GROUP_GAP);
    let limits = [widest, widest + next, (area * 1.2).sqrt(), (area * ASPECT).sqrt(), (area * 2.2).sqrt()];
    let shelves = limits.map(|limit| shelve(&groups, limit.max(widest)));
    let best = shelves.into_iter().max_by(|a, b| shown(a.1).total_cmp(&shown(b.1)));
    let corners = best.map(|(corners, _)| corners).unwrap_or_default();
    let placed = groups.iter().zip(corners).flat_map(|(group, corner)| {
        group.tables.iter().map(move |(table, at)| (*table, snapped(corner.x + at.x, corner.y + at.y)))
    });
    placed.collect()
}

/// How large a screen shows something of that size.
fn shown(size: Size) -> f64 {
    (ASPECT / size.width.max(1.0)).min(1.0 / size.height.max(1.0))
}

/// The corner of each group when no shelf is wider than `limit`, and the size of the whole.
fn shelve(groups: &[layers::Group], limit: f64) -> (Vec<Point>, Size) {
    let (mut pen, mut shelf, mut whole) = (Point::ORIGIN, 0.0_f64, Size::ZERO);
    let mut corners = Vec::with_capacity(groups.len());
    for group in groups {
        if pen.x > 0.0 && pen.x + group.size.width > limit + 0.5 {
            pen = Point::new(0.0, pen.y + shelf + GROUP_GAP);
            shelf = 0.0;
        }
        corners.push(pen);
        whole = whole.max(Size::new(pen.x + group.size.width, pen.y + group.size.height));
        pen.x += group.size.width + GROUP_GAP;
        shelf = shelf.max(group.size.height);
    }
    (corners, whole)
}

fn rect_of(table: &schema::Table, schema: &Schema, at: Placement) -> Rect {
    Rect::from_origin_size((f64::from(at.x), f64::from(at.y)), TableBox::size_of(schema, table))
}

#[allow(clippy::cast_possible_truncation, reason = "saturates far beyond any diagram")]
fn snapped(x: f64, y: f64) -> Placement {
    let snap = |value: f64| ((value / GRID).round() * GRID) as i32;
    Placement { x: snap(x), y: snap(y) }
}
