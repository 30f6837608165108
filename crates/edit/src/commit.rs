//! Putting edits that were made for one revision on top of a later one, for browser and server alike.

use crate::{Conflict, Edit, EditError, apply, conflicts, diff, merge, rewind};
use schema::{Diagnostic, Schema, validate_change};
use std::borrow::Cow;

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
        base: Box<Schema>,
        /// The head with all else.
        target: Box<Schema>,
    },
    /// The edits would not be valid by themselves either.
    Invalid(Vec<Diagnostic>),
    /// The edits do not apply to the revision that they claim to be made for.
    Misfit {
        /// The first that does not.
        edit: Box<Edit>,
        /// Why not.
        error: EditError,
        /// The schema that it was to apply to.
        at: Box<Schema>,
    },
}

/// Lands `edits` on `head`. `since` is what was committed after the revision that they were made for, oldest first.
/// Heads are valid, as only what is valid is committed.
///
/// # Errors
/// When the revisions do not lead to the head, which only a damaged store can cause.
pub fn land(head: &Schema, since: &[Vec<Edit>], edits: &[Edit]) -> Result<Landing, EditError> {
    let base = if since.is_empty() { Cow::Borrowed(head) } else { Cow::Owned(rewind(head, since)?) };
    let mut mine = Schema::clone(&base);
    for edit in edits {
        if let Err(error) = apply(&mut mine, edit) {
            return Ok(Landing::Misfit { edit: Box::new(edit.clone()), error, at: Box::new(mine) });
        }
    }
    let findings = refused(validate_change(&base, &mine));
    if !findings.is_empty() {
        return Ok(Landing::Invalid(findings));
    }
    if since.is_empty() {
        let edits = diff(head, &mine);
        return Ok(Landing::Fits { target: mine, edits });
    }
    let merged = merge(&base, &diff(&base, &mine), head, &[]);
    if !merged.held.is_empty() {
        let conflicts = conflicts(&merged.held, &merged.target);
        let (base, target) = (Box::new(base.into_owned()), Box::new(merged.target));
        return Ok(Landing::Conflicts { conflicts, base, target });
    }
    let findings = refused(validate_change(head, &merged.target));
    if !findings.is_empty() {
        return Ok(Landing::Invalid(findings));
    }
    let edits = diff(head, &merged.target);
    Ok(Landing::Fits { target: merged.target, edits })
}

fn refused(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.retain(|finding| finding.code.is_refused());
    findings
}
