//! Keeping staged edits: through reloads and crashes in the browser's database, and in step with the other tabs of the
//! same diagram.

pub use crate::ui::sentence;
use crate::{
    backup::{self, Backup},
    platform::{
        channel::Channel,
        seed,
        store::{DraftStore, StoreError, Written},
    },
    review, rpc,
    workbench::Workbench,
};

use editor::{Announcement, Draft, DraftError, Editor, Input};
use leptos::{ev, leptos_dom::helpers::window_event_listener_untyped, prelude::*, task::spawn_local};
use protocol::{CallError, CommitRequest, DiagramSnapshot, Identity, PersonId};
use std::time::Duration;

/// Changes within this time are written together.
const PAUSE: Duration = Duration::from_millis(30);

/// Who keeps the staged edits of a page.
#[derive(Debug, Default)]
pub struct Keeper {
    store: Option<DraftStore>,
    channel: Option<Channel>,
    /// The edits have changed since they were last written.
    is_stale: bool,
    is_scheduled: bool,
    is_writing: bool,
    /// What this tab and the store agreed on last.
    agreed: Draft,
}

/// A handle to a keeper that goes wherever closures go.
pub type KeeperHandle = StoredValue<Keeper, LocalStorage>;

/// Who else has changed what is staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Another tab of this browser.
    Tab,
    /// Another browser of the same person.
    Device,
}

impl Source {
    fn words(self) -> &'static str {
        match self {
            Self::Tab => "Another tab",
            Self::Device => "Another device",
        }
    }
}

/// What came of putting two drafts together.
#[derive(Debug)]
enum United {
    /// Here was nothing of its own: the other one is taken as it is.
    Taken(Box<Draft>),
    /// Both are in one that neither of them has written.
    Merged,
}

/// Begins to keep staged edits: opens those that are there, then sets `is_loaded`.
pub fn keep(bench: Workbench, snapshot: DiagramSnapshot, is_loaded: RwSignal<bool>) {
    let keeper: KeeperHandle = StoredValue::new_local(Keeper::default());
    bench.keeper.set_value(Some(keeper));
    let channel = Channel::open(bench.person, bench.diagram, move |text| {
        if let Ok(draft) = Draft::from_json(&text) {
            take_over(bench, keeper, draft);
        }
    });
    keeper.update_value(|keeper| keeper.channel = channel);
    spawn_local(async move {
        load(bench, keeper, snapshot).await;
        if is_loaded.try_set(true).is_none() {
            flush(bench, keeper);
            backup::begin(bench);
        }
    });
    backup::keep(bench);
    let hidden = window_event_listener_untyped("pagehide", move |_| flush(bench, keeper));
    let shown = window_event_listener_untyped("focus", move |_| look_again(bench, keeper));
    let leaving = window_event_listener(ev::beforeunload, move |event| {
        let is_backed_up = bench.backup.get_untracked() == Backup::Done;
        let keeps_none = bench.keeps_drafts.get_untracked() == Some(false) && !is_backed_up;
        let would_lose = keeps_none && bench.peek(|editor| !editor.pending().is_empty());
        if would_lose || bench.has_unsaved_places() {
            event.prevent_default();
        }
    });
    on_cleanup(move || {
        write_last(bench, keeper);
        hidden.remove();
        shown.remove();
        leaving.remove();
        bench.keeper.try_set_value(None);
    });
}

/// The database that drafts are kept in, where the browser has one.
pub fn store(bench: Workbench) -> Option<DraftStore> {
    bench.keeper.try_get_value()??.try_with_value(|keeper| keeper.store.clone())?
}

/// Writes the staged edits in a moment.
pub fn store_soon(bench: Workbench) {
    let Some(Some(keeper)) = bench.keeper.try_get_value() else { return };
    let is_scheduled = keeper.try_update_value(|keeper| {
        keeper.is_stale = true;
        std::mem::replace(&mut keeper.is_scheduled, true)
    });
    if is_scheduled == Some(false) {
        set_timeout(
            move || {
                keeper.try_update_value(|keeper| keeper.is_scheduled = false);
                flush(bench, keeper);
            },
            PAUSE,
        );
    }
}

async fn load(bench: Workbench, keeper: KeeperHandle, snapshot: DiagramSnapshot) {
    let Kept { store, draft: kept, commit: sent, left } = match open(bench).await {
        Ok(kept) => kept,
        Err(error) => return keeps_nothing(bench, &error.0),
    };
    if bench.keeps_drafts.try_set(Some(true)).is_some() {
        return;
    }
    let draft = match kept.as_deref().map(Draft::from_json).transpose() {
        Ok(draft) => draft,
        // The newer release that wrote it finds it where it is.
        Err(error @ DraftError::TooNew) => return keeps_nothing(bench, &error.to_string()),
        Err(error) => {
            // What cannot be read now may be read by another release: it is kept where nothing overwrites it.
            // The copy on the server is looked at as if for the first time, so that nothing here takes its place.
            let _ = store.delete_backup().await;
            let is_safe = store.set_aside(kept.as_deref().unwrap_or_default()).await.is_ok();
            let rest = if is_safe { ". They are kept aside in this browser" } else { "" };
            bench.announce(Announcement::failure(format!("{}{rest}", sentence(&error.to_string()))));
            None
        }
    };
    keeper.try_update_value(|keeper| {
        keeper.store = Some(store);
        keeper.agreed = draft.clone().unwrap_or_default();
    });
    let sent = sent.and_then(|text| serde_json::from_str::<CommitRequest>(&text).ok());
    if let Some(request) = sent {
        review::resume(bench, request, snapshot, draft).await;
    } else if draft.is_some() {
        bench.reopen(&snapshot, draft, seed());
    }
    for (guest, text) in left {
        let Ok(theirs) = Draft::from_json(&text) else { continue };
        if unite(bench, &Draft::default(), theirs, Source::Tab).await.is_ok() {
            write_now(bench).await;
            if let Some(store) = self::store(bench) {
                // What stays is put together with what is staged once more.
                let _ = store.forget_draft_of(guest).await;
            }
        }
    }
}

/// What the browser has kept.
struct Kept {
    store: DraftStore,
    draft: Option<String>,
    commit: Option<String>,
    /// What the person has staged as a guest besides.
    left: Vec<(PersonId, String)>,
}

async fn open(bench: Workbench) -> Result<Kept, StoreError> {
    let store = DraftStore::open(bench.person, bench.diagram).await?;
    let mut left = Vec::new();
    for other in store.others().await? {
        // Whoever signs in goes on with what they have staged as a guest; everybody else's stays theirs. The page may be
        // of somebody who has signed out since.
        let is_own = rpc::who_is(other).await == Ok(Identity::YouAsGuest)
            && rpc::who_is(bench.person).await == Ok(Identity::You);
        if is_own && let Some(text) = store.adopt(other).await? {
            left.push((other, text));
        }
    }
    Ok(Kept { draft: store.read_draft().await?, commit: store.read_commit().await?, store, left })
}

fn keeps_nothing(bench: Workbench, why: &str) {
    bench.keeps_drafts.try_set(Some(false));
    bench.announce(Announcement::failure(format!("Changes are kept in this tab only: {why}")));
}

/// The browser has refused to store something. It is not asked again: what it kept until now would look newer one day
/// than what it refused.
pub fn give_store_up(bench: Workbench, why: &StoreError) {
    if let Some(Some(keeper)) = bench.keeper.try_get_value()
        && keeper.try_update_value(|keeper| keeper.store.take()).flatten().is_some()
    {
        keeps_nothing(bench, &why.0);
    }
}

/// Writes what is not written yet, one write after the other.
fn flush(bench: Workbench, keeper: KeeperHandle) {
    let begins = keeper.try_update_value(|keeper| {
        let begins = keeper.is_stale && !keeper.is_writing && keeper.store.is_some();
        if begins {
            (keeper.is_stale, keeper.is_writing) = (false, true);
        }
        begins
    });
    if begins == Some(true) {
        spawn_local(async move {
            write(bench, keeper).await;
            keeper.try_update_value(|keeper| keeper.is_writing = false);
            flush(bench, keeper);
        });
    }
}

/// Writes what is not written yet as the page goes away: nothing of the page is left when the browser is done.
fn write_last(bench: Workbench, keeper: KeeperHandle) {
    let unwritten = |keeper: &Keeper| keeper.store.clone().filter(|_| keeper.is_stale || keeper.is_writing);
    let store = keeper.try_with_value(unwritten).flatten().filter(|_| bench.is_alive());
    if store.is_none() {
        return;
    }
    let draft = bench.peek(Editor::draft);
    if let (Some(store), Ok(text)) = (store, draft.to_json()) {
        spawn_local(async move {
            // There is no page left that could say so.
            let _ = store.write_draft((draft.base_revision, draft.sequence), &text).await;
        });
    }
}

/// Writes now whatever is not written yet, and waits for it.
pub async fn write_now(bench: Workbench) {
    if let Some(Some(keeper)) = bench.keeper.try_get_value() {
        write(bench, keeper).await;
        flush(bench, keeper);
    }
}

async fn write(bench: Workbench, keeper: KeeperHandle) {
    let Some(Some(store)) = keeper.try_with_value(|keeper| keeper.store.clone()) else { return };
    if !bench.is_alive() {
        return;
    }
    let draft = bench.peek(Editor::draft);
    let Ok(text) = draft.to_json() else { return };
    let written = store.write_draft((draft.base_revision, draft.sequence), &text).await;
    if !bench.is_alive() {
        return;
    }
    match written {
        Ok(Written::Done) => {
            if bench.peek(Editor::sequence) == draft.sequence {
                bench.is_kept.set(true);
            }
            keeper.update_value(|keeper| {
                keeper.agreed = draft;
                if let Some(channel) = &keeper.channel {
                    channel.say(&text);
                }
            });
        }
        Ok(Written::Beaten(theirs)) => match Draft::from_json(&theirs) {
            Ok(theirs) => join(bench, keeper, theirs).await,
            Err(error) => bench.announce(Announcement::failure(sentence(&error.to_string()))),
        },
        Err(error) => give_store_up(bench, &error),
    }
}

/// Another tab wrote at the same moment, or for a newer revision: its edits and those made here since both agreed are put
/// together.
async fn join(bench: Workbench, keeper: KeeperHandle, theirs: Draft) {
    let Some(agreed) = keeper.try_with_value(|keeper| keeper.agreed.clone()) else { return };
    let united = put_together(bench, &agreed, theirs, Source::Tab).await;
    keeper.try_update_value(|keeper| match united {
        Ok(Some(United::Taken(theirs))) => keeper.agreed = *theirs,
        Ok(Some(United::Merged)) => keeper.is_stale = true,
        Ok(None) => {}
        Err(error) => bench.announce(Announcement::failure(format!("Another tab saved a revision: {error}"))),
    });
}

/// Puts what another device has stored together with what was staged here since both agreed. It has to be written then.
///
/// # Errors
/// When the revision that the other one stands on cannot be opened.
pub async fn unite(bench: Workbench, agreed: &Draft, theirs: Draft, source: Source) -> Result<(), CallError> {
    put_together(bench, agreed, theirs, source).await.map(drop)
}

async fn put_together(
    bench: Workbench,
    agreed: &Draft,
    theirs: Draft,
    source: Source,
) -> Result<Option<United>, CallError> {
    if theirs.base_revision > bench.peek(Editor::base_revision) {
        let snapshot = rpc::open_diagram(bench.diagram).await?;
        if !bench.is_alive() {
            return Ok(None);
        }
        if theirs.base_revision > bench.peek(Editor::base_revision) {
            return Ok(Some(catch_up(bench, &snapshot, agreed, theirs, source)));
        }
    }
    let (base, mine) = bench.peek(|editor| (editor.base().clone(), editor.draft()));
    let joined = mine.join(theirs, agreed, &base, (&base, mine.base_revision));
    bench.send(Input::Shared(joined.draft));
    say_clashes(bench, joined.n_clashes, source);
    Ok(Some(United::Merged))
}

/// The other one has committed: its staged edits are for a revision that was not open here yet.
fn catch_up(bench: Workbench, snapshot: &DiagramSnapshot, agreed: &Draft, theirs: Draft, source: Source) -> United {
    let mine = bench.peek(Editor::draft);
    let has_own = (&mine.edits, &mine.clashing) != (&agreed.edits, &agreed.clashing);
    let united = if theirs.knows(agreed) && !has_own {
        bench.reopen(snapshot, Some(theirs.clone()), seed());
        United::Taken(Box::new(theirs))
    } else {
        let base = bench.peek(|editor| editor.base().clone());
        let joined = mine.join(theirs, agreed, &base, (&snapshot.schema, snapshot.revision));
        bench.reopen(snapshot, Some(joined.draft), seed());
        say_clashes(bench, joined.n_clashes, source);
        United::Merged
    };
    let text = format!("{} saved revision {}; this one follows", source.words(), snapshot.revision);
    bench.announce(Announcement::note(text));
    united
}

fn say_clashes(bench: Workbench, count: usize, source: Source) {
    if count > 0 {
        let who = source.words();
        let text = format!("{who} changed the same things; decide which to keep under Pending changes");
        bench.announce(Announcement::failure(text));
    }
}

/// Another tab has changed the draft.
fn take_over(bench: Workbench, keeper: KeeperHandle, draft: Draft) {
    let (own, sequence) = bench.peek(|editor| (editor.base_revision(), editor.sequence()));
    let is_busy = keeper.try_with_value(|keeper| keeper.is_stale || keeper.is_writing).unwrap_or(true);
    // What is not written yet is put together with theirs when it is.
    if is_busy || draft.base_revision < own {
        return;
    }
    if draft.base_revision > own {
        spawn_local(async move {
            join(bench, keeper, draft).await;
            flush(bench, keeper);
        });
    } else if draft.sequence > sequence {
        keeper.update_value(|keeper| keeper.agreed = draft.clone());
        bench.send(Input::Shared(draft));
        if bench.backup.get_untracked() == Backup::Done {
            bench.backup.set(Backup::Behind);
        }
        backup::follow_soon(bench);
    }
}

/// A tab that slept may have missed what others said.
fn look_again(bench: Workbench, keeper: KeeperHandle) {
    let Some(Some(store)) = keeper.try_with_value(|keeper| keeper.store.clone()) else { return };
    spawn_local(async move {
        if let Ok(Some(text)) = store.read_draft().await
            && let Ok(draft) = Draft::from_json(&text)
            && !keeper.is_disposed()
        {
            take_over(bench, keeper, draft);
        }
    });
}
