//! A display list as pixels in a file.

use super::painter::Painter;
use crate::platform::dom;
use diagram::{DisplayList, Theme};
use js_sys::Promise;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, HtmlCanvasElement};

/// The longest side that every browser draws, and the largest area, in pixels.
const MOST_SIDE: f64 = 16_384.0;
const MOST_AREA: f64 = 100_000_000.0;

/// How many pixels a bitmap has for one pixel of the list: `wanted`, or as many as browsers draw of so large a picture.
pub fn scale_of(list: &DisplayList, wanted: f64) -> f64 {
    let (width, height) = (list.size.width.max(1.0), list.size.height.max(1.0));
    wanted.min(MOST_SIDE / width.max(height)).min((MOST_AREA / (width * height)).sqrt())
}

/// The list as PNG; none where the browser draws none.
pub async fn png(list: &DisplayList, theme: Theme, scale: f64) -> Option<Blob> {
    let canvas: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.unchecked_into();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by what browsers draw")]
    let pixels = |length: f64| (length * scale).round().clamp(1.0, MOST_SIDE) as u32;
    canvas.set_width(pixels(list.size.width));
    canvas.set_height(pixels(list.size.height));
    let mut painter = Painter::new(&canvas)?;
    painter.set_theme(theme);
    painter.draw(list, scale);
    let made = Promise::new(&mut |resolve, _| {
        let done = Closure::once_into_js(move |blob: JsValue| {
            // Fails only for what is no function.
            let _ = resolve.call1(&JsValue::NULL, &blob);
        });
        // Without an answer nothing is saved, and that is said.
        if canvas.to_blob(done.unchecked_ref()).is_err() {
            let _ = done.unchecked_ref::<js_sys::Function>().call1(&JsValue::NULL, &JsValue::NULL);
        }
    });
    JsFuture::from(made).await.ok()?.dyn_into().ok()
}
