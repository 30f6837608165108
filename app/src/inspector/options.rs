//! What most objects have not: methods, predicates, deferral, generated values. Folded away until somebody looks for it.

use super::field_id;
use crate::ui::{ColumnList, TextField};
use crate::workbench::use_workbench;
use edit::Attribute;
use editor::{Change, Facet};
use leptos::prelude::*;
use schema::{
    Column, ColumnId, Deferral, Expression, Formula, Generation, Index, IndexId, Key, KeyId, Name, ObjectId,
    QualifiedName, Reference, ReferenceId, Table, TableId, TableOptions, parse_parts, parts_text,
};

/// A box to tick.
#[component]
pub(super) fn Tick(label: &'static str, #[prop(into)] value: Signal<bool>, on_change: Callback<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=move || value.get() on:change=move |event| on_change.run(event_target_checked(&event))/>
            {label}
        </label>
    }
}

/// One of several words.
#[component]
fn Choice(
    id: String,
    label: &'static str,
    options: Vec<(&'static str, &'static str)>,
    #[prop(into)] value: Signal<String>,
    on_change: Callback<String>,
) -> impl IntoView {
    let option = move |(key, words): (&'static str, &'static str)| {
        view! { <option value=key prop:selected=move || value.get() == key>{words}</option> }
    };
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id class="select" on:change=move |event| on_change.run(event_target_value(&event))>
                {options.into_iter().map(option).collect_view()}
            </select>
        </div>
    }
}

const DEFERRALS: [(&str, &str); 3] =
    [("never", "At once"), ("deferrable", "At once, may be deferred"), ("deferred", "At the end of the transaction")];

fn deferral_key(deferral: Deferral) -> String {
    match deferral {
        Deferral::Never => "never",
        Deferral::Deferrable => "deferrable",
        Deferral::Deferred => "deferred",
    }
    .to_owned()
}

fn deferral_of(key: &str) -> Deferral {
    match key {
        "deferrable" => Deferral::Deferrable,
        "deferred" => Deferral::Deferred,
        _ => Deferral::Never,
    }
}

fn expression_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() { None } else { Expression::parse(text).err().map(|error| error.message) }
}

/// Columns that an index keeps beside its entries.
#[component]
fn Included(
    object: ObjectId,
    of: Signal<Table>,
    chosen: Memo<Vec<ColumnId>>,
    on_change: Callback<Vec<ColumnId>>,
) -> impl IntoView {
    let bench = use_workbench();
    let name = bench.peek(|editor| editor.target().label(object).unwrap_or_default());
    view! {
        <div class="field">
            <label for=field_id(object, "include")>"Included columns"</label>
            <ColumnList
                id=field_id(object, "include")
                label=format!("the included columns of {name}")
                table=of
                chosen=chosen
                on_change=on_change
            />
        </div>
    }
}

/// The access methods that PostgreSQL comes with.
const METHODS: [(&str, &str); 6] =
    [("", "B-tree"), ("hash", "Hash"), ("gin", "GIN"), ("gist", "GiST"), ("spgist", "SP-GiST"), ("brin", "BRIN")];

/// Parts with their order, method, rows and NULLs of an index.
#[component]
pub(super) fn IndexMore(table: TableId, id: IndexId, of: Signal<Table>, index: Memo<Option<Index>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Index(table, id);
    let set = move |attribute| bench.change(Change::Set(object, attribute));
    let change = move |change: &dyn Fn(&mut schema::IndexOptions)| {
        if let Some(mut options) = index.with_untracked(|it| it.as_ref().map(|it| it.options.clone())) {
            change(&mut options);
            set(Attribute::IndexOptions(Box::new(options)));
        }
    };
    let parts = Memo::new(move |_| {
        index.with(|it| it.as_ref().map(|it| of.with(|table| parts_text(&it.parts, table))).unwrap_or_default())
    });
    let parsed = move |text: &str| {
        let before = index.with_untracked(|it| it.as_ref().map(|it| it.parts.clone()).unwrap_or_default());
        of.with_untracked(|table| parse_parts(text, table, &before))
    };
    let set_parts = Callback::new(move |text: String| {
        if let Ok(parts) = parsed(&text) {
            set(Attribute::Parts(parts));
        }
    });
    let method = Signal::derive(move || {
        index.with(|it| it.as_ref().and_then(|it| it.options.method.as_ref().map(Name::to_string)).unwrap_or_default())
    });
    let predicate = Memo::new(move |_| {
        let found = index.with(|it| it.as_ref().and_then(|it| it.options.predicate.clone()));
        found.map(|it| of.with(|table| it.in_table(table).to_string())).unwrap_or_default()
    });
    let set_predicate = Callback::new(move |text: String| {
        let parsed = if text.trim().is_empty() { Ok(None) } else { Expression::parse(&text).map(Some) };
        if let Ok(expression) = parsed {
            let formula = of.with_untracked(|table| expression.map(|it| Formula::bind(&it, table)));
            change(&|options| options.predicate.clone_from(&formula));
        }
    });
    let include =
        Memo::new(move |_| index.with(|it| it.as_ref().map(|it| it.options.include.clone()).unwrap_or_default()));
    let set_include =
        Callback::new(move |columns: Vec<ColumnId>| change(&|options| options.include.clone_from(&columns)));
    let nulls = Signal::derive(move || index.with(|it| it.as_ref().is_some_and(|it| it.options.nulls_not_distinct)));
    let unique = Memo::new(move |_| index.with(|it| it.as_ref().is_some_and(|it| it.unique)));
    let is_plain = index.with_untracked(|it| {
        it.as_ref().is_some_and(|it| it.plain_columns().is_some() && it.options == schema::IndexOptions::default())
    });
    view! {
        <details class="disclosure" open=!is_plain>
            <summary>"Order, expressions, method, rows"</summary>
            <div class="more">
                <TextField
                    id=field_id(object, "parts")
                    label="Columns and expressions"
                    value=parts
                    check=move |text: &str| parsed(text).err()
                    on_commit=set_parts
                    placeholder="lower(email), created_at desc"
                    is_code=true
                />
                <p class="field-hint">"Behind each of them, as in SQL: " <code>"collate \"C\" text_pattern_ops desc nulls last"</code></p>
                <Choice
                    id=field_id(object, "method")
                    label="Method"
                    options=METHODS.to_vec()
                    value=method
                    on_change=Callback::new(move |key: String| change(&|options| options.method = Name::parse(&key).ok()))
                />
                <TextField
                    id=field_id(object, "where")
                    label="Only rows where"
                    value=predicate
                    check=expression_problem
                    on_commit=set_predicate
                    placeholder="all rows"
                    is_code=true
                />
                <Included object=object of=of chosen=include on_change=set_include/>
                <Show when=move || unique.get()>
                    <Tick label="NULL equals NULL" value=nulls on_change=Callback::new(move |on| change(&|options| options.nulls_not_distinct = on))/>
                </Show>
            </div>
        </details>
    }
}

/// When a key is checked, whether NULL counts, and what its index has beside.
#[component]
pub(super) fn KeyMore(table: TableId, id: KeyId, of: Signal<Table>, key: Memo<Option<Key>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Key(table, id);
    let change = move |change: &dyn Fn(&mut schema::KeyOptions)| {
        if let Some(mut options) = key.with_untracked(|it| it.as_ref().map(|it| it.options.clone())) {
            change(&mut options);
            bench.change(Change::Set(object, Attribute::KeyOptions(Box::new(options))));
        }
    };
    let include =
        Memo::new(move |_| key.with(|it| it.as_ref().map(|it| it.options.include.clone()).unwrap_or_default()));
    let set_include =
        Callback::new(move |columns: Vec<ColumnId>| change(&|options| options.include.clone_from(&columns)));
    let nulls = Signal::derive(move || key.with(|it| it.as_ref().is_some_and(|it| it.options.nulls_not_distinct)));
    let deferral = Signal::derive(move || {
        deferral_key(key.with(|it| it.as_ref().map(|it| it.options.deferral).unwrap_or_default()))
    });
    let is_plain = key.with_untracked(|it| it.as_ref().is_some_and(|it| it.options == schema::KeyOptions::default()));
    view! {
        <details class="disclosure" open=!is_plain>
            <summary>"NULLs, included columns, when it is checked"</summary>
            <div class="more">
                <Included object=object of=of chosen=include on_change=set_include/>
                <Tick label="NULL equals NULL" value=nulls on_change=Callback::new(move |on| change(&|options| options.nulls_not_distinct = on))/>
                <Choice
                    id=field_id(object, "deferral")
                    label="Checked"
                    options=DEFERRALS.to_vec()
                    value=deferral
                    on_change=Callback::new(move |key: String| change(&|options| options.deferral = deferral_of(&key)))
                />
            </div>
        </details>
    }
}

/// When a reference is checked, and of what.
#[component]
pub(super) fn ReferenceMore(id: ReferenceId, reference: Memo<Option<Reference>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Reference(id);
    let change = move |change: &dyn Fn(&mut schema::ReferenceOptions)| {
        if let Some(mut options) = reference.with_untracked(|it| it.as_ref().map(|it| it.options.clone())) {
            change(&mut options);
            bench.change(Change::Set(object, Attribute::ReferenceOptions(options)));
        }
    };
    let options = move || reference.with(|it| it.as_ref().map(|it| it.options.clone()).unwrap_or_default());
    let match_full = Signal::derive(move || options().match_full);
    let not_valid = Signal::derive(move || options().not_valid);
    let deferral = Signal::derive(move || deferral_key(options().deferral));
    let is_composite = Memo::new(move |_| reference.with(|it| it.as_ref().is_some_and(|it| it.pairs.len() > 1)));
    let is_plain = options() == schema::ReferenceOptions::default();
    view! {
        <details class="disclosure" open=!is_plain>
            <summary>"When it is checked"</summary>
            <div class="more">
                <Choice
                    id=field_id(object, "deferral")
                    label="Checked"
                    options=DEFERRALS.to_vec()
                    value=deferral
                    on_change=Callback::new(move |key: String| change(&|options| options.deferral = deferral_of(&key)))
                />
                <Show when=move || is_composite.get()>
                    <Tick label="All of its columns are NULL, or none (MATCH FULL)" value=match_full on_change=Callback::new(move |on| change(&|options| options.match_full = on))/>
                </Show>
                <Tick label="Rows that are there already may break it (NOT VALID)" value=not_valid on_change=Callback::new(move |on| change(&|options| options.not_valid = on))/>
            </div>
        </details>
    }
}

const FILLED: [(&str, &str); 4] = [
    ("", "By who inserts it, or the default"),
    ("always", "Numbered, always (identity)"),
    ("by_default", "Numbered, unless a number is given (identity)"),
    ("stored", "Worked out from other columns"),
];

fn collation_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() { None } else { QualifiedName::parse_collation(text).err() }
}

/// By which language the texts of a column are compared; not shown of what is no text.
#[component]
fn Collation(table: TableId, id: ColumnId, column: Memo<Option<Column>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Column(table, id);
    let collation = Memo::new(move |_| {
        let found = column.with(|it| it.as_ref().and_then(|it| it.collation.clone()));
        found.map(|it| it.collation_text()).unwrap_or_default()
    });
    let is_shown = Memo::new(move |_| {
        let data_type = column.with(|it| it.as_ref().map(|it| it.data_type.clone()));
        let is_text = |data_type| bench.read(Facet::Schema, |editor| editor.target().is_collatable(&data_type));
        !collation.with(String::is_empty) || data_type.is_some_and(is_text)
    });
    let set = Callback::new(move |text: String| {
        let parsed = if text.trim().is_empty() { Ok(None) } else { QualifiedName::parse_collation(&text).map(Some) };
        if let Ok(collation) = parsed {
            bench.change(Change::Set(object, Attribute::Collation(collation)));
        }
    });
    view! {
        <Show when=move || is_shown.get()>
            <TextField
                id=field_id(object, "collation")
                label="Collation"
                value=collation
                check=collation_problem
                on_commit=set
                placeholder="the database's own, or C, de-x-icu"
                is_code=true
            />
        </Show>
    }
}

/// Where the values of a column come from, and how its texts are compared.
#[component]
pub(super) fn ColumnMore(table: TableId, id: ColumnId, column: Memo<Option<Column>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Column(table, id);
    let set = move |generation| bench.change(Change::Set(object, Attribute::Generation(generation)));
    // Chosen, and of what is not said yet.
    let is_begun = RwSignal::new(false);
    let generation = Memo::new(move |_| column.with(|it| it.as_ref().and_then(|it| it.generation.clone())));
    let filled = Signal::derive(move || {
        match generation.get() {
            Some(Generation::Stored(_) | Generation::Virtual(_)) => "stored",
            _ if is_begun.get() => "stored",
            Some(Generation::AlwaysIdentity) => "always",
            Some(Generation::DefaultIdentity) => "by_default",
            None => "",
        }
        .to_owned()
    });
    let choose = Callback::new(move |key: String| {
        is_begun.set(key == "stored");
        match key.as_str() {
            "always" => set(Some(Generation::AlwaysIdentity)),
            "by_default" => set(Some(Generation::DefaultIdentity)),
            "stored" => crate::ui::focus_soon(vec![format!("#{}", field_id(object, "generated"))]),
            _ => set(None),
        }
    });
    let formula = Memo::new(move |_| {
        let found = generation.get().and_then(|it| it.formula().cloned());
        let text = |formula: Formula| {
            let table = bench.read(Facet::Schema, |editor| editor.target().table(table).cloned())?;
            Some(formula.in_table(&table).to_string())
        };
        found.and_then(text).unwrap_or_default()
    });
    let set_formula = Callback::new(move |text: String| {
        let Ok(expression) = Expression::parse(&text) else { return };
        let bound = bench.peek(|editor| editor.target().table(table).map(|it| Formula::bind(&expression, it)));
        let is_virtual = matches!(generation.get_untracked(), Some(Generation::Virtual(_)));
        if let Some(bound) = bound {
            set(Some(if is_virtual { Generation::Virtual(bound) } else { Generation::Stored(bound) }));
            is_begun.set(false);
        }
    });
    let is_worked_out = Memo::new(move |_| filled.get() == "stored");
    view! {
        <Choice id=field_id(object, "filled") label="Filled in" options=FILLED.to_vec() value=filled on_change=choose/>
        <Show when=move || is_worked_out.get()>
            <TextField
                id=field_id(object, "generated")
                label="Worked out as"
                value=formula
                check=expression_problem
                on_commit=set_formula
                placeholder="price * quantity"
                is_code=true
            />
        </Show>
        <Collation table=table id=id column=column/>
    }
}

fn alias_problem(text: &str) -> Option<String> {
    if text.trim().is_empty() { None } else { super::reference::name_problem(text) }
}

/// Colours of heads, as DBML writes them, each with its name. Each is drawn in another of the picture's own.
const COLORS: [(&str, &str); 9] = [
    ("", "none"),
    ("#4a6fd4", "Blue"),
    ("#1f8a99", "Teal"),
    ("#2f8f5b", "Green"),
    ("#6f8a1f", "Olive"),
    ("#b07a1e", "Amber"),
    ("#bb5a33", "Rust"),
    ("#b8447a", "Pink"),
    ("#8150c0", "Violet"),
];

/// One of the colours that are offered, or one that came with a text.
#[component]
pub(super) fn ColorChoice(
    /// Unique on the page.
    id: &'static str,
    /// Its name.
    label: &'static str,
    /// The colour; empty for none.
    value: Signal<String>,
    /// Told of another, or of none.
    on_choose: Callback<Option<String>>,
) -> impl IntoView {
    let colors = move || {
        let mut colors: Vec<(String, String)> =
            COLORS.iter().map(|(key, words)| ((*key).to_owned(), (*words).to_owned())).collect();
        let own = value.get();
        if !COLORS.iter().any(|(key, _)| *key == own) {
            colors.push((own.clone(), own));
        }
        let option = |(key, words): (String, String)| {
            let is_chosen = value.get() == key;
            view! { <option value=key prop:selected=is_chosen>{words}</option> }
        };
        colors.into_iter().map(option).collect_view()
    };
    let changed = move |event: web_sys::Event| {
        on_choose.run(Some(event_target_value(&event)).filter(|chosen| !chosen.is_empty()));
    };
    view! {
        <div class="field">
            <label for=id>{label}</label>
            <select id=id class="select" on:change=changed>{colors}</select>
        </div>
    }
}

/// Alias, colour and durability of a table.
#[component]
pub(super) fn TableMore(id: TableId, table: Signal<Option<Table>>) -> impl IntoView {
    let bench = use_workbench();
    let object = ObjectId::Table(id);
    let options = move || table.with(|it| it.as_ref().map(|it| it.options.clone()).unwrap_or_default());
    let change = move |change: &dyn Fn(&mut TableOptions)| {
        let mut options = untrack(options);
        change(&mut options);
        bench.change(Change::Set(object, Attribute::TableOptions(Box::new(options))));
    };
    let alias = Memo::new(move |_| options().alias.map(|alias| alias.to_string()).unwrap_or_default());
    let color = Signal::derive(move || options().color.unwrap_or_default());
    let unlogged = Signal::derive(move || options().unlogged);
    let is_plain = untrack(options) == TableOptions::default();
    view! {
        <details class="disclosure" open=!is_plain>
            <summary>"Alias, colour, durability"</summary>
            <div class="more">
                <div class="field-halves">
                    <TextField
                        id="table-alias"
                        label="Alias in DBML"
                        value=alias
                        check=alias_problem
                        on_commit=Callback::new(move |text: String| change(&|options| options.alias = Name::parse(&text).ok()))
                        placeholder="none"
                        is_code=true
                    />
                    <ColorChoice
                        id="table-color"
                        label="Colour"
                        value=color
                        on_choose=Callback::new(move |chosen: Option<String>| change(&|options| options.color.clone_from(&chosen)))
                    />
                </div>
                <Tick label="Lost in a crash, and faster to write (UNLOGGED)" value=unlogged on_change=Callback::new(move |on| change(&|options| options.unlogged = on))/>
            </div>
        </details>
    }
}
