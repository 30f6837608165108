//! Ways from table to table.

use super::facts::Facts;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use schema::{Reference, TableId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The tables in groups: those that lead to each other along the kept references stand together. A group comes behind
/// all that it leads to, from a referenced table to those that name it.
pub(super) fn groups(facts: &Facts<'_>, keep: impl Fn(&Reference) -> bool) -> Vec<Vec<TableId>> {
    let mut graph: DiGraph<TableId, ()> = DiGraph::new();
    let nodes: BTreeMap<TableId, NodeIndex> =
        facts.tables.iter().map(|table| (table.id, graph.add_node(table.id))).collect();
    for reference in facts.references.iter().filter(|it| keep(it)) {
        if let (Some(from), Some(to)) = (nodes.get(&reference.referenced), nodes.get(&reference.referencing)) {
            graph.add_edge(*from, *to, ());
        }
    }
    // Tarjan's algorithm calls itself once a table of a chain; this one does not.
    let groups = kosaraju_scc(&graph).into_iter().map(|mut group| {
        group.sort();
        group.into_iter().filter_map(|node| graph.node_weight(node).copied()).collect()
    });
    groups.collect()
}

/// Groups of several tables that lead to each other, by their first tables.
pub(super) fn circles(facts: &Facts<'_>, keep: impl Fn(&Reference) -> bool) -> Vec<Vec<TableId>> {
    let mut circles: Vec<Vec<TableId>> = groups(facts, keep).into_iter().filter(|group| group.len() > 1).collect();
    let place: BTreeMap<TableId, usize> = facts.tables.iter().enumerate().map(|(at, table)| (table.id, at)).collect();
    circles.sort_by_key(|circle| circle.first().and_then(|table| place.get(table)).copied());
    circles
}

/// The kept references between tables of a group.
pub(super) fn within<'a>(
    facts: &Facts<'a>,
    group: &[TableId],
    keep: impl Fn(&Reference) -> bool,
) -> Vec<&'a Reference> {
    let group: BTreeSet<TableId> = group.iter().copied().collect();
    let inner = |it: &&&Reference| {
        it.referencing != it.referenced && group.contains(&it.referencing) && group.contains(&it.referenced)
    };
    facts.references.iter().filter(inner).filter(|it| keep(it)).copied().collect()
}

/// A table of which a deleted row takes rows of another one along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Deleter {
    pub(super) table: TableId,
    /// The table next to it on the way, which may be the other one itself.
    pub(super) through: TableId,
    /// How many references it takes.
    pub(super) steps: usize,
}

/// The tables of which a deleted row takes rows of `table` along, the nearest first. `table` itself is among them only
/// when deletions come round to it.
pub(super) fn deleters(facts: &Facts<'_>, table: TableId) -> Vec<Deleter> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    let mut waiting = VecDeque::from([(table, 0)]);
    while let Some((at, steps)) = waiting.pop_front() {
        let cascading = facts.outgoing(at).iter().filter(|it| it.on_delete == schema::ReferentialAction::Cascade);
        for reference in cascading.filter(|it| it.referenced != at) {
            if seen.insert(reference.referenced) {
                found.push(Deleter { table: reference.referenced, through: at, steps: steps + 1 });
                waiting.push_back((reference.referenced, steps + 1));
            }
        }
    }
    found
}
