//! The list of enums and domains.

use super::outline::{TypeRow, marks, types};
use super::select;
use super::window::Window;
use crate::ui::{Icon, Mark, dom_key, focus_soon};
use crate::workbench::use_workbench;
use edit::ItemKind;
use editor::{Change, Command, Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::BTreeSet;

const ROW_HEIGHT: usize = 44;

/// All types of the schema's own that have the query in their names or labels.
#[component]
pub(super) fn Types(query: RwSignal<String>) -> impl IntoView {
    let bench = use_workbench();
    let rows = Memo::new(move |_| {
        let query = query.get();
        bench.read(Facet::Schema, |editor| types(editor.shown(), &marks(editor.marked_changes()), &query))
    });
    let window = Window::new(ROW_HEIGHT);
    let range = Memo::new(move |_| window.range(rows.with(Vec::len)));
    let shown = move || rows.with(|rows| rows.get(range.get()).map(<[TypeRow]>::to_vec).unwrap_or_default());
    view! {
        <div class="outline" node_ref=window.scroller on:scroll=move |_| window.scrolled()>
            {window.spacer(move || range.get().start)}
            <ul class="ref-list" aria-label="Types">
                <For each=shown key=TypeRow::clone children=move |row| view! { <Line row=row rows=rows/> }/>
            </ul>
            {window.spacer(move || rows.with(Vec::len) - range.get().end.min(rows.with(Vec::len)))}
        </div>
        <Show when=move || rows.with(Vec::is_empty)>
            <Nothing query=query/>
        </Show>
    }
}

#[component]
fn Line(row: TypeRow, rows: Memo<Vec<TypeRow>>) -> impl IntoView {
    let bench = use_workbench();
    let object = row.object;
    let is_removed = row.mark == Some(ItemKind::Removed);
    let is_selected = move || bench.read(Facet::Selection, |editor| editor.selection().contains(&object));
    let open = move |_| {
        select(bench, object, false);
        bench.send(Input::Open(object));
    };
    let remove = move || {
        let at = rows.with_untracked(|rows| rows.iter().position(|row| row.object == object)).unwrap_or_default();
        if is_removed {
            bench.send(Input::Discard(BTreeSet::from([object])));
        } else {
            bench.change(Change::Drop(vec![object]));
        }
        // The focus goes to the line that takes this one's place.
        let next = rows.with_untracked(|rows| {
            let next = rows.get(at).or_else(|| rows.get(at.checked_sub(1)?));
            next.map(|row| row.object)
        });
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
    let kind_icon = if row.kind == "enum" { "list" } else { "circle-check" };
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
                <span class="ref-sign"><Icon name=kind_icon/></span>
                <span class="ref-text" class:is-removed=is_removed>
                    <span class="truncate">{row.name.clone()}</span>
                    <span class="truncate ref-to">{row.kind} " · " {row.detail}</span>
                </span>
                {row.mark.map(|kind| view! { <Mark kind=kind/> })}
            </button>
            <Show when=move || bench.may_edit.get()>
                <button
                    type="button"
                    class="icon-button ref-delete"
                    aria-label=format!("{verb} {}", row.name)
                    title=verb
                    on:click=move |_| remove()
                >
                    <Icon name=icon/>
                </button>
            </Show>
        </li>
    }
}

fn line_id(object: ObjectId) -> String {
    format!("line-{}", dom_key(object))
}

/// No type, for want of any or of one with the query in it.
#[component]
fn Nothing(query: RwSignal<String>) -> impl IntoView {
    let text = move || {
        let query = query.get();
        match query.trim() {
            "" => view! {
                <p>"No types of your own yet."</p>
                <p class="muted">
                    "An enum is a list of labels, such as the states of an order. A domain is another type with rules. \
                     Use New enum or New domain below, and choose it as the type of a column."
                </p>
            }
            .into_any(),
            wanted => view! { <p>"No type has “" {wanted.to_owned()} "” in its name or labels."</p> }.into_any(),
        }
    };
    view! { <div class="sidebar-empty">{text}</div> }
}

/// The buttons under the list.
#[component]
pub(super) fn AddTypeButtons() -> impl IntoView {
    let bench = use_workbench();
    let add = move |command: Command| move |_| bench.command(command);
    view! {
        <div class="button-row" hidden=move || !bench.may_edit.get()>
            <button type="button" class="button" on:click=add(Command::AddEnum)><Icon name="plus"/>"New enum"</button>
            <button type="button" class="button" on:click=add(Command::AddDomain)><Icon name="plus"/>"New domain"</button>
        </div>
    }
}
