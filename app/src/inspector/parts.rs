//! The parts that the forms of references share: tables, pairs of columns, the kind.

use super::draft::{Choice, End, ReferenceDraft, choices};
use crate::ui::{Icon, choose_radio};
use crate::workbench::use_workbench;
use editor::Facet;
use leptos::prelude::*;
use schema::{Cardinality, ColumnId, TableId};

/// A table of the edited schema.
#[component]
pub(super) fn TableSelect(
    /// Unique on the page.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// Which end of the form it is.
    end: End,
    /// The form.
    draft: RwSignal<ReferenceDraft>,
    /// Told after another table was chosen.
    on_change: Callback<()>,
) -> impl IntoView {
    let bench = use_workbench();
    let tables = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let schema = editor.target();
            let all = schema.tables_by_name().into_iter();
            all.map(|table| (table.id, schema.display_name(table))).collect::<Vec<_>>()
        })
    });
    let chosen = move || draft.with(|draft| draft.table(end));
    let options = move || {
        let options = tables.get().into_iter();
        options
            .map(|(id, name)| {
                view! { <option value=id.to_string() prop:selected=move || chosen() == Some(id)>{name}</option> }
            })
            .collect::<Vec<_>>()
    };
    let changed = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        let table = tables.with_untracked(|all| all.iter().map(|(id, _)| *id).find(|id| id.to_string() == value));
        bench.peek(|editor| draft.update(|draft| draft.choose_table(editor.target(), end, table)));
        on_change.run(());
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id class="select" on:change=changed>
                <option value="" prop:selected=move || chosen().is_none()>"Choose a table…"</option>
                {options}
            </select>
        </div>
    }
}

/// Which column names which, a row each.
#[component]
pub(super) fn Pairs(
    /// Unique on the page.
    id: &'static str,
    /// The form.
    draft: RwSignal<ReferenceDraft>,
    /// Told after another column was chosen.
    on_change: Callback<()>,
) -> impl IntoView {
    let bench = use_workbench();
    let count = Memo::new(move |_| draft.with(|draft| draft.pairs.len()));
    let name = move |end: End| {
        let table = draft.with(|draft| draft.table(end));
        table
            .and_then(|id| {
                bench.read(Facet::Schema, |editor| editor.target().table(id).map(|table| table.name.to_string()))
            })
            .unwrap_or_else(|| match end {
                End::From => "From column".to_owned(),
                End::To => "To column".to_owned(),
            })
    };
    let add = move |_| draft.update(|draft| draft.pairs.push(super::draft::PairDraft::default()));
    let remove = move |row: usize| {
        draft.update(|draft| {
            if draft.pairs.len() > 1 && row < draft.pairs.len() {
                draft.pairs.remove(row);
            }
        });
        on_change.run(());
    };
    let row = move |row: usize| {
        view! {
            <div class="pair" role="group" aria-label=format!("Column pair {}", row + 1)>
                <ColumnSelect id=format!("{id}-from-{row}") end=End::From row=row draft=draft on_change=on_change/>
                <Icon name="arrow-right"/>
                <ColumnSelect id=format!("{id}-to-{row}") end=End::To row=row draft=draft on_change=on_change/>
                <button
                    type="button"
                    class="icon-button"
                    aria-label=format!("Remove column pair {}", row + 1)
                    prop:disabled=move || count.get() < 2
                    on:click=move |_| remove(row)
                >
                    <Icon name="x"/>
                </button>
            </div>
        }
    };
    view! {
        <div class="pairs">
            <div class="pair-heads field-label" aria-hidden="true">
                <span class="truncate">{move || name(End::From)}</span>
                <span class="truncate">{move || name(End::To)}</span>
            </div>
            <For each=move || 0..count.get() key=|row| *row children=row/>
            <button type="button" class="button button-ghost button-small" on:click=add><Icon name="plus"/>"Add column pair"</button>
        </div>
    }
}

/// A column of a table. What cannot be chosen is there, disabled, with the reason.
#[component]
fn ColumnSelect(
    id: String,
    end: End,
    row: usize,
    draft: RwSignal<ReferenceDraft>,
    on_change: Callback<()>,
) -> impl IntoView {
    let bench = use_workbench();
    let options = Memo::new(move |_| {
        let draft = draft.get();
        bench.read(Facet::Schema, |editor| choices(editor, &draft, end))
    });
    let chosen = move || draft.with(|draft| draft.pairs.get(row).and_then(|pair| pair.get(end)));
    let reason = move || {
        let chosen = chosen()?;
        options.with(|all| all.iter().find(|choice| choice.column == chosen).and_then(|choice| choice.reason.clone()))
    };
    let label = match end {
        End::From => "From column",
        End::To => "To column",
    };
    let option = move |choice: Choice| {
        let column = choice.column;
        let is_chosen = move || chosen() == Some(column);
        let is_refused = choice.reason.is_some();
        let text = match choice.reason {
            None => choice.name,
            Some(reason) => format!("{} — {reason}", choice.name),
        };
        view! {
            <option value=column.to_string() disabled=is_refused prop:selected=is_chosen>{text}</option>
        }
    };
    let changed = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        let column: Option<ColumnId> =
            options.with_untracked(|all| all.iter().map(|choice| choice.column).find(|id| id.to_string() == value));
        bench.peek(|editor| draft.update(|draft| draft.choose_column(editor.target(), row, end, column)));
        on_change.run(());
    };
    view! {
        <div class="field">
            <label class="visually-hidden" for=id.clone()>{label}</label>
            <select id=id class="select mono" title=reason on:change=changed>
                <option value="" prop:selected=move || chosen().is_none()>"Column…"</option>
                {move || options.get().into_iter().map(option).collect::<Vec<_>>()}
            </select>
        </div>
    }
}

/// `>`, `-` or `<`, each in words.
#[component]
pub(super) fn KindChoice(
    /// Unique on the page.
    id: &'static str,
    /// Which it is.
    #[prop(into)]
    chosen: Signal<Cardinality>,
    /// The tables at the two ends.
    #[prop(into)]
    tables: Signal<(Option<TableId>, Option<TableId>)>,
    /// Told of another choice.
    on_choose: Callback<Cardinality>,
) -> impl IntoView {
    let bench = use_workbench();
    let names = Memo::new(move |_| {
        let (from, to) = tables.get();
        bench.read(Facet::Schema, |editor| {
            let name = |id: Option<TableId>, or: &str| {
                let table = id.and_then(|id| editor.target().table(id));
                table.map_or_else(|| or.to_owned(), |table| table.name.to_string())
            };
            (name(from, "the first table"), name(to, "the second"))
        })
    });
    let words = move || {
        let (from, to) = names.get();
        match chosen.get() {
            Cardinality::ManyToOne => format!("Any number of rows of {from} can name one row of {to}."),
            Cardinality::OneToOne => {
                format!(
                    "At most one row of {from} names each row of {to}: a UNIQUE constraint on {from} is staged with it."
                )
            }
            Cardinality::OneToMany => {
                format!("The other way round: any number of rows of {to} can name one row of {from}.")
            }
            Cardinality::ManyToMany => String::new(),
        }
    };
    let kinds = [
        (Cardinality::ManyToOne, ">", "many to one"),
        (Cardinality::OneToOne, "-", "one to one"),
        (Cardinality::OneToMany, "<", "one to many"),
    ];
    let option_id = move |label: &str| format!("{id}-{}", label.replace(' ', "-"));
    let choose = move |kind| {
        on_choose.run(kind);
        let now = chosen.try_get_untracked();
        if let Some((_, _, label)) = kinds.iter().find(|(kind, ..)| Some(*kind) == now) {
            choose_radio(&option_id(label));
        }
    };
    let options = kinds.map(|(kind, sign, label)| {
        let option = option_id(label);
        view! {
            <div class="segment">
                <input
                    type="radio"
                    name=id
                    id=option.clone()
                    aria-describedby=format!("{id}-words")
                    prop:checked=move || chosen.get() == kind
                    on:change=move |_| choose(kind)
                />
                <label for=option><span class="mono" aria-hidden="true">{sign}</span>{label}</label>
            </div>
        }
    });
    view! {
        <fieldset class="segments-field">
            <legend>"Relationship"</legend>
            <div class="segments">{options.into_iter().collect::<Vec<_>>()}</div>
            <p class="field-hint" id=format!("{id}-words")>{words}</p>
        </fieldset>
    }
}
