//! Layered drawing of each connected group: Sugiyama's four steps, with tables as nodes and time linear or nearly so.

use super::{COLUMN_GAP, ROW_GAP};
use kurbo::{Point, Size};
use schema::TableId;
use std::collections::{BTreeMap, BTreeSet};

/// A table to be placed.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) table: TableId,
    pub(super) size: Size,
}

/// Tables placed relative to the corner of their group.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) size: Size,
    pub(super) tables: Vec<(TableId, Point)>,
}

/// Number of passes over all columns that order and align them; more change next to nothing.
const N_SWEEPS: usize = 6;
const ASPECT: f64 = 1.5;

/// Edges by node, both ways.
struct Graph<'a> {
    nodes: &'a [Node],
    referenced: Vec<Vec<usize>>,
    referencing: Vec<Vec<usize>>,
}

/// Splits into connected groups and lays out each. An edge leads from referencing to referenced.
pub(super) fn groups(nodes: &[Node], edges: &BTreeSet<(usize, usize)>) -> Vec<Group> {
    let mut graph =
        Graph { nodes, referenced: vec![Vec::new(); nodes.len()], referencing: vec![Vec::new(); nodes.len()] };
    for (from, to) in edges {
        if let (Some(out), Some(back)) = (graph.referenced.get_mut(*from), graph.referencing.get_mut(*to)) {
            out.push(*to);
            back.push(*from);
        }
    }
    graph.components().iter().map(|members| graph.group(members)).collect()
}

impl Graph<'_> {
    fn referenced(&self, node: usize) -> &[usize] {
        self.referenced.get(node).map_or(&[], Vec::as_slice)
    }

    fn referencing(&self, node: usize) -> &[usize] {
        self.referencing.get(node).map_or(&[], Vec::as_slice)
    }

    fn neighbors(&self, node: usize) -> impl Iterator<Item = usize> {
        self.referenced(node).iter().chain(self.referencing(node)).copied()
    }

    fn size(&self, node: usize) -> Size {
        self.nodes.get(node).map_or(Size::ZERO, |node| node.size)
    }

    fn components(&self) -> Vec<Vec<usize>> {
        let mut seen = vec![false; self.nodes.len()];
        let mut components = Vec::new();
        for start in 0..self.nodes.len() {
            let (mut members, mut open) = (Vec::new(), vec![start]);
            while let Some(node) = open.pop() {
                match seen.get_mut(node) {
                    Some(seen) if !*seen => *seen = true,
                    Some(_) | None => continue,
                }
                members.push(node);
                open.extend(self.neighbors(node));
            }
            if !members.is_empty() {
                members.sort_unstable();
                components.push(members);
            }
        }
        components
    }

    fn group(&self, members: &[usize]) -> Group {
        let layers = self.layers(members);
        let mut columns = self.columns(members, &layers);
        let mut middles: BTreeMap<usize, f64> = BTreeMap::new();
        for column in &columns {
            stack(self, column, &mut middles);
        }
        for sweep in 0..N_SWEEPS {
            let n = columns.len();
            for step in 0..n {
                let at = if sweep % 2 == 0 { step } else { n - 1 - step };
                if let Some(column) = columns.get_mut(at) {
                    self.order_and_align(column, &mut middles);
                }
            }
        }
        self.placed(&columns, &middles)
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

    /// Nodes column by column; layers too high for a screen's proportions become several columns.
    fn columns(&self, members: &[usize], layers: &BTreeMap<usize, usize>) -> Vec<Vec<usize>> {
        let cell = |node: usize| {
            let size = self.size(node);
            (size.width + COLUMN_GAP) * (size.height + ROW_GAP)
        };
        let area: f64 = members.iter().map(|node| cell(*node)).sum();
        let tallest = members.iter().map(|node| self.size(*node).height).fold(0.0, f64::max);
        let limit = (area / ASPECT).sqrt().max(tallest).max(800.0);
        let mut by_layer: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for node in members {
            by_layer.entry(layers.get(node).copied().unwrap_or(0)).or_default().push(*node);
        }
        let mut by_layer: Vec<Vec<usize>> = by_layer.into_values().collect();
        let widest = members.iter().map(|node| self.size(*node).width).fold(0.0, f64::max) + COLUMN_GAP;
        let height_of = |nodes: &[usize]| nodes.iter().map(|node| self.size(*node).height + ROW_GAP).sum::<f64>();
        if count(by_layer.len()) * widest > limit * ASPECT * 1.5 {
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
            layer.sort_by_key(|node| (self.referenced(*node).first().copied(), *node));
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

    /// Sorts a column by where the neighbors of its tables are and moves each as near to that as order allows.
    fn order_and_align(&self, column: &mut [usize], middles: &mut BTreeMap<usize, f64>) {
        let mut wanted: Vec<(f64, usize)> = column
            .iter()
            .map(|node| {
                let near: Vec<f64> = self.neighbors(*node).filter_map(|it| middles.get(&it).copied()).collect();
                let own = middles.get(node).copied().unwrap_or(0.0);
                (if near.is_empty() { own } else { near.iter().sum::<f64>() / count(near.len()) }, *node)
            })
            .collect();
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (slot, (_, node)) in column.iter_mut().zip(&wanted) {
            *slot = *node;
        }
        self.settle(&wanted, middles);
    }

    /// The positions with the least sum of squared distances from what is wanted, order and gaps given: with the
    /// gaps taken off this is isotonic regression, which pooling of neighbors in the wrong order solves.
    fn settle(&self, wanted: &[(f64, usize)], middles: &mut BTreeMap<usize, f64>) {
        let mut offsets = Vec::with_capacity(wanted.len());
        let mut pools: Vec<(f64, usize)> = Vec::new();
        let mut pen = 0.0;
        for (middle, node) in wanted {
            let height = self.size(*node).height;
            let offset = pen + height / 2.0;
            pen += height + ROW_GAP;
            offsets.push(offset);
            let mut pool = (middle - offset, 1);
            while let Some(last) = pools.pop_if(|last| last.0 > pool.0) {
                let n = last.1 + pool.1;
                pool = ((last.0 * count(last.1) + pool.0 * count(pool.1)) / count(n), n);
            }
            pools.push(pool);
        }
        let settled = pools.into_iter().flat_map(|(value, n)| std::iter::repeat_n(value, n));
        for ((value, offset), (_, node)) in settled.zip(offsets).zip(wanted) {
            middles.insert(*node, value + offset);
        }
    }

    fn placed(&self, columns: &[Vec<usize>], middles: &BTreeMap<usize, f64>) -> Group {
        let top_of = |node: usize| middles.get(&node).copied().unwrap_or(0.0) - self.size(node).height / 2.0;
        let all = || columns.iter().flatten().copied();
        let top = all().map(top_of).fold(f64::INFINITY, f64::min);
        let bottom = all().map(|node| top_of(node) + self.size(node).height).fold(f64::NEG_INFINITY, f64::max);
        let mut tables = Vec::new();
        let (mut x, mut right) = (0.0, 0.0);
        for column in columns {
            let width = column.iter().map(|node| self.size(*node).width).fold(0.0, f64::max);
            for node in column {
                let table = self.nodes.get(*node).map(|node| node.table);
                tables.extend(table.map(|table| (table, Point::new(x, top_of(*node) - top))));
            }
            right = x + width;
            x = right + COLUMN_GAP;
        }
        Group { size: Size::new(right, bottom - top), tables }
    }
}

fn stack(graph: &Graph<'_>, column: &[usize], middles: &mut BTreeMap<usize, f64>) {
    let total: f64 = column.iter().map(|node| graph.size(*node).height + ROW_GAP).sum();
    let mut pen = -total / 2.0;
    for node in column {
        let height = graph.size(*node).height;
        middles.insert(*node, pen + height / 2.0);
        pen += height + ROW_GAP;
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers of tables")]
fn count(n: usize) -> f64 {
    n as f64
}
