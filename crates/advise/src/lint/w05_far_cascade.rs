//! W05: deletions that reach far.

use super::facts::Facts;
use super::graph::groups;
use super::{Finding, Rule, Severity};
use schema::{ObjectId, Reference, ReferentialAction, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// From how many tables down, or how many in all, it is a warning.
const FAR: (usize, usize) = (4, 11);

pub(super) const RULE: Rule = Rule {
    id: "W05",
    title: "Deletions that reach far",
    why: "ON DELETE CASCADE goes on from table to table, so that deleting one row can delete rows that nobody thought \
          of. It is told of the table where it begins, from the second table down; from the fourth down, or for more \
          than ten tables, it is a warning. Where that is not meant, let one reference on the way refuse.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id int primary key);
             create table orders (id int primary key, user_id int references users on delete cascade);
             create table items (id int primary key, order_id int references orders on delete cascade);
             create index on orders (user_id); create index on items (order_id);"],
        spares: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users on delete cascade);
             create table items (id int primary key, order_id int references orders on delete restrict);
             create index on orders (user_id); create index on items (order_id);",
            "create table parts (id int primary key, whole_id int references parts on delete cascade);
             create index on parts (whole_id);",
        ],
    },
};

fn cascades(reference: &Reference) -> bool {
    reference.on_delete == ReferentialAction::Cascade
}

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let groups = groups(facts, cascades);
    let mut group_of: BTreeMap<TableId, usize> = BTreeMap::new();
    for (at, group) in groups.iter().enumerate() {
        group_of.extend(group.iter().map(|table| (*table, at)));
    }
    // How many groups down it goes at most, and by which reference. A group comes behind all that it leads to.
    let mut ways: Vec<(usize, Option<&Reference>)> = Vec::with_capacity(groups.len());
    let mut is_below: BTreeSet<usize> = BTreeSet::new();
    for (at, group) in groups.iter().enumerate() {
        let mut best: (usize, Option<&Reference>) = (0, None);
        for reference in group.iter().flat_map(|table| facts.deleted_by(*table)) {
            let Some(next) = group_of.get(&reference.referencing).filter(|next| **next != at) else { continue };
            is_below.insert(*next);
            let depth = ways.get(*next).map_or(0, |(depth, _)| depth + 1);
            if depth > best.0 {
                best = (depth, Some(reference));
            }
        }
        ways.push(best);
    }
    let mut found = Vec::new();
    for table in &facts.tables {
        let Some(at) = group_of.get(&table.id).filter(|at| !is_below.contains(at)) else { continue };
        let is_first = groups.get(*at).and_then(|group| group.first()) == Some(&table.id);
        let depth = ways.get(*at).map_or(0, |(depth, _)| *depth);
        if is_first && depth > 1 {
            found.push(told(facts, table.id, depth, &way(&ways, &group_of, *at)));
        }
    }
    found
}

/// The references of the longest way down.
fn way<'a>(
    ways: &[(usize, Option<&'a Reference>)],
    group_of: &BTreeMap<TableId, usize>,
    from: usize,
) -> Vec<&'a Reference> {
    let step = |at: &usize| {
        let next = ways.get(*at)?.1?;
        group_of.get(&next.referencing).copied()
    };
    let groups = std::iter::successors(Some(from), step);
    groups.filter_map(|at| ways.get(at)?.1).collect()
}

fn told(facts: &Facts<'_>, table: TableId, depth: usize, way: &[&Reference]) -> Finding {
    let mut reached = BTreeSet::from([table]);
    let mut waiting = vec![table];
    while let Some(at) = waiting.pop() {
        waiting.extend(facts.deleted_by(at).map(|it| it.referencing).filter(|it| reached.insert(*it)));
    }
    let count = reached.len() - 1;
    let begin = way.first().map_or(table, |reference| reference.referenced);
    let path = std::iter::once(begin).chain(way.iter().map(|it| it.referencing));
    let path = shortened(path.map(|it| facts.name(it)).collect());
    let message = format!(
        "Deleting a row of {} can delete rows of {count} more tables, {depth} tables down ({}); let one of them refuse \
         if that is not meant",
        facts.name(table),
        path.join(" → ")
    );
    let objects = std::iter::once(ObjectId::Table(table)).chain(way.iter().map(|it| ObjectId::Reference(it.id)));
    let finding = RULE.found(objects.collect(), message, None);
    let is_far = depth >= FAR.0 || count >= FAR.1;
    Finding { severity: if is_far { Severity::Warning } else { Severity::Info }, ..finding }
}

/// A way of a few tables as it is, and a longer one without its middle.
fn shortened(mut path: Vec<String>) -> Vec<String> {
    if path.len() > 6 {
        path.splice(3..path.len() - 2, ["…".to_owned()]);
    }
    path
}
