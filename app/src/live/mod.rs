//! Following what others do. A line to the server tells that something is new; what is new is asked for, by number, so
//! that nothing depends on the line: without it, the page asks now and then.

mod banner;
mod people;
mod words;

pub use banner::Ended;
pub use people::{OfflineWords, People};

use crate::{
    access, backup,
    platform::{
        dom::{self, Listener},
        socket::{Heard, Socket},
    },
    rpc,
    workbench::Workbench,
};
use editor::{Announcement, Document, Editor, Input};
use leptos::{prelude::*, task::spawn_local};
use protocol::{CallError, Changes, CommittedRevision, Farewell, Known, LayoutNumber, LiveMessage, LiveRequest};
use std::time::Duration;
use words::{Saved, saved};

/// How long to wait before another try to reach the server; doubled each time up to the second.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(15);
/// The server says something every ten seconds; a line that was silent for so long is dead.
const SILENCE: f64 = 30_000.0;
/// How often that is looked at.
const WATCH: Duration = Duration::from_secs(10);
/// A line that is alive answers within this time.
const ANSWER: Duration = Duration::from_secs(5);
/// That others have saved is said no more often than this.
const SAY_AGAIN: f64 = 2_000.0;

/// How the page stands with the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// The server is there, as far as the page knows.
    Up,
    /// The server cannot be reached.
    Away,
    /// The diagram is not to be had any more.
    Ended(Ending),
}

/// Why a diagram is not to be had any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Somebody has deleted it.
    Deleted,
    /// They may not see it any more.
    Revoked,
    /// Their session has ended.
    SignedOut,
    /// One of these; the server does not say which.
    Missing,
}

/// What a page knows of the server.
#[derive(Debug)]
struct Follower {
    socket: Option<Socket>,
    /// Counts up with every line and every plan for one, so that what was planned before is known to be over.
    turn: u64,
    /// How many lines ended before they brought anything.
    n_failures: u32,
    heard_at: f64,
    /// When the server said that it would be back.
    back_after: Option<Duration>,
    /// The last change of places that is shown here.
    layout: LayoutNumber,
    /// What the server told of.
    told: Known,
    /// There may be news that have no number.
    must_ask: bool,
    is_asking: bool,
    was_greeted: bool,
    /// What others saved and nobody was told of yet, and when somebody was told last.
    unsaid: Vec<Saved>,
    said_at: f64,
}

/// The handle to what follows the server, for as long as the page lives.
#[derive(Clone, Copy)]
struct Line {
    bench: Workbench,
    follower: StoredValue<Follower, LocalStorage>,
}

/// Follows the server from now on. To be called where an effect may be, once the staged edits have been read.
pub fn follow(bench: Workbench, layout: LayoutNumber) {
    let revision = bench.peek(Editor::base_revision);
    let line = Line {
        bench,
        follower: StoredValue::new_local(Follower {
            socket: None,
            turn: 0,
            n_failures: 0,
            heard_at: now(),
            back_after: None,
            layout,
            told: Known { revision, layout },
            must_ask: false,
            is_asking: false,
            was_greeted: false,
            unsaid: Vec::new(),
            said_at: f64::NEG_INFINITY,
        }),
    };
    line.watch();
    let window = dom::window();
    let listeners = StoredValue::new_local(vec![
        Listener::new(&window, "online", move |_: web_sys::Event| line.look_again()),
        Listener::new(&window, "pageshow", move |_: web_sys::Event| line.look_again()),
        Listener::new(&window, "offline", move |_: web_sys::Event| line.lost()),
        Listener::new(&dom::document(), "visibilitychange", move |_: web_sys::Event| {
            if dom::document().visibility_state() == web_sys::VisibilityState::Visible {
                line.look_again();
            }
        }),
    ]);
    // A commit of one's own is told of by the line too, often before it is answered; its answer comes first.
    Effect::new(move || {
        bench.commit.track();
        line.catch_up();
    });
    Effect::new(move || match bench.link.get() {
        Link::Up => line.connect(),
        Link::Away => {}
        Link::Ended(_) => line.hang_up(),
    });
    on_cleanup(move || {
        listeners.dispose();
        line.follower.dispose();
    });
}

fn now() -> f64 {
    js_sys::Date::now()
}

/// The pause before the next try: longer each time, and not the same for everybody.
fn pause(n_failures: u32, random: f64) -> Duration {
    let doubled = FIRST_PAUSE * 2_u32.saturating_pow(n_failures.saturating_sub(1).min(10));
    doubled.min(LONGEST_PAUSE).mul_f64(0.5 + random / 2.0)
}

impl Line {
    fn update<T>(self, update: impl FnOnce(&mut Follower) -> T) -> Option<T> {
        self.follower.try_update_value(update)
    }

    fn has_ended(self) -> bool {
        !self.bench.is_alive() || matches!(self.bench.link.get_untracked(), Link::Ended(_))
    }

    /// Whether a commit has no definite answer yet: what is new may be the commit itself.
    fn is_committing(self) -> bool {
        self.bench.in_flight.try_with_value(Option::is_some).unwrap_or(true)
    }

    /// Opens a line, unless there is one.
    fn connect(self) {
        if self.has_ended() {
            return;
        }
        let begun = self.update(|it| {
            it.turn += u64::from(it.socket.is_none());
            it.socket.is_none().then_some(it.turn)
        });
        let Some(Some(turn)) = begun else { return };
        let path = format!("/api/v1/diagrams/{}/live", self.bench.diagram);
        let socket = Socket::open(&path, move |heard| {
            if self.follower.try_with_value(|it| it.turn) == Some(turn) {
                self.heard(heard);
            }
        });
        match socket {
            Some(socket) => {
                self.update(|it| it.socket = Some(socket));
            }
            None => self.lost(),
        }
    }

    fn heard(self, heard: Heard) {
        match heard {
            Heard::Text(text) => {
                self.update(|it| it.heard_at = now());
                // A newer server may speak of more.
                if let Ok(message) = serde_json::from_str(&text) {
                    self.take(message);
                }
            }
            Heard::Closed(code) => match Farewell::from_code(code) {
                Some(Farewell::Deleted) => access::end(self.bench, Ending::Deleted),
                Some(Farewell::Revoked) => access::end(self.bench, Ending::Revoked),
                // Another tab may have begun the next session already, as a new password does.
                Some(
                    Farewell::SignedOut
                    | Farewell::Malformed
                    | Farewell::Stopping
                    | Farewell::TooSlow
                    | Farewell::TooMany,
                )
                | None => self.lost(),
            },
        }
    }

    fn take(self, message: LiveMessage) {
        match message {
            LiveMessage::Hello { head, layout, name, you } => {
                let is_back = self.update(|it| {
                    it.n_failures = 0;
                    it.back_after = None;
                    it.told = Known { revision: head, layout };
                    it.must_ask |= it.was_greeted;
                    std::mem::replace(&mut it.was_greeted, true)
                });
                self.bench.you.set(Some(you));
                if you != self.bench.person {
                    spawn_local(access::after_sign_in(self.bench));
                }
                self.rename(name);
                self.is_up();
                self.catch_up();
                if is_back == Some(true) {
                    backup::look(self.bench);
                }
            }
            LiveMessage::Revision { number } => {
                self.update(|it| it.told.revision = it.told.revision.max(number));
                self.catch_up();
            }
            LiveMessage::Layout { number } => {
                self.update(|it| it.told.layout = it.told.layout.max(number));
                self.catch_up();
            }
            LiveMessage::Renamed { name } => self.rename(name),
            LiveMessage::Rights => {
                self.update(|it| it.must_ask = true);
                self.catch_up();
            }
            LiveMessage::Draft { sequence } => backup::told(self.bench, sequence),
            LiveMessage::Presence { people } => self.bench.people.set(people),
            // What could not be asked before is asked again.
            LiveMessage::Beat => self.catch_up(),
            LiveMessage::Goodbye { retry_after_ms } => {
                self.update(|it| it.back_after = Some(Duration::from_millis(retry_after_ms)));
            }
        }
    }

    fn rename(self, name: String) {
        if self.bench.name.get_untracked() != name {
            self.bench.name.set(name);
        }
    }

    fn is_up(self) {
        if self.bench.link.get_untracked() == Link::Away {
            self.bench.link.set(Link::Up);
            self.bench.announce(Announcement::note("Back online"));
        }
        self.bench.send_places_again();
    }

    fn is_away(self) {
        if self.bench.link.get_untracked() == Link::Up {
            self.bench.link.set(Link::Away);
            self.bench.speak("Offline: the server cannot be reached".to_owned());
        }
    }

    fn hang_up(self) {
        self.update(|it| {
            it.turn += 1;
            it.socket = None;
        });
        self.bench.people.set(Vec::new());
    }

    /// The line has ended. Another one is tried after a pause, and until there is one the page asks without.
    fn lost(self) {
        let random = js_sys::Math::random();
        let planned = self.update(|it| {
            it.turn += 1;
            it.socket = None;
            it.n_failures += 1;
            let after = it.back_after.take().unwrap_or_else(|| pause(it.n_failures, random));
            (it.turn, after, it.n_failures)
        });
        let Some((turn, after, n_failures)) = planned.filter(|_| !self.has_ended()) else { return };
        self.bench.people.set(Vec::new());
        set_timeout(
            move || {
                if self.follower.try_with_value(|it| it.turn) == Some(turn) {
                    self.connect();
                }
            },
            after,
        );
        // The first time it may be a server that makes way for another.
        if n_failures > 1 {
            self.ask();
        }
    }

    /// Looks whether the line that there is still is one; a page that slept or was without a network may not know.
    fn look_again(self) {
        let Some(has_line) = self.update(|it| it.socket.is_some()) else { return };
        if !has_line {
            return self.connect();
        }
        let asked_at = now();
        if let Ok(beat) = serde_json::to_string(&LiveRequest::Beat) {
            self.follower.with_value(|it| it.socket.iter().for_each(|socket| socket.say(&beat)));
        }
        set_timeout(
            move || {
                let is_dead = self.follower.try_with_value(|it| it.socket.is_some() && it.heard_at < asked_at);
                if is_dead == Some(true) {
                    self.lost();
                }
            },
            ANSWER,
        );
    }

    /// Notices a line that has died without a word.
    fn watch(self) {
        set_timeout(
            move || {
                let is_dead = self.follower.try_with_value(|it| it.socket.is_some() && now() - it.heard_at > SILENCE);
                match is_dead {
                    Some(true) => self.lost(),
                    Some(false) => {}
                    None => return,
                }
                self.watch();
            },
            WATCH,
        );
    }

    /// Asks for what was told and is not here.
    fn catch_up(self) {
        let revision = self.bench.peek(Editor::base_revision);
        let lacks = |it: &Follower| it.must_ask || it.told.revision > revision || it.told.layout > it.layout;
        if self.follower.try_with_value(lacks) == Some(true) {
            self.ask();
        }
    }

    /// Asks for what is not here, one question at a time.
    fn ask(self) {
        if self.has_ended() || self.is_committing() {
            return;
        }
        let begins = self.update(|it| !std::mem::replace(&mut it.is_asking, true));
        if begins == Some(true) {
            spawn_local(async move {
                let is_answered = self.ask_once().await;
                self.update(|it| it.is_asking = false);
                if is_answered && self.bench.is_alive() {
                    // More may have been told meanwhile.
                    self.catch_up();
                }
            });
        }
    }

    /// True when there was an answer.
    async fn ask_once(self) -> bool {
        let bench = self.bench;
        let begun = self.update(|it| {
            it.must_ask = false;
            (it.layout, it.told.revision)
        });
        let Some((layout, told)) = begun else { return false };
        let known = Known { revision: bench.peek(Editor::base_revision), layout };
        bench.moved_since.set_value(Default::default());
        let answer = rpc::changes_since(bench.diagram, known).await;
        if self.has_ended() {
            return false;
        }
        let changes = match answer {
            Ok(changes) => changes,
            Err(error) => {
                self.update(|it| it.must_ask = true);
                self.fail(&error).await;
                return false;
            }
        };
        self.is_up();
        access::grant(bench, changes.may_edit, changes.may_share);
        self.update(|it| {
            // What was told while the answer was on its way may be newer than it.
            let revision = if it.told.revision == told { changes.head } else { it.told.revision.max(changes.head) };
            it.told = Known { revision, layout: it.told.layout.max(changes.layout) };
        });
        let is_overtaken = bench.peek(Editor::base_revision) != known.revision;
        if self.is_committing() {
            return false;
        }
        is_overtaken || self.show(changes).await
    }

    async fn fail(self, error: &CallError) {
        match error {
            // What came of it is seen on the page.
            CallError::NotFound => {
                access::look_into(self.bench).await;
            }
            CallError::Unavailable | CallError::Transport(_) => self.is_away(),
            CallError::Invalid(_) | CallError::Field { .. } | CallError::TooMany { .. } | CallError::Internal => {}
        }
    }

    /// False when it could not be shown.
    async fn show(self, changes: Changes) -> bool {
        let bench = self.bench;
        let Changes { head, revisions, layout, placements, .. } = changes;
        let revisions = revisions.unwrap_or_default();
        let schema = bench.peek(|editor| {
            let mut schema = editor.base().clone();
            let fits = |revision: &CommittedRevision| edit::apply_all(&mut schema, &revision.edits).is_ok();
            let is_whole = revisions.iter().all(fits);
            let last = revisions.last().map_or(editor.base_revision(), |revision| revision.number);
            (is_whole && last == head).then_some(schema)
        });
        let placements = bench.without_own_moves(placements);
        match schema {
            Some(_) if revisions.is_empty() => bench.send(Input::Placed(placements)),
            Some(schema) => bench.send(Input::Newer(Document { revision: head, schema, placements })),
            // Too much to tell piece by piece.
            None => return self.open_again().await,
        }
        self.update(|it| it.layout = layout);
        self.say(revisions);
        true
    }

    async fn open_again(self) -> bool {
        let bench = self.bench;
        let opened = rpc::open_diagram(bench.diagram).await;
        if self.has_ended() || self.is_committing() {
            return false;
        }
        match opened {
            // The store was put back to an earlier state: only a reload can follow there.
            Ok(snapshot) if snapshot.revision < bench.peek(Editor::base_revision) => false,
            Ok(snapshot) => {
                let placements = bench.without_own_moves(snapshot.placements);
                let (revision, schema) = (snapshot.revision, snapshot.schema);
                bench.send(Input::Newer(Document { revision, schema, placements }));
                self.update(|it| it.layout = snapshot.layout);
                bench.announce(Announcement::note(format!("Others saved up to revision {revision}")));
                true
            }
            Err(error) => {
                self.fail(&error).await;
                false
            }
        }
    }

    /// Says who saved, now or, when that was said just now, in a moment and together.
    fn say(self, revisions: Vec<CommittedRevision>) {
        let wait = self.update(|it| {
            it.unsaid.extend(revisions.into_iter().map(|it| Saved { number: it.number, by: it.author }));
            let wait = it.said_at + SAY_AGAIN - now();
            (!it.unsaid.is_empty()).then_some(wait.max(0.0))
        });
        let Some(Some(wait)) = wait else { return };
        if wait > 0.0 {
            // What is said meanwhile has taken this along.
            set_timeout(move || self.say(Vec::new()), Duration::from_secs_f64(wait / 1000.0));
            return;
        }
        let words = self.update(|it| {
            it.said_at = now();
            saved(&std::mem::take(&mut it.unsaid))
        });
        if let Some(words) = words.filter(|_| self.bench.is_alive()) {
            self.bench.announce(Announcement::note(words));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_quarter_of_a_minute_and_differ() {
        let check = |n_failures, random, expect: u64| {
            assert_eq!(pause(n_failures, random).as_millis(), u128::from(expect), "{n_failures} {random}");
        };
        check(1, 1.0, 500);
        check(1, 0.0, 250);
        check(2, 1.0, 1000);
        check(5, 1.0, 8000);
        check(6, 1.0, 15_000);
        check(u32::MAX, 0.5, 11_250);
    }
}
