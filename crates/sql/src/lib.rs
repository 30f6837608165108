#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod build;
mod catalog;
mod client;
mod decode;
mod detect;
mod dialect;
mod lex;
mod lower;
mod read;
mod report;
mod script;
mod split;
mod transact;

pub use build::build;
pub use catalog::{
    Catalog, Check, Column, Diagnostic, Domain, Enum, Exclusion, Index, Inline, Key, Namespace, Reference, Table,
};
pub use decode::decode;
pub use detect::detect;
pub use dialect::Dialect;
pub use lower::{LeftOut, Lowered, lower};
pub use read::read;
pub use report::{Entry, Extent, Report, report};
pub use script::*;
pub use split::{MAX_BYTES, Piece, PieceKind, split};
