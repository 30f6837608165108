//! The edit crate.
