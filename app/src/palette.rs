//! Commands, tables, columns and references behind one field.

use leptos::prelude::*;

/// The palette; shown while the workbench's overlay is the palette.
#[component]
pub fn Palette() -> impl IntoView {
    view! { <div hidden></div> }
}
