//! Two stacked canvases and the one frame loop that draws them, at most once a frame and only when something changed.

use super::painter::Painter;
use crate::{platform::theme, workbench::Workbench};
use diagram::{Marks, Point, Rect, Scene, Size, View};
use editor::{Command, Editor, Input, Layer};
use leptos::prelude::*;
use std::time::Duration;
use web_sys::{HtmlCanvasElement, HtmlElement};

/// How long the camera must have rested before those who follow it are told.
const REST: Duration = Duration::from_millis(120);

/// What is drawn on, and what has to be drawn again. Lives as long as the canvas component.
#[derive(Debug)]
pub(super) struct Surface {
    area: HtmlElement,
    mirror: HtmlElement,
    base: (HtmlCanvasElement, Painter),
    top: (HtmlCanvasElement, Painter),
    ratio: f64,
    stale_base: bool,
    stale_top: bool,
    is_scheduled: bool,
    /// How many times the camera has moved, so that the last move can be told from those before it.
    moves: u64,
    /// Whether the whole diagram has been shown once; it cannot be before the area has a size.
    is_fitted: bool,
    /// Nothing is drawn before the fonts are there: a first frame with other letters would jump.
    is_ready: bool,
}

/// A handle to a surface that goes wherever closures go.
pub(super) type SurfaceHandle = StoredValue<Surface, LocalStorage>;

impl Surface {
    pub(super) fn new(
        area: HtmlElement,
        mirror: HtmlElement,
        base: HtmlCanvasElement,
        top: HtmlCanvasElement,
    ) -> Option<Self> {
        let (base_painter, top_painter) = (Painter::new(&base)?, Painter::new(&top)?);
        let mut surface = Self {
            area,
            mirror,
            base: (base, base_painter),
            top: (top, top_painter),
            ratio: 1.0,
            stale_base: true,
            stale_top: true,
            is_scheduled: false,
            moves: 0,
            is_fitted: false,
            is_ready: false,
        };
        surface.follow_theme();
        Some(surface)
    }

    /// The element that the canvases fill.
    pub(super) fn area(&self) -> &HtmlElement {
        &self.area
    }

    /// The size of the area, in pixels of the page.
    pub(super) fn size(&self) -> Size {
        let shown = self.area.get_bounding_client_rect();
        Size::new(shown.width(), shown.height())
    }

    /// Makes the canvases as large as the area, which empties them.
    pub(super) fn resize(&mut self, size: Size) {
        self.ratio = window().device_pixel_ratio();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes of screens")]
        let pixels = |length: f64| (length * self.ratio).round().max(1.0) as u32;
        for canvas in [&self.base.0, &self.top.0] {
            if (canvas.width(), canvas.height()) != (pixels(size.width), pixels(size.height)) {
                canvas.set_width(pixels(size.width));
                canvas.set_height(pixels(size.height));
            }
        }
        self.expire();
    }

    /// Takes the colors of the page's theme.
    pub(super) fn follow_theme(&mut self) {
        let theme = theme::current();
        self.base.1.set_theme(theme);
        self.top.1.set_theme(theme);
        self.expire();
    }

    /// A rectangle of the world as it lies in the window.
    pub(super) fn in_window(&self, editor: &Editor, rect: Rect) -> Rect {
        let shown = self.area.get_bounding_client_rect();
        let camera = editor.view().camera;
        let corners = [Point::new(rect.x0, rect.y0), Point::new(rect.x1, rect.y1)].map(|corner| {
            let at = camera.view_from_world(corner);
            Point::new(at.x + shown.x(), at.y + shown.y())
        });
        Rect::from_points(corners[0], corners[1])
    }

    /// From now on the surface is drawn.
    pub(super) fn begin(&mut self) {
        self.is_ready = true;
    }

    /// Notes that both layers have to be drawn.
    pub(super) fn expire(&mut self) {
        (self.stale_base, self.stale_top) = (true, true);
    }

    /// Draws what has to be drawn. The marks are asked for only then.
    pub(super) fn draw(&mut self, scene: &Scene, view: View, marks: impl FnOnce() -> Marks) {
        if !self.is_ready || !self.stale_base && !self.stale_top {
            return;
        }
        let marks = marks();
        if std::mem::take(&mut self.stale_base) {
            self.base.1.draw(&scene.paint_static(&view, &marks), self.ratio);
        }
        if std::mem::take(&mut self.stale_top) {
            self.top.1.draw(&scene.paint_overlay(&view, &marks), self.ratio);
        }
        let camera = view.camera;
        let (zoom, x, y) = (camera.zoom, -camera.x * camera.zoom, -camera.y * camera.zoom);
        let transform = format!("matrix({zoom}, 0, 0, {zoom}, {x}, {y})");
        // Fails only for a style sheet that cannot be written.
        let _ = self.mirror.style().set_property("transform", &transform);
    }
}

/// From now on the surface is drawn; draws it once, at once.
pub(super) fn begin(surface: SurfaceHandle, bench: Workbench) {
    surface.try_update_value(Surface::begin);
    draw_now(surface, bench);
}

/// Follows the area to another size, and draws in the same frame so that nothing flickers.
pub(super) fn resized(surface: SurfaceHandle, bench: Workbench) {
    let Some((size, is_first)) = surface.try_update_value(|surface| {
        let size = surface.size();
        surface.resize(size);
        let is_first = !surface.is_fitted && !size.is_zero_area();
        surface.is_fitted |= is_first;
        (size, is_first)
    }) else {
        return;
    };
    bench.send(Input::Resized(size));
    if is_first {
        bench.command(Command::Fit);
        bench.camera_moved();
    }
    draw_now(surface, bench);
}

/// Notes that a layer has to be drawn, at the next frame.
pub(super) fn repaint(surface: SurfaceHandle, bench: Workbench, layer: Layer) {
    surface.try_update_value(|surface| match layer {
        Layer::Static => surface.stale_base = true,
        Layer::Overlay => surface.stale_top = true,
    });
    schedule(surface, bench);
}

/// Takes the colors of the page's theme, at the next frame.
pub(super) fn theme_changed(surface: SurfaceHandle, bench: Workbench) {
    surface.try_update_value(Surface::follow_theme);
    schedule(surface, bench);
}

/// Notes that the camera has moved: its readers are told when it has come to rest.
pub(super) fn camera_moved(surface: SurfaceHandle, bench: Workbench) {
    let moves = surface.try_update_value(|surface| {
        surface.moves += 1;
        surface.moves
    });
    set_timeout(
        move || {
            if moves.is_some() && surface.try_with_value(|surface| surface.moves) == moves {
                bench.camera_moved();
            }
        },
        REST,
    );
}

fn schedule(surface: SurfaceHandle, bench: Workbench) {
    let is_scheduled = surface.try_update_value(|surface| std::mem::replace(&mut surface.is_scheduled, true));
    if is_scheduled == Some(false) {
        request_animation_frame(move || {
            surface.try_update_value(|surface| surface.is_scheduled = false);
            draw_now(surface, bench);
        });
    }
}

fn draw_now(surface: SurfaceHandle, bench: Workbench) {
    surface.try_update_value(|surface| {
        bench.peek(|editor| surface.draw(editor.scene(), editor.view(), || editor.marks()));
    });
}
