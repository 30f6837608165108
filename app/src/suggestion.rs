//! References that the names of columns suggest, each with the button that stages it.

use crate::{
    ui::Icon,
    workbench::{Workbench, use_workbench},
};
use advise::Suggestion;
use editor::{Change, Editor, Input, NewReference};
use leptos::prelude::*;
use schema::{Cardinality, ColumnId, ColumnPair, ObjectId, ReferentialAction, TableId};
use std::collections::BTreeSet;

/// A suggestion and its two ends in words: `products.category_id`, `categories.id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    suggestion: Suggestion,
    /// The column that would reference.
    pub from: String,
    /// What it would reference.
    pub to: String,
}

/// The editor's suggestions that are wanted, in words.
pub fn offers(editor: &Editor, is_wanted: impl Fn(&Suggestion) -> bool) -> Vec<Offer> {
    let end = |table: TableId, columns: &[ColumnId]| {
        let table = editor.target().table(table)?;
        let names: Vec<&str> =
            columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect();
        Some(format!("{}.{}", editor.target().display_name(table), names.join(", ")))
    };
    // Nothing is suggested to who cannot do it.
    let wanted = editor.suggestions().iter().filter(|it| editor.may_edit() && is_wanted(it));
    wanted
        .filter_map(|it| {
            let (from, to) = (end(it.referencing, &it.columns)?, end(it.referenced, &it.referenced_columns)?);
            Some(Offer { suggestion: it.clone(), from, to })
        })
        .collect()
}

/// One suggestion in a line.
#[component]
pub fn OfferRow(
    offer: Offer,
    /// Whether the line says which column it is about.
    #[prop(optional)]
    shows_from: bool,
) -> impl IntoView {
    let bench = use_workbench();
    let Offer { suggestion, from, to } = offer;
    let label = format!("Add reference {from} → {to}");
    let title = suggestion.reason.clone();
    let words = if shows_from {
        view! {
            <span class="ref-text">
                <span class="truncate">{from}</span>
                <span class="truncate ref-to">"→ " {to}</span>
            </span>
        }
        .into_any()
    } else {
        view! { <span class="truncate">"References " <span class="mono">{to}</span> "?"</span> }.into_any()
    };
    view! {
        <div class="suggestion" title=title>
            <Icon name="lightbulb"/>
            {words}
            <button type="button" class="button button-small" aria-label=label on:click=move |_| accept(bench, &suggestion)>
                "Add"
            </button>
        </div>
    }
}

/// Stages a suggested reference and opens it, since what happens on delete is the next question.
fn accept(bench: Workbench, suggestion: &Suggestion) {
    let pairs = suggestion.columns.iter().zip(&suggestion.referenced_columns);
    let new = NewReference {
        referencing: suggestion.referencing,
        referenced: suggestion.referenced,
        pairs: pairs.map(|(from, to)| ColumnPair { referencing: *from, referenced: *to }).collect(),
        cardinality: Cardinality::ManyToOne,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        name: None,
    };
    let known = |editor: &Editor| editor.target().references.keys().copied().collect::<BTreeSet<_>>();
    let before = bench.peek(known);
    bench.change(Change::AddReference(new));
    if let Some(id) = bench.peek(known).difference(&before).next() {
        bench.send(Input::Open(ObjectId::Reference(*id)));
    }
}
