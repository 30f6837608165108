//! E04: SET DEFAULT over a column without a default.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit, Field};
use schema::{ColumnId, ObjectId, Reference, ReferenceOptions, ReferentialAction, Table};

pub(super) const RULE: Rule = Rule {
    id: "E04",
    title: "SET DEFAULT without a default",
    why: "Without a default, SET DEFAULT sets NULL. Where the column is NOT NULL, that always fails, and the action \
          only refuses; where it is nullable, SET NULL says what happens. Give the column a default that names a row, \
          or say what is meant.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int not null references users (id) on delete set default);
             create index on orders (user_id);",
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id) on delete set default);
             create index on orders (user_id);",
        ],
        spares: &["create table users (id int primary key);
                   create table orders (id int primary key,
                     user_id int not null default 0 references users (id) on delete set default);
                   create index on orders (user_id);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    facts.references.iter().filter_map(|reference| told(facts, reference)).collect()
}

fn told(facts: &Facts<'_>, reference: &Reference) -> Option<Finding> {
    let (table, _) = facts.ends(reference)?;
    let all = reference.referencing_columns();
    let chosen = &reference.options.set_columns;
    let on_delete: Vec<ColumnId> = all.iter().copied().filter(|it| chosen.is_empty() || chosen.contains(it)).collect();
    let mut lacks: Vec<(Field, Lack)> = Vec::new();
    if reference.on_delete == ReferentialAction::SetDefault {
        lacks.extend(lack(table, &on_delete).map(|lack| (Field::OnDelete, lack)));
    }
    if reference.on_update == ReferentialAction::SetDefault {
        lacks.extend(lack(table, &all).map(|lack| (Field::OnUpdate, lack)));
    }
    let worst = lacks.iter().map(|(_, lack)| lack).max_by_key(|lack| lack.fails)?;
    let place = facts.place(table, &worst.columns);
    let (action, severity, message) = if worst.fails {
        let message = format!(
            "{}: set default always fails, as {place} is NOT NULL and has no default; give it one, or choose no action",
            reference.name
        );
        (ReferentialAction::NoAction, Severity::Error, message)
    } else {
        let message = format!(
            "{}: set default sets NULL, as {place} has no default; give it one, or choose set null",
            reference.name
        );
        (ReferentialAction::SetNull, Severity::Warning, message)
    };
    let object = ObjectId::Reference(reference.id);
    let attribute = |field: &Field| if *field == Field::OnDelete { Attribute::OnDelete } else { Attribute::OnUpdate };
    let mut edits: Vec<Edit> =
        lacks.iter().filter_map(|(field, _)| set(facts.schema, object, attribute(field)(action))).collect();
    if action == ReferentialAction::NoAction && !chosen.is_empty() {
        let options = ReferenceOptions { set_columns: Vec::new(), ..reference.options.clone() };
        edits.extend(set(facts.schema, object, Attribute::ReferenceOptions(options)));
    }
    let fix = Fix::of(format!("{} for {}", action.as_sql(), reference.name), edits);
    Some(Finding { severity, ..RULE.found(vec![object], message, fix) })
}

/// Columns without a default to be set to.
struct Lack {
    columns: Vec<ColumnId>,
    /// Whether NULL is no way out.
    fails: bool,
}

fn lack(table: &Table, columns: &[ColumnId]) -> Option<Lack> {
    let lacks = |id: &ColumnId| {
        let column = table.column(*id);
        column.is_some_and(|it| it.default.is_none() && !it.is_numbered() && it.generation.is_none())
    };
    let lacking: Vec<ColumnId> = columns.iter().copied().filter(lacks).collect();
    let fixed: Vec<ColumnId> = lacking.iter().copied().filter(|column| !table.is_nullable(*column)).collect();
    if !fixed.is_empty() {
        return Some(Lack { columns: fixed, fails: true });
    }
    (!lacking.is_empty() && lacking.len() == columns.len()).then_some(Lack { columns: lacking, fails: false })
}
