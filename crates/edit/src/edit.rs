//! What an edit is.

use schema::{
    Check, Column, ColumnId, ColumnPair, DataType, Expression, Index, Key, Name, Namespace, NamespaceId, ObjectId,
    Rank, Reference, ReferentialAction, Table, TableId,
};
use serde::{Deserialize, Serialize};

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Adds the object.
    Create(Object),
    /// Removes the object, which must be exactly this.
    Drop(Object),
    /// Changes one attribute of an object.
    Alter {
        /// Whose attribute.
        object: ObjectId,
        /// What it must be now.
        from: Attribute,
        /// What it becomes; the same kind of attribute.
        to: Attribute,
    },
}

/// A whole object, as it is added or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// A namespace.
    Namespace(Namespace),
    /// A table with its columns, keys, checks and indexes.
    Table(Table),
    /// A column of the table.
    Column(TableId, Column),
    /// A key of the table.
    Key(TableId, Key),
    /// A check of the table.
    Check(TableId, Check),
    /// An index of the table.
    Index(TableId, Index),
    /// A reference.
    Reference(Reference),
}

/// One attribute with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// The name of any object.
    Name(Name),
    /// The namespace of a table.
    Namespace(NamespaceId),
    /// The note of a table or column.
    Note(Option<String>),
    /// The place of a column among the others.
    Rank(Rank),
    /// The type of a column.
    DataType(DataType),
    /// Whether a column may be NULL.
    Nullable(bool),
    /// The default of a column.
    Default(Option<Expression>),
    /// The columns of a key or index.
    Columns(Vec<ColumnId>),
    /// Whether an index is unique.
    Unique(bool),
    /// What a check demands.
    Expression(Expression),
    /// The two tables of a reference and the column pairs between them, which only make sense together.
    Ends(TableId, TableId, Vec<ColumnPair>),
    /// What a reference does on delete.
    OnDelete(ReferentialAction),
    /// What a reference does on update.
    OnUpdate(ReferentialAction),
}

impl Object {
    /// The object's id.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Namespace(namespace) => ObjectId::Namespace(namespace.id),
            Self::Table(table) => ObjectId::Table(table.id),
            Self::Column(table, column) => ObjectId::Column(*table, column.id),
            Self::Key(table, key) => ObjectId::Key(*table, key.id),
            Self::Check(table, check) => ObjectId::Check(*table, check.id),
            Self::Index(table, index) => ObjectId::Index(*table, index.id),
            Self::Reference(reference) => ObjectId::Reference(reference.id),
        }
    }
}

impl Edit {
    /// The object that is changed.
    pub fn object(&self) -> ObjectId {
        match self {
            Self::Create(object) | Self::Drop(object) => object.id(),
            Self::Alter { object, .. } => *object,
        }
    }

    /// The edit that takes this one back.
    #[must_use]
    pub fn invert(&self) -> Self {
        match self {
            Self::Create(object) => Self::Drop(object.clone()),
            Self::Drop(object) => Self::Create(object.clone()),
            Self::Alter { object, from, to } => Self::Alter { object: *object, from: to.clone(), to: from.clone() },
        }
    }
}

impl Attribute {
    /// Whether two values are of the same attribute.
    pub fn same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}
