#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod cascade;
mod index;
mod join;
mod lint;
mod plural;
#[cfg_attr(not(feature = "fitting"), allow(unreachable_pub, reason = "public only to what fits the model"))]
mod suggest;

pub use action::{Event, explain_action};
pub use cascade::{Cascade, Hop, Remark, RemarkKind, cascade};
pub use index::index_for;
pub use join::{Count, Join, join, join_along};
pub use lint::{Finding, Fix, RULES, Rule, Severity, caused, lint, rule};
#[cfg(feature = "fitting")]
pub use suggest::{Feature, Features, Known, Row, Weights, rows, suggest_by};
pub use suggest::{Suggestion, Tier, suggest};
