//! Statuses of failed calls. A server function answers 500 whatever went wrong; proxies, logs and tests read more into
//! a status than that.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::CommitError;

use crate::error;

/// The header by which server functions mark their failures.
const FAILURE: &str = "serverfnerror";
/// No error is larger than this, in bytes.
const MAX_ERROR: usize = 256 * 1024;

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
    // What other calls answer is among what a commit answers.
    match serde_json::from_slice(&body) {
        Ok(CommitError::Conflict { .. }) => parts.status = StatusCode::CONFLICT,
        Ok(CommitError::Call(error)) => parts.status = error::status(&error),
        Err(_) => {}
    }
    Response::from_parts(parts, Body::from(body))
}

#[cfg(test)]
mod tests {
    use edit::ConflictWords;
    use protocol::{CallError, CommitConflict, CommitOutcome};
    use schema::{ObjectId, TableId};

    use super::*;

    /// The browser reads a conflict as an error, everybody else as an outcome.
    #[test]
    fn a_conflict_is_written_as_the_outcome_that_it_is() {
        let words = ConflictWords {
            object: ObjectId::Table(TableId::from_u128(1)),
            title: "Table users".to_owned(),
            reason: "Both changed the name".to_owned(),
            base: "users".to_owned(),
            theirs: "people".to_owned(),
            mine: "humans".to_owned(),
            waiting: Vec::new(),
        };
        let conflicts = vec![CommitConflict { words, revision: Some(2) }];
        let error = CommitError::Conflict { head: 3, conflicts: conflicts.clone(), more: 0 };
        let text = serde_json::to_string(&error).unwrap();
        assert_eq!(text, serde_json::to_string(&CommitOutcome::Conflict { head: 3, conflicts, more: 0 }).unwrap());
        assert_eq!(serde_json::from_str::<CommitError>(&text).unwrap(), error);
    }

    #[test]
    fn what_every_call_answers_is_read_as_that() {
        for error in [
            CallError::NotFound,
            CallError::Invalid("x".to_owned()),
            CallError::Unavailable,
            CallError::Internal,
            CallError::Transport("x".to_owned()),
        ] {
            let text = serde_json::to_string(&error).unwrap();
            assert_eq!(serde_json::from_str::<CommitError>(&text).unwrap(), CommitError::Call(error));
        }
    }
}
