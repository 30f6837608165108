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
    ApiToken, CallError, Changes, CommitOutcome, CommitRequest, DiagramHit, DiagramId, DiagramSnapshot, DiagramSummary,
    DraftStored, FolderId, FolderSummary, Identity, InvitationOffer, Known, MadeApiToken, MadeShareLink, Me,
    NewApiToken, NewInvitation, NewShareLink, PersonId, RevisionNumber, RevisionSummary, Role, SessionSummary,
    ShareLink, StoredDraft, Template, WorkspaceDetails, WorkspaceId,
};
use schema::{Schema, TableId};
use uuid::Uuid;

use crate::{
    account::{
        read_name,
        sign_in::{self, SignUp},
    },
    commit,
    error::Error,
    principal::{Authorized, AuthorizedWorkspace, Edit, Manage, Principal, Right, View},
    sample,
    secret::Secret,
    state::State,
    turns::Turn,
    web::{bearer, session::Visitor, share},
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

    async fn principal(&self) -> Result<Option<Principal>, Error> {
        self.visitor.principal(&self.state.store).await
    }

    /// The visitor, when they have an account.
    async fn account(&self) -> Result<Principal, Error> {
        let principal = self.principal().await?.ok_or(Error::NotFound)?;
        self.state.store.account(principal).await?;
        Ok(principal)
    }

    async fn authorize_workspace<R: Right>(&self, id: WorkspaceId) -> Result<AuthorizedWorkspace<R>, Error> {
        let principal = self.principal().await?;
        self.state.store.authorize_workspace(principal, id).await
    }

    async fn authorize<R: Right>(&self, id: DiagramId) -> Result<Authorized<R>, Error> {
        let principal = self.principal().await?;
        self.state.store.authorize(principal, id).await
    }

    /// The same, for what a page does in the name of who opened it: whoever has signed in to the browser since has no
    /// right to that.
    async fn authorize_as<R: Right>(&self, person: PersonId, id: DiagramId) -> Result<Authorized<R>, Error> {
        let principal = self.principal().await?.ok_or(Error::NotFound)?;
        if self.state.store.who_is(principal, person).await? == Identity::SomebodyElse {
            return Err(Error::NotFound);
        }
        self.state.store.authorize(Some(principal), id).await
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
            let principal = it.principal().await?;
            it.state.store.list_diagrams(principal).await
        })
    }

    fn list_folders(&self) -> Call<Vec<FolderSummary>> {
        self.call(async move |it| it.state.store.list_folders(it.principal().await?).await)
    }

    fn search_diagrams(&self, query: String) -> Call<Vec<DiagramHit>> {
        self.call(async move |it| it.state.store.search_diagrams(it.principal().await?, &query).await)
    }

    fn duplicate_diagram(&self, id: DiagramId) -> Call<DiagramId> {
        self.call(async move |it| {
            let diagram = it.authorize(id).await?;
            let _turn = Turn::at_processor().await?;
            it.state.store.duplicate_diagram(diagram).await
        })
    }

    fn make_folder(&self, workspace: WorkspaceId, name: String) -> Call<FolderId> {
        self.call(async move |it| it.state.store.make_folder(it.authorize_workspace(workspace).await?, &name).await)
    }

    fn rename_folder(&self, workspace: WorkspaceId, id: FolderId, name: String) -> Call<()> {
        self.call(async move |it| {
            it.state.store.rename_folder(it.authorize_workspace(workspace).await?, id, &name).await
        })
    }

    fn delete_folder(&self, workspace: WorkspaceId, id: FolderId) -> Call<()> {
        self.call(async move |it| it.state.store.delete_folder(it.authorize_workspace(workspace).await?, id).await)
    }

    fn put_in_folder(&self, id: DiagramId, folder: Option<FolderId>) -> Call<()> {
        self.call(async move |it| it.state.store.put_in_folder(it.authorize(id).await?, folder).await)
    }

    fn create_diagram(&self, template: Template, workspace: Option<WorkspaceId>) -> Call<DiagramId> {
        self.call(async move |it| {
            let workspace = match workspace {
                Some(workspace) => workspace,
                None => {
                    let principal = it.visitor.principal_or_guest(&it.state.store).await?;
                    it.state.store.own_workspace(principal).await?
                }
            };
            sample::create(&it.state, it.authorize_workspace(workspace).await?, template, None).await
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
        self.call(async move |it| {
            let diagram = it.authorize::<View>(id).await?;
            let snapshot = it.state.store.open_diagram(diagram).await?;
            // That it cannot be remembered is no reason not to show it.
            if let Err(error) = it.state.store.note_visit(diagram).await {
                tracing::warn!(error.message = ?error, "that a diagram was opened could not be written down");
            }
            Ok(snapshot)
        })
    }

    fn move_tables(&self, id: DiagramId, placements: BTreeMap<TableId, Placement>) -> Call<()> {
        self.call(async move |it| it.state.store.move_tables(it.authorize(id).await?, &placements).await)
    }

    fn commit(&self, request: CommitRequest) -> Call<CommitOutcome> {
        self.call(async move |it| {
            let diagram = it.authorize_as::<Edit>(request.person, request.diagram).await?;
            commit::commit(&it.state, diagram, request).await
        })
    }

    fn revisions(&self, id: DiagramId, before: Option<RevisionNumber>, is_named: bool) -> Call<Vec<RevisionSummary>> {
        self.call(async move |it| it.state.store.revisions(it.authorize(id).await?, before, is_named).await)
    }

    fn schema_at(&self, id: DiagramId, number: RevisionNumber) -> Call<Schema> {
        self.call(async move |it| it.state.store.schema_at(it.authorize(id).await?, number).await)
    }

    fn name_revision(&self, id: DiagramId, number: RevisionNumber, name: Option<String>) -> Call<()> {
        self.call(async move |it| it.state.store.name_revision(it.authorize(id).await?, number, name.as_deref()).await)
    }

    fn load_draft(&self, person: PersonId, id: DiagramId) -> Call<Option<StoredDraft>> {
        self.call(async move |it| it.state.store.load_draft(it.authorize_as(person, id).await?).await)
    }

    fn store_draft(&self, person: PersonId, id: DiagramId, expected: i64, body: String) -> Call<DraftStored> {
        self.call(async move |it| it.state.store.store_draft(it.authorize_as(person, id).await?, expected, &body).await)
    }

    fn share_links(&self, id: DiagramId) -> Call<Vec<ShareLink>> {
        self.call(async move |it| it.state.store.share_links(it.authorize(id).await?).await)
    }

    fn make_share_link(&self, id: DiagramId, new: NewShareLink) -> Call<MadeShareLink> {
        self.call(async move |it| {
            let diagram = it.authorize(id).await?;
            share::make_link(&it.state, diagram, &new).await
        })
    }

    fn revoke_share_link(&self, id: DiagramId, link: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.revoke_share_link(it.authorize(id).await?, link).await)
    }

    fn who_is(&self, person: PersonId) -> Call<Identity> {
        self.call(async move |it| match it.visitor.principal_behind(&it.state.store).await? {
            Some(principal) => it.state.store.who_is(principal, person).await,
            None => Ok(Identity::SomebodyElse),
        })
    }

    fn who_am_i(&self) -> Call<Me> {
        self.call(async move |it| {
            let principal = it.principal().await?;
            it.state.store.me(principal).await
        })
    }

    fn sign_up(&self, email: String, password: String, name: String) -> Call<()> {
        self.call(async move |it| {
            let form = SignUp { email: &email, password: &password, name: &name };
            sign_in::sign_up(&it.state, &it.visitor, &form).await
        })
    }

    fn set_up(&self, token: String, email: String, password: String, name: String) -> Call<()> {
        self.call(async move |it| {
            let form = SignUp { email: &email, password: &password, name: &name };
            sign_in::set_up(&it.state, &it.visitor, &token, &form).await
        })
    }

    fn sign_in(&self, email: String, password: String) -> Call<()> {
        self.call(async move |it| sign_in::sign_in(&it.state, &it.visitor, &email, &password).await)
    }

    fn sign_out(&self) -> Call<()> {
        self.call(async move |it| {
            it.account().await?;
            if let Some(token) = it.visitor.token() {
                it.state.store.end_session(&token).await?;
            }
            it.visitor.revoke();
            Ok(())
        })
    }

    fn sign_out_everywhere(&self) -> Call<()> {
        self.call(async move |it| {
            it.state.store.end_all_sessions(it.account().await?).await?;
            it.visitor.revoke();
            Ok(())
        })
    }

    fn sessions(&self) -> Call<Vec<SessionSummary>> {
        self.call(async move |it| {
            let account = it.account().await?;
            let token = it.visitor.token().ok_or(Error::NotFound)?;
            it.state.store.sessions(account, &token).await
        })
    }

    fn api_tokens(&self) -> Call<Vec<ApiToken>> {
        self.call(async move |it| it.state.store.api_tokens(it.account().await?).await)
    }

    fn make_api_token(&self, new: NewApiToken) -> Call<MadeApiToken> {
        self.call(async move |it| {
            let (token, secret) = it.state.store.make_api_token(it.account().await?, &new).await?;
            Ok(MadeApiToken { token, text: bearer::text(&secret) })
        })
    }

    fn revoke_api_token(&self, id: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.revoke_api_token(it.account().await?, id).await)
    }

    fn end_session(&self, id: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.end_session_of(it.account().await?, id).await)
    }

    fn change_password(&self, current: String, new: String) -> Call<()> {
        self.call(async move |it| sign_in::change_password(&it.state, &it.visitor, &current, &new).await)
    }

    fn rename_account(&self, name: String) -> Call<()> {
        self.call(async move |it| it.state.store.rename_account(it.account().await?, read_name(&name)?).await)
    }

    fn delete_account(&self, password: String) -> Call<()> {
        self.call(async move |it| sign_in::delete_account(&it.state, &it.visitor, &password).await)
    }

    fn request_reset(&self, email: String) -> Call<()> {
        self.call(async move |it| sign_in::request_reset(&it.state, &it.visitor, &email).await)
    }

    fn reset_password(&self, token: String, password: String) -> Call<()> {
        self.call(async move |it| sign_in::reset_password(&it.state, &token, &password).await)
    }

    fn open_workspace(&self, id: WorkspaceId) -> Call<WorkspaceDetails> {
        self.call(async move |it| {
            let store = &it.state.store;
            let workspace = it.authorize_workspace::<View>(id).await?;
            let (name, members) = store.members(workspace).await?;
            let (invitations, audit) = match it.authorize_workspace::<Manage>(id).await {
                Ok(managed) => (store.invitations(managed).await?, store.audit(managed).await?),
                Err(Error::NotFound) => (Vec::new(), Vec::new()),
                Err(error) => return Err(error),
            };
            let can_mail = it.state.mailer.is_some();
            Ok(WorkspaceDetails { id, name, role: workspace.role(), members, invitations, audit, can_mail })
        })
    }

    fn create_workspace(&self, name: String) -> Call<WorkspaceId> {
        self.call(async move |it| it.state.store.create_workspace(it.account().await?, read_name(&name)?).await)
    }

    fn rename_workspace(&self, id: WorkspaceId, name: String) -> Call<()> {
        self.call(async move |it| {
            it.state.store.rename_workspace(it.authorize_workspace(id).await?, read_name(&name)?).await
        })
    }

    fn delete_workspace(&self, id: WorkspaceId) -> Call<()> {
        self.call(async move |it| it.state.store.delete_workspace(it.authorize_workspace(id).await?).await)
    }

    fn set_role(&self, id: WorkspaceId, member: Uuid, role: Role) -> Call<()> {
        self.call(async move |it| it.state.store.set_role(it.authorize_workspace(id).await?, member, role).await)
    }

    fn remove_member(&self, id: WorkspaceId, member: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.remove_member(it.authorize_workspace(id).await?, member).await)
    }

    fn leave_workspace(&self, id: WorkspaceId) -> Call<()> {
        self.call(async move |it| it.state.store.leave_workspace(it.authorize_workspace(id).await?).await)
    }

    fn invite(&self, id: WorkspaceId, role: Role, email: Option<String>) -> Call<NewInvitation> {
        self.call(async move |it| {
            // A guest's workspace is nobody else's: it goes into the account that the guest signs in to.
            it.account().await?;
            sign_in::invite(&it.state, it.authorize_workspace(id).await?, role, email.as_deref()).await
        })
    }

    fn revoke_invitation(&self, id: WorkspaceId, invitation: Uuid) -> Call<()> {
        self.call(async move |it| it.state.store.revoke_invitation(it.authorize_workspace(id).await?, invitation).await)
    }

    fn invitation(&self, token: String) -> Call<InvitationOffer> {
        self.call(async move |it| {
            let token = Secret::parse(&token).ok_or(Error::NotFound)?;
            let principal = it.principal().await?;
            it.state.store.invitation(&token, principal).await
        })
    }

    fn join(&self, token: String) -> Call<WorkspaceId> {
        self.call(async move |it| {
            let token = Secret::parse(&token).ok_or(Error::NotFound)?;
            it.state.store.join(it.account().await?, &token).await
        })
    }

    fn move_diagram(&self, id: DiagramId, workspace: WorkspaceId) -> Call<()> {
        self.call(async move |it| {
            let (diagram, into) = (it.authorize(id).await?, it.authorize_workspace(workspace).await?);
            it.state.store.move_diagram(diagram, into).await
        })
    }

    fn changes_since(&self, id: DiagramId, known: Known) -> Call<Changes> {
        self.call(async move |it| {
            let principal = it.visitor.principal_behind(&it.state.store).await?;
            it.state.store.changes_since(it.state.store.authorize(principal, id).await?, known).await
        })
    }
}
