//! Turns at work that takes the processor for long, such as drawing a large diagram. Whoever asks for it takes a turn
//! before anything is read, so that what waits costs neither the processor nor memory.

use std::{
    sync::{Arc, LazyLock},
    thread::available_parallelism,
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::spawn_blocking,
    time::timeout,
};

use crate::error::Error;

/// How long one waits for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// There is one processor, however many servers a process runs.
static PROCESSOR: LazyLock<Turns> =
    LazyLock::new(|| Turns::new(available_parallelism().map_or(1, std::num::NonZero::get)));

/// So many at a time.
#[derive(Debug, Clone)]
pub(crate) struct Turns {
    free: Arc<Semaphore>,
    patience: Duration,
}

/// The right to work now. Ends when it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct Turn {
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Turns {
    pub(crate) fn new(at_once: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(at_once)), patience: PATIENCE }
    }

    /// The next turn.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many others wait.
    pub(crate) async fn next(&self) -> Result<Turn, Error> {
        let permit = timeout(self.patience, Arc::clone(&self.free).acquire_owned()).await;
        let permit = permit.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
        Ok(Turn { _permit: Arc::new(permit) })
    }
}

impl Turn {
    /// A turn at the processor, as many at a time as it has cores.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many others wait.
    pub(crate) async fn at_processor() -> Result<Self, Error> {
        PROCESSOR.next().await
    }

    /// Does the work where it keeps nobody else waiting.
    ///
    /// # Errors
    /// When the work panics.
    pub(crate) async fn work<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        // Kept until the work is done, even when nobody waits for it any more.
        let turn = self.clone();
        let done = spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| Error::Defect(format!("work ended early: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_too_long_is_told_so() {
        let turns = Turns { patience: Duration::from_millis(20), ..Turns::new(1) };
        let first = turns.next().await.unwrap();
        assert!(matches!(turns.next().await, Err(Error::Busy)));
        let same = first.clone();
        drop(first);
        assert!(matches!(turns.next().await, Err(Error::Busy)), "what it began is not done yet");
        assert_eq!(same.work(|| 1).await.unwrap(), 1);
        drop(same);
        assert!(turns.next().await.is_ok());
    }
}
