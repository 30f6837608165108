//! A server, a bad network and some people, in virtual time.

use crate::client::{Client, Kept, Stored, act, check_findings, check_kept};
use crate::oracle::{Facts, Slot};
use crate::script::{Act, Dice, Step, input};
use crate::server::{Outcome, Request, Server};
use editor::{CommitBody, Draft, Editor, Input};
use schema::{ObjectId, Schema};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How long a step takes, how long a message may, and when what got no answer is sent again; in milliseconds.
const STEP: u64 = 120;
const SLOWEST: u64 = 900;
const PATIENCE: u64 = 400;

#[derive(Debug, Clone)]
enum Message {
    Commit(usize, Request),
    Fetch(usize),
    Answer(Uuid, Outcome),
    Document(i64),
    Hint(i64),
    /// A timer of the client itself, which no network loses.
    Again,
}

/// What a run came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Stats {
    pub(crate) commits: u64,
    pub(crate) merges: u64,
    pub(crate) conflicts: u64,
    pub(crate) decided: u64,
    pub(crate) crashes: u64,
    pub(crate) meetings: u64,
}

pub(crate) struct World {
    now: u64,
    pub(crate) dice: Dice,
    is_calm: bool,
    queue: BTreeMap<(u64, u64), (Option<usize>, Message)>,
    n_messages: u64,
    pub(crate) server: Server,
    pub(crate) clients: Vec<Client>,
    oracle: Facts,
    /// Who has saved the value that stands there, and since which revision it does.
    writers: BTreeMap<Slot, (BTreeSet<usize>, i64)>,
    requests: BTreeSet<Uuid>,
    n_seeds: u128,
    pub(crate) stats: Stats,
}

impl World {
    pub(crate) fn new(seed: u64, n_clients: usize, schema: &Schema) -> Self {
        let mut world = Self {
            now: 0,
            dice: Dice(seed ^ 0x5eed),
            is_calm: false,
            queue: BTreeMap::new(),
            n_messages: 0,
            server: Server::new(schema),
            clients: Vec::new(),
            oracle: Facts::of(schema).meant(),
            writers: BTreeMap::new(),
            requests: BTreeSet::new(),
            n_seeds: u128::from(seed) << 64,
            stats: Stats::default(),
        };
        for _ in 0..n_clients {
            let seed = world.seed();
            world.clients.push(Client::new(Editor::open(world.server.document(0), None, seed)));
        }
        world
    }

    pub(crate) fn seed(&mut self) -> u128 {
        self.n_seeds += 1;
        (u128::from(Dice(u64::try_from(self.n_seeds & 0xffff).unwrap()).roll()) << 64) | self.n_seeds
    }

    /// Does one thing and lets time go by.
    pub(crate) fn step(&mut self, step: &Step) -> Result<(), String> {
        let mut dice = Dice(step.dice);
        let at = step.client;
        match step.act {
            Act::Wait => {}
            Act::Partition => {
                let client = &mut self.clients[at];
                client.is_cut_off = !client.is_cut_off;
            }
            Act::Crash => self.crash(at),
            Act::CommitAll | Act::CommitSome => self.commit(at, step.act, &mut dice)?,
            Act::Meet => self.meet(at, &mut dice)?,
            kind => {
                let client = &mut self.clients[at];
                let Some(editor) = &mut client.editor else { return self.pass(STEP) };
                if let Some(input) = input(kind, &mut dice, editor, &self.server.states) {
                    let n_held = editor.draft().clashing.len();
                    let of = (&mut client.touches, &mut client.steps, client.sent.as_ref());
                    let effects = act(editor, (kind, input), of)?;
                    if kind == Act::Resolve && editor.draft().clashing.len() < n_held {
                        self.stats.decided += 1;
                    }
                    client.obey(&effects)?;
                }
            }
        }
        self.pass(if step.act == Act::Wait { STEP * 4 } else { STEP })
    }

    fn crash(&mut self, at: usize) {
        self.stats.crashes += 1;
        let client = &mut self.clients[at];
        if let Some(editor) = client.editor.take() {
            client.lost_sight_of = Some(Kept::of(&editor));
        }
        client.landed = None;
        client.seen = 0;
        self.later(at, 1, Message::Again);
    }

    fn commit(&mut self, at: usize, act: Act, dice: &mut Dice) -> Result<(), String> {
        let client = &self.clients[at];
        let Some(editor) = client.editor.as_ref().filter(|_| client.sent.is_none()) else { return Ok(()) };
        let items: Vec<ObjectId> = editor.pending().items().map(|item| item.object).collect();
        let chosen: BTreeSet<ObjectId> =
            items.into_iter().filter(|_| act == Act::CommitAll || dice.below(2) == 0).collect();
        let body = match editor.commit_body(&chosen) {
            Ok(body) => body,
            // A check over a column that is gone, say, has to be mended first.
            Err(_) if !editor.findings().is_empty() => return Ok(()),
            Err(error) => return Err(format!("{chosen:?} with its needs: {error}")),
        };
        if act == Act::CommitSome {
            check_chosen(editor, &chosen, &body)?;
        }
        if body.edits.is_empty() || !body.findings.is_empty() {
            return Ok(());
        }
        let id = self.clients[at].editor.as_mut().unwrap().commit_id();
        self.clients[at].sent = Some(self.request(at, id, body)?);
        self.ask(at);
        Ok(())
    }

    pub(crate) fn request(&mut self, at: usize, id: Uuid, body: CommitBody) -> Result<Request, String> {
        if !self.requests.insert(id) {
            return Err(format!("two commits are called {id}"));
        }
        let n_touches = self.clients[at].touches.count;
        Ok(Request { id, base: body.base_revision, edits: body.edits, n_touches })
    }

    /// Sends what the client is waiting for an answer to, and again after a while.
    fn ask(&mut self, at: usize) {
        let client = &self.clients[at];
        let message = match (&client.sent, client.landed, &client.editor) {
            (Some(request), None, _) => Some(Message::Commit(at, request.clone())),
            (Some(_), Some(_), _) | (None, _, None) => Some(Message::Fetch(at)),
            (None, _, Some(_)) => None,
        };
        if let Some(message) = message {
            self.send(None, at, &message);
            self.later(at, PATIENCE, Message::Again);
        }
    }

    fn later(&mut self, at: usize, wait: u64, message: Message) {
        self.n_messages += 1;
        self.queue.insert((self.now + wait, self.n_messages), (Some(at), message));
    }

    /// Over the network, to the server or to a client: late, twice, or never.
    fn send(&mut self, to: Option<usize>, client: usize, message: &Message) {
        if self.clients[client].is_cut_off || (!self.is_calm && self.dice.below(10) == 0) {
            return;
        }
        let n_copies = if !self.is_calm && self.dice.below(8) == 0 { 2 } else { 1 };
        for _ in 0..n_copies {
            let wait = 1 + if self.is_calm { 0 } else { self.dice.below(60).max(self.dice.below(SLOWEST) / 2) };
            self.n_messages += 1;
            self.queue.insert((self.now + wait, self.n_messages), (to, message.clone()));
        }
    }

    /// Lets time go by, and delivers what arrives meanwhile.
    fn pass(&mut self, time: u64) -> Result<(), String> {
        let until = self.now + time;
        while let Some(entry) = self.queue.first_entry().filter(|entry| entry.key().0 <= until) {
            self.now = entry.key().0;
            let (to, message) = entry.remove();
            match to {
                None => self.at_server(message)?,
                Some(client) => self.at_client(client, message)?,
            }
            self.check_server()?;
        }
        self.now = until;
        Ok(())
    }

    fn at_server(&mut self, message: Message) -> Result<(), String> {
        match message {
            Message::Commit(client, request) => {
                let outcome = self.land(client, &request)?;
                self.send(Some(client), client, &Message::Answer(request.id, outcome));
            }
            Message::Fetch(client) => {
                let document = Message::Document(self.server.revision());
                self.send(Some(client), client, &document);
            }
            Message::Answer(..) | Message::Document(_) | Message::Hint(_) | Message::Again => {}
        }
        Ok(())
    }

    pub(crate) fn land(&mut self, client: usize, request: &Request) -> Result<Outcome, String> {
        let before = self.server.revision();
        let outcome = self.server.commit(request)?;
        if self.server.revision() > before {
            self.note(client, request)?;
            for other in 0..self.clients.len() {
                let hint = Message::Hint(self.server.revision());
                self.send(Some(other), other, &hint);
            }
        } else if outcome == Outcome::Conflict {
            self.stats.conflicts += 1;
        }
        Ok(outcome)
    }

    /// Writes an acknowledged commit into the reference model, and looks whether anything was overwritten unseen.
    fn note(&mut self, client: usize, request: &Request) -> Result<(), String> {
        let revision = self.server.revision();
        self.stats.commits += 1;
        self.stats.merges += u64::from(request.base + 1 < revision);
        let before = self.oracle.clone();
        self.oracle.write_all(&request.edits, self.server.state(request.base).unwrap());
        let changed: BTreeSet<Slot> = before.differences(&self.oracle).into_iter().collect();
        for slot in &changed {
            if let Some((writers, written)) = self.writers.get(slot)
                // Places never conflict, and the later one stands.
                && slot.1 != "rank"
                && !writers.contains(&client)
            {
                let touches = &self.clients[client].touches;
                if !touches.saw(request, slot, *written, before.0.get(slot)) {
                    let touched = touches.of(slot);
                    return Err(format!(
                        "silent overwrite of {slot:?} by client {client} in revision {revision}, made for {}: written in \
                         {written} by {writers:?} as {:?}, touched {touched:?}, {:?}",
                        request.base,
                        before.0.get(slot),
                        request.edits
                    ));
                }
            }
            self.writers.insert(*slot, (BTreeSet::from([client]), revision));
        }
        // Who asks for what is there already stands by it as well.
        for slot in request.edits.iter().flat_map(Facts::about).filter(|slot| !changed.contains(slot)) {
            if let Some((writers, _)) = self.writers.get_mut(&slot) {
                writers.insert(client);
            }
        }
        let client = &mut self.clients[client];
        let held = client.editor.as_ref().map(|editor| Kept::of(editor).held_slots()).unwrap_or_default();
        client.touches.forget(request, &held);
        Ok(())
    }

    fn at_client(&mut self, at: usize, message: Message) -> Result<(), String> {
        match message {
            Message::Again => self.ask(at),
            Message::Hint(revision) => {
                let client = &self.clients[at];
                if client.editor.as_ref().is_some_and(|editor| editor.base_revision() < revision) {
                    self.send(None, at, &Message::Fetch(at));
                }
            }
            Message::Answer(id, outcome) => self.answered(at, id, &outcome)?,
            Message::Document(revision) => self.fetched(at, revision)?,
            Message::Commit(..) | Message::Fetch(_) => {}
        }
        self.check_client(at)
    }

    fn answered(&mut self, at: usize, id: Uuid, outcome: &Outcome) -> Result<(), String> {
        let client = &mut self.clients[at];
        if let Some(before) = client.told.insert(id, outcome.clone())
            && before != *outcome
        {
            return Err(format!("two answers to one commit: {before:?} and {outcome:?}"));
        }
        let Some(request) = client.sent.clone().filter(|request| request.id == id && client.landed.is_none()) else {
            return Ok(());
        };
        match outcome {
            Outcome::Committed(revision) => {
                let revision = *revision;
                if let Some(editor) = &mut client.editor
                    && editor.base_revision() == request.base
                    && revision == request.base + 1
                {
                    let (kept, stored) = (Kept::of(editor), client.stored.clone());
                    let effects = editor.handle(Input::Committed { revision, edits: request.edits.clone() });
                    client.obey(&effects)?;
                    client.sent = None;
                    check_kept(&kept, &Facts::default(), client)?;
                    self.die_between(at, request, kept, stored);
                } else {
                    client.landed = Some(revision);
                    self.ask(at);
                }
            }
            Outcome::Conflict => {
                client.sent = None;
                self.send(None, at, &Message::Fetch(at));
            }
            Outcome::Done => client.sent = None,
        }
        let client = &self.clients[at];
        if client.editor.is_none() {
            self.ask(at);
        }
        Ok(())
    }

    /// Sometimes the page goes away just then: before the draft is stored as the commit has left it, or before the commit is
    /// forgotten, of which the browser does the one after the other.
    fn die_between(&mut self, at: usize, request: Request, kept: Kept, stored: Option<Stored>) {
        if self.is_calm || self.dice.below(8) > 0 {
            return;
        }
        self.crash(at);
        let is_stored = self.dice.below(2) == 0;
        let client = &mut self.clients[at];
        client.sent = Some(request);
        if !is_stored {
            (client.stored, client.lost_sight_of) = (stored, Some(kept));
        }
    }

    fn fetched(&mut self, at: usize, revision: i64) -> Result<(), String> {
        let seed = self.seed();
        let document = self.server.document(revision);
        let client = &mut self.clients[at];
        match (&mut client.editor, client.sent.clone()) {
            // What comes while a commit is on its way is fetched again when its answer is there.
            (_, Some(_)) if client.landed.is_none() => return Ok(()),
            (Some(editor), sent) => {
                if client.landed.is_some_and(|landed| revision < landed) {
                    return Ok(());
                }
                let (kept, stored) = (Kept::of(editor), client.stored.clone());
                let mut effects = Vec::new();
                let asked = sent.clone().filter(|request| request.base == editor.base_revision());
                if let Some(request) = asked {
                    effects = editor.handle(Input::Committed { revision: request.base, edits: request.edits });
                }
                effects.extend(editor.handle(Input::Newer(document)));
                check_findings(&kept, editor)?;
                client.obey(&effects)?;
                let landed = state(&self.server, client.landed);
                (client.sent, client.landed) = (None, None);
                check_kept(&kept, &landed, client)?;
                if let Some(request) = sent {
                    self.die_between(at, request, kept, stored);
                }
            }
            (None, sent) => {
                if client.landed.is_some_and(|landed| revision < landed) {
                    return Ok(());
                }
                let mut draft = client.stored.as_ref().map(|it| Draft::from_json(&it.text).unwrap());
                client.steps = client.stored.as_ref().map(|it| it.steps.clone()).unwrap_or_default();
                if let (Some(request), Some(_)) = (sent, client.landed)
                    && let Some(old) = draft.take()
                {
                    let (sequence, is_new) = (old.sequence, old.base_revision != request.base);
                    let next = if is_new { old } else { old.after_commit(&request.edits, &document.schema, revision) };
                    if next.sequence <= sequence && !is_new {
                        return Err("what a commit leaves of a draft counts as no newer".to_owned());
                    }
                    draft = Some(next);
                }
                let editor = Editor::open(document, draft, seed);
                client.stored = Some(Stored::of(&editor, &client.steps));
                client.editor = Some(editor);
                let landed = state(&self.server, client.landed);
                (client.sent, client.landed) = (None, None);
                if let Some(kept) = client.lost_sight_of.take() {
                    check_kept(&kept, &landed, client)?;
                }
            }
        }
        Ok(())
    }

    fn check_server(&self) -> Result<(), String> {
        let found = Facts::of(&self.server.head).meant();
        if found != self.oracle {
            let slots = found.differences(&self.oracle);
            let told: Vec<_> = slots.iter().take(4).map(|it| (it, found.0.get(it), self.oracle.0.get(it))).collect();
            return Err(format!("the server differs from the reference model: {told:#?}"));
        }
        Ok(())
    }

    fn check_client(&mut self, at: usize) -> Result<(), String> {
        let client = &mut self.clients[at];
        let Some(editor) = &client.editor else { return Ok(()) };
        let revision = editor.base_revision();
        if revision < client.seen {
            return Err(format!("client {at} went back from {} to {revision}", client.seen));
        }
        client.seen = revision;
        if self.server.state(revision) != Some(editor.base()) {
            return Err(format!("client {at} does not show revision {revision} as it is"));
        }
        Ok(())
    }

    /// Heals the network, waits until nothing moves any more, and compares.
    pub(crate) fn end(&mut self) -> Result<(), String> {
        self.is_calm = true;
        for client in &mut self.clients {
            client.is_cut_off = false;
        }
        self.pass(SLOWEST)?;
        for at in 0..self.clients.len() {
            self.ask(at);
        }
        self.pass(PATIENCE * 8)?;
        for at in 0..self.clients.len() {
            self.send(None, at, &Message::Fetch(at));
        }
        self.pass(PATIENCE)?;
        let mut numbers = BTreeMap::new();
        for (n, (id, _)) in self.server.log.iter().enumerate() {
            if numbers.insert(*id, i64::try_from(n).unwrap() + 1).is_some() {
                return Err(format!("commit {id} is there twice"));
            }
        }
        for (at, client) in self.clients.iter().enumerate() {
            let Some(editor) = &client.editor else { return Err(format!("client {at} never came back")) };
            if client.sent.is_some() {
                return Err(format!("client {at} never got an answer"));
            }
            if editor.base() != &self.server.head || editor.base_revision() != self.server.revision() {
                return Err(format!(
                    "client {at} shows revision {} and not {}",
                    editor.base_revision(),
                    self.server.revision()
                ));
            }
            for (id, outcome) in &client.told {
                let expected = match outcome {
                    Outcome::Committed(revision) => Some(*revision),
                    Outcome::Conflict | Outcome::Done => None,
                };
                if numbers.get(id).copied() != expected {
                    return Err(format!("client {at} was told {outcome:?} of a commit that is {:?}", numbers.get(id)));
                }
            }
        }
        Ok(())
    }
}

/// What the client's own commit has led to.
fn state(server: &Server, landed: Option<i64>) -> Facts {
    landed.and_then(|revision| server.state(revision)).map(|it| Facts::of(it).meant()).unwrap_or_default()
}

/// Part of a commit is what was chosen, with what it needs; and it is fine by itself when all of it is.
fn check_chosen(editor: &Editor, chosen: &BTreeSet<ObjectId>, body: &CommitBody) -> Result<(), String> {
    let needed = editor.pending().with_needs(chosen);
    if let Some(edit) = body.edits.iter().find(|edit| !needed.contains(&edit.object())) {
        return Err(format!("nobody has chosen {edit:?}"));
    }
    if editor.findings().is_empty() && !body.findings.is_empty() {
        return Err(format!("{chosen:?} with its needs is wrong: {:?}", body.findings));
    }
    Ok(())
}
