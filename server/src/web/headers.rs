//! Headers that every response carries, whoever made it.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

const SECURITY_HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// The sites, as origins, that may show a response in a frame. Without this extension none may.
#[derive(Debug, Clone)]
pub(super) struct Framing(pub(super) Vec<String>);

/// Adds the security headers, and keeps caches from serving anything without asking, unless the route knows better.
pub async fn security_headers(request: Request, next: Next) -> Response {
    let caching = caching(request.uri().path());
    let mut response = next.run(request).await;
    let caching = if response.status().is_success() { caching } else { "no-cache" };
    for (name, value) in SECURITY_HEADERS {
        let is_route_s = name == header::REFERRER_POLICY && response.headers().contains_key(&name);
        // Older than the policy, and knows no list of sites.
        let is_framed = name == header::X_FRAME_OPTIONS && response.extensions().get::<Framing>().is_some();
        if !is_route_s && !is_framed {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    response
}

/// For how long a browser may keep what lies there without asking.
fn caching(path: &str) -> &'static str {
    match path.split('/').nth(1) {
        // Their names say what is in them.
        Some("pkg") => "public, max-age=31536000, immutable",
        Some("fonts") => "public, max-age=604800",
        // A page asks for them again with every glyph that it shows, without a server too.
        Some("icons.svg") => "max-age=3600",
        Some("favicon.svg") => "no-cache",
        // What a page shows is for whoever was signed in, and not for the next to press Back.
        _ => "no-store",
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn even_a_missing_page_carries_them() {
        let app = Router::new().layer(middleware::from_fn(security_headers));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        for (name, value) in SECURITY_HEADERS {
            assert_eq!(response.headers()[&name], value, "{name}");
        }
    }

    #[test]
    fn what_may_change_is_asked_for_again() {
        for (path, expect) in [
            ("/pkg/crowfoot-0123.js", "public, max-age=31536000, immutable"),
            ("/fonts/inter-latin.woff2", "public, max-age=604800"),
            ("/icons.svg", "max-age=3600"),
            ("/", "no-store"),
            ("/d/pkg", "no-store"),
            ("/rpc/list_diagrams", "no-store"),
        ] {
            assert_eq!(caching(path), expect, "{path}");
        }
    }
}
