//! References that names and types suggest, each with the buttons that stage it and that dismiss it. What is dismissed is
//! kept by the browser, under the person and the diagram; nobody else has it.

use crate::{
    platform::storage,
    ui::{Icon, focus_soon},
    workbench::{Workbench, use_workbench},
};
use advise::Suggestion;
use editor::{Editor, Input, SuggestionId};
use leptos::prelude::*;
use schema::{ColumnId, ObjectId, TableId};
use std::collections::BTreeSet;

/// A suggestion and its two ends in words: `products.category_id`, `categories.id`.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// What is offered.
    pub suggestion: Suggestion,
    /// The column that would reference.
    pub from: String,
    /// What it would reference.
    pub to: String,
}

/// Some of the editor's suggestions, in words.
pub fn offers<'a>(editor: &Editor, wanted: impl Iterator<Item = &'a Suggestion>) -> Vec<Offer> {
    let end = |table: TableId, columns: &[ColumnId]| {
        let table = editor.target().table(table)?;
        let names: Vec<&str> =
            columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect();
        Some(format!("{}.{}", editor.target().display_name(table), names.join(", ")))
    };
    // Nothing is suggested to who cannot do it.
    wanted
        .filter(|_| editor.may_edit())
        .filter_map(|it| {
            let (from, to) = (end(it.referencing, &it.columns)?, end(it.referenced, &it.referenced_columns)?);
            Some(Offer { suggestion: it.clone(), from, to })
        })
        .collect()
}

/// One suggestion at the column that it is about.
#[component]
pub fn OfferRow(offer: Offer) -> impl IntoView {
    let bench = use_workbench();
    let Offer { suggestion, from, to } = offer;
    let title = suggestion.reason.clone();
    let (add, dismiss) = (format!("Add reference {from} → {to}"), format!("Dismiss reference {from} → {to}"));
    let about = SuggestionId::of(&suggestion);
    let dismissed = move |_| {
        self::dismiss(bench, about.clone());
        focus_soon(vec!["#add-foreign-key".to_owned()]);
    };
    view! {
        <div class="suggestion" title=title>
            <Icon name="lightbulb"/>
            <span class="truncate">"References " <span class="mono">{to}</span> "?"</span>
            <button type="button" class="button button-small" aria-label=add on:click=move |_| accept(bench, &suggestion)>
                "Add"
            </button>
            <button type="button" class="icon-button" aria-label=dismiss title="Dismiss" on:click=dismissed>
                <Icon name="x"/>
            </button>
        </div>
    }
}

/// Stages a suggested reference and opens it, since what happens on delete is the next question.
pub fn accept(bench: Workbench, suggestion: &Suggestion) {
    let known = |editor: &Editor| editor.target().references.keys().copied().collect::<BTreeSet<_>>();
    let before = bench.peek(known);
    accept_all(bench, std::slice::from_ref(suggestion));
    if let Some(id) = bench.peek(known).difference(&before).next() {
        bench.send(Input::Open(ObjectId::Reference(*id)));
    }
}

/// Stages suggested references in one step, with indexes if that is wanted.
pub fn accept_all(bench: Workbench, suggestions: &[Suggestion]) {
    let with_indexes = bench.adds_indexes.get_untracked();
    bench.change(bench.peek(|editor| editor.acceptance(suggestions, with_indexes)));
}

/// Reads what is dismissed.
pub fn recall(bench: Workbench) {
    let kept = storage::read(&key(bench)).and_then(|text| serde_json::from_str(&text).ok());
    bench.send(Input::Dismiss(kept.unwrap_or_default()));
}

/// Shows a suggestion no more.
pub fn dismiss(bench: Workbench, about: SuggestionId) {
    keep(bench, |dismissed| {
        dismissed.insert(about);
    });
}

/// Shows a suggestion again that was dismissed.
pub fn bring_back(bench: Workbench, about: &SuggestionId) {
    keep(bench, |dismissed| {
        dismissed.remove(about);
    });
}

fn keep(bench: Workbench, change: impl FnOnce(&mut BTreeSet<SuggestionId>)) {
    let mut dismissed = bench.peek(|editor| editor.dismissed().clone());
    change(&mut dismissed);
    if dismissed.is_empty() {
        storage::remove(&key(bench));
    } else {
        storage::write(&key(bench), &serde_json::to_string(&dismissed).unwrap_or_default());
    }
    bench.send(Input::Dismiss(dismissed));
}

fn key(bench: Workbench) -> String {
    format!("dismissed suggestions {} {}", bench.person, bench.diagram)
}
