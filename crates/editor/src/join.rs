//! Reading the selected tables together.

use crate::{Announcement, Command, Editor, Effect};
use schema::{ObjectId, Table, TableId};

impl Editor {
    /// The selected tables that can be read together, in reading order: two or more, or one that references itself.
    pub fn tables_to_join(&self) -> Vec<TableId> {
        let schema = self.seen();
        let selected =
            self.selection().iter().filter_map(|object| object.table().filter(|id| *object == ObjectId::Table(*id)));
        let mut tables: Vec<&Table> = selected.filter_map(|id| schema.table(id)).collect();
        tables.sort_by_cached_key(|table| (schema.namespace_of(table), &table.name, table.id));
        let tables: Vec<TableId> = tables.into_iter().map(|table| table.id).collect();
        let is_alone =
            |only: TableId| !schema.references.values().any(|it| it.referencing == only && it.referenced == only);
        match tables.as_slice() {
            [only] if is_alone(*only) => Vec::new(),
            _ => tables,
        }
    }

    /// Opens the queries, or says what has to be selected for them.
    pub(crate) fn join_selected(&self) -> Vec<Effect> {
        vec![match self.tables_to_join().is_empty() {
            true => Effect::Announce(Announcement::note("Select two or more tables to join them")),
            false => Effect::Overlay(Command::Join),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, Input};
    use schema::testing::schema_from;
    use std::collections::BTreeMap;

    /// Whether the selected tables can be joined.
    fn check(names: &[&str], expect: bool) {
        let text = "users\n  id integer!\n  boss_id integer\n  pk u(id)\norders\n  id integer!\nfk f: users(boss_id) -> users(id)";
        let document = Document { revision: 0, schema: schema_from(text), placements: BTreeMap::new() };
        let mut editor = Editor::open(document, None, 7);
        for name in names {
            let table = editor.target().tables.values().find(|table| table.name.as_str() == *name).unwrap().id;
            editor.handle(Input::Select(ObjectId::Table(table), true));
        }
        let opens = editor.handle(Input::Command(Command::Join)).contains(&Effect::Overlay(Command::Join));
        assert_eq!((editor.can(Command::Join), opens), (expect, expect), "{names:?}");
    }

    #[test]
    fn two_tables_can_be_joined_or_one_with_itself() {
        for (names, expect) in
            [(&[][..], false), (&["orders"], false), (&["users"], true), (&["orders", "users"], true)]
        {
            check(names, expect);
        }
    }
}
