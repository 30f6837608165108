#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod plural;
mod suggest;

pub use action::{Event, explain_action};
pub use suggest::{Suggestion, suggest};
