//! Tables that go to another namespace or get another name, with the indexes that go along.

use crate::action::{Action, Fact, Op, Slot};
use schema::{Name, NamespaceId, ObjectId, Schema, Table};

/// Everything of a table that takes a name in its namespace: the table, its keys and its indexes.
pub(crate) fn relations(table: &Table) -> impl Iterator<Item = (ObjectId, &Name)> {
    let own = std::iter::once((ObjectId::Table(table.id), &table.name));
    let keys = table.keys.iter().map(|key| (ObjectId::Key(table.id, key.id), &key.name));
    let indexes = table.indexes.iter().map(|index| (ObjectId::Index(table.id, index.id), &index.name));
    own.chain(keys).chain(indexes)
}

/// In which order a table is moved and what is in it renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// It stays in its namespace.
    Stay,
    /// First the other namespace, then the other names.
    MoveThenRename,
    /// First the other names, then the other namespace.
    RenameThenMove,
    /// Either way it would meet another object of the same name.
    Blocked,
}

/// What keeps its identity in both schemas, with the name before and after.
pub(crate) fn kept<'a>(before: &'a Table, after: &'a Table) -> Vec<(ObjectId, &'a Name, &'a Name)> {
    let find = |object: ObjectId| relations(after).find(|(other, _)| *other == object).map(|(_, name)| name);
    relations(before).filter_map(|(object, name)| find(object).map(|new| (object, name, new))).collect()
}

/// The way on which no name is met by another object that stays.
pub(crate) fn route(base: &Schema, target: &Schema, before: &Table, after: &Table) -> Route {
    if before.namespace == after.namespace {
        return Route::Stay;
    }
    let kept = kept(before, after);
    let free = |namespace: NamespaceId, name: &Name| {
        [base, target].into_iter().all(|schema| {
            let others = schema.tables.values().filter(|table| table.namespace == namespace && table.id != before.id);
            others.into_iter().all(|table| relations(table).all(|(_, taken)| taken != name))
        })
    };
    if kept.iter().all(|(_, old, new)| old == new || free(after.namespace, old)) {
        Route::MoveThenRename
    } else if kept.iter().all(|(_, old, new)| old == new || free(before.namespace, new)) {
        Route::RenameThenMove
    } else {
        Route::Blocked
    }
}

/// The move itself.
pub(crate) fn move_action<'a>(before: &'a Table, after: &'a Table, route: Route) -> Action<'a> {
    let object = ObjectId::Table(after.id);
    let kept = kept(before, after);
    let names: Vec<&Name> =
        kept.iter().map(|(_, old, new)| if route == Route::RenameThenMove { *new } else { *old }).collect();
    let slots = |namespace: NamespaceId| names.iter().map(move |name| Slot::Relation(namespace, (*name).clone()));
    let action = Action::new(object, Op::MoveTable(after.id, after.namespace))
        .needing([Fact::Made(ObjectId::Namespace(after.namespace)), Fact::Cleared(after.id)])
        .making([Fact::Left(before.namespace), Fact::Arrived(after.id)])
        .freeing(slots(before.namespace))
        .taking(slots(after.namespace));
    match route {
        Route::RenameThenMove => action.needing([Fact::HalfWay(after.id)]),
        Route::Stay | Route::MoveThenRename | Route::Blocked => action.making([Fact::HalfWay(after.id)]),
    }
}

/// The namespace in which the renames of a table happen.
pub(crate) fn rename_namespace(before: &Table, after: &Table, route: Route) -> NamespaceId {
    if route == Route::RenameThenMove { before.namespace } else { after.namespace }
}

/// Puts a rename on its side of the move.
pub(crate) fn on_route<'a>(action: Action<'a>, after: &Table, route: Route) -> Action<'a> {
    match route {
        Route::Stay | Route::Blocked => action,
        Route::MoveThenRename => action.needing([Fact::HalfWay(after.id)]),
        Route::RenameThenMove => action.making([Fact::HalfWay(after.id)]),
    }
}
