//! Crow's feet: the marks at the ends of a line.

use kurbo::{Circle, PathEl, Point, Shape, Vec2};
use schema::EndMarker;

/// How far from the table the marks reach; the line is straight until there.
pub(crate) const MARKER_LENGTH: f64 = 18.0;
const FOOT_LENGTH: f64 = 10.0;
const FOOT_SPREAD: f64 = 5.5;
const TICK: f64 = 5.0;
const RING: f64 = 3.5;

/// Appends the mark of a line's end and returns where, counted from the end, the line itself begins.
///
/// `end` is the point on the table's edge and `out` the direction in which the line leaves it, of length 1.
pub(crate) fn append(path: &mut Vec<PathEl>, marker: EndMarker, end: Point, out: Vec2) -> f64 {
    let across = Vec2::new(-out.y, out.x);
    let at = |distance: f64, offset: f64| end + out * distance + across * offset;
    let mut line = |from: Point, to: Point| path.extend([PathEl::MoveTo(from), PathEl::LineTo(to)]);
    match marker {
        EndMarker::One => {
            line(at(6.0, -TICK), at(6.0, TICK));
            line(at(10.0, -TICK), at(10.0, TICK));
            0.0
        }
        EndMarker::ZeroOrOne => {
            line(at(6.0, -TICK), at(6.0, TICK));
            line(at(0.0, 0.0), at(10.0, 0.0));
            path.extend(Circle::new(at(10.0 + RING, 0.0), RING).path_elements(0.05));
            10.0 + 2.0 * RING
        }
        EndMarker::OneOrMany => {
            foot(&mut line, at);
            line(at(FOOT_LENGTH + 4.0, -TICK), at(FOOT_LENGTH + 4.0, TICK));
            0.0
        }
        EndMarker::ZeroOrMany => {
            foot(&mut line, at);
            line(at(0.0, 0.0), at(FOOT_LENGTH, 0.0));
            path.extend(Circle::new(at(FOOT_LENGTH + RING, 0.0), RING).path_elements(0.05));
            FOOT_LENGTH + 2.0 * RING
        }
    }
}

fn foot(line: &mut impl FnMut(Point, Point), at: impl Fn(f64, f64) -> Point) {
    line(at(0.0, -FOOT_SPREAD), at(FOOT_LENGTH, 0.0));
    line(at(0.0, FOOT_SPREAD), at(FOOT_LENGTH, 0.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_all_ends() {
        let check = |marker, n_strokes: usize, has_ring: bool, trim: f64| {
            for out in [Vec2::new(1.0, 0.0), Vec2::new(-1.0, 0.0)] {
                let (mut path, end) = (Vec::new(), Point::new(100.0, 50.0));
                assert_eq!(append(&mut path, marker, end, out), trim, "{marker:?}");
                let strokes = path.iter().filter(|it| matches!(it, PathEl::LineTo(_))).count();
                assert_eq!(strokes, n_strokes, "{marker:?}");
                assert_eq!(path.iter().any(|it| matches!(it, PathEl::CurveTo(..))), has_ring, "{marker:?}");
                let reach = |point: Point| (point - end).dot(out);
                let points = path.iter().filter_map(PathEl::end_point);
                assert!(points.map(reach).all(|it| (-0.01..=MARKER_LENGTH).contains(&it)), "{marker:?}");
            }
        };
        check(EndMarker::One, 2, false, 0.0);
        check(EndMarker::ZeroOrOne, 2, true, 17.0);
        check(EndMarker::OneOrMany, 3, false, 0.0);
        check(EndMarker::ZeroOrMany, 3, true, 17.0);
    }
}
