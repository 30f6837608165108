//! The live lane: tells open tabs at once what was committed, moved and renamed, and who else is there.
//!
//! A transaction that changes something sends a hint with it ([`crate::store::hint`]). Each server hears all hints over
//! one connection ([`bus`]) and passes them on to the sockets of that diagram. Nothing here is needed for anything to be
//! right: a hint that is lost is made up for by the next look at the store, which the housekeeper takes every few seconds.

mod bus;
mod housekeeping;
mod room;
mod socket;

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

pub use self::{
    bus::{Bus, PostgresBus},
    socket::connect,
};
use self::{
    housekeeping::keep_house,
    room::{Line, NoSeat, Rooms},
};
use crate::store::{Store, live::Listener};

/// How long sockets may take to end once the server stops.
const PARTING: Duration = Duration::from_secs(2);

/// Everybody who listens on this server.
#[derive(Debug)]
pub struct Live {
    /// What this server is called among the others.
    server: Uuid,
    rooms: Mutex<Rooms>,
    /// There is something to do for the housekeeper.
    woken: Notify,
}

impl Default for Live {
    fn default() -> Self {
        Self { server: Uuid::now_v7(), rooms: Mutex::default(), woken: Notify::new() }
    }
}

impl Live {
    /// Passes on what the bus carries, for ever.
    pub async fn follow(self: Arc<Self>, mut bus: impl Bus) {
        loop {
            let hint = bus.hear().await;
            let has_chores = match hint {
                Some(hint) => self.rooms().hear(hint),
                None => {
                    self.rooms().chores.is_unsure = true;
                    true
                }
            };
            if has_chores {
                self.woken.notify_one();
            }
        }
    }

    /// Looks after the rooms, for ever.
    pub async fn keep(self: Arc<Self>, store: Store) {
        keep_house(&self, &store).await;
    }

    /// How many seats are taken.
    #[must_use]
    pub fn n_sockets(&self) -> usize {
        self.rooms().n_open
    }

    /// Says goodbye to everybody and waits until their seats are free, though not for long.
    pub async fn stop(&self, store: &Store) {
        self.rooms().stop();
        let give_up_at = Instant::now() + PARTING;
        while self.n_sockets() > 0 && Instant::now() < give_up_at {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        if let Err(error) = store.server_stops(self.server).await {
            tracing::info!(error.message = %error, "the others will notice by themselves that this server has stopped");
        }
    }

    fn rooms(&self) -> MutexGuard<'_, Rooms> {
        // Nothing panics while it is held; were it so, the rooms would still be rooms.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn join(self: &Arc<Self>, workspace: Uuid, listener: Listener) -> Result<Place, NoSeat> {
        let line = self.rooms().join(workspace, listener)?;
        self.woken.notify_one();
        Ok(Place { live: Arc::clone(self), listener, line })
    }
}

/// A seat in a room, given back when dropped, whatever way its socket ends.
#[derive(Debug)]
struct Place {
    live: Arc<Live>,
    listener: Listener,
    line: Line,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.live.rooms().leave(&self.listener, self.line.seat);
        self.live.woken.notify_one();
    }
}
