//! What all requests share.

use std::{sync::Arc, time::Duration};

use sqlx::postgres::PgConnectOptions;
use tokio::task::JoinHandle;

use crate::{commit::recover, error::Error, sandbox::Sandboxes, store::Store};

/// How often the janitor looks around.
const ROUND: Duration = Duration::from_secs(30);

/// The store and the server of the sandboxes.
#[derive(Debug)]
pub struct State {
    pub store: Store,
    pub sandboxes: Sandboxes,
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
        let options: PgConnectOptions = database_url.parse()?;
        Ok(Arc::new(Self { store: Store::new(options), sandboxes: Sandboxes::new(database_url, owns_server)? }))
    }

    /// Begins to settle commits that were cut off, and to remove what was deleted.
    #[must_use]
    pub fn start_background(self: &Arc<Self>) -> Background {
        let (recovering, cleaning) = (Arc::clone(self), Arc::clone(self));
        Background {
            tasks: vec![
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
    /// interrupted.
    ///
    /// # Errors
    /// When a database cannot be reached; what is left is done the next time.
    pub async fn clean_up(&self) -> Result<(), Error> {
        self.store.forget_expired_sessions().await?;
        for names in self.store.fail_abandoned_sandboxes().await? {
            self.sandboxes.drop(&names).await?;
        }
        while self.store.purge_one(&self.sandboxes).await? {}
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}
