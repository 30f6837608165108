//! The whole of a scene in a small picture, which stays small however much there is.

use crate::{Camera, DisplayList, DrawOp, Ink, Marks, Scene, Stroke, View};
use kurbo::{PathEl, Point, Rect, Size, Vec2};
use std::collections::BTreeMap;

/// Free on each side, in pixels of the picture.
const MARGIN: f64 = 14.0;
/// A diagram of one table is not shown as large as on the canvas: it would look like another kind of thing.
const CLOSEST: f64 = 0.7;
/// Beyond so many tables nothing but blocks could be made out anyway.
const MOST_CARDS: usize = 60;
/// So many operations are a picture of some fifty kilobytes.
const MOST_OPS: usize = 400;
/// How much smaller text is written, for names to stay within their cards in any font.
const FALLBACK: f64 = 0.86;
/// Of more than these, an even selection is drawn: a block has hardly more than a pixel then.
const MOST_BLOCKS: usize = 1_000;
const MOST_LINES: usize = 600;

/// All of the scene in a view of that size: as on the canvas while that is little, and as blocks and lines beyond.
pub fn thumbnail(scene: &Scene, size: Size) -> DisplayList {
    let view = View { camera: camera(scene.bounds(), size), size };
    if scene.boxes().nth(MOST_CARDS).is_none() {
        let mut list = scene.paint_static(&view, &Marks::default());
        if list.ops.len() <= MOST_OPS {
            shrink_text(&mut list.ops);
            return list;
        }
    }
    let zoom = view.camera.zoom;
    let mut ops = vec![lines(scene, zoom)];
    ops.extend(blocks(scene, zoom));
    DisplayList { camera: view.camera, size, background: Some(Ink::Canvas), ops }
}

/// A picture that stands in a page as a file of its own has no fonts of ours, and others run wider.
fn shrink_text(ops: &mut [DrawOp]) {
    for op in ops {
        if let DrawOp::Text { size, .. } = op {
            *size *= FALLBACK;
        }
    }
}

/// The camera of the canvas goes only so far out; here all has to be seen.
fn camera(bounds: Rect, size: Size) -> Camera {
    let room = |side: f64| (side - 2.0 * MARGIN).max(1.0);
    let zoom = (room(size.width) / bounds.width().max(1.0)).min(room(size.height) / bounds.height().max(1.0));
    Camera { x: 0.0, y: 0.0, zoom: zoom.min(CLOSEST) }.center_on(bounds.center(), size)
}

/// All lines as one path, straight from table to table.
fn lines(scene: &Scene, zoom: f64) -> DrawOp {
    let mut path = Vec::new();
    for route in every_nth(scene.routes(), MOST_LINES) {
        let ends = [route.referencing.table, route.referenced.table].map(|table| scene.table_box(table));
        if let [Some(from), Some(to)] = ends {
            path.extend([PathEl::MoveTo(from.rect.center()), PathEl::LineTo(to.rect.center())]);
        }
    }
    let stroke = Stroke::solid(Ink::Border, 0.75 / zoom);
    DrawOp::Path { elements: path.into(), fill: None, stroke: Some(stroke) }
}

/// All tables as one path a color, none smaller than a pixel.
fn blocks(scene: &Scene, zoom: f64) -> impl Iterator<Item = DrawOp> {
    let mut paths: BTreeMap<Ink, Vec<PathEl>> = BTreeMap::new();
    for table_box in every_nth(scene.boxes(), MOST_BLOCKS) {
        let rect = table_box.rect;
        let least = Size::new(rect.width().max(1.0 / zoom), rect.height().max(1.0 / zoom));
        let corner = |x: f64, y: f64| -> Point { rect.origin() + Vec2::new(x * least.width, y * least.height) };
        paths.entry(table_box.hue).or_default().extend([
            PathEl::MoveTo(corner(0.0, 0.0)),
            PathEl::LineTo(corner(1.0, 0.0)),
            PathEl::LineTo(corner(1.0, 1.0)),
            PathEl::LineTo(corner(0.0, 1.0)),
            PathEl::ClosePath,
        ]);
    }
    paths.into_iter().map(|(hue, path)| DrawOp::Path { elements: path.into(), fill: Some(hue), stroke: None })
}

/// At most `most` of them, evenly chosen.
fn every_nth<'a, T: 'a>(all: impl Iterator<Item = &'a T>, most: usize) -> impl Iterator<Item = &'a T> {
    let all: Vec<&T> = all.collect();
    let step = all.len().div_ceil(most).max(1);
    all.into_iter().step_by(step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Theme, layout, svg};
    use schema::{Schema, sample};

    const SIZE: Size = Size::new(320.0, 200.0);

    fn scene(schema: &Schema) -> Scene {
        Scene::build(schema, &layout::arrange(schema))
    }

    #[test]
    fn everything_is_seen_and_little_is_written() {
        for (tables, has_text) in [(0, false), (1, true), (3, true), (100, false), (1_000, false), (4_000, false)] {
            let scene = scene(&sample::generated(tables));
            let list = thumbnail(&scene, SIZE);
            let view = View { camera: list.camera, size: SIZE };
            assert!(view.world_rect().union(scene.bounds()) == view.world_rect(), "{tables} tables");
            let written = svg::write(&list, SIZE, Theme::light(), "Diagram");
            assert!(written.len() < 96 * 1024, "{tables} tables: {} bytes", written.len());
            assert_eq!(written.contains("<text"), has_text, "{tables} tables");
        }
    }

    /// Tables that stand on each other would otherwise be drawn with all their rows.
    #[test]
    fn a_heap_of_tables_is_drawn_as_blocks() {
        let mut schema = sample::generated(MOST_CARDS);
        // Lines around the heap would make the picture too small for rows.
        schema.references.clear();
        let heap = schema.tables.keys().map(|id| (*id, edit::Placement::default())).collect();
        let scene = Scene::build(&schema, &heap);
        let list = thumbnail(&scene, SIZE);
        let in_full = scene.paint_static(&View { camera: list.camera, size: SIZE }, &Marks::default());
        assert!(in_full.ops.len() > MOST_OPS, "{} operations", in_full.ops.len());
        assert!(list.ops.len() <= MOST_OPS, "{} operations", list.ops.len());
    }

    #[test]
    fn few_tables_look_as_on_the_canvas() {
        let written = svg::write(&thumbnail(&scene(&sample::shopflow()), SIZE), SIZE, Theme::dark(), "Diagram");
        for table in sample::shopflow().tables.values() {
            assert!(written.contains(&format!(">{}<", table.name)), "{}", table.name);
        }
        assert!(written.contains(Theme::dark().color(Ink::Canvas).hex().as_str()));
    }
}
