//! Which columns are meant by the names in staged checks.

use crate::{Attribute, Edit, Field, Object, apply};
use schema::{Check, ColumnId, Expression, Name, ObjectId, Schema, TableId};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// A check knows columns by name, and a name may be another column's by now. So staged edits of checks are carried over by
/// what they mean, and checks that others made still mean what they meant when columns around them are staged.
#[derive(Default)]
pub(crate) struct Meaning {
    /// The tables in which columns or checks are edited.
    tables: BTreeSet<TableId>,
    /// As the edits found it.
    before: Names,
    /// As they left it.
    after: Names,
    /// Checks that only follow their columns, as the edits found them. By now two columns may have the name.
    followed: BTreeMap<ObjectId, Expression>,
}

/// Columns by name, where one column has it.
type Names = BTreeMap<(TableId, Name), ColumnId>;

impl Meaning {
    /// What checks among the edits mean on the base that they were made for. Of a table that is not known, nothing is.
    pub(crate) fn new(base: &Schema, edits: &[Edit]) -> Self {
        let is_of_table = |object: &ObjectId| matches!(object, ObjectId::Check(..) | ObjectId::Column(..));
        let objects = edits.iter().map(Edit::object).filter(is_of_table);
        let tables: BTreeSet<TableId> = objects.filter_map(ObjectId::table).collect();
        if tables.is_empty() {
            return Self::default();
        }
        let before = columns(base, &tables);
        let mut after = before.clone();
        let mut checks: BTreeMap<ObjectId, &Expression> = BTreeMap::new();
        for edit in edits {
            match edit {
                Edit::Create(Object::Column(table, column)) => {
                    after.insert((*table, column.id), column.name.clone());
                }
                Edit::Drop(Object::Column(table, column)) => {
                    after.remove(&(*table, column.id));
                }
                Edit::Alter { object: ObjectId::Column(table, id), to: Attribute::Name(name), .. } => {
                    after.insert((*table, *id), name.clone());
                }
                Edit::Create(Object::Check(_, check)) => {
                    checks.insert(edit.object(), &check.expression);
                }
                Edit::Alter { object, to: Attribute::Expression(expression), .. } => {
                    checks.insert(*object, expression);
                }
                Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => {}
            }
        }
        let (before, name) = (names(&before), |table: TableId, id: ColumnId| after.get(&(table, id)).cloned());
        let mut followed = BTreeMap::new();
        for (object, now) in checks {
            let Some(Attribute::Expression(found)) = Attribute::of(base, object, Field::Expression) else { continue };
            let Some(table) = object.table() else { continue };
            if renamed(&found, &before, table, |id| name(table, id)).as_ref() == Some(now) {
                followed.insert(object, found);
            }
        }
        Self { before, after: names(&after), followed, tables }
    }

    /// Gives the checks of the target that are none of the edits' the meaning back that they have in `newer`. The columns
    /// that they mean and that are gone are returned.
    pub(crate) fn keep(&self, target: &mut Schema, newer: &Schema, edited: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        let meant = names(&columns(newer, &self.tables));
        let mut lost = BTreeSet::new();
        for table in self.tables.iter().filter_map(|table| newer.table(*table)) {
            for check in table.checks.iter().filter(|check| !edited.contains(&ObjectId::Check(table.id, check.id))) {
                let object = ObjectId::Check(table.id, check.id);
                let found = Attribute::of(target, object, Field::Expression);
                let Some(Attribute::Expression(found)) = found else { continue };
                let Some(expression) = in_target(&check.expression, &meant, table.id, target) else {
                    let columns = table.columns_of(&check.expression).into_iter();
                    let columns = columns.map(|column| ObjectId::Column(table.id, column));
                    lost.extend(columns.filter(|column| target.label(*column).is_none()));
                    continue;
                };
                if found != expression {
                    let (from, to) = (Attribute::Expression(found), Attribute::Expression(expression));
                    // It has just been found.
                    let _ = apply(target, &Edit::Alter { object, from, to });
                }
            }
        }
        lost
    }

    /// The edit in the names that its columns have in the target; none when it means a column that is gone.
    pub(crate) fn carried<'a>(&self, edit: &'a Edit, target: &Schema) -> Option<Cow<'a, Edit>> {
        let renamed = |names: &Names, table: TableId, it: &Expression| in_target(it, names, table, target);
        Some(match edit {
            Edit::Create(Object::Check(table, check)) => {
                let expression = match self.followed.get(&edit.object()) {
                    Some(found) => renamed(&self.before, *table, found)?,
                    None => renamed(&self.after, *table, &check.expression)?,
                };
                Cow::Owned(Edit::Create(Object::Check(*table, Check { expression, ..check.clone() })))
            }
            // With a column that is gone the check is gone as well.
            Edit::Drop(Object::Check(table, check)) => match renamed(&self.before, *table, &check.expression) {
                Some(expression) => {
                    Cow::Owned(Edit::Drop(Object::Check(*table, Check { expression, ..check.clone() })))
                }
                None => Cow::Borrowed(edit),
            },
            Edit::Alter {
                object: object @ ObjectId::Check(table, _),
                from: Attribute::Expression(from),
                to: Attribute::Expression(to),
            } => Cow::Owned(Edit::Alter {
                object: *object,
                from: Attribute::Expression(renamed(&self.after, *table, from).unwrap_or_else(|| from.clone())),
                to: Attribute::Expression(renamed(&self.after, *table, to)?),
            }),
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => Cow::Borrowed(edit),
        })
    }
}

/// Columns with their names.
type Columns = BTreeMap<(TableId, ColumnId), Name>;

fn columns(schema: &Schema, tables: &BTreeSet<TableId>) -> Columns {
    let tables = tables.iter().filter_map(|table| schema.table(*table));
    tables.flat_map(|it| it.columns.iter().map(|column| ((it.id, column.id), column.name.clone()))).collect()
}

fn names(columns: &Columns) -> Names {
    let mut names: BTreeMap<(TableId, Name), Vec<ColumnId>> = BTreeMap::new();
    for ((table, column), name) in columns {
        names.entry((*table, name.clone())).or_default().push(*column);
    }
    let one = |(name, columns): (_, Vec<ColumnId>)| match columns.as_slice() {
        [column] => Some((name, *column)),
        _ => None,
    };
    names.into_iter().filter_map(one).collect()
}

/// The expression in the names of the target's columns; none when one of them is gone.
fn in_target(expression: &Expression, names: &Names, table: TableId, target: &Schema) -> Option<Expression> {
    let Some(found) = target.table(table) else { return Some(expression.clone()) };
    renamed(expression, names, table, |id| found.column(id).map(|column| column.name.clone()))
}

fn renamed(
    expression: &Expression,
    names: &Names,
    table: TableId,
    name_of: impl Fn(ColumnId) -> Option<Name>,
) -> Option<Expression> {
    let mut all = expression.clone();
    let mut last = Vec::new();
    for name in expression.columns() {
        let Some(id) = names.get(&(table, name.clone())) else { continue };
        let now = name_of(*id)?;
        // Two columns may have changed names, so that each takes one in between that nothing has.
        let Ok(between) = Name::parse(&id.to_string()) else { continue };
        all = all.with_column_renamed(&name, &between);
        last.push((between, now));
    }
    Some(last.into_iter().fold(all, |all, (between, name)| all.with_column_renamed(&between, &name)))
}
