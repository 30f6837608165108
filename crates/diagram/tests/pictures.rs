//! Snapshots as SVG, one for each way a reference and a pending change can look.
//! `UPDATE_EXPECT=1 cargo test -p diagram` writes them anew; look at them before keeping them.

use crate::sample::{self, column_id, reference_id, schema, table_id};
use diagram::{Camera, Dimmed, Ghost, Marks, PendingMark, Point, Scene, Side, Size, Theme, View, svg};
use edit::Placement;
use expect_test::{ExpectFile, expect_file};
use schema::{ObjectId, Schema};
use std::collections::BTreeMap;

fn place(schema: &Schema, places: &[(&str, i32, i32)]) -> BTreeMap<schema::TableId, Placement> {
    places.iter().map(|(table, x, y)| (table_id(schema, table), Placement { x: *x, y: *y })).collect()
}

fn draw(schema: &Schema, places: &[(&str, i32, i32)], marks: &Marks, theme: Theme, size: Size) -> String {
    let scene = Scene::build(schema, &place(schema, places));
    let view = View { camera: Camera { x: -24.0, y: -24.0, zoom: 1.0 }, size };
    svg::write(&scene.paint(&view, marks), size, theme, "Snapshot")
}

fn check(text: &str, places: &[(&str, i32, i32)], expect: &ExpectFile) {
    let svg = draw(&schema(text), places, &Marks::default(), Theme::light(), Size::new(640.0, 240.0));
    expect.assert_eq(&svg);
}

#[test]
fn cardinalities() {
    let beside: &[(&str, i32, i32)] = &[("users", 0, 0), ("posts", 320, 48)];
    let turned: &[(&str, i32, i32)] = &[("users", 320, 48), ("posts", 0, 0)];
    let users = "users: id integer pk\nposts: id integer pk, user_id integer";
    check(&format!("{users} -> users.id"), beside, &expect_file!["data/many_to_one.svg"]);
    check(&format!("{users}? -> users.id"), beside, &expect_file!["data/many_to_one_optional.svg"]);
    check(&format!("{users} -> users.id"), turned, &expect_file!["data/one_to_many.svg"]);
    check(&format!("{users} unique -> users.id"), beside, &expect_file!["data/one_to_one.svg"]);
    check(&format!("{users}? unique -> users.id"), beside, &expect_file!["data/one_to_one_optional.svg"]);
}

#[test]
fn shapes_of_lines() {
    let tree = "categories: id integer pk, name text, parent_id integer? -> categories.id";
    check(tree, &[("categories", 0, 0)], &expect_file!["data/self_reference.svg"]);
    let three = "users: id integer pk\ndocs: id integer pk, author integer -> users.id, \
                 editor integer? -> users.id, owner integer -> users.id";
    check(three, &[("users", 0, 0), ("docs", 320, 40)], &expect_file!["data/three_between_two.svg"]);
    check(three, &[("users", 24, 0), ("docs", 0, 88)], &expect_file!["data/above_each_other.svg"]);
    let composite = "items: order_id integer pk, line integer pk\n\
                     parcels: id uuid pk, order_id integer, line integer\n\
                     ref parcels(order_id, line) -> items(order_id, line)";
    check(composite, &[("items", 0, 0), ("parcels", 320, 40)], &expect_file!["data/composite.svg"]);
}

fn pending(schema: &Schema) -> Marks {
    let column = |path: &str| {
        let (table, column) = column_id(schema, path);
        ObjectId::Column(table, column)
    };
    let pending = BTreeMap::from([
        (ObjectId::Table(table_id(schema, "categories")), PendingMark::Added),
        (ObjectId::Reference(reference_id(schema, "products.category_id")), PendingMark::Added),
        (ObjectId::Table(table_id(schema, "products")), PendingMark::Changed),
        (column("products.category_id"), PendingMark::Added),
        (column("products.price"), PendingMark::Changed),
        (column("products.stock"), PendingMark::Removed),
        (ObjectId::Table(table_id(schema, "reviews")), PendingMark::Removed),
        (ObjectId::Reference(reference_id(schema, "reviews.product_id")), PendingMark::Removed),
    ]);
    Marks { pending, ..Marks::default() }
}

const SHELF: &str = "\
categories: id integer pk
products: id integer pk, category_id integer? -> categories.id, price numeric(10,2), stock integer
reviews: id integer pk, product_id integer -> products.id
";
const SHELF_PLACES: &[(&str, i32, i32)] = &[("categories", 0, 0), ("products", 296, 24), ("reviews", 608, 96)];

#[test]
fn pending_marks_in_both_themes() {
    let schema = schema(SHELF);
    let marks = pending(&schema);
    let size = Size::new(880.0, 240.0);
    let draw = |theme| draw(&schema, SHELF_PLACES, &marks, theme, size);
    expect_file!["data/pending_light.svg"].assert_eq(&draw(Theme::light()));
    expect_file!["data/pending_dark.svg"].assert_eq(&draw(Theme::dark()));
}

#[test]
fn overlay() {
    let schema = schema(SHELF);
    let (table, column) = column_id(&schema, "reviews.product_id");
    let key = column_id(&schema, "products.id");
    let size = Size::new(880.0, 240.0);
    let chosen = Marks {
        selection: [ObjectId::Table(table_id(&schema, "categories"))].into(),
        hover: Some(ObjectId::Column(table, column)),
        ..Marks::default()
    };
    let svg = draw(&schema, SHELF_PLACES, &chosen, Theme::light(), size);
    expect_file!["data/selected_and_hovered.svg"].assert_eq(&svg);
    let ghost = Ghost { table, column, side: Side::Left, to: Point::new(500.0, 80.0), target: Some(key) };
    let dimmed = Dimmed { targets: [key].into() };
    let connecting = Marks { ghost: Some(ghost), dimmed: Some(dimmed), ..Marks::default() };
    let svg = draw(&schema, SHELF_PLACES, &connecting, Theme::dark(), size);
    expect_file!["data/connecting.svg"].assert_eq(&svg);
    let refused = Marks { refusal: Some("orders.note is no key".to_owned()), ..connecting };
    assert!(draw(&schema, SHELF_PLACES, &refused, Theme::dark(), size).contains(">orders.note is no key<"));
}

#[test]
fn levels_of_detail() {
    let schema = schema(sample::SHOP);
    let scene = Scene::build(&schema, &BTreeMap::new());
    let paint = |zoom: f64| {
        let size = Size::new(800.0, 400.0);
        let view = View { camera: Camera { x: 0.0, y: 0.0, zoom }, size };
        svg::write(&scene.paint(&view, &Marks::default()), size, Theme::light(), "Snapshot")
    };
    let n_texts = |svg: &str| svg.matches("<text").count();
    assert!(paint(0.5).contains(">placed_at<") && paint(0.5).contains("font-family=\"&quot;JetBrains Mono"));
    assert_eq!(n_texts(&paint(0.2)), schema.tables.len());
    assert_eq!(n_texts(&paint(0.02)), 0);
    assert!(paint(0.5).contains("crowfoot-dots") && !paint(0.2).contains("crowfoot-dots"));
}

#[test]
fn hostile_text_is_only_text() {
    let hostile = "</text><script>alert(1)</script>&\"'";
    let (mut schema, table) = (schema("t: id integer pk"), table_id(&schema("t: id integer pk"), "t"));
    let mut changed = schema.table(table).unwrap().clone();
    changed.name = schema::Name::parse(hostile).unwrap();
    changed.columns[0].name = schema::Name::parse(hostile).unwrap();
    schema.tables.insert(table, changed.into());
    let scene = Scene::build(&schema, &BTreeMap::new());
    let size = Size::new(800.0, 400.0);
    let view = View { camera: Camera::default(), size };
    let list = scene.paint(&view, &Marks::default());
    for colors in [svg::Colors::Fixed(Theme::dark()), svg::Colors::Page] {
        let svg = svg::write_with(&list, size, colors, "<img onerror=alert(1)>\u{0}\u{FFFE}");
        for bad in ["<script", "<img", "</text><", "style=", "\u{0}", "\u{FFFE}"] {
            assert!(!svg.contains(bad), "{bad:?} in {svg}");
        }
        assert!(svg.contains("&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"));
    }
}

#[test]
fn page_colors_are_those_of_the_style_sheet() {
    let scene = Scene::build(&schema(sample::SHOP), &BTreeMap::new());
    let size = Size::new(1600.0, 1000.0);
    let list = scene.paint(&View { camera: Camera::default(), size }, &Marks::default());
    let svg = svg::write_with(&list, size, svg::Colors::Page, "Shop");
    assert!(!svg.contains("=\"#"), "no color is written out");
    let tokens = Theme::css();
    for part in svg.split("var(").skip(1) {
        let name = part.split(')').next().unwrap();
        assert!(tokens.contains(&format!("  {name}: ")), "{name} is in the style sheet");
    }
}
