//! One person at one browser: what they do there, what they have seen, and what must not be lost of it.

use crate::acts::{Steps, check_act};
use crate::oracle::{Facts, Slot, Value};
use crate::script::Act;
use crate::server::{Outcome, Request};
use edit::{Edit, Object};
use editor::{Editor, Effect, Input};
use schema::{Code, ObjectId, Schema};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

pub(crate) struct Client {
    /// None while the page loads.
    pub(crate) editor: Option<Editor>,
    /// What the browser keeps: the draft, and the commit that is on its way.
    pub(crate) stored: Option<Stored>,
    pub(crate) sent: Option<Request>,
    /// The answer is known, and the state that it led to is still to be fetched.
    pub(crate) landed: Option<i64>,
    /// Everything staged and held before the page went away.
    pub(crate) lost_sight_of: Option<Kept>,
    pub(crate) seen: i64,
    pub(crate) touches: Touches,
    pub(crate) steps: Steps,
    pub(crate) is_cut_off: bool,
    pub(crate) told: BTreeMap<Uuid, Outcome>,
}

/// A draft as the browser keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) text: String,
    sequence: u64,
    pub(crate) steps: Steps,
}

impl Stored {
    pub(crate) fn of(editor: &Editor, steps: &Steps) -> Self {
        let draft = editor.draft();
        Self { text: draft.to_json().unwrap(), sequence: draft.sequence, steps: steps.clone() }
    }
}

impl Client {
    pub(crate) fn new(editor: Editor) -> Self {
        Self {
            editor: Some(editor),
            stored: None,
            sent: None,
            landed: None,
            lost_sight_of: None,
            seen: 0,
            touches: Touches::default(),
            steps: Steps::default(),
            is_cut_off: false,
            told: BTreeMap::new(),
        }
    }

    /// Stores what the editor asks to have stored. What is newer must count as newer.
    pub(crate) fn obey(&mut self, effects: &[Effect]) -> Result<(), String> {
        let Some(editor) = self.editor.as_ref().filter(|_| effects.contains(&Effect::StoreDraft)) else {
            return Ok(());
        };
        let next = Stored::of(editor, &self.steps);
        if let Some(last) = self.stored.as_ref().filter(|last| last.sequence >= next.sequence) {
            return Err(format!("the draft {} is to be replaced by {}", last.sequence, next.sequence));
        }
        self.stored = Some(next);
        Ok(())
    }
}

/// What a person has changed, and what they saw as they did.
#[derive(Debug, Default)]
pub(crate) struct Touches {
    pub(crate) count: u64,
    /// The revisions that were open when the person touched a value, and the values that were to be seen: the committed
    /// one, and what a commit on its way makes of it.
    list: BTreeMap<Slot, Vec<Touch>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Touch {
    number: u64,
    revision: i64,
    value: Option<Value>,
}

impl Touches {
    fn add(&mut self, editor: &Editor, sent: Option<&Request>, slots: Vec<Slot>) {
        let base = Facts::of(editor.base()).meant();
        // Who undoes a value while the commit of it is on its way changes what they are saving, and not what is committed
        // yet. Until the answer is there, the revision stays open that the commit was made for.
        let mut saved = base.clone();
        if let Some(request) = sent {
            saved.write_all(&request.edits, editor.base());
        }
        self.count += 1;
        for slot in slots {
            let seen = [&base, &saved].map(|facts| facts.0.get(&slot).cloned());
            let touch = |value| Touch { number: self.count, revision: editor.base_revision(), value };
            self.list.entry(slot).or_default().extend(seen.map(touch));
        }
    }

    /// Whether the person had seen what they overwrite with the request: what was written in that revision, or the very
    /// value, which may have gone and come back since, and with it the change.
    pub(crate) fn saw(&self, request: &Request, slot: &Slot, written: i64, value: Option<&Value>) -> bool {
        let before = self.list.get(slot).into_iter().flatten().filter(|touch| touch.number <= request.n_touches);
        before.into_iter().any(|touch| touch.revision >= written || touch.value.as_ref() == value)
    }

    /// What was seen before a commit says nothing about what is changed after it, unless it is still held.
    pub(crate) fn forget(&mut self, request: &Request, held: &BTreeSet<Slot>) {
        for slot in request.edits.iter().flat_map(Facts::about).filter(|slot| !held.contains(slot)) {
            if let Some(list) = self.list.get_mut(&slot) {
                list.retain(|touch| touch.number > request.n_touches);
            }
        }
    }

    pub(crate) fn of(&self, slot: &Slot) -> &[Touch] {
        self.list.get(slot).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Hands the editor what the person does, notes what they touched, and looks whether it did that and no more.
pub(crate) fn act(
    editor: &mut Editor,
    (act, input): (Act, Input),
    (touches, steps, sent): (&mut Touches, &mut Steps, Option<&Request>),
) -> Result<Vec<Effect>, String> {
    let (before, was) = (Kept::of(editor), editor.clone());
    let effects = editor.handle(input.clone());
    let after = Kept::of(editor);
    check_act((act, &input), (&was, &before), (editor, &after), &effects, steps)?;
    touches.add(editor, sent, before.target.differences(&after.target));
    Ok(effects)
}

/// What must not be lost: staged values, and what is held.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) base: Facts,
    pub(crate) target: Facts,
    pub(crate) held: Vec<Edit>,
    findings: BTreeSet<(Code, ObjectId)>,
    /// Checks in the words of the base, whatever columns have their names for now.
    pub(crate) unworded: BTreeSet<Slot>,
    /// Those of them with a name that two columns have. Nobody has changed them.
    unclear: BTreeSet<Slot>,
}

impl Kept {
    pub(crate) fn of(editor: &Editor) -> Self {
        let (base, target) = (Facts::of(editor.base()), Facts::of(editor.target()));
        let meant = target.meant();
        let is_check = |slot: &Slot| matches!(slot, (ObjectId::Check(..), "expression"));
        let is_vague = |slot: &Slot| meant.0.get(slot).is_some_and(Value::is_vague);
        let unworded = target.0.iter().filter(|(slot, it)| is_check(slot) && base.0.get(slot) == Some(it));
        let unworded: BTreeSet<Slot> = unworded.map(|(slot, _)| *slot).collect();
        Self {
            unclear: unworded.iter().copied().filter(is_vague).collect(),
            unworded,
            base: base.meant(),
            target: meant,
            held: editor.draft().clashing,
            findings: editor.findings().iter().map(|finding| (finding.code, finding.object)).collect(),
        }
    }

    /// The values that are staged.
    pub(crate) fn staged(&self) -> BTreeSet<Slot> {
        self.base.differences(&self.target).into_iter().filter(|slot| !self.unclear.contains(slot)).collect()
    }

    /// The values that held edits are about.
    pub(crate) fn held_slots(&self) -> BTreeSet<Slot> {
        self.held.iter().flat_map(Facts::about).collect()
    }

    /// The held edits that are neither held there any more nor done.
    pub(crate) fn lost<'a>(&'a self, held: &[Edit], editor: &Editor) -> Option<&'a Edit> {
        let open = |schema: &Schema| edit::still_open(&self.held, schema);
        // What was held to be made may be staged again together with what was held to be changed in it.
        let (now, mut together) = (Facts::of(editor.target()), Facts::default());
        self.held.iter().for_each(|edit| together.write(edit));
        let (in_target, in_base) = (open(editor.target()), open(editor.base()));
        let is_made = |edit: &Edit| {
            let slots = Facts::about(edit);
            match edit {
                Edit::Create(_) => slots.iter().all(|slot| now.0.get(slot) == together.0.get(slot)),
                // And what was held to be changed twice leads to the last value, or goes.
                Edit::Alter { object, .. } => {
                    let changes = |other: &&Edit| match other {
                        Edit::Alter { .. } => Facts::about(other) == slots,
                        Edit::Drop(it) => it.id() == *object,
                        Edit::Create(_) => false,
                    };
                    self.held.iter().rev().find(changes).is_some_and(|last| !in_target.contains(last))
                }
                Edit::Drop(_) => false,
            }
        };
        let is_held = |edit: &Edit| {
            held.iter().any(|other| other == edit || makes_all_of(other, edit) || drops_all_of(other, edit))
        };
        let is_lost =
            |edit: &&Edit| !is_held(edit) && in_target.contains(edit) && in_base.contains(edit) && !is_made(edit);
        self.held.iter().find(is_lost)
    }
}

/// Whether what is made is made with all that was to be in it. Checks follow columns that are renamed.
fn makes_all_of(made: &Edit, edit: &Edit) -> bool {
    if !matches!((made, edit), (Edit::Create(made), Edit::Create(it)) if made.id() == it.id()) {
        return false;
    }
    let [made, asked] = [made, edit].map(|edit| {
        let mut facts = Facts::default();
        facts.write(edit);
        facts
    });
    asked.0.iter().all(|(slot, value)| made.0.get(slot).is_some_and(|it| slot.1 == "expression" || it == value))
}

/// Whether what is dropped takes along what was to be dropped of it.
fn drops_all_of(dropped: &Edit, edit: &Edit) -> bool {
    match (dropped, edit) {
        (Edit::Drop(Object::Table(table)), Edit::Drop(it)) => it.id().table() == Some(table.id),
        _ => false,
    }
}

/// Whether the value may stand for what was staged. A place among other columns is nothing that anybody stands by once the
/// column is gone, and a check over a name that two columns have, then or now, says nothing definite, but is there.
pub(crate) fn is_excused(slot: &Slot, staged: Option<&Value>, target: &Facts) -> bool {
    let now = target.0.get(slot);
    slot.1 == "rank" && now.is_none() || now.is_some() && [staged, now].into_iter().flatten().any(Value::is_vague)
}

/// Every staged value must still be staged, committed or held; and so must all that was held. What this client's own
/// commit has brought home may have been changed by others since.
pub(crate) fn check_kept(kept: &Kept, landed: &Facts, client: &Client) -> Result<(), String> {
    let Some(editor) = &client.editor else { return Ok(()) };
    let now = Kept::of(editor);
    let about = now.held_slots();
    for slot in kept.staged() {
        let staged = kept.target.0.get(&slot);
        let is_there = now.target.0.get(&slot) == staged || !landed.0.is_empty() && landed.0.get(&slot) == staged;
        // Where the own commit landed, others had taken the column away, and its place among others with it.
        let was_gone = slot.1 == "rank" && !landed.0.is_empty() && !landed.0.contains_key(&slot);
        if !is_there && !was_gone && !about.contains(&slot) && !is_excused(&slot, staged, &now.target) {
            return Err(format!("a staged edit is lost: {slot:?} was {staged:?}, is {:?}", now.target.0.get(&slot)));
        }
    }
    if let Some(edit) = kept.lost(&now.held, editor) {
        return Err(format!("a held edit is lost: {edit:?}"));
    }
    Ok(())
}

/// What goes wrong only together with what others did is held back; what was wrong before may stay.
pub(crate) fn check_findings(kept: &Kept, editor: &Editor) -> Result<(), String> {
    match Kept::of(editor).findings.iter().find(|finding| !kept.findings.contains(finding)) {
        Some(finding) => Err(format!("wrong only together with what others did, and not held back: {finding:?}")),
        None => Ok(()),
    }
}
