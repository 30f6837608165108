//! Calls of the home page: what there is, what a search finds, copies and folders.

use leptos::{prelude::*, server_fn::codec::Json};
use protocol::{CallError, DiagramHit, DiagramId, DiagramSummary, FolderId, FolderSummary, WorkspaceId};

/// The visitor's diagrams, the one changed last first.
#[server(prefix = "/rpc", endpoint = "list_diagrams", input = Json)]
pub async fn list_diagrams() -> Result<Vec<DiagramSummary>, CallError> {
    crate::backend::ask(|backend| backend.list_diagrams()).await
}

/// The folders in the visitor's workspaces, by name.
#[server(prefix = "/rpc", endpoint = "list_folders", input = Json)]
pub async fn list_folders() -> Result<Vec<FolderSummary>, CallError> {
    crate::backend::ask(|backend| backend.list_folders()).await
}

/// The visitor's diagrams that have a text in their name or in a table's, the best first.
#[server(prefix = "/rpc", endpoint = "search_diagrams", input = Json)]
pub async fn search_diagrams(query: String) -> Result<Vec<DiagramHit>, CallError> {
    crate::backend::ask(|backend| backend.search_diagrams(query)).await
}

/// Makes a diagram with the same committed schema and places, linked to no database.
#[server(prefix = "/rpc", endpoint = "duplicate_diagram", input = Json)]
pub async fn duplicate_diagram(id: DiagramId) -> Result<DiagramId, CallError> {
    crate::backend::ask(|backend| backend.duplicate_diagram(id)).await
}

/// Makes a folder.
#[server(prefix = "/rpc", endpoint = "make_folder", input = Json)]
pub async fn make_folder(workspace: WorkspaceId, name: String) -> Result<FolderId, CallError> {
    crate::backend::ask(|backend| backend.make_folder(workspace, name)).await
}

/// Gives a folder another name.
#[server(prefix = "/rpc", endpoint = "rename_folder", input = Json)]
pub async fn rename_folder(workspace: WorkspaceId, id: FolderId, name: String) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.rename_folder(workspace, id, name)).await
}

/// Deletes a folder; what is in it stays in the workspace.
#[server(prefix = "/rpc", endpoint = "delete_folder", input = Json)]
pub async fn delete_folder(workspace: WorkspaceId, id: FolderId) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.delete_folder(workspace, id)).await
}

/// Puts a diagram into a folder of its workspace, or out of the one that it is in.
#[server(prefix = "/rpc", endpoint = "put_in_folder", input = Json)]
pub async fn put_in_folder(id: DiagramId, folder: Option<FolderId>) -> Result<(), CallError> {
    crate::backend::ask(|backend| backend.put_in_folder(id, folder)).await
}
