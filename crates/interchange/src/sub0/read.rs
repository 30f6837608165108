//! From models to a schema.

use super::json::{self, Json};
use crate::{Finding, Reading, Severity};
use schema::{
    Column, ColumnId, ColumnPair, DataType, Expression, Formula, Index, IndexId, IndexPart, Key, KeyId, KeyKind, Name,
    Namespace, NamespaceId, PartOf, Rank, Reference, ReferenceId, ReferentialAction, Schema, Table, TableId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a field may say.
const PROPERTIES: [&str; 8] =
    ["type", "optional", "primary_key", "auto_increment", "max_length", "indexable", "fts", "foreign_key"];

/// Reads an object of tables, or of the fields of one.
pub(crate) fn read(text: &str, next_id: &mut dyn FnMut() -> u128) -> Reading {
    let mut reader =
        Reader { schema: Schema::default(), findings: Vec::new(), called: BTreeMap::new(), leads: Vec::new(), next_id };
    match json::parse(text) {
        Ok(value) => reader.tables(&value),
        Err(error) => {
            let number = |n: usize| u32::try_from(n).ok().filter(|n| *n > 0);
            let message = error.to_string();
            reader.findings.push(Finding {
                line: number(error.line()),
                column: number(error.column()),
                severity: Severity::Error,
                message: message.split(" at line ").next().unwrap_or_default().to_owned(),
            });
        }
    }
    let tables = reader.schema.tables.len();
    let summary = if tables == 1 { "read 1 table".to_owned() } else { format!("read {tables} tables") };
    Reading { schema: reader.schema, summary, findings: reader.findings }
}

struct Reader<'a> {
    schema: Schema,
    findings: Vec<Finding>,
    /// The tables that are there, by what they are called.
    called: BTreeMap<Name, TableId>,
    /// Where fields lead, once all tables are there: the path, table and column of a field, and what it names.
    leads: Vec<(String, TableId, ColumnId, String, String)>,
    next_id: &'a mut dyn FnMut() -> u128,
}

impl Reader<'_> {
    fn find(&mut self, severity: Severity, path: &str, what: &str) {
        self.findings.push(Finding { line: None, column: None, severity, message: format!("{path}: {what}") });
    }

    fn tables(&mut self, value: &Json) {
        let Some(fields) = value.fields() else {
            self.findings.push(Finding {
                line: None,
                column: None,
                severity: Severity::Error,
                message: "an object of tables is expected".to_owned(),
            });
            return;
        };
        let namespace = NamespaceId::from_u128((self.next_id)());
        let name = Name::derive(&[], "public");
        self.schema.namespaces.insert(namespace, Namespace { id: namespace, name });
        // The fields of one table each have a type that is a text.
        let is_one =
            !fields.is_empty() && fields.iter().all(|(_, it)| it.get("type").is_some_and(|it| it.text().is_some()));
        if is_one {
            self.find(Severity::Warning, "model", "the table's name is that of its file, which is not known here");
            self.table(namespace, "model", value);
        } else {
            for (name, table) in fields {
                self.table(namespace, name, table);
            }
        }
        self.references();
    }

    fn name(&mut self, path: &str, text: &str) -> Option<Name> {
        match Name::parse(text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.find(Severity::Error, path, &format!("left out: {error}"));
                None
            }
        }
    }

    fn table(&mut self, namespace: NamespaceId, label: &str, value: &Json) {
        let Some(name) = self.name(label, label) else { return };
        let Some(fields) = value.fields() else {
            self.find(Severity::Error, label, "left out: an object of fields is expected");
            return;
        };
        if self.called.contains_key(&name) {
            self.find(Severity::Error, label, "left out: it is there twice");
            return;
        }
        let id = TableId::from_u128((self.next_id)());
        self.called.insert(name.clone(), id);
        let mut table = Table {
            id,
            namespace,
            name,
            note: None,
            columns: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
            group: None,
        };
        let (mut primary, mut taken) = (Vec::new(), BTreeSet::new());
        for (field, value) in fields {
            let path = format!("{label}.{field}");
            let Some(name) = self.name(&path, field) else { continue };
            if taken.insert(name.clone()) {
                self.field(&mut table, &path, name, value, &mut primary);
            } else {
                self.find(Severity::Error, &path, "left out: it is there twice");
            }
        }
        if !primary.is_empty() {
            let id = KeyId::from_u128((self.next_id)());
            let name = Name::derive(&[table.name.as_str()], "pkey");
            table.keys.push(Key { id, name, kind: KeyKind::Primary, columns: primary, options: Default::default() });
        }
        self.schema.tables.insert(id, Arc::new(table));
    }

    fn field(&mut self, table: &mut Table, path: &str, name: Name, value: &Json, primary: &mut Vec<ColumnId>) {
        let Some(properties) = value.fields() else {
            self.find(Severity::Error, path, "left out: an object with a type is expected");
            return;
        };
        for (property, _) in properties.iter().filter(|(property, _)| !PROPERTIES.contains(&property.as_str())) {
            self.find(Severity::Warning, &format!("{path}.{property}"), "this property is not known, and not kept");
        }
        let id = ColumnId::from_u128((self.next_id)());
        let data_type = self.data_type(path, value);
        let column = Column {
            id,
            rank: Rank::nth(table.columns.len()),
            name: name.clone(),
            data_type,
            nullable: self.flag(path, value, "optional"),
            default: None,
            note: None,
            generation: None,
            collation: None,
        };
        table.columns.push(column);
        if self.flag(path, value, "primary_key") {
            primary.push(id);
        }
        self.indexes(table, path, (id, name), value);
        self.lead(table.id, path, id, value);
    }

    fn flag(&mut self, path: &str, value: &Json, property: &str) -> bool {
        match value.get(property) {
            None => false,
            Some(Json::Bool(flag)) => *flag,
            Some(_) => {
                self.find(Severity::Error, &format!("{path}.{property}"), "true or false is expected");
                false
            }
        }
    }

    fn data_type(&mut self, path: &str, value: &Json) -> DataType {
        let counts = self.flag(path, value, "auto_increment");
        let length = match value.get("max_length") {
            None => None,
            Some(Json::Number(length)) if (1.0..=10_485_760.0).contains(length) && length.fract() == 0.0 => {
                Some(*length)
            }
            Some(_) => {
                self.find(Severity::Error, &format!("{path}.max_length"), "a whole number from 1 on is expected");
                None
            }
        };
        let name = match value.get("type").map(Json::text) {
            Some(Some(name)) => name,
            found => {
                let what =
                    if found.is_some() { "a text is expected" } else { "this property is missing: String is taken" };
                self.find(Severity::Error, &format!("{path}.type"), what);
                "String"
            }
        };
        let text = match (name, length) {
            ("Number", _) if counts => "serial".to_owned(),
            ("Number", _) => "integer".to_owned(),
            ("String", Some(length)) => format!("varchar({length})"),
            ("String", None) => "text".to_owned(),
            ("Boolean", _) => "boolean".to_owned(),
            ("DateTime", _) => "timestamptz".to_owned(),
            ("JSON_OBJECT", _) => "jsonb".to_owned(),
            // Kept under its own name.
            (other, _) => format!("\"{}\"", other.replace('"', "\"\"")),
        };
        let text_type = || DataType::of(schema::BaseType::Text);
        DataType::parse_wide(&text).unwrap_or_else(|error| {
            self.find(Severity::Error, &format!("{path}.type"), &format!("{error}: String is taken"));
            text_type()
        })
    }

    fn indexes(&mut self, table: &mut Table, path: &str, (id, name): (ColumnId, Name), value: &Json) {
        if self.flag(path, value, "indexable") {
            let index = Index {
                id: IndexId::from_u128((self.next_id)()),
                name: Name::derive(&[table.name.as_str(), name.as_str()], "idx"),
                unique: false,
                parts: Index::parts_of(&[id]),
                options: Default::default(),
            };
            table.indexes.push(index);
        }
        if self.flag(path, value, "fts") {
            let text = format!("to_tsvector('simple', \"{}\")", name.as_str().replace('"', "\"\""));
            let (Ok(words), Ok(gin)) = (Expression::parse_wide(&text), Name::parse("gin")) else { return };
            let part = IndexPart { of: PartOf::Expression(Formula::bind(&words, table)), ..IndexPart::column(id) };
            let mut index = Index {
                id: IndexId::from_u128((self.next_id)()),
                name: Name::derive(&[table.name.as_str(), name.as_str()], "fts"),
                unique: false,
                parts: vec![part],
                options: Default::default(),
            };
            index.options.method = Some(gin);
            table.indexes.push(index);
        }
    }

    fn lead(&mut self, table: TableId, path: &str, column: ColumnId, value: &Json) {
        let Some(lead) = value.get("foreign_key") else { return };
        let path = format!("{path}.foreign_key");
        let text = |property: &str| lead.get(property).and_then(Json::text).map(ToOwned::to_owned);
        match (text("of"), text("key")) {
            (Some(of), Some(key)) => self.leads.push((path.clone(), table, column, of, key)),
            (None, _) => self.find(Severity::Error, &format!("{path}.of"), "the name of a table is expected"),
            (_, None) => self.find(Severity::Error, &format!("{path}.key"), "the name of a field is expected"),
        }
        for (property, _) in lead.fields().unwrap_or_default() {
            if !["of", "key"].contains(&property.as_str()) {
                self.find(Severity::Warning, &format!("{path}.{property}"), "this property is not known, and not kept");
            }
        }
    }

    fn references(&mut self) {
        for (path, referencing, column, of, key) in std::mem::take(&mut self.leads) {
            let id = Name::parse(&of).ok().and_then(|of| self.called.get(&of));
            let target = id.and_then(|id| self.schema.tables.get(id)).cloned();
            let Some(target) = target else {
                self.find(Severity::Error, &format!("{path}.of"), &format!("there is no table {of}"));
                continue;
            };
            let Some(referenced) = target.column_named(&key) else {
                self.find(Severity::Error, &format!("{path}.key"), &format!("{of} has no field {key}"));
                continue;
            };
            let id = ReferenceId::from_u128((self.next_id)());
            let names =
                self.schema.table(referencing).and_then(|table| Some((&table.name, &table.column(column)?.name)));
            let Some((table, name)) = names else { continue };
            let reference = Reference {
                id,
                name: Name::derive(&[table.as_str(), name.as_str()], "fkey"),
                referencing,
                referenced: target.id,
                pairs: vec![ColumnPair { referencing: column, referenced: referenced.id }],
                on_delete: ReferentialAction::NoAction,
                on_update: ReferentialAction::NoAction,
                options: Default::default(),
            };
            self.schema.references.insert(id, Arc::new(reference));
        }
    }
}
