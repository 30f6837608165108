//! Nothing that was acknowledged is lost, and nothing is applied twice, whatever is killed, stopped or cut off: proved on
//! real servers and a real PostgreSQL.
//!
//! `cargo xtask test` runs a short form, `cargo xtask bench faults` as long a one as is asked for. Each prints its seed,
//! and each run of [`linked`] the one with which it alone happens again: `CROWFOOT_FAULT_SEED`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a test that cannot go on should say so and stop"
)]

mod dice;
mod history;
mod kills;
mod linked;
mod naive;
mod people;
mod proxy;
mod stack;

use std::{
    io::Write,
    time::{SystemTime, UNIX_EPOCH},
};

/// How much is done; `cargo xtask bench faults` asks for more than CI has time for.
fn asked(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |it| it.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// The seed of all chance in a test: another one each time, unless one was asked for.
fn seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    asked("CROWFOOT_FAULT_SEED", now.as_millis() as u64)
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
