//! What a reference looks like from its two ends, derived from keys and nullability and never stored.

use crate::{ColumnId, Reference, Schema, Table};

/// How many rows stand at the two ends, read from the referencing side; DBML writes `>`, `<`, `-` and `<>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// `>`: many rows name one.
    ManyToOne,
    /// `<`: the same, told from the other side.
    OneToMany,
    /// `-`: at most one row names each.
    OneToOne,
    /// `<>`: two references through a junction table.
    ManyToMany,
}

/// The mark at one end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EndMarker {
    /// Exactly one.
    One,
    /// None or one.
    ZeroOrOne,
    /// At least one.
    OneOrMany,
    /// Any number.
    ZeroOrMany,
}

/// The marks at the ends of one reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ends {
    /// At the referencing table: how many of its rows may name one row.
    pub referencing: EndMarker,
    /// At the referenced table: how many rows one row names.
    pub referenced: EndMarker,
}

impl Ends {
    /// The marks of a reference. The referencing end is "one" when a key lies within the referencing columns; the
    /// referenced end is optional when a referencing column may be NULL.
    pub fn of(schema: &Schema, reference: &Reference) -> Self {
        let Some(table) = schema.table(reference.referencing) else {
            return Self { referencing: EndMarker::ZeroOrMany, referenced: EndMarker::One };
        };
        let columns = reference.referencing_columns();
        let referencing = if is_unique(table, &columns) { EndMarker::ZeroOrOne } else { EndMarker::ZeroOrMany };
        let optional = columns.iter().any(|column| table.is_nullable(*column));
        let referenced = if optional { EndMarker::ZeroOrOne } else { EndMarker::One };
        Self { referencing, referenced }
    }

    /// Many-to-one or one-to-one.
    pub fn cardinality(self) -> Cardinality {
        match self.referencing {
            EndMarker::One | EndMarker::ZeroOrOne => Cardinality::OneToOne,
            EndMarker::OneOrMany | EndMarker::ZeroOrMany => Cardinality::ManyToOne,
        }
    }
}

fn is_unique(table: &Table, columns: &[ColumnId]) -> bool {
    table.unique_sets().any(|set| !set.is_empty() && set.iter().all(|column| columns.contains(column)))
}
