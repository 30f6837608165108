//! Who only looks: everything that would change something is refused, in words.

use crate::{Announcement, Command, Editor, Effect, Input};

const REFUSAL: &str = "You can view this diagram, not edit it";

impl Editor {
    /// Whether the person may change the diagram; at first, yes.
    pub fn may_edit(&self) -> bool {
        self.may_edit
    }

    /// Says whether the person may change the diagram. What was staged before stays, and can be exported and discarded.
    pub fn set_may_edit(&mut self, may_edit: bool) {
        self.may_edit = may_edit;
    }

    /// What is answered to an input that would change something, when that is not the person's to do.
    pub(crate) fn refusal_of(&self, input: &Input) -> Option<Vec<Effect>> {
        let changes = match input {
            Input::Change(_)
            | Input::OpenNewReference(_)
            | Input::ReviewPanel
            | Input::Import(_)
            | Input::Typed(_)
            | Input::Restore { .. } => true,
            Input::Command(command) => command.edits(),
            Input::Pointer(_)
            | Input::Held(_)
            | Input::PointerLeft
            | Input::Rested
            | Input::Scrolled(_)
            | Input::Zoomed { .. }
            | Input::Resized(_)
            | Input::Select(..)
            | Input::Open(_)
            | Input::ClosePanel
            | Input::TakeBack
            | Input::Discard(_)
            | Input::DiscardAll
            | Input::Committed { .. }
            | Input::Newer(_)
            | Input::Placed(_)
            | Input::Shared(_)
            | Input::Resolve(..)
            | Input::Dismiss(_)
            | Input::Exhibit(_) => false,
        };
        (changes && !self.may_edit).then(refusal)
    }
}

/// Says that the person only looks.
pub(crate) fn refusal() -> Vec<Effect> {
    vec![Effect::Announce(Announcement::note(REFUSAL))]
}

impl Command {
    /// Whether it changes the diagram or stages something, or leads to what does.
    pub fn edits(self) -> bool {
        match self {
            Self::Undo
            | Self::Redo
            | Self::Save
            | Self::Delete
            | Self::AddTable
            | Self::AddColumn
            | Self::AddReference
            | Self::AddEnum
            | Self::AddGroup
            | Self::AddNote
            | Self::AddDomain
            | Self::AddSuggested
            | Self::NudgeLeft
            | Self::NudgeRight
            | Self::NudgeUp
            | Self::NudgeDown
            | Self::PushLeft
            | Self::PushRight
            | Self::PushUp
            | Self::PushDown
            | Self::Arrange
            | Self::ArrangeSelected
            | Self::Import => true,
            Self::Open
            | Self::DiscardAll
            | Self::SelectAll
            | Self::NextTable
            | Self::PreviousTable
            | Self::NextColumn
            | Self::PreviousColumn
            | Self::Escape
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ZoomFull
            | Self::Fit
            | Self::FitSelection
            | Self::Palette
            | Self::Export
            | Self::Join
            | Self::History
            | Self::Text
            | Self::Problems
            | Self::Share
            | Self::Suggestions
            | Self::ToggleTheme
            | Self::Help => false,
        }
    }
}
