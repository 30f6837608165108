//! The WebAssembly entry: takes over the page that the server rendered.
#![allow(missing_docs, reason = "the exported function below is called by the page, not by people")]

use wasm_bindgen::{JsError, prelude::wasm_bindgen};

/// Shows the diagram of the page, if it is one of a diagram, and takes the page over as soon as the rest of the program has
/// come; then marks it, so that tests and styles know that it answers to input.
///
/// # Errors
/// When the code that the page needs cannot be fetched.
#[wasm_bindgen]
pub async fn hydrate() -> Result<(), JsError> {
    console_error_panic_hook::set_once();
    app::platform::crash::mark_panics();
    let path = web_sys::window().and_then(|window| window.location().pathname().ok()).unwrap_or_default();
    let look = || {
        if app::later::is_diagram(&path) {
            app::canvas::look();
        }
    };
    app::later::take_over(&path, look).await?;
    let root = web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element());
    if let Some(root) = root {
        // Only fails where the attribute's name is no valid name.
        let _ = root.set_attribute("data-hydrated", "true");
    }
    Ok(())
}
