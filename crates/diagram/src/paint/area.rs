//! Tinted areas behind groups, each with its name, and the cards of notes.

use super::{Detail, at_least, badge, fill, pending, status_ink};
use crate::areas::{CARD_HEAD, CARD_LINE, CARD_PAD, CARD_TEXT, LABEL_HEIGHT, LABEL_PAD, LABEL_SIZE};
use crate::font::elide;
use crate::{Anchor, Dash, DrawOp, Face, Ink, Marks, PendingMark, Radii, Scene, Stroke};
use kurbo::{Point, Rect};
use schema::ObjectId;

/// Rounder than the cards, so that nobody takes one for the other.
const RADIUS: f64 = 12.0;
const NOTE_RADIUS: f64 = 6.0;
const BASELINE: f64 = 19.0;
/// A name is never smaller than this many pixels, as far as the area has room for it.
const LEAST_NAME: f64 = 9.0;

pub(super) fn paint(ops: &mut Vec<DrawOp>, scene: &Scene, marks: &Marks, zoom: f64, seen: Rect) {
    for (area, rect) in scene.areas().filter(|(_, rect)| rect.overlaps(seen)) {
        let mark = pending(marks, ObjectId::Annotation(area.id));
        let ink = mark.map_or(Ink::hue(area.hue), status_ink);
        let dash = if mark == Some(PendingMark::Removed) { Dash::Dashed } else { Dash::Solid };
        ops.push(DrawOp::Rect {
            rect,
            radii: Radii::all(RADIUS),
            fill: Some(Ink::hue_tint(area.hue)),
            stroke: Some(Stroke { ink, width: at_least(1.0, 1.0, zoom), dash }),
        });
        let size = LABEL_SIZE.max((LEAST_NAME / zoom).min(rect.height() / 4.0).min(rect.width() / 6.0));
        let scale = size / LABEL_SIZE;
        let text = elide(&area.name, Face::SansBold, size, rect.width() - 2.0 * LABEL_PAD * scale);
        ops.push(DrawOp::Text {
            origin: Point::new(rect.x0 + LABEL_PAD * scale, rect.y0 + BASELINE * scale),
            text: text.into(),
            face: Face::SansBold,
            size,
            ink: Ink::Text,
            anchor: Anchor::Start,
        });
        if let Some(mark) = mark {
            badge(ops, Point::new(rect.x1 - LABEL_HEIGHT / 2.0, rect.y0 + LABEL_HEIGHT / 2.0), mark, 7.0);
        }
    }
    for (card, rect) in scene.cards().into_iter().filter(|(_, rect)| rect.overlaps(seen)) {
        let mark = pending(marks, ObjectId::Annotation(card.id));
        let stroke = Stroke::solid(mark.map_or(Ink::Border, status_ink), at_least(1.0, 1.0, zoom));
        let radii = Radii::all(NOTE_RADIUS);
        ops.push(DrawOp::Rect { rect, radii, fill: Some(Ink::Surface), stroke: Some(stroke) });
        ops.push(fill(rect, radii, Ink::hue_tint(card.hue)));
        let line = |text: &std::sync::Arc<str>, y: f64, face: Face, size: f64| DrawOp::Text {
            origin: Point::new(rect.x0 + CARD_PAD, rect.y0 + y),
            text: text.clone(),
            face,
            size,
            ink: Ink::Text,
            anchor: Anchor::Start,
        };
        ops.push(line(&card.name, BASELINE + 1.0, Face::SansBold, LABEL_SIZE));
        if Detail::at(zoom) == Detail::Rows {
            let mut y = CARD_HEAD + CARD_LINE - 6.0;
            for text in &card.lines {
                ops.push(line(text, y, Face::Sans, CARD_TEXT));
                y += CARD_LINE;
            }
        }
        if let Some(mark) = mark {
            badge(ops, Point::new(rect.x1 - CARD_HEAD / 2.0, rect.y0 + CARD_HEAD / 2.0), mark, 7.0);
        }
    }
}
