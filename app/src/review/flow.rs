//! A commit on its way: kept in the browser before it is sent, and sent again with the same id until its answer is
//! definite.

use crate::{
    draft::{self, sentence, write_now},
    platform::seed,
    rpc,
    workbench::{SaveState, Workbench},
};
use editor::{Announcement, Document, Draft, Editor, Input};
use leptos::{prelude::*, task::spawn_local};
use protocol::{CallError, CommitOutcome, CommitRequest, DiagramSnapshot, Refusal, RevisionNumber};
use schema::ObjectId;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, time::Duration};

/// How long to wait before asking again what became of a commit; doubled each time up to the second.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// How far a commit is.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// Not begun.
    Choosing,
    /// Sent.
    Sending,
    /// The linked database has not said yet what happened.
    Checking(String),
    /// No answer, or none that says what happened; can be sent again.
    Unanswered(String),
    /// The server did not take it at all. Nothing was changed.
    Failed(String),
    /// Refused. Nothing was changed.
    Refused(Refusal),
    /// Others committed meanwhile. Nothing was changed.
    Conflict {
        /// The revision to update to.
        head: RevisionNumber,
        /// What both touched.
        clashes: Vec<String>,
    },
    /// Done.
    Done {
        /// The new head.
        revision: RevisionNumber,
        /// What ran in the linked database.
        statements: Vec<String>,
    },
}

impl Phase {
    /// Whether an answer is being waited for.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sending | Self::Checking(_))
    }
}

/// A commit without a definite answer, as the browser keeps it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InFlight {
    request: CommitRequest,
    objects: BTreeSet<ObjectId>,
}

impl InFlight {
    /// Reads a kept commit; none when it cannot be read.
    pub fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Commits the ticked items.
pub(super) fn begin(bench: Workbench, ticked: &BTreeSet<ObjectId>, message: String) {
    if bench.commit.get_untracked().is_busy() || bench.in_flight.with_value(Option::is_some) {
        return;
    }
    let (objects, body) = bench.peek(|editor| (editor.pending().with_needs(ticked), editor.commit_body(ticked)));
    let body = match body {
        Ok(body) => body,
        Err(error) => return bench.commit.set(Phase::Failed(sentence(&error))),
    };
    let Some(commit_id) = bench.update(Editor::commit_id) else { return };
    let request = CommitRequest {
        diagram: bench.diagram,
        commit_id,
        base_revision: body.base_revision,
        edits: body.edits,
        message,
        placements: body.placements,
    };
    send(bench, InFlight { request, objects });
}

/// Sends the commit that got no answer once more, under the same id.
pub(super) fn retry(bench: Workbench) {
    if let Some(flight) = bench.in_flight.get_value() {
        send(bench, flight);
    }
}

fn send(bench: Workbench, flight: InFlight) {
    bench.commit.set(Phase::Sending);
    bench.save_state.set(SaveState::Committing);
    bench.in_flight.set_value(Some(flight.clone()));
    spawn_local(async move {
        if let (Some(store), Ok(text)) = (draft::store(bench), serde_json::to_string(&flight)) {
            // A browser that stores nothing has said so when the page was opened.
            let _ = store.write_commit(bench.diagram, &text).await;
        }
        let answer = ask(bench, &flight).await;
        settle(bench, flight, answer).await;
    });
}

/// The definite answer, or an error.
async fn ask(bench: Workbench, flight: &InFlight) -> Result<CommitOutcome, CallError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match rpc::commit(flight.request.clone()).await {
            Ok(CommitOutcome::Unknown { message }) => {
                bench.commit.try_set(Phase::Checking(message));
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}

async fn settle(bench: Workbench, flight: InFlight, answer: Result<CommitOutcome, CallError>) {
    let phase = match answer {
        Ok(CommitOutcome::Committed { revision, statements }) => {
            return landed(bench, flight, revision, statements).await;
        }
        Ok(CommitOutcome::Refused(refusal)) => Phase::Refused(refusal),
        Ok(CommitOutcome::Conflict { head, clashes }) => Phase::Conflict { head, clashes },
        // `ask` goes on until it is known.
        Ok(CommitOutcome::Unknown { message }) => Phase::Checking(message),
        Err(error @ (CallError::NotFound | CallError::Invalid(_))) => Phase::Failed(sentence(&error.to_string())),
        Err(error @ (CallError::Unavailable | CallError::Internal | CallError::Transport(_))) => {
            let text = sentence(&error.to_string());
            bench.save_state.try_set(SaveState::Offline("No answer to the commit yet".to_owned()));
            bench.commit.try_set(Phase::Unanswered(text));
            return;
        }
    };
    forget(bench).await;
    bench.commit.try_set(phase);
    bench.settle();
}

async fn forget(bench: Workbench) {
    if let Some(store) = draft::store(bench) {
        // What stays is sent once more at the next start, and gets the same answer.
        let _ = store.delete_commit(bench.diagram).await;
    }
    bench.in_flight.try_set_value(None);
}

async fn landed(bench: Workbench, flight: InFlight, revision: RevisionNumber, statements: Vec<String>) {
    let InFlight { request, objects } = flight;
    let is_as_sent = bench.peek(|editor| {
        let pending = editor.pending();
        editor.base_revision() == request.base_revision && pending.edits_of(&objects) == request.edits
    });
    let problem = if is_as_sent && revision == request.base_revision + 1 {
        bench.send(Input::Committed { revision, objects });
        None
    } else {
        follow(bench, revision).await.err()
    };
    write_now(bench).await;
    forget(bench).await;
    bench.commit.try_set(Phase::Done { revision, statements });
    bench.settle();
    match problem {
        None => bench.announce(Announcement::note(format!("Saved as revision {revision}"))),
        Some(error) => bench.announce(Announcement::failure(format!(
            "Saved as revision {revision}, but it could not be opened: {error}"
        ))),
    }
}

/// Opens the newer state and stages whatever the edited schema still differs in.
async fn follow(bench: Workbench, revision: RevisionNumber) -> Result<(), CallError> {
    let snapshot = rpc::open_diagram(bench.diagram).await?;
    let draft = bench.peek(|editor| {
        let edits = edit::diff(&snapshot.schema, editor.target());
        Draft { sequence: editor.sequence() + 1, base_revision: revision, edits, ..editor.draft() }
    });
    bench.reopen(&snapshot, Some(draft), seed());
    Ok(())
}

/// Takes in what others committed and keeps what is staged; then one can choose again.
pub(super) fn update(bench: Workbench) {
    spawn_local(async move {
        match rpc::open_diagram(bench.diagram).await {
            Ok(snapshot) => {
                let document =
                    Document { revision: snapshot.revision, schema: snapshot.schema, placements: snapshot.placements };
                bench.send(Input::Newer(document));
                bench.commit.try_set(Phase::Choosing);
            }
            Err(error) => {
                bench.commit.try_set(Phase::Failed(sentence(&error.to_string())));
            }
        }
    });
}

/// Opens the editor when a commit was on its way as the page went away: first its answer is learned, then the staged
/// edits are opened without those that it has brought home.
pub async fn resume(bench: Workbench, flight: InFlight, snapshot: DiagramSnapshot, draft: Option<Draft>) {
    bench.save_state.try_set(SaveState::Committing);
    bench.in_flight.try_set_value(Some(flight.clone()));
    let answer = rpc::commit(flight.request.clone()).await;
    let Ok(CommitOutcome::Committed { revision, .. }) = answer else {
        bench.reopen(&snapshot, draft, seed());
        if let Ok(CommitOutcome::Unknown { message }) = answer {
            bench.commit.try_set(Phase::Checking(message));
            spawn_local(async move {
                let answer = ask(bench, &flight).await;
                settle(bench, flight, answer).await;
            });
            return;
        }
        settle(bench, flight, answer).await;
        let text = "The commit from before the page was closed was not taken; open the review to see why";
        return bench.announce(Announcement::failure(text));
    };
    let snapshot = if snapshot.revision < revision { rpc::open_diagram(bench.diagram).await } else { Ok(snapshot) };
    match snapshot {
        Ok(snapshot) => {
            bench.reopen(&snapshot, draft.map(|draft| without(draft, &flight)), seed());
            write_now(bench).await;
            forget(bench).await;
            bench.settle();
            bench.announce(Announcement::note(format!("Saved as revision {revision}")));
        }
        Err(error) => bench.announce(Announcement::failure(sentence(&error.to_string()))),
    }
}

/// What is left of a draft once the commit is done. A draft that already knows of the commit stays as it is.
fn without(mut draft: Draft, flight: &InFlight) -> Draft {
    if draft.base_revision == flight.request.base_revision {
        draft.edits.retain(|edit| !flight.objects.contains(&edit.object()));
        draft.sequence += 1;
    }
    draft
}

async fn sleep(pause: Duration) {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        set_timeout(
            move || {
                // Resolving a promise cannot fail.
                let _ = resolve.call0(&wasm_bindgen::JsValue::NULL);
            },
            pause,
        );
    });
    let _ = wasm_bindgen_futures::JsFuture::from(promise).await;
}
