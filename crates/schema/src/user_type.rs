//! Types that a schema defines itself.

use crate::{DataType, Expression, Name, NamespaceId, QualifiedName, TypeId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A type of the schema's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserType {
    /// Identity.
    pub id: TypeId,
    /// The namespace it is in.
    pub namespace: NamespaceId,
    /// Name, unique in its namespace among types and tables.
    pub name: Name,
    /// What it is for; becomes the comment in SQL.
    pub note: Option<String>,
    /// What it is.
    pub definition: TypeDefinition,
}

/// What a type is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TypeDefinition {
    /// One of these labels, which are ordered.
    Enum(Vec<Label>),
    /// Another type with rules of its own.
    Domain(Domain),
}

/// A value of an enum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Identity, so that a renamed label is known.
    pub id: Uuid,
    /// The text, at most 63 bytes.
    pub text: String,
    /// What it means; PostgreSQL has no place for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A type with rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Domain {
    /// The type of its values.
    pub base: DataType,
    /// Whether NULL is allowed.
    pub nullable: bool,
    /// The value where a column has no default of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Expression>,
    /// By which language texts are compared, where that is not the database's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<QualifiedName>,
    /// What must not be false, with `value` for the value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<DomainCheck>,
}

/// A rule of a domain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainCheck {
    /// Name of the constraint, unique in the domain.
    pub name: Name,
    /// What must not be false, with `value` for the value.
    pub expression: Expression,
    /// Whether values that were there before it may break it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
}

impl UserType {
    /// The word for what it is.
    pub fn kind(&self) -> &'static str {
        match self.definition {
            TypeDefinition::Enum(_) => "enum",
            TypeDefinition::Domain(_) => "domain",
        }
    }

    /// The labels; none of what is no enum.
    pub fn labels(&self) -> &[Label] {
        match &self.definition {
            TypeDefinition::Enum(labels) => labels,
            TypeDefinition::Domain(_) => &[],
        }
    }

    /// The type that it rests on.
    pub fn base(&self) -> Option<&DataType> {
        match &self.definition {
            TypeDefinition::Enum(_) => None,
            TypeDefinition::Domain(domain) => Some(&domain.base),
        }
    }
}
