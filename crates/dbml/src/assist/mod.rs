//! What an editor of DBML text asks: colors, completions, and what a name means. Pure functions of text and offset.

mod complete;
mod highlight;
mod symbol;

pub use complete::{Completion, complete};
pub use highlight::{Highlight, tokens};
pub use symbol::{Symbol, SymbolKind, symbol_at};
