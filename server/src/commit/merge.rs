//! Edits that were made for one revision, on top of a later one.

use std::collections::BTreeSet;

use edit::{Edit, EditError, PendingChanges, apply, apply_all, diff, rebase, rewind};
use schema::{ObjectId, Schema};

use crate::error::Error;

/// A commit that fits the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Merged {
    /// The schema that it leads to.
    pub(super) target: Schema,
    /// The edits from the head to it, in their one order.
    pub(super) edits: Vec<Edit>,
}

/// What became of edits on top of the head.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Merge {
    Merged(Merged),
    /// Others changed the same objects meanwhile; in words.
    Clash(Vec<String>),
    /// The edits do not fit the revision that they claim to be made for.
    Misfit(ObjectId, String),
}

/// Puts `edits` on top of `head`. `since` is what was committed after the revision they were made for, oldest first.
///
/// # Errors
/// When the revisions do not lead to the head, which only a damaged store can cause.
pub(super) fn merge(head: &Schema, since: &[Vec<Edit>], edits: &[Edit]) -> Result<Merge, Error> {
    let base = rewind(head, since)
        .map_err(|error| Error::Defect(format!("the revisions do not lead to the head: {error}")))?;
    let mut mine = base.clone();
    for edit in edits {
        if let Err(error) = apply(&mut mine, edit) {
            return Ok(misfit(&mine, edit, &error));
        }
    }
    if since.is_empty() {
        return merged(head, mine);
    }
    let pending = PendingChanges::between(&base, &mine);
    let edits = diff(&base, &mine);
    let theirs: BTreeSet<ObjectId> = diff(&base, head).iter().map(Edit::object).collect();
    let rebased = rebase(&edits, head);
    let unfit = rebased.clashes.keys().copied();
    let clashing: BTreeSet<ObjectId> =
        unfit.chain(pending.items().map(|item| item.object).filter(|object| theirs.contains(object))).collect();
    if clashing.is_empty() {
        return merged(head, rebased.target);
    }
    let titles = clashing.iter().filter_map(|object| pending.item(*object)).map(|item| item.title.clone());
    Ok(Merge::Clash(titles.collect()))
}

fn merged(head: &Schema, target: Schema) -> Result<Merge, Error> {
    let edits = diff(head, &target);
    let mut reached = head.clone();
    match apply_all(&mut reached, &edits) {
        Ok(()) if reached == target => Ok(Merge::Merged(Merged { target, edits })),
        Ok(()) => Err(Error::Defect("a difference does not lead to its target".to_owned())),
        Err(error) => Err(Error::Defect(format!("a difference does not apply: {error}"))),
    }
}

fn misfit(schema: &Schema, edit: &Edit, error: &EditError) -> Merge {
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
    Merge::Misfit(object, message)
}

#[cfg(test)]
mod tests {
    use edit::Attribute;
    use schema::{Name, sample};

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

    fn check(theirs: (&str, &str), mine: (&str, &str), expect: Result<(), &[&str]>) {
        let base = sample::shopflow();
        let theirs = vec![rename(&base, theirs.0, theirs.1)];
        let mine = vec![rename(&base, mine.0, mine.1)];
        let mut head = base.clone();
        apply_all(&mut head, &theirs).unwrap();
        match (merge(&head, &[theirs], &mine).unwrap(), expect) {
            (Merge::Merged(merged), Ok(())) => {
                let mut target = head.clone();
                apply_all(&mut target, &mine).unwrap();
                assert_eq!(merged, Merged { target, edits: mine });
            }
            (Merge::Clash(clashes), Err(expect)) => assert_eq!(clashes, expect),
            (found, expect) => panic!("{found:?} instead of {expect:?}"),
        }
    }

    #[test]
    fn disjoint_edits_merge_and_others_clash() {
        check(("users", "people"), ("orders", "purchases"), Ok(()));
        check(("users", "people"), ("users", "humans"), Err(&["Table humans"]));
    }

    #[test]
    fn edits_for_something_else_do_not_fit() {
        let base = sample::shopflow();
        let mut edit = rename(&base, "users", "people");
        if let Edit::Alter { from, .. } = &mut edit {
            *from = Attribute::Name(name("humans"));
        }
        assert!(matches!(merge(&base, &[], &[edit]).unwrap(), Merge::Misfit(..)));
    }
}
