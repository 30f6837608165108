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
        let mut after = base.clone();
        for edit in edits {
            // What is not known of the base is not needed for the names.
            let _ = apply(&mut after, edit);
        }
        let before = names(base, &tables);
        let mut followed = BTreeMap::new();
        for table in tables.iter().filter_map(|table| base.table(*table)) {
            for check in &table.checks {
                let object = ObjectId::Check(table.id, check.id);
                let now = Attribute::of(&after, object, Field::Expression);
                let same = renamed(&check.expression, &before, table.id, &after).map(Attribute::Expression);
                if now.is_some() && now == same {
                    followed.insert(object, check.expression.clone());
                }
            }
        }
        Self { before, after: names(&after, &tables), followed, tables }
    }

    /// Gives the checks of the target that are none of the edits' the meaning back that they have in `newer`. The columns
    /// that they mean and that are gone are returned.
    pub(crate) fn keep(&self, target: &mut Schema, newer: &Schema, edited: &BTreeSet<ObjectId>) -> BTreeSet<ObjectId> {
        let meant = names(newer, &self.tables);
        let mut lost = BTreeSet::new();
        for table in self.tables.iter().filter_map(|table| newer.table(*table)) {
            for check in table.checks.iter().filter(|check| !edited.contains(&ObjectId::Check(table.id, check.id))) {
                let object = ObjectId::Check(table.id, check.id);
                let found = Attribute::of(target, object, Field::Expression);
                let Some(Attribute::Expression(found)) = found else { continue };
                let Some(expression) = renamed(&check.expression, &meant, table.id, target) else {
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
        let renamed = |names: &Names, table: TableId, it: &Expression| renamed(it, names, table, target);
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

fn names(schema: &Schema, tables: &BTreeSet<TableId>) -> Names {
    let mut names: BTreeMap<(TableId, Name), Vec<ColumnId>> = BTreeMap::new();
    for table in tables.iter().filter_map(|table| schema.table(*table)) {
        for column in &table.columns {
            names.entry((table.id, column.name.clone())).or_default().push(column.id);
        }
    }
    let one = |(name, columns): (_, Vec<ColumnId>)| match columns.as_slice() {
        [column] => Some((name, *column)),
        _ => None,
    };
    names.into_iter().filter_map(one).collect()
}

/// The expression in the names of the target's columns; none when one of them is gone.
fn renamed(expression: &Expression, names: &Names, table: TableId, target: &Schema) -> Option<Expression> {
    let Some(in_target) = target.table(table) else { return Some(expression.clone()) };
    let mut all = expression.clone();
    let mut last = Vec::new();
    for name in expression.columns() {
        let Some(id) = names.get(&(table, name.clone())) else { continue };
        let column = in_target.column(*id)?;
        // Two columns may have changed names, so that each takes one in between that nothing has.
        let Ok(between) = Name::parse(&id.to_string()) else { continue };
        all = all.with_column_renamed(&name, &between);
        last.push((between, &column.name));
    }
    Some(last.into_iter().fold(all, |all, (between, name)| all.with_column_renamed(&between, name)))
}
