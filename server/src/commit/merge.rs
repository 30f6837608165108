//! Edits that were made for one revision, on top of a later one.

use edit::{Attribute, Conflict, Edit, EditError, Landing, land};
use protocol::{CommitConflict, CommitOutcome, Refusal, RevisionNumber};
use schema::{Diagnostic, Schema};

use super::{limits, refused, refused_object};
use crate::error::Error;

/// How many conflicts and findings are told, and how much of each; the answer has to stay small.
const MAX_CONFLICTS: usize = 50;
const MAX_FINDINGS: usize = 50;
const MAX_WORDS: usize = 400;

/// A commit that fits the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// The schema that it leads to.
    pub(super) target: Schema,
    /// The edits from the head to it, in their one order.
    pub(super) edits: Vec<Edit>,
}

/// Puts `edits` on top of `schema`, the head, or says why that cannot be. `since` is what was committed after the
/// revision they were made for, oldest first.
///
/// # Errors
/// When the revisions do not lead to the head, which only a damaged store can cause.
pub(super) fn merge(
    schema: &Schema,
    head: RevisionNumber,
    since: &[Vec<Edit>],
    edits: &[Edit],
) -> Result<Result<Merged, CommitOutcome>, Error> {
    let landing = land(schema, since, edits)
        .map_err(|error| Error::Defect(format!("the revisions do not lead to the head: {error}")))?;
    Ok(match landing {
        Landing::Fits { edits, .. } if edits.is_empty() => {
            Err(refused("There is nothing to commit: the diagram is like this already."))
        }
        Landing::Fits { target, edits } => match limits::check_schema(&edits, &target) {
            None => Ok(Merged { target, edits }),
            Some(outcome) => Err(outcome),
        },
        Landing::Conflicts { conflicts, base, target } => Err(told(head, since, &conflicts, &base, &target)),
        Landing::Invalid(findings) => Err(invalid(findings)),
        Landing::Misfit { edit, error, at } => Err(misfit(&at, &edit, &error)),
    })
}

fn invalid(mut findings: Vec<Diagnostic>) -> CommitOutcome {
    findings.truncate(MAX_FINDINGS);
    let first = findings.first();
    CommitOutcome::Refused(Refusal {
        message: first.map(|finding| finding.message.clone()).unwrap_or_default(),
        object: first.map(|finding| finding.object),
        statement: None,
        postgres: None,
        findings,
    })
}

/// What has to be decided, as much of it as a person reads.
fn told(
    head: RevisionNumber,
    since: &[Vec<Edit>],
    conflicts: &[Conflict],
    base: &Schema,
    target: &Schema,
) -> CommitOutcome {
    let line = |conflict: &Conflict| {
        let mut words = conflict.words(target, base);
        words.waiting.truncate(MAX_CONFLICTS);
        for text in [&mut words.title, &mut words.reason, &mut words.base, &mut words.theirs, &mut words.mine] {
            shorten(text);
        }
        CommitConflict { words, revision: latest(head, since, conflict) }
    };
    CommitOutcome::Conflict {
        head,
        conflicts: conflicts.iter().take(MAX_CONFLICTS).map(line).collect(),
        more: conflicts.len().saturating_sub(MAX_CONFLICTS),
    }
}

fn shorten(text: &mut String) {
    if let Some((at, _)) = text.char_indices().nth(MAX_WORDS) {
        text.truncate(at);
        text.push('…');
    }
}

/// The latest revision that touched what the conflict is about.
fn latest(head: RevisionNumber, since: &[Vec<Edit>], conflict: &Conflict) -> Option<RevisionNumber> {
    let other = conflict.with();
    let touches = |edit: &Edit| {
        let object = edit.object();
        let is_subject = object == conflict.object
            || conflict.object.table().is_some_and(|table| {
                matches!(edit, Edit::Create(_) | Edit::Drop(_)) && object == schema::ObjectId::Table(table)
            });
        match edit {
            Edit::Alter { to: Attribute::Rank(_), .. } => false,
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => is_subject || Some(object) == other,
        }
    };
    let ago = since.iter().rev().position(|edits| edits.iter().any(touches))?;
    Some(head - RevisionNumber::try_from(ago).ok()?)
}

fn misfit(schema: &Schema, edit: &Edit, error: &EditError) -> CommitOutcome {
    let object = edit.object();
    let name = schema.label(object).unwrap_or_else(|| "an object".to_owned());
    let message = match error {
        EditError::Missing(missing) => match schema.label(*missing) {
            Some(missing) => format!("The edits to {name} do not fit: {missing} is missing."),
            None => format!("The edits to {name} need something that is not in the diagram."),
        },
        EditError::Exists(_) => format!("{name} is in the diagram already."),
        EditError::WrongBase(_) => format!("{name} is not what the edits were made for. Reload the diagram."),
        EditError::InUse { by, .. } => {
            format!("{name} cannot go as long as {} uses it.", schema.label(*by).unwrap_or_default())
        }
        EditError::NoSuchAttribute(_) => format!("{name} has no such attribute."),
    };
    refused_object(&message, object)
}

#[cfg(test)]
mod tests {
    use edit::apply_all;
    use schema::{Name, ObjectId, sample};

    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn rename(schema: &Schema, table: &str, to: &str) -> Edit {
        let table = schema.tables.values().find(|it| it.name.as_str() == table).unwrap();
        Edit::Alter {
            object: ObjectId::Table(table.id),
            from: Attribute::Name(table.name.clone()),
            to: Attribute::Name(name(to)),
        }
    }

    fn check(theirs: (&str, &str), mine: (&str, &str), expect: Result<(), [&str; 4]>) {
        let base = sample::shopflow();
        let theirs = vec![rename(&base, theirs.0, theirs.1)];
        let mine = vec![rename(&base, mine.0, mine.1)];
        let mut head = base.clone();
        apply_all(&mut head, &theirs).unwrap();
        match (merge(&head, 7, &[vec![], theirs, vec![]], &mine).unwrap(), expect) {
            (Ok(merged), Ok(())) => {
                let mut target = head.clone();
                apply_all(&mut target, &mine).unwrap();
                assert_eq!(merged, Merged { target, edits: mine });
            }
            (Err(CommitOutcome::Conflict { head: 7, conflicts, more: 0 }), Err(expect)) => {
                let [it] = conflicts.as_slice() else { panic!("{conflicts:?}") };
                let words = &it.words;
                assert_eq!([&words.reason, &words.base, &words.theirs, &words.mine].map(String::as_str), expect);
                assert_eq!(it.revision, Some(6));
            }
            (found, expect) => panic!("{found:?} instead of {expect:?}"),
        }
    }

    #[test]
    fn other_things_merge_and_the_same_thing_is_a_conflict() {
        check(("users", "people"), ("orders", "purchases"), Ok(()));
        check(("users", "people"), ("users", "humans"), Err(["Both changed the name", "users", "people", "humans"]));
        check(
            ("users", "people"),
            ("orders", "people"),
            Err([
                "The name people is taken",
                "the name was free",
                "it belongs to Table people",
                "renamed from orders to people",
            ]),
        );
    }

    #[test]
    fn edits_for_something_else_do_not_fit() {
        let base = sample::shopflow();
        let mut edit = rename(&base, "users", "people");
        if let Edit::Alter { from, .. } = &mut edit {
            *from = Attribute::Name(name("humans"));
        }
        let refused = merge(&base, 0, &[], &[edit]).unwrap();
        assert!(matches!(&refused, Err(CommitOutcome::Refused(refusal)) if refusal.object.is_some()), "{refused:?}");
    }
}
