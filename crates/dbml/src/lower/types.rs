//! Enums, and the types of columns.

use super::{ColumnOf, Lowering};
use crate::document::{Column, Document, Enum, Path, Type, TypeSuffix};
use crate::quote::shown;
use schema::{BaseType, DataType, Label, Name, NamespaceId, TypeDefinition, TypeId, UserType};
use std::collections::BTreeSet;

/// How many dimensions an array can have.
const MOST_DIMENSIONS: u8 = 6;

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    pub(super) fn enums(&mut self, document: &'a Document) {
        if document.enums.is_empty() {
            return;
        }
        // Tables are types as well.
        let tables = self.linked.tables.iter().map(|table| (&table.table.path, table.table.origin));
        let mut names: BTreeSet<(NamespaceId, Name)> = tables
            .filter_map(|(path, origin)| Some((self.namespace(path, origin)?, Name::parse(&path.name).ok()?)))
            .collect();
        for one in &document.enums {
            let shown_name = shown(&one.path.to_string());
            if self.types.contains_key(&one.path) {
                self.leave_out(one.origin, format!("enum {shown_name} is left out, because there is one already"));
                continue;
            }
            let Some(namespace) = self.namespace(&one.path, one.origin) else {
                self.leave_out(one.origin, format!("enum {shown_name} is left out with its schema"));
                continue;
            };
            let Some(mut name) = self.name(&one.path.name, "enum", one.origin) else { continue };
            self.taken.insert((namespace, name.clone()));
            if !names.insert((namespace, name.clone())) {
                name = self.free(namespace, &[name.as_str()], "enum");
                let reason = format!("enum {shown_name} is called {name}, because tables and types share their names");
                self.leave_out(one.origin, reason);
            }
            let id = TypeId(self.id());
            let definition = TypeDefinition::Enum(self.labels(one));
            self.types.insert(&one.path, id);
            self.result.schema.types.insert(id, UserType { id, namespace, name, note: None, definition });
        }
    }

    fn labels(&mut self, one: &Enum) -> Vec<Label> {
        let mut labels = Vec::with_capacity(one.values.len());
        let mut seen = BTreeSet::new();
        for value in &one.values {
            let problem = if value.name.len() > Name::MAX_BYTES || value.name.contains('\0') {
                "a label can have at most 63 bytes"
            } else if !seen.insert(&value.name) {
                "there is one already"
            } else {
                let note = value.note.clone().filter(|note| !note.is_empty());
                labels.push(Label { id: self.id(), text: value.name.clone(), note });
                continue;
            };
            let of = shown(&one.path.to_string());
            self.leave_out(value.origin, format!("value {} of enum {of} is left out: {problem}", shown(&value.name)));
        }
        labels
    }

    /// The column's type: one of PostgreSQL's own, an enum, or else whatever has that name. Text only where it has none.
    pub(super) fn data_type(&mut self, column: &'a Column, of: ColumnOf<'_>) -> DataType {
        if let Some(known) = self.known.get(&column.data_type) {
            return known.clone();
        }
        let listed = self.result.left_out.len();
        let found = self.find_type(column, of);
        // What is said of a type is said of each of its columns, but for one that is strange.
        if self.result.left_out.len() == listed || found.foreign_type().is_some() {
            self.known.insert(&column.data_type, found.clone());
        }
        found
    }

    fn find_type(&mut self, column: &Column, of: ColumnOf<'_>) -> DataType {
        let plain = Plain::of(&column.data_type);
        if plain.dimensions > MOST_DIMENSIONS {
            let reason = format!("{of} has {MOST_DIMENSIONS} dimensions, as no array has more");
            self.leave_out(column.origin, reason);
        }
        let dimensions = plain.dimensions.min(MOST_DIMENSIONS);
        let path = Path::new(plain.schema.map(str::to_owned), plain.text.as_str());
        if let Some(id) = self.types.get(&path) {
            return DataType::defined(*id).with_dimensions(dimensions);
        }
        let parsed = match plain.parsed() {
            Ok((parsed, is_whole)) => {
                if !is_whole {
                    let reason = format!("{of} becomes {parsed}, because {} is no type", shown(&plain.text));
                    self.leave_out(column.origin, reason);
                }
                parsed
            }
            Err(error) => {
                self.leave_out(column.origin, format!("{of} becomes text: {error}"));
                DataType::of(BaseType::Text)
            }
        };
        if parsed.has_sequence() && dimensions > 0 {
            self.leave_out(column.origin, format!("{of} becomes {parsed}, because it has no arrays"));
            return parsed;
        }
        let made = parsed.with_dimensions(dimensions);
        self.strange(column, &made);
        made
    }

    /// Lists a type that only an extension can bring, where it is met first.
    fn strange(&mut self, column: &Column, data_type: &DataType) {
        let Some(foreign) = data_type.foreign_type() else { return };
        let is_own = foreign.name.namespace.as_ref().is_some_and(|name| name.as_str() == "pg_catalog");
        let plain = data_type.clone().with_dimensions(0);
        if !is_own && !self.strange.contains(&plain) {
            let name = shown(&foreign.text(false));
            let reason = format!("PostgreSQL has no type {name} of its own; a database needs an extension that has it");
            self.leave_out(column.origin, reason);
            self.strange.insert(plain);
        }
    }
}

/// A type without the brackets of arrays, which stand behind the name, or in it when that is in quotes.
struct Plain<'a> {
    schema: Option<&'a str>,
    text: String,
    dimensions: u8,
}

impl<'a> Plain<'a> {
    fn of(data_type: &'a Type) -> Self {
        let is_array = |suffix: &&TypeSuffix| matches!(suffix, TypeSuffix::Array(_));
        let of_suffixes = data_type.suffixes.iter().rev().take_while(is_array).count();
        let mut text = if of_suffixes == data_type.suffixes.len() {
            data_type.name.clone()
        } else {
            let mut without = data_type.clone();
            without.suffixes.truncate(data_type.suffixes.len() - of_suffixes);
            without.text()
        };
        let mut dimensions = of_suffixes;
        while let Some(length) = text.strip_suffix("[]").map(|rest| rest.trim_end().len()).filter(|length| *length > 0)
        {
            text.truncate(length);
            dimensions += 1;
        }
        let dimensions = u8::try_from(dimensions).unwrap_or(u8::MAX);
        Self { schema: data_type.schema.as_deref(), text, dimensions }
    }

    /// The type, and whether all of the text is in it: arguments that PostgreSQL does not know, as in int(11), are not.
    fn parsed(&self) -> Result<(DataType, bool), schema::DataTypeError> {
        let in_quotes = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        let Some(schema) = self.schema else {
            let parsed = DataType::parse_wide(&self.text);
            let Err(error) = parsed else { return parsed.map(|parsed| (parsed, true)) };
            let without = self.text.split_once('(').map(|(name, _)| DataType::parse(name));
            if let Some(Ok(known)) = without {
                return Ok((known, false));
            }
            return DataType::parse_wide(&in_quotes(&self.text)).map(|quoted| (quoted, true)).map_err(|_| error);
        };
        let parsed = DataType::parse_wide(&format!("{schema}.{}", self.text));
        let quoted = |_| DataType::parse_wide(&format!("{}.{}", in_quotes(schema), in_quotes(&self.text)));
        parsed.or_else(quoted).map(|parsed| (parsed, true))
    }
}
