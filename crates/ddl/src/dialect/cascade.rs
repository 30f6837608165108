//! Which actions SQL Server takes: whatever is deleted or updated, no table may be reached in two ways.

use schema::TableId;
use std::collections::{BTreeMap, BTreeSet};

/// The references that act, from the referenced table to the referencing one.
#[derive(Debug, Default)]
pub(super) struct Cascades {
    next: BTreeMap<TableId, BTreeSet<TableId>>,
    before: BTreeMap<TableId, BTreeSet<TableId>>,
    /// Another table that hangs together with this one; none of its own for one that stands for all of them.
    together: BTreeMap<TableId, TableId>,
}

impl Cascades {
    /// Adds one, unless a table could be reached in two ways then.
    pub(super) fn allow(&mut self, from: TableId, to: TableId) -> bool {
        let (one, other) = (self.root(from), self.root(to));
        // Where nothing has led from here to there, in whatever direction, nothing can in two ways. Most end here.
        if one != other {
            self.together.insert(one, other);
        } else if self.would_be_second(from, to) {
            return false;
        }
        self.next.entry(from).or_default().insert(to);
        self.before.entry(to).or_default().insert(from);
        true
    }

    /// Whether anything that leads to the one table leads to the other already, or to what that leads to.
    fn would_be_second(&self, from: TableId, to: TableId) -> bool {
        let above = reached(&self.before, [from]);
        let below = reached(&self.next, [to]);
        below.contains(&from) || !reached(&self.next, above).is_disjoint(&below)
    }

    /// The table that stands for all that hang together with this one.
    fn root(&mut self, mut table: TableId) -> TableId {
        while let Some(next) = self.together.get(&table).copied() {
            if let Some(further) = self.together.get(&next).copied() {
                self.together.insert(table, further);
            }
            table = next;
        }
        table
    }
}

/// The tables and all that are reached from them.
fn reached(edges: &BTreeMap<TableId, BTreeSet<TableId>>, from: impl IntoIterator<Item = TableId>) -> BTreeSet<TableId> {
    let mut found = BTreeSet::from_iter(from);
    let mut waiting: Vec<TableId> = found.iter().copied().collect();
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
            (vec![(1, 3), (1, 4), (2, 3), (2, 4)], vec![true, true, true, true]),
            (vec![(3, 4), (2, 3), (1, 2), (1, 5), (5, 4)], vec![true, true, true, true, false]),
        ] {
            let mut cascades = Cascades::default();
            let table = TableId::from_u128;
            let found: Vec<bool> = edges.iter().map(|(from, to)| cascades.allow(table(*from), table(*to))).collect();
            assert_eq!(found, expect, "{edges:?}");
        }
    }
}
