//! Keys, indexes and checks.

use super::{Lowering, Made};
use crate::document::{Index, IndexPart};
use crate::link::LinkedTable;
use crate::quote::shown;
use crate::span::Origin;
use schema::{Check, ColumnId, Key, KeyKind, Name, Table};
use std::collections::BTreeSet;

impl<F: FnMut() -> u128> Lowering<'_, F> {
    pub(super) fn constraints(&mut self, table: &mut Table, linked: &LinkedTable<'_>, made: &Made) {
        self.primary_key(table, linked, made);
        let namespace = linked.table.path.schema_name();
        let of = linked.table.path.name.as_str();
        for column in linked.columns.iter().filter(|column| column.column.unique && !column.column.primary) {
            let name = column.column.name.as_str();
            let Some(id) = made.columns.get(name).copied() else { continue };
            let key = self.free(&namespace, &[of, name], "key");
            table.keys.push(Key {
                id: self.key_id(),
                name: key,
                kind: KeyKind::Unique,
                columns: vec![id],
                options: Default::default(),
            });
        }
        for index in linked.indexes.iter().filter(|index| !index.primary) {
            self.index(table, index, &namespace, made);
        }
        self.checks(table, linked);
    }

    /// Columns that are said to be the key, whether in the table or in partials, are one key together.
    fn primary_key(&mut self, table: &mut Table, linked: &LinkedTable<'_>, made: &Made) {
        let namespace = linked.table.path.schema_name();
        let flagged = linked.columns.iter().filter(|column| column.column.primary);
        let flagged: Vec<ColumnId> =
            flagged.filter_map(|column| made.columns.get(&column.column.name).copied()).collect();
        let mut indexes = linked.indexes.iter().filter(|index| index.primary);
        let declared = indexes.next();
        let declared = declared.and_then(|index| Some((index, self.index_columns(index, made)?)));
        let of = shown(&linked.table.path.to_string());
        if let Some((index, columns)) = &declared
            && !flagged.is_empty()
            && flagged.iter().collect::<BTreeSet<_>>() != columns.iter().collect()
        {
            let reason = format!("the primary key of {of} is given twice; the one in “indexes” is taken");
            self.leave_out(index.origin, reason);
        }
        for index in indexes {
            self.leave_out(index.origin, format!("a second primary key of {of} is left out"));
        }
        let (given, columns, origin) = match declared {
            Some((index, columns)) => (index.name.as_deref(), columns, index.origin),
            None => (None, flagged, linked.table.origin),
        };
        if columns.is_empty() {
            return;
        }
        let name = self.constraint_name(given, &namespace, &[linked.table.path.name.as_str()], "pkey", origin);
        table.keys.push(Key { id: self.key_id(), name, kind: KeyKind::Primary, columns, options: Default::default() });
    }

    /// The name that is given, or else one that PostgreSQL would give.
    fn constraint_name(
        &mut self,
        given: Option<&str>,
        namespace: &str,
        parts: &[&str],
        suffix: &str,
        origin: Origin,
    ) -> Name {
        if let Some(name) = given.and_then(|given| self.name(given, "the name", origin)) {
            self.relations.insert((namespace.to_owned(), name.as_str().to_owned()));
            return name;
        }
        self.free(namespace, parts, suffix)
    }

    /// The columns of an index; none when it is over something else, or a column is missing.
    fn index_columns(&mut self, index: &Index, made: &Made) -> Option<Vec<ColumnId>> {
        let mut columns = Vec::new();
        for part in &index.parts {
            let id = match part {
                IndexPart::Column(name) => made.columns.get(name).copied(),
                IndexPart::Expression(_) => None,
            };
            let Some(id) = id else {
                let what = match part {
                    IndexPart::Column(name) => format!("column {} is not there", shown(name)),
                    IndexPart::Expression(text) => format!("{} is an expression", shown(text)),
                };
                self.leave_out(index.origin, format!("an index is left out, because {what}"));
                return None;
            };
            columns.push(id);
        }
        (!columns.is_empty()).then_some(columns)
    }

    /// What is unique is a constraint, unless its name is one that PostgreSQL gives to indexes.
    fn index(&mut self, table: &mut Table, index: &Index, namespace: &str, made: &Made) {
        let Some(columns) = self.index_columns(index, made) else { return };
        let columns_named = index.parts.iter().filter_map(|part| match part {
            IndexPart::Column(name) => Some(name.as_str()),
            IndexPart::Expression(_) => None,
        });
        let of = table.name.clone();
        let names: Vec<&str> = std::iter::once(of.as_str()).chain(columns_named).collect();
        if let Some(method) = index.method.as_deref().filter(|method| !method.eq_ignore_ascii_case("btree")) {
            let reason = format!("the type {} of an index is left out; it becomes a btree", shown(method));
            self.leave_out(index.origin, reason);
        }
        if index.note.is_some() {
            self.leave_out(index.origin, "the note of an index is left out");
        }
        let constraint = index.unique && !index.name.as_deref().is_some_and(|name| name.ends_with("_idx"));
        let suffix = if constraint { "key" } else { "idx" };
        let name = self.constraint_name(index.name.as_deref(), namespace, &names, suffix, index.origin);
        if constraint {
            table.keys.push(Key {
                id: self.key_id(),
                name,
                kind: KeyKind::Unique,
                columns,
                options: Default::default(),
            });
        } else {
            table.indexes.push(schema::Index {
                id: self.index_id(),
                name,
                unique: index.unique,
                parts: schema::Index::parts_of(&columns),
                options: Default::default(),
            });
        }
    }

    fn checks(&mut self, table: &mut Table, linked: &LinkedTable<'_>) {
        let mut names = BTreeSet::new();
        let of = shown(&linked.table.path.to_string());
        for check in &linked.checks {
            let what = format!("a check of {of}");
            let Some(expression) = self.expression(&check.expression, check.origin, &what) else { continue };
            let given = check.name.as_deref().and_then(|name| self.name(name, "check", check.origin));
            let name = distinct(given, &[linked.table.path.name.as_str()], &mut names);
            table.checks.push(Check { id: self.check_id(), name, expression, options: Default::default() });
        }
        for column in &linked.columns {
            let column_name = column.column.name.as_str();
            for text in &column.column.checks {
                let what = format!("a check of {of}.{}", shown(column_name));
                let Some(expression) = self.expression(text, column.column.origin, &what) else { continue };
                let name = distinct(None, &[linked.table.path.name.as_str(), column_name], &mut names);
                table.checks.push(Check { id: self.check_id(), name, expression, options: Default::default() });
            }
        }
    }
}

/// The given name, or one made of the parts that is not taken yet.
fn distinct(given: Option<Name>, parts: &[&str], taken: &mut BTreeSet<Name>) -> Name {
    let mut name = given.unwrap_or_else(|| Name::derive(parts, "check"));
    let mut number = 1;
    while !taken.insert(name.clone()) {
        name = Name::derive(parts, &format!("check{number}"));
        number += 1;
    }
    name
}
