//! The pages, one component a route.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

/// The list of diagrams.
#[component]
pub fn Home() -> impl IntoView {
    let health = Action::new(|(): &()| crate::rpc::health());
    let said = move || match health.value().get() {
        None => "Not asked yet".to_owned(),
        Some(Ok(health)) => format!("Crowfoot {} answers", health.version),
        Some(Err(error)) => error.to_string(),
    };
    view! {
        <Title text="Diagrams"/>
        <main>
            <h1>"Crowfoot"</h1>
            <button on:click=move |_| { health.dispatch(()); }>"Ask the server"</button>
            <p role="status">{said}</p>
        </main>
    }
}

/// The editor of one diagram.
#[component]
pub fn Editor() -> impl IntoView {
    let params = use_params_map();
    let id = move || params.read().get("id").unwrap_or_default();
    view! {
        <Title text="Diagram"/>
        <main>
            <h1>"Diagram " {id}</h1>
        </main>
    }
}

/// The answer to an address that names nothing.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found"/>
        <main>
            <h1>"Nothing here"</h1>
            <p><a href="/">"All diagrams"</a></p>
        </main>
    }
}
