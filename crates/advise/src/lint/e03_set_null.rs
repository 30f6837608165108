//! E03: SET NULL over a column that is NOT NULL.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit};
use schema::{ObjectId, Reference, ReferentialAction};

pub(super) const RULE: Rule = Rule {
    id: "E03",
    title: "SET NULL on a column that is NOT NULL",
    why: "PostgreSQL takes such a reference and then fails at the first row that is deleted. Make the column nullable, \
          or choose an action that can work.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int not null references users (id) on delete set null);
             create index on orders (user_id);",
            "create table users (id int primary key);
             create table profiles (user_id int primary key references users (id) on delete set null);",
        ],
        spares: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id) on delete set null);
             create index on orders (user_id);",
            "create table users (tenant_id int, id int, primary key (tenant_id, id));
             create table orders (tenant_id int, id int, user_id int, primary key (tenant_id, id),
               foreign key (tenant_id, user_id) references users (tenant_id, id) on delete set null (user_id));
             create index on orders (tenant_id, user_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for it in facts.refused(RULE.id) {
        let fix = facts.reference_at(it.object).and_then(|reference| fix(facts, reference));
        found.push(RULE.found(vec![it.object], it.message.clone(), fix));
    }
    found
}

fn fix(facts: &Facts<'_>, reference: &Reference) -> Option<Fix> {
    let (table, _) = facts.ends(reference)?;
    let chosen = &reference.options.set_columns;
    let columns = reference.referencing_columns().into_iter().filter(|it| chosen.is_empty() || chosen.contains(it));
    let fixed: Vec<_> = columns.filter(|column| !table.is_nullable(*column)).collect();
    let is_free = |column: &schema::ColumnId| {
        !table.in_primary_key(*column) && table.column(*column).is_some_and(|it| !it.is_numbered())
    };
    if fixed.iter().all(is_free) {
        let objects = fixed.iter().map(|column| ObjectId::Column(table.id, *column));
        let edits = objects.filter_map(|object| set(facts.schema, object, Attribute::Nullable(true))).collect();
        return Fix::of(format!("{} may be NULL", facts.place(table, &fixed)), edits);
    }
    // A key is never NULL: the row cannot do without the one that it names.
    let object = ObjectId::Reference(reference.id);
    let mut edits: Vec<Edit> = Vec::new();
    if reference.on_delete == ReferentialAction::SetNull {
        edits.extend(set(facts.schema, object, Attribute::OnDelete(ReferentialAction::NoAction)));
        let options = schema::ReferenceOptions { set_columns: Vec::new(), ..reference.options.clone() };
        edits.extend(set(facts.schema, object, Attribute::ReferenceOptions(options)));
    }
    if reference.on_update == ReferentialAction::SetNull {
        edits.extend(set(facts.schema, object, Attribute::OnUpdate(ReferentialAction::NoAction)));
    }
    Fix::of(format!("no action for {}", reference.name), edits)
}
