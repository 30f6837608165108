//! The picture that the server sends along, shown until the canvas has drawn its first frame.

use crate::workbench::use_workbench;
use diagram::{Camera, DisplayList, DrawOp, Marks, Rect, Scene, Size, View, fit, svg};
use leptos::prelude::*;

/// What the picture is culled and detailed for: the canvas of a large window.
const NOMINAL: Size = Size::new(1320.0, 956.0);
/// What `Command::Fit` leaves free at each side, in screen pixels. The style sheet leaves as much around the picture.
const MARGIN: f64 = 48.0;
/// How far the dots reach beyond the picture, in world units: further than any window at the smallest zoom with dots.
const DOTS_BEYOND: f64 = 12_000.0;

/// The diagram as SVG. Its own size is that of the diagram at 100 %, and the style sheet makes it smaller when it does
/// not fit; so it stands exactly where [`diagram::fit`] puts the canvas's camera, whatever the size of the window.
#[component]
pub(super) fn FirstPaint() -> impl IntoView {
    let bench = use_workbench();
    // Only the server writes it. The browser takes what is there over as it is.
    let picture = if cfg!(feature = "ssr") {
        bench.peek(|editor| picture(editor.scene(), &editor.marks()))
    } else {
        String::new()
    };
    view! { <div class="canvas-first" aria-hidden="true" inner_html=picture></div> }
}

fn picture(scene: &Scene, marks: &Marks) -> String {
    let Some(bounds) = scene.boxes().map(|shown| shown.rect).reduce(|all, rect| all.union(rect)) else {
        return String::new();
    };
    let view = View { camera: fit(bounds, NOMINAL, MARGIN), size: NOMINAL };
    let mut list = scene.paint_static(&view, marks);
    for op in &mut list.ops {
        if let DrawOp::Dots { area, spacing, .. } = op {
            *area = around(bounds, *spacing);
        }
    }
    let camera = Camera { x: bounds.x0, y: bounds.y0, zoom: 1.0 };
    let list = DisplayList { camera, background: None, ..list };
    svg::write_with(&list, bounds.size(), svg::Colors::Page, "Diagram")
}

/// A multiple of the spacing at each edge.
fn around(bounds: Rect, spacing: f64) -> Rect {
    let down = |value: f64| ((value - DOTS_BEYOND) / spacing).floor() * spacing;
    let up = |value: f64| ((value + DOTS_BEYOND) / spacing).ceil() * spacing;
    Rect::new(down(bounds.x0), down(bounds.y0), up(bounds.x1), up(bounds.y1))
}
