//! Staged edits as they are backed up on the server.

use serde::{Deserialize, Serialize};

/// What one person has staged in one diagram, as the server keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredDraft {
    /// Counts up with every writing of it, so that no device overwrites what it has not seen.
    pub sequence: i64,
    /// The draft in the browser's own format, which only a browser reads.
    pub body: String,
}

/// What became of a draft that was to be stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftStored {
    /// It is stored, and this is its sequence.
    Done(i64),
    /// Another device has stored this since. Nothing was changed.
    Beaten(StoredDraft),
}
