//! E06: a name that is taken or that PostgreSQL keeps for itself.

use super::facts::Facts;
use super::fixes::{free_name, set};
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::ObjectId;

pub(super) const RULE: Rule = Rule {
    id: "E06",
    title: "Name that is taken",
    why: "Tables, keys, indexes and sequences of a schema share one space of names, columns and constraints of a table \
          another one, and some names are PostgreSQL's own. Choose another name. Names that are too long, or that \
          cannot be written, cannot be typed in the first place.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id serial primary key, mail text);
                  create index users_id_seq on users (mail);"],
        spares: &["create table users (id serial primary key, mail text);
                   create index users_mail_idx on users (mail);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let told = |it: &schema::Diagnostic| RULE.found(vec![it.object], it.message.clone(), fix(facts, it.object));
    facts.refused(RULE.id).map(told).collect()
}

/// Another name for what nobody calls by its name. Tables and columns are for people to name.
fn fix(facts: &Facts<'_>, object: ObjectId) -> Option<Fix> {
    let table = facts.schema.table(object.table()?)?;
    let name = if let ObjectId::Key(_, id) = object {
        free_name(facts, table, &table.keys.iter().find(|key| key.id == id)?.columns, "key")
    } else if let ObjectId::Index(_, id) = object {
        free_name(facts, table, &table.indexes.iter().find(|index| index.id == id)?.columns(), "idx")
    } else {
        return None;
    };
    Fix::of(format!("rename it to {name}"), set(facts.schema, object, Attribute::Name(name)).into_iter().collect())
}
