//! Going back along the log of revisions.

use crate::{Edit, EditError, apply};
use schema::{ObjectId, Schema};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The schema as it was before revisions that led to `head`. `since` holds their edits, oldest first, as the log does.
///
/// # Errors
/// When they do not lead to `head`.
pub fn rewind(head: &Schema, since: &[Vec<Edit>]) -> Result<Schema, EditError> {
    let mut schema = head.clone();
    for edit in since.iter().rev().flat_map(|edits| edits.iter().rev()) {
        apply(&mut schema, &edit.invert())?;
    }
    Ok(schema)
}

/// How many objects a list of edits adds, changes and removes. A new or removed table stands for all that is in it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Tally {
    /// New objects.
    pub added: usize,
    /// Objects that stay and change.
    pub changed: usize,
    /// Objects that go.
    pub removed: usize,
}

impl Tally {
    /// Counts what the edits do, as the items of a list of changes would be counted.
    pub fn of(edits: &[Edit]) -> Self {
        let mut kinds: BTreeMap<ObjectId, [bool; 2]> = BTreeMap::new();
        for edit in edits {
            let [creates, drops] = kinds.entry(edit.object()).or_default();
            match edit {
                Edit::Create(_) => *creates = true,
                Edit::Drop(_) => *drops = true,
                Edit::Alter { .. } => (*creates, *drops) = (true, true),
            }
        }
        let count = |wanted: [bool; 2]| kinds.values().filter(|kind| **kind == wanted).count();
        Self { added: count([true, false]), changed: count([true, true]), removed: count([false, true]) }
    }

    /// `3 added, 1 changed`; what there is none of is not mentioned.
    pub fn in_words(self) -> String {
        let parts = [(self.added, "added"), (self.changed, "changed"), (self.removed, "removed")];
        let words: Vec<String> =
            parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
        if words.is_empty() { "no change".to_owned() } else { words.join(", ") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{PendingChanges, diff};
    use schema::testing::schema_from;

    /// Counts what leads from one schema to the other, in words.
    fn check(base: &str, target: &str, expect: &str) {
        let (base, target) = (schema_from(base), schema_from(target));
        let edits = diff(&base, &target);
        let tally = Tally::of(&edits);
        assert_eq!(tally.in_words(), expect);
        let items = PendingChanges::between(&base, &target).len();
        assert_eq!(tally.added + tally.changed + tally.removed, items, "counted as the list of changes counts");
        assert_eq!(rewind(&target, &[edits]), Ok(base));
    }

    #[test]
    fn changes_are_counted_by_object() {
        check("a\n  id integer\n", "a\n  id integer\n", "no change");
        check("a\n  id integer\n", "a\n  id bigint!\nb\n  id integer\n  x text\n", "1 added, 1 changed");
        check("a\n  id integer\nb\n  id integer\n  x text\n", "a\n  id integer\n  x text\n", "1 added, 1 removed");
    }

    #[test]
    fn a_log_that_leads_elsewhere_is_refused() {
        let (a, b) = (schema_from("a\n  id integer\n"), schema_from("b\n  id integer\n"));
        let log = [diff(&schema_from(""), &b)];
        assert!(rewind(&a, &log).is_err());
    }
}
