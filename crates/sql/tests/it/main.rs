//! The reader against real files, the answers of real databases, small cases of each dialect, and damaged texts.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so and stop"
)]

mod cases;
mod counts;
mod damage;
mod describe;
mod lowering;
mod postgres;
mod reference;
mod round_trip;
mod shared;
mod speed;
mod sqlite;
