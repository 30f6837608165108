//! The mark of Crowfoot.

use leptos::prelude::*;

/// Three toes: the mark of the many end of a line.
#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <svg class="brand" width="24" height="24" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M3 12h9M12 12l9-7M12 12h9M12 12l9 7" fill="none" stroke="currentColor" stroke-width="2.5"
                stroke-linecap="round" stroke-linejoin="round"/>
            <circle cx="6" cy="12" r="3" fill="currentColor"/>
        </svg>
    }
}
