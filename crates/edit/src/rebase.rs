//! Carrying staged edits over to a newer committed schema.

use crate::drop::find;
use crate::{Edit, apply};
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

/// What people stage settles in two or three passes. More are only needed by edits that were made up to cost time.
const MAX_PASSES: usize = 32;

/// Applies staged edits, in the order in which they apply to their old base, to a newer one.
///
/// The edits of one object stay together: they all fit, or all of them come back. What mentions an object that does
/// not fit does not fit either. Nothing is picked silently.
pub fn rebase(edits: &[Edit], newer: &Schema) -> Rebased {
    // What they made as well, out of something else perhaps, is done.
    let last: BTreeMap<ObjectId, &Edit> = edits.iter().map(|edit| (edit.object(), edit)).collect();
    let is_done = |edit: &&Edit| match last.get(&edit.object()) {
        Some(Edit::Create(object)) => find(newer, object.id()).as_ref() == Some(object),
        Some(Edit::Drop(_) | Edit::Alter { .. }) | None => false,
    };
    let rest: Vec<Edit> = edits.iter().filter(|edit| !is_done(edit)).cloned().collect();
    let edits = rest.as_slice();
    let mut unfit = BTreeSet::new();
    for _ in 0..MAX_PASSES {
        let known = unfit.len();
        let target = pass(edits, newer, &mut unfit);
        // A pass that found another misfit may have applied earlier edits of that object.
        if unfit.len() == known {
            return Rebased { target, clashes: clashes(edits, &unfit) };
        }
    }
    unfit.extend(edits.iter().map(Edit::object));
    Rebased { target: newer.clone(), clashes: clashes(edits, &unfit) }
}

/// Applies the edits of all objects but those in `unfit`, to which it adds the objects whose edits do not apply.
fn pass(edits: &[Edit], newer: &Schema, unfit: &mut BTreeSet<ObjectId>) -> Schema {
    let mut target = newer.clone();
    for edit in edits {
        if unfit.contains(&edit.object()) {
            continue;
        }
        match apply(&mut target, edit) {
            Ok(()) => {}
            // They made the same change: nothing is left to do.
            Err(_) if already(&mut target, edit) => {}
            Err(_) => {
                unfit.insert(edit.object());
            }
        }
    }
    target
}

fn clashes(edits: &[Edit], unfit: &BTreeSet<ObjectId>) -> BTreeMap<ObjectId, Vec<Edit>> {
    let mut clashes: BTreeMap<ObjectId, Vec<Edit>> = BTreeMap::new();
    for edit in edits.iter().filter(|edit| unfit.contains(&edit.object())) {
        clashes.entry(edit.object()).or_default().push(edit.clone());
    }
    clashes
}

/// Whether the schema is what the edit would make it.
fn already(schema: &mut Schema, edit: &Edit) -> bool {
    match edit {
        Edit::Create(object) => find(schema, object.id()).as_ref() == Some(object),
        Edit::Drop(object) => find(schema, object.id()).is_none(),
        // Asks by an edit that changes nothing.
        Edit::Alter { object, to, .. } => {
            apply(schema, &Edit::Alter { object: *object, from: to.clone(), to: to.clone() }).is_ok()
        }
    }
}
