//! A display list as SVG text: deterministic, standing on its own, and safe whatever the names in it say.
//!
//! Only presentation attributes are used, no style sheet and no `style` attribute, so that the text may also stand
//! inside a page with a strict content security policy.

use crate::{Anchor, DisplayList, DrawOp, Face, Ink, Radii, Stroke, Theme};
use kurbo::{PathEl, Rect, Size};
use std::fmt::{self, Write};

pub use crate::geometry::fit;

/// Where the colors of an SVG come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colors {
    /// Written out; for files.
    Fixed(Theme),
    /// The custom properties of `style/tokens.css`, which follow the theme of the page around it.
    Page,
}

/// The picture as a file of its own, in one theme.
pub fn write(list: &DisplayList, viewport: Size, theme: Theme, title: &str) -> String {
    write_with(list, viewport, Colors::Fixed(theme), title)
}

/// The picture with colors from wherever is wanted.
pub fn write_with(list: &DisplayList, viewport: Size, colors: Colors, title: &str) -> String {
    let mut svg = Svg { text: String::with_capacity(list.ops.len() * 120 + 1000), colors };
    let (width, height) = (number(viewport.width), number(viewport.height));
    let _ = writeln!(
        svg.text,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
         {height}\" role=\"img\" xml:space=\"preserve\"><title>{}</title><desc>Entity relationship diagram</desc>",
        escaped(title)
    );
    if let Some(ink) = list.background {
        let _ = writeln!(svg.text, "<rect width=\"{width}\" height=\"{height}\"{}/>", svg.paint("fill", ink));
    }
    let camera = list.camera;
    let _ = writeln!(
        svg.text,
        "<g transform=\"matrix({zoom} 0 0 {zoom} {} {})\" font-family=\"{}\" font-size=\"13\"{} \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">",
        precise(-camera.x * camera.zoom),
        precise(-camera.y * camera.zoom),
        escaped(Face::Sans.family()),
        svg.paint("fill", Ink::Text),
        zoom = precise(camera.zoom),
    );
    for op in &list.ops {
        svg.op(op);
    }
    svg.text.push_str("</g></svg>\n");
    svg.text
}

#[derive(Debug)]
struct Svg {
    text: String,
    colors: Colors,
}

impl Svg {
    fn op(&mut self, op: &DrawOp) {
        match op {
            DrawOp::Dots { area, spacing, radius, ink, opacity } => self.dots(*area, *spacing, *radius, *ink, *opacity),
            DrawOp::Rect { rect, radii, fill, stroke } => self.rect(*rect, *radii, *fill, *stroke),
            DrawOp::Circle { center, radius, fill, stroke } => {
                let (x, y, r) = (number(center.x), number(center.y), number(*radius));
                let paint = self.fill_and_stroke(*fill, *stroke);
                let _ = writeln!(self.text, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\"{paint}/>");
            }
            DrawOp::Path { elements, fill, stroke } => {
                let data = path_data(elements);
                let paint = self.fill_and_stroke(*fill, *stroke);
                let _ = writeln!(self.text, "<path d=\"{data}\"{paint}/>");
            }
            DrawOp::Text { origin, text, face, size, ink, anchor } => {
                let (x, y) = (number(origin.x), number(origin.y));
                let font = font(*face, *size);
                let anchor = match anchor {
                    Anchor::Start => "",
                    Anchor::Middle => " text-anchor=\"middle\"",
                    Anchor::End => " text-anchor=\"end\"",
                };
                let fill = if *ink == Ink::Text { String::new() } else { self.paint("fill", *ink) };
                let text = escaped(text);
                let _ = writeln!(self.text, "<text x=\"{x}\" y=\"{y}\"{font}{anchor}{fill}>{text}</text>");
            }
        }
    }

    /// The pattern is shifted by half a step, so that each dot lies whole in one tile.
    fn dots(&mut self, area: Rect, spacing: f64, radius: f64, ink: Ink, opacity: f64) {
        let half = number(spacing / 2.0);
        let (step, r, fill) = (number(spacing), number(radius), self.paint("fill", ink));
        let _ = writeln!(
            self.text,
            "<pattern id=\"crowfoot-dots\" x=\"-{half}\" y=\"-{half}\" width=\"{step}\" height=\"{step}\" \
             patternUnits=\"userSpaceOnUse\"><circle cx=\"{half}\" cy=\"{half}\" r=\"{r}\"{fill}/></pattern>\
             <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"url(#crowfoot-dots)\" opacity=\"{}\"/>",
            number(area.x0),
            number(area.y0),
            number(area.width()),
            number(area.height()),
            number(opacity),
        );
    }

    fn rect(&mut self, rect: Rect, radii: Radii, fill: Option<Ink>, stroke: Option<Stroke>) {
        let paint = self.fill_and_stroke(fill, stroke);
        let limit = rect.width().min(rect.height()) / 2.0;
        let (top, bottom) = (radii.top.min(limit), radii.bottom.min(limit));
        if (top - bottom).abs() > 1e-9 {
            let data = corners(rect, top, bottom);
            let _ = writeln!(self.text, "<path d=\"{data}\"{paint}/>");
            return;
        }
        let radius = if top > 0.0 { format!(" rx=\"{}\"", number(top)) } else { String::new() };
        let (x, y) = (number(rect.x0), number(rect.y0));
        let (width, height) = (number(rect.width()), number(rect.height()));
        let _ = writeln!(self.text, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{radius}{paint}/>");
    }

    fn fill_and_stroke(&self, fill: Option<Ink>, stroke: Option<Stroke>) -> String {
        let mut text = fill.map_or_else(|| " fill=\"none\"".to_owned(), |ink| self.paint("fill", ink));
        if let Some(stroke) = stroke {
            text.push_str(&self.paint("stroke", stroke.ink));
            let _ = write!(text, " stroke-width=\"{}\"", number(stroke.width));
            if let Some([on, off]) = stroke.dash.pattern(stroke.width) {
                let _ = write!(text, " stroke-dasharray=\"{} {}\"", number(on), number(off));
            }
        }
        text
    }

    fn paint(&self, attribute: &str, ink: Ink) -> String {
        match self.colors {
            Colors::Page => format!(" {attribute}=\"var(--color-{})\"", ink.name()),
            Colors::Fixed(theme) => {
                let color = theme.color(ink);
                let mut text = format!(" {attribute}=\"{}\"", color.hex());
                if color.alpha < 1.0 {
                    let _ = write!(text, " {attribute}-opacity=\"{}\"", number(color.alpha));
                }
                text
            }
        }
    }
}

/// What differs from the group's font: Inter, 400, 13.
fn font(face: Face, size: f64) -> String {
    let mut text = String::new();
    if face == Face::Mono {
        let _ = write!(text, " font-family=\"{}\"", escaped(face.family()));
    }
    if face.weight() != 400 {
        let _ = write!(text, " font-weight=\"{}\"", face.weight());
    }
    if (size - 13.0).abs() > 1e-9 {
        let _ = write!(text, " font-size=\"{}\"", number(size));
    }
    text
}

fn corners(rect: Rect, top: f64, bottom: f64) -> String {
    let [x0, y0, x1, y1] = [rect.x0, rect.y0, rect.x1, rect.y1].map(number);
    let [left_top, right_top, top_y] = [rect.x0 + top, rect.x1 - top, rect.y0 + top].map(number);
    let [left_bottom, right_bottom, bottom_y] = [rect.x0 + bottom, rect.x1 - bottom, rect.y1 - bottom].map(number);
    let (t, b) = (number(top), number(bottom));
    format!(
        "M{left_top} {y0}H{right_top}A{t} {t} 0 0 1 {x1} {top_y}V{bottom_y}A{b} {b} 0 0 1 {right_bottom} \
         {y1}H{left_bottom}A{b} {b} 0 0 1 {x0} {bottom_y}V{top_y}A{t} {t} 0 0 1 {left_top} {y0}Z"
    )
}

fn path_data(elements: &[PathEl]) -> String {
    let mut data = String::with_capacity(elements.len() * 12);
    let n = number;
    for element in elements {
        let _ = match element {
            PathEl::MoveTo(to) => write!(data, "M{} {}", n(to.x), n(to.y)),
            PathEl::LineTo(to) => write!(data, "L{} {}", n(to.x), n(to.y)),
            PathEl::QuadTo(a, to) => write!(data, "Q{} {} {} {}", n(a.x), n(a.y), n(to.x), n(to.y)),
            PathEl::CurveTo(a, b, to) => {
                write!(data, "C{} {} {} {} {} {}", n(a.x), n(a.y), n(b.x), n(b.y), n(to.x), n(to.y))
            }
            PathEl::ClosePath => write!(data, "Z"),
        };
    }
    data
}

/// A number with at most so many decimals and no trailing zeros.
#[derive(Debug, Clone, Copy)]
struct Decimal {
    value: f64,
    places: u32,
}

fn number(value: f64) -> Decimal {
    Decimal { value, places: 2 }
}

/// For what multiplies everything else.
fn precise(value: f64) -> Decimal {
    Decimal { value, places: 6 }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_i64.pow(self.places);
        #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "saturates; NaN becomes 0")]
        let scaled = (self.value * unit as f64).round() as i64;
        if scaled < 0 {
            f.write_char('-')?;
        }
        let (whole, mut rest) =
            (scaled.unsigned_abs() / unit.unsigned_abs(), scaled.unsigned_abs() % unit.unsigned_abs());
        write!(f, "{whole}")?;
        if rest == 0 {
            return Ok(());
        }
        let mut places = usize::try_from(self.places).unwrap_or(0);
        while rest % 10 == 0 {
            rest /= 10;
            places -= 1;
        }
        write!(f, ".{rest:0places$}")
    }
}

/// Text as XML character data or attribute value. Characters that XML cannot hold become U+FFFD.
fn escaped(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => result.push_str("&amp;"),
            '<' => result.push_str("&lt;"),
            '>' => result.push_str("&gt;"),
            '"' => result.push_str("&quot;"),
            '\'' => result.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => result.push('\u{FFFD}'),
            c if c.is_control() => result.push('\u{FFFD}'),
            c => result.push(c),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let check = |value: f64, expect: &str| assert_eq!(number(value).to_string(), expect);
        check(0.0, "0");
        check(-0.001, "0");
        check(12.0, "12");
        check(-12.5, "-12.5");
        check(0.256, "0.26");
        check(-0.05, "-0.05");
        check(100.1, "100.1");
        check(f64::NAN, "0");
        assert_eq!(precise(0.123_456_78).to_string(), "0.123457");
    }
}
