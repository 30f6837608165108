//! The line of a reference: orthogonal, from row to row, with rounded corners and crow's feet.

mod course;
mod lanes;
mod search;

use crate::marker::{self, MARKER_LENGTH};
use crate::{Side, TableBox};
use course::{Exit, Field, ordered};
use kurbo::{PathEl, Point, Rect, Vec2};
use lanes::{Owner, REACH, Run};
use schema::{ColumnId, EndMarker, Ends, Reference, ReferenceId, TableId};
use std::sync::Arc;

/// How far a line runs straight before its first bend, so that its mark never lies in a corner.
const STUB: f64 = MARKER_LENGTH + CORNER;
const CORNER: f64 = 6.0;
/// From the table's edge to the point where the branches of a composite reference join.
const FORK: f64 = 12.0;
/// From the middle of a row to where the lines of one kind end when there are two kinds.
const SPREAD: f64 = 6.0;
/// How much of a line may be covered by another.
const COVERED: f64 = 8.0;
/// How near lines come to tables, and how near they do where there is no other way.
const CLEAR: [f64; 2] = [6.0, 1.5];
/// How far around its tables a line looks for a way: at first, and where it finds none.
const AROUND: [f64; 2] = [320.0, 1_600.0];

/// A reference as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Which reference.
    pub reference: ReferenceId,
    /// The bends of the line from the referencing end to the referenced one, without rounding. Each end is the
    /// anchor of a row, or where the branches of a composite reference join.
    pub points: Arc<[Point]>,
    /// The referencing end.
    pub referencing: RouteEnd,
    /// The referenced end.
    pub referenced: RouteEnd,
    /// Everything that is stroked: line, branches and crow's feet.
    pub path: Arc<[PathEl]>,
    /// The part of `path` that is dashed when the line is: line and branches.
    pub line: Arc<[PathEl]>,
    /// The part of `path` that never is: the crow's feet.
    pub feet: Arc<[PathEl]>,
    /// The line alone with sharp corners, for pictures too small to show more.
    pub plain: Arc<[PathEl]>,
    /// What contains all of it.
    pub bounds: Rect,
}

/// One end of a line.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteEnd {
    /// The table it is at.
    pub table: TableId,
    /// The edge of the table.
    pub side: Side,
    /// The crow's foot.
    pub marker: EndMarker,
    /// Where it meets the rows of its columns, in the order of the reference.
    pub anchors: Arc<[Point]>,
}

/// A reference with what its line depends on besides the two boxes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Link {
    pub(crate) reference: Arc<Reference>,
    pub(crate) ends: Ends,
}

/// The way of a line between tables, before other lines are looked at.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    reference: ReferenceId,
    ends: [RouteEnd; 2],
    points: Vec<Point>,
    /// What the way depends on: the tables in there.
    pub(crate) window: Rect,
    /// How near it comes to tables; nothing when it leads through them, as there is no way around.
    clear: Option<f64>,
}

/// The order in which lines choose their lanes: short ones, which have the least choice, first.
pub(crate) type Turn = (u32, ReferenceId);

impl Route {
    /// The line with its marks.
    fn drawn(reference: ReferenceId, [a, b]: [RouteEnd; 2], points: Vec<Point>) -> Self {
        let (from, to) = (a.join(), b.join());
        let mut feet = Vec::new();
        let trim_a = marker::append(&mut feet, a.marker, from, Vec2::new(a.side.sign(), 0.0));
        let trim_b = marker::append(&mut feet, b.marker, to, Vec2::new(b.side.sign(), 0.0));
        let mut line = Vec::new();
        branches(&mut line, &a, from);
        branches(&mut line, &b, to);
        rounded(&mut line, &trimmed(&points, trim_a, trim_b));
        let corners = points.iter().chain(a.anchors.iter()).chain(b.anchors.iter());
        let bounds = corners.fold(Rect::from_points(from, to), |bounds, point| bounds.union_pt(*point));
        Self {
            reference,
            plain: polyline(&points).into(),
            points: points.into(),
            referencing: a,
            referenced: b,
            path: [line.as_slice(), feet.as_slice()].concat().into(),
            line: line.into(),
            feet: feet.into(),
            bounds: bounds.inflate(8.0, 8.0),
        }
    }

    /// The straight pieces that make up line and branches.
    pub fn segments(&self) -> impl Iterator<Item = (Point, Point)> + '_ {
        let line = self.points.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let ends = [(&self.referencing, self.points.first()), (&self.referenced, self.points.last())];
        let branches = ends.into_iter().flat_map(|(end, join)| {
            let join = join.copied().unwrap_or_default();
            end.anchors.iter().flat_map(move |anchor| {
                let knee = Point::new(join.x, anchor.y);
                [(*anchor, knee), (knee, join)]
            })
        });
        line.chain(branches).filter(|(from, to)| from != to)
    }

    fn owner(&self) -> Owner {
        let end = |point: Option<&Point>| point.copied().unwrap_or_default();
        Owner { from: end(self.points.first()), to: end(self.points.last()), referencing: self.referencing.table }
    }

    /// The distance from a point to the line or its branches.
    pub fn distance(&self, point_in_world: Point) -> f64 {
        self.segments().map(|(from, to)| distance_to_segment(point_in_world, from, to)).fold(f64::INFINITY, f64::min)
    }

    /// The middle of the longest straight piece, where a badge has room.
    pub fn badge_point(&self) -> Point {
        let line = self.points.windows(2).filter_map(|pair| Some((*pair.first()?, *pair.last()?)));
        let mut longest = (0.0, self.points.first().copied().unwrap_or_default());
        for (from, to) in line {
            let length = from.distance(to);
            if length > longest.0 + 1.0 {
                longest = (length, from.midpoint(to));
            }
        }
        longest.1
    }
}

impl RouteEnd {
    fn new(table: &TableBox, side: Side, columns: impl Iterator<Item = ColumnId>, marker: EndMarker) -> Self {
        let header = Point::new(side.of(table.rect), table.header_rect().center().y);
        let anchors = columns.map(|column| table.anchor(column, side).unwrap_or(header)).collect();
        Self { table: table.table, side, marker, anchors }
    }

    /// Where the line proper ends: at the only anchor, or in the middle of the branches.
    fn join(&self) -> Point {
        let first = self.anchors.first().copied().unwrap_or_default();
        let heights =
            self.anchors.iter().fold((first.y, first.y), |it, anchor| (it.0.min(anchor.y), it.1.max(anchor.y)));
        Point::new(first.x + self.side.sign() * self.fork(), f64::midpoint(heights.0, heights.1))
    }

    fn fork(&self) -> f64 {
        if self.anchors.len() > 1 { FORK } else { 0.0 }
    }

    fn exit(&self) -> Exit {
        Exit { at: self.join(), sign: self.side.sign(), stub: STUB }
    }

    fn shift(&mut self, by: f64) {
        self.anchors = self.anchors.iter().map(|anchor| *anchor + Vec2::new(0.0, by)).collect();
    }
}

impl Link {
    /// Whether a row need not reference any.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self.ends.referenced, EndMarker::ZeroOrOne | EndMarker::ZeroOrMany)
    }

    /// The two ends at those sides. Where `mixed` kinds of references end at a column, the two kinds end apart, so that
    /// their different marks do not lie over each other.
    fn ends(&self, tables: [&TableBox; 2], sides: (Side, Side), mixed: bool) -> [RouteEnd; 2] {
        let pairs = &self.reference.pairs;
        let mut a = RouteEnd::new(tables[0], sides.0, pairs.iter().map(|pair| pair.referencing), self.ends.referencing);
        let mut b = RouteEnd::new(tables[1], sides.1, pairs.iter().map(|pair| pair.referenced), self.ends.referenced);
        if mixed {
            b.shift(if self.is_optional() { SPREAD } else { -SPREAD });
        }
        straighten(&mut a, &b);
        [a, b]
    }
}

impl Plan {
    /// Finds the way of a reference between the boxes of its two tables. `around` tells the boxes that touch a
    /// rectangle; nothing else has a say.
    pub(crate) fn new(link: &Link, tables: [&TableBox; 2], mixed: bool, around: &dyn Fn(Rect) -> Vec<Rect>) -> Self {
        let fork = if link.reference.pairs.len() > 1 { FORK } else { 0.0 };
        let hull = tables[0].rect.union(tables[1].rect);
        let preferred = sides(tables[0].rect, tables[1].rect, 2.0 * (STUB + fork));
        let (l, r) = (Side::Left, Side::Right);
        let all = [preferred, (r, l), (l, r), (r, r), (l, l)];
        for (clear, margin, sides) in [
            (CLEAR[0], AROUND[0], all.get(..1)),
            (CLEAR[0], AROUND[1], Some(&all[..])),
            (CLEAR[1], AROUND[1], Some(&all[..])),
        ] {
            let window = hull.inflate(margin, margin);
            let field = Field { boxes: around(window), window, clear };
            for sides in sides.into_iter().flatten() {
                let ends = link.ends(tables, *sides, mixed);
                if let Some(points) = field.course(ends[0].exit(), ends[1].exit()) {
                    return Self { reference: link.reference.id, ends, points, window, clear: Some(clear) };
                }
            }
        }
        let ends = link.ends(tables, preferred, mixed);
        let points = bends(ends[0].exit(), ends[1].exit());
        let window = hull.inflate(AROUND[1], AROUND[1]);
        Self { reference: link.reference.id, ends, points, window, clear: None }
    }

    /// When it is its turn to choose lanes.
    pub(crate) fn turn(&self) -> Turn {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let length = course::price(&self.points) as u32;
        (length, self.reference)
    }

    /// Where lines matter to it.
    pub(crate) fn reach(&self) -> Rect {
        let first = self.points.first().copied().unwrap_or_default();
        let hull = self.points.iter().fold(Rect::from_points(first, first), |hull, point| hull.union_pt(*point));
        hull.inflate(REACH + CORNER, REACH + CORNER)
    }

    /// Draws the line beside those that are there.
    pub(crate) fn drawn(&self, around: &dyn Fn(Rect) -> Vec<Rect>, others: &[&Route]) -> Route {
        let boxes = if self.clear.is_some() { around(self.window) } else { Vec::new() };
        let field = Field { boxes, window: self.window, clear: self.clear.unwrap_or_default() };
        let others: Vec<Run<'_>> = others.iter().flat_map(|route| lanes::runs(&route.points, route.owner())).collect();
        let mut best: Option<(f64, [RouteEnd; 2], Vec<Point>)> = None;
        // Where one line would cover another all the same, the end in the row gives way.
        for by in [0.0, -SPREAD, SPREAD] {
            let mut ends = self.ends.clone();
            let mut points = self.points.clone();
            if by != 0.0 {
                let [referencing, _] = &mut ends;
                referencing.shift(by);
                let way = self.clear.and_then(|_| field.course(ends[0].exit(), ends[1].exit()));
                let Some(way) = way.filter(|_| ends[0].anchors.len() == 1) else { continue };
                points = way;
            }
            let line = Owner { from: ends[0].join(), to: ends[1].join(), referencing: ends[0].table };
            let turns = [&ends[0], &ends[1]].map(|end| turns(&field, end.exit()));
            lanes::slide(&mut points, &field, turns, line, &others);
            let covered = lanes::covered(&points, line, &others);
            let is_good = covered <= COVERED;
            if best.as_ref().is_none_or(|best| covered + 1.0 < best.0) {
                best = Some((covered, ends, points));
            }
            if is_good {
                break;
            }
        }
        let (_, ends, points) = best.unwrap_or_else(|| (0.0, self.ends.clone(), self.points.clone()));
        Route::drawn(self.reference, ends, points)
    }
}

/// Where a line may turn after an end; if tables leave it no choice, just where it does.
fn turns(field: &Field, exit: Exit) -> (f64, f64) {
    let near = exit.at.x + exit.sign * STUB;
    field.outward(exit).unwrap_or_else(|| ordered(near, exit.at.x + exit.sign * (STUB + REACH)))
}

/// Facing sides when the boxes lie far enough apart, otherwise the same side of both, whichever is nearer.
fn sides(a: Rect, b: Rect, gap: f64) -> (Side, Side) {
    if b.x1 + gap <= a.x0 {
        return (Side::Left, Side::Right);
    }
    if a.x1 + gap <= b.x0 {
        return (Side::Right, Side::Left);
    }
    if (a.x0 - b.x0).abs() < (a.x1 - b.x1).abs() { (Side::Left, Side::Left) } else { (Side::Right, Side::Right) }
}

/// Two rows at nearly the same height are joined by a straight line rather than one with a kink: the referencing end,
/// where lines seldom meet, gives way within its row.
fn straighten(referencing: &mut RouteEnd, referenced: &RouteEnd) {
    if let ([from], [to]) = (&*referencing.anchors, &*referenced.anchors)
        && referencing.side != referenced.side
        && (from.y - to.y).abs() <= SPREAD
    {
        referencing.anchors = [Point::new(from.x, to.y)].into();
    }
}

/// Straight from row to row, whatever lies between.
fn bends(from: Exit, to: Exit) -> Vec<Point> {
    if from.sign != to.sign && (from.at.y - to.at.y).abs() < 0.5 {
        return vec![from.at, to.at];
    }
    let x = if from.sign == to.sign {
        (from.at.x * from.sign).max(to.at.x * to.sign) * from.sign + from.sign * STUB
    } else {
        f64::midpoint(from.at.x, to.at.x)
    };
    vec![from.at, Point::new(x, from.at.y), Point::new(x, to.at.y), to.at]
}

fn branches(path: &mut Vec<PathEl>, end: &RouteEnd, join: Point) {
    if end.anchors.len() < 2 {
        return;
    }
    let mut anchors: Vec<Point> = end.anchors.to_vec();
    anchors.sort_by(|a, b| a.y.total_cmp(&b.y));
    let knee = |anchor: Point| Point::new(join.x, anchor.y);
    if let (Some(first), Some(last)) = (anchors.first(), anchors.last()) {
        rounded(path, &[*first, knee(*first), knee(*last), *last]);
    }
    for anchor in anchors.iter().skip(1).take(anchors.len().saturating_sub(2)) {
        path.extend([PathEl::MoveTo(*anchor), PathEl::LineTo(knee(*anchor))]);
    }
}

/// The same line, shorter by so much at its two ends.
fn trimmed(points: &[Point], start: f64, end: f64) -> Vec<Point> {
    let mut points = points.to_vec();
    if let [first, second, ..] = points.as_mut_slice() {
        *first = towards(*first, *second, start);
    }
    if let [.., before, last] = points.as_mut_slice() {
        *last = towards(*last, *before, end);
    }
    points
}

fn towards(from: Point, to: Point, distance: f64) -> Point {
    let length = from.distance(to);
    if length < 1e-9 { from } else { from.lerp(to, (distance / length).min(1.0)) }
}

fn polyline(points: &[Point]) -> Vec<PathEl> {
    let elements = points.iter().enumerate();
    elements.map(|(index, point)| if index == 0 { PathEl::MoveTo(*point) } else { PathEl::LineTo(*point) }).collect()
}

/// Appends a line whose corners are rounded as far as its pieces are long enough.
pub(crate) fn rounded(path: &mut Vec<PathEl>, points: &[Point]) {
    let Some(first) = points.first() else { return };
    path.push(PathEl::MoveTo(*first));
    for corner in points.windows(3) {
        if let [before, at, after] = corner {
            let radius = CORNER.min(before.distance(*at) / 2.0).min(at.distance(*after) / 2.0);
            path.push(PathEl::LineTo(towards(*at, *before, radius)));
            path.push(PathEl::QuadTo(*at, towards(*at, *after, radius)));
        }
    }
    if let (Some(last), true) = (points.last(), points.len() > 1) {
        path.push(PathEl::LineTo(*last));
    }
}

/// A line from a table's edge to a point, as while a reference is being drawn.
pub(crate) fn free_line(from: Point, side: Side, to: Point) -> Vec<PathEl> {
    let ahead = (to.x - from.x) * side.sign();
    let x =
        if ahead > 2.0 * STUB { f64::midpoint(from.x, to.x) } else { from.x + side.sign() * (STUB + ahead.max(0.0)) };
    let mut path = Vec::new();
    rounded(&mut path, &[from, Point::new(x, from.y), Point::new(x, to.y), to]);
    path
}

fn distance_to_segment(point: Point, from: Point, to: Point) -> f64 {
    let along = to - from;
    let length2 = along.hypot2();
    if length2 < 1e-12 {
        return point.distance(from);
    }
    let t = ((point - from).dot(along) / length2).clamp(0.0, 1.0);
    point.distance(from + along * t)
}
