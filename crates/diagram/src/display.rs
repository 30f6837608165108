//! What there is to draw, in order: a short list of simple operations that a canvas, an SVG or a printer can replay.

use crate::{Camera, Face, Ink};
use kurbo::{PathEl, Point, Rect, Size};
use std::sync::Arc;

/// A picture: operations in world coordinates, to be drawn in order under the camera.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayList {
    /// From world to screen.
    pub camera: Camera,
    /// The size of the view, in screen pixels.
    pub size: Size,
    /// What the view is filled with first; none for a layer that lies over another.
    pub background: Option<Ink>,
    /// The operations.
    pub ops: Vec<DrawOp>,
}

/// One operation. Lengths are world units.
#[derive(Debug, Clone, PartialEq)]
pub enum DrawOp {
    /// Dots at every multiple of `spacing` within `area`.
    Dots {
        /// Where, a multiple of the spacing at each edge.
        area: Rect,
        /// From dot to dot, both ways.
        spacing: f64,
        /// Radius of a dot.
        radius: f64,
        /// Color.
        ink: Ink,
        /// 0 to 1, on top of the color's own.
        opacity: f64,
    },
    /// A rectangle.
    Rect {
        /// Where.
        rect: Rect,
        /// Corners.
        radii: Radii,
        /// Inside.
        fill: Option<Ink>,
        /// Edge, centered on the outline.
        stroke: Option<Stroke>,
    },
    /// A circle.
    Circle {
        /// Middle.
        center: Point,
        /// Radius.
        radius: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Edge, centered on the outline.
        stroke: Option<Stroke>,
    },
    /// A path of lines and curves, with round joins and caps.
    Path {
        /// Its elements, shared with the scene.
        elements: Arc<[PathEl]>,
        /// Inside.
        fill: Option<Ink>,
        /// The line itself.
        stroke: Option<Stroke>,
    },
    /// One line of text.
    Text {
        /// The point on the alphabetic baseline that `anchor` speaks of.
        origin: Point,
        /// What it says, shared with the scene.
        text: Arc<str>,
        /// Font and weight.
        face: Face,
        /// Font size.
        size: f64,
        /// Color.
        ink: Ink,
        /// Which part of the text stands at `origin`.
        anchor: Anchor,
    },
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stroke {
    /// Color.
    pub ink: Ink,
    /// Width in world units.
    pub width: f64,
    /// Solid or broken.
    pub dash: Dash,
}

impl Stroke {
    /// An unbroken line.
    pub const fn solid(ink: Ink, width: f64) -> Self {
        Self { ink, width, dash: Dash::Solid }
    }
}

/// Solid or broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
}

impl Dash {
    /// Lengths on and off for a line of that width, or nothing for an unbroken one. Caps are round, which lengthens
    /// what is drawn by the width.
    pub fn pattern(self, width: f64) -> Option<[f64; 2]> {
        match self {
            Self::Solid => None,
            Self::Dashed => Some([width * 3.0, width * 3.0]),
            Self::Dotted => Some([width * 0.01, width * 2.5]),
        }
    }
}

/// Radii of a rectangle's corners.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Radii {
    /// Both upper corners.
    pub top: f64,
    /// Both lower corners.
    pub bottom: f64,
}

impl Radii {
    /// The same at every corner.
    pub const fn all(radius: f64) -> Self {
        Self { top: radius, bottom: radius }
    }
}

/// Which part of a text stands at its origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Anchor {
    /// The beginning.
    #[default]
    Start,
    /// The middle.
    Middle,
    /// The end.
    End,
}
