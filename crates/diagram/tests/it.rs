//! Pictures, laws and hit-testing, through what the crate offers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod laws;
mod lines;
mod pictures;
#[allow(dead_code, reason = "shared with the examples")]
mod published;
#[allow(dead_code, reason = "shared with the examples")]
mod sample;
mod words;
