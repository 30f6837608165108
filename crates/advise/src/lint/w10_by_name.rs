//! W10: references by name alone, and columns that name rows of several tables.

use super::facts::{Facts, is_required};
use super::fixes::{free_name, id_for, index};
use super::{Finding, Fix, Rule, Severity};
use crate::{Suggestion, Tier, index_for, suggest};
use edit::{Edit, Object};
use schema::{ColumnPair, Deferral, ObjectId, Reference, ReferenceId, ReferentialAction, Table, TableId};
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "W10",
    title: "Reference by name alone",
    why: "A column whose name and type read like a reference, without a constraint, can name rows that are not there. A \
          reference over a column that goes with another one of the name of a type can only ever be about one of the \
          tables that are meant: one column for each table, with a check that one of them is set, can be.",
    severity: Severity::Info,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int);",
            "create table posts (id int primary key);
             create table notes (id int primary key, subject_type text, subject_id int references posts);
             create index on notes (subject_id);",
        ],
        spares: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users);
             create index on orders (user_id);",
            "create table subjects (id int primary key);
             create table notes (id int primary key, subject_type text, subject_id int);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    // The likeliest come first there, and the least likely are for who asks for them.
    let likely = suggest(facts.schema).into_iter().filter(|it| it.tier != Tier::List);
    let mut found: Vec<Finding> = likely.filter_map(|it| by_name(facts, &it)).collect();
    found.extend(facts.references.iter().filter_map(|it| of_several(facts, it)));
    found
}

fn by_name(facts: &Facts<'_>, suggestion: &Suggestion) -> Option<Finding> {
    let (table, referenced) = (facts.schema.table(suggestion.referencing)?, facts.schema.table(suggestion.referenced)?);
    // What is said of the whole need not be said of each of its parts.
    if table.options.parents().next().is_some() {
        return None;
    }
    let place = facts.place(table, &suggestion.columns);
    let target = facts.place(referenced, &suggestion.referenced_columns);
    let message = format!("{place} reads like a reference to {target} and is none; add it if it is meant");
    let objects = suggestion.columns.iter().map(|column| ObjectId::Column(table.id, *column));
    let objects = objects.chain([ObjectId::Table(referenced.id)]).collect();
    Some(RULE.found(objects, message, fix(facts, table, suggestion, &format!("reference {place} to {target}"))))
}

/// The reference, and the index that it needs.
fn fix(facts: &Facts<'_>, table: &Table, suggestion: &Suggestion, label: &str) -> Option<Fix> {
    let columns = &suggestion.columns;
    let is_taken = |id: u128| facts.schema.references.contains_key(&ReferenceId::from_u128(id));
    let pairs = columns.iter().zip(&suggestion.referenced_columns);
    let mut reference = Reference {
        id: ReferenceId::from_u128(id_for(table.id, columns, is_taken)),
        name: free_name(facts, table, columns, "fkey"),
        referencing: table.id,
        referenced: suggestion.referenced,
        pairs: pairs.map(|(mine, theirs)| ColumnPair { referencing: *mine, referenced: *theirs }).collect(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        options: Default::default(),
    };
    // Neither of two tables that need each other's rows at once would take a first row.
    if is_required(table, &reference) && needs_first(facts, suggestion.referenced, table.id) {
        reference.options.deferral = Deferral::Deferred;
    }
    let mut edits = vec![Edit::Create(Object::Reference(reference))];
    if index_for(table, columns).is_none() {
        edits.push(index(facts, table, columns));
    }
    Fix::of(label, edits)
}

/// Whether a row of a table can only be there after one of the other.
fn needs_first(facts: &Facts<'_>, table: TableId, other: TableId) -> bool {
    let (mut waiting, mut seen) = (vec![table], BTreeSet::from([table]));
    while let Some(id) = waiting.pop() {
        let Some(table) = facts.schema.table(id) else { continue };
        let needed = facts.outgoing(id).iter().filter(|it| it.options.deferral == Deferral::Never);
        let needed = needed.filter(|it| is_required(table, it)).map(|it| it.referenced);
        waiting.extend(needed.filter(|id| seen.insert(*id)));
    }
    seen.contains(&other) && table != other
}

fn of_several(facts: &Facts<'_>, reference: &Reference) -> Option<Finding> {
    let (table, referenced) = facts.ends(reference)?;
    let [pair] = reference.pairs.as_slice() else { return None };
    let column = table.column(pair.referencing)?;
    let name = column.name.as_str().to_lowercase();
    let beside = format!("{}_type", name.strip_suffix("_id").filter(|stem| !stem.is_empty())?);
    let kind = table.columns.iter().find(|other| other.name.as_str().to_lowercase() == beside)?;
    // The type may be a reference too, to a table of types: then it says what the row is, and not where.
    if facts.outgoing(table.id).iter().any(|other| other.referencing_columns().contains(&kind.id)) {
        return None;
    }
    let message = format!(
        "{} goes with {} and names rows of {} only; give each table that is meant a column of its own",
        facts.place(table, &[column.id]),
        kind.name,
        facts.name(referenced.id)
    );
    let objects = vec![ObjectId::Reference(reference.id), ObjectId::Column(table.id, kind.id)];
    Some(RULE.found(objects, message, None))
}
