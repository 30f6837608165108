//! How far a deletion goes, or a change of a key: from table to table, with what goes round, what is reached in several
//! ways and what refuses it on the way.

use crate::{Event, explain_action};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use schema::{ColumnId, Deferral, ObjectId, Reference, ReferenceId, ReferentialAction, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What follows from deleting a row of a table, or from changing its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cascade {
    /// Each reference that has something to do, the nearest first.
    pub hops: Vec<Hop>,
    /// What is to be known beyond the single steps.
    pub remarks: Vec<Remark>,
}

/// One reference and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// How many references it is away from the row, from 1.
    pub depth: usize,
    /// The reference.
    pub reference: ReferenceId,
    /// The table whose row is deleted or changed.
    pub from: TableId,
    /// The table whose rows name it.
    pub table: TableId,
    /// What happens to the row of `from`. After SET NULL, a key has changed, and nothing is deleted further.
    pub event: Event,
    /// What the reference does then.
    pub action: ReferentialAction,
    /// The same in words.
    pub words: String,
}

/// Something about several steps together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// Which kind.
    pub kind: RemarkKind,
    /// The tables and references that it is about.
    pub objects: Vec<ObjectId>,
    /// It, in the schema's own names.
    pub message: String,
}

/// What a [`Remark`] says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RemarkKind {
    /// Something refuses it once other tables have been reached.
    Refused,
    /// Tables lead to each other.
    Round,
    /// Rows of a table are reached in more than one way.
    SeveralWays,
}

/// What happens when a row of the table is deleted, or its key changes. Nothing for a table that is not there. The time
/// that it takes goes with the number of references.
///
/// # Examples
/// ```
/// use advise::{Event, cascade};
/// use schema::testing::schema_from;
///
/// let shop = schema_from(
///     "users\n  id integer!\n  pk p(id)\norders\n  id integer!\n  user_id integer\n  pk q(id)\n\
///      items\n  order_id integer\nfk f: orders(user_id) -> users(id) on delete cascade\n\
///      fk g: items(order_id) -> orders(id) on delete cascade",
/// );
/// let users = shop.tables.values().find(|table| table.name.as_str() == "users").unwrap();
/// let told = cascade(&shop, users.id, Event::Delete);
/// assert_eq!(told.hops[1].words, "Deleting a row of orders also deletes the rows of items that name it.");
/// ```
pub fn cascade(schema: &Schema, table: TableId, event: Event) -> Cascade {
    let reach = Reach::of(schema, table, event);
    let mut remarks = reach.refusals();
    remarks.extend(reach.rounds());
    remarks.extend(reach.several_ways());
    Cascade { hops: reach.hops, remarks }
}

/// What happens to rows of a table on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fate {
    Deleted,
    /// These columns change.
    Changed(BTreeSet<ColumnId>),
}

struct Reach<'a> {
    schema: &'a Schema,
    start: TableId,
    event: Event,
    hops: Vec<Hop>,
}

impl<'a> Reach<'a> {
    fn of(schema: &'a Schema, start: TableId, event: Event) -> Self {
        let incoming = incoming(schema);
        let all = |table: TableId| incoming.get(&table).map(Vec::as_slice).unwrap_or_default();
        let key = || all(start).iter().flat_map(|it| it.referenced_columns()).collect();
        let fate = match event {
            Event::Delete => Fate::Deleted,
            Event::Update => Fate::Changed(key()),
        };
        let mut reach = Self { schema, start, event, hops: Vec::new() };
        let mut seen = BTreeSet::new();
        let mut waiting = VecDeque::from([(start, fate, 1)]);
        while let Some((table, fate, depth)) = waiting.pop_front() {
            for reference in all(table) {
                let (event, action) = match &fate {
                    Fate::Deleted => (Event::Delete, reference.on_delete),
                    Fate::Changed(_) => (Event::Update, reference.on_update),
                };
                let is_touched = match &fate {
                    Fate::Deleted => true,
                    Fate::Changed(columns) => reference.pairs.iter().any(|pair| columns.contains(&pair.referenced)),
                };
                if !is_touched || !seen.insert((reference.id, event)) {
                    continue;
                }
                let words = explain_action(schema, reference, event, action);
                let (id, to) = (reference.id, reference.referencing);
                reach.hops.push(Hop { depth, reference: id, from: table, table: to, event, action, words });
                if let Some(next) = next(reference, &fate, action) {
                    waiting.push_back((to, next, depth + 1));
                }
            }
        }
        reach
    }

    fn name(&self, table: TableId) -> String {
        self.schema.table(table).map(|table| self.schema.display_name(table)).unwrap_or_default()
    }

    fn reference_name(&self, hop: &Hop) -> String {
        self.schema.label(ObjectId::Reference(hop.reference)).unwrap_or_default()
    }

    /// `Deleting a row of users`.
    fn doing(&self) -> String {
        match self.event {
            Event::Delete => format!("Deleting a row of {}", self.name(self.start)),
            Event::Update => format!("Changing the key of a row of {}", self.name(self.start)),
        }
    }

    /// Deletions are carried out in the order of the steps, and what names a deleted row is looked for in its turn: rows
    /// that an earlier step has deleted are not found any more, and rows that a later one would delete are.
    fn refusals(&self) -> Vec<Remark> {
        let behind = self.hops.iter().filter(|hop| hop.depth > 1 && refuses(hop.action));
        behind.map(|hop| self.refusal(hop)).collect()
    }

    fn refusal(&self, hop: &Hop) -> Remark {
        let (doing, table, from) = (self.doing(), self.name(hop.table), self.name(hop.from));
        let name = self.reference_name(hop);
        let fate = match hop.event {
            Event::Delete => "deletes",
            Event::Update => "changes",
        };
        let is_deferred = self.schema.references.get(&hop.reference).is_some_and(|reference| {
            reference.options.deferral == Deferral::Deferred && hop.action == ReferentialAction::NoAction
        });
        let deleting = self.hops.iter().filter(|it| it.table == hop.table && deletes(it));
        let message = match deleting.map(|it| it.depth).min() {
            _ if is_deferred => format!(
                "{doing} is refused at the end of the transaction while rows of {table} still name a row of {from} that \
                 it {fate} ({name})"
            ),
            None => format!("{doing} is refused while rows of {table} name a row of {from} that it {fate} ({name})"),
            Some(depth) if depth < hop.depth => format!(
                "{doing} is refused while rows of {table} that it does not delete name a row of {from} that it {fate} \
                 ({name})"
            ),
            Some(_) => format!(
                "{doing} is refused while rows of {table} name a row of {from} that it {fate} ({name}), even rows that \
                 it would delete itself: their turn comes later"
            ),
        };
        let objects = vec![ObjectId::Reference(hop.reference), ObjectId::Table(hop.table)];
        Remark { kind: RemarkKind::Refused, objects, message }
    }

    fn rounds(&self) -> Vec<Remark> {
        let mut graph: DiGraph<TableId, ()> = DiGraph::new();
        let mut nodes: BTreeMap<TableId, NodeIndex> = BTreeMap::new();
        let going: Vec<&Hop> = self.hops.iter().filter(|hop| hop.action == ReferentialAction::Cascade).collect();
        for hop in &going {
            let [from, to] =
                [hop.from, hop.table].map(|table| *nodes.entry(table).or_insert_with(|| graph.add_node(table)));
            graph.add_edge(from, to, ());
        }
        let mut found = Vec::new();
        for circle in kosaraju_scc(&graph) {
            let tables: Vec<TableId> = circle.iter().filter_map(|node| graph.node_weight(*node).copied()).collect();
            let inner = |hop: &&&Hop| tables.contains(&hop.from) && tables.contains(&hop.table);
            let references: Vec<ObjectId> =
                going.iter().filter(inner).map(|hop| ObjectId::Reference(hop.reference)).collect();
            if references.is_empty() {
                continue;
            }
            let mut names: Vec<String> = tables.iter().map(|table| self.name(*table)).collect();
            names.sort();
            let does = match self.event {
                Event::Delete => "deleted",
                Event::Update => "changed",
            };
            let message = match names.as_slice() {
                [only] => format!("Rows of {only} name each other: all below a {does} one are {does}, level by level"),
                all => format!(
                    "{} lead to each other and back: it goes round until no row names one that is {does}",
                    listed(all)
                ),
            };
            let objects = tables.into_iter().map(ObjectId::Table).chain(references).collect();
            found.push(Remark { kind: RemarkKind::Round, objects, message });
        }
        found.sort_by(|a, b| a.message.cmp(&b.message));
        found
    }

    fn several_ways(&self) -> Vec<Remark> {
        let mut ways: BTreeMap<TableId, Vec<&Hop>> = BTreeMap::new();
        for hop in self.hops.iter().filter(|hop| hop.from != hop.table) {
            ways.entry(hop.table).or_default().push(hop);
        }
        let is_told = |hops: &Vec<&Hop>| hops.len() > 1 && !hops.iter().all(|hop| refuses(hop.action));
        let mut several: Vec<Vec<&Hop>> = ways.into_values().filter(is_told).collect();
        several.sort_by_key(|hops| hops.first().map(|hop| (hop.depth, self.name(hop.table))));
        several.iter().filter_map(|hops| self.told_twice(hops)).collect()
    }

    fn told_twice(&self, hops: &[&Hop]) -> Option<Remark> {
        let table = hops.first()?.table;
        let way = |hop: &&Hop| {
            let does = match hop.action {
                ReferentialAction::Cascade if hop.event == Event::Delete => "deletes them",
                ReferentialAction::Cascade => "changes them",
                ReferentialAction::SetNull => "sets NULL",
                ReferentialAction::SetDefault => "sets a default",
                ReferentialAction::NoAction | ReferentialAction::Restrict => "refuses",
            };
            format!("{} {does}, from {}", self.reference_name(hop), self.name(hop.from))
        };
        let words: Vec<String> = hops.iter().map(way).collect();
        let is_deleted = hops.iter().any(|hop| deletes(hop));
        let is_kept = hops.iter().any(|hop| !deletes(hop) && !refuses(hop.action));
        let end = if is_deleted && is_kept { "; a row that is reached both ways is deleted" } else { "" };
        let message = format!("Rows of {} are reached {} ways: {}{end}", self.name(table), hops.len(), listed(&words));
        let references = hops.iter().map(|hop| ObjectId::Reference(hop.reference));
        let objects = std::iter::once(ObjectId::Table(table)).chain(references).collect();
        Some(Remark { kind: RemarkKind::SeveralWays, objects, message })
    }
}

/// The references to each table, by who holds them.
fn incoming(schema: &Schema) -> BTreeMap<TableId, Vec<&Reference>> {
    let mut incoming: BTreeMap<TableId, Vec<&Reference>> = BTreeMap::new();
    for reference in schema.references.values().filter(|it| schema.tables.contains_key(&it.referencing)) {
        incoming.entry(reference.referenced).or_default().push(reference);
    }
    let name = |reference: &&Reference| {
        let table = schema.table(reference.referencing).map(|table| schema.display_name(table));
        (table, reference.name.clone(), reference.id)
    };
    incoming.values_mut().for_each(|list| list.sort_by_cached_key(name));
    incoming
}

/// What happens to the rows that hold the reference, when they are left different.
fn next(reference: &Reference, fate: &Fate, action: ReferentialAction) -> Option<Fate> {
    match (action, fate) {
        (ReferentialAction::NoAction | ReferentialAction::Restrict, _) => None,
        (ReferentialAction::Cascade, Fate::Deleted) => Some(Fate::Deleted),
        (ReferentialAction::Cascade, Fate::Changed(columns)) => {
            let touched = reference.pairs.iter().filter(|pair| columns.contains(&pair.referenced));
            Some(Fate::Changed(touched.map(|pair| pair.referencing).collect()))
        }
        (ReferentialAction::SetNull | ReferentialAction::SetDefault, fate) => {
            let chosen = &reference.options.set_columns;
            let is_set = |column: &ColumnId| *fate != Fate::Deleted || chosen.is_empty() || chosen.contains(column);
            Some(Fate::Changed(reference.referencing_columns().into_iter().filter(is_set).collect()))
        }
    }
}

fn refuses(action: ReferentialAction) -> bool {
    matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict)
}

fn deletes(hop: &Hop) -> bool {
    hop.event == Event::Delete && hop.action == ReferentialAction::Cascade
}

/// `a, b and c`.
pub(crate) fn listed(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Event::{Delete, Update};
    use RemarkKind::{Refused, Round, SeveralWays};
    use proptest::prelude::*;
    use schema::testing::{arbitrary_broken_schema, schema_from};

    /// Tables with a key, and references as `orders.user_id -> users` with what they do.
    fn schema(references: &[&str]) -> Schema {
        let mut tables: BTreeMap<&str, String> = BTreeMap::new();
        let mut lines = String::new();
        for (at, reference) in references.iter().enumerate() {
            let (from, rest) = reference.split_once(" -> ").unwrap();
            let (table, column) = from.split_once('.').unwrap();
            let (to, actions) = rest.split_once(' ').unwrap_or((rest, ""));
            tables.entry(to).or_default();
            tables.entry(table).or_default().push_str(&format!("  {column} integer\n"));
            lines.push_str(&format!("fk fk{}: {table}({column}) -> {to}(id) {actions}\n", at + 1));
        }
        let tables: String = tables
            .iter()
            .map(|(name, columns)| format!("{name}\n  id integer!\n{columns}  pk {name}_pk(id)\n"))
            .collect();
        schema_from(&(tables + &lines))
    }

    fn check(references: &[&str], event: Event, hops: &[(usize, &str)], remarks: &[(RemarkKind, &str)]) {
        let schema = schema(references);
        let start = schema.tables.values().find(|table| table.name.as_str() == "users").unwrap().id;
        let told = cascade(&schema, start, event);
        let name = |table| schema.label(ObjectId::Table(table)).unwrap();
        let found: Vec<(usize, String)> = told
            .hops
            .iter()
            .map(|hop| (hop.depth, format!("{} {} {}", name(hop.from), hop.action.as_sql(), name(hop.table))))
            .collect();
        let found: Vec<(usize, &str)> = found.iter().map(|(depth, words)| (*depth, words.as_str())).collect();
        assert_eq!(found, hops, "{references:?}");
        let found: Vec<(RemarkKind, &str)> = told.remarks.iter().map(|it| (it.kind, it.message.as_str())).collect();
        assert_eq!(found, remarks, "{references:?}");
    }

    #[test]
    fn a_deletion_goes_from_table_to_table() {
        check(&["users.team_id -> teams on delete cascade"], Delete, &[], &[]);
        check(
            &["orders.user_id -> users on delete cascade", "order_items.order_id -> orders on delete cascade"],
            Delete,
            &[(1, "users cascade orders"), (2, "orders cascade order_items")],
            &[],
        );
        check(
            &["orders.user_id -> users on delete set null", "order_items.order_id -> orders on delete cascade"],
            Delete,
            &[(1, "users set null orders")],
            &[],
        );
        check(
            &["orders.user_id -> users on delete cascade", "invoices.order_id -> orders on delete restrict"],
            Delete,
            &[(1, "users cascade orders"), (2, "orders restrict invoices")],
            &[(
                Refused,
                "Deleting a row of users is refused while rows of invoices name a row of orders that it deletes (fk2)",
            )],
        );
    }

    #[test]
    fn a_circle_is_told() {
        check(
            &[
                "orders.user_id -> users on delete cascade",
                "carts.order_id -> orders on delete cascade",
                "users.cart_id -> carts on delete cascade",
            ],
            Delete,
            &[(1, "users cascade orders"), (2, "orders cascade carts"), (3, "carts cascade users")],
            &[(
                Round,
                "carts, orders and users lead to each other and back: it goes round until no row names one that is \
                 deleted",
            )],
        );
        check(
            &["users.boss_id -> users on delete cascade"],
            Delete,
            &[(1, "users cascade users")],
            &[(Round, "Rows of users name each other: all below a deleted one are deleted, level by level")],
        );
    }

    #[test]
    fn two_ways_to_one_table_are_told() {
        check(
            &[
                "blogs.user_id -> users on delete cascade",
                "posts.blog_id -> blogs on delete cascade",
                "posts.editor_id -> users on delete set null",
            ],
            Delete,
            &[(1, "users cascade blogs"), (1, "users set null posts"), (2, "blogs cascade posts")],
            &[(
                SeveralWays,
                "Rows of posts are reached 2 ways: fk3 sets NULL, from users and fk2 deletes them, from blogs; a row \
                 that is reached both ways is deleted",
            )],
        );
        // What an earlier step has deleted refuses nothing; what a later one would delete does.
        for (way, remark) in [
            (
                "tasks.user_id -> users on delete cascade",
                "Deleting a row of users is refused while rows of tasks that it does not delete name a row of teams \
                 that it deletes (fk2)",
            ),
            (
                "tasks.plan_id -> plans on delete cascade",
                "Deleting a row of users is refused while rows of tasks name a row of teams that it deletes (fk2), even \
                 rows that it would delete itself: their turn comes later",
            ),
        ] {
            let told = cascade_of(&[
                "teams.user_id -> users on delete cascade",
                "tasks.team_id -> teams on delete restrict",
                way,
                "plans.user_id -> users on delete cascade",
            ]);
            assert_eq!(told.remarks[0].message, remark);
        }
    }

    fn cascade_of(references: &[&str]) -> Cascade {
        let schema = schema(references);
        let start = schema.tables.values().find(|table| table.name.as_str() == "users").unwrap().id;
        cascade(&schema, start, Delete)
    }

    #[test]
    fn a_change_of_a_key_goes_where_the_key_is_part_of_another() {
        check(
            &["orders.user_id -> users on update cascade", "order_items.order_id -> orders on update cascade"],
            Update,
            &[(1, "users cascade orders")],
            &[],
        );
        let text = "users\n  id integer!\n  pk p(id)\norders\n  user_id integer!\n  pk q(user_id)\nitems\n  user_id integer\n\
                    fk f: orders(user_id) -> users(id) on update cascade\nfk g: items(user_id) -> orders(user_id)";
        let schema = schema_from(text);
        let start = schema.tables.values().find(|table| table.name.as_str() == "users").unwrap().id;
        let told = cascade(&schema, start, Update);
        assert_eq!(told.hops.iter().map(|hop| hop.depth).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(
            told.remarks[0].message,
            "Changing the key of a row of users is refused while rows of items name a row of orders that it changes (g)"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_reference_is_told_twice(schema in arbitrary_broken_schema()) {
            for table in schema.tables.keys() {
                for event in [Delete, Update] {
                    let told = cascade(&schema, *table, event);
                    let all: BTreeSet<(ReferenceId, Event)> =
                        told.hops.iter().map(|hop| (hop.reference, hop.event)).collect();
                    prop_assert_eq!(all.len(), told.hops.len());
                }
            }
        }
    }
}
