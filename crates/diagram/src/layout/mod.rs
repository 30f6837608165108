//! Places for tables that have none: in columns, with room between them for lines; referenced tables to the left of those
//! that reference them, where that makes lines short.

mod drawing;
mod graph;
mod score;

use crate::{GRID, HEADER_HEIGHT, ROW_HEIGHT, TableBox};
use drawing::{Drawing, count};
use edit::Placement;
use graph::{Edge, Graph, Node};
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
/// What is tried of each group: width to height of columns that are filled.
const ASPECTS: [f64; 6] = [0.7, 1.0, 1.4, 1.8, 2.4, 3.2];
/// What it costs that a table stands on the other side of what it references, in length.
const BACKWARD: f64 = 90.0;
/// Of more tables than these, only some proportions are tried, and lines are only sketched.
const MANY: usize = 80;
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
    complete_by(arrange_some, schema, placements, known)
}

/// The same for a scene, which shows what it is told: tables without a place stand in rows beside the others, until
/// somebody gives them a better one. It keeps the arranging out of what a page loads to show a diagram.
pub(crate) fn shown(
    schema: &Schema,
    placements: &BTreeMap<TableId, Placement>,
    known: &BTreeMap<TableId, Placement>,
) -> Option<BTreeMap<TableId, Placement>> {
    let in_rows = |schema: &Schema, tables: &BTreeSet<TableId>| {
        let nodes = nodes(schema, tables);
        let placed = block(nodes.iter()).map(|group| group.tables).unwrap_or_default();
        placed.into_iter().map(|(table, at)| (table, snapped(at.x, at.y))).collect()
    };
    complete_by(in_rows, schema, placements, known)
}

fn complete_by(
    arrange: fn(&Schema, &BTreeSet<TableId>) -> BTreeMap<TableId, Placement>,
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
    for (id, at) in arrange(schema, &missing) {
        let at = Placement { x: origin.x.saturating_add(at.x), y: origin.y.saturating_add(at.y) };
        result.insert(id, at);
    }
    Some(result)
}

/// New places for some tables that have one: arranged among themselves, as near to where they are as all others leave
/// room.
pub fn arrange_among(
    schema: &Schema,
    placements: &BTreeMap<TableId, Placement>,
    tables: &BTreeSet<TableId>,
) -> BTreeMap<TableId, Placement> {
    let rect = |id: &TableId, at: &Placement| Some(rect_of(schema.table(*id)?, schema, *at));
    let bounds = |places: &BTreeMap<TableId, Placement>| {
        let chosen = places.iter().filter(|(id, _)| tables.contains(id));
        chosen.filter_map(|(id, at)| rect(id, at)).reduce(|a, b| a.union(b)).unwrap_or_default()
    };
    let others = placements.iter().filter(|(id, _)| !tables.contains(id));
    let others: Vec<Rect> = others.filter_map(|(id, at)| rect(id, at)).collect();
    let arranged = arrange_some(schema, tables);
    let (before, after) = (bounds(placements), bounds(&arranged));
    let mut to = place_new(&others, after.size(), Some(before.center()));
    if others.is_empty() {
        to = snapped(before.x0, before.y0);
    }
    let from = snapped(after.x0, after.y0);
    let by = |at: Placement| Placement {
        x: at.x.saturating_sub(from.x).saturating_add(to.x),
        y: at.y.saturating_sub(from.y).saturating_add(to.y),
    };
    arranged.into_iter().map(|(id, at)| (id, by(at))).collect()
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

/// Tables in reading order, so that ties are broken by what people see rather than by ids.
fn nodes(schema: &Schema, tables: &BTreeSet<TableId>) -> Vec<Node> {
    let namespaces: Vec<_> = schema.namespaces.keys().collect();
    let order = schema.tables_by_name();
    let chosen = order.iter().filter(|table| tables.contains(&table.id));
    let node = |table: &schema::Table| Node {
        table: table.id,
        size: TableBox::size_of(schema, table),
        namespace: namespaces.iter().position(|id| **id == table.namespace).unwrap_or(0),
    };
    chosen.map(|table| node(table)).collect()
}

fn arrange_some(schema: &Schema, tables: &BTreeSet<TableId>) -> BTreeMap<TableId, Placement> {
    let nodes = nodes(schema, tables);
    let index: BTreeMap<TableId, usize> = nodes.iter().enumerate().map(|(index, node)| (node.table, index)).collect();
    let row = |table: TableId, column: Option<schema::ColumnId>| {
        let at = *index.get(&table)?;
        let rows = &schema.table(table)?.columns;
        let row = rows.iter().position(|it| Some(it.id) == column).unwrap_or(0);
        Some((at, HEADER_HEIGHT + (count(row) + 0.5) * ROW_HEIGHT - nodes.get(at)?.size.height / 2.0))
    };
    let edges: Vec<Edge> = schema
        .references
        .values()
        .filter(|it| it.referencing != it.referenced)
        .filter_map(|it| {
            let pair = it.pairs.first();
            let from = row(it.referencing, pair.map(|pair| pair.referencing))?;
            Some((from, row(it.referenced, pair.map(|pair| pair.referenced))?))
        })
        .collect();
    let (alone, joined): (Vec<Graph>, Vec<Graph>) =
        Graph::groups(nodes, &edges).into_iter().partition(|group| group.n_nodes() == 1);
    let mut groups: Vec<Group> = joined.iter().map(|graph| arranged(schema, graph)).collect();
    groups.sort_by(|a, b| b.size.height.total_cmp(&a.size.height).then(b.size.width.total_cmp(&a.size.width)));
    groups.extend(block(alone.iter().flat_map(Graph::nodes)));
    pack(&groups)
}

/// Tables placed relative to the corner of their group.
#[derive(Debug, Clone, Default)]
struct Group {
    size: Size,
    tables: Vec<(TableId, Point)>,
}

/// The best of several arrangements of a connected group.
fn arranged(schema: &Schema, graph: &Graph) -> Group {
    let is_small = graph.n_nodes() <= MANY;
    let tried = if is_small { ASPECTS.get(..) } else { ASPECTS.get(1..4) };
    let turned: &[bool] = if is_small { &[false, true] } else { &[false] };
    let ways = tried.into_iter().flatten().flat_map(|aspect| turned.iter().map(move |turned| (*aspect, *turned)));
    let ways = ways.flat_map(|(aspect, turned)| [BACKWARD, 0.0].map(|backward| (aspect, turned, backward)));
    let drawings = ways.map(|(aspect, turned, backward)| {
        let limit = graph.limit(aspect);
        let mut columns = graph.columns(limit);
        if turned {
            columns.iter_mut().for_each(|column| column.reverse());
        }
        let mut drawing = Drawing::new(graph, columns, limit, backward);
        drawing.improve();
        let (tables, size) = drawing.placed();
        let lines = if is_small { score::drawn(schema, graph, &tables) } else { score::sketched(graph, &tables) };
        (score::score(&lines, size), tables, size)
    });
    let Some((_, tables, size)) = drawings.min_by(|a, b| a.0.total_cmp(&b.0)) else { return Group::default() };
    let named = tables.into_iter().filter_map(|(node, at)| Some((graph.nodes().get(node)?.table, at)));
    Group { size, tables: named.collect() }
}

/// Tables that no reference joins to others: in columns side by side, from name to name, those of a namespace together.
fn block<'a>(nodes: impl Iterator<Item = &'a Node>) -> Option<Group> {
    let mut nodes: Vec<&Node> = nodes.collect();
    nodes.sort_by_key(|node| node.namespace);
    let area: f64 = nodes.iter().map(|node| (node.size.width + ROW_GAP) * (node.size.height + ROW_GAP)).sum();
    let tallest = nodes.iter().map(|node| node.size.height).fold(0.0, f64::max);
    let limit = (area / ASPECT).sqrt().max(tallest);
    let mut group = Group::default();
    let (mut pen, mut width) = (Point::ORIGIN, 0.0_f64);
    for node in nodes {
        if pen.y > 0.0 && pen.y + node.size.height > limit {
            pen = Point::new(pen.x + width + ROW_GAP, 0.0);
            width = 0.0;
        }
        group.tables.push((node.table, pen));
        width = width.max(node.size.width);
        group.size = group.size.max(Size::new(pen.x + node.size.width, pen.y + node.size.height));
        pen.y += node.size.height + ROW_GAP;
    }
    (!group.tables.is_empty()).then_some(group)
}

/// Groups side by side on shelves, in that order; of several widths the one that a screen shows largest.
fn pack(groups: &[Group]) -> BTreeMap<TableId, Placement> {
    let area: f64 = groups.iter().map(|it| (it.size.width + GROUP_GAP) * (it.size.height + GROUP_GAP)).sum();
    let mut widths: Vec<f64> = groups.iter().map(|it| it.size.width).collect();
    widths.sort_by(|a, b| b.total_cmp(a));
    let widest = widths.first().copied().unwrap_or(0.0);
    let next = widths.get(1).map_or(0.0, |width| width + GROUP_GAP);
    let limits = [widest, widest + next, (area * 1.2).sqrt(), (area * ASPECT).sqrt(), (area * 2.2).sqrt()];
    let shelves = limits.map(|limit| shelve(groups, limit.max(widest)));
    let best = shelves.into_iter().max_by(|a, b| shown_at(a.1).total_cmp(&shown_at(b.1)));
    let corners = best.map(|(corners, _)| corners).unwrap_or_default();
    let placed = groups.iter().zip(corners).flat_map(|(group, corner)| {
        group.tables.iter().map(move |(table, at)| (*table, snapped(corner.x + at.x, corner.y + at.y)))
    });
    placed.collect()
}

/// How large a screen shows something of that size.
fn shown_at(size: Size) -> f64 {
    (ASPECT / size.width.max(1.0)).min(1.0 / size.height.max(1.0))
}

/// The corner of each group when no shelf is wider than `limit`, and the size of the whole.
fn shelve(groups: &[Group], limit: f64) -> (Vec<Point>, Size) {
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
