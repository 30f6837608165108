//! What became of each statement: how many were taken, and which were not, with line and reason.

use crate::catalog::Catalog;
use crate::script::{Body, Script, Statement};
use std::collections::BTreeMap;
use std::fmt;

/// What became of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// How many statements are about a schema.
    pub statements: usize,
    /// How many of them were taken, wholly or in part.
    pub taken: usize,
    /// How many statements are about rows.
    pub data: usize,
    /// How many are settings, rights, control flow, or lines for the client.
    pub session: usize,
    /// Everything that was not taken, in the order of the text.
    pub entries: Vec<Entry>,
}

/// Something that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The line, from 1.
    pub line: u32,
    /// How much was not taken.
    pub extent: Extent,
    /// What, and why.
    pub text: String,
}

/// How much of a statement was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Extent {
    /// All of it.
    Whole,
    /// A part that may belong to the schema.
    Part,
    /// A part that a schema has no place for, such as a tablespace.
    Aside,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "imported {} of {} statements", self.taken, self.statements)
    }
}

/// Says what became of each statement of a script.
///
/// ```
/// use sql::{Dialect, build, read, report};
///
/// let script = read("create table a (b int);\nmake me a sandwich;\ninsert into a values (1);", Dialect::Postgres);
/// let report = report(&script, &build(&script));
/// assert_eq!(report.to_string(), "imported 1 of 2 statements");
/// assert_eq!(report.entries[0].line, 2);
/// ```
pub fn report(script: &Script, catalog: &Catalog) -> Report {
    let mut found = Report { statements: 0, taken: 0, data: 0, session: 0, entries: Vec::new() };
    let mut problems: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for diagnostic in &catalog.diagnostics {
        problems.entry(diagnostic.statement).or_default().push(&diagnostic.message);
    }
    for (index, statement) in script.statements.iter().enumerate() {
        match &statement.body {
            Body::Data(_) => found.data += 1,
            Body::Session(_) | Body::SearchPath(_) => found.session += 1,
            Body::NotUnderstood { reason, .. } => {
                found.statements += 1;
                let text = format!("not understood: {reason}");
                found.entries.push(Entry { line: statement.line, extent: Extent::Whole, text });
            }
            Body::CreateTable(_)
            | Body::AlterTable(_)
            | Body::CreateIndex(_)
            | Body::AlterIndex(_)
            | Body::CreateEnum(_)
            | Body::AlterEnum(_)
            | Body::CreateDomain(_)
            | Body::AlterDomain(_)
            | Body::CreateSchema(_)
            | Body::Sequence(_)
            | Body::Comment(_)
            | Body::Rename(_)
            | Body::Drop(_)
            | Body::Opaque(_) => {
                found.statements += 1;
                let messages = problems.get(&index).map(Vec::as_slice).unwrap_or_default();
                let extent = if messages.is_empty() || has_parts(statement) { Extent::Part } else { Extent::Whole };
                found.taken += usize::from(extent == Extent::Part);
                let entry = |text: &&str| Entry { line: statement.line, extent, text: (*text).to_owned() };
                found.entries.extend(messages.iter().map(entry));
            }
        }
        for left in &statement.left {
            let extent = if left.lost { Extent::Part } else { Extent::Aside };
            found.entries.push(Entry { line: left.line, extent, text: left.what.clone() });
        }
    }
    found.entries.sort_by_key(|entry| entry.line);
    found
}

/// Whether a problem with a statement leaves something of it.
fn has_parts(statement: &Statement) -> bool {
    if let Body::AlterTable(alter) = &statement.body {
        return alter.actions.len() > 1;
    }
    if let Body::Drop(drop) = &statement.body {
        return drop.names.len() > 1;
    }
    matches!(statement.body, Body::CreateTable(_))
}
