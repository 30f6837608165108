//! Which of the candidates are told, and how.

use super::candidate::Candidate;
use super::gather::Fit;
use super::model::Weights;
use super::survey::Survey;
use super::{Suggestion, Tier, reason::reason};
use schema::ColumnId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// From here on a suggestion is one that people accept unseen, if every row has to have it, and it is called like the table:
/// what may be missing was left without a reference on purpose more often.
const PRESELECT: f64 = 0.91;
/// From here on one is shown by itself.
const SUGGEST: f64 = 0.45;
/// From here on one is worth a line in a list.
const LIST: f64 = 0.03;
/// So many are listed for the same columns.
const MOST_LISTED: usize = 3;

/// Makes suggestions of candidates, the likeliest first: at most one for the same columns that is shown by itself, and none
/// of those that make a ring of keys that are each other's.
pub(super) fn choose(survey: &Survey<'_>, candidates: Vec<Candidate<'_>>, weights: &Weights) -> Vec<Suggestion> {
    let mut ranked: Vec<(u32, Candidate<'_>)> = candidates
        .into_iter()
        .map(|candidate| (weights.probability(&candidate.features), candidate))
        .filter(|(probability, _)| *probability >= LIST)
        .map(|(probability, candidate)| (per_ten_thousand(probability), candidate))
        .collect();
    // Composite ones come first among equals, as they say more; then whatever comes first in the schema.
    ranked.sort_by_key(|(probability, it)| {
        (Reverse(*probability), Reverse(it.columns.len()), it.from, it.to, it.key, it.columns.first().map(|it| it.id))
    });
    let mut chosen = Chosen::default();
    let mut suggestions = Vec::new();
    for (probability, candidate) in &ranked {
        if let Some(tier) = chosen.take(survey, candidate, f64::from(*probability) / 10_000.0) {
            suggestions.extend(suggestion(survey, candidate, *probability, tier));
        }
    }
    suggestions
}

/// Fractions that are the same on every machine, whatever its exponential does with the last digit.
fn per_ten_thousand(probability: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 10,000")]
    let rounded = (probability.clamp(0.0, 1.0) * 10_000.0).round() as u32;
    rounded
}

fn ids(columns: &[&schema::Column]) -> Vec<ColumnId> {
    columns.iter().map(|column| column.id).collect()
}

/// What was taken so far.
#[derive(Default)]
struct Chosen {
    /// How many were told for the same columns of a table.
    told: BTreeMap<(usize, Vec<ColumnId>), usize>,
    /// Columns that have their target.
    settled: BTreeSet<(usize, ColumnId)>,
    /// Pairs of columns that a composite suggestion leads from and to tables.
    composite: BTreeSet<(usize, ColumnId, usize)>,
    /// Which table's whole key is whose.
    keys: BTreeMap<usize, Vec<usize>>,
}

impl Chosen {
    /// The tier of a candidate, given those that came before it; none if it is not told.
    fn take(&mut self, survey: &Survey<'_>, candidate: &Candidate<'_>, probability: f64) -> Option<Tier> {
        let columns = ids(&candidate.columns);
        let told = self.told.entry((candidate.from, columns.clone())).or_default();
        if *told >= MOST_LISTED {
            return None;
        }
        *told += 1;
        let is_first = *told == 1;
        let place = |column: &ColumnId| (candidate.from, *column, candidate.to);
        let is_part = columns.len() == 1 && columns.iter().any(|column| self.composite.contains(&place(column)));
        if probability < SUGGEST || !is_first || is_part || self.is_ring(survey, candidate, &columns) {
            return Some(Tier::List);
        }
        if columns.len() > 1 {
            // One that shares a column with another and leads to the same kind of thing is the weaker reading.
            let settled = columns.iter().filter(|column| self.settled.contains(&(candidate.from, **column))).count();
            if settled == columns.len()
                && self.composite.iter().any(|(from, column, to)| {
                    *from == candidate.from && *to == candidate.to && columns.contains(column)
                })
            {
                return Some(Tier::List);
            }
            self.composite.extend(columns.iter().map(place));
        }
        self.settled.extend(columns.iter().map(|column| (candidate.from, *column)));
        let is_sure = probability >= PRESELECT && candidate.is_mandatory && candidate.evidence.fit != Fit::Unlike;
        Some(if is_sure { Tier::Preselect } else { Tier::Suggest })
    }

    /// Whether the candidate would make a key that is, by way of others, its own. Remembers it if it does not.
    fn is_ring(&mut self, survey: &Survey<'_>, candidate: &Candidate<'_>, columns: &[ColumnId]) -> bool {
        let key = survey.tables.get(candidate.from).and_then(|it| it.table.primary_key());
        let is_whole_key = key.is_some_and(|key| {
            key.columns.len() == columns.len() && key.columns.iter().all(|column| columns.contains(column))
        });
        if !is_whole_key {
            return false;
        }
        let mut open = vec![candidate.to];
        let mut seen = BTreeSet::new();
        while let Some(at) = open.pop() {
            if at == candidate.from {
                return true;
            }
            if seen.insert(at) {
                open.extend(self.keys.get(&at).into_iter().flatten());
            }
        }
        self.keys.entry(candidate.from).or_default().push(candidate.to);
        false
    }
}

fn suggestion(survey: &Survey<'_>, candidate: &Candidate<'_>, probability: u32, tier: Tier) -> Option<Suggestion> {
    let (from, to) = (survey.tables.get(candidate.from)?, survey.tables.get(candidate.to)?);
    Some(Suggestion {
        referencing: from.table.id,
        columns: ids(&candidate.columns),
        referenced: to.table.id,
        referenced_columns: ids(&candidate.key_columns),
        confidence: f64::from(probability) / 10_000.0,
        tier,
        reason: reason(survey, candidate)?,
    })
}
