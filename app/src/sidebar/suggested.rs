//! References that names and types suggest, under those that are there: the likeliest first, those that are sure together,
//! and those that were dismissed behind a disclosure.

use super::select;
use crate::platform::dom;
use crate::suggestion::{Offer, accept, accept_all, bring_back, dismiss, offers};
use crate::ui::{Icon, focus_soon, reveal};
use crate::workbench::use_workbench;
use advise::Tier;
use editor::{Facet, SuggestionId};
use leptos::prelude::*;
use schema::ObjectId;

/// How many suggestions are listed at most.
const MOST: usize = 50;

/// The section; nothing where nothing is suggested and nothing was dismissed.
#[component]
pub(super) fn Suggested(found: Memo<Vec<Offer>>) -> impl IntoView {
    let bench = use_workbench();
    let dismissed =
        Memo::new(move |_| bench.read(Facet::Schema, |editor| offers(editor, editor.dismissed_suggestions())));
    let has_found = move || found.with(|found| !found.is_empty());
    let is_there = move || has_found() || dismissed.with(|dismissed| !dismissed.is_empty());
    let rows = move || {
        let first: Vec<_> = found.with(|found| found.iter().take(MOST).cloned().collect());
        first.into_iter().map(|offer| view! { <Row offer/> }).collect_view()
    };
    let rest = move || found.with(Vec::len).saturating_sub(MOST);
    view! {
        <Show when=is_there>
            <section class="suggested" aria-labelledby="suggested-title" on:keydown=move |event| pressed(&event)>
                <h2 id="suggested-title" tabindex="-1">"Suggested " <span class="muted">{move || found.with(Vec::len)}</span></h2>
                <Show when=has_found>
                    <Together found/>
                    <ul>{rows}</ul>
                </Show>
                <Show when=move || { rest() > 0 }>
                    <p class="muted small">{move || format!("{} more; search to find them", rest())}</p>
                </Show>
                <Show when=has_found>
                    <p class="muted small">
                        <kbd>"↑"</kbd>" "<kbd>"↓"</kbd>" show the next one on the canvas, "<kbd>"Enter"</kbd>" adds it, "
                        <kbd>"Delete"</kbd>" dismisses it"
                    </p>
                </Show>
                <Dismissed dismissed/>
            </section>
        </Show>
    }
}

/// What goes for all of them.
#[component]
fn Together(found: Memo<Vec<Offer>>) -> impl IntoView {
    let bench = use_workbench();
    let sure = move || {
        let is_sure = |offer: &&Offer| offer.suggestion.tier == Tier::Preselect;
        found.with(|found| found.iter().filter(is_sure).map(|offer| offer.suggestion.clone()).collect::<Vec<_>>())
    };
    let count = Memo::new(move |_| sure().len());
    let add = move |_| {
        accept_all(bench, &untrack(sure));
        focus_soon(vec![".suggested-main".to_owned(), "#suggested-title".to_owned(), "#canvas".to_owned()]);
    };
    view! {
        <div class="suggested-all">
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || bench.adds_indexes.get()
                    on:change=move |event| bench.adds_indexes.set(event_target_checked(&event))
                />
                "Index the columns too"
            </label>
            <Show when=move || { count.get() > 0 }>
                <button
                    type="button"
                    class="button button-small"
                    title="Stages those that are as good as certain, in one step"
                    on:click=add
                >
                    {move || format!("Add all {} sure", count.get())}
                </button>
            </Show>
        </div>
    }
}

#[component]
fn Row(offer: Offer) -> impl IntoView {
    let bench = use_workbench();
    let Offer { suggestion, from, to } = offer;
    let about = SuggestionId::of(&suggestion);
    let (add_label, dismiss_label) =
        (format!("Add reference {from} → {to}"), format!("Dismiss reference {from} → {to}"));
    let reason = suggestion.reason.clone();
    let shown = suggestion.columns.first().map(|column| ObjectId::Column(suggestion.referencing, *column));
    let show = move || {
        if let Some(column) = shown {
            select(bench, column, false);
        }
    };
    let offered = StoredValue::new(suggestion);
    let id = row_id(&about);
    let dismiss = move || {
        let next = neighbours();
        dismiss(bench, about.clone());
        bench.speak("Suggestion dismissed".to_owned());
        focus_soon(next);
    };
    let pressed = {
        let dismiss = dismiss.clone();
        move |event: web_sys::KeyboardEvent| {
            match event.key().as_str() {
                // Whoever goes on by keyboard goes on in the list, and not in the panel of the reference.
                "Enter" => {
                    let next = neighbours();
                    offered.with_value(|offered| accept_all(bench, std::slice::from_ref(offered)));
                    focus_soon(next);
                }
                "Delete" | "Backspace" => dismiss(),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        }
    };
    view! {
        <li class="suggested-row" data-testid="suggestion">
            <button
                type="button"
                class="list-row suggested-main"
                id=id
                on:click=move |_| show()
                on:focus=move |_| show()
                on:keydown=pressed
            >
                <Icon name="lightbulb"/>
                <span class="suggested-text">
                    <span>{from}</span>
                    <span class="ref-to">"→ " {to}</span>
                    <span class="muted small">{reason}</span>
                </span>
            </button>
            <button
                type="button"
                class="button button-small"
                aria-label=add_label
                on:click=move |_| offered.with_value(|offered| accept(bench, offered))
            >
                "Add"
            </button>
            <button type="button" class="icon-button" aria-label=dismiss_label title="Dismiss" on:click=move |_| dismiss()>
                <Icon name="x"/>
            </button>
        </li>
    }
}

#[component]
fn Dismissed(dismissed: Memo<Vec<Offer>>) -> impl IntoView {
    let bench = use_workbench();
    let row = move |Offer { suggestion, from, to }: Offer| {
        let about = SuggestionId::of(&suggestion);
        let label = format!("Bring back reference {from} → {to}");
        let back = move |_| {
            bring_back(bench, &about);
            focus_soon(vec![format!("#{}", row_id(&about)), "#suggested-title".to_owned()]);
        };
        view! {
            <li class="suggested-row">
                <span class="suggested-text"><span>{from}</span><span class="ref-to">"→ " {to}</span></span>
                <button type="button" class="button button-small" aria-label=label on:click=back>"Bring back"</button>
            </li>
        }
    };
    let rows = move || dismissed.get().into_iter().take(MOST).map(row).collect_view();
    view! {
        <Show when=move || dismissed.with(|dismissed| !dismissed.is_empty())>
            <details class="disclosure">
                <summary>{move || format!("Dismissed ({})", dismissed.with(Vec::len))}</summary>
                <ul>{rows}</ul>
            </details>
        </Show>
    }
}

fn row_id(about: &SuggestionId) -> String {
    let columns: Vec<String> = about.columns.iter().map(ToString::to_string).collect();
    format!("suggestion-{}-{}-{}", about.referencing, columns.join("-"), about.referenced)
}

fn rows() -> Vec<web_sys::Element> {
    let found = dom::document().get_elements_by_class_name("suggested-main");
    (0..found.length()).filter_map(|at| found.item(at)).collect()
}

/// The rows around the one that has the focus, or whose button has it, the nearest first, and where to go when there are none.
fn neighbours() -> Vec<String> {
    let rows = rows();
    let now = dom::focused();
    let is_here = |row: &web_sys::Element| row.parent_element().is_some_and(|line| line.contains(now.as_deref()));
    let at = rows.iter().position(is_here).unwrap_or_default();
    let around = rows.iter().skip(at + 1).take(1).chain(rows.iter().take(at).rev().take(1));
    let ids = around.map(|row| format!("#{}", row.id()));
    ids.chain(["#suggested-title".to_owned(), "#canvas".to_owned()]).collect()
}

/// The arrows go from suggestion to suggestion, which shows them on the canvas; Escape goes back to it.
fn pressed(event: &web_sys::KeyboardEvent) {
    let by = match event.key().as_str() {
        "ArrowDown" => 1,
        "ArrowUp" => -1,
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            focus_soon(vec!["#canvas".to_owned()]);
            return;
        }
        _ => return,
    };
    let rows = rows();
    let focused = dom::focused();
    let now = rows.iter().position(|row| Some(row) == focused.as_ref());
    let next = now.map_or(Some(0), |at| at.checked_add_signed(by)).and_then(|at| rows.get(at));
    if let Some(next) = next {
        event.prevent_default();
        event.stop_propagation();
        dom::focus(next);
        reveal(next);
    }
}
