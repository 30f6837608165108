#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod action;
mod dialect;
mod diff;
mod export;
mod hazard;
mod join;
mod moves;
mod names;
mod options;
mod order;
mod plan;
mod quote;
mod rebuild;
mod render;
mod table_diff;
mod type_diff;

pub use dialect::{Dialect, Note, Script, export_as};
pub use export::export;
pub use join::{Link, Query, Source};
pub use plan::{Lock, Plan, Refusal, Step, plan};
pub use quote::{quote_literal, quote_name};
