//! W17: constraints that older rows may break.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::{CheckOptions, ObjectId, ReferenceOptions};

pub(super) const RULE: Rule = Rule {
    id: "W17",
    title: "Constraint that is not validated",
    why: "A constraint that is NOT VALID holds for new rows only; those that were there before it may break it, and the \
          planner does not rely on it. Validating reads the table once and lets others write meanwhile.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id bigint primary key);
             create table orders (id bigint primary key, user_id bigint);
             alter table orders add foreign key (user_id) references users not valid;
             create index on orders (user_id);",
            "create table orders (id bigint primary key, total int);
             alter table orders add check (total > 0) not valid;",
        ],
        spares: &["create table users (id bigint primary key);
             create table orders (id bigint primary key, user_id bigint, check (id > 0));
             alter table orders add foreign key (user_id) references users;
             create index on orders (user_id);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in facts.references.iter().filter(|it| it.options.not_valid) {
        let options = ReferenceOptions { not_valid: false, ..reference.options.clone() };
        found.push(told(facts, ObjectId::Reference(reference.id), Attribute::ReferenceOptions(options)));
    }
    for table in &facts.tables {
        for check in table.checks.iter().filter(|check| check.options.not_valid) {
            let options = CheckOptions { not_valid: false, ..check.options.clone() };
            found.push(told(facts, ObjectId::Check(table.id, check.id), Attribute::CheckOptions(options)));
        }
    }
    found
}

fn told(facts: &Facts<'_>, object: ObjectId, valid: Attribute) -> Finding {
    let name = facts.schema.label(object).unwrap_or_default();
    let message = format!("{name} is not validated, so that rows from before it may break it; validate it");
    let edits = set(facts.schema, object, valid).into_iter().collect();
    RULE.found(vec![object], message, Fix::of(format!("validate {name}"), edits))
}
