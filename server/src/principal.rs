//! Who asks, and what they may do with a diagram. The store takes no bare id: it takes an [`Authorized`] value, and
//! [`Authorized::find`] is the only way to one.

use std::marker::PhantomData;

use protocol::DiagramId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::error::Error;

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
}

/// One diagram in its workspace, as the keys of the store name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Scope {
    pub(crate) workspace: Uuid,
    pub(crate) diagram: Uuid,
}

/// Something that a member may do.
pub trait Right: Send + Sync + 'static {
    /// The roles that may.
    const ROLES: &'static [&'static str];
    /// Whether it is done to deleted diagrams.
    const TO_DELETED: bool = false;
}

/// Reading and exporting.
#[derive(Debug, Clone, Copy)]
pub struct View;
/// Committing, moving tables, renaming the diagram.
#[derive(Debug, Clone, Copy)]
pub struct Edit;
/// Deleting the diagram.
#[derive(Debug, Clone, Copy)]
pub struct Delete;
/// Making and ending links by which anyone may look at the diagram.
#[derive(Debug, Clone, Copy)]
pub struct Share;
/// Bringing a deleted diagram back.
#[derive(Debug, Clone, Copy)]
pub struct Restore;

impl Right for View {
    const ROLES: &'static [&'static str] = &["owner", "editor", "viewer"];
}

impl Right for Edit {
    const ROLES: &'static [&'static str] = &["owner", "editor"];
}

impl Right for Delete {
    const ROLES: &'static [&'static str] = &["owner"];
}

impl Right for Share {
    const ROLES: &'static [&'static str] = &["owner", "admin"];
}

impl Right for Restore {
    const ROLES: &'static [&'static str] = &["owner"];
    const TO_DELETED: bool = true;
}

/// The proof that a principal has a right to a diagram.
#[derive(Debug)]
pub struct Authorized<R> {
    scope: Scope,
    principal: Principal,
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
    /// [`Error::NotFound`] when there is no such diagram, or not for them.
    pub async fn find(conn: &mut PgConnection, principal: Option<Principal>, id: DiagramId) -> Result<Self, Error> {
        let principal = principal.ok_or(Error::NotFound)?;
        let found: Option<(Uuid,)> = sqlx::query_as(
            "select diagram.workspace_id
             from diagram
             join membership using (workspace_id)
             where diagram.id = $1
               and membership.principal_id = $2
               and membership.role = any($3)
               and (diagram.deleted_at is not null) = $4",
        )
        .bind(id.0)
        .bind(principal.id)
        .bind(R::ROLES)
        .bind(R::TO_DELETED)
        .fetch_optional(conn)
        .await?;
        let (workspace,) = found.ok_or(Error::NotFound)?;
        Ok(Self { scope: Scope { workspace, diagram: id.0 }, principal, right: PhantomData })
    }

    pub(crate) fn scope(self) -> Scope {
        self.scope
    }

    pub(crate) fn principal(self) -> Principal {
        self.principal
    }
}

impl Authorized<Edit> {
    /// Who may edit may look.
    pub(crate) fn to_view(self) -> Authorized<View> {
        Authorized { scope: self.scope, principal: self.principal, right: PhantomData }
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
