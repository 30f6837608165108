//! References that could be made, with what speaks for each.

use super::features::{Case, Feature, Features, Standing, composite, features, share};
use super::gather::{Evidence, Fit, Itself, Naming, gather};
use super::survey::{Entry, Facts, Survey, Target};
use super::words::{Class, Noun};
use schema::{Column, ColumnId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// A reference that could be made.
pub(super) struct Candidate<'a> {
    /// Place of the referencing table.
    pub(super) from: usize,
    pub(super) columns: Vec<&'a Column>,
    /// Place of the referenced table, and of the key among its keys.
    pub(super) to: usize,
    pub(super) key: usize,
    /// Pair by pair with `columns`.
    pub(super) key_columns: Vec<&'a Column>,
    /// Of the first of its columns that says anything.
    pub(super) evidence: Evidence,
    /// Whether the columns are called as the key is, and as no other.
    pub(super) is_only_key_name: bool,
    pub(super) features: Features,
    /// Whether every row has to have it.
    pub(super) is_mandatory: bool,
}

/// So many tables are looked at for one composite key; a name that more of them have is no name.
const MOST_OF_COMPOSITE: usize = 200;

/// A composite key of more columns is hardly ever referenced.
const MOST_COLUMNS: usize = 5;

/// All candidates, by referencing table and column.
pub(super) fn candidates<'a>(survey: &Survey<'a>) -> Vec<Candidate<'a>> {
    let mut all = Vec::new();
    for (from, own) in survey.tables.iter().enumerate() {
        // What a partition references, the table that it is of does.
        if own.table.options.partition.is_some() {
            continue;
        }
        for facts in own.columns.iter().filter(|facts| facts.is_open && !facts.is_taken) {
            if !is_polymorphic(own, facts) && !is_own_key(own, facts) {
                of_column(survey, from, facts, &mut all);
            }
        }
    }
    of_composite_keys(survey, &mut all);
    all
}

/// Whether the column is the key of its table and called after it: `person_id` of persons is theirs, whoever else has one.
fn is_own_key(own: &Entry<'_>, facts: &Facts<'_>) -> bool {
    let is_key = own.table.primary_key().is_some_and(|key| key.columns == [facts.column.id]);
    is_key && (facts.nouns == own.nouns || Some(facts.nouns.as_slice()) == own.nouns.get(own.prefix..))
}

/// Whether a column beside it says of which table the row is.
fn is_polymorphic(own: &Entry<'_>, facts: &Facts<'_>) -> bool {
    let stem = facts.stem.concat();
    let has = |ending: &str| own.by_name.contains_key(&format!("{stem}{ending}"));
    facts.class != Class::Bare && !stem.is_empty() && (has("type") || has("class") || has("model") || has("table"))
}

fn of_column<'a>(survey: &Survey<'a>, from: usize, facts: &Facts<'a>, all: &mut Vec<Candidate<'a>>) {
    let Some(own) = survey.tables.get(from) else { return };
    let found = gather(survey, from, facts);
    let mut fitting: Vec<(usize, usize, &Evidence)> = Vec::new();
    for (to, evidence) in &found {
        let Some(target) = survey.tables.get(*to) else { continue };
        for (key, it) in target.keys.iter().enumerate().take(8) {
            if may_lead_to((own, facts), (target, it), evidence.named_key.is_some_and(|(named, _)| named == key)) {
                fitting.push((*to, key, evidence));
            }
        }
    }
    let named = fitting.iter().filter(|(_, _, it)| it.named_key.is_some_and(|(_, naming)| naming == Naming::Same));
    let is_only_key_name = named.map(|(to, ..)| to).collect::<BTreeSet<_>>().len() == 1;
    let orders: Vec<(usize, Order, f64)> =
        fitting.iter().map(|(to, _, evidence)| (*to, order(survey, own, *to, evidence), evidence.alias)).collect();
    for ((to, key, evidence), (_, mine, _)) in fitting.iter().zip(&orders) {
        let Some([column]) = survey.tables.get(*to).and_then(|it| it.keys.get(*key)).map(|it| it.columns.as_slice())
        else {
            continue;
        };
        let mut candidate = Candidate {
            from,
            columns: vec![facts.column],
            to: *to,
            key: *key,
            key_columns: vec![column],
            evidence: **evidence,
            is_only_key_name,
            features: [0.0; Feature::ALL.len()],
            is_mandatory: !own.table.is_nullable(facts.column.id),
        };
        let standing = standing(&orders, *to, *mine);
        candidate.features = features(&Case { survey, own, facts, evidence, standing }, &candidate);
        all.push(candidate);
    }
}

/// Whether the column could reference the key at all, and whether it is worth a thought: keys beside the primary one are
/// when the column is called as they are.
fn may_lead_to(
    (own, facts): (&Entry<'_>, &Facts<'_>),
    (target, key): (&Entry<'_>, &Target<'_>),
    is_named: bool,
) -> bool {
    let [column] = key.columns.as_slice() else { return false };
    let to_itself = own.table.id == target.table.id;
    let is_own_key = own.table.primary_key().is_some_and(|key| key.columns == [facts.column.id]);
    let is_of_whole = facts.column.name == column.name && is_part_of(own, target);
    if to_itself && (is_own_key || column.id == facts.column.id) || is_of_whole {
        return false;
    }
    let ends_alike = facts.class != Class::Bare && key.words.last() == facts.words.last();
    let is_only = target.keys.iter().filter(|key| key.columns.len() == 1).count() == 1;
    (key.is_main || is_named || ends_alike || is_only)
        && target.facts(column.id).is_some_and(|key| facts.underlying.can_reference(&key.underlying))
}

/// Whether the name is the other's and a number, as partitions made by hand are called.
fn is_part_of(own: &Entry<'_>, whole: &Entry<'_>) -> bool {
    let rest = own.words.get(whole.words.len()..).unwrap_or_default();
    own.words.starts_with(&whole.words) && rest.iter().any(|word| word.chars().all(char::is_numeric))
}

/// What candidates of one column are compared by; less comes first.
type Order = (usize, Reverse<usize>, bool);

fn order(survey: &Survey<'_>, own: &Entry<'_>, to: usize, evidence: &Evidence) -> Order {
    let is_far = survey.tables.get(to).is_none_or(|it| it.table.namespace != own.table.namespace);
    (strength(evidence), Reverse(evidence.covered), is_far)
}

/// How a table stands among all that are found, each of which comes once for every key that fits.
fn standing(orders: &[(usize, Order, f64)], to: usize, mine: Order) -> Standing {
    let mut standing = Standing { is_first: true, rivals: 0, elsewhere: 0.0 };
    let mut last = None;
    for (at, order, alias) in orders.iter().filter(|(at, ..)| *at != to) {
        if last.replace(*at) != Some(*at) {
            standing.is_first &= *order >= mine;
            standing.rivals += usize::from(*order == mine);
            standing.elsewhere = standing.elsewhere.max(*alias);
        }
    }
    standing
}

/// How plainly it speaks, to compare tables by; less is plainer.
fn strength(evidence: &Evidence) -> usize {
    let fit = Fit::ALL.iter().position(|fit| *fit == evidence.fit).unwrap_or(Fit::ALL.len());
    let other = if evidence.alias >= 0.5 {
        0
    } else if evidence.named_key.is_some_and(|(_, naming)| naming == Naming::Same) {
        3
    } else if evidence.itself == Itself::Only || evidence.person.is_some() {
        4
    } else {
        Fit::ALL.len()
    };
    fit.min(other)
}

/// Candidates of several columns, by table and columns.
type Rivals<'a> = BTreeMap<(usize, Vec<ColumnId>), Vec<(Candidate<'a>, Shape)>>;

/// Candidates for keys of several columns: every one of them needs a column that is called as it is, or after the table.
fn of_composite_keys<'a>(survey: &Survey<'a>, all: &mut Vec<Candidate<'a>>) {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, it) in survey.tables.iter().enumerate().filter(|(_, it)| it.table.options.partition.is_none()) {
        for facts in it.columns.iter().filter(|facts| !facts.stem.is_empty()) {
            by_name.entry(facts.name.as_str()).or_default().push(at);
        }
    }
    let mut found: Rivals<'a> = BTreeMap::new();
    for (to, target) in survey.tables.iter().enumerate() {
        let keys = target.keys.iter().enumerate();
        for (key, it) in keys.filter(|(_, key)| (2..=MOST_COLUMNS).contains(&key.columns.len())) {
            let facts = it.columns.iter().filter_map(|column| target.facts(column.id));
            let rarest = facts.filter_map(|facts| by_name.get(facts.name.as_str())).min_by_key(|found| found.len());
            for from in rarest.into_iter().flatten().take(MOST_OF_COMPOSITE).filter(|from| **from != to) {
                if let Some((candidate, shape)) = composite_candidate(survey, *from, (to, key, it)) {
                    let mut columns: Vec<ColumnId> = candidate.columns.iter().map(|column| column.id).collect();
                    columns.sort_unstable();
                    found.entry((*from, columns)).or_default().push((candidate, shape));
                }
            }
        }
    }
    for rivals in found.into_values() {
        let best = rivals.iter().map(|(_, shape)| shape.named).fold(0.0, f64::max);
        let count = rivals.iter().filter(|(_, shape)| shape.named >= best).count();
        for (mut candidate, shape) in rivals {
            let is_first = shape.named >= best;
            let standing = Standing { is_first, rivals: count - usize::from(is_first), elsewhere: 0.0 };
            candidate.features = composite(&shape, standing);
            all.push(candidate);
        }
    }
}

fn composite_candidate<'a>(
    survey: &Survey<'a>,
    from: usize,
    (to, key, target): (usize, usize, &Target<'a>),
) -> Option<(Candidate<'a>, Shape)> {
    let (own, referenced) = (survey.tables.get(from)?, survey.tables.get(to)?);
    let pairs: Vec<(&Facts<'a>, &'a Column)> = target
        .columns
        .iter()
        .map(|column| Some((counterpart(own, referenced, column)?, *column)))
        .collect::<Option<_>>()?;
    let distinct: BTreeSet<ColumnId> = pairs.iter().map(|(facts, _)| facts.column.id).collect();
    if distinct.len() < pairs.len() || pairs.iter().all(|(facts, _)| facts.is_taken) {
        return None;
    }
    let is_led = |id: &ColumnId| survey.led.contains(&(own.table.id, *id, referenced.table.id));
    let is_there = distinct.iter().any(is_led);
    if is_there {
        return None;
    }
    let shape = shape(survey, (own, to), referenced, &pairs, target.is_primary);
    let candidate = Candidate {
        from,
        columns: pairs.iter().map(|(facts, _)| facts.column).collect(),
        to,
        key,
        key_columns: pairs.iter().map(|(_, column)| *column).collect(),
        evidence: Evidence::of(Fit::Unlike, 0, 0),
        is_only_key_name: false,
        features: [0.0; Feature::ALL.len()],
        is_mandatory: pairs.iter().all(|(facts, _)| !own.table.is_nullable(facts.column.id)),
    };
    Some((candidate, shape))
}

/// The column of `own` that stands for a column of the key: it is called the same, or after the table where the key's says
/// no more than that it is a key.
fn counterpart<'b, 'a>(own: &'b Entry<'a>, referenced: &Entry<'a>, column: &Column) -> Option<&'b Facts<'a>> {
    let key = referenced.facts(column.id)?;
    let found = if key.stem.is_empty() {
        let shorn = referenced.nouns.get(referenced.prefix..).unwrap_or_default();
        let is_named = |nouns: &[Noun]| !nouns.is_empty() && (nouns == referenced.nouns || nouns == shorn);
        own.columns.iter().find(|facts| is_named(&facts.nouns))
    } else {
        own.by_name.get(&key.name).and_then(|at| own.columns.get(*at))
    };
    found.filter(|facts| facts.is_open && facts.underlying.can_reference(&key.underlying))
}

/// What several columns together say.
pub(super) struct Shape {
    /// Whether all are called as the key's are.
    pub(super) is_same: bool,
    /// The share of the words of the table's name that the names of the key's columns have.
    pub(super) named: f64,
    /// Whether the key is made of references to other tables.
    pub(super) to_junction: bool,
    pub(super) is_primary: bool,
    /// The share of the columns that are in their table's primary key.
    pub(super) in_key: f64,
    /// Whether the columns and nothing else are their table's primary key.
    pub(super) is_key: bool,
    pub(super) is_near: bool,
}

fn shape(
    survey: &Survey<'_>,
    (own, to): (&Entry<'_>, usize),
    target: &Entry<'_>,
    pairs: &[(&Facts<'_>, &Column)],
    is_primary: bool,
) -> Shape {
    let keys: Vec<&Facts<'_>> = pairs.iter().filter_map(|(_, column)| target.facts(column.id)).collect();
    let words: BTreeSet<Noun> = keys.iter().flat_map(|facts| facts.nouns.iter().copied()).collect();
    let shorn = target.nouns.get(target.prefix..).unwrap_or_default();
    let leads_elsewhere = |facts: &&&Facts<'_>| {
        let found = survey.whole.get(&facts.nouns).or_else(|| survey.shorn.get(&facts.nouns));
        found.is_some_and(|found| found.iter().any(|at| *at != to))
    };
    let in_key = pairs.iter().filter(|(facts, _)| own.table.in_primary_key(facts.column.id)).count();
    let key_length = own.table.primary_key().map_or(0, |key| key.columns.len());
    Shape {
        is_same: pairs.iter().all(|(facts, column)| facts.column.name == column.name),
        named: share(shorn.iter().filter(|word| words.contains(word)).count(), shorn.len()),
        to_junction: keys.iter().filter(leads_elsewhere).count() == keys.len(),
        is_primary,
        in_key: share(in_key, pairs.len()),
        is_key: in_key == pairs.len() && in_key == key_length,
        is_near: own.table.namespace == target.table.namespace,
    }
}
