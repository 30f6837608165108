//! Runs the server until it is told to stop.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use axum::Router;
use tokio::{net::TcpListener, sync::watch};

use crate::{
    account::mail::{MailConfig, Mailer},
    backend,
    database::{Database, DatabaseSource},
    state::{State, Surroundings},
    web::{
        self, api,
        listen::{self, Limits},
        proxy::Proxies,
        share, site,
    },
};

/// What `crowfoot serve` was asked for.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    pub addr: SocketAddr,
    pub site: Option<PathBuf>,
    pub database: DatabaseSource,
    pub mail: Option<MailConfig>,
    pub proxies: Proxies,
}

/// Serves until Ctrl-C or a termination signal, then stops what it started.
///
/// # Errors
/// When the address is taken, the site was not built, or the database cannot be had.
pub async fn serve(config: ServeConfig) -> anyhow::Result<()> {
    let mut stop = stop_signal()?;
    let executable = std::env::current_exe().ok();
    let root = site::find_root(config.site, executable.as_deref()).context(
        "the site's files are missing: build them with `cargo xtask build`, or name their folder in CROWFOOT_SITE",
    )?;
    let mailer = config.mail.as_ref().map(Mailer::new).transpose()?;
    let listener = TcpListener::bind(config.addr).await.with_context(|| {
        format!("cannot listen on {}: choose another address with --addr, port 0 for any", config.addr)
    })?;
    let database = tokio::select! {
        database = Database::open(&config.database) => database?,
        _ = stop.changed() => return Ok(()),
    };
    let surroundings = Surroundings { mailer, proxies: config.proxies };
    let served = serve_on(listener, &root, &database, surroundings, stop).await;
    tracing::info!("stopping");
    let stopped = database.stop().await;
    served.and(stopped)
}

async fn serve_on(
    listener: TcpListener,
    root: &Path,
    database: &Database,
    surroundings: Surroundings,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    database.migrate().await?;
    let state = State::within(database.url(), database.is_own(), surroundings)?;
    let _background = state.start_background();
    let router = router(root, &state);
    let addr = listener.local_addr()?;
    announce(addr);
    announce_setup(&state, addr).await?;
    let (live, store, mut stopped) = (Arc::clone(&state.live), state.store.clone(), stop.clone());
    // A socket is no request that would end by itself.
    let parting = tokio::spawn(async move {
        let _ = stopped.changed().await;
        live.stop(&store).await;
    });
    listen::serve(listener, router, Limits::default(), stop).await;
    parting.await.context("the sockets could not be closed")
}

/// Everything that the server answers to, over that state.
pub fn router(root: &Path, state: &Arc<State>) -> Router {
    let for_backend = Arc::clone(state);
    let provide_backend = move || backend::provide(&for_backend);
    let options = site::options(root);
    let links = share::routes(Arc::clone(state), &site::style(&options));
    web::router(options, provide_backend, api::routes(Arc::clone(state)).merge(links), state.proxies.clone())
}

/// Tells people and programs where to find us; that nobody reads it is no reason to fail.
fn announce(addr: SocketAddr) {
    if !addr.ip().is_loopback() {
        tracing::warn!("listening on {addr}: everyone who reaches this address can use the server");
    }
    let mut stdout = std::io::stdout();
    let _ = writeln!(stdout, "Crowfoot listens on http://{addr}").and_then(|()| stdout.flush());
}

/// As long as there is no administrator, the log has the link by which somebody becomes it. Only who runs the server reads
/// the log.
async fn announce_setup(state: &State, addr: SocketAddr) -> anyhow::Result<()> {
    if let Some(token) = state.store.create_setup_link().await? {
        let path = format!("/setup/{}", token.expose());
        let link = state.mailer.as_ref().map_or_else(|| format!("http://{addr}{path}"), |mailer| mailer.link(&path));
        tracing::info!("there is no administrator yet; make the account, once, at {link}");
    }
    Ok(())
}

/// Changes at the first Ctrl-C or termination signal.
fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (sender, receiver) = watch::channel(false);
    let mut signals =
        [signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?, signal(SignalKind::hangup())?];
    tokio::spawn(async move {
        let [interrupt, terminate, hangup] = &mut signals;
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hangup.recv() => {}
        }
        // Nobody left to tell means that we are ending already.
        let _ = sender.send(true);
        // The channel stays open, so that a later wait sees the change and no error.
        sender.closed().await;
    });
    Ok(receiver)
}
