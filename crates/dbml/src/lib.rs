//! The dbml crate.
