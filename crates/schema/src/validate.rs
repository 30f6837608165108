//! What PostgreSQL would refuse, found before asking it.

use crate::{Column, ColumnId, Expression, Key, KeyKind, Name, ObjectId, Reference, ReferentialAction, Schema, Table};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Cannot be committed.
    Error,
    /// Can be committed, and is likely to hurt later.
    Warning,
}

/// Which rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Two namespaces, tables, keys, indexes, columns or constraints share a name where PostgreSQL wants it unique.
    DuplicateName,
    /// An object stands in, or mentions, something that is not there.
    Dangling,
    /// A key, index or reference has no columns.
    NoColumns,
    /// A key, index or reference names a column twice.
    RepeatedColumn,
    /// A table has two primary keys.
    TwoPrimaryKeys,
    /// The type has no equality or order that a key could use.
    NoKeyType,
    /// The referenced columns are not those of a primary key, unique constraint or unique index.
    NotAKey,
    /// The two columns of a pair cannot be compared.
    TypesDiffer,
    /// SET NULL over a column that is NOT NULL.
    SetNullOnNotNull,
    /// A default or check mentions a column that it may not.
    UnknownColumn,
    /// A serial column with a default or that may be NULL.
    SerialDefault,
}

/// A finding about one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The rule.
    pub code: Code,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about.
    pub object: ObjectId,
    /// The finding and the way out, in the schema's own names.
    pub message: String,
}

/// Checks the whole schema. An empty answer, or one of warnings only, means that PostgreSQL will take it.
pub fn validate(schema: &Schema) -> Vec<Diagnostic> {
    let mut findings = Findings { schema, list: Vec::new() };
    findings.namespaces();
    findings.relation_names();
    for table in schema.tables.values() {
        findings.columns(table);
        findings.keys(table);
        findings.indexes(table);
        findings.checks(table);
        findings.constraint_names(table);
    }
    for reference in schema.references.values() {
        findings.reference(reference);
    }
    findings.list
}

struct Findings<'a> {
    schema: &'a Schema,
    list: Vec<Diagnostic>,
}

impl Findings<'_> {
    fn error(&mut self, code: Code, object: ObjectId, message: String) {
        self.list.push(Diagnostic { code, severity: Severity::Error, object, message });
    }

    fn namespaces(&mut self) {
        let mut seen = BTreeSet::new();
        for namespace in self.schema.namespaces.values() {
            let object = ObjectId::Namespace(namespace.id);
            if !seen.insert(&namespace.name) {
                self.error(Code::DuplicateName, object, format!("there are two schemas called {}", namespace.name));
            }
            if namespace.name.as_str().starts_with("pg_") {
                let message = format!("{}: names that begin with pg_ are PostgreSQL's own", namespace.name);
                self.error(Code::DuplicateName, object, message);
            }
        }
    }

    /// Tables, the indexes behind keys and plain indexes share one space of names in each namespace.
    fn relation_names(&mut self) {
        let mut seen: BTreeMap<_, BTreeSet<&Name>> = BTreeMap::new();
        let mut clashes = Vec::new();
        for table in self.schema.tables.values() {
            if !self.schema.namespaces.contains_key(&table.namespace) {
                clashes.push((Code::Dangling, ObjectId::Table(table.id), format!("{} is in no schema", table.name)));
            }
            let names = seen.entry(table.namespace).or_default();
            let keys = table.keys.iter().map(|key| (ObjectId::Key(table.id, key.id), &key.name));
            let indexes = table.indexes.iter().map(|index| (ObjectId::Index(table.id, index.id), &index.name));
            let own = std::iter::once((ObjectId::Table(table.id), &table.name));
            for (object, name) in own.chain(keys).chain(indexes) {
                if !names.insert(name) {
                    let message = format!("the name {name} is taken; tables, keys and indexes of a schema share names");
                    clashes.push((Code::DuplicateName, object, message));
                }
            }
        }
        for (code, object, message) in clashes {
            self.error(code, object, message);
        }
    }

    fn columns(&mut self, table: &Table) {
        let mut seen = BTreeSet::new();
        for column in &table.columns {
            let object = ObjectId::Column(table.id, column.id);
            if !seen.insert(&column.name) {
                let message = format!("{} has two columns called {}", table.name, column.name);
                self.error(Code::DuplicateName, object, message);
            }
            if SYSTEM_COLUMNS.contains(&column.name.as_str()) {
                let message =
                    format!("{}.{}: every table already has a hidden column of that name", table.name, column.name);
                self.error(Code::DuplicateName, object, message);
            }
            self.default_value(table, column);
        }
    }

    fn default_value(&mut self, table: &Table, column: &Column) {
        let object = ObjectId::Column(table.id, column.id);
        let Some(default) = &column.default else {
            if column.data_type.base().has_sequence() && column.nullable && !table.in_primary_key(column.id) {
                let message = format!("{}.{} is {}, which is never NULL", table.name, column.name, column.data_type);
                self.error(Code::SerialDefault, object, message);
            }
            return;
        };
        if column.data_type.base().has_sequence() {
            let message =
                format!("{}.{} is {}, which has a default of its own", table.name, column.name, column.data_type);
            self.error(Code::SerialDefault, object, message);
        }
        if let Some(name) = default.columns().into_iter().next() {
            let message = format!("the default of {}.{} cannot use a column ({name})", table.name, column.name);
            self.error(Code::UnknownColumn, object, message);
        }
    }

    fn keys(&mut self, table: &Table) {
        let mut primary = 0;
        for key in &table.keys {
            let object = ObjectId::Key(table.id, key.id);
            primary += usize::from(key.kind == KeyKind::Primary);
            if key.kind == KeyKind::Primary && primary == 2 {
                self.error(Code::TwoPrimaryKeys, object, format!("{} has two primary keys", table.name));
            }
            self.column_list(table, object, &key.name, &key.columns);
        }
    }

    fn indexes(&mut self, table: &Table) {
        for index in &table.indexes {
            self.column_list(table, ObjectId::Index(table.id, index.id), &index.name, &index.columns);
        }
    }

    fn column_list(&mut self, table: &Table, object: ObjectId, name: &Name, columns: &[ColumnId]) {
        if columns.is_empty() {
            self.error(Code::NoColumns, object, format!("{name} has no columns"));
        }
        if columns.len() > 32 {
            self.error(Code::RepeatedColumn, object, format!("{name} has more than 32 columns"));
        }
        let mut seen = BTreeSet::new();
        for id in columns {
            let Some(column) = table.column(*id) else {
                self.error(Code::Dangling, object, format!("{name} has a column that {} has not", table.name));
                continue;
            };
            if !seen.insert(id) {
                self.error(Code::RepeatedColumn, object, format!("{name} has {} twice", column.name));
            }
            if !column.data_type.base().can_be_key() {
                let message = format!("{name}: a column of type {} cannot be indexed", column.data_type);
                self.error(Code::NoKeyType, object, message);
            }
        }
    }

    fn checks(&mut self, table: &Table) {
        for check in &table.checks {
            if let Some(name) = missing_column(table, &check.expression) {
                let message = format!("{} mentions {name}, which {} has not", check.name, table.name);
                self.error(Code::UnknownColumn, ObjectId::Check(table.id, check.id), message);
            }
        }
    }

    /// Keys, checks and references share one space of names in each table.
    fn constraint_names(&mut self, table: &Table) {
        let mut seen = BTreeSet::new();
        let keys = table.keys.iter().map(|key: &Key| (ObjectId::Key(table.id, key.id), &key.name));
        let checks = table.checks.iter().map(|check| (ObjectId::Check(table.id, check.id), &check.name));
        for (object, name) in keys.chain(checks) {
            if !seen.insert(name) {
                let message = format!("{} has two constraints called {name}", table.name);
                self.error(Code::DuplicateName, object, message);
            }
        }
    }

    fn reference(&mut self, reference: &Reference) {
        let object = ObjectId::Reference(reference.id);
        let tables = (self.schema.table(reference.referencing), self.schema.table(reference.referenced));
        let (Some(referencing), Some(referenced)) = tables else {
            self.error(Code::Dangling, object, format!("{} lacks a table", reference.name));
            return;
        };
        if reference.pairs.is_empty() {
            self.error(Code::NoColumns, object, format!("{} has no columns", reference.name));
            return;
        }
        let mut seen = BTreeSet::new();
        for pair in &reference.pairs {
            let columns = (referencing.column(pair.referencing), referenced.column(pair.referenced));
            let (Some(from), Some(to)) = columns else {
                self.error(Code::Dangling, object, format!("{} lacks a column", reference.name));
                return;
            };
            if !seen.insert(pair.referencing) {
                let message = format!("{} uses {}.{} twice", reference.name, referencing.name, from.name);
                self.error(Code::RepeatedColumn, object, message);
            }
            if !from.data_type.can_reference(&to.data_type) {
                let message = format!(
                    "{}.{} is {} and cannot be compared with {}.{}, which is {}",
                    referencing.name, from.name, from.data_type, referenced.name, to.name, to.data_type
                );
                self.error(Code::TypesDiffer, object, message);
            }
        }
        if !referenced.is_referenceable(&reference.referenced_columns()) {
            let message = format!(
                "{}: {} needs a primary key or unique constraint over exactly {}",
                reference.name,
                self.schema.display_name(referenced),
                column_names(referenced, &reference.referenced_columns())
            );
            self.error(Code::NotAKey, object, message);
        }
        self.set_null(reference, referencing);
        self.reference_name(reference, referencing);
    }

    fn set_null(&mut self, reference: &Reference, table: &Table) {
        let sets_null = [reference.on_delete, reference.on_update].contains(&ReferentialAction::SetNull);
        let fixed = reference.pairs.iter().find(|pair| !table.is_nullable(pair.referencing));
        if let (true, Some(column)) = (sets_null, fixed.and_then(|pair| table.column(pair.referencing))) {
            let message = format!(
                "{}: set null cannot work while {}.{} is NOT NULL; make it nullable or choose another action",
                reference.name, table.name, column.name
            );
            self.error(Code::SetNullOnNotNull, ObjectId::Reference(reference.id), message);
        }
    }

    fn reference_name(&mut self, reference: &Reference, table: &Table) {
        let in_table = table.keys.iter().map(|key| &key.name).chain(table.checks.iter().map(|check| &check.name));
        let taken =
            in_table.into_iter().any(|name| *name == reference.name)
                || self.schema.references.values().any(|other| {
                    other.id < reference.id && other.referencing == table.id && other.name == reference.name
                });
        if taken {
            let message = format!("{} has two constraints called {}", table.name, reference.name);
            self.error(Code::DuplicateName, ObjectId::Reference(reference.id), message);
        }
    }
}

/// Columns that PostgreSQL adds to every table.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

fn missing_column(table: &Table, expression: &Expression) -> Option<Name> {
    expression.columns().into_iter().find(|name| table.column_named(name.as_str()).is_none())
}

fn column_names(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<&str> = columns.iter().filter_map(|id| table.column(*id)).map(|c| c.name.as_str()).collect();
    names.join(", ")
}
