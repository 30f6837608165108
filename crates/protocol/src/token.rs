//! Personal tokens, by which programs use the public API in somebody's name.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Something that a token may be allowed. A token never does more than its owner may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenScope {
    /// List, open and export diagrams, and read their history.
    Read,
    /// Make, rename, change and delete diagrams; reading is part of it.
    Write,
    /// List, make and end the links by which anyone may look at a diagram.
    Share,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Read, Self::Write, Self::Share];

    /// The word under which it is kept and sent.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Share => "share",
        }
    }

    /// The word that people read.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Read => "Read",
            Self::Write => "Write",
            Self::Share => "Share",
        }
    }

    /// What it is good for, in a few words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Read => "lists, opens and exports diagrams, with their history",
            Self::Write => "also makes, commits to, renames and deletes diagrams",
            Self::Share => "lists, makes and ends links to diagrams",
        }
    }

    /// Whether a token with this scope may do what the other one allows.
    #[must_use]
    pub fn covers(self, other: Self) -> bool {
        self == other || (self, other) == (Self::Write, Self::Read)
    }
}

impl fmt::Display for TokenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such scope")]
pub struct UnknownScope;

impl FromStr for TokenScope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, UnknownScope> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text).ok_or(UnknownScope)
    }
}

/// A token as its owner sees it. Its text is told once, when it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Identity.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// What it may do, each once and in order.
    pub scopes: Vec<TokenScope>,
    /// When it was made, RFC 3339 in UTC.
    pub created_at: String,
    /// When it stops working.
    pub expires_at: String,
    /// Whether that time is over.
    pub has_expired: bool,
    /// When it was last used, to the minute.
    pub last_used_at: Option<String>,
}

/// What a new token is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewApiToken {
    /// See [`ApiToken::name`].
    pub name: String,
    /// See [`ApiToken::scopes`].
    pub scopes: Vec<TokenScope>,
    /// After how many days it stops working.
    pub days: u16,
}

/// A token that was just made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeApiToken {
    /// The token.
    pub token: ApiToken,
    /// The text to give to a program. It is not kept and cannot be told again.
    pub text: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_read_back_and_writing_reads() {
        for scope in TokenScope::ALL {
            assert_eq!(scope.as_str().parse(), Ok(scope));
            for other in TokenScope::ALL {
                let expect = scope == other || (scope, other) == (TokenScope::Write, TokenScope::Read);
                assert_eq!(scope.covers(other), expect, "{scope} {other}");
            }
        }
        assert_eq!("admin".parse::<TokenScope>(), Err(UnknownScope));
    }
}
