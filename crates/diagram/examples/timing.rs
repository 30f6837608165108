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

#[path = "../tests/published/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod published;

use diagram::{Camera, Marks, Scene, Size, Theme, View, fit, layout, svg};
use edit::Placement;
use schema::ObjectId;
use std::hint::black_box;
use std::time::Instant;

fn main() {
    let word = std::env::args().nth(1).unwrap_or_else(|| "1000".to_owned());
    let schema = match word.parse() {
        Ok(n_tables) => sample::schema(&sample::crowd(n_tables)),
        Err(_) => published::of_name(&word).expect("the schemas are beside the repository"),
    };
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
    drag(&schema, &mut scene);
    time("hit", 1000, || scene.hit(black_box(center + (13.0, 17.0)), 6.0));
    let list = scene.paint(&fitted, &marks);
    time("svg at fit", 5, || svg::write(&list, size, Theme::light(), "Sample"));
}

/// Drags tables with at most ten references, each a hundred steps and then down.
fn drag(schema: &schema::Schema, scene: &mut Scene) {
    let (mut moves, mut drops) = (Vec::new(), Vec::new());
    let few: Vec<_> = schema.tables.keys().filter(|id| (1..=10).contains(&scene.references_of(**id).count())).collect();
    for table in few.iter().step_by((few.len() / 40).max(1)) {
        let at = scene.placement(**table).unwrap_or_default();
        for step in 0..100 {
            let start = Instant::now();
            scene.move_table(**table, Placement { x: at.x + 8 * step, y: at.y + 4 * step });
            moves.push(start.elapsed());
        }
        let start = Instant::now();
        scene.settle();
        drops.push(start.elapsed());
        scene.move_tables([(**table, at)]);
    }
    for (what, mut times) in [("drag a table", moves), ("drop a table", drops)] {
        times.sort();
        let at = |percent: usize| times.get(times.len() * percent / 100).map_or(0.0, |it| it.as_secs_f64() * 1e6);
        println!("{:>10.1} µs  {what}, half of the times; {:.1} at most in 95 of 100", at(50), at(95));
    }
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
