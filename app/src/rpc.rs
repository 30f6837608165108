//! Server functions: the calls that the browser makes and the server answers through the backend.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// The answer of [`health`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerHealth {
    /// The running version of Crowfoot.
    pub version: String,
}

/// Asks the server whether it and its store answer.
#[server(prefix = "/rpc", endpoint = "health")]
pub async fn health() -> Result<ServerHealth, ServerFnError> {
    let backend = crate::backend::backend().map_err(ServerFnError::new)?;
    backend.health().await.map_err(ServerFnError::new)
}
