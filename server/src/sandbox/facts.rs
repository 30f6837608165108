//! What a database's catalogs say, object by object, so that a change made outside of Crowfoot is seen and named.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tokio_postgres::Error;

use super::live::Live;

/// A digest of each object's definition, by the object's kind and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Facts(BTreeMap<String, String>);

/// Everything that is not PostgreSQL's own or ours, and would be missed when it changed.
const QUERY: &str = include_str!("facts.sql");

/// More would not help anybody to find out what happened.
const MAX_NAMED: usize = 5;

/// Reads the facts as the transaction sees them.
pub(crate) async fn read(live: &Live) -> Result<Facts, Error> {
    let rows = live.client.query(QUERY, &[]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect::<Result<_, _>>().map(Facts)
}

impl Facts {
    /// What is different in `now`, in words; empty when nothing is.
    pub(crate) fn differences(&self, now: &Self) -> Vec<String> {
        let objects: BTreeSet<&String> = self.0.keys().chain(now.0.keys()).collect();
        let changes: Vec<(&str, &str)> = objects
            .into_iter()
            .filter_map(|object| match (self.0.get(object), now.0.get(object)) {
                (None, Some(_)) => Some((object.as_str(), "is new")),
                (Some(_), None) => Some((object.as_str(), "is gone")),
                (Some(before), Some(after)) if before != after => Some((object.as_str(), "is different")),
                _ => None,
            })
            .collect();
        let tables: BTreeSet<&str> = changes.iter().filter_map(|(object, _)| strip(object, &TABLES)).collect();
        let is_told_by_table =
            |object: &str| strip(object, &PARTS).is_some_and(|part| tables.iter().any(|table| is_part(part, table)));
        let (whole, parts): (Vec<_>, Vec<_>) = changes.iter().partition(|(object, _)| strip(object, &TABLES).is_some());
        let parts = parts.into_iter().filter(|(object, change)| *change == "is different" || !is_told_by_table(object));
        let mut words: Vec<String> =
            whole.into_iter().chain(parts).map(|(object, change)| format!("{object} {change}")).collect();
        let more = words.len().saturating_sub(MAX_NAMED);
        words.truncate(MAX_NAMED);
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        words
    }
}

/// Kinds of objects that hold others.
const TABLES: [&str; 3] = ["table ", "view ", "materialized view "];
/// Kinds of objects that live in those.
const PARTS: [&str; 5] = ["column ", "constraint ", "trigger ", "policy ", "rule "];

/// The name of an object of one of these kinds.
fn strip<'a>(object: &'a str, kinds: &[&str]) -> Option<&'a str> {
    kinds.iter().find_map(|kind| object.strip_prefix(kind))
}

fn is_part(part: &str, table: &str) -> bool {
    part.strip_prefix(table).is_some_and(|rest| rest.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(list: &[(&str, &str)]) -> Facts {
        Facts(list.iter().map(|(object, digest)| ((*object).to_owned(), (*digest).to_owned())).collect())
    }

    fn check(before: &[(&str, &str)], after: &[(&str, &str)], expect: &[&str]) {
        assert_eq!(facts(before).differences(&facts(after)), expect);
    }

    #[test]
    fn differences_are_named() {
        check(&[], &[], &[]);
        check(&[("table a", "1")], &[("table a", "1")], &[]);
        check(&[("table a", "1")], &[("table a", "2")], &["table a is different"]);
        check(&[("table a", "1")], &[("table b", "1")], &["table a is gone", "table b is new"]);
        check(&[], &[("column a.b", "1"), ("table a", "1")], &["table a is new"]);
        check(
            &[("column a.b", "1")],
            &[("column a.b", "2"), ("index c", "1")],
            &["column a.b is different", "index c is new"],
        );
        let many: Vec<(String, &str)> = (0..8).map(|n| (format!("table {n}"), "1")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(object, digest)| (object.as_str(), *digest)).collect();
        assert_eq!(facts(&[]).differences(&facts(&many)).last().map(String::as_str), Some("and 3 more"));
    }
}
