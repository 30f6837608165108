//! What all requests share.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinHandle;

use crate::{
    account::{mail::Mailer, password::Passwords},
    commit::recover,
    error::Error,
    live::{Live, PostgresBus},
    metrics::{Metrics, Present},
    principal::Scope,
    sandbox::Sandboxes,
    store::{Store, sandbox::SandboxNames},
    web::{api::pace::Pace, proxy::Proxies},
};

/// How often the janitor looks around.
const ROUND: Duration = Duration::from_secs(30);

/// The store, the server of the sandboxes, what accounts need, and who listens.
#[derive(Debug)]
pub struct State {
    pub store: Store,
    pub sandboxes: Sandboxes,
    pub passwords: Passwords,
    /// None where no SMTP server was named.
    pub mailer: Option<Mailer>,
    pub proxies: Proxies,
    pub live: Arc<Live>,
    pub metrics: Arc<Metrics>,
    pub pace: Pace,
}

/// What else there is around the server.
#[derive(Debug, Default)]
pub struct Surroundings {
    /// A way to send mail.
    pub mailer: Option<Mailer>,
    /// What stands between it and its visitors.
    pub proxies: Proxies,
}

/// Tasks that end with this value.
#[derive(Debug)]
pub struct Background {
    tasks: Vec<JoinHandle<()>>,
}

impl State {
    /// The state over a database. Nothing is asked of it yet.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn new(database_url: &str, owns_server: bool) -> Result<Arc<Self>, Error> {
        Self::within(database_url, owns_server, Surroundings::default())
    }

    /// The same, where there is more than a database.
    ///
    /// # Errors
    /// When the address cannot be read.
    pub fn within(database_url: &str, owns_server: bool, surroundings: Surroundings) -> Result<Arc<Self>, Error> {
        let Surroundings { mailer, proxies } = surroundings;
        let options: PgConnectOptions = database_url.parse()?;
        Ok(Arc::new(Self {
            store: Store::new(options),
            sandboxes: Sandboxes::new(database_url, owns_server),
            passwords: Passwords::default(),
            mailer,
            proxies,
            live: Arc::default(),
            metrics: Arc::default(),
            pace: Pace::default(),
        }))
    }

    /// What is true at this moment beside what was counted.
    #[must_use]
    pub fn present(&self) -> Present {
        Present { sockets: self.live.n_sockets(), connections: self.store.connections() }
    }

    /// Begins to settle commits that were cut off, to remove what was deleted, and to tell open tabs what is new.
    #[must_use]
    pub fn start_background(self: &Arc<Self>) -> Background {
        let (recovering, cleaning) = (Arc::clone(self), Arc::clone(self));
        let bus = PostgresBus::new(&self.store);
        Background {
            tasks: vec![
                tokio::spawn(Arc::clone(&self.live).follow(bus)),
                tokio::spawn(Arc::clone(&self.live).keep(self.store.clone())),
                tokio::spawn(async move { recover::watch(&recovering).await }),
                tokio::spawn(async move { cleaning.clean_up_regularly().await }),
            ],
        }
    }

    async fn clean_up_regularly(&self) {
        self.sandboxes.close_other_databases().await;
        let mut interval = tokio::time::interval(ROUND);
        loop {
            interval.tick().await;
            if let Err(error) = self.clean_up().await {
                tracing::warn!(error.message = %error, "the janitor could not finish");
            }
        }
    }

    /// Removes diagrams whose time to be brought back is over, with their databases, and databases whose making was
    /// interrupted. One that cannot be removed now is said in the log, keeps no other from it, and has its turn again.
    ///
    /// # Errors
    /// When the store cannot be reached; what is left is done the next time.
    pub async fn clean_up(&self) -> Result<(), Error> {
        self.store.forget_expired_sessions().await?;
        self.store.forget_expired_visits().await?;
        self.store.forget_expired_tokens().await?;
        self.store.forget_attempts().await?;
        self.store.forget_refusals().await?;
        self.store.delete_diagrams_of_nobody().await?;
        for (scope, names) in self.store.abandoned_sandboxes().await? {
            note_failure(self.remove_abandoned(scope, &names).await, scope);
        }
        for scope in self.store.diagrams_to_purge().await? {
            note_failure(self.store.purge(scope, &self.sandboxes).await, scope);
        }
        self.store.forget_empty_workspaces().await
    }

    /// Drops first and marks after, so that a drop that fails is tried again.
    async fn remove_abandoned(&self, scope: Scope, names: &SandboxNames) -> Result<(), Error> {
        self.sandboxes.drop(names).await?;
        let problem = "The server was interrupted while it made the sandbox database.";
        self.store.set_sandbox_failed(scope, problem).await
    }
}

fn note_failure(removed: Result<(), Error>, scope: Scope) {
    if let Err(error) = removed {
        let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
        tracing::warn!(diagram = %scope.diagram, error.message = %error, error.source = source, "not removed yet");
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
