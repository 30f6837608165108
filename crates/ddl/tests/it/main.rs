//! What the crate promises, tried from outside.

mod export;
mod laws;
mod plan;
