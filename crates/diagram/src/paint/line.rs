//! The looks of a reference.

use super::{Detail, at_least, badge, status_ink, stroked};
use crate::{Dash, DrawOp, Ink, PendingMark, Route, Stroke};
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
        // Where many lines lie close together, thinner ones keep them apart.
        let least = if Detail::at(zoom) == Detail::Rows { 1.0 } else { 0.45 + zoom.min(0.2) };
        let width = at_least(WIDTH, least, zoom);
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
    if Detail::at(zoom) != Detail::Rows {
        ops.push(stroked(Arc::clone(&route.plain), look.stroke));
    } else if look.stroke.dash == Dash::Solid {
        ops.push(stroked(Arc::clone(&route.path), look.stroke));
    } else {
        ops.push(stroked(Arc::clone(&route.line), look.stroke));
        ops.push(stroked(Arc::clone(&route.feet), Stroke { dash: Dash::Solid, ..look.stroke }));
    }
    if let Some(mark) = look.badge {
        badge(ops, route.badge_point(), mark, at_least(7.0, 4.0, zoom).min(24.0));
    }
}
