//! W03: a table without a primary key.

use super::facts::Facts;
use super::fixes::{can_be_key, id_for, key, require};
use super::{Finding, Fix, Rule, Severity};
use edit::{Edit, Object, drop_edits};
use schema::{BaseType, Column, ColumnId, DataType, Generation, Key, KeyKind, Name, ObjectId, Rank, Table};

pub(super) const RULE: Rule = Rule {
    id: "W03",
    title: "Table without a primary key",
    why: "Without a primary key two rows can be the same, nothing can name one of them, and logical replication cannot \
          change them. Where a unique constraint over columns that are NOT NULL is there, it can be the primary key; \
          otherwise a number does.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table visits (at timestamptz, page text);",
            "create table users (mail text not null unique);",
            "create table users (id bigint, mail text);",
            "create table users (id text[], id2 text);",
        ],
        spares: &[
            "create table users (id bigint primary key);",
            "create table visits (at date, n int, primary key (at, n)) partition by range (at);
             create table visits_1 partition of visits for values from ('2026-01-01') to ('2027-01-01');",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let lacks = |table: &&&Table| table.primary_key().is_none() && !facts.is_partition(table);
    let told = |table: &&Table| {
        let name = facts.name(table.id);
        let message = format!("{name} has no primary key, so that nothing tells two equal rows apart; add one");
        RULE.found(vec![ObjectId::Table(table.id)], message, fix(facts, table))
    };
    facts.tables.iter().filter(lacks).map(told).collect()
}

fn fix(facts: &Facts<'_>, table: &Table) -> Option<Fix> {
    if let Some(unique) = promotable(facts, table) {
        let columns = &unique.columns;
        let mut edits = vec![key(facts, table, KeyKind::Primary, columns)];
        edits.extend(drop_edits(facts.schema, ObjectId::Key(table.id, unique.id)).into_iter().filter(drops_key));
        return Fix::of(format!("{} as the primary key", facts.place(table, columns)), edits);
    }
    if let Some(id) = table.column_named("id").map(|column| column.id).filter(|id| can_be_key(facts, table, &[*id])) {
        let mut edits = require(facts, table, &[id]);
        edits.push(key(facts, table, KeyKind::Primary, &[id]));
        return Fix::of(format!("{} as the primary key", facts.place(table, &[id])), edits);
    }
    // Of what a partitioned table is partitioned by, its key has to be a part.
    if table.options.partitioning.is_some() || !table.options.inherits.is_empty() {
        return None;
    }
    numbered(facts, table)
}

/// A unique constraint over what is never NULL, of which a primary key can take the place.
fn promotable<'a>(facts: &Facts<'_>, table: &'a Table) -> Option<&'a Key> {
    let is_fixed = |id: &ColumnId| table.column(*id).is_some_and(|column| !column.nullable);
    let fits = |key: &&Key| {
        key.kind == KeyKind::Unique
            && key.options == Default::default()
            && key.columns.iter().all(is_fixed)
            && can_be_key(facts, table, &key.columns)
    };
    table.keys.iter().find(fits)
}

/// References that name the columns rest on the primary key then.
fn drops_key(edit: &Edit) -> bool {
    matches!(edit, Edit::Drop(Object::Key(..)))
}

/// A new column of numbers.
fn numbered(facts: &Facts<'_>, table: &Table) -> Option<Fix> {
    let names = std::iter::once("id".to_owned()).chain(std::iter::once(format!("{}_id", table.name)));
    let name = names.filter_map(|name| Name::parse(&name).ok()).find(|it| table.column_named(it.as_str()).is_none())?;
    let id = ColumnId::from_u128(id_for(table.id, &[], |id| table.column(ColumnId::from_u128(id)).is_some()));
    let column = Column {
        id,
        rank: Rank::between(None, table.columns.first().map(|column| column.rank)),
        name,
        data_type: DataType::of(BaseType::BigInt),
        nullable: false,
        default: None,
        note: None,
        generation: Some(Generation::AlwaysIdentity),
        collation: None,
    };
    let label = format!("add {}.{} as the primary key", facts.name(table.id), column.name);
    let edits = vec![Edit::Create(Object::Column(table.id, column)), key(facts, table, KeyKind::Primary, &[id])];
    Fix::of(label, edits)
}
