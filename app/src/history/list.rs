//! The list of revisions.

use super::{History, load, open};
use crate::{
    platform::dom,
    ui::{Icon, When},
    workbench::use_workbench,
};
use editor::{Editor, Facet};
use leptos::prelude::*;
use protocol::{RevisionNumber, RevisionSummary};

/// All revisions, newest first, and the state that the diagram began with.
#[component]
pub(super) fn List() -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    let filter = move |event| {
        history.is_named_only.set(event_target_checked(&event));
        load(bench, true);
    };
    let revisions = move || history.revisions.get();
    let is_empty = move || history.revisions.with(Vec::is_empty) && !history.is_loading.get();
    let nothing = move || match history.is_named_only.get() {
        true => "No version has a name yet. Open a revision to name it.",
        false => "Nothing is saved yet. Every save makes a revision, and all of them stay here.",
    };
    view! {
        <div class="history-filter">
            <label class="check">
                <input type="checkbox" prop:checked=move || history.is_named_only.get() on:change=filter/>
                "Named versions only"
            </label>
        </div>
        <div class="inspector-body">
            {move || history.problem.get().map(|text| view! {
                <p class="notice notice-error history-notice" role="alert">
                    <Icon name="circle-alert"/>
                    <span class="notice-text">
                        {text}
                        <button type="button" class="button" on:click=move |_| load(bench, true)>"Try again"</button>
                    </span>
                </p>
            })}
            <Show when=move || is_empty() && history.problem.with(Option::is_none)>
                <p class="muted history-notice">{nothing}</p>
            </Show>
            <ol class="history-list" aria-label="Revisions" on:keydown=move |event| step(&event)>
                <For each=revisions key=Clone::clone let(revision)>
                    <Row revision history/>
                </For>
                <Show when=move || is_complete(history)>
                    <Beginning/>
                </Show>
            </ol>
            <Show when=move || history.has_more.get()>
                <button type="button" class="button history-more" aria-disabled=move || history.is_loading.get().to_string()
                    on:click=move |_| if !history.is_loading.get_untracked() { load(bench, false) }>
                    "Show older revisions"
                </button>
            </Show>
        </div>
    }
}

/// Whether the list goes back to the beginning.
fn is_complete(history: History) -> bool {
    let is_told = !history.is_loading.get() && !history.has_more.get() && history.problem.with(Option::is_none);
    is_told && !history.is_named_only.get() && history.revisions.with(|all| !all.is_empty())
}

/// The arrows go from one revision to the next.
fn step(event: &web_sys::KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        _ => return,
    };
    let Some(list) = dom::document().query_selector(".history-list").ok().flatten() else { return };
    let rows = list.children();
    let Some(now) = dom::focused().and_then(|focused| focused.closest("li").ok().flatten()) else { return };
    let at = (0..rows.length()).find(|at| rows.item(*at).is_some_and(|row| row.is_same_node(Some(&now))));
    let next = at.and_then(|at| at.checked_add_signed(by)).and_then(|next| rows.item(next));
    if let Some(button) = next.and_then(|row| row.query_selector("button").ok().flatten()) {
        event.prevent_default();
        event.stop_propagation();
        dom::focus(&button);
        crate::ui::reveal(&button);
    }
}

#[component]
fn Row(revision: RevisionSummary, history: History) -> impl IntoView {
    let bench = use_workbench();
    let RevisionSummary { number, author, message, at, changes, name } = revision;
    let is_head = move || bench.read(Facet::Schema, Editor::base_revision) == number;
    let has_name = name.is_some();
    let title = name.unwrap_or_else(|| format!("Revision {number}"));
    view! {
        <li>
            <button type="button" class="history-row" id=format!("history-revision-{number}")
                on:click=move |_| open(bench, number)>
                <span class="history-title">
                    <span class="truncate">{title}</span>
                    {has_name.then(|| view! { <span class="muted history-number">{format!("Revision {number}")}</span> })}
                    <Show when=is_head><span class="badge">"Now"</span></Show>
                </span>
                {(!message.is_empty()).then(|| view! { <span class="history-message">{message.clone()}</span> })}
                <span class="muted small">
                    {author.label().to_owned()} ", " <When at now=history.now/> " · " {changes.in_words()}
                </span>
            </button>
        </li>
    }
}

/// What the diagram was before its first revision.
#[component]
fn Beginning() -> impl IntoView {
    const FIRST: RevisionNumber = 0;
    let bench = use_workbench();
    view! {
        <li>
            <button type="button" class="history-row" id="history-revision-0" on:click=move |_| open(bench, FIRST)>
                <span class="history-title">"The beginning"</span>
                <span class="muted small">"What the diagram was made with"</span>
            </button>
        </li>
    }
}
