//! References and junction tables.

use super::Lowering;
use crate::document::{Endpoint, Path};
use crate::link::LinkedRef;
use crate::quote::shown;
use schema::{
    Column, ColumnId, ColumnPair, KeyKind, Name, NamespaceId, Rank, Reference, ReferenceId, ReferentialAction, Table,
    TableId,
};
use std::fmt;
use std::sync::Arc;

/// An end that was found.
struct Found {
    table: TableId,
    columns: Vec<ColumnId>,
    /// The names of the table and of the columns.
    names: Vec<String>,
}

/// A reference as messages call it. It is put into words only when there is a message.
struct RefOf<'x>(&'x LinkedRef<'x>);

impl fmt::Display for RefOf<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the ref between {} and {}", text(&self.0.left), text(&self.0.right))
    }
}

impl<'a, F: FnMut() -> u128> Lowering<'a, F> {
    pub(super) fn reference(&mut self, linked: &LinkedRef<'_>) {
        let of = RefOf(linked);
        if linked.written.is_some_and(|written| written.inactive) {
            return self.leave_out(linked.origin, format!("{of} is left out, because it is inactive"));
        }
        if linked.written.is_some_and(|written| written.color.is_some()) {
            self.leave_out(linked.origin, format!("the color of {of} is left out"));
        }
        let (Some(left), Some(right)) = (self.found(&linked.left), self.found(&linked.right)) else {
            return self.leave_out(linked.origin, format!("{of} is left out, because one of its ends is not there"));
        };
        if left.columns.len() != right.columns.len() {
            return self.leave_out(
                linked.origin,
                format!("{of} is left out, because its ends have different numbers of columns"),
            );
        }
        let many = (linked.relation.left.many, linked.relation.right.many);
        if many == (true, true) {
            return self.junction(linked, &left, &right);
        }
        let right_refers = if many == (false, false) { linked.held_right } else { many == (false, true) };
        let (from, to) = if right_refers { (right, left) } else { (left, right) };
        if many == (false, false) && self.make_unique(&from) {
            let reason = format!("a unique key is added, because {of} is one to one");
            self.leave_out(linked.origin, reason);
        }
        self.optional_end(linked, &from, right_refers);
        let name = linked.written.and_then(|written| written.name.as_deref());
        let name = name.and_then(|name| self.name(name, "the name", linked.origin));
        self.add(linked, &from, &to, name);
    }

    fn found(&self, end: &Endpoint) -> Option<Found> {
        let made = self.tables.get(&end.table)?;
        let columns: Option<Vec<ColumnId>> = end.columns.iter().map(|name| made.column(name)).collect();
        let columns = columns.filter(|columns| !columns.is_empty())?;
        let names = std::iter::once(&end.table.name).chain(&end.columns).cloned().collect();
        Some(Found { table: made.id, columns, names })
    }

    fn add(&mut self, linked: &LinkedRef<'_>, from: &Found, to: &Found, name: Option<Name>) {
        let pairs = from.columns.iter().zip(&to.columns);
        let pairs = pairs.map(|(from, to)| ColumnPair { referencing: *from, referenced: *to }).collect();
        let name = match name {
            Some(name) => {
                self.reference_names.insert((from.table, name.clone()));
                name
            }
            None => self.reference_name(from),
        };
        let on_delete = self.action(linked, linked.written.and_then(|written| written.on_delete.as_deref()));
        let on_update = self.action(linked, linked.written.and_then(|written| written.on_update.as_deref()));
        let id = ReferenceId(self.id());
        let (referencing, referenced) = (from.table, to.table);
        let reference =
            Reference { id, name, referencing, referenced, pairs, on_delete, on_update, options: Default::default() };
        self.result.schema.references.insert(id, reference.into());
    }

    fn reference_name(&mut self, from: &Found) -> Name {
        let parts: Vec<&str> = from.names.iter().map(String::as_str).collect();
        let mut name = Name::derive(&parts, "fkey");
        let mut number = 1;
        while !self.reference_names.insert((from.table, name.clone())) {
            name = Name::derive(&parts, &format!("fkey{number}"));
            number += 1;
        }
        name
    }

    fn action(&mut self, linked: &LinkedRef<'_>, words: Option<&str>) -> ReferentialAction {
        let Some(words) = words else { return ReferentialAction::default() };
        let known = ReferentialAction::ALL.into_iter().find(|action| action.as_sql().eq_ignore_ascii_case(words));
        if known.is_none() {
            self.leave_out(linked.origin, format!("there is no action {}; it becomes no action", shown(words)));
        }
        known.unwrap_or_default()
    }

    /// Adds a unique key unless one lies within the columns; whether it did.
    fn make_unique(&mut self, from: &Found) -> bool {
        let Some(table) = self.result.schema.table(from.table) else { return false };
        if table.unique_sets().any(|set| set.iter().all(|column| from.columns.contains(column))) {
            return false;
        }
        let namespace = table.namespace;
        let parts: Vec<&str> = from.names.iter().map(String::as_str).collect();
        let name = self.free(namespace, &parts, "key");
        let key = self.key(name, KeyKind::Unique, from.columns.clone(), None);
        if let Some(table) = self.result.schema.tables.get_mut(&from.table) {
            let keys = &mut Arc::make_mut(table).keys;
            keys.push(key);
            keys.sort_by_key(|key| key.id);
        }
        true
    }

    /// Whether an end is optional follows from the columns; a mark that says otherwise is listed.
    fn optional_end(&mut self, linked: &LinkedRef<'_>, from: &Found, right_refers: bool) {
        let named = if right_refers { linked.relation.left } else { linked.relation.right };
        if !named.optional {
            return;
        }
        let table = self.result.schema.table(from.table);
        let nullable = table.is_some_and(|table| from.columns.iter().any(|column| table.is_nullable(*column)));
        if !nullable {
            let of = RefOf(linked);
            let reason = format!("the optional end of {of} is left out, because its column is not null");
            self.leave_out(linked.origin, reason);
        }
    }

    /// A table of its own whose rows join the two ends, as readers of DBML make it.
    fn junction(&mut self, linked: &LinkedRef<'_>, left: &Found, right: &Found) {
        let schema = &self.result.schema;
        let (Some(a), Some(b)) = (schema.tables.get(&left.table).cloned(), schema.tables.get(&right.table).cloned())
        else {
            return;
        };
        let namespace = a.namespace;
        let name = self.junction_name(namespace, &a, &b);
        let id = TableId(self.id());
        let mut columns = Vec::new();
        for (table, end) in [(&a, left), (&b, right)] {
            for original in end.columns.iter().filter_map(|column| table.column(*column)) {
                let name = Name::derive(&[table.name.as_str()], original.name.as_str());
                let id = ColumnId(self.id());
                let data_type = original.data_type.without_sequence();
                let rank = Rank::nth(columns.len());
                columns.push(Column {
                    id,
                    rank,
                    name,
                    data_type,
                    nullable: false,
                    default: None,
                    note: None,
                    generation: None,
                    collation: None,
                });
            }
        }
        let ids: Vec<ColumnId> = columns.iter().map(|column| column.id).collect();
        let key_name = self.free(namespace, &[name.as_str()], "pkey");
        let key = self.key(key_name, KeyKind::Primary, ids.clone(), None);
        let reason = format!("a many-to-many ref becomes the table {name} with a reference to each side");
        self.leave_out(linked.origin, reason);
        let (checks, indexes) = (Vec::new(), Vec::new());
        let table = Table {
            id,
            namespace,
            name,
            note: None,
            columns,
            keys: vec![key],
            checks,
            indexes,
            options: Default::default(),
            group: None,
        };
        let table = Arc::new(table);
        self.result.schema.tables.insert(id, Arc::clone(&table));
        let (first, second) = ids.split_at(left.columns.len().min(ids.len()));
        for (columns, to) in [(first, left), (second, right)] {
            let of_junction = columns_by_id(&table, columns);
            let from = Found { table: id, columns: columns.to_vec(), names: of_junction };
            self.add(linked, &from, to, None);
        }
    }

    /// `a_b`, with a number in parentheses when that is taken.
    fn junction_name(&mut self, namespace: NamespaceId, a: &Table, b: &Table) -> Name {
        let mut number = 0;
        loop {
            let number_text = if number == 0 { String::new() } else { format!("({number})") };
            let name = Name::derive(&[a.name.as_str()], &format!("{}{number_text}", b.name));
            if self.taken.insert((namespace, name.clone())) {
                return name;
            }
            number += 1;
        }
    }
}

/// The names of a table and of columns of it.
fn columns_by_id(table: &Table, columns: &[ColumnId]) -> Vec<String> {
    let columns = columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.to_string());
    std::iter::once(table.name.to_string()).chain(columns).collect()
}

fn text(end: &Endpoint) -> String {
    let Path { name, .. } = &end.table;
    format!("{}.{}", shown(name), shown(&end.columns.join(", ")))
}
