//! What stands on the diagram and in no database.

use crate::{AnnotationId, Name};
use serde::{Deserialize, Serialize};

/// A group of tables, or a note.
///
/// Which tables are in a group is said by the tables (see [`Table::group`](crate::Table::group)), so that none can
/// be in two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotation {
    /// Identity.
    pub id: AnnotationId,
    /// Which of the two it is.
    pub kind: AnnotationKind,
    /// Name, unique among those of its kind.
    pub name: Name,
    /// What a group is for; what a note says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Its color, such as `#4f46e5`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// Where a note was put by hand; none while it stands in a row with others, above all tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Spot>,
}

/// Where a note stands, in world units. How high it is follows from its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Spot {
    /// Its left edge, to the right.
    pub x: i32,
    /// Its upper edge, down.
    pub y: i32,
    /// How wide it is.
    pub width: u16,
}

impl Spot {
    /// The least and the greatest width of a note.
    pub const WIDTHS: std::ops::RangeInclusive<u16> = 96..=960;
}

/// What an [`Annotation`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnnotationKind {
    /// Tables that belong together, with an area behind them.
    Group,
    /// A text beside the tables.
    Note,
}

impl AnnotationKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Note => "note",
        }
    }
}

/// Whether the text is a color of six digits, as all colors of a schema are written.
pub(crate) fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#');
    digits.is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}
