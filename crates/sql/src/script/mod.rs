//! What a file says, statement by statement, before anything is made of it.

mod table;

pub use table::*;

use crate::Dialect;
use std::fmt;
use std::ops::Range;

/// A file that has been read.
#[derive(Debug, Clone)]
pub struct Script {
    /// The dialect it was read as.
    pub dialect: Dialect,
    /// Every statement and client line, in order.
    pub statements: Vec<Statement>,
}

/// One statement.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    /// The line that it begins in, from 1.
    pub line: u32,
    /// The schema of its names, where it is part of a `CREATE SCHEMA`.
    pub within: Option<String>,
    /// Whether it is carried out only where it is needed: the text asks first what there is.
    pub guarded: bool,
    /// What it is.
    pub body: Body,
    /// Parts of it that were understood but have no home, or were not understood while the rest was.
    pub left: Vec<Left>,
}

/// A part of a statement that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The line it stands in, from 1.
    pub line: u32,
    /// What was left, in words.
    pub what: String,
    /// Whether it was not understood, and may be part of the schema; otherwise it is known to be something that a
    /// schema has no place for, such as a tablespace.
    pub lost: bool,
}

/// What a statement is.
#[derive(Debug, Clone)]
pub enum Body {
    /// `CREATE TABLE`.
    CreateTable(Box<CreateTable>),
    /// `ALTER TABLE`, and what other dialects say for it.
    AlterTable(AlterTable),
    /// `CREATE INDEX`.
    CreateIndex(Box<CreateIndex>),
    /// `ALTER INDEX … RENAME` and `ATTACH PARTITION`.
    AlterIndex(AlterIndex),
    /// `CREATE TYPE … AS ENUM`.
    CreateEnum(CreateEnum),
    /// `ALTER TYPE … ADD VALUE` and the like.
    AlterEnum(AlterEnum),
    /// `CREATE DOMAIN`, and a type of SQL Server that is another one with a name.
    CreateDomain(Box<CreateDomain>),
    /// `ALTER DOMAIN`.
    AlterDomain(AlterDomain),
    /// `CREATE SCHEMA`.
    CreateSchema(String),
    /// `CREATE SEQUENCE` and `ALTER SEQUENCE`.
    Sequence(Sequence),
    /// `COMMENT ON` and `sp_addextendedproperty`.
    Comment(Comment),
    /// Other names for some objects, one after the other.
    Rename(Vec<Rename>),
    /// `DROP …`.
    Drop(DropObjects),
    /// `SET search_path`, `USE`: where names without a schema are from here on.
    SearchPath(Vec<String>),
    /// A view, function, trigger, policy and so on: kept as it stands.
    Opaque(Opaque),
    /// Rows: no part of a schema.
    Data(&'static str),
    /// Settings, rights, control flow, lines for the client: no part of a schema.
    Session(String),
    /// Something else.
    NotUnderstood {
        /// Why, in words.
        reason: String,
        /// Where, in bytes.
        at: usize,
    },
}

/// A name with the schema that is written before it. Names of databases before that are dropped.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectName {
    /// The schema, if one is written.
    pub schema: Option<String>,
    /// The name, as the database keeps it.
    pub name: String,
}

impl ObjectName {
    /// A name without a schema.
    pub fn bare(name: impl Into<String>) -> Self {
        Self { schema: None, name: name.into() }
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) if !schema.is_empty() => write!(f, "{schema}.{}", self.name),
            Some(_) | None => f.write_str(&self.name),
        }
    }
}

/// An expression as it was written, without comments and line breaks. It is never executed, and becomes part of a
/// schema only by parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql(pub String);

impl fmt::Display for Sql {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// `CREATE INDEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateIndex {
    /// Table.
    pub table: ObjectName,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// ON ONLY: not on the partitions.
    pub only: bool,
    /// What it is.
    pub index: IndexDef,
    /// The statement, for an index that is on no table.
    pub text: String,
}

/// `ALTER INDEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlterIndex {
    /// `RENAME TO`.
    Rename(ObjectName, String),
    /// `parent ATTACH PARTITION child`.
    Attach(ObjectName, ObjectName),
}

/// `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterTable {
    /// Table.
    pub table: ObjectName,
    /// IF EXISTS.
    pub if_exists: bool,
    /// ONLY: not its partitions.
    pub only: bool,
    /// What is done, in order.
    pub actions: Vec<Alteration>,
}

/// One action of `ALTER TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alteration {
    /// ADD COLUMN; true for IF NOT EXISTS.
    AddColumn(Box<ColumnDef>, bool),
    /// DROP COLUMN; true for IF EXISTS.
    DropColumn(String, bool),
    /// MySQL's CHANGE and MODIFY, SQL Server's and Oracle's: the column of that name becomes what is said.
    ReplaceColumn(String, Box<ColumnDef>),
    /// Oracle's MODIFY: what is said changes, the rest stays.
    MergeColumn(Box<ColumnDef>),
    /// ALTER COLUMN … TYPE.
    SetType(String, TypeText),
    /// SET DEFAULT and DROP DEFAULT.
    SetDefault(String, Option<Sql>),
    /// SET NOT NULL and DROP NOT NULL.
    SetNotNull(String, bool),
    /// ADD GENERATED … AS IDENTITY, DROP IDENTITY.
    SetIdentity(String, Option<Identity>),
    /// DROP EXPRESSION, SET EXPRESSION.
    SetGenerated(String, Option<Generated>),
    /// ADD CONSTRAINT.
    AddConstraint(ConstraintDef),
    /// MySQL's ADD INDEX.
    AddIndex(IndexDef),
    /// DROP CONSTRAINT, by name; true for IF EXISTS.
    DropConstraint(String, bool),
    /// Oracle's DROP UNIQUE, by columns.
    DropUnique(Vec<String>),
    /// DROP PRIMARY KEY.
    DropPrimary,
    /// MySQL's DROP INDEX.
    DropIndex(String),
    /// RENAME COLUMN.
    RenameColumn(String, String),
    /// RENAME CONSTRAINT.
    RenameConstraint(String, String),
    /// MySQL's RENAME INDEX.
    RenameIndex(String, String),
    /// RENAME TO.
    RenameTable(ObjectName),
    /// SET SCHEMA.
    SetSchema(String),
    /// ALTER CONSTRAINT: deferrable, deferred.
    AlterConstraint(String, bool, bool),
    /// VALIDATE CONSTRAINT.
    Validate(String),
    /// ATTACH PARTITION, and what of the parent it holds.
    Attach(ObjectName, String),
    /// DETACH PARTITION.
    Detach(ObjectName),
    /// INHERIT (true) and NO INHERIT.
    Inherit(ObjectName, bool),
    /// COMMENT = '…'.
    SetComment(String),
    /// MySQL's `PARTITION BY`.
    PartitionBy(PartitionBy),
    /// PostgreSQL's SET LOGGED (false) and SET UNLOGGED (true).
    SetUnlogged(bool),
    /// PostgreSQL's SET (…) of the table's own settings.
    SetParameters(Vec<Parameter>),
    /// PostgreSQL's RESET (…).
    ResetParameters(Vec<String>),
    /// What else PostgreSQL can set of a table, as written: `REPLICA IDENTITY FULL`.
    Setting(String),
    /// What else PostgreSQL can set of a column, as written: `SET STATISTICS 100`.
    ColumnSetting(String, String),
}

/// `CREATE TYPE … AS ENUM`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateEnum {
    /// Name.
    pub name: ObjectName,
    /// Values, in order.
    pub values: Vec<String>,
}

/// `ALTER TYPE` of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterEnum {
    /// Name.
    pub name: ObjectName,
    /// What is done.
    pub change: EnumChange,
}

/// What is done to an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnumChange {
    /// ADD VALUE.
    Add {
        /// The value.
        value: String,
        /// Beside which one.
        beside: Option<String>,
        /// Before that one rather than after it.
        before: bool,
    },
    /// RENAME VALUE.
    Rename(String, String),
}

/// `CREATE DOMAIN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateDomain {
    /// Name.
    pub name: ObjectName,
    /// The type that it is of.
    pub data_type: TypeText,
    /// NOT NULL.
    pub not_null: bool,
    /// Default.
    pub default: Option<Sql>,
    /// Collation.
    pub collation: Option<ObjectName>,
    /// Checks with their names.
    pub checks: Vec<(Option<String>, Sql)>,
}

/// `ALTER DOMAIN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlterDomain {
    /// Name.
    pub name: ObjectName,
    /// What is done.
    pub change: DomainChange,
}

/// What is done to a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DomainChange {
    /// ADD CONSTRAINT … CHECK; true for NOT VALID.
    AddCheck(Option<String>, Sql, bool),
    /// VALIDATE CONSTRAINT.
    Validate(String),
    /// DROP CONSTRAINT.
    DropCheck(String),
    /// SET DEFAULT, DROP DEFAULT.
    SetDefault(Option<Sql>),
    /// SET NOT NULL, DROP NOT NULL.
    SetNotNull(bool),
}

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Name.
    pub name: ObjectName,
    /// Whether it is made here.
    pub create: bool,
    /// OWNED BY table and column.
    pub owned_by: Option<(ObjectName, String)>,
    /// Other options, as written.
    pub options: String,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// On what.
    pub target: CommentTarget,
    /// The text; none takes a comment away.
    pub text: Option<String>,
}

/// What a comment is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentTarget {
    /// A table.
    Table(ObjectName),
    /// A column.
    Column(ObjectName, String),
    /// A constraint of a table.
    Constraint(ObjectName, String),
    /// An index.
    Index(ObjectName),
    /// A schema.
    Schema(String),
    /// An enum, domain or other type.
    Type(ObjectName),
    /// A constraint of a domain, and the domain.
    DomainConstraint(ObjectName, String),
    /// Something that is kept as text: kind (lower case) and name.
    Other(String, String),
}

/// A new name for a table, type, sequence or schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// Of which kind.
    pub kind: ObjectKind,
    /// The name until now.
    pub from: ObjectName,
    /// The name from now on; with a schema where it moves.
    pub to: ObjectName,
}

/// `DROP`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DropObjects {
    /// Of which kind.
    pub kind: ObjectKind,
    /// Which ones.
    pub names: Vec<ObjectName>,
    /// IF EXISTS.
    pub if_exists: bool,
    /// The table that a trigger, policy or index is on.
    pub table: Option<ObjectName>,
}

/// A kind of object, as far as it matters here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ObjectKind {
    /// Table.
    Table,
    /// Index.
    Index,
    /// Enum, domain or other type.
    Type,
    /// Sequence.
    Sequence,
    /// Schema.
    Schema,
    /// Something that is kept as text, lower case: `view`, `trigger`.
    Other(String),
}

/// A statement that is kept as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opaque {
    /// What it makes, lower case: `view`, `materialized view`, `function`, `trigger`, `policy`, `extension` …
    pub kind: String,
    /// Name, if it has one.
    pub name: Option<ObjectName>,
    /// The table that a trigger, policy or rule is on.
    pub table: Option<ObjectName>,
    /// Whether it changes something that another statement has made.
    pub alters: bool,
    /// OR REPLACE.
    pub replaces: bool,
    /// What a composite type is made of.
    pub fields: Vec<ColumnDef>,
    /// The statement.
    pub text: String,
    /// Where in the text the name begins, in bytes, if it is written without a schema.
    pub bare_at: Option<usize>,
    /// The line that it begins in, from 1.
    pub line: u32,
}
