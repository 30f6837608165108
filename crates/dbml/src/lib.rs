#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod export;
mod quote;

pub use export::export;
