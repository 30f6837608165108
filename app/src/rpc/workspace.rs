//! Calls about workspaces, who is in them, and who is invited.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramId, InvitationOffer, NewInvitation, Role, WorkspaceDetails, WorkspaceId};
use uuid::Uuid;

/// A workspace with its people and, for who manages it, invitations and record.
#[server(prefix = "/rpc", endpoint = "open_workspace", input = Json)]
pub async fn open_workspace(id: WorkspaceId) -> Result<WorkspaceDetails, CallError> {
    crate::backend::ask(|backend| backend.open_workspace(id)).await
}

/// Makes a workspace.
#[server(prefix = "/rpc", endpoint = "create_workspace", input = Json)]
pub async fn create_workspace(name: String) -> Result<WorkspaceId, CallError> {
    crate::backend::ask(|backend| backend.create_workspace(name)).await
}

/// Gives a workspace another name.
#[server(prefix = "/rpc", endpoint = "rename_workspace", input = Json)]
pub async fn rename_workspace(id: WorkspaceId, name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.rename_workspace(id, name)).await
}

/// Deletes a workspace with all its diagrams.
#[server(prefix = "/rpc", endpoint = "delete_workspace", input = Json)]
pub async fn delete_workspace(id: WorkspaceId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.delete_workspace(id)).await
}

/// Gives a member another role.
#[server(prefix = "/rpc", endpoint = "set_role", input = Json)]
pub async fn set_role(id: WorkspaceId, member: Uuid, role: Role) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.set_role(id, member, role)).await
}

/// Takes a member out of a workspace.
#[server(prefix = "/rpc", endpoint = "remove_member", input = Json)]
pub async fn remove_member(id: WorkspaceId, member: Uuid) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.remove_member(id, member)).await
}

/// Goes out of a workspace.
#[server(prefix = "/rpc", endpoint = "leave_workspace", input = Json)]
pub async fn leave_workspace(id: WorkspaceId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.leave_workspace(id)).await
}

/// Makes an invitation: a link, or a mail with one.
#[server(prefix = "/rpc", endpoint = "invite", input = Json)]
pub async fn invite(id: WorkspaceId, role: Role, email: Option<String>) -> Result<NewInvitation, CallError> {
    crate::backend::ask(|backend| backend.invite(id, role, email)).await
}

/// Makes an invitation worthless.
#[server(prefix = "/rpc", endpoint = "revoke_invitation", input = Json)]
pub async fn revoke_invitation(id: WorkspaceId, invitation: Uuid) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.revoke_invitation(id, invitation)).await
}

/// What an invitation is to.
#[server(prefix = "/rpc", endpoint = "invitation", input = Json)]
pub async fn invitation(token: String) -> Result<InvitationOffer, CallError> {
    crate::backend::ask(|backend| backend.invitation(token)).await
}

/// Joins the workspace of an invitation.
#[server(prefix = "/rpc", endpoint = "join", input = Json)]
pub async fn join(token: String) -> Result<WorkspaceId, CallError> {
    crate::backend::ask(|backend| backend.join(token)).await
}

/// Moves a diagram into another workspace, with its history and its database.
#[server(prefix = "/rpc", endpoint = "move_diagram", input = Json)]
pub async fn move_diagram(id: DiagramId, workspace: WorkspaceId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.move_diagram(id, workspace)).await
}
