//! Staged edits on the server, so that another device of the same person goes on with them.
//!
//! The server keeps a sequence and takes only what was made knowing the last one; what it has beaten is put together
//! with what another device has stored, as two tabs do it. What server and browser agreed on last is kept in the browser
//! for all its tabs, and so is what was sent and not answered: without the one, edits that another device has taken back
//! would come again; without the other, one's own edits would look like somebody else's.

use crate::{
    access,
    draft::{self, Source},
    live::Link,
    rpc,
    workbench::Workbench,
};
use editor::{Announcement, Draft, Editor};
use leptos::{ev, prelude::*, task::spawn_local};
use protocol::{CallError, DraftStored, StoredDraft};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Changes within this time are sent together.
const PAUSE: Duration = Duration::from_millis(400);
/// What another tab has changed is sent by that tab; this one looks after it a little later.
const PAUSE_FOR_OTHERS: Duration = Duration::from_millis(1_500);
/// An answer that takes longer is not waited for any more.
const LONGEST_ANSWER: Duration = Duration::from_secs(10);
/// How long to wait before trying again; doubled each time up to the second.
const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(4);

/// How it stands with the copy on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// The last change is not there yet.
    Behind,
    /// All that is staged is there.
    Done,
    /// The server does not answer; it is tried again.
    Away,
}

/// What has to be done for a page.
#[derive(Debug, Default)]
pub struct Courier {
    /// The edits that the browser keeps are there. What is in the editor before that is not what is staged.
    is_open: bool,
    /// Another device may have stored something.
    must_look: bool,
    is_scheduled: bool,
    /// The round that is being worked at, if any.
    busy_with: Option<u64>,
    n_rounds: u64,
    wait: Duration,
    /// Used where the browser stores nothing.
    known: Known,
    /// The server does not take what is staged as it is now.
    is_refused: bool,
    /// That it does not has been said.
    has_said_so: bool,
}

/// What this browser knows of the copy on the server.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Known {
    /// The copy's sequence; 0 when there is none.
    sequence: i64,
    /// What it holds.
    draft: Draft,
    /// What was sent to take its place, and has no answer yet.
    sent: Option<Draft>,
}

/// Listens to what tells that the server may be there again.
pub fn keep(bench: Workbench) {
    let online = window_event_listener(ev::online, move |_| look(bench));
    let shown = window_event_listener(ev::focus, move |_| look(bench));
    on_cleanup(move || {
        online.remove();
        shown.remove();
    });
}

/// Begins to keep the copy, once the edits that the browser keeps are there.
pub fn begin(bench: Workbench) {
    bench.courier.try_update_value(|courier| courier.is_open = true);
    look(bench);
}

/// Looks what another device has stored, and sends what it does not have.
pub fn look(bench: Workbench) {
    bench.courier.try_update_value(|courier| courier.must_look = true);
    run(bench);
}

/// A browser of this person has stored the copy of this sequence. This one may have been it, and knows once it is answered.
pub fn told(bench: Workbench, sequence: i64) {
    set_timeout(
        move || {
            spawn_local(async move {
                if bench.is_alive() && read(bench).await.sequence < sequence {
                    look(bench);
                }
            });
        },
        PAUSE,
    );
}

/// Sends what is staged in a moment.
pub fn send_soon(bench: Workbench) {
    bench.courier.try_update_value(|courier| courier.is_refused = false);
    schedule(bench, PAUSE);
}

/// Another tab has changed what is staged, and sends it. Should it be gone before that, this tab does.
pub fn follow_soon(bench: Workbench) {
    schedule(bench, PAUSE_FOR_OTHERS);
}

fn schedule(bench: Workbench, pause: Duration) {
    let is_scheduled = bench.courier.try_update_value(|courier| std::mem::replace(&mut courier.is_scheduled, true));
    if is_scheduled == Some(false) {
        set_timeout(
            move || {
                bench.courier.try_update_value(|courier| courier.is_scheduled = false);
                run(bench);
            },
            pause,
        );
    }
}

/// Works until nothing is left to do, one request after the other.
fn run(bench: Workbench) {
    let begun = bench.courier.try_update_value(|courier| {
        let is_free = courier.is_open && courier.busy_with.is_none();
        courier.n_rounds += 1;
        is_free.then(|| *courier.busy_with.insert(courier.n_rounds))
    });
    let Some(Some(round)) = begun else { return };
    // An answer may never come, as over a line that is cut without a word.
    set_timeout(move || settle(bench, round, Err(CallError::Transport(String::new()))), LONGEST_ANSWER);
    spawn_local(async move {
        let outcome = work(bench, round).await;
        settle(bench, round, outcome);
    });
}

/// A round is over, or has taken too long.
fn settle(bench: Workbench, round: u64, outcome: Result<(), CallError>) {
    let is_over = bench.courier.try_update_value(|courier| courier.busy_with.take_if(|busy| *busy == round).is_some());
    if is_over != Some(true) || !bench.is_alive() {
        return;
    }
    match outcome {
        Ok(()) => {
            bench.courier.update_value(|courier| courier.wait = Duration::ZERO);
            // Something may have changed while the last answer was waited for.
            let has_more = bench
                .courier
                .with_value(|it| it.must_look || bench.backup.get_untracked() == Backup::Behind && !it.is_refused);
            if has_more {
                schedule(bench, PAUSE);
            }
        }
        Err(error) => failed(bench, &error),
    }
}

async fn work(bench: Workbench, round: u64) -> Result<(), CallError> {
    if bench.courier.try_with_value(|courier| courier.must_look) == Some(true) {
        let known = read(bench).await.sequence;
        let told = rpc::load_draft(bench.person, bench.diagram).await?;
        if !is_current(bench, round) {
            return Ok(());
        }
        bench.courier.update_value(|courier| courier.must_look = false);
        take_in(bench, known, told).await?;
    }
    while is_current(bench, round) && !bench.courier.with_value(|courier| courier.is_refused) {
        let known = read(bench).await;
        if !is_current(bench, round) {
            break;
        }
        let draft = bench.peek(Editor::draft);
        // What has no answer is sent as it was: only then is its answer understood.
        let next = match &known.sent {
            Some(sent) => sent.clone(),
            None if known.draft.says_the_same_as(&draft) || known.sequence == 0 && draft.is_empty() => {
                set(bench, Backup::Done);
                break;
            }
            None => draft,
        };
        let Ok(body) = next.to_json() else { break };
        if !write(bench, Known { sent: Some(next.clone()), ..known.clone() }).await {
            continue;
        }
        let stored = rpc::store_draft(bench.person, bench.diagram, known.sequence, body).await?;
        if !is_current(bench, round) {
            break;
        }
        match stored {
            DraftStored::Done(sequence) => {
                bench.courier.try_update_value(|courier| courier.has_said_so = false);
                write(bench, Known { sequence, draft: next, sent: None }).await;
            }
            DraftStored::Beaten(theirs) => take_in(bench, known.sequence, Some(theirs)).await?,
        }
    }
    Ok(())
}

/// Whether the round is still worked at. An answer that comes too late is asked for again.
fn is_current(bench: Workbench, round: u64) -> bool {
    bench.courier.try_with_value(|courier| courier.busy_with == Some(round)) == Some(true)
}

/// Takes in what the server held when it was asked, unless it is known here, or another tab has got further meanwhile.
async fn take_in(bench: Workbench, known_then: i64, told: Option<StoredDraft>) -> Result<(), CallError> {
    let known = read(bench).await;
    if !bench.is_alive() || known.sequence != known_then {
        return Ok(());
    }
    let Some(StoredDraft { sequence, body }) = told else {
        if known.sequence > 0 {
            forget(bench).await;
        }
        return Ok(());
    };
    if known.sequence == sequence {
        return Ok(());
    }
    let theirs = match Draft::from_json(&body) {
        Ok(theirs) => theirs,
        // It stays where it is for the release that can read it.
        Err(error) => {
            refused(bench, &error.to_string());
            return Ok(());
        }
    };
    if known.sent.as_ref() != Some(&theirs) {
        draft::unite(bench, &known.draft, theirs.clone(), Source::Device).await?;
        // First what came of it, then that it came: a page that ends between the two does this once more.
        draft::write_now(bench).await;
    }
    if sequence < known.sequence {
        // The copy was lost on the server, and another device has made the first one again.
        forget(bench).await;
    }
    write(bench, Known { sequence, draft: theirs, sent: None }).await;
    Ok(())
}

fn failed(bench: Workbench, error: &CallError) {
    match error {
        CallError::Transport(_) | CallError::Unavailable | CallError::Internal | CallError::TooMany { .. } => {
            let wait = bench.courier.try_update_value(|courier| {
                courier.wait = (courier.wait * 2).clamp(FIRST_WAIT, LONGEST_WAIT);
                courier.wait
            });
            if bench.backup.get_untracked() != Backup::Away && bench.peek(|editor| !editor.pending().is_empty()) {
                let text = "The server does not answer. Go on: what you stage is backed up when it is back";
                bench.announce(Announcement::note(text));
            }
            set(bench, Backup::Away);
            schedule(bench, wait.unwrap_or(LONGEST_WAIT));
        }
        // Whoever may not write here any more keeps what is staged in the browser.
        CallError::NotFound => {
            if !refuse(bench) {
                spawn_local(async move {
                    // What has ended is said over the canvas. Nobody has asked for this now, so nothing comes between them
                    // and what they are typing.
                    if let Some(why) = access::look_into(bench).await
                        && bench.is_alive()
                        && !matches!(bench.link.get_untracked(), Link::Ended(_))
                    {
                        bench.announce(Announcement::failure(why));
                    }
                });
            }
        }
        CallError::Invalid(reason) | CallError::Field { message: reason, .. } => {
            forget_sent(bench);
            refused(bench, reason);
        }
    }
}

/// What the server will not take however often it is sent.
fn refused(bench: Workbench, reason: &str) {
    if !refuse(bench) {
        bench.announce(Announcement::failure(format!("Not backed up: {reason}")));
    }
}

/// Waits with the copy for the next change. Whether the person was told already that there is none.
fn refuse(bench: Workbench) -> bool {
    let has_said_so = bench.courier.try_update_value(|courier| {
        courier.is_refused = true;
        std::mem::replace(&mut courier.has_said_so, true)
    });
    set(bench, Backup::Behind);
    has_said_so != Some(false)
}

fn forget_sent(bench: Workbench) {
    spawn_local(async move {
        let known = read(bench).await;
        write(bench, Known { sent: None, ..known }).await;
    });
}

fn set(bench: Workbench, backup: Backup) {
    if bench.backup.get_untracked() != backup {
        bench.backup.set(backup);
    }
}

async fn read(bench: Workbench) -> Known {
    let own = || bench.courier.try_with_value(|courier| courier.known.clone()).unwrap_or_default();
    let Some(store) = draft::store(bench) else { return own() };
    match store.read_backup().await {
        Ok(None) => Known::default(),
        Ok(Some(text)) => match serde_json::from_str(&text) {
            Ok(known) => {
                // The page goes on from here should the browser store nothing more.
                bench.courier.try_update_value(|courier| courier.known = Known::clone(&known));
                known
            }
            Err(_) => {
                // Nothing could be written over it, as if another tab knew more.
                let _ = store.delete_backup().await;
                Known::default()
            }
        },
        Err(error) => {
            draft::give_store_up(bench, &error);
            own()
        }
    }
}

/// Remembers what is known, unless another tab knows more. False when it does.
async fn write(bench: Workbench, known: Known) -> bool {
    let mut is_written = true;
    if let (Some(store), Ok(text)) = (draft::store(bench), serde_json::to_string(&known)) {
        is_written = match store.write_backup(known.sequence, &text).await {
            Ok(is_written) => is_written,
            // From here on the page itself remembers.
            Err(error) => {
                draft::give_store_up(bench, &error);
                true
            }
        };
    }
    bench.courier.try_update_value(|courier| courier.known = known);
    is_written
}

/// There is no copy any more: what is staged here becomes the first one again.
async fn forget(bench: Workbench) {
    if let Some(store) = draft::store(bench) {
        // What stays is found out of date when it is used.
        let _ = store.delete_backup().await;
    }
    bench.courier.try_update_value(|courier| courier.known = Known::default());
}
