//! The form for a reference that is not made yet.

use super::actions::ActionChoice;
use super::draft::{End, ReferenceDraft};
use super::parts::{KindChoice, Pairs, TableSelect};
use crate::ui::Icon;
use crate::workbench::{Workbench, use_workbench};
use advise::Event;
use editor::Facet;
use leptos::prelude::*;
use schema::{ColumnId, ReferenceId, ReferentialAction, TableId};
use std::collections::BTreeSet;

/// Where a form begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Start {
    /// The table that it goes from.
    pub(super) table: Option<TableId>,
    /// Its column.
    pub(super) column: Option<ColumnId>,
    /// Whether it stands in that table's own panel, so that the table need not be chosen.
    pub(super) is_inline: bool,
}

/// Tables, columns, kind and actions, and a button that makes it.
#[component]
pub(super) fn ReferenceForm(
    /// What is known already.
    start: Start,
    /// Told of the reference once it is made.
    on_made: Callback<ReferenceId>,
    /// Told when the form is left without.
    on_cancel: Callback<()>,
) -> impl IntoView {
    let bench = use_workbench();
    let draft = RwSignal::new(ReferenceDraft::begin(start.table, start.column));
    let was_tried = RwSignal::new(false);
    let problem = Memo::new(move |_| {
        let draft = draft.get();
        bench.read(Facet::Schema, |editor| draft.problem(editor.target()))
    });
    let shown_problem = move || problem.get().filter(|_| was_tried.get() || draft.with(is_filled));
    let changed = Callback::new(|()| ());
    let make = move || {
        was_tried.set(true);
        if problem.with_untracked(Option::is_none)
            && let Some(id) = add(bench, &draft.get_untracked())
        {
            on_made.run(id);
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            event.stop_propagation();
            make();
        }
        if event.key() == "Escape" && start.is_inline {
            event.prevent_default();
            event.stop_propagation();
            on_cancel.run(());
        }
    };
    let (save, heading) = if start.is_inline { ("Add", Some("New foreign key")) } else { ("Save", None) };
    let from = (!start.is_inline).then(|| {
        view! { <TableSelect id="ref-from-table" label="From table" end=End::From draft=draft on_change=changed/> }
    });
    let to_label = if start.is_inline { "Target table" } else { "To table" };
    let kind = Callback::new(move |kind| {
        bench.peek(|editor| draft.update(|draft| draft.choose_cardinality(editor.target(), kind)));
    });
    view! {
        <div class="ref-form" class:is-inline=start.is_inline data-begun=start.table.map(|_| "") role="group" aria-label="New reference" on:keydown=pressed>
            {heading.map(|heading| view! { <h4>{heading}</h4> })}
            <div class="field-halves">
                {from}
                <TableSelect id="ref-to-table" label=to_label end=End::To draft=draft on_change=changed/>
            </div>
            <Pairs id="ref-pair" draft=draft on_change=changed/>
            <KindChoice
                id="ref-kind"
                chosen=Signal::derive(move || draft.with(|draft| draft.cardinality))
                tables=Signal::derive(move || draft.with(|draft| (draft.from, draft.to)))
                on_choose=kind
            />
            <Actions draft=draft/>
            <p class="field-error" role="status" id="ref-problem">{move || shown_problem().map(|text| format!("Not yet: {text}"))}</p>
            <div class="button-row">
                <button type="button" class="button button-primary" aria-describedby="ref-problem" on:click=move |_| make()>
                    <Icon name="check"/>{save}
                </button>
                <button type="button" class="button" on:click=move |_| on_cancel.run(())>"Cancel"</button>
            </div>
        </div>
    }
}

/// On delete, and on update behind a disclosure.
#[component]
fn Actions(draft: RwSignal<ReferenceDraft>) -> impl IntoView {
    let reference = Signal::derive(move || draft.with(ReferenceDraft::reference));
    let on_delete = Signal::derive(move || draft.with(|draft| draft.on_delete));
    let on_update = Signal::derive(move || draft.with(|draft| draft.on_update));
    let set_delete = Callback::new(move |action| draft.update(|draft| draft.on_delete = action));
    let set_update = Callback::new(move |action| draft.update(|draft| draft.on_update = action));
    // The columns are made nullable in the step that makes the reference.
    let null_delete = Callback::new(move |()| draft.update(|draft| draft.on_delete = ReferentialAction::SetNull));
    let null_update = Callback::new(move |()| draft.update(|draft| draft.on_update = ReferentialAction::SetNull));
    view! {
        <ActionChoice
            id="ref-on-delete"
            event=Event::Delete
            reference=reference
            chosen=on_delete
            on_choose=set_delete
            on_make_nullable=null_delete
        />
        <details class="disclosure">
            <summary>"On update " <span class="muted">{move || on_update.get().as_sql()}</span></summary>
            <ActionChoice
                id="ref-on-update"
                event=Event::Update
                reference=reference
                chosen=on_update
                on_choose=set_update
                on_make_nullable=null_update
            />
        </details>
    }
}

fn is_filled(draft: &ReferenceDraft) -> bool {
    draft.reference().is_some()
}

/// Stages the reference. None when the editor has refused, and said why.
fn add(bench: Workbench, draft: &ReferenceDraft) -> Option<ReferenceId> {
    let known = |editor: &editor::Editor| editor.target().references.keys().copied().collect::<BTreeSet<_>>();
    let before = bench.peek(known);
    let change = bench.peek(|editor| draft.change(editor.target()))?;
    bench.change(change);
    bench.peek(known).difference(&before).next().copied()
}
