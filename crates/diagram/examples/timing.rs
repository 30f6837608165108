//! Prints how long the picture of a large schema takes: `cargo run --release -p diagram --example timing -- 1000`.

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

use diagram::{Camera, Marks, Scene, Size, Theme, View, fit, layout, svg};
use edit::Placement;
use schema::ObjectId;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let n_tables = std::env::args().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1000);
    let schema = sample::schema(&sample::crowd(n_tables));
    println!("{} tables, {} references", schema.tables.len(), schema.references.len());
    let placements = layout::arrange(&schema);
    time("arrange", 20, || layout::arrange(&schema));
    time("build", 40, || Scene::build(&schema, &placements));
    let mut scene = Scene::build(&schema, &placements);
    time("sync without change", 20, || scene.sync(&schema, &placements));
    let size = Size::new(1600.0, 1000.0);
    let fitted = View { camera: fit(scene.bounds(), size, 48.0), size };
    let center = scene.bounds().center();
    let mut marks = Marks::default();
    for zoom in [fitted.camera.zoom, 0.1, 0.34, 1.0] {
        let view = View { camera: Camera { zoom, ..Camera::default() }.center_on(center, size), size };
        let ops = scene.paint_static(&view, &marks).ops.len();
        time(&format!("paint static at {zoom:.3}, {ops} operations"), 20, || scene.paint_static(&view, &marks));
    }
    let hub = schema.tables.keys().max_by_key(|id| scene.references_of(**id).count()).copied();
    marks.hover = hub.map(ObjectId::Table);
    marks.selection = marks.hover.into_iter().collect();
    time("paint overlay at fit", 20, || scene.paint_overlay(&fitted, &marks));
    if let Some(hub) = hub {
        println!("the hub has {} references", scene.references_of(hub).count());
        let at = scene.placement(hub).unwrap_or_default();
        let mut x = at.x;
        time("move the hub", 20, || {
            x += 8;
            scene.move_table(hub, Placement { x, ..at });
        });
    }
    time("hit", 1000, || scene.hit(black_box(center + (13.0, 17.0)), 6.0));
    let list = scene.paint(&fitted, &marks);
    time("svg at fit", 5, || svg::write(&list, size, Theme::light(), "Sample"));
}

fn time<T>(what: &str, n_times: u32, mut run: impl FnMut() -> T) {
    black_box(run());
    let mut best = f64::INFINITY;
    for _ in 0..n_times {
        let start = Instant::now();
        black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{:>10.1} µs  {what}", best * 1e6);
}
