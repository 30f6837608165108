//! Indexes, unique constraints over several columns, and checks of a table.

use super::field_id;
use super::findings::Findings;
use super::options::{IndexMore, KeyMore};
use super::reference::name_problem;
use crate::ui::{ColumnList, Icon, Mark, TextField, focus_soon, reveal_soon};
use crate::workbench::use_workbench;
use editor::{Change, Facet};
use leptos::prelude::*;
use schema::{Check, ColumnId, Expression, Index, IndexId, Key, KeyKind, Name, ObjectId, Table, TableId};

/// A heading with a button that adds, a list, and the form that the button opens.
#[component]
fn Section(
    id: &'static str,
    title: &'static str,
    add: &'static str,
    #[prop(into)] count: Signal<usize>,
    is_adding: RwSignal<bool>,
    children: Children,
) -> impl IntoView {
    let begin = move |_| {
        is_adding.set(true);
        focus_soon(vec![format!("#{id}-form select, #{id}-form input")]);
        reveal_soon(format!("#{id}-form"));
    };
    view! {
        <section class="panel-section" aria-labelledby=format!("{id}-heading")>
            <div class="section-head">
                <h3 id=format!("{id}-heading")>{title} " " <span class="count">{move || count.get()}</span></h3>
                <button type="button" id=format!("{id}-add") class="button button-ghost button-small" on:click=begin>
                    <Icon name="plus"/>{add}
                </button>
            </div>
            {children()}
        </section>
    }
}

/// Add and Cancel under a form.
#[component]
fn FormButtons(
    id: &'static str,
    is_adding: RwSignal<bool>,
    #[prop(into)] can_add: Signal<bool>,
    on_add: Callback<()>,
) -> impl IntoView {
    let close = move || {
        is_adding.set(false);
        focus_soon(vec![format!("#{id}-add")]);
    };
    let add = move |_| {
        on_add.run(());
        close();
    };
    view! {
        <div class="button-row">
            <button type="button" class="button" prop:disabled=move || !can_add.get() on:click=add><Icon name="check"/>"Add"</button>
            <button type="button" class="button button-ghost" on:click=move |_| close()>"Cancel"</button>
        </div>
    }
}

fn escape_closes(event: &web_sys::KeyboardEvent, is_adding: RwSignal<bool>, id: &str) {
    if event.key() == "Escape" && !event.default_prevented() {
        event.prevent_default();
        event.stop_propagation();
        is_adding.set(false);
        focus_soon(vec![format!("#{id}-add")]);
    }
}

fn or_empty(table: Signal<Option<Table>>) -> Signal<Table> {
    let last = StoredValue::new(table.get_untracked());
    Signal::derive(move || {
        let now = table.get().or_else(|| last.get_value());
        now.unwrap_or_else(no_table)
    })
}

fn no_table() -> Table {
    Table {
        id: TableId::from_u128(0),
        namespace: schema::NamespaceId::from_u128(0),
        name: Name::derive(&[], "table"),
        note: None,
        columns: Vec::new(),
        keys: Vec::new(),
        checks: Vec::new(),
        indexes: Vec::new(),
        options: Default::default(),
        group: None,
    }
}

/// A name that can be changed, a button to delete, and what is wrong.
#[component]
fn PartHead(object: ObjectId, #[prop(into)] name: Signal<String>, children: Children) -> impl IntoView {
    let bench = use_workbench();
    let rename = Callback::new(move |text: String| {
        if let Ok(name) = Name::parse(&text) {
            bench.change(Change::Rename(object, name));
        }
    });
    let mark = move || bench.read(Facet::Schema, |editor| editor.pending().item(object).map(|item| item.kind));
    view! {
        <li><div class="part" role="group" aria-label=move || name.get()>
            <div class="field-row">
                <TextField id=field_id(object, "name") label="Name" is_bare=true is_code=true value=name check=name_problem on_commit=rename/>
                {move || mark().map(|kind| view! { <Mark kind=kind/> })}
                <button
                    type="button"
                    class="icon-button"
                    aria-label=move || format!("Delete {}", name.get())
                    title="Delete"
                    on:click=move |_| bench.change(Change::Drop(vec![object]))
                >
                    <Icon name="trash-2"/>
                </button>
            </div>
            {children()}
            <Findings object=object/>
        </div></li>
    }
}

/// Indexes that back no key.
#[component]
pub(super) fn Indexes(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let is_adding = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<ColumnId>::new());
    let unique = RwSignal::new(false);
    let of = or_empty(table);
    let ids = Memo::new(move |_| of.with(|table| table.indexes.iter().map(|index| index.id).collect::<Vec<_>>()));
    let add = Callback::new(move |()| {
        bench.change(Change::AddIndex(id, chosen.get_untracked(), unique.get_untracked()));
        chosen.set(Vec::new());
        unique.set(false);
    });
    view! {
        <Section id="indexes" title="Indexes" add="Add index" count=Signal::derive(move || ids.with(Vec::len)) is_adding=is_adding>
            <ul class="part-list">
                <For each=move || ids.get() key=|index| *index children=move |index| view! { <IndexItem table=id id=index of=of/> }/>
            </ul>
            <Show when=move || is_adding.get()>
                <div class="part-form" id="indexes-form" role="group" aria-label="New index" on:keydown=move |event| escape_closes(&event, is_adding, "indexes")>
                    <ColumnList
                        id="new-index-column"
                        label="the new index"
                        table=of
                        chosen=chosen
                        on_change=Callback::new(move |columns| chosen.set(columns))
                    />
                    <label class="check">
                        <input type="checkbox" prop:checked=move || unique.get() on:change=move |event| unique.set(event_target_checked(&event))/>
                        "Unique"
                    </label>
                    <FormButtons id="indexes" is_adding=is_adding can_add=Signal::derive(move || chosen.with(|it| !it.is_empty())) on_add=add/>
                </div>
            </Show>
        </Section>
    }
}

#[component]
fn IndexItem(table: TableId, id: IndexId, of: Signal<Table>) -> impl IntoView {
    let bench = use_workbench();
    let index = Memo::new(move |last: Option<&Option<Index>>| {
        let now = of.with(|table| table.indexes.iter().find(|index| index.id == id).cloned());
        now.or_else(|| last.cloned().flatten())
    });
    let name = Memo::new(move |_| index.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
    let columns = Memo::new(move |_| index.with(|it| it.as_ref().map(|it| it.columns()).unwrap_or_default()));
    let unique = Memo::new(move |_| index.with(|it| it.as_ref().is_some_and(|it| it.unique)));
    let set = move |columns: Vec<ColumnId>, unique: bool| bench.change(Change::SetIndex(table, id, columns, unique));
    let label = format!("index {}", name.get_untracked());
    view! {
        <PartHead object=ObjectId::Index(table, id) name=name>
            <div class="part-row"><ColumnList
                id=field_id(ObjectId::Index(table, id), "columns")
                label=label
                table=of
                chosen=columns
                on_change=Callback::new(move |columns| set(columns, unique.get_untracked()))
            />
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || unique.get()
                    on:change=move |event| set(columns.get_untracked(), event_target_checked(&event))
                />
                "Unique"
            </label></div>
            <IndexMore table=table id=id of=of index=index/>
        </PartHead>
    }
}

/// Unique constraints; those over one column are also the column's own mark.
#[component]
pub(super) fn Uniques(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let is_adding = RwSignal::new(false);
    let chosen = RwSignal::new(Vec::<ColumnId>::new());
    let of = or_empty(table);
    let keys = Memo::new(move |_| {
        of.with(|table| {
            let unique = table.keys.iter().filter(|key| key.kind == KeyKind::Unique);
            unique.map(|key| key.id).collect::<Vec<_>>()
        })
    });
    let add = Callback::new(move |()| {
        bench.change(Change::AddKey(id, chosen.get_untracked()));
        chosen.set(Vec::new());
    });
    let item = move |key: schema::KeyId| {
        let found = Memo::new(move |last: Option<&Option<Key>>| {
            let now = of.with(|table| table.keys.iter().find(|other| other.id == key).cloned());
            now.or_else(|| last.cloned().flatten())
        });
        let name = Memo::new(move |_| found.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
        let columns = move || {
            let names = found.with(|it| it.as_ref().map(|it| it.columns.clone()).unwrap_or_default());
            of.with(|table| {
                let names = names.iter().filter_map(|id| table.column(*id)).map(|column| column.name.to_string());
                names.collect::<Vec<_>>().join(", ")
            })
        };
        view! { <PartHead object=ObjectId::Key(id, key) name=name>
            <p class="mono muted">"(" {columns} ")"</p>
            <KeyMore table=id id=key of=of key=found/>
        </PartHead> }
    };
    view! {
        <Section id="uniques" title="Unique constraints" add="Add unique" count=Signal::derive(move || keys.with(Vec::len)) is_adding=is_adding>
            <ul class="part-list"><For each=move || keys.get() key=|key| *key children=item/></ul>
            <Show when=move || is_adding.get()>
                <div class="part-form" id="uniques-form" role="group" aria-label="New unique constraint" on:keydown=move |event| escape_closes(&event, is_adding, "uniques")>
                    <ColumnList
                        id="new-unique-column"
                        label="the new unique constraint"
                        table=of
                        chosen=chosen
                        on_change=Callback::new(move |columns| chosen.set(columns))
                    />
                    <FormButtons id="uniques" is_adding=is_adding can_add=Signal::derive(move || chosen.with(|it| !it.is_empty())) on_add=add/>
                </div>
            </Show>
        </Section>
    }
}

fn check_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("say what must hold, such as price >= 0".to_owned());
    }
    Expression::parse(text).err().map(|error| error.message)
}

/// Check constraints.
#[component]
pub(super) fn Checks(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let is_adding = RwSignal::new(false);
    let of = or_empty(table);
    let checks = Memo::new(move |_| of.with(|table| table.checks.iter().map(|check| check.id).collect::<Vec<_>>()));
    let add = Callback::new(move |text: String| {
        if let Ok(expression) = Expression::parse(&text) {
            bench.change(Change::AddCheck(id, expression));
            is_adding.set(false);
            focus_soon(vec!["#checks-add".to_owned()]);
        }
    });
    let item = move |check: schema::CheckId| {
        let found = Memo::new(move |last: Option<&Option<Check>>| {
            let now = of.with(|table| table.checks.iter().find(|other| other.id == check).cloned());
            now.or_else(|| last.cloned().flatten())
        });
        let name = Memo::new(move |_| found.with(|it| it.as_ref().map(|it| it.name.to_string()).unwrap_or_default()));
        let text =
            Memo::new(move |_| found.with(|it| it.as_ref().map(|it| it.expression.to_string()).unwrap_or_default()));
        let set = Callback::new(move |text: String| {
            if let Ok(expression) = Expression::parse(&text) {
                bench.change(Change::SetCheck(id, check, expression));
            }
        });
        let object = ObjectId::Check(id, check);
        view! {
            <PartHead object=object name=name>
                <TextField id=field_id(object, "expression") label="Must hold" is_bare=true is_code=true value=text check=check_problem on_commit=set/>
            </PartHead>
        }
    };
    view! {
        <Section id="checks" title="Checks" add="Add check" count=Signal::derive(move || checks.with(Vec::len)) is_adding=is_adding>
            <ul class="part-list"><For each=move || checks.get() key=|check| *check children=item/></ul>
            <Show when=move || is_adding.get()>
                <div class="part-form" id="checks-form" role="group" aria-label="New check" on:keydown=move |event| escape_closes(&event, is_adding, "checks")>
                    <TextField
                        id="new-check"
                        label="What must hold for every row"
                        value=Signal::derive(String::new)
                        check=check_problem
                        on_commit=add
                        placeholder="price >= 0"
                        is_code=true
                    />
                    <p class="field-hint">"Enter adds it."</p>
                </div>
            </Show>
        </Section>
    }
}
