//! The items of a review, each with its tick, its statements and what stands in its way.

use super::{Phase, Prepared};
use crate::{
    pending::{Sql, belongs_to, script},
    ui::{Icon, Mark},
    workbench::use_workbench,
};
use edit::ItemKind;
use editor::{Editor, Facet};
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::BTreeSet;

/// One item as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Line {
    object: ObjectId,
    kind: ItemKind,
    title: String,
    details: Vec<String>,
    sql: String,
}

fn lines(editor: &Editor) -> Vec<Line> {
    let plan = ddl::plan(editor.base(), editor.target());
    let steps = plan.by_object();
    let line = |item: &edit::PendingItem| Line {
        object: item.object,
        kind: item.kind,
        title: item.title.clone(),
        details: item.details.clone(),
        sql: script(steps.get(&item.object).into_iter().flatten().copied()),
    };
    editor.pending().items().map(line).collect()
}

/// All pending items with their ticks, and what stands in the way of the ticked ones.
#[component]
pub(super) fn Items(ticked: RwSignal<BTreeSet<ObjectId>>, prepared: Memo<Prepared>) -> impl IntoView {
    let bench = use_workbench();
    let lines = Memo::new(move |_| bench.read(Facet::Schema, lines));
    let count = move || {
        let (all, chosen) = (lines.with(Vec::len), prepared.with(|prepared| prepared.objects.len()));
        format!("{chosen} of {all} pending changes go into this commit")
    };
    // What concerns no single item is said above all of them.
    let general = move || {
        let objects: Vec<ObjectId> = lines.with(|lines| lines.iter().map(|line| line.object).collect());
        prepared.with(|prepared| {
            let is_general = |about: &Option<ObjectId>| {
                about.is_none_or(|about| !objects.iter().any(|object| belongs_to(about, *object)))
            };
            let obstacles = prepared.obstacles.iter().filter(|(about, _)| is_general(about));
            obstacles.map(|(_, text)| view! { <Obstacle text=text.clone()/> }).collect_view()
        })
    };
    view! {
        <section class="review-items" aria-labelledby="review-items">
            <h3 id="review-items">{count}</h3>
            {general}
            <ul>
                <For each=move || lines.get() key=Clone::clone let(line)>
                    <Row line ticked prepared/>
                </For>
            </ul>
        </section>
    }
}

#[component]
fn Row(line: Line, ticked: RwSignal<BTreeSet<ObjectId>>, prepared: Memo<Prepared>) -> impl IntoView {
    let bench = use_workbench();
    let object = line.object;
    let is_ticked = move || prepared.with(|prepared| prepared.objects.contains(&object));
    let toggle = move |_| {
        let chosen = prepared.with_untracked(|prepared| prepared.objects.clone());
        let is_ticked = chosen.contains(&object);
        ticked.set(bench.peek(|editor| {
            let pending = editor.pending();
            let own = BTreeSet::from([object]);
            if is_ticked {
                let gone = pending.with_dependants(&own);
                chosen.into_iter().filter(|other| !gone.contains(other)).collect()
            } else {
                pending.with_needs(&(&chosen | &own))
            }
        }));
    };
    let is_locked = move || bench.commit.with(|phase| phase.is_busy() || matches!(phase, Phase::Unanswered(_)));
    let obstacles = move || {
        prepared.with(|prepared| {
            let own = prepared.obstacles.iter().filter(|(about, _)| about.is_some_and(|it| belongs_to(it, object)));
            own.map(|(_, text)| view! { <Obstacle text=text.clone()/> }).collect_view()
        })
    };
    let has_failed = move || bench.commit.with(|phase| phase.failure_of(object).is_some());
    let details = line.details.iter().map(|text| view! { <li>{text.clone()}</li> }).collect_view();
    view! {
        <li class="review-item" class:has-failed=has_failed data-testid="review-item">
            <label class="review-tick">
                <input type="checkbox" prop:checked=is_ticked prop:disabled=is_locked on:change=toggle/>
                <Mark kind=line.kind/>
                <span class="review-item-title">{line.title.clone()}</span>
            </label>
            <Show when=has_failed>
                <p class="field-error"><Icon name="circle-alert"/>"This is what failed"</p>
            </Show>
            <ul class="item-details">{details}</ul>
            {obstacles}
            <Sql text=line.sql.clone()/>
        </li>
    }
}

#[component]
fn Obstacle(text: String) -> impl IntoView {
    view! { <p class="field-error"><Icon name="circle-alert"/><span>{text}</span></p> }
}
