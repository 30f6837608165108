//! The staged edits as they are kept in the browser, through reloads and crashes, shared by its tabs.

use crate::Editor;
use edit::{Edit, History, Placement};
use schema::TableId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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

    /// Whether it holds nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.history == History::default()
    }
}

impl Editor {
    /// Everything staged, what no longer fits after all that does: opening it sorts them again.
    fn staged(&self) -> Vec<Edit> {
        let mut edits = edit::diff(self.base(), self.target());
        edits.extend(self.clashes().values().flatten().cloned());
        edits
    }

    /// The draft to store now.
    pub fn draft(&self) -> Draft {
        let staged = |table: &&TableId| !self.base().tables.contains_key(*table);
        let placements = self.placements().keys().filter(staged).copied().collect::<Vec<_>>();
        Draft {
            format: Draft::FORMAT,
            sequence: self.sequence(),
            base_revision: self.base_revision(),
            edits: self.staged(),
            history: self.history().clone(),
            placements: placements
                .into_iter()
                .filter_map(|table| self.placements().get(&table).map(|place| (table, *place)))
                .collect(),
        }
    }
}
