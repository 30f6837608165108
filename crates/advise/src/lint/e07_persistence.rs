//! E07: references that PostgreSQL refuses for what their tables or columns are.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit};
use schema::{Generation, ObjectId, Reference, ReferentialAction, Table, TableOptions};

pub(super) const RULE: Rule = Rule {
    id: "E07",
    title: "Reference that the table or column cannot have",
    why: "A table that survives a crash cannot reference one that does not; a virtual generated column can hold no \
          reference; and no action can write into a generated column. PostgreSQL refuses all three.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create unlogged table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id));
             create index on orders (user_id);",
            "create table users (id int primary key);
             create table orders (id int primary key, n int, user_id int generated always as (n + 1) stored,
               foreign key (user_id) references users (id) on delete set null);
             create index on orders (user_id);",
            "create table users (id int primary key);
             create table orders (id int primary key, n int, user_id int generated always as (n + 1) virtual,
               foreign key (user_id) references users (id));
             create index on orders (user_id);",
        ],
        spares: &[
            "create table users (id int primary key);
             create unlogged table orders (id int primary key, user_id int references users (id));
             create index on orders (user_id);",
            "create table users (id int primary key);
             create table orders (id int primary key, n int, user_id int generated always as (n + 1) stored,
               foreign key (user_id) references users (id) on delete cascade);
             create index on orders (user_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for reference in &facts.references {
        let Some((table, referenced)) = facts.ends(reference) else { continue };
        if referenced.options.unlogged && !table.options.unlogged {
            found.push(unlogged(facts, reference, table, referenced));
        }
        found.extend(generated(facts, reference, table));
    }
    found
}

fn unlogged(facts: &Facts<'_>, reference: &Reference, table: &Table, referenced: &Table) -> Finding {
    let (from, to) = (facts.name(table.id), facts.name(referenced.id));
    let message = format!(
        "{from} cannot reference {to}, which is unlogged and loses its rows in a crash; make {to} logged, or {from} \
         unlogged"
    );
    let options = TableOptions { unlogged: false, ..referenced.options.clone() };
    let edit = set(facts.schema, ObjectId::Table(referenced.id), Attribute::TableOptions(Box::new(options)));
    let objects = vec![ObjectId::Reference(reference.id), ObjectId::Table(referenced.id)];
    RULE.found(objects, message, Fix::of(format!("make {to} logged"), edit.into_iter().collect()))
}

fn generated(facts: &Facts<'_>, reference: &Reference, table: &Table) -> Option<Finding> {
    let columns = reference.pairs.iter().filter_map(|pair| table.column(pair.referencing));
    let column = columns.into_iter().find(|it| it.generation.as_ref().is_some_and(|it| !it.is_identity()))?;
    let place = facts.place(table, &[column.id]);
    let objects = vec![ObjectId::Reference(reference.id), ObjectId::Column(table.id, column.id)];
    if matches!(column.generation, Some(Generation::Virtual(_))) {
        let message = format!("{place} is a virtual generated column, which can hold no reference; make it stored");
        return Some(RULE.found(objects, message, None));
    }
    let writes = [ReferentialAction::SetNull, ReferentialAction::SetDefault];
    let on_delete = writes.contains(&reference.on_delete);
    let on_update = writes.contains(&reference.on_update) || reference.on_update == ReferentialAction::Cascade;
    if !on_delete && !on_update {
        return None;
    }
    let (when, action) = match on_delete {
        true => ("delete", reference.on_delete),
        false => ("update", reference.on_update),
    };
    let message = format!(
        "{}: on {when} {} cannot write {place}, which is generated; choose no action",
        reference.name,
        action.as_sql()
    );
    let object = ObjectId::Reference(reference.id);
    let mut edits: Vec<Edit> = Vec::new();
    if on_delete {
        edits.extend(set(facts.schema, object, Attribute::OnDelete(ReferentialAction::NoAction)));
    }
    if on_update {
        edits.extend(set(facts.schema, object, Attribute::OnUpdate(ReferentialAction::NoAction)));
    }
    Some(RULE.found(objects, message, Fix::of(format!("no action for {}", reference.name), edits)))
}
