//! How tables are placed and lines drawn, beside ELK's layered algorithm on the same tables and references.
//!
//! Run it with `cargo xtask bench layout`, which installs that.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::panic,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should say so and stop"
)]

#[path = "../tests/published/mod.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod published;

use diagram::{Point, Rect, Scene, Side, layout};
use schema::{Schema, TableId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::time::Instant;

/// What can be said of a drawing in numbers.
#[derive(Debug, Default)]
struct Measures {
    crossings: usize,
    length: f64,
    size: (f64, f64),
    millis: f64,
}

fn main() {
    let mut node = Command::new("node");
    node.args(std::env::args().skip(1)).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().unwrap();
    let mut asked = node.stdin.take().unwrap();
    let mut answers = BufReader::new(node.stdout.take().unwrap()).lines();
    for (name, schema) in published::six() {
        println!("{name}: {} tables, {} references", schema.tables.len(), schema.references.len());
        let before = Instant::now();
        let placements = layout::arrange(&schema);
        let millis = before.elapsed().as_secs_f64() * 1e3;
        let scene = Scene::build(&schema, &placements);
        let boxes: Vec<Rect> = scene.boxes().map(|it| it.rect).collect();
        let lines: Vec<Vec<Point>> = scene.routes().map(|it| it.points.to_vec()).collect();
        tell("ours", &Measures { millis, ..measures(&boxes, &lines) });
        writeln!(asked, "{}", question(&schema, &scene)).unwrap();
        let Some(Ok(answer)) = answers.next() else {
            println!("  ELK has no answer");
            continue;
        };
        let answer: Value = serde_json::from_str(&answer).unwrap();
        let place = |value: &Value| Point::new(value[0].as_f64().unwrap(), value[1].as_f64().unwrap());
        let places = answer["places"].as_array().unwrap().iter().map(place);
        let boxes: Vec<Rect> = boxes.iter().zip(places).map(|(rect, at)| rect.with_origin(at)).collect();
        let lines = answer["lines"].as_array().unwrap().iter();
        let lines: Vec<Vec<Point>> = lines.map(|line| line.as_array().unwrap().iter().map(place).collect()).collect();
        tell("ELK", &Measures { millis: answer["took"].as_f64().unwrap(), ..measures(&boxes, &lines) });
    }
    drop(asked);
    node.wait().unwrap();
}

fn tell(who: &str, it: &Measures) {
    println!(
        "  {who:<5} {:>7} crossings, {:>10.0} px of lines, {:>7.2} megapixels, {:>5.2} wide to high, {:>7.1} ms",
        it.crossings,
        it.length,
        it.size.0 * it.size.1 / 1e6,
        it.size.0 / it.size.1.max(1.0),
        it.millis
    );
}

/// The same tables and references, for others to place.
fn question(schema: &Schema, scene: &Scene) -> Value {
    let index: BTreeMap<TableId, usize> = scene.boxes().enumerate().map(|(at, it)| (it.table, at)).collect();
    let tables = scene.boxes().map(|it| json!({ "width": it.rect.width(), "height": it.rect.height() }));
    let edges = scene.routes().map(|route| {
        let reference = &schema.references[&route.reference];
        let row = |table: TableId, column| {
            let table_box = scene.table_box(table).unwrap();
            table_box.anchor(column, Side::Left).map_or(16.0, |at| at.y - table_box.rect.y0)
        };
        let pair = reference.pairs[0];
        json!({
            "from": index[&reference.referencing],
            "to": index[&reference.referenced],
            "y0": row(reference.referencing, pair.referencing),
            "y1": row(reference.referenced, pair.referenced),
        })
    });
    json!({ "tables": tables.collect::<Vec<_>>(), "edges": edges.collect::<Vec<_>>() })
}

fn measures(boxes: &[Rect], lines: &[Vec<Point>]) -> Measures {
    let bounds = boxes.iter().copied().reduce(|a, b| a.union(b)).unwrap_or_default();
    let bounds = lines.iter().flatten().fold(bounds, |bounds, point| bounds.union_pt(*point));
    let pieces = lines.iter().enumerate().flat_map(|(at, line)| line.windows(2).map(move |it| (at, it[0], it[1])));
    let (level, upright): (Vec<_>, Vec<_>) = pieces.partition(|(_, a, b)| (a.y - b.y).abs() < (a.x - b.x).abs());
    let mut crossings = 0;
    for (line, a, b) in &level {
        let row = Rect::from_points(*a, *b);
        for (other, c, d) in &upright {
            let column = Rect::from_points(*c, *d);
            let is_met = row.x0 + 0.1 < column.x0
                && column.x0 < row.x1 - 0.1
                && column.y0 + 0.1 < row.y0
                && row.y0 < column.y1 - 0.1;
            crossings += usize::from(line != other && is_met);
        }
    }
    let length = lines.iter().flat_map(|line| line.windows(2)).map(|it| it[0].distance(it[1])).sum();
    Measures { crossings, length, size: (bounds.width(), bounds.height()), millis: 0.0 }
}
