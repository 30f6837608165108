//! The sheet of keyboard shortcuts.

use leptos::prelude::*;

/// The help sheet; shown while the workbench's overlay is the help.
#[component]
pub fn Help() -> impl IntoView {
    view! { <div hidden></div> }
}
