//! What is drawn: the edited schema, with what was removed from it still there and marked.

use diagram::{Marks, PendingMark, Scene};
use edit::{ItemKind, PendingChanges, Placement};
use schema::{ObjectId, Schema, Table, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The scene and the marks of an editor.
#[derive(Debug, Clone, Default)]
pub(crate) struct Picture {
    schema: Schema,
    pub(crate) scene: Scene,
    pub(crate) marks: Marks,
}

impl Picture {
    /// Follows the schemas; only what differs from before is worked out anew.
    pub(crate) fn sync(
        &mut self,
        base: &Schema,
        target: &Schema,
        pending: &PendingChanges,
        placements: &BTreeMap<TableId, Placement>,
    ) {
        self.schema = with_removed(base, target, pending);
        self.scene.sync(&self.schema, placements);
        self.marks.pending = pending_marks(pending);
    }

    /// The schema that is drawn.
    pub(crate) fn schema(&self) -> &Schema {
        &self.schema
    }

    /// Tables were moved and nothing else changed.
    pub(crate) fn moved(&mut self, tables: &[TableId], placements: &BTreeMap<TableId, Placement>) {
        let places = tables.iter().filter_map(|table| Some((*table, *placements.get(table)?)));
        self.scene.move_tables(places);
    }
}

fn pending_marks(pending: &PendingChanges) -> BTreeMap<ObjectId, PendingMark> {
    pending
        .items()
        .map(|item| {
            let mark = match item.kind {
                ItemKind::Added => PendingMark::Added,
                ItemKind::Changed => PendingMark::Changed,
                ItemKind::Removed => PendingMark::Removed,
            };
            (item.object, mark)
        })
        .collect()
}

/// The edited schema and, beside it, everything that the pending changes remove.
fn with_removed(base: &Schema, target: &Schema, pending: &PendingChanges) -> Schema {
    let mut schema = target.clone();
    let removed = pending.items().filter(|item| item.kind == ItemKind::Removed);
    for object in removed.map(|item| item.object) {
        match object {
            ObjectId::Namespace(id) => {
                schema.namespaces.extend(base.namespaces.get(&id).map(|namespace| (id, namespace.clone())));
            }
            ObjectId::Table(id) => {
                schema.tables.extend(base.tables.get(&id).map(|table| (id, Arc::clone(table))));
            }
            ObjectId::Column(table, id) => {
                let column = base.column(table, id).cloned();
                if let (Some(table), Some(column)) = (table_mut(&mut schema, table), column) {
                    table.columns.push(column);
                    table.columns.sort_by_key(|column| (column.rank, column.id));
                }
            }
            ObjectId::Reference(id) => {
                schema.references.extend(base.references.get(&id).map(|reference| (id, reference.clone())));
            }
            // Tables that are gone are shown with their types.
            ObjectId::Type(id) => schema.types.extend(base.types.get(&id).map(|it| (id, it.clone()))),
            ObjectId::Key(..) | ObjectId::Check(..) | ObjectId::Index(..) | ObjectId::Opaque(_) => {}
        }
    }
    schema
}

fn table_mut(schema: &mut Schema, id: TableId) -> Option<&mut Table> {
    schema.tables.get_mut(&id).map(Arc::make_mut)
}
