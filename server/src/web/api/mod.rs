//! Plain routes beside pages and server functions: the public API, health, and what pages ask for by address.
//!
//! The public API is what `openapi.json` beside this says; a test holds the two together, and every answer that the
//! tests get against it. It adds no rules of its own: its handlers read a request, call what the editor's calls call,
//! and write the answer.

mod caller;
mod commits;
mod diagrams;
mod input;
mod links;
pub mod pace;
pub mod problem;

use std::sync::Arc;

use axum::{
    Extension, Json, Router,
    extract::State as Shared,
    handler::Handler,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, any, get, on},
};
use diagram::Theme;
use interchange::{Dialect, Format, Written};
use protocol::{DiagramId, DiagramSnapshot, LayoutNumber, RevisionNumber};
use serde::{Deserialize, Serialize};

use self::{
    caller::Caller,
    input::{In, Params},
    problem::Problem,
};
use super::session::Visitor;
use crate::{error::Error, live, picture, principal::View, state::State, turns::Turn};

/// The routes.
pub fn routes(state: Arc<State>) -> Router {
    let plain = table().into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler));
    let all = operations().into_iter().fold(plain, |router, it| router.route(it.path, it.handler));
    all.route("/api/v1", any(nowhere)).route("/api/v1/{*rest}", any(nowhere)).with_state(state)
}

/// Each path with what answers it, so that the test of who may do what can hold one row against each.
#[must_use]
pub fn table() -> Vec<(&'static str, MethodRouter<Arc<State>>)> {
    vec![
        ("/healthz", get(async || "ok\n")),
        ("/readyz", get(ready)),
        ("/api/v1/diagrams/{id}/thumbnail", get(thumbnail)),
        ("/api/v1/diagrams/{id}/live", get(live::connect)),
        ("/api/v1/account/export", get(export_account)),
    ]
}

/// Something that the public API does.
pub struct Operation {
    /// As it is written in a request.
    pub method: &'static str,
    pub path: &'static str,
    handler: MethodRouter<Arc<State>>,
}

/// All of it, each with a row in the document and in the tests of who may do what.
#[must_use]
pub fn operations() -> Vec<Operation> {
    vec![
        operation(GET, "/api/v1/openapi.json", document),
        operation(GET, "/api/v1/diagrams", diagrams::list),
        operation(POST, "/api/v1/diagrams", diagrams::create),
        operation(GET, "/api/v1/diagrams/{id}", diagrams::read),
        operation(PATCH, "/api/v1/diagrams/{id}", diagrams::rename),
        operation(DELETE, "/api/v1/diagrams/{id}", diagrams::delete),
        operation(GET, "/api/v1/diagrams/{id}/schema", diagrams::schema),
        operation(GET, "/api/v1/diagrams/{id}/export", export),
        operation(POST, "/api/v1/diagrams/{id}/commits", commits::commit),
        operation(GET, "/api/v1/diagrams/{id}/revisions", commits::list),
        operation(GET, "/api/v1/diagrams/{id}/revisions/{number}", commits::read),
        operation(GET, "/api/v1/diagrams/{id}/share-links", links::list),
        operation(POST, "/api/v1/diagrams/{id}/share-links", links::make),
        operation(DELETE, "/api/v1/diagrams/{id}/share-links/{link}", links::revoke),
    ]
}

/// A method by its name, and as the router knows it.
type Method = (&'static str, MethodFilter);
const GET: Method = ("GET", MethodFilter::GET);
const POST: Method = ("POST", MethodFilter::POST);
const PATCH: Method = ("PATCH", MethodFilter::PATCH);
const DELETE: Method = ("DELETE", MethodFilter::DELETE);

fn operation<H: Handler<T, Arc<State>>, T: 'static>(
    (method, filter): Method,
    path: &'static str,
    handler: H,
) -> Operation {
    Operation { method, path, handler: on(filter, handler) }
}

/// What the public API is, for programs that read OpenAPI.
pub const DOCUMENT: &str = include_str!("openapi.json");

async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], DOCUMENT).into_response()
}

/// Where nothing of the API is. Without it, a page would answer.
async fn nowhere() -> Error {
    Error::NotFound
}

/// Whether requests can be served just now. `/healthz` says only that the process lives: starting it anew does not bring
/// a database back.
async fn ready(Shared(state): Shared<Arc<State>>) -> Response {
    match state.store.is_up().await {
        true => (StatusCode::OK, "ok\n").into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n").into_response(),
    }
}

/// What a file is asked for as.
#[derive(Debug, Deserialize)]
pub(super) struct ExportQuery {
    format: Option<String>,
    #[serde(default)]
    notes: bool,
}

/// What a schema is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileFormat {
    Text(Format),
    Picture,
}

impl FileFormat {
    /// All of them, by what they are asked for as.
    fn all() -> impl Iterator<Item = (&'static str, Self)> {
        let key = |format: Format| if format == Format::Sql(Dialect::Postgres) { "sql" } else { format.key() };
        Format::ALL.into_iter().map(move |format| (key(format), Self::Text(format))).chain([("svg", Self::Picture)])
    }

    fn extension(self) -> &'static str {
        match self {
            Self::Text(format) => format.extension(),
            Self::Picture => "svg",
        }
    }

    fn media_type(self) -> String {
        match self {
            // JSON is UTF-8 by what it is.
            Self::Text(format) if format.extension() == "json" => format.media_type().to_owned(),
            Self::Text(format) => format!("{}; charset=utf-8", format.media_type()),
            Self::Picture => "image/svg+xml".to_owned(),
        }
    }
}

impl ExportQuery {
    /// The format.
    ///
    /// # Errors
    /// When it is none that we write.
    fn format(&self) -> Result<FileFormat, Error> {
        let wanted = self.format.as_deref();
        let found = FileFormat::all().find(|(key, _)| wanted == Some(key));
        found.map(|(_, format)| format).ok_or_else(|| {
            let keys: Vec<&str> = FileFormat::all().map(|(key, _)| key).collect();
            Error::Invalid(format!("format is one of {}", keys.join(", ")))
        })
    }
}

/// Something that a format has no equal for.
#[derive(Debug, Serialize)]
struct ExportNote {
    object: String,
    what: String,
}

/// The committed schema as a file.
async fn export(
    Shared(state): Shared<Arc<State>>,
    Caller(asker): Caller,
    In(id): In<DiagramId>,
    Params(query): Params<ExportQuery>,
) -> Result<Response, Problem> {
    let diagram = state.store.authorize::<View>(asker, id).await?;
    Ok(file(state.store.open_diagram(diagram), &query).await?)
}

/// The schema that is opened as a file to save, or what such a file does not say.
pub(super) async fn file(
    open: impl Future<Output = Result<DiagramSnapshot, Error>>,
    query: &ExportQuery,
) -> Result<Response, Error> {
    let format = query.format()?;
    let turn = Turn::at_processor().await?;
    let snapshot = open.await?;
    let name = file_name(&snapshot.name, format);
    let written = turn.work(move || match format {
        FileFormat::Text(format) => interchange::write(&snapshot.schema, format),
        FileFormat::Picture => Written { text: picture::svg(&snapshot), notes: Vec::new() },
    });
    let Written { text, notes } = written.await?;
    if query.notes {
        let notes = notes.into_iter().map(|ddl::Note { object, what }| ExportNote { object, what });
        return Ok(([(header::CACHE_CONTROL, "no-store")], Json(notes.collect::<Vec<_>>())).into_response());
    }
    // The name has none but the characters of file_name, so that it needs no quoting.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let kind = HeaderValue::from_str(&format.media_type()).unwrap_or(HeaderValue::from_static("text/plain"));
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}

/// Which of the two small pictures is wanted.
#[derive(Debug, Deserialize)]
struct ThumbnailQuery {
    theme: Option<String>,
}

impl ThumbnailQuery {
    fn theme(&self) -> Result<Theme, Error> {
        match self.theme.as_deref() {
            Some("light") | None => Ok(Theme::light()),
            Some("dark") => Ok(Theme::dark()),
            Some(_) => Err(Error::Invalid("theme is one of light and dark".to_owned())),
        }
    }
}

/// The small picture of a diagram for lists. A browser keeps it and asks each time whether it is still the one, which is
/// answered without reading the schema.
async fn thumbnail(
    Shared(state): Shared<Arc<State>>,
    Extension(visitor): Extension<Visitor>,
    In(id): In<DiagramId>,
    Params(query): Params<ThumbnailQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let theme = query.theme()?;
    let principal = visitor.principal(&state.store).await?;
    let diagram = state.store.authorize::<View>(principal, id).await?;
    let (revision, layout) = state.store.picture_numbers(diagram).await?;
    if is_known(&headers, &tag(revision, layout)) {
        return Ok((StatusCode::NOT_MODIFIED, kept(revision, layout)).into_response());
    }
    let turn = Turn::at_processor().await?;
    let snapshot = state.store.open_diagram(diagram).await?;
    let (revision, layout) = (snapshot.revision, snapshot.layout);
    let svg = turn.work(move || picture::thumbnail(&snapshot, theme)).await?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], kept(revision, layout), svg).into_response())
}

/// The name of a picture. A release that draws otherwise raises the first number.
fn tag(revision: RevisionNumber, layout: LayoutNumber) -> String {
    format!("W/\"1.{revision}.{layout}\"")
}

/// Whether the browser has the picture of that name.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    known.flat_map(|value| value.split(',')).any(|value| value.trim() == tag)
}

/// For the one browser, which asks before it shows it again.
fn kept(revision: RevisionNumber, layout: LayoutNumber) -> [(HeaderName, String); 2] {
    [(header::ETAG, tag(revision, layout)), (header::CACHE_CONTROL, "private, no-cache".to_owned())]
}

/// What is kept of a person, as a file.
async fn export_account(
    Shared(state): Shared<Arc<State>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Error> {
    let principal = visitor.principal(&state.store).await?.ok_or(Error::NotFound)?;
    let token = visitor.token().ok_or(Error::NotFound)?;
    let export = state.store.export_account(principal, &token).await?;
    let text = serde_json::to_string_pretty(&export).map_err(|error| Error::Defect(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"crowfoot-account.json\""),
        (header::CACHE_CONTROL, "no-store"),
    ];
    Ok((headers, text).into_response())
}

/// A file name that every system takes: letters, digits, `-` and `_` of the diagram's name.
fn file_name(name: &str, format: FileFormat) -> String {
    let mut stem = String::new();
    for c in name.chars() {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '_' => stem.push(c),
            _ if stem.is_empty() || stem.ends_with('-') => {}
            _ => stem.push('-'),
        }
    }
    let stem = stem.trim_end_matches('-');
    let stem = if stem.is_empty() { "diagram" } else { stem };
    format!("{stem}.{}", format.extension())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_hold_nothing_odd() {
        for (name, expect) in [
            ("ShopFlow", "ShopFlow.sql"),
            ("My shop, 2nd try", "My-shop-2nd-try.sql"),
            ("../../etc/passwd", "etc-passwd.sql"),
            ("a\"; filename=\"b", "a-filename-b.sql"),
            ("größe\r\nX: y", "gr-e-X-y.sql"),
            ("…", "diagram.sql"),
        ] {
            assert_eq!(file_name(name, FileFormat::Text(Format::Sql(Dialect::Postgres))), expect, "{name:?}");
        }
    }
}
