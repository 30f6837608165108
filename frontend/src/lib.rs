//! The WebAssembly entry: takes over the page that the server rendered.
#![allow(missing_docs, reason = "the exported function below is called by the page, not by people")]

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the server-rendered page, then marks it, so that tests and styles know that it answers to input.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    app::platform::crash::mark_panics();
    leptos::mount::hydrate_body(app::App);
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    if let Some(root) = root {
        // Only fails where the attribute's name is no valid name.
        let _ = root.set_attribute("data-hydrated", "true");
    }
}
