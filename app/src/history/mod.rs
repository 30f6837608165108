//! Looking back: the revisions of the diagram, each to be opened, compared, named and restored.

mod banner;
mod compared;
mod detail;
mod list;

pub use banner::HistoryBanner;

use crate::{
    rpc,
    ui::{Icon, focus_if_lost, focus_soon, keys::title_with_keys, sentence},
    workbench::{Workbench, use_workbench},
};
use editor::{Announcement, Command, Editor, Exhibit, Facet, Input};
use leptos::{prelude::*, task::spawn_local};
use protocol::{CallError, RevisionNumber, RevisionSummary};
use schema::Schema;
use std::collections::BTreeMap;

/// As many revisions as the server tells at once.
const PAGE: usize = 50;

/// What of the history is open. Cheap to copy.
#[derive(Debug, Clone, Copy, Default)]
pub struct History {
    /// Whether the panel is open.
    pub is_open: RwSignal<bool>,
    /// The revisions that are known, newest first.
    revisions: RwSignal<Vec<RevisionSummary>>,
    /// Whether those with a name are listed alone.
    is_named_only: RwSignal<bool>,
    has_more: RwSignal<bool>,
    is_loading: RwSignal<bool>,
    /// Why the list is not there.
    problem: RwSignal<Option<String>>,
    /// The revision that is opened.
    opened: RwSignal<Option<RevisionNumber>>,
    /// What it is compared with.
    other: RwSignal<Other>,
    /// What time it was when something was last asked, in milliseconds.
    now: RwSignal<Option<f64>>,
    /// Schemas of revisions, which never change.
    schemas: StoredValue<BTreeMap<RevisionNumber, Schema>>,
}

/// What the opened revision is compared with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Other {
    /// Nothing: it is shown as it was.
    #[default]
    Nothing,
    /// Another revision.
    Revision(RevisionNumber),
    /// The edited schema, with all that is staged.
    Staged,
}

/// One of the two states of a comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Revision(RevisionNumber),
    Staged,
}

impl History {
    /// The two states that are looked at, the earlier one first.
    fn sides(self) -> Option<(Side, Side)> {
        let opened = self.opened.get_untracked()?;
        let own = Side::Revision(opened);
        Some(match self.other.get_untracked() {
            Other::Nothing => (own, own),
            Other::Revision(other) if other < opened => (Side::Revision(other), own),
            Other::Revision(other) => (own, Side::Revision(other)),
            Other::Staged => (own, Side::Staged),
        })
    }

    /// From which state to which: `From revision 3 to what is staged`.
    fn span(self) -> String {
        let words = |side| match side {
            Side::Revision(0) => "the beginning".to_owned(),
            Side::Revision(number) => format!("revision {number}"),
            Side::Staged => "what is staged".to_owned(),
        };
        self.sides().map(|(before, after)| format!("From {} to {}", words(before), words(after))).unwrap_or_default()
    }

    /// What is known of a revision.
    fn summary(self, number: RevisionNumber) -> Option<RevisionSummary> {
        self.revisions.with(|all| all.iter().find(|revision| revision.number == number).cloned())
    }
}

/// Opens the panel, or closes it and goes back to now.
pub fn toggle(bench: Workbench) {
    if bench.history.is_open.get_untracked() {
        close(bench);
    } else {
        bench.send(Input::ClosePanel);
        bench.history.is_open.set(true);
        load(bench, true);
        focus_soon(vec!["#history-title".to_owned()]);
    }
}

fn close(bench: Workbench) {
    back_to_now(bench);
    bench.history.is_open.set(false);
    focus_if_lost("canvas");
}

/// Shows the edited schema again; the list stays open.
fn back_to_now(bench: Workbench) {
    let was_opened = bench.history.opened.get_untracked();
    bench.history.opened.set(None);
    bench.history.other.set(Other::Nothing);
    if bench.peek(|editor| editor.exhibit().is_some()) {
        bench.send(Input::Exhibit(None));
        bench.speak("Back to now".to_owned());
    }
    if let Some(number) = was_opened {
        focus_soon(vec![format!("#history-revision-{number}"), "#history-title".to_owned()]);
    }
}

/// Asks for revisions: the latest, or those after the ones that are known.
fn load(bench: Workbench, is_anew: bool) {
    let history = bench.history;
    let is_named_only = history.is_named_only.get_untracked();
    let before = history.revisions.with_untracked(|known| known.last().map(|last| last.number)).filter(|_| !is_anew);
    history.is_loading.set(true);
    history.now.set(Some(js_sys::Date::now()));
    spawn_local(async move {
        let told = rpc::revisions(bench.diagram, before, is_named_only).await;
        // The page, or the filter, may be another by now.
        if !bench.is_alive() || history.is_named_only.get_untracked() != is_named_only {
            return;
        }
        history.is_loading.set(false);
        match told {
            Ok(told) => {
                history.problem.set(None);
                history.has_more.set(told.len() == PAGE && told.last().is_some_and(|last| last.number > 1));
                history.revisions.update(|known| {
                    if is_anew {
                        known.clear();
                    }
                    known.extend(told);
                });
            }
            Err(error) => history.problem.set(Some(sentence(&error.to_string()))),
        }
    });
}

/// Opens a revision, compared with nothing.
fn open(bench: Workbench, number: RevisionNumber) {
    bench.history.opened.set(Some(number));
    look(bench, Other::Nothing);
    focus_soon(vec!["#history-back".to_owned()]);
}

/// Shows the opened revision, compared with something or not.
fn look(bench: Workbench, other: Other) {
    let history = bench.history;
    history.other.set(other);
    let Some(sides) = history.sides() else { return };
    spawn_local(async move {
        let states = (schema_of(bench, sides.0).await, schema_of(bench, sides.1).await);
        // Something else may have been chosen meanwhile.
        if !bench.is_alive() || history.sides() != Some(sides) {
            return;
        }
        match states {
            (Ok(before), Ok(after)) => {
                let title = title(history);
                bench.speak(format!("{title}, read only"));
                bench.send(Input::Exhibit(Some(Exhibit { title, before, after })));
            }
            (Err(error), _) | (_, Err(error)) => {
                bench.announce(Announcement::failure(format!("The revision cannot be opened: {error}")));
                back_to_now(bench);
            }
        }
    });
}

fn title(history: History) -> String {
    let Some(opened) = history.opened.get_untracked() else { return String::new() };
    match history.other.get_untracked() {
        Other::Nothing => format!("Revision {opened}"),
        Other::Revision(other) => {
            format!("The comparison of revisions {} and {}", opened.min(other), opened.max(other))
        }
        Other::Staged => format!("The comparison of revision {opened} with what is staged"),
    }
}

async fn schema_of(bench: Workbench, side: Side) -> Result<Schema, CallError> {
    let Side::Revision(number) = side else { return Ok(bench.peek(|editor| editor.target().clone())) };
    if bench.peek(Editor::base_revision) == number {
        return Ok(bench.peek(|editor| editor.base().clone()));
    }
    let known = bench.history.schemas.try_with_value(|schemas| schemas.get(&number).cloned()).flatten();
    if let Some(schema) = known {
        return Ok(schema);
    }
    let schema = rpc::schema_at(bench.diagram, number).await?;
    bench.history.schemas.try_update_value(|schemas| schemas.insert(number, schema.clone()));
    Ok(schema)
}

/// Stages what leads back to the opened revision, and opens the review.
fn restore(bench: Workbench) {
    let Some(revision) = bench.history.opened.get_untracked() else { return };
    spawn_local(async move {
        let schema = schema_of(bench, Side::Revision(revision)).await;
        if !bench.is_alive() {
            return;
        }
        match schema {
            Ok(schema) => {
                close(bench);
                bench.proposed_message.set_value(format!("Restore revision {revision}"));
                bench.send(Input::Restore { revision, schema });
                if bench.overlay.with_untracked(Option::is_none) {
                    // There was nothing to restore, and the message is for no other review.
                    bench.proposed_message.set_value(String::new());
                }
            }
            Err(error) => {
                bench.announce(Announcement::failure(format!("Revision {revision} cannot be opened: {error}")));
            }
        }
    });
}

/// The panel on the right while the history is open: the list of revisions, or the one that is opened.
#[component]
pub fn HistoryPanel() -> impl IntoView {
    let bench = use_workbench();
    let history = bench.history;
    // What is edited takes the room of the panel.
    let is_editing = Memo::new(move |_| bench.read(Facet::Panel, |editor| editor.panel().is_some()));
    Effect::new(move || {
        if is_editing.get() {
            history.is_open.set(false);
        }
    });
    // What is committed meanwhile belongs into the list.
    let head = Memo::new(move |_| bench.read(Facet::Schema, Editor::base_revision));
    Effect::new(move |before: Option<RevisionNumber>| {
        let head = head.get();
        if before.is_some_and(|before| before != head) && history.is_open.get_untracked() {
            load(bench, true);
        }
        head
    });
    let pressed = move |event: web_sys::KeyboardEvent| {
        if event.key() != "Escape" || event.default_prevented() {
            return;
        }
        event.prevent_default();
        event.stop_propagation();
        if history.opened.get_untracked().is_some() {
            back_to_now(bench);
        } else {
            close(bench);
            focus_soon(vec!["#history-button".to_owned()]);
        }
    };
    view! {
        <Show when=move || history.is_open.get()>
            <aside class="history" aria-labelledby="history-title" on:keydown=pressed>
                <header class="inspector-head">
                    <Icon name="history"/>
                    <h2 id="history-title" tabindex="-1">"History"</h2>
                    <button type="button" class="icon-button" aria-label="Close history"
                        title=title_with_keys(Command::History) on:click=move |_| close(bench)>
                        <Icon name="x"/>
                    </button>
                </header>
                {move || match history.opened.get() {
                    Some(number) => view! { <detail::Detail number/> }.into_any(),
                    None => view! { <list::List/> }.into_any(),
                }}
            </aside>
        </Show>
    }
}
