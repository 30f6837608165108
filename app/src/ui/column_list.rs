//! Columns of a table, chosen one after the other.

use crate::ui::Icon;
use leptos::prelude::*;
use schema::{ColumnId, Table};
use web_sys::{HtmlSelectElement, KeyboardEvent};

/// The chosen columns in their order, each with a button to take it out, and a list to add another.
#[component]
pub fn ColumnList(
    /// Unique on the page.
    #[prop(into)]
    id: String,
    /// What the columns are for.
    #[prop(into)]
    label: String,
    /// The table as it is.
    #[prop(into)]
    table: Signal<Table>,
    /// The chosen columns.
    #[prop(into)]
    chosen: Signal<Vec<ColumnId>>,
    /// Told of another choice.
    on_change: Callback<Vec<ColumnId>>,
) -> impl IntoView {
    let add_label = format!("Add a column to {label}");
    let chips = move || {
        let (table, all) = (table.get(), chosen.get());
        let names = all.iter().filter_map(|id| table.column(*id)).map(|column| (column.id, column.name.to_string()));
        names
            .map(|(id, name)| {
                let rest: Vec<ColumnId> = all.iter().copied().filter(|other| *other != id).collect();
                view! {
                    <li class="chip">
                        <span class="mono">{name.clone()}</span>
                        <button
                            type="button"
                            class="chip-remove"
                            aria-label=format!("Take out {name}")
                            on:click=move |_| on_change.run(rest.clone())
                        >
                            <Icon name="x"/>
                        </button>
                    </li>
                }
            })
            .collect::<Vec<_>>()
    };
    let others = move || {
        let (table, all) = (table.get(), chosen.get());
        let free = table.columns.iter().filter(|column| !all.contains(&column.id));
        free.map(|column| view! { <option value=column.id.to_string()>{column.name.to_string()}</option> })
            .collect::<Vec<_>>()
    };
    // With the keyboard one passes other choices on the way, so that the choice counts only once it is settled.
    let passes = StoredValue::new(false);
    let add = move |list: HtmlSelectElement| {
        let value = list.value();
        let found = table.with_untracked(|table| {
            table.columns.iter().map(|column| column.id).find(|column| column.to_string() == value)
        });
        if let Some(column) = found {
            let mut all = chosen.get_untracked();
            all.push(column);
            on_change.run(all);
        }
    };
    let changed = move |event: web_sys::Event| {
        if !passes.get_value() {
            add(event_target(&event));
        }
    };
    let pressed = move |event: KeyboardEvent| {
        let list: HtmlSelectElement = event_target(&event);
        match event.key().as_str() {
            "Enter" if !list.value().is_empty() => {
                event.prevent_default();
                event.stop_propagation();
                passes.set_value(false);
                add(list);
            }
            "Escape" => passes.set_value(false),
            "Tab" => {}
            _ => passes.set_value(true),
        }
    };
    let left = move |event: web_sys::FocusEvent| {
        // The list also loses the focus as it is taken off the page, together with all that it knew.
        if passes.try_update_value(std::mem::take) == Some(true) {
            add(event_target(&event));
        }
    };
    view! {
        <div class="column-list" role="group" aria-label=label>
            <ol class="chips">{chips}</ol>
            <select class="select" id=id aria-label=add_label prop:value="" on:change=changed
                on:keydown=pressed on:pointerdown=move |_| passes.set_value(false) on:blur=left>
                <option value="">"Add column…"</option>
                {others}
            </select>
        </div>
    }
}
