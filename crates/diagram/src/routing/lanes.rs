//! Lines that take the same gap, side by side: each slides its pieces to where they cross and cover least of what is
//! drawn already.

use super::course::{Axis, Field, ordered};
use kurbo::{Point, Rect};
use schema::TableId;

/// Between two places that are tried. Every other one is a lane; those between are for gaps that are full.
const STEP: f64 = 4.0;
/// As many places are tried on each side.
const N_STEPS: i32 = 24;
/// How far a piece slides at most, and how far away others matter.
pub(super) const REACH: f64 = 112.0;
/// Nearer than this, two lines look like one.
const ONE: f64 = 3.5;
/// From here on two lines are well apart.
const APART: f64 = 7.9;
/// How far a line keeps from the edges of its gap where there is room.
const MARGIN: f64 = 18.0;
/// What a crossing costs, in the length of what is covered.
const CROSSING: f64 = 14.0;

/// A straight piece of a line that is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<'a> {
    /// The axis on which it has one place.
    axis: Axis,
    at: f64,
    low: f64,
    high: f64,
    /// Whether it is the first of its line.
    is_first: bool,
    /// Where it ends, and how the line goes on from there.
    end: Point,
    rest: &'a [Point],
    line: Owner,
}

/// What tells lines apart that fork from those that only meet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Owner {
    pub(super) from: Point,
    pub(super) to: Point,
    pub(super) referencing: TableId,
}

impl<'a> Run<'a> {
    fn new((a, b): (Point, Point), is_first: bool, rest: &'a [Point], line: Owner) -> Self {
        let axis = if a.y == b.y { Axis::Y } else { Axis::X };
        let (low, high) = ordered(axis.other().of(a), axis.other().of(b));
        Self { axis, at: axis.of(a), low, high, is_first, end: b, rest, line }
    }

    /// Lines that lead to the same row may come together on the way there, for good, and part on the way from one.
    /// Those between the same two tables keep apart for as long as they can.
    fn forks(&self, other: &Self) -> bool {
        let arrives = self.line.to == other.line.to
            && self.end == other.end
            && self.rest == other.rest
            && (self.rest.is_empty() || self.line.referencing != other.line.referencing);
        arrives || self.line.from == other.line.from && self.is_first && other.is_first
    }

    /// Whether the two would fork if they were at the same place.
    fn could_fork(&self, other: &Self) -> bool {
        let across = self.axis.other();
        self.axis == other.axis
            && self.line.to == other.line.to
            && across.of(self.end) == across.of(other.end)
            && self.rest == other.rest
            && self.line.referencing != other.line.referencing
    }

    /// How much it covers of another and how near that is, or whether they cross.
    fn meets(&self, other: &Self) -> Meeting {
        if self.axis == other.axis {
            let length = self.high.min(other.high) - self.low.max(other.low);
            let distance = (self.at - other.at).abs();
            if length <= 0.0 || distance >= APART || self.forks(other) {
                return Meeting::None;
            }
            return if distance < ONE { Meeting::Covers(length) } else { Meeting::Beside(length) };
        }
        let crosses = other.low < self.at && self.at < other.high && self.low < other.at && other.at < self.high;
        if crosses { Meeting::Crosses } else { Meeting::None }
    }

    fn touches(&self, rect: Rect) -> bool {
        let (at, along) = (self.axis.span(rect), self.axis.other().span(rect));
        at.0 <= self.at && self.at <= at.1 && along.0 <= self.high && self.low <= along.1
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Meeting {
    None,
    Crosses,
    Covers(f64),
    Beside(f64),
}

/// The straight pieces of a line.
pub(super) fn runs(points: &[Point], line: Owner) -> impl Iterator<Item = Run<'_>> {
    let pairs = points.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
    let rest = move |index: usize| points.get(index + 2..).unwrap_or_default();
    pairs.enumerate().map(move |(index, pair)| Run::new(pair, index == 0, rest(index), line))
}

/// Slides the pieces between the ends to their lanes, from the referenced end on, where lines come together. `turns` is
/// where the line may turn after its first and before its last point.
pub(super) fn slide(points: &mut [Point], field: &Field, turns: [(f64, f64); 2], line: Owner, others: &[Run<'_>]) {
    for leg in (1..points.len().saturating_sub(2)).rev() {
        if let Some((axis, place)) = lane(points, leg, (field, turns), line, others)
            && let Some(pair) = points.get_mut(leg..leg + 2)
        {
            pair.iter_mut().for_each(|point| *point = axis.set(*point, place));
        }
    }
}

/// The best place for one piece, and on which axis.
fn lane(
    points: &[Point],
    leg: usize,
    (field, turns): (&Field, [(f64, f64); 2]),
    line: Owner,
    others: &[Run<'_>],
) -> Option<(Axis, f64)> {
    let [before, a, b, after] = points.get(leg - 1..leg + 3)?.try_into().ok()?;
    let axis = if a.y == b.y { Axis::Y } else { Axis::X };
    let across = axis.other();
    let here = axis.of(a);
    let beside = |at: Point, end: Option<(f64, f64)>| {
        end.or_else(|| field.room(axis, here, (across.of(at), across.of(at)))).unwrap_or((here, here))
    };
    let free = field.room(axis, here, (across.of(a), across.of(b))).unwrap_or((here, here));
    let rooms =
        [free, beside(a, (leg == 1).then_some(turns[0])), beside(b, (leg + 3 == points.len()).then_some(turns[1]))];
    let room = rooms.iter().fold((here - REACH, here + REACH), |all, it| (all.0.max(it.0), all.1.min(it.1)));
    // Where tables are close it turns sooner than it should, and stays there.
    let room = (room.0.min(here), room.1.max(here));
    let near = Rect::from_points(axis.set(a, here - REACH), axis.set(b, here + REACH));
    let near = [before, after].iter().fold(near, |near, point| near.union_pt(*point)).inflate(APART, APART);
    let others: Vec<&Run<'_>> = others.iter().filter(|run| run.touches(near)).collect();
    let own = Run::new((a, b), false, points.get(leg + 2..)?, line);
    let partners = others.iter().filter(|run| own.could_fork(run)).map(|run| run.at);
    let cost = |place: f64| {
        let mut moved = points.to_vec();
        if let Some(pair) = moved.get_mut(leg..leg + 2) {
            pair.iter_mut().for_each(|point| *point = axis.set(*point, place));
        }
        let pieces = runs(&moved, line).skip(leg - 1).take(3);
        pieces.map(|run| burden(&run, &others) + 0.2 * (run.high - run.low)).sum::<f64>()
    };
    Some((axis, best(wanted(here, free, room), room, partners, cost)))
}

/// How much of a line is covered by others that only meet it.
pub(super) fn covered(points: &[Point], line: Owner, others: &[Run<'_>]) -> f64 {
    let pieces = runs(points, line).flat_map(|run| others.iter().map(move |other| run.meets(other)));
    pieces.map(|meeting| if let Meeting::Covers(length) = meeting { length } else { 0.0 }).sum()
}

fn burden(run: &Run<'_>, others: &[&Run<'_>]) -> f64 {
    let cost = |other: &&Run<'_>| match run.meets(other) {
        Meeting::None => 0.0,
        Meeting::Crosses => CROSSING,
        Meeting::Covers(length) => 20.0 + 2.0 * length,
        Meeting::Beside(length) => 2.0 + 0.1 * length,
    };
    others.iter().map(cost).sum()
}

/// Where a piece lies best when it is alone: in the middle of a narrow gap, and in a wide one where it is, but not close
/// to a table.
fn wanted(here: f64, free: (f64, f64), room: (f64, f64)) -> f64 {
    let inner = (free.0 + MARGIN, free.1 - MARGIN);
    let inside = if inner.0 > inner.1 { f64::midpoint(free.0, free.1) } else { here.clamp(inner.0, inner.1) };
    inside.clamp(room.0, room.1)
}

fn best(wanted: f64, room: (f64, f64), partners: impl Iterator<Item = f64>, cost: impl Fn(f64) -> f64) -> f64 {
    let mut best = (f64::INFINITY, wanted);
    let mut consider = |place: f64, away: f64| {
        if room.0 <= place && place <= room.1 {
            let cost = cost(place) + away;
            if cost < best.0 - 1e-6 {
                best = (cost, place);
            }
        }
    };
    // What forks is best kept together.
    partners.for_each(|place| consider(place, -8.0));
    consider(wanted, 0.0);
    for step in 1..=N_STEPS {
        let away = f64::from(step) * STEP;
        consider(wanted - away, 0.1 * away);
        consider(wanted + away, 0.1 * away);
    }
    best.1
}
