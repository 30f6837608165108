//! What the server answers to the user interface's calls.

use std::{collections::BTreeMap, sync::Arc};

use app::{
    backend::{Backend, BackendHandle, Call},
    rpc::ServerHealth,
};
use axum::http::request::Parts;
use edit::Placement;
use leptos::prelude::{provide_context, use_context};
use protocol::{
    CallError, Changes, CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, DiagramSummary, Known, MadeShareLink,
    NewShareLink, RevisionSummary, ShareLink, Template,
};
use schema::TableId;
use uuid::Uuid;

use crate::{
    commit,
    error::Error,
    principal::{Authorized, Edit, Right, View},
    sample,
    state::State,
    web::session::Visitor,
};

/// Gives the request being served its backend.
pub fn provide(state: &Arc<State>) {
    let visitor = use_context::<Parts>().and_then(|parts| parts.extensions.get::<Visitor>().cloned());
    let backend = ServerBackend { state: Arc::clone(state), visitor: visitor.unwrap_or_default() };
    provide_context(BackendHandle(Arc::new(backend)));
}

/// The backend of one request.
#[derive(Clone)]
struct ServerBackend {
    state: Arc<State>,
    visitor: Visitor,
}

impl ServerBackend {
    /// Answers with what `work` does, errors in the words that a visitor may read.
    fn call<T, F>(&self, work: impl FnOnce(Self) -> F) -> Call<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let work = work(self.clone());
        Box::pin(async move { work.await.map_err(Error::into_call_error) })
    }

    async fn authorize<R: Right>(&self, id: DiagramId) -> Result<Authorized<R>, Error> {
        let principal = self.visitor.principal(&self.state.store).await?;
        self.state.store.authorize(principal, id).await
    }
}

impl Backend for ServerBackend {
    fn health(&self) -> Call<ServerHealth> {
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            match state.store.is_up().await {
                true => Ok(ServerHealth { version: env!("CARGO_PKG_VERSION").to_owned() }),
                false => Err(CallError::Unavailable),
            }
        })
    }

    fn list_diagrams(&self) -> Call<Vec<DiagramSummary>> {
        self.call(async move |it| {
            let principal = it.visitor.principal(&it.state.store).await?;
            it.state.store.list_diagrams(principal).await
        })
    }

    fn create_diagram(&self, template: Template) -> Call<DiagramId> {
        self.call(async move |it| {
            let principal = it.visitor.principal_or_guest(&it.state.store).await?;
            sample::create(&it.state, principal, template).await
        })
    }

    fn rename_diagram(&self, id: DiagramId, name: String) -> Call<()> {
        self.call(async move |it| it.state.store.rename_diagram(it.authorize(id).await?, &name).await)
    }

    fn delete_diagram(&self, id: DiagramId) -> Call<()> {
        self.call(async move |it| it.state.store.delete_diagram(it.authorize(id).await?).await)
    }

    fn restore_diagram(&self, id: DiagramId) -> Call<()> {
        self.call(async move |it| it.state.store.restore_diagram(it.authorize(id).await?).await)
    }

    fn open_diagram(&self, id: DiagramId) -> Call<DiagramSnapshot> {
        self.call(async move |it| it.state.store.open_diagram(it.authorize::<View>(id).await?).await)
    }

    fn move_tables(&self, id: DiagramId, placements: BTreeMap<TableId, Placement>) -> Call<()> {
        self.call(async move |it| it.state.store.move_tables(it.authorize(id).await?, &placements).await)
    }

    fn commit(&self, request: CommitRequest) -> Call<CommitOutcome> {
        self.call(async move |it| {
            let diagram = it.authorize::<Edit>(request.diagram).await?;
            commit::commit(&it.state, diagram, request).await
        })
    }

    fn revisions(&self, id: DiagramId) -> Call<Vec<RevisionSummary>> {
        self.call(async move |it| it.state.store.revisions(it.authorize(id).await?).await)
    }

    fn share_links(&self, id: DiagramId) -> Call<Vec<ShareLink>> {
        self.call(async move |it| it.state.store.share_links(it.authorize(id).await?).await)
    }

    fn make_share_link(&self, id: DiagramId, new: NewShareLink) -> Call<MadeShareLink> {
        self.call(async move |it| {
            let (link, token) = it.state.store.make_share_link(it.authorize(id).await?, &new).await?;
            let path_of = |page: &str| format!("/{page}/{}", token.expose());
            Ok(MadeShareLink { link, path: path_of("s"), embed_path: path_of("embed") })
        })
    }

    fn revoke_share_link(&self, id: DiagramId, link: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.revoke_share_link(it.authorize(id).await?, link).await)
    }

    fn changes_since(&self, id: DiagramId, known: Known) -> Call<Changes> {
        self.call(async move |it| it.state.store.changes_since(it.authorize(id).await?, known).await)
    }
}
