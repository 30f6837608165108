//! Searching: the field, which puts what is asked into the address, and what was found.

use super::{
    card::Card,
    shelf::{Found, Shelf, counted},
};
use crate::{
    platform::dom::{self, Listener},
    ui::{Icon, focus_soon},
};
use leptos::html;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use protocol::{DiagramHit, DiagramSummary};
use std::time::Duration;
use web_sys::KeyboardEvent;

/// How long nothing is typed before it is asked.
const PAUSE: Duration = Duration::from_millis(180);
const FIRST_RESULT: &str = "#results .diagram-name";

/// What stands in the field is put into the address by `ask`, once nothing more is typed.
#[derive(Clone, Copy)]
struct Field {
    shelf: Shelf,
    input: NodeRef<html::Input>,
    waiting: StoredValue<Option<TimeoutHandle>>,
}

impl Field {
    fn text(self) -> Option<String> {
        self.input.try_get_untracked().flatten().map(|input| input.value().trim().to_owned())
    }

    fn settle(self, ask: &impl Fn(&str)) {
        self.wait_for(None);
        if let Some(text) = self.text().filter(|text| self.shelf.query.with_untracked(|query| query != text)) {
            ask(&text);
        }
    }

    fn settle_soon(self, ask: impl Fn(&str) + 'static) {
        self.wait_for(set_timeout_with_handle(move || self.settle(&ask), PAUSE).ok());
    }

    fn wait_for(self, next: Option<TimeoutHandle>) {
        if let Some(Some(before)) = self.waiting.try_update_value(|waiting| std::mem::replace(waiting, next)) {
            before.clear();
        }
    }

    fn pressed(self, event: &KeyboardEvent, ask: &impl Fn(&str)) {
        match event.key().as_str() {
            "Escape" if self.text().is_some_and(|text| !text.is_empty()) => {
                event.prevent_default();
                if let Some(input) = self.input.get_untracked() {
                    input.set_value("");
                }
                self.settle(ask);
            }
            "ArrowDown" => {
                event.prevent_default();
                self.settle(ask);
                focus_soon(vec![FIRST_RESULT.to_owned()]);
            }
            _ => {}
        }
    }
}

/// The field. What stands in it is in the address, so that it can be linked; it is a form, so that it works without a
/// script.
#[component]
pub fn SearchField(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let field = Field { shelf, input: NodeRef::new(), waiting: StoredValue::new(None) };
    let navigate = use_navigate();
    let ask = move |text: &str| {
        let options = NavigateOptions { replace: true, scroll: false, ..NavigateOptions::default() };
        navigate(&shelf.address_for(text), options);
    };
    let (ask_soon, ask_at_key) = (ask.clone(), ask.clone());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        field.settle(&ask);
        focus_soon(vec![FIRST_RESULT.to_owned()]);
    };
    // Back and forward, and a link that clears, change what is asked as well.
    Effect::new(move |_| {
        let query = shelf.query.get();
        if let Some(input) = field.input.get().filter(|input| input.value().trim() != query) {
            input.set_value(&query);
        }
    });
    focus_by_slash(field.input);
    view! {
        <form class="home-search" role="search" action="/" method="get" on:submit=submit>
            <Icon name="search"/>
            <input
                class="input"
                id="search"
                type="text"
                name="q"
                aria-label="Search diagrams and tables"
                placeholder="Search diagrams and tables"
                aria-keyshortcuts="/"
                autocomplete="off"
                spellcheck="false"
                enterkeyhint="search"
                maxlength="100"
                value=shelf.query.get_untracked()
                node_ref=field.input
                on:input=move |_| field.settle_soon(ask_soon.clone())
                on:keydown=move |event| field.pressed(&event, &ask_at_key)
            />
            <kbd aria-hidden="true">"/"</kbd>
        </form>
    }
}

/// The slash gives the focus to the field, unless it is typed somewhere.
fn focus_by_slash(input: NodeRef<html::Input>) {
    Effect::new(move |_: Option<Listener>| {
        let pressed = move |event: KeyboardEvent| {
            let is_modified = event.ctrl_key() || event.meta_key() || event.alt_key();
            if event.key() != "/" || is_modified || dom::is_typing(&event) || dom::has_dialog() {
                return;
            }
            if let Some(input) = input.try_get_untracked().flatten() {
                event.prevent_default();
                dom::focus(&input);
                input.select();
            }
        };
        Listener::new(&dom::document(), "keydown", pressed)
    });
}

/// A diagram that was found, as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Match {
    diagram: DiagramSummary,
    hit: DiagramHit,
}

/// What was found, in the workspace that is shown or in all.
#[component]
pub fn Results(
    /// The page.
    shelf: Shelf,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let place = shelf.chosen.get();
        let hits = shelf.found.with(|found| found.hits.clone()).unwrap_or_default();
        let known = |hit: DiagramHit| shelf.diagram(hit.diagram).map(|diagram| Match { diagram, hit });
        let is_here = |it: &Match| place.is_none_or(|place| it.diagram.workspace == place);
        hits.into_iter().filter_map(known).filter(is_here).collect::<Vec<_>>()
    });
    let asked = Memo::new(move |_| shelf.found.with(|found| found.query.clone()));
    let failure = move || {
        shelf.found.with(|found| match found {
            Found { hits: Err(error), .. } => Some(error.to_string()),
            Found { hits: Ok(_), .. } => None,
        })
    };
    let is_settled = move || asked.get() == shelf.query.get();
    let has_failed = Memo::new(move |_| failure().is_some());
    let count = move || {
        let count = shown.with(Vec::len);
        format!("{} found for “{}”", counted(count, "diagram"), asked.get())
    };
    view! {
        <section class="group" id="results" aria-busy=move || (!is_settled()).then_some("true")>
            <header class="group-head">
                <h2 class="truncate">"Results"</h2>
                <span class="muted truncate" role="status">{move || if is_settled() && !has_failed.get() { count() } else { String::new() }}</span>
            </header>
            <Show when=move || has_failed.get()>
                <p class="notice notice-error" role="alert">
                    <Icon name="circle-alert"/>
                    <span>"The search did not work: "{failure}"."</span>
                    <button type="button" class="button-link" on:click=move |_| leptos::task::spawn_local(shelf.search())>"Try again"</button>
                </p>
            </Show>
            <Show when=move || is_settled() && !has_failed.get() && shown.with(Vec::is_empty)>
                <NothingFound shelf/>
            </Show>
            <Show when=move || shown.with(|shown| !shown.is_empty())>
                <ul class="diagram-grid" aria-label="Results">
                    <For each=move || shown.get() key=Match::clone let(result)>
                        <Hit shelf result/>
                    </For>
                </ul>
            </Show>
        </section>
    }
}

#[component]
fn NothingFound(shelf: Shelf) -> impl IntoView {
    let elsewhere = move || {
        let name = shelf.name_of(shelf.chosen.get()?);
        let href = format!("/?q={}", leptos_router::location::Url::escape(&shelf.query.get()));
        Some(view! { <a class="button" href=href>"Search beyond " {name}</a> })
    };
    let rest = untrack(|| shelf.address_for(""));
    view! {
        <div class="home-empty">
            <Icon name="search"/>
            <p><strong>"Nothing found"</strong></p>
            <p class="muted">"No diagram, and no table in one, has “" {move || shelf.query.get()} "” in its name."</p>
            <div class="card-actions">
                {elsewhere}
                <a class="button" href=rest on:click=move |_| focus_soon(vec!["#search".to_owned()])>"Clear the search"</a>
            </div>
        </div>
    }
}

#[component]
fn Hit(shelf: Shelf, result: Match) -> impl IntoView {
    let Match { diagram, hit } = result;
    let place = place_of(shelf, &diagram);
    let tables = (!hit.tables.is_empty()).then(|| {
        let total = hit.tables.len() + usize::try_from(hit.more_tables).unwrap_or_default();
        let more = (hit.more_tables > 0).then(|| format!(" and {} more", hit.more_tables));
        let kind = if total == 1 { "Table " } else { "Tables " };
        view! { <p class="diagram-facts diagram-found"><Icon name="table-2"/><span>{kind}<strong>{hit.tables.join(", ")}</strong>{more}</span></p> }
    });
    let place = place.map(|place| view! { <p class="diagram-facts truncate">{place}</p> });
    let note = view! { {tables}{place} }.into_any();
    view! { <Card shelf diagram note/> }
}

/// Where a diagram is, as far as that is not plain.
fn place_of(shelf: Shelf, diagram: &DiagramSummary) -> Option<String> {
    let has_several = shelf.me.with_value(|me| me.workspaces.len() > 1);
    let workspace = has_several.then(|| shelf.name_of(diagram.workspace));
    let in_folder = |id| shelf.folders.with(|all| all.iter().find(|it| it.id == id).map(|it| it.name.clone()));
    let folder = diagram.folder.and_then(in_folder);
    let parts: Vec<String> = [workspace, folder].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| format!("In {}", parts.join(" / ")))
}
