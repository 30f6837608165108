//! W18: actions that say too much or too little.

use super::facts::Facts;
use super::fixes::{on_delete, set};
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit};
use schema::{ColumnId, Generation, ObjectId, Reference, ReferentialAction, Table};

pub(super) const RULE: Rule = Rule {
    id: "W18",
    title: "Action that says too much or too little",
    why: "ON UPDATE CASCADE follows changes of a key, and a number GENERATED ALWAYS never changes. Where most references \
          of a schema have it, that is its way, and is not told. The other way round, a row whose primary key begins \
          with the key of another row is a part of it, as a line of an order is; without ON DELETE, the whole cannot \
          be deleted before its parts.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id bigint generated always as identity primary key);
             create table orders (id bigint primary key, user_id bigint references users on update cascade);
             create table visits (id bigint primary key, user_id bigint references users);
             create index on orders (user_id); create index on visits (user_id);",
            "create table orders (id bigint primary key);
             create table lines (order_id bigint references orders, n int, primary key (order_id, n));",
        ],
        spares: &[
            "create table users (name text primary key);
             create table orders (id bigint primary key, user_name text references users on update cascade);
             create table visits (id bigint primary key, user_name text references users);
             create index on orders (user_name); create index on visits (user_name);",
            "create table orders (id bigint primary key);
             create table lines (order_id bigint references orders on delete restrict, n int, primary key (order_id, n));",
            "create table posts (id int primary key); create table tags (id int primary key);
             create table labels (post_id int references posts, tag_id int references tags,
               primary key (tag_id, post_id));
             create index on labels (post_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let follows = |it: &&&Reference| it.on_update == ReferentialAction::Cascade;
    let is_usual = facts.references.iter().filter(follows).count() * 2 > facts.references.len();
    let mut found = Vec::new();
    for reference in &facts.references {
        let Some((table, referenced)) = facts.ends(reference) else { continue };
        if !is_usual && reference.on_update == ReferentialAction::Cascade {
            found.extend(too_much(facts, reference, referenced));
        }
        if reference.on_delete == ReferentialAction::NoAction && is_part(facts, table, reference) {
            found.push(too_little(facts, reference, table, referenced));
        }
    }
    found
}

fn too_much(facts: &Facts<'_>, reference: &Reference, referenced: &Table) -> Option<Finding> {
    let key = reference.referenced_columns();
    let is_fixed = |id: &ColumnId| {
        referenced.column(*id).is_some_and(|column| column.generation == Some(Generation::AlwaysIdentity))
    };
    if !key.iter().all(is_fixed) {
        return None;
    }
    let object = ObjectId::Reference(reference.id);
    let message = format!(
        "{}: on update cascade has nothing to do, as {} never changes; leave it out",
        reference.name,
        facts.place(referenced, &key)
    );
    let edits: Vec<Edit> =
        set(facts.schema, object, Attribute::OnUpdate(ReferentialAction::NoAction)).into_iter().collect();
    Some(RULE.found(vec![object], message, Fix::of(format!("no action on update for {}", reference.name), edits)))
}

/// Whether the primary key is that of the referenced row and something of the row's own behind it.
fn is_part(facts: &Facts<'_>, table: &Table, reference: &Reference) -> bool {
    let columns = reference.referencing_columns();
    let Some(key) = table.primary_key().filter(|key| key.columns.len() > columns.len()) else { return false };
    let (first, rest) = key.columns.split_at(columns.len().min(key.columns.len()));
    let is_own =
        |column: &&ColumnId| facts.outgoing(table.id).iter().all(|other| !other.referencing_columns().contains(column));
    first.iter().all(|column| columns.contains(column)) && rest.iter().filter(is_own).count() == rest.len()
}

fn too_little(facts: &Facts<'_>, reference: &Reference, table: &Table, referenced: &Table) -> Finding {
    let (part, whole) = (facts.name(table.id), facts.name(referenced.id));
    let message = format!(
        "A row of {part} is part of one of {whole}, which cannot be deleted while it has any; choose on delete cascade, \
         or restrict if that is meant"
    );
    let fix = on_delete(facts, reference, ReferentialAction::Cascade);
    RULE.found(vec![ObjectId::Reference(reference.id), ObjectId::Table(table.id)], message, fix)
}
