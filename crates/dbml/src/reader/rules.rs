//! What is wrong only in a text that is otherwise right: objects that contradict each other.

use super::Reader;
use crate::diagnostic::{Code, Diagnostic};
use crate::document::{Column, Endpoint, Flow, InlineRef, Path};
use crate::quote::shown;
use crate::span::Span;
use std::collections::{BTreeMap, BTreeSet};

/// How many references of partials are looked at, each in every table that takes the partial over.
const MAX_REFS: usize = 200_000;

/// A table, by its number, and columns of it in any order.
type End<'d> = (usize, Vec<&'d str>);

/// A table, and a column of it or none.
type Place = (usize, Option<String>);

impl Reader<'_, '_> {
    /// Checks the rules, and says what breaks them.
    pub(super) fn check_rules(&mut self) {
        let late = std::mem::take(&mut self.late);
        self.diagnostics.extend(late);
        self.tables_have_columns();
        self.tables_are_in_one_group();
        self.records_fit();
        self.refs_differ();
        self.deps_make_sense();
    }

    fn rule(&mut self, found: Vec<(Code, Span, String)>) {
        self.diagnostics.extend(found.into_iter().map(|(code, span, message)| Diagnostic::new(code, span, message)));
    }

    fn tables_have_columns(&mut self) {
        let empty = self.document.tables.iter().filter(|table| self.scopes.is_empty(&table.path));
        let found = empty.map(|table| {
            let message = format!("table {} needs at least one column", shown(&table.path.to_string()));
            (Code::EmptyTable, table.origin.0, message)
        });
        let found = found.collect();
        self.rule(found);
    }

    fn tables_are_in_one_group(&mut self) {
        let mut seen = BTreeSet::new();
        for (scope, span) in std::mem::take(&mut self.members) {
            if !seen.insert(scope) {
                let name = shown(span.of(self.tree.text()));
                let message = format!("table {name} is in a group already; a table can be in one group once");
                self.error(Code::TableReappearInTablegroup, span, message);
            }
        }
    }

    fn records_fit(&mut self) {
        let mut blocks: BTreeMap<usize, usize> = BTreeMap::new();
        let tables: Vec<Option<usize>> =
            self.document.records.iter().map(|records| self.scopes.table(&records.table)).collect();
        for table in tables.iter().flatten() {
            *blocks.entry(*table).or_default() += 1;
        }
        let mut found = Vec::new();
        for (records, table) in self.document.records.iter().zip(tables) {
            let Some(table) = table else { continue };
            if blocks.get(&table).is_some_and(|count| *count > 1) {
                let name = shown(&records.table.to_string());
                let message = format!("table {name} has several blocks of records; put their rows into one");
                found.push((Code::DuplicateRecordsForTable, records.origin.0, message));
            }
            let width = records.columns.as_ref().map_or_else(|| self.scopes.width(table), Vec::len);
            for row in records.rows.iter().filter(|row| row.values.len() != width) {
                let message = format!("this row has {} values for {width} columns", row.values.len());
                found.push((Code::InvalidRecordsField, row.origin.0, message));
            }
        }
        self.rule(found);
    }

    fn refs_differ(&mut self) {
        let mut seen: BTreeMap<[End<'_>; 2], Span> = BTreeMap::new();
        let (mut found, mut budget) = (Vec::new(), MAX_REFS);
        let mut check = |ends, span: Span| {
            let Some(mut ends): Option<[End<'_>; 2]> = ends else { return };
            ends.sort();
            let [a, b] = &ends;
            if a == b {
                found.push((Code::SameEndpoint, span, "both ends of this ref are the same columns".to_owned()));
            } else if let Some(first) = seen.get(&ends).copied() {
                let message = "there are two refs between these columns; keep one".to_owned();
                found.push((Code::CircularRef, first, message.clone()));
                found.push((Code::CircularRef, span, message));
            } else {
                seen.insert(ends, span);
            }
        };
        let partials: BTreeMap<&str, &[Column]> =
            self.document.partials.iter().map(|partial| (partial.name.as_str(), partial.columns.as_slice())).collect();
        for table in &self.document.tables {
            for column in table.columns() {
                for reference in &column.refs {
                    check(self.inline_ends(&table.path, column, reference), reference.origin.0);
                }
            }
        }
        for reference in &self.document.refs {
            let ends = self.end(&reference.left).zip(self.end(&reference.right));
            check(ends.map(|(left, right)| [left, right]), reference.origin.0);
        }
        'tables: for table in &self.document.tables {
            let own: BTreeSet<&str> = table.columns().map(|column| column.name.as_str()).collect();
            let taken_over = table.partials().filter_map(|partial| partials.get(partial.name.as_str()));
            for column in taken_over.flat_map(|columns| columns.iter()) {
                if budget == 0 {
                    break 'tables;
                }
                budget -= 1;
                let inherited = column.refs.iter().filter(|_| !own.contains(column.name.as_str()));
                for reference in inherited {
                    check(self.inline_ends(&table.path, column, reference), reference.origin.0);
                }
            }
        }
        for partial in &self.document.partials {
            for column in &partial.columns {
                let to_itself = |target: &InlineRef| target.table.is_none() && target.column == column.name;
                for reference in column.refs.iter().filter(|reference| to_itself(reference)) {
                    let message = "both ends of this ref are the same column".to_owned();
                    found.push((Code::SameEndpoint, reference.origin.0, message));
                }
            }
        }
        self.rule(found);
    }

    fn inline_ends<'d>(&self, table: &Path, column: &'d Column, reference: &'d InlineRef) -> Option<[End<'d>; 2]> {
        let other = reference.table.as_ref().unwrap_or(table);
        let own = (self.scopes.table(table)?, vec![column.name.as_str()]);
        Some([own, (self.scopes.table(other)?, vec![reference.column.as_str()])])
    }

    fn end<'d>(&self, end: &'d Endpoint) -> Option<End<'d>> {
        let mut columns: Vec<&str> = end.columns.iter().map(String::as_str).collect();
        columns.sort();
        Some((self.scopes.table(&end.table)?, columns))
    }

    fn deps_make_sense(&mut self) {
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        let mut once = |edge: (Place, Place), span: Span, found: &mut Vec<(Code, Span, String)>| {
            if edge.0 == edge.1 && edge.0.1.is_some() {
                found.push((Code::DepSelfLoop, span, "a column cannot depend on itself".to_owned()));
            }
            if !seen.insert(edge) {
                found.push((Code::SameEndpoint, span, "this dependency is given twice; keep one".to_owned()));
            }
        };
        for table in &self.document.tables {
            let of_columns = table.columns().flat_map(|column| column.deps.iter().map(|dep| (Some(&column.name), dep)));
            let mut all = table.deps.iter().map(|dep| (None, dep)).chain(of_columns).peekable();
            if all.peek().is_none() {
                continue;
            }
            let own = table.path.schema.iter().cloned().chain([table.path.name.clone()]);
            let own: Vec<String> = own.collect();
            for (column, dep) in all {
                let here: Vec<String> = own.iter().chain(column).cloned().collect();
                // A column alone is one of the same table.
                let alone = column.is_some() && dep.target.len() == 1;
                let there: Vec<String> = own.iter().filter(|_| alone).chain(&dep.target).cloned().collect();
                let Some((here, there)) = self.place(&here).zip(self.place(&there)) else { continue };
                let edge = if dep.flow == Flow::To { (here, there) } else { (there, here) };
                once(edge, dep.origin.0, &mut found);
            }
        }
        for dep in &self.document.deps {
            let edges = dep.edges.iter().filter_map(|(up, down)| Some((self.place(up)?, self.place(down)?)));
            let edges: Vec<(Place, Place)> = edges.collect();
            let downstream: BTreeSet<usize> = edges.iter().map(|(_, down)| down.0).collect();
            if downstream.len() > 1 {
                let message = "a block of dependencies is of one table; give each table a block".to_owned();
                found.push((Code::DepMixedDownstreamTables, dep.origin.0, message));
            }
            let levels: BTreeSet<bool> =
                edges.iter().flat_map(|(up, down)| [up.1.is_some(), down.1.is_some()]).collect();
            if levels.len() > 1 {
                let message = "dependencies of tables and of columns cannot stand in one; separate them".to_owned();
                found.push((Code::DepMixedLevel, dep.origin.0, message));
            }
            for edge in edges {
                once(edge, dep.origin.0, &mut found);
            }
        }
        self.rule(found);
    }

    /// The table or column that names lead to; a table before a column.
    fn place(&self, names: &[String]) -> Option<Place> {
        let table = |names: &[String]| {
            let (name, schema) = names.split_last()?;
            self.scopes.table(&Path::new(schema.to_vec(), name.clone()))
        };
        if let Some(found) = table(names) {
            return Some((found, None));
        }
        let (column, before) = names.split_last()?;
        Some((table(before)?, Some(column.clone())))
    }
}
