//! Who people are, and what they may do in which workspace.

use crate::{ApiToken, DiagramId};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Identifies a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WorkspaceId(pub Uuid);

impl fmt::Display for WorkspaceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for WorkspaceId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// Who somebody is to the one who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    /// The one who asks.
    You,
    /// The guest that they were before they signed in.
    YouAsGuest,
    /// Somebody else, or nobody.
    SomebodyElse,
}

/// What a member may do; each role may do all that the ones before it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Open, search and export.
    Viewer,
    /// Make and change diagrams.
    Editor,
    /// Invite people, delete and move diagrams.
    Admin,
    /// Delete the workspace.
    Owner,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Admin, Self::Owner];

    /// The word under which it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The word that people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer",
            Self::Editor => "Editor",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// What it is good for, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Viewer => "opens and exports diagrams",
            Self::Editor => "also edits and commits",
            Self::Admin => "also invites people, moves and deletes diagrams",
            Self::Owner => "also deletes the workspace",
        }
    }
}

/// A word that names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such role")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(UnknownRole)
    }
}

/// Who sits before the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// What they signed in to; none for a guest, and for who has no session at all.
    pub account: Option<AccountFacts>,
    /// Where their diagrams are, their own workspace first. Empty without a session.
    pub workspaces: Vec<WorkspaceSummary>,
}

/// An account, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountFacts {
    /// What others see.
    pub name: String,
    /// What they sign in with.
    pub email: String,
}

/// A workspace in a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceSummary {
    /// Identity.
    pub id: WorkspaceId,
    /// Name.
    pub name: String,
    /// What the reader is in it.
    pub role: Role,
    /// How many people are in it.
    pub members: i64,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Identity; not the token.
    pub id: Uuid,
    /// What the browser calls itself.
    pub agent: String,
    /// When it signed in, RFC 3339 in UTC.
    pub created_at: String,
    /// When it was last seen, to the hour.
    pub used_at: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A workspace with its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkspaceDetails {
    /// Identity.
    pub id: WorkspaceId,
    /// Name.
    pub name: String,
    /// What the reader is in it.
    pub role: Role,
    /// Everybody in it.
    pub members: Vec<Member>,
    /// Open invitations; empty for who may not invite.
    pub invitations: Vec<InvitationSummary>,
    /// What was done, the latest first; empty for who may not read it.
    pub audit: Vec<AuditLine>,
    /// Whether the server can send mail.
    pub can_mail: bool,
}

/// Somebody in a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Identity.
    pub id: Uuid,
    /// Name.
    pub name: String,
    /// E-mail; none for a guest.
    pub email: Option<String>,
    /// What they are.
    pub role: Role,
    /// Whether it is the reader.
    pub is_me: bool,
}

/// An invitation that was not revoked and has not run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationSummary {
    /// Identity; not the token.
    pub id: Uuid,
    /// What who follows it becomes.
    pub role: Role,
    /// Whom it was sent to.
    pub email: Option<String>,
    /// Who made it.
    pub invited_by: String,
    /// Until when it holds, RFC 3339 in UTC.
    pub expires_at: String,
}

/// A new invitation. Its token is known here and never again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// What `/join/` is followed by.
    pub token: String,
    /// Whether a mail with it is on its way.
    pub is_mailed: bool,
}

/// What an invitation is to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationOffer {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub name: String,
    /// Who invites.
    pub invited_by: String,
    /// What the guest becomes.
    pub role: Role,
    /// Whether the reader has an account, without which nobody joins.
    pub is_signed_in: bool,
    /// Whether the reader is in already.
    pub is_member: bool,
}

/// A line of the record of a workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditLine {
    /// When, RFC 3339 in UTC.
    pub at: String,
    /// Who.
    pub who: String,
    /// What, in words that follow the name.
    pub what: String,
}

/// Everything about a person that is theirs to take along.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountExport {
    /// The account.
    pub account: AccountFacts,
    /// Where they are signed in.
    pub sessions: Vec<SessionSummary>,
    /// The tokens of programs that work in their name.
    pub tokens: Vec<ApiToken>,
    /// The workspaces that they are in.
    pub workspaces: Vec<WorkspaceSummary>,
    /// The diagrams of those workspaces.
    pub diagrams: Vec<DiagramId>,
}

/// A field of a form, for saying what is wrong with it beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FormField {
    /// E-mail.
    Email,
    /// The password, or the new one.
    Password,
    /// The password that holds now.
    CurrentPassword,
    /// The name of a person or of a workspace.
    Name,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_ordered_and_read_back() {
        assert!(Role::ALL.is_sorted());
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert_eq!("root".parse::<Role>(), Err(UnknownRole));
    }
}
