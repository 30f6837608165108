//! The card of a table: its size, its rows and where lines meet them.

use crate::font::{Face, elide, text_width};
use crate::{Ink, Side};
use edit::Placement;
use kurbo::{Point, Rect, Size};
use schema::{ColumnId, KeyKind, Schema, Table, TableId};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Height of the part with the table's name.
pub const HEADER_HEIGHT: f64 = 32.0;
/// Height of one column's row.
pub const ROW_HEIGHT: f64 = 24.0;
/// Widths of cards are multiples of this.
pub const GRID: f64 = 8.0;

pub(crate) const MIN_WIDTH: f64 = 180.0;
pub(crate) const MAX_WIDTH: f64 = 360.0;
pub(crate) const NAME_SIZE: f64 = 13.0;
pub(crate) const TYPE_SIZE: f64 = 11.0;
/// From the left edge to the middle of the key mark.
pub(crate) const MARK_X: f64 = 19.0;
/// From the left edge to the names of columns.
pub(crate) const NAME_X: f64 = 32.0;
/// From the left edge to the table's name.
pub(crate) const TITLE_X: f64 = 12.0;
/// From the right edge to the end of the type; the null mark stands beyond it.
pub(crate) const TYPE_X: f64 = 20.0;
/// From the right edge to the beginning of the null mark.
pub(crate) const NULL_X: f64 = 18.0;
const GAP: f64 = 16.0;
const FOOT: f64 = 4.0;

/// A table as it stands on the canvas.
#[derive(Debug, Clone, PartialEq)]
pub struct TableBox {
    /// Which table.
    pub table: TableId,
    /// Where, in world coordinates.
    pub rect: Rect,
    /// The namespace with a dot after it, unless that is `public`.
    pub prefix: Option<Arc<str>>,
    /// The name, shortened to fit.
    pub title: Arc<str>,
    /// Width of the prefix.
    pub(crate) prefix_width: f64,
    /// Width of prefix and title at a font size of 1.
    pub(crate) title_width: f64,
    /// The color of the band at the top: the table's own, or that of its namespace.
    pub hue: Ink,
    /// Whether it is the table's own.
    pub has_color: bool,
    /// One row a column, in order.
    pub rows: Arc<[Row]>,
}

/// The row of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Which column.
    pub column: ColumnId,
    /// The name, shortened to fit.
    pub name: Arc<str>,
    /// The width of the name as shown.
    pub name_width: f64,
    /// The type, shortened to fit, with a question mark after it when the column may be NULL.
    pub data_type: Arc<str>,
    /// What stands in the left gutter.
    pub mark: RowMark,
    /// Whether the column may be NULL.
    pub nullable: bool,
}

/// What stands in the gutter left of a column's name; the first that applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowMark {
    /// Part of the primary key.
    Primary,
    /// References another table.
    Reference,
    /// Unique on its own.
    Unique,
    /// None of these.
    Plain,
}

impl TableBox {
    /// The card of a table. `referencing` holds the columns that reference another table.
    pub fn new(schema: &Schema, table: &Table, referencing: &BTreeSet<ColumnId>, placement: Placement) -> Self {
        let prefix = prefix(schema, table);
        let own = table.options.color.as_deref().and_then(rgb).map(Ink::nearest_hue);
        let namespace = schema.namespaces.keys().position(|id| *id == table.namespace).unwrap_or(0);
        let types = types(schema, table);
        let measured = measured(table, &types);
        let width = width(table, prefix.as_deref(), &measured);
        let prefix = prefix.map(|text| elide(&text, Face::Sans, NAME_SIZE, (width - 2.0 * TITLE_X) / 2.0).into_owned());
        let prefix_width = prefix.as_deref().map_or(0.0, |text| text_width(text, Face::Sans, NAME_SIZE));
        let room = width - 2.0 * TITLE_X - prefix_width;
        let title = elide(table.name.as_str(), Face::SansBold, NAME_SIZE, room);
        let title_width = text_width(&title, Face::SansBold, 1.0) + prefix_width / NAME_SIZE;
        let columns = table.columns.iter().zip(&measured);
        let rows: Arc<[Row]> = columns
            .map(|(column, measured)| row(table, column, measured, referencing.contains(&column.id), width))
            .collect();
        let mut this = Self {
            table: table.id,
            rect: Rect::new(0.0, 0.0, width, height(rows.len())),
            title: Arc::from(&*title),
            prefix: prefix.map(Arc::from),
            prefix_width,
            title_width,
            hue: own.unwrap_or(Ink::hue(namespace)),
            has_color: own.is_some(),
            rows,
        };
        this.move_to(placement);
        this
    }

    /// The size of a table's card, without making it.
    pub fn size_of(schema: &Schema, table: &Table) -> Size {
        Size::new(natural_width(schema, table, prefix(schema, table).as_deref()), height(table.columns.len()))
    }

    /// Puts the top left corner elsewhere.
    pub fn move_to(&mut self, placement: Placement) {
        let origin = Point::new(f64::from(placement.x), f64::from(placement.y));
        self.rect = self.rect.with_origin(origin);
    }

    /// The part with the name.
    pub fn header_rect(&self) -> Rect {
        Rect { y1: self.rect.y0 + HEADER_HEIGHT, ..self.rect }
    }

    /// The row of a column.
    pub fn row_rect(&self, column: ColumnId) -> Option<Rect> {
        let index = self.rows.iter().position(|row| row.column == column)?;
        Some(self.row_rect_at(index))
    }

    pub(crate) fn row_rect_at(&self, index: usize) -> Rect {
        let y0 = self.rect.y0 + HEADER_HEIGHT + row_offset(index);
        Rect { y0, y1: y0 + ROW_HEIGHT, ..self.rect }
    }

    /// The point where a line to that column meets that edge.
    pub fn anchor(&self, column: ColumnId, side: Side) -> Option<Point> {
        let row = self.row_rect(column)?;
        Some(Point::new(side.of(row), row.center().y))
    }

    /// The column whose row is at that height.
    pub fn column_at(&self, y_in_world: f64) -> Option<ColumnId> {
        let offset = y_in_world - self.rect.y0 - HEADER_HEIGHT;
        if offset < 0.0 {
            return None;
        }
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates, and get() checks")]
        let index = (offset / ROW_HEIGHT) as usize;
        self.rows.get(index).map(|row| row.column)
    }
}

#[allow(clippy::cast_precision_loss, reason = "tables have at most 1,600 columns")]
fn row_offset(index: usize) -> f64 {
    index as f64 * ROW_HEIGHT
}

/// The height of a card with that many rows.
pub(crate) fn height(n_rows: usize) -> f64 {
    HEADER_HEIGHT + row_offset(n_rows) + if n_rows == 0 { 0.0 } else { FOOT }
}

/// The number of a color that is written like `#4f46e5`.
fn rgb(color: &str) -> Option<u32> {
    color.strip_prefix('#').filter(|digits| digits.len() == 6).and_then(|digits| u32::from_str_radix(digits, 16).ok())
}

fn prefix(schema: &Schema, table: &Table) -> Option<String> {
    schema.namespace_of(table).filter(|name| name.as_str() != "public").map(|name| format!("{name}."))
}

fn types(schema: &Schema, table: &Table) -> Vec<String> {
    table.columns.iter().map(|column| schema.type_text(&column.data_type)).collect()
}

fn natural_width(schema: &Schema, table: &Table, prefix: Option<&str>) -> f64 {
    let types = types(schema, table);
    width(table, prefix, &measured(table, &types))
}

/// A column's texts and how wide they would like to be.
#[derive(Debug)]
struct Measured<'a> {
    name_width: f64,
    data_type: &'a str,
    type_width: f64,
}

fn measured<'a>(table: &Table, types: &'a [String]) -> Vec<Measured<'a>> {
    let columns = table.columns.iter().zip(types);
    let measure = |(column, data_type): (&schema::Column, &'a String)| Measured {
        name_width: text_width(column.name.as_str(), Face::Sans, NAME_SIZE),
        data_type,
        type_width: text_width(data_type, Face::Mono, TYPE_SIZE),
    };
    columns.map(measure).collect()
}

fn width(table: &Table, prefix: Option<&str>, columns: &[Measured<'_>]) -> f64 {
    let title = text_width(table.name.as_str(), Face::SansBold, NAME_SIZE)
        + prefix.map_or(0.0, |text| text_width(text, Face::Sans, NAME_SIZE))
        + 2.0 * TITLE_X;
    let rows = columns.iter().map(|column| NAME_X + column.name_width + GAP + column.type_width + TYPE_X);
    let widest = rows.fold(title, f64::max);
    ((widest / GRID).ceil() * GRID).clamp(MIN_WIDTH, MAX_WIDTH)
}

fn row(table: &Table, column: &schema::Column, measured: &Measured<'_>, references: bool, width: f64) -> Row {
    let room = width - NAME_X - GAP - TYPE_X;
    let (mut name, mut name_width) = (Arc::from(column.name.as_str()), measured.name_width);
    let mut data_type = Cow::Borrowed(measured.data_type);
    if name_width + measured.type_width > room {
        // The name matters more: the type keeps what the name leaves, but never less than a third.
        data_type = elide(measured.data_type, Face::Mono, TYPE_SIZE, (room - name_width).max(room / 3.0));
        let name_room = room - text_width(&data_type, Face::Mono, TYPE_SIZE);
        let shown = elide(column.name.as_str(), Face::Sans, NAME_SIZE, name_room);
        name_width = text_width(&shown, Face::Sans, NAME_SIZE);
        name = Arc::from(&*shown);
    }
    let mark = mark(table, column.id, references);
    let nullable = column.nullable && mark != RowMark::Primary;
    let data_type = if nullable { format!("{data_type}?").into() } else { Arc::from(&*data_type) };
    Row { column: column.id, name, name_width, data_type, mark, nullable }
}

fn mark(table: &Table, column: ColumnId, references: bool) -> RowMark {
    if table.in_primary_key(column) {
        return RowMark::Primary;
    }
    if references {
        return RowMark::Reference;
    }
    let unique_key = table.keys.iter().any(|key| key.kind == KeyKind::Unique && key.columns == [column]);
    if unique_key || table.unique_sets().any(|set| set == [column]) { RowMark::Unique } else { RowMark::Plain }
}
