//! A table brought up to date, line by line where that can be.

use super::Revision;
use super::change::Change;
use crate::document::{Column, Table};
use crate::span::Span;
use crate::syntax::{Element, NodeId, NodeKind, SettingName, Statement, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// The settings that an export writes at a column, and no others.
const OF_EXPORTS: [&str; 8] = ["pk", "primary key", "not null", "null", "unique", "increment", "default", "note"];

impl Revision<'_> {
    /// `written` says what `was` says, and has to say what `now` says.
    pub(super) fn table(&mut self, written: &Table, was: &Table, now: &Table) {
        let (Some(element), Some(fresh)) = (
            element(&self.text.tree, self.text.elements.get(&written.origin.0)),
            element(&self.now.tree, self.now.elements.get(&now.origin.0)),
        ) else {
            return;
        };
        if is_reordered(was, now) {
            let body = self.with_own_settings(written, now, &element);
            return self.changes.push(Change::replace(written.origin.0, body));
        }
        if was.alias != now.alias || was.header_color != now.header_color {
            self.head(written, &element, now, &fresh);
        }
        self.columns(written, was, now, &element);
        let blocks = [
            ("indexes", was.indexes != now.indexes),
            ("checks", was.checks != now.checks),
            ("note", was.note != now.note),
        ];
        let mut new = String::new();
        for (kind, _) in blocks.iter().filter(|(_, differs)| *differs) {
            let here = block(&self.text.tree, &element, kind);
            let there = block(&self.now.tree, &fresh, kind).map(|span| self.now.words(span));
            match (here, there) {
                (Some(here), Some(there)) => self.changes.push(Change::replace(here, there)),
                (Some(here), None) => self.changes.push(Change::remove_lines(self.text.tree.text(), here)),
                (None, Some(there)) => new.push_str(&format!("\n  {there}\n")),
                (None, None) => {}
            }
        }
        if let Some(body) = element.body.filter(|_| !new.is_empty()) {
            self.before_the_brace(self.text.tree.span(body), &new);
        }
    }

    /// New lines at the end of a block.
    fn before_the_brace(&mut self, block: Span, lines: &str) {
        let text = self.text.tree.text();
        let brace = block.end.saturating_sub(1);
        let before = text.get(..brace as usize).unwrap_or_default();
        let blank = before.len() - before.trim_end_matches([' ', '\t']).len();
        let at = brace - u32::try_from(blank).unwrap_or_default();
        let feed = if before.trim_end_matches([' ', '\t']).ends_with('\n') { "" } else { "\n" };
        self.changes.push(Change::insert(at, format!("{feed}{lines}")));
    }

    fn head(&mut self, written: &Table, element: &Element, now: &Table, fresh: &Element) {
        let head = |of: Span, body: Option<NodeId>, tree: &Tree<'_>| {
            body.map(|body| Span { start: of.start, end: tree.span(body).start })
        };
        let here = head(written.origin.0, element.body, &self.text.tree);
        let there = head(now.origin.0, fresh.body, &self.now.tree);
        if let (Some(here), Some(there)) = (here, there) {
            self.changes.push(Change::replace(here, self.now.words(there)));
        }
    }

    fn columns(&mut self, written: &Table, was: &Table, now: &Table, element: &Element) {
        let here: BTreeMap<&str, &Column> = written.columns().map(|column| (column.name.as_str(), column)).collect();
        let before: BTreeMap<&str, &Column> = was.columns().map(|column| (column.name.as_str(), column)).collect();
        let after: BTreeSet<&str> = now.columns().map(|column| column.name.as_str()).collect();
        let text = self.text.tree.text();
        let mut last = element.body.map(|body| self.text.tree.span(body).start.saturating_add(1));
        for column in now.columns() {
            let own = here.get(column.name.as_str());
            match (own, before.get(column.name.as_str())) {
                (Some(own), Some(was)) => {
                    if *was != column {
                        let line = self.column_line(own, column, element);
                        self.changes.push(Change::replace(own.origin.0, line));
                    }
                    last = Some(own.origin.0.end);
                }
                (None, None) => {
                    let words = self.now.words(column.origin.0);
                    let change = last.map(|end| Change::insert_line_after(text, end, &format!("  {words}")));
                    self.changes.extend(change);
                }
                (Some(_), None) | (None, Some(_)) => {}
            }
        }
        for column in written.columns().filter(|column| !after.contains(column.name.as_str())) {
            self.changes.push(Change::remove_lines(text, column.origin.0));
        }
    }

    /// The line of a column as it is now, with the settings that no export has: references, checks, one's own.
    fn column_line(&self, written: &Column, now: &Column, element: &Element) -> String {
        let line = self.now.words(now.origin.0);
        let tree = &self.text.tree;
        let mut lines = tree.items(element.body).iter();
        let statement = lines.find(|node| tree.span(**node) == written.origin.0).map(|node| tree.kind(*node));
        let inline = self.linked.refs.iter().filter(|it| it.written.is_none() && self.is_gone(it));
        let gone: Vec<Span> = inline.map(|it| it.origin.0).collect();
        let own = match statement {
            Some(NodeKind::Statement(statement)) => own_settings(tree, statement, &gone),
            Some(_) | None => Vec::new(),
        };
        match (own.as_slice(), line.strip_suffix(']')) {
            ([], _) => line.to_owned(),
            (own, Some(line)) => format!("{line}, {}]", own.join(", ")),
            (own, None) => format!("{line} [{}]", own.join(", ")),
        }
    }

    /// The whole table as it is now; its columns keep the settings that no export has.
    fn with_own_settings(&self, written: &Table, now: &Table, element: &Element) -> String {
        let here: BTreeMap<&str, &Column> = written.columns().map(|column| (column.name.as_str(), column)).collect();
        let whole = now.origin.0;
        let changes = now.columns().filter_map(|column| {
            let own = here.get(column.name.as_str())?;
            let span = column.origin.0;
            let span = Span { start: span.start - whole.start, end: span.end - whole.start };
            Some(Change::replace(span, self.column_line(own, column, element)))
        });
        super::changed(self.now.words(whole), changes.collect())
    }
}

/// Whether columns that stay stand in another order, or a new one is not behind all others that it could be behind.
fn is_reordered(was: &Table, now: &Table) -> bool {
    let names = |table: &Table, others: &Table| -> Vec<String> {
        let others: BTreeSet<&str> = others.columns().map(|column| column.name.as_str()).collect();
        let kept = table.columns().filter(|column| others.contains(column.name.as_str()));
        kept.map(|column| column.name.clone()).collect()
    };
    names(was, now) != names(now, was)
}

fn element(tree: &Tree<'_>, node: Option<&NodeId>) -> Option<Element> {
    let NodeKind::Element(element) = tree.kind(*node?) else { return None };
    Some(element.clone())
}

/// Where the part of a table stands that begins with that word.
fn block(tree: &Tree<'_>, table: &Element, kind: &str) -> Option<Span> {
    tree.items(table.body).iter().find_map(|node| {
        let NodeKind::Element(element) = tree.kind(*node) else { return None };
        (tree.element_kind(element) == kind).then(|| tree.span(*node))
    })
}

/// The settings of a column that no export writes, in their own words, without references that are gone.
fn own_settings<'a>(tree: &Tree<'a>, statement: &Statement, gone: &[Span]) -> Vec<&'a str> {
    let lists = tree.list(statement.args).iter().filter_map(|node| {
        let NodeKind::List(list) = tree.kind(*node) else { return None };
        Some(tree.list(*list))
    });
    let is_own = |node: &&NodeId| {
        let NodeKind::Setting(setting) = tree.kind(**node) else { return false };
        let SettingName::Words(words) = &setting.name else { return false };
        !OF_EXPORTS.contains(&tree.words(*words).to_lowercase().as_str())
    };
    let spans = lists.flatten().filter(is_own).map(|node| tree.span(*node));
    let stays = |span: &Span| !gone.iter().any(|gone| span.start <= gone.start && gone.end <= span.end);
    spans.filter(stays).map(|span| span.of(tree.text())).collect()
}
