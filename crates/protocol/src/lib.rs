#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod account;
mod conflict;
mod draft;
mod history;
mod home;
mod live;
mod share;
mod token;

pub use account::{
    AccountExport, AccountFacts, AuditLine, FormField, Identity, InvitationOffer, InvitationSummary, Me, Member,
    NewInvitation, Role, SessionSummary, UnknownRole, WorkspaceDetails, WorkspaceId, WorkspaceSummary,
};
pub use conflict::CommitConflict;
pub use draft::{DraftStored, StoredDraft};
pub use history::{Author, RevisionSummary};
pub use home::{DiagramHit, DiagramSummary, FolderId, FolderSummary};
pub use live::{Changes, CommittedRevision, Farewell, Known, LayoutNumber, LiveMessage, LiveRequest, Person};
pub use share::{MadeShareLink, NewShareLink, ShareLink};
pub use token::{ApiToken, MadeApiToken, NewApiToken, TokenScope, UnknownScope};

use edit::{Edit, Placement};
use schema::{Diagnostic, ObjectId, Schema, TableId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Identifies a diagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DiagramId(pub Uuid);

impl fmt::Display for DiagramId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DiagramId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// Identifies somebody with a session: a guest or an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub Uuid);

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for PersonId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// The number of a committed state of a diagram: 0 when nothing was committed yet, then one more each commit.
pub type RevisionNumber = i64;

/// What a new diagram starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// One namespace, `public`, and no table.
    Blank,
    /// The ShopFlow sample, linked to a sandbox database with rows in it.
    ShopFlow,
}

/// A diagram as an editor opens it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiagramSnapshot {
    /// Identity.
    pub id: DiagramId,
    /// Name.
    pub name: String,
    /// Head revision.
    pub revision: RevisionNumber,
    /// The schema of that revision.
    pub schema: Schema,
    /// Where tables stand.
    pub placements: BTreeMap<TableId, Placement>,
    /// The last change of places among them.
    pub layout: LayoutNumber,
    /// The database that commits change as well.
    pub database: Option<LinkedDatabase>,
    /// Who opened it; none who came by a link.
    pub person: Option<PersonId>,
    /// Whether the reader may change it.
    pub may_edit: bool,
    /// Whether the one who opened it may make links by which anyone looks at it.
    pub may_share: bool,
}

/// A database that a diagram is linked to, as far as a browser may know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedDatabase {
    /// Its name on its server.
    pub name: String,
    /// Why it cannot be used right now; none when it can.
    pub problem: Option<String>,
}

/// One press on Save.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitRequest {
    /// Which diagram.
    pub diagram: DiagramId,
    /// Who staged the edits. Somebody else may have signed in to the browser since, and does not commit them.
    pub person: PersonId,
    /// Made once by the browser and kept before sending: the same id always gets the same answer.
    pub commit_id: Uuid,
    /// The revision that the edits were made for.
    pub base_revision: RevisionNumber,
    /// What to change, in an order in which it applies.
    pub edits: Vec<Edit>,
    /// What the person says about it; may be empty.
    pub message: String,
    /// Where new tables stand.
    pub placements: BTreeMap<TableId, Placement>,
}

/// What became of a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitOutcome {
    /// All of it is stored, and done in the linked database.
    Committed {
        /// The new head.
        revision: RevisionNumber,
        /// Statements that ran in the linked database; empty without one.
        statements: Vec<String>,
    },
    /// Nothing was changed.
    Refused(Refusal),
    /// Nothing was changed: others committed meanwhile.
    Conflict {
        /// The head now.
        head: RevisionNumber,
        /// What has to be decided first; the first of it when it is much.
        conflicts: Vec<CommitConflict>,
        /// How many more there are.
        more: usize,
    },
    /// The answer of the linked database was lost. The same `commit_id` sent again learns what happened.
    Unknown {
        /// What is known, for the person.
        message: String,
    },
}

/// Why a commit was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// In a sentence.
    pub message: String,
    /// The item that failed, where one can be named.
    pub object: Option<ObjectId>,
    /// The statement that failed.
    pub statement: Option<String>,
    /// PostgreSQL's own words: message, detail and hint.
    pub postgres: Option<String>,
    /// All findings of the validation.
    pub findings: Vec<Diagnostic>,
}

/// Why a call failed, told to the person as it is. Never holds a secret or another tenant's data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum CallError {
    /// It is not there, or not theirs.
    #[error("this does not exist, or is not yours")]
    NotFound,
    /// One field of a form is wrong.
    #[error("{message}")]
    Field {
        /// Which.
        field: FormField,
        /// What is wrong with it.
        message: String,
    },
    /// Tried too often.
    #[error("too many attempts; try again in {seconds} seconds")]
    TooMany {
        /// When to try again.
        seconds: u32,
    },
    /// The request itself is wrong.
    #[error("{0}")]
    Invalid(String),
    /// The store cannot be reached.
    #[error("the server cannot reach its database just now; try again in a moment")]
    Unavailable,
    /// A defect of ours; details are in the server's log.
    #[error("something went wrong on the server")]
    Internal,
    /// No answer came, or none that could be read.
    #[error("the server cannot be reached")]
    Transport(String),
}

/// Why a commit was not made, where the status of the answer says so too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommitError {
    /// [`CommitOutcome::Conflict`], written as it is.
    Conflict {
        /// The head now.
        head: RevisionNumber,
        /// What has to be decided first.
        conflicts: Vec<CommitConflict>,
        /// How many more there are.
        more: usize,
    },
    /// As for every other call.
    #[serde(untagged)]
    Call(CallError),
}

impl From<CallError> for CommitError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

#[cfg(feature = "server-fn")]
mod server_function {
    use super::{CallError, CommitError};
    use server_fn::codec::JsonEncoding;
    use server_fn::error::{FromServerFnError, ServerFnErrorErr};

    impl FromServerFnError for CallError {
        type Encoder = JsonEncoding;

        fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
            match error {
                ServerFnErrorErr::Args(text) | ServerFnErrorErr::MissingArg(text) => Self::Invalid(text),
                // The server cannot read what was asked, the browser cannot read the answer.
                ServerFnErrorErr::Deserialization(text) if cfg!(not(target_arch = "wasm32")) => Self::Invalid(text),
                ServerFnErrorErr::ServerError(_) | ServerFnErrorErr::MiddlewareError(_) => Self::Internal,
                ServerFnErrorErr::Registration(text)
                | ServerFnErrorErr::UnsupportedRequestMethod(text)
                | ServerFnErrorErr::Request(text)
                | ServerFnErrorErr::Deserialization(text)
                | ServerFnErrorErr::Serialization(text)
                | ServerFnErrorErr::Response(text) => Self::Transport(text),
            }
        }
    }

    impl FromServerFnError for CommitError {
        type Encoder = JsonEncoding;

        fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
            Self::Call(CallError::from_server_fn_error(error))
        }
    }
}
