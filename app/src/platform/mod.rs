//! The browser: the only place, with the painter of the canvas, that speaks to it directly. Nothing here may be called
//! while the server renders; components call it from effects and event handlers only.

pub mod channel;
pub mod crash;
pub mod dom;
pub mod share;
pub mod socket;
pub mod store;
pub mod theme;

/// A number that nobody can guess or make again.
pub fn seed() -> u128 {
    uuid::Uuid::new_v4().as_u128()
}
