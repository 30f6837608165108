//! Who sent a request: a session's token in a cookie, and the guest that is made when one is needed.

use std::sync::{Arc, Mutex, PoisonError};

use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use crate::{
    error::Error,
    principal::Principal,
    secret::Secret,
    store::{Store, session::hash},
};

const COOKIE: &str = "crowfoot_session";
/// Browsers accept this name only over https, for this host and all of it, so that no neighbouring host can plant one.
const HOST_COOKIE: &str = "__Host-crowfoot_session";

/// Whoever sent the request being served.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    token: Option<Secret>,
    /// The token of a session that was made, or made to last longer, in this request.
    issued: Arc<Mutex<Option<Secret>>>,
}

impl Visitor {
    /// Who they are; none without a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal(&self, store: &Store) -> Result<Option<Principal>, Error> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(token) = issued.or_else(|| self.token.clone()) else { return Ok(None) };
        let Some(session) = store.session_of(&token).await? else { return Ok(None) };
        if session.was_prolonged {
            self.issue(token);
        }
        Ok(Some(session.principal))
    }

    /// Who they are; a new guest without a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal_or_guest(&self, store: &Store) -> Result<Principal, Error> {
        if let Some(principal) = self.principal(store).await? {
            return Ok(principal);
        }
        let (principal, token) = store.create_guest().await?;
        self.issue(token);
        Ok(principal)
    }

    /// What the store keeps in place of the session's token; none without a session.
    pub(crate) fn session_hash(&self) -> Option<[u8; 32]> {
        let issued = self.issued.lock().unwrap_or_else(PoisonError::into_inner).clone();
        issued.or_else(|| self.token.clone()).map(|token| hash(&token))
    }

    /// Has the browser keep the token from now on.
    fn issue(&self, token: Secret) {
        *self.issued.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }
}

/// Tells handlers who asks, and browsers which session to keep.
pub async fn know_visitor(mut request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    // Browsers keep this cookie for https alone, whatever else a request says of itself.
    let is_https = is_https(request.headers()) || jar.get(HOST_COOKIE).is_some();
    let visitor = Visitor { token: token(&jar, is_https), issued: Arc::default() };
    request.extensions_mut().insert(visitor.clone());
    let response = next.run(request).await;
    let issued = visitor.issued.lock().unwrap_or_else(PoisonError::into_inner).take();
    match issued {
        Some(token) => (jar.add(cookie(&token, is_https)), response).into_response(),
        None => response,
    }
}

fn token(jar: &CookieJar, is_https: bool) -> Option<Secret> {
    let plain = if is_https { None } else { jar.get(COOKIE) };
    jar.get(HOST_COOKIE).or(plain).and_then(|cookie| Secret::parse(cookie.value()))
}

fn cookie(token: &Secret, is_https: bool) -> Cookie<'static> {
    let name = if is_https { HOST_COOKIE } else { COOKIE };
    Cookie::build((name, token.expose().to_owned()))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_https)
        .permanent()
        .build()
}

/// Whether the browser speaks https, to us or to a proxy before us. Who forges these headers only spoils their own
/// cookie.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    let starts = |name: &str, scheme: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.starts_with(scheme))
    };
    starts("x-forwarded-proto", "https") || starts(header::ORIGIN.as_str(), "https://")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn check(fields: &[(&'static str, &'static str)], expect: bool) {
        let headers: HeaderMap =
            fields.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect();
        assert_eq!(is_https(&headers), expect, "{fields:?}");
    }

    #[test]
    fn https_is_known_by_the_proxy_or_the_page() {
        check(&[], false);
        check(&[("origin", "http://localhost:4280")], false);
        check(&[("origin", "https://crowfoot.example")], true);
        check(&[("x-forwarded-proto", "https")], true);
        check(&[("x-forwarded-proto", "http")], false);
    }

    #[test]
    fn the_cookie_is_closed_to_scripts_and_other_sites() {
        let text = cookie(&Secret::random(), true).to_string();
        for word in ["__Host-crowfoot_session=", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert!(!cookie(&Secret::random(), false).to_string().contains("Secure"));
    }

    #[test]
    fn a_plain_cookie_opens_no_session_over_https() {
        let token_text = Secret::random().expose().to_owned();
        let jar = CookieJar::new().add(Cookie::new(COOKIE, token_text.clone()));
        assert_eq!(token(&jar, true), None);
        assert_eq!(token(&jar, false), Secret::parse(&token_text));
    }
}
