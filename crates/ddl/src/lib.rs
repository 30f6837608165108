//! The ddl crate.
