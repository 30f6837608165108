//! The advise crate.
