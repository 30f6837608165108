//! Which actions SQL Server takes: whatever is deleted or updated, no table may be reached in two ways.

use schema::TableId;
use std::collections::BTreeMap;

/// The references that act, from the referenced table to the referencing one.
#[derive(Debug, Default)]
pub(super) struct Cascades {
    numbers: BTreeMap<TableId, usize>,
    tables: Vec<Node>,
    /// Tables that have marks.
    marked: Vec<usize>,
}

/// A table, which others are known by as a number.
#[derive(Debug, Default)]
struct Node {
    next: Vec<usize>,
    before: Vec<usize>,
    /// Another table that hangs together with this one; its own number for one that stands for all of them.
    together: usize,
    marks: u8,
}

const ABOVE: u8 = 1;
const BELOW: u8 = 2;
const PASSED_DOWN: u8 = 4;
const PASSED_UP: u8 = 8;

/// A search from some tables on, for one with a mark.
struct Search {
    waiting: Vec<usize>,
    passed: u8,
    goal: u8,
    next: fn(&Node) -> &Vec<usize>,
}

impl Cascades {
    /// Adds one, unless a table could be reached in two ways then.
    pub(super) fn allow(&mut self, from: TableId, to: TableId) -> bool {
        let (from, to) = (self.number(from), self.number(to));
        let (one, other) = (self.root(from), self.root(to));
        // Where nothing has led from here to there, in whatever direction, nothing can in two ways. Most end here.
        if one != other {
            self.change(one, |node| node.together = other);
        } else if self.would_be_second(from, to) {
            return false;
        }
        self.change(from, |node| node.next.push(to));
        self.change(to, |node| node.before.push(from));
        true
    }

    fn change(&mut self, table: usize, change: impl FnOnce(&mut Node)) {
        if let Some(node) = self.tables.get_mut(table) {
            change(node);
        }
    }

    fn number(&mut self, table: TableId) -> usize {
        let next = self.tables.len();
        let number = *self.numbers.entry(table).or_insert(next);
        if number == next {
            self.tables.push(Node { together: next, ..Node::default() });
        }
        number
    }

    /// Whether anything that leads to the one table leads to the other already, or to what that leads to. It is looked for
    /// from both ends at once, and what takes less decides: below a table that everything hangs on is all there is, and
    /// above its last leaves is little.
    fn would_be_second(&mut self, from: usize, to: usize) -> bool {
        let above = self.mark(from, ABOVE, |node| &node.before);
        let below = self.mark(to, BELOW, |node| &node.next);
        let mut searches = [
            Search { waiting: above, passed: PASSED_DOWN, goal: BELOW, next: |node| &node.next },
            Search { waiting: below, passed: PASSED_UP, goal: ABOVE, next: |node| &node.before },
        ];
        let found = loop {
            let [down, up] = &mut searches;
            if let Some(found) = self.step(down).or_else(|| self.step(up)) {
                break found;
            }
        };
        for at in std::mem::take(&mut self.marked) {
            self.change(at, |node| node.marks = 0);
        }
        found
    }

    /// Marks a table and all that are reached from it.
    fn mark(&mut self, table: usize, mark: u8, next: fn(&Node) -> &Vec<usize>) -> Vec<usize> {
        let (mut found, mut waiting) = (Vec::new(), vec![table]);
        while let Some(at) = waiting.pop() {
            let Some(node) = self.tables.get_mut(at).filter(|node| node.marks & mark == 0) else { continue };
            node.marks |= mark;
            waiting.extend(next(node));
            found.push(at);
        }
        self.marked.extend(&found);
        found
    }

    /// Looks at one more table: true when it is what is looked for, false when there is none.
    fn step(&mut self, search: &mut Search) -> Option<bool> {
        let Some(at) = search.waiting.pop() else { return Some(false) };
        let node = self.tables.get_mut(at).filter(|node| node.marks & search.passed == 0)?;
        if node.marks & search.goal != 0 {
            return Some(true);
        }
        node.marks |= search.passed;
        search.waiting.extend((search.next)(node));
        self.marked.push(at);
        None
    }

    /// The table that stands for all that hang together with this one.
    fn root(&mut self, mut table: usize) -> usize {
        let above = |tables: &[Node], table: usize| tables.get(table).map_or(table, |node| node.together);
        loop {
            let next = above(&self.tables, table);
            if next == table {
                return table;
            }
            let further = above(&self.tables, next);
            self.change(table, |node| node.together = further);
            table = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    /// In how many ways each table is reached from each, as far as two are told from one.
    fn is_reached_once(edges: &[(u128, u128)], tables: u128) -> bool {
        (0..tables).all(|from| {
            let mut ways = vec![0_u8; usize::try_from(tables).unwrap()];
            let mut waiting = vec![from];
            // A way round would go on for ever, but comes to a table a second time first.
            while let Some(at) = waiting.pop() {
                let found = &mut ways[usize::try_from(at).unwrap()];
                *found += 1;
                if *found > 1 {
                    return false;
                }
                waiting.extend(edges.iter().filter(|(from, _)| *from == at).map(|(_, to)| *to));
            }
            true
        })
    }

    proptest! {
        #[test]
        fn an_action_is_taken_as_long_as_every_table_is_reached_once(
            edges in proptest::collection::vec((0_u128..9, 0_u128..9), 0..24),
        ) {
            let (mut cascades, mut taken) = (Cascades::default(), Vec::new());
            for (from, to) in edges {
                taken.push((from, to));
                let expect = is_reached_once(&taken, 9);
                let found = cascades.allow(TableId::from_u128(from), TableId::from_u128(to));
                prop_assert_eq!(found, expect, "{:?}", &taken);
                if !found {
                    taken.pop();
                }
            }
        }
    }
}
