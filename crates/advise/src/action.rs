//! Referential actions in words.

use schema::{ColumnId, Reference, ReferentialAction, Schema, Table};

/// What happens to the referenced row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Event {
    /// It is deleted.
    Delete,
    /// Its key changes.
    Update,
}

/// What the action would do for this reference, in a sentence or two with the user's own names. Empty when a table
/// of the reference is not there.
///
/// # Examples
/// ```
/// use advise::{Event, explain_action};
/// use schema::{ReferentialAction, testing::schema_from};
///
/// let schema = schema_from(
///     "users\n  id integer!\n  pk users_pkey(id)\norders\n  user_id integer\nfk f: orders(user_id) -> users(id)",
/// );
/// let reference = schema.references.values().next().unwrap();
/// assert_eq!(
///     explain_action(&schema, reference, Event::Delete, ReferentialAction::Cascade),
///     "Deleting a row of users also deletes the rows of orders that name it."
/// );
/// ```
pub fn explain_action(schema: &Schema, reference: &Reference, event: Event, action: ReferentialAction) -> String {
    let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
    let (Some(referencing), Some(referenced)) = tables else { return String::new() };
    let words = Words::of(schema, reference, referencing, referenced, event);
    match action {
        ReferentialAction::NoAction => {
            format!("{} is refused while {} it; this is checked when the statement ends.", words.doing, words.naming)
        }
        ReferentialAction::Restrict => {
            format!("{} is refused while {} it; this is checked at once.", words.doing, words.naming)
        }
        ReferentialAction::Cascade => words.cascade(),
        ReferentialAction::SetNull => words.set_null(referencing, &reference.referencing_columns()),
        ReferentialAction::SetDefault => words.set_default(referencing, &reference.referencing_columns()),
    }
}

struct Words {
    event: Event,
    /// `Deleting a row of users`.
    doing: String,
    /// `rows of orders name`.
    naming: String,
    /// `the rows of orders that name it`.
    rows: String,
    /// `user_id`.
    columns: String,
    /// The table that is referenced.
    referenced: String,
    own: bool,
    several: bool,
}

impl Words {
    fn of(schema: &Schema, reference: &Reference, referencing: &Table, referenced: &Table, event: Event) -> Self {
        let (from, to) = (schema.display_name(referencing), schema.display_name(referenced));
        let own = referencing.id == referenced.id;
        let key = referenced.list_of(&reference.referenced_columns());
        let doing = match event {
            Event::Delete => format!("Deleting a row of {to}"),
            Event::Update => format!("Changing {key} of a row of {to}"),
        };
        Self {
            event,
            doing,
            naming: if own { format!("other rows of {from} name") } else { format!("rows of {from} name") },
            rows: if own {
                format!("the other rows of {from} that name it")
            } else {
                format!("the rows of {from} that name it")
            },
            columns: referencing.list_of(&reference.referencing_columns()),
            referenced: to,
            own,
            several: reference.pairs.len() > 1,
        }
    }

    fn cascade(&self) -> String {
        match self.event {
            Event::Delete if self.own => {
                format!("{} also deletes {}, then those that name them, and so on.", self.doing, self.rows)
            }
            Event::Delete => format!("{} also deletes {}.", self.doing, self.rows),
            Event::Update => format!("{} also changes {} in {}.", self.doing, self.columns, self.rows),
        }
    }

    fn set_null(&self, table: &Table, columns: &[ColumnId]) -> String {
        let fixed: Vec<ColumnId> = columns.iter().copied().filter(|column| !table.is_nullable(*column)).collect();
        if !fixed.is_empty() {
            let (be, it) = if fixed.len() > 1 { ("are", "them") } else { ("is", "it") };
            return format!(
                "{} always fails while {}: {} {be} NOT NULL, so nothing can set {it} to NULL.",
                self.doing,
                self.name_it(),
                table.list_of(&fixed)
            );
        }
        let all = if self.several { "all of " } else { "" };
        format!("{} keeps {} and sets {all}{} there to NULL.", self.doing, self.rows, self.columns)
    }

    fn set_default(&self, table: &Table, columns: &[ColumnId]) -> String {
        let without: Vec<ColumnId> = columns
            .iter()
            .copied()
            .filter(|id| {
                table.column(*id).is_some_and(|c| c.default.is_none() && !c.is_numbered() && c.generation.is_none())
            })
            .collect();
        let fails = without.iter().any(|column| !table.is_nullable(*column));
        if fails {
            let without: Vec<ColumnId> = without.into_iter().filter(|column| !table.is_nullable(*column)).collect();
            let (has, be) = if without.len() > 1 { ("have", "are") } else { ("has", "is") };
            return format!(
                "{} always fails while {}: {} {has} no default and {be} NOT NULL.",
                self.doing,
                self.name_it(),
                table.list_of(&without)
            );
        }
        let defaults = if self.several { "their defaults" } else { "its default" };
        let start = format!("{} keeps {} and sets {} there to {defaults}", self.doing, self.rows, self.columns);
        if without.len() == columns.len() {
            return format!("{start}, which is NULL.");
        }
        format!("{start}; it fails when no row of {} has that value.", self.referenced)
    }

    fn name_it(&self) -> String {
        format!("{} it", self.naming)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Event::{Delete, Update};
    use ReferentialAction::{Cascade, NoAction, Restrict, SetDefault, SetNull};
    use schema::testing::schema_from;

    fn check(text: &str, event: Event, action: ReferentialAction, expect: &str) {
        let schema = schema_from(text);
        let reference = schema.references.values().next().unwrap();
        assert_eq!(explain_action(&schema, reference, event, action), expect);
    }

    #[test]
    fn between_two_tables() {
        let shop = "users\n  id integer!\n  pk p(id)\norders\n  user_id integer\nfk f: orders(user_id) -> users(id)";
        for (event, action, expect) in [
            (
                Delete,
                NoAction,
                "Deleting a row of users is refused while rows of orders name it; this is checked when the statement ends.",
            ),
            (
                Delete,
                Restrict,
                "Deleting a row of users is refused while rows of orders name it; this is checked at once.",
            ),
            (Delete, Cascade, "Deleting a row of users also deletes the rows of orders that name it."),
            (
                Delete,
                SetNull,
                "Deleting a row of users keeps the rows of orders that name it and sets user_id there to NULL.",
            ),
            (
                Delete,
                SetDefault,
                "Deleting a row of users keeps the rows of orders that name it and sets user_id there to its default, which is NULL.",
            ),
            (
                Update,
                NoAction,
                "Changing id of a row of users is refused while rows of orders name it; this is checked when the statement ends.",
            ),
            (Update, Cascade, "Changing id of a row of users also changes user_id in the rows of orders that name it."),
            (
                Update,
                SetNull,
                "Changing id of a row of users keeps the rows of orders that name it and sets user_id there to NULL.",
            ),
        ] {
            check(shop, event, action, expect);
        }
    }

    #[test]
    fn when_it_cannot_work() {
        let fixed = "users\n  id integer!\n  pk p(id)\norders\n  user_id integer!\nfk f: orders(user_id) -> users(id)";
        check(
            fixed,
            Delete,
            SetNull,
            "Deleting a row of users always fails while rows of orders name it: user_id is NOT NULL, so nothing can set it to NULL.",
        );
        check(
            fixed,
            Delete,
            SetDefault,
            "Deleting a row of users always fails while rows of orders name it: user_id has no default and is NOT NULL.",
        );
        let given = fixed.replace("integer!\nfk", "integer! = 1\nfk");
        check(
            &given,
            Delete,
            SetDefault,
            "Deleting a row of users keeps the rows of orders that name it and sets user_id there to its default; it fails when no row of users has that value.",
        );
    }

    #[test]
    fn to_itself_and_over_several_columns() {
        let tree = "nodes\n  id integer!\n  parent_id integer\n  pk p(id)\nfk f: nodes(parent_id) -> nodes(id)";
        check(
            tree,
            Delete,
            Cascade,
            "Deleting a row of nodes also deletes the other rows of nodes that name it, then those that name them, and so on.",
        );
        check(
            tree,
            Delete,
            Restrict,
            "Deleting a row of nodes is refused while other rows of nodes name it; this is checked at once.",
        );
        let pair =
            "a.t\n  x integer!\n  y integer!\n  pk p(x, y)\nu\n  x integer\n  y integer!\nfk f: u(x, y) -> a.t(x, y)";
        check(
            pair,
            Update,
            Cascade,
            "Changing x and y of a row of a.t also changes x and y in the rows of u that name it.",
        );
        check(
            pair,
            Delete,
            SetNull,
            "Deleting a row of a.t always fails while rows of u name it: y is NOT NULL, so nothing can set it to NULL.",
        );
        let loose = pair.replace("y integer!\nfk", "y integer\nfk");
        check(
            &loose,
            Delete,
            SetNull,
            "Deleting a row of a.t keeps the rows of u that name it and sets all of x and y there to NULL.",
        );
    }
}
