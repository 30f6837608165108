//! Cameras and views: from world to screen and back.

use kurbo::{Point, Rect, Size, Vec2};

/// The furthest out.
pub const MIN_ZOOM: f64 = 0.02;
/// The closest in.
pub const MAX_ZOOM: f64 = 4.0;

/// Left or right edge of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Towards smaller x.
    Left,
    /// Towards larger x.
    Right,
}

impl Side {
    /// -1 for left, 1 for right: which way a line leaves.
    pub const fn sign(self) -> f64 {
        match self {
            Self::Left => -1.0,
            Self::Right => 1.0,
        }
    }

    /// The x of that edge.
    pub const fn of(self, rect: Rect) -> f64 {
        match self {
            Self::Left => rect.x0,
            Self::Right => rect.x1,
        }
    }
}

/// Where one looks from: the world point at the top left of the view, and how large the world appears.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Camera {
    /// World x at the left edge of the view.
    pub x: f64,
    /// World y at the top edge of the view.
    pub y: f64,
    /// Screen pixels per world unit.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { x: 0.0, y: 0.0, zoom: 1.0 }
    }
}

impl Camera {
    /// From a point in the view to the point of the world that is seen there.
    pub fn world_from_view(self, point_in_view: Point) -> Point {
        Point::new(self.x + point_in_view.x / self.zoom, self.y + point_in_view.y / self.zoom)
    }

    /// From a point in the world to where it is seen.
    pub fn view_from_world(self, point_in_world: Point) -> Point {
        Point::new((point_in_world.x - self.x) * self.zoom, (point_in_world.y - self.y) * self.zoom)
    }

    /// The same world point stays under `point_in_view` while the zoom is multiplied, within the limits.
    #[must_use]
    pub fn zoom_at(self, point_in_view: Point, factor: f64) -> Self {
        let zoom = if factor.is_finite() { (self.zoom * factor).clamp(MIN_ZOOM, MAX_ZOOM) } else { self.zoom };
        let fixed = self.world_from_view(point_in_view);
        Self { x: fixed.x - point_in_view.x / zoom, y: fixed.y - point_in_view.y / zoom, zoom }
    }

    /// What is seen moves by `delta_in_view` pixels, as when it is dragged.
    #[must_use]
    pub fn pan(self, delta_in_view: Vec2) -> Self {
        Self { x: self.x - delta_in_view.x / self.zoom, y: self.y - delta_in_view.y / self.zoom, zoom: self.zoom }
    }

    /// The same zoom, with that world point in the middle of a view of that size.
    #[must_use]
    pub fn center_on(self, point_in_world: Point, size: Size) -> Self {
        let x = point_in_world.x - size.width / 2.0 / self.zoom;
        let y = point_in_world.y - size.height / 2.0 / self.zoom;
        Self { x, y, zoom: self.zoom }
    }
}

/// A camera and the size of what it fills, in screen pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Where one looks from.
    pub camera: Camera,
    /// How much fits, in screen pixels.
    pub size: Size,
}

impl View {
    /// The part of the world that is seen.
    pub fn world_rect(&self) -> Rect {
        let corner = Point::new(self.size.width, self.size.height);
        Rect::from_points(self.camera.world_from_view(Point::ORIGIN), self.camera.world_from_view(corner))
    }
}

/// The camera that shows all of `bounds` in the middle of a view, with `margin` screen pixels free on each side;
/// never closer than 100 %.
pub fn fit(bounds: Rect, size: Size, margin: f64) -> Camera {
    let room = Size::new((size.width - 2.0 * margin).max(1.0), (size.height - 2.0 * margin).max(1.0));
    let zoom = (room.width / bounds.width().max(1.0)).min(room.height / bounds.height().max(1.0));
    let zoom = if zoom.is_finite() { zoom.clamp(MIN_ZOOM, 1.0) } else { 1.0 };
    Camera { x: 0.0, y: 0.0, zoom }.center_on(bounds.center(), size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zooming_keeps_the_point_under_the_pointer() {
        let camera = Camera { x: 40.0, y: -12.0, zoom: 0.8 };
        let pointer = Point::new(333.0, 222.0);
        for factor in [0.001, 0.5, 1.0, 1.1, 3.0, 1000.0] {
            let zoomed = camera.zoom_at(pointer, factor);
            let moved = camera.world_from_view(pointer) - zoomed.world_from_view(pointer);
            assert!(moved.hypot() < 1e-9, "{factor} moves by {moved}");
            assert!((MIN_ZOOM..=MAX_ZOOM).contains(&zoomed.zoom));
        }
    }

    #[test]
    fn view_and_world_are_inverse() {
        let camera = Camera { x: 40.0, y: -12.0, zoom: 0.37 };
        let point = Point::new(5.0, 6.0);
        assert!((camera.world_from_view(camera.view_from_world(point)) - point).hypot() < 1e-9);
        let panned = camera.pan(Vec2::new(10.0, 20.0));
        let delta = panned.view_from_world(point) - camera.view_from_world(point);
        assert!((delta - Vec2::new(10.0, 20.0)).hypot() < 1e-9);
    }

    #[test]
    fn fit_shows_all() {
        for bounds in [Rect::new(-500.0, 100.0, 3000.0, 900.0), Rect::new(0.0, 0.0, 10.0, 10.0), Rect::ZERO] {
            let view = View { camera: fit(bounds, Size::new(800.0, 600.0), 40.0), size: Size::new(800.0, 600.0) };
            assert!(view.world_rect().union(bounds) == view.world_rect(), "{bounds}");
            assert!(view.camera.zoom <= 1.0);
        }
    }
}
