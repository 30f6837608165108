//! W11: schemas of a database that reference each other.

use super::facts::Facts;
use super::{Finding, Rule, Severity};
use crate::cascade::listed;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use schema::{NamespaceId, ObjectId, ReferenceId};
use std::collections::{BTreeMap, BTreeSet};

pub(super) const RULE: Rule = Rule {
    id: "W11",
    title: "Schemas that depend on each other",
    why: "Tables of each schema reference tables of the other one, perhaps by way of a third, so that none of them can be \
          restored, moved or owned without the rest. Move a table to the side where it belongs, or turn a reference \
          round.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create schema a; create schema b;
             create table a.users (id int primary key, post_id int);
             create table b.posts (id int primary key, user_id int references a.users);
             alter table a.users add foreign key (post_id) references b.posts;
             create index on a.users (post_id); create index on b.posts (user_id);"],
        spares: &["create schema a; create schema b;
             create table a.users (id int primary key);
             create table b.posts (id int primary key, user_id int references a.users);
             create index on b.posts (user_id);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut between: BTreeMap<(NamespaceId, NamespaceId), Vec<ReferenceId>> = BTreeMap::new();
    for reference in &facts.references {
        if let Some((from, to)) = facts.ends(reference).filter(|(from, to)| from.namespace != to.namespace) {
            between.entry((from.namespace, to.namespace)).or_default().push(reference.id);
        }
    }
    let mut graph: DiGraph<NamespaceId, ()> = DiGraph::new();
    let nodes: BTreeMap<NamespaceId, NodeIndex> =
        facts.schema.namespaces.keys().map(|id| (*id, graph.add_node(*id))).collect();
    for (from, to) in between.keys() {
        if let (Some(from), Some(to)) = (nodes.get(from), nodes.get(to)) {
            graph.add_edge(*from, *to, ());
        }
    }
    let mut circles: Vec<BTreeSet<NamespaceId>> = kosaraju_scc(&graph)
        .into_iter()
        .filter(|circle| circle.len() > 1)
        .map(|circle| circle.into_iter().filter_map(|node| graph.node_weight(node).copied()).collect())
        .collect();
    circles.sort();
    circles.iter().map(|circle| told(facts, circle, &between)).collect()
}

fn told(
    facts: &Facts<'_>,
    circle: &BTreeSet<NamespaceId>,
    between: &BTreeMap<(NamespaceId, NamespaceId), Vec<ReferenceId>>,
) -> Finding {
    let mut names: Vec<String> = circle.iter().filter_map(|id| facts.schema.label(ObjectId::Namespace(*id))).collect();
    names.sort();
    let inner = between.iter().filter(|((from, to), _)| circle.contains(from) && circle.contains(to));
    let references: Vec<ReferenceId> = inner.flat_map(|(_, references)| references).copied().collect();
    let message = format!(
        "The schemas {} depend on each other by {} references; turn some round, or move tables together",
        listed(&names),
        references.len()
    );
    let objects = circle.iter().map(|id| ObjectId::Namespace(*id));
    RULE.found(objects.chain(references.into_iter().map(ObjectId::Reference)).collect(), message, None)
}
