//! The schema as a file to take away.

use leptos::prelude::*;

/// The export dialog; shown while the workbench's overlay is the export.
#[component]
pub fn ExportDialog() -> impl IntoView {
    view! { <div hidden></div> }
}
