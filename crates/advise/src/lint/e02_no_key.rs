//! E02: a reference to columns that are no key.

use super::facts::Facts;
use super::fixes::{can_be_key, key, set};
use super::{Finding, Fix, Rule, Severity};
use edit::{Attribute, Edit};
use schema::{Deferral, KeyKind, KeyOptions, ObjectId, Reference};

pub(super) const RULE: Rule = Rule {
    id: "E02",
    title: "Reference to columns that are not unique",
    why: "A foreign key names one row, so that the columns it names have to be those of a primary key, a unique \
          constraint or a unique index: all of them, over all rows, and checked at once. Partial indexes, indexes of \
          expressions and constraints that can be deferred do not do.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key, mail text not null);
             create table logins (id int primary key, mail text references users (mail));
             create index on logins (mail);",
            "create table users (id int primary key, mail text unique deferrable);
             create table logins (id int primary key, mail text references users (mail));
             create index on logins (mail);",
        ],
        spares: &["create table users (id int primary key, mail text unique);
                   create table logins (id int primary key, mail text references users (mail));
                   create index on logins (mail);"],
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
    let (_, referenced) = facts.ends(reference)?;
    let columns = reference.referenced_columns();
    let is_over_them = |key: &&schema::Key| {
        key.kind != KeyKind::Exclusion
            && key.columns.len() == columns.len()
            && key.columns.iter().all(|column| columns.contains(column))
    };
    let place = facts.place(referenced, &columns);
    if let Some(deferred) = referenced.keys.iter().find(is_over_them) {
        let options = KeyOptions { deferral: Deferral::Never, ..deferred.options.clone() };
        let object = ObjectId::Key(referenced.id, deferred.id);
        let edits: Vec<Edit> =
            set(facts.schema, object, Attribute::KeyOptions(Box::new(options))).into_iter().collect();
        return Fix::of(format!("{} checked at once", deferred.name), edits);
    }
    let fits = can_be_key(facts, referenced, &columns);
    fits.then(|| Fix::of(format!("unique {place}"), vec![key(facts, referenced, KeyKind::Unique, &columns)])).flatten()
}
