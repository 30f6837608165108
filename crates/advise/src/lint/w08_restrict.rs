//! W08: a reference that refuses a deletion which would take its own rows along.

use super::facts::Facts;
use super::fixes::set;
use super::graph::{Deleter, deleters};
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit};
use schema::{Deferral, ObjectId, Reference, ReferenceOptions, ReferentialAction, Table, TableId};
use std::collections::BTreeMap;

pub(super) const RULE: Rule = Rule {
    id: "W08",
    title: "Deletion that stands in its own way",
    why: "A deletion goes from table to table, one step after the other. Where a reference refuses (RESTRICT or NO \
          ACTION) at a step that comes before the one that would delete the rows that hold it, the whole deletion fails, \
          though nothing would be left that names anything. NO ACTION is no help by itself, as it is looked at in the same \
          order; checked at the end of the transaction, it is.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table firms (id int primary key);
             create table users (id int primary key, firm_id int references firms on delete cascade);
             create table teams (id int primary key, firm_id int references firms on delete cascade);
             create table tasks (id int primary key, team_id int references teams on delete cascade,
               user_id int references users on delete restrict);
             create index on users (firm_id); create index on teams (firm_id);
             create index on tasks (team_id); create index on tasks (user_id);",
            "create table firms (id int primary key);
             create table users (id int primary key, firm_id int references firms on delete cascade);
             create table teams (id int primary key, firm_id int references firms on delete cascade);
             create table tasks (id int primary key, team_id int references teams on delete cascade,
               user_id int references users);
             create index on users (firm_id); create index on teams (firm_id);
             create index on tasks (team_id); create index on tasks (user_id);",
        ],
        spares: &[
            // The tasks are gone before anybody looks at what names the users.
            "create table firms (id int primary key);
             create table users (id int primary key, firm_id int references firms on delete cascade);
             create table tasks (id int primary key, firm_id int references firms on delete cascade,
               user_id int references users on delete restrict);
             create index on users (firm_id); create index on tasks (firm_id); create index on tasks (user_id);",
            "create table firms (id int primary key);
             create table users (id int primary key, firm_id int references firms on delete cascade);
             create table teams (id int primary key, firm_id int references firms on delete cascade);
             create table tasks (id int primary key, team_id int references teams on delete cascade,
               user_id int references users deferrable initially deferred);
             create index on users (firm_id); create index on teams (firm_id);
             create index on tasks (team_id); create index on tasks (user_id);",
            "create table users (id int primary key);
             create table notes (id int primary key, author_id int references users on delete cascade,
               reader_id int references users);
             create index on notes (author_id); create index on notes (reader_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut known: BTreeMap<TableId, Vec<Deleter>> = BTreeMap::new();
    let mut found = Vec::new();
    for table in &facts.tables {
        let refusing: Vec<&&Reference> = facts.outgoing(table.id).iter().filter(|it| refuses(it)).collect();
        if refusing.is_empty() {
            continue;
        }
        let own = deleters(facts, table.id);
        if own.is_empty() {
            continue;
        }
        let steps: BTreeMap<TableId, usize> = own.iter().map(|deleter| (deleter.table, deleter.steps)).collect();
        for reference in refusing {
            let above = known.entry(reference.referenced).or_insert_with_key(|table| deleters(facts, *table));
            let is_late = |above: &&Deleter| steps.get(&above.table).is_some_and(|steps| *steps > above.steps);
            if let Some(root) = above.iter().find(is_late) {
                found.push(told(facts, table, reference, root.table));
            }
        }
    }
    found
}

fn refuses(reference: &Reference) -> bool {
    reference.on_delete == ReferentialAction::Restrict
        || reference.on_delete == ReferentialAction::NoAction && reference.options.deferral != Deferral::Deferred
}

fn told(facts: &Facts<'_>, table: &Table, reference: &Reference, root: TableId) -> Finding {
    let (root, named, name) = (facts.name(root), facts.name(reference.referenced), facts.name(table.id));
    let message = format!(
        "Deleting a row of {root} is refused while its rows of {name} name its rows of {named} ({}), though it would \
         delete both; check that reference at the end of the transaction",
        reference.name
    );
    let object = ObjectId::Reference(reference.id);
    let mut edits: Vec<Edit> = Vec::new();
    edits.extend(set(facts.schema, object, Attribute::OnDelete(ReferentialAction::NoAction)));
    let options = ReferenceOptions { deferral: Deferral::Deferred, ..reference.options.clone() };
    edits.extend(set(facts.schema, object, Attribute::ReferenceOptions(options)));
    let fix = Fix::of(format!("check {} at the end of the transaction", reference.name), edits);
    RULE.found(vec![object, ObjectId::Table(table.id)], message, fix)
}
