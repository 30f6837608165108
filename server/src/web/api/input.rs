//! What requests to the public API bring, read with problems for answers where it cannot be.

use axum::{
    Json,
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::request::Parts,
};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};

use super::problem::{Kind, Problem};
use crate::error::Error;

/// What the path names. An id that is none names nothing.
#[derive(Debug)]
pub(super) struct In<T>(pub(super) T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for In<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(named) = Path::from_request_parts(parts, state).await.map_err(|_| Error::NotFound)?;
        Ok(Self(named))
    }
}

/// What stands behind the question mark.
#[derive(Debug)]
pub(super) struct Params<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(read) = Query::from_request_parts(parts, state)
            .await
            .map_err(|rejection| Problem::new(Kind::Invalid, rejection.body_text()))?;
        Ok(Self(read))
    }
}

/// A body of JSON: one object.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(&request) {
            return Err(Problem::new(Kind::UnsupportedMediaType, "Send `Content-Type: application/json`."));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Problem::new(Kind::Malformed, rejection.body_text()))?;
        // A list of a record's values would be read as the record too.
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        if first.is_some_and(|byte| *byte != b'{') && serde_json::from_slice::<serde::de::IgnoredAny>(&bytes).is_ok() {
            return Err(Problem::new(Kind::Invalid, "The body is one JSON object."));
        }
        let Json(read) = Json::from_bytes(&bytes).map_err(|rejection| {
            let is_syntax = rejection.status() == axum::http::StatusCode::BAD_REQUEST;
            Problem::new(if is_syntax { Kind::Malformed } else { Kind::Invalid }, rejection.body_text())
        })?;
        Ok(Self(read))
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(axum::http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
}

/// What may be left out, and is not `null` where it is there.
pub(super) fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
