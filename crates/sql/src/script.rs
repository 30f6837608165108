//! What a file says, statement by statement, before anything is made of it.

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

/// A type as it was written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TypeText {
    /// As written, in one line.
    pub text: String,
    /// The schema before a type of one's own.
    pub schema: Option<String>,
    /// The name. Of the dialect's own types it is lower case and in full: `timestamp with time zone`.
    pub name: String,
    /// Whether the name was in quotes, so that it is not one of the dialect's own (SQL Server quotes those, too).
    pub quoted: bool,
    /// What stands in brackets.
    pub args: Vec<String>,
    /// How many times `[]` follows.
    pub dimensions: u8,
    /// MySQL's UNSIGNED (or ZEROFILL, which implies it).
    pub unsigned: bool,
    /// The words of MySQL's ENUM and SET.
    pub values: Vec<String>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnDef {
    /// Name.
    pub name: String,
    /// Type; SQLite needs none, nor does a computed column.
    pub data_type: Option<TypeText>,
    /// Whether NOT NULL (true) or NULL (false) is written.
    pub not_null: Option<bool>,
    /// The default.
    pub default: Option<Sql>,
    /// The name of the constraint that the default is in SQL Server.
    pub default_name: Option<String>,
    /// Numbers that the database gives.
    pub identity: Option<Identity>,
    /// The expression that it is computed from.
    pub generated: Option<Generated>,
    /// MySQL's ON UPDATE CURRENT_TIMESTAMP.
    pub on_update: Option<Sql>,
    /// Collation.
    pub collation: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// Constraints that are written at the column.
    pub constraints: Vec<ConstraintDef>,
    /// Where MySQL's ALTER TABLE puts it.
    pub place: Option<Place>,
}

/// Where a column is put among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    First,
    /// After that one.
    After(String),
}

/// How a column gets its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Which of the dialects' ways it is.
    pub kind: IdentityKind,
    /// Options, such as `START WITH 10`, as written.
    pub options: Option<Sql>,
}

/// The ways to say that the database gives the numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentityKind {
    /// GENERATED ALWAYS AS IDENTITY.
    Always,
    /// GENERATED BY DEFAULT AS IDENTITY.
    ByDefault,
    /// MySQL's AUTO_INCREMENT, SQLite's AUTOINCREMENT.
    AutoIncrement,
    /// SQL Server's IDENTITY(1, 1).
    Seeded,
}

/// A column that is computed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generated {
    /// From what.
    pub expression: Sql,
    /// Whether the value is stored.
    pub stored: bool,
}

/// A constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConstraintDef {
    /// Its name, if one is written.
    pub name: Option<String>,
    /// What it is.
    pub kind: Constraint,
    /// DEFERRABLE.
    pub deferrable: bool,
    /// INITIALLY DEFERRED.
    pub deferred: bool,
    /// NOT VALID, NOCHECK, NOVALIDATE: rows that are there already were not looked at.
    pub not_valid: bool,
    /// DISABLE, NOT ENFORCED: it is not looked at at all.
    pub disabled: bool,
    /// NO INHERIT.
    pub no_inherit: bool,
}

/// What a constraint is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constraint {
    /// PRIMARY KEY.
    Primary(KeyDef),
    /// UNIQUE.
    Unique(KeyDef),
    /// FOREIGN KEY.
    Foreign(Box<ForeignDef>),
    /// CHECK.
    Check(Sql),
    /// EXCLUDE.
    Exclude(Box<ExcludeDef>),
    /// NOT NULL with a name, or as a constraint of the table.
    NotNull(String),
    /// SQL Server's `ADD CONSTRAINT … DEFAULT … FOR column`.
    Default {
        /// The value.
        value: Sql,
        /// The column.
        column: String,
    },
}

/// The columns of a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyDef {
    /// The columns, in order.
    pub parts: Vec<IndexPart>,
    /// Columns that the index carries along.
    pub include: Vec<String>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// The index that it takes over (`USING INDEX name`).
    pub using_index: Option<String>,
    /// WITHOUT OVERLAPS.
    pub without_overlaps: bool,
}

/// A foreign key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignDef {
    /// Columns.
    pub columns: Vec<String>,
    /// The table that is named.
    pub table: ObjectName,
    /// Its columns; empty when none are written: its primary key then.
    pub referenced: Vec<String>,
    /// ON DELETE.
    pub on_delete: Action,
    /// The columns of `ON DELETE SET NULL (…)`.
    pub delete_columns: Vec<String>,
    /// ON UPDATE.
    pub on_update: Action,
    /// MATCH.
    pub match_kind: MatchKind,
}

/// What a foreign key does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Action {
    /// NO ACTION, or nothing.
    #[default]
    NoAction,
    /// RESTRICT.
    Restrict,
    /// CASCADE.
    Cascade,
    /// SET NULL.
    SetNull,
    /// SET DEFAULT.
    SetDefault,
}

/// How NULLs are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MatchKind {
    /// MATCH SIMPLE, or nothing.
    #[default]
    Simple,
    /// MATCH FULL.
    Full,
    /// MATCH PARTIAL.
    Partial,
}

/// An exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExcludeDef {
    /// The kind of index.
    pub method: Option<String>,
    /// What is compared, and with which operator.
    pub elements: Vec<(IndexPart, String)>,
    /// Of which rows.
    pub predicate: Option<Sql>,
}

/// One part of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexPart {
    /// A column or an expression.
    pub key: PartKey,
    /// Collation.
    pub collation: Option<String>,
    /// PostgreSQL's operator class with its options.
    pub class: Option<String>,
    /// DESC.
    pub descending: bool,
    /// NULLS FIRST (true) or LAST (false).
    pub nulls_first: Option<bool>,
    /// How many characters MySQL takes of it.
    pub prefix: Option<u32>,
}

/// What a part of an index is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartKey {
    /// A column.
    Column(String),
    /// An expression.
    Expression(Sql),
}

impl IndexPart {
    /// A plain column.
    pub fn column(name: impl Into<String>) -> Self {
        let key = PartKey::Column(name.into());
        Self { key, collation: None, class: None, descending: false, nulls_first: None, prefix: None }
    }

    /// The column, if it is one.
    pub fn as_column(&self) -> Option<&str> {
        match &self.key {
            PartKey::Column(name) => Some(name),
            PartKey::Expression(_) => None,
        }
    }
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexDef {
    /// Name, if one is written.
    pub name: Option<String>,
    /// UNIQUE.
    pub unique: bool,
    /// What follows USING, or `fulltext`, `spatial`, `bitmap`, `xml`, `columnstore`; lower case.
    pub method: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<IndexPart>,
    /// Columns that it carries along.
    pub include: Vec<String>,
    /// Of which rows.
    pub predicate: Option<Sql>,
    /// NULLS NOT DISTINCT.
    pub nulls_not_distinct: bool,
    /// MySQL's comment.
    pub comment: Option<String>,
}

/// `CREATE TABLE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTable {
    /// Name.
    pub name: ObjectName,
    /// IF NOT EXISTS.
    pub if_not_exists: bool,
    /// TEMPORARY, or `#name`: gone with the session.
    pub temporary: bool,
    /// Columns.
    pub columns: Vec<ColumnDef>,
    /// Constraints of the table.
    pub constraints: Vec<ConstraintDef>,
    /// Indexes that are written within.
    pub indexes: Vec<IndexDef>,
    /// LIKE.
    pub like: Vec<Like>,
    /// INHERITS.
    pub inherits: Vec<ObjectName>,
    /// PARTITION OF, and what of the parent it holds.
    pub partition_of: Option<(ObjectName, String)>,
    /// PARTITION BY, as written.
    pub partition_by: Option<String>,
    /// Comment.
    pub comment: Option<String>,
    /// SQLite's STRICT and WITHOUT ROWID.
    pub without_rowid: bool,
}

/// `LIKE table INCLUDING …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Like {
    /// The other table.
    pub table: ObjectName,
    /// What is included besides columns, lower case: `all`, `defaults`, `indexes`, `constraints` …
    pub including: Vec<String>,
    /// Before which of the table's own columns it stands.
    pub at: usize,
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
    /// DROP COLUMN.
    DropColumn(String),
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
    /// DROP CONSTRAINT, by name.
    DropConstraint(String),
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
    /// `PARTITION BY`, as written.
    PartitionBy(String),
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
    pub collation: Option<String>,
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
    /// ADD CONSTRAINT … CHECK.
    AddCheck(Option<String>, Sql),
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
    /// Options, as written.
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
    /// The statement.
    pub text: String,
}
