//! Server functions: the calls that the browser makes and the server answers through the backend. All are POST, so
//! that another site's page can cause none of them.

mod account;
mod draft;
mod history;
mod home;
mod live;
mod share;
mod workspace;

pub use account::*;
pub use draft::{load_draft, store_draft};
pub use history::{name_revision, revisions, schema_at};
pub use home::*;
pub use live::changes_since;
pub use share::*;
pub use workspace::*;

use std::collections::BTreeMap;

use edit::Placement;
use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{
    CallError, CommitError, CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, Template, WorkspaceId,
};
use schema::TableId;
use serde::{Deserialize, Serialize};

/// The answer of [`health`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerHealth {
    /// The running version of Crowfoot.
    pub version: String,
}

/// Asks the server whether it and its store answer.
#[server(prefix = "/rpc", endpoint = "health", input = Json)]
pub async fn health() -> Result<ServerHealth, CallError> {
    crate::backend::ask(|backend| backend.health()).await
}

/// Makes a diagram, in the visitor's own workspace when none is named. A visitor without a session gets one, and a
/// workspace, at this moment.
#[server(prefix = "/rpc", endpoint = "create_diagram", input = Json)]
pub async fn create_diagram(template: Template, workspace: Option<WorkspaceId>) -> Result<DiagramId, CallError> {
    crate::backend::ask(|backend| backend.create_diagram(template, workspace)).await
}

/// Gives a diagram another name.
#[server(prefix = "/rpc", endpoint = "rename_diagram", input = Json)]
pub async fn rename_diagram(id: DiagramId, name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.rename_diagram(id, name)).await
}

/// Deletes a diagram; [`restore_diagram`] brings it back for a quarter of an hour.
#[server(prefix = "/rpc", endpoint = "delete_diagram", input = Json)]
pub async fn delete_diagram(id: DiagramId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.delete_diagram(id)).await
}

/// Takes [`delete_diagram`] back.
#[server(prefix = "/rpc", endpoint = "restore_diagram", input = Json)]
pub async fn restore_diagram(id: DiagramId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.restore_diagram(id)).await
}

/// A diagram at its head.
#[server(prefix = "/rpc", endpoint = "open_diagram", input = Json)]
pub async fn open_diagram(id: DiagramId) -> Result<DiagramSnapshot, CallError> {
    crate::backend::ask(|backend| backend.open_diagram(id)).await
}

/// Puts tables elsewhere; the last one wins. Tables that are not committed are passed over: their places come with
/// the commit that makes them.
#[server(prefix = "/rpc", endpoint = "move_tables", input = Json)]
pub async fn move_tables(id: DiagramId, placements: BTreeMap<TableId, Placement>) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.move_tables(id, placements)).await
}

/// Commits staged edits, all or none. The same `commit_id` always gets the same answer.
pub async fn commit(request: CommitRequest) -> Result<CommitOutcome, CallError> {
    match send_commit(request).await {
        Err(CommitError::Conflict { head, conflicts, more }) => Ok(CommitOutcome::Conflict { head, conflicts, more }),
        Err(CommitError::Call(error)) => Err(error),
        Ok(outcome) => Ok(outcome),
    }
}

/// A conflict is an error here, because the browser reads an answer by its status and a conflict's is 409.
#[server(prefix = "/rpc", endpoint = "commit", input = Json)]
async fn send_commit(request: CommitRequest) -> Result<CommitOutcome, CommitError> {
    match crate::backend::ask(|backend| backend.commit(request)).await? {
        CommitOutcome::Conflict { head, conflicts, more } => Err(CommitError::Conflict { head, conflicts, more }),
        outcome @ (CommitOutcome::Committed { .. } | CommitOutcome::Refused(_) | CommitOutcome::Unknown { .. }) => {
            Ok(outcome)
        }
    }
}
