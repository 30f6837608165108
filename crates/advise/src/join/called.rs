//! What tables are called in a query: by their own names, and by their roles where two could be meant.

use crate::suggest::stem_of;
use ddl::{Query, Source};
use schema::{ColumnPair, Name, Reference, Schema, Table};
use std::collections::BTreeSet;

/// Gives aliases: the role to a table that more than one reference of another could mean, and to itself, and another name
/// where two would be called the same.
pub(super) fn call(schema: &Schema, query: &mut Query) {
    for link in &query.links {
        let role = schema.references.get(&link.reference).and_then(|reference| role(schema, reference));
        if let Some(source) = query.sources.get_mut(link.referenced).filter(|source| source.alias.is_none()) {
            source.alias = role;
        }
    }
    let mut taken: BTreeSet<Name> = BTreeSet::new();
    for source in &mut query.sources {
        let Some(table) = schema.table(source.table) else { continue };
        let now = source.alias.as_ref().unwrap_or(&table.name);
        if taken.contains(now) {
            source.alias = free(schema, table, &taken);
        }
        taken.extend(called(source, table));
    }
}

fn called(source: &Source, table: &Table) -> Option<Name> {
    Some(source.alias.clone().unwrap_or_else(|| table.name.clone()))
}

/// `auth_users` for the second of two tables called `users`, or else `users_2` and so on.
fn free(schema: &Schema, table: &Table, taken: &BTreeSet<Name>) -> Option<Name> {
    let namespace = schema.namespace_of(table).filter(|it| it.as_str() != "public");
    let within = namespace.map(|namespace| Name::derive(&[namespace.as_str()], table.name.as_str()));
    let numbered = (2..=taken.len() + 2).map(|number| Name::derive(&[table.name.as_str()], &number.to_string()));
    within.into_iter().chain(numbered).find(|name| !taken.contains(name))
}

/// What the referenced row is to the other, where that has to be said.
fn role(schema: &Schema, reference: &Reference) -> Option<Name> {
    let Reference { referencing, referenced, .. } = *reference;
    let is_beside = |it: &&Reference| {
        it.id != reference.id
            && [(it.referencing, it.referenced), (it.referenced, it.referencing)].contains(&(referencing, referenced))
    };
    let beside: Vec<&Reference> = schema.references_of(referencing).filter(is_beside).collect();
    let is_own = referencing == referenced;
    if beside.is_empty() && !is_own {
        return None;
    }
    let is_shared = |pair: &&ColumnPair| {
        let has = |it: &&Reference| it.referencing_columns().contains(&pair.referencing);
        (is_own && pair.referencing == pair.referenced) || !beside.is_empty() && beside.iter().all(has)
    };
    let pair = reference.pairs.iter().find(|pair| !is_shared(pair))?;
    let role = stem_of(schema.column(referencing, pair.referencing)?.name.as_str())?;
    let table = schema.table(referenced)?;
    let is_table =
        !crate::plural::readings(&table.name.as_str().to_lowercase()).is_disjoint(&crate::plural::readings(&role));
    Name::parse(&role).ok().filter(|_| !is_table)
}
