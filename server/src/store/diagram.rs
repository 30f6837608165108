//! Diagrams: listing, making, naming, opening, deleting.

use std::{collections::BTreeMap, sync::Arc};

use edit::Placement;
use protocol::{DiagramId, DiagramSnapshot, LayoutNumber, LinkedDatabase, RevisionNumber};
use schema::{Schema, TableId};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Store,
    audit::{self, Action},
    heads::{Head, Places},
    hint::{self, Hint},
    load, sandbox, write,
};
use crate::{
    error::Error,
    principal::{Asker, Authorized, AuthorizedWorkspace, Delete, Edit, Restore, Right, Scope, View},
    sandbox::Sandboxes,
};

/// How long a deleted diagram can be brought back, in minutes.
pub const UNDO_MINUTES: i32 = 15;

/// What a new diagram consists of.
#[derive(Debug)]
pub(crate) struct NewDiagram<'a> {
    pub(crate) name: &'a str,
    pub(crate) schema: &'a Schema,
    pub(crate) placements: &'a BTreeMap<TableId, Placement>,
}

impl Store {
    /// Proof of a right to a diagram.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such diagram for them, [`Error::OutOfScope`] when their token is for less.
    pub async fn authorize<R: Right>(
        &self,
        asker: impl Into<Asker> + Send,
        id: DiagramId,
    ) -> Result<Authorized<R>, Error> {
        let asker = asker.into();
        Authorized::find(&mut *self.acquire().await?, asker, id).await
    }

    /// Makes a diagram in a workspace.
    pub(crate) async fn create_diagram(
        &self,
        workspace: AuthorizedWorkspace<Edit>,
        new: &NewDiagram<'_>,
        sandbox: Option<&sandbox::NewSandbox>,
    ) -> Result<Scope, Error> {
        let mut tx = self.begin().await?;
        let scope = Scope { workspace: workspace.id(), diagram: Uuid::now_v7() };
        require_room(&mut tx, scope.workspace).await?;
        sqlx::query("insert into diagram (workspace_id, id, name) values ($1, $2, $3)")
            .bind(scope.workspace)
            .bind(scope.diagram)
            .bind(new.name)
            .execute(&mut *tx)
            .await?;
        write::change(&mut tx, scope, &Schema::default(), new.schema).await?;
        write::placements(&mut tx, scope, new.placements).await?;
        if let Some(sandbox) = sandbox {
            sandbox::insert(&mut tx, scope, sandbox).await?;
        }
        tx.commit().await?;
        Ok(scope)
    }

    /// Gives a diagram another name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is none.
    pub async fn rename_diagram(&self, diagram: Authorized<Edit>, name: &str) -> Result<(), Error> {
        let name = read_name_of("a diagram", name)?;
        let scope = diagram.scope();
        let update = sqlx::query(
            "update diagram
             set name = $3, updated_at = now()
             where workspace_id = $1 and id = $2 and deleted_at is null",
        );
        let mut tx = self.begin().await?;
        let done = update.bind(scope.workspace).bind(scope.diagram).bind(name).execute(&mut *tx).await?;
        if done.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        hint::tell(&mut tx, Hint::Renamed(DiagramId(scope.diagram))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes a diagram for the visitor; the janitor does the rest when the time for second thoughts is over.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete_diagram(&self, diagram: Authorized<Delete>) -> Result<(), Error> {
        let scope = diagram.scope();
        let mut tx = self.begin().await?;
        let name: Option<(String,)> = sqlx::query_as(
            "update diagram
             set deleted_at = now()
             where workspace_id = $1 and id = $2 and deleted_at is null
             returning name",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .fetch_optional(&mut *tx)
        .await?;
        if let Some((name,)) = name {
            audit::note(&mut tx, scope.workspace, diagram.principal(), &Action::DiagramDeleted(scope.diagram, &name))
                .await?;
        }
        hint::tell(&mut tx, Hint::Gone(DiagramId(scope.diagram))).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a deletion back.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is too late.
    pub async fn restore_diagram(&self, diagram: Authorized<Restore>) -> Result<(), Error> {
        let scope = diagram.scope();
        let mut tx = self.begin().await?;
        let name: Option<(String,)> = sqlx::query_as(
            "update diagram
             set deleted_at = null
             where workspace_id = $1 and id = $2 and deleted_at > now() - make_interval(mins => $3)
             returning name",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(UNDO_MINUTES)
        .fetch_optional(&mut *tx)
        .await?;
        let (name,) = name.ok_or(Error::NotFound)?;
        audit::note(&mut tx, scope.workspace, diagram.principal(), &Action::DiagramRestored(scope.diagram, &name))
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// A diagram at its head, all parts of one moment.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn open_diagram(&self, diagram: Authorized<View>) -> Result<DiagramSnapshot, Error> {
        let (may_edit, may_share) = (diagram.may_edit(), diagram.may_share());
        let person = Some(diagram.principal().person());
        Ok(DiagramSnapshot { person, may_edit, may_share, ..self.snapshot(diagram.scope()).await? })
    }

    /// For who has shown already that they may look at it, and at first may do nothing else.
    pub(super) async fn snapshot(&self, scope: Scope) -> Result<DiagramSnapshot, Error> {
        let now = now(&mut *self.acquire().await?, scope).await?;
        if let Some((schema, placements)) = self.heads().picture(now.head, now.layout) {
            return Ok(now.snapshot(schema, placements));
        }
        let mut tx = self.begin_reading().await?;
        let now = self::now(&mut tx, scope).await?;
        let schema = match self.heads().schema(now.head) {
            Some(schema) => schema,
            None => Arc::new(load::schema(&mut tx, scope).await?),
        };
        let placements = Arc::new(load::placements(&mut tx, scope).await?);
        tx.commit().await?;
        self.heads().keep_picture(now.head, Arc::clone(&schema), now.layout, Arc::clone(&placements));
        Ok(now.snapshot(schema, placements))
    }

    /// Puts tables elsewhere.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn move_tables(
        &self,
        diagram: Authorized<Edit>,
        placements: &BTreeMap<TableId, Placement>,
    ) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        write::placements(&mut tx, diagram.scope(), placements).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Moves a diagram into another workspace, with its history and its database.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is no room, or a commit of it is under way.
    pub async fn move_diagram(
        &self,
        diagram: Authorized<Delete>,
        into: AuthorizedWorkspace<Edit>,
    ) -> Result<(), Error> {
        let scope = diagram.scope();
        if scope.workspace == into.id() {
            return Ok(());
        }
        let mut tx = self.begin_unhurried().await?;
        lock(&mut tx, scope).await?;
        let name = carry(&mut tx, scope, into.id()).await?;
        let who = diagram.principal();
        audit::note(&mut tx, scope.workspace, who, &Action::DiagramMovedOut(scope.diagram, &name)).await?;
        audit::note(&mut tx, into.id(), who, &Action::DiagramMovedIn(scope.diagram, &name)).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Deletes the diagrams that nobody can open any more, as if their last guest had done it. An account can sign in
    /// at any time.
    pub(crate) async fn delete_diagrams_of_nobody(&self) -> Result<(), Error> {
        sqlx::query(
            "update diagram
             set deleted_at = now()
             where deleted_at is null
               and not exists (
                   select
                   from membership
                   join session using (principal_id)
                   where membership.workspace_id = diagram.workspace_id and session.expires_at > now()
               )
               and not exists (
                   select
                   from membership
                   join account using (principal_id)
                   where membership.workspace_id = diagram.workspace_id
               )",
        )
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// Deleted diagrams whose time is over, the one deleted first before others.
    pub(crate) async fn diagrams_to_purge(&self) -> Result<Vec<Scope>, Error> {
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "select workspace_id, id
             from diagram
             where deleted_at <= now() - make_interval(mins => $1)
             order by deleted_at",
        )
        .bind(UNDO_MINUTES)
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(|(workspace, diagram)| Scope { workspace, diagram }).collect())
    }

    /// Removes a deleted diagram for good, its database first.
    pub(crate) async fn purge(&self, scope: Scope, sandboxes: &Sandboxes) -> Result<(), Error> {
        let mut tx = self.pool().begin().await?;
        let found = sqlx::query(
            "select
             from diagram
             where workspace_id = $1 and id = $2 and deleted_at is not null
             for update skip locked",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .fetch_optional(&mut *tx)
        .await?;
        if found.is_none() {
            // Another server is at it.
            return Ok(());
        }
        if let Some(names) = sandbox::names(&mut tx, scope).await? {
            sandboxes.drop(&names).await?;
            sandbox::delete(&mut tx, scope).await?;
        }
        sqlx::query("delete from diagram where workspace_id = $1 and id = $2")
            .bind(scope.workspace)
            .bind(scope.diagram)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Puts a diagram, deleted or not, into another workspace and answers its name. Everything that is keyed by its workspace
/// follows it.
pub(super) async fn carry(conn: &mut PgConnection, scope: Scope, into: Uuid) -> Result<String, Error> {
    let busy: Option<(i32,)> = sqlx::query_as(
        "select 1
         from commit_intent
         where workspace_id = $1 and diagram_id = $2 and state = 'pending'
         union all
         select 1
         from sandbox
         where workspace_id = $1 and diagram_id = $2 and state = 'creating'",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_optional(&mut *conn)
    .await?;
    if busy.is_some() {
        return Err(Error::Invalid("the database of the diagram is being changed; try again in a moment".to_owned()));
    }
    require_room(&mut *conn, into).await?;
    // Links are made by those who may share in the workspace where the diagram is.
    sqlx::query("delete from share_link where workspace_id = $1 and diagram_id = $2")
        .bind(scope.workspace)
        .bind(scope.diagram)
        .execute(&mut *conn)
        .await?;
    // What somebody has staged goes with their membership; their browser still has it.
    sqlx::query(
        "delete from draft
         where workspace_id = $1
           and diagram_id = $2
           and not exists (
               select from membership where workspace_id = $3 and membership.principal_id = draft.principal_id
           )",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(into)
    .execute(&mut *conn)
    .await?;
    // So does what they remember of having opened it.
    sqlx::query(
        "delete from diagram_visit
         where workspace_id = $1
           and diagram_id = $2
           and not exists (
               select
               from membership
               where workspace_id = $3 and membership.principal_id = diagram_visit.principal_id
           )",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(into)
    .execute(&mut *conn)
    .await?;
    // A folder stays where it is.
    let name: Option<(String,)> = sqlx::query_as(
        "update diagram
         set workspace_id = $3, folder_id = null
         where workspace_id = $1 and id = $2
         returning name",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(into)
    .fetch_optional(&mut *conn)
    .await?;
    let (name,) = name.ok_or(Error::NotFound)?;
    hint::tell(conn, Hint::Gone(DiagramId(scope.diagram))).await?;
    Ok(name)
}

/// Refuses another diagram where there is no room for it.
pub(super) async fn require_room(conn: &mut PgConnection, workspace: Uuid) -> Result<(), Error> {
    let (count,): (i64,) =
        sqlx::query_as("select count(*) from diagram where workspace_id = $1").bind(workspace).fetch_one(conn).await?;
    if count >= MAX_DIAGRAMS {
        return Err(Error::Invalid(format!("a workspace holds at most {MAX_DIAGRAMS} diagrams")));
    }
    Ok(())
}

/// How many diagrams a workspace holds at most, deleted ones that can still be brought back among them.
const MAX_DIAGRAMS: i64 = 500;

/// The name of a diagram, or of one of its versions, as it is kept: one line, no characters that cannot be seen.
pub(crate) fn read_name_of<'a>(what: &str, name: &'a str) -> Result<&'a str, Error> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 {
        return Err(Error::Invalid(format!("{what}'s name has 1 to 100 characters")));
    }
    if name.contains(is_invisible) {
        return Err(Error::Invalid(format!("{what}'s name cannot contain invisible characters")));
    }
    Ok(name)
}

/// Whether a name with this character could look like another name.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

pub(super) async fn head(
    conn: &mut PgConnection,
    scope: Scope,
) -> Result<(String, RevisionNumber, LayoutNumber), Error> {
    let row: Option<(String, RevisionNumber, LayoutNumber)> = sqlx::query_as(
        "select name, head_revision, layout_number
         from diagram
         where workspace_id = $1 and id = $2 and deleted_at is null",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_optional(conn)
    .await?;
    row.ok_or(Error::NotFound)
}

/// Locks the diagram until the end of the transaction and answers its head.
pub(crate) async fn lock(conn: &mut PgConnection, scope: Scope) -> Result<RevisionNumber, Error> {
    let row: Option<(i64,)> = sqlx::query_as(
        "select head_revision
         from diagram
         where workspace_id = $1 and id = $2 and deleted_at is null
         for no key update",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_optional(conn)
    .await?;
    row.map(|(head,)| head).ok_or(Error::NotFound)
}

/// A diagram without its schema and its places.
struct Now {
    name: String,
    head: Head,
    layout: LayoutNumber,
    database: Option<LinkedDatabase>,
}

impl Now {
    fn snapshot(self, schema: Arc<Schema>, placements: Places) -> DiagramSnapshot {
        DiagramSnapshot {
            id: DiagramId(self.head.diagram),
            name: self.name,
            revision: self.head.revision,
            schema: Arc::unwrap_or_clone(schema),
            placements: Arc::unwrap_or_clone(placements),
            layout: self.layout,
            database: self.database,
            person: None,
            may_edit: false,
            may_share: false,
        }
    }
}

#[derive(sqlx::FromRow)]
struct NowRow {
    name: String,
    head_revision: i64,
    commit_id: Option<Uuid>,
    layout_number: i64,
    database_name: Option<String>,
    state: Option<String>,
    problem: Option<String>,
}

async fn now(conn: &mut PgConnection, scope: Scope) -> Result<Now, Error> {
    let row: Option<NowRow> = sqlx::query_as(
        "select diagram.name, diagram.head_revision, revision.commit_id, diagram.layout_number, sandbox.database_name,
                sandbox.state, sandbox.problem
         from diagram
         left join revision
           on revision.workspace_id = diagram.workspace_id
          and revision.diagram_id = diagram.id
          and revision.number = diagram.head_revision
         left join sandbox
           on sandbox.workspace_id = diagram.workspace_id
          and sandbox.diagram_id = diagram.id
         where diagram.workspace_id = $1 and diagram.id = $2 and diagram.deleted_at is null",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .fetch_optional(conn)
    .await?;
    let row = row.ok_or(Error::NotFound)?;
    let problem = match row.state.as_deref() {
        Some("ready") => None,
        Some("creating") => Some("The sandbox database is still being made.".to_owned()),
        _ => Some(row.problem.unwrap_or_else(|| "The sandbox database could not be made.".to_owned())),
    };
    Ok(Now {
        name: row.name,
        head: Head { diagram: scope.diagram, revision: row.head_revision, commit_id: row.commit_id },
        layout: row.layout_number,
        database: row.database_name.map(|name| LinkedDatabase { name, problem }),
    })
}
