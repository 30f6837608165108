//! The diagram crate.
