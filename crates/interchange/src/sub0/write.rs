//! From a schema to models.

use crate::Written;
use ddl::Note;
use schema::{
    BaseType, Column, DataType, Index, KeyKind, ObjectId, PartOf, Reference, ReferencesByTable, ReferentialAction,
    Schema, Table, TableId,
};
use std::collections::{BTreeMap, BTreeSet};

/// One object of all tables, each with its fields in their order.
pub(crate) fn write(schema: &Schema) -> Written {
    let mut writer =
        Writer { schema, references: ReferencesByTable::of(schema), called: BTreeMap::new(), notes: Vec::new() };
    let mut tables = Vec::new();
    for (table, name) in writer.names() {
        let fields: Vec<String> = table.columns.iter().map(|column| writer.field(table, column)).collect();
        let body =
            if fields.is_empty() { "{}".to_owned() } else { format!("{{\n    {}\n  }}", fields.join(",\n    ")) };
        tables.push(format!("  {}: {body}", quoted(&name)));
        writer.rest(table);
    }
    for it in schema.types.values() {
        writer.note(ObjectId::Type(it.id), format!("an {}: its columns are String or what it rests on", it.kind()));
    }
    for it in schema.opaque.values() {
        writer.note(ObjectId::Opaque(it.id), format!("a {}: left out", it.kind.words()));
    }
    let text = if tables.is_empty() { "{}\n".to_owned() } else { format!("{{\n{}\n}}\n", tables.join(",\n")) };
    Written { text, notes: writer.notes }
}

struct Writer<'a> {
    schema: &'a Schema,
    references: ReferencesByTable<'a>,
    /// What the tables are called.
    called: BTreeMap<TableId, String>,
    notes: Vec<Note>,
}

impl<'a> Writer<'a> {
    fn note(&mut self, object: ObjectId, what: impl Into<String>) {
        let own = self.schema.label(object).unwrap_or_default();
        let table = match object {
            ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => Some(table),
            ObjectId::Reference(id) => self.schema.references.get(&id).map(|reference| reference.referencing),
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => None,
        };
        let table = table.and_then(|table| self.schema.label(ObjectId::Table(table)));
        let object = table.map_or_else(|| own.clone(), |table| format!("{table}.{own}"));
        self.notes.push(Note { object, what: what.into() });
    }

    /// The tables by what they are called: there are no schemas.
    fn names(&mut self) -> Vec<(&'a Table, String)> {
        let mut taken = BTreeSet::new();
        let mut names = Vec::new();
        for table in self.schema.tables_by_name() {
            let label = self.schema.display_name(table);
            let mut name = label.replace('.', "_");
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            if name != table.name.as_str() {
                self.note(ObjectId::Table(table.id), format!("there are no schemas: it is called {name}"));
            }
            self.called.insert(table.id, name.clone());
            names.push((table, name));
        }
        names
    }

    fn field(&mut self, table: &Table, column: &Column) -> String {
        let (kind, length) = self.data_type(table, column);
        let mut properties = vec![format!("\"type\": {}", quoted(&kind))];
        let mut say = |property: &str, value: String| properties.push(format!("\"{property}\": {value}"));
        if table.primary_key().is_some_and(|key| key.columns == [column.id]) {
            say("primary_key", "true".to_owned());
        }
        if column.is_numbered() {
            say("auto_increment", "true".to_owned());
        }
        if let Some(length) = length {
            say("max_length", length.to_string());
        }
        if table.is_nullable(column.id) && !column.is_numbered() {
            say("optional", "true".to_owned());
        }
        if table.indexes.iter().any(|index| is_plain(index) && index.plain_columns() == Some(vec![column.id])) {
            say("indexable", "true".to_owned());
        }
        if table.indexes.iter().any(|index| is_search(index, table, column)) {
            say("fts", "true".to_owned());
        }
        let leads =
            |reference: &&Reference| matches!(reference.pairs.as_slice(), [pair] if pair.referencing == column.id);
        let references: Vec<&Reference> = self.references.from(table.id).iter().copied().filter(leads).collect();
        if let Some(reference) = references.first()
            && let [pair] = reference.pairs.as_slice()
            && let Some(of) = self.called.get(&reference.referenced)
            && let Some(key) = self.schema.column(reference.referenced, pair.referenced)
        {
            say("foreign_key", format!("{{ \"of\": {}, \"key\": {} }}", quoted(of), quoted(key.name.as_str())));
        }
        for reference in references.iter().skip(1) {
            self.note(ObjectId::Reference(reference.id), "left out: a field has one foreign key");
        }
        format!("{}: {{ {} }}", quoted(column.name.as_str()), properties.join(", "))
    }

    #[allow(clippy::wildcard_enum_match_arm, reason = "the format has five types")]
    fn data_type(&mut self, table: &Table, column: &Column) -> (String, Option<i32>) {
        let object = ObjectId::Column(table.id, column.id);
        let data_type: DataType = self.schema.underlying(&column.data_type);
        let text = self.schema.type_text(&column.data_type);
        if data_type.dimensions() > 0 {
            self.note(object, format!("{text}: JSON_OBJECT"));
            return ("JSON_OBJECT".to_owned(), None);
        }
        if let Some(foreign) = data_type.foreign_type() {
            return (foreign.name.name.to_string(), None);
        }
        let Some(base) = data_type.base() else { return ("String".to_owned(), None) };
        #[expect(clippy::wildcard_enum_match_arm, reason = "the format has five types")]
        let kind = match base {
            BaseType::Integer | BaseType::Serial => "Number",
            BaseType::Text => "String",
            BaseType::Varchar => return ("String".to_owned(), data_type.args().first().copied()),
            BaseType::Boolean => "Boolean",
            BaseType::TimestampTz if data_type.args().is_empty() => "DateTime",
            BaseType::Jsonb => "JSON_OBJECT",
            base if base.is_number() => {
                self.note(object, format!("{text}: Number"));
                "Number"
            }
            other => {
                let kind = match other {
                    BaseType::Date | BaseType::Timestamp | BaseType::TimestampTz => "DateTime",
                    BaseType::Json => "JSON_OBJECT",
                    _ => "String",
                };
                self.note(object, format!("{text}: {kind}"));
                kind
            }
        };
        (kind.to_owned(), None)
    }

    /// What of a table has no place.
    fn rest(&mut self, table: &Table) {
        if table.note.is_some() {
            self.note(ObjectId::Table(table.id), "its note was left out");
        }
        for column in &table.columns {
            let object = ObjectId::Column(table.id, column.id);
            if let Some(default) = &column.default {
                self.note(object, format!("its default {default} was left out"));
            }
            if let Some(formula) = column.generation.as_ref().and_then(schema::Generation::formula) {
                self.note(object, format!("that it is worked out as {} was left out", formula.in_table(table)));
            }
            if column.note.is_some() {
                self.note(object, "its note was left out");
            }
        }
        for key in &table.keys {
            let object = ObjectId::Key(table.id, key.id);
            let columns = table.list_of(&key.columns);
            match key.kind {
                KeyKind::Primary if key.columns.len() == 1 => {}
                KeyKind::Primary => self.note(object, format!("left out: a key over {columns} has no place")),
                KeyKind::Unique => self.note(object, format!("left out: that {columns} is unique has no place")),
                KeyKind::Exclusion => self.note(object, "left out: an exclusion constraint has no place"),
            }
        }
        for check in &table.checks {
            self.note(ObjectId::Check(table.id, check.id), format!("the check {} was left out", check.expression));
        }
        for index in &table.indexes {
            let is_said = is_plain(index) && index.parts.len() == 1
                || table.columns.iter().any(|column| is_search(index, table, column));
            if !is_said {
                self.note(
                    ObjectId::Index(table.id, index.id),
                    "left out: an index that is not over one column as it comes",
                );
            }
        }
        for reference in self.references.from(table.id).to_vec() {
            let object = ObjectId::Reference(reference.id);
            if reference.pairs.len() > 1 {
                self.note(object, "left out: a reference of several columns has no place");
                continue;
            }
            for (event, action) in [("delete", reference.on_delete), ("update", reference.on_update)] {
                if action != ReferentialAction::NoAction {
                    self.note(object, format!("on {event} {} was left out", action.as_sql()));
                }
            }
        }
    }
}

fn is_plain(index: &Index) -> bool {
    !index.unique
        && index.plain_columns().is_some_and(|columns| columns.len() == 1)
        && index.options.predicate.is_none()
        && index.options.method.is_none()
}

/// Whether it is an index of the words in the column.
fn is_search(index: &Index, table: &Table, column: &Column) -> bool {
    let is_gin = index.options.method.as_ref().is_some_and(|method| method.as_str() == "gin");
    match index.parts.as_slice() {
        [part] if is_gin => match &part.of {
            PartOf::Expression(formula) => {
                let text = formula.in_table(table).to_string();
                text.starts_with("to_tsvector(") && formula.columns().into_iter().eq([column.id])
            }
            PartOf::Column(_) => false,
        },
        _ => false,
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}
