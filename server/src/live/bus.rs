//! Where hints come from. Which bus it is matters to nobody else: each may lose, repeat or reorder what it carries, as
//! long as it says when it may have lost something.

use std::{future::Future, time::Duration};

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use crate::store::{
    Store,
    hint::{CHANNEL, Hint},
};

/// How long to wait before another try to listen.
const PAUSE: Duration = Duration::from_secs(1);

/// What all servers on a store are told.
pub trait Bus: Send + 'static {
    /// The next hint; none when some may have been lost before this moment.
    fn hear(&mut self) -> impl Future<Output = Option<Hint>> + Send;
}

/// PostgreSQL's own notifications, heard over one connection of this server. They are sent by the transactions that they
/// tell of, so that there is none without the other.
#[derive(Debug)]
pub struct PostgresBus {
    options: PgConnectOptions,
    listener: Option<PgListener>,
}

impl PostgresBus {
    /// The bus in the database of the store; nothing is asked of it yet.
    #[must_use]
    pub fn new(store: &Store) -> Self {
        let options = PgConnectOptions::clone(&store.pool().connect_options());
        Self { options: options.application_name("crowfoot:live"), listener: None }
    }

    async fn listen(&self) -> Result<PgListener, sqlx::Error> {
        // A connection of its own: one of the store's would be missing there.
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(self.options.clone());
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(listener)
    }
}

impl Bus for PostgresBus {
    async fn hear(&mut self) -> Option<Hint> {
        loop {
            let Some(listener) = &mut self.listener else {
                match self.listen().await {
                    Ok(listener) => {
                        self.listener = Some(listener);
                        return None;
                    }
                    Err(error) => {
                        tracing::warn!(error.message = %error, "cannot listen to the database");
                        tokio::time::sleep(PAUSE).await;
                        continue;
                    }
                }
            };
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    if let Ok(hint) = notification.payload().parse() {
                        return Some(hint);
                    }
                }
                // The connection was lost and made again: what was said in between is lost.
                Ok(None) => return None,
                Err(error) => {
                    tracing::warn!(error.message = %error, "lost the connection that listens to the database");
                    self.listener = None;
                }
            }
        }
    }
}
