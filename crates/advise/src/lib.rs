#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod cascade;
mod lint;
mod plural;
mod suggest;

pub use action::{Event, explain_action};
pub use cascade::{Cascade, Hop, Remark, RemarkKind, cascade};
pub use lint::{Finding, Fix, RULES, Rule, Severity, caused, lint, rule};
pub use suggest::{Suggestion, suggest};
