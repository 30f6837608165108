//! The way around tables when no simple one is free.
//!
//! The free part of the window is cut into cells, as wide as what lies above and below stays the same; there are about
//! three times as many as tables. A* finds the cells to go through, and the line goes straight on through them for as
//! long as it can.

use super::course::{Axis, BEND, Exit, Field, simplified};
use kurbo::{Point, Rect};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// How far into a wide cell a line turns.
const ASIDE: f64 = 48.0;

/// A free part of the window.
#[derive(Debug)]
struct Cell {
    rect: Rect,
    doors: Vec<Door>,
}

/// Where one goes from one cell to the next: an x, and the heights at which both are open.
#[derive(Debug, Clone, Copy)]
struct Door {
    to: usize,
    x: f64,
    low: f64,
    high: f64,
}

/// The best way to a cell that is known.
#[derive(Debug, Clone, Copy)]
struct Visit {
    cost: u32,
    at: Point,
    from: Option<(usize, Door)>,
}

/// A way from one exit to the other, given where each may turn.
pub(super) fn around(field: &Field, from: (Exit, (f64, f64)), to: (Exit, (f64, f64))) -> Option<Vec<Point>> {
    let turn = |(exit, outward): (Exit, (f64, f64))| {
        Point::new(if exit.sign > 0.0 { outward.0 } else { outward.1 }, exit.at.y)
    };
    let (start, goal) = (turn(from), turn(to));
    let cells = cells(field);
    let of = |at: Point| {
        let holds =
            |cell: &Cell| cell.rect.x0 <= at.x && at.x <= cell.rect.x1 && cell.rect.y0 <= at.y && at.y <= cell.rect.y1;
        cells.iter().position(holds)
    };
    let doors = search(&cells, (of(start)?, start), (of(goal)?, goal))?;
    let points = walk(&doors, (start, from.0.sign), (goal, to.0.sign));
    Some(simplified([from.0.at].into_iter().chain(points).chain([to.0.at])))
}

fn cells(field: &Field) -> Vec<Cell> {
    let rects = field.boxes.iter().map(|rect| rect.inflate(field.clear, field.clear));
    let mut waiting: Vec<Rect> = rects.collect();
    waiting.sort_by(|a, b| b.x0.total_cmp(&a.x0));
    let (left, right) = Axis::X.span(field.window);
    let mut xs: Vec<f64> = waiting.iter().flat_map(|rect| [rect.x0, rect.x1]).collect();
    xs.retain(|x| left < *x && *x < right);
    xs.extend([left, right]);
    xs.sort_by(f64::total_cmp);
    xs.dedup();
    let mut cells: Vec<Cell> = Vec::new();
    let (mut beside, mut open): (Vec<Rect>, Vec<usize>) = (Vec::new(), Vec::new());
    for strip in xs.windows(2) {
        let [x0, x1] = strip else { continue };
        beside.retain(|rect| rect.x1 > *x0);
        while let Some(rect) = waiting.pop_if(|rect| rect.x0 <= *x0) {
            if rect.x1 > *x0 {
                beside.push(rect);
            }
        }
        beside.sort_by(|a, b| a.y0.total_cmp(&b.y0));
        open = strip_of(&mut cells, &open, gaps(&beside, Axis::Y.span(field.window)), (*x0, *x1));
    }
    cells
}

/// What is left of a span between rectangles that are sorted by their upper edges.
fn gaps(rects: &[Rect], (top, bottom): (f64, f64)) -> Vec<(f64, f64)> {
    let (mut gaps, mut pen) = (Vec::new(), top);
    for rect in rects {
        if rect.y0 >= pen {
            gaps.push((pen, rect.y0));
        }
        pen = pen.max(rect.y1);
    }
    if pen <= bottom {
        gaps.push((pen, bottom));
    }
    gaps
}

/// Goes on with the cells whose heights are the same as before, and opens others, with doors from those before.
fn strip_of(cells: &mut Vec<Cell>, before: &[usize], gaps: Vec<(f64, f64)>, (x0, x1): (f64, f64)) -> Vec<usize> {
    let mut open = Vec::with_capacity(gaps.len());
    for (low, high) in gaps {
        let mut joined = None;
        let mut doors = Vec::new();
        for at in before {
            let Some(cell) = cells.get_mut(*at) else { continue };
            if cell.rect.y0 == low && cell.rect.y1 == high {
                cell.rect.x1 = x1;
                joined = Some(*at);
            } else if cell.rect.y0 <= high && low <= cell.rect.y1 {
                doors.push(Door { to: *at, x: x0, low: low.max(cell.rect.y0), high: high.min(cell.rect.y1) });
            }
        }
        let at = joined.unwrap_or_else(|| {
            cells.push(Cell { rect: Rect::new(x0, low, x1, high), doors: Vec::new() });
            cells.len() - 1
        });
        for door in doors {
            for (cell, to) in [(at, door.to), (door.to, at)] {
                cells.get_mut(cell).into_iter().for_each(|cell| cell.doors.push(Door { to, ..door }));
            }
        }
        open.push(at);
    }
    open
}

/// The doors on the cheapest way from a point in one cell to a point in another.
fn search(cells: &[Cell], start: (usize, Point), goal: (usize, Point)) -> Option<Vec<Door>> {
    let mut visits: Vec<Option<Visit>> = vec![None; cells.len()];
    let mut done = BTreeSet::new();
    let first = Visit { cost: 0, at: start.1, from: None };
    *visits.get_mut(start.0)? = Some(first);
    let mut open = BinaryHeap::from([Reverse((0, start.0))]);
    while let Some(Reverse((_, node))) = open.pop() {
        if !done.insert(node) {
            continue;
        }
        if node == goal.0 {
            break;
        }
        let visit = visits.get(node).copied().flatten()?;
        for door in cells.get(node).into_iter().flat_map(|cell| &cell.doors) {
            let at = Point::new(door.x, visit.at.y.max(door.low).min(door.high));
            let bends = if at.y == visit.at.y { 0.0 } else { 2.0 * BEND };
            let cost = visit.cost.saturating_add(whole(length(visit.at, at) + bends));
            let known = visits.get_mut(door.to)?;
            if !done.contains(&door.to) && known.is_none_or(|known| cost < known.cost) {
                *known = Some(Visit { cost, at, from: Some((node, *door)) });
                open.push(Reverse((cost.saturating_add(whole(length(at, goal.1))), door.to)));
            }
        }
    }
    let (mut doors, mut node) = (Vec::new(), goal.0);
    while let Some((before, door)) = visits.get(node).copied().flatten()?.from {
        doors.push(door);
        node = before;
    }
    doors.reverse();
    Some(doors)
}

/// Straight on from door to door, and up or down before those that are not open at that height.
fn walk(doors: &[Door], (start, out): (Point, f64), (goal, back): (Point, f64)) -> Vec<Point> {
    let end = Door { to: 0, x: goal.x, low: goal.y, high: goal.y };
    let mut points = vec![start];
    let (mut pen, mut entry) = (start, start.x);
    for (index, door) in doors.iter().chain([&end]).enumerate() {
        if pen.y < door.low || door.high < pen.y {
            // A height at which as many of the next doors are open as can be.
            let mut open = (door.low, door.high);
            for next in doors.iter().chain([&end]).skip(index + 1) {
                let both = (open.0.max(next.low), open.1.min(next.high));
                if both.0 > both.1 {
                    break;
                }
                open = both;
            }
            let ahead = door.x - entry;
            let x = if index == 0 && ahead * out <= 0.0 {
                start.x
            } else if index == doors.len() && ahead * back >= 0.0 {
                goal.x
            } else {
                entry + (ahead / 2.0).clamp(-ASIDE, ASIDE)
            };
            let y = pen.y.max(open.0).min(open.1);
            points.extend([Point::new(x, pen.y), Point::new(x, y)]);
            pen = Point::new(x, y);
        }
        entry = door.x;
    }
    points.push(goal);
    points
}

fn length(a: Point, b: Point) -> f64 {
    (a.x - b.x).abs() + (a.y - b.y).abs()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
fn whole(length: f64) -> u32 {
    length as u32
}
