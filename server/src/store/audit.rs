//! The record of a workspace: who did what, and when. It is only ever added to.

use protocol::{AuditLine, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::Store;
use crate::{
    error::Error,
    principal::{AuthorizedWorkspace, Manage, Principal},
};

/// Something worth remembering. Holds no e-mail and no secret.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Action<'a> {
    WorkspaceMade,
    WorkspaceRenamed(&'a str),
    Invited(Role),
    InvitationRevoked(Role),
    Joined(Role),
    RoleGiven(Uuid, Role),
    MemberRemoved(Uuid),
    Left,
    DiagramDeleted(Uuid, &'a str),
    DiagramRestored(Uuid, &'a str),
    DiagramMovedOut(Uuid, &'a str),
    DiagramMovedIn(Uuid, &'a str),
    FolderMade(Uuid, &'a str),
    FolderRenamed(Uuid, &'a str),
    FolderDeleted(Uuid, &'a str),
    LinkMade(Uuid, &'a str),
    LinkEnded(Uuid, &'a str),
}

impl<'a> Action<'a> {
    /// The word it is kept under, what it was done to, and what else there is to say.
    fn parts(self) -> (&'static str, Option<Uuid>, &'a str) {
        match self {
            Self::WorkspaceMade => ("workspace_made", None, ""),
            Self::WorkspaceRenamed(name) => ("workspace_renamed", None, name),
            Self::Invited(role) => ("invited", None, role.as_str()),
            Self::InvitationRevoked(role) => ("invitation_revoked", None, role.as_str()),
            Self::Joined(role) => ("joined", None, role.as_str()),
            Self::RoleGiven(member, role) => ("role_given", Some(member), role.as_str()),
            Self::MemberRemoved(member) => ("member_removed", Some(member), ""),
            Self::Left => ("left", None, ""),
            Self::DiagramDeleted(id, name) => ("diagram_deleted", Some(id), name),
            Self::DiagramRestored(id, name) => ("diagram_restored", Some(id), name),
            Self::DiagramMovedOut(id, name) => ("diagram_moved_out", Some(id), name),
            Self::DiagramMovedIn(id, name) => ("diagram_moved_in", Some(id), name),
            Self::FolderMade(id, name) => ("folder_made", Some(id), name),
            Self::FolderRenamed(id, name) => ("folder_renamed", Some(id), name),
            Self::FolderDeleted(id, name) => ("folder_deleted", Some(id), name),
            Self::LinkMade(id, name) => ("link_made", Some(id), name),
            Self::LinkEnded(id, name) => ("link_ended", Some(id), name),
        }
    }
}

/// Adds a line, in the transaction of what it tells of.
pub(crate) async fn note(
    conn: &mut PgConnection,
    workspace: Uuid,
    actor: Principal,
    action: &Action<'_>,
) -> Result<(), Error> {
    let (word, subject, detail) = action.parts();
    sqlx::query(
        "insert into audit_entry (workspace_id, actor_id, action, subject_id, detail) values ($1, $2, $3, $4, $5)",
    )
    .bind(workspace)
    .bind(actor.id())
    .bind(word)
    .bind(subject)
    .bind(detail)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many lines are shown.
const SHOWN: i64 = 200;

#[derive(sqlx::FromRow)]
struct Row {
    at: String,
    action: String,
    detail: String,
    who: String,
    whom: Option<String>,
}

impl Store {
    /// What was done in a workspace, the latest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn audit(&self, workspace: AuthorizedWorkspace<Manage>) -> Result<Vec<AuditLine>, Error> {
        let rows: Vec<Row> = sqlx::query_as(
            r#"select to_char(entry.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
                      entry.action,
                      entry.detail,
                      display_name(entry.actor_id) as who,
                      display_name(entry.subject_id) as whom
               from audit_entry as entry
               where entry.workspace_id = $1
               order by entry.number desc
               limit $2"#,
        )
        .bind(workspace.id())
        .bind(SHOWN)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(in_words).collect())
    }
}

fn in_words(row: Row) -> AuditLine {
    let (detail, whom) = (row.detail.as_str(), row.whom.unwrap_or_default());
    let what = match row.action.as_str() {
        "workspace_made" => "made the workspace".to_owned(),
        "workspace_renamed" => format!("renamed the workspace to {detail}"),
        "invited" => format!("made an invitation as {detail}"),
        "invitation_revoked" => format!("revoked an invitation as {detail}"),
        "joined" => format!("joined as {detail}"),
        "role_given" => format!("made {whom} {detail}"),
        "member_removed" => format!("removed {whom}"),
        "left" => "left".to_owned(),
        "diagram_deleted" => format!("deleted the diagram {detail}"),
        "diagram_restored" => format!("brought the diagram {detail} back"),
        "diagram_moved_out" => format!("moved the diagram {detail} to another workspace"),
        "diagram_moved_in" => format!("moved the diagram {detail} here"),
        "folder_made" => format!("made the folder {detail}"),
        "folder_renamed" => format!("renamed a folder to {detail}"),
        "folder_deleted" => format!("deleted the folder {detail}"),
        "link_made" => format!("made a link to the diagram {detail}"),
        "link_ended" => format!("ended a link to the diagram {detail}"),
        other => other.replace('_', " "),
    };
    AuditLine { at: row.at, who: row.who, what }
}
