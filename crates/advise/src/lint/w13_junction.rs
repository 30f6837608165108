//! W13: a table that joins two others and can join the same two rows twice.

use super::facts::Facts;
use super::fixes::{can_be_key, key, require};
use super::{Finding, Fix, Rule, Severity};
use crate::plural::readings;
use schema::{BaseType, Column, ColumnId, KeyKind, ObjectId, Reference, Table};

pub(super) const RULE: Rule = Rule {
    id: "W13",
    title: "Junction table that can have a pair twice",
    why: "A table that is there to join two others should have each pair once: nothing else stops the same tag from \
          being on the same post twice, and a number of its own does not. Let the two references be the primary key, or \
          unique together.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table posts (id int primary key); create table tags (id int primary key);
             create table labels (post_id int not null references posts, tag_id int not null references tags);
             create index on labels (tag_id);",
            "create table posts (id int primary key); create table tags (id int primary key);
             create table post_tags (id int primary key, post_id int references posts, tag_id int references tags,
               created_at timestamptz not null default now());
             create index on post_tags (tag_id);",
        ],
        spares: &[
            "create table posts (id int primary key); create table tags (id int primary key);
             create table labels (post_id int references posts, tag_id int references tags,
               primary key (tag_id, post_id));
             create index on labels (post_id);",
            "create table posts (id int primary key); create table tags (id int primary key);
             create table post_tags (id int primary key, post_id int references posts unique,
               tag_id int references tags);
             create index on post_tags (tag_id);",
            "create table users (id int primary key); create table products (id int primary key);
             create table orders (id int primary key, user_id int references users,
               product_id int references products, created_at timestamptz not null default now());
             create index on orders (user_id); create index on orders (product_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    facts.tables.iter().filter_map(|table| told(facts, table)).collect()
}

fn told(facts: &Facts<'_>, table: &Table) -> Option<Finding> {
    let [one, other] = facts.outgoing(table.id) else { return None };
    let pair: Vec<ColumnId> = one.referencing_columns().into_iter().chain(other.referencing_columns()).collect();
    let is_apart = one.referencing_columns().iter().all(|column| !other.referencing_columns().contains(column));
    if !is_apart || !joins(facts, table, [one, other], &pair) || facts.is_partition(table) {
        return None;
    }
    if table.unique_sets().any(|set| !set.is_empty() && set.iter().all(|column| pair.contains(column))) {
        return None;
    }
    let message = format!(
        "{} joins {} and {} and can join the same two rows twice; make {} unique",
        facts.name(table.id),
        facts.name(one.referenced),
        facts.name(other.referenced),
        table.list_of(&pair)
    );
    let objects = [ObjectId::Table(table.id), ObjectId::Reference(one.id), ObjectId::Reference(other.id)];
    Some(RULE.found(objects.into(), message, fix(facts, table, &pair)))
}

/// Whether the table is there for the two references: it has nothing but them, or is called after both tables and has
/// besides only a number of its own and times.
fn joins(facts: &Facts<'_>, table: &Table, references: [&Reference; 2], pair: &[ColumnId]) -> bool {
    let others: Vec<&Column> = table.columns.iter().filter(|column| !pair.contains(&column.id)).collect();
    if others.is_empty() {
        return true;
    }
    let is_aside = |column: &&Column| {
        let own_key = table.primary_key().is_some_and(|key| key.columns == [column.id]);
        let base = column.data_type.base();
        own_key || matches!(base, Some(BaseType::Date | BaseType::Timestamp | BaseType::TimestampTz))
    };
    let name = table.name.as_str().to_lowercase();
    let is_in_name = |reference: &Reference| {
        let other = facts.schema.table(reference.referenced).map(|it| it.name.as_str().to_lowercase());
        other.is_some_and(|other| readings(&other).iter().any(|reading| name.contains(reading.as_str())))
    };
    others.iter().all(is_aside) && references.into_iter().all(is_in_name)
}

fn fix(facts: &Facts<'_>, table: &Table, pair: &[ColumnId]) -> Option<Fix> {
    if !can_be_key(facts, table, pair) {
        return None;
    }
    let place = facts.place(table, pair);
    if table.primary_key().is_some() {
        return Fix::of(format!("unique {place}"), vec![key(facts, table, KeyKind::Unique, pair)]);
    }
    let mut edits = require(facts, table, pair);
    edits.push(key(facts, table, KeyKind::Primary, pair));
    Fix::of(format!("{place} as the primary key"), edits)
}
