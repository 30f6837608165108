#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod format;
mod read;
mod sheet;
mod write;

pub use format::{Format, detect};
pub use read::{Finding, Reading, Severity, read};
pub use sheet::Sheet;
pub use sql::Dialect;
pub use write::{NotWritten, write};
