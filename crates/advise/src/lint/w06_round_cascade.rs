//! W06: deletions that come round.

use super::facts::Facts;
use super::graph::{circles, within};
use super::{Finding, Rule, Severity};
use schema::{ObjectId, Reference, ReferentialAction};

pub(super) const RULE: Rule = Rule {
    id: "W06",
    title: "Deletions that come round",
    why: "The tables delete each other's rows (ON DELETE CASCADE), so that one deletion goes round and round, until \
          nothing is left that names anything. Let one of the references refuse or set NULL. A table whose rows form a \
          tree is not meant.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &["create table users (id int primary key, team_id int);
             create table teams (id int primary key, owner_id int references users on delete cascade);
             alter table users add foreign key (team_id) references teams on delete cascade;
             create index on users (team_id); create index on teams (owner_id);"],
        spares: &[
            "create table users (id int primary key, team_id int);
             create table teams (id int primary key, owner_id int references users on delete cascade);
             alter table users add foreign key (team_id) references teams on delete set null;
             create index on users (team_id); create index on teams (owner_id);",
            "create table parts (id int primary key, whole_id int references parts on delete cascade);
             create index on parts (whole_id);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let cascades = |reference: &Reference| reference.on_delete == ReferentialAction::Cascade;
    let mut found = Vec::new();
    for circle in circles(facts, cascades) {
        let inner = within(facts, &circle, cascades);
        let names: Vec<&str> = inner.iter().map(|it| it.name.as_str()).collect();
        let message = format!(
            "{} delete each other's rows ({}), so that deleting one row can empty them; let one refuse or set NULL",
            facts.names(&circle),
            names.join(", ")
        );
        let references = inner.iter().map(|it| ObjectId::Reference(it.id));
        found.push(RULE.found(circle.into_iter().map(ObjectId::Table).chain(references).collect(), message, None));
    }
    found
}
