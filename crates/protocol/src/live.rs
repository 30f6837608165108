//! What an open diagram hears over its socket, and what it asks for then.
//!
//! A message is a hint that there is something to ask for. It may be late, come twice or not come at all: the revisions
//! and places that the server holds are the truth, and both are numbered, so that whoever lacks some of them knows.

use crate::{Author, PersonId, RevisionNumber};
use edit::{Edit, Placement};
use schema::TableId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts up whenever committed tables of a diagram are put elsewhere.
pub type LayoutNumber = i64;

/// Somebody who has the diagram open, in however many tabs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Identity.
    pub id: PersonId,
    /// What they call themselves.
    pub name: String,
}

/// What the server tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveMessage {
    /// How things stand. The first message; comes again when the server may have missed something.
    Hello {
        /// The head revision.
        head: RevisionNumber,
        /// The last change of places.
        layout: LayoutNumber,
        /// The diagram's name.
        name: String,
        /// Who is told.
        you: PersonId,
    },
    /// A revision was committed.
    Revision {
        /// The head now.
        number: RevisionNumber,
    },
    /// Tables were put elsewhere.
    Layout {
        /// The last change of places now.
        number: LayoutNumber,
    },
    /// The diagram has another name.
    Renamed {
        /// The name now.
        name: String,
    },
    /// Who is here now, whoever is told among them.
    Presence {
        /// Each of them once.
        people: Vec<Person>,
    },
    /// Somebody may do more or less here than before; perhaps whoever is told.
    Rights,
    /// A browser of the person who is told has backed up what is staged in it.
    Draft {
        /// The sequence of the copy now.
        sequence: i64,
    },
    /// The line is alive: sent now and then, and in answer to [`LiveRequest::Beat`].
    Beat,
    /// The server stops. The line ends right after this.
    Goodbye {
        /// When to come back, so that not all do so at once.
        retry_after_ms: u64,
    },
}

/// What a browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LiveRequest {
    /// Asks whether the line is alive.
    Beat,
}

/// Why the server ends a line, as the code with which it is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Farewell {
    /// What was sent is not what is spoken here.
    Malformed,
    /// The server stops.
    Stopping,
    /// Their session has ended.
    SignedOut,
    /// They may not see the diagram any more.
    Revoked,
    /// The browser takes messages too slowly. It comes back and asks for what it has missed.
    TooSlow,
    /// The diagram was deleted.
    Deleted,
    /// The browser sends more than anybody needs.
    TooMany,
}

impl Farewell {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Malformed, Self::Stopping, Self::SignedOut, Self::Revoked, Self::TooSlow, Self::Deleted, Self::TooMany];

    /// The code of the closing frame. The first two are the standard's own, the others follow HTTP's.
    pub fn code(self) -> u16 {
        match self {
            Self::Malformed => 1003,
            Self::Stopping => 1012,
            Self::SignedOut => 4401,
            Self::Revoked => 4403,
            Self::TooSlow => 4408,
            Self::Deleted => 4410,
            Self::TooMany => 4429,
        }
    }

    /// What a closing frame's code says, when it is one of ours.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.code() == code)
    }

    /// The same in words, for whoever looks at the line.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Malformed => "this is not what is spoken here",
            Self::Stopping => "the server stops",
            Self::SignedOut => "the session has ended",
            Self::Revoked => "the diagram is not yours to see any more",
            Self::TooSlow => "too slow: come back and ask for what is missing",
            Self::Deleted => "the diagram was deleted",
            Self::TooMany => "too many messages",
        }
    }
}

/// How much of a diagram a browser has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The revision.
    pub revision: RevisionNumber,
    /// The last change of places.
    pub layout: LayoutNumber,
}

/// What a browser lacks, all parts of one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The head revision.
    pub head: RevisionNumber,
    /// The revisions that are lacking, oldest first; none when the whole diagram is quicker to send.
    pub revisions: Option<Vec<CommittedRevision>>,
    /// The last change of places.
    pub layout: LayoutNumber,
    /// The tables that were put elsewhere.
    pub placements: BTreeMap<TableId, Placement>,
    /// Whether whoever asks may change the diagram.
    pub may_edit: bool,
    /// Whether they may make links to it.
    pub may_share: bool,
}

/// A revision as others learn of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommittedRevision {
    /// Its number.
    pub number: RevisionNumber,
    /// Who committed it.
    pub author: Author,
    /// What was changed.
    pub edits: Vec<Edit>,
}
