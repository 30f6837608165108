//! The looks of a reference.

use super::{Detail, at_least, badge, status_ink, stroked};
use crate::{Dash, DrawOp, Ink, PendingMark, Route, Stroke};
use kurbo::{PathEl, Vec2};
use std::sync::Arc;

const WIDTH: f64 = 1.5;

/// How a line is to look.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look {
    stroke: Stroke,
    badge: Option<PendingMark>,
}

impl Look {
    pub(super) fn pending(mark: Option<PendingMark>, zoom: f64) -> Self {
        let width = if zoom < 0.2 { at_least(WIDTH, 0.6, zoom) } else { at_least(WIDTH, 1.0, zoom) };
        let Some(mark) = mark else {
            return Self { stroke: Stroke::solid(Ink::Line, width), badge: None };
        };
        let dash = match mark {
            PendingMark::Added | PendingMark::Removed => Dash::Dashed,
            PendingMark::Changed => Dash::Solid,
        };
        let stroke = Stroke { ink: status_ink(mark), width: at_least(WIDTH, 1.2, zoom), dash };
        Self { stroke, badge: Some(mark) }
    }

    /// The same, standing out.
    pub(super) fn lit(mark: Option<PendingMark>, zoom: f64) -> Self {
        let look = Self::pending(mark, zoom);
        let ink = if mark.is_some() { look.stroke.ink } else { Ink::Accent };
        Self { stroke: Stroke { ink, width: at_least(2.0, 1.5, zoom), ..look.stroke }, ..look }
    }
}

pub(super) fn paint(ops: &mut Vec<DrawOp>, route: &Route, look: Look, zoom: f64) {
    let detailed = Detail::at(zoom) == Detail::Rows;
    let elements = if detailed { &route.path } else { &route.plain };
    ops.push(stroked(Arc::clone(elements), look.stroke));
    let Some(mark) = look.badge else { return };
    let center = route.badge_point();
    if mark == PendingMark::Removed {
        let slash = |offset: f64| {
            let from = center + Vec2::new(offset - 4.0, 9.0);
            [PathEl::MoveTo(from), PathEl::LineTo(from + Vec2::new(8.0, -18.0))]
        };
        let slashes: Vec<PathEl> = [slash(-13.0), slash(13.0)].concat();
        ops.push(stroked(slashes.into(), Stroke::solid(look.stroke.ink, look.stroke.width)));
    }
    badge(ops, center, mark, at_least(7.0, 4.0, zoom).min(24.0));
}
