//! A whole schema as a script.

use crate::names::Names;
use crate::render::{
    Shorthand, add_reference, comment, create_index, create_namespace, create_table, key_clause, keys_after_create,
    keys_of_create, tables_referenced_first,
};
use schema::{ColumnId, Key, KeyKind, Name, NamespaceId, ObjectId, Reference, Schema, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// The schema as a script for `psql` and an empty database.
///
/// Namespaces come first, then tables, indexes, references and comments. A constraint whose name is the one that
/// PostgreSQL would choose is written without it, at its column where that is possible: that is how people write
/// tables by hand. Every other reference is added after all tables. The same schema always gives the same bytes.
pub fn export(schema: &Schema) -> String {
    let names = Names::new(schema, schema);
    let script = Script { schema, names, implied: implied_names(schema) };
    let (tables, late) = script.tables();
    let mut parts = vec![lines(&script.namespaces())];
    parts.extend(tables.into_iter().map(|table| format!("{table};\n")));
    parts.push(lines(&script.late_keys()));
    parts.push(lines(&script.indexes()));
    parts.extend(late.into_iter().map(|reference| format!("{};\n", add_reference(&script.names, reference, "\n    "))));
    parts.push(lines(&script.comments()));
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

fn lines(statements: &[String]) -> String {
    statements.iter().map(|statement| format!("{statement};\n")).collect()
}

struct Script<'a> {
    schema: &'a Schema,
    names: Names<'a>,
    implied: BTreeSet<ObjectId>,
}

impl<'a> Script<'a> {
    fn namespaces(&self) -> Vec<String> {
        let mut names: Vec<&Name> = self.schema.namespaces.values().map(|namespace| &namespace.name).collect();
        names.sort();
        names.into_iter().filter(|name| name.as_str() != "public").map(|name| create_namespace(name.as_str())).collect()
    }

    /// The CREATE TABLEs, and the references that they do not contain.
    fn tables(&self) -> (Vec<String>, Vec<&'a Reference>) {
        let mut outgoing: BTreeMap<TableId, Vec<&Reference>> = BTreeMap::new();
        for reference in self.schema.references.values() {
            outgoing.entry(reference.referencing).or_default().push(reference);
        }
        let mut made = BTreeSet::new();
        let mut statements = Vec::new();
        let mut late = Vec::new();
        let order = tables_referenced_first(self.schema, &outgoing);
        for table in order {
            made.insert(table.id);
            let mut references = outgoing.remove(&table.id).unwrap_or_default();
            references.sort_by_key(|reference| (&reference.name, reference.id));
            let (inline, rest): (Vec<_>, Vec<_>) =
                references.into_iter().partition(|reference| self.fits_at_column(reference, &made));
            late.extend(rest);
            let short = Shorthand { implied: Some(&self.implied), references: inline };
            statements.push(create_table(&self.names, table, &short));
        }
        (statements, late)
    }

    fn fits_at_column(&self, reference: &Reference, made: &BTreeSet<TableId>) -> bool {
        let key = self.schema.table(reference.referenced).is_some_and(|table| {
            keys_of_create(table).into_iter().any(|key| key.columns == reference.referenced_columns())
        });
        let implied = self.implied.contains(&ObjectId::Reference(reference.id));
        reference.pairs.len() == 1 && implied && key && made.contains(&reference.referenced)
    }

    fn late_keys(&self) -> Vec<String> {
        let keys = self
            .schema
            .tables_by_name()
            .into_iter()
            .flat_map(|table| keys_after_create(table).into_iter().map(move |key| (table.id, key)));
        keys.map(|(table, key)| {
            format!("ALTER TABLE {} ADD {}", self.names.table(table), key_clause(&self.names, table, key, false))
        })
        .collect()
    }

    fn indexes(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for table in self.schema.tables_by_name() {
            let mut indexes: Vec<_> = table.indexes.iter().collect();
            indexes.sort_by_key(|index| (&index.name, index.id));
            statements.extend(indexes.into_iter().map(|index| create_index(&self.names, table.id, index)));
        }
        statements
    }

    fn comments(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for table in self.schema.tables_by_name() {
            let notes = notes_of(table).map(|(column, note)| comment(&self.names, table.id, column, Some(note)));
            statements.extend(notes);
        }
        statements
    }
}

/// The notes of a table and its columns; the table's own is that of no column.
pub(crate) fn notes_of(table: &Table) -> impl Iterator<Item = (Option<ColumnId>, &str)> {
    let own = (None, table.note.as_deref());
    let columns = table.columns.iter().map(|column| (Some(column.id), column.note.as_deref()));
    let all = std::iter::once(own).chain(columns);
    all.filter_map(|(column, note)| written(note).map(|note| (column, note)))
}

/// The note, unless it is empty: to PostgreSQL an empty comment is none.
pub(crate) fn written(note: Option<&str>) -> Option<&str> {
    note.filter(|note| !note.is_empty())
}

/// Keys, checks and references whose name PostgreSQL would choose by itself when the script runs.
fn implied_names(schema: &Schema) -> BTreeSet<ObjectId> {
    let mut uses: BTreeMap<(NamespaceId, &str), usize> = BTreeMap::new();
    let mut candidates = Vec::new();
    for table in schema.tables.values() {
        let space = table.namespace;
        let plain = std::iter::once(&table.name).chain(table.indexes.iter().map(|index| &index.name));
        for name in plain {
            *uses.entry((space, name.as_str())).or_default() += 1;
        }
        for key in &table.keys {
            candidates.push((space, &key.name, ObjectId::Key(table.id, key.id), key_name(table, key)));
        }
        for check in &table.checks {
            let columns = check.expression.columns();
            let mut columns = columns.iter();
            let chosen = match (columns.next(), columns.next()) {
                (Some(only), None) => format!("{}_{only}_check", table.name),
                _ => format!("{}_check", table.name),
            };
            candidates.push((space, &check.name, ObjectId::Check(table.id, check.id), chosen));
        }
    }
    for reference in schema.references.values() {
        let Some(table) = schema.table(reference.referencing) else { continue };
        let chosen = format!("{}_{}_fkey", table.name, joined(table, &reference.referencing_columns()));
        candidates.push((table.namespace, &reference.name, ObjectId::Reference(reference.id), chosen));
    }
    for (space, name, _, _) in &candidates {
        *uses.entry((*space, name.as_str())).or_default() += 1;
    }
    candidates
        .into_iter()
        .filter(|(space, name, _, chosen)| name.as_str() == chosen && uses.get(&(*space, name.as_str())) == Some(&1))
        .map(|(_, _, object, _)| object)
        .collect()
}

fn key_name(table: &Table, key: &Key) -> String {
    match key.kind {
        KeyKind::Primary => format!("{}_pkey", table.name),
        KeyKind::Unique => format!("{}_{}_key", table.name, joined(table, &key.columns)),
    }
}

fn joined(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<&str> = columns.iter().filter_map(|id| table.column(*id)).map(|c| c.name.as_str()).collect();
    names.join("_")
}
