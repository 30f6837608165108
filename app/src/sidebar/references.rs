//! The list of references.

use super::outline::{ReferenceRow, marks, references};
use super::select;
use super::suggested::Suggested;
use super::window::Window;
use crate::suggestion::offers;
use crate::ui::{Icon, Mark, dom_key, focus_soon};
use crate::workbench::use_workbench;
use edit::ItemKind;
use editor::{Change, Facet, Input};
use leptos::prelude::*;
use schema::{ObjectId, ReferentialAction};
use std::collections::BTreeSet;

const ROW_HEIGHT: usize = 44;

/// All references that have the query in their names.
#[component]
pub(super) fn References(query: RwSignal<String>) -> impl IntoView {
    let bench = use_workbench();
    let rows = Memo::new(move |_| {
        let query = query.get();
        bench.read(Facet::Schema, |editor| references(editor.shown(), &marks(editor.marked_changes()), &query))
    });
    let found = Memo::new(move |_| {
        let query = query.get().trim().to_lowercase();
        let mut found = bench.read(Facet::Schema, |editor| offers(editor, editor.suggestions()));
        found.retain(|offer| [&offer.from, &offer.to].iter().any(|end| end.to_lowercase().contains(&query)));
        found
    });
    let window = Window::new(ROW_HEIGHT);
    let range = Memo::new(move |_| window.range(rows.with(Vec::len)));
    let shown = move || rows.with(|rows| rows.get(range.get()).map(<[ReferenceRow]>::to_vec).unwrap_or_default());
    view! {
        <div class="outline" node_ref=window.scroller on:scroll=move |_| window.scrolled()>
            {window.spacer(move || range.get().start)}
            <ul class="ref-list" aria-label="References">
                <For each=shown key=ReferenceRow::clone children=move |row| view! { <Line row=row rows=rows/> }/>
            </ul>
            {window.spacer(move || rows.with(Vec::len) - range.get().end.min(rows.with(Vec::len)))}
            <Suggested found/>
        </div>
        <Show when=move || rows.with(Vec::is_empty) && found.with(Vec::is_empty)>
            <Nothing query=query/>
        </Show>
    }
}

#[component]
fn Line(row: ReferenceRow, rows: Memo<Vec<ReferenceRow>>) -> impl IntoView {
    let bench = use_workbench();
    let object = row.object;
    let is_removed = row.mark == Some(ItemKind::Removed);
    let is_selected = move || bench.read(Facet::Selection, |editor| editor.selection().contains(&object));
    let open = move |_| {
        select(bench, object, false);
        bench.send(Input::Open(object));
    };
    let remove = move || {
        // The focus goes to the line that takes this one's place.
        let next = rows.with_untracked(|rows| {
            let at = rows.iter().position(|row| row.object == object).unwrap_or_default();
            rows.get(at + 1).or_else(|| rows.get(at.checked_sub(1)?)).map(|row| row.object)
        });
        if is_removed {
            bench.send(Input::Discard(BTreeSet::from([object])));
        } else {
            bench.change(Change::Drop(vec![object]));
        }
        focus_soon([Some(object), next].into_iter().flatten().map(|object| format!("#{}", line_id(object))).collect());
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if ["Delete", "Backspace"].contains(&event.key().as_str()) {
            event.prevent_default();
            event.stop_propagation();
            if !is_removed {
                remove();
            }
        }
    };
    let is_default = row.on_delete == ReferentialAction::default();
    let on_delete = if is_default { String::new() } else { format!("on delete {}", row.on_delete.as_sql()) };
    let (verb, icon) = if is_removed { ("Keep", "rotate-ccw") } else { ("Delete", "trash-2") };
    view! {
        <li class="ref-row" class:is-selected=is_selected>
            <button
                type="button"
                class="ref-main"
                id=line_id(object)
                aria-current=move || is_selected().to_string()
                on:click=open
                on:keydown=pressed
            >
                <span class="ref-sign mono" title=row.words aria-hidden="true">{row.sign}</span>
                <span class="ref-text" class:is-removed=is_removed>
                    <span class="truncate">{row.from.clone()}</span>
                    <span class="truncate ref-to">
                        "→ " {row.to.clone()} <span class="visually-hidden">{format!(", {}", row.words)}</span>
                        <span class="muted small">{(!on_delete.is_empty()).then(|| format!(" · {on_delete}"))}</span>
                    </span>
                </span>
                {row.mark.map(|kind| view! { <Mark kind=kind/> })}
            </button>
            <button
                type="button"
                class="icon-button ref-delete"
                aria-label=format!("{verb} {} → {}", row.from, row.to)
                title=verb
                on:click=move |_| remove()
            >
                <Icon name=icon/>
            </button>
        </li>
    }
}

fn line_id(object: ObjectId) -> String {
    format!("line-{}", dom_key(object))
}

/// No reference, for want of any or of one with the query in it.
#[component]
fn Nothing(query: RwSignal<String>) -> impl IntoView {
    let text = move || {
        let query = query.get();
        match query.trim() {
            "" => view! {
                <p>"No references yet."</p>
                <p class="muted">
                    "Drag from a column to the key it names, press " <kbd>"R"</kbd> ", or use Add ref below."
                </p>
            }
            .into_any(),
            wanted => view! { <p>"No reference has “" {wanted.to_owned()} "” in its names."</p> }.into_any(),
        }
    };
    view! { <div class="sidebar-empty">{text}</div> }
}
