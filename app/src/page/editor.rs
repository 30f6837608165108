//! The editor of one diagram.

use crate::{
    canvas::{self, Canvas},
    draft,
    later::{Later, Part, Parts},
    live,
    pending::Pending,
    platform, rpc,
    sidebar::Sidebar,
    toast::Toasts,
    topbar::TopBar,
    ui::{focus_if_lost, focus_soon, sentence},
    workbench::{Workbench, use_workbench},
};
use editor::{Announcement, Facet};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use protocol::{CallError, DiagramId, DiagramSnapshot};

/// The editor of one diagram.
#[component]
pub fn Editor() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").and_then(|id| id.parse::<DiagramId>().ok()));
    // The server answers with the whole page: the picture is there before any script is.
    let snapshot = Resource::new_blocking(
        move || id.get(),
        |id| async move {
            match id {
                Some(id) => rpc::open_diagram(id).await,
                None => Err(CallError::NotFound),
            }
        },
    );
    view! {
        <Suspense fallback=|| view! { <Loading/> }>
            {move || Suspend::new(async move {
                match snapshot.await {
                    Ok(snapshot) => view! { <Bench snapshot/> }.into_any(),
                    Err(error) => view! { <Missing error/> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// The whole page of a diagram that was found.
#[component]
fn Bench(snapshot: DiagramSnapshot) -> impl IntoView {
    // Ids are made in the browser only, so the server needs no seed that cannot be guessed.
    let seed = if cfg!(feature = "hydrate") { platform::seed() } else { 0 };
    let bench = Workbench::new(snapshot.clone(), seed);
    provide_context(bench);
    provide_context(Parts::fetch(move || {
        bench.announce(Announcement::failure("Parts of the editor could not be fetched. They are asked for again; if that does not help, reload the page."));
    }));
    let is_loaded = RwSignal::new(false);
    let layout = snapshot.layout;
    // What is done before the staged edits are there would be lost to them, where nobody keeps it until then.
    let is_loading = RwSignal::new(false);
    Effect::new(move || is_loading.set(!is_loaded.get() && !canvas::is_looking()));
    Effect::new(move || {
        draft::keep(bench, snapshot.clone(), is_loaded);
    });
    Effect::new(move || {
        if is_loaded.get() {
            canvas::listen_to_keys(bench);
            live::follow(bench, layout);
        }
    });
    // A dialog gives the focus back to what had it before, which a commit may have taken away.
    Effect::new(move |was_open: Option<bool>| {
        let is_open = bench.overlay.with(Option::is_some);
        if was_open == Some(true) && !is_open {
            focus_if_lost("canvas");
        }
        is_open
    });
    let is_looking_back = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.exhibit().is_some()));
    let has_sidebar = bench.has_drawer;
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        if event.key() == "Escape" && !event.default_prevented() && has_sidebar.get_untracked() {
            event.prevent_default();
            event.stop_propagation();
            has_sidebar.set(false);
            focus_soon(vec![".topbar-sidebar".to_owned()]);
        }
    };
    view! {
        <Title text=move || bench.name.get()/>
        <SkipLink to="canvas" words="Skip to canvas"/>
        <Show when=move || !is_looking_back.get()>
            <SkipLink to="pending-toggle" words="Skip to pending changes"/>
        </Show>
        <div class="editor-page" inert=is_loading>
            <TopBar has_sidebar/>
            <div class="editor-left" id="sidebar" class:is-open=has_sidebar on:keydown=pressed><Sidebar/></div>
            <main class="editor-middle" class:is-looking-back=is_looking_back>
                <Canvas is_loaded/>
                <live::Ended/>
                <Show when=move || is_looking_back.get() fallback=Pending>
                    <Later part=Part::HistoryBanner/>
                </Show>
            </main>
            <div class="editor-right"><Later part=Part::Inspector/><Later part=Part::HistoryPanel/></div>
        </div>
        <Later part=Part::Review/>
        <Later part=Part::Import/>
        <Later part=Part::Export/>
        <Later part=Part::Join/>
        <Later part=Part::Share/>
        <Later part=Part::Palette/>
        <Later part=Part::Help/>
        <Later part=Part::SignInAgain/>
        <Toasts/>
        <Stopped/>
    }
}

/// A link past everything before a part of the page.
#[component]
fn SkipLink(
    /// The id of what it leads to.
    to: &'static str,
    words: &'static str,
) -> impl IntoView {
    // The router takes links for pages; without it the browser finds the part by itself.
    let skip = move |event: leptos::ev::MouseEvent| {
        event.prevent_default();
        if let Some(part) = platform::dom::document().get_element_by_id(to) {
            platform::dom::focus(&part);
        }
    };
    view! { <a class="skip-link" href=format!("#{to}") on:click=skip>{words}</a> }
}

/// Shown by the style sheet when the program has stopped.
#[component]
fn Stopped() -> impl IntoView {
    let bench = use_workbench();
    // Said before it is needed: afterwards there is no program to say it.
    let kept = move || match bench.keeps_drafts.get() {
        Some(true) => "Your staged edits are kept on this device.",
        Some(false) => "This browser keeps nothing, so what was staged is lost.",
        None => "What was staged before is kept on this device.",
    };
    view! {
        <div class="stopped stopped-panic" role="alert">
            <p><strong>"The editor has stopped because of a defect"</strong></p>
            <p>{kept}" "<a href="" rel="external">"Reload the page"</a>" to go on."</p>
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! { <main class="loading"><p class="muted">"Opening the diagram…"</p></main> }
}

/// What is shown instead of a diagram that cannot be opened.
#[component]
fn Missing(error: CallError) -> impl IntoView {
    let is_missing = matches!(error, CallError::NotFound);
    let title = if is_missing { "No such diagram" } else { "The diagram cannot be opened" };
    view! {
        <Title text=title/>
        <main class="missing">
            <h1>{title}</h1>
            <p>{sentence(&error.to_string())}"."</p>
            <p>
                <a class="button button-primary" href="/">"All diagrams"</a>
                " "
                {(!is_missing).then(|| view! { <a class="button" href="" rel="external">"Try again"</a> })}
            </p>
        </main>
    }
}
