//! What differs between two states: as a list and as SQL. The canvas marks the same.

use crate::{
    pending::{Sql, script},
    ui::{CopyButton, Icon, Mark, Tab, TabList, mark::word, tabs::tab_id},
    workbench::use_workbench,
};
use edit::{ItemKind, Tally};
use editor::{Editor, Facet, Input};
use leptos::prelude::*;
use schema::ObjectId;

const TABS: &str = "compared";

/// One object that differs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Line {
    object: ObjectId,
    kind: ItemKind,
    title: String,
    details: Vec<String>,
    sql: String,
}

/// All that differs.
#[derive(Debug, Clone, Default, PartialEq)]
struct Difference {
    lines: Vec<Line>,
    tally: Tally,
    script: String,
    /// What may go wrong or get lost on the way from one to the other.
    notes: Vec<String>,
    /// What the script does not do.
    missing: Vec<String>,
}

fn difference(editor: &Editor) -> Difference {
    let Some(exhibit) = editor.exhibit() else { return Difference::default() };
    let plan = ddl::plan(&exhibit.before, &exhibit.after);
    let steps = plan.by_object();
    let mut notes: Vec<String> = plan.steps.iter().flat_map(|step| step.notes.iter().cloned()).collect();
    notes.dedup();
    let items = editor.marked_changes().items();
    let edits: Vec<edit::Edit> = items.flat_map(|item| item.edits.iter().cloned()).collect();
    let line = |item: &edit::PendingItem| Line {
        object: item.object,
        kind: item.kind,
        title: item.title.clone(),
        details: item.details.clone(),
        sql: script(steps.get(&item.object).into_iter().flatten().copied()),
    };
    Difference {
        lines: editor.marked_changes().items().map(line).collect(),
        tally: Tally::of(&edits),
        script: script(plan.steps.iter()),
        notes,
        missing: plan.refusals.iter().map(|refusal| refusal.message.clone()).collect(),
    }
}

/// The list and the SQL, behind a tab each.
#[component]
pub(super) fn Compared() -> impl IntoView {
    let bench = use_workbench();
    let difference = Memo::new(move |_| bench.read(Facet::Schema, difference));
    let count = Memo::new(move |_| difference.with(|difference| difference.lines.len()));
    let chosen = RwSignal::new(0_usize);
    let tabs = vec![Tab::counted("Changes", count), Tab::plain("SQL")];
    let summary = move || match count.get() {
        0 => "The two are the same".to_owned(),
        _ => format!("{}: {}", bench.history.span(), difference.with(|it| it.tally.in_words())),
    };
    let body = move || match chosen.get() {
        0 => view! { <Lines difference/> }.into_any(),
        _ => view! { <Script difference/> }.into_any(),
    };
    view! {
        <p class="small" role="status">{summary}</p>
        <Show when=move || { count.get() > 0 }>
            <TabList id=TABS label="Comparison" tabs=tabs.clone() chosen/>
            <div role="tabpanel" id=format!("{TABS}-panel") aria-labelledby=move || tab_id(TABS, chosen.get())>{body}</div>
        </Show>
    }
}

#[component]
fn Lines(difference: Memo<Difference>) -> impl IntoView {
    let bench = use_workbench();
    let lines = move || difference.with(|difference| difference.lines.clone());
    view! {
        <ul aria-label="Changes">
            <For each=lines key=Clone::clone let(line)>
                <li class="pending-item" data-testid="compared-item">
                    <div class="pending-line">
                        <Mark kind=line.kind/>
                        <button type="button" class="pending-title truncate" title="Show it on the canvas"
                            on:click=move |_| bench.send(Input::Select(line.object, false))>
                            {line.title.clone()}
                        </button>
                        <span class="muted small" aria-hidden="true">{word(line.kind)}</span>
                    </div>
                    <ul class="item-details">
                        {line.details.iter().map(|text| view! { <li>{text.clone()}</li> }).collect_view()}
                    </ul>
                    <Sql text=line.sql.clone()/>
                </li>
            </For>
        </ul>
    }
}

#[component]
fn Script(difference: Memo<Difference>) -> impl IntoView {
    let text = Signal::derive(move || difference.with(|difference| difference.script.clone()));
    let notes = move || {
        let missing = difference.with(|difference| difference.missing.clone()).into_iter();
        let missing = missing.map(|text| format!("Not in this script: {text}"));
        let notes = difference.with(|difference| difference.notes.clone()).into_iter();
        missing
            .chain(notes)
            .map(|text| view! { <p class="notice notice-warning"><Icon name="triangle-alert"/><span>{text}</span></p> })
            .collect_view()
    };
    let is_empty = move || text.with(String::is_empty);
    view! {
        <div class="history-script">
            {notes}
            <Show when=move || !is_empty() fallback=|| view! { <p class="muted">"Nothing that a database would notice."</p> }>
                <div class="code-box">
                    <pre class="code" tabindex="0" aria-label="SQL">{text}</pre>
                    <CopyButton text=text icon_label="Copy SQL" otherwise="select the text instead"/>
                </div>
            </Show>
        </div>
    }
}
