//! One pending change.

use super::list::Line;
use crate::{
    ui::{Icon, Mark, focus_if_lost, mark::word},
    workbench::{Workbench, use_workbench},
};
use editor::Input;
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::BTreeSet;

/// Statements behind a disclosure; nothing when there are none.
#[component]
pub fn Sql(text: String) -> impl IntoView {
    (!text.is_empty()).then(|| {
        view! {
            <details class="item-sql">
                <summary>"SQL"</summary>
                <pre class="code" tabindex="0" aria-label="SQL">{text}</pre>
            </details>
        }
    })
}

/// Something that PostgreSQL would refuse.
#[component]
pub(super) fn Finding(text: String) -> impl IntoView {
    view! { <p class="field-error"><Icon name="circle-alert"/><span>{text}</span></p> }
}

/// One pending change, with the way to look at it and to discard it.
#[component]
pub(super) fn Item(line: Line) -> impl IntoView {
    let bench = use_workbench();
    let Line { object, kind, title: name, details, beside, sql, findings } = line;
    let is_asking = RwSignal::new(false);
    let title = StoredValue::new(name.clone());
    let discard = move |_| {
        if dependants(bench, object).is_empty() {
            bench.send(Input::Discard(BTreeSet::from([object])));
            focus_if_lost("pending-toggle");
        } else {
            is_asking.set(true);
        }
    };
    let beside = (!beside.is_empty()).then(|| {
        let text = format!("Changed by others as well: {}", beside.join("; "));
        view! { <p class="item-beside"><Icon name="git-compare"/><span>{text}</span></p> }
    });
    let details = details.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    // Stays until what is staged changes.
    let failed = Memo::new(move |_| bench.commit.with(|phase| phase.failure_of(object)));
    let findings = findings.into_iter().map(|text| view! { <Finding text/> }).collect_view();
    view! {
        <li class="pending-item" data-testid="pending-item">
            <div class="pending-line">
                <Mark kind/>
                <button class="pending-title truncate" title="Show it on the canvas"
                    on:click=move |_| bench.send(Input::Select(object, false))>
                    {name.clone()}
                </button>
                <span class="muted small" aria-hidden="true">{word(kind)}</span>
                <button class="icon-button" aria-label=format!("Discard {name}") title="Discard" on:click=discard>
                    <Icon name="x"/>
                </button>
            </div>
            <ul class="item-details">{details}</ul>
            {beside}
            {findings}
            {move || failed.get().map(|text| view! { <Finding text/> })}
            <Sql text=sql/>
            <Show when=move || is_asking.get()>
                <Question object title is_asking/>
            </Show>
        </li>
    }
}

/// Names what goes with the item, and asks.
#[component]
fn Question(object: ObjectId, title: StoredValue<String>, is_asking: RwSignal<bool>) -> impl IntoView {
    let bench = use_workbench();
    let others = dependants(bench, object);
    let count = others.len() + 1;
    let names = others.into_iter().map(|name| view! { <li>{name}</li> }).collect_view();
    let discard = move |_| {
        bench.send(Input::Discard(BTreeSet::from([object])));
        focus_if_lost("pending-toggle");
    };
    let keep = move |_| {
        is_asking.set(false);
        focus_if_lost("pending-toggle");
    };
    view! {
        <div class="notice notice-warning pending-question-box" role="group" aria-label="Discard with what depends on it">
            <Icon name="triangle-alert"/>
            <div class="notice-text">
                <p>{format!("What depends on {} goes with it:", title.get_value())}</p>
                <ul>{names}</ul>
                <div class="pending-answers">
                    <button class="button" on:click=keep>"Keep"</button>
                    <button class="button button-danger" on:click=discard>{format!("Discard {count} changes")}</button>
                </div>
            </div>
        </div>
    }
}

/// The titles of the items that would go with it.
fn dependants(bench: Workbench, object: ObjectId) -> Vec<String> {
    bench.peek(|editor| {
        let pending = editor.pending();
        let gone = pending.with_dependants(&BTreeSet::from([object]));
        let others = gone.into_iter().filter(|other| *other != object);
        others.filter_map(|other| pending.item(other)).map(|item| item.title.clone()).collect()
    })
}
