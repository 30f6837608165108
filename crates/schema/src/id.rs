//! Stable identities. An id is made once, by whoever creates the object, and never changes afterwards.

use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl $name {
            /// A readable id for tests and fixtures: the number becomes the last digits of the uuid.
            pub const fn from_u128(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }
        }
    )*};
}

ids! {
    /// Identifies a [`Namespace`](crate::Namespace).
    NamespaceId,
    /// Identifies a [`Table`](crate::Table).
    TableId,
    /// Identifies a [`Column`](crate::Column).
    ColumnId,
    /// Identifies a primary key or unique constraint, a [`Key`](crate::Key).
    KeyId,
    /// Identifies a [`Check`](crate::Check) constraint.
    CheckId,
    /// Identifies an [`Index`](crate::Index).
    IndexId,
    /// Identifies a [`Reference`](crate::Reference).
    ReferenceId,
    /// Identifies a [`UserType`](crate::UserType).
    TypeId,
    /// Identifies an [`Opaque`](crate::Opaque) object.
    OpaqueId,
    /// Identifies an [`Annotation`](crate::Annotation).
    AnnotationId,
}

/// Identifies any object of a schema. What lives in a table carries the table's id, so that looking it up never
/// searches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectId {
    /// A namespace.
    Namespace(NamespaceId),
    /// A table, with everything in it.
    Table(TableId),
    /// A column of a table.
    Column(TableId, ColumnId),
    /// A primary key or unique constraint of a table.
    Key(TableId, KeyId),
    /// A check constraint of a table.
    Check(TableId, CheckId),
    /// An index of a table.
    Index(TableId, IndexId),
    /// A reference between two tables.
    Reference(ReferenceId),
    /// A type that the schema defines.
    Type(TypeId),
    /// A view, function or the like.
    Opaque(OpaqueId),
    /// A group of tables, or a note.
    Annotation(AnnotationId),
}

impl ObjectId {
    /// The table that this object is or lives in; none for namespaces, references, types, what is kept as a statement, and
    /// what stands on the diagram alone.
    pub fn table(self) -> Option<TableId> {
        match self {
            Self::Table(table)
            | Self::Column(table, _)
            | Self::Key(table, _)
            | Self::Check(table, _)
            | Self::Index(table, _) => Some(table),
            Self::Namespace(_) | Self::Reference(_) | Self::Type(_) | Self::Opaque(_) | Self::Annotation(_) => None,
        }
    }
}
