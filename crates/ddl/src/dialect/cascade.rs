//! Which actions SQL Server takes: whatever is deleted or updated, no table may be reached in two ways.

use schema::TableId;
use std::collections::{BTreeMap, BTreeSet};

/// The references that act, from the referenced table to the referencing one.
#[derive(Debug, Default)]
pub(super) struct Cascades {
    next: BTreeMap<TableId, BTreeSet<TableId>>,
    before: BTreeMap<TableId, BTreeSet<TableId>>,
}

impl Cascades {
    /// Adds one, unless a table could be reached in two ways then.
    pub(super) fn allow(&mut self, from: TableId, to: TableId) -> bool {
        let (above, below) = (reached(&self.before, from), reached(&self.next, to));
        let is_circle = below.contains(&from);
        let is_second_way = above.iter().any(|start| !reached(&self.next, *start).is_disjoint(&below));
        if is_circle || is_second_way {
            return false;
        }
        self.next.entry(from).or_default().insert(to);
        self.before.entry(to).or_default().insert(from);
        true
    }
}

/// The table and all that are reached from it.
fn reached(edges: &BTreeMap<TableId, BTreeSet<TableId>>, from: TableId) -> BTreeSet<TableId> {
    let mut found = BTreeSet::from([from]);
    let mut waiting = vec![from];
    while let Some(at) = waiting.pop() {
        for next in edges.get(&at).into_iter().flatten() {
            if found.insert(*next) {
                waiting.push(*next);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_is_reached_in_two_ways() {
        for (edges, expect) in [
            (vec![(1, 1)], vec![false]),
            (vec![(1, 2), (2, 1)], vec![true, false]),
            (vec![(1, 2), (1, 2)], vec![true, false]),
            (vec![(1, 2), (3, 2)], vec![true, true]),
            (vec![(1, 2), (2, 3), (1, 3)], vec![true, true, false]),
            (vec![(1, 2), (3, 4), (2, 4), (1, 3)], vec![true, true, true, false]),
            (vec![(1, 2), (2, 3), (3, 4), (4, 1)], vec![true, true, true, false]),
        ] {
            let mut cascades = Cascades::default();
            let table = TableId::from_u128;
            let found: Vec<bool> = edges.iter().map(|(from, to)| cascades.allow(table(*from), table(*to))).collect();
            assert_eq!(found, expect, "{edges:?}");
        }
    }
}
