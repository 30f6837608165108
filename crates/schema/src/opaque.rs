//! Objects that are kept as the statement that makes them: shown and written out, and not looked into.

use crate::{Name, NamespaceId, Rank, TableId};
use serde::{Deserialize, Serialize};

/// A view, function, trigger or the like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opaque {
    /// Identity.
    pub id: crate::OpaqueId,
    /// What it is.
    pub kind: OpaqueKind,
    /// The namespace it is in; none for what is in none, such as an extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<NamespaceId>,
    /// The table that it belongs to, such as a trigger's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableId>,
    /// Name. Functions may share one.
    pub name: Name,
    /// Its place among others of its kind: what comes first may be used by what comes later.
    pub rank: Rank,
    /// The statement that makes it.
    pub definition: Statement,
}

/// What is kept as a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpaqueKind {
    /// An extension.
    Extension,
    /// A composite type, range or anything else that types can be.
    Type,
    /// A collation.
    Collation,
    /// A sequence that is not one column's own.
    Sequence,
    /// A function or procedure.
    Function,
    /// An aggregate, operator, cast, text search object and the like.
    Other,
    /// That a column of a table takes its numbers from a sequence, and other settings of tables.
    TableSetting,
    /// A view.
    View,
    /// A materialized view, or an index or setting of one.
    MaterializedView,
    /// A rule.
    Rule,
    /// A trigger.
    Trigger,
    /// A policy.
    Policy,
}

impl OpaqueKind {
    /// The words for it, lower case.
    pub fn words(self) -> &'static str {
        match self {
            Self::Extension => "extension",
            Self::Type => "type",
            Self::Collation => "collation",
            Self::Sequence => "sequence",
            Self::Function => "function",
            Self::Other => "object",
            Self::TableSetting => "setting",
            Self::View => "view",
            Self::MaterializedView => "materialized view",
            Self::Rule => "rule",
            Self::Trigger => "trigger",
            Self::Policy => "policy",
        }
    }

    /// Whether tables may use it, so that it has to be there before them.
    pub fn is_before_tables(self) -> bool {
        match self {
            Self::Extension | Self::Type | Self::Collation | Self::Sequence | Self::Function | Self::Other => true,
            Self::TableSetting | Self::View | Self::MaterializedView | Self::Rule | Self::Trigger | Self::Policy => {
                false
            }
        }
    }
}

/// The text of exactly one statement, without the semicolon at its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Statement(String);

/// Why a text is not a statement that can be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// It does not make anything.
    #[error("only statements that begin with create, alter or comment can be kept")]
    Kind,
    /// It has a second statement in it, or a string, name or comment without an end.
    #[error("this is not one whole statement")]
    NotOne,
    /// It has a command to the client in it.
    #[error("a statement cannot contain commands to psql")]
    Command,
    /// It is longer than any that people write.
    #[error("a statement can have at most 1 MiB")]
    TooLong,
}

impl Statement {
    /// How long a statement may be, in bytes.
    pub const MAX_BYTES: usize = 1 << 20;

    /// Reads a statement; a semicolon at its end is dropped.
    ///
    /// # Errors
    /// When it is not one statement that makes or changes an object.
    pub fn parse(text: &str) -> Result<Self, StatementError> {
        let text = text.trim().trim_end_matches(';').trim_end();
        if text.len() > Self::MAX_BYTES {
            return Err(StatementError::TooLong);
        }
        let first = text.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default().to_ascii_lowercase();
        if !matches!(first.as_str(), "create" | "alter" | "comment") {
            return Err(StatementError::Kind);
        }
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let length = match c {
                '\0' => return Err(StatementError::NotOne),
                '\\' => return Err(StatementError::Command),
                ';' => return Err(StatementError::NotOne),
                '\'' | '"' => quoted(rest, c, false),
                '$' => dollar_quoted(rest),
                '-' if rest.starts_with("--") => Some(rest.find(['\n', '\r']).unwrap_or(rest.len())),
                '/' if rest.starts_with("/*") => comment(rest),
                c if c.is_alphabetic() || c == '_' => Some(word(rest)),
                c => Some(c.len_utf8()),
            };
            rest = length.and_then(|length| rest.get(length..)).ok_or(StatementError::NotOne)?;
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Statement {
    type Error = StatementError;

    fn try_from(text: String) -> Result<Self, StatementError> {
        Self::parse(&text)
    }
}

impl From<Statement> for String {
    fn from(statement: Statement) -> Self {
        statement.0
    }
}

/// How long a string or name is, with its quotes.
fn quoted(text: &str, quote: char, escapes: bool) -> Option<usize> {
    let mut chars = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if escapes && c == '\\' {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return Some(at + c.len_utf8());
        }
    }
    None
}

/// A word; with the string behind it when that has backslash escapes.
fn word(text: &str) -> usize {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let length = text.find(|c| !is_part(c)).unwrap_or(text.len());
    let (name, rest) = text.split_at(length);
    match (name.eq_ignore_ascii_case("e"), rest.starts_with('\'')) {
        (true, true) => quoted(rest, '\'', true).map_or(text.len() + 1, |string| length + string),
        _ => length,
    }
}

fn dollar_quoted(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('$')?;
    let length = inner.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(inner.len());
    let (tag, rest) = inner.split_at(length);
    if !rest.starts_with('$') || tag.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(1);
    }
    let opening = length + 2;
    let closing = format!("${tag}$");
    text.get(opening..)?.find(&closing).map(|at| opening + at + closing.len())
}

/// Comments of this kind nest.
fn comment(text: &str) -> Option<usize> {
    let (mut open, mut at) = (0_usize, 0_usize);
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with("/*") {
            (open, at) = (open + 1, at + 2);
        } else if rest.starts_with("*/") {
            (open, at) = (open - 1, at + 2);
            if open == 0 {
                return Some(at);
            }
        } else {
            at += rest.chars().next()?.len_utf8();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_statement_is_kept() {
        use StatementError as E;
        for (text, expect) in [
            ("create view v as select 1;", Ok(())),
            ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ select 1; select 2; $$", Ok(())),
            ("create function f() as $a$ begin $$ ; $$ end $a$ language plpgsql", Ok(())),
            ("create view v as select ';' || E'\\';' || \"a;b\" -- ; x", Ok(())),
            ("create view v as select 1 /* ; /* ; */ ; */", Ok(())),
            ("comment on type t is 'it''s'", Ok(())),
            ("create view v as select 'a\n\\! ls'", Ok(())),
            ("create view v as select 1; drop table users", Err(E::NotOne)),
            ("create view v as select '", Err(E::NotOne)),
            ("create view v as select E'\\'", Err(E::NotOne)),
            ("create function f() as $a$ x $b$", Err(E::NotOne)),
            ("create view v as select 1 /* /* */", Err(E::NotOne)),
            ("create view v as select 1\n\\! ls", Err(E::Command)),
            ("create view v as select $1;x$", Err(E::NotOne)),
            ("drop table users", Err(E::Kind)),
            ("", Err(E::Kind)),
        ] {
            assert_eq!(Statement::parse(text).map(|_| ()), expect, "{text:?}");
        }
    }
}
