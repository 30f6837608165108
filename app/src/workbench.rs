//! The editor as the page holds it: one state machine, a few coarse signals, and the effects it asks for.

use crate::{
    access,
    backup::{self, Backup, Courier},
    draft::{self, KeeperHandle},
    history::{self, History},
    live::Link,
    problems::{self, Problems},
    review::Phase,
    rpc, sidebar,
};
use diagram::{Camera, Point, Vec2};
use edit::{PendingChanges, Placement};
use editor::{Announcement, Change, Command, Cursor, Draft, Editor, Effect, Facet, Input, Layer};
use leptos::prelude::*;
use protocol::{CallError, DiagramId, DiagramSnapshot, Person, PersonId};
use schema::{ObjectId, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// What is open above the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The review of a commit, with the items ticked at first.
    Review(BTreeSet<ObjectId>),
    /// The list of commands and tables.
    Palette,
    /// The import of a schema from text.
    Import,
    /// The export of the schema.
    Export,
    /// The queries that read the selected tables together.
    Join,
    /// The links by which others may look at the diagram.
    Share,
    /// The help sheet.
    Help,
}

/// How the server stands, as far as the page knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveState {
    /// Nothing is pending.
    Saved,
    /// Changes wait on this device.
    Staged,
    /// A commit is on its way.
    Committing,
    /// The server could not be reached.
    Offline(String),
}

/// Where the platform listens for effects that only it can carry out.
pub type EffectListener = StoredValue<Option<Box<dyn Fn(&Effect) + Send + Sync>>>;

/// The state of an editor page. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub struct Workbench {
    editor: StoredValue<Editor>,
    /// The diagram that is open.
    pub diagram: DiagramId,
    /// Who opened it. Whatever is staged is theirs, whoever signs in to the browser after them.
    pub person: PersonId,
    /// Its name.
    pub name: RwSignal<String>,
    /// Whether the person may change the diagram.
    pub may_edit: RwSignal<bool>,
    /// Whether the person may make links by which anyone looks at it.
    pub may_share: RwSignal<bool>,
    /// Whether the page was opened by somebody with an account.
    pub has_account: StoredValue<bool>,
    /// Whether their session has ended since.
    pub is_signed_out: RwSignal<bool>,
    /// The linked database, if any.
    pub database: StoredValue<Option<protocol::LinkedDatabase>>,
    /// Places that were not saved yet.
    unsent: StoredValue<BTreeMap<TableId, Placement>>,
    /// Whether some of them are on their way.
    is_sending_places: StoredValue<bool>,
    /// Tables that were moved here since the server was asked last where tables stand.
    pub moved_since: StoredValue<BTreeSet<TableId>>,
    /// How the page stands with the server.
    pub link: RwSignal<Link>,
    /// Who has the diagram open.
    pub people: RwSignal<Vec<Person>>,
    /// Who one is among them, once the server has said so.
    pub you: RwSignal<Option<PersonId>>,
    schema: RwSignal<u64>,
    selection: RwSignal<u64>,
    panel: RwSignal<u64>,
    camera: RwSignal<u64>,
    /// How large the world appears, in percent.
    pub zoom_percent: RwSignal<f64>,
    /// What is open above the editor.
    pub overlay: RwSignal<Option<Overlay>>,
    /// Which tab of the left panel is chosen.
    pub sidebar: RwSignal<usize>,
    /// Whether the left panel lies over the canvas of a narrow window.
    pub has_drawer: RwSignal<bool>,
    /// Whether a suggested reference that is added brings an index with it.
    pub adds_indexes: RwSignal<bool>,
    /// How saving stands.
    pub save_state: RwSignal<SaveState>,
    /// The last thing to be shown, with a number that makes equal messages differ.
    pub announcement: RwSignal<Option<(u64, Announcement)>>,
    /// The last thing said to those who listen instead of look, numbered likewise.
    pub spoken: RwSignal<(u64, String)>,
    /// What the pointer looks like over the canvas.
    pub cursor: RwSignal<Cursor>,
    /// Carries out what only a browser can; without it, as on the server, nothing is carried out.
    pub platform: EffectListener,
    /// Whether staged edits outlive this tab; none until that is known.
    pub keeps_drafts: RwSignal<Option<bool>>,
    /// Whether the last of them is on the disk already.
    pub is_kept: RwSignal<bool>,
    /// How it stands with their copy on the server.
    pub backup: RwSignal<Backup>,
    /// What has to be done for that copy.
    pub courier: StoredValue<Courier>,
    /// Keeps the staged edits; none on the server.
    pub keeper: StoredValue<Option<KeeperHandle>>,
    /// The list of revisions and what of them is looked at.
    pub history: History,
    /// What is wrong with the edited schema.
    pub problems: Problems,
    /// What the next review proposes as its message.
    pub proposed_message: StoredValue<String>,
    /// How far the commit is that was begun last.
    pub commit: RwSignal<Phase>,
    /// What was staged when a commit was not made.
    pub judged: StoredValue<PendingChanges>,
    /// The commit that has no definite answer yet.
    pub in_flight: StoredValue<Option<protocol::CommitRequest>>,
    /// Whether the space bar is held, so that dragging pans.
    pub is_space_held: StoredValue<bool>,
}

impl Workbench {
    /// A workbench for a committed state, without staged edits.
    pub fn new(snapshot: DiagramSnapshot, seed: u128) -> Self {
        let document =
            editor::Document { revision: snapshot.revision, schema: snapshot.schema, placements: snapshot.placements };
        let mut editor = Editor::open(document, None, seed);
        editor.set_may_edit(snapshot.may_edit);
        Self {
            editor: StoredValue::new(editor),
            may_edit: RwSignal::new(snapshot.may_edit),
            may_share: RwSignal::new(snapshot.may_share),
            has_account: StoredValue::new(false),
            is_signed_out: RwSignal::new(false),
            diagram: snapshot.id,
            person: snapshot.person.unwrap_or_default(),
            name: RwSignal::new(snapshot.name),
            database: StoredValue::new(snapshot.database),
            unsent: StoredValue::new(BTreeMap::new()),
            is_sending_places: StoredValue::new(false),
            moved_since: StoredValue::new(BTreeSet::new()),
            link: RwSignal::new(Link::Up),
            people: RwSignal::new(Vec::new()),
            you: RwSignal::new(None),
            schema: RwSignal::new(0),
            selection: RwSignal::new(0),
            panel: RwSignal::new(0),
            camera: RwSignal::new(0),
            zoom_percent: RwSignal::new(100.0),
            overlay: RwSignal::new(None),
            sidebar: RwSignal::new(sidebar::TABLES),
            has_drawer: RwSignal::new(false),
            adds_indexes: RwSignal::new(false),
            save_state: RwSignal::new(SaveState::Saved),
            announcement: RwSignal::new(None),
            spoken: RwSignal::new((0, String::new())),
            cursor: RwSignal::new(Cursor::Default),
            platform: StoredValue::new(None),
            keeps_drafts: RwSignal::new(None),
            is_kept: RwSignal::new(true),
            backup: RwSignal::new(Backup::Behind),
            courier: StoredValue::new(Courier::default()),
            keeper: StoredValue::new(None),
            history: History::default(),
            problems: Problems::default(),
            proposed_message: StoredValue::new(String::new()),
            commit: RwSignal::new(Phase::Choosing),
            judged: StoredValue::new(PendingChanges::default()),
            in_flight: StoredValue::new(None),
            is_space_held: StoredValue::new(false),
        }
    }

    /// Replaces the editor, as when the browser's draft has been read. One looks from where one looked before.
    pub fn reopen(&self, snapshot: &DiagramSnapshot, draft: Option<Draft>, seed: u128) {
        let (view, dismissed) = self.peek(|editor| (editor.view(), editor.dismissed().clone()));
        self.database.set_value(snapshot.database.clone());
        let document = editor::Document {
            revision: snapshot.revision,
            schema: snapshot.schema.clone(),
            placements: snapshot.placements.clone(),
        };
        let mut editor = Editor::open(document, draft, seed);
        editor.set_may_edit(snapshot.may_edit);
        editor.handle(Input::Dismiss(dismissed));
        self.editor.set_value(editor);
        self.may_edit.set(snapshot.may_edit);
        self.may_share.set(snapshot.may_share);
        self.send(Input::Resized(view.size));
        self.look_from(view.camera);
        for facet in [Facet::Schema, Facet::Selection, Facet::Panel, Facet::Camera] {
            self.run(Effect::Changed(facet));
        }
        for layer in [Layer::Static, Layer::Overlay] {
            self.run(Effect::Repaint(layer));
        }
    }

    /// Gives the editor an input and carries out what it asks for.
    pub fn send(&self, input: Input) {
        let effects = self.editor.try_update_value(|editor| editor.handle(input)).unwrap_or_default();
        let selects = effects.contains(&Effect::Changed(Facet::Selection));
        // What was done matters more than that it is selected now: only the last thing said is heard.
        let says_more = effects.iter().any(|effect| matches!(effect, Effect::Announce(said) if !is_passing(said)));
        for effect in effects {
            // What is selected can be seen; who cannot see it is told.
            if let Effect::Announce(said) = &effect
                && selects
                && is_passing(said)
            {
                if says_more {
                    continue;
                }
                self.speak(said.text.clone());
            } else {
                self.run(effect);
            }
        }
    }

    /// Looks from elsewhere.
    pub fn look_from(&self, camera: Camera) {
        let from = self.peek(Editor::view).camera;
        self.send(Input::Zoomed { at: Point::ZERO, factor: camera.zoom / from.zoom });
        self.send(Input::Scrolled(Vec2::new(camera.x - from.x, camera.y - from.y) * camera.zoom));
    }

    /// Stages a change.
    pub fn change(&self, change: Change) {
        self.send(Input::Change(change));
    }

    /// Gives a command.
    pub fn command(&self, command: Command) {
        self.send(Input::Command(command));
    }

    /// Reads the editor and subscribes to a facet of it.
    pub fn read<T>(&self, facet: Facet, read: impl FnOnce(&Editor) -> T) -> T {
        self.signal(facet).track();
        self.editor.with_value(read)
    }

    /// Reads the editor without subscribing.
    pub fn peek<T>(&self, read: impl FnOnce(&Editor) -> T) -> T {
        self.editor.with_value(read)
    }

    /// Whether the page is still there. What waits for an answer must ask before it goes on.
    pub fn is_alive(&self) -> bool {
        !self.editor.is_disposed()
    }

    /// Places that others gave tables, without those of tables that were moved here since.
    pub fn without_own_moves(&self, mut places: BTreeMap<TableId, Placement>) -> BTreeMap<TableId, Placement> {
        self.unsent.with_value(|unsent| places.retain(|table, _| !unsent.contains_key(table)));
        self.moved_since.with_value(|moved| places.retain(|table, _| !moved.contains(table)));
        places
    }

    /// Whether tables stand where the server could not be told.
    pub fn has_unsaved_places(&self) -> bool {
        self.unsent.with_value(|unsent| !unsent.is_empty()) && !self.is_sending_places.get_value()
    }

    /// Gives up telling the server where tables stand, as it takes it no more.
    pub fn forget_unsaved_places(&self) {
        self.unsent.try_update_value(BTreeMap::clear);
    }

    /// Changes the editor outside of its inputs, as only making a commit id does.
    pub fn update<T>(&self, update: impl FnOnce(&mut Editor) -> T) -> Option<T> {
        self.editor.try_update_value(update)
    }

    /// Sets the state of saving to what is true, unless a commit is on its way.
    pub fn settle(&self) {
        if self.in_flight.with_value(Option::is_some) {
            return;
        }
        let is_staged = self.peek(|editor| !editor.pending().is_empty());
        let state = if is_staged { SaveState::Staged } else { SaveState::Saved };
        if self.save_state.get_untracked() != state {
            self.save_state.set(state);
        }
    }

    /// Says something in the live region and as a toast.
    pub fn announce(&self, announcement: Announcement) {
        // A failure is an alert, which is heard by itself.
        if !announcement.is_failure {
            self.speak(announcement.text.clone());
        }
        self.announcement.update(|last| {
            let number = last.as_ref().map_or(0, |(number, _)| number + 1);
            *last = Some((number, announcement));
        });
    }

    /// Says something in the live region only.
    pub fn speak(&self, text: String) {
        self.spoken.update(|(number, last)| {
            *number += 1;
            *last = text;
        });
    }

    /// Tells those who read the camera that it has moved. The canvas says when, so that a drag does not make every
    /// reader work at every step.
    pub fn camera_moved(&self) {
        self.camera.update(|version| *version += 1);
    }

    fn signal(&self, facet: Facet) -> RwSignal<u64> {
        match facet {
            Facet::Schema => self.schema,
            Facet::Selection => self.selection,
            Facet::Panel => self.panel,
            Facet::Camera => self.camera,
        }
    }

    fn run(&self, effect: Effect) {
        match effect {
            Effect::Changed(Facet::Camera) => {
                let percent = self.peek(|editor| (editor.view().camera.zoom * 100.0).round());
                if (self.zoom_percent.get_untracked() - percent).abs() > 0.5 {
                    self.zoom_percent.set(percent);
                }
                self.tell_platform(&Effect::Changed(Facet::Camera));
            }
            Effect::Changed(facet) => {
                self.signal(facet).update(|version| *version += 1);
                if facet == Facet::Schema {
                    self.settle();
                    // Why a commit was not made is said of what was staged then.
                    let is_judged = || self.judged.with_value(|judged| self.peek(|editor| editor.pending() == judged));
                    if self.commit.with_untracked(Phase::is_over) && !is_judged() {
                        self.commit.set(Phase::Choosing);
                    }
                }
            }
            Effect::Announce(announcement) => self.announce(announcement),
            Effect::Review(items) => self.overlay.set(Some(Overlay::Review(items))),
            Effect::Overlay(Command::Palette) => self.overlay.set(Some(Overlay::Palette)),
            Effect::Overlay(Command::Import) => self.overlay.set(Some(Overlay::Import)),
            Effect::Overlay(Command::Export) => self.overlay.set(Some(Overlay::Export)),
            Effect::Overlay(Command::Join) => self.overlay.set(Some(Overlay::Join)),
            Effect::Overlay(Command::Share) => self.overlay.set(Some(Overlay::Share)),
            Effect::Overlay(Command::History) => history::toggle(*self),
            Effect::Overlay(Command::Text) => sidebar::toggle_text(*self),
            Effect::Overlay(Command::Problems) => problems::toggle(*self),
            Effect::Overlay(Command::Suggestions) => sidebar::show_suggested(*self),
            Effect::Overlay(Command::Help) => self.overlay.set(Some(Overlay::Help)),
            Effect::Cursor(cursor) => {
                if self.cursor.get_untracked() != cursor {
                    self.cursor.set(cursor);
                }
            }
            Effect::StorePlacements(places) => {
                self.moved_since.update_value(|moved| moved.extend(places.keys()));
                self.unsent.update_value(|unsent| unsent.extend(places));
                leptos::task::spawn_local(self.send_places());
            }
            Effect::StoreDraft => {
                self.is_kept.set(false);
                if self.backup.get_untracked() == Backup::Done {
                    self.backup.set(Backup::Behind);
                }
                draft::store_soon(*self);
                backup::send_soon(*self);
            }
            Effect::Overlay(_)
            | Effect::Repaint(Layer::Static | Layer::Overlay)
            | Effect::FocusPanel
            | Effect::FocusCanvas => self.tell_platform(&effect),
        }
    }

    /// Sends the places that the server does not know yet, one call after the other so that the last one wins. What
    /// fails is sent again with the next move.
    async fn send_places(self) {
        if self.is_sending_places.try_update_value(|sending| std::mem::replace(sending, true)) != Some(false) {
            return;
        }
        while let Some(places) = self.unsent.try_get_value().filter(|places| !places.is_empty()) {
            let sent = rpc::move_tables(self.diagram, places.clone()).await;
            if !self.is_alive() {
                return;
            }
            if let Err(error) = sent {
                let why = if error == CallError::NotFound { access::after_not_found(self).await } else { None };
                if !self.is_alive() {
                    return;
                }
                let text = why.map_or_else(
                    || format!("Where the tables stand is not saved yet: {error}. It is tried again"),
                    str::to_owned,
                );
                self.announce(Announcement::failure(text));
                break;
            }
            self.unsent.update_value(|unsent| unsent.retain(|table, place| places.get(table) != Some(place)));
        }
        self.is_sending_places.try_set_value(false);
    }

    /// Sends the places that could not be sent before.
    pub fn send_places_again(self) {
        leptos::task::spawn_local(self.send_places());
    }

    fn tell_platform(&self, effect: &Effect) {
        self.platform.with_value(|listener| {
            if let Some(listener) = listener {
                listener(effect);
            }
        });
    }
}

/// Whether a message is of no consequence, as that something is selected.
fn is_passing(said: &Announcement) -> bool {
    !said.is_failure && !said.offers_undo
}

/// The workbench of the page around.
///
/// Only components within the editor page may call this; the page provides it before it renders them.
pub fn use_workbench() -> Workbench {
    expect_context()
}
