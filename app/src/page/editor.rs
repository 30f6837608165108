//! The editor of one diagram.

use leptos::prelude::*;
use leptos_meta::Title;

/// The editor of one diagram.
#[component]
pub fn Editor() -> impl IntoView {
    view! {
        <Title text="Diagram"/>
    }
}
