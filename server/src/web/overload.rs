//! Answers 503 at once when more is asked than can be done in time: who waits for long has given up before the answer
//! comes, and its work was for nothing.

use std::{sync::Arc, time::Duration};

use axum::{
    Json,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::CallError;
use tokio::{sync::Semaphore, time::timeout};

/// How many requests are worked on at once. The store has eight connections; what waits for one beyond this takes longer
/// than its pool waits.
pub const MAX_AT_ONCE: usize = 256;

/// How long a request's body may take to arrive.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Room for so many requests at once.
#[must_use]
pub fn room(requests: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::new(requests))
}

/// Lets a request in while there is room.
pub async fn refuse_beyond(State(room): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    // A check of the server's health says that it lives, not that it has time.
    if request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    // Who sends a body slowly takes nobody's place meanwhile.
    let (parts, body) = request.into_parts();
    let body = match timeout(BODY_TIME, to_bytes(body, super::MAX_BODY_BYTES)).await {
        Ok(Ok(body)) => body,
        Ok(Err(_)) => {
            let error = CallError::Invalid("this is too much for one request".to_owned());
            return (StatusCode::PAYLOAD_TOO_LARGE, Json(error)).into_response();
        }
        Err(_) => return StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    let request = Request::from_parts(parts, Body::from(body));
    let Ok(_place) = room.try_acquire() else {
        tracing::warn!("too much is asked at once");
        let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(CallError::Unavailable)).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        return response;
    };
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::get};
    use tokio::time::sleep;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn what_is_too_much_is_refused_and_then_let_in_again() {
        let slow = get(async || {
            sleep(Duration::from_millis(200)).await;
            "done"
        });
        let app = Router::new()
            .route("/", slow.clone())
            .route("/healthz", slow)
            .layer(middleware::from_fn_with_state(room(2), refuse_beyond));
        let ask = |path: &str| app.clone().oneshot(Request::get(path).body(Body::empty()).unwrap());
        let (first, second, third, health) = tokio::join!(ask("/"), ask("/"), ask("/"), ask("/healthz"));
        let mut statuses = [first, second, third].map(|answer| answer.unwrap().status().as_u16());
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 200, 503]);
        assert_eq!(health.unwrap().status(), StatusCode::OK);
        assert_eq!(ask("/").await.unwrap().status(), StatusCode::OK);
    }
}
