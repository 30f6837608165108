//! References that the names of columns ask for.

use crate::plural::readings;
use schema::{Column, ColumnId, Schema, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// A reference that is not there and probably should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The table that would hold it.
    pub referencing: TableId,
    /// Its columns, in order.
    pub columns: Vec<ColumnId>,
    /// The table that would be named.
    pub referenced: TableId,
    /// Its columns, pair by pair with `columns`.
    pub referenced_columns: Vec<ColumnId>,
    /// Why, in a sentence.
    pub reason: String,
}

/// References that the names of columns suggest, by table and column.
///
/// A column `user_id` suggests the table whose name is `user` in one or in many; a table of the same namespace comes
/// first, then one of `public`, then others by name. `parent_id` suggests the column's own table, unless some table
/// is called so. The target's primary key must be one column of a type that can be compared. A column that is already
/// part of a reference suggests nothing, and neither does one that goes with a column such as `subject_type`: it
/// names rows of more than one table.
///
/// # Examples
/// ```
/// assert_eq!(advise::suggest(&schema::Schema::default()), vec![]);
/// ```
pub fn suggest(schema: &Schema) -> Vec<Suggestion> {
    let tables = schema.tables_by_name();
    let mut by_noun: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, table) in tables.iter().enumerate() {
        for reading in readings(&table.name.as_str().to_lowercase()) {
            by_noun.entry(reading).or_default().push(at);
        }
    }
    let pairs = schema
        .references
        .values()
        .flat_map(|reference| reference.pairs.iter().map(|pair| (reference.referencing, pair.referencing)));
    let search = Search { schema, tables, by_noun, referencing: pairs.collect() };
    let columns = search.tables.iter().flat_map(|table| table.columns.iter().map(|column| (*table, column)));
    columns.filter_map(|(table, column)| search.suggest_for(table, column)).collect()
}

/// What every column is looked up in.
struct Search<'a> {
    schema: &'a Schema,
    /// By name.
    tables: Vec<&'a Table>,
    /// Places in `tables`, by what the table's name may be read as.
    by_noun: BTreeMap<String, Vec<usize>>,
    /// Columns that are part of a reference.
    referencing: BTreeSet<(TableId, ColumnId)>,
}

impl<'a> Search<'a> {
    fn suggest_for(&self, table: &'a Table, column: &'a Column) -> Option<Suggestion> {
        let name = column.name.as_str().to_lowercase();
        let stem = name.strip_suffix("_id").filter(|stem| !stem.is_empty())?;
        if self.referencing.contains(&(table.id, column.id)) || is_polymorphic(table, stem) {
            return None;
        }
        let target = self
            .called(stem)
            .filter_map(|other| key_for(other, column).map(|key| (other, key)))
            // The key of a table is not a reference to that table itself: users.user_id.
            .filter(|(other, key)| (other.id, key.id) != (table.id, column.id))
            .filter(|(other, key)| !(other.id == table.id && key.name == column.name))
            .min_by_key(|(other, _)| distance(self.schema, table, other));
        let (target, key) = match target {
            Some(target) => target,
            None if stem == "parent" => (table, key_for(table, column).filter(|key| key.id != column.id)?),
            None => return None,
        };
        Some(Suggestion {
            referencing: table.id,
            columns: vec![column.id],
            referenced: target.id,
            referenced_columns: vec![key.id],
            reason: reason(self.schema, table, column, target, key),
        })
    }

    /// The tables whose name is the noun in one or in many, by name.
    fn called(&self, noun: &str) -> impl Iterator<Item = &'a Table> {
        let found: BTreeSet<usize> =
            readings(noun).iter().filter_map(|reading| self.by_noun.get(reading)).flatten().copied().collect();
        found.into_iter().filter_map(|at| self.tables.get(at).copied())
    }
}

/// The column of the target's primary key, when it is the only one and can be compared with `column`.
fn key_for<'a>(target: &'a Table, column: &Column) -> Option<&'a Column> {
    let [key] = target.primary_key()?.columns.as_slice() else { return None };
    target.column(*key).filter(|key| column.data_type.can_reference(&key.data_type))
}

/// Whether a column beside it says of which table the row is.
fn is_polymorphic(table: &Table, stem: &str) -> bool {
    table.columns.iter().any(|other| other.name.as_str().to_lowercase() == format!("{stem}_type"))
}

fn distance(schema: &Schema, from: &Table, to: &Table) -> u8 {
    if from.namespace == to.namespace {
        0
    } else if schema.namespace_of(to).is_some_and(|name| name.as_str() == "public") {
        1
    } else {
        2
    }
}

fn reason(schema: &Schema, table: &Table, column: &Column, target: &Table, key: &Column) -> String {
    let place = format!("{}.{}", schema.display_name(target), key.name);
    if table.id == target.id {
        return format!("{} reads like the row above it in the same table, {place}", column.name);
    }
    format!("{} reads like {place}, and the types fit", column.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use schema::testing::{arbitrary_broken_schema, schema_from};

    /// Suggestions as `orders.user_id -> users.id`.
    fn check(text: &str, expect: &[&str]) {
        let schema = schema_from(text);
        let label = |table, columns: &[ColumnId]| schema.label(schema::ObjectId::Column(table, columns[0])).unwrap();
        let found: Vec<String> = suggest(&schema)
            .iter()
            .map(|s| format!("{} -> {}", label(s.referencing, &s.columns), label(s.referenced, &s.referenced_columns)))
            .collect();
        assert_eq!(found, expect, "{text}");
    }

    const USERS: &str = "users\n  id integer!\n  pk users_pkey(id)\n";

    #[test]
    fn the_documented_patterns() {
        check(
            "users\n  id serial!\n  pk u(id)\norders\n  id serial!\n  user_id integer\n  pk o(id)\n\
             categories\n  id serial!\n  parent_id integer\n  pk c(id)\n\
             products\n  id serial!\n  category_id integer\n  order_id bigint\n  pk p(id)\n",
            &[
                "categories.parent_id -> categories.id",
                "orders.user_id -> users.id",
                "products.category_id -> categories.id",
                "products.order_id -> orders.id",
            ],
        );
    }

    #[test]
    fn what_it_leaves_alone() {
        for rest in [
            "orders\n  user_id text\n",
            "orders\n  user integer\n",
            "orders\n  _id integer\n",
            "orders\n  id integer\n",
            "orders\n  customer_id integer\n",
            "orders\n  user_id integer\n  user_type text\n",
            "orders\n  user_id integer\nfk f: orders(user_id) -> users(id)\n",
            "orders\n  user_id integer[]\n",
            "orders\n  parent_id integer\n",
        ] {
            check(&format!("{USERS}{rest}"), &[]);
        }
        check("users\n  user_id integer!\n  pk u(user_id)\n", &[]);
        check("users\n  id integer!\n  b integer!\n  pk u(id, b)\norders\n  user_id integer\n", &[]);
        check("users\n  id integer\norders\n  user_id integer\n", &[]);
        check("nodes\n  parent_id integer!\n  pk n(parent_id)\n", &[]);
    }

    #[test]
    fn which_table_it_chooses() {
        check(
            "customers\n  customer_id integer!\n  pk c(customer_id)\norders\n  customer_id integer\n",
            &["orders.customer_id -> customers.customer_id"],
        );
        check("Users\n  Id integer!\n  pk u(Id)\norders\n  User_Id integer\n", &["orders.User_Id -> Users.Id"]);
        check(
            "parents\n  id integer!\n  pk u(id)\nkids\n  id integer!\n  parent_id integer\n  pk k(id)\n",
            &["kids.parent_id -> parents.id"],
        );
        check(
            "a.users\n  id integer!\n  pk x(id)\nb.users\n  id integer!\n  pk x(id)\nb.orders\n  user_id integer\n\
             users\n  id integer!\n  pk x(id)\nc.orders\n  user_id integer\n",
            &["b.orders.user_id -> b.users.id", "c.orders.user_id -> users.id"],
        );
        check("a.users\n  id integer!\n  pk x(id)\norders\n  user_id integer\n", &["orders.user_id -> a.users.id"]);
        check(
            "profiles\n  user_id integer!\n  pk p(user_id)\nusers\n  id integer!\n  pk u(id)\n",
            &["profiles.user_id -> users.id"],
        );
        check("users\n  id integer!\n  user_id integer\n  pk u(id)\n", &["users.user_id -> users.id"]);
    }

    proptest! {
        #[test]
        fn never_suggests_what_cannot_be_made(schema in arbitrary_broken_schema()) {
            for suggestion in suggest(&schema) {
                let from = schema.column(suggestion.referencing, suggestion.columns[0]).unwrap();
                let to = schema.column(suggestion.referenced, suggestion.referenced_columns[0]).unwrap();
                prop_assert!(from.data_type.can_reference(&to.data_type));
                let target = schema.table(suggestion.referenced).unwrap();
                prop_assert!(target.is_referenceable(&suggestion.referenced_columns));
            }
        }
    }
}
