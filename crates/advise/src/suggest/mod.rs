//! References that the names of columns ask for.

mod aliases;
mod candidate;
mod choose;
mod features;
mod gather;
mod model;
mod reason;
mod survey;
mod weights;
mod words;

pub use survey::Known;
pub(crate) use words::stem_of;
#[cfg(feature = "fitting")]
pub use {features::Feature, features::Features, model::Weights};

use schema::{ColumnId, Schema, TableId};
use survey::Survey;

/// A reference that is not there and probably should be.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// The table that would hold it.
    pub referencing: TableId,
    /// Its columns, in order.
    pub columns: Vec<ColumnId>,
    /// The table that would be named.
    pub referenced: TableId,
    /// Its columns, pair by pair with `columns`.
    pub referenced_columns: Vec<ColumnId>,
    /// How likely it is that somebody would make it, between 0 and 1.
    pub confidence: f64,
    /// What that is good for.
    pub tier: Tier,
    /// Why, in a sentence.
    pub reason: String,
}

/// What a suggestion is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Good enough to be accepted with all others of its kind.
    Preselect,
    /// Good enough to be shown beside its column.
    Suggest,
    /// Shown to who asks what else there might be.
    List,
}

impl Tier {
    /// Its name, as programs get it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Preselect => "preselect",
            Self::Suggest => "suggest",
            Self::List => "list",
        }
    }
}

/// References that the names and types of columns suggest, the likeliest first.
///
/// Every column, and every set of columns that is called like a key of several, is compared with the keys that its name may
/// mean, and each pair is weighed by a model that was fitted to schemas whose references are known. What is there already
/// is not suggested again, but tells what names mean. At most one suggestion for the same columns is more than a line in
/// a list. A column that goes with another such as `subject_type` names rows of more than one table, and suggests nothing.
///
/// # Examples
/// ```
/// assert_eq!(advise::suggest(&schema::Schema::default()), vec![]);
/// ```
pub fn suggest(schema: &Schema) -> Vec<Suggestion> {
    suggest_by(schema, Known::All, &model::Weights::fitted())
}

/// As [`suggest`], by other weights.
#[cfg_attr(not(feature = "fitting"), allow(unreachable_pub, reason = "public for those who fit the weights"))]
pub fn suggest_by(schema: &Schema, known: Known, weights: &model::Weights) -> Vec<Suggestion> {
    let survey = Survey::of(schema, known);
    choose::choose(&survey, candidate::candidates(&survey), weights)
}

/// A candidate as those who fit the weights see it.
#[cfg(feature = "fitting")]
#[derive(Debug, Clone)]
pub struct Row {
    /// The table that would hold the reference, and its columns.
    pub from: (TableId, Vec<ColumnId>),
    /// The table that would be named, and its columns.
    pub to: (TableId, Vec<ColumnId>),
    /// What is known of it.
    pub features: Features,
}

/// Every candidate that a schema has.
#[cfg(feature = "fitting")]
pub fn rows(schema: &Schema, known: Known) -> Vec<Row> {
    let survey = Survey::of(schema, known);
    let ids = |columns: &[&schema::Column]| columns.iter().map(|column| column.id).collect();
    let row = |it: &candidate::Candidate<'_>| {
        Some(Row {
            from: (survey.tables.get(it.from)?.table.id, ids(&it.columns)),
            to: (survey.tables.get(it.to)?.table.id, ids(&it.key_columns)),
            features: it.features,
        })
    };
    candidate::candidates(&survey).iter().filter_map(row).collect()
}

#[cfg(test)]
mod tests;
