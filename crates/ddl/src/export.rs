//! A whole schema as a script.

use crate::names::Names;
use crate::options;
use crate::render::{
    Shorthand, add_reference, check_clause, checks_after_create, comment, comment_on, comment_on_type, create_index,
    create_namespace, create_table, key_clause, keys_after_create, keys_of_create, tables_referenced_first,
};
use schema::{
    ColumnId, Key, KeyKind, Name, NamespaceId, ObjectId, Opaque, OpaqueKind, Reference, Schema, Table, TableId,
    TypeDefinition,
};
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
    if schema.opaque.values().any(|it| it.kind == OpaqueKind::Function) {
        // A body may use what comes later.
        parts.push("SET check_function_bodies = off;\n".to_owned());
    }
    parts.extend(script.opaque(|it| matches!(it.kind, OpaqueKind::Extension | OpaqueKind::Collation)));
    parts.push(lines(&script.types()));
    parts.extend(script.opaque(|it| matches!(it.kind, OpaqueKind::Type)));
    parts.extend(script.opaque(|it| it.kind == OpaqueKind::Sequence));
    parts.extend(script.opaque(|it| script.is_before_tables(it)));
    parts.extend(tables.into_iter().map(|table| format!("{table};\n")));
    parts.push(lines(&script.late_keys()));
    parts.push(lines(&script.indexes()));
    parts.push(lines(&script.partitions()));
    parts.extend(late.into_iter().map(|reference| format!("{};\n", add_reference(&script.names, reference, "\n    "))));
    parts.push(lines(&script.comments()));
    parts.extend(script.opaque(|it| {
        !script.is_before_tables(it)
            && !matches!(
                it.kind,
                OpaqueKind::Extension | OpaqueKind::Collation | OpaqueKind::Type | OpaqueKind::Sequence
            )
    }));
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

    fn types(&self) -> Vec<String> {
        let mut statements = Vec::new();
        for it in self.schema.types_in_order() {
            statements.push(options::create_type(&self.names, it));
            if let TypeDefinition::Domain(domain) = &it.definition {
                for check in domain.checks.iter().filter(|check| check.not_valid) {
                    let name = self.names.user_type(it.id);
                    statements.push(format!("ALTER DOMAIN {name} ADD {}", options::domain_check(check)));
                }
            }
            if let Some(note) = written(it.note.as_deref()) {
                statements.push(comment_on_type(&self.names, it, Some(note)));
            }
        }
        statements
    }

    /// The statements of what is kept as such, in its own order.
    fn opaque(&self, wanted: impl Fn(&Opaque) -> bool) -> Vec<String> {
        let mut chosen: Vec<&Opaque> = self.schema.opaque.values().map(AsRef::as_ref).filter(|it| wanted(it)).collect();
        chosen.sort_by_key(|it| (it.kind != OpaqueKind::Extension, it.rank, it.id));
        chosen.into_iter().map(|it| format!("{};\n", it.definition.as_str())).collect()
    }

    /// Functions and the like come before tables, which may use them, unless they need one themselves.
    fn is_before_tables(&self, it: &Opaque) -> bool {
        if !matches!(it.kind, OpaqueKind::Function | OpaqueKind::Other) {
            return false;
        }
        // Arguments and results come before the language, and the body after it.
        let text = it.definition.as_str().to_lowercase();
        let head = text.split_once("language").map_or(text.as_str(), |(head, _)| head);
        let head = head.split_once('$').map_or(head, |(head, _)| head);
        let words: BTreeSet<&str> = head.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        !self.schema.tables.values().any(|table| words.contains(table.name.as_str()))
    }

    fn partitions(&self) -> Vec<String> {
        let parts =
            self.schema.tables_by_name().into_iter().filter_map(|table| {
                table.options.partition.as_ref().map(|it| options::attach(&self.names, table.id, it))
            });
        parts.collect()
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
        let parted = |id| {
            self.schema
                .table(id)
                .is_some_and(|table| table.options.partition.is_some() || table.options.partitioning.is_some())
        };
        let is_late = reference.options.not_valid || parted(reference.referencing) || parted(reference.referenced);
        reference.pairs.len() == 1 && implied && key && made.contains(&reference.referenced) && !is_late
    }

    fn late_keys(&self) -> Vec<String> {
        let keys = self
            .schema
            .tables_by_name()
            .into_iter()
            .flat_map(|table| keys_after_create(table).into_iter().map(move |key| (table.id, key)));
        let keys = keys.map(|(table, key)| {
            format!("ALTER TABLE {} ADD {}", self.names.table(table), key_clause(&self.names, table, key, false))
        });
        let checks = self
            .schema
            .tables_by_name()
            .into_iter()
            .flat_map(|table| checks_after_create(table).into_iter().map(move |check| (table.id, check)));
        let checks = checks.map(|(table, check)| {
            format!("ALTER TABLE {} ADD {}", self.names.table(table), check_clause(&self.names, table, check, false))
        });
        keys.chain(checks).collect()
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
            let parts = notes_of_parts(table).into_iter();
            statements.extend(parts.map(|(object, note)| comment_on(&self.names, table.id, object, Some(note))));
        }
        for reference in self.schema.references.values() {
            if let Some(note) = written(reference.options.note.as_deref()) {
                let object = ObjectId::Reference(reference.id);
                statements.push(comment_on(&self.names, reference.referencing, object, Some(note)));
            }
        }
        statements
    }
}

/// The notes of keys, checks and indexes.
pub(crate) fn notes_of_parts(table: &Table) -> Vec<(ObjectId, &str)> {
    let keys = table.keys.iter().map(|key| (ObjectId::Key(table.id, key.id), key.options.note.as_deref()));
    let checks = table.checks.iter().map(|it| (ObjectId::Check(table.id, it.id), it.options.note.as_deref()));
    let indexes = table.indexes.iter().map(|it| (ObjectId::Index(table.id, it.id), it.options.note.as_deref()));
    let all = keys.chain(checks).chain(indexes);
    all.filter_map(|(object, note)| written(note).map(|note| (object, note))).collect()
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
            if check.expression.tree().is_none() {
                // Which columns it has, PostgreSQL alone knows.
                *uses.entry((space, check.name.as_str())).or_default() += 1;
                continue;
            }
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
        // Further columns have a part in it.
        KeyKind::Unique if !key.options.include.is_empty() => String::new(),
        KeyKind::Primary => format!("{}_pkey", table.name),
        KeyKind::Unique => format!("{}_{}_key", table.name, joined(table, &key.columns)),
        // Expressions have a part in it.
        KeyKind::Exclusion => String::new(),
    }
}

fn joined(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<&str> = columns.iter().filter_map(|id| table.column(*id)).map(|c| c.name.as_str()).collect();
    names.join("_")
}
