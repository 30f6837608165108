//! E01: a reference between columns that cannot be compared.

use super::facts::Facts;
use super::fixes::retype;
use super::{Finding, Fix, Rule, Severity};
use edit::Edit;
use schema::Reference;

pub(super) const RULE: Rule = Rule {
    id: "E01",
    title: "Reference between types that cannot be compared",
    why: "PostgreSQL makes a foreign key only where the two columns have an equality that the index of the key knows, \
          as integer and bigint do, and text and integer do not. Give the two columns the same type.",
    severity: Severity::Error,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id int primary key);
                  create table orders (id int primary key, user_id text references users (id));
                  create index on orders (user_id);"],
        spares: &["create table users (id int primary key);
                   create table orders (id int primary key, user_id bigint references users (id));
                   create index on orders (user_id);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for it in facts.refused(RULE.id) {
        let fix = facts.reference_at(it.object).and_then(|reference| fix(facts, reference));
        found.push(RULE.found(vec![it.object], format!("{}; give the two one type", it.message), fix));
    }
    found
}

fn fix(facts: &Facts<'_>, reference: &Reference) -> Option<Fix> {
    let (table, referenced) = facts.ends(reference)?;
    let mut edits: Vec<Edit> = Vec::new();
    for pair in &reference.pairs {
        let (mine, theirs) = (table.column(pair.referencing)?, referenced.column(pair.referenced)?);
        if !facts.schema.can_reference(&mine.data_type, &theirs.data_type) {
            edits.push(retype(facts, table, mine.id, &theirs.data_type)?);
        }
    }
    Fix::of(format!("{} of the type that it references", facts.holder(reference)), edits)
}
