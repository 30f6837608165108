//! Statuses of failed calls. A server function answers 500 whatever went wrong; proxies, logs and tests read more into
//! a status than that.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::CallError;

use crate::error;

/// The header by which server functions mark their failures.
const FAILURE: &str = "serverfnerror";
/// No error is larger than this, in bytes.
const MAX_ERROR: usize = 64 * 1024;

/// Gives the answer of a failed call the status of its error.
pub async fn status_of_failures(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if !response.headers().contains_key(FAILURE) {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_ERROR).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(error) = serde_json::from_slice::<CallError>(&body) {
        parts.status = error::status(&error);
    }
    Response::from_parts(parts, Body::from(body))
}
