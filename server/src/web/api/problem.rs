//! What went wrong, as RFC 9457 has it: the answer to every request under `/api/v1` that is refused, whoever refuses
//! it.

use axum::{
    Json,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use protocol::{CallError, CommitConflict, Refusal, RevisionNumber, TokenScope};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::Error;

/// The media type.
const MEDIA_TYPE: &str = "application/problem+json";
/// What all types of problems begin with: each is described in the document of the API.
const TYPES: &str = "/api/v1/openapi.json#/components/responses/";

/// The kinds of problems. Each is a response of that name in the document of the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Malformed,
    Unauthorized,
    ScopeMissing,
    CrossSite,
    NotFound,
    MethodNotAllowed,
    Timeout,
    Conflict,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    Refused,
    TooMany,
    Internal,
    Unavailable,
    OutcomeUnknown,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 16] = [
        Self::Malformed,
        Self::Unauthorized,
        Self::ScopeMissing,
        Self::CrossSite,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Timeout,
        Self::Conflict,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::Refused,
        Self::TooMany,
        Self::Internal,
        Self::Unavailable,
        Self::OutcomeUnknown,
    ];

    /// Status, name in the document, and title.
    fn parts(self) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::Malformed => (StatusCode::BAD_REQUEST, "Malformed", "The request cannot be read"),
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized", "No token or session that holds"),
            Self::ScopeMissing => (StatusCode::FORBIDDEN, "ScopeMissing", "The token is not for this"),
            Self::CrossSite => (StatusCode::FORBIDDEN, "CrossSite", "The request came from another site"),
            Self::NotFound => (StatusCode::NOT_FOUND, "NotFound", "Not there, or not yours"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "No such method here"),
            Self::Timeout => (StatusCode::REQUEST_TIMEOUT, "Timeout", "The request took too long to arrive"),
            Self::Conflict => (StatusCode::CONFLICT, "Conflict", "Others committed something else meanwhile"),
            Self::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "TooLarge", "The request is too large"),
            Self::UnsupportedMediaType => {
                (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", "The body is not JSON")
            }
            Self::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "Invalid", "The request asks for what cannot be"),
            Self::Refused => (StatusCode::UNPROCESSABLE_ENTITY, "Refused", "The commit was refused"),
            Self::TooMany => (StatusCode::TOO_MANY_REQUESTS, "TooMany", "Too many requests"),
            Self::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "Internal", "Something went wrong on the server"),
            Self::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "Unavailable", "Not just now"),
            Self::OutcomeUnknown => {
                (StatusCode::SERVICE_UNAVAILABLE, "OutcomeUnknown", "Not known yet whether it was committed")
            }
        }
    }

    /// The name of the response in the document of the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.parts().1
    }
}

/// A refusal on its way.
#[derive(Debug)]
pub struct Problem {
    kind: Kind,
    status: StatusCode,
    detail: String,
    /// What there is to say beside the members that every problem has.
    more: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, status: kind.parts().0, detail: detail.into(), more: Map::new(), headers: Vec::new() }
    }

    /// With another member. One that says nothing is left out.
    fn with(mut self, name: &str, value: &impl Serialize) -> Self {
        let value = serde_json::to_value(value).unwrap_or_default();
        let says_nothing = value.is_null() || value.as_array().is_some_and(Vec::is_empty);
        if !says_nothing {
            self.more.insert(name.to_owned(), value);
        }
        self
    }

    fn with_header(mut self, name: HeaderName, value: impl Into<HeaderValue>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// For who shows nothing.
    pub(crate) fn nobody() -> Self {
        let detail = "This needs a personal token, sent as `Authorization: Bearer crowfoot_…`, or a session.";
        let challenge = HeaderValue::from_static("Bearer realm=\"Crowfoot\"");
        Self::new(Kind::Unauthorized, detail).with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// For who shows a token that does not hold.
    pub(crate) fn token_ended() -> Self {
        let detail =
            "The token is unknown, has run out, or was revoked. Its owner makes another one on their account page.";
        let challenge = HeaderValue::from_static("Bearer realm=\"Crowfoot\", error=\"invalid_token\"");
        Self::new(Kind::Unauthorized, detail).with_header(header::WWW_AUTHENTICATE, challenge)
    }

    fn out_of_scope(scope: TokenScope) -> Self {
        let challenge = format!("Bearer realm=\"Crowfoot\", error=\"insufficient_scope\", scope=\"{scope}\"");
        // All of it is ours, and none of it is anything that a header cannot hold.
        let challenge = HeaderValue::from_str(&challenge).unwrap_or(HeaderValue::from_static("Bearer"));
        Self::new(Kind::ScopeMissing, format!("This needs a token with the scope `{scope}`."))
            .with("scope", &scope)
            .with_header(header::WWW_AUTHENTICATE, challenge)
    }

    /// A commit that others stand against.
    pub(crate) fn conflict(head: RevisionNumber, conflicts: &[CommitConflict], more: usize) -> Self {
        let detail = match conflicts.first() {
            Some(first) => format!("{}: {}.", first.words.title, first.words.reason),
            None => "Too much was committed meanwhile to merge with it: begin anew from the head.".to_owned(),
        };
        Self::new(Kind::Conflict, detail).with("head", &head).with("conflicts", &conflicts).with("more", &more)
    }

    /// A commit that cannot be made.
    pub(crate) fn refused(refusal: &Refusal) -> Self {
        Self::new(Kind::Refused, refusal.message.clone())
            .with("object", &refusal.object)
            .with("statement", &refusal.statement)
            .with("postgres", &refusal.postgres)
            .with("errors", &refusal.findings)
    }

    /// A commit of which it is not known yet what became of it.
    pub(crate) fn outcome_unknown(message: String) -> Self {
        Self::new(Kind::OutcomeUnknown, message).with_header(header::RETRY_AFTER, HeaderValue::from(2))
    }

    /// What a status says that somebody answered before or after us, who know nothing of problems.
    fn of_status(status: StatusCode) -> Self {
        let of = |kind, detail: &str| Self::new(kind, detail);
        let problem = match status {
            StatusCode::NOT_FOUND => of(Kind::NotFound, &CallError::NotFound.to_string()),
            StatusCode::FORBIDDEN => of(Kind::CrossSite, "Another site's page cannot do this in somebody's name."),
            StatusCode::METHOD_NOT_ALLOWED => {
                of(Kind::MethodNotAllowed, "The header `Allow` has the methods that there are.")
            }
            StatusCode::REQUEST_TIMEOUT => of(Kind::Timeout, "The body did not arrive in time."),
            StatusCode::PAYLOAD_TOO_LARGE => {
                let most = crate::web::MAX_BODY_BYTES / (1024 * 1024);
                of(Kind::TooLarge, &format!("A body has at most {most} MiB."))
            }
            StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                of(Kind::UnsupportedMediaType, "Send `Content-Type: application/json`.")
            }
            StatusCode::TOO_MANY_REQUESTS => {
                of(Kind::TooMany, "Too much is asked for from your address. Wait a moment.")
            }
            StatusCode::SERVICE_UNAVAILABLE => of(Kind::Unavailable, &CallError::Unavailable.to_string()),
            other if other.is_server_error() => of(Kind::Internal, &CallError::Internal.to_string()),
            _ => of(Kind::Malformed, "This cannot be read as a request."),
        };
        Self { status, ..problem }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        if let Error::OutOfScope(scope) = error {
            return Self::out_of_scope(scope);
        }
        let error = error.into_call_error();
        let detail = error.to_string();
        match error {
            CallError::NotFound => Self::new(Kind::NotFound, detail),
            CallError::Invalid(_) | CallError::Field { .. } => Self::new(Kind::Invalid, detail),
            CallError::TooMany { seconds } => {
                Self::new(Kind::TooMany, detail).with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
            }
            CallError::Unavailable => {
                Self::new(Kind::Unavailable, detail).with_header(header::RETRY_AFTER, HeaderValue::from(2))
            }
            CallError::Internal | CallError::Transport(_) => Self::new(Kind::Internal, detail),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (_, name, title) = self.kind.parts();
        let mut body = json!({
            "type": format!("{TYPES}{name}"),
            "title": title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(members) = body.as_object_mut() {
            members.extend(self.more);
        }
        let mut response = (self.status, [(header::CONTENT_TYPE, MEDIA_TYPE)], Json(body)).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}

/// Makes a problem of every failure under `/api/v1`, also where something refused the request that knows nothing of this.
pub async fn problems(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path == "/api/v1" || path.starts_with("/api/v1/");
    let response = next.run(request).await;
    let status = response.status();
    let is_failure = status.is_client_error() || status.is_server_error();
    if !is_api || !is_failure || is_problem(response.headers()) {
        return response;
    }
    let mut problem = Problem::of_status(status).into_response();
    // All but what is said of the body that nobody gets.
    for (name, value) in response.headers() {
        if !name.as_str().starts_with("content-") {
            problem.headers_mut().append(name, value.clone());
        }
    }
    problem
}

fn is_problem(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == MEDIA_TYPE)
}
