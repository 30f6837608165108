//! The line of a reference: orthogonal, from row to row, with rounded corners and crow's feet.

use crate::marker::{self, MARKER_LENGTH};
use crate::{Side, TableBox};
use kurbo::{PathEl, Point, Rect, Vec2};
use schema::{ColumnId, EndMarker, Ends, Reference, ReferenceId, TableId};
use std::sync::Arc;

/// How far a line runs straight before its first bend, so that its mark never lies in a corner.
const STUB: f64 = MARKER_LENGTH + CORNER;
const CORNER: f64 = 6.0;
/// From the table's edge to the point where the branches of a composite reference join.
const FORK: f64 = 12.0;
const LANE: f64 = 8.0;
/// How many lanes there are between two tables, unless they need more.
const N_LANES: u32 = 9;
/// From the middle of a row to where the lines of one kind end when there are two kinds.
const SPREAD: f64 = 6.0;

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
    /// Its number among the references between the same two tables, from the top row down, and how many there are.
    pub(crate) parallel: (u32, u32),
    /// Whether both mandatory and optional references end at its referenced column. The two kinds then end apart, so
    /// that their different marks do not lie over each other.
    pub(crate) mixed: bool,
}

impl Route {
    /// Routes a reference between the boxes of its two tables. Depends on nothing else, so that moving a table
    /// changes only the lines that end at it.
    pub(crate) fn new(link: &Link, referencing: &TableBox, referenced: &TableBox) -> Self {
        let reference = &link.reference;
        let fork = if reference.pairs.len() > 1 { FORK } else { 0.0 };
        let (side_a, side_b) = sides(referencing.rect, referenced.rect, 2.0 * (STUB + fork));
        let columns_a = reference.pairs.iter().map(|pair| pair.referencing);
        let columns_b = reference.pairs.iter().map(|pair| pair.referenced);
        let mut a = end(referencing, side_a, columns_a, link.ends.referencing);
        let mut b = end(referenced, side_b, columns_b, link.ends.referenced);
        if link.mixed {
            let offset = Vec2::new(0.0, if link.is_optional() { SPREAD } else { -SPREAD });
            b.anchors = b.anchors.iter().map(|anchor| *anchor + offset).collect();
        }
        straighten(&mut a, &b);
        let (from, to) = (join(&a, fork), join(&b, fork));
        let points = bends(from, side_a, to, side_b, lane(link, from, to), link.lanes());
        let mut feet = Vec::new();
        let trim_a = marker::append(&mut feet, a.marker, from, Vec2::new(side_a.sign(), 0.0));
        let trim_b = marker::append(&mut feet, b.marker, to, Vec2::new(side_b.sign(), 0.0));
        let mut line = Vec::new();
        branches(&mut line, &a, from);
        branches(&mut line, &b, to);
        rounded(&mut line, &trimmed(&points, trim_a, trim_b));
        let corners = points.iter().chain(a.anchors.iter()).chain(b.anchors.iter());
        let bounds = corners.fold(Rect::from_points(from, to), |bounds, point| bounds.union_pt(*point));
        Self {
            reference: reference.id,
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

impl Link {
    /// How many lanes there are beside or between its two tables.
    fn lanes(&self) -> u32 {
        self.parallel.1.max(N_LANES)
    }

    /// Whether a row need not reference any.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self.ends.referenced, EndMarker::ZeroOrOne | EndMarker::ZeroOrMany)
    }
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

fn end(table: &TableBox, side: Side, columns: impl Iterator<Item = ColumnId>, marker: EndMarker) -> RouteEnd {
    let header = Point::new(side.of(table.rect), table.header_rect().center().y);
    let anchors = columns.map(|column| table.anchor(column, side).unwrap_or(header)).collect();
    RouteEnd { table: table.table, side, marker, anchors }
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

/// Where the line proper ends: at the only anchor, or in the middle of the branches.
fn join(end: &RouteEnd, fork: f64) -> Point {
    let first = end.anchors.first().copied().unwrap_or_default();
    let (top, bottom) =
        end.anchors.iter().fold((first.y, first.y), |(top, bottom), anchor| (top.min(anchor.y), bottom.max(anchor.y)));
    Point::new(first.x + end.side.sign() * fork, f64::midpoint(top, bottom))
}

/// Lines to one table share a lane, so that they run together; references between the same two tables get lanes of
/// their own, nested so that they do not cross.
fn lane(link: &Link, from: Point, to: Point) -> f64 {
    let reference = &link.reference;
    let (index, count) = link.parallel;
    if reference.referencing == reference.referenced {
        return f64::from(index);
    }
    let nested = if to.y < from.y { index } else { count.saturating_sub(index + 1) };
    let apart = u32::from(count == 1 && link.mixed && link.is_optional());
    let base = (spread(reference.referenced) + apart) % (link.lanes() - count + 1);
    f64::from(base + nested)
}

/// A number that differs between most tables and never changes for one.
fn spread(table: TableId) -> u32 {
    table.0.as_bytes().iter().fold(2_166_136_261, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(16_777_619))
        >> 8
}

fn bends(from: Point, side_a: Side, to: Point, side_b: Side, lane: f64, lanes: u32) -> Vec<Point> {
    let x = if side_a == side_b {
        let outermost = if side_a == Side::Right { from.x.max(to.x) } else { from.x.min(to.x) };
        outermost + side_a.sign() * (STUB + lane * LANE)
    } else {
        if (from.y - to.y).abs() < 0.5 {
            return vec![from, to];
        }
        let room = ((to.x - from.x).abs() - 2.0 * STUB).max(0.0);
        from.x + side_a.sign() * (STUB + lane * LANE.min(room / f64::from(lanes - 1)))
    };
    vec![from, Point::new(x, from.y), Point::new(x, to.y), to]
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
