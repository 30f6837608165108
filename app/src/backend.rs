//! What the user interface asks of the server. The server implements [`Backend`] and provides it as a context, so
//! that the arrow between the two crates points one way only.

use std::{future::Future, pin::Pin, sync::Arc};

use leptos::prelude::use_context;

/// A future that can be stored behind a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The server as the user interface sees it.
pub trait Backend: Send + Sync + 'static {
    /// Whether the server and its store answer.
    fn health(&self) -> BoxFuture<'_, Result<crate::rpc::ServerHealth, String>>;
}

/// The handle under which the server provides its [`Backend`].
#[derive(Clone)]
pub struct BackendHandle(pub Arc<dyn Backend>);

/// The backend of the request being served, or a message for the person when none was provided.
///
/// # Errors
/// When called outside of a request.
pub fn backend() -> Result<Arc<dyn Backend>, String> {
    use_context::<BackendHandle>()
        .map(|handle| handle.0)
        .ok_or_else(|| "no backend was provided to this request".to_owned())
}
