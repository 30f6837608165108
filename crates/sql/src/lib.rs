#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod build;
mod catalog;
mod dialect;
mod lex;
mod read;
mod script;
mod split;
mod transact;

pub use build::build;
pub use catalog::{
    Catalog, Check, Column, Diagnostic, Domain, Enum, Exclusion, Index, Inline, Key, Namespace, Reference, Table,
};
pub use dialect::Dialect;
pub use read::read;
pub use script::*;
pub use split::{MAX_BYTES, Piece, PieceKind, split};
