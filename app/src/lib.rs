//! The user interface of Crowfoot, rendered on the server (feature `ssr`) and taken over in the browser
//! (feature `hydrate`). It never depends on the server: server functions reach it through [`backend::Backend`].
#![allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "components and their generated props are documented where they are not obvious"
)]

use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{Route, Router, Routes},
    path,
};

use crate::later::{LaterPage, Page};

pub mod access;
#[cfg(feature = "ssr")]
pub mod backend;
pub mod backup;
pub mod canvas;
pub mod draft;
pub mod export;
pub mod help;
pub mod history;
pub mod import;
pub mod inspector;
pub mod join;
pub mod later;
pub mod live;
pub mod page;
pub mod palette;
pub mod pending;
pub mod platform;
pub mod problems;
pub mod review;
pub mod rpc;
pub mod share;
pub mod sidebar;
pub mod suggestion;
pub mod text;
pub mod toast;
pub mod topbar;
pub mod ui;
pub mod workbench;

/// Marks the document when the program cannot be fetched or does not run, so that the page says so at once. The scripts
/// that start it leave their failure unhandled.
const MARK_FAILED_START: &str = "addEventListener('unhandledrejection',()=>{\
    const page=document.documentElement;if(!page.dataset.hydrated)page.dataset.failed=''})";

/// The document around the app; the server renders it once for every page.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=chosen_theme()>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link rel="stylesheet" href=format!("/{}/{}.css", options.site_pkg_dir, options.output_name)/>
                <link rel="preload" href="/fonts/inter-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <link rel="preload" href="/fonts/jetbrains-mono-latin.woff2" r#as="font" r#type="font/woff2" crossorigin="anonymous"/>
                <script nonce=leptos::nonce::use_nonce()>{MARK_FAILED_START}</script>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// The theme that the visitor has chosen; none when it is the system's.
fn chosen_theme() -> Option<&'static str> {
    #[cfg(feature = "ssr")]
    {
        let parts = use_context::<http::request::Parts>()?;
        let cookies = parts.headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        cookies.into_iter().find_map(platform::theme::chosen)
    }
    #[cfg(not(feature = "ssr"))]
    None
}

/// The whole application: metadata and the flat list of routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // Pages are sent whole, in one piece: they can be read before any script has run, and without it.
    view! {
        <Title formatter=|title: String| window_title(&title)/>
        <Router>
            <Routes fallback=page::NotFound>
                <Route path=path!("/") view=|| view! { <LaterPage page=Page::Home/> } ssr=SsrMode::Async/>
                <Route path=path!("/d/:id") view=page::Editor ssr=SsrMode::Async/>
                <Route path=path!("/sign-in") view=|| view! { <LaterPage page=Page::SignIn/> } ssr=SsrMode::Async/>
                <Route path=path!("/sign-up") view=|| view! { <LaterPage page=Page::SignUp/> } ssr=SsrMode::Async/>
                <Route path=path!("/reset") view=|| view! { <LaterPage page=Page::RequestReset/> } ssr=SsrMode::Async/>
                <Route path=path!("/reset/:token") view=|| view! { <LaterPage page=Page::Reset/> } ssr=SsrMode::Async/>
                <Route path=path!("/setup/:token") view=|| view! { <LaterPage page=Page::SetUp/> } ssr=SsrMode::Async/>
                <Route path=path!("/join/:token") view=|| view! { <LaterPage page=Page::Join/> } ssr=SsrMode::Async/>
                <Route path=path!("/account") view=|| view! { <LaterPage page=Page::Account/> } ssr=SsrMode::Async/>
                <Route path=path!("/workspace/:id") view=|| view! { <LaterPage page=Page::Workspace/> } ssr=SsrMode::Async/>
            </Routes>
        </Router>
        <page::NotStarted/>
    }
}

/// What the window is called. The browser takes it as text; on the server the library puts it into the page as it is, and
/// a diagram may be called anything.
fn window_title(title: &str) -> String {
    let text = if title.is_empty() { "Crowfoot".to_owned() } else { format!("{title} · Crowfoot") };
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_its_element() {
        for (title, expect) in [
            ("", "Crowfoot"),
            ("Shop", "Shop · Crowfoot"),
            ("</title><script>&", "&lt;/title>&lt;script>&amp; · Crowfoot"),
        ] {
            assert_eq!(window_title(title), expect);
        }
    }
}
