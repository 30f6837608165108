//! What the rooms need of the store: who may still listen, who is there, and whether a hint was lost. One task does it for
//! all rooms of a server, so that what two sockets cause is done in one order and once.

use std::{collections::BTreeSet, time::Duration};

use protocol::{Farewell, LiveMessage};
use tokio::time::{MissedTickBehavior, interval, sleep};
use uuid::Uuid;

use super::{Live, room::Chores};
use crate::{
    error::Error,
    store::{
        Store,
        live::{Listener, Lost},
    },
};

/// How often everybody's right to listen, and all numbers, are looked at again. Who loses access is gone within five
/// seconds even when no hint came.
const ROUND: Duration = Duration::from_secs(4);
/// How often the server says that it runs.
const BEAT: Duration = Duration::from_secs(10);
/// What comes within this time is done together.
const GATHER: Duration = Duration::from_millis(20);
/// How many listeners are asked about in one query.
const MANY: usize = 2000;
/// In how many rooms one looks who is there before all else is looked after again.
const MANY_ROOMS: usize = 50;

pub(super) async fn keep_house(live: &Live, store: &Store) {
    let (mut round, mut beat) = (interval(ROUND), interval(BEAT));
    round.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = live.woken.notified() => sleep(GATHER).await,
            _ = round.tick() => look_at_all(live),
            _ = beat.tick() => say_running(live, store).await,
        }
        let chores = std::mem::take(&mut live.rooms().chores);
        if !chores.is_empty() {
            work(live, store, chores).await;
        }
    }
}

fn look_at_all(live: &Live) {
    let mut rooms = live.rooms();
    let diagrams = rooms.diagrams();
    rooms.chores.access.extend(&diagrams);
    rooms.chores.standing.extend(diagrams);
}

async fn say_running(live: &Live, store: &Store) {
    let known = store.server_runs(live.server).await;
    let mut rooms = live.rooms();
    let diagrams = rooms.diagrams();
    // Somebody may have gone with a server that was killed.
    rooms.chores.people.extend(&diagrams);
    match known {
        Ok(false) => {}
        Ok(true) => rooms.chores.present.extend(diagrams),
        Err(error) => tracing::debug!(error.message = %error, "could not say that this server runs"),
    }
}

/// Does what is to be done. What fails is done in the next round.
async fn work(live: &Live, store: &Store, chores: Chores) {
    let mut left = Chores::default();
    if chores.is_unsure && greet(live, store).await.is_err() {
        left.is_unsure = true;
    }
    let access = if chores.is_unsure { live.rooms().diagrams().into_iter().collect() } else { chores.access };
    if check_access(live, store, &access).await.is_err() {
        left.access = access;
        left.rights = chores.rights;
    } else {
        // Whoever has lost access has been told so, and would only ask in vain.
        let mut rooms = live.rooms();
        for diagram in chores.rights {
            rooms.tell(diagram, &LiveMessage::Rights);
        }
    }
    if !chores.standing.is_empty() && !chores.is_unsure && stand(live, store, &chores.standing).await.is_err() {
        left.standing = chores.standing;
    }
    let mut present = chores.present.into_iter();
    for diagram in present.by_ref().take(MANY_ROOMS) {
        let people = live.rooms().people(diagram);
        if store.set_present(diagram, live.server, &people).await.is_err() {
            left.present.insert(diagram);
        }
    }
    // The others have their turn in the next round: nobody's access waits for who is there.
    left.present.extend(present);
    if show(live, store, &chores.people).await.is_err() {
        left.people = chores.people;
    }
    if !left.is_empty() {
        tracing::debug!("the rooms could not be looked after just now");
        live.rooms().chores.extend(left);
    }
}

/// Greets all rooms anew after hints were lost.
async fn greet(live: &Live, store: &Store) -> Result<(), Error> {
    let diagrams = live.rooms().diagrams();
    if diagrams.is_empty() {
        return Ok(());
    }
    let standings = store.standings(&diagrams).await?;
    let mut rooms = live.rooms();
    for standing in standings {
        rooms.greet_all(standing);
    }
    rooms.chores.people.extend(diagrams);
    Ok(())
}

async fn check_access(live: &Live, store: &Store, diagrams: &BTreeSet<Uuid>) -> Result<(), Error> {
    let listeners: Vec<Listener> = live.rooms().listeners(diagrams).into_iter().collect();
    for some in listeners.chunks(MANY) {
        let lost = store.lost_listeners(some).await?;
        let mut rooms = live.rooms();
        for (position, why) in lost {
            let Some(listener) = some.get(position) else { continue };
            let why = match why {
                Lost::Diagram => Farewell::Deleted,
                Lost::Session => Farewell::SignedOut,
                Lost::Membership => Farewell::Revoked,
            };
            rooms.dismiss(listener, why);
        }
    }
    Ok(())
}

async fn stand(live: &Live, store: &Store, diagrams: &BTreeSet<Uuid>) -> Result<(), Error> {
    let diagrams: Vec<Uuid> = diagrams.iter().copied().collect();
    let standings = store.standings(&diagrams).await?;
    let mut rooms = live.rooms();
    for standing in standings {
        rooms.stand(standing);
    }
    Ok(())
}

async fn show(live: &Live, store: &Store, diagrams: &BTreeSet<Uuid>) -> Result<(), Error> {
    if diagrams.is_empty() {
        return Ok(());
    }
    let asked: Vec<Uuid> = diagrams.iter().copied().collect();
    let mut present = store.present(&asked).await?;
    let mut rooms = live.rooms();
    for diagram in asked {
        rooms.show(diagram, present.remove(&diagram).unwrap_or_default());
    }
    Ok(())
}
