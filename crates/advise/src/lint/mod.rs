//! Lints: what is wrong with a schema or will be, in the names of its own objects, with the edits that mend it where
//! there are any. Each rule is a file of its own: what it finds, why that matters, and schemas of both kinds as tests.
//!
//! Rules that PostgreSQL has as well are in `schema::validate`, which a commit has to pass. Here they become findings
//! with a fix (E00, E01, E02, E03, E05, E06), so that none of them is told twice. Of the well-known rules, two are not
//! here: a line drawn one-to-one over columns that are not unique cannot be, as cardinality follows from keys; and that
//! many tables name one, or that one holds a diagram together, is nothing to mend.

mod facts;
mod fixes;
mod graph;

mod e00_refused;
mod e01_types;
mod e02_no_key;
mod e03_set_null;
mod e04_set_default;
mod e05_columns;
mod e06_names;
mod e07_persistence;
mod e08_no_first_row;
mod w01_no_index;
mod w02_narrow;
mod w03_no_primary_key;
mod w04_redundant;
mod w05_far_cascade;
mod w06_round_cascade;
mod w07_two_ways;
mod w08_restrict;
mod w09_half_null;
mod w10_by_name;
mod w11_namespaces;
mod w12_alone;
mod w13_junction;
mod w15_types;
mod w16_names;
mod w17_not_valid;
mod w18_actions;
mod w19_collation;
mod w20_twice;

#[cfg(test)]
mod tests;

use edit::Edit;
use facts::Facts;
use schema::{ObjectId, Schema};
use std::collections::BTreeSet;

/// How much a finding matters, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// PostgreSQL refuses it, or something can never work.
    Error,
    /// It will hurt: wrong data, or statements that fail or take long.
    Warning,
    /// Worth knowing, and often meant.
    Info,
    /// It works, and there is a better way to write it.
    Style,
}

impl Severity {
    /// All four, the worst first.
    pub const ALL: [Self; 4] = [Self::Error, Self::Warning, Self::Info, Self::Style];

    /// A word for it, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
            Self::Style => "style",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// What it is switched off by: `W01`. Never changes its meaning.
    pub id: &'static str,
    /// In a few words, for lists.
    pub title: &'static str,
    /// Why it matters and what to do, in some sentences.
    pub why: &'static str,
    /// How much what it finds matters at most.
    pub severity: Severity,
    find: fn(&Facts<'_>) -> Vec<Finding>,
    /// Schemas in SQL in which it finds something, and in which it does not.
    #[cfg(test)]
    cases: tests::Cases,
}

/// Something that a rule has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id of the rule.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// What it is about; the first is the one to show.
    pub objects: Vec<ObjectId>,
    /// What is wrong and what to do about it, in the schema's own names.
    pub message: String,
    /// What mends it.
    pub fix: Option<Fix>,
}

/// Edits that mend what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What they do, for a button and for undo: `index orders.user_id`.
    pub label: String,
    /// They apply to the schema in which it was found, in this order.
    pub edits: Vec<Edit>,
}

/// All rules, in the order of their ids.
pub const RULES: &[Rule] = &[
    e00_refused::RULE,
    e01_types::RULE,
    e02_no_key::RULE,
    e03_set_null::RULE,
    e04_set_default::RULE,
    e05_columns::RULE,
    e06_names::RULE,
    e07_persistence::RULE,
    e08_no_first_row::RULE,
    w01_no_index::RULE,
    w02_narrow::RULE,
    w03_no_primary_key::RULE,
    w04_redundant::RULE,
    w05_far_cascade::RULE,
    w06_round_cascade::RULE,
    w07_two_ways::RULE,
    w08_restrict::RULE,
    w09_half_null::RULE,
    w10_by_name::RULE,
    w11_namespaces::RULE,
    w12_alone::RULE,
    w13_junction::RULE,
    w15_types::RULE,
    w16_names::RULE,
    w17_not_valid::RULE,
    w18_actions::RULE,
    w19_collation::RULE,
    w20_twice::RULE,
];

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Everything that the rules find, the worst first, then by rule and by the names of tables. The time that it takes goes
/// with the size of the schema.
///
/// # Examples
/// ```
/// use advise::lint;
/// use schema::testing::schema_from;
///
/// let shop = "users\n  id integer!\n  pk users_pkey(id)\norders\n  id integer!\n  user_id integer\n  pk orders_pkey(id)\n\
///             fk orders_user_id_fkey: orders(user_id) -> users(id)";
/// let found = lint(&schema_from(shop));
/// assert_eq!(found[0].rule, "W01");
/// assert!(found[0].message.starts_with("orders.user_id has no index"));
/// assert_eq!(found[0].fix.as_ref().unwrap().edits.len(), 1);
/// ```
pub fn lint(schema: &Schema) -> Vec<Finding> {
    let facts = Facts::of(schema);
    let mut found: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.find)(&facts)).collect();
    found.sort_by_key(|finding| finding.severity);
    found
}

/// What the rules find in `after` and did not find in `before`: what a change has caused.
pub fn caused(before: &Schema, after: &Schema) -> Vec<Finding> {
    let known = lint(before);
    let known: BTreeSet<(&str, &[ObjectId])> = known.iter().map(Finding::key).collect();
    lint(after).into_iter().filter(|finding| !known.contains(&finding.key())).collect()
}

impl Finding {
    /// What makes it the same finding in another state of the schema: names may differ.
    pub fn key(&self) -> (&'static str, &[ObjectId]) {
        (self.rule, &self.objects)
    }
}
