//! The content security policy: one nonce a request, given to the page and named in the header.

use super::headers::Framing;
use axum::{
    extract::Request,
    http::{
        HeaderMap, HeaderValue,
        header::{self, CONTENT_SECURITY_POLICY},
        request::Parts,
    },
    middleware::Next,
    response::Response,
};
use leptos::{
    nonce::Nonce,
    prelude::{provide_context, use_context},
};

/// The nonce of one request, kept in its extensions.
#[derive(Clone)]
struct RequestNonce(Nonce);

/// Gives the request a nonce and the response the policy that names it.
pub async fn content_security_policy(mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let policy = policy(&nonce, host(request.headers()));
    request.extensions_mut().insert(RequestNonce(nonce));
    let mut response = next.run(request).await;
    let ancestors = response.extensions().get::<Framing>().map_or_else(|| "'none'".to_owned(), |it| it.0.join(" "));
    let policy = format!("{policy}; frame-ancestors {ancestors}");
    // A nonce is base64, so its policy is always a valid header; a response without one would be unprotected.
    let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// Makes the page that is being rendered use the nonce of its request.
pub fn provide_request_nonce() {
    let nonce = use_context::<Parts>().and_then(|parts| parts.extensions.get::<RequestNonce>().cloned());
    if let Some(RequestNonce(nonce)) = nonce {
        provide_context(nonce);
    }
}

/// The host that the page was asked for, when it is one that can be written into a policy.
fn host(headers: &HeaderMap) -> Option<&str> {
    let host = headers.get(header::HOST)?.to_str().ok()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
    (!host.is_empty() && host.bytes().all(is_plain)).then_some(host)
}

/// `wasm-unsafe-eval` allows compiling WebAssembly and nothing else. Not every browser takes a socket of the same host for
/// `'self'`, so it is named.
fn policy(nonce: &str, host: Option<&str>) -> String {
    let sockets = host.map(|host| format!(" ws://{host} wss://{host}")).unwrap_or_default();
    [
        "default-src 'self'".to_owned(),
        format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        format!("style-src 'self' 'nonce-{nonce}'"),
        "img-src 'self' data: blob:".to_owned(),
        "font-src 'self'".to_owned(),
        format!("connect-src 'self'{sockets}"),
        "base-uri 'none'".to_owned(),
        "form-action 'self'".to_owned(),
        "object-src 'none'".to_owned(),
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn page() -> &'static str {
        "page"
    }

    async fn header_of_one_request() -> String {
        let app = Router::new().route("/", get(page)).layer(middleware::from_fn(content_security_policy));
        let response = app.oneshot(Request::new(Body::empty())).await.unwrap();
        response.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn every_response_names_a_fresh_nonce() {
        let first = header_of_one_request().await;
        let second = header_of_one_request().await;
        assert!(first.contains("script-src 'self' 'nonce-"), "{first}");
        assert_ne!(first, second, "a nonce must not be used twice");
    }

    #[test]
    fn sockets_go_to_the_same_host_and_nowhere_else() {
        for (text, expect) in [
            ("localhost:4280", Some("localhost:4280")),
            ("[::1]:4280", Some("[::1]:4280")),
            ("evil.example; script-src *", None),
            ("a b", None),
            ("", None),
        ] {
            let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_str(text).unwrap())]);
            assert_eq!(host(&headers), expect, "{text}");
        }
        let policy = policy("abc", Some("localhost:4280"));
        assert!(policy.contains("connect-src 'self' ws://localhost:4280 wss://localhost:4280;"), "{policy}");
    }

    #[test]
    fn nothing_unsafe_is_allowed() {
        let policy = policy("abc", None);
        assert!(policy.contains("connect-src 'self';"), "{policy}");
        for word in ["'unsafe-inline'", "'unsafe-eval'", "*", "http:"] {
            assert!(!policy.contains(word), "{word} in {policy}");
        }
    }
}
