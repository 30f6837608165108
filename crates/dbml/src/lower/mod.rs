//! A document as a schema, as far as a schema can say it. What it cannot is listed.

mod constraint;
mod reference;
mod rest;

use crate::document::{Column, Document, IndexPart, Path, Value};
use crate::link::{Linked, LinkedColumn, LinkedTable, link};
use crate::print::LeftOut;
use crate::quote::shown;
use crate::span::Origin;
use schema::{
    BaseType, CheckId, ColumnId, DataType, Expression, IndexId, KeyId, Name, Namespace, NamespaceId, Rank, ReferenceId,
    Schema, TableId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
/// let (document, _) = dbml::parse("Table users { id int [pk, increment] }\nNote hint { 'A note on the diagram' }");
/// let mut last = 0;
/// let lowered = dbml::lower(&document, || { last += 1; last });
/// let users = lowered.schema.tables.values().next().unwrap();
/// assert_eq!(users.columns[0].data_type.to_string(), "serial");
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
        relations: BTreeSet::new(),
    };
    for table in &document.tables {
        lowering.relations.insert((table.path.schema_name(), table.path.name.clone()));
    }
    for table in &linked.tables {
        lowering.table(table);
    }
    for reference in &linked.refs {
        lowering.reference(reference);
    }
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
    tables: BTreeMap<Path, Made>,
    /// Names of tables, keys and indexes, which share them, with their namespace.
    relations: BTreeSet<(String, String)>,
}

/// A table that was made, and its columns by the names that the document has for them.
struct Made {
    id: TableId,
    columns: BTreeMap<String, ColumnId>,
}

impl<F: FnMut() -> u128> Lowering<'_, F> {
    fn leave_out(&mut self, origin: Origin, reason: impl Into<String>) {
        self.result.left_out.push(LeftOut { origin, reason: reason.into() });
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
    fn free(&mut self, namespace: &str, parts: &[&str], suffix: &str) -> Name {
        let mut name = Name::derive(parts, suffix);
        let mut number = 1;
        while !self.relations.insert((namespace.to_owned(), name.as_str().to_owned())) {
            name = Name::derive(parts, &format!("{suffix}{number}"));
            number += 1;
        }
        name
    }

    fn namespace(&mut self, name: &str, origin: Origin) -> Option<NamespaceId> {
        if let Some(id) = self.namespaces.get(name) {
            return Some(*id);
        }
        let id = NamespaceId::from_u128((self.next_id)());
        let parsed = self.name(name, "schema", origin)?;
        self.result.schema.namespaces.insert(id, Namespace { id, name: parsed });
        self.namespaces.insert(name.to_owned(), id);
        Some(id)
    }

    fn table(&mut self, linked: &LinkedTable<'_>) {
        let (path, origin) = (&linked.table.path, linked.table.origin);
        let Some(namespace) = self.namespace(&path.schema_name(), origin) else {
            return self.leave_out(origin, format!("table {} is left out with its schema", shown(&path.to_string())));
        };
        let Some(name) = self.name(&path.name, "table", origin) else { return };
        let id = TableId::from_u128((self.next_id)());
        let mut made = Made { id, columns: BTreeMap::new() };
        let mut columns = Vec::new();
        let primary = primary_columns(linked);
        for column in &linked.columns {
            let rank = Rank::nth(columns.len());
            let is_primary = column.column.primary || primary.contains(column.column.name.as_str());
            if let Some(mut lowered) = self.column(column, path, rank) {
                lowered.nullable &= !is_primary;
                made.columns.insert(column.column.name.clone(), lowered.id);
                columns.push(lowered);
            }
        }
        let mut table = schema::Table {
            id,
            namespace,
            name,
            note: linked.note.clone().filter(|note| !note.is_empty()),
            columns,
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
        };
        self.constraints(&mut table, linked, &made);
        table.keys.sort_by_key(|key| key.id);
        table.checks.sort_by_key(|check| check.id);
        table.indexes.sort_by_key(|index| index.id);
        self.tables.insert(path.clone(), made);
        self.result.schema.tables.insert(id, Arc::new(table));
    }

    fn column(&mut self, linked: &LinkedColumn<'_>, table: &Path, rank: Rank) -> Option<schema::Column> {
        let column = linked.column;
        let of = format!("{}.{}", shown(&table.to_string()), shown(&column.name));
        let name = self.name(&column.name, "column", column.origin)?;
        let data_type = self.data_type(column, &of);
        let serial = data_type.has_sequence();
        let default = column.default.as_ref().and_then(|default| self.default(default, column, &of));
        let default = default.filter(|_| !serial);
        if serial && column.default.is_some() {
            self.leave_out(column.origin, format!("the default of {of} is left out, because its rows are numbered"));
        }
        Some(schema::Column {
            id: ColumnId::from_u128((self.next_id)()),
            rank,
            name,
            data_type,
            nullable: column.nullable.unwrap_or(true) && !serial,
            default,
            note: linked.note.clone().filter(|note| !note.is_empty()),
            generation: None,
            collation: None,
        })
    }

    /// The column's type; text where there is no such type, which is listed.
    fn data_type(&mut self, column: &Column, of: &str) -> DataType {
        let text = DataType::of(BaseType::Text);
        if let Some(found) = self.linked.names.enum_of(&column.data_type) {
            let name = shown(&found.path.to_string());
            self.leave_out(column.origin, format!("{of} becomes text, because enums such as {name} are not kept"));
            return text;
        }
        let written = column.data_type.text();
        let parsed = match &column.data_type.schema {
            Some(schema) => Err(format!("there is no type called “{}.{}”", shown(schema), shown(&written))),
            None => DataType::parse(&written).map_err(|error| error.to_string()),
        };
        let parsed = match parsed {
            Ok(parsed) => parsed,
            Err(error) => {
                self.leave_out(column.origin, format!("{of} becomes text: {error}"));
                return text;
            }
        };
        if !column.increment {
            return parsed;
        }
        let serial = [BaseType::Serial, BaseType::BigSerial, BaseType::SmallSerial];
        let numbered =
            serial.into_iter().find(|serial| Some(serial.without_sequence()) == parsed.without_sequence().base());
        let Some(numbered) = numbered.filter(|_| parsed.dimensions() == 0) else {
            self.leave_out(column.origin, format!("“increment” of {of} is left out, because it is no whole number"));
            return parsed;
        };
        DataType::of(numbered)
    }

    fn default(&mut self, default: &Value, column: &Column, of: &str) -> Option<Expression> {
        let text = match default {
            Value::Null => "null".to_owned(),
            Value::Boolean(value) => value.to_string(),
            Value::Number(text) | Value::Expression(text) => text.clone(),
            Value::String(text) | Value::Enum(_, text) => format!("'{}'", text.replace('\'', "''")),
        };
        self.expression(&text, column.origin, &format!("the default of {of}"))
    }

    /// An expression of the grammar that schemas have; one beyond it is listed.
    fn expression(&mut self, text: &str, origin: Origin, what: &str) -> Option<Expression> {
        match Expression::parse(text) {
            Ok(expression) => Some(expression),
            Err(error) => {
                self.leave_out(origin, format!("{what}, {}, is left out: {error}", shown(text)));
                None
            }
        }
    }
}

impl<F: FnMut() -> u128> Lowering<'_, F> {
    fn key_id(&mut self) -> KeyId {
        KeyId::from_u128((self.next_id)())
    }

    fn check_id(&mut self) -> CheckId {
        CheckId::from_u128((self.next_id)())
    }

    fn index_id(&mut self) -> IndexId {
        IndexId::from_u128((self.next_id)())
    }

    fn reference_id(&mut self) -> ReferenceId {
        ReferenceId::from_u128((self.next_id)())
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
