//! What the server answers to the user interface's calls.

use app::{
    backend::{Backend, BoxFuture},
    rpc::ServerHealth,
};

/// The backend behind the server functions.
#[derive(Debug, Default)]
pub struct ServerBackend {}

impl Backend for ServerBackend {
    fn health(&self) -> BoxFuture<'_, Result<ServerHealth, String>> {
        Box::pin(async { Ok(ServerHealth { version: env!("CARGO_PKG_VERSION").to_owned() }) })
    }
}
