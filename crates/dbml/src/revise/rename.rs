//! Objects that are called otherwise than before: finding them between two documents, and renaming them in a text.

use crate::document::{Document, Enum, Path, Table};
use crate::names::Names;
use crate::print::path;
use crate::quote;
use crate::reader::{Mention, read_with_mentions};
use crate::revise::change::{Change, changed};
use crate::span::Span;
use crate::syntax::{self, NodeKind};
use std::collections::{BTreeMap, BTreeSet};

/// An object that has another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rename {
    /// A table, from one name to the other.
    Table(Path, Path),
    /// A column of the table, which goes by the name that it had.
    Column(Path, String, String),
    /// An enum, from one name to the other.
    Enum(Path, Path),
    /// A value of the enum, which goes by the name that it had.
    Value(Path, String, String),
    /// A group of tables, from one name to the other.
    Group(String, String),
    /// A note, from one name to the other.
    Note(Path, Path),
}

/// What was renamed between two readings of a text that somebody changes: where a name went and another came at the
/// same place among those that stayed, it is the same object.
///
/// ```
/// use dbml::{Rename, document::Path, parse, renames};
///
/// let (before, _) = parse("Table a { id int }\nTable users { id int\n mail text }");
/// let (after, _) = parse("Table a { id int }\nTable people { id int\n email text }");
/// let users = Path::local("users");
/// assert_eq!(renames(&before, &after), [
///     Rename::Table(users.clone(), Path::local("people")),
///     Rename::Column(users, "mail".to_owned(), "email".to_owned()),
/// ]);
/// ```
pub fn renames(before: &Document, after: &Document) -> Vec<Rename> {
    let old: Vec<&Path> = before.tables.iter().map(|table| &table.path).collect();
    let new: Vec<&Path> = after.tables.iter().map(|table| &table.path).collect();
    let moved = in_place(&old, &new);
    let mut found: Vec<Rename> =
        moved.iter().map(|(from, to)| Rename::Table((**from).clone(), (**to).clone())).collect();
    let of_after: BTreeMap<&Path, &Table> = after.tables.iter().map(|table| (&table.path, table)).collect();
    let moved: BTreeMap<&Path, &Path> = moved.into_iter().collect();
    for table in &before.tables {
        let now = moved.get(&table.path).copied().unwrap_or(&table.path);
        let Some(now) = of_after.get(now) else { continue };
        let old: Vec<&str> = table.columns().map(|column| column.name.as_str()).collect();
        let new: Vec<&str> = now.columns().map(|column| column.name.as_str()).collect();
        let columns = in_place(&old, &new).into_iter();
        found.extend(columns.map(|(from, to)| Rename::Column(table.path.clone(), from.to_owned(), to.to_owned())));
    }
    found.extend(enum_renames(before, after));
    let groups = |document: &'_ Document| document.groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>();
    let (old, new) = (groups(before), groups(after));
    let old: Vec<&str> = old.iter().map(String::as_str).collect();
    let new: Vec<&str> = new.iter().map(String::as_str).collect();
    found.extend(in_place(&old, &new).into_iter().map(|(from, to)| Rename::Group(from.to_owned(), to.to_owned())));
    let old: Vec<&Path> = before.notes.iter().map(|note| &note.path).collect();
    let new: Vec<&Path> = after.notes.iter().map(|note| &note.path).collect();
    found.extend(in_place(&old, &new).into_iter().map(|(from, to)| Rename::Note(from.clone(), to.clone())));
    found
}

fn enum_renames(before: &Document, after: &Document) -> Vec<Rename> {
    let old: Vec<&Path> = before.enums.iter().map(|one| &one.path).collect();
    let new: Vec<&Path> = after.enums.iter().map(|one| &one.path).collect();
    // While a column still has the old name for its type, the new one is only half typed.
    let is_used = |path: &Path| {
        let mut columns = after.tables.iter().flat_map(Table::columns);
        columns.any(|it| Path::new(it.data_type.schema.clone(), it.data_type.name.clone()) == *path)
    };
    let moved: Vec<_> = in_place(&old, &new).into_iter().filter(|(from, _)| !is_used(from)).collect();
    let mut found: Vec<Rename> =
        moved.iter().map(|(from, to)| Rename::Enum((**from).clone(), (**to).clone())).collect();
    for one in &before.enums {
        let now = moved.iter().find(|(from, _)| **from == one.path).map_or(&one.path, |(_, to)| *to);
        let Some(now) = after.enums.iter().find(|other| other.path == *now) else { continue };
        let names = |one: &'_ Enum| one.values.iter().map(|value| value.name.clone()).collect::<Vec<_>>();
        let (old, new) = (names(one), names(now));
        let (old, new): (Vec<&str>, Vec<&str>) =
            (old.iter().map(String::as_str).collect(), new.iter().map(String::as_str).collect());
        let values = in_place(&old, &new).into_iter();
        found.extend(values.map(|(from, to)| Rename::Value(one.path.clone(), from.to_owned(), to.to_owned())));
    }
    found
}

/// Pairs of a name that went and one that came, between the same names that stayed. Where more than one came or went,
/// nobody can say which is which.
fn in_place<T: Ord + Copy>(old: &[T], new: &[T]) -> Vec<(T, T)> {
    fn gaps<T: Ord + Copy>(names: &[T], others: &BTreeSet<T>) -> BTreeMap<Option<T>, Vec<T>> {
        let mut gaps: BTreeMap<Option<T>, Vec<T>> = BTreeMap::new();
        let mut last = None;
        for name in names {
            if others.contains(name) {
                last = Some(*name);
            } else {
                gaps.entry(last).or_default().push(*name);
            }
        }
        gaps
    }
    let went = gaps(old, &new.iter().copied().collect());
    let mut came = gaps(new, &old.iter().copied().collect());
    let pair = |(before, names): (Option<T>, Vec<T>)| match (names.as_slice(), came.remove(&before)?.as_slice()) {
        ([from], [to]) => Some((*from, *to)),
        _ => None,
    };
    went.into_iter().filter_map(pair).collect()
}

/// The text with the new names, wherever they stand. Who calls a table by its alias goes on to do so.
pub(super) fn renamed(text: &str, renames: &[Rename]) -> String {
    if renames.is_empty() {
        return text.to_owned();
    }
    let mut tables: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut columns: BTreeMap<&Path, BTreeMap<&str, &str>> = BTreeMap::new();
    let mut enums: BTreeMap<&Path, &Path> = BTreeMap::new();
    let mut values: BTreeMap<&Path, BTreeMap<&str, &str>> = BTreeMap::new();
    let (mut groups, mut notes) = (BTreeMap::<&str, &str>::new(), BTreeMap::<&Path, &Path>::new());
    for rename in renames {
        match rename {
            Rename::Table(from, to) => {
                tables.insert(from, to);
            }
            Rename::Column(table, from, to) => {
                columns.entry(table).or_default().insert(from, to);
            }
            Rename::Enum(from, to) => {
                enums.insert(from, to);
            }
            Rename::Value(one, from, to) => {
                values.entry(one).or_default().insert(from, to);
            }
            Rename::Group(from, to) => {
                groups.insert(from.as_str(), to.as_str());
            }
            Rename::Note(from, to) => {
                notes.insert(from, to);
            }
        }
    }
    let tree = syntax::parse(text, &mut Vec::new());
    let (document, mentions) = read_with_mentions(&tree);
    let names = Names::of(&document);
    let mut changes = Vec::new();
    for mention in mentions {
        match mention {
            Mention::Table { table, span } => {
                let is_name = names.table(&table).is_some_and(|found| found.path == table);
                let to = tables.get(&table).filter(|_| is_name);
                changes.extend(to.map(|to| Change::replace(span, path(to))));
            }
            Mention::Column { table, name, span } => {
                let to = columns.get(&names.table_path(&table)).and_then(|columns| columns.get(name.as_str()));
                changes.extend(to.map(|to| Change::replace(span, quote::name(to))));
            }
            Mention::Enum { path: found, span } => {
                changes.extend(enums.get(&found).map(|to| Change::replace(span, path(to))));
            }
            Mention::EnumValue { path, value, span } => {
                let to = values.get(&path).and_then(|values| values.get(value.as_str()));
                changes.extend(to.map(|to| Change::replace(span, quote::name(to))));
            }
            Mention::Partial { .. } => {}
        }
    }
    let elements: BTreeMap<_, _> = tree.top().iter().map(|node| (tree.span(*node), *node)).collect();
    let called = |span: &Span| match elements.get(span).map(|node| tree.kind(*node)) {
        Some(NodeKind::Element(element)) => element.name.map(|name| tree.span(name)),
        Some(_) | None => None,
    };
    for group in &document.groups {
        let name = called(&group.origin.0).zip(groups.get(group.name.as_str()));
        changes.extend(name.map(|(span, to)| Change::replace(span, quote::name(to))));
    }
    for note in &document.notes {
        let name = called(&note.origin.0).zip(notes.get(&note.path));
        changes.extend(name.map(|(span, to)| Change::replace(span, path(to))));
    }
    for one in &document.enums {
        let Some(NodeKind::Element(element)) = elements.get(&one.origin.0).map(|node| tree.kind(*node)) else {
            continue;
        };
        let name = element.name.zip(enums.get(&one.path));
        changes.extend(name.map(|(node, to)| Change::replace(tree.span(node), path(to))));
        let Some(values) = values.get(&one.path) else { continue };
        for line in tree.items(element.body) {
            let NodeKind::Statement(statement) = tree.kind(*line) else { continue };
            let Some(name) = tree.name(statement.callee) else { continue };
            changes.extend(values.get(&*name).map(|to| Change::replace(tree.span(statement.callee), quote::name(to))));
        }
    }
    let defined: BTreeMap<_, &Table> = document.tables.iter().map(|table| (table.origin.0, table)).collect();
    for node in tree.top() {
        let (NodeKind::Element(element), Some(table)) = (tree.kind(*node), defined.get(&tree.span(*node))) else {
            continue;
        };
        let name = element.name.zip(tables.get(&table.path));
        changes.extend(name.map(|(node, to)| Change::replace(tree.span(node), path(to))));
        let Some(columns) = columns.get(&table.path) else { continue };
        for line in tree.items(element.body) {
            let NodeKind::Statement(statement) = tree.kind(*line) else { continue };
            let Some(name) = tree.name(statement.callee) else { continue };
            changes.extend(columns.get(&*name).map(|to| Change::replace(tree.span(statement.callee), quote::name(to))));
        }
    }
    changed(text, changes)
}
