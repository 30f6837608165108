//! What a single act may do: what was asked for, no more and no less, and how undo takes it back.

use crate::client::{Kept, is_excused};
use crate::oracle::{Facts, Slot, Value};
use crate::script::Act;
use edit::{Conflict, Edit};
use editor::{Change as Ask, Decision, Editor, Effect, Input};
use schema::ObjectId;
use std::collections::{BTreeMap, BTreeSet};

/// What one step of undo takes back: the values as they were before and after it, and the held edits that it decided.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    values: BTreeMap<Slot, (Option<Value>, Option<Value>)>,
    settled: Vec<Edit>,
}

impl Change {
    fn between(before: &Kept, after: &Kept) -> Self {
        let value = |facts: &Facts, slot: &Slot| facts.0.get(slot).cloned();
        let slots = before.target.differences(&after.target).into_iter();
        Self {
            values: slots.map(|slot| (slot, (value(&before.target, &slot), value(&after.target, &slot)))).collect(),
            settled: before.held.iter().filter(|edit| !after.held.contains(edit)).cloned().collect(),
        }
    }
}

/// The steps that can be undone and made again, as they were when they were made; none where two devices met.
#[derive(Debug, Clone, Default)]
pub(crate) struct Steps {
    done: Vec<Option<Change>>,
    undone: Vec<Option<Change>>,
    /// Whether there may be more that can be made again.
    may_be_more: bool,
}

impl Steps {
    /// As many as the editor has, with nothing known about them.
    pub(crate) fn unknown(editor: &Editor) -> Self {
        Self { done: vec![None; editor.history().mark()], undone: Vec::new(), may_be_more: true }
    }
}

pub(crate) fn check_act(
    (act, input): (Act, &Input),
    (was, before): (&Editor, &Kept),
    (is, after): (&Editor, &Kept),
    effects: &[Effect],
    steps: &mut Steps,
) -> Result<(), String> {
    let has_failed = effects.iter().any(|effect| matches!(effect, Effect::Announce(said) if said.is_failure));
    match act {
        Act::Undo => return undone(before, after, steps, has_failed),
        Act::Redo => return redone(before, after, steps, has_failed),
        _ => {}
    }
    match input {
        Input::Discard(objects) => discarded(was, before, after, objects)?,
        Input::DiscardAll if before.base != after.target || !after.held.is_empty() => {
            return Err("not all was discarded".to_owned());
        }
        Input::Resolve(conflict, decision) => resolved(was, before, after, (conflict, decision), has_failed)?,
        Input::Change(Ask::Rename(..)) => renamed(before, after)?,
        Input::Restore { schema, .. } => restored(before, after, &Facts::of(schema).meant())?,
        _ if !matches!(input, Input::DiscardAll) && before.held != after.held => {
            return Err(format!("{act:?} has decided something"));
        }
        _ => {}
    }
    if is.history().mark() > was.history().mark() {
        steps.done.push(Some(Change::between(before, after)));
        steps.undone.clear();
        steps.may_be_more = false;
    } else if before.target != after.target || before.held != after.held {
        return Err(format!("{act:?} cannot be undone"));
    }
    Ok(())
}

/// A renamed column means the same wherever it is mentioned.
fn renamed(before: &Kept, after: &Kept) -> Result<(), String> {
    let is_vague =
        |slot: &Slot| [before, after].iter().any(|kept| kept.target.0.get(slot).is_some_and(Value::is_vague));
    match before.target.differences(&after.target).into_iter().find(|slot| slot.1 != "name" && !is_vague(slot)) {
        Some(slot) => Err(format!("a rename has changed {slot:?} to {:?}", after.target.0.get(&slot))),
        None if before.held == after.held => Ok(()),
        None => Err("a rename has decided something".to_owned()),
    }
}

fn undone(before: &Kept, after: &Kept, steps: &mut Steps, has_failed: bool) -> Result<(), String> {
    let Some(step) = steps.done.pop() else { return nothing_happened(before, after) };
    let result = match &step {
        Some(step) if !has_failed => {
            if let Some(edit) = step.settled.iter().find(|edit| !after.held.contains(edit)) {
                return Err(format!("undo has not raised {edit:?}"));
            }
            became(before, after, step.values.iter().map(|(slot, (from, _))| (*slot, from)))
        }
        Some(_) => nothing_happened(before, after),
        None => Ok(()),
    };
    steps.undone.push(step);
    result
}

fn redone(before: &Kept, after: &Kept, steps: &mut Steps, has_failed: bool) -> Result<(), String> {
    let Some(step) = steps.undone.pop() else {
        if steps.may_be_more {
            steps.done.push(None);
            return Ok(());
        }
        return nothing_happened(before, after);
    };
    let result = match &step {
        Some(step) if !has_failed => became(before, after, step.values.iter().map(|(slot, (_, to))| (*slot, to))),
        Some(_) => nothing_happened(before, after),
        None => Ok(()),
    };
    steps.done.push(step);
    result
}

fn nothing_happened(before: &Kept, after: &Kept) -> Result<(), String> {
    if before.target == after.target && before.held == after.held {
        return Ok(());
    }
    Err("undone or made again although there is nothing to".to_owned())
}

/// Whether these values came to be those, and no others changed. What a check says may follow its columns.
fn became<'a>(
    before: &Kept,
    after: &Kept,
    values: impl Iterator<Item = (Slot, &'a Option<Value>)>,
) -> Result<(), String> {
    let mut expected = before.target.clone();
    for (slot, value) in values {
        match value {
            Some(value) => expected.0.insert(slot, value.clone()),
            None => expected.0.remove(&slot),
        };
    }
    let is_wrong = |slot: &Slot| {
        let (is, was) = (after.target.0.get(slot), expected.0.get(slot));
        !(slot.1 == "expression" && is.is_some() && was.is_some())
    };
    match expected.differences(&after.target).into_iter().find(is_wrong) {
        Some(slot) => {
            let (is, should) = (after.target.0.get(&slot), expected.0.get(&slot));
            Err(format!("undo or redo made {slot:?} {is:?} and not {should:?}"))
        }
        None => Ok(()),
    }
}

/// Only what was chosen goes, with what needs it, and all of that.
fn discarded(was: &Editor, before: &Kept, after: &Kept, objects: &BTreeSet<ObjectId>) -> Result<(), String> {
    let gone = was.pending().with_dependants(objects);
    let is_of = |objects: &BTreeSet<ObjectId>, object: ObjectId| {
        objects.contains(&object) || object.table().is_some_and(|table| objects.contains(&ObjectId::Table(table)))
    };
    for slot in before.target.differences(&after.target) {
        // Columns that come back may be what such a check is about again.
        if is_excused(&slot, before.target.0.get(&slot), &after.target) {
            continue;
        }
        if after.target.0.get(&slot) != before.base.0.get(&slot) || !is_of(&gone, slot.0) {
            return Err(format!("discarding {objects:?} has changed {slot:?}"));
        }
    }
    let is_left = |slot: &Slot| objects.contains(&slot.0) && !after.unclear.contains(slot);
    if let Some(slot) = after.base.differences(&after.target).into_iter().find(is_left) {
        return Err(format!("{slot:?} is not discarded"));
    }
    let given_up = was.conflicts().iter().filter(|conflict| objects.contains(&conflict.object));
    let given_up: Vec<&Edit> = given_up.flat_map(|it| it.edits.iter().chain(&it.waiting)).collect();
    match before.held.iter().find(|edit| !after.held.contains(edit) && !given_up.contains(edit)) {
        Some(edit) => Err(format!("discarding {objects:?} has given up {edit:?}")),
        None => Ok(()),
    }
}

/// A decision settles its conflict and no other. What was taken stands there; what waited for it does or is still held.
fn resolved(
    was: &Editor,
    before: &Kept,
    after: &Kept,
    (conflict, decision): (&Conflict, &Decision),
    has_failed: bool,
) -> Result<(), String> {
    let all: Vec<&Edit> = conflict.edits.iter().chain(&conflict.waiting).collect();
    if let Some(edit) = before.held.iter().find(|edit| !after.held.contains(edit) && !all.contains(edit)) {
        return Err(format!("a decision about {:?} has settled {edit:?}", conflict.object));
    }
    if has_failed {
        return if *decision == Decision::Theirs || was.can_take_mine(conflict) {
            Err(format!("cannot be decided for {decision:?}: {conflict:?}"))
        } else {
            nothing_happened(before, after)
        };
    }
    if let Some(edit) = conflict.edits.iter().find(|edit| after.held.contains(edit)) {
        return Err(format!("{edit:?} is held after it was decided for {decision:?}"));
    }
    if *decision == Decision::Theirs {
        return if before.target == after.target { Ok(()) } else { Err("a give-up has changed something".to_owned()) };
    }
    let mut asked = after.target.clone();
    let settled: Vec<&Edit> = all.into_iter().filter(|edit| !after.held.contains(edit)).collect();
    settled.iter().for_each(|edit| asked.write(edit));
    let about: BTreeSet<Slot> = settled.iter().flat_map(|edit| Facts::about(edit)).collect();
    let is_renamed = matches!(decision, Decision::MineAs(_));
    let is_wrong = |slot: &Slot| about.contains(slot) && slot.1 != "expression" && !(is_renamed && slot.1 == "name");
    match after.target.differences(&asked).into_iter().find(is_wrong) {
        Some(slot) => Err(format!(
            "{decision:?} of {:?} left {slot:?} at {:?}, not {:?}",
            conflict.kind,
            after.target.0.get(&slot),
            asked.0.get(&slot)
        )),
        None => Ok(()),
    }
}

/// What comes is what that revision had, and what is staged stays.
fn restored(before: &Kept, after: &Kept, earlier: &Facts) -> Result<(), String> {
    for slot in before.target.differences(&after.target) {
        let (was, is) = (before.target.0.get(&slot), after.target.0.get(&slot));
        if [was, is].into_iter().flatten().any(Value::is_vague) {
            continue;
        }
        if is != earlier.0.get(&slot) {
            return Err(format!("a restore made {slot:?} {is:?}, and that revision had {:?}", earlier.0.get(&slot)));
        }
        if was != before.base.0.get(&slot) && slot.1 != "rank" {
            return Err(format!("a restore has overwritten {slot:?}, staged as {was:?}, by {is:?}"));
        }
    }
    if before.held == after.held { Ok(()) } else { Err("a restore has decided something".to_owned()) }
}
