//! The editor as the page holds it: one state machine, a few coarse signals, and the effects it asks for.

use crate::rpc;
use editor::{Announcement, Change, Command, Cursor, Draft, Editor, Effect, Facet, Input, Layer};
use leptos::prelude::*;
use protocol::{DiagramId, DiagramSnapshot};
use schema::ObjectId;
use std::collections::BTreeSet;

/// What is open above the editor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overlay {
    /// The review of a commit, with the items ticked at first.
    Review(BTreeSet<ObjectId>),
    /// The list of commands and tables.
    Palette,
    /// The export of the schema.
    Export,
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
    /// Its name.
    pub name: RwSignal<String>,
    /// The linked database, if any.
    pub database: StoredValue<Option<protocol::LinkedDatabase>>,
    schema: RwSignal<u64>,
    selection: RwSignal<u64>,
    panel: RwSignal<u64>,
    camera: RwSignal<u64>,
    /// What is open above the editor.
    pub overlay: RwSignal<Option<Overlay>>,
    /// How saving stands.
    pub save_state: RwSignal<SaveState>,
    /// The last thing said, with a number that makes equal messages differ.
    pub announcement: RwSignal<Option<(u64, Announcement)>>,
    /// What the pointer looks like over the canvas.
    pub cursor: RwSignal<Cursor>,
    /// Carries out `Repaint`, `StoreDraft`, `FocusPanel` and `FocusCanvas`.
    pub platform: EffectListener,
}

impl Workbench {
    /// A workbench for a committed state, without staged edits.
    pub fn new(snapshot: DiagramSnapshot, seed: u128) -> Self {
        let document = editor::Document {
            revision: snapshot.revision,
            schema: snapshot.schema,
            placements: snapshot.placements,
        };
        Self {
            editor: StoredValue::new(Editor::open(document, None, seed)),
            diagram: snapshot.id,
            name: RwSignal::new(snapshot.name),
            database: StoredValue::new(snapshot.database),
            schema: RwSignal::new(0),
            selection: RwSignal::new(0),
            panel: RwSignal::new(0),
            camera: RwSignal::new(0),
            overlay: RwSignal::new(None),
            save_state: RwSignal::new(SaveState::Saved),
            announcement: RwSignal::new(None),
            cursor: RwSignal::new(Cursor::Default),
            platform: StoredValue::new(None),
        }
    }

    /// Replaces the editor, as when the browser's draft has been read.
    pub fn reopen(&self, snapshot: &DiagramSnapshot, draft: Option<Draft>, seed: u128) {
        let view = self.peek(Editor::view);
        let document = editor::Document {
            revision: snapshot.revision,
            schema: snapshot.schema.clone(),
            placements: snapshot.placements.clone(),
        };
        self.editor.set_value(Editor::open(document, draft, seed));
        self.send(Input::Resized(view.size));
        for facet in [Facet::Schema, Facet::Selection, Facet::Panel, Facet::Camera] {
            self.run(Effect::Changed(facet));
        }
    }

    /// Gives the editor an input and carries out what it asks for.
    pub fn send(&self, input: Input) {
        let effects = self.editor.try_update_value(|editor| editor.handle(input)).unwrap_or_default();
        for effect in effects {
            self.run(effect);
        }
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

    /// Changes the editor outside of its inputs, as only making a commit id does.
    pub fn update<T>(&self, update: impl FnOnce(&mut Editor) -> T) -> Option<T> {
        self.editor.try_update_value(update)
    }

    /// Says something in the live region and as a toast.
    pub fn announce(&self, announcement: Announcement) {
        self.announcement.update(|last| {
            let number = last.as_ref().map_or(0, |(number, _)| number + 1);
            *last = Some((number, announcement));
        });
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
            Effect::Changed(facet) => {
                self.signal(facet).update(|version| *version += 1);
                if facet == Facet::Schema && self.save_state.get_untracked() != SaveState::Committing {
                    let staged = self.peek(|editor| !editor.pending().is_empty());
                    self.save_state.set(if staged { SaveState::Staged } else { SaveState::Saved });
                }
            }
            Effect::Announce(announcement) => self.announce(announcement),
            Effect::Review(items) => self.overlay.set(Some(Overlay::Review(items))),
            Effect::Overlay(Command::Palette) => self.overlay.set(Some(Overlay::Palette)),
            Effect::Overlay(Command::Export) => self.overlay.set(Some(Overlay::Export)),
            Effect::Overlay(Command::Help) => self.overlay.set(Some(Overlay::Help)),
            Effect::Cursor(cursor) => {
                if self.cursor.get_untracked() != cursor {
                    self.cursor.set(cursor);
                }
            }
            Effect::StorePlacements(places) => {
                let (bench, diagram) = (*self, self.diagram);
                leptos::task::spawn_local(async move {
                    if let Err(error) = rpc::move_tables(diagram, places).await {
                        bench.announce(Announcement::failure(format!("The new place was not saved: {error}")));
                    }
                });
            }
            Effect::Overlay(_)
            | Effect::Repaint(Layer::Static | Layer::Overlay)
            | Effect::StoreDraft
            | Effect::FocusPanel
            | Effect::FocusCanvas => {
                self.platform.with_value(|listener| {
                    if let Some(listener) = listener {
                        listener(&effect);
                    }
                });
            }
        }
    }
}

/// The workbench of the page around.
///
/// Only components within the editor page may call this; the page provides it before it renders them.
pub fn use_workbench() -> Workbench {
    expect_context()
}
