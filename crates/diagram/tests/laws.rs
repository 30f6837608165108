//! What holds for every schema and arrangement.

use crate::sample::{crowd, schema};
use diagram::{Camera, Hit, Point, Rect, Scene, Side, Size, View, font, layout};
use edit::Placement;
use proptest::prelude::*;
use schema::{ReferenceId, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

fn places(schema: &Schema, points: &[(i32, i32)]) -> BTreeMap<TableId, Placement> {
    let spots = points.iter().cycle().enumerate();
    let shifted = spots.map(|(index, (x, y))| Placement { x: *x + 7 * i32::try_from(index).unwrap(), y: *y });
    schema.tables.keys().copied().zip(shifted).collect()
}

/// Everything that can be seen of a scene.
fn geometry(scene: &Scene) -> String {
    let boxes: Vec<_> = scene.boxes().collect();
    let routes: Vec<_> = scene.routes().collect();
    format!("{boxes:?} {routes:?}")
}

fn spots() -> impl Strategy<Value = Vec<(i32, i32)>> {
    prop::collection::vec((-1500..1500_i32, -1500..1500_i32), 3..12)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn routes_begin_and_end_at_their_rows(n in 2..24_usize, spots in spots()) {
        let schema = schema(&crowd(n));
        let scene = Scene::build(&schema, &places(&schema, &spots));
        prop_assert_eq!(scene.routes().count(), schema.references.len());
        for route in scene.routes() {
            let reference = scene.reference(route.reference).unwrap();
            let columns = [reference.referencing_columns(), reference.referenced_columns()];
            for (end, columns) in [&route.referencing, &route.referenced].into_iter().zip(columns) {
                let table_box = scene.table_box(end.table).unwrap();
                for (anchor, column) in end.anchors.iter().zip(columns) {
                    let row = table_box.row_rect(column).unwrap();
                    prop_assert_eq!(anchor.x, end.side.of(row));
                    prop_assert!(row.y0 < anchor.y && anchor.y < row.y1);
                }
            }
            for pair in route.points.windows(2) {
                prop_assert!(pair[0].x == pair[1].x || pair[0].y == pair[1].y, "orthogonal");
            }
            let ends = [(&route.referencing, route.points.first()), (&route.referenced, route.points.last())];
            for (end, point) in ends {
                prop_assert!(end.anchors.len() > 1 || point == end.anchors.first());
            }
            for (from, to) in route.segments() {
                prop_assert_eq!(route.bounds.union(Rect::from_points(from, to)), route.bounds);
            }
        }
    }

    #[test]
    fn moving_changes_only_what_is_met(n in 2..24_usize, spots in spots(), pick in 0..24_usize, steps in prop::collection::vec((-900..900_i32, -900..900_i32), 1..4)) {
        let schema = schema(&crowd(n));
        let before = Scene::build(&schema, &places(&schema, &spots));
        let table = *schema.tables.keys().nth(pick % n).unwrap();
        let mut after = before.clone();
        let incident: BTreeSet<ReferenceId> = before.references_of(table).collect();
        let mut met = incident;
        for (x, y) in steps {
            after.move_table(table, Placement { x, y });
            let rect = after.table_box(table).unwrap().rect;
            let crosses = |(from, to): (Point, Point)| Rect::from_points(from, to).overlaps(rect);
            met.extend(before.routes().filter(|it| it.segments().any(crosses)).map(|it| it.reference));
        }
        for route in before.routes().filter(|route| !met.contains(&route.reference)) {
            prop_assert_eq!(after.route(route.reference), Some(route));
        }
        after.settle();
        prop_assert_eq!(geometry(&after), geometry(&Scene::build(&schema, after.placements())));
        prop_assert!(!after.settle(), "nothing more to do");
    }

    #[test]
    fn a_table_put_back_leaves_no_trace(n in 2..24_usize, spots in spots(), pick in 0..24_usize, to in (-900..900_i32, -900..900_i32)) {
        let schema = schema(&crowd(n));
        let mut scene = Scene::build(&schema, &places(&schema, &spots));
        let before = geometry(&scene);
        let table = *schema.tables.keys().nth(pick % n).unwrap();
        let at = scene.placement(table).unwrap();
        scene.move_table(table, Placement { x: to.0, y: to.1 });
        scene.move_table(table, at);
        scene.settle();
        prop_assert_eq!(geometry(&scene), before);
    }

    #[test]
    fn step_by_step_is_the_same_as_at_once(n in 2..16_usize, m in 2..16_usize, spots in spots(), gone in 0..16_usize) {
        let (first, mut second) = (schema(&crowd(n)), schema(&crowd(m)));
        let table = *second.tables.keys().nth(gone % m).unwrap();
        second.references.retain(|_, it| it.referencing != table && it.referenced != table);
        second.tables.remove(&table);
        let (a, b) = (places(&first, &spots), places(&second, &spots));
        let mut scene = Scene::build(&first, &a);
        scene.sync(&second, &b);
        prop_assert_eq!(geometry(&scene), geometry(&Scene::build(&second, &b)));
        prop_assert!(!scene.sync(&second, &b), "nothing more to do");
        scene.sync(&first, &a);
        prop_assert_eq!(geometry(&scene), geometry(&Scene::build(&first, &a)));
    }

    #[test]
    fn hits_agree_with_boxes(n in 2..24_usize, x in -100..3000_i32, y in -100..3000_i32) {
        let schema = schema(&crowd(n));
        let scene = Scene::build(&schema, &BTreeMap::new());
        let point = Point::new(f64::from(x), f64::from(y));
        let inside = scene.boxes().filter(|it| it.rect.contains(point)).last();
        match scene.hit(point, 5.0) {
            Hit::Empty => prop_assert!(inside.is_none()),
            Hit::Header(table) => {
                let table_box = scene.table_box(table).unwrap();
                prop_assert!(table_box.header_rect().contains(point));
            }
            Hit::Table(table) => prop_assert_eq!(inside.map(|it| it.table), Some(table)),
            Hit::Column(table, column) => {
                prop_assert_eq!(inside.map(|it| it.table), Some(table));
                prop_assert!(scene.table_box(table).unwrap().row_rect(column).unwrap().contains(point));
            }
            Hit::Handle(table, column, side) => {
                let anchor = scene.table_box(table).unwrap().anchor(column, side).unwrap();
                prop_assert!((anchor.x - point.x).abs() <= 7.0 && (anchor.y - point.y).abs() <= 12.0);
            }
            Hit::Reference(id) => {
                prop_assert!(inside.is_none());
                prop_assert!(scene.route(id).unwrap().distance(point) <= 5.0);
            }
        }
    }

    #[test]
    fn what_is_shown_is_what_touches_the_view(n in 2..40_usize, x in -500..3000_i32, y in -500..3000_i32, zoom in 0.1..2.0_f64) {
        let schema = schema(&crowd(n));
        let scene = Scene::build(&schema, &BTreeMap::new());
        let view = View { camera: Camera { x: x.into(), y: y.into(), zoom }, size: Size::new(640.0, 480.0) };
        let rect = view.world_rect();
        let expect: Vec<TableId> = scene.boxes().filter(|it| it.rect.overlaps(rect)).map(|it| it.table).collect();
        prop_assert_eq!(scene.tables_in(rect), expect);
    }

    #[test]
    fn arranged_tables_keep_apart(n in 1..60_usize) {
        let schema = schema(&crowd(n));
        let placements = layout::arrange(&schema);
        prop_assert_eq!(placements.len(), n);
        prop_assert_eq!(&placements, &layout::arrange(&schema));
        let scene = Scene::build(&schema, &placements);
        let boxes: Vec<_> = scene.boxes().collect();
        for (index, a) in boxes.iter().enumerate() {
            for b in &boxes[index + 1..] {
                prop_assert!(!a.rect.inflate(12.0, 12.0).overlaps(b.rect.inflate(3.0, 3.0)), "{} and {}", a.title, b.title);
            }
        }
    }

    #[test]
    fn a_new_table_lies_free(n in 0..30_usize, near in prop::option::of((-200..2000_i32, -200..2000_i32))) {
        let schema = schema(&crowd(n));
        let scene = Scene::build(&schema, &BTreeMap::new());
        let boxes: Vec<Rect> = scene.boxes().map(|it| it.rect).collect();
        let near = near.map(|(x, y)| Point::new(x.into(), y.into()));
        let size = Size::new(240.0, 128.0);
        let at = layout::place_new(&boxes, size, near);
        let rect = Rect::from_origin_size((f64::from(at.x), f64::from(at.y)), size);
        prop_assert!(boxes.iter().all(|it| !it.overlaps(rect)));
    }

    #[test]
    fn elided_text_fits(text in "\\PC{0,40}", width in 12.0..300.0_f64) {
        let shown = font::elide(&text, font::Face::Sans, 13.0, width);
        prop_assert!(font::text_width(&shown, font::Face::Sans, 13.0) <= width.max(13.0));
        prop_assert!(shown == text || shown.ends_with('…'));
    }
}

#[test]
fn boxes_do_not_depend_on_the_other_tables() {
    let (small, large) = (schema(&crowd(5)), schema(&crowd(40)));
    let size = |schema: &Schema, id| Scene::build(schema, &BTreeMap::new()).table_box(id).unwrap().rect.size();
    for id in small.tables.keys() {
        assert_eq!(size(&small, *id), size(&large, *id));
    }
}

#[test]
fn long_names_stay_in_their_card() {
    let long = "a_very_long_name_that_goes_on_and_on_and_on_until_63_bytes_are";
    let schema = schema(&format!("{long}: {long} varchar(255)?, b numeric(1000,500)"));
    let scene = Scene::build(&schema, &BTreeMap::new());
    let table_box = scene.boxes().next().unwrap();
    assert_eq!(table_box.rect.width(), 360.0);
    assert!(table_box.title.ends_with('…') && table_box.rows[0].name.ends_with('…'));
    assert_eq!(&*table_box.rows[0].data_type, "varchar(255)?");
}

#[test]
fn a_key_added_elsewhere_changes_the_marks() {
    let mut schema = schema("users: id integer pk\nposts: id integer pk, user_id integer -> users.id");
    let mut scene = Scene::build(&schema, &BTreeMap::new());
    let posts = crate::sample::table_id(&schema, "posts");
    let before = scene.routes().next().unwrap().referencing.marker;
    let mut table = schema.table(posts).unwrap().clone();
    table.keys[0].columns = vec![table.columns[1].id];
    schema.tables.insert(posts, Arc::new(table));
    assert!(scene.sync(&schema, &scene.placements().clone()));
    let after = scene.routes().next().unwrap().referencing.marker;
    assert_eq!((before, after), (schema::EndMarker::ZeroOrMany, schema::EndMarker::ZeroOrOne));
}

#[test]
fn no_two_of_many_references_run_together() {
    let columns: String = (0..14).map(|n| format!(", c{n} integer -> a.id")).collect();
    for (text, at) in [
        (format!("a: id integer pk\nb: id integer pk{columns}"), (700, 900)),
        (format!("a: id integer pk\nb: id integer pk{columns}"), (0, 900)),
        (format!("a: id integer pk{columns}\nb: id integer pk"), (0, 900)),
    ] {
        let schema = schema(&text);
        let id = |name| crate::sample::table_id(&schema, name);
        let places = BTreeMap::from([(id("a"), Placement { x: 0, y: 0 }), (id("b"), Placement { x: at.0, y: at.1 })]);
        let scene = Scene::build(&schema, &places);
        let runs: BTreeSet<String> = scene.routes().map(|route| format!("{:.3}", route.points[1].x)).collect();
        assert_eq!(runs.len(), 14, "{text} at {at:?}: {runs:?}");
    }
}

#[test]
fn facing_sides_are_chosen() {
    let schema = schema("a: id integer pk\nb: id integer pk, a_id integer -> a.id");
    let (a, b) = (crate::sample::table_id(&schema, "a"), crate::sample::table_id(&schema, "b"));
    let check = |x, y, expect: (Side, Side)| {
        let places = BTreeMap::from([(a, Placement { x: 0, y: 0 }), (b, Placement { x, y })]);
        let scene = Scene::build(&schema, &places);
        let route = scene.routes().next().unwrap();
        assert_eq!((route.referencing.side, route.referenced.side), expect, "at {x}, {y}");
    };
    check(400, 0, (Side::Left, Side::Right));
    check(-400, 0, (Side::Right, Side::Left));
    check(0, 300, (Side::Right, Side::Right));
    check(40, 300, (Side::Right, Side::Right));
    check(200, 0, (Side::Right, Side::Right));
}
