//! The statements that lead from one schema to another.

use crate::names::Names;
use crate::{diff, order};
use schema::{Name, ObjectId, Schema};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a step locks its tables with until the end of the transaction, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// Nothing that exists already.
    None,
    /// Other changes to the same table wait; reading and writing go on.
    ShareUpdateExclusive,
    /// Writing waits.
    Share,
    /// Writing waits, and so do other changes.
    ShareRowExclusive,
    /// Reading and writing wait.
    AccessExclusive,
}

impl Lock {
    /// The mode as LOCK TABLE names it; none for [`Lock::None`].
    pub fn as_sql(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::ShareUpdateExclusive => Some("SHARE UPDATE EXCLUSIVE"),
            Self::Share => Some("SHARE"),
            Self::ShareRowExclusive => Some("SHARE ROW EXCLUSIVE"),
            Self::AccessExclusive => Some("ACCESS EXCLUSIVE"),
        }
    }
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is about. Columns, keys, checks and indexes of a table that is created or dropped belong to the
    /// table; a reference always stands for itself.
    pub object: ObjectId,
    /// The statement, without a semicolon.
    pub sql: String,
    /// The strongest lock it takes on a table that exists already.
    pub lock: Lock,
    /// What may go wrong or get lost, a sentence each.
    pub notes: Vec<String>,
}

/// A change that cannot be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// What it is about.
    pub object: ObjectId,
    /// Why, and the way out.
    pub message: String,
}

/// All statements, in an order in which they succeed one after the other.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The statements.
    pub steps: Vec<Step>,
    /// What is left out, and why. A plan with refusals does not lead to the target and must not be run.
    pub refusals: Vec<Refusal>,
    locks: BTreeSet<(Name, Name)>,
}

impl Plan {
    /// Whether there is nothing to do and nothing refused.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.refusals.is_empty()
    }

    /// The statements about each object, in order.
    pub fn by_object(&self) -> BTreeMap<ObjectId, Vec<&Step>> {
        let mut steps: BTreeMap<ObjectId, Vec<&Step>> = BTreeMap::new();
        for step in &self.steps {
            steps.entry(step.object).or_default().push(step);
        }
        steps
    }

    /// Namespace and name of each existing table that a step will lock, sorted. Locking them first and in this
    /// order keeps two plans from waiting for each other.
    pub fn locks(&self) -> Vec<(Name, Name)> {
        self.locks.iter().cloned().collect()
    }
}

/// The statements that turn a database with the schema `base` into one with the schema `target`.
///
/// Objects are recognized by their ids. Both schemas should be valid (see [`schema::validate`]); what is missing in
/// an invalid one is refused by name.
///
/// # Examples
/// ```
/// let schema = schema::Schema::default();
/// assert!(ddl::plan(&schema, &schema).is_empty());
/// ```
pub fn plan(base: &Schema, target: &Schema) -> Plan {
    let (actions, mut refusals) = diff::actions(base, target);
    let (actions, cycles) = order::sort(actions);
    refusals.extend(cycles.into_iter().map(|object| order::refusal(base, target, object)));
    refusals.sort_by(|a, b| (a.object, &a.message).cmp(&(b.object, &b.message)));
    refusals.dedup();
    let mut names = Names::new(base, target);
    let mut locks = BTreeSet::new();
    let mut steps = Vec::with_capacity(actions.len());
    for action in actions {
        let touched = action.op.locked_tables();
        let existing = touched.iter().filter_map(|id| base.table(*id));
        let existing: BTreeSet<(Name, Name)> = existing
            .filter_map(|table| base.namespace_of(table).map(|space| (space.clone(), table.name.clone())))
            .collect();
        let lock = if existing.is_empty() { Lock::None } else { action.op.lock() };
        if lock != Lock::None {
            locks.extend(existing);
        }
        let sql = action.op.run(&mut names);
        steps.push(Step { object: action.object, sql, lock, notes: action.notes });
    }
    Plan { steps, refusals, locks }
}
