//! The editor of one reference.

use super::actions::ActionChoice;
use super::draft::{End, ReferenceDraft, fixed_columns};
use super::explained::Explained;
use super::findings::Findings;
use super::options::ReferenceMore;
use super::parts::{KindChoice, Pairs, TableSelect};
use crate::sidebar::ends;
use crate::ui::TextField;
use crate::workbench::{Workbench, use_workbench};
use advise::Event;
use editor::{Change, Facet};
use leptos::prelude::*;
use schema::{Cardinality, Ends, Name, ObjectId, Reference, ReferenceId, ReferentialAction};

/// Ends, name, kind and actions of a reference.
#[component]
pub(super) fn ReferenceEditor(id: ReferenceId) -> impl IntoView {
    let bench = use_workbench();
    let reference = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| editor.target().references.get(&id).map(|it| it.as_ref().clone()))
    });
    let name = Memo::new(move |_| reference.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(ObjectId::Reference(id), name));
        }
    });
    let kind = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let reference = editor.target().references.get(&id);
            reference.map_or(Cardinality::ManyToOne, |it| Ends::of(editor.target(), it).cardinality())
        })
    });
    let tables = Signal::derive(move || {
        reference.with(|it| it.as_ref().map_or((None, None), |it| (Some(it.referencing), Some(it.referenced))))
    });
    view! {
        <section class="panel-section">
            <TextField id="ref-name" label="Name" value=name check=name_problem on_commit=rename is_code=true/>
            <Findings object=ObjectId::Reference(id)/>
        </section>
        <section class="panel-section" aria-label="Ends">
            <EndsEditor id=id reference=reference/>
        </section>
        <section class="panel-section" aria-label="Relationship">
            <KindChoice
                id="ref-kind"
                chosen=kind
                tables=tables
                on_choose=Callback::new(move |kind| bench.change(Change::SetCardinality(id, kind)))
            />
        </section>
        <section class="panel-section">
            <Actions id=id reference=reference/>
            <ReferenceMore id=id reference=reference/>
        </section>
        <Explained id=id/>
    }
}

/// Tables and columns. What is chosen is staged as soon as it makes a reference that PostgreSQL takes.
#[component]
fn EndsEditor(id: ReferenceId, reference: Memo<Option<Reference>>) -> impl IntoView {
    let bench = use_workbench();
    let of_model = move || reference.get_untracked().map(|reference| ReferenceDraft::of(&reference));
    let draft = RwSignal::new(of_model().unwrap_or_else(|| ReferenceDraft::begin(None, None)));
    Effect::watch(
        move || reference.get(),
        move |reference, _, _| {
            if let Some(reference) = reference {
                draft.set(ReferenceDraft::of(reference));
            }
        },
        false,
    );
    let problem = Memo::new(move |_| {
        let draft = draft.get();
        bench.read(Facet::Schema, |editor| draft.problem(editor.target()))
    });
    let settle = Callback::new(move |()| {
        let wanted = draft.get_untracked().reference();
        if let (Some(wanted), true) = (wanted, problem.get_untracked().is_none()) {
            bench.change(Change::SetEnds(id, wanted.referencing, wanted.referenced, wanted.pairs));
        }
    });
    let differs =
        move || draft.with(|draft| reference.with(|it| it.as_ref().map(ReferenceDraft::of).as_ref() != Some(draft)));
    let shown = move || problem.get().filter(|_| differs());
    view! {
        <div class="field-halves">
            <TableSelect id="ref-from-table" label="From table" end=End::From draft=draft on_change=settle/>
            <TableSelect id="ref-to-table" label="To table" end=End::To draft=draft on_change=settle/>
        </div>
        <Pairs id="ref-pair" draft=draft on_change=settle/>
        <p class="field-error" role="status">{move || shown().map(|text| format!("Not staged yet: {text}"))}</p>
    }
}

/// On delete and on update.
#[component]
fn Actions(id: ReferenceId, reference: Memo<Option<Reference>>) -> impl IntoView {
    let bench = use_workbench();
    let action = move |pick: fn(&Reference) -> ReferentialAction| {
        Signal::derive(move || reference.with(|it| it.as_ref().map(pick).unwrap_or_default()))
    };
    let on_update = action(|reference| reference.on_update);
    let nullable = move |change: fn(ReferenceId, ReferentialAction) -> Change| {
        Callback::new(move |()| make_nullable(bench, id, change(id, ReferentialAction::SetNull)))
    };
    view! {
        <ActionChoice
            id="ref-on-delete"
            event=Event::Delete
            reference=reference
            chosen=action(|reference| reference.on_delete)
            on_choose=Callback::new(move |action| bench.change(Change::SetOnDelete(id, action)))
            on_make_nullable=nullable(Change::SetOnDelete)
        />
        <details class="disclosure">
            <summary>"On update " <span class="muted">{move || on_update.get().as_sql()}</span></summary>
            <ActionChoice
                id="ref-on-update"
                event=Event::Update
                reference=reference
                chosen=on_update
                on_choose=Callback::new(move |action| bench.change(Change::SetOnUpdate(id, action)))
                on_make_nullable=nullable(Change::SetOnUpdate)
            />
        </details>
    }
}

/// Makes the columns nullable and chooses SET NULL, as one step.
fn make_nullable(bench: Workbench, id: ReferenceId, choose: Change) {
    let found = bench.peek(|editor| {
        let reference = editor.target().references.get(&id)?;
        let columns = fixed_columns(editor.target(), reference);
        let (from, _) = ends(editor.target(), reference)?;
        Some((reference.referencing, columns, from))
    });
    let Some((table, columns, from)) = found else { return };
    let nullable = columns.into_iter().map(|column| Change::SetNullable(table, column, true));
    bench.change(Change::Together(format!("make {from} nullable and set null"), nullable.chain([choose]).collect()));
}

pub(super) fn name_problem(text: &str) -> Option<String> {
    Name::parse(text).err().map(|error| error.to_string())
}
