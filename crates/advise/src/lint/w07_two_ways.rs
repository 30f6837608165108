//! W07: a deletion that deletes rows of a table in one way and keeps them in another.

use super::facts::Facts;
use super::graph::deleters;
use super::{Finding, Rule, Severity};
use schema::{ObjectId, Reference, ReferentialAction, Table};

pub(super) const RULE: Rule = Rule {
    id: "W07",
    title: "Rows that one deletion both deletes and keeps",
    why: "One reference sets NULL or a default when a row is deleted, and another one, perhaps through further tables, \
          deletes rows of the same table. A row that is reached in both ways is deleted. That may be meant, as for the \
          author and the editor of a post, and it is worth knowing.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table blogs (id int primary key, user_id int references users on delete cascade);
             create table posts (id int primary key, blog_id int references blogs on delete cascade,
               editor_id int references users on delete set null);
             create index on blogs (user_id); create index on posts (blog_id); create index on posts (editor_id);",
            "create table users (id int primary key);
             create table posts (id int primary key, author_id int references users on delete cascade,
               editor_id int references users on delete set null);
             create index on posts (author_id); create index on posts (editor_id);",
        ],
        spares: &["create table users (id int primary key);
             create table blogs (id int primary key, user_id int references users);
             create table posts (id int primary key, blog_id int references blogs on delete cascade,
               editor_id int references users on delete set null);
             create index on blogs (user_id); create index on posts (blog_id); create index on posts (editor_id);"],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let keeps = |it: &&&Reference| {
        [ReferentialAction::SetNull, ReferentialAction::SetDefault].contains(&it.on_delete)
            && it.referencing != it.referenced
    };
    let mut found = Vec::new();
    for table in &facts.tables {
        let keeping: Vec<&&Reference> = facts.outgoing(table.id).iter().filter(keeps).collect();
        if keeping.is_empty() {
            continue;
        }
        let deleters = deleters(facts, table.id);
        for reference in keeping {
            if let Some(deleter) = deleters.iter().find(|deleter| deleter.table == reference.referenced) {
                let through = (deleter.through != table.id).then(|| facts.name(deleter.through));
                found.push(told(facts, table, reference, through));
            }
        }
    }
    found
}

fn told(facts: &Facts<'_>, table: &Table, reference: &Reference, through: Option<String>) -> Finding {
    let (name, deleted) = (facts.name(table.id), facts.name(reference.referenced));
    let through = through.map(|table| format!(" through {table}")).unwrap_or_default();
    let does = match reference.on_delete {
        ReferentialAction::SetDefault => "its default",
        ReferentialAction::SetNull
        | ReferentialAction::NoAction
        | ReferentialAction::Restrict
        | ReferentialAction::Cascade => "NULL",
    };
    let message = format!(
        "Deleting a row of {deleted} deletes rows of {name}{through}, and keeps those that name it by {} with {does}; \
         make both the same if that is not meant",
        table.list_of(&reference.referencing_columns())
    );
    RULE.found(vec![ObjectId::Reference(reference.id), ObjectId::Table(table.id)], message, None)
}
