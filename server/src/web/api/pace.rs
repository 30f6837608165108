//! How often a token may be used. Counted in memory, by each server for itself: what it is to prevent is a program that
//! asks in a circle, and a write to the store for every request would cost more than most requests do.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::error::Error;

/// How many requests are let through.
const MOST: u32 = 1200;
/// In how long.
const WINDOW: Duration = Duration::from_secs(60);
/// How many tokens are remembered before those are looked for that are not in use.
const ROOM: usize = 1024;

/// The requests of late, token by token.
#[derive(Debug, Default)]
pub struct Pace {
    windows: Mutex<HashMap<Uuid, Window>>,
}

#[derive(Debug)]
struct Window {
    began: Instant,
    count: u32,
}

impl Pace {
    /// Counts a request that is made now.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it is one too many.
    pub(crate) fn count(&self, token: Uuid, now: Instant) -> Result<(), Error> {
        let mut windows = self.windows.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |window: &Window| now.saturating_duration_since(window.began) >= WINDOW;
        if windows.len() >= ROOM {
            windows.retain(|_, window| !is_over(window));
        }
        let window = windows.entry(token).or_insert(Window { began: now, count: 0 });
        if is_over(window) {
            *window = Window { began: now, count: 0 };
        }
        window.count = window.count.saturating_add(1);
        if window.count <= MOST {
            return Ok(());
        }
        let left = WINDOW.saturating_sub(now.saturating_duration_since(window.began));
        Err(Error::TooMany(u32::try_from(left.as_secs()).unwrap_or(0).saturating_add(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_often_waits_and_nobody_else_does() {
        let (pace, began) = (Pace::default(), Instant::now());
        let (busy, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for _ in 0..MOST {
            assert!(pace.count(busy, began).is_ok());
        }
        assert!(matches!(pace.count(busy, began + Duration::from_secs(45)), Err(Error::TooMany(16))));
        assert!(pace.count(other, began).is_ok());
        assert!(pace.count(busy, began + WINDOW).is_ok());
    }

    #[test]
    fn tokens_that_are_not_used_are_forgotten() {
        let (pace, began) = (Pace::default(), Instant::now());
        for number in 0..ROOM {
            assert!(pace.count(Uuid::from_u128(number as u128), began).is_ok());
        }
        assert!(pace.count(Uuid::from_u128(u128::MAX), began + WINDOW).is_ok());
        assert_eq!(pace.windows.lock().unwrap().len(), 1);
    }
}
