//! The type that each column has in a dialect.

use super::Writer;
use super::rules::Rules;
use schema::{BaseType, Column, ColumnId, DataType, ObjectId, PartOf, Schema, Table, TableId, TypeDefinition};
use std::collections::BTreeMap;

/// A type of a dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mapped {
    /// As the dialect writes it.
    pub(super) text: String,
    /// Whether it is kept apart from its row, so that no key can be over it.
    pub(super) is_large: bool,
    /// How many characters it has at most.
    pub(super) characters: Option<u32>,
    /// What is not as it was.
    pub(super) note: Option<String>,
}

impl Mapped {
    /// A type that has an equal.
    pub(super) fn of(text: impl Into<String>) -> Self {
        Self { text: text.into(), is_large: false, characters: None, note: None }
    }

    /// A type of so many characters.
    pub(super) fn text(name: &str, characters: u32) -> Self {
        Self { characters: Some(characters), ..Self::of(format!("{name}({characters})")) }
    }

    /// A type that is kept apart.
    pub(super) fn large(text: &str) -> Self {
        Self { is_large: true, ..Self::of(text) }
    }

    /// What has no equal.
    pub(super) fn noted(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// What has no equal and is written as this.
    pub(super) fn instead_of(self, what: &str) -> Self {
        let note = format!("{what}: written as {}", self.text);
        self.noted(note)
    }
}

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ColumnType {
    pub(super) text: String,
    pub(super) is_large: bool,
    pub(super) characters: Option<u32>,
    /// What it is in PostgreSQL; none of an enum, and of what an extension makes.
    pub(super) base: Option<BaseType>,
    pub(super) is_array: bool,
    /// The labels of an enum.
    pub(super) labels: Option<Vec<String>>,
}

impl ColumnType {
    pub(super) fn is_boolean(&self) -> bool {
        self.base == Some(BaseType::Boolean) && !self.is_array
    }
}

/// Texts without a limit get this one when they are part of a key.
const USUAL: u32 = 255;

/// The limit of a text in a key over as much as that; one without a limit of its own gets the usual one.
pub(super) fn bounded(limit: Option<u32>) -> Option<u32> {
    limit.map(|limit| limit.min(USUAL))
}

/// The length that a text may have, of its own and for the keys that it is in.
pub(super) fn shortened(own: u32, limit: Option<u32>) -> u32 {
    limit.map_or(own, |limit| own.min(limit))
}

/// The types of all columns.
pub(super) fn of_columns(writer: &mut Writer<'_>) -> BTreeMap<(TableId, ColumnId), ColumnType> {
    let schema = writer.schema;
    let limits = limits(schema, writer.rules);
    let written = super::written_tables(schema);
    let mut types = BTreeMap::new();
    let mut notes = Vec::new();
    for table in schema.tables_by_name().into_iter().filter(|table| written.contains(&table.id)) {
        for column in &table.columns {
            let limit = limits.get(&(table.id, column.id)).copied();
            let (found, note) = of_column(schema, writer.rules, column, limit);
            let short = note.is_none() && is_shortened(schema, column, &found);
            let note = if short { Some(format!("in a key it can have no more than {}", found.text)) } else { note };
            notes.extend(note.map(|note| ((table.id, column.id), note)));
            types.insert((table.id, column.id), found);
        }
    }
    if writer.rules.same_types {
        fit_references(schema, &mut types, &mut notes);
    }
    for ((table, column), note) in notes {
        writer.note(ObjectId::Column(table, column), note);
    }
    keep_rows_short(writer, &limits, &mut types);
    types
}

/// Whether it is a text that has become shorter without anything else to say about it.
fn is_shortened(schema: &Schema, column: &Column, found: &ColumnType) -> bool {
    let before = schema.underlying(&column.data_type);
    let own = before.args().first().and_then(|length| u32::try_from(*length).ok());
    let is_text = matches!(before.base(), Some(BaseType::Text | BaseType::Varchar | BaseType::Char));
    is_text
        && before.dimensions() == 0
        && found.characters.is_some()
        && found.characters < Some(own.unwrap_or(u32::MAX))
}

fn of_column(schema: &Schema, rules: &Rules, column: &Column, limit: Option<u32>) -> (ColumnType, Option<String>) {
    let data_type = schema.underlying(&column.data_type);
    let labels = labels_of(schema, &data_type);
    let is_array = data_type.dimensions() > 0;
    let base = data_type.base().filter(|_| !is_array);
    let mapped = if is_array {
        (rules.data_type)(BaseType::Jsonb, &[], limit).instead_of("an array, which has its elements as JSON")
    } else if let Some(labels) = &labels {
        if rules.enums {
            let list: Vec<String> = labels.iter().map(|label| (rules.literal)(label)).collect();
            Mapped::of(format!("ENUM({})", list.join(", ")))
        } else {
            let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(1);
            let longest = i32::try_from(longest.max(1)).unwrap_or(i32::MAX);
            (rules.data_type)(BaseType::Varchar, &[longest], None)
        }
    } else if let Some(base) = base {
        (rules.data_type)(base, data_type.args(), limit)
    } else {
        let name = data_type.foreign_type().map(|it| it.text(false)).unwrap_or_default();
        let mut mapped = (rules.data_type)(BaseType::Text, &[], limit);
        mapped.note = None;
        mapped.instead_of(&format!("the type {name}"))
    };
    let collation = column.collation.as_ref().map(|it| format!("its collation {it} was left out"));
    let found = ColumnType {
        text: mapped.text,
        is_large: mapped.is_large,
        characters: mapped.characters,
        base,
        is_array,
        labels: labels.filter(|_| !is_array),
    };
    (found, mapped.note.or(collation))
}

fn labels_of(schema: &Schema, data_type: &DataType) -> Option<Vec<String>> {
    let it = schema.user_type(data_type.user_type()?)?;
    match &it.definition {
        TypeDefinition::Enum(labels) => Some(labels.iter().map(|label| label.text.clone()).collect()),
        TypeDefinition::Domain(_) => None,
    }
}

/// Columns that are in keys, with how many characters they may have for that.
fn limits(schema: &Schema, rules: &Rules) -> BTreeMap<(TableId, ColumnId), u32> {
    let mut limits: BTreeMap<(TableId, ColumnId), u32> = BTreeMap::new();
    let mut limit = |table: &Table, columns: &[ColumnId]| {
        let texts = columns.iter().filter(|id| table.column(**id).is_some_and(|it| is_long(schema, it))).count();
        let share = u32::try_from(texts.max(1)).map_or(1, |texts| rules.key_length / texts);
        for column in columns {
            let least = limits.entry((table.id, *column)).or_insert(share);
            *least = share.min(*least);
        }
    };
    for table in schema.tables.values() {
        for key in &table.keys {
            limit(table, &key.columns);
        }
        for index in &table.indexes {
            // Others can be over the beginnings of texts.
            if index.unique || !rules.prefixes {
                let columns: Vec<ColumnId> = index.parts.iter().filter_map(column_of).collect();
                limit(table, &columns);
            }
        }
    }
    for reference in schema.references.values() {
        for (table, columns) in [
            (reference.referencing, reference.referencing_columns()),
            (reference.referenced, reference.referenced_columns()),
        ] {
            if let Some(table) = schema.table(table) {
                limit(table, &columns);
            }
        }
    }
    limits
}

fn column_of(part: &schema::IndexPart) -> Option<ColumnId> {
    match part.of {
        PartOf::Column(id) => Some(id),
        PartOf::Expression(_) => None,
    }
}

/// Whether it may take a good part of a key.
fn is_long(schema: &Schema, column: &Column) -> bool {
    let data_type = schema.underlying(&column.data_type);
    match data_type.base() {
        Some(BaseType::Text | BaseType::Bytea | BaseType::Xml | BaseType::TsVector | BaseType::TsQuery) | None => true,
        Some(BaseType::Varchar | BaseType::Char) => data_type.args().first().is_none_or(|length| *length > 16),
        Some(_) => false,
    }
}

/// What references gets the type of what it references, over as many references as there are in a row.
fn fit_references(
    schema: &Schema,
    types: &mut BTreeMap<(TableId, ColumnId), ColumnType>,
    notes: &mut Vec<((TableId, ColumnId), String)>,
) {
    let mut settled = BTreeMap::new();
    for _ in 0..16 {
        let mut is_done = true;
        for reference in schema.references.values() {
            for pair in &reference.pairs {
                let (from, to) = ((reference.referencing, pair.referencing), (reference.referenced, pair.referenced));
                let (Some(mine), Some(theirs)) = (types.get(&from), types.get(&to)) else { continue };
                let first = settled.entry(from).or_insert(reference.id);
                if mine.text == theirs.text || *first != reference.id || from == to {
                    continue;
                }
                is_done = false;
                let (before, theirs) = (mine.text.clone(), theirs.clone());
                if before.split('(').next() != theirs.text.split('(').next() {
                    let what = format!("of the type {} rather than {before}, as what it references", theirs.text);
                    notes.retain(|(column, _)| *column != from);
                    notes.push((from, what));
                }
                if let Some(mine) = types.get_mut(&from) {
                    (mine.text, mine.is_large, mine.characters) = (theirs.text, theirs.is_large, theirs.characters);
                }
            }
        }
        if is_done {
            return;
        }
    }
}

/// MySQL's rows have 65,535 bytes, texts that are kept apart not counted. Where that is not enough, long texts that are in
/// no key are kept apart.
fn keep_rows_short(
    writer: &mut Writer<'_>,
    limits: &BTreeMap<(TableId, ColumnId), u32>,
    types: &mut BTreeMap<(TableId, ColumnId), ColumnType>,
) {
    const ROOM: u32 = 60_000;
    if !writer.rules.prefixes {
        return;
    }
    for table in writer.schema.tables.values() {
        let bytes = |found: &ColumnType| found.characters.map_or(8, |characters| characters.saturating_mul(4) + 2);
        let mut texts: Vec<(u32, ColumnId)> = Vec::new();
        let mut total = 0_u32;
        for column in &table.columns {
            let Some(found) = types.get(&(table.id, column.id)) else { continue };
            total = total.saturating_add(bytes(found));
            if found.characters.is_some() && !limits.contains_key(&(table.id, column.id)) {
                texts.push((bytes(found), column.id));
            }
        }
        texts.sort_unstable();
        while total > ROOM
            && let Some((bytes, column)) = texts.pop()
        {
            total -= bytes;
            let large = (writer.rules.data_type)(BaseType::Text, &[], None);
            if let Some(found) = types.get_mut(&(table.id, column)) {
                let what = format!("{} rather than {}, as the row would be too long", large.text, found.text);
                (found.text, found.is_large, found.characters) = (large.text, true, None);
                writer.note(ObjectId::Column(table.id, column), what);
            }
        }
    }
}
