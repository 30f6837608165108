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

use edit::Gesture;
use editor::{Announcement, Draft, DraftError, Editor, Input};
use leptos::{ev, leptos_dom::helpers::window_event_listener_untyped, prelude::*, task::spawn_local};
use protocol::{CallError, CommitRequest, DiagramSnapshot};
use schema::Schema;
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
    let Kept { store, draft: kept, commit: sent } = match open(bench).await {
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
}

/// What the browser has kept.
struct Kept {
    store: DraftStore,
    draft: Option<String>,
    commit: Option<String>,
}

async fn open(bench: Workbench) -> Result<Kept, StoreError> {
    let store = DraftStore::open(bench.person, bench.diagram).await?;
    for other in store.others().await? {
        // Whoever signs in goes on with what they have staged as a guest; everybody else's stays theirs.
        if rpc::has_been(other).await == Ok(true) {
            store.adopt(other).await?;
        }
    }
    Ok(Kept { draft: store.read_draft().await?, commit: store.read_commit().await?, store })
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
    let merged = merge((&base, mine.base_revision), &base, agreed, &mine, theirs);
    bench.send(Input::Shared(merged.draft));
    say_clashes(bench, merged.n_clashes, source);
    Ok(Some(United::Merged))
}

/// The other one has committed: its staged edits are for a revision that was not open here yet.
fn catch_up(bench: Workbench, snapshot: &DiagramSnapshot, agreed: &Draft, theirs: Draft, source: Source) -> United {
    let mine = bench.peek(Editor::draft);
    let has_own = (&mine.edits, &mine.clashing) != (&agreed.edits, &agreed.clashing);
    // A draft that does not count further was written without knowing what both had agreed on.
    let knows_agreed = theirs.sequence > agreed.sequence;
    let united = if knows_agreed && !has_own {
        bench.reopen(snapshot, Some(theirs.clone()), seed());
        United::Taken(Box::new(theirs))
    } else {
        let nothing = Draft::default();
        let agreed = if knows_agreed { agreed } else { &nothing };
        let base = bench.peek(|editor| editor.base().clone());
        let merged = merge((&snapshot.schema, snapshot.revision), &base, agreed, &mine, theirs);
        bench.reopen(snapshot, Some(merged.draft), seed());
        say_clashes(bench, merged.n_clashes, source);
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

/// Two drafts in one.
#[derive(Debug)]
struct Merged {
    draft: Draft,
    /// How many things were changed differently by both. Of those the other one's change stays for now, and the person decides.
    n_clashes: usize,
}

/// Both drafts in one that is newer than either: theirs on the state that `base` is, with what was changed here since
/// both agreed, on the state that is still open here.
fn merge((base, revision): (&Schema, i64), own_base: &Schema, agreed: &Draft, mine: &Draft, theirs: Draft) -> Merged {
    let with = |draft: &Draft| edit::rebase(&draft.edits, own_base).target;
    let my_edits = edit::diff(&with(agreed), &with(mine));
    let their_state = edit::rebase(&theirs.edits, base);
    let both = edit::rebase(&my_edits, &their_state.target);
    let mut draft = Draft { sequence: mine.sequence.max(theirs.sequence) + 1, base_revision: revision, ..theirs };
    let edits = edit::diff(&their_state.target, &both.target);
    if !edits.is_empty() {
        draft.history.push(Gesture { label: "changes made at two places".to_owned(), edits, ..Gesture::default() });
    }
    draft.edits = edit::diff(base, &both.target);
    draft.clashing.extend(their_state.held);
    let known = [draft.clashing.as_slice(), agreed.clashing.as_slice()].concat();
    draft.clashing.extend(mine.clashing.iter().filter(|edit| !known.contains(edit)).cloned());
    for (table, place) in &mine.placements {
        draft.placements.entry(*table).or_insert(*place);
    }
    let n_clashes = edit::conflicts(&both.held, &both.target).len();
    draft.before = edit::excerpt(base, draft.edits.iter().chain(&both.held));
    draft.clashing.extend(both.held);
    Merged { draft, n_clashes }
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

#[cfg(test)]
mod tests {
    use super::*;
    use edit::{Attribute, Edit};
    use schema::{Name, ObjectId, Table, sample};

    fn renamed(table: &Table, name: &str) -> Edit {
        Edit::Alter {
            object: ObjectId::Table(table.id),
            from: Attribute::Name(table.name.clone()),
            to: Attribute::Name(Name::parse(name).unwrap()),
        }
    }

    fn draft(sequence: u64, edits: Vec<Edit>) -> Draft {
        Draft { format: Draft::FORMAT, sequence, edits, ..Draft::default() }
    }

    #[test]
    fn two_tabs_that_changed_different_things_keep_both() {
        let base = sample::shopflow();
        let tables: Vec<&Table> = base.tables.values().map(AsRef::as_ref).collect();
        let (mine, theirs) = (renamed(tables[0], "mine"), renamed(tables[1], "theirs"));
        let (agreed, here) = (draft(4, vec![]), draft(5, vec![mine.clone()]));
        let Merged { draft: merged, n_clashes } =
            merge((&base, 0), &base, &agreed, &here, draft(5, vec![theirs.clone()]));
        assert_eq!(n_clashes, 0);
        assert_eq!(merged.sequence, 6);
        assert!(merged.edits.contains(&mine) && merged.edits.contains(&theirs), "{:?}", merged.edits);
        assert!(merged.history.next_undo().is_some());
    }

    #[test]
    fn two_tabs_that_changed_the_same_thing_keep_the_one_that_was_written() {
        let base = sample::shopflow();
        let table = base.tables.values().next().unwrap();
        let (mine, theirs) = (renamed(table, "mine"), renamed(table, "theirs"));
        let (agreed, here) = (draft(4, vec![]), draft(5, vec![mine.clone()]));
        let Merged { draft: merged, n_clashes } =
            merge((&base, 0), &base, &agreed, &here, draft(6, vec![theirs.clone()]));
        assert_eq!((n_clashes, merged.edits), (1, vec![theirs]));
        assert_eq!(merged.clashing, vec![mine], "it is still to be decided");
        assert_eq!(merged.sequence, 7);
    }

    #[test]
    fn what_was_staged_here_joins_what_another_tab_has_committed_and_staged() {
        let base = sample::shopflow();
        let tables: Vec<&Table> = base.tables.values().map(AsRef::as_ref).collect();
        let [committed, staged, mine] = [(0, "committed"), (1, "staged"), (2, "mine")]
            .map(|(table, name): (usize, &str)| renamed(tables[table], name));
        let mut newer = base.clone();
        edit::apply(&mut newer, &committed).unwrap();
        // Both had agreed on what is committed now; here one more change was made since.
        let agreed = draft(4, vec![committed.clone()]);
        let here = draft(5, vec![committed, mine.clone()]);
        let merged = merge((&newer, 1), &base, &agreed, &here, draft(5, vec![staged.clone()])).draft;
        assert_eq!(merged.base_revision, 1);
        assert_eq!(merged.edits.len(), 2, "{:?}", merged.edits);
        assert!(merged.edits.contains(&staged) && merged.edits.contains(&mine), "{:?}", merged.edits);
        assert!(merged.clashing.is_empty());
    }
}
