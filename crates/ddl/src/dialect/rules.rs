//! The table of differences: what each dialect says for itself.

use super::Dialect;
use super::types::Mapped;
use schema::BaseType;

/// One dialect.
pub(super) struct Rules {
    pub(super) dialect: Dialect,
    /// A name in its quotes.
    pub(super) quote: fn(&str) -> String,
    /// A text as an expression.
    pub(super) literal: fn(&str) -> String,
    /// The name without what the dialect cannot have in it.
    pub(super) clean: fn(&str) -> String,
    /// How long a name may be: in characters, or in bytes.
    pub(super) longest_name: (usize, Unit),
    pub(super) namespaces: Namespaces,
    /// With `{}` for the quoted name.
    /// Schemas that are there by themselves, lower case, of whose names none can be made.
    pub(super) own_namespaces: &'static [&'static str],
    pub(super) create_namespace: &'static str,
    /// What the script begins with.
    pub(super) beginning: &'static str,
    /// What stands behind the brackets of CREATE TABLE.
    pub(super) after_table: &'static str,
    /// What is true of all that is exported.
    pub(super) notes: &'static [&'static str],
    /// The type of a column, with at most so many characters where it is part of a key.
    pub(super) data_type: fn(BaseType, &[i32], Option<u32>) -> Mapped,
    /// How many characters all texts of a key may have together.
    pub(super) key_length: u32,
    /// Whether an index can be over the beginning of a text.
    pub(super) prefixes: bool,
    /// Whether what references has to be of exactly the type of what it references.
    pub(super) same_types: bool,
    /// Whether a condition is a value.
    pub(super) booleans: bool,
    /// Whether there is ENUM at a column.
    pub(super) enums: bool,
    /// Whether a default that is no literal stands in brackets.
    pub(super) bracketed_defaults: bool,
    /// Whether references are written within CREATE TABLE.
    pub(super) references_within: bool,
    /// Whether references, and keys, can be checked at the end of a transaction.
    pub(super) deferrable: (bool, bool),
    /// Whether two rows may both have NULL in a key: of one column, of several.
    pub(super) distinct_nulls: (bool, bool),
    pub(super) expression_indexes: bool,
    pub(super) partial_indexes: Partial,
    pub(super) include: bool,
    pub(super) comments: Comments,
    pub(super) scopes: Scopes,
}

/// What the length of a name is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Characters,
    Bytes,
}

/// Where tables of another schema than `public` go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Namespaces {
    /// To a schema or database of that name.
    Own,
    /// Beside all others, with its name before theirs.
    Prefix,
}

/// Which rows can be in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Partial {
    /// All.
    No,
    /// Those for which columns are compared with literals, joined by AND.
    Simple,
    /// Any.
    Yes,
}

/// Where notes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// Nowhere.
    No,
    /// To the table and column, with at most so many characters each.
    Within { table: usize, column: usize },
    /// To statements of their own.
    On,
    /// To extended properties.
    Properties,
}

/// What may not be called the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scopes {
    /// Keys, indexes and checks of one table, references of one database, checks of one database.
    My,
    /// Tables and indexes; constraints may.
    Sqlite,
    /// Tables and constraints of one schema; keys and indexes of one table.
    SqlServer,
    /// Tables and indexes; constraints; a key is both.
    Oracle,
}

/// A text as an expression that joins pieces of it: characters that cannot stand within quotes are made by their number.
pub(super) fn in_pieces(
    text: &str,
    open: &str,
    joined_by: &str,
    by_number: impl Fn(char, char) -> Option<String>,
) -> String {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let mut before = ' ';
    for c in text.chars().filter(|c| *c != '\0') {
        match by_number(before, c) {
            Some(made) => {
                if !piece.is_empty() {
                    pieces.push(format!("{open}{piece}'"));
                    piece.clear();
                }
                pieces.push(made);
            }
            None if c == '\'' => piece.push_str("''"),
            None => piece.push(c),
        }
        before = c;
    }
    if !piece.is_empty() || pieces.is_empty() {
        pieces.push(format!("{open}{piece}'"));
    }
    pieces.join(joined_by)
}
