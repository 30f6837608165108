//! The left panel: everything in the schema as an outline, all references and types, the text, and what is wrong.

mod annotations;
mod outline;
mod references;
mod suggested;
mod tree;
mod types;
mod window;

pub(crate) use outline::ends;

use crate::later::{Later, Part};
use crate::platform::dom;
use crate::suggestion;
use crate::ui::tabs::tab_id;
use crate::ui::{Icon, Tab, TabList, focus_soon};
use crate::workbench::{Workbench, use_workbench};
use annotations::Annotations;
use editor::{Announcement, Change, Facet, Input};
use leptos::html;
use leptos::prelude::*;
use references::References;
use schema::{Name, ObjectId};
use tree::Tree;
use types::{AddTypeButtons, Types};

const TABS: &str = "sidebar";
/// The tab with all tables.
pub const TABLES: usize = 0;
/// The tab with all references, and those that are suggested.
const REFERENCES: usize = 1;
/// The tab with enums and domains.
const TYPES: usize = 2;
/// The tab with the text beside the drawing.
pub const TEXT: usize = 3;
/// The tab with what is wrong.
pub const PROBLEMS: usize = 4;

/// Goes to the references that are suggested.
pub fn show_suggested(bench: Workbench) {
    bench.sidebar.set(REFERENCES);
    bench.has_drawer.set(dom::is_narrow());
    let selectors = [".suggested-main", "#suggested-title"].map(str::to_owned);
    focus_soon(selectors.into_iter().chain([format!("#{}", tab_id(TABS, REFERENCES))]).collect());
    if bench.peek(|editor| !editor.may_edit() || editor.suggestions().next().is_none()) {
        bench.announce(Announcement::note("No reference is suggested"));
    }
}

/// Goes to the text beside the drawing, or back from it to the tables. In a narrow window the panel comes and goes with it.
pub fn toggle_text(bench: Workbench) {
    toggle(bench, TEXT, vec!["#text-field".to_owned()]);
}

/// Goes to a tab and to the first of these elements, or back to the tables and to the canvas.
pub fn toggle(bench: Workbench, tab: usize, selectors: Vec<String>) {
    let is_narrow = dom::is_narrow();
    let is_seen = bench.has_drawer.get_untracked() || !is_narrow;
    if bench.sidebar.get_untracked() == tab && is_seen {
        bench.sidebar.set(TABLES);
        bench.has_drawer.set(false);
        focus_soon(vec!["#canvas".to_owned()]);
    } else {
        bench.sidebar.set(tab);
        bench.has_drawer.set(is_narrow);
        focus_soon(selectors);
    }
}

/// Tables, references and types of the open diagram, with search.
#[component]
pub fn Sidebar() -> impl IntoView {
    let bench = use_workbench();
    let query = RwSignal::new(String::new());
    let chosen = bench.sidebar;
    Effect::new(move || suggestion::recall(bench));
    let tables = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.seen().tables.len()));
    let references = Memo::new(move |_| bench.read(Facet::Schema, |editor| editor.seen().references.len()));
    let problems = Memo::new(move |_| bench.problems.count());
    let tabs = vec![
        Tab::counted("Tables", tables),
        Tab::counted("Refs", references),
        Tab::plain("Types"),
        Tab::plain("DBML"),
        Tab::with_icon("Problems", "triangle-alert", problems),
    ];
    let is_outline = move || ![TEXT, PROBLEMS].contains(&chosen.get());
    let list = move || match chosen.get() {
        TABLES => view! { <Tree query=query/><Annotations query=query/> }.into_any(),
        TYPES => view! { <Types query=query/> }.into_any(),
        TEXT | PROBLEMS => ().into_any(),
        _ => view! { <References query=query/> }.into_any(),
    };
    // Once it has been there, the text stays with what was done in it.
    let has_text = Memo::new(move |had: Option<&bool>| had == Some(&true) || chosen.get() == TEXT);
    view! {
        <nav class="sidebar" aria-label="Schema">
            <div class="sidebar-head">
                <TabList id=TABS label="Schema" tabs=tabs chosen=chosen/>
                <Show when=is_outline><Search query=query/></Show>
            </div>
            <div
                class="sidebar-panel"
                role="tabpanel"
                id=format!("{TABS}-panel")
                aria-labelledby=move || tab_id(TABS, chosen.get())
            >
                {list}
                <Show when=move || has_text.get()><Later part=Part::Text/></Show>
                <Later part=Part::Problems/>
            </div>
            <Show when=move || is_outline() && bench.read(Facet::Schema, |editor| editor.exhibit().is_none())>
                <div class="sidebar-foot">
                    {move || match chosen.get() {
                        TABLES => view! { <AddButtons/> }.into_any(),
                        TYPES => view! { <AddTypeButtons/> }.into_any(),
                        _ => view! { <AddReferenceButton/> }.into_any(),
                    }}
                </div>
            </Show>
        </nav>
    }
}

#[component]
fn Search(query: RwSignal<String>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let clear = move || {
        query.set(String::new());
        if let Some(input) = input.get_untracked() {
            input.set_value("");
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.key() == "Escape" && query.with_untracked(|query| !query.is_empty()) {
            event.prevent_default();
            event.stop_propagation();
            clear();
        }
    };
    view! {
        <div class="search">
            <Icon name="search"/>
            <input
                class="input"
                type="search"
                aria-label="Search tables, columns, refs and types"
                placeholder="Search tables, columns, refs, types"
                autocomplete="off"
                spellcheck="false"
                node_ref=input
                on:input=move |event| query.set(event_target_value(&event))
                on:keydown=pressed
            />
        </div>
    }
}

#[component]
fn AddButtons() -> impl IntoView {
    let bench = use_workbench();
    let names_schema = RwSignal::new(false);
    let add_table = move |_| bench.change(Change::AddTable { name: None, at: None });
    let ask = move |_| {
        names_schema.set(true);
        focus_soon(vec!["#new-schema-name".to_owned()]);
    };
    view! {
        <Show when=move || names_schema.get() fallback=|| ()>
            <NewSchema is_open=names_schema/>
        </Show>
        <div class="button-row" hidden=move || !bench.may_edit.get()>
            <button type="button" class="button" on:click=add_table><Icon name="plus"/>"New table"</button>
            <button type="button" class="button button-ghost" id="new-schema" on:click=ask><Icon name="plus"/>"New schema"</button>
        </div>
    }
}

/// What PostgreSQL calls a schema.
#[component]
fn NewSchema(is_open: RwSignal<bool>) -> impl IntoView {
    let bench = use_workbench();
    let problem = RwSignal::new(None::<String>);
    let input = NodeRef::<html::Input>::new();
    let close = move || {
        is_open.set(false);
        focus_soon(vec!["#new-schema".to_owned()]);
    };
    let add = move || {
        let text = input.get_untracked().map(|input| input.value()).unwrap_or_default();
        match Name::parse(&text) {
            Ok(name) => {
                bench.change(Change::AddNamespace(name));
                close();
            }
            Err(error) => problem.set(Some(error.to_string())),
        }
    };
    let pressed = move |event: web_sys::KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            add();
        }
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            close();
        }
        _ => {}
    };
    view! {
        <div class="field">
            <label for="new-schema-name">"Name of the new schema"</label>
            <div class="field-row">
                <input
                    id="new-schema-name"
                    class="input"
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    placeholder="billing"
                    node_ref=input
                    aria-describedby="new-schema-problem"
                    aria-invalid=move || problem.with(Option::is_some).then_some("true")
                    on:input=move |_| problem.set(None)
                    on:keydown=pressed
                />
                <button type="button" class="button" on:click=move |_| add()>"Add"</button>
                <button type="button" class="icon-button" aria-label="Cancel" on:click=move |_| close()>
                    <Icon name="x"/>
                </button>
            </div>
            <crate::ui::field::Problem id="new-schema-problem".to_owned() problem=problem/>
        </div>
    }
}

#[component]
fn AddReferenceButton() -> impl IntoView {
    let bench = use_workbench();
    let add = move |_| bench.send(Input::OpenNewReference(None));
    let cannot = move || bench.read(Facet::Schema, |editor| editor.target().tables.is_empty());
    view! {
        <div class="button-row" hidden=move || !bench.may_edit.get()>
            <button type="button" class="button" prop:disabled=cannot on:click=add><Icon name="plus"/>"Add ref"</button>
        </div>
    }
}

/// Selects an object and brings it into view; with a modifier, adds it to the selection.
fn select(bench: Workbench, object: ObjectId, adds: bool) {
    bench.send(Input::Select(object, adds));
}
