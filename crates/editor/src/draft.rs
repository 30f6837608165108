//! The staged edits as they are kept in the browser, through reloads and crashes, shared by its tabs.

use crate::Editor;
use crate::conflict::union;
use edit::{Attribute, Edit, History, Placement, apply_all, diff, drop_edits, excerpt, merge, rebase};
use schema::{Schema, TableId};
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
    /// What was staged on an earlier revision and fits this one no more.
    #[serde(default)]
    pub clashing: Vec<Edit>,
    /// What the edits are about, as it was when they were made: what others delete can be restored from it.
    #[serde(default)]
    pub before: Schema,
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
    pub const FORMAT: u32 = 2;

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

    /// What is left to be staged on `committed`, the state that a commit of `edits` has led to, and others perhaps
    /// further. What was changed again after the commit was sent is still there.
    #[must_use]
    pub fn after_commit(mut self, edits: &[Edit], committed: &Schema, revision: i64) -> Self {
        // The tables in question as they were before the commit, and as it left them.
        let mut base = excerpt(committed, edits.iter().chain(&self.edits));
        for edit in edits.iter().rev() {
            take_back(&mut base, edit);
        }
        let base = union(self.before.clone(), base);
        let sent = rebase(edits, &base).target;
        let staged = rebase(&self.edits, &base);
        let rest = diff(&sent, &staged.target);
        let merged = merge(&rest, committed, &[]);
        let mut held = [staged.held, merged.held].concat();
        held.retain(|edit| !edits.contains(edit));
        self.before = union(excerpt(&sent, rest.iter().chain(&held)), self.before);
        self.edits = diff(committed, &merged.target);
        self.clashing.extend(held);
        self.base_revision = revision;
        self.sequence += 1;
        self
    }

    /// Whether the two differ in nothing but how often they were changed.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        Self { sequence: self.sequence, ..other.clone() } == *self
    }

    /// Whether it holds nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.clashing.is_empty() && self.history == History::default()
    }
}

/// Undoes an edit as far as others have left it.
fn take_back(schema: &mut Schema, edit: &Edit) {
    let inverse = match edit {
        Edit::Alter { object, from, to } => match Attribute::of(schema, *object, to.field()) {
            Some(now) => vec![Edit::Alter { object: *object, from: now, to: from.clone() }],
            None => Vec::new(),
        },
        Edit::Create(object) => drop_edits(schema, object.id()),
        Edit::Drop(object) => vec![Edit::Create(object.clone())],
    };
    // What cannot be undone has been changed by others; then it stands as they left it on both sides.
    let _ = apply_all(schema, &inverse);
}

impl Editor {
    /// The draft to store now.
    pub fn draft(&self) -> Draft {
        let staged = |table: &&TableId| !self.base().tables.contains_key(*table);
        let placements = self.placements().keys().filter(staged).copied().collect::<Vec<_>>();
        let edits = diff(self.base(), self.target());
        Draft {
            format: Draft::FORMAT,
            sequence: self.sequence(),
            base_revision: self.base_revision(),
            before: union(excerpt(self.base(), &edits), self.before.clone()),
            edits,
            clashing: self.held.clone(),
            history: self.history().clone(),
            placements: placements
                .into_iter()
                .filter_map(|table| self.placements().get(&table).map(|place| (table, *place)))
                .collect(),
        }
    }
}
