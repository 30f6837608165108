//! Which objects are near a place: squares of the plane, each with what touches it.

use kurbo::Rect;
use std::collections::{BTreeMap, BTreeSet};

const CELL: f64 = 512.0;
/// Above this many squares a linear pass over everything is faster than looking them up.
const MAX_CELLS: i64 = 64;

/// Objects by the squares that they touch.
#[derive(Debug, Clone)]
pub(crate) struct Grid<Id> {
    cells: BTreeMap<(i32, i32), BTreeSet<Id>>,
}

impl<Id> Default for Grid<Id> {
    fn default() -> Self {
        Self { cells: BTreeMap::new() }
    }
}

impl<Id: Copy + Ord> Grid<Id> {
    pub(crate) fn insert(&mut self, id: Id, rect: Rect) {
        let (x0, y0, x1, y1) = span(rect);
        for x in x0..=x1 {
            for y in y0..=y1 {
                self.cells.entry((x, y)).or_default().insert(id);
            }
        }
    }

    /// Takes out what was put in with that very rectangle.
    pub(crate) fn remove(&mut self, id: Id, rect: Rect) {
        let (x0, y0, x1, y1) = span(rect);
        for x in x0..=x1 {
            for y in y0..=y1 {
                if let Some(cell) = self.cells.get_mut(&(x, y)) {
                    cell.remove(&id);
                    if cell.is_empty() {
                        self.cells.remove(&(x, y));
                    }
                }
            }
        }
    }

    /// What may touch the rectangle, in order; none when the rectangle is so large that asking does not pay.
    pub(crate) fn near(&self, rect: Rect) -> Option<BTreeSet<Id>> {
        let (x0, y0, x1, y1) = span(rect);
        if (i64::from(x1) - i64::from(x0) + 1) * (i64::from(y1) - i64::from(y0) + 1) > MAX_CELLS {
            return None;
        }
        let columns = (x0..=x1).map(|x| self.cells.range((x, y0)..=(x, y1)));
        Some(columns.flatten().flat_map(|(_, ids)| ids.iter().copied()).collect())
    }
}

fn span(rect: Rect) -> (i32, i32, i32, i32) {
    #[allow(clippy::cast_possible_truncation, reason = "saturates, and is cut to a range that loops can cover")]
    let cell = |value: f64| ((value / CELL).floor() as i32).clamp(-1_000_000, 1_000_000);
    (cell(rect.x0), cell(rect.y0), cell(rect.x1), cell(rect.y1))
}
