//! What a first load does without. Its code is in files of its own, which are fetched once the page answers, or when
//! somebody goes to a page that needs it; the build cuts them out of the program at the functions below.
#![allow(
    unsafe_code,
    reason = "the macro that marks where to cut declares what lies behind the cut as foreign functions"
)]

use crate::{
    access::SignInAgain,
    export::ExportDialog,
    help::Help,
    history::{HistoryBanner, HistoryPanel},
    import::ImportDialog,
    inspector::Inspector,
    join::JoinDialog,
    page,
    palette::Palette,
    pending::PendingList,
    platform::sleep,
    problems::ProblemsPanel,
    review::Review,
    share::ShareDialog,
    text::TextPanel,
    ui::Icon,
};
use leptos::{
    prelude::*,
    task::spawn_local,
    wasm_split::{SplitLoaderError, wasm_split},
};
use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

/// A part of the editor that is not there at first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Inspector,
    HistoryPanel,
    HistoryBanner,
    Text,
    Problems,
    Pending,
    Review,
    Import,
    Export,
    Join,
    Share,
    Palette,
    Help,
    SignInAgain,
}

/// A page beside the editor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    Home,
    SignIn,
    SignUp,
    RequestReset,
    Reset,
    SetUp,
    Join,
    Account,
    Workspace,
}

/// Makes the page answer to input. All of the editor and of the other pages is behind it; before it, a page can only be
/// looked at ([`crate::canvas::look`]).
#[cfg(feature = "hydrate")]
#[wasm_split(app, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_app))]
fn hydrate() -> Result<(), SplitLoaderError> {
    leptos::mount::hydrate_body(crate::App);
    Ok(())
}

#[wasm_split(parts, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_parts))]
fn part(part: Part) -> Result<AnyView, SplitLoaderError> {
    Ok(match part {
        Part::Inspector => view! { <Inspector/> }.into_any(),
        Part::HistoryPanel => view! { <HistoryPanel/> }.into_any(),
        Part::HistoryBanner => view! { <HistoryBanner/> }.into_any(),
        Part::Text => view! { <TextPanel/> }.into_any(),
        Part::Problems => view! { <ProblemsPanel/> }.into_any(),
        Part::Pending => view! { <PendingList/> }.into_any(),
        Part::Review => view! { <Review/> }.into_any(),
        Part::Import => view! { <ImportDialog/> }.into_any(),
        Part::Export => view! { <ExportDialog/> }.into_any(),
        Part::Join => view! { <JoinDialog/> }.into_any(),
        Part::Share => view! { <ShareDialog/> }.into_any(),
        Part::Palette => view! { <Palette/> }.into_any(),
        Part::Help => view! { <Help/> }.into_any(),
        Part::SignInAgain => view! { <SignInAgain/> }.into_any(),
    })
}

#[wasm_split(pages, wasm_split_path = leptos::wasm_split, fallible, preload(fetch_pages))]
fn page(page: Page) -> Result<AnyView, SplitLoaderError> {
    Ok(match page {
        Page::Home => view! { <page::Home/> }.into_any(),
        Page::SignIn => view! { <page::SignIn/> }.into_any(),
        Page::SignUp => view! { <page::SignUp/> }.into_any(),
        Page::RequestReset => view! { <page::RequestReset/> }.into_any(),
        Page::Reset => view! { <page::Reset/> }.into_any(),
        Page::SetUp => view! { <page::SetUp/> }.into_any(),
        Page::Join => view! { <page::Join/> }.into_any(),
        Page::Account => view! { <page::Account/> }.into_any(),
        Page::Workspace => view! { <page::Workspace/> }.into_any(),
    })
}

/// Fetches what the page at that path needs, does something while it is on its way, and takes the page over from the
/// server.
///
/// # Errors
/// When it cannot be fetched.
#[cfg(feature = "hydrate")]
pub async fn take_over(path: &str, meanwhile: impl FnOnce()) -> Result<(), SplitLoaderError> {
    let pages = async { if is_diagram(path) { Ok(()) } else { fetch_pages().await } };
    // All of it is asked for before anything is done that takes time.
    let (app, pages, ()) = futures_util::future::join3(fetch_app(), pages, async { meanwhile() }).await;
    app.and(pages)?;
    hydrate().await
}

/// Whether the page at that path is the editor of a diagram.
#[must_use]
pub fn is_diagram(path: &str) -> bool {
    path.starts_with("/d/")
}

/// Whether the parts of the editor are there.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    are_there: RwSignal<bool>,
}

impl Parts {
    /// Fetches them in the browser, again and again until they are there. `failed` is told at the first failure.
    pub fn fetch(failed: impl Fn() + Copy + 'static) -> Self {
        let are_there = RwSignal::new(false);
        Effect::new(move || {
            spawn_local(async move {
                let mut is_told = false;
                while fetch_parts().await.is_err() {
                    if !std::mem::replace(&mut is_told, true) {
                        failed();
                    }
                    sleep(RETRY).await;
                    if are_there.is_disposed() {
                        return;
                    }
                }
                are_there.try_set(true);
            });
        });
        Self { are_there }
    }
}

/// How long after a failure they are asked for again.
const RETRY: Duration = Duration::from_secs(5);

/// A part of the editor, once it is there.
#[component]
pub fn Later(part: Part) -> impl IntoView {
    let parts = expect_context::<Parts>();
    move || parts.are_there.get().then(|| at_once(self::part(part)).and_then(Result::ok))
}

/// A page beside the editor: at once where its code is there, which it is on the server and in a page that the server has
/// drawn.
#[component]
pub fn LaterPage(page: Page) -> impl IntoView {
    if let Some(Ok(view)) = at_once(self::page(page)) {
        return view;
    }
    let fetched = RwSignal::new(None);
    Effect::new(move || {
        spawn_local(async move {
            fetched.try_set(Some(fetch_pages().await.is_ok()));
        });
    });
    (move || match fetched.get() {
        None => view! { <main class="loading"><p class="muted">"Opening the page…"</p></main> }.into_any(),
        Some(true) => at_once(self::page(page)).and_then(Result::ok).into_any(),
        Some(false) => view! {
            <main class="missing">
                <h1><Icon name="circle-alert"/>"The page cannot be opened"</h1>
                <p>"A part of it could not be fetched."</p>
                <p><a class="button button-primary" href="" rel="external">"Try again"</a></p>
            </main>
        }
        .into_any(),
    })
    .into_any()
}

/// What a future has to give without waiting.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
