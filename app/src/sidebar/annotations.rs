//! Groups and notes, under the tables.

use super::outline::{AnnotationRow, annotations, marks};
use super::select;
use crate::ui::{Icon, Mark};
use crate::workbench::use_workbench;
use edit::ItemKind;
use editor::{Facet, Input};
use leptos::prelude::*;

/// All groups and notes that have the query in their names or texts; nothing when there are none.
#[component]
pub(super) fn Annotations(query: RwSignal<String>) -> impl IntoView {
    let bench = use_workbench();
    let rows = Memo::new(move |_| {
        let query = query.get();
        bench.read(Facet::Schema, |editor| annotations(editor.shown(), &marks(editor.marked_changes()), &query))
    });
    view! {
        <Show when=move || rows.with(|rows| !rows.is_empty())>
            <section class="suggested annotations" aria-labelledby="annotations-title">
                <h2 id="annotations-title">"Groups and notes " <span class="muted">{move || rows.with(Vec::len)}</span></h2>
                <ul>
                    <For each=move || rows.get() key=AnnotationRow::clone children=|row| view! { <Line row/> }/>
                </ul>
            </section>
        </Show>
    }
}

#[component]
fn Line(row: AnnotationRow) -> impl IntoView {
    let bench = use_workbench();
    let object = row.object;
    let is_removed = row.mark == Some(ItemKind::Removed);
    let is_selected = move || bench.read(Facet::Selection, |editor| editor.selection().contains(&object));
    let open = move |_| {
        select(bench, object, false);
        bench.send(Input::Open(object));
    };
    let icon = if row.is_group { "layout-grid" } else { "sticky-note" };
    view! {
        <li class="annotation-row" class:is-selected=is_selected>
            <button type="button" class="ref-main" aria-current=move || is_selected().to_string() on:click=open>
                <span class="outline-icon"><Icon name=icon/></span>
                <span class="outline-name truncate" class:is-removed=is_removed>{row.name}</span>
                <span class="outline-detail truncate">{row.detail}</span>
                {row.mark.map(|kind| view! { <Mark kind=kind/> })}
            </button>
        </li>
    }
}
