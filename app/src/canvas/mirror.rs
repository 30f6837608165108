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
use schema::{ObjectId, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// With more tables than this in view, only those that are selected are read out with their columns; with more than
/// this selected, only those of which a column is.
const MOST_WITH_COLUMNS: usize = 24;
/// With more tables than this in view, only those that are selected are read out at all, with their references, and no
/// more than this of them; the outline in the left panel has them all.
const MOST_TABLES: usize = 80;

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
    let shown = Memo::new(move |_| if is_live.get() { shown(bench) } else { Shown::default() });
    let reading = Memo::new(move |_| -> Reading {
        if !is_live.get() {
            return Reading::new();
        }
        let part = shown.with(|shown| bench.read(Facet::Schema, |editor| part(editor.shown(), shown)));
        nodes(&part).into_iter().map(|node| (node.id, node)).collect()
    });
    let selected = Memo::new(move |_| bench.read(Facet::Selection, |editor| editor.selection().clone()));
    // The focus follows the selection from one thing to the next, but is never taken from a panel.
    Effect::new(move || {
        selected.track();
        shown.track();
        let is_here = dom::focused().is_some_and(|element| super::keyboard::is_in_canvas(&element));
        if is_here {
            request_animation_frame(move || {
                // By now it may be in the panel of what was just made.
                if dom::focused().is_none_or(|element| super::keyboard::is_in_canvas(&element)) {
                    focus();
                }
            });
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
        let is_seen = |table: &TableId| editor.scene().table_box(*table).is_some_and(|it| it.rect.overlaps(seen));
        let mut chosen: BTreeSet<TableId> = selection.iter().filter_map(|object| object.table()).collect();
        let are_few = chosen.len() <= MOST_WITH_COLUMNS;
        if chosen.len() > MOST_TABLES {
            let tables = editor.shown().tables_by_name().into_iter().map(|table| table.id);
            chosen = tables.filter(|table| chosen.contains(table)).take(MOST_TABLES).collect();
        }
        let with_column: BTreeSet<TableId> = selection
            .iter()
            .filter(|object| matches!(object, ObjectId::Column(..)))
            .filter_map(|object| object.table())
            .take(MOST_WITH_COLUMNS)
            .collect();
        let n_seen = editor.shown().tables.keys().filter(|table| is_seen(table)).count();
        for table in editor.shown().tables_by_name() {
            let is_chosen = chosen.contains(&table.id);
            if is_chosen || (n_seen <= MOST_TABLES && is_seen(&table.id)) {
                shown.tables.push(ObjectId::Table(table.id));
            }
            let is_told = is_chosen && (are_few || with_column.contains(&table.id));
            if is_told || (n_seen <= MOST_WITH_COLUMNS && is_seen(&table.id)) {
                shown.with_columns.insert(ObjectId::Table(table.id));
            }
        }
        for reference in editor.shown().references.values() {
            let id = ObjectId::Reference(reference.id);
            let is_near = [reference.referencing, reference.referenced].iter().any(|table| chosen.contains(table));
            let route = editor.scene().route(reference.id);
            let is_seen = n_seen <= MOST_TABLES && route.is_some_and(|route| route.bounds.overlaps(seen));
            if is_near || is_seen || selection.contains(&id) {
                shown.references.push(id);
            }
        }
        shown
    })
}

/// The part of the schema that has to be put in words: what is shown, and the tables that its references name.
fn part(schema: &Schema, shown: &Shown) -> Schema {
    let tables: BTreeSet<TableId> = shown.tables.iter().filter_map(|object| object.table()).collect();
    let listed: BTreeSet<ObjectId> = shown.references.iter().copied().collect();
    let mut part = Schema { namespaces: schema.namespaces.clone(), ..Schema::default() };
    let mut needed = tables.clone();
    for reference in schema.references.values() {
        let ends = [reference.referencing, reference.referenced];
        let is_listed = listed.contains(&ObjectId::Reference(reference.id));
        if is_listed || ends.iter().any(|table| tables.contains(table)) {
            part.references.insert(reference.id, reference.clone());
            needed.extend(ends);
        }
    }
    part.tables.extend(needed.iter().filter_map(|id| schema.tables.get(id).map(|table| (*id, table.clone()))));
    part
}

#[component]
fn Item(id: ObjectId, reading: Memo<Reading>, shown: Memo<Shown>, selected: Memo<BTreeSet<ObjectId>>) -> impl IntoView {
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
        ObjectId::Namespace(_)
        | ObjectId::Key(..)
        | ObjectId::Check(..)
        | ObjectId::Index(..)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => None,
    }
}

/// Gives the focus to what is selected, or to the canvas itself when nothing is.
pub(super) fn focus() {
    let document = dom::document();
    let selected = document.query_selector(".canvas-mirror button[aria-pressed=true]").ok().flatten();
    if let Some(element) = selected.or_else(|| document.get_element_by_id("canvas")) {
        dom::focus(&element);
    }
}
