//! Names of objects, as PostgreSQL keeps them.

use crate::text::is_invisible;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A name that PostgreSQL stores unchanged: 1 to 63 bytes of UTF-8, no control characters, none of the characters
/// that reorder or hide text. Compared byte by byte, as PostgreSQL does with quoted names.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// Why a text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing but white space.
    #[error("a name cannot be empty")]
    Empty,
    /// PostgreSQL would cut it off silently.
    #[error("a name can have at most 63 bytes; this one has {0}")]
    TooLong(usize),
    /// A control character, line break or tab.
    #[error("a name cannot contain the control character U+{0:04X}")]
    Control(u32),
    /// A character that changes the direction of text or cannot be seen.
    #[error("a name cannot contain the invisible character U+{0:04X}")]
    Invisible(u32),
}

impl Name {
    /// PostgreSQL's limit, in bytes.
    pub const MAX_BYTES: usize = 63;

    /// Reads a name; white space around it is dropped.
    ///
    /// # Errors
    /// When PostgreSQL would not keep the text as it is, or a reader could not see what it says.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if let Some(c) = text.chars().find(|c| c.is_control()) {
            return Err(NameError::Control(u32::from(c)));
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(NameError::Empty);
        }
        if let Some(c) = text.chars().find(|c| is_invisible(*c)) {
            return Err(NameError::Invisible(u32::from(c)));
        }
        if text.len() > Self::MAX_BYTES {
            return Err(NameError::TooLong(text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Makes a name out of parts that are names or plain words, joined with `_` and shortened to fit.
    ///
    /// Long results keep their beginning and end with eight hex digits that depend on the whole, so that two long
    /// names which differ only in what was cut stay different.
    pub fn derive(parts: &[&str], suffix: &str) -> Self {
        let mut stem: String = parts.join("_").chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
        if stem.len() + 1 + suffix.len() > Self::MAX_BYTES {
            let digest = fnv1a(stem.as_bytes());
            let room = Self::MAX_BYTES.saturating_sub(suffix.len() + 10);
            stem.truncate(first_bytes(&stem, room).len());
            stem.push_str(&format!("_{:08x}", digest & 0xffff_ffff));
        }
        if stem.is_empty() {
            return Self(suffix.to_owned());
        }
        Self(format!("{stem}_{suffix}"))
    }

    /// How the name of every such sequence ends.
    pub(crate) const SEQUENCE_ENDING: &str = "_seq";

    /// What PostgreSQL calls the sequence of a serial column when that name is free.
    ///
    /// Of a name that would be too long, it shortens the longer of the two parts, byte by byte, and drops what is
    /// left of a character that was cut through.
    pub fn of_sequence(table: &Self, column: &Self) -> Self {
        let room = Self::MAX_BYTES - "__seq".len();
        let (mut of_table, mut of_column) = (table.0.len(), column.0.len());
        while of_table + of_column > room {
            if of_table > of_column {
                of_table -= 1;
            } else {
                of_column -= 1;
            }
        }
        Self(format!("{}_{}_seq", first_bytes(&table.0, of_table), first_bytes(&column.0, of_column)))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// As many characters from the beginning as fit into so many bytes.
fn first_bytes(text: &str, bytes: usize) -> &str {
    let cut = (0..=bytes).rev().find(|at| text.is_char_boundary(*at));
    cut.and_then(|at| text.get(..at)).unwrap_or_default()
}

/// FNV-1a, 64 bits: small, stable between releases, and only ever used to tell shortened names apart.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl TryFrom<String> for Name {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_postgresql_keeps() {
        for text in ["users", "Order Items", "größe", "a\"b", "it's", "--", "select", "日本"] {
            assert_eq!(Name::parse(text).map(String::from), Ok(text.to_owned()));
        }
        assert_eq!(Name::parse("  users ").map(String::from), Ok("users".to_owned()));
    }

    #[test]
    fn refuses_the_rest() {
        let long = "é".repeat(32);
        for (text, error) in [
            ("", NameError::Empty),
            ("   ", NameError::Empty),
            ("a\nb", NameError::Control(10)),
            ("a\0b", NameError::Control(0)),
            ("a\u{202E}b", NameError::Invisible(0x202E)),
            ("a\u{200B}b", NameError::Invisible(0x200B)),
            (long.as_str(), NameError::TooLong(64)),
        ] {
            assert_eq!(Name::parse(text), Err(error), "{text:?}");
        }
    }

    #[test]
    fn sequences_are_called_as_postgresql_calls_them() {
        let long = |text: &str, n: usize| text.repeat(n);
        for (table, column, expect) in [
            ("users".to_owned(), "id".to_owned(), "users_id_seq".to_owned()),
            (long("t", 63), "id".to_owned(), format!("{}_id_seq", long("t", 56))),
            ("t".to_owned(), long("c", 63), format!("t_{}_seq", long("c", 57))),
            (long("t", 63), long("c", 63), format!("{}_{}_seq", long("t", 29), long("c", 29))),
            // 29 bytes are room for 14 characters of two bytes each.
            (long("é", 31), long("c", 63), format!("{}_{}_seq", long("é", 14), long("c", 29))),
        ] {
            let (table, column) = (Name::parse(&table).unwrap(), Name::parse(&column).unwrap());
            let name = Name::of_sequence(&table, &column);
            assert_eq!(name.as_str(), expect);
        }
    }

    #[test]
    fn derived_names_fit_and_differ() {
        let a = Name::derive(&["t", &"x".repeat(70), "a"], "fkey");
        let b = Name::derive(&["t", &"x".repeat(70), "b"], "fkey");
        assert!(a.as_str().len() <= 63 && a.as_str().ends_with("_fkey"));
        assert_ne!(a, b);
        assert_eq!(Name::derive(&["orders", "user_id"], "fkey").as_str(), "orders_user_id_fkey");
    }
}
