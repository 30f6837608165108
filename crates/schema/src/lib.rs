#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod annotation;
mod cardinality;
mod data_type;
mod excerpt;
mod expression;
mod formula;
mod grouped;
mod id;
mod infer;
mod keywords;
mod model;
mod name;
mod opaque;
mod options;
mod parts;
mod qualified;
mod rank;
pub mod sample;
mod shared_map;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod user_type;
mod validate;
mod validate_more;

pub use annotation::{Annotation, AnnotationKind, Spot};
pub use cardinality::{Cardinality, EndMarker, Ends};
pub use data_type::{BaseType, DataType, DataTypeError, ForeignType};
pub use expression::{BinaryOperator, Expr, Expression, ExpressionError, LabelChange, UnaryOperator};
pub use formula::Formula;
pub use grouped::ReferencesByTable;
pub use id::{
    AnnotationId, CheckId, ColumnId, IndexId, KeyId, NamespaceId, ObjectId, OpaqueId, ReferenceId, TableId, TypeId,
};
pub use keywords::is_bare;
pub use model::{
    Check, Column, ColumnPair, Index, Key, KeyKind, Namespace, Reference, ReferentialAction, Schema, Table,
};
pub use name::{Name, NameError};
pub use opaque::{Opaque, OpaqueKind, Statement, StatementError};
pub use options::{
    Bounds, CheckOptions, Deferral, Exclusion, Generation, IndexOptions, IndexPart, KeyOptions, OperatorClass,
    Parameter, PartOf, Partition, Partitioning, ReferenceOptions, Strategy, TableOptions,
};
pub use parts::{parse_parts, parts_text};
pub use qualified::QualifiedName;
pub use rank::Rank;
pub use shared_map::{SharedMap, changed};
pub use user_type::{Domain, DomainCheck, Label, TypeDefinition, UserType};
pub use validate::{Code, Diagnostic, validate, validate_change};
