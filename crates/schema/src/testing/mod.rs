//! Generators for property tests: expressions, valid schemas with everything in them, and broken ones.
//!
//! ```
//! use proptest::prelude::*;
//! use schema::testing::arbitrary_schema;
//!
//! proptest!(|(schema in arbitrary_schema())| {
//!     prop_assert_eq!(schema::validate(&schema), vec![]);
//! });
//! ```

mod expression;
pub mod hostile;
mod notation;
mod schema;

pub use expression::{arbitrary_data_type, arbitrary_expression};
pub use notation::schema_from;
pub use schema::{arbitrary_breakage, arbitrary_broken_schema, arbitrary_plain_schema, arbitrary_schema};

use crate::Name;
use proptest::prelude::*;
use proptest::sample::select;

/// Names that are easy to get wrong in SQL, DBML and HTML, and legal all the same.
pub const AWKWARD_NAMES: &[&str] = &[
    "select",
    "user",
    "order",
    "Order Items",
    "a\"b",
    "it's",
    "--",
    "/*x*/",
    "$1",
    "a;b",
    "1st",
    "größe",
    "日本",
    "a\\b",
    "<b>",
    "a&b",
    "{x}",
    "a.b",
    "\"",
    "'",
    "`",
    "e'x'",
    "0",
    "text",
    "Ref",
    "Table x {",
    "//",
];

/// Any name: mostly plain, sometimes awkward.
pub fn name() -> impl Strategy<Value = Name> {
    let plain = "[a-z_][a-z0-9_]{0,9}".prop_map(|text| Name::derive(&[], &text));
    let awkward = select(AWKWARD_NAMES).prop_map(|text| Name::derive(&[], text));
    prop_oneof![4 => plain, 1 => awkward]
}
