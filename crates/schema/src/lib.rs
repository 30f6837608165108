#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod cardinality;
mod changed;
mod data_type;
mod expression;
mod id;
mod infer;
mod keywords;
mod model;
mod name;
mod rank;
pub mod sample;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod text;
mod validate;

pub use cardinality::{Cardinality, EndMarker, Ends};
pub use changed::changed;
pub use data_type::{BaseType, DataType, DataTypeError};
pub use expression::{BinaryOperator, Expr, Expression, ExpressionError, UnaryOperator};
pub use id::{CheckId, ColumnId, IndexId, KeyId, NamespaceId, ObjectId, ReferenceId, TableId};
pub use keywords::is_bare;
pub use model::{
    Check, Column, ColumnPair, Index, Key, KeyKind, Namespace, Reference, ReferentialAction, Schema, Table,
};
pub use name::{Name, NameError};
pub use rank::Rank;
pub use validate::{Code, Diagnostic, validate, validate_change};
