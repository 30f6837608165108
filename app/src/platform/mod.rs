//! The browser: the only place, with the painter of the canvas, that speaks to it directly. Nothing here may be called
//! while the server renders; components call it from effects and event handlers only.

pub mod channel;
pub mod crash;
pub mod dom;
pub mod file;
pub mod share;
pub mod socket;
pub mod storage;
pub mod store;
pub mod theme;

use leptos::prelude::set_timeout;
use std::time::Duration;

/// A number that nobody can guess or make again.
pub fn seed() -> u128 {
    uuid::Uuid::new_v4().as_u128()
}

/// Lets time go by.
pub async fn sleep(pause: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                // Resolving a promise cannot fail.
                let _ = resolve.call0(&wasm_bindgen::JsValue::NULL);
            },
            pause,
        );
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
