//! Where tables stand on the canvas. Not part of the schema: a move is never committed with a revision.

use schema::TableId;
use serde::{Deserialize, Serialize};

/// The top left corner of a table, in world units (CSS pixels at 100%), x to the right and y down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Placement {
    /// To the right.
    pub x: i32,
    /// Down.
    pub y: i32,
}

/// One table put elsewhere, or placed for the first time, or taken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// Which table.
    pub table: TableId,
    /// Where it was; none when it had no place.
    pub from: Option<Placement>,
    /// Where it goes; none when it leaves.
    pub to: Option<Placement>,
}

impl Move {
    /// The way back.
    #[must_use]
    pub fn invert(self) -> Self {
        Self { table: self.table, from: self.to, to: self.from }
    }
}
