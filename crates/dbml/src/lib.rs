#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod assist;
mod diagnostic;
pub mod document;
mod export;
mod lexer;
mod link;
mod lower;
mod names;
mod print;
mod quote;
mod reader;
mod revise;
mod span;
mod syntax;

pub use assist::{Completion, Highlight, Symbol, SymbolKind, complete, symbol_at, tokens};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use document::Document;
pub use export::{Exported, Unsaid, export};
pub use lexer::{Token, TokenKind};
pub use link::{Linked, LinkedColumn, LinkedRef, LinkedTable, Merged, link};
pub use lower::{Lowered, lower};
pub use names::Names;
pub use print::{LeftOut, Printed, Version, print, print_for};
pub use reader::{parse, read};
pub use revise::{Rename, renames, revise};
pub use span::{Lines, Origin, Position, Span};
pub use syntax::{NodeId, Tree, parse as parse_tree};
