//! What deleting a row of a table does, or changing its key: step by step, with what refuses it on the way.

use crate::ui::Icon;
use crate::workbench::use_workbench;
use advise::{Cascade, Event, RemarkKind, cascade};
use editor::{Facet, Input};
use leptos::prelude::*;
use schema::{ObjectId, ReferenceId, TableId};

/// How many steps, and how many remarks, are told at once.
const MOST: usize = 40;

/// Both, each behind a disclosure; nothing for a table that no reference names.
#[component]
pub(super) fn Consequences(id: TableId) -> impl IntoView {
    let bench = use_workbench();
    let is_named = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| editor.target().references.values().any(|it| it.referenced == id))
    });
    view! {
        <Show when=move || is_named.get()>
            <section class="panel-section" aria-label="Consequences">
                <Consequence id event=Event::Delete title="What deleting a row does"/>
                <Consequence id event=Event::Update title="What changing its key does"/>
            </section>
        </Show>
    }
}

#[component]
fn Consequence(id: TableId, event: Event, title: &'static str) -> impl IntoView {
    let bench = use_workbench();
    // Worked out only while it is looked at.
    let is_open = RwSignal::new(false);
    let told = Memo::new(move |_| {
        is_open.get().then(|| bench.read(Facet::Schema, |editor| cascade(editor.target(), id, event)))
    });
    let toggled = move |event| is_open.set(event_target::<web_sys::Element>(&event).has_attribute("open"));
    view! {
        <details class="disclosure" on:toggle=toggled>
            <summary>{title}</summary>
            {move || told.get().map(|told| view! { <Steps told/> })}
        </details>
    }
}

#[component]
fn Steps(told: Cascade) -> impl IntoView {
    let rest = told.hops.len().saturating_sub(MOST) + told.remarks.len().saturating_sub(MOST);
    let remarks = told.remarks.into_iter().take(MOST).map(|remark| {
        let (class, icon) = match remark.kind {
            RemarkKind::Refused => ("notice notice-warning small", "triangle-alert"),
            RemarkKind::Round | RemarkKind::SeveralWays => ("notice small", "info"),
        };
        view! { <li class=class><Icon name=icon/><span class="notice-text">{remark.message}</span></li> }
    });
    let steps = told.hops.into_iter().take(MOST).map(|hop| view! { <Step reference=hop.reference words=hop.words/> });
    view! {
        <ul class="consequences">{remarks.collect_view()}</ul>
        <ol class="consequences">{steps.collect_view()}</ol>
        {(rest > 0).then(|| view! { <p class="muted small">{format!("and {rest} more")}</p> })}
    }
}

/// One step; its reference is shown when it is chosen.
#[component]
fn Step(reference: ReferenceId, words: String) -> impl IntoView {
    let bench = use_workbench();
    let show = move |_| bench.send(Input::Open(ObjectId::Reference(reference)));
    view! {
        <li><button type="button" class="list-row consequence" title="Open the reference" on:click=show>{words}</button></li>
    }
}
