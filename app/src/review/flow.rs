//! A commit on its way: kept in the browser before it is sent, and sent again with the same id until its answer is
//! definite.

use crate::{
    access,
    draft::{self, sentence, write_now},
    pending::belongs_to,
    platform::{seed, sleep},
    rpc,
    workbench::{Overlay, SaveState, Workbench},
};
use editor::{Announcement, Document, Draft, Editor, Input};
use leptos::{prelude::*, task::spawn_local};
use protocol::{CallError, CommitConflict, CommitOutcome, CommitRequest, DiagramSnapshot, Refusal, RevisionNumber};
use schema::ObjectId;
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
        /// What has to be decided.
        conflicts: Vec<CommitConflict>,
        /// How many more there are.
        more: usize,
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
    /// Whether the commit was not made.
    pub fn is_over(&self) -> bool {
        matches!(self, Self::Failed(_) | Self::Refused(_) | Self::Conflict { .. })
    }

    /// In PostgreSQL's words, why the last commit failed at this item, if it did.
    pub fn failure_of(&self, item: ObjectId) -> Option<String> {
        let Self::Refused(refusal) = self else { return None };
        let is_this = refusal.object.is_some_and(|about| belongs_to(about, item));
        is_this.then(|| format!("The commit failed here: {}", refusal.postgres.as_ref().unwrap_or(&refusal.message)))
    }

    /// Whether an answer is being waited for.
    pub fn is_busy(&self) -> bool {
        matches!(self, Self::Sending | Self::Checking(_))
    }
}

/// Commits the ticked items.
pub(super) fn begin(bench: Workbench, ticked: &BTreeSet<ObjectId>, message: String) {
    if bench.commit.get_untracked().is_busy() || bench.in_flight.with_value(Option::is_some) {
        return;
    }
    let body = match bench.peek(|editor| editor.commit_body(ticked)) {
        Ok(body) => body,
        Err(error) => return bench.commit.set(Phase::Failed(sentence(&error))),
    };
    let Some(commit_id) = bench.update(Editor::commit_id) else { return };
    let request = CommitRequest {
        diagram: bench.diagram,
        person: bench.person,
        commit_id,
        base_revision: body.base_revision,
        edits: body.edits,
        message,
        placements: body.placements,
    };
    send(bench, request);
}

/// Sends the commit that got no answer once more, under the same id.
pub fn retry(bench: Workbench) {
    if let Some(request) = bench.in_flight.get_value() {
        send(bench, request);
    }
}

fn send(bench: Workbench, request: CommitRequest) {
    bench.commit.set(Phase::Sending);
    bench.save_state.set(SaveState::Committing);
    bench.in_flight.set_value(Some(request.clone()));
    spawn_local(async move {
        if let (Some(store), Ok(text)) = (draft::store(bench), serde_json::to_string(&request))
            && let Err(error) = store.write_commit(&text).await
        {
            draft::give_store_up(bench, &error);
        }
        let answer = ask(bench, &request).await;
        settle(bench, request, answer).await;
    });
}

/// The definite answer, or an error.
async fn ask(bench: Workbench, request: &CommitRequest) -> Result<CommitOutcome, CallError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match rpc::commit(request.clone()).await {
            Ok(CommitOutcome::Unknown { message }) => {
                if bench.commit.try_set(Phase::Checking(message.clone())).is_some() {
                    return Ok(CommitOutcome::Unknown { message });
                }
                sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
            answer => return answer,
        }
    }
}

async fn settle(bench: Workbench, request: CommitRequest, answer: Result<CommitOutcome, CallError>) {
    if !bench.is_alive() {
        // The commit is still kept by the browser; the diagram learns of it when it is opened again.
        return;
    }
    let why = match &answer {
        Err(CallError::NotFound) => access::after_not_found(bench).await,
        Ok(_) | Err(_) => None,
    };
    if !bench.is_alive() {
        return;
    }
    if let Some(why) = why.filter(|_| bench.is_signed_out.get_untracked()) {
        // The same commit is sent again once they have signed in.
        bench.save_state.set(SaveState::Offline("Signed out".to_owned()));
        return conclude(bench, Phase::Unanswered(why.to_owned()));
    }
    let phase = match answer {
        Ok(CommitOutcome::Committed { revision, statements }) => {
            return landed(bench, request, revision, statements).await;
        }
        Ok(CommitOutcome::Refused(refusal)) => Phase::Refused(refusal),
        Ok(CommitOutcome::Conflict { head, conflicts, more }) => Phase::Conflict { head, conflicts, more },
        // `ask` goes on until it is known.
        Ok(CommitOutcome::Unknown { message }) => Phase::Checking(message),
        Err(
            error @ (CallError::NotFound | CallError::Invalid(_) | CallError::Field { .. } | CallError::TooMany { .. }),
        ) => Phase::Failed(why.map_or_else(|| sentence(&error.to_string()), str::to_owned)),
        Err(error @ (CallError::Unavailable | CallError::Internal | CallError::Transport(_))) => {
            let text = sentence(&error.to_string());
            bench.save_state.set(SaveState::Offline("No answer to the commit yet".to_owned()));
            return conclude(bench, Phase::Unanswered(text));
        }
    };
    forget(bench).await;
    if bench.is_alive() {
        conclude(bench, phase);
        bench.settle();
    }
}

/// Shows how it ended: in the review, and in a message when the review has been closed meanwhile.
fn conclude(bench: Workbench, phase: Phase) {
    let is_shown = bench.overlay.with_untracked(|overlay| matches!(overlay, Some(Overlay::Review(_))));
    let text = match &phase {
        Phase::Refused(refusal) => format!("Not committed: {}", refusal.message),
        Phase::Conflict { head, .. } => format!("Not committed: revision {head} was saved meanwhile"),
        Phase::Failed(text) => format!("Not committed: {text}"),
        Phase::Unanswered(text) => format!("No answer to the commit: {text}"),
        Phase::Choosing | Phase::Sending | Phase::Checking(_) | Phase::Done { .. } => String::new(),
    };
    if !is_shown && !text.is_empty() {
        bench.announce(Announcement::failure(format!("{}. The review says more", text.trim_end_matches('.'))));
    }
    bench.judged.set_value(bench.peek(|editor| editor.pending().clone()));
    bench.commit.set(phase);
}

async fn forget(bench: Workbench) {
    if let Some(store) = draft::store(bench) {
        // What stays is sent once more at the next start, and gets the same answer.
        let _ = store.delete_commit().await;
    }
    bench.in_flight.try_set_value(None);
}

async fn landed(bench: Workbench, request: CommitRequest, revision: RevisionNumber, statements: Vec<String>) {
    let CommitRequest { base_revision, edits, .. } = request;
    let is_base = || bench.peek(Editor::base_revision) == base_revision;
    if is_base() && revision == base_revision + 1 {
        bench.send(Input::Committed { revision, edits });
    } else {
        // What others had committed in between came along, or another tab has moved on. Nothing is told to the editor
        // before the newer state is there: a draft written in between would know half of it.
        let newer = rpc::open_diagram(bench.diagram).await;
        if !bench.is_alive() {
            return;
        }
        match newer {
            Ok(snapshot) => {
                if is_base() {
                    bench.send(Input::Committed { revision: base_revision, edits });
                }
                take_newer(bench, snapshot);
            }
            Err(error) => return not_opened(bench, revision, &error),
        }
    }
    write_now(bench).await;
    forget(bench).await;
    if !bench.is_alive() {
        return;
    }
    bench.commit.set(Phase::Done { revision, statements });
    bench.settle();
    bench.announce(Announcement::note(format!("Saved as revision {revision}")));
}

/// Takes in what is committed now and keeps what is staged.
fn take_newer(bench: Workbench, snapshot: DiagramSnapshot) {
    let DiagramSnapshot { revision, schema, placements, .. } = snapshot;
    if revision >= bench.peek(Editor::base_revision) {
        bench.send(Input::Newer(Document { revision, schema, placements }));
    }
}

/// Takes in what others committed and keeps what is staged; then one can choose again.
pub(super) fn update(bench: Workbench) {
    spawn_local(async move {
        let newer = rpc::open_diagram(bench.diagram).await;
        if !bench.is_alive() {
            return;
        }
        bench.commit.set(match newer {
            Ok(snapshot) => {
                take_newer(bench, snapshot);
                Phase::Choosing
            }
            Err(error) => Phase::Failed(sentence(&error.to_string())),
        });
    });
}

/// Opens the editor when a commit was on its way as the page went away: first its answer is learned, then the staged
/// edits are opened without those that it has brought home.
pub async fn resume(bench: Workbench, request: CommitRequest, snapshot: DiagramSnapshot, draft: Option<Draft>) {
    bench.save_state.try_set(SaveState::Committing);
    bench.in_flight.try_set_value(Some(request.clone()));
    let answer = rpc::commit(request.clone()).await;
    if !bench.is_alive() {
        return;
    }
    let Ok(CommitOutcome::Committed { revision, .. }) = answer else {
        bench.reopen(&snapshot, draft, seed());
        if let Ok(CommitOutcome::Unknown { message }) = answer {
            bench.commit.set(Phase::Checking(message));
            spawn_local(async move {
                let answer = ask(bench, &request).await;
                settle(bench, request, answer).await;
            });
            return;
        }
        return settle(bench, request, answer).await;
    };
    let newer =
        if snapshot.revision < revision { rpc::open_diagram(bench.diagram).await } else { Ok(snapshot.clone()) };
    if !bench.is_alive() {
        return;
    }
    match newer {
        Ok(snapshot) => {
            let left = draft.map(|draft| {
                if draft.base_revision == request.base_revision {
                    draft.after_commit(&request.edits, &snapshot.schema, snapshot.revision)
                } else {
                    // It knows of the commit already.
                    draft
                }
            });
            bench.reopen(&snapshot, left, seed());
            write_now(bench).await;
            forget(bench).await;
            if bench.is_alive() {
                bench.settle();
                bench.announce(Announcement::note(format!("Saved as revision {revision}")));
            }
        }
        // All is as it was before, the commit too: sent once more, it is answered the same.
        Err(error) => {
            bench.reopen(&snapshot, draft, seed());
            not_opened(bench, revision, &error);
        }
    }
}

/// A commit has landed, and the revision that came of it cannot be had.
fn not_opened(bench: Workbench, revision: RevisionNumber, error: &CallError) {
    bench.save_state.set(SaveState::Offline("Saved, but not opened yet".to_owned()));
    conclude(bench, Phase::Unanswered(format!("Saved as revision {revision}, which could not be opened: {error}")));
}
