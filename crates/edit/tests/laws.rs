//! Laws that edits, differences and pending changes keep for any pair of schemas.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails loudly"
)]

use edit::{Attribute, Choice, Edit, PendingChanges, apply_all, conflicts, diff, drop_edits, merge, rebase, rewind};
use proptest::prelude::*;
use proptest::sample::Index;
use schema::testing::arbitrary_schema;
use schema::{ColumnId, ObjectId, Schema, validate};
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

/// The columns that a check means, which may have other names elsewhere.
fn meant(schema: &Schema, object: ObjectId) -> Option<BTreeSet<ColumnId>> {
    let ObjectId::Check(table, id) = object else { return None };
    let table = schema.table(table)?;
    let check = table.checks.iter().find(|check| check.id == id)?;
    Some(table.columns_of(&check.expression))
}

/// Whether the object stands in the schema as the edit, and those after it that lead to `mine`, leave it. A check may be
/// called otherwise when its name was changed by both.
fn is_done(schema: &Schema, edit: &Edit, mine: &Schema) -> bool {
    let is_about_meaning = !matches!(edit, Edit::Alter { to: Attribute::Name(_), .. });
    let means_the_same = meant(schema, edit.object()).is_some_and(|it| Some(it) == meant(mine, edit.object()));
    is_about_meaning && means_the_same
        || match edit {
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
        let edits = diff(&a, &b);
        for rebased in [rebase(&a, &edits, &a), merge(&a, &edits, &a, &[])] {
            prop_assert_eq!(&rebased.target, &b);
            prop_assert_eq!(rebased.held, vec![]);
        }
    }

    #[test]
    fn merging_with_a_stranger_loses_nothing(
        a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema(),
    ) {
        let edits = diff(&a, &b);
        let merged = merge(&a, &edits, &c, &[]);
        for edit in edits.iter().filter(|edit| !merged.held.contains(edit)) {
            let is_rank = matches!(edit, Edit::Alter { to: Attribute::Rank(_), .. });
            prop_assert!(is_rank || is_done(&merged.target, edit, &b), "{edit:?}");
        }
        let told: Vec<Edit> =
            conflicts(&merged.held, &merged.target).into_iter().flat_map(|it| [it.edits, it.waiting].concat()).collect();
        for edit in &merged.held {
            prop_assert!(told.contains(edit) || is_done(&merged.target, edit, &b), "{edit:?} is held and not told of");
        }
        let findings = validate(&merged.target);
        prop_assert!(findings.is_empty(), "{findings:?}");
    }

    #[test]
    fn what_one_changed_alone_is_as_that_one_left_it(
        a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema(),
    ) {
        let theirs = diff(&a, &c);
        let merged = merge(&a, &diff(&a, &b), &c, &[]);
        for edit in &theirs {
            let Edit::Alter { object, to, .. } = edit else { continue };
            if matches!(to, Attribute::Rank(_) | Attribute::Expression(_)) {
                continue;
            }
            if let Some(found) = Attribute::of(&merged.target, *object, to.field()) {
                prop_assert_eq!(&found, to, "their value is replaced at {:?}", object);
            }
        }
    }

    #[test]
    fn every_conflict_can_be_left_to_them(
        a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema(),
    ) {
        let merged = merge(&a, &diff(&a, &b), &c, &[]);
        let mut held = merged.held.clone();
        while let Some(conflict) = conflicts(&held, &merged.target).first() {
            let resolved = conflict.resolve(&Choice::Theirs, &merged.target, &a).unwrap();
            prop_assert!(resolved.edits.is_empty() && !resolved.settled.is_empty());
            held.retain(|edit| !resolved.settled.contains(edit));
        }
    }

    #[test]
    fn what_is_decided_for_mine_is_as_it_was_staged(
        a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema(),
    ) {
        let merged = merge(&a, &diff(&a, &b), &c, &[]);
        for conflict in conflicts(&merged.held, &merged.target) {
            let Ok(resolved) = conflict.resolve(&Choice::Mine, &merged.target, &a) else { continue };
            let after = applied(&merged.target, &resolved.edits);
            for edit in &conflict.edits {
                prop_assert!(is_done(&after, edit, &b), "{edit:?} of {conflict:?}");
            }
        }
    }

    /// Where nothing has to be decided, the order of two commits does not matter.
    #[test]
    fn who_commits_first_does_not_matter(a in arbitrary_schema(), b in arbitrary_schema(), c in arbitrary_schema()) {
        let (mine, theirs) = (diff(&a, &b), diff(&a, &c));
        let (one, other) = (merge(&a, &mine, &c, &[]), merge(&a, &theirs, &b, &[]));
        let is_free = |edits: &[Edit]| {
            !edits.iter().any(|edit| matches!(edit, Edit::Alter { to: Attribute::Rank(_), .. }))
        };
        if one.held.is_empty() && other.held.is_empty() && is_free(&mine) && is_free(&theirs) {
            prop_assert_eq!(one.target, other.target);
        }
    }
}
