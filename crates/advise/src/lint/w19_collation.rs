//! W19: references between texts that are compared in different ways.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::{Column, ObjectId, QualifiedName, Table};

pub(super) const RULE: Rule = Rule {
    id: "W19",
    title: "Reference between different collations",
    why: "The two columns are compared by the collation of the key. Where the other one has another collation and one of \
          them is nondeterministic, PostgreSQL 18 refuses the reference, and a dump of an older server cannot be \
          restored. Give both columns one collation.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
             create table users (name text collate ci primary key);
             create table orders (id bigint primary key, user_name text references users);
             create index on orders (user_name);"],
        spares: &["create collation ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
             create table users (name text collate ci primary key);
             create table orders (id bigint primary key, user_name text collate ci references users);
             create index on orders (user_name);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in &facts.references {
        let Some((table, referenced)) = facts.ends(reference) else { continue };
        for pair in &reference.pairs {
            let columns = (table.column(pair.referencing), referenced.column(pair.referenced));
            let (Some(mine), Some(theirs)) = columns else { continue };
            if is_same(mine.collation.as_ref(), theirs.collation.as_ref()) {
                continue;
            }
            let message = format!(
                "{} is compared by {} and {}, which it names, by {}; give both one collation",
                facts.place(table, &[mine.id]),
                words(mine),
                facts.place(referenced, &[theirs.id]),
                words(theirs)
            );
            let objects = vec![ObjectId::Column(table.id, mine.id), ObjectId::Reference(reference.id)];
            found.push(RULE.found(objects, message, fix(facts, table, mine, theirs)));
        }
    }
    found
}

/// Who says no namespace means the one that the search path finds.
fn is_same(one: Option<&QualifiedName>, other: Option<&QualifiedName>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => {
            one.name == other.name
                && (one.namespace == other.namespace || one.namespace.is_none() || other.namespace.is_none())
        }
        (Some(only), None) | (None, Some(only)) => only.name.as_str() == "default",
        (None, None) => true,
    }
}

fn words(column: &Column) -> String {
    column.collation.as_ref().map_or_else(|| "the collation of the database".to_owned(), ToString::to_string)
}

fn fix(facts: &Facts<'_>, table: &Table, mine: &Column, theirs: &Column) -> Option<Fix> {
    // Others may name it, or it may name others, by the collation that it has.
    let holds = facts.outgoing(table.id).iter().filter(|it| it.referencing_columns().contains(&mine.id)).count();
    let is_named = facts.incoming(table.id).iter().any(|it| it.referenced_columns().contains(&mine.id));
    if holds > 1 || is_named {
        return None;
    }
    let edit = set(facts.schema, ObjectId::Column(table.id, mine.id), Attribute::Collation(theirs.collation.clone()));
    Fix::of(format!("{} compared by {}", facts.place(table, &[mine.id]), words(theirs)), edit.into_iter().collect())
}
