//! Ways between tables, over references.

use schema::{EndMarker, Ends, Reference, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The references that a join goes along, each touching a table that those before it have reached.
pub(super) type Way<'a> = Vec<&'a Reference>;

/// How many ways are told.
const MOST: usize = 8;
/// How many are looked at to find the best of equal length.
const TRIED: usize = 200;

/// The ways to join the tables, the best first.
pub(super) fn ways<'a>(schema: &'a Schema, tables: &[TableId]) -> Vec<Way<'a>> {
    let graph = Graph::of(schema);
    let mut known = BTreeSet::new();
    let tables: Vec<TableId> = tables.iter().copied().filter(|table| known.insert(*table)).collect();
    match tables.as_slice() {
        [] => Vec::new(),
        [only] => graph.to_itself(*only),
        [first, others @ ..] => graph.between(*first, others),
    }
}

struct Graph<'a> {
    schema: &'a Schema,
    /// What each table is next to, and by which reference, in an order that does not depend on ids where names differ.
    next: BTreeMap<TableId, Vec<(TableId, &'a Reference)>>,
}

impl<'a> Graph<'a> {
    fn of(schema: &'a Schema) -> Self {
        let mut references: Vec<&Reference> = schema.references.values().map(AsRef::as_ref).collect();
        references.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
        let mut next: BTreeMap<TableId, Vec<(TableId, &Reference)>> = BTreeMap::new();
        for reference in references {
            for (from, to) in
                [(reference.referencing, reference.referenced), (reference.referenced, reference.referencing)]
            {
                if from != to {
                    next.entry(from).or_default().push((to, reference));
                }
            }
        }
        Self { schema, next }
    }

    fn next(&self, table: TableId) -> &[(TableId, &'a Reference)] {
        self.next.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    fn to_itself(&self, table: TableId) -> Vec<Way<'a>> {
        let own = self.schema.references.values().filter(|it| it.referencing == table && it.referenced == table);
        let mut ways: Vec<Way<'a>> = own.map(|it| vec![it.as_ref()]).collect();
        ways.sort_by(|a, b| self.rank(a).cmp(&self.rank(b)));
        ways.truncate(MOST);
        ways
    }

    /// Joins the nearest table first, then the one that is nearest to all that are joined.
    fn between(&self, first: TableId, others: &[TableId]) -> Vec<Way<'a>> {
        let mut joined = BTreeSet::from([first]);
        let mut legs: Vec<Leg<'a>> = Vec::new();
        let mut left: Vec<TableId> = others.to_vec();
        loop {
            left.retain(|table| !joined.contains(table));
            if left.is_empty() {
                break;
            }
            let distances = self.distances(&joined);
            let nearest = left.iter().filter_map(|table| distances.get(table).map(|far| (*far, *table)));
            // The first of those that are equally near.
            let Some((_, to)) = nearest.min_by_key(|(far, _)| *far) else { return Vec::new() };
            let leg = Leg { to, ways: self.leg(&joined, to, &distances) };
            let Some(best) = leg.ways.first() else { return Vec::new() };
            joined.extend(best.iter().flat_map(|it| [it.referencing, it.referenced]));
            legs.push(leg);
        }
        combined(first, &legs, |way| self.rank(way))
    }

    /// How many references each table is away from the nearest of these.
    fn distances(&self, from: &BTreeSet<TableId>) -> BTreeMap<TableId, usize> {
        let mut distances: BTreeMap<TableId, usize> = from.iter().map(|table| (*table, 0)).collect();
        let mut waiting: VecDeque<(TableId, usize)> = from.iter().map(|table| (*table, 0)).collect();
        while let Some((table, far)) = waiting.pop_front() {
            for (to, _) in self.next(table) {
                if !distances.contains_key(to) {
                    distances.insert(*to, far + 1);
                    waiting.push_back((*to, far + 1));
                }
            }
        }
        distances
    }

    /// The ways from a table to what is joined, the shortest and those that are longer by one, the best first.
    fn leg(&self, joined: &BTreeSet<TableId>, to: TableId, distances: &BTreeMap<TableId, usize>) -> Vec<Way<'a>> {
        let shortest = distances.get(&to).copied().unwrap_or_default();
        let mut found = Vec::new();
        for length in [shortest, shortest + 1] {
            let mut search = Search { graph: self, joined, distances, found: Vec::new() };
            search.go(&mut vec![to], &mut Vec::new(), length);
            found.extend(search.found);
        }
        found.sort_by(|a, b| self.rank(a).cmp(&self.rank(b)));
        found.truncate(MOST);
        found
    }

    /// What makes a way better than another: fewer references, fewer that may be NULL, and names, so that there is an order.
    fn rank(&self, way: &[&'a Reference]) -> (usize, usize, Vec<&'a str>) {
        let may_be_null = |it: &&&Reference| Ends::of(self.schema, it).referenced == EndMarker::ZeroOrOne;
        (way.len(), way.iter().filter(may_be_null).count(), way.iter().map(|it| it.name.as_str()).collect())
    }
}

/// The ways of one table to those before it.
struct Leg<'a> {
    to: TableId,
    ways: Vec<Way<'a>>,
}

/// Goes from a table towards those that are joined, by ways of one length without a table twice.
struct Search<'s, 'a> {
    graph: &'s Graph<'a>,
    joined: &'s BTreeSet<TableId>,
    distances: &'s BTreeMap<TableId, usize>,
    found: Vec<Way<'a>>,
}

impl<'a> Search<'_, 'a> {
    fn go(&mut self, tables: &mut Vec<TableId>, way: &mut Way<'a>, left: usize) {
        let Some(here) = tables.last().copied() else { return };
        for (to, reference) in self.graph.next(here) {
            if self.found.len() >= TRIED {
                return;
            }
            if self.joined.contains(to) {
                if left == 1 {
                    // From what is joined to the table.
                    self.found.push([*reference].into_iter().chain(way.iter().rev().copied()).collect());
                }
                continue;
            }
            let is_in_reach = self.distances.get(to).is_some_and(|far| *far < left);
            if is_in_reach && !tables.contains(to) {
                tables.push(*to);
                way.push(reference);
                self.go(tables, way, left - 1);
                tables.pop();
                way.pop();
            }
        }
    }
}

/// The best way of each leg, and then one leg after the other by its other ways.
fn combined<'a, R: Ord>(first: TableId, legs: &[Leg<'a>], rank: impl Fn(&[&'a Reference]) -> R) -> Vec<Way<'a>> {
    let mut ways: Vec<Way<'a>> = whole(first, legs, None).into_iter().collect();
    let others = legs.iter().enumerate().flat_map(|(at, leg)| (1..leg.ways.len()).map(move |other| (at, other)));
    let mut others: Vec<Way<'a>> = others.filter_map(|other| whole(first, legs, Some(other))).collect();
    others.sort_by_cached_key(|way| rank(way));
    ways.extend(others);
    ways.truncate(MOST);
    ways
}

/// All legs together. None where a leg by another way comes to a table twice, or misses one that a later leg begins at.
fn whole<'a>(first: TableId, legs: &[Leg<'a>], other: Option<(usize, usize)>) -> Option<Way<'a>> {
    let mut reached = BTreeSet::from([first]);
    let mut whole = Vec::new();
    for (at, leg) in legs.iter().enumerate() {
        if reached.contains(&leg.to) {
            continue;
        }
        let chosen = other.filter(|(changed, _)| *changed == at).map_or(0, |(_, chosen)| chosen);
        for reference in leg.ways.get(chosen)? {
            let is_new = [reference.referencing, reference.referenced].map(|table| reached.insert(table));
            if is_new.iter().filter(|is_new| **is_new).count() != 1 {
                return None;
            }
            whole.push(*reference);
        }
    }
    Some(whole)
}
