//! The HTTP surface: pages, server functions, static files and what protects all of them.

pub mod api;
pub(crate) mod bearer;
pub mod csp;
pub mod headers;
pub mod listen;
pub mod observe;
pub mod origin;
pub mod overload;
pub mod proxy;
pub mod session;
pub mod share;
pub mod site;
pub mod status;

use std::{any::Any, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
};
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes, file_and_error_handler_with_context, generate_route_list};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, Predicate, predicate::DefaultPredicate},
    limit::RequestBodyLimitLayer,
    services::ServeDir,
};

use self::proxy::Proxies;
use crate::metrics::Metrics;

/// The largest request body accepted, in bytes. A schema of a thousand tables is about a tenth of it.
pub const MAX_BODY_BYTES: usize = 8 * 1024 * 1024;

/// What stands around all routes.
#[derive(Debug, Clone, Default)]
pub struct Around {
    /// Who may say where a request comes from.
    pub proxies: Proxies,
    /// Where requests are counted.
    pub metrics: Arc<Metrics>,
}

/// All routes of the server, with every protection in place. `provide_backend` runs at the beginning of every page and
/// server function and gives it its backend; `api` holds the plain routes beside them, such as exports.
pub fn router(
    options: LeptosOptions,
    provide_backend: impl Fn() + Clone + Send + Sync + 'static,
    api: Router,
    around: Around,
) -> Router {
    let context = move || {
        csp::provide_request_nonce();
        provide_backend();
    };
    let shell = app::shell;
    let shell_options = options.clone();
    let routes = generate_route_list(app::App);
    // Script and WebAssembly come compressed by the build, and only when the browser has no current copy.
    let packages = ServeDir::new(site::packages(&options)).precompressed_br().precompressed_gzip();
    let pages = Router::new()
        .nest_service("/pkg", packages)
        .leptos_routes_with_context(&options, routes, context.clone(), move || shell(shell_options.clone()))
        .fallback(file_and_error_handler_with_context::<LeptosOptions, _>(context, shell))
        .with_state(options);
    protect(pages.merge(api), around)
}

/// Wraps routes in the protections that no route may go without.
pub fn protect(routes: Router, Around { proxies, metrics }: Around) -> Router {
    routes
        .layer(middleware::from_fn(status::status_of_failures))
        .layer(middleware::from_fn_with_state(proxies, session::know_visitor))
        .layer(middleware::from_fn_with_state(overload::room(overload::MAX_AT_ONCE), overload::refuse_beyond))
        // Inside of what adds headers, so that the answer to a panic has them like any other.
        .layer(CatchPanicLayer::custom(answer_panic))
        // Axum's own limit, which is smaller, would apply to some routes and not to others.
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(MAX_BODY_BYTES))
        .layer(middleware::from_fn(origin::require_same_origin))
        // Outside of all that may refuse a request.
        .layer(middleware::from_fn(api::problem::problems))
        .layer(middleware::from_fn(csp::content_security_policy))
        .layer(middleware::from_fn(headers::security_headers))
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(is_compressible)))
        .layer(middleware::from_fn_with_state(metrics, observe::observe))
}

/// Fonts and images are compressed already.
fn is_compressible(
    _: StatusCode,
    _: axum::http::Version,
    headers: &axum::http::HeaderMap,
    _: &axum::http::Extensions,
) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    !kind.starts_with("font/")
}

/// A panic in a handler ends one request only, and says nothing of the inside.
fn answer_panic(_: Box<dyn Any + Send + 'static>) -> Response {
    tracing::error!("a request handler panicked");
    (StatusCode::INTERNAL_SERVER_ERROR, "The server failed at this request.").into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, extract::Request, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn fail() {
        panic!("on purpose");
    }

    #[tokio::test]
    async fn the_answer_to_a_panic_is_as_protected_as_any() {
        let routes = protect(Router::new().route("/", get(fail)), Around::default());
        let response = routes.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in [header::CONTENT_SECURITY_POLICY, header::X_CONTENT_TYPE_OPTIONS, header::X_FRAME_OPTIONS] {
            assert!(response.headers().contains_key(&name), "{name}");
        }
    }
}
