//! What the user interface asks of the server. The server implements [`Backend`] and provides it as a context, so
//! that the arrow between the two crates points one way only.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

use edit::Placement;
use leptos::prelude::use_context;
use protocol::{
    ApiToken, CallError, Changes, CommitOutcome, CommitRequest, DiagramHit, DiagramId, DiagramSnapshot, DiagramSummary,
    DraftStored, FolderId, FolderSummary, Identity, InvitationOffer, Known, MadeApiToken, MadeShareLink, Me,
    NewApiToken, NewInvitation, NewShareLink, PersonId, RevisionNumber, RevisionSummary, Role, SessionSummary,
    ShareLink, StoredDraft, Template, WorkspaceDetails, WorkspaceId,
};
use schema::{Schema, TableId};
use uuid::Uuid;

/// The answer to a call, once it is there.
pub type Call<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// The server as one request's visitor sees it: who asks is part of the value and never an argument.
pub trait Backend: Send + Sync + 'static {
    /// Whether the server and its store answer.
    fn health(&self) -> Call<crate::rpc::ServerHealth>;
    /// See [`crate::rpc::list_diagrams`].
    fn list_diagrams(&self) -> Call<Vec<DiagramSummary>>;
    /// See [`crate::rpc::list_folders`].
    fn list_folders(&self) -> Call<Vec<FolderSummary>>;
    /// See [`crate::rpc::search_diagrams`].
    fn search_diagrams(&self, query: String) -> Call<Vec<DiagramHit>>;
    /// See [`crate::rpc::duplicate_diagram`].
    fn duplicate_diagram(&self, id: DiagramId) -> Call<DiagramId>;
    /// See [`crate::rpc::make_folder`].
    fn make_folder(&self, workspace: WorkspaceId, name: String) -> Call<FolderId>;
    /// See [`crate::rpc::rename_folder`].
    fn rename_folder(&self, workspace: WorkspaceId, id: FolderId, name: String) -> Call<()>;
    /// See [`crate::rpc::delete_folder`].
    fn delete_folder(&self, workspace: WorkspaceId, id: FolderId) -> Call<()>;
    /// See [`crate::rpc::put_in_folder`].
    fn put_in_folder(&self, id: DiagramId, folder: Option<FolderId>) -> Call<()>;
    /// See [`crate::rpc::create_diagram`].
    fn create_diagram(&self, template: Template, workspace: Option<WorkspaceId>) -> Call<DiagramId>;
    /// See [`crate::rpc::rename_diagram`].
    fn rename_diagram(&self, id: DiagramId, name: String) -> Call<()>;
    /// See [`crate::rpc::delete_diagram`].
    fn delete_diagram(&self, id: DiagramId) -> Call<()>;
    /// See [`crate::rpc::restore_diagram`].
    fn restore_diagram(&self, id: DiagramId) -> Call<()>;
    /// See [`crate::rpc::open_diagram`].
    fn open_diagram(&self, id: DiagramId) -> Call<DiagramSnapshot>;
    /// See [`crate::rpc::move_tables`].
    fn move_tables(&self, id: DiagramId, placements: BTreeMap<TableId, Placement>) -> Call<()>;
    /// See [`crate::rpc::commit`].
    fn commit(&self, request: CommitRequest) -> Call<CommitOutcome>;
    /// See [`crate::rpc::revisions`].
    fn revisions(&self, id: DiagramId, before: Option<RevisionNumber>, is_named: bool) -> Call<Vec<RevisionSummary>>;
    /// See [`crate::rpc::schema_at`].
    fn schema_at(&self, id: DiagramId, number: RevisionNumber) -> Call<Schema>;
    /// See [`crate::rpc::name_revision`].
    fn name_revision(&self, id: DiagramId, number: RevisionNumber, name: Option<String>) -> Call<()>;
    /// See [`crate::rpc::load_draft`].
    fn load_draft(&self, person: PersonId, id: DiagramId) -> Call<Option<StoredDraft>>;
    /// See [`crate::rpc::store_draft`].
    fn store_draft(&self, person: PersonId, id: DiagramId, expected: i64, body: String) -> Call<DraftStored>;
    /// See [`crate::rpc::share_links`].
    fn share_links(&self, id: DiagramId) -> Call<Vec<ShareLink>>;
    /// See [`crate::rpc::make_share_link`].
    fn make_share_link(&self, id: DiagramId, new: NewShareLink) -> Call<MadeShareLink>;
    /// See [`crate::rpc::revoke_share_link`].
    fn revoke_share_link(&self, id: DiagramId, link: Uuid) -> Call<()>;
    /// See [`crate::rpc::who_am_i`].
    fn who_am_i(&self) -> Call<Me>;
    /// See [`crate::rpc::who_is`].
    fn who_is(&self, person: PersonId) -> Call<Identity>;
    /// See [`crate::rpc::sign_up`].
    fn sign_up(&self, email: String, password: String, name: String) -> Call<()>;
    /// See [`crate::rpc::set_up`].
    fn set_up(&self, token: String, email: String, password: String, name: String) -> Call<()>;
    /// See [`crate::rpc::sign_in`].
    fn sign_in(&self, email: String, password: String) -> Call<()>;
    /// See [`crate::rpc::sign_out`].
    fn sign_out(&self) -> Call<()>;
    /// See [`crate::rpc::sign_out_everywhere`].
    fn sign_out_everywhere(&self) -> Call<()>;
    /// See [`crate::rpc::sessions`].
    fn sessions(&self) -> Call<Vec<SessionSummary>>;
    /// See [`crate::rpc::end_session`].
    fn end_session(&self, id: Uuid) -> Call<()>;
    /// See [`crate::rpc::api_tokens`].
    fn api_tokens(&self) -> Call<Vec<ApiToken>>;
    /// See [`crate::rpc::make_api_token`].
    fn make_api_token(&self, new: NewApiToken) -> Call<MadeApiToken>;
    /// See [`crate::rpc::revoke_api_token`].
    fn revoke_api_token(&self, id: Uuid) -> Call<()>;
    /// See [`crate::rpc::change_password`].
    fn change_password(&self, current: String, new: String) -> Call<()>;
    /// See [`crate::rpc::rename_account`].
    fn rename_account(&self, name: String) -> Call<()>;
    /// See [`crate::rpc::delete_account`].
    fn delete_account(&self, password: String) -> Call<()>;
    /// See [`crate::rpc::request_reset`].
    fn request_reset(&self, email: String) -> Call<()>;
    /// See [`crate::rpc::reset_password`].
    fn reset_password(&self, token: String, password: String) -> Call<()>;
    /// See [`crate::rpc::open_workspace`].
    fn open_workspace(&self, id: WorkspaceId) -> Call<WorkspaceDetails>;
    /// See [`crate::rpc::create_workspace`].
    fn create_workspace(&self, name: String) -> Call<WorkspaceId>;
    /// See [`crate::rpc::rename_workspace`].
    fn rename_workspace(&self, id: WorkspaceId, name: String) -> Call<()>;
    /// See [`crate::rpc::delete_workspace`].
    fn delete_workspace(&self, id: WorkspaceId) -> Call<()>;
    /// See [`crate::rpc::set_role`].
    fn set_role(&self, id: WorkspaceId, member: Uuid, role: Role) -> Call<()>;
    /// See [`crate::rpc::remove_member`].
    fn remove_member(&self, id: WorkspaceId, member: Uuid) -> Call<()>;
    /// See [`crate::rpc::leave_workspace`].
    fn leave_workspace(&self, id: WorkspaceId) -> Call<()>;
    /// See [`crate::rpc::invite`].
    fn invite(&self, id: WorkspaceId, role: Role, email: Option<String>) -> Call<NewInvitation>;
    /// See [`crate::rpc::revoke_invitation`].
    fn revoke_invitation(&self, id: WorkspaceId, invitation: Uuid) -> Call<()>;
    /// See [`crate::rpc::invitation`].
    fn invitation(&self, token: String) -> Call<InvitationOffer>;
    /// See [`crate::rpc::join`].
    fn join(&self, token: String) -> Call<WorkspaceId>;
    /// See [`crate::rpc::move_diagram`].
    fn move_diagram(&self, id: DiagramId, workspace: WorkspaceId) -> Call<()>;
    /// See [`crate::rpc::changes_since`].
    fn changes_since(&self, id: DiagramId, known: Known) -> Call<Changes>;
}

/// The handle under which the server provides its [`Backend`], anew for every request.
#[derive(Clone)]
pub struct BackendHandle(pub Arc<dyn Backend>);

/// Asks the backend of the request being served.
///
/// # Errors
/// What the backend answers; [`CallError::Internal`] when called outside of a request.
pub async fn ask<T>(question: impl FnOnce(&dyn Backend) -> Call<T>) -> Result<T, CallError> {
    // The context is read before the first await, where it is certain to be the request's own.
    let Some(BackendHandle(backend)) = use_context::<BackendHandle>() else {
        return Err(CallError::Internal);
    };
    question(backend.as_ref()).await
}
