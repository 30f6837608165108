//! What a DBML text says, by name: plain data, in the order of the text.
//!
//! Names of tables and enums are kept as they are written, an alias included; [`Names`](crate::Names) finds what they
//! mean. Notes are kept as people see them, without the indentation of the text around them.

use crate::Origin;
use std::fmt;

/// A whole text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Document {
    /// What the text is about.
    pub project: Option<Project>,
    /// Imports from other files.
    pub uses: Vec<Use>,
    /// Enums.
    pub enums: Vec<Enum>,
    /// Pieces of tables.
    pub partials: Vec<Partial>,
    /// Tables.
    pub tables: Vec<Table>,
    /// References that stand on their own; those of columns are with their columns.
    pub refs: Vec<Ref>,
    /// Groups of tables.
    pub groups: Vec<Group>,
    /// Notes on the diagram.
    pub notes: Vec<StickyNote>,
    /// Rows of tables.
    pub records: Vec<Records>,
    /// What parts of the diagram can be shown alone.
    pub views: Vec<View>,
    /// Where data comes from; dependencies of tables and columns are with these.
    pub deps: Vec<Dep>,
    /// Blocks of metadata; metadata in settings is with its object.
    pub metadata: Vec<Metadata>,
}

/// The name of a table, enum or note with the schemas before it. `public` is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Path {
    /// The schemas, outermost first; empty for `public`.
    pub schema: Vec<String>,
    /// The name.
    pub name: String,
}

impl Path {
    /// A name in `public`.
    pub fn local(name: impl Into<String>) -> Self {
        Self { schema: Vec::new(), name: name.into() }
    }

    /// A name after the schemas that are written before it.
    pub fn new(schema: impl IntoIterator<Item = String>, name: impl Into<String>) -> Self {
        let schema = schema.into_iter().skip_while(|schema| schema == "public").collect();
        Self { schema, name: name.into() }
    }

    /// The name of the schema as SQL has it.
    pub fn schema_name(&self) -> String {
        if self.schema.is_empty() { "public".to_owned() } else { self.schema.join(".") }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for schema in &self.schema {
            write!(f, "{schema}.")?;
        }
        f.write_str(&self.name)
    }
}

/// What the text is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Project {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// Keys, in lower case, and what they say; `database_type` is one of them.
    pub fields: Vec<(String, String)>,
}

/// An import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Use {
    /// Where it stands.
    pub origin: Origin,
    /// Whether what is imported is passed on to whoever imports this file.
    pub passed_on: bool,
    /// What is imported; none for everything.
    pub items: Option<Vec<UseItem>>,
    /// The file.
    pub from: String,
}

/// An imported object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UseItem {
    /// `table`, `enum` and so on, in lower case.
    pub kind: String,
    /// What it is called there.
    pub path: Path,
    /// What it is called here.
    pub alias: Option<Path>,
}

/// An enum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enum {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub path: Path,
    /// Its values, in order.
    pub values: Vec<EnumValue>,
}

/// A value of an enum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EnumValue {
    /// Where it stands.
    pub origin: Origin,
    /// The value.
    pub name: String,
    /// What it is for.
    pub note: Option<String>,
}

/// A table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub path: Path,
    /// A short name by which the text may call it.
    pub alias: Option<String>,
    /// `#rgb` or `#rrggbb`.
    pub header_color: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
    /// Where its data comes from or goes to.
    pub deps: Vec<InlineDep>,
    /// Columns and partials, in order.
    pub items: Vec<TableItem>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Checks.
    pub checks: Vec<Check>,
}

/// A line of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant, reason = "nearly all lines are columns, which lie side by side this way")]
pub enum TableItem {
    /// A column of its own.
    Column(Column),
    /// All columns of a partial.
    Partial(PartialUse),
}

/// A partial that a table takes over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PartialUse {
    /// Where it stands.
    pub origin: Origin,
    /// The partial.
    pub name: String,
}

impl Table {
    /// The columns that stand in the table itself.
    pub fn columns(&self) -> impl DoubleEndedIterator<Item = &Column> {
        self.items.iter().filter_map(|item| match item {
            TableItem::Column(column) => Some(column),
            TableItem::Partial(_) => None,
        })
    }

    /// The partials that the table takes over.
    pub fn partials(&self) -> impl DoubleEndedIterator<Item = &PartialUse> {
        self.items.iter().filter_map(|item| match item {
            TableItem::Column(_) => None,
            TableItem::Partial(partial) => Some(partial),
        })
    }
}

/// A piece that several tables have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Partial {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// The color of tables that have none of their own.
    pub header_color: Option<String>,
    /// The note of tables that have none of their own.
    pub note: Option<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Indexes.
    pub indexes: Vec<Index>,
    /// Checks.
    pub checks: Vec<Check>,
}

/// A column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Its type.
    pub data_type: Type,
    /// Whether it is, or is part of, the primary key.
    pub primary: bool,
    /// Whether two rows may have the same value.
    pub unique: bool,
    /// Whether it may be null; none when nothing is said.
    pub nullable: Option<bool>,
    /// Whether rows are numbered in it.
    pub increment: bool,
    /// The value of a row that gives none.
    pub default: Option<Value>,
    /// What it is for.
    pub note: Option<String>,
    /// Its references.
    pub refs: Vec<InlineRef>,
    /// What must hold for it, as SQL.
    pub checks: Vec<String>,
    /// Where its data comes from or goes to.
    pub deps: Vec<InlineDep>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
}

/// A type as it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// The schema of an enum or a type of one's own.
    pub schema: Option<String>,
    /// The name, which may have spaces.
    pub name: String,
    /// What follows the name.
    pub suffixes: Vec<TypeSuffix>,
}

/// What may follow the name of a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeSuffix {
    /// `(10,2)`
    Arguments(Vec<TypeArgument>),
    /// `[]` or `[3]`
    Array(Vec<String>),
}

/// An argument of a type.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeArgument {
    /// A number as it is written.
    Number(String),
    /// A string.
    String(String),
    /// A word.
    Name(String),
}

impl Type {
    /// The name with what follows it, in one spelling: arguments without spaces, strings without quotes.
    pub fn text(&self) -> String {
        let mut text = self.name.clone();
        for suffix in &self.suffixes {
            match suffix {
                TypeSuffix::Arguments(arguments) => {
                    let arguments: Vec<&str> = arguments.iter().map(TypeArgument::as_str).collect();
                    text.push_str(&format!("({})", arguments.join(",")));
                }
                TypeSuffix::Array(sizes) => text.push_str(&format!("[{}]", sizes.join(","))),
            }
        }
        text
    }
}

impl TypeArgument {
    /// What it says.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Number(text) | Self::String(text) | Self::Name(text) => text,
        }
    }
}

/// A value of a default or a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Null.
    Null,
    /// True or false.
    Boolean(bool),
    /// A number as it is written, with one sign at most.
    Number(String),
    /// A string.
    String(String),
    /// An expression of SQL.
    Expression(String),
    /// A value of an enum.
    Enum(Path, String),
}

/// How many rows stand at an end of a reference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct End {
    /// Whether there may be more than one.
    pub many: bool,
    /// Whether there may be none.
    pub optional: bool,
}

/// The two ends of a reference, in the order of the operator.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Relation {
    /// At the left operand, or at the column whose setting it is.
    pub left: End,
    /// At the right operand.
    pub right: End,
}

impl Relation {
    /// The relation of an operator such as `>` or `?<>`.
    pub fn parse(op: &str) -> Option<Self> {
        let core = op.strip_prefix('?').unwrap_or(op);
        let core = core.strip_suffix('?').unwrap_or(core);
        let (left, right) = match core {
            "<" => (false, true),
            ">" => (true, false),
            "-" => (false, false),
            "<>" => (true, true),
            _ => return None,
        };
        let left = End { many: left, optional: op.starts_with('?') };
        let right = End { many: right, optional: op.ends_with('?') };
        Some(Self { left, right })
    }

    /// The operator.
    pub fn operator(self) -> String {
        let core = match (self.left.many, self.right.many) {
            (false, true) => "<",
            (true, false) => ">",
            (false, false) => "-",
            (true, true) => "<>",
        };
        let mark = |end: End| if end.optional { "?" } else { "" };
        format!("{}{core}{}", mark(self.left), mark(self.right))
    }
}

/// A reference in the settings of a column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InlineRef {
    /// Where it stands.
    pub origin: Origin,
    /// The column's own end is the left one.
    pub relation: Relation,
    /// The table at the other end; none for the column's own.
    pub table: Option<Path>,
    /// The column at the other end.
    pub column: String,
}

/// A reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ref {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: Option<String>,
    /// How many rows stand at the ends.
    pub relation: Relation,
    /// The left end.
    pub left: Endpoint,
    /// The right end.
    pub right: Endpoint,
    /// What a delete does, as it is written.
    pub on_delete: Option<String>,
    /// What an update does, as it is written.
    pub on_update: Option<String>,
    /// `#rgb` or `#rrggbb`.
    pub color: Option<String>,
    /// Whether it is only drawn, and never enforced.
    pub inactive: bool,
}

/// An end of a reference.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Endpoint {
    /// The table.
    pub table: Path,
    /// Its columns, in the order in which they meet those of the other end.
    pub columns: Vec<String>,
}

/// An index, or a key over several columns.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// Where it stands.
    pub origin: Origin,
    /// What is indexed, in order.
    pub parts: Vec<IndexPart>,
    /// Its name.
    pub name: Option<String>,
    /// How it is built: `btree`, `gin`.
    pub method: Option<String>,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Whether two rows may have the same values.
    pub unique: bool,
    /// What it is for.
    pub note: Option<String>,
}

/// What an index is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexPart {
    /// A column.
    Column(String),
    /// An expression of SQL.
    Expression(String),
}

/// A check of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Check {
    /// Where it stands.
    pub origin: Origin,
    /// What must hold, as SQL.
    pub expression: String,
    /// Its name.
    pub name: Option<String>,
}

/// A group of tables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// `#rgb` or `#rrggbb`.
    pub color: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
    /// Its tables.
    pub tables: Vec<Path>,
}

/// A note on the diagram.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StickyNote {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub path: Path,
    /// `#rgb`, `#rrggbb` or `none`.
    pub color: Option<String>,
    /// Keys of one's own, and what they say.
    pub metadata: Vec<(String, String)>,
    /// What it says.
    pub text: String,
}

/// Rows of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Where they stand.
    pub origin: Origin,
    /// The table.
    pub table: Path,
    /// The columns that the rows have values for; none for all of the table.
    pub columns: Option<Vec<String>>,
    /// Whether they are an example only.
    pub example: bool,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// Where it stands.
    pub origin: Origin,
    /// Its values, in the order of the columns.
    pub values: Vec<Value>,
}

/// A part of the diagram that can be shown alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: String,
    /// Whether all is shown.
    pub everything: bool,
    /// Tables that are shown; none when nothing is said of tables.
    pub tables: Option<Shown>,
    /// Notes that are shown.
    pub notes: Option<Shown>,
    /// Groups that are shown.
    pub groups: Option<Shown>,
    /// Schemas that are shown.
    pub schemas: Option<Shown>,
}

/// Which objects of a kind are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// All.
    All,
    /// These.
    These(Vec<Path>),
}

/// Which way data goes between an object and the one that its setting names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// `->`, to the named one.
    To,
    /// `<-`, from the named one.
    From,
}

/// A dependency in the settings of a table or column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlineDep {
    /// Where it stands.
    pub origin: Origin,
    /// Which way data goes.
    pub flow: Flow,
    /// The table, or the table and a column, that is named.
    pub target: Vec<String>,
}

/// Where data comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dep {
    /// Where it stands.
    pub origin: Origin,
    /// Its name.
    pub name: Option<String>,
    /// `#rgb` or `#rrggbb`.
    pub color: Option<String>,
    /// What it is for.
    pub note: Option<String>,
    /// Keys of one's own, in lower case, and what they say.
    pub fields: Vec<(String, DepValue)>,
    /// From where to where; names as they are written, of tables or of columns.
    pub edges: Vec<(Vec<String>, Vec<String>)>,
}

/// The value of a key of a dependency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DepValue {
    /// A string or a word.
    Text(String),
    /// A number as it is written.
    Number(String),
}

/// What kind of object metadata is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MetadataKind {
    /// A table.
    Table,
    /// A column.
    Column,
    /// A group.
    Group,
    /// A note on the diagram.
    Note,
}

/// Metadata of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metadata {
    /// Where it stands.
    pub origin: Origin,
    /// What kind of object it is about.
    pub kind: MetadataKind,
    /// The names that lead to the object.
    pub target: Vec<String>,
    /// Keys and what they say.
    pub fields: Vec<(String, String)>,
}
