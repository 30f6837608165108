//! The editor of one table.

use super::columns::{self, Columns};
use super::consequences::Consequences;
use super::constraints::{Checks, Indexes, Uniques};
use super::findings::Findings;
use super::foreign_keys::ForeignKeys;
use super::options::TableMore;
use super::reference::name_problem;
use crate::ui::{TextField, focus_soon};
use crate::workbench::use_workbench;
use editor::{Change, Facet};
use leptos::prelude::*;
use schema::{Name, NamespaceId, ObjectId, Table, TableId};

/// Name, schema, note, columns, keys, references, indexes and checks of a table.
#[component]
pub(super) fn TableEditor(id: TableId) -> impl IntoView {
    let bench = use_workbench();
    // A table that is being taken away is shown as it last was.
    let table = Memo::new(move |last: Option<&Option<Table>>| {
        let now = bench.read(Facet::Schema, |editor| editor.target().table(id).cloned());
        now.or_else(|| last.cloned().flatten())
    });
    let table = Signal::derive(move || table.get());
    view! {
        <Identity id=id table=table/>
        <Columns id=id table=table/>
        <ForeignKeys id=id/>
        <Indexes id=id table=table/>
        <Uniques id=id table=table/>
        <Checks id=id table=table/>
        <Consequences id=id/>
    }
}

#[component]
fn Identity(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let name = Memo::new(move |_| table.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(ObjectId::Table(id), name));
        }
    });
    let first_column = Callback::new(move |()| {
        let first = table.with_untracked(|it| it.as_ref().and_then(|it| it.columns.first().map(|column| column.id)));
        if let Some(column) = first {
            focus_soon(vec![format!("#{}", columns::name_id(id, column))]);
        }
    });
    let note = Memo::new(move |_| table.with(|it| it.as_ref().and_then(|it| it.note.clone()).unwrap_or_default()));
    let has_note = note.with_untracked(|note| !note.is_empty());
    let namespace = Signal::derive(move || table.with(|it| it.as_ref().map(|it| it.namespace)));
    let move_to = Callback::new(move |namespace| bench.change(Change::MoveToNamespace(id, namespace)));
    view! {
        <section class="panel-section">
            <div class="field-pair">
                <TextField
                    id="table-name"
                    label="Name"
                    value=name
                    check=name_problem
                    on_commit=rename
                    on_enter=first_column
                />
                <NamespaceSelect id="table-schema" chosen=namespace on_choose=move_to/>
            </div>
            <Findings object=ObjectId::Table(id)/>
            <details class="disclosure" open=has_note>
                <summary>"Note"</summary>
                <NoteField object=ObjectId::Table(id) label="Note about the table" value=note/>
            </details>
            <TableMore id=id table=table/>
        </section>
    }
}

/// The namespace of a table or type.
#[component]
pub(super) fn NamespaceSelect(
    /// Unique on the page.
    id: &'static str,
    /// Where it is.
    chosen: Signal<Option<NamespaceId>>,
    /// Told of another.
    on_choose: Callback<NamespaceId>,
) -> impl IntoView {
    let bench = use_workbench();
    let all = Memo::new(move |_| {
        bench.read(Facet::Schema, |editor| {
            let all = editor.target().namespaces.values();
            all.map(|namespace| (namespace.id, namespace.name.to_string())).collect::<Vec<_>>()
        })
    });
    let changed = move |event: web_sys::Event| {
        let value = event_target_value(&event);
        let found = all.with_untracked(|all| all.iter().map(|(id, _)| *id).find(|id| id.to_string() == value));
        if let Some(namespace) = found {
            on_choose.run(namespace);
        }
    };
    let options = move || {
        let all = all.get().into_iter();
        all.map(|(id, name)| {
            view! { <option value=id.to_string() prop:selected=move || chosen.get() == Some(id)>{name}</option> }
        })
        .collect::<Vec<_>>()
    };
    view! {
        <div class="field">
            <label for=id>"Schema"</label>
            <select id=id class="select" on:change=changed>{options}</select>
        </div>
    }
}

/// A note, of several lines if need be.
#[component]
pub(super) fn NoteField(
    /// A table, a column or a type.
    object: ObjectId,
    /// Its name, for assistive technology.
    label: &'static str,
    /// What the model holds.
    value: Memo<String>,
) -> impl IntoView {
    let bench = use_workbench();
    let changed = move |event: web_sys::Event| {
        let text = event_target_value(&event);
        let note = Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        bench.change(Change::SetNote(object, note));
    };
    let field = NodeRef::<leptos::html::Textarea>::new();
    let pressed = move |event: web_sys::KeyboardEvent| {
        let differs = field.get_untracked().is_some_and(|field| field.value() != value.get_untracked());
        if event.key() == "Escape" && differs {
            event.prevent_default();
            event.stop_propagation();
            if let Some(field) = field.get_untracked() {
                field.set_value(&value.get_untracked());
            }
        }
    };
    view! {
        <textarea
            class="input"
            rows="2"
            aria-label=label
            placeholder="What it is for; becomes its comment in SQL"
            node_ref=field
            prop:value=move || value.get()
            data-settled=move || value.get()
            on:change=changed
            on:keydown=pressed
        ></textarea>
    }
}
