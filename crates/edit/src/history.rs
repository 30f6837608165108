//! Undo and redo, one gesture at a time.
//!
//! Limitations: the history is a line, not a tree; making a new gesture forgets what had been undone. It remembers
//! the last [`History::LIMIT`] gestures. It holds one person's gestures only.

use crate::{Edit, Move};
use serde::{Deserialize, Serialize};

/// What one gesture did: edits of the schema and moves on the canvas, undone and redone together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gesture {
    /// What the person did, for "Undo …": `add table categories`.
    pub label: String,
    /// Edits, in the order in which they were applied.
    pub edits: Vec<Edit>,
    /// Moves.
    pub moves: Vec<Move>,
    /// Held edits that it decided (see [`crate::conflicts`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settles: Vec<Edit>,
    /// Held edits that are undecided again after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raises: Vec<Edit>,
}

impl Gesture {
    /// The gesture that takes this one back.
    #[must_use]
    pub fn invert(&self) -> Self {
        Self {
            label: self.label.clone(),
            edits: self.edits.iter().rev().map(Edit::invert).collect(),
            moves: self.moves.iter().rev().map(|step| step.invert()).collect(),
            settles: self.raises.clone(),
            raises: self.settles.clone(),
        }
    }

    /// Whether it does nothing.
    pub fn is_empty(&self) -> bool {
        self.moves.is_empty() && self.moves_only()
    }

    /// Whether it changes nothing but places.
    pub fn moves_only(&self) -> bool {
        self.edits.is_empty() && self.settles.is_empty() && self.raises.is_empty()
    }
}

/// Gestures done and undone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    done: Vec<Gesture>,
    undone: Vec<Gesture>,
    /// How many of the oldest gestures are forgotten, so that marks keep their meaning.
    #[serde(default)]
    forgotten: usize,
}

impl History {
    /// How many gestures can be undone at most.
    pub const LIMIT: usize = 1_000;

    /// Remembers a gesture that has just been done.
    pub fn push(&mut self, gesture: Gesture) {
        self.undone.clear();
        self.done.push(gesture);
        if self.done.len() > Self::LIMIT {
            self.done.remove(0);
            self.forgotten += 1;
        }
    }

    /// Adds a gesture that does the same further to the last one, so that undo takes all of it back at once.
    pub fn prolong(&mut self, gesture: &Gesture) {
        let Some(last) = self.done.last_mut() else { return };
        for step in &mut last.moves {
            if let Some(further) = gesture.moves.iter().find(|further| further.table == step.table) {
                step.to = further.to;
            }
        }
        for edit in &mut last.edits {
            let (object, Edit::Alter { to, .. }) = (edit.object(), edit) else { continue };
            let further = gesture.edits.iter().find_map(|further| match further {
                Edit::Alter { object: same, to: further, .. } if *same == object && further.field() == to.field() => {
                    Some(further)
                }
                Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => None,
            });
            if let Some(further) = further {
                to.clone_from(further);
            }
        }
    }

    /// Steps back: the gesture to apply now, which is the inverse of the last one.
    pub fn undo(&mut self) -> Option<Gesture> {
        let gesture = self.done.pop()?;
        let inverse = gesture.invert();
        self.undone.push(gesture);
        Some(inverse)
    }

    /// Steps forward again: the gesture to apply now.
    pub fn redo(&mut self) -> Option<Gesture> {
        let gesture = self.undone.pop()?;
        self.done.push(gesture.clone());
        Some(gesture)
    }

    /// Decided edits that undo or redo would raise again.
    pub fn decided(&self) -> impl Iterator<Item = &Edit> {
        let done = self.done.iter().flat_map(|gesture| &gesture.settles);
        done.chain(self.undone.iter().flat_map(|gesture| &gesture.raises))
    }

    /// What undo would take back.
    pub fn next_undo(&self) -> Option<&str> {
        self.done.last().map(|gesture| gesture.label.as_str())
    }

    /// What redo would do again.
    pub fn next_redo(&self) -> Option<&str> {
        self.undone.last().map(|gesture| gesture.label.as_str())
    }

    /// How many gestures have been done; a mark to come back to with [`History::since`].
    pub fn mark(&self) -> usize {
        self.forgotten + self.done.len()
    }

    /// One gesture that takes back everything done since the mark; empty when nothing was. It still has to be
    /// applied and pushed.
    #[must_use]
    pub fn since(&self, mark: usize, label: String) -> Gesture {
        let mut back = Gesture { label, ..Gesture::default() };
        for gesture in self.done.iter().skip(mark.saturating_sub(self.forgotten)).rev() {
            let inverse = gesture.invert();
            back.edits.extend(inverse.edits);
            back.moves.extend(inverse.moves);
            back.settles.extend(inverse.settles);
            back.raises.extend(inverse.raises);
        }
        back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gesture(label: &str) -> Gesture {
        Gesture { label: label.to_owned(), ..Gesture::default() }
    }

    #[test]
    fn walks_back_and_forth() {
        let mut history = History::default();
        history.push(gesture("a"));
        history.push(gesture("b"));
        assert_eq!(history.undo().map(|g| g.label), Some("b".to_owned()));
        assert_eq!((history.next_undo(), history.next_redo()), (Some("a"), Some("b")));
        assert_eq!(history.redo().map(|g| g.label), Some("b".to_owned()));
        history.undo();
        history.push(gesture("c"));
        assert_eq!(history.next_redo(), None, "a new gesture forgets what had been undone");
        assert_eq!(history.mark(), 2);
    }
}
