//! A server, a bad network and some people, in virtual time.

use crate::oracle::{Facts, Slot, Value};
use crate::script::{Act, Dice, Step, input};
use edit::{Edit, Landing, land};
use editor::{Document, Draft, Editor, Effect, Input};
use schema::{ObjectId, Schema};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How long a step takes, how long a message may, and when what got no answer is sent again; in milliseconds.
const STEP: u64 = 120;
const SLOWEST: u64 = 900;
const PATIENCE: u64 = 400;

#[derive(Debug, Clone)]
struct Request {
    id: Uuid,
    base: i64,
    edits: Vec<Edit>,
}

#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Committed(i64),
    Conflict,
    Refused,
}

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

/// The server, over the functions that the real one uses.
struct Server {
    head: Schema,
    /// Every state there has been; the revision is the index.
    states: Vec<Schema>,
    log: Vec<(Uuid, Vec<Edit>)>,
    answers: BTreeMap<Uuid, Outcome>,
}

impl Server {
    fn commit(&mut self, request: &Request) -> Result<Outcome, String> {
        if let Some(answer) = self.answers.get(&request.id) {
            return Ok(answer.clone());
        }
        let base = usize::try_from(request.base).unwrap();
        let since: Vec<Vec<Edit>> = self.log.iter().skip(base).map(|(_, edits)| edits.clone()).collect();
        let landing = land(&self.head, &since, &request.edits).map_err(|error| format!("a damaged log: {error}"))?;
        let outcome = match landing {
            Landing::Fits { edits, .. } if edits.is_empty() => Outcome::Refused,
            Landing::Fits { target, edits } => {
                self.head = target.clone();
                self.states.push(target);
                self.log.push((request.id, edits));
                Outcome::Committed(self.revision())
            }
            Landing::Conflicts { conflicts, .. } if conflicts.is_empty() => {
                return Err("a conflict about nothing".to_owned());
            }
            Landing::Conflicts { .. } => Outcome::Conflict,
            Landing::Invalid(_) => Outcome::Refused,
            Landing::Misfit { edit, error, .. } => return Err(format!("a misfit: {error}, {edit:?}")),
        };
        self.answers.insert(request.id, outcome.clone());
        Ok(outcome)
    }

    fn revision(&self) -> i64 {
        i64::try_from(self.log.len()).unwrap()
    }
}

/// One person at one browser.
struct Client {
    /// None while the page loads.
    editor: Option<Editor>,
    /// What the browser keeps: the draft, and the commit that is on its way.
    stored: Option<String>,
    sent: Option<Request>,
    /// The answer is known, and the state that it led to is still to be fetched.
    landed: Option<i64>,
    /// Everything staged and held before the page went away.
    lost_sight_of: Option<Kept>,
    seen: i64,
    /// The revisions that were open when the person touched a value, and the values that were to be seen: the committed
    /// one, and what a commit on its way makes of it.
    touched: BTreeMap<Slot, Vec<(i64, Option<Value>)>>,
    is_cut_off: bool,
    told: BTreeMap<Uuid, Outcome>,
}

/// What must not be lost: staged values, and what is held.
struct Kept {
    base: Facts,
    target: Facts,
    held: Vec<Edit>,
}

impl Kept {
    fn of(editor: &Editor) -> Self {
        let held = editor.draft().clashing;
        Self { base: Facts::of(editor.base()).meant(), target: Facts::of(editor.target()).meant(), held }
    }
}

/// What a run came to.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Stats {
    pub(crate) commits: u64,
    pub(crate) merges: u64,
    pub(crate) conflicts: u64,
    pub(crate) decided: u64,
    pub(crate) crashes: u64,
}

pub(crate) struct World {
    now: u64,
    dice: Dice,
    is_calm: bool,
    queue: BTreeMap<(u64, u64), (Option<usize>, Message)>,
    n_messages: u64,
    server: Server,
    clients: Vec<Client>,
    oracle: Facts,
    /// Who has saved the value that stands there, and since which revision it does.
    writers: BTreeMap<Slot, (BTreeSet<usize>, i64)>,
    requests: BTreeMap<Uuid, (usize, Request)>,
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
            server: Server {
                head: schema.clone(),
                states: vec![schema.clone()],
                log: Vec::new(),
                answers: BTreeMap::new(),
            },
            clients: Vec::new(),
            oracle: Facts::of(schema).meant(),
            writers: BTreeMap::new(),
            requests: BTreeMap::new(),
            n_seeds: u128::from(seed) << 64,
            stats: Stats::default(),
        };
        for _ in 0..n_clients {
            let seed = world.seed();
            world.clients.push(Client {
                editor: Some(Editor::open(document(&world.server, 0), None, seed)),
                stored: None,
                sent: None,
                landed: None,
                lost_sight_of: None,
                seen: 0,
                touched: BTreeMap::new(),
                is_cut_off: false,
                told: BTreeMap::new(),
            });
        }
        world
    }

    fn seed(&mut self) -> u128 {
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
            Act::CommitAll | Act::CommitSome => self.commit(at, step.act, &mut dice),
            act => {
                let client = &mut self.clients[at];
                let Some(editor) = &mut client.editor else { return self.pass(STEP) };
                if let Some(input) = input(act, &mut dice, editor) {
                    let before = Facts::of(editor.target()).meant();
                    let n_held = editor.draft().clashing.len();
                    let effects = editor.handle(input);
                    let after = Facts::of(editor.target()).meant();
                    let revision = editor.base_revision();
                    if act == Act::Resolve && editor.draft().clashing.len() < n_held {
                        self.stats.decided += 1;
                    }
                    let base = Facts::of(editor.base()).meant();
                    // Who undoes a value while the commit of it is on its way changes what they are saving, and not what
                    // is committed yet. Until the answer is there, the revision stays open that the commit was made for.
                    let mut saved = base.clone();
                    if let Some(request) = &client.sent {
                        saved.write_all(&request.edits, editor.base());
                    }
                    for slot in before.differences(&after) {
                        let seen = [&base, &saved].map(|facts| (revision, facts.0.get(&slot).cloned()));
                        let touched = client.touched.entry(slot).or_default();
                        touched.extend(seen);
                        touched.dedup();
                    }
                    client.obey(&effects);
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

    fn commit(&mut self, at: usize, act: Act, dice: &mut Dice) {
        let client = &mut self.clients[at];
        let Some(editor) = client.editor.as_mut().filter(|_| client.sent.is_none()) else { return };
        let items: Vec<ObjectId> = editor.pending().items().map(|item| item.object).collect();
        let chosen: BTreeSet<ObjectId> =
            items.into_iter().filter(|_| act == Act::CommitAll || dice.below(2) == 0).collect();
        let Ok(body) = editor.commit_body(&chosen) else { return };
        if body.edits.is_empty() || !body.findings.is_empty() {
            return;
        }
        let request = Request { id: editor.commit_id(), base: body.base_revision, edits: body.edits };
        self.requests.insert(request.id, (at, request.clone()));
        client.sent = Some(request);
        self.ask(at);
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
                let before = self.server.revision();
                let outcome = self.server.commit(&request)?;
                if self.server.revision() > before {
                    self.note(client, &request)?;
                    for other in 0..self.clients.len() {
                        let hint = Message::Hint(self.server.revision());
                        self.send(Some(other), other, &hint);
                    }
                } else if outcome == Outcome::Conflict {
                    self.stats.conflicts += 1;
                }
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

    /// Writes an acknowledged commit into the reference model, and looks whether anything was overwritten unseen.
    fn note(&mut self, client: usize, request: &Request) -> Result<(), String> {
        let revision = self.server.revision();
        self.stats.commits += 1;
        self.stats.merges += u64::from(request.base + 1 < revision);
        let before = self.oracle.clone();
        self.oracle.write_all(&request.edits, &self.server.states[usize::try_from(request.base).unwrap()]);
        let changed: BTreeSet<Slot> = before.differences(&self.oracle).into_iter().collect();
        for slot in &changed {
            if let Some((writers, written)) = self.writers.get(slot)
                // Places never conflict, and the later one stands.
                && slot.1 != "rank"
                && !writers.contains(&client)
            {
                let touched = self.clients[client].touched.get(slot);
                // What was seen when it was changed may have come back meanwhile, and with it the change.
                let is_seen = touched.is_some_and(|all| {
                    all.iter().any(|(at, value)| at >= written || value.as_ref() == before.0.get(slot))
                });
                if !is_seen {
                    return Err(format!(
                        "silent overwrite of {slot:?} by client {client} in revision {revision}, made for {}: written in \
                         {written} by {writers:?} as {:?}, touched at {touched:?}, {:?}",
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
                    let kept = Kept::of(editor);
                    let effects = editor.handle(Input::Committed { revision, edits: request.edits });
                    client.obey(&effects);
                    client.sent = None;
                    check_kept(&kept, &Facts::default(), client)?;
                } else {
                    client.landed = Some(revision);
                    self.ask(at);
                }
            }
            Outcome::Conflict => {
                client.sent = None;
                self.send(None, at, &Message::Fetch(at));
            }
            Outcome::Refused => client.sent = None,
        }
        let client = &self.clients[at];
        if client.editor.is_none() {
            self.ask(at);
        }
        Ok(())
    }

    fn fetched(&mut self, at: usize, revision: i64) -> Result<(), String> {
        let seed = self.seed();
        let document = document(&self.server, revision);
        let client = &mut self.clients[at];
        match (&mut client.editor, client.sent.clone()) {
            // What comes while a commit is on its way is fetched again when its answer is there.
            (_, Some(_)) if client.landed.is_none() => return Ok(()),
            (Some(editor), sent) => {
                if client.landed.is_some_and(|landed| revision < landed) {
                    return Ok(());
                }
                let kept = Kept::of(editor);
                let mut effects = Vec::new();
                if let Some(request) = sent.filter(|request| request.base == editor.base_revision()) {
                    effects = editor.handle(Input::Committed { revision: request.base, edits: request.edits });
                }
                effects.extend(editor.handle(Input::Newer(document)));
                client.obey(&effects);
                let landed = state(&self.server, client.landed);
                (client.sent, client.landed) = (None, None);
                check_kept(&kept, &landed, client)?;
            }
            (None, sent) => {
                if client.landed.is_some_and(|landed| revision < landed) {
                    return Ok(());
                }
                let mut draft = client.stored.as_deref().map(|text| Draft::from_json(text).unwrap());
                if let (Some(request), Some(_)) = (sent, client.landed) {
                    draft = draft.map(|draft| {
                        if draft.base_revision == request.base {
                            draft.after_commit(&request.edits, &document.schema, document.revision)
                        } else {
                            draft
                        }
                    });
                }
                let editor = Editor::open(document, draft, seed);
                client.stored = editor.draft().to_json().ok();
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
        if self.server.states.get(usize::try_from(revision).unwrap()) != Some(editor.base()) {
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
                    Outcome::Conflict | Outcome::Refused => None,
                };
                if numbers.get(id).copied() != expected {
                    return Err(format!("client {at} was told {outcome:?} of a commit that is {:?}", numbers.get(id)));
                }
            }
        }
        Ok(())
    }
}

fn document(server: &Server, revision: i64) -> Document {
    let schema = server.states[usize::try_from(revision).unwrap()].clone();
    Document { revision, schema, placements: BTreeMap::new() }
}

/// What the client's own commit has led to.
fn state(server: &Server, landed: Option<i64>) -> Facts {
    let state = landed.and_then(|revision| server.states.get(usize::try_from(revision).unwrap()));
    state.map(|it| Facts::of(it).meant()).unwrap_or_default()
}

impl Client {
    fn obey(&mut self, effects: &[Effect]) {
        if effects.contains(&Effect::StoreDraft) {
            self.stored = self.editor.as_ref().and_then(|editor| editor.draft().to_json().ok());
        }
    }
}

/// Every staged value must still be staged, committed or held; and so must all that was held. What this client's own
/// commit has brought home may have been changed by others since.
fn check_kept(kept: &Kept, landed: &Facts, client: &Client) -> Result<(), String> {
    let Some(editor) = &client.editor else { return Ok(()) };
    let target = Facts::of(editor.target()).meant();
    let held = editor.draft().clashing;
    let about: BTreeSet<Slot> = held.iter().flat_map(Facts::about).collect();
    for slot in kept.base.differences(&kept.target) {
        let staged = kept.target.0.get(&slot);
        let is_there = target.0.get(&slot) == staged || !landed.0.is_empty() && landed.0.get(&slot) == staged;
        // A place in a list is no value that anybody relies on, and a check over a name that two columns have says nothing
        // definite.
        let is_exempt = slot.1 == "rank" || staged.is_some_and(Value::is_vague);
        if !is_there && !about.contains(&slot) && !is_exempt {
            return Err(format!("a staged edit is lost: {slot:?} was {staged:?}, is {:?}", target.0.get(&slot)));
        }
    }
    let open = |schema: &Schema| edit::still_open(&kept.held, schema);
    // What was held to be made may be staged again together with what was held to be changed in it.
    let (now, mut together) = (Facts::of(editor.target()), Facts::default());
    kept.held.iter().for_each(|edit| together.write(edit));
    let is_made = |edit: &Edit| {
        let slots = Facts::about(edit);
        matches!(edit, Edit::Create(_)) && slots.iter().all(|slot| now.0.get(slot) == together.0.get(slot))
    };
    let (in_target, in_base) = (open(editor.target()), open(editor.base()));
    for edit in &kept.held {
        if !held.contains(edit) && in_target.contains(edit) && in_base.contains(edit) && !is_made(edit) {
            return Err(format!("a held edit is lost: {edit:?}"));
        }
    }
    Ok(())
}
