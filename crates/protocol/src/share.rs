//! Links by which anyone may look at a diagram.

use serde::{Deserialize, Serialize};
use std::fmt::{self, Debug, Formatter};
use uuid::Uuid;

/// A link as the people who may share the diagram see it. Its token is told once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShareLink {
    /// Identity.
    pub id: Uuid,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// When it stops working; none for never.
    pub expires_at: Option<String>,
    /// Whether that time is over.
    pub has_expired: bool,
    /// When somebody last came by it.
    pub last_used_at: Option<String>,
    /// Whether visitors may take the schema away as SQL and DBML.
    pub may_export: bool,
    /// Whether visitors are asked for a password.
    pub has_password: bool,
    /// Sites that may show the diagram in a frame, as origins such as `https://wiki.example`.
    pub embed_origins: Vec<String>,
}

/// What a new link allows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewShareLink {
    /// After how many days it stops working; none for never.
    pub days: Option<u16>,
    /// See [`ShareLink::may_export`].
    pub may_export: bool,
    /// See [`ShareLink::embed_origins`].
    pub embed_origins: Vec<String>,
    /// What visitors have to know. Not together with sites, whose frames cannot ask for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
}

/// Without the password, which must not get into a log.
impl Debug for NewShareLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewShareLink")
            .field("days", &self.days)
            .field("may_export", &self.may_export)
            .field("embed_origins", &self.embed_origins)
            .field("has_password", &self.password.is_some())
            .finish()
    }
}

/// A link that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeShareLink {
    /// The link.
    pub link: ShareLink,
    /// The path to give away, such as `/s/5f…`. It is not kept and cannot be told again.
    pub path: String,
    /// The path to put into a frame.
    pub embed_path: String,
}
