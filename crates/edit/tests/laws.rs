//! Laws that edits, differences and pending changes keep for any pair of schemas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails loudly"
)]

use edit::{Edit, PendingChanges, apply_all, diff, drop_edits, rebase, rewind};
use proptest::prelude::*;
use proptest::sample::Index;
use schema::testing::arbitrary_schema;
use schema::{ObjectId, Schema, validate};
use std::collections::BTreeSet;

fn applied(base: &Schema, edits: &[Edit]) -> Schema {
    let mut schema = base.clone();
    apply_all(&mut schema, edits).expect("the edits were made for this base");
    schema
}

fn chosen(pending: &PendingChanges, picks: &[Index]) -> BTreeSet<ObjectId> {
    let all: Vec<ObjectId> = pending.items().map(|item| item.object).collect();
    if all.is_empty() { BTreeSet::new() } else { picks.iter().map(|pick| *pick.get(&all)).collect() }
}

/// The object itself, or nothing: what drops it drops it last.
fn found(schema: &Schema, object: ObjectId) -> Option<Edit> {
    drop_edits(schema, object).pop()
}

/// Whether the object stands in the schema as the edit, and those after it that lead to `mine`, leave it.
fn is_done(schema: &Schema, edit: &Edit, mine: &Schema) -> bool {
    match edit {
        Edit::Create(object) | Edit::Drop(object) => found(schema, object.id()) == found(mine, object.id()),
        Edit::Alter { object, to, .. } => {
            let nothing = Edit::Alter { object: *object, from: to.clone(), to: to.clone() };
            apply_all(&mut schema.clone(), [&nothing]).is_ok()
        }
    }
}

proptest! {
    #[test]
    fn a_difference_leads_from_one_to_the_other(a in arbitrary_schema(), b in arbitrary_schema()) {
        prop_assert_eq!(applied(&a, &diff(&a, &b)), b.clone());
        prop_assert_eq!(diff(&b, &b), vec![]);
    }

    #[test]
    fn applying_and_inverting_is_nothing(a in arbitrary_schema(), b in arbitrary_schema()) {
        let edits = diff(&a, &b);
        let back: Vec<_> = edits.iter().rev().map(Edit::invert).collect();
        prop_assert_eq!(applied(&b, &back), a);
    }

    /// Any state of a log can be had back from its head, and the log replayed from the first state leads to the head.
    #[test]
    fn a_log_leads_to_any_of_its_states(states in prop::collection::vec(arbitrary_schema(), 1..6)) {
        let log: Vec<Vec<Edit>> = states.windows(2).map(|pair| diff(&pair[0], &pair[1])).collect();
        let head = states.last().unwrap();
        for (number, state) in states.iter().enumerate() {
            prop_assert_eq!(&rewind(head, &log[number..]).unwrap(), state);
        }
        let mut replayed = rewind(head, &log).unwrap();
        for edits in &log {
            replayed = applied(&replayed, edits);
        }
        prop_assert_eq!(&replayed, head);
    }

    #[test]
    fn edits_survive_storage(a in arbitrary_schema(), b in arbitrary_schema()) {
        let edits = diff(&a, &b);
        let stored = serde_json::to_string(&edits).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<Edit>>(&stored).unwrap(), edits);
    }

    #[test]
    fn discarding_everything_gives_the_base(a in arbitrary_schema(), b in arbitrary_schema()) {
        let pending = PendingChanges::between(&a, &b);
        let all = pending.items().map(|item| item.object).collect();
        let edits = pending.discard(&a, &b, &all).unwrap();
        prop_assert_eq!(applied(&b, &edits), a);
    }

    #[test]
    fn discarding_some_keeps_the_rest(
        a in arbitrary_schema(), b in arbitrary_schema(), picks in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        let pending = PendingChanges::between(&a, &b);
        let gone = pending.with_dependants(&chosen(&pending, &picks));
        let rest = applied(&b, &pending.discard(&a, &b, &gone).unwrap());
        let left: BTreeSet<ObjectId> = PendingChanges::between(&a, &rest).items().map(|item| item.object).collect();
        let expected = pending.items().map(|item| item.object).filter(|object| !gone.contains(object)).collect();
        prop_assert_eq!(left, expected);
        let findings = validate(&rest);
        prop_assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn what_is_chosen_with_its_needs_is_valid(
        a in arbitrary_schema(), b in arbitrary_schema(), picks in prop::collection::vec(any::<Index>(), 1..4),
    ) {
        let pending = PendingChanges::between(&a, &b);
        let chosen = pending.with_needs(&chosen(&pending, &picks));
        let part = applied(&a, &pending.edits_of(&chosen));
        let findings = validate(&part);
        prop_assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn rebasing_on_the_same_base_changes_nothing(a in arbitrary_schema(), b in arbitrary_schema()) {
        let rebased = rebase(&diff(&a, &b), &a);
        prop_assert_eq!(rebased.target, b);
        prop_assert!(rebased.clashes.is_empty());
    }

    #[test]
    fn rebasing_on_a_stranger_loses_nothing(
        a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema(),
    ) {
        let edits = diff(&a, &b);
        let rebased = rebase(&edits, &c);
        let mine: BTreeSet<ObjectId> = edits.iter().map(Edit::object).collect();
        for object in rebased.clashes.keys() {
            prop_assert!(mine.contains(object));
        }
        for edit in edits.iter().filter(|edit| !rebased.clashes.contains_key(&edit.object())) {
            prop_assert!(is_done(&rebased.target, edit, &b), "{edit:?}");
        }
    }
}
