//! Links by which anyone may look at a diagram, in the public API.

use std::sync::Arc;

use axum::{Json, extract::State as Shared, http::StatusCode};
use protocol::{DiagramId, MadeShareLink, NewShareLink, ShareLink};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    caller::Caller,
    diagrams::Items,
    input::{Body, In, present},
    problem::Problem,
};
use crate::{state::State, web::share};

/// After how many days a link ends, when nothing else is said.
const USUAL_DAYS: u16 = 30;

pub(super) async fn list(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
) -> Result<Json<Items<ShareLink>>, Problem> {
    let items = state.store.share_links(state.store.authorize(asker, id).await?).await?;
    Ok(Json(Items { items, next_cursor: None }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NewLink {
    /// `null` for a link that does not end by itself.
    #[serde(default = "usual_days")]
    days: Option<u16>,
    #[serde(default)]
    may_export: bool,
    #[serde(default)]
    embed_origins: Vec<String>,
    #[serde(default, deserialize_with = "present")]
    password: Option<String>,
}

fn usual_days() -> Option<u16> {
    Some(USUAL_DAYS)
}

pub(super) async fn make(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Body(new): Body<NewLink>,
) -> Result<(StatusCode, Json<MadeShareLink>), Problem> {
    let diagram = state.store.authorize(asker, id).await?;
    let NewLink { days, may_export, embed_origins, password } = new;
    let made = share::make_link(&state, diagram, &NewShareLink { days, may_export, embed_origins, password }).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn revoke(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In((id, link)): In<(DiagramId, Uuid)>,
) -> Result<StatusCode, Problem> {
    state.store.revoke_share_link(state.store.authorize(asker, id).await?, link).await?;
    Ok(StatusCode::NO_CONTENT)
}
