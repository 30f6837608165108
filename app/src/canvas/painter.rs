//! Replays a display list on a canvas.

use diagram::{Anchor, Dash, DisplayList, DrawOp, Face, Ink, PathEl, Point, Radii, Rect, Stroke, Theme};
use js_sys::Array;
use std::f64::consts::TAU;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasPattern, CanvasRenderingContext2d, DomMatrix, HtmlCanvasElement};

/// Draws on one canvas. What the canvas was told last is remembered, since telling it costs more than comparing.
#[derive(Debug)]
pub(super) struct Painter {
    context: CanvasRenderingContext2d,
    theme: Theme,
    /// Colors of the theme as the canvas takes them, in the order of [`Ink::ALL`].
    colors: Vec<String>,
    told: Told,
    dots: Option<(DotKey, CanvasPattern)>,
}

#[derive(Debug, Default)]
struct Told {
    fill: Option<Ink>,
    stroke: Option<Stroke>,
    font: Option<(Face, f64)>,
    anchor: Option<Anchor>,
}

/// What a tile of dots depends on: its size in pixels, and the theme.
type DotKey = (u32, Theme);

impl Painter {
    /// A painter for the canvas; none when the browser gives it no context.
    pub(super) fn new(canvas: &HtmlCanvasElement) -> Option<Self> {
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
        let mut painter = Self { context, theme: Theme::Light, colors: Vec::new(), told: Told::default(), dots: None };
        painter.set_theme(Theme::Light);
        Some(painter)
    }

    /// Draws with the colors of another theme from now on.
    pub(super) fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
        self.colors = Ink::ALL.iter().map(|ink| theme.color(*ink).css()).collect();
    }

    /// Draws the list; `ratio` is how many pixels of the canvas one pixel of the page has.
    pub(super) fn draw(&mut self, list: &DisplayList, ratio: f64) {
        // The canvas forgets all of it when its size changes.
        self.told = Told::default();
        self.context.set_line_cap("round");
        self.context.set_line_join("round");
        self.transform(ratio, 0.0, 0.0);
        match list.background {
            Some(ink) => {
                self.fill_with(ink);
                self.context.fill_rect(0.0, 0.0, list.size.width, list.size.height);
            }
            None => self.context.clear_rect(0.0, 0.0, list.size.width, list.size.height),
        }
        let camera = list.camera;
        let scale = camera.zoom * ratio;
        self.transform(scale, -camera.x * scale, -camera.y * scale);
        for op in &list.ops {
            self.op(op, scale);
        }
    }

    fn transform(&self, scale: f64, x: f64, y: f64) {
        // Fails for numbers that are none, and then nothing could be drawn anyway.
        let _ = self.context.set_transform(scale, 0.0, 0.0, scale, x, y);
    }

    fn op(&mut self, op: &DrawOp, scale: f64) {
        match op {
            DrawOp::Dots { area, spacing, radius, ink, opacity } => {
                self.context.set_global_alpha(*opacity);
                self.dots(*area, *spacing, *radius, *ink, scale);
                self.context.set_global_alpha(1.0);
            }
            DrawOp::Rect { rect, radii, fill, stroke } => self.rect(*rect, *radii, *fill, *stroke),
            DrawOp::Circle { center, radius, fill, stroke } => {
                self.context.begin_path();
                // Fails for negative radii only.
                let _ = self.context.arc(center.x, center.y, radius.max(0.0), 0.0, TAU);
                self.finish(*fill, *stroke);
            }
            DrawOp::Path { elements, fill, stroke } => {
                self.context.begin_path();
                elements.iter().for_each(|element| self.element(*element));
                self.finish(*fill, *stroke);
            }
            DrawOp::Text { origin, text, face, size, ink, anchor } => {
                self.font(*face, *size);
                self.anchor(*anchor);
                self.fill_with(*ink);
                let _ = self.context.fill_text(text, origin.x, origin.y);
            }
        }
    }

    fn element(&self, element: PathEl) {
        match element {
            PathEl::MoveTo(to) => self.context.move_to(to.x, to.y),
            PathEl::LineTo(to) => self.context.line_to(to.x, to.y),
            PathEl::QuadTo(a, to) => self.context.quadratic_curve_to(a.x, a.y, to.x, to.y),
            PathEl::CurveTo(a, b, to) => self.context.bezier_curve_to(a.x, a.y, b.x, b.y, to.x, to.y),
            PathEl::ClosePath => self.context.close_path(),
        }
    }

    fn rect(&mut self, rect: Rect, radii: Radii, fill: Option<Ink>, stroke: Option<Stroke>) {
        let limit = rect.width().min(rect.height()) / 2.0;
        let (top, bottom) = (radii.top.min(limit), radii.bottom.min(limit));
        if top <= 0.0 && bottom <= 0.0 {
            if let Some(ink) = fill {
                self.fill_with(ink);
                self.context.fill_rect(rect.x0, rect.y0, rect.width(), rect.height());
            }
            if let Some(stroke) = stroke {
                self.stroke_with(stroke);
                self.context.stroke_rect(rect.x0, rect.y0, rect.width(), rect.height());
            }
            return;
        }
        self.context.begin_path();
        self.context.move_to(rect.x0 + top, rect.y0);
        self.corner(Point::new(rect.x1, rect.y0), Point::new(rect.x1, rect.y1), top);
        self.corner(Point::new(rect.x1, rect.y1), Point::new(rect.x0, rect.y1), bottom);
        self.corner(Point::new(rect.x0, rect.y1), Point::new(rect.x0, rect.y0), bottom);
        self.corner(Point::new(rect.x0, rect.y0), Point::new(rect.x1, rect.y0), top);
        self.context.close_path();
        self.finish(fill, stroke);
    }

    fn corner(&self, at: Point, towards: Point, radius: f64) {
        // Fails for negative radii only.
        let _ = self.context.arc_to(at.x, at.y, towards.x, towards.y, radius);
    }

    fn finish(&mut self, fill: Option<Ink>, stroke: Option<Stroke>) {
        if let Some(ink) = fill {
            self.fill_with(ink);
            self.context.fill();
        }
        if let Some(stroke) = stroke {
            self.stroke_with(stroke);
            self.context.stroke();
        }
    }

    fn color(&self, ink: Ink) -> &str {
        let at = Ink::ALL.iter().position(|other| *other == ink);
        at.and_then(|at| self.colors.get(at)).map_or("transparent", String::as_str)
    }

    fn fill_with(&mut self, ink: Ink) {
        if self.told.fill != Some(ink) {
            self.context.set_fill_style_str(self.color(ink));
            self.told.fill = Some(ink);
        }
    }

    fn stroke_with(&mut self, stroke: Stroke) {
        let told = self.told.stroke;
        if told.is_none_or(|told| told.ink != stroke.ink) {
            self.context.set_stroke_style_str(self.color(stroke.ink));
        }
        if told.is_none_or(|told| told.width != stroke.width) {
            self.context.set_line_width(stroke.width);
        }
        let dashes = |stroke: Stroke| if stroke.dash == Dash::Solid { None } else { stroke.dash.pattern(stroke.width) };
        if told.is_none_or(|told| dashes(told) != dashes(stroke)) {
            let lengths = dashes(stroke).into_iter().flatten().map(JsValue::from_f64).collect::<Array>();
            // Fails for negative lengths only.
            let _ = self.context.set_line_dash(&lengths);
        }
        self.told.stroke = Some(stroke);
    }

    fn font(&mut self, face: Face, size: f64) {
        if self.told.font != Some((face, size)) {
            self.context.set_font(&face.css(size));
            self.told.font = Some((face, size));
        }
    }

    fn anchor(&mut self, anchor: Anchor) {
        if self.told.anchor != Some(anchor) {
            self.context.set_text_align(match anchor {
                Anchor::Start => "left",
                Anchor::Middle => "center",
                Anchor::End => "right",
            });
            self.told.anchor = Some(anchor);
        }
    }

    /// Fills the area with a tile that holds one dot, drawn at least as large as it will be seen.
    fn dots(&mut self, area: Rect, spacing: f64, radius: f64, ink: Ink, scale: f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 24 and 192")]
        let pixels = (spacing * scale.max(1.0).log2().ceil().exp2()).clamp(spacing, 8.0 * spacing) as u32;
        let key = (pixels, self.theme);
        if self.dots.as_ref().is_none_or(|(known, _)| *known != key) {
            self.dots = self.tile(pixels, radius / spacing, ink).map(|pattern| (key, pattern));
        }
        let (Some((_, pattern)), Ok(matrix)) = (&self.dots, DomMatrix::new()) else { return };
        let shrink = spacing / f64::from(pixels);
        // The dot is in the middle of its tile, and the crossings of the grid are at multiples of the spacing.
        matrix.translate_self(-spacing / 2.0, -spacing / 2.0);
        matrix.scale_self(shrink);
        let set: Option<js_sys::Function> =
            js_sys::Reflect::get(pattern, &"setTransform".into()).ok().and_then(|set| set.dyn_into().ok());
        let Some(Ok(_)) = set.map(|set| set.call1(pattern, &matrix)) else { return };
        self.told.fill = None;
        self.context.set_fill_style_canvas_pattern(pattern);
        self.context.fill_rect(area.x0, area.y0, area.width(), area.height());
    }

    fn tile(&self, pixels: u32, radius: f64, ink: Ink) -> Option<CanvasPattern> {
        let canvas: HtmlCanvasElement =
            crate::platform::dom::document().create_element("canvas").ok()?.dyn_into().ok()?;
        canvas.set_width(pixels);
        canvas.set_height(pixels);
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
        let size = f64::from(pixels);
        context.set_fill_style_str(self.color(ink));
        context.arc(size / 2.0, size / 2.0, size * radius, 0.0, TAU).ok()?;
        context.fill();
        self.context.create_pattern_with_html_canvas_element(&canvas, "repeat").ok()?
    }
}
