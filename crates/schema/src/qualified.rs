//! Names with the namespace that they are in.

use crate::Name;
use crate::keywords::is_bare;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A name with the namespace that it is in, where that has to be said.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct QualifiedName {
    /// The namespace; none for whatever the search path finds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Name>,
    /// The name in it.
    pub name: Name,
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{namespace}.{}", self.name),
            None => self.name.fmt(f),
        }
    }
}

impl QualifiedName {
    /// Reads a name as SQL writes it: lower case where it is not quoted, with a namespace before a point perhaps.
    ///
    /// # Errors
    /// In words, when the text is no such name.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut rest = text.trim();
        loop {
            let (piece, after) =
                piece(rest).ok_or_else(|| format!("{text} is not a name; write it like \"my name\""))?;
            pieces.push(Name::parse(&piece).map_err(|error| error.to_string())?);
            match after.strip_prefix('.') {
                Some(next) => rest = next,
                None if after.is_empty() => break,
                None => return Err(format!("a name ends before {after}")),
            }
        }
        let name = pieces.pop().ok_or("a name is missing")?;
        let namespace = pieces.pop();
        if pieces.is_empty() { Ok(Self { namespace, name }) } else { Err(format!("{text} has a point too many")) }
    }

    /// Reads the name of a collation. Without quotes it is the name as it stands, `C`, `de-x-icu` or `en_US.utf8`, for
    /// that is how people know collations; with quotes it is as in SQL.
    ///
    /// # Errors
    /// In words, when the text is no such name.
    pub fn parse_collation(text: &str) -> Result<Self, String> {
        if text.contains('"') {
            return Self::parse(text);
        }
        Ok(Self { namespace: None, name: Name::parse(text).map_err(|error| error.to_string())? })
    }

    /// The name of a collation, as [`parse_collation`](Self::parse_collation) reads it.
    pub fn collation_text(&self) -> String {
        match &self.namespace {
            None if !self.name.as_str().contains('"') => self.name.to_string(),
            Some(_) | None => self.quoted(),
        }
    }

    /// Every part in quotes.
    pub(crate) fn quoted(&self) -> String {
        let all: Vec<String> = self.namespace.iter().chain([&self.name]).map(quoted).collect();
        all.join(".")
    }

    /// As SQL writes it, with no more quotes than it needs.
    pub(crate) fn sql(&self) -> String {
        let one = |name: &Name| if is_bare(name.as_str()) { name.to_string() } else { quoted(name) };
        let all: Vec<String> = self.namespace.iter().chain([&self.name]).map(one).collect();
        all.join(".")
    }
}

fn quoted(name: &Name) -> String {
    format!("\"{}\"", name.as_str().replace('"', "\"\""))
}

/// The name that the text begins with, and what follows it.
fn piece(text: &str) -> Option<(String, &str)> {
    let Some(inner) = text.strip_prefix('"') else {
        let is_end = |c: char| c == '.' || c == '"' || c.is_whitespace();
        let (bare, after) = text.split_at(text.find(is_end).unwrap_or(text.len()));
        return (!bare.is_empty()).then(|| (bare.to_lowercase(), after));
    };
    let mut name = String::new();
    let mut rest = inner;
    loop {
        let (before, after) = rest.split_once('"')?;
        name.push_str(before);
        let Some(next) = after.strip_prefix('"') else { return Some((name, after)) };
        name.push('"');
        rest = next;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_sql_writes_them() {
        for (text, expect) in [
            ("text_ops", Ok("text_ops")),
            (" Public.Text_Ops ", Ok("public.text_ops")),
            ("\"My ops\".\"a.\"\"b\"", Ok("\"My ops\".\"a.\"\"b\"")),
            ("\"order\"", Ok("\"order\"")),
            ("", Err("is not a name")),
            ("a.", Err("is not a name")),
            ("\"a", Err("is not a name")),
            ("a b", Err("a name ends before")),
            ("a.b.c", Err("a point too many")),
            ("\"\"", Err("empty")),
        ] {
            match (QualifiedName::parse(text), expect) {
                (Ok(name), Ok(expect)) => {
                    assert_eq!(name.sql(), expect, "{text}");
                    assert_eq!(QualifiedName::parse(expect), Ok(name), "{text}");
                }
                (Err(why), Err(expect)) => assert!(why.contains(expect), "{text}: {why}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn collations_are_read_as_people_know_them() {
        let name = |namespace: Option<&str>, name: &str| {
            let parse = |text: &str| Name::parse(text).unwrap();
            Ok(QualifiedName { namespace: namespace.map(parse), name: parse(name) })
        };
        for (text, expect, shown) in [
            ("C", name(None, "C"), "C"),
            (" en_US.utf8 ", name(None, "en_US.utf8"), "en_US.utf8"),
            ("de-x-icu", name(None, "de-x-icu"), "de-x-icu"),
            ("\"C\"", name(None, "C"), "C"),
            ("pg_catalog.\"C\"", name(Some("pg_catalog"), "C"), "\"pg_catalog\".\"C\""),
            ("\"a\"\"b\"", name(None, "a\"b"), "\"a\"\"b\""),
        ] {
            let found = QualifiedName::parse_collation(text);
            assert_eq!(found, expect, "{text}");
            let found = found.unwrap().collation_text();
            assert_eq!(found, shown);
            assert_eq!(QualifiedName::parse_collation(&found), expect, "{text} again");
        }
        for text in ["", "  ", "\"C", "\"a\" b"] {
            assert!(QualifiedName::parse_collation(text).is_err(), "{text}");
        }
    }
}
