//! What somebody sees who came by a link: a page that needs no script, its picture, and the schema to take away.
//!
//! A link's token is a secret that stands in an address once. The first answer gives the browser a visit of its own, in a
//! cookie for this link alone, and sends it on to an address without a secret.

use std::sync::Arc;

use app::page::{LockedPage, SharedPage, Unfurled, ended_link, locked_link, shared, unfurled};
use axum::{
    Extension, Form, Router,
    extract::{Path, Query, State as Shared, rejection::FormRejection},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::{MethodRouter, get},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use protocol::{DiagramSnapshot, FormField, MadeShareLink, NewShareLink};
use serde::Deserialize;
use uuid::Uuid;

use super::{
    api::{self, ExportQuery},
    headers::Framing,
    session::{Visitor, is_https},
};
use crate::{
    error::Error,
    picture,
    principal::{Arrival, Authorized, LinkVisitor, Share},
    secret::Secret,
    state::State,
    store::throttle::Limit,
    turns::Turn,
};

const COOKIE: &str = "crowfoot_visit";

/// What these routes share.
#[derive(Clone)]
pub struct Site {
    state: Arc<State>,
    /// The address of the style sheet.
    style: Arc<str>,
}

/// The routes. `style` is the address of the style sheet.
pub fn routes(state: Arc<State>, style: &str) -> Router {
    let site = Site { state, style: style.into() };
    table().into_iter().fold(Router::new(), |router, (path, handler)| router.route(path, handler)).with_state(site)
}

/// Each path with what answers it; see [`api::table`].
#[must_use]
pub fn table() -> Vec<(&'static str, MethodRouter<Site>)> {
    vec![
        ("/s/{token}", get(arrive).post(unlock)),
        ("/s/{token}/preview.png", get(preview)),
        ("/v/{link}", get(look)),
        ("/v/{link}/export", get(export)),
        ("/embed/{token}", get(embed)),
    ]
}

/// Makes a link to a diagram, with the password that it may ask for.
///
/// # Errors
/// [`Error::Invalid`] or [`Error::Field`] for what a link cannot be.
pub async fn make_link(state: &State, diagram: Authorized<Share>, new: &NewShareLink) -> Result<MadeShareLink, Error> {
    let password_hash = match &new.password {
        Some(password) => Some(state.passwords.hash(password).await?),
        None => None,
    };
    let (link, token) = state.store.make_share_link(diagram, new, password_hash.as_ref()).await?;
    let path_of = |page: &str| format!("/{page}/{}", token.expose());
    Ok(MadeShareLink { link, path: path_of("s"), embed_path: path_of("embed") })
}

/// The first answer: a visit, and what sites that show links want to know; or the question for the password, which tells
/// nothing of the diagram.
async fn arrive(Shared(site): Shared<Site>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let made = arrive_page(&site, &token, &headers).await;
    page_or_reason(&site, made)
}

async fn arrive_page(site: &Site, token: &str, headers: &HeaderMap) -> Result<Response, Error> {
    let token = Secret::parse(token).ok_or(Error::NotFound)?;
    let visitor = match site.state.store.arrive(&token).await? {
        Arrival::Open(visitor) => visitor,
        Arrival::Locked(_) => return Ok(question(site, &token, None)),
    };
    let (cookie, path) = begin_visit(site, &visitor, headers).await?;
    let snapshot = site.state.store.open_shared(&visitor).await?;
    let page = unfurled(&Unfurled {
        title: snapshot.name.clone(),
        description: description(&snapshot),
        image: own_address(headers).map(|site| format!("{site}/s/{}/preview.png", token.expose())),
        next: path,
        style: site.style.to_string(),
    });
    Ok((cookie, private(), Html(page)).into_response())
}

/// A visit in a cookie of its own, and where it goes on.
async fn begin_visit(site: &Site, visitor: &LinkVisitor, headers: &HeaderMap) -> Result<(CookieJar, String), Error> {
    let visit = site.state.store.begin_visit(visitor).await?;
    let path = format!("/v/{}", visitor.link);
    let cookie = Cookie::build((COOKIE, visit.expose().to_owned()))
        .path(path.clone())
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_https(headers))
        .build();
    Ok((CookieJar::new().add(cookie), path))
}

/// What the visitor says when they are asked.
#[derive(Deserialize)]
struct Answer {
    password: String,
}

/// Takes the password of a link that asks for one.
async fn unlock(
    Shared(site): Shared<Site>,
    Path(token): Path<String>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    answer: Result<Form<Answer>, FormRejection>,
) -> Response {
    let password = answer.map(|Form(answer)| answer.password).unwrap_or_default();
    let made = unlock_page(&site, &token, visitor.address(), &headers, &password).await;
    page_or_reason(&site, made)
}

async fn unlock_page(
    site: &Site,
    token: &str,
    address: Option<&str>,
    headers: &HeaderMap,
    password: &str,
) -> Result<Response, Error> {
    let token = Secret::parse(token).ok_or(Error::NotFound)?;
    let store = &site.state.store;
    let visitor = match store.arrive(&token).await? {
        Arrival::Open(visitor) => visitor,
        Arrival::Locked(link) => {
            let subject = link.id().to_string();
            let from = format!("{subject} {}", address.unwrap_or_default());
            for (limit, subject) in [(Limit::LinkFrom, &from), (Limit::Link, &subject)] {
                match store.attempt(limit, subject).await {
                    Ok(()) => {}
                    Err(error @ Error::TooMany(_)) => return Ok(question(site, &token, Some(error))),
                    Err(error) => return Err(error),
                }
            }
            let Some(visitor) = link.unlock(&site.state.passwords, password).await? else {
                let wrong = Error::Field(FormField::Password, "This is not the password of the link.".to_owned());
                return Ok(question(site, &token, Some(wrong)));
            };
            store.forgive(Limit::LinkFrom, &from).await?;
            store.forgive(Limit::Link, &subject).await?;
            visitor
        }
    };
    let (cookie, path) = begin_visit(site, &visitor, headers).await?;
    Ok((cookie, private(), Redirect::to(&path)).into_response())
}

/// The page that asks for the password. A browser says of the page before it only to us that it was this one: without
/// that, it would not say to us either that the answer comes from our own page.
fn question(site: &Site, token: &Secret, problem: Option<Error>) -> Response {
    let problem = problem.map(Error::into_call_error);
    let status = problem.as_ref().map_or(StatusCode::OK, crate::error::status);
    let page = locked_link(&LockedPage {
        action: format!("/s/{}", token.expose()),
        problem: problem.map(|problem| problem.to_string()),
        style: site.style.to_string(),
    });
    let mut response = (status, private(), Html(page)).into_response();
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// The picture that sites show beside a link.
async fn preview(Shared(site): Shared<Site>, Path(token): Path<String>) -> Result<Response, Error> {
    let token = Secret::parse(&token).ok_or(Error::NotFound)?;
    let visitor = site.state.store.arrive(&token).await?.without_password()?;
    let turn = Turn::at_processor().await?;
    let snapshot = site.state.store.open_shared(&visitor).await?;
    let png = turn.work(move || picture::preview(&snapshot)).await??;
    Ok((private(), [(header::CONTENT_TYPE, "image/png")], png).into_response())
}

/// The page.
async fn look(Shared(site): Shared<Site>, Path(link): Path<String>, jar: CookieJar) -> Response {
    let made = look_page(&site, &link, &jar).await;
    page_or_reason(&site, made)
}

async fn look_page(site: &Site, link: &str, jar: &CookieJar) -> Result<Response, Error> {
    let visitor = visitor(&site.state, link, jar).await?;
    let page = page(site, &visitor, Some(format!("/v/{}/export", visitor.link))).await?;
    Ok((private(), Html(page)).into_response())
}

/// The schema to take away, where the link allows it.
async fn export(
    Shared(site): Shared<Site>,
    Path(link): Path<String>,
    Query(query): Query<ExportQuery>,
    jar: CookieJar,
) -> Result<Response, Error> {
    let visitor = visitor(&site.state, &link, &jar).await?;
    if !visitor.may_export {
        return Err(Error::NotFound);
    }
    let open = site.state.store.open_shared(&visitor);
    let file = api::file(open, &query).await?;
    Ok((private(), file).into_response())
}

/// The page for a frame on one of the sites that the link names. It uses no cookie, and leads nowhere.
async fn embed(Shared(site): Shared<Site>, Path(token): Path<String>) -> Response {
    let made = embed_page(&site, &token).await;
    page_or_reason(&site, made)
}

async fn embed_page(site: &Site, token: &str) -> Result<Response, Error> {
    let token = Secret::parse(token).ok_or(Error::NotFound)?;
    let visitor = site.state.store.arrive(&token).await?.without_password()?;
    if visitor.embed_origins.is_empty() {
        return Err(Error::NotFound);
    }
    let page = page(site, &visitor, None).await?;
    let mut response = (private(), Html(page)).into_response();
    response.extensions_mut().insert(Framing(visitor.embed_origins));
    Ok(response)
}

async fn visitor(state: &State, link: &str, jar: &CookieJar) -> Result<LinkVisitor, Error> {
    let link: Uuid = link.parse().map_err(|_| Error::NotFound)?;
    let token = jar.get(COOKIE).and_then(|cookie| Secret::parse(cookie.value())).ok_or(Error::NotFound)?;
    state.store.visitor_by_visit(link, &token).await
}

async fn page(site: &Site, visitor: &LinkVisitor, export: Option<String>) -> Result<String, Error> {
    let turn = Turn::at_processor().await?;
    let snapshot = site.state.store.open_shared(visitor).await?;
    let export = export.filter(|_| visitor.may_export);
    let style = site.style.to_string();
    turn.work(move || {
        let picture = picture::svg_for_page(&snapshot);
        shared(&SharedPage { snapshot, picture, export, style })
    })
    .await
}

/// What is in it, for sites that show links.
fn description(snapshot: &DiagramSnapshot) -> String {
    let counted = |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
    let (tables, references) = (snapshot.schema.tables.len(), snapshot.schema.references.len());
    format!("{}, {}, revision {}", counted(tables, "table"), counted(references, "reference"), snapshot.revision)
}

/// Where the visitor found us, for addresses that other programs follow. None when it is nothing to repeat.
fn own_address(headers: &HeaderMap) -> Option<String> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let is_plain = host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'));
    is_plain.then(|| format!("{}://{host}", if is_https(headers) { "https" } else { "http" }))
}

/// A page behind a secret is kept by nobody, found by nobody, and its address is told to nobody.
fn private() -> [(HeaderName, HeaderValue); 3] {
    [
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex, nofollow")),
    ]
}

/// The page that was asked for, or one that says why there is none.
fn page_or_reason(site: &Site, made: Result<Response, Error>) -> Response {
    made.unwrap_or_else(|error| {
        let error = error.into_call_error();
        let status = crate::error::status(&error);
        let reason = (status != StatusCode::NOT_FOUND).then(|| error.to_string());
        (status, private(), Html(ended_link(reason, &site.style))).into_response()
    })
}
