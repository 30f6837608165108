//! What open diagrams ask of the store: what they lack, who may still listen, and who is there.

use std::collections::{BTreeMap, BTreeSet};

use edit::{Edit, Placement};
use protocol::{Author, Changes, CommittedRevision, DiagramId, Known, LayoutNumber, Person, PersonId, RevisionNumber};
use schema::TableId;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use super::{
    EDITS_FORMAT, Store,
    hint::{self, Hint},
};
use crate::{
    error::Error,
    principal::{Authorized, Right, Scope, View, at_least},
    turns::Turn,
};

/// So many revisions are sent one by one at most, and so many bytes of them; beyond that the whole diagram is less.
const MAX_REVISIONS: i64 = 100;
const MAX_BYTES: i64 = 2 * 1024 * 1024;

/// After so long without a sign a server is dead, in seconds.
const SERVER_DEAD: i32 = 30;

/// How a diagram stands.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub(crate) struct Standing {
    pub(crate) id: Uuid,
    pub(crate) workspace_id: Uuid,
    pub(crate) name: String,
    pub(crate) head_revision: RevisionNumber,
    pub(crate) layout_number: LayoutNumber,
}

/// Someone who listens to a diagram by a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Listener {
    pub(crate) diagram: Uuid,
    pub(crate) principal: Uuid,
    pub(crate) session: [u8; 32],
}

/// Why someone may not listen any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lost {
    Diagram,
    Session,
    Membership,
}

impl Store {
    /// What a browser lacks that knows so much.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn changes_since(&self, diagram: Authorized<View>, known: Known) -> Result<Changes, Error> {
        let scope = diagram.scope();
        // All who have the diagram open ask at the same moment.
        let _turn = Turn::at_processor().await?;
        let mut tx = self.begin_reading().await?;
        let row: Option<(RevisionNumber, LayoutNumber)> = sqlx::query_as(
            "select head_revision, layout_number
             from diagram
             where workspace_id = $1 and id = $2 and deleted_at is null",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .fetch_optional(&mut *tx)
        .await?;
        let (head, layout) = row.ok_or(Error::NotFound)?;
        let changes = Changes {
            head,
            revisions: revisions_since(&mut tx, diagram, known.revision, head).await?,
            layout,
            placements: placements_since(&mut tx, scope, known.layout).await?,
            may_edit: diagram.may_edit(),
            may_share: diagram.may_share(),
        };
        tx.commit().await?;
        Ok(changes)
    }

    /// How these diagrams stand, those that are deleted left out.
    pub(crate) async fn standings(&self, diagrams: &[Uuid]) -> Result<Vec<Standing>, Error> {
        let rows = sqlx::query_as(
            "select id, workspace_id, name, head_revision, layout_number
             from diagram
             where id = any($1) and deleted_at is null",
        );
        Ok(rows.bind(diagrams).fetch_all(self.pool()).await?)
    }

    /// Those among the listeners who may not listen any more, by their position, and why. One query for all of them.
    pub(crate) async fn lost_listeners(&self, listeners: &[Listener]) -> Result<Vec<(usize, Lost)>, Error> {
        let rows: Vec<(i64, bool, bool)> = sqlx::query_as(
            "select listener.position, diagram.id is null, session.token_hash is null
             from unnest($1::uuid[], $2::uuid[], $3::bytea[])
               with ordinality as listener (diagram_id, principal_id, token_hash, position)
             left join diagram
               on diagram.id = listener.diagram_id
              and diagram.deleted_at is null
             left join session
               on session.token_hash = listener.token_hash
              and session.principal_id = listener.principal_id
              and session.expires_at > now()
             left join membership
               on membership.workspace_id = diagram.workspace_id
              and membership.principal_id = listener.principal_id
              and membership.role = any($4)
             where diagram.id is null or session.token_hash is null or membership.role is null",
        )
        .bind(listeners.iter().map(|it| it.diagram).collect::<Vec<_>>())
        .bind(listeners.iter().map(|it| it.principal).collect::<Vec<_>>())
        .bind(listeners.iter().map(|it| it.session.to_vec()).collect::<Vec<_>>())
        .bind(at_least(View::LEAST))
        .fetch_all(self.pool())
        .await?;
        let lost = |(position, has_no_diagram, has_no_session): (i64, bool, bool)| {
            let why = match (has_no_session, has_no_diagram) {
                (true, _) => Lost::Session,
                (false, true) => Lost::Diagram,
                (false, false) => Lost::Membership,
            };
            // PostgreSQL counts from one.
            usize::try_from(position - 1).ok().map(|position| (position, why))
        };
        Ok(rows.into_iter().filter_map(lost).collect())
    }

    /// Says that a server runs, and forgets those that have not said so for a while. True when it was not known: nobody
    /// is present through it then.
    pub(crate) async fn server_runs(&self, server: Uuid) -> Result<bool, Error> {
        let mut tx = self.begin().await?;
        let (is_new,): (bool,) = sqlx::query_as(
            "insert into live_server (id, seen_at)
             values ($1, now())
             on conflict (id) do update
             set seen_at = excluded.seen_at
             returning xmax = 0",
        )
        .bind(server)
        .fetch_one(&mut *tx)
        .await?;
        let left: Vec<(Uuid,)> = sqlx::query_as(
            "select distinct presence.diagram_id
             from presence
             join live_server on live_server.id = presence.server_id
             where live_server.seen_at < now() - make_interval(secs => $1)",
        )
        .bind(SERVER_DEAD)
        .fetch_all(&mut *tx)
        .await?;
        sqlx::query("delete from live_server where seen_at < now() - make_interval(secs => $1)")
            .bind(SERVER_DEAD)
            .execute(&mut *tx)
            .await?;
        for (diagram,) in left {
            hint::tell(&mut tx, Hint::People(DiagramId(diagram))).await?;
        }
        tx.commit().await?;
        Ok(is_new)
    }

    /// Forgets a server that stops, and everybody who was present through it.
    pub(crate) async fn server_stops(&self, server: Uuid) -> Result<(), Error> {
        let mut tx = self.begin().await?;
        let left: Vec<(Uuid,)> = sqlx::query_as("delete from presence where server_id = $1 returning diagram_id")
            .bind(server)
            .fetch_all(&mut *tx)
            .await?;
        sqlx::query("delete from live_server where id = $1").bind(server).execute(&mut *tx).await?;
        for (diagram,) in left {
            // What is told twice in one transaction is sent once.
            hint::tell(&mut tx, Hint::People(DiagramId(diagram))).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Makes these the people who are present through a server, and tells the others if that is new.
    pub(crate) async fn set_present(&self, diagram: Uuid, server: Uuid, people: &BTreeSet<Uuid>) -> Result<(), Error> {
        let people: Vec<Uuid> = people.iter().copied().collect();
        let mut tx = self.begin().await?;
        let left = sqlx::query(
            "delete from presence
             where diagram_id = $1 and server_id = $2 and principal_id <> all($3)",
        )
        .bind(diagram)
        .bind(server)
        .bind(&people)
        .execute(&mut *tx)
        .await?;
        // Whoever is gone from the store in this very moment is nobody to be shown.
        let came = sqlx::query(
            "insert into presence (workspace_id, diagram_id, server_id, principal_id)
             select diagram.workspace_id, diagram.id, live_server.id, principal.id
             from diagram, live_server, principal
             where diagram.id = $1
               and live_server.id = $2
               and principal.id = any($3)
             on conflict do nothing",
        )
        .bind(diagram)
        .bind(server)
        .bind(&people)
        .execute(&mut *tx)
        .await?;
        if left.rows_affected() + came.rows_affected() > 0 {
            hint::tell(&mut tx, Hint::People(DiagramId(diagram))).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Who is present in these diagrams, through whatever server, each person once.
    pub(crate) async fn present(&self, diagrams: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<Person>>, Error> {
        let rows: Vec<(Uuid, Uuid, String)> = sqlx::query_as(
            "select distinct presence.diagram_id, presence.principal_id,
                    coalesce(display_name(presence.principal_id), 'Guest')
             from presence
             join live_server on live_server.id = presence.server_id
             where presence.diagram_id = any($1)
               and live_server.seen_at > now() - make_interval(secs => $2)
             order by presence.diagram_id, presence.principal_id",
        )
        .bind(diagrams)
        .bind(SERVER_DEAD)
        .fetch_all(self.pool())
        .await?;
        let mut present: BTreeMap<Uuid, Vec<Person>> = BTreeMap::new();
        for (diagram, principal, name) in rows {
            present.entry(diagram).or_default().push(Person { id: PersonId(principal), name });
        }
        Ok(present)
    }
}

#[derive(sqlx::FromRow)]
struct RevisionRow {
    number: RevisionNumber,
    format: i32,
    edits: Json<Vec<Edit>>,
    is_own: bool,
    author: String,
}

async fn revisions_since(
    conn: &mut PgConnection,
    diagram: Authorized<View>,
    known: RevisionNumber,
    head: RevisionNumber,
) -> Result<Option<Vec<CommittedRevision>>, Error> {
    let scope = diagram.scope();
    if known == head {
        return Ok(Some(Vec::new()));
    }
    let (count, bytes): (i64, i64) = sqlx::query_as(
        "select count(*), coalesce(sum(octet_length(edits::text)), 0)::bigint
         from revision
         where workspace_id = $1 and diagram_id = $2 and number > $3",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(known)
    .fetch_one(&mut *conn)
    .await?;
    // One who knows of a revision that is not there has seen a store that was put back.
    if known > head || count > MAX_REVISIONS || bytes > MAX_BYTES {
        return Ok(None);
    }
    let rows: Vec<RevisionRow> = sqlx::query_as(
        "select number, format, edits, author_id = $4 as is_own, coalesce(display_name(author_id), 'Guest') as author
         from revision
         where workspace_id = $1 and diagram_id = $2 and number > $3
         order by number",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(known)
    .bind(diagram.principal().id())
    .fetch_all(conn)
    .await?;
    if rows.iter().any(|row| row.format != EDITS_FORMAT) {
        return Ok(None);
    }
    let revision = |row: RevisionRow| CommittedRevision {
        number: row.number,
        author: if row.is_own { Author::You } else { Author::Named(row.author) },
        edits: row.edits.0,
    };
    Ok(Some(rows.into_iter().map(revision).collect()))
}

async fn placements_since(
    conn: &mut PgConnection,
    scope: Scope,
    known: LayoutNumber,
) -> Result<BTreeMap<TableId, Placement>, Error> {
    let rows: Vec<(Uuid, i32, i32)> = sqlx::query_as(
        "select table_id, x, y
         from placement
         where workspace_id = $1 and diagram_id = $2 and layout_number > $3",
    )
    .bind(scope.workspace)
    .bind(scope.diagram)
    .bind(known)
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|(table, x, y)| (TableId(table), Placement { x, y })).collect())
}
