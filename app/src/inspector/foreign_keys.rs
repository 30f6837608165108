//! The references of a table, those that its columns suggest, and a form for another.

use super::reference_form::{ReferenceForm, Start};
use crate::sidebar::ends;
use crate::suggestion::{OfferRow, offers};
use crate::ui::{Icon, Mark, focus_soon, reveal_soon};
use crate::workbench::use_workbench;
use advise::Suggestion;
use edit::ItemKind;
use editor::{Change, Facet, Input};
use leptos::prelude::*;
use schema::{ColumnId, ObjectId, Reference, ReferenceId, ReferentialAction, Schema, TableId};

/// A reference in a line.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Line {
    id: ReferenceId,
    name: String,
    from: String,
    to: String,
    actions: String,
    mark: Option<ItemKind>,
}

/// Outgoing and incoming references.
#[component]
pub(super) fn ForeignKeys(id: TableId) -> impl IntoView {
    let bench = use_workbench();
    let is_adding = RwSignal::new(false);
    let lines = move |is_own: fn(&Reference, TableId) -> bool| {
        Memo::new(move |_| {
            bench.read(Facet::Schema, |editor| {
                let all = editor.target().references.values().filter(|reference| is_own(reference, id));
                all.filter_map(|reference| {
                    let mark = editor.pending().item(ObjectId::Reference(reference.id)).map(|item| item.kind);
                    line(editor.target(), reference, mark)
                })
                .collect::<Vec<_>>()
            })
        })
    };
    let own = lines(|reference, id| reference.referencing == id);
    let others = lines(|reference, id| reference.referenced == id && reference.referencing != id);
    let begin = move |_| {
        is_adding.set(true);
        focus_soon(vec!["#ref-to-table".to_owned()]);
        reveal_soon(".ref-form".to_owned());
    };
    let end = move || {
        is_adding.set(false);
        focus_soon(vec!["#add-foreign-key".to_owned()]);
    };
    let form = move || {
        is_adding.get().then(|| {
            let start = Start { table: Some(id), column: None, is_inline: true };
            let made = Callback::new(move |_: ReferenceId| end());
            view! { <ReferenceForm start=start on_made=made on_cancel=Callback::new(move |()| end())/> }
        })
    };
    view! {
        <section class="panel-section" aria-labelledby="foreign-keys-heading">
            <div class="section-head">
                <h3 id="foreign-keys-heading">"Foreign keys " <span class="count">{move || own.with(Vec::len)}</span></h3>
                <button type="button" id="add-foreign-key" class="button button-ghost button-small" on:click=begin>
                    <Icon name="plus"/>"Add foreign key"
                </button>
            </div>
            <ul class="line-list">
                <For each=move || own.get() key=Line::clone children=|line| view! { <ReferenceLine line=line is_own=true/> }/>
            </ul>
            {form}
            <Show when=move || others.with(|others| !others.is_empty())>
                <h4 class="field-label">"Referenced by"</h4>
                <ul class="line-list" aria-label="Referenced by">
                    <For each=move || others.get() key=Line::clone children=|line| view! { <ReferenceLine line=line is_own=false/> }/>
                </ul>
            </Show>
        </section>
    }
}

fn line(schema: &Schema, reference: &Reference, mark: Option<ItemKind>) -> Option<Line> {
    let (from, to) = ends(schema, reference)?;
    let actions = match (reference.on_delete, reference.on_update) {
        (ReferentialAction::NoAction, ReferentialAction::NoAction) => String::new(),
        (on_delete, ReferentialAction::NoAction) => format!("on delete {}", on_delete.as_sql()),
        (ReferentialAction::NoAction, on_update) => format!("on update {}", on_update.as_sql()),
        (on_delete, on_update) => format!("on delete {}, on update {}", on_delete.as_sql(), on_update.as_sql()),
    };
    Some(Line { id: reference.id, name: reference.name.to_string(), from, to, actions, mark })
}

#[component]
fn ReferenceLine(line: Line, is_own: bool) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Reference(line.id);
    let open = move |_| {
        bench.send(Input::Select(object, false));
        bench.send(Input::Open(object));
    };
    let remove = is_own.then(|| {
        let pressed = move |_| {
            bench.change(Change::Drop(vec![object]));
            focus_soon(vec!["#add-foreign-key".to_owned()]);
        };
        let label = format!("Delete {}", line.name);
        view! {
            <button type="button" class="icon-button" aria-label=label title="Delete" on:click=pressed><Icon name="trash-2"/></button>
        }
    });
    view! {
        <li class="line">
            <button type="button" class="line-main" title="Edit" on:click=open>
                <span class="truncate">{line.from} " → " {line.to}</span>
                <span class="muted small truncate">{line.actions}</span>
            </button>
            {line.mark.map(|kind| view! { <Mark kind=kind/> })}
            {remove}
        </li>
    }
}

/// References that the column's name suggests, each with the buttons that stage it and that dismiss it.
#[component]
pub(super) fn ColumnSuggestions(table: TableId, column: ColumnId) -> impl IntoView {
    let bench = use_workbench();
    let found = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let is_own = |it: &&Suggestion| it.referencing == table && it.columns.first() == Some(&column);
            offers(editor, editor.suggestions().filter(is_own))
        })
    });
    move || found.get().into_iter().map(|offer| view! { <OfferRow offer/> }).collect_view()
}
