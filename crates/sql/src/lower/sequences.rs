//! Where columns get their numbers from: a serial type says all of it, or a sequence is an object of its own.

use super::{Lowering, literal, quoted, quoted_path};
use crate::Dialect;
use crate::build::sequence_of;
use crate::catalog::{self, Catalog};
use crate::script::{ObjectName, Sql};
use schema::{Name, OpaqueKind};
use std::collections::BTreeMap;

/// What a column takes its numbers from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// From nothing, or from what its default says.
    None,
    /// From the sequence that its serial type brings along.
    Serial,
    /// From the sequence of that name.
    Sequence(ObjectName),
}

/// The place of a column: of its table in the catalog, and of itself in the table.
type Place = (usize, usize);

#[derive(Debug)]
struct Sequence {
    name: ObjectName,
    options: String,
    owner: Option<Place>,
    /// Whether a serial type brings it along.
    goes_without_saying: bool,
    line: u32,
}

/// All sequences of a catalog, and the columns that use them.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    sequences: Vec<Sequence>,
    columns: BTreeMap<Place, usize>,
}

impl Numbers {
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut numbers = Self::default();
        let tables: BTreeMap<&ObjectName, usize> =
            catalog.tables.iter().enumerate().map(|(at, table)| (&table.name, at)).collect();
        for found in &catalog.sequences {
            let schema = found.name.schema.clone();
            let owner = found.owned_by.as_ref().and_then(|(table, column)| {
                let full = ObjectName { schema: table.schema.clone().or(schema), name: table.name.clone() };
                let at = tables.get(&full).copied()?;
                let columns = &catalog.tables.get(at)?.columns;
                Some((at, columns.iter().position(|found| found.name == *column)?))
            });
            let options = options(&found.options, catalog.dialect);
            let (name, line) = (found.name.clone(), found.line);
            numbers.sequences.push(Sequence { name, options, owner, goes_without_saying: false, line });
        }
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (at, found) in numbers.sequences.iter().enumerate() {
            by_name.entry(found.name.name.clone()).or_default().push(at);
        }
        for (at, table) in catalog.tables.iter().enumerate().filter(|(_, table)| !table.temporary) {
            for (place, column) in table.columns.iter().enumerate() {
                // One that is looked up by its text each time stays as it is.
                let default = column.default.as_ref().filter(|Sql(text)| !text.contains("::text"));
                let name = default.and_then(|value| sequence_of(value, catalog.dialect));
                let Some(name) = name else { continue };
                let schema = name.schema.as_ref().or(table.name.schema.as_ref());
                let named = by_name.entry(name.name.clone()).or_default();
                let is_in =
                    |at: &&usize| numbers.sequences.get(**at).is_some_and(|found| found.name.schema.as_ref() == schema);
                let is_only = named.len() == 1 && name.schema.is_none();
                let mut found = named.iter().find(is_in).or_else(|| named.first().filter(|_| is_only)).copied();
                if found.is_none() && column.serial && catalog.dialect == Dialect::Postgres {
                    // The one that a serial type has made.
                    found = Some(numbers.sequences.len());
                    named.push(numbers.sequences.len());
                    numbers.sequences.push(Sequence {
                        name: ObjectName { schema: table.name.schema.clone(), name: name.name.clone() },
                        options: format!("AS {}", column.type_name),
                        owner: Some((at, place)),
                        goes_without_saying: false,
                        line: column.line,
                    });
                }
                let Some(found) = found else { continue };
                numbers.columns.insert((at, place), found);
                if let Some(sequence) = numbers.sequences.get_mut(found) {
                    sequence.goes_without_saying |=
                        sequence.owner == Some((at, place)) && is_usual(sequence, table, column);
                }
            }
        }
        numbers
    }

    pub(super) fn of_column(&self, table: usize, column: usize) -> Number {
        let Some(found) = self.columns.get(&(table, column)).and_then(|at| self.sequences.get(*at)) else {
            return Number::None;
        };
        if found.goes_without_saying && found.owner == Some((table, column)) {
            return Number::Serial;
        }
        Number::Sequence(found.name.clone())
    }

    /// What else is said of an identity column, as ALTER COLUMN writes it.
    pub(super) fn identity_setting(column: &catalog::Column) -> Option<String> {
        let Sql(text) = column.identity.as_ref()?.options.as_ref()?;
        let said = if is_plain(text) { Vec::new() } else { settings(text) };
        let clause = |said: &String| match said.starts_with("START") {
            true => format!("SET {said} RESTART"),
            false => format!("SET {said}"),
        };
        (!said.is_empty()).then(|| said.iter().map(clause).collect::<Vec<_>>().join(" "))
    }
}

/// Whether the sequence is what a serial type would make at the column.
fn is_usual(sequence: &Sequence, table: &catalog::Table, column: &catalog::Column) -> bool {
    let names = Name::parse(&table.name.name).ok().zip(Name::parse(&column.name).ok());
    let usual = names.map(|(table, column)| Name::of_sequence(&table, &column));
    let is_number = matches!(column.type_name.as_str(), "smallint" | "integer" | "bigint");
    is_number
        && usual.is_some_and(|usual| usual.as_str() == sequence.name.name)
        && sequence.name.schema == table.name.schema
        && is_plain(&sequence.options)
}

/// Whether options of a sequence say only what is so without them; the name that it has is of no matter.
fn is_plain(options: &str) -> bool {
    let lower = options.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
    let mut rest = words.as_slice();
    loop {
        rest = match rest {
            [] => return true,
            ["as" | "no", _, rest @ ..]
            | ["sequence", "name", _, rest @ ..]
            | ["start", "with", "1", rest @ ..]
            | ["increment", "by", "1", rest @ ..]
            | ["start" | "increment" | "cache" | "minvalue", "1", rest @ ..]
            | ["maxvalue", "32767" | "2147483647" | "9223372036854775807", rest @ ..] => rest,
            _ => return false,
        };
    }
}

/// Options in PostgreSQL's words; what it has not is left away.
fn options(text: &str, dialect: Dialect) -> String {
    if dialect == Dialect::Postgres { text.to_owned() } else { settings(text).join(" ") }
}

/// `START 1`, `INCREMENT 1` and so on, of all that is said.
fn settings(text: &str) -> Vec<String> {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower.split([' ', '(', ')', '=']).filter(|word| !word.is_empty()).collect();
    let mut found = Vec::new();
    let mut rest = words.as_slice();
    loop {
        rest = match rest {
            [] => return found,
            ["no", _, rest @ ..] => rest,
            ["cycle", rest @ ..] => {
                found.push("CYCLE".to_owned());
                rest
            }
            [what @ ("start" | "increment"), "with" | "by", value, rest @ ..]
            | [what @ ("start" | "increment" | "minvalue" | "maxvalue" | "cache"), value, rest @ ..]
                if value.parse::<i64>().is_ok() =>
            {
                found.push(format!("{} {value}", what.to_uppercase()));
                rest
            }
            [_, rest @ ..] => rest,
        };
    }
}

impl Lowering<'_> {
    /// `"schema"."name"` of a sequence.
    pub(super) fn path_of_sequence(&mut self, name: &ObjectName) -> String {
        let namespace = self.namespace(name.schema.as_deref().unwrap_or_default());
        let namespace = namespace.and_then(|id| self.schema.namespaces.get(&id)).map(|it| it.name.to_string());
        quoted_path(&namespace.unwrap_or_default(), &self.folded(&name.name))
    }

    /// The sequences that are objects of their own, and whose they are.
    pub(super) fn sequences(&mut self) {
        let numbers = std::mem::take(&mut self.numbers);
        for found in numbers.sequences.iter().filter(|found| !found.goes_without_saying) {
            self.line = found.line;
            let Some(namespace) = self.namespace(found.name.schema.as_deref().unwrap_or_default()) else { return };
            let name = self.folded(&found.name.name);
            let path = self.path_of_sequence(&found.name);
            let options = if found.options.is_empty() { String::new() } else { format!(" {}", found.options) };
            let text = format!("CREATE SEQUENCE {path}{options}");
            self.keep(OpaqueKind::Sequence, Some(namespace), None, &name, &text);
            let owner = found.owner.and_then(|(table, column)| {
                let table = self.catalog.tables.get(table)?;
                let id = self.tables.get(&table.name).copied()?;
                let column = self.schema.table(id)?.columns.get(column)?.name.to_string();
                Some((id, column))
            });
            if let Some((id, column)) = owner
                && let Some(table) = self.path(id)
            {
                let text = format!("ALTER SEQUENCE {path} OWNED BY {table}.{}", quoted(&column));
                self.keep(OpaqueKind::TableSetting, Some(namespace), Some(id), &name, &text);
            }
        }
    }
}

/// `nextval('…'::regclass)` of a sequence, by its name in quotes.
pub(super) fn next_of(path: &str) -> String {
    format!("nextval({}::regclass)", literal(path))
}
