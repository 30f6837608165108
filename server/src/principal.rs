//! Who asks, and what they may do with a diagram or a workspace. The store takes no bare id: it takes an [`Authorized`]
//! or an [`AuthorizedWorkspace`], and their `find` is the only way to one.

use std::marker::PhantomData;

use protocol::{DiagramId, PersonId, Role, TokenScope, WorkspaceId};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    account::password::{Passwords, Verdict},
    error::Error,
    secret::Secret,
};

/// Someone whose session is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Principal {
    id: Uuid,
}

impl Principal {
    /// Only a session makes a principal.
    pub(crate) fn from_session(id: Uuid) -> Self {
        Self { id }
    }

    pub(crate) fn id(self) -> Uuid {
        self.id
    }

    /// As browsers know them.
    pub(crate) fn person(self) -> PersonId {
        PersonId(self.id)
    }
}

/// Whoever asks, by what they show. A [`Principal`] alone is what accounts, sessions and tokens are managed with, and no
/// token leads to one but through a right that tokens can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asker {
    /// Somebody who shows nothing.
    Nobody,
    /// Somebody with a session, and all their rights.
    Person(Principal),
    /// A program with somebody's token.
    Program(TokenBearer),
}

/// A program that asks in the name of a person: with their rights, as far as the token goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBearer {
    principal: Principal,
    scopes: Vec<TokenScope>,
}

impl TokenBearer {
    /// Only a token that holds makes one.
    pub(crate) fn from_token(owner: Uuid, scopes: Vec<TokenScope>) -> Self {
        Self { principal: Principal { id: owner }, scopes }
    }
}

impl From<Option<Principal>> for Asker {
    fn from(principal: Option<Principal>) -> Self {
        principal.map_or(Self::Nobody, Self::Person)
    }
}

impl Asker {
    /// In whose name they ask for this right.
    ///
    /// # Errors
    /// [`Error::OutOfScope`] when their token does not go as far, [`Error::NotFound`] when none does, and for who shows
    /// nothing.
    pub fn reach<R: Right>(self) -> Result<Principal, Error> {
        match self {
            Self::Nobody => Err(Error::NotFound),
            Self::Person(principal) => Ok(principal),
            Self::Program(TokenBearer { principal, scopes }) => {
                let scope = R::SCOPE.ok_or(Error::NotFound)?;
                let is_covered = scopes.iter().any(|it| it.covers(scope));
                if is_covered { Ok(principal) } else { Err(Error::OutOfScope(scope)) }
            }
        }
    }
}

/// One diagram in its workspace, as the keys of the store name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) workspace: Uuid,
    pub(crate) diagram: Uuid,
}

/// Something that a member may do.
pub trait Right: Send + Sync + 'static {
    /// The least role that may.
    const LEAST: Role;
    /// Whether it is done to deleted diagrams.
    const TO_DELETED: bool = false;
    /// What a token needs for it; none where no token reaches.
    const SCOPE: Option<TokenScope> = None;
}

/// Reading and exporting; seeing who else is there.
#[derive(Debug, Clone, Copy)]
pub struct View;
/// Committing, moving tables, making and renaming diagrams.
#[derive(Debug, Clone, Copy)]
pub struct Edit;
/// Deleting a diagram, or taking it out of its workspace.
#[derive(Debug, Clone, Copy)]
pub struct Delete;
/// Making and ending links by which anyone may look at the diagram.
#[derive(Debug, Clone, Copy)]
pub struct Share;
/// Bringing a deleted diagram back.
#[derive(Debug, Clone, Copy)]
pub struct Restore;
/// Inviting, giving roles, naming the workspace, reading its record.
#[derive(Debug, Clone, Copy)]
pub struct Manage;
/// Deleting the workspace.
#[derive(Debug, Clone, Copy)]
pub struct Own;

impl Right for View {
    const LEAST: Role = Role::Viewer;
    const SCOPE: Option<TokenScope> = Some(TokenScope::Read);
}

impl Right for Edit {
    const LEAST: Role = Role::Editor;
    const SCOPE: Option<TokenScope> = Some(TokenScope::Write);
}

impl Right for Delete {
    const LEAST: Role = Role::Admin;
    const SCOPE: Option<TokenScope> = Some(TokenScope::Write);
}

impl Right for Share {
    const LEAST: Role = Role::Admin;
    const SCOPE: Option<TokenScope> = Some(TokenScope::Share);
}

impl Right for Restore {
    const LEAST: Role = Role::Admin;
    const TO_DELETED: bool = true;
}

impl Right for Manage {
    const LEAST: Role = Role::Admin;
}

impl Right for Own {
    const LEAST: Role = Role::Owner;
}

/// The words of the roles that have at least the rights of this one.
pub(crate) fn at_least(role: Role) -> Vec<&'static str> {
    Role::ALL.into_iter().filter(|it| *it >= role).map(Role::as_str).collect()
}

/// The proof that a principal has a right to a diagram.
#[derive(Debug)]
pub struct Authorized<R> {
    scope: Scope,
    principal: Principal,
    role: Role,
    right: PhantomData<fn() -> R>,
}

impl<R> Clone for Authorized<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Authorized<R> {}

impl<R: Right> Authorized<R> {
    /// Looks the diagram and the membership up together.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such diagram, or not for them; what [`Asker::reach`] says of their token.
    pub async fn find(conn: &mut PgConnection, asker: Asker, id: DiagramId) -> Result<Self, Error> {
        let principal = asker.reach::<R>()?;
        let found: Option<(Uuid, String)> = sqlx::query_as(
            "select diagram.workspace_id, membership.role
             from diagram
             join membership using (workspace_id)
             where diagram.id = $1
               and membership.principal_id = $2
               and membership.role = any($3)
               and (diagram.deleted_at is not null) = $4",
        )
        .bind(id.0)
        .bind(principal.id)
        .bind(at_least(R::LEAST))
        .bind(R::TO_DELETED)
        .fetch_optional(conn)
        .await?;
        let (workspace, role) = found.ok_or(Error::NotFound)?;
        Ok(Self { scope: Scope { workspace, diagram: id.0 }, principal, role: read_role(&role)?, right: PhantomData })
    }

    pub(crate) fn scope(self) -> Scope {
        self.scope
    }

    pub(crate) fn principal(self) -> Principal {
        self.principal
    }

    /// Whether they may change the diagram as well.
    pub(crate) fn may_edit(self) -> bool {
        self.role >= Edit::LEAST
    }

    /// Whether they may make links to it as well.
    pub(crate) fn may_share(self) -> bool {
        self.role >= Share::LEAST
    }
}

/// The proof that a principal has a right to a workspace.
#[derive(Debug)]
pub struct AuthorizedWorkspace<R> {
    id: Uuid,
    principal: Principal,
    role: Role,
    right: PhantomData<fn() -> R>,
}

impl<R> Clone for AuthorizedWorkspace<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for AuthorizedWorkspace<R> {}

impl<R: Right> AuthorizedWorkspace<R> {
    /// Looks the membership up.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such workspace, or not for them; what [`Asker::reach`] says of their token.
    pub async fn find(conn: &mut PgConnection, asker: Asker, id: WorkspaceId) -> Result<Self, Error> {
        let principal = asker.reach::<R>()?;
        let found: Option<(String,)> = sqlx::query_as(
            "select role
             from membership
             where workspace_id = $1 and principal_id = $2 and role = any($3)",
        )
        .bind(id.0)
        .bind(principal.id)
        .bind(at_least(R::LEAST))
        .fetch_optional(conn)
        .await?;
        let (role,) = found.ok_or(Error::NotFound)?;
        Ok(Self { id: id.0, principal, role: read_role(&role)?, right: PhantomData })
    }

    pub(crate) fn id(self) -> Uuid {
        self.id
    }

    pub(crate) fn principal(self) -> Principal {
        self.principal
    }

    pub(crate) fn role(self) -> Role {
        self.role
    }
}

/// A role as the store keeps it.
pub(crate) fn read_role(text: &str) -> Result<Role, Error> {
    text.parse().map_err(|_| Error::Defect(format!("the store holds a role {text}")))
}

impl Authorized<Edit> {
    /// Who may edit may look.
    pub(crate) fn to_view(self) -> Authorized<View> {
        Authorized { scope: self.scope, principal: self.principal, role: self.role, right: PhantomData }
    }
}

/// Somebody who came by a link. A principal of its own kind: there is no role to it and no other diagram, and what it may
/// do is what the functions that take one do.
#[derive(Debug, Clone)]
pub struct LinkVisitor {
    pub(crate) scope: Scope,
    pub(crate) link: Uuid,
    pub(crate) may_export: bool,
    pub(crate) embed_origins: Vec<String>,
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub enum Arrival {
    /// The diagram.
    Open(LinkVisitor),
    /// A question for the password.
    Locked(LockedLink),
}

impl Arrival {
    /// Who comes by a link that asks nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it asks for a password.
    pub fn without_password(self) -> Result<LinkVisitor, Error> {
        match self {
            Self::Open(visitor) => Ok(visitor),
            Self::Locked(_) => Err(Error::NotFound),
        }
    }
}

/// Somebody who came by a link and has not said its password yet.
#[derive(Debug, Clone)]
pub struct LockedLink {
    pub(crate) behind: LinkVisitor,
    pub(crate) password_hash: Secret,
}

impl LockedLink {
    /// What tells the link from others, for counting what is tried.
    pub(crate) fn id(&self) -> Uuid {
        self.behind.link
    }

    /// Who comes by it, if this is the password.
    ///
    /// # Errors
    /// When too many others wait, or what is kept is no hash.
    pub async fn unlock(self, passwords: &Passwords, password: &str) -> Result<Option<LinkVisitor>, Error> {
        let verdict = passwords.verify(password, Some(self.password_hash)).await?;
        Ok((verdict != Verdict::Wrong).then_some(self.behind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach<R: Right>(scopes: &[TokenScope]) -> String {
        let bearer = TokenBearer::from_token(Uuid::nil(), scopes.to_vec());
        match Asker::Program(bearer).reach::<R>() {
            Ok(_) => "reached".to_owned(),
            Err(Error::OutOfScope(scope)) => format!("needs {scope}"),
            Err(error) => error.to_string(),
        }
    }

    /// What a token with one scope is answered for each right.
    fn check<R: Right>(expect: [&str; 3]) {
        assert_eq!(TokenScope::ALL.map(|scope| reach::<R>(&[scope])), expect, "{}", std::any::type_name::<R>());
        let with_all = reach::<R>(&TokenScope::ALL);
        assert_eq!(with_all == "reached", R::SCOPE.is_some());
        assert!(Asker::Nobody.reach::<R>().is_err());
        assert!(Asker::Person(Principal::from_session(Uuid::nil())).reach::<R>().is_ok());
    }

    #[test]
    fn a_token_reaches_what_its_scopes_say_and_never_people() {
        check::<View>(["reached", "reached", "needs read"]);
        check::<Edit>(["needs write", "reached", "needs write"]);
        check::<Delete>(["needs write", "reached", "needs write"]);
        check::<Share>(["needs share", "needs share", "reached"]);
        check::<Restore>(["not found"; 3]);
        check::<Manage>(["not found"; 3]);
        check::<Own>(["not found"; 3]);
    }
}
