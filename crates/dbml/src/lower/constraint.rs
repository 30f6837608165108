//! Keys, indexes and checks.

use super::{ColumnOf, Lowering, Made};
use crate::document::{Index, IndexPart};
use crate::link::LinkedTable;
use crate::quote::shown;
use crate::span::Origin;
use schema::{
    Check, CheckId, ColumnId, Formula, IndexId, IndexOptions, Key, KeyId, KeyKind, KeyOptions, Name, NamespaceId, Table,
};
use std::collections::BTreeSet;

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    pub(super) fn constraints(&mut self, table: &mut Table, linked: &LinkedTable<'_>, made: &Made<'_>) {
        self.primary_key(table, linked, made);
        let of = linked.table.path.name.as_str();
        for column in linked.columns.iter().filter(|column| column.column.unique && !column.column.primary) {
            let name = column.column.name.as_str();
            let Some(id) = made.column(name) else { continue };
            let key = self.free(table.namespace, &[of, name], "key");
            let made_key = self.key(key, KeyKind::Unique, vec![id], None);
            table.keys.push(made_key);
        }
        for index in linked.indexes.iter().filter(|index| !index.primary) {
            self.index(table, index, made);
        }
        self.checks(table, linked);
    }

    pub(super) fn key(&mut self, name: Name, kind: KeyKind, columns: Vec<ColumnId>, note: Option<&str>) -> Key {
        let note = note.filter(|note| !note.is_empty()).map(str::to_owned);
        Key { id: KeyId(self.id()), name, kind, columns, options: KeyOptions { note, ..KeyOptions::default() } }
    }

    /// Columns that are said to be the key, whether in the table or in partials, are one key together.
    fn primary_key(&mut self, table: &mut Table, linked: &LinkedTable<'_>, made: &Made<'_>) {
        let flagged = linked.columns.iter().filter(|column| column.column.primary);
        let flagged: Vec<ColumnId> = flagged.filter_map(|column| made.column(&column.column.name)).collect();
        let mut indexes = linked.indexes.iter().filter(|index| index.primary);
        let declared = indexes.next();
        let declared = declared.and_then(|index| Some((index, self.key_columns(index, made)?)));
        let of = || shown(&linked.table.path.to_string());
        if let Some((index, columns)) = &declared
            && !flagged.is_empty()
            && flagged.iter().collect::<BTreeSet<_>>() != columns.iter().collect()
        {
            let reason = format!("the primary key of {} is given twice; the one in “indexes” is taken", of());
            self.leave_out(index.origin, reason);
        }
        for index in indexes {
            self.leave_out(index.origin, format!("a second primary key of {} is left out", of()));
        }
        let (given, columns, origin, note) = match declared {
            Some((index, columns)) => (index.name.as_deref(), columns, index.origin, index.note.as_deref()),
            None => (None, flagged, linked.table.origin, None),
        };
        if columns.is_empty() {
            return;
        }
        let name = self.constraint_name(given, table.namespace, &[&linked.table.path.name], "pkey", origin);
        let key = self.key(name, KeyKind::Primary, columns, note);
        table.keys.push(key);
    }

    /// The name that is given, or else one that PostgreSQL would give.
    fn constraint_name(
        &mut self,
        given: Option<&str>,
        namespace: NamespaceId,
        parts: &[&str],
        suffix: &str,
        origin: Origin,
    ) -> Name {
        let given = given.and_then(|given| self.name(given, "the name", origin));
        given.unwrap_or_else(|| self.free(namespace, parts, suffix))
    }

    /// The columns of a primary key; none when it is over something else, or a column is missing.
    fn key_columns(&mut self, index: &Index, made: &Made<'_>) -> Option<Vec<ColumnId>> {
        let mut columns = Vec::with_capacity(index.parts.len());
        for part in &index.parts {
            match part {
                IndexPart::Column(name) => columns.push(self.key_column(name, index, made)?),
                IndexPart::Expression(text) => {
                    let reason = format!("a primary key is left out, because {} is an expression", shown(text));
                    self.leave_out(index.origin, reason);
                    return None;
                }
            }
        }
        (!columns.is_empty()).then_some(columns)
    }

    fn key_column(&mut self, name: &str, index: &Index, made: &Made<'_>) -> Option<ColumnId> {
        let found = made.column(name);
        if found.is_none() {
            let reason = format!("an index is left out, because column {} is not there", shown(name));
            self.leave_out(index.origin, reason);
        }
        found
    }

    /// What an index is over; none when a column is missing, or an expression is none.
    fn parts(&mut self, table: &Table, index: &Index, made: &Made<'_>) -> Option<Vec<schema::IndexPart>> {
        let mut parts = Vec::with_capacity(index.parts.len());
        for part in &index.parts {
            parts.push(match part {
                IndexPart::Column(name) => schema::IndexPart::column(self.key_column(name, index, made)?),
                IndexPart::Expression(text) => {
                    let of = shown(table.name.as_str());
                    let expression = self.expression(text, index.origin, format_args!("an index of {of}"))?;
                    schema::IndexPart::expression(Formula::bind(&expression, table))
                }
            });
        }
        (!parts.is_empty()).then_some(parts)
    }

    /// What is unique is a constraint, unless it is over an expression or says its type, as constraints have neither.
    fn index(&mut self, table: &mut Table, index: &Index, made: &Made<'_>) {
        let Some(parts) = self.parts(table, index, made) else { return };
        let columns: Option<Vec<ColumnId>> = parts.iter().map(schema::IndexPart::plain_column).collect();
        let columns = columns.filter(|_| index.unique && index.method.is_none());
        let suffix = if columns.is_some() { "key" } else { "idx" };
        let named = index.parts.iter().map(|part| match part {
            IndexPart::Column(name) => name.as_str(),
            IndexPart::Expression(_) => "expr",
        });
        let of = table.name.clone();
        let names: Vec<&str> = std::iter::once(of.as_str()).chain(named).collect();
        let name = self.constraint_name(index.name.as_deref(), table.namespace, &names, suffix, index.origin);
        if let Some(columns) = columns {
            let key = self.key(name, KeyKind::Unique, columns, index.note.as_deref());
            return table.keys.push(key);
        }
        let method = index.method.as_deref().filter(|method| !method.eq_ignore_ascii_case("btree"));
        let method = method.and_then(|method| self.name(&method.to_lowercase(), "the type", index.origin));
        let note = index.note.clone().filter(|note| !note.is_empty());
        let options = IndexOptions { method, note, ..IndexOptions::default() };
        table.indexes.push(schema::Index { id: IndexId(self.id()), name, unique: index.unique, parts, options });
    }

    fn checks(&mut self, table: &mut Table, linked: &LinkedTable<'_>) {
        let mut names = BTreeSet::new();
        let path = &linked.table.path;
        let given = linked.checks.iter().filter_map(|check| Name::parse(check.name.as_deref()?).ok());
        let reserved: BTreeSet<Name> = given.collect();
        for check in &linked.checks {
            let of = shown(table.name.as_str());
            let what = format_args!("a check of {of}");
            let Some(expression) = self.expression(&check.expression, check.origin, what) else { continue };
            let given = check.name.as_deref().and_then(|name| self.name(name, "check", check.origin));
            let name = match given {
                Some(name) if names.insert(name.clone()) => name,
                Some(_) | None => distinct(&[&path.name], &reserved, &mut names),
            };
            table.checks.push(Check { id: CheckId(self.id()), name, expression, options: Default::default() });
        }
        for column in &linked.columns {
            let name = column.column.name.as_str();
            for text in &column.column.checks {
                let what = format_args!("a check of {}", ColumnOf(path, name));
                let Some(expression) = self.expression(text, column.column.origin, what) else { continue };
                let name = distinct(&[&path.name, name], &reserved, &mut names);
                table.checks.push(Check { id: CheckId(self.id()), name, expression, options: Default::default() });
            }
        }
    }
}

/// A name made of the parts that is not given to another check.
fn distinct(parts: &[&str], reserved: &BTreeSet<Name>, taken: &mut BTreeSet<Name>) -> Name {
    let mut name = Name::derive(parts, "check");
    let mut number = 1;
    while reserved.contains(&name) || !taken.insert(name.clone()) {
        name = Name::derive(parts, &format!("check{number}"));
        number += 1;
    }
    name
}
