//! Diagrams of the public API: listing, making, naming, deleting, and their schemas.

use std::sync::Arc;

use axum::{
    Json,
    extract::State as Shared,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{DiagramId, DiagramSummary, RevisionNumber, Template, WorkspaceId};
use schema::Schema;
use serde::{Deserialize, Serialize};

use super::{
    caller::Caller,
    input::{Body, In, Params, present},
    problem::Problem,
};
use crate::{
    error::Error,
    principal::{Edit, View},
    sample,
    state::State,
    store::catalogue::Page,
};

/// How many diagrams a page has, when that is not said, and how many it has at most.
const USUAL: i64 = 50;
const MOST: i64 = 100;

/// One page of something.
#[derive(Debug, Serialize)]
pub(super) struct Items<T> {
    pub(super) items: Vec<T>,
    /// What to ask for the next page with; none on the last one.
    pub(super) next_cursor: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListParams {
    workspace: Option<WorkspaceId>,
    cursor: Option<DiagramId>,
    limit: Option<i64>,
}

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    Params(params): Params<ListParams>,
) -> Result<Json<Items<DiagramSummary>>, Problem> {
    let most = params.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&most) {
        return Err(Error::Invalid(format!("limit is 1 to {MOST}")).into());
    }
    // One more, to know whether there are more.
    let page = Page { workspace: params.workspace, after: params.cursor, most: most + 1 };
    let mut items = state.store.page_of_diagrams(asker, page).await?;
    let has_more = items.len() > usize::try_from(most).unwrap_or(usize::MAX);
    if has_more {
        items.pop();
    }
    let next_cursor = items.last().filter(|_| has_more).map(|last| last.id.to_string());
    Ok(Json(Items { items, next_cursor }))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDiagram {
    #[serde(default, deserialize_with = "present")]
    name: Option<String>,
    #[serde(default)]
    template: NewTemplate,
    #[serde(default, deserialize_with = "present")]
    workspace: Option<WorkspaceId>,
}

/// What a new diagram starts with.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum NewTemplate {
    #[default]
    Blank,
    ShopFlow,
}

pub(super) async fn create(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    Body(new): Body<NewDiagram>,
) -> Result<Response, Problem> {
    let workspace = match new.workspace {
        Some(workspace) => workspace,
        None => state.store.own_workspace(asker.clone().reach::<Edit>()?).await?,
    };
    let workspace = state.store.authorize_workspace::<Edit>(asker.clone(), workspace).await?;
    let template = match new.template {
        NewTemplate::Blank => Template::Blank,
        NewTemplate::ShopFlow => Template::ShopFlow,
    };
    let id = sample::create(&state, workspace, template, new.name.as_deref()).await?;
    let made = state.store.summary(state.store.authorize(asker, id).await?).await?;
    Ok(created(&format!("/api/v1/diagrams/{id}"), &made))
}

pub(super) async fn read(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
) -> Result<Json<DiagramSummary>, Problem> {
    Ok(Json(state.store.summary(state.store.authorize(asker, id).await?).await?))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Changed {
    name: String,
}

pub(super) async fn rename(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Body(changed): Body<Changed>,
) -> Result<Json<DiagramSummary>, Problem> {
    let diagram = state.store.authorize::<Edit>(asker, id).await?;
    state.store.rename_diagram(diagram, &changed.name).await?;
    Ok(Json(state.store.summary(diagram.to_view()).await?))
}

pub(super) async fn delete(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
) -> Result<StatusCode, Problem> {
    state.store.delete_diagram(state.store.authorize(asker, id).await?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SchemaParams {
    revision: Option<RevisionNumber>,
}

/// A schema with the revision that it is of.
#[derive(Debug, Serialize)]
struct SchemaAt {
    revision: RevisionNumber,
    schema: Schema,
}

pub(super) async fn schema(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Params(params): Params<SchemaParams>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let diagram = state.store.authorize::<View>(asker, id).await?;
    let head = state.store.head_revision(diagram).await?;
    // A number is all of a state, as revisions are never changed.
    let wanted = params.revision.unwrap_or(head);
    if (0..=head).contains(&wanted) && is_known(&headers, wanted) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, tag(wanted))]).into_response());
    }
    let answer = match params.revision {
        Some(revision) => SchemaAt { revision, schema: state.store.schema_at(diagram, revision).await? },
        None => {
            let snapshot = state.store.open_diagram(diagram).await?;
            SchemaAt { revision: snapshot.revision, schema: snapshot.schema }
        }
    };
    Ok(([(header::ETAG, tag(answer.revision))], Json(answer)).into_response())
}

/// Weak, as the bytes depend on how they are compressed.
fn tag(revision: RevisionNumber) -> HeaderValue {
    HeaderValue::from_str(&format!("W/\"{revision}\"")).unwrap_or(HeaderValue::from_static("W/\"\""))
}

/// Whether the caller has that revision already.
fn is_known(headers: &HeaderMap, revision: RevisionNumber) -> bool {
    let tag = format!("\"{revision}\"");
    let said = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == tag)
}

/// The answer to what made something that can be asked for there.
pub(super) fn created(location: &str, made: &impl Serialize) -> Response {
    let location = HeaderValue::from_str(location).unwrap_or(HeaderValue::from_static("/api/v1"));
    (StatusCode::CREATED, [(header::LOCATION, location)], Json(made)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_is_not_sent_again() {
        for (said, expect) in [
            ("W/\"7\"", true),
            ("\"7\"", true),
            ("\"6\", W/\"7\"", true),
            ("*", true),
            ("\"77\"", false),
            ("7", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::IF_NONE_MATCH, said.parse().unwrap())]);
            assert_eq!(is_known(&headers, 7), expect, "{said}");
        }
        assert!(!is_known(&HeaderMap::new(), 7));
    }
}
