//! Who uses the public API: a program with a personal token, or somebody with a session.

use std::{sync::Arc, time::Instant};

use axum::{extract::FromRequestParts, http::request::Parts};

use super::problem::Problem;
use crate::{
    principal::Asker,
    state::State,
    web::{bearer::Bearer, session::Visitor},
};

/// Whoever sent the request. Taken before anything else of it is read, so that nobody else learns more than that.
#[derive(Debug)]
pub(super) struct Caller(pub(super) Asker);

impl FromRequestParts<Arc<State>> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<State>) -> Result<Self, Problem> {
        let asker = match Bearer::of(parts.uri.path(), &parts.headers) {
            Bearer::Token(text) => {
                let known = state.store.api_token(&text).await?.ok_or_else(Problem::token_ended)?;
                state.pace.count(known.id, Instant::now())?;
                Asker::Program(known.bearer)
            }
            Bearer::Unreadable => return Err(Problem::token_ended()),
            Bearer::Absent => {
                let visitor = parts.extensions.get::<Visitor>().cloned().unwrap_or_default();
                Asker::Person(visitor.principal(&state.store).await?.ok_or_else(Problem::nobody)?)
            }
        };
        Ok(Self(asker))
    }
}
