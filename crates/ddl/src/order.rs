//! One order for all changes: what needs what, which name is free when, and otherwise the order of making.

use crate::action::{Action, Fact, Slot};
use crate::names::name_in;
use crate::plan::Refusal;
use petgraph::algo::tarjan_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;
use schema::{ObjectId, Schema};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Sorts the changes. Those that wait for each other in a circle are left out; their objects come second.
pub(crate) fn sort(actions: Vec<Action<'_>>) -> (Vec<Action<'_>>, BTreeSet<ObjectId>) {
    let edges = edges(&actions);
    let mut graph: DiGraph<usize, ()> = DiGraph::with_capacity(actions.len(), edges.len());
    let nodes: Vec<NodeIndex> = (0..actions.len()).map(|at| graph.add_node(at)).collect();
    for (before, after) in edges {
        if let (Some(before), Some(after)) = (nodes.get(before), nodes.get(after)) {
            graph.add_edge(*before, *after, ());
        }
    }
    let in_circle: BTreeSet<NodeIndex> =
        tarjan_scc(&graph).into_iter().filter(|component| component.len() > 1).flatten().collect();
    let mut waits: BTreeMap<NodeIndex, usize> =
        graph.node_indices().map(|node| (node, graph.edges_directed(node, petgraph::Incoming).count())).collect();
    let key = |node: NodeIndex| {
        let phase = actions.get(node.index()).map_or(u8::MAX, |action| action.op.phase());
        Reverse((phase, node.index()))
    };
    // Members of a circle count as done from the start, so that the rest of the plan can still be shown.
    let mut ready: BinaryHeap<Reverse<(u8, usize)>> = BinaryHeap::new();
    for (node, count) in &waits {
        if *count == 0 || in_circle.contains(node) {
            ready.push(key(*node));
        }
    }
    let mut order = Vec::with_capacity(actions.len());
    while let Some(Reverse((_, at))) = ready.pop() {
        order.push(at);
        for edge in graph.edges(NodeIndex::new(at)) {
            let after = edge.target();
            let Some(count) = waits.get_mut(&after) else { continue };
            *count = count.saturating_sub(1);
            if *count == 0 && !in_circle.contains(&after) {
                ready.push(key(after));
            }
        }
    }
    let mut circle = BTreeSet::new();
    let mut slots: Vec<Option<Action<'_>>> = actions.into_iter().map(Some).collect();
    let mut sorted = Vec::with_capacity(slots.len());
    for at in order {
        let Some(action) = slots.get_mut(at).and_then(Option::take) else { continue };
        if in_circle.contains(&NodeIndex::new(at)) {
            circle.insert(action.object);
        } else {
            sorted.push(action);
        }
    }
    (sorted, circle)
}

/// Pairs of positions: the first runs before the second.
fn edges(actions: &[Action<'_>]) -> BTreeSet<(usize, usize)> {
    let mut makers: BTreeMap<Fact, Vec<usize>> = BTreeMap::new();
    let mut freed: BTreeMap<&Slot, Vec<usize>> = BTreeMap::new();
    for (at, action) in actions.iter().enumerate() {
        for fact in &action.makes {
            makers.entry(*fact).or_default().push(at);
        }
        for slot in &action.frees {
            freed.entry(slot).or_default().push(at);
        }
    }
    let mut edges = BTreeSet::new();
    for (at, action) in actions.iter().enumerate() {
        for before in action.needs.iter().filter_map(|fact| makers.get(fact)).flatten() {
            if *before != at {
                edges.insert((*before, at));
            }
        }
        for before in action.takes.iter().filter_map(|slot| freed.get(slot)).flatten() {
            // A table that passes through a name on its way frees it after taking it; `needs` says so.
            let on_the_way = actions.get(*before).is_some_and(|other| waits_for(other, action));
            if *before != at && !on_the_way {
                edges.insert((*before, at));
            }
        }
    }
    edges
}

/// Whether `later` waits for `earlier` by a need of its own.
fn waits_for(later: &Action<'_>, earlier: &Action<'_>) -> bool {
    later.needs.iter().any(|fact| earlier.makes.contains(fact))
}

/// What to say about a change that waits for itself.
pub(crate) fn refusal(base: &Schema, target: &Schema, object: ObjectId) -> Refusal {
    let before = name_in(base, object);
    let after = name_in(target, object);
    let message = match (before, after) {
        (Some(before), Some(after)) if before != after => format!(
            "{before} cannot become {after} while another one changes its name at the same time; commit one of the \
             two first, or go through a third name"
        ),
        (Some(name), _) | (None, Some(name)) => format!(
            "{name} takes part in a circle of changes that each need the other first; commit one of them by itself"
        ),
        (None, None) => "a circle of changes each need the other first; commit one of them by itself".to_owned(),
    };
    Refusal { object, message }
}
