//! Refuses requests that another site's page made a browser send in somebody's name, which a cookie gives them. Reading
//! is safe by being without effect and, across origins, without an answer; every other method must come from our own
//! pages, or from a client that is no browser. So must a request for a socket, whose answers every page could read.

use axum::{
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::bearer::Bearer;

/// Answers 403 to an unsafe method, or a request for a socket, whose headers name another site.
pub async fn require_same_origin(request: Request, next: Next) -> Response {
    let is_read = request.method().is_safe() && !request.headers().contains_key(header::UPGRADE);
    // No browser adds a token by itself, and where one is sent, the cookie counts for nothing.
    let by_token = Bearer::of(request.uri().path(), request.headers()).is_sent();
    if !is_read && !by_token && !is_same_origin(request.headers()) {
        tracing::warn!("refused a cross-origin request");
        return (StatusCode::FORBIDDEN, "This request came from another site.").into_response();
    }
    next.run(request).await
}

/// Browsers send `Sec-Fetch-Site` and `Origin` with every unsafe request and let no page forge them. A request with
/// neither was sent by a program, which has no cookies of a person to abuse.
#[must_use]
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    let site_agrees = match text(headers, "sec-fetch-site") {
        Field::Absent => true,
        Field::Unreadable => false,
        Field::Text(site) => matches!(site, "same-origin" | "none"),
    };
    let origin_agrees = match (text(headers, header::ORIGIN.as_str()), text(headers, header::HOST.as_str())) {
        (Field::Absent, _) => true,
        (Field::Text(origin), Field::Text(host)) => authority(origin).is_some_and(|it| it.eq_ignore_ascii_case(host)),
        _ => false,
    };
    site_agrees && origin_agrees
}

enum Field<'a> {
    Absent,
    Unreadable,
    Text(&'a str),
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Field<'a> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Field::Absent,
        (Some(value), None) => value.to_str().map_or(Field::Unreadable, Field::Text),
        // Two answers to one question: one of them is a lie.
        (Some(_), Some(_)) => Field::Unreadable,
    }
}

/// The host and port of an origin. The scheme is left out, since a proxy in front of us may have ended TLS.
fn authority(origin: &str) -> Option<&str> {
    origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"))
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};

    use super::*;

    fn check(fields: &[(&str, &str)], expect: bool) {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap());
        }
        assert_eq!(is_same_origin(&headers), expect, "{fields:?}");
    }

    #[test]
    fn only_our_own_pages_and_programs_pass() {
        let host = ("host", "localhost:4280");
        check(&[host], true);
        check(&[host, ("origin", "http://localhost:4280")], true);
        check(&[host, ("origin", "https://localhost:4280")], true);
        check(&[host, ("origin", "http://LOCALHOST:4280")], true);
        check(&[host, ("sec-fetch-site", "same-origin")], true);
        check(&[host, ("sec-fetch-site", "none")], true);
        check(&[host, ("sec-fetch-site", "same-origin"), ("origin", "http://localhost:4280")], true);

        check(&[host, ("origin", "http://localhost:4281")], false);
        check(&[host, ("origin", "http://localhost")], false);
        check(&[host, ("origin", "null")], false);
        check(&[host, ("origin", "")], false);
        check(&[host, ("origin", "http://localhost:4280.evil.example")], false);
        check(&[host, ("origin", "http://evil.example")], false);
        check(&[host, ("sec-fetch-site", "cross-site")], false);
        check(&[host, ("sec-fetch-site", "same-site")], false);
        check(&[host, ("sec-fetch-site", "cross-site"), ("origin", "http://localhost:4280")], false);
        check(&[host, ("sec-fetch-site", "same-origin"), ("origin", "http://evil.example")], false);
        check(&[host, ("origin", "http://localhost:4280"), ("origin", "http://evil.example")], false);
        check(&[("origin", "http://localhost:4280")], false);
    }
}
