//! What the home page asks for: all diagrams of a person, the ones that they opened last, and what a search finds.

use protocol::{DiagramHit, DiagramId, DiagramSummary, LayoutNumber, RevisionNumber};
use uuid::Uuid;

use super::{
    Store,
    catalogue::{SummaryRow, select_summaries},
    diagram,
};
use crate::{
    error::Error,
    principal::{Authorized, Principal, View},
};

/// Opening a diagram again is written down only after so long, in minutes.
const VISIT_MINUTES: i32 = 5;
/// No name is longer, so that what is longer finds nothing.
const LONGEST_QUERY: usize = 100;
/// How many diagrams a search finds at most, and of how many tables in each it tells the names.
const MOST_HITS: i64 = 100;
const MOST_TABLES: i64 = 3;

impl Store {
    /// A principal's diagrams, the one changed last first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn list_diagrams(&self, principal: Option<Principal>) -> Result<Vec<DiagramSummary>, Error> {
        let Some(principal) = principal else { return Ok(Vec::new()) };
        let rows: Vec<SummaryRow> = sqlx::query_as(select_summaries!(
            "where membership.principal_id = $1 and diagram.deleted_at is null
             order by diagram.updated_at desc, diagram.id"
        ))
        .bind(principal.id())
        .fetch_all(self.pool())
        .await?;
        Ok(rows.into_iter().map(DiagramSummary::from).collect())
    }

    /// A principal's diagrams that have a text in their name or in the name of a table. Those whose own name has it come
    /// first, and of these the ones that begin with it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn search_diagrams(&self, principal: Option<Principal>, query: &str) -> Result<Vec<DiagramHit>, Error> {
        let query = query.trim();
        let Some(principal) = principal.filter(|_| !query.is_empty() && query.chars().count() <= LONGEST_QUERY) else {
            return Ok(Vec::new());
        };
        let rows: Vec<(Uuid, Vec<String>, i64)> = sqlx::query_as(
            "with asked as (
                 select lower($2) as text
             ),
             mine as (
                 select diagram.workspace_id, diagram.id, lower(diagram.name) as name, diagram.updated_at
                 from diagram
                 join membership using (workspace_id)
                 where membership.principal_id = $1 and diagram.deleted_at is null
             ),
             found as (
                 select mine.id,
                        table_entry.name,
                        case
                            when lower(table_entry.name) = asked.text then 3
                            when starts_with(lower(table_entry.name), asked.text) then 4
                            else 5
                        end as place
                 from mine
                 join table_entry on table_entry.workspace_id = mine.workspace_id and table_entry.diagram_id = mine.id
                 cross join asked
                 where strpos(lower(table_entry.name), asked.text) > 0
             ),
             in_tables as (
                 select id,
                        (array_agg(name order by place, name))[:$3] as names,
                        count(*) as count,
                        min(place) as place
                 from found
                 group by id
             )
             select mine.id, coalesce(in_tables.names, '{}'), coalesce(in_tables.count, 0)
             from mine
             cross join asked
             left join in_tables using (id)
             where strpos(mine.name, asked.text) > 0 or in_tables.id is not null
             order by case
                          when mine.name = asked.text then 0
                          when starts_with(mine.name, asked.text) then 1
                          when strpos(mine.name, asked.text) > 0 then 2
                          else in_tables.place
                      end,
                      mine.updated_at desc,
                      mine.id
             limit $4",
        )
        .bind(principal.id())
        .bind(query)
        .bind(MOST_TABLES)
        .bind(MOST_HITS)
        .fetch_all(self.pool())
        .await?;
        let hit = |(id, tables, count): (Uuid, Vec<String>, i64)| {
            let told = i64::try_from(tables.len()).unwrap_or(i64::MAX);
            DiagramHit { diagram: DiagramId(id), tables, more_tables: count.saturating_sub(told) }
        };
        Ok(rows.into_iter().map(hit).collect())
    }

    /// Remembers that a person has opened a diagram just now.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn note_visit(&self, diagram: Authorized<View>) -> Result<(), Error> {
        let scope = diagram.scope();
        sqlx::query(
            // What is there already is only looked at: a conflict alone would lock its row, which is a write to be flushed.
            "insert into diagram_visit (workspace_id, diagram_id, principal_id)
             select $1, $2, $3
             where not exists (
                 select
                 from diagram_visit
                 where workspace_id = $1
                   and diagram_id = $2
                   and principal_id = $3
                   and opened_at >= now() - make_interval(mins => $4)
             )
             on conflict (workspace_id, diagram_id, principal_id) do update
             set opened_at = now()",
        )
        .bind(scope.workspace)
        .bind(scope.diagram)
        .bind(diagram.principal().id())
        .bind(VISIT_MINUTES)
        .execute(self.pool())
        .await?;
        Ok(())
    }

    /// What a picture of the diagram depends on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn picture_numbers(&self, diagram: Authorized<View>) -> Result<(RevisionNumber, LayoutNumber), Error> {
        let (_, revision, layout) = diagram::head(&mut *self.acquire().await?, diagram.scope()).await?;
        Ok((revision, layout))
    }
}
