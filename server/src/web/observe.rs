//! What the log and the figures say of each request. An address may be a secret, as a link's is, so that only the pattern
//! of its route is told.

use std::{sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::metrics::Metrics;

/// By what a person who asks for help and the log mean the same request.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, under which everything is logged that happens for it, and counts it.
pub async fn observe(State(metrics): State<Arc<Metrics>>, request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id, http.method = %method, http.route = route);
    let begun = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, time) = (response.status(), begun.elapsed());
    metrics.answered(&method, &route, status, time);
    span.in_scope(|| {
        let (status, time_ms) = (status.as_u16(), time.as_secs_f64() * 1000.0);
        if status == StatusCode::INTERNAL_SERVER_ERROR.as_u16() {
            tracing::warn!(http.status = status, time_ms, "a request failed");
        } else {
            tracing::debug!(http.status = status, time_ms, "answered");
        }
    });
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
