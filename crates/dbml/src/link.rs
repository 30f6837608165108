//! A document as it is meant: partials taken over, metadata with its objects, aliases resolved, and all references in
//! one list.

use crate::document::{
    Check, Column, Document, Endpoint, Index, InlineRef, Metadata, MetadataKind, Path, Ref, Relation, Table, TableItem,
};
use crate::names::Names;
use crate::reader::{Builtin, builtin};
use crate::span::Origin;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How many columns, indexes and checks of partials are taken over at most, in all tables together.
const MAX_TAKEN_OVER: usize = 500_000;

/// A document as it is meant.
#[derive(Debug, Clone)]
pub struct Linked<'a> {
    /// What the names mean.
    pub names: Names<'a>,
    /// Tables, in order.
    pub tables: Vec<LinkedTable<'a>>,
    /// References: those of columns and those on their own in the order of the text, then those of partials, the last
    /// partial of each table first.
    pub refs: Vec<LinkedRef<'a>>,
    /// Whether partials multiply to more columns than are taken over, so that some are missing.
    pub cut_off: bool,
    metadata: MetadataOf<'a>,
}

/// A table with everything that it has.
#[derive(Debug, Clone)]
pub struct LinkedTable<'a> {
    /// As it is written.
    pub table: &'a Table,
    /// What it is for.
    pub note: Option<Cow<'a, str>>,
    /// `#rgb` or `#rrggbb`.
    pub header_color: Option<Cow<'a, str>>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
    /// Columns, in order.
    pub columns: Vec<LinkedColumn<'a>>,
    /// Its own indexes, then those of partials.
    pub indexes: Vec<&'a Index>,
    /// Its own checks, then those of partials.
    pub checks: Vec<&'a Check>,
}

/// A column of a table.
#[derive(Debug, Clone)]
pub struct LinkedColumn<'a> {
    /// As it is written.
    pub column: &'a Column,
    /// The partial that it comes from.
    pub partial: Option<&'a str>,
    /// What it is for.
    pub note: Option<Cow<'a, str>>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
}

/// A reference, with the tables' own names.
#[derive(Debug, Clone)]
pub struct LinkedRef<'a> {
    /// Where it stands.
    pub origin: Origin,
    /// The reference on its own, if it is one.
    pub written: Option<&'a Ref>,
    /// Whether the end that holds the foreign key is the right one, where both ends are one or both are many.
    pub held_right: bool,
    /// How many rows stand at the ends.
    pub relation: Relation,
    /// The left end.
    pub left: Endpoint,
    /// The right end.
    pub right: Endpoint,
}

/// Links a document.
pub fn link(document: &Document) -> Linked<'_> {
    let names = Names::of(document);
    let metadata = metadata_by_target(document, &names);
    let (mut room, mut cut_off) = (MAX_TAKEN_OVER, false);
    let mut tables = Vec::with_capacity(document.tables.len());
    let (mut refs, mut of_partials) = (Vec::new(), Vec::new());
    for table in &document.tables {
        let linked = linked_table(table, &names, &metadata, &mut room);
        cut_off |= room == 0;
        let places: BTreeMap<&str, usize> =
            table.partials().enumerate().map(|(n, partial)| (partial.name.as_str(), n)).collect();
        let mut taken_over = Vec::new();
        for column in &linked.columns {
            let place = column.partial.and_then(|partial| places.get(partial).copied());
            let inline = column.column.refs.iter().map(|target| inline_ref(&names, table, column, target));
            match place {
                None => refs.extend(inline),
                Some(place) => taken_over.extend(inline.map(|reference| (place, reference))),
            }
        }
        taken_over.sort_by_key(|(place, _)| Reverse(*place));
        of_partials.extend(taken_over.into_iter().map(|(_, reference)| reference));
        tables.push(linked);
    }
    refs.extend(document.refs.iter().map(|reference| own_ref(&names, reference)));
    refs.sort_by_key(|reference| reference.origin.0.start);
    refs.extend(of_partials);
    Linked { names, tables, refs, cut_off, metadata }
}

/// Blocks of metadata by the object that they are about, in order.
type MetadataOf<'a> = BTreeMap<(MetadataKind, Path, String), Vec<&'a Metadata>>;

fn metadata_by_target<'a>(document: &'a Document, names: &Names<'a>) -> MetadataOf<'a> {
    let mut all = MetadataOf::new();
    for block in &document.metadata {
        let Some((name, before)) = block.target.split_last() else { continue };
        let key = match block.kind {
            MetadataKind::Column => {
                let Some((table, schema)) = before.split_last() else { continue };
                let table = names.table_path(&Path::new(schema.to_vec(), table.clone()));
                (block.kind, table, name.clone())
            }
            MetadataKind::Table => {
                (block.kind, names.table_path(&Path::new(before.to_vec(), name.clone())), String::new())
            }
            MetadataKind::Group | MetadataKind::Note => {
                (block.kind, Path::new(before.to_vec(), name.clone()), String::new())
            }
        };
        all.entry(key).or_default().push(block);
    }
    all
}

fn linked_table<'a>(
    table: &'a Table,
    names: &Names<'a>,
    metadata: &MetadataOf<'a>,
    room: &mut usize,
) -> LinkedTable<'a> {
    let partials: Vec<_> = table.partials().filter_map(|partial| names.partial(&partial.name)).collect();
    let blocks = |kind, column: &str| metadata.get(&(kind, table.path.clone(), column.to_owned()));
    let block = if metadata.is_empty() { None } else { blocks(MetadataKind::Table, "") };
    let merged = merge(&table.metadata, MetadataKind::Table, block);
    let last_note = || partials.iter().rev().find_map(|partial| partial.note.as_deref());
    let last_color = || partials.iter().rev().find_map(|partial| partial.header_color.as_deref());
    let note = || table.note.as_deref().or_else(last_note).map(Cow::Borrowed);
    let color = || table.header_color.as_deref().or_else(last_color).map(Cow::Borrowed);
    let mut columns = columns_of(table, names, room);
    if !metadata.is_empty() {
        for column in &mut columns {
            let blocks = blocks(MetadataKind::Column, &column.column.name);
            let merged = merge(&column.metadata, MetadataKind::Column, blocks);
            column.note = merged.note.map(Cow::Owned).or(column.note.take());
            column.metadata = merged.own;
        }
    }
    LinkedTable {
        table,
        note: merged.note.map(Cow::Owned).or_else(note),
        header_color: merged.color.map(Cow::Owned).or_else(color),
        metadata: merged.own,
        columns,
        indexes: with_partials(&table.indexes, partials.iter().rev().flat_map(|partial| &partial.indexes), room),
        checks: with_partials(&table.checks, partials.iter().rev().flat_map(|partial| &partial.checks), room),
    }
}

/// What is the table's own, and then what it takes over while there is room.
fn with_partials<'a, T>(own: &'a [T], more: impl Iterator<Item = &'a T>, room: &mut usize) -> Vec<&'a T> {
    let all: Vec<&T> = own.iter().chain(more.take(*room)).collect();
    *room -= all.len().saturating_sub(own.len());
    all
}

/// A table's own columns keep their places and win over those of partials; of these the last wins, at its place.
fn columns_of<'a>(table: &'a Table, names: &Names<'a>, room: &mut usize) -> Vec<LinkedColumn<'a>> {
    let linked = |column: &'a Column, partial: Option<&'a str>| LinkedColumn {
        column,
        partial,
        note: column.note.as_deref().map(Cow::Borrowed),
        metadata: column.metadata.clone(),
    };
    if table.partials().next().is_none() {
        return table.columns().map(|column| linked(column, None)).collect();
    }
    let mut taken: BTreeSet<&str> = table.columns().map(|column| column.name.as_str()).collect();
    let mut columns = Vec::new();
    for item in table.items.iter().rev() {
        match item {
            TableItem::Column(column) => columns.push(linked(column, None)),
            TableItem::Partial(partial) => {
                let Some(found) = names.partial(&partial.name) else { continue };
                for column in found.columns.iter().rev() {
                    if *room == 0 {
                        break;
                    }
                    *room -= 1;
                    if taken.insert(&column.name) {
                        columns.push(linked(column, Some(&partial.name)));
                    }
                }
            }
        }
    }
    columns.reverse();
    columns
}

/// What settings and blocks say of one object together.
#[derive(Debug, Default)]
pub struct Merged {
    /// The note, if a block gives one.
    pub note: Option<String>,
    /// The color, if a block gives one.
    pub color: Option<String>,
    /// Keys of one's own.
    pub own: Vec<(String, String)>,
}

/// Later blocks win over earlier ones, and blocks over settings. Keys are the same in any case.
fn merge(settings: &[(String, String)], kind: MetadataKind, blocks: Option<&Vec<&Metadata>>) -> Merged {
    let mut merged = Merged { own: settings.to_vec(), ..Merged::default() };
    let lower = |(at, (key, _)): (usize, &(String, String))| (key.to_lowercase(), at);
    let mut places: BTreeMap<String, usize> = settings.iter().enumerate().map(lower).collect();
    for (key, value) in blocks.into_iter().flatten().flat_map(|block| &block.fields) {
        let lower = key.to_lowercase();
        match builtin(kind, &lower) {
            Some(Builtin::Note) => merged.note = Some(value.clone()),
            Some(Builtin::Color(_)) => merged.color = Some(value.clone()),
            None => {
                let at = *places.entry(lower).or_insert(merged.own.len());
                match merged.own.get_mut(at) {
                    Some(known) => *known = (key.clone(), value.clone()),
                    None => merged.own.push((key.clone(), value.clone())),
                }
            }
        }
    }
    merged
}

impl Linked<'_> {
    /// What settings and blocks of metadata say of a group or a note on the diagram.
    pub fn merged(&self, kind: MetadataKind, path: &Path, settings: &[(String, String)]) -> Merged {
        merge(settings, kind, self.metadata.get(&(kind, path.clone(), String::new())))
    }
}

fn inline_ref<'a>(
    names: &Names<'a>,
    table: &'a Table,
    column: &LinkedColumn<'a>,
    target: &'a InlineRef,
) -> LinkedRef<'a> {
    let own = Endpoint { table: table.path.clone(), columns: vec![column.column.name.clone()] };
    let other = target.table.as_ref().map_or_else(|| table.path.clone(), |path| names.table_path(path));
    let other = Endpoint { table: other, columns: vec![target.column.clone()] };
    // Of a reference in a table, readers have always told the other end first.
    let (relation, left, right) = if column.partial.is_none() {
        (Relation { left: target.relation.right, right: target.relation.left }, other, own)
    } else {
        (target.relation, own, other)
    };
    LinkedRef { origin: target.origin, written: None, held_right: column.partial.is_none(), relation, left, right }
}

fn own_ref<'a>(names: &Names<'a>, reference: &'a Ref) -> LinkedRef<'a> {
    let resolved = |end: &Endpoint| Endpoint { table: names.table_path(&end.table), columns: end.columns.clone() };
    LinkedRef {
        origin: reference.origin,
        written: Some(reference),
        held_right: true,
        relation: reference.relation,
        left: resolved(&reference.left),
        right: resolved(&reference.right),
    }
}
