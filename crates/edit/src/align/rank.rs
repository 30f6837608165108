//! Ranks of what stands in an order.

use schema::Rank;
use std::collections::BTreeMap;

/// Ranks that rise for objects in the order in which they stand. As many as can keep the rank that they have in the other
/// list, so that only what was really moved has moved.
pub(super) fn ranks<I: Ord>(before: impl Iterator<Item = (I, Rank)>, ids: impl Iterator<Item = I>) -> Vec<Rank> {
    let ranks: BTreeMap<I, Rank> = before.collect();
    let known: Vec<Option<Rank>> = ids.map(|id| ranks.get(&id).copied()).collect();
    between(&longest_rise(&known)).unwrap_or_else(|| (0..known.len()).map(Rank::nth).collect())
}

/// The most ranks of the list that rise one after the other; nothing stands for all others.
fn longest_rise(ranks: &[Option<Rank>]) -> Vec<Option<Rank>> {
    // For each length, the lowest rank that a rise of it can end with, and where that stands.
    let mut ends: Vec<(Rank, usize)> = Vec::new();
    let mut before: Vec<Option<usize>> = vec![None; ranks.len()];
    for (at, rank) in ranks.iter().enumerate() {
        let Some(rank) = rank else { continue };
        let length = ends.partition_point(|(end, _)| end < rank);
        let last = length.checked_sub(1).and_then(|it| ends.get(it)).map(|(_, at)| *at);
        if let Some(slot) = before.get_mut(at) {
            *slot = last;
        }
        match ends.get_mut(length) {
            Some(end) => *end = (*rank, at),
            None => ends.push((*rank, at)),
        }
    }
    let mut kept = vec![None; ranks.len()];
    let mut next = ends.last().map(|(_, at)| *at);
    while let Some(at) = next {
        if let (Some(slot), Some(rank)) = (kept.get_mut(at), ranks.get(at)) {
            *slot = *rank;
        }
        next = before.get(at).copied().flatten();
    }
    kept
}

/// Fills the gaps of a list of rising ranks evenly; none when one of them has no room.
fn between(ranks: &[Option<Rank>]) -> Option<Vec<Rank>> {
    let mut filled: Vec<Rank> = Vec::with_capacity(ranks.len());
    let mut waiting: i64 = 0;
    let fill = |filled: &mut Vec<Rank>, count: i64, high: Option<Rank>| {
        if count == 0 {
            return Some(());
        }
        let low = filled.last().copied();
        let step = match (low, high) {
            (Some(Rank(low)), Some(Rank(high))) => high.checked_sub(low)? / (count + 1),
            (None, _) | (_, None) => Rank::GAP,
        };
        let first = match (low, high) {
            (Some(Rank(low)), _) => low.checked_add(step)?,
            (None, Some(Rank(high))) => high.checked_sub(step.checked_mul(count)?)?,
            (None, None) => 0,
        };
        for n in 0..count {
            filled.push(Rank(first.checked_add(step.checked_mul(n)?)?));
        }
        (step > 0).then_some(())
    };
    for rank in ranks {
        match rank {
            None => waiting += 1,
            Some(rank) => {
                fill(&mut filled, waiting, Some(*rank))?;
                filled.push(*rank);
                waiting = 0;
            }
        }
    }
    fill(&mut filled, waiting, None)?;
    Some(filled)
}
