//! How long many things took, with two digits kept of each, as HdrHistogram does it.

use std::time::Duration;

/// Buckets of each power of two: each is less than one percent wide at its lower end.
const STEPS: u64 = 128;

/// Times in microseconds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Histogram {
    counts: Vec<u64>,
    total: u64,
    most: u64,
}

impl Histogram {
    pub(crate) fn record(&mut self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let at = bucket(micros);
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        self.counts[at] += 1;
        self.total += 1;
        self.most = self.most.max(micros);
    }

    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    /// The time within which that part of a thousand was done.
    pub(crate) fn at(&self, per_mille: u64) -> Duration {
        let wanted = (self.total * per_mille).div_ceil(1000).max(1);
        let mut seen = 0;
        for (at, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return Duration::from_micros(end_of(at).min(self.most));
            }
        }
        Duration::from_micros(self.most)
    }

    pub(crate) fn in_words(&self) -> String {
        let ms = |time: Duration| time.as_secs_f64() * 1000.0;
        let most = Duration::from_micros(self.most);
        format!(
            "p50 {:.1} ms, p95 {:.1} ms, p99 {:.1} ms, most {:.1} ms",
            ms(self.at(500)),
            ms(self.at(950)),
            ms(self.at(990)),
            ms(most)
        )
    }
}

fn bucket(micros: u64) -> usize {
    if micros < STEPS * 2 {
        return usize::try_from(micros).unwrap_or(usize::MAX);
    }
    let shift = u64::from(micros.ilog2() - STEPS.ilog2());
    usize::try_from(shift * STEPS + (micros >> shift)).unwrap_or(usize::MAX)
}

/// The largest time of a bucket.
fn end_of(at: usize) -> u64 {
    let at = at as u64;
    if at < STEPS * 2 {
        return at;
    }
    let shift = at / STEPS - 1;
    ((at - shift * STEPS + 1) << shift) - 1
}
