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
    /// All of it, and it is no part of a schema: settings, rights, rows. Statements about rows that follow one another
    /// are one entry.
    Outside,
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
    let mut rows = 0_usize;
    let end = script.statements.len();
    for (index, statement) in script.statements.iter().enumerate() {
        if rows > 0 && !matches!(statement.body, Body::Data(_)) {
            found.entries.push(about_rows(script, index, std::mem::take(&mut rows)));
        }
        match &statement.body {
            Body::Data(_) => {
                found.data += 1;
                rows += 1;
                continue;
            }
            Body::Session(what) => {
                found.session += 1;
                let text = format!("no part of a schema: {what}");
                found.entries.push(Entry { line: statement.line, extent: Extent::Outside, text });
            }
            // Where names belong has been taken into account.
            Body::SearchPath(_) => found.session += 1,
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
                let leaves = messages.is_empty() || has_parts(statement, messages);
                let extent = if leaves { Extent::Part } else { Extent::Whole };
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
    if rows > 0 {
        found.entries.push(about_rows(script, end, rows));
    }
    found.entries.sort_by_key(|entry| entry.line);
    found
}

/// So many statements about rows, which end before that one.
fn about_rows(script: &Script, end: usize, count: usize) -> Entry {
    let line = script.statements.get(end.saturating_sub(count)).map_or(1, |first| first.line);
    let text = if count == 1 { "a statement about rows".to_owned() } else { format!("{count} statements about rows") };
    Entry { line, extent: Extent::Outside, text }
}

/// Whether a problem with a statement leaves something of it.
fn has_parts(statement: &Statement, messages: &[&str]) -> bool {
    if let Body::AlterTable(alter) = &statement.body {
        let nothing = format!("there is no table {}", alter.table);
        return alter.actions.len() > 1 && !messages.contains(&nothing.as_str());
    }
    if let Body::Drop(drop) = &statement.body {
        return drop.names.len() > 1;
    }
    matches!(statement.body, Body::CreateTable(_))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Dialect, build, read};

    fn check(text: &str, expect: &[(u32, Extent, &str)]) {
        let script = read(text, Dialect::Postgres);
        let report = report(&script, &build(&script));
        let found: Vec<_> =
            report.entries.iter().map(|entry| (entry.line, entry.extent, entry.text.as_str())).collect();
        assert_eq!(found, expect, "{text}");
    }

    #[test]
    fn all_that_is_not_taken_is_listed() {
        check(
            "create table a (b int);\ninsert into a values (1);\ninsert into a values (2);\ngrant all on a to b;",
            &[
                (2, Extent::Outside, "2 statements about rows"),
                (4, Extent::Outside, "no part of a schema: grant all on"),
            ],
        );
        check(
            "create table a (b int,\n c int frobnicate)\ntablespace x;\nbake a cake;\ncomment on table z is 'q';",
            &[
                (2, Extent::Part, "c: “frobnicate”"),
                (3, Extent::Aside, "tablespace x"),
                (4, Extent::Whole, "not understood: “bake” begins no statement that is known"),
                (5, Extent::Whole, "there is no table z for the comment"),
            ],
        );
        check(
            "alter table a add b int, add constraint c check (b > 0);\n\\connect x",
            &[
                (1, Extent::Whole, "there is no table a"),
                (2, Extent::Outside, "no part of a schema: line for the client: \\connect x"),
            ],
        );
    }
}
