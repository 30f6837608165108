//! The right panel: the editor of what is open.

use leptos::prelude::*;

/// The panel of the table or reference that is open; nothing when none is.
#[component]
pub fn Inspector() -> impl IntoView {
    view! { <div class="inspector-slot"></div> }
}

/// Puts the keyboard focus into the panel once it has been drawn.
pub fn focus_soon() {}
