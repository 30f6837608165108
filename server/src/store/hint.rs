//! Hints: what a transaction lets all servers know when it is committed. They hold ids and numbers only, and each of them
//! may be lost without harm: whoever hears one asks the store.

use std::{fmt, str::FromStr};

use protocol::{DiagramId, LayoutNumber, RevisionNumber};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;

/// The one channel of all servers on a database.
pub(crate) const CHANNEL: &str = "crowfoot_live";

/// Something has happened that open diagrams should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hint {
    /// The diagram has this head.
    Revision(DiagramId, RevisionNumber),
    /// Tables of the diagram stand elsewhere.
    Layout(DiagramId, LayoutNumber),
    /// The diagram has another name.
    Renamed(DiagramId),
    /// Somebody came to the diagram or left it.
    People(DiagramId),
    /// The diagram was deleted, or is no longer where it was.
    Gone(DiagramId),
    /// Somebody may do more or less in the workspace than before.
    Workspace(Uuid),
    /// Sessions of the principal have ended, or they have another name.
    Principal(Uuid),
    /// The principal has staged something in the diagram; their copy of it has this sequence.
    Draft(DiagramId, Uuid, i64),
}

/// Tells all servers once the transaction is committed, and nobody when it is not.
pub(crate) async fn tell(conn: &mut PgConnection, hint: Hint) -> Result<(), Error> {
    sqlx::query("select pg_notify($1, $2)").bind(CHANNEL).bind(hint.to_string()).execute(conn).await?;
    Ok(())
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Revision(diagram, number) => write!(f, "revision {diagram} {number}"),
            Self::Layout(diagram, number) => write!(f, "layout {diagram} {number}"),
            Self::Renamed(diagram) => write!(f, "renamed {diagram}"),
            Self::People(diagram) => write!(f, "people {diagram}"),
            Self::Gone(diagram) => write!(f, "gone {diagram}"),
            Self::Workspace(id) => write!(f, "workspace {id}"),
            Self::Principal(id) => write!(f, "principal {id}"),
            Self::Draft(diagram, principal, sequence) => write!(f, "draft {diagram} {principal} {sequence}"),
        }
    }
}

/// A text on the channel that this release does not understand; a newer one may speak of more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownHint;

impl FromStr for Hint {
    type Err = UnknownHint;

    fn from_str(text: &str) -> Result<Self, UnknownHint> {
        let mut words = text.split(' ');
        let (kind, id) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let id: Uuid = id.parse().map_err(|_| UnknownHint)?;
        let diagram = DiagramId(id);
        let mut next = || words.next().unwrap_or_default();
        let number = |word: &str| word.parse().map_err(|_| UnknownHint);
        Ok(match kind {
            "revision" => Self::Revision(diagram, number(next())?),
            "layout" => Self::Layout(diagram, number(next())?),
            "renamed" => Self::Renamed(diagram),
            "people" => Self::People(diagram),
            "gone" => Self::Gone(diagram),
            "workspace" => Self::Workspace(id),
            "principal" => Self::Principal(id),
            "draft" => Self::Draft(diagram, next().parse().map_err(|_| UnknownHint)?, number(next())?),
            _ => return Err(UnknownHint),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hints_are_read_as_they_were_written() {
        let (id, diagram) = (Uuid::from_u128(7), DiagramId(Uuid::from_u128(8)));
        for hint in [
            Hint::Revision(diagram, 12),
            Hint::Layout(diagram, 3),
            Hint::Renamed(diagram),
            Hint::People(diagram),
            Hint::Gone(diagram),
            Hint::Workspace(id),
            Hint::Principal(id),
            Hint::Draft(diagram, id, 5),
        ] {
            assert_eq!(hint.to_string().parse(), Ok(hint), "{hint}");
        }
        let none = ["", "revision", "revision 7 1", &format!("revision {id}"), &format!("revision {id} x")];
        for text in none.iter().copied().chain([format!("moved {id}").as_str()]) {
            assert_eq!(text.parse::<Hint>(), Err(UnknownHint), "{text}");
        }
    }
}
