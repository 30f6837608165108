//! E00: what PostgreSQL refuses and no other rule tells.

use super::facts::Facts;
use super::{Finding, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "E00",
    title: "PostgreSQL refuses it",
    why: "The schema cannot be committed as it is: something in it is not there, is there twice, or is of a kind that \
          does not fit. What is said about the object names the way out.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table t (id int primary key, n int default 'many');"],
        spares: &["create table t (id int primary key, n int default 1);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    facts.refused(RULE.id).map(|it| RULE.found(vec![it.object], it.message.clone(), None)).collect()
}
