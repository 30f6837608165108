//! The diagram in the document: what the canvas shows as lists of tables, columns and references, for screen readers,
//! for the keyboard's focus and for forced colors. It lies over the canvas and lets the pointer through.

use crate::{
    platform::dom,
    workbench::{Workbench, use_workbench},
};
use diagram::{
    Rect,
    a11y::{Node, Role, nodes},
};
use editor::{Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::{BTreeMap, BTreeSet};

/// With more tables than this in view, only those that are selected are read out with their columns.
const MOST_WITH_COLUMNS: usize = 40;

/// Everything that can be read of the diagram, by object.
type Reading = BTreeMap<ObjectId, Node>;

/// Lists of the tables and references in view, and of what is selected.
#[component]
pub(super) fn Mirror(
    /// False on the server and until the canvas has drawn: there is no view yet that things could be in.
    #[prop(into)]
    is_live: Signal<bool>,
) -> impl IntoView {
    let bench = use_workbench();
    let reading = Memo::new(move |_| -> Reading {
        if !is_live.get() {
            return Reading::new();
        }
        bench.read(Facet::Schema, |editor| nodes(editor.shown())).into_iter().map(|node| (node.id, node)).collect()
    });
    let shown = Memo::new(move |_| if is_live.get() { shown(bench) } else { Shown::default() });
    let selected = Memo::new(move |_| bench.read(Facet::Selection, |editor| editor.selection().clone()));
    // The focus follows the selection from one thing to the next, but is never taken from a panel.
    Effect::new(move || {
        selected.track();
        shown.track();
        let is_here = dom::focused().is_some_and(|element| super::keyboard::is_in_canvas(&element));
        if is_here {
            request_animation_frame(move || focus(bench));
        }
    });
    let tables = move || shown.with(|shown| shown.tables.clone());
    let references = move || shown.with(|shown| shown.references.clone());
    view! {
        <ul aria-label="Tables in view">
            <For each=tables key=|id| *id let(id)>
                <Item id reading shown selected/>
            </For>
        </ul>
        <ul aria-label="References in view">
            <For each=references key=|id| *id let(id)>
                <Item id reading shown selected/>
            </For>
        </ul>
    }
}

/// What the lists hold, in reading order.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shown {
    tables: Vec<ObjectId>,
    references: Vec<ObjectId>,
    with_columns: BTreeSet<ObjectId>,
}

fn shown(bench: Workbench) -> Shown {
    bench.read(Facet::Selection, |_| ());
    bench.read(Facet::Camera, |_| ());
    bench.read(Facet::Schema, |editor| {
        let seen = editor.view().world_rect();
        let selection = editor.selection();
        let mut shown = Shown::default();
        for table in editor.shown().tables_by_name() {
            let is_seen = editor.scene().table_box(table.id).is_some_and(|it| it.rect.overlaps(seen));
            let is_selected = selection.iter().any(|object| object.table() == Some(table.id));
            if is_seen || is_selected {
                shown.tables.push(ObjectId::Table(table.id));
            }
            if is_selected {
                shown.with_columns.insert(ObjectId::Table(table.id));
            }
        }
        if shown.tables.len() <= MOST_WITH_COLUMNS {
            shown.with_columns = shown.tables.iter().copied().collect();
        }
        for route in editor.scene().routes() {
            let id = ObjectId::Reference(route.reference);
            if route.bounds.overlaps(seen) || selection.contains(&id) {
                shown.references.push(id);
            }
        }
        shown
    })
}

#[component]
fn Item(
    id: ObjectId,
    reading: Memo<Reading>,
    shown: Memo<Shown>,
    selected: Memo<BTreeSet<ObjectId>>,
) -> impl IntoView {
    let columns = move || {
        if !shown.with(|shown| shown.with_columns.contains(&id)) {
            return Vec::new();
        }
        let ids = |node: &Node| node.children.iter().map(|child| child.id).collect();
        reading.with(|reading| reading.get(&id).map(ids).unwrap_or_default())
    };
    let is_table = matches!(id, ObjectId::Table(_));
    view! {
        <li>
            <Entry id parent=id reading selected/>
            {is_table.then(|| view! {
                <ul aria-label="Columns">
                    <For each=columns key=|id| *id let(column)>
                        <li><Entry id=column parent=id reading selected/></li>
                    </For>
                </ul>
            })}
        </li>
    }
}

/// One thing, as a button that lies where the thing is drawn.
#[component]
fn Entry(id: ObjectId, parent: ObjectId, reading: Memo<Reading>, selected: Memo<BTreeSet<ObjectId>>) -> impl IntoView {
    let bench = use_workbench();
    let words = Memo::new(move |_| {
        reading.with(|reading| {
            let node = reading.get(&parent)?;
            let node = if node.id == id { node } else { node.children.iter().find(|child| child.id == id)? };
            let kind = match node.role {
                Role::Table => "Table ",
                Role::Column | Role::Reference => "",
            };
            Some((format!("{kind}{}", node.name), node.description.clone()))
        })
    });
    let name = move || words.with(|words| words.as_ref().map(|(name, _)| name.clone()));
    let description = move || words.with(|words| words.as_ref().map(|(_, description)| description.clone()));
    let is_selected = move || selected.with(|selected| selected.contains(&id));
    let place = Memo::new(move |_| bench.read(Facet::Schema, |editor| rect_of(editor, id)));
    let length = move |length: fn(Rect) -> f64| move || place.get().map(|rect| format!("{}px", length(rect)));
    view! {
        <button
            type="button"
            tabindex=move || if is_selected() { "0" } else { "-1" }
            aria-pressed=move || is_selected().to_string()
            aria-description=description
            style:left=length(|rect| rect.x0)
            style:top=length(|rect| rect.y0)
            style:width=length(|rect| rect.width())
            style:height=length(|rect| rect.height())
            on:click=move |_| bench.send(Input::Select(id, false))
            on:dblclick=move |_| bench.send(Input::Open(id))
        >
            {name}
        </button>
    }
}

fn rect_of(editor: &editor::Editor, id: ObjectId) -> Option<Rect> {
    match id {
        ObjectId::Table(table) => editor.scene().table_box(table).map(|shown| shown.rect),
        ObjectId::Column(table, column) => editor.scene().table_box(table)?.row_rect(column),
        ObjectId::Reference(reference) => editor.scene().route(reference).map(|route| route.bounds),
        ObjectId::Namespace(_) | ObjectId::Key(..) | ObjectId::Check(..) | ObjectId::Index(..) => None,
    }
}

/// Gives the focus to what is selected, or to the canvas itself when nothing is.
pub(super) fn focus(_bench: Workbench) {
    let document = dom::document();
    let selected = document.query_selector(".canvas-mirror button[aria-pressed=true]").ok().flatten();
    if let Some(element) = selected.or_else(|| document.get_element_by_id("canvas")) {
        dom::focus(&element);
    }
}
