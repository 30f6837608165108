//! W12: tables that have nothing to do with the others.

use super::facts::Facts;
use super::{Finding, Rule, Severity};
use schema::{ObjectId, Table};

pub(super) const RULE: Rule = Rule {
    id: "W12",
    title: "Table without references",
    why: "No reference leads to the table or from it, while most others have some. Perhaps one was forgotten, or the \
          table is not used any more. Logs, settings and the like stand alone rightly.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id int primary key);
             create table orders (id int primary key, user_id int references users);
             create table logs (id int primary key); create index on orders (user_id);"],
        spares: &[
            "create table users (id int primary key); create table logs (id int primary key);",
            "create table logs (id int primary key);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let belongs = |table: &Table| {
        !facts.outgoing(table.id).is_empty()
            || !facts.incoming(table.id).is_empty()
            || table.options.parents().next().is_some()
    };
    let alone: Vec<&&Table> = facts.tables.iter().filter(|table| !belongs(table)).collect();
    // Where few tables have references, having none says nothing about a table.
    if alone.len() * 2 > facts.tables.len() {
        return Vec::new();
    }
    let told = |table: &&Table| {
        let message = format!(
            "{} references no table and none references it; add what is missing, or drop it if it is not used",
            facts.name(table.id)
        );
        RULE.found(vec![ObjectId::Table(table.id)], message, None)
    };
    alone.into_iter().map(told).collect()
}
