#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod plural;
mod suggest;

pub use action::{Event, explain_action};
#[cfg(feature = "fitting")]
pub use suggest::{Feature, Features, Known, Row, Weights, rows, suggest_by};
pub use suggest::{Suggestion, Tier, suggest};
