//! What the user interface asks of the server. The server implements [`Backend`] and provides it as a context, so
//! that the arrow between the two crates points one way only.

use std::{collections::BTreeMap, future::Future, pin::Pin, sync::Arc};

use edit::Placement;
use leptos::prelude::use_context;
use protocol::{
    CallError, Changes, CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, DiagramSummary, Known, MadeShareLink,
    NewShareLink, RevisionSummary, ShareLink, Template,
};
use schema::TableId;
use uuid::Uuid;

/// The answer to a call, once it is there.
pub type Call<T> = Pin<Box<dyn Future<Output = Result<T, CallError>> + Send>>;

/// The server as one request's visitor sees it: who asks is part of the value and never an argument.
pub trait Backend: Send + Sync + 'static {
    /// Whether the server and its store answer.
    fn health(&self) -> Call<crate::rpc::ServerHealth>;
    /// See [`crate::rpc::list_diagrams`].
    fn list_diagrams(&self) -> Call<Vec<DiagramSummary>>;
    /// See [`crate::rpc::create_diagram`].
    fn create_diagram(&self, template: Template) -> Call<DiagramId>;
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
    fn revisions(&self, id: DiagramId) -> Call<Vec<RevisionSummary>>;
    /// See [`crate::rpc::share_links`].
    fn share_links(&self, id: DiagramId) -> Call<Vec<ShareLink>>;
    /// See [`crate::rpc::make_share_link`].
    fn make_share_link(&self, id: DiagramId, new: NewShareLink) -> Call<MadeShareLink>;
    /// See [`crate::rpc::revoke_share_link`].
    fn revoke_share_link(&self, id: DiagramId, link: Uuid) -> Call<()>;
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
