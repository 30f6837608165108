//! The list of diagrams.

use leptos::prelude::*;
use leptos_meta::Title;

/// The list of diagrams.
#[component]
pub fn Home() -> impl IntoView {
    view! {
        <Title text="Diagrams"/>
        <main>
            <h1>"Crowfoot"</h1>
        </main>
    }
}
