//! W01: a reference whose columns no index begins with.

use super::facts::Facts;
use super::fixes::{index, set};
use super::{Finding, Fix, Rule, Severity};
use crate::index_for;
use edit::Attribute;
use schema::{Index, IndexPart, ObjectId, Reference, Table};

pub(super) const RULE: Rule = Rule {
    id: "W01",
    title: "Reference without an index",
    why: "PostgreSQL makes an index for the key that is named, and none for the columns that name it. Without one, every \
          row that is deleted or changed in the referenced table is looked for in all of this one, and joins read all \
          of it. An index helps when it begins with these columns, in any order; a partial one only if it leaves \
          nothing but NULL out.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id));",
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id), at date);
             create index on orders (at, user_id); create index on orders (user_id) where at is null;",
            "create table users (tenant_id int, id int, primary key (tenant_id, id));
             create table orders (id int primary key, tenant_id int, user_id int,
               foreign key (tenant_id, user_id) references users (tenant_id, id) match full);
             create index on orders (tenant_id);",
        ],
        spares: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id), at date);
             create index on orders (user_id desc, at);",
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id));
             create index on orders (user_id) where user_id is not null;",
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id));
             create index on orders using hash (user_id);",
            "create table users (tenant_id int, id int, primary key (tenant_id, id));
             create table orders (tenant_id int, user_id int, n int, primary key (user_id, tenant_id, n),
               foreign key (tenant_id, user_id) references users (tenant_id, id));",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in &facts.references {
        let Some((table, _)) = facts.ends(reference) else { continue };
        let columns = reference.referencing_columns();
        // A partition has the indexes of its parent.
        if facts.is_partition(table) || index_for(table, &columns).is_some() {
            continue;
        }
        let message = format!(
            "{} has no index, so that changes of {} look through all of {}; add one",
            facts.place(table, &columns),
            facts.name(reference.referenced),
            facts.name(table.id)
        );
        let objects = vec![ObjectId::Reference(reference.id), ObjectId::Table(table.id)];
        found.push(RULE.found(objects, message, fix(facts, reference, table)));
    }
    found
}

fn fix(facts: &Facts<'_>, reference: &Reference, table: &Table) -> Option<Fix> {
    let columns = reference.referencing_columns();
    let place = facts.place(table, &columns);
    // An index over some of the columns becomes one over all: beside a new one it would be of no use.
    let is_part = |index: &&Index| {
        let part = index.plain_columns().filter(|_| !index.unique && index.options == Default::default());
        part.is_some_and(|part| part.len() < columns.len() && part.iter().all(|column| columns.contains(column)))
    };
    let Some(part) = table.indexes.iter().find(is_part) else {
        return Fix::of(format!("index {place}"), vec![index(facts, table, &columns)]);
    };
    let rest = columns.iter().copied().filter(|column| !part.columns().contains(column));
    let parts = part.parts.iter().cloned().chain(rest.map(IndexPart::column)).collect();
    let edit = set(facts.schema, ObjectId::Index(table.id, part.id), Attribute::Parts(parts));
    Fix::of(format!("widen {} to {place}", part.name), edit.into_iter().collect())
}
