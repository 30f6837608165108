#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod dictionary;
mod format;
mod mermaid;
mod mongodb;
mod own_json;
mod read;
mod sheet;
mod sub0;
mod write;

pub use format::{Format, detect};
pub use read::{Finding, Reading, Severity, read};
pub use sheet::Sheet;
pub use sql::Dialect;
pub use write::{Written, write};
