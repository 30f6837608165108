//! What differs in one table that is in both schemas.

use crate::action::{Action, Fact, Op, Slot};
use crate::diff::{Diff, lacks_column};
use crate::export::written;
use crate::hazard;
use crate::moves::{Route, move_action, on_route, rename_namespace, route};
use crate::render::effective_default;
use schema::{
    Check, Column, ColumnId, Expression, Generation, Index, IndexOptions, Key, KeyKind, KeyOptions, Name, NamespaceId,
    ObjectId, Table, TableOptions,
};
use std::collections::BTreeSet;

pub(crate) struct TableDiff<'d, 'a> {
    pub(crate) diff: &'d mut Diff<'a>,
    pub(crate) before: &'a Table,
    pub(crate) after: &'a Table,
}

impl<'a> TableDiff<'_, 'a> {
    pub(crate) fn run(mut self) {
        let route = self.relocate();
        self.columns();
        self.keys(route);
        self.indexes(route);
        self.checks();
        self.options();
        let notes = (written(self.before.note.as_deref()), written(self.after.note.as_deref()));
        if notes.0 != notes.1 {
            self.push(Action::new(self.object(), Op::Comment(self.after.id, None, notes.1)));
        }
    }

    fn options(&mut self) {
        let (before, after) = (self.before, self.after);
        let (old, new) = (&before.options, &after.options);
        if old.unlogged != new.unlogged {
            self.push(Action::new(self.object(), Op::SetLogged(after.id, !new.unlogged)));
        }
        let fixed = |it: &TableOptions| TableOptions { unlogged: false, ..it.in_database() };
        if fixed(old) != fixed(new) {
            let message = format!(
                "how {} is partitioned, what it inherits from and its settings cannot be changed in a database yet",
                self.label()
            );
            self.diff.refuse(self.object(), message);
        }
    }

    /// Comments on what stays, and on what is made.
    fn comment_on(&mut self, object: ObjectId, before: Option<&'a str>, after: Option<&'a str>) {
        let notes = (written(before), written(after));
        if notes.0 != notes.1 {
            self.push(Action::new(object, Op::CommentOn(self.after.id, object, notes.1)).needing([Fact::Made(object)]));
        }
    }

    fn object(&self) -> ObjectId {
        ObjectId::Table(self.after.id)
    }

    fn label(&self) -> String {
        self.diff.base.display_name(self.before)
    }

    fn push(&mut self, action: Action<'a>) {
        self.diff.actions.push(action);
    }

    fn relocate(&mut self) -> Route {
        let (before, after) = (self.before, self.after);
        let route = route(self.diff.base, self.diff.target, before, after);
        if route == Route::Blocked {
            let message = format!(
                "{} cannot move and be renamed at once, since another table, key or index has one of the names on \
                 its way; commit one of the two first",
                self.label()
            );
            self.diff.refuse(self.object(), message);
        } else if route != Route::Stay {
            self.push(move_action(before, after, route));
        }
        if before.name != after.name && route != Route::Blocked {
            let space = rename_namespace(before, after, route);
            let action = Action::new(self.object(), Op::RenameTable(after.id, &after.name))
                .freeing([Slot::Relation(space, before.name.clone())])
                .taking([Slot::Relation(space, after.name.clone())]);
            self.push(on_route(action, after, route));
        }
        route
    }

    fn columns(&mut self) {
        let (before, after) = (self.before, self.after);
        for column in &after.columns {
            match before.column(column.id) {
                None => self.add_column(column),
                Some(old) if old != column || self.nullable_differs(column.id) || self.is_retyped(column.id) => {
                    self.change_column(old, column);
                }
                Some(_) => {}
            }
        }
        for column in &before.columns {
            if after.column(column.id).is_none() {
                self.drop_column(column);
            }
        }
    }

    fn nullable_differs(&self, column: ColumnId) -> bool {
        self.before.is_nullable(column) != self.after.is_nullable(column)
    }

    /// Whether the column goes over to an enum that is made anew.
    fn is_retyped(&self, column: ColumnId) -> bool {
        self.diff.rebuilt.has_column(self.after.id, column)
    }

    fn add_column(&mut self, column: &'a Column) {
        let object = ObjectId::Column(self.after.id, column.id);
        let note = hazard::new_column(self.diff.target, self.after, column);
        self.push(
            Action::new(object, Op::AddColumn(self.after, column))
                .making([Fact::Made(object)])
                .needing(column.data_type.user_type().map(|id| Fact::Made(ObjectId::Type(id))))
                .needing(made(self.after.id, &column.sources()))
                .taking([Slot::Column(self.after.id, column.name.clone())])
                .note(note),
        );
        if let Some(note) = written(column.note.as_deref()) {
            let comment = Op::Comment(self.after.id, Some(column.id), Some(note));
            self.push(Action::new(object, comment).needing([Fact::Made(object)]));
        }
    }

    fn drop_column(&mut self, column: &'a Column) {
        let table = self.after;
        let object = ObjectId::Column(table.id, column.id);
        if let Some(user) = self.user_of(column) {
            let message = format!("{}.{} is still used by {user}; remove that as well", self.label(), column.name);
            self.diff.refuse(object, message);
            return;
        }
        let note = hazard::lost_column(self.diff.base, self.before, column);
        let mut sequences = self.before.sequences().filter(|(other, _)| other.id == column.id);
        let sequence = sequences.next().map(|(_, name)| Slot::Relation(self.before.namespace, name));
        self.push(
            Action::new(object, Op::DropColumn(table.id, column.id))
                .needing([Fact::Going(object)])
                .making([Fact::Cleared(table.id)])
                .making(going(table.id, &column.sources()))
                .making(column.data_type.user_type().map(|id| Fact::Going(ObjectId::Type(id))))
                .freeing([Slot::Column(table.id, column.name.clone())])
                .freeing(sequence)
                .note(note),
        );
    }

    /// What of the second schema still needs a column that it has not.
    fn user_of(&self, column: &Column) -> Option<&Name> {
        let (table, id) = (self.after, column.id);
        let keys = table.keys.iter().filter(|key| key.mentions().contains(&id)).map(|key| &key.name);
        let indexes = table.indexes.iter().filter(|index| index.mentions().contains(&id)).map(|index| &index.name);
        let gone = table.column_named(column.name.as_str()).is_none();
        let mentions = move |check: &&Check| gone && check.expression.columns().contains(&column.name);
        let checks = table.checks.iter().filter(mentions).map(|check| &check.name);
        let references = self.diff.target.references.values().filter(|reference| {
            (reference.referencing == table.id && reference.referencing_columns().contains(&id))
                || (reference.referenced == table.id && reference.referenced_columns().contains(&id))
        });
        let generated = table.columns.iter().filter(|other| other.sources().contains(&id)).map(|other| &other.name);
        keys.chain(indexes).chain(generated).chain(checks).chain(references.map(|reference| &reference.name)).next()
    }

    fn change_column(&mut self, old: &'a Column, new: &'a Column) {
        let table = self.after;
        let object = ObjectId::Column(table.id, new.id);
        if old.name != new.name {
            self.push(
                Action::new(object, Op::RenameColumn(table.id, new.id, &new.name))
                    .making([Fact::ColumnsNamed(table.id)])
                    .freeing([Slot::Column(table.id, old.name.clone())])
                    .taking([Slot::Column(table.id, new.name.clone())]),
            );
        }
        if old.data_type != new.data_type {
            let message = format!(
                "{}.{} cannot change from {} to {} yet; add a column of the new type and remove this one",
                self.label(),
                old.name,
                self.diff.base.type_text(&old.data_type),
                self.diff.target.type_text(&new.data_type)
            );
            self.diff.refuse(object, message);
            return;
        }
        if old.collation != new.collation {
            let message = format!("the collation of {}.{} cannot be changed yet", self.label(), old.name);
            self.diff.refuse(object, message);
        }
        self.nullability(old, new);
        self.generation(old, new);
        let is_retyped = self.is_retyped(new.id);
        match (effective_default(old), effective_default(new)) {
            (before, after) if is_retyped => {
                // A default is a value of the old type, which cannot be carried over.
                if before.is_some() {
                    let drop = Action::new(object, Op::DropDefault(table.id, new.id));
                    self.push(drop.making([Fact::Going(object)]));
                }
                if let Some(after) = after {
                    let set = Action::new(object, Op::SetDefault(table.id, new.id, after));
                    self.push(set.needing([Fact::Made(object)]));
                }
            }
            (Some(_), None) => self.push(Action::new(object, Op::DropDefault(table.id, new.id))),
            (before, Some(after)) if before != Some(after) => {
                self.push(Action::new(object, Op::SetDefault(table.id, new.id, after)));
            }
            (_, Some(_)) | (None, None) => {}
        }
        let notes = (written(old.note.as_deref()), written(new.note.as_deref()));
        if notes.0 != notes.1 {
            self.push(Action::new(object, Op::Comment(table.id, Some(new.id), notes.1)));
        }
    }

    fn generation(&mut self, old: &'a Column, new: &'a Column) {
        let object = ObjectId::Column(self.after.id, new.id);
        let (before, after) = (old.generation.as_ref(), new.generation.as_ref());
        if before == after {
            return;
        }
        let is_identity = |it: Option<&Generation>| it.is_none_or(Generation::is_identity);
        let can_change =
            is_identity(before) && is_identity(after) || matches!((before, after), (Some(Generation::Stored(_)), None));
        if can_change {
            // An identity has to be NOT NULL before it is one, and to have no default.
            let set = Op::SetGeneration(self.after.id, new.id, before, after);
            self.push(Action::new(object, set).needing([Fact::Made(object)]));
            return;
        }
        let message = format!(
            "{}.{} cannot be generated otherwise; add a column that is and remove this one",
            self.label(),
            old.name
        );
        self.diff.refuse(object, message);
    }

    /// A primary key makes its columns NOT NULL by itself and leaves them so when it goes.
    fn nullability(&mut self, old: &'a Column, new: &'a Column) {
        let (table, id) = (self.after, new.id);
        let object = ObjectId::Column(table.id, id);
        match (self.before.is_nullable(id), table.is_nullable(id)) {
            (true, false) if !new.nullable => {
                let note = hazard::not_null(self.diff.target, table, new);
                let set = Action::new(object, Op::SetNotNull(table.id, id)).making([Fact::Made(object)]);
                self.push(set.note(note));
            }
            (false, true) => {
                let gone = self.before.primary_key().filter(|_| old.nullable).map(|key| key.id);
                let about = gone.map_or(object, |key| ObjectId::Key(table.id, key));
                self.push(
                    Action::new(about, Op::DropNotNull(table.id, id))
                        .needing([Fact::Going(object), Fact::Made(object)]),
                );
            }
            (true, _) | (false, false) => {}
        }
    }

    fn keys(&mut self, route: Route) {
        let (before, after) = (self.before, self.after);
        for old in sorted(&before.keys, |key| (&key.name, key.id)) {
            match after.keys.iter().find(|key| key.id == old.id) {
                Some(new) if same_key(old, new) => {
                    self.comment_on(
                        ObjectId::Key(after.id, old.id),
                        old.options.note.as_deref(),
                        new.options.note.as_deref(),
                    );
                    let object = ObjectId::Key(after.id, old.id);
                    if old.name != new.name && route != Route::Blocked {
                        let space = rename_namespace(before, after, route);
                        let action = Action::new(object, Op::RenameConstraint(after.id, object, &new.name));
                        let action = self.renamed(action, space, &old.name, &new.name, true);
                        self.push(on_route(action, after, route));
                    }
                }
                Some(_) | None => self.drop_key(old),
            }
        }
        for new in sorted(&after.keys, |key| (&key.name, key.id)) {
            let old = before.keys.iter().find(|key| key.id == new.id);
            if !old.is_some_and(|old| same_key(old, new)) {
                self.add_key(new);
            }
        }
    }

    fn renamed(&self, action: Action<'a>, space: NamespaceId, old: &Name, new: &Name, constraint: bool) -> Action<'a> {
        let action = action.freeing([Slot::Relation(space, old.clone())]).taking([Slot::Relation(space, new.clone())]);
        if !constraint {
            return action;
        }
        let table = self.after.id;
        action.freeing([Slot::Constraint(table, old.clone())]).taking([Slot::Constraint(table, new.clone())])
    }

    fn drop_key(&mut self, old: &'a Key) {
        let (table, space) = (self.after.id, self.before.namespace);
        let object = ObjectId::Key(table, old.id);
        if self.refuse_in_use(object, &old.name) {
            return;
        }
        let mut frees = vec![Slot::Relation(space, old.name.clone()), Slot::Constraint(table, old.name.clone())];
        if old.kind == KeyKind::Primary {
            frees.push(Slot::PrimaryKey(table));
        }
        self.push(
            Action::new(object, Op::DropKey(table, old.id))
                .needing([Fact::Going(object)])
                .making(going(table, &old.mentions()))
                .making([Fact::Cleared(table), Fact::Gone(object)])
                .freeing(frees),
        );
    }

    /// Says no when a reference that stays may rest on the key or index.
    fn refuse_in_use(&mut self, object: ObjectId, name: &Name) -> bool {
        let target = self.diff.target;
        let user = self.diff.base.references.values().find(|reference| {
            reference.referenced == self.before.id
                && target.references.get(&reference.id).is_some_and(|new| self.diff.survives(reference, new))
                && self.before.keys_over(&reference.referenced_columns()).any(|key| key == object)
        });
        let Some(user) = user else { return false };
        let message = format!(
            "{name} cannot change or go while {} rests on it; remove that reference first, and add it again afterwards",
            user.name
        );
        self.diff.refuse(object, message);
        true
    }

    fn add_key(&mut self, new: &'a Key) {
        let (table, space) = (self.after, self.after.namespace);
        let object = ObjectId::Key(table.id, new.id);
        if lacks_column(table, &new.mentions()) {
            self.refuse_lacking(object, &new.name);
            return;
        }
        let mut takes = vec![Slot::Relation(space, new.name.clone()), Slot::Constraint(table.id, new.name.clone())];
        if new.kind == KeyKind::Primary {
            takes.push(Slot::PrimaryKey(table.id));
        }
        let note = hazard::key_note(self.diff.target, table, new);
        self.push(
            Action::new(object, Op::AddKey(table.id, new))
                .needing(made(table.id, &new.mentions()))
                .needing([Fact::Arrived(table.id), Fact::Gone(object)])
                .making([Fact::Made(object)])
                .taking(takes)
                .note(note),
        );
        self.comment_on(object, None, new.options.note.as_deref());
    }

    fn refuse_lacking(&mut self, object: ObjectId, name: &Name) {
        // The column that goes says it already; saying it twice would only hide the way out.
        let lost = self
            .before
            .columns
            .iter()
            .any(|column| self.after.column(column.id).is_none() && self.user_of(column).is_some());
        if !lost {
            let message = format!("{name} has a column that {} has not; choose its columns again", self.label());
            self.diff.refuse(object, message);
        }
    }

    fn indexes(&mut self, route: Route) {
        let (before, after) = (self.before, self.after);
        let options = |index: &Index| IndexOptions { note: None, ..index.options.clone() };
        let rebuilt: BTreeSet<_> = {
            let is_rebuilt = |index: &&Index| self.diff.rebuilt.has_index(after.id, index);
            before.indexes.iter().chain(&after.indexes).filter(is_rebuilt).map(|index| index.id).collect()
        };
        let same = |old: &Index, new: &Index| {
            let is_rebuilt = rebuilt.contains(&new.id);
            old.unique == new.unique && old.parts == new.parts && options(old) == options(new) && !is_rebuilt
        };
        for old in sorted(&before.indexes, |index| (&index.name, index.id)) {
            let object = ObjectId::Index(after.id, old.id);
            match after.indexes.iter().find(|index| index.id == old.id) {
                Some(new) if same(old, new) => {
                    self.comment_on(object, old.options.note.as_deref(), new.options.note.as_deref());
                    if old.name != new.name && route != Route::Blocked {
                        let space = rename_namespace(before, after, route);
                        let action = Action::new(object, Op::RenameIndex(after.id, old.id, &new.name));
                        let action = self.renamed(action, space, &old.name, &new.name, false);
                        self.push(on_route(action, after, route));
                    }
                }
                Some(_) | None => {
                    if !self.refuse_in_use(object, &old.name) {
                        self.push(
                            Action::new(object, Op::DropIndex(after.id, old.id))
                                .needing([Fact::Going(object)])
                                .making(going(after.id, &old.mentions()))
                                .making([Fact::Cleared(after.id), Fact::Gone(object)])
                                .freeing([Slot::Relation(before.namespace, old.name.clone())]),
                        );
                    }
                }
            }
        }
        for new in sorted(&after.indexes, |index| (&index.name, index.id)) {
            let old = before.indexes.iter().find(|index| index.id == new.id);
            if !old.is_some_and(|old| same(old, new)) {
                self.add_index(new);
            }
        }
    }

    fn add_index(&mut self, new: &'a Index) {
        let table = self.after;
        let object = ObjectId::Index(table.id, new.id);
        if lacks_column(table, &new.mentions()) {
            self.refuse_lacking(object, &new.name);
            return;
        }
        let unique = new.unique_columns();
        let note = unique.and_then(|columns| hazard::new_key(self.diff.target, table, &columns, KeyKind::Unique));
        self.push(
            Action::new(object, Op::CreateIndex(table.id, new))
                .needing(made(table.id, &new.mentions()))
                .needing([Fact::Arrived(table.id), Fact::Gone(object)])
                .making([Fact::Made(object)])
                .taking([Slot::Relation(table.namespace, new.name.clone())])
                .note(note),
        );
        self.comment_on(object, None, new.options.note.as_deref());
    }

    fn checks(&mut self) {
        let (before, after) = (self.before, self.after);
        let mut staying = BTreeSet::new();
        for old in sorted(&before.checks, |check| (&check.name, check.id)) {
            let object = ObjectId::Check(after.id, old.id);
            let renamed = self.with_new_names(&old.expression);
            let new = after.checks.iter().find(|check| check.id == old.id);
            let columns = before.columns_of(&old.expression);
            let is_retyped = columns.iter().any(|column| self.is_retyped(*column));
            let is_same = |new: &&Check| {
                !is_retyped
                    && new.expression == renamed
                    && after.columns_of(&new.expression) == columns
                    && new.options.no_inherit == old.options.no_inherit
                    && (old.options.not_valid || !new.options.not_valid)
            };
            if let Some(new) = new.filter(is_same) {
                staying.insert(new.id);
                self.comment_on(object, old.options.note.as_deref(), new.options.note.as_deref());
                if old.options.not_valid && !new.options.not_valid {
                    let note = hazard::new_check(self.diff.target, after, new);
                    self.push(Action::new(object, Op::Validate(after.id, object)).note(note));
                }
                if old.name != new.name {
                    self.push(
                        Action::new(object, Op::RenameConstraint(after.id, object, &new.name))
                            .freeing([Slot::Constraint(after.id, old.name.clone())])
                            .taking([Slot::Constraint(after.id, new.name.clone())]),
                    );
                }
                continue;
            }
            self.push(
                Action::new(object, Op::DropCheck(after.id, old.id))
                    .making(going(after.id, &columns))
                    .making([Fact::Gone(object)])
                    .freeing([Slot::Constraint(after.id, old.name.clone())]),
            );
        }
        for new in sorted(&after.checks, |check| (&check.name, check.id)) {
            if !staying.contains(&new.id) {
                self.add_check(new);
            }
        }
    }

    fn add_check(&mut self, new: &'a Check) {
        let table = self.after;
        let object = ObjectId::Check(table.id, new.id);
        let names = new.expression.columns();
        let columns = table.columns_of(&new.expression);
        if new.expression.tree().is_some() && columns.len() < names.len() {
            self.refuse_lacking(object, &new.name);
            return;
        }
        let note = hazard::new_check(self.diff.target, table, new);
        self.push(
            Action::new(object, Op::AddCheck(table.id, new))
                .needing(made(table.id, &columns))
                .needing([Fact::ColumnsNamed(table.id), Fact::Gone(object)])
                .making([Fact::Made(object)])
                .taking([Slot::Constraint(table.id, new.name.clone())])
                .note(note.filter(|_| !new.options.not_valid)),
        );
        self.comment_on(object, None, new.options.note.as_deref());
    }

    /// The expression as it reads once the columns have their new names. Each passes through a name of its own, so
    /// that one column may take the name another had.
    fn with_new_names(&self, expression: &Expression) -> Expression {
        let kept = self.before.columns.iter().filter_map(|old| {
            self.after.column(old.id).filter(|new| new.name != old.name).map(|new| (&old.name, &new.name))
        });
        let mut expression = expression.clone();
        let mut arrivals = Vec::new();
        for (at, (old, new)) in kept.enumerate() {
            let between = Name::derive(&["", &at.to_string()], "between");
            expression = expression.with_column_renamed(old, &between);
            arrivals.push((between, new));
        }
        for (between, new) in arrivals {
            expression = expression.with_column_renamed(&between, new);
        }
        expression
    }
}

/// Whether the key goes on existing, at most under another name.
fn same_key(old: &Key, new: &Key) -> bool {
    let options = |key: &Key| KeyOptions { note: None, ..key.options.clone() };
    new.kind == old.kind && new.columns == old.columns && options(old) == options(new)
}

fn going<'a>(table: schema::TableId, columns: impl IntoIterator<Item = &'a ColumnId>) -> Vec<Fact> {
    columns.into_iter().map(|column| Fact::Going(ObjectId::Column(table, *column))).collect()
}

fn made<'a>(table: schema::TableId, columns: impl IntoIterator<Item = &'a ColumnId>) -> Vec<Fact> {
    columns.into_iter().map(|column| Fact::Made(ObjectId::Column(table, *column))).collect()
}

fn sorted<'a, T, K: Ord + 'a>(list: &'a [T], key: impl Fn(&'a T) -> K) -> Vec<&'a T> {
    let mut list: Vec<&T> = list.iter().collect();
    list.sort_by_key(|item| key(item));
    list
}
