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
        let mut words: Vec<String> = Vec::new();
        for object in objects {
            match (self.0.get(object), now.0.get(object)) {
                (None, Some(_)) => words.push(format!("{object} is new")),
                (Some(_), None) => words.push(format!("{object} is gone")),
                (Some(before), Some(after)) if before != after => words.push(format!("{object} is different")),
                _ => {}
            }
        }
        let more = words.len().saturating_sub(MAX_NAMED);
        words.truncate(MAX_NAMED);
        if more > 0 {
            words.push(format!("and {more} more"));
        }
        words
    }
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
        let many: Vec<(String, &str)> = (0..8).map(|n| (format!("table {n}"), "1")).collect();
        let many: Vec<(&str, &str)> = many.iter().map(|(object, digest)| (object.as_str(), *digest)).collect();
        assert_eq!(facts(&[]).differences(&facts(&many)).last().map(String::as_str), Some("and 3 more"));
    }
}
