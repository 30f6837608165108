//! The editor crate.
