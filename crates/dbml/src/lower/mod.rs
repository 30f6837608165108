//! A document as a schema, as far as a schema can say it. What it cannot is listed.

mod annotation;
mod constraint;
mod reference;
mod rest;
mod types;

use crate::document::{Document, IndexPart, Path, Type, Value};
use crate::link::{Linked, LinkedColumn, LinkedRef, LinkedTable, link};
use crate::print::LeftOut;
use crate::quote::shown;
use crate::span::Origin;
use schema::{
    BaseType, ColumnId, DataType, Expression, Generation, Name, Namespace, NamespaceId, Rank, Schema, TableId,
    TableOptions, TypeId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use uuid::Uuid;

/// A schema made of a document.
#[derive(Debug, Clone, Default)]
pub struct Lowered {
    /// The schema.
    pub schema: Schema,
    /// What it does not say, or says in another way, in the order of the text.
    pub left_out: Vec<LeftOut>,
}

/// Makes a schema of a document. Every object gets a new id, made of the next number that the caller gives; numbers
/// must not repeat.
///
/// ```
/// let (document, _) = dbml::parse("Table users { id int [pk, increment] }\nDiagramView all { Tables { * } }");
/// let mut last = 0;
/// let lowered = dbml::lower(&document, || { last += 1; last });
/// let users = lowered.schema.tables.values().next().unwrap();
/// assert_eq!(users.columns[0].generation, Some(schema::Generation::DefaultIdentity));
/// assert_eq!(lowered.left_out.len(), 1);
/// ```
pub fn lower(document: &Document, next_id: impl FnMut() -> u128) -> Lowered {
    let linked = link(document);
    let mut lowering = Lowering {
        next_id,
        linked: &linked,
        result: Lowered::default(),
        namespaces: BTreeMap::new(),
        tables: BTreeMap::new(),
        types: BTreeMap::new(),
        known: BTreeMap::new(),
        strange: BTreeSet::new(),
        taken: BTreeSet::new(),
        reference_names: BTreeSet::new(),
    };
    lowering.reserve_names();
    lowering.enums(document);
    for table in &linked.tables {
        lowering.table(table);
    }
    // Those with names first, so that none that is made up gets in their way.
    let is_named = |reference: &&LinkedRef<'_>| reference.written.is_some_and(|written| written.name.is_some());
    let others = linked.refs.iter().filter(|reference| !is_named(reference));
    for reference in linked.refs.iter().filter(is_named).chain(others) {
        lowering.reference(reference);
    }
    lowering.annotations(document);
    lowering.rest(document);
    let mut result = lowering.result;
    result.left_out.sort_by_key(|left_out| left_out.origin.0);
    result
}

struct Lowering<'a, F> {
    next_id: F,
    linked: &'a Linked<'a>,
    result: Lowered,
    namespaces: BTreeMap<String, NamespaceId>,
    tables: BTreeMap<&'a Path, Made<'a>>,
    types: BTreeMap<&'a Path, TypeId>,
    /// What the types of columns are, as columns have few different ones.
    known: BTreeMap<&'a Type, DataType>,
    /// Types that were met and that are none of PostgreSQL's own.
    strange: BTreeSet<DataType>,
    /// Names of tables, types, keys and indexes, which share them, with their namespace.
    taken: BTreeSet<(NamespaceId, Name)>,
    /// Names of references, which tables have for themselves.
    reference_names: BTreeSet<(TableId, Name)>,
}

/// A table that was made, and its columns, sorted by the names that the document has for them.
struct Made<'a> {
    id: TableId,
    columns: Vec<(&'a str, ColumnId)>,
}

impl Made<'_> {
    fn column(&self, name: &str) -> Option<ColumnId> {
        let at = self.columns.binary_search_by_key(&name, |(name, _)| name).ok()?;
        self.columns.get(at).map(|(_, id)| *id)
    }
}

/// A column as messages call it. It is put into words only when there is a message.
#[derive(Clone, Copy)]
struct ColumnOf<'a>(&'a Path, &'a str);

impl fmt::Display for ColumnOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", shown(&self.0.to_string()), shown(self.1))
    }
}

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    fn leave_out(&mut self, origin: Origin, reason: impl Into<String>) {
        self.result.left_out.push(LeftOut { origin, reason: reason.into() });
    }

    fn id(&mut self) -> Uuid {
        Uuid::from_u128((self.next_id)())
    }

    /// A name as PostgreSQL keeps it; if it would keep another, or none, that is listed.
    fn name(&mut self, text: &str, what: &str, origin: Origin) -> Option<Name> {
        match Name::parse(text) {
            Ok(name) => {
                if name.as_str() != text {
                    self.leave_out(origin, format!("the space around the name of {what} {} is left out", shown(text)));
                }
                Some(name)
            }
            Err(error) => {
                self.leave_out(origin, format!("{what} {} is left out: {error}", shown(text)));
                None
            }
        }
    }

    /// The name if it is free in the namespace, or else with a number after it; it is taken then.
    fn free(&mut self, namespace: NamespaceId, parts: &[&str], suffix: &str) -> Name {
        let mut name = Name::derive(parts, suffix);
        let mut number = 1;
        while !self.taken.insert((namespace, name.clone())) {
            name = Name::derive(parts, &format!("{suffix}{number}"));
            number += 1;
        }
        name
    }

    /// Takes the names that the text gives to tables, keys and indexes, so that none that is made up gets in their way.
    fn reserve_names(&mut self) {
        let linked = self.linked;
        for table in &linked.tables {
            let Some(namespace) = self.namespace(&table.table.path, table.table.origin) else { continue };
            let indexes = table.indexes.iter().filter_map(|index| index.name.as_deref());
            let names = std::iter::once(table.table.path.name.as_str()).chain(indexes);
            self.taken.extend(names.filter_map(|name| Some((namespace, Name::parse(name).ok()?))));
        }
    }

    /// The namespace that a table or type is in.
    fn namespace(&mut self, path: &Path, origin: Origin) -> Option<NamespaceId> {
        let joined;
        let name = match path.schema.as_slice() {
            [] => "public",
            [only] => only.as_str(),
            _ => {
                joined = path.schema_name();
                joined.as_str()
            }
        };
        if let Some(id) = self.namespaces.get(name) {
            return Some(*id);
        }
        // That it cannot be one is said of each table and type in it.
        let parsed = Name::parse(name).ok()?;
        if parsed.as_str() != name {
            self.name(name, "schema", origin);
        }
        let id = NamespaceId(self.id());
        self.result.schema.namespaces.insert(id, Namespace { id, name: parsed });
        self.namespaces.insert(name.to_owned(), id);
        Some(id)
    }

    fn table(&mut self, linked: &'a LinkedTable<'a>) {
        let (path, origin) = (&linked.table.path, linked.table.origin);
        let Some(namespace) = self.namespace(path, origin) else {
            let schema = Name::parse(&path.schema_name()).err().map(|error| format!(": {error}"));
            let schema = schema.unwrap_or_default();
            return self.leave_out(origin, format!("table {} is left out{schema}", shown(&path.to_string())));
        };
        let Some(name) = self.name(&path.name, "table", origin) else { return };
        let id = TableId(self.id());
        let mut made = Made { id, columns: Vec::with_capacity(linked.columns.len()) };
        let mut columns = Vec::with_capacity(linked.columns.len());
        let primary = primary_columns(linked);
        for column in &linked.columns {
            let rank = Rank::nth(columns.len());
            let is_primary = column.column.primary || primary.contains(column.column.name.as_str());
            if let Some(mut lowered) = self.column(column, path, rank) {
                lowered.nullable &= !is_primary;
                made.columns.push((&column.column.name, lowered.id));
                columns.push(lowered);
            }
        }
        made.columns.sort();
        let mut table = schema::Table {
            id,
            namespace,
            name,
            note: note(linked.note.as_deref()),
            columns,
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: self.table_options(linked),
            group: None,
        };
        self.constraints(&mut table, linked, &made);
        table.keys.sort_by_key(|key| key.id);
        table.checks.sort_by_key(|check| check.id);
        table.indexes.sort_by_key(|index| index.id);
        self.tables.insert(path, made);
        self.result.schema.tables.insert(id, Arc::new(table));
    }

    fn table_options(&mut self, linked: &LinkedTable<'_>) -> TableOptions {
        let origin = linked.table.origin;
        let alias = linked.table.alias.as_deref().and_then(|alias| self.name(alias, "alias", origin));
        let color = linked.header_color.as_deref().and_then(full_color);
        if let (Some(written), None) = (&linked.header_color, &color) {
            let of = shown(&linked.table.path.to_string());
            self.leave_out(origin, format!("the color of table {of} is left out: {} is none", shown(written)));
        }
        TableOptions { alias, color, ..TableOptions::default() }
    }

    fn column(&mut self, linked: &LinkedColumn<'a>, table: &Path, rank: Rank) -> Option<schema::Column> {
        let column = linked.column;
        let of = ColumnOf(table, &column.name);
        let name = self.name(&column.name, "column", column.origin)?;
        let data_type = self.data_type(column, of);
        let is_serial = data_type.has_sequence();
        let whole = [BaseType::Integer, BaseType::BigInt, BaseType::SmallInt].map(DataType::of);
        let generation = (column.increment && whole.contains(&data_type)).then_some(Generation::DefaultIdentity);
        let is_numbered = is_serial || generation.is_some();
        if column.increment && !is_numbered {
            self.leave_out(column.origin, format!("“increment” of {of} is left out, because it is no whole number"));
        }
        let default = column.default.as_ref().filter(|_| !is_numbered);
        let default = default.and_then(|default| self.default(default, column.origin, of));
        if is_numbered && column.default.is_some() {
            self.leave_out(column.origin, format!("the default of {of} is left out, because its rows are numbered"));
        }
        Some(schema::Column {
            id: ColumnId(self.id()),
            rank,
            name,
            data_type,
            nullable: column.nullable.unwrap_or(true) && !is_numbered,
            default,
            note: note(linked.note.as_deref()),
            generation,
            collation: None,
        })
    }

    fn default(&mut self, default: &Value, origin: Origin, of: ColumnOf<'_>) -> Option<Expression> {
        let text = match default {
            Value::Null => "null".to_owned(),
            Value::Boolean(value) => value.to_string(),
            Value::Number(text) | Value::Expression(text) => text.clone(),
            Value::String(text) | Value::Enum(_, text) => format!("'{}'", text.replace('\'', "''")),
        };
        self.expression(&text, origin, format_args!("the default of {of}"))
    }

    /// An expression of PostgreSQL; one that does what no expression may is listed.
    fn expression(&mut self, text: &str, origin: Origin, what: fmt::Arguments<'_>) -> Option<Expression> {
        match Expression::parse_wide(text) {
            Ok(expression) => Some(expression),
            Err(error) => {
                self.leave_out(origin, format!("{what}, {}, is left out: {error}", shown(text)));
                None
            }
        }
    }
}

/// A note, if it says anything.
fn note(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A color with all six digits; none when it is no color.
fn full_color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#').filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    match digits.len() {
        3 => Some(std::iter::once('#').chain(digits.chars().flat_map(|c| [c, c])).collect()),
        6 => Some(text.to_owned()),
        _ => None,
    }
}

/// The columns that an index makes the primary key.
fn primary_columns<'a>(table: &LinkedTable<'a>) -> BTreeSet<&'a str> {
    let parts = table.indexes.iter().filter(|index| index.primary).flat_map(|index| &index.parts);
    let names = parts.filter_map(|part| match part {
        IndexPart::Column(name) => Some(name.as_str()),
        IndexPart::Expression(_) => None,
    });
    names.collect()
}
