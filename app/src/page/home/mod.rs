//! The page where one finds one's diagrams: by workspace and folder, by what was opened last, and by searching.

mod card;
mod dialogs;
mod folder;
mod groups;
mod make;
mod notices;
mod search;
mod shelf;

use super::site::{AccountMenu, Person};
use crate::{
    platform::dom::{self, Listener},
    rpc,
    ui::{Brand, Icon},
};
use dialogs::Dialogs;
use folder::OneFolder;
use groups::{Groups, Recent, Switcher};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use make::Templates;
use notices::Notices;
use protocol::CallError;
use search::{Results, SearchField};
use shelf::Shelf;

/// The page.
#[component]
pub fn Home() -> impl IntoView {
    let person = Person::ask();
    let query = use_query_map();
    let shelf = Shelf::new(query);
    let diagrams = Resource::new_blocking(|| (), |()| rpc::list_diagrams());
    let folders = Resource::new_blocking(|| (), |()| rpc::list_folders());
    // What the address asked for is in the page that the server sends; later questions are asked as one types.
    let asked = shelf.query.get_untracked();
    let hits = Resource::new_blocking(|| (), move |()| shelf::search(asked.clone()));
    // Only a browser knows what "an hour ago" is; until then the time itself stands there.
    Effect::new(move |_| shelf.now.set(Some(js_sys::Date::now())));
    look_again_on_return(shelf);
    let try_again = Callback::new(move |()| {
        person.0.refetch();
        diagrams.refetch();
        folders.refetch();
        hits.refetch();
    });
    view! {
        <Title text="Diagrams"/>
        <div class="home home-wide">
            <header class="home-head">
                <div class="site-head">
                    <span class="home-brand"><Brand/>"Crowfoot"</span>
                    <AccountMenu person/>
                </div>
                <p class="muted">"Draw tables and references, stage every edit, commit all of them to PostgreSQL or none."</p>
            </header>
            <main>
                <div class="home-bar">
                    <h1>"Diagrams"</h1>
                    <SearchField shelf/>
                </div>
                <Notices shelf/>
                <Transition fallback=|| view! { <p class="muted">"Loading diagrams…"</p> }>
                    {move || Suspend::new(async move {
                        match (person.0.await, diagrams.await, folders.await, hits.await) {
                            (Ok(me), Ok(diagrams), Ok(folders), hits) => {
                                shelf.me.set_value(me);
                                shelf.diagrams.set(diagrams);
                                shelf.folders.set(folders);
                                shelf.found.set(hits);
                                view! { <Shelves shelf/> }.into_any()
                            }
                            (Err(error), ..) | (_, Err(error), ..) | (_, _, Err(error), _) => {
                                view! { <Unreachable error try_again/> }.into_any()
                            }
                        }
                    })}
                </Transition>
            </main>
        </div>
    }
}

/// Whoever comes back to the page sees how things stand now.
fn look_again_on_return(shelf: Shelf) {
    Effect::new(move |_: Option<[Listener; 2]>| {
        let look = move || {
            if dom::document().visibility_state() == web_sys::VisibilityState::Visible {
                shelf.now.set(Some(js_sys::Date::now()));
                leptos::task::spawn_local(shelf.reload());
            }
        };
        let shown = move |event: web_sys::PageTransitionEvent| {
            if event.persisted() {
                look();
            }
        };
        [
            Listener::new(&dom::document(), "visibilitychange", move |_: web_sys::Event| look()),
            Listener::new(&dom::window(), "pageshow", shown),
        ]
    });
}

#[component]
fn Unreachable(error: CallError, try_again: Callback<()>) -> impl IntoView {
    view! {
        <div class="home-empty">
            <Icon name="cloud-off"/>
            <p><strong>"Your diagrams cannot be shown"</strong></p>
            <p class="muted">{error.to_string()}</p>
            <button type="button" class="button" on:click=move |_| try_again.run(())><Icon name="rotate-ccw"/>"Try again"</button>
        </div>
    }
}

/// What the page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Showing {
    All,
    Folder,
    Results,
}

#[component]
fn Shelves(shelf: Shelf) -> impl IntoView {
    let has_account = shelf.me.with_value(|me| me.account.is_some());
    let showing = Memo::new(move |_| match (shelf.query.with(String::is_empty), shelf.folder.get()) {
        (false, _) => Showing::Results,
        (true, Some(_)) => Showing::Folder,
        (true, None) => Showing::All,
    });
    let shelves = move || match showing.get() {
        Showing::Results => view! { <Results shelf/> }.into_any(),
        Showing::Folder => view! { <Templates shelf/><OneFolder shelf/> }.into_any(),
        Showing::All => view! { <Templates shelf/><Recent shelf/><Groups shelf/> }.into_any(),
    };
    view! {
        {has_account.then(|| view! { <Switcher shelf/> })}
        {shelves}
        <Dialogs shelf/>
    }
}
