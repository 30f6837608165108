//! The layer above: what changes with the pointer and the selection.

use super::card::{self, RADIUS};
use super::{Detail, at_least, fill, line, outline, pending, stroked};
use crate::font::{elide, text_width};
use crate::routing::free_line;
use crate::{
    Anchor, Dash, Dimmed, DisplayList, DrawOp, Face, Ghost, Ink, Marks, Radii, Scene, Side, Stroke, TableBox, View,
};
use kurbo::{Point, Rect};
use schema::{ColumnId, ObjectId, ReferenceId, TableId};
use std::collections::BTreeSet;

/// The label that says why a line cannot end somewhere, in pixels.
const LABEL_SIZE: f64 = 12.0;
const LABEL_HEIGHT: f64 = 26.0;
const LABEL_PAD: f64 = 8.0;
/// From the pointer, or from the edge of the view.
const LABEL_GAP: f64 = 14.0;
/// From the middle of the label to the baseline of its text.
const LABEL_BASELINE: f64 = 4.3;

pub(crate) fn paint_overlay(scene: &Scene, view: &View, marks: &Marks) -> DisplayList {
    let mut list = DisplayList { camera: view.camera, size: view.size, background: None, ops: Vec::new() };
    let painter = Overlay { scene, view, marks, zoom: view.camera.zoom };
    let ops = &mut list.ops;
    painter.focus(ops);
    painter.suggestions(ops);
    if let Some(dimmed) = &marks.dimmed {
        painter.dim(ops, dimmed);
    }
    painter.hover(ops);
    for object in &marks.selection {
        painter.selected(ops, *object);
    }
    painter.handles(ops);
    if let Some(ghost) = &marks.ghost {
        painter.ghost(ops, ghost);
        if let Some(reason) = &marks.refusal {
            painter.refusal(ops, ghost.to, reason);
        }
    }
    if let Some(rect) = marks.marquee {
        let stroke = Stroke::solid(Ink::Accent, 1.0 / painter.zoom);
        ops.push(DrawOp::Rect { rect, radii: Radii::default(), fill: Some(Ink::AccentTint), stroke: Some(stroke) });
    }
    list
}

#[derive(Debug)]
struct Overlay<'a> {
    scene: &'a Scene,
    view: &'a View,
    marks: &'a Marks,
    zoom: f64,
}

impl Overlay<'_> {
    /// Everything steps back except an object and its neighbors.
    fn focus(&self, ops: &mut Vec<DrawOp>) {
        let references: BTreeSet<ReferenceId> = match self.marks.focus {
            Some(ObjectId::Reference(id)) => BTreeSet::from([id]),
            Some(object) => match object.table() {
                Some(table) => self.scene.references_of(table).collect(),
                None => return,
            },
            None => return,
        };
        let mut tables: BTreeSet<TableId> = self.marks.focus.and_then(ObjectId::table).into_iter().collect();
        let routes = references.iter().filter_map(|id| self.scene.route(*id));
        tables.extend(routes.flat_map(|route| [route.referencing.table, route.referenced.table]));
        let seen = self.view.world_rect();
        ops.push(fill(seen, Radii::default(), Ink::Veil));
        for id in references {
            self.lit_line(ops, id);
        }
        for table in tables {
            if let Some(table_box) = self.scene.table_box(table).filter(|it| it.rect.overlaps(seen)) {
                card::paint(ops, table_box, self.marks, self.zoom);
            }
        }
    }

    fn suggestions(&self, ops: &mut Vec<DrawOp>) {
        for [from, to] in &self.marks.suggested {
            let (Some(a), Some(b)) = (self.scene.table_box(from.0), self.scene.table_box(to.0)) else { continue };
            let right = a.rect.center().x <= b.rect.center().x;
            let (side_a, side_b) = if right { (Side::Right, Side::Left) } else { (Side::Left, Side::Right) };
            let (Some(start), Some(end)) = (a.anchor(from.1, side_a), b.anchor(to.1, side_b)) else { continue };
            let stroke = Stroke { ink: Ink::Accent, width: at_least(1.75, 1.25, self.zoom), dash: Dash::Dotted };
            ops.push(stroked(free_line(start, side_a, end).into(), stroke));
        }
    }

    /// Lays a veil over all rows that are no targets, run by run.
    fn dim(&self, ops: &mut Vec<DrawOp>, dimmed: &Dimmed) {
        let source = self.marks.ghost.map(|ghost| (ghost.table, ghost.column));
        let is_bright = |row: (TableId, ColumnId)| dimmed.targets.contains(&row) || source == Some(row);
        for table_box in self.scene.boxes_in(self.view.world_rect()) {
            let table = table_box.table;
            let any = table_box.rows.iter().any(|row| is_bright((table, row.column)));
            if !any || Detail::at(self.zoom) != Detail::Rows {
                if !any {
                    ops.push(fill(table_box.rect.inflate(1.0, 1.0), Radii::all(RADIUS), Ink::Veil));
                }
                continue;
            }
            let mut run: Option<Rect> = None;
            for (index, row) in table_box.rows.iter().enumerate() {
                if is_bright((table, row.column)) {
                    ops.extend(run.take().map(|rect| fill(rect, Radii::default(), Ink::Veil)));
                    continue;
                }
                let rect = table_box.row_rect_at(index);
                run = Some(run.map_or(rect, |run| run.union(rect)));
            }
            // The last run reaches down to the rounded end of the card.
            let foot = run.map(|rect| Rect { y1: table_box.rect.y1, ..rect });
            ops.extend(foot.map(|rect| fill(rect, Radii { top: 0.0, bottom: RADIUS }, Ink::Veil)));
        }
    }

    fn hover(&self, ops: &mut Vec<DrawOp>) {
        let Some(object) = self.marks.hover else { return };
        match object {
            ObjectId::Reference(id) => self.lit_references(ops, &[id], BTreeSet::new()),
            ObjectId::Table(table) => self.lit_neighbors(ops, table),
            ObjectId::Column(table, column) => {
                let touches = |id: &ReferenceId| {
                    self.scene.reference(*id).is_some_and(|reference| {
                        reference.pairs.iter().any(|pair| {
                            (reference.referencing, pair.referencing) == (table, column)
                                || (reference.referenced, pair.referenced) == (table, column)
                        })
                    })
                };
                let references: Vec<ReferenceId> = self.scene.references_of(table).filter(touches).collect();
                self.lit_references(ops, &references, BTreeSet::from([(table, column)]));
            }
            ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => {
                self.lit_neighbors(ops, table);
            }
            ObjectId::Namespace(_) | ObjectId::Type(_) | ObjectId::Opaque(_) | ObjectId::Annotation(_) => {}
        }
    }

    fn lit_neighbors(&self, ops: &mut Vec<DrawOp>, table: TableId) {
        for id in self.scene.references_of(table) {
            self.lit_line(ops, id);
        }
        if let Some(table_box) = self.scene.table_box(table) {
            let stroke = Stroke::solid(Ink::BorderStrong, at_least(1.0, 1.0, self.zoom));
            ops.push(outline(table_box.rect, RADIUS, stroke));
        }
    }

    /// Those rows, and lines with the rows at their ends; a row that several end at is tinted once.
    fn lit_references(&self, ops: &mut Vec<DrawOp>, ids: &[ReferenceId], mut rows: BTreeSet<(TableId, ColumnId)>) {
        for reference in ids.iter().filter_map(|id| self.scene.reference(*id)) {
            rows.extend(
                reference.pairs.iter().flat_map(|pair| {
                    [(reference.referencing, pair.referencing), (reference.referenced, pair.referenced)]
                }),
            );
        }
        for (table, column) in rows {
            self.tint_row(ops, table, column);
        }
        for id in ids {
            self.lit_line(ops, *id);
        }
    }

    fn lit_line(&self, ops: &mut Vec<DrawOp>, id: ReferenceId) {
        if let Some(route) = self.scene.route(id) {
            let look = line::Look::lit(pending(self.marks, ObjectId::Reference(id)), self.zoom);
            line::paint(ops, route, look, self.zoom);
        }
    }

    fn tint_row(&self, ops: &mut Vec<DrawOp>, table: TableId, column: ColumnId) {
        let row = self.scene.table_box(table).and_then(|it| it.row_rect(column));
        if let (Some(row), Detail::Rows) = (row, Detail::at(self.zoom)) {
            ops.push(fill(row, Radii::default(), Ink::AccentTint));
        }
    }

    fn selected(&self, ops: &mut Vec<DrawOp>, object: ObjectId) {
        match object {
            ObjectId::Table(table) => self.ring(ops, table),
            ObjectId::Column(table, column) => {
                self.tint_row(ops, table, column);
                let row = self.scene.table_box(table).and_then(|it| it.row_rect(column));
                if let (Some(row), Detail::Rows) = (row, Detail::at(self.zoom)) {
                    let stroke = Stroke::solid(Ink::Accent, at_least(1.5, 1.5, self.zoom));
                    ops.push(outline(row.inflate(-0.75, -0.75), 3.0, stroke));
                } else {
                    self.ring(ops, table);
                }
            }
            ObjectId::Reference(id) => self.lit_references(ops, &[id], BTreeSet::new()),
            ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => self.ring(ops, table),
            ObjectId::Annotation(id) => {
                if let Some(rect) = self.scene.annotation_rect(id) {
                    let stroke = Stroke::solid(Ink::Accent, at_least(2.0, 2.0, self.zoom));
                    ops.push(outline(rect, 12.0, stroke));
                }
            }
            ObjectId::Namespace(_) | ObjectId::Type(_) | ObjectId::Opaque(_) => {}
        }
    }

    /// Around the card with a gap, so that it is told from a pending edge.
    fn ring(&self, ops: &mut Vec<DrawOp>, table: TableId) {
        let Some(table_box) = self.scene.table_box(table) else { return };
        let width = at_least(2.0, 2.0, self.zoom);
        let gap = at_least(1.5, 1.5, self.zoom);
        ops.push(outline(table_box.rect.inflate(gap, gap), RADIUS + gap, Stroke::solid(Ink::Accent, width)));
    }

    fn handles(&self, ops: &mut Vec<DrawOp>) {
        let Some(ObjectId::Column(table, column)) = self.marks.hover else { return };
        if Detail::at(self.zoom) != Detail::Rows || self.marks.ghost.is_some() {
            return;
        }
        let Some(table_box) = self.scene.table_box(table) else { return };
        for side in [Side::Left, Side::Right] {
            ops.extend(table_box.anchor(column, side).map(handle));
        }
    }

    fn ghost(&self, ops: &mut Vec<DrawOp>, ghost: &Ghost) {
        let anchor = |table: &TableBox, column| table.anchor(column, ghost.side);
        let start = self.scene.table_box(ghost.table).and_then(|it| anchor(it, ghost.column));
        let Some(start) = start else { return };
        let stroke = Stroke { ink: Ink::Accent, width: at_least(2.0, 1.5, self.zoom), dash: Dash::Dashed };
        let mut end = ghost.to;
        let target = ghost.target.and_then(|(table, column)| Some((self.scene.table_box(table)?, column)));
        if let Some((table_box, column)) = target {
            self.tint_row(ops, table_box.table, column);
            let right = (start.x - table_box.rect.x1).abs() < (start.x - table_box.rect.x0).abs();
            let side = if right { Side::Right } else { Side::Left };
            end = table_box.anchor(column, side).unwrap_or(end);
        }
        ops.push(stroked(free_line(start, ghost.side, end).into(), stroke));
        ops.push(handle(start));
        let fill = Some(Ink::Accent);
        ops.push(DrawOp::Circle { center: end, radius: at_least(4.0, 3.0, self.zoom), fill, stroke: None });
    }

    /// A label beside the pointer, as large at any zoom, and within the view as far as it fits.
    fn refusal(&self, ops: &mut Vec<DrawOp>, at: Point, reason: &str) {
        let pixel = 1.0 / self.zoom;
        let seen = self.view.world_rect();
        let text = elide(reason, Face::Sans, LABEL_SIZE, self.view.size.width - 2.0 * (LABEL_PAD + LABEL_GAP));
        let width = (text_width(&text, Face::Sans, LABEL_SIZE) + 2.0 * LABEL_PAD) * pixel;
        let (height, gap) = (LABEL_HEIGHT * pixel, LABEL_GAP * pixel);
        let x = (at.x + gap).min(seen.x1 - gap - width).max(seen.x0);
        let below = at.y + gap;
        let y = if below + height > seen.y1 { at.y - gap - height } else { below };
        let rect = Rect::new(x, y, x + width, y + height);
        let (radii, stroke) = (Radii::all(RADIUS * pixel), Stroke::solid(Ink::Removed, pixel));
        ops.push(DrawOp::Rect { rect, radii, fill: Some(Ink::SurfaceRaised), stroke: Some(stroke) });
        ops.push(DrawOp::Text {
            origin: Point::new(x + LABEL_PAD * pixel, rect.center().y + LABEL_BASELINE * pixel),
            text: text.into(),
            face: Face::Sans,
            size: LABEL_SIZE * pixel,
            ink: Ink::Text,
            anchor: Anchor::Start,
        });
    }
}

fn handle(center: Point) -> DrawOp {
    let stroke = Some(Stroke::solid(Ink::Accent, 1.75));
    DrawOp::Circle { center, radius: 4.5, fill: Some(Ink::Surface), stroke }
}
