//! Queries that read tables together, to be copied: of the tables that are selected, and of the ends of one reference.

use crate::ui::{CopyButton, Modal};
use crate::workbench::{Overlay, use_workbench};
use advise::Join;
use leptos::prelude::*;

/// The dialog with the ways to join the selected tables; shown while the workbench's overlay is that.
#[component]
pub fn JoinDialog() -> impl IntoView {
    let bench = use_workbench();
    let is_open = Memo::new(move |_| bench.overlay.with(|overlay| *overlay == Some(Overlay::Join)));
    let closed = Callback::new(move |()| bench.overlay.set(None));
    move || is_open.get().then(|| view! { <Modal title="Copy JOIN" class="join" on_close=closed><Body/></Modal> })
}

#[component]
fn Body() -> impl IntoView {
    let bench = use_workbench();
    // Nothing else is selected while the dialog is open.
    let (names, ways) = bench.peek(|editor| {
        let tables = editor.tables_to_join();
        let label = |table: &_| editor.seen().table(*table).map(|table| editor.seen().display_name(table));
        (tables.iter().filter_map(label).collect::<Vec<_>>(), advise::join(editor.seen(), &tables))
    });
    let chosen = RwSignal::new(0_usize);
    let names = match names.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    };
    if ways.is_empty() {
        return view! {
            <div class="dialog-body">
                <p>{format!("References do not connect {names}.")}</p>
                <p class="muted">"Close this, and press " <kbd>"R"</kbd> " to add one."</p>
            </div>
        }
        .into_any();
    }
    let count = ways.len();
    let option = |(at, way): (usize, &Join)| view! { <option value=at.to_string()>{way.title.clone()}</option> };
    let options = ways.iter().enumerate().map(option).collect_view();
    let choose = move |event| chosen.set(event_target_value(&event).parse().unwrap_or_default());
    let choice = (count > 1).then(|| {
        view! {
            <div class="field">
                <label for="join-way">{format!("Over one of {count} ways, the shortest first")}</label>
                <select id="join-way" class="select" on:change=choose>{options}</select>
            </div>
        }
    });
    let way = Memo::new(move |_| ways.get(chosen.get()).cloned());
    view! {
        <div class="dialog-body">
            <p class="muted">{format!("Rows of {names}, by the references between them.")}</p>
            {choice}
            {move || way.get().map(|join| view! { <Queries join/> })}
        </div>
    }
    .into_any()
}

/// The queries of one way.
#[component]
pub fn Queries(join: Join) -> impl IntoView {
    let counts = join.counts.into_iter().map(|count| {
        let title = format!("Number of {}", count.title);
        view! { <Sql title text=count.sql/> }
    });
    view! {
        <Sql title="Row by row".to_owned() text=join.rows/>
        {counts.collect_view()}
    }
}

#[component]
fn Sql(title: String, text: String) -> impl IntoView {
    view! {
        <div class="join-query">
            <p class="field-label">{title.clone()}</p>
            <div class="code-box">
                <pre class="code" tabindex="0" aria-label=title>{text.clone()}</pre>
                <CopyButton text=Signal::stored(text) icon_label="Copy SQL" otherwise="select the text instead"/>
            </div>
        </div>
    }
}
