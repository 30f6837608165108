//! The one error of the server: what went wrong, and what the visitor is told of it.

use std::borrow::Cow;

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use protocol::{CallError, FormField, TokenScope};

use crate::web::api::problem::Problem;

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not there, or not theirs: the two are told apart nowhere.
    #[error("not found")]
    NotFound,
    /// A token is not for what was asked with it.
    #[error("the token lacks the scope {0}")]
    OutOfScope(TokenScope),
    /// The request itself is wrong.
    #[error("{0}")]
    Invalid(String),
    /// One field of a form is wrong.
    #[error("{1}")]
    Field(FormField, String),
    /// Tried too often; the seconds after which to try again.
    #[error("too many attempts")]
    TooMany(u32),
    /// More is going on than we can do at once.
    #[error("too busy")]
    Busy,
    /// The store failed, or cannot be reached.
    #[error("the store failed")]
    Store(#[source] sqlx::Error),
    /// What the store holds cannot be read any more, or our own planning failed.
    #[error("{0}")]
    Defect(String),
    /// A sandbox or its server failed.
    #[error("the database server of the sandboxes failed")]
    Sandbox(#[from] tokio_postgres::Error),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let constraint = error.as_database_error().and_then(|it| it.constraint());
        match constraint {
            Some("account_email_key") => Self::Field(
                FormField::Email,
                "There is an account with this e-mail already. Sign in instead.".to_owned(),
            ),
            Some("folder_workspace_id_name_idx") => {
                Self::Field(FormField::Name, "There is a folder of this name already.".to_owned())
            }
            // The folder went while the request was on its way, or is one of another workspace.
            Some("diagram_workspace_id_folder_id_fkey") => Self::NotFound,
            Some("diagram_name_check") => Self::Invalid("a diagram's name has 1 to 100 characters".to_owned()),
            Some("placement_workspace_id_diagram_id_table_id_fkey") => {
                Self::Invalid("there is no such table any more".to_owned())
            }
            // The diagram or the membership went while the request was on its way.
            Some("draft_workspace_id_diagram_id_fkey" | "draft_workspace_id_principal_id_fkey") => Self::NotFound,
            Some(_) | None => Self::Store(error),
        }
    }
}

impl Error {
    /// Whether trying again later may help.
    fn is_passing(&self) -> bool {
        match self {
            Self::Store(error) => is_passing(error),
            Self::Sandbox(error) => error.as_db_error().is_none(),
            Self::Busy => true,
            Self::NotFound
            | Self::OutOfScope(_)
            | Self::Invalid(_)
            | Self::Field(..)
            | Self::TooMany(_)
            | Self::Defect(_) => false,
        }
    }

    /// Whether a lock was waited for in vain.
    pub(crate) fn is_lock_timeout(&self) -> bool {
        self.store_code().is_some_and(|code| code == "55P03")
    }

    /// Whether the connection to the store ended before, or instead of, an answer.
    pub(crate) fn is_lost_connection(&self) -> bool {
        matches!(self, Self::Store(_)) && self.store_code().is_none_or(|code| code.starts_with("57P"))
    }

    /// PostgreSQL's code, when the store answered with an error.
    fn store_code(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Store(error) => error.as_database_error().and_then(|it| it.code()),
            Self::NotFound
            | Self::OutOfScope(_)
            | Self::Invalid(_)
            | Self::Field(..)
            | Self::TooMany(_)
            | Self::Busy
            | Self::Defect(_)
            | Self::Sandbox(_) => None,
        }
    }

    /// What the visitor is told. Logs what the operator has to know, so call it once.
    pub fn into_call_error(self) -> CallError {
        let is_passing = self.is_passing();
        match self {
            // Only the public API takes tokens, and says more of them than this.
            Self::NotFound | Self::OutOfScope(_) => CallError::NotFound,
            Self::Invalid(message) => CallError::Invalid(message),
            Self::Field(field, message) => CallError::Field { field, message },
            Self::TooMany(seconds) => CallError::TooMany { seconds },
            Self::Busy => CallError::Unavailable,
            error @ (Self::Store(_) | Self::Defect(_) | Self::Sandbox(_)) => {
                let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
                if is_passing {
                    tracing::warn!(error.message = %error, error.source = source, "a request found no database");
                    CallError::Unavailable
                } else {
                    tracing::error!(error.message = %error, error.source = source, "a request failed");
                    CallError::Internal
                }
            }
        }
    }
}

/// Connection lost or refused, too many connections, shutting down, in the way of another, or waiting for a lock for too
/// long.
fn is_passing(error: &sqlx::Error) -> bool {
    if let Some(code) = error.as_database_error().and_then(|it| it.code()) {
        return code.starts_with("08")
            || code.starts_with("57P")
            || matches!(code.as_ref(), "53300" | "55P03" | "57014" | "40001" | "40P01");
    }
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed
    )
}

/// The status of an answer that tells this error.
#[must_use]
pub fn status(error: &CallError) -> StatusCode {
    match error {
        CallError::NotFound => StatusCode::NOT_FOUND,
        CallError::Invalid(_) | CallError::Field { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        CallError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        CallError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        CallError::Internal | CallError::Transport(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// Problem details as RFC 9457 has them, for the plain routes.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
