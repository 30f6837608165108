//! What a reference does when the row it names goes or changes: five choices, each explained.

use super::draft::fixed_columns;
use crate::ui::{choose_radio, sentence};
use crate::workbench::use_workbench;
use advise::{Event, explain_action};
use editor::Facet;
use leptos::prelude::*;
use schema::{Reference, ReferentialAction};

/// The five actions as a list to choose from. SET NULL cannot be chosen while a column is NOT NULL; a button beside it
/// makes the column nullable and chooses it, in one step.
#[component]
pub(super) fn ActionChoice(
    /// Unique on the page.
    id: &'static str,
    /// What happens to the named row.
    event: Event,
    /// The reference as it is, or would be.
    #[prop(into)]
    reference: Signal<Option<Reference>>,
    /// The action that is chosen.
    #[prop(into)]
    chosen: Signal<ReferentialAction>,
    /// Told of another action.
    on_choose: Callback<ReferentialAction>,
    /// Told that SET NULL is wanted although columns are NOT NULL, which are to be made nullable.
    on_make_nullable: Callback<()>,
) -> impl IntoView {
    let bench = use_workbench();
    let legend = match event {
        Event::Delete => "On delete",
        Event::Update => "On update",
    };
    let refusal = Memo::new(move |_| {
        let reference = reference.get()?;
        bench.read(Facet::Schema, |editor| {
            let table = editor.target().table(reference.referencing)?;
            let fixed = fixed_columns(editor.target(), &reference);
            let first = table.column(*fixed.first()?)?;
            let is_key = fixed.iter().any(|column| table.in_primary_key(*column));
            Some(Refusal { column: first.name.to_string(), count: fixed.len(), is_key })
        })
    });
    let option_id = move |action: ReferentialAction| format!("{id}-{}", action.as_sql().replace(' ', "-"));
    let choose = move |action| {
        on_choose.run(action);
        if let Some(now) = chosen.try_get_untracked() {
            choose_radio(&option_id(now));
        }
    };
    let options = ReferentialAction::ALL.map(|action| {
        let option = option_id(action);
        let is_refused =
            move || action == ReferentialAction::SetNull && refusal.with(Option::is_some) && chosen.get() != action;
        let words = move || {
            if let Some(refusal) = refusal.get().filter(|_| is_refused()) {
                return refused_words(&refusal);
            }
            let Some(reference) = reference.get() else { return plain_words(event, action).to_owned() };
            bench.read(Facet::Schema, |editor| explain_action(editor.target(), &reference, event, action))
        };
        let text_id = format!("{option}-text");
        view! {
            <div class="choice" class:is-refused=is_refused>
                <input
                    type="radio"
                    name=id
                    id=option.clone()
                    aria-describedby=text_id.clone()
                    prop:checked=move || chosen.get() == action
                    prop:disabled=is_refused
                    on:change=move |_| choose(action)
                />
                <label for=option>{sentence(action.as_sql())}</label>
                <p class="choice-text" id=text_id>{words}</p>
                {move || is_refused().then(|| refusal.get()).flatten().map(|refusal| {
                    view! { <WayOut refusal=refusal on_make_nullable=on_make_nullable/> }
                })}
            </div>
        }
    });
    view! { <fieldset class="choices"><legend>{legend}</legend>{options.into_iter().collect::<Vec<_>>()}</fieldset> }
}

/// Why SET NULL cannot be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Refusal {
    /// The first column that is NOT NULL.
    column: String,
    /// How many are.
    count: usize,
    /// Whether one of them is in the primary key, so that nothing can be done about it.
    is_key: bool,
}

fn refused_words(refusal: &Refusal) -> String {
    let Refusal { column, count, is_key } = refusal;
    match (is_key, count) {
        (true, _) => format!("Not possible: {column} is in the primary key, which is never NULL."),
        (false, 1) => format!("Not possible while {column} is NOT NULL."),
        (false, count) => format!("Not possible while {count} of the columns are NOT NULL."),
    }
}

/// The way out of a refusal, where there is one.
#[component]
fn WayOut(refusal: Refusal, on_make_nullable: Callback<()>) -> impl IntoView {
    let label = match refusal.count {
        1 => format!("Make {} nullable", refusal.column),
        count => format!("Make {count} columns nullable"),
    };
    (!refusal.is_key).then(|| {
        view! {
            <p>
                <button type="button" class="button-link" on:click=move |_| on_make_nullable.run(())>{label}</button>
            </p>
        }
    })
}

/// Said before the tables are known.
fn plain_words(event: Event, action: ReferentialAction) -> &'static str {
    match (event, action) {
        (_, ReferentialAction::NoAction) => "Refused while rows still name it.",
        (_, ReferentialAction::Restrict) => "Refused at once while rows name it.",
        (Event::Delete, ReferentialAction::Cascade) => "Rows that name it are deleted too.",
        (Event::Update, ReferentialAction::Cascade) => "Rows that name it follow its new key.",
        (_, ReferentialAction::SetNull) => "Rows that name it name none afterwards.",
        (_, ReferentialAction::SetDefault) => "Rows that name it get their default instead.",
    }
}
