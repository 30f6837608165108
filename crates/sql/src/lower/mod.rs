//! From a catalog to the model that the rest of the program works on, with a list of what the model has no place for.

mod expression;
mod types;

use crate::Dialect;
use crate::catalog::{self, Catalog};
use crate::script::{Action, IdentityKind, IndexPart, ObjectName};
use schema::{
    Check, CheckId, Column, ColumnId, ColumnPair, DataType, Index, IndexId, Key, KeyId, KeyKind, Name, Namespace,
    NamespaceId, Rank, Reference, ReferenceId, ReferentialAction, Schema, Table, TableId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// A schema, and what was left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The schema.
    pub schema: Schema,
    /// What could not be taken over, in words.
    pub left: Vec<LeftOut>,
}

/// Something that the model has no place for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The object it belongs to: `orders`, `orders.total`.
    pub object: String,
    /// What, and what became of it.
    pub what: String,
}

/// Makes a schema of a catalog. Ids come from the caller, who knows where to get them; when there are no more, what is
/// still to be made is left out.
pub fn lower(catalog: &Catalog, ids: &mut dyn Iterator<Item = Uuid>) -> Lowered {
    let mut lowering = Lowering {
        catalog,
        dialect: catalog.dialect,
        ids,
        schema: Schema::default(),
        left: Vec::new(),
        places: catalog.tables.iter().enumerate().map(|(at, table)| (&table.name, at)).collect(),
        domains: catalog
            .domains
            .iter()
            .enumerate()
            .map(|(at, found)| (catalog.dialect.loose_key(&found.name.name), at))
            .collect(),
        namespaces: BTreeMap::new(),
        tables: BTreeMap::new(),
        taken: BTreeSet::new(),
    };
    lowering.run();
    Lowered { schema: lowering.schema, left: lowering.left }
}

struct Lowering<'a> {
    catalog: &'a Catalog,
    dialect: Dialect,
    ids: &'a mut dyn Iterator<Item = Uuid>,
    schema: Schema,
    left: Vec<LeftOut>,
    /// Tables and domains of the catalog by name.
    places: BTreeMap<&'a ObjectName, usize>,
    domains: BTreeMap<String, usize>,
    namespaces: BTreeMap<String, NamespaceId>,
    /// Where each table of the catalog has gone.
    tables: BTreeMap<ObjectName, TableId>,
    /// Names of tables, keys and indexes, which share a space in each namespace.
    taken: BTreeSet<(NamespaceId, String)>,
}

impl Lowering<'_> {
    fn leave(&mut self, object: impl Into<String>, what: impl Into<String>) {
        self.left.push(LeftOut { object: object.into(), what: what.into() });
    }

    fn run(&mut self) {
        let catalog = self.catalog;
        // Tables first, so that no index takes a name that a table needs.
        let mut made = Vec::new();
        for table in catalog.tables.iter().filter(|table| !table.temporary) {
            let Some(namespace) = self.namespace(table.name.schema.as_deref().unwrap_or_default()) else { break };
            let Some(id) = self.ids.next().map(TableId) else { break };
            let name = self.name(&table.name.name);
            let name = self.free(namespace, &name, "table");
            self.tables.insert(table.name.clone(), id);
            made.push((table, id, namespace, name));
        }
        for (table, id, namespace, name) in made {
            if let Some(found) = self.table(table, id, namespace, name) {
                self.schema.tables.insert(id, Arc::new(found));
            }
        }
        for table in catalog.tables.iter().filter(|table| !table.temporary) {
            self.references(table);
        }
        self.without_home();
    }

    /// Kinds of objects that the model does not have.
    fn without_home(&mut self) {
        let catalog = self.catalog;
        for domain in &catalog.domains {
            self.leave(domain.name.to_string(), "a domain: its columns have the type that it is of");
        }
        for found in catalog.enums.iter().filter(|found| found.inline.is_none()) {
            self.leave(found.name.to_string(), "an enum: its columns are text");
        }
        for sequence in &catalog.sequences {
            self.leave(sequence.name.to_string(), "a sequence of no serial column");
        }
        for object in &catalog.objects {
            let name = object.name.as_ref().map(ToString::to_string).unwrap_or_default();
            self.leave(name, format!("{} is kept nowhere yet", with_article(&object.kind)));
        }
    }

    fn namespace(&mut self, schema: &str) -> Option<NamespaceId> {
        let own = schema == self.dialect.default_schema() || schema.is_empty();
        let text = if own { "public".to_owned() } else { self.folded(schema) };
        if let Some(id) = self.namespaces.get(&text) {
            return Some(*id);
        }
        let id = NamespaceId(self.ids.next()?);
        let name = self.name(&text);
        self.schema.namespaces.insert(id, Namespace { id, name });
        self.namespaces.insert(text, id);
        Some(id)
    }

    /// Oracle shouts where nobody has asked it to; PostgreSQL would need quotes for that ever after.
    fn folded(&self, text: &str) -> String {
        let shouts = self.dialect == Dialect::Oracle && !text.chars().any(char::is_lowercase);
        if shouts { text.to_lowercase() } else { text.to_owned() }
    }

    /// A name that the model can hold; one that it cannot is cut.
    fn name(&mut self, text: &str) -> Name {
        let folded = self.folded(text);
        if let Ok(name) = Name::parse(&folded) {
            return name;
        }
        let name = Name::derive(&[&folded], "cut");
        self.leave(folded, format!("its name cannot be kept as it is; it is called {name} now"));
        name
    }

    /// The name, or one like it that nothing else in the namespace has.
    fn free(&mut self, namespace: NamespaceId, name: &Name, of: &str) -> Name {
        let mut found = name.clone();
        let mut pass = 1_u32;
        while !self.taken.insert((namespace, found.as_str().to_owned())) {
            pass += 1;
            found = if pass == 2 && of != "table" {
                Name::derive(&[of], name.as_str())
            } else {
                Name::derive(&[of, name.as_str()], &pass.to_string())
            };
        }
        found
    }

    fn table(&mut self, table: &catalog::Table, id: TableId, namespace: NamespaceId, name: Name) -> Option<Table> {
        let mut columns = Vec::with_capacity(table.columns.len());
        let mut by_name: BTreeMap<&str, ColumnId> = BTreeMap::new();
        let mut names = BTreeSet::new();
        for column in &table.columns {
            let id = ColumnId(self.ids.next()?);
            by_name.insert(&column.name, id);
            let mut own = self.name(&column.name);
            let mut pass = 1;
            while !names.insert(own.clone()) {
                pass += 1;
                own = Name::derive(&[own.as_str()], &pass.to_string());
            }
            columns.push(self.column(table, column, id, own, Rank::nth(columns.len())));
        }
        let mut made = Table {
            id,
            namespace,
            name,
            note: table.comment.clone().filter(|note| !note.is_empty()),
            columns,
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
        };
        self.keys(table, &mut made, &by_name);
        self.checks(table, &mut made);
        self.indexes(table, &mut made, &by_name);
        self.table_without_home(table);
        made.keys.sort_by_key(|key| key.id);
        made.checks.sort_by_key(|check| check.id);
        made.indexes.sort_by_key(|index| index.id);
        Some(made)
    }

    fn table_without_home(&mut self, table: &catalog::Table) {
        let label = table.name.to_string();
        for exclusion in &table.exclusions {
            self.leave(label.clone(), format!("the exclusion constraint {} was left out", exclusion.name));
        }
        if let Some(how) = &table.partition_by {
            self.leave(label.clone(), format!("that it is partitioned by {how} was left out"));
        }
        if let Some((parent, bound)) = &table.partition_of {
            self.leave(label.clone(), format!("it is a table of its own now, no partition of {parent} {bound}"));
        }
        for parent in &table.inherits {
            self.leave(label.clone(), format!("it has the columns of {parent}, and inherits from it no more"));
        }
    }

    fn column(
        &mut self,
        table: &catalog::Table,
        column: &catalog::Column,
        id: ColumnId,
        name: Name,
        rank: Rank,
    ) -> Column {
        let label = format!("{}.{}", table.name, column.name);
        let sequence = column.default.as_ref().and_then(|value| crate::build::sequence_of(value, self.dialect));
        let counts = column.serial || column.identity.is_some() || sequence.is_some();
        let mut data_type = self.data_type(column, &label);
        let mut counted = false;
        if counts {
            match types::serial(&data_type) {
                Some(serial) => {
                    data_type = serial;
                    counted = true;
                    if let Some(sequence) = sequence.filter(|_| !column.serial) {
                        self.leave(
                            label.clone(),
                            format!("its numbers come from a sequence of its own, no more from {sequence}"),
                        );
                    }
                    if column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::Always) {
                        self.leave(label.clone(), "an identity column: a serial one now, which may be written");
                    }
                }
                None => self.leave(label.clone(), "its numbers do not come from the database any more"),
            }
        }
        let mut default = None;
        if let Some(value) = column.default.as_ref().filter(|_| !counted) {
            match expression::default_value(value, &data_type, self.dialect) {
                Ok(value) => default = value,
                Err(reason) => self.leave(label.clone(), format!("its default {value} was left out: {reason}")),
            }
        }
        if let Some(generated) = &column.generated {
            self.leave(label.clone(), format!("that it is computed as {} was left out", generated.expression));
        }
        if let Some(value) = &column.on_update {
            self.leave(label.clone(), format!("that an update sets it to {value} was left out"));
        }
        if let Some(collation) = &column.collation {
            self.leave(label, format!("its collation {collation} was left out"));
        }
        let nullable = !column.not_null && !counted;
        let note = column.comment.clone().filter(|note| !note.is_empty());
        Column { id, rank, name, data_type, nullable, default, note, generation: None, collation: None }
    }

    fn data_type(&mut self, column: &catalog::Column, label: &str) -> DataType {
        let written = column.data_type.as_ref();
        let domain = written.and_then(|written| self.domains.get(&self.dialect.loose_key(&written.name)));
        let domain = domain.and_then(|at| self.catalog.domains.get(*at));
        let (written, type_name) = match domain {
            Some(domain) => (Some(&domain.data_type), domain.type_name.as_str()),
            None => (column.data_type.as_ref(), column.type_name.as_str()),
        };
        match types::of(written, type_name, self.dialect) {
            Ok(data_type) => data_type,
            Err(fallback) => {
                self.leave(label, format!("it is of type {fallback} now, not {type_name}"));
                fallback
            }
        }
    }

    /// The ids of the columns that these parts are, if they are nothing else.
    fn plain(parts: &[IndexPart], by_name: &BTreeMap<&str, ColumnId>) -> Option<Vec<ColumnId>> {
        let columns: Option<Vec<ColumnId>> =
            parts.iter().map(|part| part.as_column().and_then(|name| by_name.get(name)).copied()).collect();
        columns.filter(|columns| !columns.is_empty())
    }

    fn keys(&mut self, table: &catalog::Table, made: &mut Table, by_name: &BTreeMap<&str, ColumnId>) {
        for key in &table.keys {
            let Some(columns) = Self::plain(&key.parts, by_name) else {
                self.leave(
                    table.name.to_string(),
                    format!("the key {} was left out: it is not over columns alone", key.name),
                );
                continue;
            };
            let Some(id) = self.ids.next().map(KeyId) else { return };
            let is_my = self.dialect.is_my() && key.primary;
            let name = if is_my { Name::derive(&[made.name.as_str()], "pkey") } else { self.name(&key.name) };
            let name = self.free(made.namespace, &name, made.name.as_str());
            let kind = if key.primary { KeyKind::Primary } else { KeyKind::Unique };
            if key.deferrable {
                self.leave(table.name.to_string(), format!("that the key {name} is deferrable was left out"));
            }
            made.keys.push(Key { id, name, kind, columns, options: Default::default() });
        }
    }

    fn checks(&mut self, table: &catalog::Table, made: &mut Table) {
        let mut names = BTreeSet::new();
        for check in &table.checks {
            let is_column = |word: &str| {
                let column = table.columns.iter().position(|column| self.dialect.same(&column.name, word))?;
                made.columns.get(column).map(|column| column.name.as_str().to_owned())
            };
            match expression::check(&check.expression, self.dialect, is_column) {
                Ok(expression) => {
                    let Some(id) = self.ids.next().map(CheckId) else { return };
                    let mut name = self.name(&check.name);
                    while !names.insert(name.clone()) {
                        name = Name::derive(&[name.as_str()], "2");
                    }
                    made.checks.push(Check { id, name, expression, options: Default::default() });
                }
                Err(reason) => {
                    let what = format!("the check {} ({}) was left out: {reason}", check.name, check.expression);
                    self.leave(table.name.to_string(), what);
                }
            }
        }
    }

    fn indexes(&mut self, table: &catalog::Table, made: &mut Table, by_name: &BTreeMap<&str, ColumnId>) {
        for index in &table.indexes {
            let reason = if index.predicate.is_some() {
                Some("it is of some rows only")
            } else if index.method.as_deref().is_some_and(|method| !matches!(method, "btree" | "hash" | "bitmap")) {
                Some("it is of another kind")
            } else {
                None
            };
            let columns = Self::plain(&index.parts, by_name);
            let (None, Some(columns)) = (reason, columns) else {
                let reason = reason.unwrap_or("it is not over columns alone");
                self.leave(table.name.to_string(), format!("the index {} was left out: {reason}", index.name));
                continue;
            };
            let Some(id) = self.ids.next().map(IndexId) else { return };
            let name = self.name(&index.name);
            let name = self.free(made.namespace, &name, made.name.as_str());
            made.indexes.push(Index {
                id,
                name,
                unique: index.unique,
                parts: Index::parts_of(&columns),
                options: Default::default(),
            });
        }
    }

    fn references(&mut self, table: &catalog::Table) {
        let Some(id) = self.tables.get(&table.name).copied() else { return };
        let Some(referencing) = self.schema.tables.get(&id).cloned() else { return };
        let mut names: BTreeSet<Name> = referencing.checks.iter().map(|check| check.name.clone()).collect();
        names.extend(referencing.keys.iter().map(|key| key.name.clone()));
        for reference in &table.references {
            let target = self.tables.get(&reference.table).and_then(|id| self.schema.tables.get(id)).cloned();
            let pairs = target.as_ref().and_then(|target| self.pairs(table, &referencing, reference, target));
            let (Some(target), Some(pairs)) = (target, pairs) else {
                let what = format!("{} was left out: what it references is not there", reference.name);
                self.leave(table.name.to_string(), what);
                continue;
            };
            let Some(own) = self.ids.next().map(ReferenceId) else { return };
            let mut name = self.name(&reference.name);
            while !names.insert(name.clone()) {
                name = Name::derive(&[name.as_str()], "2");
            }
            if reference.deferrable {
                self.leave(table.name.to_string(), format!("that {name} is deferrable was left out"));
            }
            let made = Reference {
                id: own,
                name,
                referencing: id,
                referenced: target.id,
                pairs,
                on_delete: action(reference.on_delete),
                on_update: action(reference.on_update),
                options: Default::default(),
            };
            self.schema.references.insert(own, made.into());
        }
    }

    fn pairs(
        &self,
        table: &catalog::Table,
        referencing: &Table,
        reference: &catalog::Reference,
        target: &Table,
    ) -> Option<Vec<ColumnPair>> {
        if reference.columns.is_empty() || reference.columns.len() != reference.referenced.len() {
            return None;
        }
        let known = self.catalog.tables.get(*self.places.get(&reference.table)?)?;
        let at = |columns: &[catalog::Column], name: &str| columns.iter().position(|column| column.name == name);
        let pairs = reference.columns.iter().zip(&reference.referenced).map(|(from, to)| {
            let from = referencing.columns.get(at(&table.columns, from)?)?.id;
            let to = target.columns.get(at(&known.columns, to)?)?.id;
            Some(ColumnPair { referencing: from, referenced: to })
        });
        pairs.collect()
    }
}

fn action(action: Action) -> ReferentialAction {
    match action {
        Action::NoAction => ReferentialAction::NoAction,
        Action::Restrict => ReferentialAction::Restrict,
        Action::Cascade => ReferentialAction::Cascade,
        Action::SetNull => ReferentialAction::SetNull,
        Action::SetDefault => ReferentialAction::SetDefault,
    }
}

fn with_article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o']);
    if vowel { format!("an {kind}") } else { format!("a {kind}") }
}
