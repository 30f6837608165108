//! What comes in and what goes out.

use crate::{Change, Command, Cursor, Document, Draft, Exhibit, HeldPointer, Import, SuggestionId};
use diagram::{Point, Size, Vec2};
use edit::{Conflict, Edit, Placement};
use schema::{ColumnId, Name, ObjectId, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// Something that happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// A pointer moved or was pressed over the canvas.
    Pointer(Pointer),
    /// The same, done before the editor was there.
    Held(HeldPointer),
    /// Nothing was done for a moment: what takes long can be worked out.
    Rested,
    /// The pointer left the canvas.
    PointerLeft,
    /// A wheel turned, or two fingers moved: pan by that many view pixels.
    Scrolled(Vec2),
    /// A wheel turned with Ctrl, or two fingers pinched: zoom at the point, by the factor.
    Zoomed {
        /// Where, in view coordinates.
        at: Point,
        /// Over 1 to come closer.
        factor: f64,
    },
    /// The canvas has another size, in view pixels.
    Resized(Size),
    /// A command of the registry was given, by key, menu, palette or button.
    Command(Command),
    /// A panel changes something.
    Change(Change),
    /// An object was chosen in a list; it is selected and shown. True adds to the selection.
    Select(ObjectId, bool),
    /// The panel of the object is wanted.
    Open(ObjectId),
    /// The form for a new reference is wanted, begun from a column perhaps.
    OpenNewReference(Option<(TableId, ColumnId)>),
    /// The panel is left and its changes stay staged.
    ClosePanel,
    /// The panel is left and everything since its opening is taken back, as one undoable step.
    TakeBack,
    /// The panel's changes, and what they depend on, are to be reviewed for a commit.
    ReviewPanel,
    /// These items, and what depends on them, are discarded.
    Discard(BTreeSet<ObjectId>),
    /// Everything staged is discarded.
    DiscardAll,
    /// A conflict is decided, as it was shown.
    Resolve(Box<Conflict>, Decision),
    /// These edits of the committed state have been committed as the revision.
    Committed {
        /// The new head.
        revision: i64,
        /// What was committed.
        edits: Vec<Edit>,
    },
    /// The server holds a newer committed state.
    Newer(Document),
    /// Others have put committed tables elsewhere.
    Placed(BTreeMap<TableId, Placement>),
    /// Another tab of this diagram has changed the draft.
    Shared(Draft),
    /// An earlier state, or what differs between two, is to be looked at; none goes back to the edited schema.
    Exhibit(Option<Exhibit>),
    /// What is new in a schema that was read from text is to be staged.
    Import(Box<Import>),
    /// These suggestions, and no others, are not wanted.
    Dismiss(BTreeSet<SuggestionId>),
    /// What was typed in the text beside the drawing, as edits of the edited schema.
    Typed(Vec<Edit>),
    /// What leads back to an earlier revision is to be staged and reviewed.
    Restore {
        /// The revision.
        revision: i64,
        /// Its schema.
        schema: Schema,
    },
}

/// How a conflict is decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// What is committed stays.
    Theirs,
    /// What was staged is made all the same.
    Mine,
    /// What was staged is made under another name.
    MineAs(Name),
}

/// A pointer event over the canvas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pointer {
    /// What happened.
    pub phase: PointerPhase,
    /// Where, in view coordinates.
    pub at: Point,
    /// Which button; meaningless for moves.
    pub button: PointerButton,
    /// Keys held.
    pub modifiers: Modifiers,
    /// A finger: targets are larger, and one finger over nothing pans.
    pub is_touch: bool,
    /// How many presses in quick succession at one place this is.
    pub clicks: u8,
}

/// What a pointer did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerPhase {
    /// A button went down.
    Pressed,
    /// It moved.
    Moved,
    /// The button went up.
    Released,
    /// The platform took the pointer away.
    Canceled,
}

/// A button of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointerButton {
    /// Left, or a finger.
    Primary,
    /// The wheel.
    Middle,
    /// Right.
    Secondary,
}

/// Keys held during a pointer event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each key is held or not, independently of the others")]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Ctrl, or Command on a Mac.
    pub accel: bool,
    /// Alt or Option.
    pub alt: bool,
    /// The space bar.
    pub space: bool,
}

/// Something to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// The layer has to be drawn again, at the next frame.
    Repaint(Layer),
    /// What panels show of this facet may differ now.
    Changed(Facet),
    /// To be said in the live region, and shown.
    Announce(Announcement),
    /// Staged edits changed: store the draft and tell the other tabs.
    StoreDraft,
    /// Committed tables were moved: store their places on the server.
    StorePlacements(BTreeMap<TableId, Placement>),
    /// Open the review with these items ticked.
    Review(BTreeSet<ObjectId>),
    /// Put the keyboard focus into the panel, on the name when it was just made.
    FocusPanel,
    /// Give the keyboard focus back to the canvas.
    FocusCanvas,
    /// The pointer should look like this.
    Cursor(Cursor),
    /// Open the overlay that a command stands for and the editor itself does not have.
    Overlay(Command),
}

/// A part of the picture that is drawn by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layer {
    /// Tables and lines.
    Static,
    /// Selection, hover and what is being dragged.
    Overlay,
}

/// What panels may be interested in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Facet {
    /// The edited schema, the committed one, what is pending or what can be undone.
    Schema,
    /// What is selected.
    Selection,
    /// Which panel is open.
    Panel,
    /// Where one looks from.
    Camera,
}

/// A message to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    /// In a sentence.
    pub text: String,
    /// Whether it tells of a failure.
    pub is_failure: bool,
    /// Whether Undo should be offered beside it.
    pub offers_undo: bool,
}

impl Announcement {
    /// Something was done that can be undone.
    pub fn done(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_failure: false, offers_undo: true }
    }

    /// Something to know.
    pub fn note(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_failure: false, offers_undo: false }
    }

    /// Something could not be done.
    pub fn failure(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_failure: true, offers_undo: false }
    }
}
