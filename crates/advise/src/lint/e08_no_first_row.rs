//! E08: tables of which none can have the first row.

use super::facts::{Facts, is_required};
use super::fixes::set;
use super::graph::{circles, within};
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::{Deferral, ObjectId, Reference, ReferenceOptions};

pub(super) const RULE: Rule = Rule {
    id: "E08",
    title: "Tables that need each other's rows first",
    why: "Each row of one table must name a row of the next one, and so on round to the first, so that none of them \
          takes a first row. Only one statement that inserts into all of them at once gets by. Let one of the references \
          be checked at the end of the transaction, or let its column be NULL. A table that references itself is not \
          meant: its first row can name itself.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id int primary key, home_id int not null);
                  create table homes (id int primary key, owner_id int not null references users (id));
                  alter table users add foreign key (home_id) references homes (id);
                  create index on users (home_id); create index on homes (owner_id);"],
        spares: &[
            "create table users (id int primary key, home_id int);
             create table homes (id int primary key, owner_id int not null references users (id));
             alter table users add foreign key (home_id) references homes (id);
             create index on users (home_id); create index on homes (owner_id);",
            "create table users (id int primary key, home_id int not null);
             create table homes (id int primary key, owner_id int not null references users (id));
             alter table users add foreign key (home_id) references homes (id) deferrable;
             create index on users (home_id); create index on homes (owner_id);",
            "create table users (id int primary key, boss_id int not null references users (id));
             create index on users (boss_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let binds = |reference: &Reference| {
        let table = facts.schema.table(reference.referencing);
        reference.options.deferral == Deferral::Never && table.is_some_and(|table| is_required(table, reference))
    };
    let mut found = Vec::new();
    for circle in circles(facts, binds) {
        let inner = within(facts, &circle, binds);
        let names: Vec<&str> = inner.iter().map(|it| it.name.as_str()).collect();
        let message = format!(
            "{} take no first row: each must name a row that is there already ({}); let one reference be deferred, or \
             its column be NULL",
            facts.names(&circle),
            names.join(", ")
        );
        let deferred = inner.iter().filter_map(|it| {
            let options = ReferenceOptions { deferral: Deferral::Deferred, ..it.options.clone() };
            set(facts.schema, ObjectId::Reference(it.id), Attribute::ReferenceOptions(options))
        });
        let fix = Fix::of(format!("check {} at the end of the transaction", names.join(", ")), deferred.collect());
        let references = inner.iter().map(|it| ObjectId::Reference(it.id));
        found.push(RULE.found(circle.into_iter().map(ObjectId::Table).chain(references).collect(), message, fix));
    }
    found
}
