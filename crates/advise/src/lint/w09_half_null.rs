//! W09: a reference over several columns that counts for nothing once one of them is NULL.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::{ColumnId, ObjectId, Reference, ReferenceOptions, Table};

pub(super) const RULE: Rule = Rule {
    id: "W09",
    title: "Reference that is half NULL",
    why: "A reference over several columns is not checked as soon as one of them is NULL, whatever the others say, unless \
          it is MATCH FULL. With one nullable column among others that may be just what is meant; with two of them, a \
          row can have one and lack the other. MATCH FULL, or a check over both, forbids that.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (a int, b int, primary key (a, b));
             create table orders (id int primary key, a int, b int, foreign key (a, b) references users (a, b));
             create index on orders (a, b);"],
        spares: &[
            "create table users (a int, b int, primary key (a, b));
             create table orders (id int primary key, a int not null, b int,
               foreign key (a, b) references users (a, b));
             create index on orders (a, b);",
            "create table users (a int, b int, primary key (a, b));
             create table orders (id int primary key, a int, b int, foreign key (a, b) references users match full);
             create index on orders (a, b);",
            "create table users (a int, b int, primary key (a, b));
             create table orders (id int primary key, a int, b int, foreign key (a, b) references users (a, b),
               check ((a is null) = (b is null)));
             create index on orders (a, b);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in facts.references.iter().filter(|it| !it.options.match_full && it.pairs.len() > 1) {
        let Some((table, _)) = facts.ends(reference) else { continue };
        let columns = reference.referencing_columns();
        let nullable: Vec<ColumnId> = columns.iter().copied().filter(|column| table.is_nullable(*column)).collect();
        if nullable.len() < 2 || is_checked(table, &nullable) {
            continue;
        }
        let message = format!(
            "{}: a row with only one of {} names nothing and is not checked; make the reference match full, or the \
             columns NOT NULL",
            reference.name,
            table.list_of(&nullable)
        );
        let fix = if nullable.len() == columns.len() { fix(facts, reference) } else { None };
        found.push(RULE.found(vec![ObjectId::Reference(reference.id)], message, fix));
    }
    found
}

/// Whether a check has something to say about all of them.
fn is_checked(table: &Table, columns: &[ColumnId]) -> bool {
    table.checks.iter().any(|check| {
        let mentioned = table.columns_of(&check.expression);
        columns.iter().all(|column| mentioned.contains(column))
    })
}

/// Only where no column is always there, and none is set to NULL without the others.
fn fix(facts: &Facts<'_>, reference: &Reference) -> Option<Fix> {
    if !reference.options.set_columns.is_empty() {
        return None;
    }
    let options = ReferenceOptions { match_full: true, ..reference.options.clone() };
    let edit = set(facts.schema, ObjectId::Reference(reference.id), Attribute::ReferenceOptions(options));
    Fix::of(format!("match full for {}", reference.name), edit.into_iter().collect())
}
