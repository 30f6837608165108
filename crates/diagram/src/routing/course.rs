//! The way of a line: which gaps between tables it takes. It depends on tables alone, not on other lines.

use super::search;
use kurbo::{Point, Rect};

/// What a bend costs in length.
pub(super) const BEND: f64 = 48.0;
/// Among more tables than these, only simple ways are looked for.
const CROWD: usize = 1_500;
/// How far into a wide gap the lines of a table go.
const ASIDE: f64 = 48.0;

/// Along which coordinates differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    X,
    Y,
}

/// Where a line leaves a table, and which way: -1 for left, 1 for right.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Exit {
    pub(super) at: Point,
    pub(super) sign: f64,
    /// How far it runs straight if it can, so that its mark never lies in a corner.
    pub(super) stub: f64,
}

/// The tables within a window.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) boxes: Vec<Rect>,
    pub(super) window: Rect,
    /// How near lines come to tables.
    pub(super) clear: f64,
}

impl Axis {
    pub(super) fn other(self) -> Self {
        match self {
            Self::X => Self::Y,
            Self::Y => Self::X,
        }
    }

    pub(super) fn of(self, point: Point) -> f64 {
        match self {
            Self::X => point.x,
            Self::Y => point.y,
        }
    }

    pub(super) fn span(self, rect: Rect) -> (f64, f64) {
        match self {
            Self::X => (rect.x0, rect.x1),
            Self::Y => (rect.y0, rect.y1),
        }
    }

    /// The point with that coordinate instead of its own.
    pub(super) fn set(self, point: Point, to: f64) -> Point {
        match self {
            Self::X => Point::new(to, point.y),
            Self::Y => Point::new(point.x, to),
        }
    }
}

impl Field {
    /// Whether searching among so many tables would take too long.
    fn is_crowded(&self) -> bool {
        self.boxes.len() > CROWD
    }

    /// What keeps a line off that axis while it runs across it over `run`.
    fn taken(&self, axis: Axis, run: (f64, f64)) -> impl Iterator<Item = (f64, f64)> {
        let (low, high) = ordered(run.0, run.1);
        self.boxes.iter().filter_map(move |rect| {
            let across = axis.other().span(*rect);
            let is_met = low < across.1 + self.clear && high > across.0 - self.clear;
            let along = axis.span(*rect);
            is_met.then_some((along.0 - self.clear, along.1 + self.clear))
        })
    }

    /// The free stretches of an axis for a line that runs across it.
    fn gaps(&self, axis: Axis, run: (f64, f64), within: (f64, f64)) -> Vec<(f64, f64)> {
        let mut taken: Vec<(f64, f64)> =
            self.taken(axis, run).filter(|it| it.1 > within.0 && it.0 < within.1).collect();
        taken.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (mut gaps, mut pen) = (Vec::new(), within.0);
        for (from, to) in taken {
            if from >= pen {
                gaps.push((pen, from));
            }
            pen = pen.max(to);
        }
        if pen <= within.1 {
            gaps.push((pen, within.1));
        }
        gaps
    }

    /// The free stretch around one place, within the window; nothing when it is taken.
    pub(super) fn room(&self, axis: Axis, at: f64, run: (f64, f64)) -> Option<(f64, f64)> {
        let mut room = axis.span(self.window);
        for (from, to) in self.taken(axis, run) {
            if from < at && at < to {
                return None;
            }
            if to <= at {
                room.0 = room.0.max(to);
            } else {
                room.1 = room.1.min(from);
            }
        }
        Some(room)
    }

    /// Where a line may turn first, from smaller to larger x.
    pub(super) fn outward(&self, exit: Exit) -> Option<(f64, f64)> {
        let start = exit.at.x + exit.sign * self.clear;
        let (low, high) = self.room(Axis::X, start, (exit.at.y, exit.at.y))?;
        let far = if exit.sign > 0.0 { high } else { low };
        let reach = (far - exit.at.x) * exit.sign;
        let near = exit.at.x + exit.sign * exit.stub.min(reach);
        Some(ordered(near, far))
    }

    /// The cheapest way with at most four bends, or any at all.
    pub(super) fn course(&self, from: Exit, to: Exit) -> Option<Vec<Point>> {
        let (a, b) = (self.outward(from)?, self.outward(to)?);
        let end = if from.sign > 0.0 { a.1 } else { a.0 };
        let is_facing = from.sign != to.sign;
        let gap = (to.at.x - from.at.x) * from.sign;
        if is_facing && gap > 0.0 && (from.at.y - to.at.y).abs() < 0.5 {
            let missing = (to.at.x - end) * from.sign;
            if missing <= self.clear + 0.5 {
                return Some(vec![from.at, Point::new(to.at.x, from.at.y)]);
            }
        }
        let direct = (from.at.x - to.at.x).abs() + (from.at.y - to.at.y).abs();
        let short = self.two_bends(from, to, (a.0.max(b.0), a.1.min(b.1)));
        if let Some(points) = &short
            && price(points) < direct + 2.0 * BEND + 4.0 * from.stub
        {
            return short;
        }
        let long = self.four_bends((from, a), (to, b));
        let ways = short.into_iter().chain(long);
        let best = ways.min_by(|a, b| price(a).total_cmp(&price(b)));
        if self.is_crowded() { best } else { best.or_else(|| search::around(self, (from, a), (to, b))) }
    }

    fn two_bends(&self, from: Exit, to: Exit, turns: (f64, f64)) -> Option<Vec<Point>> {
        if turns.0 > turns.1 {
            return None;
        }
        let aside = if from.sign == to.sign { 0.0 } else { ASIDE.min((turns.1 - turns.0) / 2.0) };
        let wanted = if from.sign > 0.0 { turns.0 + aside } else { turns.1 - aside };
        let gaps = self.gaps(Axis::X, (from.at.y, to.at.y), turns);
        let places = gaps.iter().map(|gap| wanted.clamp(gap.0, gap.1));
        let x = places.min_by(|a, b| (a - wanted).abs().total_cmp(&(b - wanted).abs()))?;
        Some(vec![from.at, Point::new(x, from.at.y), Point::new(x, to.at.y), to.at])
    }

    fn four_bends(&self, (from, a): (Exit, (f64, f64)), (to, b): (Exit, (f64, f64))) -> Option<Vec<Point>> {
        let mut best: Option<Vec<Point>> = None;
        for x1 in self.turns(from, a, to.at.x) {
            let Some(up_down) = self.room(Axis::Y, from.at.y, (x1, x1)) else { continue };
            for x2 in self.turns(to, b, x1) {
                let Some(other) = self.room(Axis::Y, to.at.y, (x2, x2)) else { continue };
                let within = (up_down.0.max(other.0), up_down.1.min(other.1));
                let (low, high) = ordered(from.at.y, to.at.y);
                for gap in self.gaps(Axis::Y, (x1, x2), within) {
                    let y = f64::midpoint(gap.0, gap.1).clamp(low, high).clamp(gap.0, gap.1);
                    let corners = [(x1, from.at.y), (x1, y), (x2, y), (x2, to.at.y)].map(Point::from);
                    let points = simplified([from.at].into_iter().chain(corners).chain([to.at]));
                    if best.as_ref().is_none_or(|best| price(&points) < price(best)) {
                        best = Some(points);
                    }
                }
            }
        }
        best
    }

    /// Where a line that leaves there might turn: at once, as late as it can, or where the other end is.
    fn turns(&self, exit: Exit, outward: (f64, f64), towards: f64) -> impl Iterator<Item = f64> {
        let (near, far) = if exit.sign > 0.0 { outward } else { (outward.1, outward.0) };
        let (low, high) = Axis::X.span(self.window);
        let last = Some(far).filter(|far| low < *far && *far < high && *far != near);
        let beside = Some(towards.clamp(outward.0, outward.1)).filter(|it| *it != near && Some(*it) != last);
        [Some(near), last, beside].into_iter().flatten()
    }
}

/// Length and bends.
pub(super) fn price(points: &[Point]) -> f64 {
    let mut price = 0.0;
    for pair in points.windows(2) {
        if let [a, b] = pair {
            price += a.distance(*b) + BEND;
        }
    }
    price
}

/// The same line without points that are no bends.
pub(super) fn simplified(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut result: Vec<Point> = Vec::new();
    for point in points {
        if result.last() == Some(&point) {
            continue;
        }
        if let [.., before, last] = result.as_mut_slice()
            && ((before.x == last.x && last.x == point.x) || (before.y == last.y && last.y == point.y))
        {
            *last = point;
        } else {
            result.push(point);
        }
    }
    result
}

pub(super) fn ordered(a: f64, b: f64) -> (f64, f64) {
    if a <= b { (a, b) } else { (b, a) }
}
