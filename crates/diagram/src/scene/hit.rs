//! What is at a place.

use super::Scene;
use crate::{HEADER_HEIGHT, Side};
use kurbo::{Point, Rect};
use schema::{AnnotationId, ColumnId, ReferenceId, TableId};

/// What a point of the diagram belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The canvas.
    Empty,
    /// A table, but none of its rows: its edge, or any part when it is too small to show rows.
    Table(TableId),
    /// The part of a table with its name.
    Header(TableId),
    /// The row of a column.
    Column(TableId, ColumnId),
    /// The end of a row, from which a reference is drawn.
    Handle(TableId, ColumnId, Side),
    /// A line.
    Reference(ReferenceId),
    /// The name of a group, or a note.
    Annotation(AnnotationId),
}

impl Hit {
    /// The table, for all but canvas, lines and groups.
    pub fn table(self) -> Option<TableId> {
        match self {
            Self::Table(table) | Self::Header(table) | Self::Column(table, _) | Self::Handle(table, _, _) => {
                Some(table)
            }
            Self::Empty | Self::Reference(_) | Self::Annotation(_) => None,
        }
    }

    /// The column, for rows and handles.
    pub fn column(self) -> Option<(TableId, ColumnId)> {
        match self {
            Self::Column(table, column) | Self::Handle(table, column, _) => Some((table, column)),
            Self::Empty | Self::Table(_) | Self::Header(_) | Self::Reference(_) | Self::Annotation(_) => None,
        }
    }
}

/// How far from the middle of a handle it still reacts, in world units.
const HANDLE_REACH: f64 = 7.0;

impl Scene {
    /// What is at a point. Tables lie over lines, later tables over earlier ones; a line may be missed by
    /// `tolerance`, in world units.
    pub fn hit(&self, point_in_world: Point, tolerance: f64) -> Hit {
        let reach = tolerance.max(HANDLE_REACH);
        let near = Rect::from_center_size(point_in_world, (2.0 * reach, 2.0 * reach));
        let boxes = self.boxes_in(near);
        if let Some(table_box) = boxes.iter().rev().find(|it| it.rect.contains(point_in_world)) {
            let table = table_box.table;
            if point_in_world.y < table_box.rect.y0 + HEADER_HEIGHT {
                return Hit::Header(table);
            }
            return match table_box.column_at(point_in_world.y) {
                Some(column) => match handle_side(table_box.rect, point_in_world) {
                    Some(side) => Hit::Handle(table, column, side),
                    None => Hit::Column(table, column),
                },
                None => Hit::Table(table),
            };
        }
        for table_box in boxes.iter().rev() {
            let side = handle_side(table_box.rect, point_in_world);
            if let (Some(column), Some(side)) = (table_box.column_at(point_in_world.y), side) {
                return Hit::Handle(table_box.table, column, side);
            }
        }
        let routes = self.routes_in(near);
        let distances = routes.iter().rev().map(|route| (route.distance(point_in_world), route.reference));
        let nearest = distances.min_by(|a, b| a.0.total_cmp(&b.0));
        match nearest {
            Some((distance, reference)) if distance <= tolerance => Hit::Reference(reference),
            Some(_) | None => self.annotation_at(point_in_world).map_or(Hit::Empty, Hit::Annotation),
        }
    }

    /// The tables that touch a rectangle, in order.
    pub fn tables_in(&self, rect_in_world: Rect) -> Vec<TableId> {
        self.boxes_in(rect_in_world).iter().map(|it| it.table).collect()
    }

    /// The references whose line runs through a rectangle, in order.
    pub fn references_in(&self, rect_in_world: Rect) -> Vec<ReferenceId> {
        let crosses = |from: Point, to: Point| Rect::from_points(from, to).overlaps(rect_in_world);
        let routes = self.routes_in(rect_in_world).into_iter();
        routes.filter(|it| it.segments().any(|(from, to)| crosses(from, to))).map(|it| it.reference).collect()
    }
}

fn handle_side(rect: Rect, point: Point) -> Option<Side> {
    let near = |x: f64| (point.x - x).abs() <= HANDLE_REACH;
    match (near(rect.x0), near(rect.x1)) {
        (true, _) => Some(Side::Left),
        (_, true) => Some(Side::Right),
        (false, false) => None,
    }
}
