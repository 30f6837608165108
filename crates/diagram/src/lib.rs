#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

pub mod a11y;
mod areas;
mod boxes;
mod display;
pub mod font;
mod geometry;
mod grid;
pub mod layout;
mod marker;
mod marks;
mod paint;
mod routing;
mod scene;
pub mod svg;
mod theme;
mod thumbnail;

pub use boxes::{GRID, HEADER_HEIGHT, ROW_HEIGHT, Row, RowMark, TableBox};
pub use display::{Anchor, Dash, DisplayList, DrawOp, Radii, Stroke};
pub use font::Face;
pub use geometry::{Camera, MAX_ZOOM, MIN_ZOOM, Side, View, fit};
pub use kurbo::{PathEl, Point, Rect, Size, Vec2};
pub use marks::{Dimmed, Ghost, Marks, PendingMark};
pub use paint::Detail;
pub use routing::{Route, RouteEnd};
pub use scene::{Hit, Scene};
pub use theme::{Color, Ink, Theme};
pub use thumbnail::thumbnail;
