//! Glyphs from the one sprite of the site.

use leptos::prelude::*;

/// A glyph of `public/icons.svg`, 16 pixels square unless the style says otherwise. Decoration only: what it means is
/// said by the text or label beside it.
#[component]
pub fn Icon(
    /// The id of the symbol, such as `plus`.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" width="16" height="16" aria-hidden="true" focusable="false">
            <use href=format!("/icons.svg#{name}")/>
        </svg>
    }
}
