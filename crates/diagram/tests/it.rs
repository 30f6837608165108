//! Pictures, laws and hit-testing, through what the crate offers.

mod laws;
mod pictures;
#[allow(dead_code, reason = "shared with the examples")]
mod sample;
mod words;
