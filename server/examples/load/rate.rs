//! Requests at a fixed rate.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    sync::Mutex,
    task::JoinSet,
    time::{sleep_until, timeout},
};

use crate::histogram::Histogram;

/// What came of a load.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) answered: Histogram,
    /// Answers of 503.
    pub(crate) refused: Histogram,
    /// Any other answer, or none.
    pub(crate) failed: u64,
}

impl Load {
    /// Whether everybody was answered, and nearly everybody in that time.
    pub(crate) fn holds(&self, within: Duration) -> bool {
        self.failed == 0 && self.refused.count() == 0 && self.answered.at(990) < within
    }

    pub(crate) fn in_words(&self) -> String {
        let mut words = format!("{} answered, {}", self.answered.count(), self.answered.in_words());
        if self.refused.count() > 0 {
            words += &format!("; {} refused, {}", self.refused.count(), self.refused.in_words());
        }
        if self.failed > 0 {
            words += &format!("; {} failed", self.failed);
        }
        words
    }
}

/// Asks at that rate for so long, and then waits for all answers. What is asked in the first fifth warms up and does not
/// count.
pub(crate) async fn load<F>(rate: f64, held: Duration, mut ask: impl FnMut(usize) -> F) -> Load
where
    F: Future<Output = u16> + Send + 'static,
{
    let result = Arc::new(Mutex::new(Load::default()));
    let (began, all) = (Instant::now(), (held.as_secs_f64() * rate) as usize);
    let mut under_way = JoinSet::new();
    for at in 0..all {
        let intended = began + Duration::from_secs_f64(at as f64 / rate);
        sleep_until(intended.into()).await;
        let (asked, result) = (ask(at), Arc::clone(&result));
        under_way.spawn(async move {
            let status = asked.await;
            let took = intended.elapsed();
            if at < all / 5 {
                return;
            }
            let mut result = result.lock().await;
            match status {
                200 => result.answered.record(took),
                503 => result.refused.record(took),
                _ => result.failed += 1,
            }
        });
        while under_way.try_join_next().is_some() {}
    }
    let rest = async { while under_way.join_next().await.is_some() {} };
    let is_over = timeout(Duration::from_secs(60), rest).await.is_ok();
    assert!(is_over, "some were never answered");
    Arc::into_inner(result).unwrap().into_inner()
}
