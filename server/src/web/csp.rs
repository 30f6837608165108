//! The content security policy: one nonce a request, given to the page and named in the header.

use super::headers::Framing;
use axum::{
    extract::Request,
    http::{HeaderValue, header::CONTENT_SECURITY_POLICY, request::Parts},
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
    let policy = policy(&nonce);
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

/// `wasm-unsafe-eval` allows compiling WebAssembly and nothing else.
fn policy(nonce: &str) -> String {
    [
        "default-src 'self'".to_owned(),
        format!("script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        format!("style-src 'self' 'nonce-{nonce}'"),
        "img-src 'self' data: blob:".to_owned(),
        "font-src 'self'".to_owned(),
        "connect-src 'self'".to_owned(),
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
    fn nothing_unsafe_is_allowed() {
        let policy = policy("abc");
        for word in ["'unsafe-inline'", "'unsafe-eval'", "*", "http:"] {
            assert!(!policy.contains(word), "{word} in {policy}");
        }
    }
}
