//! From scene to display list: culling, level of detail, and the looks of tables and lines.

mod area;
mod card;
mod line;
mod overlay;

pub(crate) use overlay::paint_overlay;

use crate::{Camera, DisplayList, DrawOp, Ink, Marks, PendingMark, Radii, Scene, Stroke, View};
use kurbo::{PathEl, Point, Rect, Vec2};
use schema::ObjectId;
use std::sync::Arc;

/// How much of a table is shown, by how large it appears.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Plain blocks.
    Blocks,
    /// Cards with their name, as large as it fits.
    Names,
    /// Everything.
    Rows,
}

impl Detail {
    /// What is shown at a zoom. Rows less than 8 pixels high cannot be read, and blocks begin where a card is
    /// smaller than a word.
    pub fn at(zoom: f64) -> Self {
        if zoom >= 0.34 {
            return Self::Rows;
        }
        if zoom >= 0.06 { Self::Names } else { Self::Blocks }
    }
}

const DOT_SPACING: f64 = 24.0;

pub(crate) fn paint_static(scene: &Scene, view: &View, marks: &Marks) -> DisplayList {
    let mut list = DisplayList { camera: view.camera, size: view.size, background: Some(Ink::Canvas), ops: Vec::new() };
    let seen = view.world_rect();
    dots(&mut list.ops, view.camera, seen);
    let zoom = view.camera.zoom;
    area::paint(&mut list.ops, scene, marks, zoom, seen);
    for route in scene.routes_in(seen) {
        let look = line::Look::pending(pending(marks, ObjectId::Reference(route.reference)), zoom);
        line::paint(&mut list.ops, route, look, zoom);
    }
    for table_box in scene.boxes_in(seen.inflate(12.0, 12.0)) {
        card::paint(&mut list.ops, table_box, marks, zoom);
    }
    list
}

fn pending(marks: &Marks, object: ObjectId) -> Option<PendingMark> {
    marks.pending.get(&object).copied()
}

/// Dots fade out between 60 % and 30 %, where they would become noise.
fn dots(ops: &mut Vec<DrawOp>, camera: Camera, seen: Rect) {
    let opacity = ((camera.zoom - 0.3) / 0.3).clamp(0.0, 1.0);
    if opacity <= 0.0 {
        return;
    }
    let down = |value: f64| (value / DOT_SPACING).floor() * DOT_SPACING;
    let up = |value: f64| (value / DOT_SPACING).ceil() * DOT_SPACING;
    let area = Rect::new(down(seen.x0), down(seen.y0), up(seen.x1), up(seen.y1));
    ops.push(DrawOp::Dots { area, spacing: DOT_SPACING, radius: 1.0, ink: Ink::GridDot, opacity });
}

/// A width that never appears thinner than `least` pixels.
fn at_least(width: f64, least: f64, zoom: f64) -> f64 {
    width.max(least / zoom)
}

fn status_ink(mark: PendingMark) -> Ink {
    match mark {
        PendingMark::Added => Ink::Added,
        PendingMark::Changed => Ink::Changed,
        PendingMark::Removed => Ink::Removed,
    }
}

/// A small disc with +, ~ or −.
fn badge(ops: &mut Vec<DrawOp>, center: Point, mark: PendingMark, radius: f64) {
    ops.push(DrawOp::Circle {
        center,
        radius,
        fill: Some(status_ink(mark)),
        stroke: Some(Stroke::solid(Ink::Canvas, radius * 0.25)),
    });
    let unit = radius / 8.0;
    ops.push(stroked(sign(center, mark, unit).into(), Stroke::solid(Ink::OnStatus, 1.6 * unit)));
}

/// +, ~ or −, seven units wide.
fn sign(center: Point, mark: PendingMark, unit: f64) -> Vec<PathEl> {
    let at = |x: f64, y: f64| center + Vec2::new(x, y) * unit;
    let bar = [PathEl::MoveTo(at(-3.5, 0.0)), PathEl::LineTo(at(3.5, 0.0))];
    match mark {
        PendingMark::Added => [bar, [PathEl::MoveTo(at(0.0, -3.5)), PathEl::LineTo(at(0.0, 3.5))]].concat(),
        PendingMark::Removed => bar.to_vec(),
        PendingMark::Changed => {
            vec![PathEl::MoveTo(at(-4.0, 1.0)), PathEl::CurveTo(at(-2.0, -4.0), at(2.0, 4.0), at(4.0, -1.0))]
        }
    }
}

fn fill(rect: Rect, radii: Radii, ink: Ink) -> DrawOp {
    DrawOp::Rect { rect, radii, fill: Some(ink), stroke: None }
}

fn outline(rect: Rect, radius: f64, stroke: Stroke) -> DrawOp {
    DrawOp::Rect { rect, radii: Radii::all(radius), fill: None, stroke: Some(stroke) }
}

fn stroked(elements: Arc<[PathEl]>, stroke: Stroke) -> DrawOp {
    DrawOp::Path { elements, fill: None, stroke: Some(stroke) }
}
