//! The left panel: everything in the schema as an outline, and all references.

use leptos::prelude::*;

/// Tables and references of the open diagram, with search.
#[component]
pub fn Sidebar() -> impl IntoView {
    view! { <nav class="sidebar" aria-label="Schema"></nav> }
}
