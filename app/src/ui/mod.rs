//! Small parts that pages and panels are put together from.

pub mod icon;

pub use icon::Icon;
