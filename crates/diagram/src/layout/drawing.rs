//! A connected group of tables in columns while it takes shape: who stands where, and what that costs.

use super::graph::Graph;
use kurbo::{Point, Size};
use std::collections::BTreeMap;

/// Passes over all columns that order and align their tables; more change next to nothing.
const N_SWEEPS: usize = 8;
/// Passes over all tables that look for a better column.
const N_MOVES: usize = 6;
/// What a reference costs that leads to a table of the same column, and what a column more between two tables does.
const SAME_COLUMN: f64 = 240.0;
const COLUMN: f64 = 380.0;
const BEYOND: f64 = 160.0;
/// How strongly the tables of a namespace keep together, beside a reference.
const TOGETHER: f64 = 0.15;
/// How much higher than the others a column may get.
const SLACK: f64 = 1.08;
/// Beside a table: room for its marks and the corners of its lines.
const MARGIN: f64 = 24.0;
const LANE: f64 = 8.0;
const NARROWEST: f64 = 56.0;
const WIDEST: f64 = 216.0;

/// Tables in columns.
#[derive(Debug, Clone)]
pub(super) struct Drawing<'a> {
    graph: &'a Graph,
    columns: Vec<Vec<usize>>,
    column_of: Vec<usize>,
    /// The middle of each table.
    middles: Vec<f64>,
    /// How high a column should be at most.
    limit: f64,
    /// What it costs that a table stands on the other side of what it references.
    backward: f64,
}

impl<'a> Drawing<'a> {
    pub(super) fn new(graph: &'a Graph, columns: Vec<Vec<usize>>, limit: f64, backward: f64) -> Self {
        let mut drawing = Self {
            graph,
            columns,
            column_of: vec![0; graph.n_nodes()],
            middles: vec![0.0; graph.n_nodes()],
            limit,
            backward,
        };
        for (at, column) in drawing.columns.iter().enumerate() {
            let total: f64 = column.iter().map(|node| graph.size(*node).height + graph.row_gap()).sum();
            let mut pen = -total / 2.0;
            for node in column {
                let height = graph.size(*node).height;
                set(&mut drawing.column_of, *node, at);
                set(&mut drawing.middles, *node, pen + height / 2.0);
                pen += height + graph.row_gap();
            }
        }
        drawing
    }

    /// Orders and aligns all columns, and moves tables to columns where their lines are shorter.
    pub(super) fn improve(&mut self) {
        self.sweep(N_SWEEPS);
        for _ in 0..N_MOVES {
            if !self.move_all() {
                break;
            }
            self.sweep(2);
        }
        self.columns.retain(|column| !column.is_empty());
        for (at, column) in self.columns.iter().enumerate() {
            column.iter().for_each(|node| set(&mut self.column_of, *node, at));
        }
        for _ in 0..N_SWEEPS {
            self.sweep(1);
            for at in 0..self.columns.len() {
                self.exchange(at);
            }
        }
    }

    fn middle(&self, node: usize) -> f64 {
        get(&self.middles, node)
    }

    fn column(&self, node: usize) -> usize {
        get(&self.column_of, node)
    }

    fn sweep(&mut self, n_times: usize) {
        let n = self.columns.len();
        for sweep in 0..n_times {
            for step in 0..n {
                self.align(if sweep % 2 == 0 { step } else { n - 1 - step });
            }
        }
    }

    /// Sorts a column by where the rows are that its rows are joined to, and moves each table as near as order allows.
    fn align(&mut self, at: usize) {
        let Some(column) = self.columns.get(at) else { return };
        let mut wanted: Vec<(f64, usize)> = column.iter().map(|node| (self.wanted(*node), *node)).collect();
        wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        self.settle(at, &wanted);
    }

    /// Where a table's lines would be straightest. Nearer columns count more, as lines to others bend anyway.
    fn wanted(&self, node: usize) -> f64 {
        let (mut sum, mut weights) = (0.0, 0.0);
        for link in self.graph.links(node) {
            let apart = self.column(node).abs_diff(self.column(link.to));
            let weight = 1.0 / count(apart.max(1));
            sum += weight * (self.middle(link.to) + link.to_row - link.own_row);
            weights += weight;
        }
        if weights > 0.0 { sum / weights } else { self.middle(node) }
    }

    /// The positions with the least sum of squared distances from what is wanted, order and gaps given: with the
    /// gaps taken off this is isotonic regression, which pooling of neighbors in the wrong order solves.
    fn settle(&mut self, at: usize, wanted: &[(f64, usize)]) {
        let mut offsets = Vec::with_capacity(wanted.len());
        let mut pools: Vec<(f64, usize)> = Vec::new();
        let mut pen = 0.0;
        for (middle, node) in wanted {
            let height = self.graph.size(*node).height;
            let offset = pen + height / 2.0;
            pen += height + self.graph.row_gap();
            offsets.push(offset);
            let mut pool = (middle - offset, 1);
            while let Some(last) = pools.pop_if(|last| last.0 > pool.0) {
                let n = last.1 + pool.1;
                pool = ((last.0 * count(last.1) + pool.0 * count(pool.1)) / count(n), n);
            }
            pools.push(pool);
        }
        // No table goes beyond what the whole may be high.
        let total = (pen - self.graph.row_gap()).max(self.limit);
        let (top, bottom) = (-total / 2.0, total / 2.0 - (pen - self.graph.row_gap()));
        let settled = pools.into_iter().flat_map(|(value, n)| std::iter::repeat_n(value.clamp(top, bottom), n));
        for ((value, offset), (_, node)) in settled.zip(offsets).zip(wanted) {
            set(&mut self.middles, *node, value + offset);
        }
        if let Some(column) = self.columns.get_mut(at) {
            *column = wanted.iter().map(|(_, node)| *node).collect();
        }
    }

    /// Swaps neighbors in a column whose lines cross less the other way round.
    fn exchange(&mut self, at: usize) {
        let Some(mut column) = self.columns.get(at).cloned() else { return };
        let mut has_changed = false;
        for index in 1..column.len() {
            if let Some([a, b]) = column.get_mut(index - 1..=index)
                && self.crossings(*a, *b) > self.crossings(*b, *a)
            {
                std::mem::swap(a, b);
                has_changed = true;
            }
        }
        if has_changed {
            // Each keeps the place that it would like, as far as the new order lets it.
            let wanted: Vec<(f64, usize)> = column.iter().map(|node| (self.wanted(*node), *node)).collect();
            self.settle(at, &wanted);
        }
    }

    /// How many lines of two neighbors cross when the first stands above the second.
    fn crossings(&self, above: usize, below: usize) -> usize {
        let side = |node: usize, other: usize| self.column(other).cmp(&self.column(node));
        let mut n = 0;
        for a in self.graph.links(above) {
            let to = self.middle(a.to) + a.to_row;
            let crossing = self.graph.links(below).iter().filter(|b| {
                side(above, a.to) == side(below, b.to) && self.middle(b.to) + b.to_row < to && a.to != below
            });
            n += crossing.count();
        }
        n
    }

    /// Gives every table the chance to go to another column. Returns whether any went.
    fn move_all(&mut self) -> bool {
        let mut heights: Vec<f64> = self.columns.iter().map(|column| self.height(column)).collect();
        let homes = self.homes();
        let mut has_moved = false;
        for node in 0..self.graph.n_nodes() {
            let own = self.column(node);
            let height = self.graph.size(node).height + self.graph.row_gap();
            let mut columns: Vec<usize> = self.graph.links(node).iter().map(|link| self.column(link.to)).collect();
            columns = columns.iter().flat_map(|at| [at.saturating_sub(1), *at, at + 1]).collect();
            columns.sort_unstable();
            columns.dedup();
            let y = self.wanted(node);
            let now = self.cost(node, own, self.middle(node), &homes);
            let options = columns.into_iter().filter(|at| {
                *at != own && heights.get(*at).is_some_and(|filled| filled + height <= self.limit * SLACK)
            });
            let costs = options.map(|at| (self.cost(node, at, y, &homes), at));
            let Some((cost, to)) = costs.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))) else { continue };
            if cost + 40.0 < now {
                if let Some(column) = self.columns.get_mut(own) {
                    column.retain(|it| *it != node);
                }
                if let Some(column) = self.columns.get_mut(to) {
                    column.push(node);
                }
                let filled = (get(&heights, own) - height, get(&heights, to) + height);
                set(&mut heights, own, filled.0);
                set(&mut heights, to, filled.1);
                set(&mut self.column_of, node, to);
                set(&mut self.middles, node, y);
                has_moved = true;
            }
        }
        has_moved
    }

    fn height(&self, column: &[usize]) -> f64 {
        column.iter().map(|node| self.graph.size(*node).height + self.graph.row_gap()).sum()
    }

    /// The middle of each namespace.
    fn homes(&self) -> BTreeMap<usize, (f64, f64)> {
        let mut sums: BTreeMap<usize, (f64, f64, f64)> = BTreeMap::new();
        for node in 0..self.graph.n_nodes() {
            let sum = sums.entry(self.graph.namespace(node)).or_default();
            *sum = (sum.0 + count(self.column(node)), sum.1 + self.middle(node), sum.2 + 1.0);
        }
        sums.into_iter().map(|(namespace, (x, y, n))| (namespace, (x / n, y / n))).collect()
    }

    fn cost(&self, node: usize, column: usize, y: f64, homes: &BTreeMap<usize, (f64, f64)>) -> f64 {
        let mut cost = 0.0;
        for link in self.graph.links(node) {
            let other = self.column(link.to);
            let apart = column.abs_diff(other);
            cost += match apart {
                0 => SAME_COLUMN,
                1 => COLUMN,
                _ => COLUMN * count(apart) + BEYOND * count(apart - 1),
            };
            let is_backward = if link.is_out { column < other } else { column > other };
            cost += if is_backward { self.backward } else { 0.0 };
            cost += (y + link.own_row - self.middle(link.to) - link.to_row).abs();
        }
        match homes.get(&self.graph.namespace(node)) {
            Some((x, home)) if homes.len() > 1 => {
                cost + TOGETHER * ((count(column) - x).abs() * COLUMN + (y - home).abs())
            }
            Some(_) | None => cost,
        }
    }

    /// The corner of each table, and the size of the whole.
    pub(super) fn placed(&self) -> (Vec<(usize, Point)>, Size) {
        let top_of = |node: usize| self.middle(node) - self.graph.size(node).height / 2.0;
        let all = || self.columns.iter().flatten().copied();
        let top = all().map(top_of).fold(f64::INFINITY, f64::min);
        let bottom = all().map(|node| top_of(node) + self.graph.size(node).height).fold(f64::NEG_INFINITY, f64::max);
        let mut tables = Vec::new();
        let (mut x, mut right) = (0.0, 0.0);
        for (at, column) in self.columns.iter().enumerate() {
            let width = column.iter().map(|node| self.graph.size(*node).width).fold(0.0, f64::max);
            tables.extend(column.iter().map(|node| (*node, Point::new(x, top_of(*node) - top))));
            right = x + width;
            x = right + self.gap(at);
        }
        (tables, Size::new(right, bottom - top))
    }

    /// The room to the right of a column: what its lanes need, where most lines run upright at once.
    fn gap(&self, at: usize) -> f64 {
        // Lines to the same row share a lane, from the highest to the lowest.
        let mut lanes: BTreeMap<(usize, i64), (f64, f64)> = BTreeMap::new();
        for node in self.columns.get(at..=at + 1).into_iter().flatten().flatten() {
            for link in
                self.graph.links(*node).iter().filter(|link| link.is_out || self.column(link.to) != self.column(*node))
            {
                let other = self.column(link.to);
                let (low, high) = (self.column(*node).min(other), self.column(*node).max(other));
                if low > at || high <= at && !(low == high && low == at) {
                    continue;
                }
                let (a, b) = (self.middle(*node) + link.own_row, self.middle(link.to) + link.to_row);
                let (node, row) = if link.is_out { (link.to, link.to_row) } else { (*node, link.own_row) };
                #[allow(clippy::cast_possible_truncation, reason = "whole pixels, only to tell rows apart")]
                let span = lanes.entry((node, row as i64)).or_insert((f64::INFINITY, f64::NEG_INFINITY));
                *span = (span.0.min(a.min(b)), span.1.max(a.max(b)));
            }
        }
        let mut ends: Vec<(f64, i32)> =
            lanes.into_values().filter(|it| it.1 - it.0 > 2.0).flat_map(|it| [(it.0, 1), (it.1, -1)]).collect();
        ends.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (mut most, mut open) = (0, 0);
        for (_, change) in ends {
            open += change;
            most = most.max(open);
        }
        (2.0 * MARGIN + LANE * f64::from(most)).clamp(NARROWEST, WIDEST)
    }
}

fn get<T: Copy + Default>(values: &[T], at: usize) -> T {
    values.get(at).copied().unwrap_or_default()
}

fn set<T>(values: &mut [T], at: usize, value: T) {
    if let Some(slot) = values.get_mut(at) {
        *slot = value;
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers of tables")]
pub(super) fn count(n: usize) -> f64 {
    n as f64
}
