//! A text brought up to date: what changed is said anew, and all else keeps its words, its comments and its order.

mod annotation;
mod change;
mod rename;
mod table;

use crate::document::{Document, Endpoint, Path, Ref};
use crate::link::{Linked, LinkedRef, link};
use crate::span::Span;
use crate::syntax::{self, NodeId, NodeKind, Tree};
use change::{Change, changed};
use std::collections::{BTreeMap, BTreeSet};

pub use rename::{Rename, renames};

/// The text, which says what `from` says, saying what `to` says. `from` and `to` are [exports](crate::export); what was
/// renamed between them is not found out here, and named by what it was called before.
///
/// What the text says in a way that cannot be changed by itself, as a column of a partial, stays as it was: whoever calls
/// compares what the text means then, and takes `to` when that is something else.
///
/// ```
/// let text = "// People\nTable users {\n  id int // a number\n}\n";
/// let from = "Table users {\n  id integer\n}\n";
/// let to = "Table users {\n  id integer\n  name text\n}\n";
/// let revised = dbml::revise(text, from, to, &[]);
/// assert_eq!(revised, "// People\nTable users {\n  id int // a number\n  name text\n}\n");
/// ```
pub fn revise(text: &str, from: &str, to: &str, renames: &[Rename]) -> String {
    let text = rename::renamed(text, renames);
    let from = rename::renamed(from, renames);
    let (was, now) = (Source::of(&from), Source::of(to));
    let text = Source::of(&text);
    let gone = refs_gone(&was.document, &now.document);
    let linked = link(&text.document);
    let mut revision = Revision { text: &text, was: &was, now: &now, gone, linked, changes: Vec::new() };
    revision.enums();
    revision.tables();
    revision.refs();
    revision.groups();
    revision.notes();
    changed(text.tree.text(), revision.changes)
}

/// A text with its tree and its meaning.
struct Source<'a> {
    tree: Tree<'a>,
    document: Document,
    /// The elements of the text by where they stand.
    elements: BTreeMap<Span, NodeId>,
}

impl<'a> Source<'a> {
    fn of(text: &'a str) -> Self {
        let tree = syntax::parse(text, &mut Vec::new());
        let (document, _) = crate::reader::read(&tree, Vec::new());
        let elements = tree.top().iter().map(|node| (tree.span(*node), *node)).collect();
        Self { tree, document, elements }
    }

    fn words(&self, span: Span) -> &'a str {
        span.of(self.tree.text())
    }

    /// The element of the text in which a place lies.
    fn element_around(&self, span: Span) -> Span {
        let around = self.elements.keys().filter(|it| it.start <= span.start && span.end <= it.end);
        around.copied().next().unwrap_or(span)
    }
}

struct Revision<'a> {
    text: &'a Source<'a>,
    was: &'a Source<'a>,
    now: &'a Source<'a>,
    /// The ends of references that go, or are said anew.
    gone: BTreeSet<Ends>,
    linked: Linked<'a>,
    changes: Vec<Change>,
}

impl Revision<'_> {
    /// An element with the empty line behind it goes.
    fn remove_element(&mut self, span: Span) {
        self.changes.push(Change::remove_lines(self.text.tree.text(), span));
    }

    /// New elements come behind the last one of their kind, or else at the end.
    fn append(&mut self, after: Option<Span>, new: &[&str], between: &str) {
        if new.is_empty() {
            return;
        }
        let text = self.text.tree.text();
        let new = new.join(between);
        let change = match after {
            Some(span) => {
                let gap = between.strip_suffix('\n').unwrap_or_default();
                Change::insert_line_after(text, span.end, &format!("{gap}{new}"))
            }
            None => {
                let end = u32::try_from(text.len()).unwrap_or(u32::MAX);
                let gap = match text {
                    "" => "",
                    text if text.ends_with('\n') => "\n",
                    _ => "\n\n",
                };
                Change::insert(end, format!("{gap}{new}\n"))
            }
        };
        self.changes.push(change);
    }

    fn enums(&mut self) {
        let written: BTreeMap<&Path, Span> =
            self.text.document.enums.iter().map(|one| (&one.path, one.origin.0)).collect();
        let was: BTreeMap<&Path, _> = self.was.document.enums.iter().map(|one| (&one.path, one)).collect();
        let now: BTreeSet<&Path> = self.now.document.enums.iter().map(|one| &one.path).collect();
        let mut new = Vec::new();
        for one in &self.now.document.enums {
            let words = self.now.words(one.origin.0);
            match (was.get(&one.path), written.get(&one.path)) {
                (Some(was), _) if *was == one => {}
                (_, Some(span)) => self.changes.push(Change::replace(*span, words)),
                (_, None) => new.push(words),
            }
        }
        for (path, span) in &written {
            if was.contains_key(path) && !now.contains(path) {
                self.remove_element(*span);
            }
        }
        let last = self.text.document.enums.last().map(|one| one.origin.0);
        let first = self.text.document.tables.first().map(|table| table.origin.0);
        match (last, first) {
            // Enums come before what is of their type, as in an export.
            (None, Some(first)) if !new.is_empty() => {
                let words = format!("{}\n\n", new.join("\n\n"));
                self.changes.push(Change::insert(first.start, words));
            }
            (last, _) => self.append(last, &new, "\n\n"),
        }
    }

    fn tables(&mut self) {
        let was: BTreeMap<&Path, _> = self.was.document.tables.iter().map(|table| (&table.path, table)).collect();
        let written: BTreeMap<&Path, _> = self.text.document.tables.iter().map(|table| (&table.path, table)).collect();
        let now: BTreeSet<&Path> = self.now.document.tables.iter().map(|table| &table.path).collect();
        let mut new = Vec::new();
        for table in &self.now.document.tables {
            match (written.get(&table.path), was.get(&table.path)) {
                (Some(_), Some(was)) if *was == table => {}
                (Some(written), Some(was)) => self.table(written, was, table),
                (Some(written), None) => {
                    self.changes.push(Change::replace(written.origin.0, self.now.words(table.origin.0)));
                }
                (None, _) => new.push(self.now.words(table.origin.0)),
            }
        }
        let gone: BTreeSet<&Path> = was.keys().copied().filter(|path| !now.contains(path)).collect();
        for table in gone.iter().filter_map(|path| written.get(path)) {
            self.remove_element(table.origin.0);
        }
        if !gone.is_empty() {
            self.mentions_of(&gone);
        }
        let last = self.text.document.tables.last().map(|table| table.origin.0);
        self.append(last, &new, "\n\n");
    }

    /// Rows of tables that are gone, and their places in groups, go with them.
    fn mentions_of(&mut self, gone: &BTreeSet<&Path>) {
        let names = crate::names::Names::of(&self.text.document);
        let is_gone = |path: &Path| gone.contains(&names.table_path(path));
        let records = self.text.document.records.iter().filter(|records| is_gone(&records.table));
        let records: Vec<Span> = records.map(|records| records.origin.0).collect();
        for span in records {
            self.remove_element(span);
        }
        for group in &self.text.document.groups {
            let Some(node) = self.text.elements.get(&group.origin.0) else { continue };
            let NodeKind::Element(element) = self.text.tree.kind(*node) else { continue };
            let lines = self.text.tree.items(element.body).iter();
            let members = lines.filter(|line| matches!(self.text.tree.kind(**line), NodeKind::Statement(_)));
            for (line, table) in members.zip(&group.tables) {
                if is_gone(table) {
                    let span = self.text.tree.span(*line);
                    self.changes.push(Change::remove_lines(self.text.tree.text(), span));
                }
            }
        }
    }

    /// Whether a reference goes, or is said anew on its own.
    fn is_gone(&self, reference: &LinkedRef<'_>) -> bool {
        self.gone.contains(&ends(&reference.left, &reference.right))
    }

    fn refs(&mut self) {
        let was: BTreeSet<&Ref> = self.was.document.refs.iter().collect();
        let mut new: BTreeMap<Ends, Vec<&str>> = BTreeMap::new();
        for reference in self.now.document.refs.iter().filter(|it| !was.contains(it)) {
            let words = self.now.words(self.now.element_around(reference.origin.0));
            new.entry(ends(&reference.left, &reference.right)).or_default().push(words);
        }
        let mut last = None;
        for reference in &self.linked.refs.clone() {
            let (origin, goes) = (reference.origin.0, self.is_gone(reference));
            if reference.written.is_none() {
                if goes {
                    self.inline_ref_gone(origin);
                }
                continue;
            }
            let element = self.text.element_around(origin);
            // A new one between the same ends comes in its place.
            match new.remove(&ends(&reference.left, &reference.right)) {
                Some(words) if goes => self.changes.push(Change::replace(element, words.join("\n"))),
                None if goes => {
                    self.remove_element(element);
                    continue;
                }
                Some(_) | None => {}
            }
            last = Some(element);
        }
        let all = self.now.document.refs.iter();
        let rest = all.filter(|it| !was.contains(it) && new.contains_key(&ends(&it.left, &it.right)));
        let rest: Vec<&str> = rest.map(|it| self.now.words(self.now.element_around(it.origin.0))).collect();
        self.append(last, &rest, "\n");
    }

    /// A reference in the settings of a column goes, with its comma, or with the brackets around it.
    fn inline_ref_gone(&mut self, origin: Span) {
        let lists = self.text.tree.all_nodes().filter_map(|(kind, span)| {
            let NodeKind::List(list) = kind else { return None };
            (span.start <= origin.start && origin.end <= span.end).then_some((*list, span))
        });
        let Some((list, around)) = lists.min_by_key(|(_, span)| span.end - span.start) else { return };
        let settings = self.text.tree.list(list);
        let spans: Vec<Span> = settings.iter().map(|setting| self.text.tree.span(*setting)).collect();
        let Some(at) = spans.iter().position(|span| span.touches(origin.start) && span.touches(origin.end)) else {
            return;
        };
        let (Some(own), before, after) =
            (spans.get(at), at.checked_sub(1).and_then(|at| spans.get(at)), spans.get(at + 1))
        else {
            return;
        };
        let gap = match (before, after) {
            (Some(before), _) => Span { start: before.end, end: own.end },
            (None, Some(after)) => Span { start: own.start, end: after.start },
            (None, None) => {
                let text = self.text.tree.text();
                let head = text.get(..around.start as usize).unwrap_or_default();
                let blank = head.len() - head.trim_end_matches(' ').len();
                Span { start: around.start - u32::try_from(blank).unwrap_or_default(), end: around.end }
            }
        };
        self.changes.push(Change::replace(gap, ""));
    }
}

/// The ends of the references that are no more in the other document, or not in these words.
fn refs_gone(was: &Document, now: &Document) -> BTreeSet<Ends> {
    let now: BTreeSet<&Ref> = now.refs.iter().collect();
    let gone = was.refs.iter().filter(|it| !now.contains(it));
    gone.map(|it| ends(&it.left, &it.right)).collect()
}

/// The two ends of a reference in any order.
type Ends = BTreeSet<(Path, BTreeSet<String>)>;

fn ends(left: &Endpoint, right: &Endpoint) -> Ends {
    let end = |end: &Endpoint| (end.table.clone(), end.columns.iter().cloned().collect());
    BTreeSet::from([end(left), end(right)])
}
