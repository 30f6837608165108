//! What is true of objects for a moment: selected, pointed at, pending. Not part of the scene.

use crate::Side;
use kurbo::Point;
use schema::{ColumnId, ObjectId, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a picture shows beyond the schema itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marks {
    /// What is selected: tables, columns and references.
    pub selection: BTreeSet<ObjectId>,
    /// What the pointer is over.
    pub hover: Option<ObjectId>,
    /// What is staged and how. Removed objects are drawn while the schema of the scene still holds them.
    pub pending: BTreeMap<ObjectId, PendingMark>,
    /// What cannot be chosen at the moment.
    pub dimmed: Option<Dimmed>,
    /// The line that follows the pointer while a reference is being drawn.
    pub ghost: Option<Ghost>,
    /// Why that line cannot end where the pointer is.
    pub refusal: Option<String>,
    /// A table or reference that, with its neighbors, stands out from everything else.
    pub focus: Option<ObjectId>,
    /// References proposed but not made, from the referencing to the referenced column.
    pub suggested: Vec<[(TableId, ColumnId); 2]>,
    /// The rectangle being drawn to select with, in world coordinates.
    pub marquee: Option<kurbo::Rect>,
}

/// How an object differs from the committed schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PendingMark {
    /// New.
    Added,
    /// There before, different now.
    Changed,
    /// There before, gone when this is committed.
    Removed,
}

/// While a reference is being drawn: what may be dropped on. All else steps back.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dimmed {
    /// The columns that remain bright.
    pub targets: BTreeSet<(TableId, ColumnId)>,
}

/// The line of a reference being drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ghost {
    /// The table where it began.
    pub table: TableId,
    /// The column where it began.
    pub column: ColumnId,
    /// The edge where it began.
    pub side: Side,
    /// Where the pointer is, in world coordinates.
    pub to: Point,
    /// The column that it would be dropped on.
    pub target: Option<(TableId, ColumnId)>,
}
