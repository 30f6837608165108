//! Who sent a request: a session's token in a cookie, and the guest that is made when one is needed.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};

use super::{bearer::Bearer, proxy::Proxies};
use crate::{
    error::Error,
    principal::Principal,
    secret::Secret,
    store::{
        Store,
        session::{Arrival, hash},
        throttle::Limit,
    },
};

const COOKIE: &str = "crowfoot_session";
/// Browsers accept this name only over https, for this host and all of it, so that no neighbouring host can plant one.
const HOST_COOKIE: &str = "__Host-crowfoot_session";

/// Whoever sent the request being served.
#[derive(Debug, Clone, Default)]
pub struct Visitor {
    token: Option<Secret>,
    /// Where they are, as far as limits go.
    address: Option<String>,
    /// What their browser calls itself.
    agent: String,
    /// What this request did to the session.
    outcome: Arc<Mutex<Outcome>>,
}

#[derive(Debug, Clone, Default)]
enum Outcome {
    #[default]
    Unchanged,
    /// A session was made, or made to last longer.
    Issued(Secret),
    /// It ended.
    Revoked,
}

impl Visitor {
    /// Who they are; none without a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal(&self, store: &Store) -> Result<Option<Principal>, Error> {
        let Some(token) = self.token() else { return Ok(None) };
        let Some(session) = store.session_of(&token).await? else { return Ok(None) };
        if session.is_due {
            store.prolong_session(&token).await?;
            self.issue(token);
        }
        Ok(Some(session.principal))
    }

    /// Who is behind what a page asks by itself. Nobody need be sitting before it, so their session lasts no longer for it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal_behind(&self, store: &Store) -> Result<Option<Principal>, Error> {
        let Some(token) = self.token() else { return Ok(None) };
        Ok(store.session_of(&token).await?.map(|session| session.principal))
    }

    /// Who they are; a new guest without a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn principal_or_guest(&self, store: &Store) -> Result<Principal, Error> {
        if let Some(principal) = self.principal(store).await? {
            return Ok(principal);
        }
        if let Some(address) = self.address() {
            store.attempt(Limit::GuestFrom, address).await?;
        }
        let (principal, token) = store.create_guest(&self.agent).await?;
        self.issue(token);
        Ok(principal)
    }

    /// The token of the session that they have now.
    pub(crate) fn token(&self) -> Option<Secret> {
        match self.outcome() {
            Outcome::Unchanged => self.token.clone(),
            Outcome::Issued(token) => Some(token),
            Outcome::Revoked => None,
        }
    }

    /// What the store keeps in place of the session's token; none without a session.
    pub(crate) fn session_hash(&self) -> Option<[u8; 32]> {
        self.token().map(|token| hash(&token))
    }

    /// Who arrives when they sign in now.
    pub(crate) fn arrival(&self) -> Arrival<'_> {
        Arrival { before: self.token.as_ref(), agent: &self.agent }
    }

    /// Where they are, as far as limits go; none for who did not come over the network.
    pub(crate) fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// Has the browser keep the token from now on.
    pub(crate) fn issue(&self, token: Secret) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Outcome::Issued(token);
    }

    /// Has the browser forget its token.
    pub(crate) fn revoke(&self) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Outcome::Revoked;
    }

    fn outcome(&self) -> Outcome {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Tells handlers who asks, and browsers which session to keep.
pub async fn know_visitor(State(proxies): State<Proxies>, mut request: Request, next: Next) -> Response {
    let jar = CookieJar::from_headers(request.headers());
    // Browsers keep this cookie for https alone, whatever else a request says of itself.
    let is_https = is_https(request.headers()) || jar.get(HOST_COOKIE).is_some();
    let is_program = Bearer::of(request.uri().path(), request.headers()).is_sent();
    let agent = request.headers().get(header::USER_AGENT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    let visitor = Visitor {
        token: token(&jar, is_https).filter(|_| !is_program),
        address: address(&request, &proxies),
        agent: agent.to_owned(),
        outcome: Arc::default(),
    };
    request.extensions_mut().insert(visitor.clone());
    let response = next.run(request).await;
    match visitor.outcome() {
        Outcome::Unchanged => response,
        Outcome::Issued(token) => (jar.add(cookie(&token, is_https)), response).into_response(),
        Outcome::Revoked => {
            let mut gone = cookie(&Secret::random(), is_https);
            gone.make_removal();
            (jar.add(gone), response).into_response()
        }
    }
}

/// Where a request comes from: the first address that is no proxy's. Whoever is on this machine and lies only gets limits
/// of their own. The last half of an IPv6 address is its owner's to choose, so it does not count.
fn address(request: &Request, proxies: &Proxies) -> Option<String> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let fields: Vec<&str> =
        request.headers().get_all("x-forwarded-for").iter().filter_map(|it| it.to_str().ok()).collect();
    // From the nearest on: each proxy adds whom it asks for, and what the first one was told is the client's own.
    let mut said = fields.iter().rev().flat_map(|field| field.rsplit(',')).map(|it| it.trim().parse::<IpAddr>().ok());
    let mut address = peer.ip();
    while proxies.has(address)
        && let Some(Some(before)) = said.next()
    {
        address = before;
    }
    let address = address.to_canonical();
    Some(match address {
        IpAddr::V4(it) => it.to_string(),
        IpAddr::V6(it) => {
            let [a, b, c, d, ..] = it.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    })
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

    use super::{super::proxy::read_network, *};

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
    fn addresses_are_the_peers_or_its_proxys() {
        let proxies = Proxies::of(vec![read_network("192.0.2.0/24").unwrap()]);
        for (peer, said, expect) in [
            ("203.0.113.5:1", None, "203.0.113.5"),
            ("203.0.113.5:1", Some("198.51.100.1"), "203.0.113.5"),
            ("127.0.0.1:1", None, "127.0.0.1"),
            ("127.0.0.1:1", Some("192.0.2.1, 198.51.100.1"), "198.51.100.1"),
            ("127.0.0.1:1", Some("203.0.113.9, 198.51.100.1, 192.0.2.1"), "198.51.100.1"),
            ("192.0.2.8:1", Some("192.0.2.1"), "192.0.2.1"),
            ("127.0.0.1:1", Some("nonsense"), "127.0.0.1"),
            ("[2001:db8:1:2:3:4:5:6]:1", None, "2001:db8:1:2::/64"),
            ("[::ffff:203.0.113.5]:1", None, "203.0.113.5"),
        ] {
            let mut request = Request::new(axum::body::Body::empty());
            request.extensions_mut().insert(ConnectInfo(peer.parse::<SocketAddr>().unwrap()));
            if let Some(said) = said {
                request.headers_mut().insert("x-forwarded-for", HeaderValue::from_static(said));
            }
            assert_eq!(address(&request, &proxies).as_deref(), Some(expect), "{peer} {said:?}");
        }
        assert_eq!(address(&Request::new(axum::body::Body::empty()), &Proxies::default()), None);
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
