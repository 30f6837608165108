//! Groups and notes of a text, brought up to date.

use super::Revision;
use super::change::Change;
use crate::document::{Group, Path};
use crate::names::Names;
use crate::print::path;
use crate::span::Span;
use crate::syntax::NodeKind;
use std::collections::{BTreeMap, BTreeSet};

impl Revision<'_> {
    pub(super) fn groups(&mut self) {
        let written: BTreeMap<&str, &Group> =
            self.text.document.groups.iter().map(|group| (group.name.as_str(), group)).collect();
        let was: BTreeMap<&str, &Group> =
            self.was.document.groups.iter().map(|group| (group.name.as_str(), group)).collect();
        let now: BTreeSet<&str> = self.now.document.groups.iter().map(|group| group.name.as_str()).collect();
        let mut new = Vec::new();
        for group in &self.now.document.groups {
            let words = self.now.words(group.origin.0);
            match (written.get(group.name.as_str()), was.get(group.name.as_str())) {
                (Some(_), Some(was)) if *was == group => {}
                (Some(written), Some(was)) if is_same_but_for_tables(was, group) => {
                    self.members(written, was, group, words);
                }
                (Some(written), _) => self.changes.push(Change::replace(written.origin.0, words)),
                (None, _) => new.push(words),
            }
        }
        for (name, group) in &written {
            if was.contains_key(name) && !now.contains(name) {
                self.remove_element(group.origin.0);
            }
        }
        self.append(self.text.document.groups.last().map(|group| group.origin.0), &new, "\n\n");
    }

    /// Tables that come into a group, and go from it, each on a line of its own. `words` are those of the group as it is now.
    fn members(&mut self, written: &Group, was: &Group, now: &Group, words: &str) {
        let lines: Vec<Span> = match self.text.elements.get(&written.origin.0).map(|node| self.text.tree.kind(*node)) {
            Some(NodeKind::Element(element)) => {
                let lines = self.text.tree.items(element.body).iter();
                let members = lines.filter(|line| matches!(self.text.tree.kind(**line), NodeKind::Statement(_)));
                members.map(|line| self.text.tree.span(*line)).collect()
            }
            Some(_) | None => Vec::new(),
        };
        let names = Names::of(&self.text.document);
        let is_in = |group: &Group, table: &Path| group.tables.contains(table);
        let goes = |table: &Path| is_in(was, table) && !is_in(now, table);
        let text = self.text.tree.text();
        let new: Vec<String> =
            now.tables.iter().filter(|table| !is_in(was, table)).map(|table| format!("  {}", path(table))).collect();
        let Some(last) = lines.last().filter(|_| lines.len() == written.tables.len()) else {
            self.changes.push(Change::replace(written.origin.0, words));
            return;
        };
        let gone: Vec<Change> = lines
            .iter()
            .zip(&written.tables)
            .filter(|(_, table)| goes(&names.table_path(table)))
            .map(|(line, _)| Change::remove_lines(text, *line))
            .collect();
        if !new.is_empty() && gone.len() == lines.len() {
            self.changes.push(Change::replace(written.origin.0, words));
            return;
        }
        if !new.is_empty() {
            self.changes.push(Change::insert_line_after(text, last.end, &new.join("\n")));
        }
        self.changes.extend(gone);
    }

    pub(super) fn notes(&mut self) {
        let written: BTreeMap<&Path, Span> =
            self.text.document.notes.iter().map(|note| (&note.path, note.origin.0)).collect();
        let was: BTreeMap<&Path, _> = self.was.document.notes.iter().map(|note| (&note.path, note)).collect();
        let now: BTreeSet<&Path> = self.now.document.notes.iter().map(|note| &note.path).collect();
        let mut new = Vec::new();
        for note in &self.now.document.notes {
            let words = self.now.words(note.origin.0);
            match (was.get(&note.path), written.get(&note.path)) {
                (Some(was), Some(_)) if *was == note => {}
                (_, Some(span)) => self.changes.push(Change::replace(*span, words)),
                (_, None) => new.push(words),
            }
        }
        for (path, span) in &written {
            if was.contains_key(path) && !now.contains(path) {
                self.remove_element(*span);
            }
        }
        self.append(self.text.document.notes.last().map(|note| note.origin.0), &new, "\n\n");
    }
}

fn is_same_but_for_tables(was: &Group, now: &Group) -> bool {
    let without = |group: &Group| Group { tables: Vec::new(), ..group.clone() };
    without(was) == without(now)
}
