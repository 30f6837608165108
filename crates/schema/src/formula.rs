//! Expressions that know the columns of their table by id, so that they stay the same whatever the columns are called.

use crate::{ColumnId, Expression, Name, Table};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// An expression over the columns of one table: an indexed expression, the rows of a partial index, what a generated
/// column is worked out by. It is stored with the ids of columns in the place of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Formula(Expression);

impl Formula {
    /// The expression with the columns of the table that it names. A name that the table has not, or twice, is kept.
    pub fn bind(expression: &Expression, table: &Table) -> Self {
        let mut bound = expression.clone();
        for name in expression.columns() {
            let mut named = table.columns.iter().filter(|column| column.name == name);
            if let (Some(column), None) = (named.next(), named.next())
                && let Ok(id) = Name::parse(&column.id.to_string())
            {
                bound = bound.with_column_renamed(&name, &id);
            }
        }
        Self(bound)
    }

    /// The same once more, with names that were kept and that the table has by now.
    #[must_use]
    pub fn bound(&self, table: &Table) -> Self {
        Self::bind(&self.0, table)
    }

    /// The columns that it mentions.
    pub fn columns(&self) -> BTreeSet<ColumnId> {
        self.0.columns().iter().filter_map(id_of).collect()
    }

    /// Names that it mentions and that are certainly columns, but none of its table.
    pub fn strangers(&self) -> Vec<Name> {
        let names = self.0.tree().map(|_| self.0.columns()).unwrap_or_default();
        names.into_iter().filter(|name| id_of(name).is_none()).collect()
    }

    /// The expression with the columns called as `name_of` says.
    pub fn with_names(&self, name_of: impl Fn(ColumnId) -> Option<Name>) -> Expression {
        let mut named = self.0.clone();
        for id in self.0.columns() {
            if let Some(name) = id_of(&id).and_then(&name_of) {
                named = named.with_column_renamed(&id, &name);
            }
        }
        named
    }

    /// The expression in the names of the table.
    pub fn in_table(&self, table: &Table) -> Expression {
        self.with_names(|id| table.column(id).map(|column| column.name.clone()))
    }
}

fn id_of(name: &Name) -> Option<ColumnId> {
    let text = name.as_str();
    (text.len() == 36).then(|| Uuid::parse_str(text).ok()).flatten().map(ColumnId)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::schema_from;

    #[test]
    fn columns_are_known_by_id() {
        let schema = schema_from("t\n  a text\n  b text\n");
        let mut table = schema.tables.values().next().unwrap().as_ref().clone();
        for (text, strangers) in [("lower(a) || B", 0), ("a > c", 1), ("f(a, c)", 0), ("now()", 0)] {
            let expression = Expression::parse_wide(text).unwrap();
            let formula = Formula::bind(&expression, &table);
            assert_eq!(formula.strangers().len(), strangers, "{text}");
            assert_eq!(formula.in_table(&table), expression, "{text}");
            let stored = serde_json::to_string(&formula).unwrap();
            assert_eq!(serde_json::from_str::<Formula>(&stored).unwrap(), formula, "{stored}");
        }
        let formula = Formula::bind(&Expression::parse_wide("a || f(b)").unwrap(), &table);
        table.columns[0].name = Name::parse("b").unwrap();
        table.columns[1].name = Name::parse("a").unwrap();
        assert_eq!(formula.in_table(&table).to_string(), "b || f(a)");
        assert_eq!(formula.columns().len(), 2);
    }
}
