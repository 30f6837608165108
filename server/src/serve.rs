//! Runs the server until it is told to stop.

use std::{
    io::Write,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::Context;
use axum::{
    Router,
    http::{StatusCode, header},
    routing::get,
};
use tokio::{net::TcpListener, sync::watch};

use crate::{
    account::mail::{MailConfig, Mailer},
    backend,
    database::{Database, DatabaseSource},
    state::{State, Surroundings},
    web::{
        self, Around, api,
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
    /// Where figures are told, if anywhere.
    pub metrics: Option<SocketAddr>,
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
    let metrics = match config.metrics {
        Some(addr) => {
            let listener = TcpListener::bind(addr).await;
            Some(
                listener
                    .with_context(|| format!("cannot listen on {addr} for figures: choose another --metrics-addr"))?,
            )
        }
        None => None,
    };
    let database = tokio::select! {
        database = Database::open(&config.database) => database?,
        _ = stop.changed() => return Ok(()),
    };
    let surroundings = Surroundings { mailer, proxies: config.proxies };
    let served = serve_on(Listeners { site: listener, metrics }, &root, &database, surroundings, stop).await;
    tracing::info!("stopping");
    let stopped = database.stop().await;
    served.and(stopped)
}

/// Where we are asked.
struct Listeners {
    site: TcpListener,
    metrics: Option<TcpListener>,
}

async fn serve_on(
    listeners: Listeners,
    root: &Path,
    database: &Database,
    surroundings: Surroundings,
    stop: watch::Receiver<bool>,
) -> anyhow::Result<()> {
    database.migrate().await?;
    let state = State::within(database.url(), database.is_own(), surroundings)?;
    let _background = state.start_background();
    let router = router(root, &state);
    let addr = listeners.site.local_addr()?;
    announce(addr);
    announce_setup(&state, addr).await?;
    if let Some(listener) = listeners.metrics {
        tracing::info!("figures are told on http://{}/metrics", listener.local_addr()?);
        tokio::spawn(listen::serve(listener, figures(&state), Limits::default(), stop.clone()));
    }
    let (live, store, mut stopped) = (Arc::clone(&state.live), state.store.clone(), stop.clone());
    // A socket is no request that would end by itself.
    let parting = tokio::spawn(async move {
        let _ = stopped.changed().await;
        live.stop(&store).await;
    });
    listen::serve(listeners.site, router, Limits::default(), stop).await;
    parting.await.context("the sockets could not be closed")
}

/// Everything that the server answers to, over that state.
pub fn router(root: &Path, state: &Arc<State>) -> Router {
    let for_backend = Arc::clone(state);
    let provide_backend = move || backend::provide(&for_backend);
    let options = site::options(root);
    let links = share::routes(Arc::clone(state), &site::style(&options));
    let around = Around { proxies: state.proxies.clone(), metrics: Arc::clone(&state.metrics) };
    web::router(options, provide_backend, api::routes(Arc::clone(state)).merge(links), around)
}

/// What the address for figures answers to.
pub fn figures(state: &Arc<State>) -> Router {
    let state = Arc::clone(state);
    let text = async move || {
        let kind = [(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")];
        state.metrics.text(state.present()).map(|text| (kind, text)).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
    };
    Router::new().route("/metrics", get(text))
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
