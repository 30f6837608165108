//! The outline as a tree: schemas, tables, columns.

use super::outline::{Row, has_no_table, marks, rows};
use super::select;
use super::window::Window;
use crate::ui::{Icon, Mark, dom_key};
use crate::workbench::{Workbench, use_workbench};
use editor::{Change, Facet, Input};
use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use schema::ObjectId;
use std::collections::BTreeSet;
use web_sys::KeyboardEvent;

const ROW_HEIGHT: usize = 28;

/// What the keys of the tree work on.
#[derive(Clone, Copy)]
struct Outline {
    bench: Workbench,
    rows: Memo<Vec<Row>>,
    /// Folded or unfolded against the usual.
    toggled: RwSignal<BTreeSet<ObjectId>>,
    /// The row that the keys work on.
    active: RwSignal<Option<ObjectId>>,
    window: Window,
}

impl Outline {
    fn toggle(&self, object: ObjectId) {
        self.toggled.update(|toggled| {
            if !toggled.remove(&object) {
                toggled.insert(object);
            }
        });
    }

    fn go(&self, object: ObjectId) {
        self.active.set(Some(object));
        if let Some(at) = self.rows.with_untracked(|rows| rows.iter().position(|row| row.object == object)) {
            self.window.reveal(at);
        }
    }

    fn open(&self, object: ObjectId) {
        if matches!(object, ObjectId::Namespace(_)) {
            self.toggle(object);
            return;
        }
        self.bench.send(Input::Select(object, false));
        self.bench.send(Input::Open(object));
    }

    fn remove(&self, row: &Row) {
        if row.mark != Some(edit::ItemKind::Removed) {
            self.bench.change(Change::Drop(vec![row.object]));
        }
    }

    fn pressed(&self, event: &KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let rows = self.rows.get_untracked();
        let active = self.active.get_untracked();
        let at = rows.iter().position(|row| Some(row.object) == active);
        let row = at.and_then(|at| rows.get(at));
        let move_to = |at: Option<usize>| {
            if let Some(row) = at.and_then(|at| rows.get(at)) {
                self.go(row.object);
            }
        };
        match (event.key().as_str(), row) {
            ("ArrowDown", _) => move_to(Some(at.map_or(0, |at| at + 1))),
            ("ArrowUp", _) => move_to(at.map_or(rows.len().checked_sub(1), |at| at.checked_sub(1))),
            ("Home", _) => move_to(Some(0)),
            ("End", _) => move_to(rows.len().checked_sub(1)),
            ("ArrowRight", Some(Row { object, is_expanded: Some(false), .. })) => self.toggle(*object),
            ("ArrowRight", Some(Row { is_expanded: Some(true), .. })) => move_to(at.map(|at| at + 1)),
            ("ArrowLeft", Some(Row { object, is_expanded: Some(true), .. })) => self.toggle(*object),
            ("ArrowLeft", Some(row)) => {
                let mut above = rows.iter().take(at.unwrap_or_default());
                move_to(above.rposition(|other| other.level < row.level));
            }
            ("Enter" | "F2", Some(row)) => self.open(row.object),
            (" ", Some(row)) => self.bench.send(Input::Select(row.object, event.shift_key())),
            ("Delete" | "Backspace", Some(row)) => self.remove(row),
            _ => return,
        }
        event.prevent_default();
        event.stop_propagation();
    }
}

/// The tree of what has the query in its name.
#[component]
pub(super) fn Tree(query: RwSignal<String>) -> impl IntoView {
    let bench = use_workbench();
    let toggled = RwSignal::new(BTreeSet::new());
    let rows = Memo::new(move |_| {
        let (query, toggled) = (query.get(), toggled.get());
        bench.read(Facet::Schema, |editor| rows(editor.shown(), &marks(editor.marked_changes()), &query, &toggled))
    });
    let outline = Outline { bench, rows, toggled, active: RwSignal::new(None), window: Window::new(ROW_HEIGHT) };
    let range = Memo::new(move |_| outline.window.range(rows.with(Vec::len)));
    let shown = move || rows.with(|rows| rows.get(range.get()).map(<[Row]>::to_vec).unwrap_or_default());
    follow_selection(outline);
    let active_id = move || outline.active.get().map(row_id);
    let entered = move |_| {
        if outline.active.get_untracked().is_none() {
            outline.active.set(rows.with_untracked(|rows| rows.first().map(|row| row.object)));
        }
    };
    view! {
        <div
            class="outline"
            role="tree"
            tabindex="0"
            aria-label="Tables"
            aria-activedescendant=active_id
            node_ref=outline.window.scroller
            on:scroll=move |_| outline.window.scrolled()
            on:focus=entered
            on:keydown=move |event| outline.pressed(&event)
        >
            {outline.window.spacer(move || range.get().start)}
            <For each=shown key=Row::clone children=move |row| view! { <TreeRow row=row outline=outline/> }/>
            {outline.window.spacer(move || rows.with(Vec::len) - range.get().end.min(rows.with(Vec::len)))}
        </div>
        <Show when=move || rows.with(|rows| has_no_table(rows))>
            <Nothing query=query/>
        </Show>
    }
}

fn row_id(object: ObjectId) -> String {
    format!("outline-{}", dom_key(object))
}

/// What is selected on the canvas is brought into view here.
fn follow_selection(outline: Outline) {
    Effect::new(move |_| {
        let first = outline.bench.read(Facet::Selection, |editor| editor.selection().first().copied());
        let Some(first) = first else { return };
        let at = outline.rows.with_untracked(|rows| {
            let exact = rows.iter().position(|row| row.object == first);
            exact.or_else(|| rows.iter().position(|row| Some(row.object) == first.table().map(ObjectId::Table)))
        });
        if let Some(at) = at {
            outline.active.set(outline.rows.with_untracked(|rows| rows.get(at).map(|row| row.object)));
            outline.window.reveal(at);
        }
    });
}

#[component]
fn TreeRow(row: Row, outline: Outline) -> impl IntoView {
    let object = row.object;
    let bench = outline.bench;
    let is_selected = move || bench.read(Facet::Selection, |editor| editor.selection().contains(&object));
    let clicked = move |event: web_sys::MouseEvent| {
        outline.active.set(Some(object));
        if matches!(object, ObjectId::Namespace(_)) {
            outline.toggle(object);
        } else {
            select(bench, object, event.ctrl_key() || event.meta_key() || event.shift_key());
        }
    };
    let folded = move |event: web_sys::MouseEvent| {
        event.stop_propagation();
        outline.toggle(object);
    };
    let icon = match (object, row.is_key) {
        (ObjectId::Namespace(_), _) => "database",
        (ObjectId::Table(_), _) => "table-2",
        (_, true) => "key-round",
        (_, false) => "minus",
    };
    let is_removed = row.mark == Some(edit::ItemKind::Removed);
    let class = format!("outline-row outline-level-{} list-row", row.level);
    let arrow = row.is_expanded.map(|is_expanded| {
        view! {
            <span class="outline-arrow" class:is-open=is_expanded aria-hidden="true" on:click=folded>
                <Icon name="chevron-right"/>
            </span>
        }
    });
    let name = view! {
        <span class="outline-name truncate" class:is-removed=is_removed>{row.name}</span>
        <span class="outline-detail truncate">{row.detail}</span>
        {row.mark.map(|kind| view! { <Mark kind=kind/> })}
    };
    view! {
        <div
            role="treeitem"
            class=class
            class:is-key=row.is_key
            class:is-active=move || outline.active.get() == Some(object)
            id=row_id(object)
            aria-expanded=row.is_expanded.map(|is_expanded| is_expanded.to_string())
            aria-setsize=row.place.1.to_string()
            aria-posinset=row.place.0.to_string()
            aria-selected=move || is_selected().to_string()
            on:click=clicked
            on:dblclick=move |_| outline.open(object)
            {..custom_attribute("aria-level", row.level.to_string())}
        >
            {arrow}
            <span class="outline-icon"><Icon name=icon/></span>
            {name}
        </div>
    }
}

/// No table, for want of any or of one with the query in it.
#[component]
fn Nothing(query: RwSignal<String>) -> impl IntoView {
    let text = move || {
        let query = query.get();
        match query.trim() {
            "" => view! {
                <p>"No tables yet."</p>
                <p class="muted">"Press " <kbd>"T"</kbd> ", double-click the canvas, or use New table below."</p>
            }
            .into_any(),
            wanted => view! { <p>"No table or column has “" {wanted.to_owned()} "” in its name."</p> }.into_any(),
        }
    };
    view! { <div class="sidebar-empty">{text}</div> }
}
