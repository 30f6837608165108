//! The right panel: the editor of what is open.

mod actions;
mod annotation;
mod columns;
mod consequences;
mod constraints;
mod draft;
mod explained;
mod findings;
mod foreign_keys;
mod options;
mod parts;
mod reference;
mod reference_form;
mod table;
mod types;

use crate::sidebar::ends;
use crate::ui::keys::with_keys;
use crate::ui::{Icon, Mark, dom_key};
use crate::workbench::{Workbench, use_workbench};
use annotation::AnnotationEditor;
use editor::{Change, Command, Editor, Facet, Input, Subject};
use leptos::prelude::*;
use reference::ReferenceEditor;
use reference_form::{ReferenceForm, Start};
use schema::{AnnotationId, AnnotationKind, ColumnId, ObjectId, ReferenceId, TableId, TypeId};
use table::TableEditor;
use types::TypeEditor;
use web_sys::KeyboardEvent;

/// What the panel shows. Another column of the same table is no other panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Shown {
    Table(TableId),
    Reference(ReferenceId),
    NewReference(Option<(TableId, ColumnId)>),
    Type(TypeId),
    Annotation(AnnotationId),
}

impl Shown {
    fn object(self) -> Option<ObjectId> {
        match self {
            Self::Table(id) => Some(ObjectId::Table(id)),
            Self::Reference(id) => Some(ObjectId::Reference(id)),
            Self::Type(id) => Some(ObjectId::Type(id)),
            Self::Annotation(id) => Some(ObjectId::Annotation(id)),
            Self::NewReference(_) => None,
        }
    }
}

/// The panel of the table, reference or type that is open; nothing when none is.
#[component]
pub fn Inspector() -> impl IntoView {
    let bench = use_workbench();
    let shown = Memo::new(move |_| {
        bench.read(Facet::Panel, |editor| {
            editor.panel().map(|panel| match panel.subject {
                Subject::Table(id, _) => Shown::Table(id),
                Subject::Reference(id) => Shown::Reference(id),
                Subject::NewReference(from) => Shown::NewReference(from),
                Subject::Type(id) => Shown::Type(id),
                Subject::Annotation(id) => Shown::Annotation(id),
            })
        })
    });
    // Keyed, so that another panel never inherits where this one was scrolled or what was half typed in it.
    view! { <For each=move || shown.get() key=|shown| *shown children=|shown| view! { <Panel shown=shown/> }/> }
}

/// Puts the keyboard focus into the panel once it has been drawn: on the name of what was just made or opened, with
/// its text selected.
pub fn focus_soon() {
    let wanted = [
        ".inspector .column-item[data-opened] input",
        "#table-name",
        "#ref-name",
        "#type-name",
        "#annotation-name",
        ".ref-form:not([data-begun]) #ref-from-table",
        "#ref-to-table",
        ".inspector button",
    ];
    crate::ui::focus_soon(wanted.map(str::to_owned).to_vec());
}

#[component]
fn Panel(shown: Shown) -> impl IntoView {
    let bench = use_workbench();
    let pressed = move |event: KeyboardEvent| panel_key(bench, shown, &event);
    let label = Memo::new(move |_| bench.read(Facet::Schema, |editor| label_of(editor, shown)));
    let body = match shown {
        Shown::Table(id) => view! { <TableEditor id=id/> }.into_any(),
        Shown::Reference(id) => view! { <ReferenceEditor id=id/> }.into_any(),
        Shown::NewReference(from) => view! { <NewReference from=from/> }.into_any(),
        Shown::Type(id) => view! { <TypeEditor id=id/> }.into_any(),
        Shown::Annotation(id) => view! { <AnnotationEditor id=id/> }.into_any(),
    };
    let foot =
        shown.object().map(|_| view! { <Show when=move || bench.may_edit.get() fallback=ViewFoot><Foot/></Show> });
    view! {
        <aside class="inspector" aria-label=move || label.get() on:keydown=pressed>
            <Head shown=shown label=label/>
            <fieldset class="inspector-body" disabled=move || !bench.may_edit.get()>{body}</fieldset>
            {foot}
        </aside>
    }
}

/// Esc takes back, Alt+Enter adds a column, Mod+Enter reviews.
fn panel_key(bench: Workbench, shown: Shown, event: &KeyboardEvent) {
    if event.default_prevented() || event.is_composing() {
        return;
    }
    let accel = event.ctrl_key() || event.meta_key();
    match (event.key().as_str(), shown) {
        ("Escape", _) => bench.send(Input::TakeBack),
        ("Enter", Shown::Table(table)) if event.alt_key() => columns::add(bench, table),
        ("Enter", Shown::Table(_) | Shown::Reference(_) | Shown::Type(_) | Shown::Annotation(_)) if accel => {
            // What is being typed is settled first, as when the field is left.
            if let Some(field) = crate::platform::dom::focused() {
                let _ = wasm_bindgen::JsCast::unchecked_into::<web_sys::HtmlElement>(field).blur();
            }
            bench.send(Input::ReviewPanel);
        }
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}

fn label_of(editor: &Editor, shown: Shown) -> String {
    let schema = editor.target();
    match shown {
        Shown::Table(id) => {
            schema.table(id).map_or_else(String::new, |table| format!("Table {}", schema.display_name(table)))
        }
        Shown::Reference(id) => {
            let ends = schema.references.get(&id).and_then(|reference| ends(schema, reference));
            ends.map_or_else(String::new, |(from, to)| format!("{from} → {to}"))
        }
        Shown::NewReference(_) => "New reference".to_owned(),
        Shown::Annotation(id) => {
            let kind = schema.annotations.get(&id).map_or("", |it| it.kind.as_str());
            let name = schema.label(ObjectId::Annotation(id)).unwrap_or_default();
            format!("{} {name}", crate::ui::sentence(kind))
        }
        Shown::Type(id) => {
            let kind = schema.user_type(id).map_or("", |it| it.kind());
            let name = schema.label(ObjectId::Type(id)).unwrap_or_default();
            format!("{} {name}", crate::ui::sentence(kind))
        }
    }
}

#[component]
fn Head(shown: Shown, label: Memo<String>) -> impl IntoView {
    let bench = use_workbench();
    let mark = move || {
        let object = shown.object()?;
        bench.read(Facet::Schema, |editor| editor.pending().item(object).map(|item| item.kind))
    };
    let is_group = match shown {
        Shown::Annotation(id) => {
            bench.peek(|editor| editor.target().annotations.get(&id).is_some_and(|it| it.kind == AnnotationKind::Group))
        }
        Shown::Table(_) | Shown::Reference(_) | Shown::NewReference(_) | Shown::Type(_) => false,
    };
    let icon = match shown {
        Shown::Annotation(_) if is_group => "layout-grid",
        Shown::Annotation(_) => "sticky-note",
        Shown::Table(_) => "table-2",
        Shown::Reference(_) | Shown::NewReference(_) => "cable",
        Shown::Type(_) => "list",
    };
    let remove = move || {
        shown.object().map(|object| {
        let what = match shown {
            Shown::Table(_) => "Delete table",
            Shown::Reference(_) | Shown::NewReference(_) => "Delete reference",
            Shown::Type(_) => "Delete type",
            Shown::Annotation(_) if is_group => "Ungroup, leaving its tables",
            Shown::Annotation(_) => "Delete note",
        };
        let pressed = move |_| {
            // A type that is in use stays, and so does its panel, where it says which columns have it.
            let stays = bench
                .peek(|editor| matches!(shown, Shown::Type(_)) && !edit::mentions(editor.target(), object).is_empty());
            if !stays {
                bench.send(Input::ClosePanel);
            }
            bench.change(Change::Drop(vec![object]));
        };
        view! {
            <button type="button" class="icon-button" aria-label=what title=what on:click=pressed><Icon name="trash-2"/></button>
        }
    })
    };
    view! {
        <header class="inspector-head">
            <Icon name=icon/>
            <h2 class="truncate" title=move || label.get()>{move || label.get()}</h2>
            {move || mark().map(|kind| view! { <Mark kind=kind/> })}
            <Show when=move || bench.may_edit.get()>{remove()}</Show>
            <button
                type="button"
                class="icon-button"
                aria-label="Take back and close"
                title=with_keys(|| "Take back everything since opening and close".to_owned(), Command::Escape)
                on:click=move |_| bench.send(Input::TakeBack)
            >
                <Icon name="x"/>
            </button>
        </header>
    }
}

#[component]
fn Foot() -> impl IntoView {
    let bench = use_workbench();
    let count = Memo::new(move |_| {
        bench.read(Facet::Panel, |_| ());
        bench.read(Facet::Schema, |editor| editor.panel_items().len())
    });
    let said = move || match count.get() {
        0 => "Nothing staged here".to_owned(),
        1 => "1 change staged".to_owned(),
        n => format!("{n} changes staged"),
    };
    view! {
        <footer class="inspector-foot">
            <span class="muted small">{said}</span>
            <button type="button" class="button" on:click=move |_| bench.send(Input::ClosePanel)>"Done"</button>
            <button
                type="button"
                class="button button-primary"
                // Not disabled: that would take the focus away when a commit has left nothing to save.
                aria-disabled=move || (count.get() == 0).to_string()
                on:click=move |_| { if count.get_untracked() > 0 { bench.send(Input::ReviewPanel); } }
            >
                "Save…"
            </button>
        </footer>
    }
}

/// Under what can be looked at and not changed.
#[component]
fn ViewFoot() -> impl IntoView {
    let bench = use_workbench();
    view! {
        <footer class="inspector-foot">
            <span class="muted small">"View only"</span>
            <button type="button" class="button" on:click=move |_| bench.send(Input::ClosePanel)>"Done"</button>
        </footer>
    }
}

/// The form for a new reference as a panel of its own. The editor opens what was made.
#[component]
fn NewReference(from: Option<(TableId, ColumnId)>) -> impl IntoView {
    let bench = use_workbench();
    let start = Start { table: from.map(|(table, _)| table), column: from.map(|(_, column)| column), is_inline: false };
    let made = Callback::new(move |id: ReferenceId| {
        let is_open = bench.peek(|editor| editor.panel().map(|panel| panel.subject) == Some(Subject::Reference(id)));
        if !is_open {
            bench.send(Input::Open(ObjectId::Reference(id)));
        }
    });
    view! {
        <ReferenceForm start=start on_made=made on_cancel=Callback::new(move |()| bench.send(Input::TakeBack))/>
    }
}

/// A piece of an id that is unique in the panel.
fn field_id(object: ObjectId, field: &str) -> String {
    format!("{field}-{}", dom_key(object))
}
