//! `window.__crowfoot`: where things are on the canvas, for tests and for the benchmark. It tells and looks around; it
//! changes nothing of the diagram.
//!
//! - `frame()`: how many tables the last frame showed
//! - `camera()`: `{x, y, zoom}`
//! - `setCamera(x, y, zoom)`
//! - `tableRect(name)`: the table's rectangle in the window, `{x, y, width, height}`, or null
//! - `columnRect(table, column)`: the same of a column's row; a reference is drawn from its left or right end
//! - `linePoint(name)`: a point in the window, `{x, y}`, on the line of the reference of that name, or null

use super::surface::SurfaceHandle;
use crate::{platform::dom, workbench::Workbench};
use diagram::{Camera, Hit, Point, Rect};
use editor::Editor;
use js_sys::{Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsValue, closure::Closure};

const NAME: &str = "__crowfoot";

pub(super) fn install(surface: SurfaceHandle, bench: Workbench) {
    let hook = Object::new();
    let frame = Closure::<dyn Fn() -> usize>::new(move || bench.peek(tables_in_view));
    let camera = Closure::<dyn Fn() -> JsValue>::new(move || {
        let camera = bench.peek(|editor| editor.view().camera);
        record(&[("x", camera.x), ("y", camera.y), ("zoom", camera.zoom)])
    });
    let set_camera = Closure::<dyn Fn(f64, f64, f64)>::new(move |x, y, zoom| bench.look_from(Camera { x, y, zoom }));
    let table_rect = Closure::<dyn Fn(String) -> JsValue>::new(move |name: String| {
        bench.peek(|editor| in_window(surface, editor, find(editor, &name, None)))
    });
    let column_rect = Closure::<dyn Fn(String, String) -> JsValue>::new(move |table: String, column: String| {
        bench.peek(|editor| in_window(surface, editor, find(editor, &table, Some(&column))))
    });
    let line_point = Closure::<dyn Fn(String) -> JsValue>::new(move |name: String| {
        bench.peek(|editor| {
            let at = on_line(editor, &name).map(|at| Rect::from_points(at, at));
            in_window(surface, editor, at)
        })
    });
    let functions = [
        ("frame", frame.into_js_value()),
        ("camera", camera.into_js_value()),
        ("setCamera", set_camera.into_js_value()),
        ("tableRect", table_rect.into_js_value()),
        ("columnRect", column_rect.into_js_value()),
        ("linePoint", line_point.into_js_value()),
    ];
    for (name, function) in functions {
        // Fails only for objects that are frozen.
        let _ = Reflect::set(&hook, &name.into(), &function);
    }
    let _ = Reflect::set(&dom::window(), &NAME.into(), &hook);
    on_cleanup(|| {
        let _ = Reflect::delete_property(&dom::window(), &NAME.into());
    });
}

fn tables_in_view(editor: &Editor) -> usize {
    let seen = editor.view().world_rect();
    editor.scene().boxes().filter(|shown| shown.rect.overlaps(seen)).count()
}

fn find(editor: &Editor, table: &str, column: Option<&str>) -> Option<Rect> {
    let schema = editor.shown();
    let table = schema.tables.values().find(|it| schema.display_name(it) == table || it.name.as_str() == table)?;
    let shown = editor.scene().table_box(table.id)?;
    match column {
        Some(column) => shown.row_rect(table.column_named(column)?.id),
        None => Some(shown.rect),
    }
}

/// The middle of the longest part of a line that can be pointed at.
fn on_line(editor: &Editor, name: &str) -> Option<Point> {
    let id = editor.shown().references.values().find(|it| it.name.as_str() == name)?.id;
    let middles = editor.scene().route(id)?.segments().map(|(from, to)| (from.distance(to), from.midpoint(to)));
    middles
        .filter(|(_, at)| editor.scene().hit(*at, 1.0) == Hit::Reference(id))
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, at)| at)
}

fn in_window(surface: SurfaceHandle, editor: &Editor, rect: Option<Rect>) -> JsValue {
    let rect = rect.and_then(|rect| surface.try_with_value(|surface| surface.in_window(editor, rect)));
    match rect {
        Some(rect) => record(&[("x", rect.x0), ("y", rect.y0), ("width", rect.width()), ("height", rect.height())]),
        None => JsValue::NULL,
    }
}

fn record(fields: &[(&str, f64)]) -> JsValue {
    let record = Object::new();
    for (name, value) in fields {
        let _ = Reflect::set(&record, &(*name).into(), &(*value).into());
    }
    record.into()
}
