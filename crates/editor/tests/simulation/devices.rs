//! One person at two devices, which hear of each other: what was done at either is staged then, or to be decided.

use crate::acts::Steps;
use crate::client::{Kept, Stored, act, is_excused};
use crate::oracle::{Facts, Slot};
use crate::script::{Dice, alone, input};
use crate::server::Outcome;
use crate::world::World;
use editor::{Decision, Draft, Editor, Input};
use schema::ObjectId;
use std::collections::BTreeSet;

impl World {
    /// The person goes on at another device, comes back to this one, and then this one hears of the other.
    pub(crate) fn meet(&mut self, at: usize, dice: &mut Dice) -> Result<(), String> {
        let client = &self.clients[at];
        let Some(editor) = client.editor.as_ref().filter(|_| client.sent.is_none()) else { return Ok(()) };
        let (agreed, known) = (editor.draft(), Kept::of(editor));
        let opened = self.server.document(editor.base_revision());
        let mut steps = Steps::unknown(editor);
        let seed = self.seed();
        let mut other = Editor::open(opened, Some(read(&agreed)), seed);
        let (mut brought, mut decided) = (Facts::default(), BTreeSet::new());
        for _ in 0..=dice.below(4) {
            match dice.below(8) {
                0 => self.newest(&mut other),
                1 => brought = self.commit_at_other(at, &mut other)?.unwrap_or(brought),
                _ => decided.extend(self.act_at(at, dice, (&mut other, &mut steps))?),
            }
        }
        let mut editor = self.clients[at].editor.take().unwrap();
        let mut steps = std::mem::take(&mut self.clients[at].steps);
        for _ in 0..dice.below(4) {
            if dice.below(8) == 0 {
                self.newest(&mut editor);
            } else {
                decided.extend(self.act_at(at, dice, (&mut editor, &mut steps))?);
            }
        }
        if other.draft().knows(&agreed) {
            self.stats.meetings += 1;
            let (mine, theirs) = (Kept::of(&editor), Kept::of(&other));
            editor = self.join(&editor, &read(&other.draft()), &agreed)?;
            steps = Steps::unknown(&editor);
            check_joined(&known, (&mine, &theirs), (&brought, &decided), &editor)?;
        }
        let client = &mut self.clients[at];
        client.stored = Some(Stored::of(&editor, &steps));
        (client.editor, client.steps) = (Some(editor), steps);
        Ok(())
    }

    /// What it has decided for what was staged, if anything.
    fn act_at(
        &mut self,
        at: usize,
        dice: &mut Dice,
        of: (&mut Editor, &mut Steps),
    ) -> Result<Option<ObjectId>, String> {
        let (editor, steps) = of;
        let kind = alone(dice);
        let Some(input) = input(kind, dice, editor, &self.server.states) else { return Ok(None) };
        let decided = match &input {
            Input::Resolve(conflict, decision) if *decision != Decision::Theirs => Some(conflict.object),
            _ => None,
        };
        act(editor, (kind, input), (&mut self.clients[at].touches, steps, None))?;
        Ok(decided)
    }

    fn newest(&self, editor: &mut Editor) {
        editor.handle(Input::Newer(self.server.document(self.server.revision())));
    }

    /// What the commit has led to, when it has landed.
    fn commit_at_other(&mut self, at: usize, other: &mut Editor) -> Result<Option<Facts>, String> {
        let all = other.pending().items().map(|item| item.object).collect();
        let Some(body) = other.commit_body(&all).ok().filter(|_| other.findings().is_empty()) else { return Ok(None) };
        if body.edits.is_empty() || !body.findings.is_empty() {
            return Ok(None);
        }
        let request = self.request(at, other.commit_id(), body)?;
        let Outcome::Committed(revision) = self.land(at, &request)? else { return Ok(None) };
        let is_next = revision == request.base + 1;
        let known = if is_next { revision } else { request.base };
        other.handle(Input::Committed { revision: known, edits: request.edits });
        if !is_next {
            self.newest(other);
        }
        Ok(self.server.state(revision).map(|state| Facts::of(state).meant()))
    }

    /// As the browser does it: on the revision that is open here, or on the newest one if theirs is later than that.
    fn join(&mut self, editor: &Editor, theirs: &Draft, agreed: &Draft) -> Result<Editor, String> {
        let (mine, base, revision) = (editor.draft(), editor.base(), editor.base_revision());
        if theirs.base_revision > revision {
            let newest = self.server.document(self.server.revision());
            let draft = if (&mine.edits, &mine.clashing) == (&agreed.edits, &agreed.clashing) {
                theirs.clone()
            } else {
                mine.join(theirs.clone(), agreed, base, (&newest.schema, newest.revision)).draft
            };
            let seed = self.seed();
            return Ok(Editor::open(newest, Some(read(&draft)), seed));
        }
        let joined = mine.join(theirs.clone(), agreed, base, (base, revision)).draft;
        let (mut editor, sequence) = (editor.clone(), joined.sequence);
        editor.handle(Input::Shared(read(&joined)));
        if editor.sequence() != sequence || sequence <= theirs.sequence {
            return Err("a joined draft does not count as newer".to_owned());
        }
        Ok(editor)
    }
}

/// The draft as it is read again from where it was stored.
fn read(draft: &Draft) -> Draft {
    Draft::from_json(&draft.to_json().unwrap()).unwrap()
}

/// `known` is what both knew. What either staged is staged, or held, or was changed at the other one alone; and what was taken
/// back at one of them does not come back, unless the other one has decided for it meanwhile.
fn check_joined(
    known: &Kept,
    (mine, theirs): (&Kept, &Kept),
    (brought, decided): (&Facts, &BTreeSet<ObjectId>),
    editor: &Editor,
) -> Result<(), String> {
    let now = Kept::of(editor);
    let about = now.held_slots();
    for (one, other, who) in [(mine, theirs, "here"), (theirs, mine, "there")] {
        let (was, both) = (known.staged(), one.staged());
        let held = one.held_slots();
        for slot in was.union(&both).filter(|slot| !held.contains(*slot)) {
            let [know, have, they, is, base] =
                [&known.target, &one.target, &other.target, &now.target, &now.base].map(|facts| facts.0.get(slot));
            let is_changed_there = have == know && (is == they || they != know);
            let is_taken_back = !both.contains(slot) && (is == base || they != know);
            let is_committed = !brought.0.is_empty() && brought.0.get(slot) == have;
            // The later of two places stands.
            let is_moved = slot.1 == "rank" && is == they;
            let with_table = [Some(slot.0), slot.0.table().map(ObjectId::Table)];
            let is_decided = with_table.iter().flatten().any(|object| decided.contains(object)) && is == they;
            let is_fine = is == have
                || is_moved
                || is_changed_there
                || is_taken_back
                || is_committed
                || is_decided
                || about.contains(slot);
            if !is_fine && !is_excused(slot, have, &now.target) {
                return Err(format!("{slot:?} was {know:?}, {have:?} {who} and {they:?} elsewhere; is {is:?}"));
            }
        }
        // Of what both knew, staged or held, the other one may have taken it back or decided it.
        let is_taken_back = |slot: &Slot| was.contains(slot) && other.target.0.get(slot) != known.target.0.get(slot);
        let mut undecided = one.clone();
        undecided.held.retain(|edit| match known.held.contains(edit) {
            true => other.held.contains(edit),
            false => !Facts::about(edit).iter().any(is_taken_back),
        });
        if let Some(edit) = undecided.lost(&now.held, editor) {
            return Err(format!("held {who} and lost: {edit:?}"));
        }
    }
    Ok(())
}
