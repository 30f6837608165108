//! What differs between two schemas, as single changes.

use crate::action::{Action, Fact, Op, Slot};
use crate::export::{notes_of, notes_of_parts, written};
use crate::names::name_in;
use crate::plan::Refusal;
use crate::rebuild::Rebuilt;
use crate::render::{checks_after_create, keys_after_create, keys_of_create};
use crate::table_diff::TableDiff;
use crate::{hazard, moves};
use schema::{ColumnId, Name, NamespaceId, ObjectId, Reference, ReferenceOptions, Schema, Table, TableId};
use std::sync::Arc;

/// All changes, in the order of tables by name, and what cannot be done.
pub(crate) fn actions<'a>(base: &'a Schema, target: &'a Schema) -> (Vec<Action<'a>>, Vec<Refusal>) {
    let (rebuilt, refusals) = Rebuilt::of(base, target);
    let mut diff = Diff { base, target, rebuilt, actions: Vec::new(), refusals };
    diff.namespaces();
    diff.types();
    diff.opaque();
    for table in target.tables_by_name() {
        match base.tables.get(&table.id) {
            None => diff.create_table(table),
            Some(before) if !same(base, target, table.id) || diff.rebuilt.has_table(table.id) => {
                TableDiff { diff: &mut diff, before, after: table }.run();
            }
            Some(_) => {}
        }
    }
    for table in base.tables_by_name() {
        if !target.tables.contains_key(&table.id) {
            diff.drop_table(table);
        }
    }
    diff.references();
    for action in &mut diff.actions {
        action.object = diff.rebuilt.account_of(base, target, action.object).unwrap_or(action.object);
    }
    (diff.actions, diff.refusals)
}

fn same(base: &Schema, target: &Schema, table: TableId) -> bool {
    match (base.tables.get(&table), target.tables.get(&table)) {
        (Some(before), Some(after)) => Arc::ptr_eq(before, after) || before == after,
        _ => false,
    }
}

pub(crate) struct Diff<'a> {
    pub(crate) base: &'a Schema,
    pub(crate) target: &'a Schema,
    pub(crate) rebuilt: Rebuilt,
    pub(crate) actions: Vec<Action<'a>>,
    pub(crate) refusals: Vec<Refusal>,
}

impl<'a> Diff<'a> {
    pub(crate) fn refuse(&mut self, object: ObjectId, message: String) {
        self.refusals.push(Refusal { object, message });
    }

    fn namespaces(&mut self) {
        let mut after: Vec<_> = self.target.namespaces.values().collect();
        after.sort_by_key(|namespace| (&namespace.name, namespace.id));
        for namespace in after {
            let object = ObjectId::Namespace(namespace.id);
            let takes = [Slot::Namespace(namespace.name.clone())];
            match self.base.namespaces.get(&namespace.id) {
                None => self.actions.push(
                    Action::new(object, Op::CreateNamespace(namespace)).making([Fact::Made(object)]).taking(takes),
                ),
                Some(before) if before.name != namespace.name => self.actions.push(
                    Action::new(object, Op::RenameNamespace(namespace))
                        .freeing([Slot::Namespace(before.name.clone())])
                        .taking(takes),
                ),
                Some(_) => {}
            }
        }
        let mut before: Vec<_> = self.base.namespaces.values().collect();
        before.sort_by_key(|namespace| (&namespace.name, namespace.id));
        for namespace in before {
            if self.target.namespaces.contains_key(&namespace.id) {
                continue;
            }
            let object = ObjectId::Namespace(namespace.id);
            if let Some(table) = self.target.tables.values().find(|table| table.namespace == namespace.id) {
                let message = format!("{} still contains {}; move or remove that as well", namespace.name, table.name);
                self.refuse(object, message);
                continue;
            }
            self.actions.push(
                Action::new(object, Op::DropNamespace(namespace.id))
                    .needing([Fact::Left(namespace.id)])
                    .freeing([Slot::Namespace(namespace.name.clone())]),
            );
        }
    }

    fn create_table(&mut self, table: &'a Table) {
        let object = ObjectId::Table(table.id);
        if let Some(name) = table.keys.iter().find(|key| lacks_column(table, &key.columns)).map(|key| &key.name) {
            let message = format!("{name} has a column that {} has not; remove it from the key", table.name);
            self.refuse(ObjectId::Table(table.id), message);
            return;
        }
        let keys = keys_of_create(table);
        let mut takes = vec![Slot::Relation(table.namespace, table.name.clone())];
        takes.extend(keys.iter().map(|key| Slot::Relation(table.namespace, key.name.clone())));
        let made_keys = keys.iter().map(|key| Fact::Made(ObjectId::Key(table.id, key.id)));
        self.actions.push(
            Action::new(object, Op::CreateTable(table))
                .making(made_keys)
                .making([Fact::Made(object)])
                .needing([Fact::Made(ObjectId::Namespace(table.namespace))])
                .taking(takes),
        );
        let parents = table.options.inherits.iter().map(|id| Fact::Made(ObjectId::Table(*id)));
        let types = table.columns.iter().filter_map(|column| column.data_type.user_type());
        let needs = parents.chain(types.map(|id| Fact::Made(ObjectId::Type(id))));
        if let Some(action) = self.actions.last_mut() {
            action.needs.extend(needs);
        }
        for check in checks_after_create(table) {
            self.actions.push(Action::new(object, Op::AddCheck(table.id, check)).needing([Fact::Made(object)]));
        }
        if let Some(partition) = &table.options.partition {
            let parts = table.keys.iter().map(|key| ObjectId::Key(table.id, key.id));
            let parts = parts.chain(table.indexes.iter().map(|index| ObjectId::Index(table.id, index.id)));
            self.actions.push(
                Action::new(object, Op::Attach(table.id, partition))
                    .needing([Fact::Made(object), Fact::Made(ObjectId::Table(partition.parent))])
                    .needing(parts.map(Fact::Made)),
            );
        }
        for key in keys_after_create(table) {
            self.actions.push(
                Action::new(object, Op::AddKey(table.id, key))
                    .needing([Fact::Made(object)])
                    .making([Fact::Made(ObjectId::Key(table.id, key.id))])
                    .taking([Slot::Relation(table.namespace, key.name.clone())]),
            );
        }
        let mut indexes: Vec<_> = table.indexes.iter().collect();
        indexes.sort_by_key(|index| (&index.name, index.id));
        for index in indexes {
            if lacks_column(table, &index.mentions()) {
                let message = format!("{} has a column that {} has not; remove it", index.name, table.name);
                self.refuse(object, message);
                continue;
            }
            self.actions.push(
                Action::new(object, Op::CreateIndex(table.id, index))
                    .needing([Fact::Made(object)])
                    .making([Fact::Made(ObjectId::Index(table.id, index.id))])
                    .taking([Slot::Relation(table.namespace, index.name.clone())]),
            );
        }
        for (column, note) in notes_of(table) {
            let comment = Op::Comment(table.id, column, Some(note));
            self.actions.push(Action::new(object, comment).needing([Fact::Made(object)]));
        }
        for (part, note) in notes_of_parts(table) {
            let comment = Op::CommentOn(table.id, part, Some(note));
            self.actions.push(Action::new(object, comment).needing([Fact::Made(part), Fact::Made(object)]));
        }
    }

    fn drop_table(&mut self, table: &'a Table) {
        let object = ObjectId::Table(table.id);
        let user = self.target.references.values().find(|reference| touches(reference, table.id));
        if let Some(user) = user {
            let message = format!("{} is still used by {}; remove that reference as well", table.name, user.name);
            self.refuse(object, message);
            return;
        }
        self.actions.push(
            Action::new(object, Op::DropTable(table.id))
                .needing([Fact::Going(object)])
                .making([Fact::Left(table.namespace)])
                .making(table.options.parents().map(|id| Fact::Going(ObjectId::Table(id))))
                .making(
                    table
                        .columns
                        .iter()
                        .filter_map(|it| it.data_type.user_type())
                        .map(|id| Fact::Going(ObjectId::Type(id))),
                )
                .freeing(moves::relations(table).map(|(_, name)| Slot::Relation(table.namespace, name.clone())))
                .freeing(table.sequences().map(|(_, name)| Slot::Relation(table.namespace, name)))
                .note(Some(format!("All rows of {} are deleted.", self.base.display_name(table)))),
        );
    }

    fn references(&mut self) {
        let mut after: Vec<&'a Reference> = self.target.references.values().map(AsRef::as_ref).collect();
        after.sort_by_key(|reference| (table_name(self.target, reference.referencing), &reference.name, reference.id));
        let mut before: Vec<&'a Reference> = self.base.references.values().map(AsRef::as_ref).collect();
        before.sort_by_key(|reference| (table_name(self.base, reference.referencing), &reference.name, reference.id));
        for old in before {
            match self.target.references.get(&old.id) {
                Some(new) if self.survives(old, new) => {
                    self.rename_reference(old, new);
                    self.change_reference(old, new);
                }
                Some(_) | None => self.drop_reference(old),
            }
        }
        for new in after {
            if !self.base.references.get(&new.id).is_some_and(|old| self.survives(old, new)) {
                self.add_reference(new);
            }
        }
    }

    /// Whether the reference goes on existing, and is not taken away for a moment.
    pub(crate) fn survives(&self, old: &Reference, new: &Reference) -> bool {
        survives(old, new) && !self.rebuilt.has_reference(new)
    }

    fn rename_reference(&mut self, old: &'a Reference, new: &'a Reference) {
        if old.name == new.name {
            return;
        }
        let object = ObjectId::Reference(new.id);
        self.actions.push(
            Action::new(object, Op::RenameConstraint(new.referencing, object, &new.name))
                .freeing([Slot::Constraint(new.referencing, old.name.clone())])
                .taking([Slot::Constraint(new.referencing, new.name.clone())]),
        );
    }

    /// What changes in a reference that stays.
    fn change_reference(&mut self, old: &'a Reference, new: &'a Reference) {
        let object = ObjectId::Reference(new.id);
        if old.options.not_valid && !new.options.not_valid {
            let note = hazard::new_reference(self.base, self.target, new);
            self.actions.push(Action::new(object, Op::Validate(new.referencing, object)).note(note));
        }
        let notes = (written(old.options.note.as_deref()), written(new.options.note.as_deref()));
        if notes.0 != notes.1 {
            self.actions.push(Action::new(object, Op::CommentOn(new.referencing, object, notes.1)));
        }
    }

    fn drop_reference(&mut self, old: &'a Reference) {
        let object = ObjectId::Reference(old.id);
        let named = old.referenced_columns();
        let keys = self.base.table(old.referenced).into_iter().flat_map(|table| table.keys_over(&named));
        let columns = old.pairs.iter().flat_map(|pair| {
            [
                Fact::Going(ObjectId::Column(old.referencing, pair.referencing)),
                Fact::Going(ObjectId::Column(old.referenced, pair.referenced)),
            ]
        });
        let tables = [old.referencing, old.referenced];
        self.actions.push(
            Action::new(object, Op::DropReference(old))
                .making(keys.map(Fact::Going))
                .making(columns)
                .making(tables.map(|table| Fact::Going(ObjectId::Table(table))))
                .making([Fact::Gone(object)])
                .freeing([Slot::Constraint(old.referencing, old.name.clone())]),
        );
    }

    fn add_reference(&mut self, new: &'a Reference) {
        let object = ObjectId::Reference(new.id);
        let tables = (self.target.table(new.referencing), self.target.table(new.referenced));
        let (Some(referencing), Some(referenced)) = tables else {
            self.refuse(object, format!("{} names a table that is not there; remove it", new.name));
            return;
        };
        if new.pairs.is_empty()
            || lacks_column(referencing, &new.referencing_columns())
            || lacks_column(referenced, &new.referenced_columns())
        {
            self.refuse(object, format!("{} names a column that is not there; choose its columns again", new.name));
            return;
        }
        let keys: Vec<ObjectId> = referenced.keys_over(&new.referenced_columns()).collect();
        if keys.is_empty() {
            let message = format!(
                "{} needs a primary key or unique constraint on {} over exactly the columns it references; add one",
                new.name,
                self.target.display_name(referenced)
            );
            self.refuse(object, message);
            return;
        }
        let columns = new.pairs.iter().flat_map(|pair| {
            [
                Fact::Made(ObjectId::Column(new.referencing, pair.referencing)),
                Fact::Made(ObjectId::Column(new.referenced, pair.referenced)),
            ]
        });
        let note = hazard::new_reference(self.base, self.target, new);
        self.actions.push(
            Action::new(object, Op::AddReference(new))
                .needing(keys.into_iter().map(Fact::Made))
                .needing([Fact::Gone(object)])
                .needing(columns)
                .needing([new.referencing, new.referenced].map(|table| Fact::Made(ObjectId::Table(table))))
                .taking([Slot::Constraint(new.referencing, new.name.clone())])
                .making([Fact::Made(object)])
                .note(note.filter(|_| !new.options.not_valid)),
        );
        if let Some(note) = written(new.options.note.as_deref()) {
            let comment = Action::new(object, Op::CommentOn(new.referencing, object, Some(note)));
            self.actions.push(comment.needing([Fact::Made(object)]));
        }
    }
}

/// Whether the reference goes on existing, at most under another name, with another note, or checked at last.
fn survives(old: &Reference, new: &Reference) -> bool {
    let options = |reference: &Reference| ReferenceOptions {
        note: None,
        // One that did not hold for all rows can be made to; the other way it has to be made anew.
        not_valid: new.options.not_valid && reference.options.not_valid,
        ..reference.options.clone()
    };
    options(old) == options(new)
        && old.referencing == new.referencing
        && old.referenced == new.referenced
        && old.pairs == new.pairs
        && old.on_delete == new.on_delete
        && old.on_update == new.on_update
}

/// Whether the reference has the table at one of its ends.
pub(crate) fn touches(reference: &Reference, table: TableId) -> bool {
    reference.referencing == table || reference.referenced == table
}

/// Whether one of the columns is not in the table.
pub(crate) fn lacks_column<'c>(table: &Table, columns: impl IntoIterator<Item = &'c ColumnId>) -> bool {
    columns.into_iter().any(|id| table.column(*id).is_none())
}

fn table_name(schema: &Schema, table: TableId) -> (Option<&Name>, Option<&Name>) {
    let namespace: Option<NamespaceId> = schema.table(table).map(|table| table.namespace);
    let namespace = namespace.and_then(|id| name_in(schema, ObjectId::Namespace(id)));
    (namespace, name_in(schema, ObjectId::Table(table)))
}
