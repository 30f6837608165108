//! Who listens to which diagram on this server. No IO here: messages go into queues, and what has to be asked of the store
//! is left to the housekeeper.

use std::{
    collections::{BTreeMap, BTreeSet, btree_map::Entry},
    time::Duration,
};

use axum::extract::ws::Utf8Bytes;
use protocol::{DiagramId, Farewell, LiveMessage, Person, PersonId};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::store::{
    hint::Hint,
    live::{Listener, Standing},
};

/// How many messages wait for a browser at most; one that takes them more slowly is sent away and catches up.
const QUEUE: usize = 256;
/// How many sockets a server holds.
const MAX_SOCKETS: usize = 10_000;
/// How many sockets a person may have in one diagram, and in all.
const MAX_OF_PERSON: usize = 5;
const MAX_OF_PERSON_IN_ALL: usize = 50;
/// Over how long people are told to come back when the server stops, for each of them and at most.
const SPREAD_OF_ONE: Duration = Duration::from_millis(10);
const LONGEST_SPREAD: Duration = Duration::from_secs(10);

/// Why somebody gets no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoSeat {
    /// The server has as many sockets as it can hold, or stops.
    Full,
    /// The person has as many as they need.
    TooMany,
}

/// How a server ends a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    Farewell(Farewell),
    /// The server stops; they should come back after this time.
    Goodbye(Duration),
}

/// One end of a seat: what its socket has to send, and when it has to end.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) seat: u64,
    pub(super) queue: mpsc::Receiver<Utf8Bytes>,
    pub(super) ending: oneshot::Receiver<Ending>,
}

#[derive(Debug)]
struct Seat {
    listener: Listener,
    queue: mpsc::Sender<Utf8Bytes>,
    ending: oneshot::Sender<Ending>,
}

#[derive(Debug)]
struct Room {
    /// Where the diagram was when that was asked last.
    workspace: Uuid,
    seats: BTreeMap<u64, Seat>,
    /// What was told last; none before anything was.
    told: Option<Standing>,
    people: Vec<Person>,
}

/// What has to be asked of the store, or told to it, by diagram.
#[derive(Debug, Default)]
pub(super) struct Chores {
    /// Those who listen here have changed.
    pub(super) present: BTreeSet<Uuid>,
    /// Those who listen anywhere have changed.
    pub(super) people: BTreeSet<Uuid>,
    /// Somebody may have lost the right to listen.
    pub(super) access: BTreeSet<Uuid>,
    /// Those who have not lost it may do more or less than before.
    pub(super) rights: BTreeSet<Uuid>,
    /// Numbers or names may have changed.
    pub(super) standing: BTreeSet<Uuid>,
    /// Hints may have been lost.
    pub(super) is_unsure: bool,
}

impl Chores {
    pub(super) fn is_empty(&self) -> bool {
        self.present.is_empty()
            && self.people.is_empty()
            && self.access.is_empty()
            && self.rights.is_empty()
            && self.standing.is_empty()
            && !self.is_unsure
    }

    pub(super) fn extend(&mut self, more: Self) {
        self.present.extend(more.present);
        self.people.extend(more.people);
        self.access.extend(more.access);
        self.rights.extend(more.rights);
        self.standing.extend(more.standing);
        self.is_unsure |= more.is_unsure;
    }
}

/// All rooms of a server.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    rooms: BTreeMap<Uuid, Room>,
    pub(super) chores: Chores,
    /// Seats that are taken.
    pub(super) n_open: usize,
    n_of_person: BTreeMap<Uuid, usize>,
    last_seat: u64,
    is_stopping: bool,
}

impl Rooms {
    pub(super) fn join(&mut self, workspace: Uuid, listener: Listener) -> Result<Line, NoSeat> {
        if self.is_stopping || self.n_open >= MAX_SOCKETS {
            return Err(NoSeat::Full);
        }
        let diagram = listener.diagram;
        let in_all = self.n_of_person.get(&listener.principal).copied().unwrap_or_default();
        if in_all >= MAX_OF_PERSON_IN_ALL {
            return Err(NoSeat::TooMany);
        }
        let room = self.rooms.entry(diagram).or_insert_with(|| Room {
            workspace,
            seats: BTreeMap::new(),
            told: None,
            people: Vec::new(),
        });
        let of_person = room.seats.values().filter(|seat| seat.listener.principal == listener.principal).count();
        if of_person >= MAX_OF_PERSON {
            return Err(NoSeat::TooMany);
        }
        let (queue, queued) = mpsc::channel(QUEUE);
        let (ending, ended) = oneshot::channel();
        self.last_seat += 1;
        self.n_open += 1;
        self.n_of_person.insert(listener.principal, in_all + 1);
        room.seats.insert(self.last_seat, Seat { listener, queue, ending });
        if of_person == 0 {
            self.chores.present.insert(diagram);
        }
        if room.people.is_empty() {
            self.chores.people.insert(diagram);
        }
        Ok(Line { seat: self.last_seat, queue: queued, ending: ended })
    }

    /// A seat is given back.
    pub(super) fn leave(&mut self, listener: &Listener, seat: u64) {
        self.n_open -= 1;
        if let Entry::Occupied(mut count) = self.n_of_person.entry(listener.principal) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
        self.remove(listener.diagram, |number, _| number == seat, None);
    }

    /// Sends those away who may not listen any more.
    pub(super) fn dismiss(&mut self, listener: &Listener, why: Farewell) {
        self.remove(listener.diagram, |_, seat| seat.listener == *listener, Some(Ending::Farewell(why)));
    }

    /// Takes seats away, and says why to those who do not know.
    fn remove(&mut self, diagram: Uuid, is_one: impl Fn(u64, &Seat) -> bool, ending: Option<Ending>) {
        let Some(room) = self.rooms.get_mut(&diagram) else { return };
        let gone: Vec<u64> =
            room.seats.iter().filter(|(number, seat)| is_one(**number, seat)).map(|(number, _)| *number).collect();
        if gone.is_empty() {
            return;
        }
        for number in gone {
            if let (Some(seat), Some(ending)) = (room.seats.remove(&number), ending) {
                // A socket that has ended by itself needs no telling.
                let _ = seat.ending.send(ending);
            }
        }
        self.chores.present.insert(diagram);
        if room.seats.is_empty() {
            self.rooms.remove(&diagram);
        }
    }

    /// Tells everybody in a room.
    pub(super) fn tell(&mut self, diagram: Uuid, message: &LiveMessage) {
        self.tell_some(diagram, message, |_| true);
    }

    /// Tells some of those in a room. Whoever has too much waiting is sent away.
    fn tell_some(&mut self, diagram: Uuid, message: &LiveMessage, is_told: impl Fn(&Listener) -> bool) {
        let Some(room) = self.rooms.get_mut(&diagram) else { return };
        let Some(text) = text(message) else { return };
        let mut slow = BTreeSet::new();
        for (number, seat) in room.seats.iter().filter(|(_, seat)| is_told(&seat.listener)) {
            if let Err(mpsc::error::TrySendError::Full(_)) = seat.queue.try_send(text.clone()) {
                slow.insert(*number);
            }
        }
        if !slow.is_empty() {
            tracing::info!(diagram = %diagram, sockets.n = slow.len(), "sockets were too slow");
            self.remove(diagram, |number, _| slow.contains(&number), Some(Ending::Farewell(Farewell::TooSlow)));
        }
    }

    /// Passes a hint on, or leaves what it takes to the housekeeper. True when there is something for them.
    pub(super) fn hear(&mut self, hint: Hint) -> bool {
        match hint {
            Hint::Revision(DiagramId(id), number) => {
                if self.is_news(id, |told| rises(&mut told.head_revision, number)) {
                    self.tell(id, &LiveMessage::Revision { number });
                }
            }
            Hint::Layout(DiagramId(id), number) => {
                if self.is_news(id, |told| rises(&mut told.layout_number, number)) {
                    self.tell(id, &LiveMessage::Layout { number });
                }
            }
            Hint::Renamed(DiagramId(id)) => {
                self.chores.standing.extend(self.rooms.contains_key(&id).then_some(id));
            }
            Hint::People(DiagramId(id)) => {
                self.chores.people.extend(self.rooms.contains_key(&id).then_some(id));
            }
            Hint::Gone(DiagramId(id)) => {
                if self.rooms.contains_key(&id) {
                    self.chores.access.insert(id);
                    // It may be in another workspace.
                    self.chores.standing.insert(id);
                    self.chores.rights.insert(id);
                }
            }
            Hint::Workspace(id) => {
                let theirs = self.rooms_where(|room| room.workspace == id);
                self.chores.access.extend(&theirs);
                self.chores.rights.extend(theirs);
            }
            Hint::Principal(id) => {
                let theirs = self.rooms_where(|room| room.seats.values().any(|seat| seat.listener.principal == id));
                self.chores.people.extend(&theirs);
                self.chores.access.extend(theirs);
            }
            Hint::Draft(DiagramId(id), principal, sequence) => {
                self.tell_some(id, &LiveMessage::Draft { sequence }, |listener| listener.principal == principal);
            }
        }
        !self.chores.is_empty()
    }

    fn rooms_where(&self, is_one: impl Fn(&Room) -> bool) -> Vec<Uuid> {
        self.rooms.iter().filter(|(_, room)| is_one(room)).map(|(diagram, _)| *diagram).collect()
    }

    /// Whether a room is there and was not told this yet. A room that was told nothing is told everything.
    fn is_news(&mut self, diagram: Uuid, is_newer: impl FnOnce(&mut Standing) -> bool) -> bool {
        self.rooms.get_mut(&diagram).is_some_and(|room| room.told.as_mut().is_none_or(is_newer))
    }

    /// Tells a room what it does not know of how its diagram stands.
    pub(super) fn stand(&mut self, now: Standing) {
        let (id, number, layout) = (now.id, now.head_revision, now.layout_number);
        let Some(room) = self.rooms.get_mut(&id) else { return };
        room.workspace = now.workspace_id;
        let Some(told) = room.told.as_mut() else {
            room.told = Some(now);
            return;
        };
        if told.name != now.name {
            told.name.clone_from(&now.name);
            self.tell(id, &LiveMessage::Renamed { name: now.name });
        }
        self.hear(Hint::Revision(DiagramId(id), number));
        self.hear(Hint::Layout(DiagramId(id), layout));
    }

    /// Greets everybody in a room anew: numbers may have gone back, as in a store that was restored.
    pub(super) fn greet_all(&mut self, now: Standing) {
        let Some(room) = self.rooms.get_mut(&now.id) else { return };
        for seat in room.seats.values() {
            if let Some(text) = text(&hello(&now, seat.listener.principal)) {
                // Who has a full queue has enough to learn from.
                let _ = seat.queue.try_send(text);
            }
        }
        room.told = Some(now);
    }

    /// Tells a room who is there, if that has changed.
    pub(super) fn show(&mut self, diagram: Uuid, people: Vec<Person>) {
        let Some(room) = self.rooms.get_mut(&diagram) else { return };
        if room.people != people {
            room.people.clone_from(&people);
            self.tell(diagram, &LiveMessage::Presence { people });
        }
    }

    /// What somebody who has just come is told.
    pub(super) fn greeting(&mut self, now: Standing, principal: Uuid) -> Vec<Utf8Bytes> {
        let id = now.id;
        let hello = hello(&now, principal);
        self.stand(now);
        let people = self.rooms.get(&id).map(|room| room.people.clone()).unwrap_or_default();
        let presence = (!people.is_empty()).then_some(LiveMessage::Presence { people });
        [Some(hello), presence].into_iter().flatten().filter_map(|message| text(&message)).collect()
    }

    /// The people of a room on this server.
    pub(super) fn people(&self, diagram: Uuid) -> BTreeSet<Uuid> {
        let seats = self.rooms.get(&diagram).into_iter().flat_map(|room| room.seats.values());
        seats.map(|seat| seat.listener.principal).collect()
    }

    /// All diagrams that somebody listens to.
    pub(super) fn diagrams(&self) -> Vec<Uuid> {
        self.rooms.keys().copied().collect()
    }

    /// The listeners of these diagrams, each once.
    pub(super) fn listeners(&self, diagrams: &BTreeSet<Uuid>) -> BTreeSet<Listener> {
        let rooms = diagrams.iter().filter_map(|diagram| self.rooms.get(diagram));
        rooms.flat_map(|room| room.seats.values()).map(|seat| seat.listener).collect()
    }

    /// Sends everybody away, spread over some time so that another server is not met by all of them at once.
    pub(super) fn stop(&mut self) {
        self.is_stopping = true;
        let seats: Vec<Seat> =
            std::mem::take(&mut self.rooms).into_values().flat_map(|room| room.seats.into_values()).collect();
        let n = u32::try_from(seats.len().max(1)).unwrap_or(u32::MAX);
        let apart = (SPREAD_OF_ONE * n).min(LONGEST_SPREAD) / n;
        for (at, seat) in (0..).zip(seats) {
            let _ = seat.ending.send(Ending::Goodbye(apart * at));
        }
    }
}

/// Takes a number over if it is higher than what was known.
fn rises(known: &mut i64, number: i64) -> bool {
    let is_higher = number > *known;
    *known = number.max(*known);
    is_higher
}

fn hello(now: &Standing, principal: Uuid) -> LiveMessage {
    LiveMessage::Hello {
        head: now.head_revision,
        layout: now.layout_number,
        name: now.name.clone(),
        you: PersonId(principal),
    }
}

/// A message as it is sent. One that cannot be written is no message of ours.
pub(super) fn text(message: &LiveMessage) -> Option<Utf8Bytes> {
    serde_json::to_string(message).ok().map(Utf8Bytes::from)
}
