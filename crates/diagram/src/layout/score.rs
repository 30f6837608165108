//! How good an arrangement is: by its lines as they would be drawn, or, where those are many, drawn in the simplest way,
//! which need not be exact to tell the better of two.

use super::graph::Graph;
use super::snapped;
use crate::Scene;
use kurbo::{Point, Size};
use schema::{Schema, TableId};
use std::collections::BTreeMap;

/// What a crossing costs, in length.
const CROSSING: f64 = 120.0;
/// More references than these are too many for counting every crossing of several arrangements.
const MOST_COUNTED: usize = 4_000;
/// The proportions that a screen shows well.
const ASPECTS: (f64, f64) = (0.8, 2.4);

/// Length and crossings of all lines, made worse by proportions that no screen has. Lower is better.
pub(super) fn score(lines: &[Vec<Point>], size: Size) -> f64 {
    let pairs = lines.iter().flat_map(|line| line.windows(2));
    let length: f64 = pairs.map(|pair| if let [a, b] = pair { a.distance(*b) } else { 0.0 }).sum();
    let crossings = if lines.len() > MOST_COUNTED { 0.0 } else { crossings(lines) };
    let aspect = size.width / size.height.max(1.0);
    let bad = (ASPECTS.0 / aspect).max(aspect / ASPECTS.1).max(1.0);
    // An area that is hardly filled makes everything small.
    (length + CROSSING * crossings + (size.width * size.height).sqrt()) * bad
}

/// The lines as they will be drawn.
pub(super) fn drawn(schema: &Schema, graph: &Graph, tables: &[(usize, Point)]) -> Vec<Vec<Point>> {
    let place = |(node, at): &(usize, Point)| Some((graph.nodes().get(*node)?.table, snapped(at.x, at.y)));
    let placements: BTreeMap<TableId, _> = tables.iter().filter_map(place).collect();
    let mut part = schema.clone();
    part.tables.retain(|id, _| placements.contains_key(id));
    part.references.retain(|_, it| placements.contains_key(&it.referencing) && placements.contains_key(&it.referenced));
    Scene::build(&part, &placements).routes().map(|route| route.points.to_vec()).collect()
}

/// Lines with one upright piece each, beside the referencing table.
pub(super) fn sketched(graph: &Graph, tables: &[(usize, Point)]) -> Vec<Vec<Point>> {
    let corners: BTreeMap<usize, Point> = tables.iter().copied().collect();
    let mut lines = Vec::new();
    for (node, corner) in &corners {
        for link in graph.links(*node).iter().filter(|link| link.is_out) {
            let Some(other) = corners.get(&link.to) else { continue };
            lines.push(line(graph, (*node, *corner, link.own_row), (link.to, *other, link.to_row)));
        }
    }
    lines
}

fn line(graph: &Graph, a: (usize, Point, f64), b: (usize, Point, f64)) -> Vec<Point> {
    let (size_a, size_b) = (graph.size(a.0), graph.size(b.0));
    let (y_a, y_b) = (a.1.y + size_a.height / 2.0 + a.2, b.1.y + size_b.height / 2.0 + b.2);
    let (x_a, x_b, turn) = if b.1.x + size_b.width < a.1.x {
        (a.1.x, b.1.x + size_b.width, a.1.x - 32.0)
    } else if a.1.x + size_a.width < b.1.x {
        (a.1.x + size_a.width, b.1.x, a.1.x + size_a.width + 32.0)
    } else {
        let right = (a.1.x + size_a.width).max(b.1.x + size_b.width);
        (a.1.x + size_a.width, b.1.x + size_b.width, right + 32.0)
    };
    [(x_a, y_a), (turn, y_a), (turn, y_b), (x_b, y_b)].map(Point::from).to_vec()
}

/// For each upright piece, the level ones that cross it.
fn crossings(lines: &[Vec<Point>]) -> f64 {
    let mut level: Vec<(f64, f64, f64)> = Vec::new();
    let mut upright: Vec<(f64, f64, f64)> = Vec::new();
    for pair in lines.iter().flat_map(|line| line.windows(2)) {
        let [a, b] = pair else { continue };
        if a.y == b.y {
            level.push((a.y, a.x.min(b.x), a.x.max(b.x)));
        } else {
            upright.push((a.x, a.y.min(b.y), a.y.max(b.y)));
        }
    }
    level.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut n = 0.0;
    for (x, top, bottom) in upright {
        let from = level.partition_point(|it| it.0 <= top);
        let to = level.partition_point(|it| it.0 < bottom);
        let met = level.get(from..to).into_iter().flatten().filter(|it| it.1 < x && x < it.2);
        n += met.map(|_| 1.0).sum::<f64>();
    }
    n
}
