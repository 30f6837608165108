//! W04: references, keys and indexes that another one makes needless.

use super::facts::Facts;
use super::fixes::drop;
use super::{Finding, Fix, Rule, Severity};
use schema::{ColumnId, ColumnPair, Formula, IndexPart, KeyKind, Name, ObjectId, Reference, Table};
use std::cmp::Reverse;
use std::collections::BTreeSet;

pub(super) const RULE: Rule = Rule {
    id: "W04",
    title: "Needless reference, key or index",
    why: "A second reference over the same columns is checked a second time for each row. An index whose columns another \
          one begins with costs time with each write and finds nothing that the other one does not. What is unique, \
          what is partial in another way and what orders or compares differently is not told.",
    severity: Severity::Warning,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id int primary key);
             create table orders (id int primary key, user_id int references users (id),
               foreign key (user_id) references users (id));
             create index on orders (user_id);",
            "create table t (id int primary key, a int, b int);
             create index on t (a); create index on t (a, b);",
            "create table t (id int primary key, a int, b int);
             create index t_1 on t (a, b); create index t_2 on t (a, b);",
            "create table t (id int primary key, a int unique); alter table t add unique (a);",
            "create table t (id int primary key, a text);
             create index t_1 on t (lower(a)) where a <> ''; create index t_2 on t (lower(a), id) where a <> '';",
        ],
        spares: &[
            "create table t (id int primary key, a int, b int);
             create unique index on t (a); create index on t (a, b);",
            "create table t (id int primary key, a int, b int);
             create index on t (a) where b is null; create index on t (a, b); create index on t (b);
             create index on t using hash (a);",
            "create table t (id int primary key, a text, b int);
             create index on t (a text_pattern_ops); create index on t (a, b);",
            "create table t (id int primary key, a int, b int);
             create index on t (a) include (b); create index on t (a desc, b);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in &facts.tables {
        found.extend(references(facts, table));
        found.extend(indexes(facts, table));
    }
    found
}

fn references(facts: &Facts<'_>, table: &Table) -> Vec<Finding> {
    let mut seen: Vec<(&Reference, BTreeSet<ColumnPair>)> = Vec::new();
    let mut found = Vec::new();
    for reference in facts.outgoing(table.id) {
        let pairs: BTreeSet<ColumnPair> = reference.pairs.iter().copied().collect();
        let same = |other: &&(&Reference, BTreeSet<ColumnPair>)| {
            other.0.referenced == reference.referenced && other.1 == pairs
        };
        let Some((first, _)) = seen.iter().find(same) else {
            seen.push((reference, pairs));
            continue;
        };
        let is_same = (first.on_delete, first.on_update) == (reference.on_delete, reference.on_update);
        let way = if is_same { "drop one of them" } else { "their actions differ, so choose which one stays" };
        let message = format!("{} and {} are the same reference twice; {way}", first.name, reference.name);
        let object = ObjectId::Reference(reference.id);
        let fix = drop(facts, object).filter(|_| is_same);
        let fix = fix.and_then(|edits| Fix::of(format!("drop {}", reference.name), edits));
        found.push(RULE.found(vec![object, ObjectId::Reference(first.id)], message, fix));
    }
    found
}

/// What stands behind a key or index, as far as two of them can be compared.
struct Shape<'a> {
    object: ObjectId,
    name: &'a Name,
    parts: Vec<IndexPart>,
    predicate: Option<&'a Formula>,
    /// What no other one does in its place, beside finding rows.
    rule: Rules,
    include: BTreeSet<ColumnId>,
}

/// What a key or index forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rules {
    Nothing,
    /// Twice the same; `true` where NULL equals NULL.
    Unique(bool),
    Primary,
}

fn shapes(table: &Table) -> Vec<Shape<'_>> {
    // A constraint that can wait is no index that anything else could rest on, and the other way round.
    let keys = table
        .keys
        .iter()
        .filter(|key| key.kind != KeyKind::Exclusion && key.options.deferral == schema::Deferral::Never);
    let keys = keys.map(|key| Shape {
        object: ObjectId::Key(table.id, key.id),
        name: &key.name,
        parts: key.columns.iter().copied().map(IndexPart::column).collect(),
        predicate: None,
        rule: match key.kind {
            KeyKind::Primary => Rules::Primary,
            KeyKind::Unique | KeyKind::Exclusion => Rules::Unique(key.options.nulls_not_distinct),
        },
        include: key.options.include.iter().copied().collect(),
    });
    let is_tree = |index: &&schema::Index| index.options.method.as_ref().is_none_or(|name| name.as_str() == "btree");
    let indexes = table.indexes.iter().filter(is_tree).map(|index| Shape {
        object: ObjectId::Index(table.id, index.id),
        name: &index.name,
        parts: index.parts.clone(),
        predicate: index.options.predicate.as_ref(),
        rule: if index.unique { Rules::Unique(index.options.nulls_not_distinct) } else { Rules::Nothing },
        include: index.options.include.iter().copied().collect(),
    });
    let mut shapes: Vec<Shape<'_>> = keys.chain(indexes).collect();
    // Of two that are the same, the one that comes first stays: the stricter, then the one by whose name people know it.
    shapes.sort_by_key(|it| (Reverse(it.rule), Reverse(it.parts.len()), Reverse(it.include.len()), it.name));
    shapes
}

fn indexes(facts: &Facts<'_>, table: &Table) -> Vec<Finding> {
    if facts.is_partition(table) {
        return Vec::new();
    }
    let shapes = shapes(table);
    let mut found = Vec::new();
    for (at, shape) in shapes.iter().enumerate() {
        let others = shapes.iter().enumerate().filter(|(other, _)| *other != at);
        let Some((_, other)) = others.into_iter().find(|(place, other)| covers(other, shape, *place < at)) else {
            continue;
        };
        let message = format!("{} does nothing that {} does not do as well; drop it", shape.name, other.name);
        let fix = drop(facts, shape.object).and_then(|edits| Fix::of(format!("drop {}", shape.name), edits));
        found.push(RULE.found(vec![shape.object, other.object], message, fix));
    }
    found
}

/// Whether `one` does all that `other` does. Of two that do the same, only the one that stands `before` does.
fn covers(one: &Shape<'_>, other: &Shape<'_>, before: bool) -> bool {
    let is_same = one.parts == other.parts;
    let is_strict = match other.rule {
        Rules::Nothing => true,
        // NULL may differ in what is made of columns that are never NULL, and then it does not matter.
        Rules::Unique(nulls) => is_same && (one.rule == Rules::Unique(nulls) || one.rule == Rules::Primary),
        Rules::Primary => false,
    };
    let holds: BTreeSet<ColumnId> =
        one.include.iter().copied().chain(one.parts.iter().flat_map(IndexPart::columns)).collect();
    is_strict
        && one.parts.starts_with(&other.parts)
        && one.predicate == other.predicate
        && other.include.is_subset(&holds)
        && (before || !is_same || one.rule > other.rule)
}
