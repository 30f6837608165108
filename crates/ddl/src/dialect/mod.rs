//! A schema as a script of MySQL, MariaDB, SQLite, SQL Server or Oracle. What the dialect has no equal for is written
//! as near as it can be, or left out, and said in a note.

mod calls;
mod cascade;
mod columns;
mod comments;
mod defaults;
mod expression;
mod indexes;
mod mysql;
mod names;
mod oracle;
mod pattern;
mod references;
mod rules;
mod sql_server;
mod sqlite;
mod tables;
mod types;

use crate::render::tables_referenced_first;
use names::Names;
use rules::{Namespaces, Rules};
use schema::{ColumnId, ObjectId, Opaque, Reference, ReferencesByTable, Schema, Table, TableId, TypeDefinition};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use types::ColumnType;

/// Whose SQL a script is in; PostgreSQL's is [`export`](crate::export).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// MySQL, from 8.0.16 on, which is the first that keeps checks.
    MySql,
    /// MariaDB, from 10.7 on.
    MariaDb,
    /// SQLite, from 3.31 on.
    Sqlite,
    /// SQL Server, from 2017 on.
    SqlServer,
    /// Oracle, from 12.2 on.
    Oracle,
}

impl Dialect {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 5] = [Self::MySql, Self::MariaDb, Self::Sqlite, Self::SqlServer, Self::Oracle];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
            Self::Sqlite => "SQLite",
            Self::SqlServer => "SQL Server",
            Self::Oracle => "Oracle",
        }
    }

    fn rules(self) -> &'static Rules {
        match self {
            Self::MySql => &mysql::MYSQL,
            Self::MariaDb => &mysql::MARIADB,
            Self::Sqlite => &sqlite::RULES,
            Self::SqlServer => &sql_server::RULES,
            Self::Oracle => &oracle::RULES,
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A schema in another dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// The statements.
    pub text: String,
    /// What they do not say, or say otherwise, in the order of the script.
    pub notes: Vec<Note>,
}

/// Something that the dialect has no equal for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// What it is about: `orders`, `orders.status`; empty for all of it.
    pub object: String,
    /// What there is no equal for, and what became of it.
    pub what: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.object.as_str() {
            "" => f.write_str(&self.what),
            object => write!(f, "{object}: {}", self.what),
        }
    }
}

/// The schema as a script for an empty database of the dialect: tables first, their references after, so that cycles
/// load. SQLite has references within its tables, where they may come before what they lead to. The same schema always
/// gives the same bytes.
///
/// ```
/// let shop = schema::sample::shopflow();
/// let script = ddl::export_as(&shop, ddl::Dialect::SqlServer);
/// assert!(script.text.starts_with("CREATE TABLE [users] (\n    [id] INT IDENTITY(1,1) NOT NULL,\n"));
/// ```
pub fn export_as(schema: &Schema, dialect: Dialect) -> Script {
    let rules = dialect.rules();
    let mut notes = Vec::new();
    let references = ReferencesByTable::of(schema);
    let names = Names::new(schema, &references, rules, &mut notes);
    let (types, outgoing) = (BTreeMap::new(), BTreeMap::new());
    let mut writer = Writer { schema, references, rules, names, types, outgoing, notes };
    writer.types = types::of_columns(&mut writer);
    let text = writer.script();
    Script { text, notes: writer.notes }
}

/// What every statement is made with.
struct Writer<'a> {
    schema: &'a Schema,
    references: ReferencesByTable<'a>,
    rules: &'static Rules,
    names: Names,
    types: BTreeMap<(TableId, ColumnId), ColumnType>,
    /// What is written of references, by the table that holds them.
    outgoing: BTreeMap<TableId, Vec<references::Written>>,
    notes: Vec<Note>,
}

impl<'a> Writer<'a> {
    fn note(&mut self, object: ObjectId, what: impl Into<String>) {
        self.notes.push(Note { object: label(self.schema, object), what: what.into() });
    }

    fn note_all(&mut self, what: impl Into<String>) {
        self.notes.push(Note { object: String::new(), what: what.into() });
    }

    fn quote(&self, name: &str) -> String {
        (self.rules.quote)(name)
    }

    /// The table's name as a statement has it.
    fn table(&self, table: TableId) -> String {
        self.names.table(self.rules, table)
    }

    fn column(&self, table: TableId, column: ColumnId) -> String {
        self.quote(self.names.column(table, column))
    }

    fn columns(&self, table: TableId, columns: &[ColumnId]) -> String {
        columns.iter().map(|column| self.column(table, *column)).collect::<Vec<_>>().join(", ")
    }

    fn script(&mut self) -> String {
        let tables = self.tables_in_order();
        self.types_of_its_own();
        self.settle_references(&tables);
        let mut parts = vec![self.beginning()];
        for table in &tables {
            parts.push(format!("{};\n", self.create_table(table)));
        }
        let mut indexes = String::new();
        for table in &tables {
            for statement in self.create_indexes(table) {
                indexes.push_str(&format!("{statement};\n"));
            }
        }
        parts.push(indexes);
        if !self.rules.references_within {
            for table in &tables {
                for written in self.outgoing.get(&table.id).into_iter().flatten() {
                    parts.push(format!(
                        "ALTER TABLE {} ADD CONSTRAINT {}\n    {};\n",
                        self.table(table.id),
                        self.quote(&written.name),
                        written.clause
                    ));
                }
            }
        }
        parts.push(self.comments(&tables));
        self.opaque();
        parts.retain(|part| !part.is_empty());
        parts.join("\n")
    }

    /// Tables that are written, each behind those that it references as far as that is possible.
    fn tables_in_order(&mut self) -> Vec<&'a Table> {
        let mut outgoing: BTreeMap<TableId, Vec<&Reference>> = BTreeMap::new();
        for reference in self.schema.references.values() {
            outgoing.entry(reference.referencing).or_default().push(reference);
        }
        let mut tables = tables_referenced_first(self.schema, &outgoing);
        for table in &tables {
            self.table_itself(table);
        }
        tables.retain(|table| is_written(table));
        tables
    }

    /// What there is to say about a table as a whole.
    fn table_itself(&mut self, table: &Table) {
        let object = ObjectId::Table(table.id);
        let dialect = self.rules.dialect;
        if let Some(partition) = &table.options.partition {
            let parent = self.schema.label(ObjectId::Table(partition.parent)).unwrap_or_default();
            self.note(object, format!("a partition of {parent}: left out, as its rows go to {parent} itself"));
            return;
        }
        if table.columns.is_empty() {
            self.note(object, format!("it has no column, which {dialect} does not allow: left out"));
            return;
        }
        if table.options.partitioning.is_some() {
            self.note(object, "that it is partitioned was left out: all rows are in the table itself");
        }
        for parent in &table.options.inherits {
            let parent = self.schema.label(ObjectId::Table(*parent)).unwrap_or_default();
            self.note(object, format!("it has the columns of {parent}, and inherits from it no more"));
        }
        if table.options.unlogged {
            self.note(object, "that it is unlogged was left out");
        }
        if !table.options.parameters.is_empty() {
            self.note(object, "its storage settings were left out");
        }
    }

    fn beginning(&mut self) -> String {
        let mut text = self.rules.beginning.to_owned();
        if self.rules.namespaces != Namespaces::Prefix {
            for name in self.names.namespaces() {
                text.push_str(&self.rules.create_namespace.replace("{}", &self.quote(name)));
            }
        }
        for what in self.rules.notes {
            self.note_all(*what);
        }
        text
    }

    fn types_of_its_own(&mut self) {
        for it in self.schema.types_in_order() {
            let what = match (&it.definition, self.rules.enums) {
                (TypeDefinition::Enum(_), true) => "an enum: each of its columns has an ENUM of its own",
                (TypeDefinition::Enum(_), false) => "an enum: its columns are texts with a check",
                (TypeDefinition::Domain(_), _) => "a domain: its columns have its type, default and checks themselves",
            };
            self.note(ObjectId::Type(it.id), what);
        }
    }

    fn opaque(&mut self) {
        let mut all: Vec<&Opaque> = self.schema.opaque.values().map(AsRef::as_ref).collect();
        all.sort_by_key(|it| (it.kind, it.rank, it.id));
        for it in all {
            let kind = it.kind.words();
            let article = if kind.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
            self.note(ObjectId::Opaque(it.id), format!("{article} {kind} in PostgreSQL's words: left out"));
        }
    }
}

/// Partitions are not, as their table holds all rows, nor is what no other database could make.
fn is_written(table: &Table) -> bool {
    table.options.partition.is_none() && !table.columns.is_empty()
}

/// The tables that are there in the end, for what looks from one to another.
fn written_tables(schema: &Schema) -> BTreeSet<TableId> {
    schema.tables.values().filter(|table| is_written(table)).map(|table| table.id).collect()
}

/// What the object is called, behind its table: `orders.status`, `orders.orders_user_id_fkey`.
fn label(schema: &Schema, object: ObjectId) -> String {
    let own = schema.label(object).unwrap_or_default();
    let table = match object {
        ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => Some(table),
        ObjectId::Reference(id) => schema.references.get(&id).map(|reference| reference.referencing),
        ObjectId::Namespace(_)
        | ObjectId::Table(_)
        | ObjectId::Column(..)
        | ObjectId::Type(_)
        | ObjectId::Opaque(_)
        | ObjectId::Annotation(_) => None,
    };
    match table.and_then(|table| schema.label(ObjectId::Table(table))) {
        Some(table) => format!("{table}.{own}"),
        None => own,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::testing::schema_from;

    /// What is in the script, and what is not; and how many notes there are on the object.
    fn check(dialect: Dialect, text: &str, (there, absent): (&[&str], &[&str]), (object, count): (&str, usize)) {
        let script = export_as(&schema_from(text), dialect);
        for words in there {
            assert!(script.text.contains(words), "{words} in\n{}", script.text);
        }
        for words in absent {
            assert!(!script.text.contains(words), "{words} in\n{}", script.text);
        }
        let found = script.notes.iter().filter(|note| note.object == object).count();
        assert_eq!(found, count, "{object}: {:?}", script.notes);
    }

    #[test]
    fn schemas_that_are_there_already_are_not_made() {
        let text = "dbo.a\n  id integer!\na\n  id integer!\nshop.b\n  id integer!\nsys.c\n  id integer!\n";
        let there =
            ["CREATE TABLE [a] (", "CREATE TABLE [a_2] (", "CREATE SCHEMA [shop]", "CREATE TABLE [sys_2].[c] ("];
        check(Dialect::SqlServer, text, (&there, &["CREATE SCHEMA [dbo]", "CREATE SCHEMA [sys]"]), ("sys", 1));
        check(Dialect::MySql, text, (&["CREATE TABLE `dbo_a` (", "CREATE TABLE `a` ("], &[]), ("sys", 0));
    }

    #[test]
    fn an_empty_label_is_null_in_oracle() {
        let mut schema = schema_from("enum mood: sad, glad\nt\n  a mood\n  b mood!\n");
        for it in schema.types.values_mut() {
            if let TypeDefinition::Enum(labels) = &mut it.definition {
                labels[1].text.clear();
            }
        }
        for (dialect, expect, count) in
            [(Dialect::Oracle, "CHECK (a IN ('sad'))", 1), (Dialect::SqlServer, "CHECK ([a] IN (N'sad', N''))", 0)]
        {
            let script = export_as(&schema, dialect);
            assert!(script.text.contains(expect), "{}", script.text);
            let of_b = script.notes.iter().filter(|note| note.object == "t.b" && note.what.contains("empty label"));
            assert_eq!(of_b.count(), count, "{:?}", script.notes);
        }
    }
}
