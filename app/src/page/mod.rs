//! The pages, one component a route.

mod editor;
mod home;

pub use editor::Editor;
pub use home::Home;

use leptos::prelude::*;
use leptos_meta::Title;

/// The answer to an address that names nothing.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main class="missing">
            <h1>"Nothing here"</h1>
            <p>"This address names no page of Crowfoot."</p>
            <p><a class="button button-primary" href="/">"All diagrams"</a></p>
        </main>
    }
}
