//! The columns of a table.

use super::field_id;
use super::findings::Findings;
use super::foreign_keys::ColumnSuggestions;
use super::options::ColumnMore;
use super::reference::name_problem;
use super::table::NoteField;
use crate::platform::dom;
use crate::ui::keys::with_keys;
use crate::ui::{Icon, Mark, TextField, TypeField, focus_soon, reveal};
use crate::workbench::{Workbench, use_workbench};
use editor::{Change, Command, Facet, Input, Subject};
use leptos::prelude::*;
use schema::{Column, ColumnId, DataType, Expression, KeyKind, Name, ObjectId, Table, TableId};
use web_sys::KeyboardEvent;

/// The id of the field with a column's name.
pub(super) fn name_id(table: TableId, column: ColumnId) -> String {
    field_id(ObjectId::Column(table, column), "name")
}

/// Adds a column and goes to its name.
pub(super) fn add(bench: Workbench, table: TableId) {
    bench.change(Change::AddColumn(table, None));
    let added = bench.peek(|editor| editor.target().table(table)?.columns.last().map(|column| column.id));
    if let Some(column) = added {
        bench.send(Input::Open(ObjectId::Column(table, column)));
        focus_soon(vec![format!("#{}", name_id(table, column))]);
    }
}

/// All columns, a row each; one of them unfolded.
#[component]
pub(super) fn Columns(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let unfolded = RwSignal::new(None::<ColumnId>);
    let opened = Memo::new(move |_| {
        bench.read(Facet::Panel, |editor| match editor.panel().map(|panel| panel.subject) {
            Some(Subject::Table(of, Some(column))) if of == id => Some(column),
            Some(
                Subject::Table(..)
                | Subject::Reference(_)
                | Subject::NewReference(_)
                | Subject::Type(_)
                | Subject::Annotation(_),
            )
            | None => None,
        })
    });
    // What is pointed at elsewhere is unfolded here.
    Effect::new(move |_| {
        if let Some(column) = opened.get() {
            unfolded.set(Some(column));
        }
    });
    let ids = Memo::new(move |_| {
        table
            .with(|it| it.as_ref().map(|it| it.columns.iter().map(|column| column.id).collect::<Vec<_>>()))
            .unwrap_or_default()
    });
    view! {
        <section class="panel-section" aria-labelledby="columns-heading">
            <div class="section-head">
                <h3 id="columns-heading">"Columns " <span class="count">{move || ids.with(Vec::len)}</span></h3>
                <button
                    type="button"
                    class="button button-ghost button-small"
                    title=with_keys(|| "Add column".to_owned(), Command::AddColumn)
                    on:click=move |_| add(bench, id)
                >
                    <Icon name="plus"/>"Add column"
                </button>
            </div>
            <div class="column-heads field-label" aria-hidden="true">
                <span>"Name"</span><span>"Type"</span>
                <abbr title="Primary key">"PK"</abbr><abbr title="Not null">"NN"</abbr><abbr title="Unique">"UQ"</abbr>
            </div>
            <For
                each=move || ids.get()
                key=|column| *column
                children=move |column| view! { <ColumnRow table=id id=column of=table ids=ids unfolded=unfolded opened=opened/> }
            />
        </section>
    }
}

#[component]
fn ColumnRow(
    table: TableId,
    id: ColumnId,
    of: Signal<Option<Table>>,
    ids: Memo<Vec<ColumnId>>,
    unfolded: RwSignal<Option<ColumnId>>,
    opened: Memo<Option<ColumnId>>,
) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Column(table, id);
    let column = Memo::new(move |last: Option<&Option<Column>>| {
        of.with(|it| it.as_ref().and_then(|it| it.column(id).cloned())).or_else(|| last.cloned().flatten())
    });
    let name = Memo::new(move |_| column.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let data_type = Memo::new(move |_| {
        let found = column.with(|it| it.as_ref().map(|it| it.data_type.clone()));
        found.map(|found| bench.peek(|editor| editor.target().type_text(&found))).unwrap_or_default()
    });
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(object, name));
        }
    });
    let set_type = Callback::new(move |data_type: DataType| bench.change(Change::SetType(table, id, data_type)));
    // Schemas share their tables, so that a copy costs little.
    let types = Callback::new(move |()| bench.peek(|editor| editor.target().clone()));
    let type_id = field_id(object, "type");
    let to_type = {
        let selector = format!("#{type_id}");
        Callback::new(move |()| focus_soon(vec![selector.clone()]))
    };
    // Enter in the last field of a column goes on to the next one.
    let to_next = Callback::new(move |()| {
        let next = ids.with_untracked(|ids| {
            let at = ids.iter().position(|column| *column == id)?;
            ids.get(at + 1).copied()
        });
        if let Some(next) = next {
            focus_soon(vec![format!("#{}", name_id(table, next))]);
        }
    });
    let pressed = move |event: KeyboardEvent| {
        let by = match event.key().as_str() {
            "ArrowUp" => -1,
            "ArrowDown" => 1,
            _ => return,
        };
        if event.alt_key() && !event.default_prevented() {
            event.prevent_default();
            event.stop_propagation();
            move_by(bench, table, id, by, &ids.get_untracked());
        }
    };
    let is_unfolded = move || unfolded.get() == Some(id);
    let toggle = move |_| unfolded.update(|column| *column = if *column == Some(id) { None } else { Some(id) });
    let mark = move || bench.read(Facet::Schema, |editor| editor.pending().item(object).map(|item| item.kind));
    let details_id = field_id(object, "details");
    let has_more = move || {
        column.with(|it| {
            it.as_ref().is_some_and(|it| it.default.is_some() || it.generation.is_some() || it.note.is_some())
        })
    };
    view! {
        <div class="column-item" class:is-unfolded=is_unfolded data-opened=move || (opened.get() == Some(id)).then_some("") role="group" aria-label=move || format!("Column {}", name.get()) on:keydown=pressed>
            <div class="column-row">
                <TextField id=name_id(table, id) label="Name" is_bare=true value=name check=name_problem on_commit=rename on_enter=to_type/>
                <TypeField id=type_id label="Type" value=data_type schema=types on_commit=set_type on_enter=to_next/>
                <Flags table=table id=id of=of/>
                <button
                    type="button"
                    class="icon-button column-more"
                    class:has-more=has_more
                    aria-label=move || format!("More about {}", name.get())
                    title="Default, identity, note, order, delete"
                    aria-expanded=move || is_unfolded().to_string()
                    aria-controls=details_id.clone()
                    on:click=toggle
                >
                    <Icon name="chevron-down"/>
                </button>
                {move || mark().map(|kind| view! { <Mark kind=kind/> })}
            </div>
            <Show when=is_unfolded>
                <Details table=table id=id column=column ids=ids dom_id=details_id.clone()/>
            </Show>
            <Findings object=object/>
            <ColumnSuggestions table=table column=id/>
        </div>
    }
}

/// Moves a column among its neighbours. A row that is moved in the page loses the focus, which is given back.
fn move_by(bench: Workbench, table: TableId, id: ColumnId, by: i32, ids: &[ColumnId]) {
    let at = ids.iter().position(|column| *column == id);
    if at.and_then(|at| at.checked_add_signed(by.try_into().ok()?)).is_none_or(|to| to >= ids.len()) {
        return;
    }
    let focused = dom::focused();
    bench.change(Change::MoveColumn(table, id, by));
    request_animation_frame(move || {
        if let Some(element) = focused.filter(|_| dom::focused().is_none()) {
            dom::focus(&element);
            reveal(&element);
        }
    });
}

/// Primary key, not null, unique.
#[component]
fn Flags(table: TableId, id: ColumnId, of: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let has = move |of_table: fn(&Table, ColumnId) -> bool| {
        Memo::new(move |_| of.with(|it| it.as_ref().is_some_and(|it| of_table(it, id))))
    };
    let is_primary = has(Table::in_primary_key);
    let is_required = has(|table, id| !table.is_nullable(id));
    let is_unique = has(|table, id| table.keys.iter().any(|key| key.kind == KeyKind::Unique && key.columns == [id]));
    let flag = move |label: &'static str,
                     value: Memo<bool>,
                     is_fixed: Signal<bool>,
                     change: fn(TableId, ColumnId, bool) -> Change| {
        let changed = move |event: web_sys::Event| {
            bench.change(change(table, id, event_target_checked(&event)));
            // A change that was refused leaves the box as the model has it.
            leptos::prelude::event_target::<web_sys::HtmlInputElement>(&event).set_checked(value.get_untracked());
        };
        view! {
            <label class="flag" title=label>
                <input
                    type="checkbox"
                    aria-label=label
                    prop:checked=move || value.get()
                    prop:disabled=move || is_fixed.get()
                    on:change=changed
                />
            </label>
        }
    };
    let free = Signal::derive(|| false);
    view! {
        {flag("Primary key", is_primary, free, Change::SetPrimaryKey)}
        {flag("Not null", is_required, is_primary.into(), |table, id, on| Change::SetNullable(table, id, !on))}
        {flag("Unique", is_unique, free, Change::SetUnique)}
    }
}

fn default_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return None;
    }
    Expression::parse(text).err().map(|error| error.message)
}

/// Default, note, order and deletion of a column.
#[component]
fn Details(
    table: TableId,
    id: ColumnId,
    column: Memo<Option<Column>>,
    ids: Memo<Vec<ColumnId>>,
    dom_id: String,
) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Column(table, id);
    let default = Memo::new(move |_| {
        column.with(|it| it.as_ref().and_then(|it| it.default.as_ref().map(ToString::to_string)).unwrap_or_default())
    });
    let note = Memo::new(move |_| column.with(|it| it.as_ref().and_then(|it| it.note.clone()).unwrap_or_default()));
    let set_default = Callback::new(move |text: String| {
        let text = text.trim();
        let default = if text.is_empty() { Ok(None) } else { Expression::parse(text).map(Some) };
        if let Ok(default) = default {
            bench.change(Change::SetDefault(table, id, default));
        }
    });
    let has_note = note.with_untracked(|note| !note.is_empty());
    let place = move || ids.with(|ids| ids.iter().position(|column| *column == id)).unwrap_or_default();
    let shift = move |by: i32, button: &'static str| {
        bench.change(Change::MoveColumn(table, id, by));
        focus_soon(vec![format!("#{}", field_id(object, button))]);
    };
    let remove = move |_| {
        let next = ids.with_untracked(|ids| ids.get(place() + 1).or_else(|| ids.get(place().checked_sub(1)?)).copied());
        bench.change(Change::Drop(vec![object]));
        focus_soon(next.map(|next| format!("#{}", name_id(table, next))).into_iter().collect());
    };
    view! {
        <div class="column-details" id=dom_id>
            <TextField
                id=field_id(object, "default")
                label="Default"
                value=default
                check=default_problem
                on_commit=set_default
                placeholder="none"
                is_code=true
            />
            <ColumnMore table=table id=id column=column/>
            <details class="disclosure" open=has_note>
                <summary>"Note"</summary>
                <NoteField object=object label="Note about the column" value=note/>
            </details>
            <div class="button-row">
                <button
                    type="button" class="icon-button" id=field_id(object, "up") aria-label="Move up" title="Move up"
                    aria-disabled=move || (place() == 0).to_string()
                    on:click=move |_| { if place() > 0 { shift(-1, "up"); } }
                ><Icon name="arrow-up"/></button>
                <button
                    type="button" class="icon-button" id=field_id(object, "down") aria-label="Move down" title="Move down"
                    aria-disabled=move || (place() + 1 >= ids.with(Vec::len)).to_string()
                    on:click=move |_| { if place() + 1 < ids.with_untracked(Vec::len) { shift(1, "down"); } }
                ><Icon name="arrow-down"/></button>
                <span class="muted small">"PostgreSQL keeps its own order"</span>
                <button type="button" class="icon-button button-danger push-end" aria-label="Delete column" title="Delete column" on:click=remove>
                    <Icon name="trash-2"/>
                </button>
            </div>
        </div>
    }
}
