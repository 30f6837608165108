//! A connected group of tables as a graph, and the layers that its references make: what is referenced stands before
//! what references it, as far as cycles allow.

use super::drawing::count;
use super::{COLUMN_GAP, ROW_GAP};
use kurbo::Size;
use schema::TableId;
use std::collections::{BTreeMap, BTreeSet};

/// A table to be placed.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) table: TableId,
    pub(super) size: Size,
    /// Which namespace it is of.
    pub(super) namespace: usize,
}

/// A reference seen from one of its tables.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) to: usize,
    /// Whether it is the one that references.
    pub(super) is_out: bool,
    /// From the middle of each table to its row.
    pub(super) own_row: f64,
    pub(super) to_row: f64,
}

/// A reference between two nodes, with where its rows are, from the middles of their tables.
pub(super) type Edge = ((usize, f64), (usize, f64));

/// Tables that references join.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    nodes: Vec<Node>,
    links: Vec<Vec<Link>>,
    /// The same without repetition, from referencing to referenced and back.
    referenced: Vec<Vec<usize>>,
    referencing: Vec<Vec<usize>>,
}

impl Graph {
    /// The connected groups among those nodes.
    pub(super) fn groups(nodes: Vec<Node>, edges: &[Edge]) -> Vec<Self> {
        let mut group_of: Vec<usize> = (0..nodes.len()).collect();
        let root = |group_of: &[usize], mut node: usize| {
            while let Some(up) = group_of.get(node).copied().filter(|up| *up != node) {
                node = up;
            }
            node
        };
        for ((from, _), (to, _)) in edges {
            let (a, b) = (root(&group_of, *from), root(&group_of, *to));
            if let Some(slot) = group_of.get_mut(a.max(b)) {
                *slot = a.min(b);
            }
        }
        let mut groups: BTreeMap<usize, Self> = BTreeMap::new();
        let mut homes = Vec::with_capacity(nodes.len());
        for (at, node) in nodes.into_iter().enumerate() {
            let home = root(&group_of, at);
            let group = groups.entry(home).or_default();
            homes.push((home, group.nodes.len()));
            group.add(node);
        }
        for ((from, from_row), (to, to_row)) in edges {
            if let (Some((home, from)), Some((_, to))) = (homes.get(*from), homes.get(*to))
                && let Some(group) = groups.get_mut(home)
            {
                group.join((*from, *from_row), (*to, *to_row));
            }
        }
        groups.into_values().collect()
    }

    fn add(&mut self, node: Node) {
        self.nodes.push(node);
        self.links.push(Vec::new());
        self.referenced.push(Vec::new());
        self.referencing.push(Vec::new());
    }

    fn join(&mut self, (from, from_row): (usize, f64), (to, to_row): (usize, f64)) {
        let out = Link { to, is_out: true, own_row: from_row, to_row };
        let back = Link { to: from, is_out: false, own_row: to_row, to_row: from_row };
        for (node, link) in [(from, out), (to, back)] {
            self.links.get_mut(node).into_iter().for_each(|links| links.push(link));
        }
        if let (Some(out), Some(back)) = (self.referenced.get_mut(from), self.referencing.get_mut(to))
            && !out.contains(&to)
        {
            out.push(to);
            back.push(from);
        }
    }

    pub(super) fn n_nodes(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    pub(super) fn size(&self, node: usize) -> Size {
        self.nodes.get(node).map_or(Size::ZERO, |node| node.size)
    }

    pub(super) fn namespace(&self, node: usize) -> usize {
        self.nodes.get(node).map_or(0, |node| node.namespace)
    }

    /// All references of a table to others.
    pub(super) fn links(&self, node: usize) -> &[Link] {
        self.links.get(node).map_or(&[], Vec::as_slice)
    }

    fn referenced(&self, node: usize) -> &[usize] {
        self.referenced.get(node).map_or(&[], Vec::as_slice)
    }

    fn referencing(&self, node: usize) -> &[usize] {
        self.referencing.get(node).map_or(&[], Vec::as_slice)
    }

    /// Between two tables of a column: the more tables there are, the more lines pass by.
    pub(super) fn row_gap(&self) -> f64 {
        match self.n_nodes() {
            0..=40 => ROW_GAP,
            41..=150 => 1.4 * ROW_GAP,
            _ => 1.8 * ROW_GAP,
        }
    }

    /// How high columns are when the whole has that proportion of width to height.
    pub(super) fn limit(&self, aspect: f64) -> f64 {
        let row_gap = self.row_gap();
        let cell = |node: &Node| (node.size.width + COLUMN_GAP) * (node.size.height + row_gap);
        let area: f64 = self.nodes.iter().map(cell).sum();
        let tallest = self.nodes.iter().map(|node| node.size.height).fold(0.0, f64::max);
        (area / aspect).sqrt().max(tallest + row_gap)
    }

    /// Nodes column by column; layers too high for a screen's proportions become several columns.
    pub(super) fn columns(&self, limit: f64) -> Vec<Vec<usize>> {
        let members: Vec<usize> = (0..self.n_nodes()).collect();
        let layers = self.layers(&members);
        let mut by_layer: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for node in &members {
            by_layer.entry(layers.get(node).copied().unwrap_or(0)).or_default().push(*node);
        }
        let mut by_layer: Vec<Vec<usize>> = by_layer.into_values().collect();
        let widest = members.iter().map(|node| self.size(*node).width).fold(0.0, f64::max) + COLUMN_GAP;
        let height_of =
            |nodes: &[usize]| nodes.iter().map(|node| self.size(*node).height + self.row_gap()).sum::<f64>();
        if count(by_layer.len()) * widest > limit * 2.2 {
            // A long chain of thin layers would be a ribbon: neighboring layers share a column until it is full.
            let mut merged: Vec<Vec<usize>> = Vec::new();
            for layer in by_layer {
                match merged.last_mut() {
                    Some(last) if height_of(last) + height_of(&layer) <= limit => last.extend(layer),
                    Some(_) | None => merged.push(layer),
                }
            }
            by_layer = merged;
        }
        let mut columns = Vec::new();
        for mut layer in by_layer {
            // Neighbors of one table start out together, which the sweeps then refine.
            layer.sort_by_key(|node| (self.namespace(*node), self.referenced(*node).first().copied(), *node));
            let height = height_of(&layer);
            let parts = (1..=layer.len()).find(|parts| height <= limit * count(*parts) * 1.15).unwrap_or(1);
            let share = height / count(parts);
            let (mut column, mut filled) = (Vec::new(), 0.0);
            for node in layer {
                column.push(node);
                filled += self.size(node).height + ROW_GAP;
                if filled >= share {
                    columns.push(std::mem::take(&mut column));
                    filled = 0.0;
                }
            }
            if !column.is_empty() {
                columns.push(column);
            }
        }
        columns
    }

    /// The column of each node: one more than the largest of what it references. Edges that close a cycle are left
    /// out; then referenced tables move as far right as they may, next to those that reference them.
    fn layers(&self, members: &[usize]) -> BTreeMap<usize, usize> {
        let order = self.postorder(members);
        let rank: BTreeMap<usize, usize> = order.iter().enumerate().map(|(rank, node)| (*node, rank)).collect();
        let is_forward = |from: usize, to: usize| rank.get(&to) < rank.get(&from);
        let mut layers: BTreeMap<usize, usize> = BTreeMap::new();
        for node in &order {
            let below = self.referenced(*node).iter().filter(|to| is_forward(*node, **to));
            let layer = below.filter_map(|to| layers.get(to)).max().map_or(0, |layer| layer + 1);
            layers.insert(*node, layer);
        }
        for node in order.iter().rev() {
            let above = self.referencing(*node).iter().filter(|from| is_forward(**from, *node));
            let Some(nearest) = above.filter_map(|from| layers.get(from)).min().copied() else { continue };
            layers.insert(*node, nearest.saturating_sub(1).max(layers.get(node).copied().unwrap_or(0)));
        }
        layers
    }

    /// Depth first, what is referenced before what references it, as far as cycles allow. The hubs come first, so
    /// that a cycle is cut at the edge that leads away from its hub.
    fn postorder(&self, members: &[usize]) -> Vec<usize> {
        let mut starts = members.to_vec();
        starts.sort_by_key(|node| {
            (self.referenced(*node).len(), std::cmp::Reverse(self.referencing(*node).len()), *node)
        });
        let mut seen = BTreeSet::new();
        let mut order = Vec::new();
        for start in starts {
            let mut path = vec![(start, 0)];
            if !seen.insert(start) {
                continue;
            }
            while let Some((node, next)) = path.pop() {
                match self.referenced(node).get(next) {
                    Some(to) => {
                        path.push((node, next + 1));
                        if seen.insert(*to) {
                            path.push((*to, 0));
                        }
                    }
                    None => order.push(node),
                }
            }
        }
        order
    }
}
