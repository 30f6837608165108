//! Why a reference is suggested, in words.

use super::candidate::Candidate;
use super::gather::{Fit, Itself, Naming, Person};
use super::survey::Survey;

/// What speaks for the candidate, the plainest first.
pub(super) fn reason(survey: &Survey<'_>, candidate: &Candidate<'_>) -> Option<String> {
    let (own, target) = (survey.tables.get(candidate.from)?, survey.tables.get(candidate.to)?);
    let name = survey.schema.display_name(target.table);
    let ids = |columns: &[&schema::Column]| columns.iter().map(|column| column.id).collect::<Vec<_>>();
    let mine = own.table.list_of(&ids(&candidate.columns));
    let theirs = target.table.list_of(&ids(&candidate.key_columns));
    let mut parts = vec![of_name(survey, candidate, &mine, &name)?];
    if candidate.columns.len() > 1 {
        parts.push("they fit together or not at all".to_owned());
    }
    let same = candidate
        .columns
        .iter()
        .zip(&candidate.key_columns)
        .all(|(mine, theirs)| mine.data_type.without_sequence() == theirs.data_type.without_sequence());
    parts.push(if same { "same type" } else { "the types can be compared" }.to_owned());
    let is_primary = target.keys.get(candidate.key)?.is_primary;
    let (kind, verb) =
        (if is_primary { "primary" } else { "unique" }, if candidate.columns.len() > 1 { "are" } else { "is" });
    parts.push(format!("{name}.{theirs} {verb} the {kind} key"));
    Some(parts.join("; "))
}

fn of_name(survey: &Survey<'_>, candidate: &Candidate<'_>, mine: &str, name: &str) -> Option<String> {
    let evidence = &candidate.evidence;
    if candidate.columns.len() > 1 {
        return Some(format!("{mine} are called like a key of {name}"));
    }
    if evidence.alias >= 0.5 {
        return Some(format!("{mine} references {name} in other tables too"));
    }
    let column = candidate.columns.first()?;
    let facts = survey.tables.get(candidate.from)?.facts(column.id)?;
    let end = evidence.from + evidence.covered;
    let before = facts.stem.get(..evidence.from).unwrap_or_default().join(" ");
    let rest = facts.stem.get(end..).unwrap_or_default().join(" ");
    let by_name = match evidence.fit {
        Fit::Whole | Fit::Joined => format!("{mine} reads as {name}"),
        Fit::OwnTable | Fit::OwnPrefix => {
            format!("{mine} reads as {name}, without what both tables begin with")
        }
        Fit::Role | Fit::RoleOfPrefixed => format!("{mine} reads as role “{before}” + {name}"),
        Fit::CommonPrefix => format!("{mine} reads as {name}, without what many tables begin with"),
        Fit::AnyPrefix => format!("{mine} reads as the end of {name}"),
        Fit::Leading => format!("{mine} reads as {name} + “{rest}”"),
        Fit::Inside => format!("{mine} has {name} within it"),
        Fit::Short => format!("{mine} reads as {name}, shortened"),
        Fit::Unlike => String::new(),
    };
    let is_same_key = evidence.named_key.is_some_and(|(key, naming)| key == candidate.key && naming == Naming::Same);
    Some(match (by_name.is_empty(), is_same_key, evidence.itself, evidence.person) {
        (false, ..) if evidence.fit <= Fit::Role => by_name,
        (_, true, ..) => format!("{mine} is called like the key of {name}"),
        (_, _, Itself::Only | Itself::Joint, _) if candidate.from == candidate.to => {
            format!("{mine} reads like another row of the same table")
        }
        (_, _, _, Some(Person::By)) => format!("{mine} reads like somebody of {name}"),
        (_, _, _, Some(Person::Role | Person::Agent | Person::Perhaps)) => {
            format!("{mine} is what somebody of {name} would be")
        }
        (false, ..) => by_name,
        (true, _, Itself::Partly, _) => format!("{mine} reads like another row of the same table"),
        (true, ..) if evidence.named_key.is_some() => format!("{mine} ends like the key of {name}"),
        (true, ..) => format!("columns that end like {mine} reference {name} in other tables"),
    })
}
