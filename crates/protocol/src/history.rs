//! What is told of a diagram's revisions.

use crate::RevisionNumber;
use edit::Tally;
use serde::{Deserialize, Serialize};

/// A line of a diagram's history.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RevisionSummary {
    /// Its number.
    pub number: RevisionNumber,
    /// Who committed it.
    pub author: Author,
    /// What was said about it; may be empty.
    pub message: String,
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// How much it changed.
    pub changes: Tally,
    /// What people call it, if anything.
    pub name: Option<String>,
}

/// Who committed something, as the one who asks knows them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// The one who asks.
    You,
    /// Somebody else, by name; `Guest` for who has none.
    Named(String),
}

impl Author {
    /// As it stands in a line: `You`, `Anna`, `Guest`.
    pub fn label(&self) -> &str {
        match self {
            Self::You => "You",
            Self::Named(name) => name,
        }
    }
}
