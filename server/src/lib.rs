//! The server of Crowfoot: HTTP routes, the store, live databases and the command line.
#![allow(
    missing_docs,
    missing_debug_implementations,
    reason = "only the pure crates are documented item by item; here comments say why"
)]

pub mod account;
pub mod backend;
pub mod backup;
pub mod cli;
pub mod commit;
pub mod database;
pub mod error;
pub mod introspect;
pub mod live;
pub mod metrics;
mod picture;
pub mod postgres;
pub mod principal;
pub mod sample;
pub mod sandbox;
pub mod secret;
pub mod serve;
pub mod state;
pub mod store;
mod turns;
pub mod web;
