//! E05: a reference without columns, or with one twice.

use super::facts::Facts;
use super::{Finding, Rule, Severity};

pub(super) const RULE: Rule = Rule {
    id: "E05",
    title: "Reference with a column twice, or without any",
    why: "Each column of a reference names another column of the key, once. Choose for each column of the key the one \
          that names it.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (a int, b int, primary key (a, b));
                  create table orders (id int primary key, a int, foreign key (a, a) references users (a, b));"],
        spares: &["create table users (a int, b int, primary key (a, b));
                   create table orders (id int primary key, a int, b int,
                     foreign key (b, a) references users (b, a));"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let message = |text: &str| format!("{text}; choose another column for each column of the key");
    facts.refused(RULE.id).map(|it| RULE.found(vec![it.object], message(&it.message), None)).collect()
}
