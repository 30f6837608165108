//! The looks of a table.

use super::{Detail, at_least, badge, fill, outline, pending, sign, status_ink, stroked};
use crate::boxes::{MARK_X, NAME_SIZE, NAME_X, NULL_X, Row, TITLE_X, TYPE_SIZE, TYPE_X};
use crate::{Anchor, Dash, DrawOp, Face, HEADER_HEIGHT, Ink, Marks, PendingMark, Radii, RowMark, Stroke, TableBox};
use kurbo::{Circle, PathEl, Point, Rect, Shape, Vec2};
use schema::ObjectId;

pub(super) const RADIUS: f64 = 6.0;
const BAND: f64 = 3.0;
/// The band of a table that has a color of its own.
const COLOR_BAND: f64 = 7.0;
/// From the middle of a row to the baseline of its name.
const NAME_BASELINE: f64 = 4.5;
const TYPE_BASELINE: f64 = 4.0;

pub(super) fn paint(ops: &mut Vec<DrawOp>, table_box: &TableBox, marks: &Marks, zoom: f64) {
    let mark = pending(marks, ObjectId::Table(table_box.table));
    match Detail::at(zoom) {
        Detail::Rows => detailed(ops, table_box, marks, mark),
        Detail::Names => named(ops, table_box, zoom),
        Detail::Blocks => ops.push(fill(table_box.rect, Radii::all(RADIUS), table_box.hue)),
    }
    let edge = match mark {
        Some(mark) => pending_edge(mark, zoom),
        None => Stroke::solid(Ink::Border, at_least(1.0, 0.75, zoom)),
    };
    if Detail::at(zoom) != Detail::Blocks || mark.is_some() {
        ops.push(outline(table_box.rect, RADIUS, edge));
    }
    if let Some(mark) = mark {
        let corner = Point::new(table_box.rect.x1 - 1.0, table_box.rect.y0 + 1.0);
        badge(ops, corner, mark, at_least(8.0, 4.0, zoom).min(40.0));
    }
}

fn pending_edge(mark: PendingMark, zoom: f64) -> Stroke {
    let dash = match mark {
        PendingMark::Added | PendingMark::Removed => Dash::Dashed,
        PendingMark::Changed => Dash::Solid,
    };
    Stroke { ink: status_ink(mark), width: at_least(1.75, 1.25, zoom), dash }
}

fn detailed(ops: &mut Vec<DrawOp>, table_box: &TableBox, marks: &Marks, mark: Option<PendingMark>) {
    let rect = table_box.rect;
    ops.push(fill(rect + Vec2::new(0.0, 2.0), Radii::all(RADIUS + 1.0), Ink::Shadow));
    if let Some(mark) = mark {
        // The glow at the edge: the tint reaches a little beyond the card, never over what it says.
        ops.push(fill(rect.inflate(4.0, 4.0), Radii::all(RADIUS + 4.0), tint(mark)));
    }
    ops.push(fill(rect, Radii::all(RADIUS), Ink::Surface));
    let header = table_box.header_rect();
    let lower = if table_box.rows.is_empty() { RADIUS } else { 0.0 };
    ops.push(fill(header, Radii { top: RADIUS, bottom: lower }, table_box.hue));
    let head = Rect { y0: header.y0 + if table_box.has_color { COLOR_BAND } else { BAND }, ..header };
    ops.push(fill(head, Radii { top: 1.5, bottom: lower }, Ink::SurfaceSunken));
    let removed = mark == Some(PendingMark::Removed);
    title(ops, table_box, removed);
    if !table_box.rows.is_empty() {
        ops.push(fill(Rect { y0: header.y1 - 1.0, ..header }, Radii::default(), Ink::Rule));
    }
    for (index, row) in table_box.rows.iter().enumerate() {
        let mark = pending(marks, ObjectId::Column(table_box.table, row.column));
        paint_row(ops, table_box.row_rect_at(index), row, mark, removed);
    }
    gutter(ops, table_box);
}

fn tint(mark: PendingMark) -> Ink {
    match mark {
        PendingMark::Added => Ink::AddedTint,
        PendingMark::Changed => Ink::ChangedTint,
        PendingMark::Removed => Ink::RemovedTint,
    }
}

fn title(ops: &mut Vec<DrawOp>, table_box: &TableBox, removed: bool) {
    let rect = table_box.rect;
    let baseline = rect.y0 + BAND + (HEADER_HEIGHT - BAND) / 2.0 + NAME_BASELINE;
    let mut origin = Point::new(rect.x0 + TITLE_X, baseline);
    if let Some(prefix) = &table_box.prefix {
        ops.push(DrawOp::Text {
            origin,
            text: prefix.clone(),
            face: Face::Sans,
            size: NAME_SIZE,
            ink: Ink::TextMuted,
            anchor: Anchor::Start,
        });
        origin.x += table_box.prefix_width;
    }
    ops.push(DrawOp::Text {
        origin,
        text: table_box.title.clone(),
        face: Face::SansBold,
        size: NAME_SIZE,
        ink: if removed { Ink::TextMuted } else { Ink::Text },
        anchor: Anchor::Start,
    });
    if removed {
        strike(ops, Point::new(rect.x0 + TITLE_X, baseline - 4.5), table_box.title_width * NAME_SIZE);
    }
}

fn paint_row(ops: &mut Vec<DrawOp>, rect: Rect, row: &Row, mark: Option<PendingMark>, table_removed: bool) {
    if let Some(mark) = mark {
        row_mark(ops, rect, mark);
    }
    let removed = table_removed || mark == Some(PendingMark::Removed);
    let middle = rect.center().y;
    ops.push(DrawOp::Text {
        origin: Point::new(rect.x0 + NAME_X, middle + NAME_BASELINE),
        text: row.name.clone(),
        face: Face::Sans,
        size: NAME_SIZE,
        ink: if removed { Ink::TextMuted } else { Ink::Text },
        anchor: Anchor::Start,
    });
    // The null mark belongs to the text of the type and ends one character further right, in a gutter of its own.
    let end = if row.nullable { rect.x1 - NULL_X + NULL_WIDTH } else { rect.x1 - TYPE_X };
    ops.push(DrawOp::Text {
        origin: Point::new(end, middle + TYPE_BASELINE),
        text: row.data_type.clone(),
        face: Face::Mono,
        size: TYPE_SIZE,
        ink: Ink::TextMuted,
        anchor: Anchor::End,
    });
    if removed {
        strike(ops, Point::new(rect.x0 + NAME_X, middle), row.name_width);
    }
}

/// Advance of the question mark at the size of types, and the gap between the two gutters taken off.
const NULL_WIDTH: f64 = 0.6 * TYPE_SIZE - (TYPE_X - NULL_X);

/// A bar and a sign at the left edge of a row that is added, changed or removed.
fn row_mark(ops: &mut Vec<DrawOp>, rect: Rect, mark: PendingMark) {
    let inner = Rect { x0: rect.x0 + 0.5, x1: rect.x1 - 0.5, ..rect };
    ops.push(fill(inner, Radii::default(), tint(mark)));
    let bar = Rect { x1: rect.x0 + 2.5, x0: rect.x0, ..rect };
    ops.push(fill(bar, Radii::default(), status_ink(mark)));
    let sign = sign(Point::new(rect.x0 + 7.0, rect.center().y), mark, 0.75);
    ops.push(stroked(sign.into(), Stroke::solid(status_ink(mark), 1.5)));
}

fn strike(ops: &mut Vec<DrawOp>, from: Point, width: f64) {
    let line = [PathEl::MoveTo(from), PathEl::LineTo(from + Vec2::new(width, 0.0))];
    ops.push(stroked(line.into(), Stroke::solid(Ink::Removed, 1.25)));
}

/// All marks of the left gutter, one path for the primary key and one for the rest.
fn gutter(ops: &mut Vec<DrawOp>, table_box: &TableBox) {
    let (mut primary, mut other) = (Vec::new(), Vec::new());
    for (index, row) in table_box.rows.iter().enumerate() {
        let row_rect = table_box.row_rect_at(index);
        let center = Point::new(row_rect.x0 + MARK_X, row_rect.center().y);
        match row.mark {
            RowMark::Primary => key(&mut primary, center),
            RowMark::Reference => foot(&mut other, center),
            RowMark::Unique => diamond(&mut other, center),
            RowMark::Plain => {}
        }
    }
    for (elements, ink) in [(primary, Ink::KeyMark), (other, Ink::Mark)] {
        if !elements.is_empty() {
            ops.push(stroked(elements.into(), Stroke::solid(ink, 1.4)));
        }
    }
}

fn key(path: &mut Vec<PathEl>, center: Point) {
    let at = |x: f64, y: f64| center + Vec2::new(x, y);
    path.extend(Circle::new(at(-2.8, 0.0), 2.5).path_elements(0.05));
    path.extend([PathEl::MoveTo(at(-0.3, 0.0)), PathEl::LineTo(at(5.5, 0.0)), PathEl::LineTo(at(5.5, 2.6))]);
    path.extend([PathEl::MoveTo(at(3.0, 0.0)), PathEl::LineTo(at(3.0, 2.2))]);
}

fn foot(path: &mut Vec<PathEl>, center: Point) {
    let at = |x: f64, y: f64| center + Vec2::new(x, y);
    path.extend([PathEl::MoveTo(at(-5.0, 0.0)), PathEl::LineTo(at(5.0, 0.0))]);
    path.extend([PathEl::MoveTo(at(-5.0, -3.5)), PathEl::LineTo(at(0.5, 0.0)), PathEl::LineTo(at(-5.0, 3.5))]);
}

fn diamond(path: &mut Vec<PathEl>, center: Point) {
    let at = |x: f64, y: f64| center + Vec2::new(x, y);
    path.extend([PathEl::MoveTo(at(-3.5, 0.0)), PathEl::LineTo(at(0.0, -3.5)), PathEl::LineTo(at(3.5, 0.0))]);
    path.extend([PathEl::LineTo(at(0.0, 3.5)), PathEl::ClosePath]);
}

/// Further out, names would be readable on the widest cards only, which looks like noise.
const NAMES_FROM: f64 = 0.13;

/// A card that shows only its name, as large as it fits but not larger than 9 pixels on the screen.
fn named(ops: &mut Vec<DrawOp>, table_box: &TableBox, zoom: f64) {
    let rect = table_box.rect;
    let band = at_least(if table_box.has_color { COLOR_BAND } else { BAND }, 2.0, zoom);
    ops.push(fill(rect, Radii::all(RADIUS), table_box.hue));
    let body = Rect { y0: (rect.y0 + band).min(rect.y1), ..rect };
    ops.push(fill(body, Radii { top: 1.5, bottom: RADIUS }, Ink::Surface));
    let room = rect.width() - 2.0 * TITLE_X;
    let size = (9.0 / zoom).min(room / table_box.title_width.max(0.1)).min(body.height() * 0.6);
    if zoom < NAMES_FROM || size * zoom < 2.5 {
        return;
    }
    let text = table_box.title.clone();
    let center = body.center();
    let prefix = table_box.prefix_width / NAME_SIZE * size;
    let left = center.x - table_box.title_width * size / 2.0;
    let baseline = center.y + size * 0.35;
    if let Some(prefix) = &table_box.prefix {
        ops.push(DrawOp::Text {
            origin: Point::new(left, baseline),
            text: prefix.clone(),
            face: Face::Sans,
            size,
            ink: Ink::TextMuted,
            anchor: Anchor::Start,
        });
    }
    let origin = Point::new(left + prefix, baseline);
    ops.push(DrawOp::Text { origin, text, face: Face::SansBold, size, ink: Ink::Text, anchor: Anchor::Start });
}
