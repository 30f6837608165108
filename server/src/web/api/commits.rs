//! Commits and revisions of the public API. A commit is made by the function that the editor's are made by.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State as Shared, response::Response};
use edit::{Edit, Object, Placement, Tally, apply_all};
use protocol::{Author, CommitOutcome, CommitRequest, DiagramId, DiagramSnapshot, RevisionNumber, RevisionSummary};
use schema::{Schema, TableId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    caller::Caller,
    diagrams::{Items, created},
    input::{Body, In, Params, present},
    problem::Problem,
};
use crate::{
    commit,
    error::Error,
    principal::{self, Authorized, View},
    state::State,
    store::history::PAGE,
    turns::Turn,
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewCommit {
    commit_id: Uuid,
    base_revision: RevisionNumber,
    #[serde(default)]
    message: String,
    #[serde(default, deserialize_with = "present")]
    edits: Option<Vec<Edit>>,
    #[serde(default, deserialize_with = "present")]
    schema: Option<Schema>,
}

/// A commit that was made.
#[derive(Debug, Serialize)]
struct Committed {
    revision: RevisionNumber,
    statements: Vec<String>,
}

pub(super) async fn commit(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Body(new): Body<NewCommit>,
) -> Result<Response, Problem> {
    let diagram = state.store.authorize::<principal::Edit>(asker, id).await?;
    let edits = match (new.edits, new.schema) {
        (Some(edits), None) => edits,
        // A revision that does not exist has no difference to anything; the commit itself refuses it, and remembers that.
        (None, Some(wanted)) => {
            edits_to(&state, diagram.to_view(), new.base_revision, wanted).await?.unwrap_or_default()
        }
        (None, None) | (Some(_), Some(_)) => {
            return Err(Error::Invalid("a commit has either edits or a schema".to_owned()).into());
        }
    };
    let mut request = CommitRequest {
        diagram: id,
        person: diagram.principal().person(),
        commit_id: new.commit_id,
        base_revision: new.base_revision,
        edits,
        message: new.message,
        placements: BTreeMap::new(),
    };
    if commit::is_within_limits(&request)? {
        request.placements = places_of_new(&state, diagram.to_view(), &request.edits).await?;
    }
    match commit::commit(&state, diagram, request).await? {
        CommitOutcome::Committed { revision, statements } => {
            let location = format!("/api/v1/diagrams/{id}/revisions/{revision}");
            Ok(created(&location, &Committed { revision, statements }))
        }
        CommitOutcome::Refused(refusal) => Err(Problem::refused(&refusal)),
        CommitOutcome::Conflict { head, conflicts, more } => Err(Problem::conflict(head, &conflicts, more)),
        CommitOutcome::Unknown { message } => Err(Problem::outcome_unknown(message)),
    }
}

/// The edits from the revision that somebody began with to the schema that they want, found by the ids of the objects;
/// none when there is no such revision.
async fn edits_to(
    state: &State,
    diagram: Authorized<View>,
    base: RevisionNumber,
    wanted: Schema,
) -> Result<Option<Vec<Edit>>, Problem> {
    let base = match state.store.schema_at(diagram, base).await {
        Err(Error::NotFound) => return Ok(None),
        base => base?,
    };
    let difference = move || {
        let wanted = in_order(wanted);
        let edits = edit::diff(&base, &wanted);
        let mut reached = base;
        let is_reached = apply_all(&mut reached, &edits).is_ok() && reached == wanted;
        is_reached.then_some(edits)
    };
    let edits = Turn::at_processor().await?.work(difference).await?;
    let edits = edits.ok_or_else(|| {
        Error::Invalid("the schema names an object twice, or keeps one under an id that is not its own".to_owned())
    })?;
    Ok(Some(edits))
}

/// With the parts of its tables in the order in which they are kept.
fn in_order(mut schema: Schema) -> Schema {
    for table in schema.tables.values_mut() {
        let table = Arc::make_mut(table);
        table.columns.sort_by_key(|column| (column.rank, column.id));
        table.keys.sort_by_key(|key| key.id);
        table.checks.sort_by_key(|check| check.id);
        table.indexes.sort_by_key(|index| index.id);
    }
    schema
}

/// Where new tables stand: beside what there is, as nobody has put them anywhere.
async fn places_of_new(
    state: &State,
    diagram: Authorized<View>,
    edits: &[Edit],
) -> Result<BTreeMap<TableId, Placement>, Error> {
    let is_new = |edit: &Edit| match edit {
        Edit::Create(Object::Table(table)) => Some(table.id),
        Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => None,
    };
    let new: Vec<TableId> = edits.iter().filter_map(is_new).collect();
    if new.is_empty() {
        return Ok(BTreeMap::new());
    }
    let turn = Turn::at_processor().await?;
    let DiagramSnapshot { mut schema, placements, .. } = state.store.open_diagram(diagram).await?;
    let edits = edits.to_vec();
    let arrange = move || {
        if apply_all(&mut schema, &edits).is_err() {
            // The commit says what does not fit, or merges it; then they stand where the page puts them.
            return BTreeMap::new();
        }
        let all = diagram::layout::complete(&schema, &placements, &BTreeMap::new()).unwrap_or_default();
        new.into_iter().filter_map(|id| Some((id, *all.get(&id)?))).collect()
    };
    turn.work(arrange).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RevisionParams {
    cursor: Option<RevisionNumber>,
}

/// A revision as programs read it.
#[derive(Debug, Serialize)]
pub(super) struct Revision {
    number: RevisionNumber,
    author: RevisionAuthor,
    message: String,
    at: String,
    changes: Tally,
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edits: Option<Vec<Edit>>,
}

#[derive(Debug, Serialize)]
struct RevisionAuthor {
    /// Who asks knows their own.
    name: Option<String>,
    is_you: bool,
}

impl Revision {
    fn of(summary: RevisionSummary, edits: Option<Vec<Edit>>) -> Self {
        let RevisionSummary { number, author, message, at, changes, name } = summary;
        let author = match author {
            Author::You => RevisionAuthor { name: None, is_you: true },
            Author::Named(name) => RevisionAuthor { name: Some(name), is_you: false },
        };
        Self { number, author, message, at, changes, name, edits }
    }
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Params(params): Params<RevisionParams>,
) -> Result<Json<Items<Revision>>, Problem> {
    let diagram = state.store.authorize(asker, id).await?;
    let found = state.store.revisions(diagram, params.cursor, false).await?;
    let is_full = found.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
    // The first revision has the number 1.
    let next_cursor = found.last().filter(|last| is_full && last.number > 1).map(|last| last.number.to_string());
    let items = found.into_iter().map(|summary| Revision::of(summary, None)).collect();
    Ok(Json(Items { items, next_cursor }))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In((id, number)): In<(DiagramId, RevisionNumber)>,
) -> Result<Json<Revision>, Problem> {
    let (summary, edits) = state.store.revision(state.store.authorize(asker, id).await?, number).await?;
    Ok(Json(Revision::of(summary, Some(edits))))
}
