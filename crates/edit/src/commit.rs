//! Putting edits that were made for one revision on top of a later one, for browser and server alike.

use crate::{Conflict, Edit, EditError, apply, apply_all, conflicts, diff, merge, rewind};
use schema::{Diagnostic, Schema, validate};

/// What becomes of a commit on top of the head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Landing {
    /// It fits.
    Fits {
        /// The schema that it leads to.
        target: Schema,
        /// The edits from the head to it, in their one order.
        edits: Vec<Edit>,
    },
    /// What others committed meanwhile stands against some of it.
    Conflicts {
        /// What has to be decided.
        conflicts: Vec<Conflict>,
        /// The revision that the edits were made for.
        base: Schema,
        /// The head with all else.
        target: Schema,
    },
    /// The edits would not be valid by themselves either.
    Invalid(Vec<Diagnostic>),
    /// The edits do not apply to the revision that they claim to be made for.
    Misfit {
        /// The first that does not.
        edit: Edit,
        /// Why not.
        error: EditError,
        /// The schema that it was to apply to.
        at: Schema,
    },
}

/// Lands `edits` on `head`. `since` is what was committed after the revision that they were made for, oldest first.
///
/// # Errors
/// When the revisions do not lead to the head, which only a damaged store can cause.
pub fn land(head: &Schema, since: &[Vec<Edit>], edits: &[Edit]) -> Result<Landing, EditError> {
    let base = rewind(head, since)?;
    let mut mine = base.clone();
    for edit in edits {
        if let Err(error) = apply(&mut mine, edit) {
            return Ok(Landing::Misfit { edit: edit.clone(), error, at: mine });
        }
    }
    if since.is_empty() {
        return landed(head, mine);
    }
    let findings = validate(&mine);
    if !findings.is_empty() {
        return Ok(Landing::Invalid(findings));
    }
    let merged = merge(&base, &diff(&base, &mine), head, &[]);
    if merged.held.is_empty() {
        return landed(head, merged.target);
    }
    let conflicts = conflicts(&merged.held, &merged.target);
    Ok(Landing::Conflicts { conflicts, base, target: merged.target })
}

fn landed(head: &Schema, target: Schema) -> Result<Landing, EditError> {
    let findings = validate(&target);
    if !findings.is_empty() {
        return Ok(Landing::Invalid(findings));
    }
    let edits = diff(head, &target);
    // That a difference leads where it should is a law with a test; a revision is worth asking once more.
    apply_all(&mut head.clone(), &edits)?;
    Ok(Landing::Fits { target, edits })
}
