//! Making a reference by pointing at two columns: which side is the key's, and why a column cannot be one.

use crate::{Change, Editor, NewReference};
use diagram::Dimmed;
use schema::{Cardinality, ColumnId, ColumnPair, ReferentialAction, Schema, Table, TableId};

/// A column that a reference could end at, or the reason why it could not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Its table.
    pub table: TableId,
    /// The column.
    pub column: ColumnId,
    /// Why not; none when it can.
    pub reason: Option<String>,
}

/// One end of a line being drawn.
pub(crate) type End = (TableId, ColumnId);

impl Editor {
    /// Every column of the referenced table with the reason, if any, why the column cannot be named by itself.
    pub fn targets_in(&self, referencing: Option<End>, referenced: TableId) -> Vec<Target> {
        let Some(table) = self.target().table(referenced) else { return Vec::new() };
        table
            .columns
            .iter()
            .map(|column| {
                let reason = match referencing {
                    Some(from) => names(self.target(), from, (referenced, column.id)).err(),
                    None => is_key(table, column.id).err(),
                };
                Target { table: referenced, column: column.id, reason }
            })
            .collect()
    }

    /// The reference that a line between the two columns makes: the side with the key is the referenced one, whichever
    /// way the line was drawn.
    ///
    /// # Errors
    /// Why neither side can name the other.
    pub fn connect(&self, from: (TableId, ColumnId), to: (TableId, ColumnId)) -> Result<Change, String> {
        let forward = names(self.target(), from, to);
        let backward = names(self.target(), to, from);
        let (referencing, referenced) = match (&forward, &backward) {
            (Ok(()), Ok(())) if self.is_primary(from) && !self.is_primary(to) => (to, from),
            (Ok(()), _) => (from, to),
            (Err(_), Ok(())) => (to, from),
            (Err(reason), Err(_)) => return Err(reason.clone()),
        };
        Ok(Change::AddReference(NewReference {
            referencing: referencing.0,
            referenced: referenced.0,
            pairs: vec![ColumnPair { referencing: referencing.1, referenced: referenced.1 }],
            cardinality: Cardinality::ManyToOne,
            on_delete: ReferentialAction::NoAction,
            on_update: ReferentialAction::NoAction,
            name: None,
        }))
    }

    fn is_primary(&self, end: End) -> bool {
        self.target().table(end.0).is_some_and(|table| table.in_primary_key(end.1))
    }

    /// Which columns stay bright while a line is drawn from one.
    pub(crate) fn dimmed_from(&self, from: End) -> Dimmed {
        let all =
            self.target().tables.values().flat_map(|table| table.columns.iter().map(|column| (table.id, column.id)));
        Dimmed { targets: all.filter(|to| *to != from && self.connect(from, *to).is_ok()).collect() }
    }
}

/// Whether a column can name another, or why not.
fn names(schema: &Schema, referencing: End, referenced: End) -> Result<(), String> {
    if referencing == referenced {
        return Err("a column cannot reference itself".to_owned());
    }
    let (Some(from), Some(to)) = (schema.table(referencing.0), schema.table(referenced.0)) else {
        return Err("this table is gone".to_owned());
    };
    let (Some(column), Some(key)) = (from.column(referencing.1), to.column(referenced.1)) else {
        return Err("this column is gone".to_owned());
    };
    is_key(to, key.id)?;
    if !schema.can_reference(&column.data_type, &key.data_type) {
        return Err(format!(
            "{}.{} is {}, {}.{} is {}; the types must match",
            from.name,
            column.name,
            schema.type_text(&column.data_type),
            to.name,
            key.name,
            schema.type_text(&key.data_type)
        ));
    }
    let exists = schema.references.values().any(|reference| {
        reference.referencing == from.id
            && reference.referenced == to.id
            && reference.pairs == [ColumnPair { referencing: column.id, referenced: key.id }]
    });
    if exists {
        return Err(format!("{}.{} references {}.{} already", from.name, column.name, to.name, key.name));
    }
    Ok(())
}

fn is_key(table: &Table, column: ColumnId) -> Result<(), String> {
    let name = table.column(column).map(|column| column.name.as_str()).unwrap_or_default();
    if table.is_referenceable(&[column]) {
        return Ok(());
    }
    if table.unique_sets().any(|set| set.contains(&column)) {
        return Err(format!(
            "{}.{name} is unique only together with other columns; use Add reference to map them all",
            table.name
        ));
    }
    Err(format!("{}.{name} is neither a primary key nor unique", table.name))
}
