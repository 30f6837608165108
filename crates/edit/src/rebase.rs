//! Carrying staged edits over to a newer committed schema.

use crate::{Edit, EditError, PendingChanges, PendingItem, apply};
use schema::{ObjectId, Schema};
use std::collections::BTreeSet;

/// What became of staged edits on a newer base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// The newer base with every item that still fits applied.
    pub target: Schema,
    /// Items that do not fit any more, with those that need them; still to be decided by the person.
    pub clashes: Vec<PendingItem>,
}

/// Applies what was pending between `base` and `target` to `newer` instead.
///
/// An item fits when each of its edits applies to what `newer` has. Nothing is picked silently: what does not fit
/// comes back.
pub fn rebase(base: &Schema, target: &Schema, newer: &Schema) -> Rebased {
    let pending = PendingChanges::between(base, target);
    let all: BTreeSet<ObjectId> = pending.items().map(|item| item.object).collect();
    let mut unfit = BTreeSet::new();
    loop {
        let fit: BTreeSet<ObjectId> = all.difference(&unfit).copied().collect();
        let edits = pending.edits_of(&fit);
        match apply_until(newer, &edits) {
            Ok(target) => {
                let clashes = pending.items().filter(|item| unfit.contains(&item.object)).cloned().collect();
                return Rebased { target, clashes };
            }
            Err(object) => unfit.extend(pending.with_dependants(&BTreeSet::from([object]))),
        }
    }
}

/// All edits applied, or the object of the first that does not apply.
fn apply_until(newer: &Schema, edits: &[Edit]) -> Result<Schema, ObjectId> {
    let mut target = newer.clone();
    for edit in edits {
        match apply(&mut target, edit) {
            Ok(()) => {}
            // They made the same change: nothing is left to do.
            Err(EditError::WrongBase(_)) if already(&target, edit) => {}
            Err(_) => return Err(edit.object()),
        }
    }
    Ok(target)
}

fn already(schema: &Schema, edit: &Edit) -> bool {
    let Edit::Alter { object, to, .. } = edit else { return false };
    let same = Edit::Alter { object: *object, from: to.clone(), to: to.clone() };
    apply(&mut schema.clone(), &same).is_ok()
}
