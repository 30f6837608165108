//! W20: two ways from a row to rows of one table, which may lead to different ones.

use super::facts::{Facts, is_required};
use super::{Finding, Rule, Severity};
use schema::{Name, ObjectId, Reference, Table, TableId};

pub(super) const RULE: Rule = Rule {
    id: "W20",
    title: "Two ways to one table",
    why: "A row names a row of one table, which names a row of a second one, and the first row names one of the second \
          table itself, by a column of the same name. Nothing keeps the two equal. For the author of a comment and of its \
          post that is right; for their tenant it is not: there, let the reference to the table between be over both \
          columns, or take the column out. Only what is always there and is the one way from table to table is told.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table tenants (id int primary key);
             create table users (id int primary key, tenant_id int not null references tenants);
             create table orders (id int primary key, user_id int not null references users,
               tenant_id int not null references tenants);
             create index on users (tenant_id); create index on orders (user_id); create index on orders (tenant_id);"],
        spares: &[
            "create table tenants (id int primary key);
             create table users (id int primary key, tenant_id int not null references tenants, unique (tenant_id, id));
             create table orders (id int primary key, user_id int not null, tenant_id int not null references tenants,
               foreign key (tenant_id, user_id) references users (tenant_id, id));
             create index on users (tenant_id); create index on orders (tenant_id, user_id);",
            "create table tenants (id int primary key);
             create table users (id int primary key, tenant_id int not null references tenants);
             create table orders (id int primary key, user_id int references users,
               tenant_id int not null references tenants);
             create index on users (tenant_id); create index on orders (user_id); create index on orders (tenant_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in &facts.tables {
        for direct in facts.outgoing(table.id) {
            let Some(name) = fixed_name(facts, table, direct) else { continue };
            let between = facts.outgoing(table.id).iter().filter(|it| it.id != direct.id);
            let way = between.into_iter().find_map(|first| Some((*first, second(facts, table, first, direct, name)?)));
            if let Some((first, second)) = way {
                found.push(told(facts, table, [direct, first, second]));
            }
        }
    }
    found
}

/// The name of the one column that holds the reference, where it is always there and the only way to its table.
fn fixed_name<'a>(facts: &Facts<'_>, table: &'a Table, reference: &Reference) -> Option<&'a Name> {
    let [pair] = reference.pairs.as_slice() else { return None };
    let ways = facts.outgoing(table.id).iter().filter(|it| it.referenced == reference.referenced).count();
    let is_fixed = ways == 1 && reference.referenced != table.id && is_required(table, reference);
    table.column(pair.referencing).filter(|_| is_fixed).map(|column| &column.name)
}

/// What leads on from the table between to the same key, by a column of the same name.
fn second<'a>(
    facts: &Facts<'a>,
    table: &Table,
    first: &Reference,
    direct: &Reference,
    name: &Name,
) -> Option<&'a Reference> {
    fixed_name(facts, table, first)?;
    let between: TableId = first.referenced;
    let between = facts.schema.table(between)?;
    let key = direct.referenced_columns();
    let leads = |it: &&&Reference| it.referenced == direct.referenced && it.referenced_columns() == key;
    let mut on = facts.outgoing(between.id).iter().filter(leads);
    on.find(|it| fixed_name(facts, between, it) == Some(name)).copied()
}

fn told(facts: &Facts<'_>, table: &Table, references: [&Reference; 3]) -> Finding {
    let [direct, first, second] = references;
    let message = format!(
        "{} and, by way of {}, {} may name different rows of {}; if they must not, reference {} by both columns",
        facts.holder(direct),
        facts.place(table, &first.referencing_columns()),
        facts.holder(second),
        facts.name(direct.referenced),
        facts.name(first.referenced)
    );
    RULE.found(references.map(|it| ObjectId::Reference(it.id)).into(), message, None)
}
