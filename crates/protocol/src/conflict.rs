//! What stands against a commit.

use crate::RevisionNumber;
use edit::ConflictWords;
use serde::{Deserialize, Serialize};

/// Something that a commit and what others committed meanwhile disagree about, in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitConflict {
    /// What was, what others made of it, and what was to be committed.
    #[serde(flatten)]
    pub words: ConflictWords,
    /// The latest revision that touched it, where one can be named.
    pub revision: Option<RevisionNumber>,
}
