//! Which objects are near a place: squares of the plane, each with what touches it.
//!
//! What touches very many squares is kept apart, so that an object costs little however far it reaches.

use kurbo::Rect;
use std::collections::{BTreeMap, BTreeSet};

const CELL: f64 = 512.0;
/// Above this many squares a linear pass over everything is faster than looking them up.
const MAX_CELLS_ASKED: i64 = 64;
/// Above this many squares an object counts as near everything.
const MAX_CELLS_OF_ONE: i64 = 1_024;

/// Objects by the squares that they touch.
#[derive(Debug, Clone)]
pub(crate) struct Grid<Id> {
    cells: BTreeMap<(i32, i32), BTreeSet<Id>>,
    large: BTreeSet<Id>,
}

impl<Id> Default for Grid<Id> {
    fn default() -> Self {
        Self { cells: BTreeMap::new(), large: BTreeSet::new() }
    }
}

impl<Id: Copy + Ord> Grid<Id> {
    pub(crate) fn insert(&mut self, id: Id, rect: Rect) {
        let span = span(rect);
        if count(span) > MAX_CELLS_OF_ONE {
            self.large.insert(id);
            return;
        }
        let (x0, y0, x1, y1) = span;
        for x in x0..=x1 {
            for y in y0..=y1 {
                self.cells.entry((x, y)).or_default().insert(id);
            }
        }
    }

    /// Takes out what was put in with that very rectangle.
    pub(crate) fn remove(&mut self, id: Id, rect: Rect) {
        let span = span(rect);
        if count(span) > MAX_CELLS_OF_ONE {
            self.large.remove(&id);
            return;
        }
        let (x0, y0, x1, y1) = span;
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
        let span = span(rect);
        if count(span) > MAX_CELLS_ASKED {
            return None;
        }
        let (x0, y0, x1, y1) = span;
        let columns = (x0..=x1).map(|x| self.cells.range((x, y0)..=(x, y1)));
        let found = columns.flatten().flat_map(|(_, ids)| ids.iter().copied());
        Some(found.chain(self.large.iter().copied()).collect())
    }
}

/// How many squares a span has.
fn count((x0, y0, x1, y1): (i32, i32, i32, i32)) -> i64 {
    (i64::from(x1) - i64::from(x0) + 1) * (i64::from(y1) - i64::from(y0) + 1)
}

fn span(rect: Rect) -> (i32, i32, i32, i32) {
    #[allow(clippy::cast_possible_truncation, reason = "saturates, and is cut to a range that loops can cover")]
    let cell = |value: f64| ((value / CELL).floor() as i32).clamp(-1_000_000, 1_000_000);
    (cell(rect.x0), cell(rect.y0), cell(rect.x1), cell(rect.y1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: Rect =
        Rect { x0: -2_147_483_648.0, y0: -2_147_483_648.0, x1: 2_147_483_647.0, y1: 2_147_483_647.0 };

    #[test]
    fn what_is_near() {
        let small = Rect::new(0.0, 0.0, 600.0, 600.0);
        // A line along the whole plane touches millions of squares and must not be filed in each.
        let line = Rect::new(EVERYWHERE.x0, 0.0, EVERYWHERE.x1, 1.0);
        let mut grid = Grid::default();
        for (id, rect) in [(1, small), (2, line), (3, EVERYWHERE)] {
            grid.insert(id, rect);
        }
        assert!(grid.cells.len() <= 4);
        for (asked, expect) in [
            (Rect::new(10.0, 10.0, 20.0, 20.0), Some(BTreeSet::from([1, 2, 3]))),
            (Rect::new(9_000.0, 9_000.0, 9_001.0, 9_001.0), Some(BTreeSet::from([2, 3]))),
            (EVERYWHERE, None),
        ] {
            assert_eq!(grid.near(asked), expect);
        }
        for (id, rect) in [(1, small), (2, line), (3, EVERYWHERE)] {
            grid.remove(id, rect);
        }
        assert_eq!(grid.near(small), Some(BTreeSet::new()));
    }
}
