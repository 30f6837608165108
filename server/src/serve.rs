//! Runs the server until it is told to stop.

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use anyhow::Context;
use axum::Router;
use tokio::{net::TcpListener, signal};

use crate::{
    backend::ServerBackend,
    web::{self, site},
};

/// What `crowfoot serve` was asked for.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    pub addr: SocketAddr,
    pub site: Option<PathBuf>,
}

/// Serves until Ctrl-C or a termination signal.
///
/// # Errors
/// When the address is taken, or the site was not built.
pub async fn serve(config: ServeConfig) -> anyhow::Result<()> {
    let executable = std::env::current_exe().ok();
    let root = site::find_root(config.site, executable.as_deref()).context(
        "the site's files are missing: build them with `cargo xtask build`, or name their folder in CROWFOOT_SITE",
    )?;
    let router = web::router(site::options(&root), Arc::new(ServerBackend::default()), Router::new());
    let listener = TcpListener::bind(config.addr).await.with_context(|| format!("cannot listen on {}", config.addr))?;
    println!("Crowfoot listens on http://{}", listener.local_addr()?);
    axum::serve(listener, router).with_graceful_shutdown(stop_signal()).await?;
    Ok(())
}

/// Completes at the first Ctrl-C or termination signal.
async fn stop_signal() {
    let interrupt = async {
        if signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match signal::unix::signal(signal::unix::SignalKind::terminate()) {
            Ok(mut stream) => {
                stream.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
