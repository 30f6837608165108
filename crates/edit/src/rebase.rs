//! Carrying staged edits over to a newer committed schema.

use crate::{Edit, EditError, apply};
use schema::{ObjectId, Schema};
use std::collections::{BTreeMap, BTreeSet};

/// What became of staged edits on a newer base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// The newer base with everything that still fits applied.
    pub target: Schema,
    /// Edits that do not fit any more, by object; still to be decided by the person.
    pub clashes: BTreeMap<ObjectId, Vec<Edit>>,
}

/// Applies staged edits, in the order in which they apply to their old base, to a newer one.
///
/// The edits of one object stay together: they all fit, or all of them come back. What mentions an object that does
/// not fit does not fit either. Nothing is picked silently.
pub fn rebase(edits: &[Edit], newer: &Schema) -> Rebased {
    let mut unfit = BTreeSet::new();
    loop {
        let fit = edits.iter().filter(|edit| !unfit.contains(&edit.object()));
        match apply_until(newer, fit) {
            Ok(target) => {
                let mut clashes: BTreeMap<ObjectId, Vec<Edit>> = BTreeMap::new();
                for edit in edits.iter().filter(|edit| unfit.contains(&edit.object())) {
                    clashes.entry(edit.object()).or_default().push(edit.clone());
                }
                return Rebased { target, clashes };
            }
            Err(object) => {
                unfit.insert(object);
            }
        }
    }
}

/// All edits applied, or the object of the first that does not apply.
fn apply_until<'a>(newer: &Schema, edits: impl Iterator<Item = &'a Edit>) -> Result<Schema, ObjectId> {
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
