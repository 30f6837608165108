//! Plain routes beside pages and server functions: exports, health and the sockets of open diagrams.

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{Path, Query, State as Shared},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use protocol::{DiagramId, DiagramSnapshot, ExportFormat};
use serde::Deserialize;

use super::session::Visitor;
use crate::{error::Error, live, picture, principal::View, state::State, turns::Turn};

/// The routes.
pub fn routes(state: Arc<State>) -> Router {
    table().into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler)).with_state(state)
}

/// Each path with what answers it, so that the test of who may do what can hold one row against each.
#[must_use]
pub fn table() -> Vec<(&'static str, MethodRouter<Arc<State>>)> {
    vec![
        ("/healthz", get(async || "ok\n")),
        ("/readyz", get(ready)),
        ("/api/v1/diagrams/{id}/export", get(export)),
        ("/api/v1/diagrams/{id}/live", get(live::connect)),
        ("/api/v1/account/export", get(export_account)),
    ]
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
}

impl ExportQuery {
    /// The format.
    ///
    /// # Errors
    /// When it is none that we write.
    pub(super) fn format(&self) -> Result<ExportFormat, Error> {
        match self.format.as_deref() {
            Some("sql") => Ok(ExportFormat::Sql),
            Some("dbml") => Ok(ExportFormat::Dbml),
            Some("svg") => Ok(ExportFormat::Svg),
            Some(_) | None => Err(Error::Invalid("format is one of sql, dbml and svg".to_owned())),
        }
    }
}

/// The committed schema as a file.
async fn export(
    Shared(state): Shared<Arc<State>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Error> {
    let id: DiagramId = id.parse().map_err(|_| Error::NotFound)?;
    let principal = visitor.principal(&state.store).await?;
    let diagram = state.store.authorize::<View>(principal, id).await?;
    file(state.store.open_diagram(diagram), query.format()?).await
}

/// The schema that is opened as a file to save.
pub(super) async fn file(
    open: impl Future<Output = Result<DiagramSnapshot, Error>>,
    format: ExportFormat,
) -> Result<Response, Error> {
    let turn = Turn::at_processor().await?;
    let snapshot = open.await?;
    let name = file_name(&snapshot.name, format);
    let kind = match format {
        ExportFormat::Sql => "application/sql; charset=utf-8",
        ExportFormat::Dbml => "text/plain; charset=utf-8",
        ExportFormat::Svg => "image/svg+xml",
    };
    let written = turn.work(move || match format {
        ExportFormat::Sql => ddl::export(&snapshot.schema),
        ExportFormat::Dbml => dbml::export(&snapshot.schema),
        ExportFormat::Svg => picture::svg(&snapshot),
    });
    let text = written.await?;
    // The name has none but the characters of file_name, so that it needs no quoting.
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .unwrap_or(HeaderValue::from_static("attachment"));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
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
fn file_name(name: &str, format: ExportFormat) -> String {
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
    let extension = match format {
        ExportFormat::Sql => "sql",
        ExportFormat::Dbml => "dbml",
        ExportFormat::Svg => "svg",
    };
    format!("{stem}.{extension}")
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
            assert_eq!(file_name(name, ExportFormat::Sql), expect, "{name:?}");
        }
    }
}
