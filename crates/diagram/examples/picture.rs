//! Prints a sample diagram as SVG: `cargo run -p diagram --example picture -- shop light > shop.svg`.
//!
//! The first word is `shop`, `marks`, `connect` or `focus` (the same with what can be marked), `crowd` or `thousand`,
//! or the name of a file
//! in `../shared/schemas`, the second `light` or `dark`, the third a zoom or nothing to see all.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the samples are known"
)]

#[path = "../tests/sample/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod sample;

#[path = "../tests/published/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod published;

use diagram::{Camera, Dimmed, Ghost, Marks, PendingMark, Point, Scene, Side, Size, Theme, View, fit, layout, svg};
use sample::{column_id, reference_id, schema, table_id};
use schema::{ObjectId, Schema};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let schema = match word(0) {
        "crowd" => schema(&sample::crowd(60)),
        "thousand" => schema(&sample::crowd(1000)),
        "shop" | "marks" | "connect" | "focus" => schema(sample::SHOP),
        "shopflow" => schema::sample::shopflow(),
        name => published::of_name(name).expect("the schemas are beside the repository"),
    };
    let theme = if word(1) == "dark" { Theme::dark() } else { Theme::light() };
    let scene = Scene::build(&schema, &layout::arrange(&schema));
    let size = Size::new(1600.0, 1000.0);
    let mut camera = fit(scene.bounds(), size, 48.0);
    if let Ok(zoom) = word(2).parse() {
        camera = Camera { zoom, ..camera }.center_on(scene.bounds().center(), size);
    }
    let marks = match word(0) {
        "marks" => marks(&schema),
        "connect" => connect(&schema),
        "focus" => Marks { focus: Some(ObjectId::Table(table_id(&schema, "users"))), ..Marks::default() },
        _ => Marks::default(),
    };
    let list = scene.paint(&View { camera, size }, &marks);
    print!("{}", svg::write(&list, size, theme, "Sample"));
}

fn marks(schema: &Schema) -> Marks {
    let column = |path: &str| {
        let (table, column) = column_id(schema, path);
        ObjectId::Column(table, column)
    };
    let pending = [
        (ObjectId::Table(table_id(schema, "categories")), PendingMark::Added),
        (ObjectId::Table(table_id(schema, "products")), PendingMark::Changed),
        (column("products.category_id"), PendingMark::Added),
        (column("products.price"), PendingMark::Changed),
        (column("products.stock"), PendingMark::Removed),
        (ObjectId::Reference(reference_id(schema, "products.category_id")), PendingMark::Added),
        (ObjectId::Reference(reference_id(schema, "orders.user_id")), PendingMark::Changed),
        (ObjectId::Table(table_id(schema, "profiles")), PendingMark::Removed),
        (ObjectId::Reference(reference_id(schema, "profiles.user_id")), PendingMark::Removed),
    ];
    Marks {
        selection: [ObjectId::Table(table_id(schema, "orders"))].into(),
        hover: Some(column("order_items.order_id")),
        pending: pending.into(),
        ..Marks::default()
    }
}

fn connect(schema: &Schema) -> Marks {
    let (table, column) = column_id(schema, "orders.status");
    let targets = ["users.id", "products.id", "categories.id"].map(|path| column_id(schema, path)).into();
    let ghost = Ghost { table, column, side: Side::Right, to: Point::new(700.0, 90.0), target: None };
    Marks { dimmed: Some(Dimmed { targets }), ghost: Some(ghost), ..Marks::default() }
}
