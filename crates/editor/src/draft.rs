//! The staged edits as they are kept in the browser, through reloads and crashes, shared by its tabs.

use crate::Editor;
use edit::{Edit, History, Placement, apply_all, diff, rebase};
use schema::{ObjectId, Schema, TableId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Everything staged in one diagram. Stored as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The version of this shape.
    pub format: u32,
    /// Counts up with every change, so that the newer of two drafts is known.
    pub sequence: u64,
    /// The revision that the edits apply to.
    pub base_revision: i64,
    /// What is pending, in an order in which it applies.
    pub edits: Vec<Edit>,
    /// What was staged on an earlier revision and fits this one no more.
    #[serde(default)]
    pub clashing: Vec<Edit>,
    /// Undo and redo.
    pub history: History,
    /// Where tables stand that are not committed.
    pub placements: BTreeMap<TableId, Placement>,
}

/// Why a stored draft cannot be opened. It is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Written by a newer release.
    #[error("your staged edits were made by a newer version of Crowfoot; reload the page to get it")]
    TooNew,
    /// Not what a draft looks like.
    #[error("your staged edits cannot be read: {0}")]
    Damaged(String),
}

impl Draft {
    /// The version of the shape that this release writes.
    pub const FORMAT: u32 = 1;

    /// Reads a stored draft of this or an earlier format.
    ///
    /// # Errors
    /// When the text is damaged or from a newer release.
    pub fn from_json(text: &str) -> Result<Self, DraftError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |error: serde_json::Error| DraftError::Damaged(error.to_string());
        let found: Format = serde_json::from_str(text).map_err(damaged)?;
        if found.format > Self::FORMAT {
            return Err(DraftError::TooNew);
        }
        serde_json::from_str(text).map_err(damaged)
    }

    /// The text to store.
    ///
    /// # Errors
    /// Never for a draft that an editor made; the serialiser's type says so anyway.
    pub fn to_json(&self) -> Result<String, DraftError> {
        serde_json::to_string(self).map_err(|error| DraftError::Damaged(error.to_string()))
    }

    /// What is left to be staged on `committed`, the state that a commit of `edits` has led to. What was changed again
    /// after the commit was sent is still there.
    #[must_use]
    pub fn after_commit(mut self, edits: &[Edit], committed: &Schema, revision: i64) -> Self {
        let mut before = committed.clone();
        let inverse: Vec<Edit> = edits.iter().rev().map(Edit::invert).collect();
        let staged = match apply_all(&mut before, &inverse) {
            Ok(()) => rebase(&self.edits, &before),
            // Others have changed the same things since; what was committed is then told apart by its object.
            Err(_) => {
                let sent: BTreeSet<ObjectId> = edits.iter().map(Edit::object).collect();
                let rest: Vec<Edit> =
                    self.edits.iter().filter(|edit| !sent.contains(&edit.object())).cloned().collect();
                rebase(&rest, committed)
            }
        };
        self.edits = diff(committed, &staged.target);
        self.clashing.extend(staged.clashes.into_values().flatten());
        self.base_revision = revision;
        self.sequence += 1;
        self
    }

    /// Whether it holds nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.clashing.is_empty() && self.history == History::default()
    }
}

impl Editor {
    /// The draft to store now.
    pub fn draft(&self) -> Draft {
        let staged = |table: &&TableId| !self.base().tables.contains_key(*table);
        let placements = self.placements().keys().filter(staged).copied().collect::<Vec<_>>();
        Draft {
            format: Draft::FORMAT,
            sequence: self.sequence(),
            base_revision: self.base_revision(),
            edits: diff(self.base(), self.target()),
            clashing: self.clashes().values().flatten().cloned().collect(),
            history: self.history().clone(),
            placements: placements
                .into_iter()
                .filter_map(|table| self.placements().get(&table).map(|place| (table, *place)))
                .collect(),
        }
    }
}
