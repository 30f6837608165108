//! What the references that are there say of names: where an `author_id` references users, others do too.

use super::survey::Entry;
use super::words::Noun;
use schema::{ColumnId, Schema, TableId};
use std::collections::BTreeMap;

/// How often columns of a name reference a table, by place of the table.
type Counts = BTreeMap<usize, u32>;

#[derive(Debug, Default)]
pub(super) struct Aliases {
    by_stem: BTreeMap<Vec<Noun>, Counts>,
    by_last: BTreeMap<Noun, Counts>,
    /// What each table's own columns reference, by its place: to be left out where only others' references count.
    own: BTreeMap<usize, Vec<(Vec<Noun>, usize)>>,
}

impl Aliases {
    pub(super) fn of(schema: &Schema, entries: &[Entry<'_>]) -> Self {
        let places: BTreeMap<TableId, usize> = entries.iter().enumerate().map(|(at, it)| (it.table.id, at)).collect();
        let mut aliases = Self::default();
        for reference in schema.references.values() {
            let [pair] = reference.pairs.as_slice() else { continue };
            let (from, to) = (places.get(&reference.referencing), places.get(&reference.referenced));
            let (Some(from), Some(to)) = (from.copied(), to.copied()) else { continue };
            // That rows name others of their own table says nothing of other tables.
            if from == to {
                continue;
            }
            if let Some(stem) = entries.get(from).and_then(|it| stem_of(it, pair.referencing)) {
                aliases.add(from, to, stem);
            }
        }
        aliases
    }

    fn add(&mut self, from: usize, to: usize, stem: &[Noun]) {
        let Some(last) = stem.last() else { return };
        *self.by_stem.entry(stem.to_vec()).or_default().entry(to).or_default() += 1;
        *self.by_last.entry(*last).or_default().entry(to).or_default() += 1;
        self.own.entry(from).or_default().push((stem.to_vec(), to));
    }

    /// Where columns of that stem lead to, with the share of each table among all of them; the table at `without` does not
    /// count.
    pub(super) fn of_stem(&self, stem: &[Noun], without: Option<usize>) -> Vec<(usize, f64)> {
        let own = without.and_then(|at| self.own.get(&at)).into_iter().flatten();
        let own = own.filter(|(it, _)| it == stem).map(|(_, to)| *to);
        self.by_stem.get(stem).map(|counts| shares(counts, own)).unwrap_or_default()
    }

    /// The same for columns whose last word it is.
    pub(super) fn of_last(&self, last: Noun, without: Option<usize>) -> Vec<(usize, f64)> {
        let own = without.and_then(|at| self.own.get(&at)).into_iter().flatten();
        let own = own.filter(|(it, _)| it.last() == Some(&last)).map(|(_, to)| *to);
        self.by_last.get(&last).map(|counts| shares(counts, own)).unwrap_or_default()
    }
}

fn stem_of<'b>(entry: &'b Entry<'_>, column: ColumnId) -> Option<&'b [Noun]> {
    entry.facts(column).map(|it| it.nouns.as_slice())
}

/// At most the five most frequent, as shares of all that is left without `own`.
fn shares(counts: &Counts, own: impl Iterator<Item = usize>) -> Vec<(usize, f64)> {
    let mut counts: Vec<(usize, u32)> = if counts.len() > 64 {
        counts.iter().filter(|(_, count)| **count > 1).map(|(at, count)| (*at, *count)).collect()
    } else {
        counts.iter().map(|(at, count)| (*at, *count)).collect()
    };
    for to in own {
        if let Some((_, count)) = counts.iter_mut().find(|(at, _)| *at == to) {
            *count = count.saturating_sub(1);
        }
    }
    let all: u32 = counts.iter().map(|(_, count)| count).sum();
    counts.retain(|(_, count)| *count > 0);
    counts.sort_by_key(|(at, count)| (std::cmp::Reverse(*count), *at));
    counts.truncate(5);
    counts.into_iter().map(|(at, count)| (at, f64::from(count) / f64::from(all.max(1)))).collect()
}
