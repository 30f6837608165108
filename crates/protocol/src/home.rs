//! What the home page shows: diagrams, folders, and what a search finds.

use crate::{DiagramId, LayoutNumber, RevisionNumber, WorkspaceId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Identifies a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FolderId(pub Uuid);

impl fmt::Display for FolderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for FolderId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// A diagram in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DiagramSummary {
    /// Identity.
    pub id: DiagramId,
    /// The workspace that it is in.
    pub workspace: WorkspaceId,
    /// The folder that it is in, if any.
    pub folder: Option<FolderId>,
    /// Name.
    pub name: String,
    /// Head revision.
    pub revision: RevisionNumber,
    /// The last change of the places of its tables.
    pub layout: LayoutNumber,
    /// How many tables are committed.
    pub tables: i64,
    /// When it last changed, RFC 3339 in UTC.
    pub updated_at: String,
    /// When the reader last opened it, RFC 3339 in UTC and to some minutes.
    pub opened_at: Option<String>,
    /// Whether commits change a database too.
    pub linked: bool,
}

/// A folder of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FolderSummary {
    /// Identity.
    pub id: FolderId,
    /// The workspace that it is in.
    pub workspace: WorkspaceId,
    /// Name.
    pub name: String,
}

/// A diagram that a search has found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DiagramHit {
    /// Which.
    pub diagram: DiagramId,
    /// The first names of tables that were found in it; empty when only its own name was found.
    pub tables: Vec<String>,
    /// How many more tables were found.
    pub more_tables: i64,
}
