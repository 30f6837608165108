//! What a script makes, by name: the schema as the database would have it after the script.

use crate::Dialect;
use crate::script::{
    Action, Generated, Identity, IndexPart, MatchKind, ObjectName, Opaque, Parameter, PartitionBy, Sql, TypeText,
};

/// All that a script makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// The dialect that it is of.
    pub dialect: Dialect,
    /// Schemas that are made or used, in order.
    pub schemas: Vec<Namespace>,
    /// Tables, in order.
    pub tables: Vec<Table>,
    /// Enums; those that MySQL writes at a column are called after it.
    pub enums: Vec<Enum>,
    /// Domains, and SQL Server's types that are another one with a name.
    pub domains: Vec<Domain>,
    /// Sequences that are made by statements of their own.
    pub sequences: Vec<Sequence>,
    /// Views, functions, triggers and so on, as text.
    pub objects: Vec<Opaque>,
    /// Comments on what is kept as text, as text themselves.
    pub comments: Vec<Opaque>,
    /// What could not be applied, by statement.
    pub diagnostics: Vec<Diagnostic>,
}

/// Something that a script says and that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Which statement of the script.
    pub statement: usize,
    /// The line it begins in.
    pub line: u32,
    /// What is wrong.
    pub message: String,
}

/// A schema: PostgreSQL's, SQL Server's; MySQL's database; Oracle's user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Namespace {
    /// Name; empty where the text does not say it.
    pub name: String,
    /// Comment.
    pub comment: Option<String>,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Its schema and name.
    pub name: ObjectName,
    /// Comment.
    pub comment: Option<String>,
    /// Columns, in order.
    pub columns: Vec<Column>,
    /// Primary key and unique constraints.
    pub keys: Vec<Key>,
    /// Check constraints.
    pub checks: Vec<Check>,
    /// Exclusion constraints.
    pub exclusions: Vec<Exclusion>,
    /// Indexes that are behind no key.
    pub indexes: Vec<Index>,
    /// Foreign keys.
    pub references: Vec<Reference>,
    /// Tables that it inherits from, its partitioned table not among them.
    pub inherits: Vec<ObjectName>,
    /// How it is partitioned.
    pub partition_by: Option<PartitionBy>,
    /// The table that it is a partition of, and what of it it holds.
    pub partition_of: Option<(ObjectName, String)>,
    /// Whether it is gone with the session.
    pub temporary: bool,
    /// Whether its rows are lost in a crash.
    pub unlogged: bool,
    /// PostgreSQL's WITH.
    pub parameters: Vec<Parameter>,
    /// What else is set of it, as ALTER TABLE writes it.
    pub settings: Vec<Setting>,
    /// The statement that makes it.
    pub statement: usize,
    /// The line that it begins in, from 1.
    pub line: u32,
}

/// Something that is set of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Of which column, if of one.
    pub column: Option<String>,
    /// What ALTER TABLE has for it, or ALTER COLUMN.
    pub text: String,
    /// The line of the statement, from 1.
    pub line: u32,
}

impl Table {
    /// The primary key.
    pub fn primary(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.primary)
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Type as it was written; SQLite's and Oracle's columns may have none.
    pub data_type: Option<TypeText>,
    /// Type as the database itself names it: `character varying(20)`, `timestamp with time zone`.
    pub type_name: String,
    /// Whether NULL is refused, a primary key over it taken into account.
    pub not_null: bool,
    /// Default.
    pub default: Option<Sql>,
    /// The name of the default, which SQL Server drops by it.
    pub default_name: Option<String>,
    /// Whether the default takes the next number of a sequence of its own.
    pub serial: bool,
    /// Numbers that the database gives.
    pub identity: Option<Identity>,
    /// What it is computed from.
    pub generated: Option<Generated>,
    /// MySQL's ON UPDATE.
    pub on_update: Option<Sql>,
    /// Collation.
    pub collation: Option<ObjectName>,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// A primary key or unique constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// Whether the name is written.
    pub named: bool,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Its columns with their order.
    pub parts: Vec<IndexPart>,
    /// Columns that its index carries along.
    pub include: Vec<String>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub deferred: bool,
    /// WITHOUT OVERLAPS.
    pub without_overlaps: bool,
    /// PostgreSQL's WITH, for the index behind it.
    pub parameters: Vec<Parameter>,
    /// Whether it comes of the table that this one is a partition of.
    pub inherited: bool,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

impl Key {
    /// The names of its columns.
    pub fn columns(&self) -> Vec<&str> {
        self.parts.iter().filter_map(IndexPart::as_column).collect()
    }
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// Whether the name is written.
    pub named: bool,
    /// What must not be false.
    pub expression: Sql,
    /// Whether rows that were there already were not looked at.
    pub not_valid: bool,
    /// Whether it is switched off.
    pub disabled: bool,
    /// NO INHERIT.
    pub no_inherit: bool,
    /// Whether it comes of another table.
    pub inherited: bool,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// An exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// The kind of index.
    pub method: Option<String>,
    /// What is compared, and with which operator.
    pub elements: Vec<(IndexPart, String)>,
    /// Of which rows.
    pub predicate: Option<Sql>,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub deferred: bool,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// Whether the name is written.
    pub named: bool,
    /// UNIQUE.
    pub unique: bool,
    /// Its kind, if one is written.
    pub method: Option<String>,
    /// Parts, in order.
    pub parts: Vec<IndexPart>,
    /// Columns that it carries along.
    pub include: Vec<String>,
    /// Of which rows.
    pub predicate: Option<Sql>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// PostgreSQL's WITH.
    pub parameters: Vec<Parameter>,
    /// Whether it comes of the table that this one is a partition of.
    pub inherited: bool,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// Whether the name is written.
    pub named: bool,
    /// Columns.
    pub columns: Vec<String>,
    /// The table that is named, with its schema.
    pub table: ObjectName,
    /// Its columns; empty only where they could not be found.
    pub referenced: Vec<String>,
    /// ON DELETE.
    pub on_delete: Action,
    /// The columns of `ON DELETE SET NULL (…)`.
    pub delete_columns: Vec<String>,
    /// ON UPDATE.
    pub on_update: Action,
    /// MATCH.
    pub match_kind: MatchKind,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub deferred: bool,
    /// Whether rows that were there already were not looked at.
    pub not_valid: bool,
    /// Whether it is switched off.
    pub disabled: bool,
    /// Whether it comes of the table that this one is a partition of.
    pub inherited: bool,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its schema and name.
    pub name: ObjectName,
    /// Values, in order.
    pub values: Vec<String>,
    /// Comment.
    pub comment: Option<String>,
    /// The column at which MySQL has it, and whether it is a SET, of which a row may have several.
    pub inline: Option<Inline>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// An enum that is written at its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inline {
    /// ENUM.
    Enum,
    /// SET.
    Set,
}

/// A domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its schema and name.
    pub name: ObjectName,
    /// Type as it was written.
    pub data_type: TypeText,
    /// Type as the database itself names it.
    pub type_name: String,
    /// NOT NULL.
    pub not_null: bool,
    /// Default.
    pub default: Option<Sql>,
    /// Collation.
    pub collation: Option<ObjectName>,
    /// Checks.
    pub checks: Vec<DomainCheck>,
    /// Comment.
    pub comment: Option<String>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}

/// A check of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DomainCheck {
    /// Name: as written, or as the database makes it.
    pub name: String,
    /// What must not be false.
    pub expression: Sql,
    /// Whether values that were there already were not looked at.
    pub not_valid: bool,
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its schema and name.
    pub name: ObjectName,
    /// Options, as written.
    pub options: String,
    /// The table and column that it goes with.
    pub owned_by: Option<(ObjectName, String)>,
    /// The line of the statement that makes it, from 1.
    pub line: u32,
}
