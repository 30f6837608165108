//! The pages, one component a route.

mod account;
mod editor;
mod home;
mod join;
mod reset;
#[cfg(feature = "ssr")]
mod shared;
mod sign_in;
pub mod site;
mod tokens;
mod workspace;

pub use account::Account;
pub use editor::Editor;
pub use home::Home;
pub use join::Join;
pub use reset::{RequestReset, Reset};
#[cfg(feature = "ssr")]
pub use shared::{LockedPage, SharedPage, Unfurled, ended_link, locked_link, shared, unfurled};
pub use sign_in::{SetUp, SignIn, SignInForm, SignUp};
pub use workspace::Workspace;

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

/// Shown by the style sheet when the program does not start. The router would take a link to the same page for no change
/// at all, so the link is the browser's own.
#[component]
pub fn NotStarted() -> impl IntoView {
    view! {
        <div class="stopped stopped-start" role="alert">
            <p><strong>"The page has not started"</strong></p>
            <p>
                "What you see is what the server has drawn; it does not answer yet. What you staged before is kept on this device. "
                <a href="" rel="external">"Reload the page"</a>" to try again."
            </p>
        </div>
    }
}
