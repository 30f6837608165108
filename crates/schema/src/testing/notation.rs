//! Schemas written in a few lines, for tests.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a fixture that cannot be read should stop the test")]

use crate::{
    Annotation, AnnotationId, AnnotationKind, Check, CheckId, Column, ColumnId, ColumnPair, Domain, Expression, Index,
    IndexId, Key, KeyId, KeyKind, Label, Name, Namespace, NamespaceId, Rank, Reference, ReferenceId, ReferentialAction,
    Schema, Table, TableId, TypeDefinition, TypeId, UserType,
};
use std::sync::Arc;
use uuid::Uuid;

/// Reads a schema from lines such as these; panics on anything else, since it is for tests only.
///
/// ```text
/// auth.users                      a table; its namespace appears with it
///   id integer!                   a column, `!` for NOT NULL
///   email text! = 'x' # shown     … with a default and a note
///   pk users_pkey(id)
///   unique users_email_key(email)
///   check users_check: email <> ''
///   index i(email)
///   unique index j(id, email)
///   note of the table
/// orders @o                       an identity other than the name
///   user_id integer @u
/// fk orders_user_id_fkey: orders(user_id) -> auth.users(id) on delete cascade on update set null
/// namespace empty
/// enum mood: sad, ok @fine        a type, with an identity of a label; a domain is “domain age: integer!”
/// group shop: users, orders       a group of tables that stand above; a note is “sticky name: text”
/// ```
///
/// What has the same name, or the same `@identity`, in two schemas has the same id in both.
pub fn schema_from(text: &str) -> Schema {
    let mut reader = Reader { schema: Schema::default(), table: None };
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        reader.line(line);
    }
    reader.finish_table();
    reader.schema
}

struct Reader {
    schema: Schema,
    table: Option<(String, Table)>,
}

impl Reader {
    fn line(&mut self, line: &str) {
        let text = line.trim();
        if line.starts_with(' ') {
            self.member(text);
            return;
        }
        self.finish_table();
        if let Some(name) = text.strip_prefix("namespace ") {
            self.namespace(name);
        } else if let Some(rest) = text.strip_prefix("fk ") {
            self.reference(rest);
        } else if let Some(rest) = text.strip_prefix("enum ") {
            let (label, labels) = rest.split_once(": ").unwrap();
            let owner = identity(label).1.unwrap_or(label);
            let label_of = |text: &str| {
                let (text, known) = identity(text);
                let id = id("label", &format!("{owner}.{}", known.unwrap_or(text)));
                Label { id, text: text.to_owned(), note: None }
            };
            let labels = labels.split(", ").map(label_of).collect();
            self.user_type(label, TypeDefinition::Enum(labels));
        } else if let Some(rest) = text.strip_prefix("group ") {
            let (label, members) = rest.split_once(':').unwrap();
            let id = self.annotation(label, AnnotationKind::Group, None);
            for member in members.split(',').map(str::trim).filter(|member| !member.is_empty()) {
                let found = self.schema.tables.values_mut().find(|table| table.name.as_str() == member).unwrap();
                Arc::make_mut(found).group = Some(id);
            }
        } else if let Some(rest) = text.strip_prefix("sticky ") {
            let (label, text) = rest.split_once(": ").unwrap();
            self.annotation(label, AnnotationKind::Note, Some(text.to_owned()));
        } else if let Some(rest) = text.strip_prefix("domain ") {
            let (label, base) = rest.split_once(": ").unwrap();
            let nullable = !base.ends_with('!');
            let base = self.schema.parse_type(base.trim_end_matches('!')).unwrap();
            let domain = Domain { base, nullable, default: None, collation: None, checks: vec![] };
            self.user_type(label, TypeDefinition::Domain(domain));
        } else {
            let (text, identity) = identity(text);
            let (space, table) = text.split_once('.').unwrap_or(("public", text));
            let namespace = self.namespace(space);
            let identity = identity.unwrap_or(text).to_owned();
            let table = Table {
                id: TableId(id("table", &identity)),
                namespace,
                name: name(table),
                note: None,
                columns: vec![],
                keys: vec![],
                checks: vec![],
                indexes: vec![],
                options: Default::default(),
                group: None,
            };
            self.table = Some((identity, table));
        }
    }

    fn user_type(&mut self, text: &str, definition: TypeDefinition) {
        let (text, identity) = identity(text);
        let (space, label) = text.split_once('.').unwrap_or(("public", text));
        let namespace = self.namespace(space);
        let id = TypeId(id("type", identity.unwrap_or(text)));
        self.schema.types.insert(id, UserType { id, namespace, name: name(label), note: None, definition });
    }

    fn annotation(&mut self, text: &str, kind: AnnotationKind, note: Option<String>) -> AnnotationId {
        let (text, identity) = identity(text);
        let id = AnnotationId(id(kind.as_str(), identity.unwrap_or(text)));
        self.schema.annotations.insert(id, Annotation { id, kind, name: name(text), note, color: None, spot: None });
        id
    }

    fn namespace(&mut self, text: &str) -> NamespaceId {
        let (text, identity) = identity(text);
        let named = self.schema.namespaces.values().find(|namespace| namespace.name.as_str() == text);
        if let Some(namespace) = named {
            return namespace.id;
        }
        let id = NamespaceId(id("namespace", identity.unwrap_or(text)));
        self.schema.namespaces.insert(id, Namespace { id, name: name(text) });
        id
    }

    fn finish_table(&mut self) {
        if let Some((_, mut table)) = self.table.take() {
            table.keys.sort_by_key(|key| key.id);
            table.checks.sort_by_key(|check| check.id);
            table.indexes.sort_by_key(|index| index.id);
            self.schema.tables.insert(table.id, Arc::new(table));
        }
    }

    fn member(&mut self, text: &str) {
        let Some((owner, table)) = &mut self.table else { return };
        if let Some(note) = text.strip_prefix("note ") {
            table.note = Some(note.to_owned());
            return;
        }
        let (text, note) = text.split_once(" # ").map_or((text, None), |(text, note)| (text, Some(note.to_owned())));
        let (text, identity) = identity(text);
        let own = |kind: &str, text: &str| id(kind, &format!("{owner}.{}", identity.unwrap_or(text)));
        if let Some(rest) = text.strip_prefix("check ") {
            let (check, expression) = rest.split_once(": ").unwrap();
            let expression = Expression::parse_wide(expression).unwrap();
            table.checks.push(Check {
                id: CheckId(own("check", check)),
                name: name(check),
                expression,
                options: Default::default(),
            });
            return;
        }
        let index = text.strip_prefix("unique index ").map(|rest| (true, rest));
        if let Some((unique, rest)) = index.or_else(|| text.strip_prefix("index ").map(|rest| (false, rest))) {
            let (index, columns) = named_list(rest);
            let columns = columns_of(table, &columns);
            table.indexes.push(Index {
                id: IndexId(own("index", index)),
                name: name(index),
                unique,
                parts: Index::parts_of(&columns),
                options: Default::default(),
            });
            return;
        }
        let key = text.strip_prefix("pk ").map(|rest| (KeyKind::Primary, rest));
        if let Some((kind, rest)) = key.or_else(|| text.strip_prefix("unique ").map(|rest| (KeyKind::Unique, rest))) {
            let (key, columns) = named_list(rest);
            let columns = columns_of(table, &columns);
            table.keys.push(Key {
                id: KeyId(own("key", key)),
                name: name(key),
                kind,
                columns,
                options: Default::default(),
            });
            return;
        }
        let (text, default) = text.split_once(" = ").map_or((text, None), |(text, value)| (text, Some(value)));
        let (column, data_type) = text.split_once(' ').unwrap();
        let nullable = !data_type.ends_with('!');
        table.columns.push(Column {
            id: ColumnId(own("column", column)),
            rank: Rank::nth(table.columns.len()),
            name: name(column),
            data_type: self.schema.parse_type(data_type.trim_end_matches('!')).unwrap(),
            nullable,
            default: default.map(|value| Expression::parse_wide(value).unwrap()),
            note,
            generation: None,
            collation: None,
        });
    }

    fn reference(&mut self, text: &str) {
        let (text, identity) = identity(text);
        let (reference, rest) = text.split_once(": ").unwrap();
        let (from, rest) = rest.split_once(" -> ").unwrap();
        let (to, actions) = rest.split_once(')').unwrap();
        let (referencing, mine) = self.end(from);
        let (referenced, theirs) = self.end(&format!("{to})"));
        assert_eq!(mine.len(), theirs.len(), "{text}");
        let pairs = mine.into_iter().zip(theirs);
        let id = ReferenceId(id("reference", identity.unwrap_or(reference)));
        let reference = Reference {
            id,
            name: name(reference),
            referencing,
            referenced,
            pairs: pairs.map(|(referencing, referenced)| ColumnPair { referencing, referenced }).collect(),
            on_delete: action(actions, "on delete "),
            on_update: action(actions, "on update "),
            options: Default::default(),
        };
        self.schema.references.insert(id, Arc::new(reference));
    }

    fn end(&self, text: &str) -> (TableId, Vec<ColumnId>) {
        let (label, columns) = named_list(text);
        let found = self.schema.tables.values().find(|table| self.schema.display_name(table) == label);
        let table = found.unwrap_or_else(|| panic!("no table {label}"));
        (table.id, columns_of(table, &columns))
    }
}

fn named_list(text: &str) -> (&str, Vec<&str>) {
    let (name, rest) = text.split_once('(').unwrap();
    (name, rest.trim_end_matches(')').split(", ").collect())
}

fn columns_of(table: &Table, columns: &[&str]) -> Vec<ColumnId> {
    let find = |column: &&str| table.column_named(column).unwrap_or_else(|| panic!("no column {column}")).id;
    columns.iter().map(find).collect()
}

fn identity(text: &str) -> (&str, Option<&str>) {
    text.rsplit_once(" @").map_or((text, None), |(text, identity)| (text, Some(identity)))
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn action(text: &str, event: &str) -> ReferentialAction {
    let Some((_, rest)) = text.split_once(event) else { return ReferentialAction::NoAction };
    ReferentialAction::ALL.into_iter().find(|action| rest.starts_with(action.as_sql())).unwrap()
}

/// FNV-1a over 128 bits: the same words, the same id.
fn id(kind: &str, text: &str) -> Uuid {
    let bytes = kind.bytes().chain([0]).chain(text.bytes());
    Uuid::from_u128(bytes.fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash: u128, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_line() {
        let schema = schema_from(
            "users\n  id integer!\n  email text! = 'x' # shown\n  pk users_pkey(id)\n  check c: email <> ''\n  \
             unique index i(id, email)\n  note people\nauth.logins @l\n  user_id integer\n\
             fk f: auth.logins(user_id) -> users(id) on delete set null on update cascade",
        );
        assert_eq!(crate::validate(&schema), vec![]);
        let reference = schema.references.values().next().unwrap();
        assert_eq!(reference.on_delete, ReferentialAction::SetNull);
        assert_eq!(reference.on_update, ReferentialAction::Cascade);
        let users = schema.table(reference.referenced).unwrap();
        assert_eq!(users.note.as_deref(), Some("people"));
        assert_eq!(users.columns.iter().filter(|column| column.nullable).count(), 0);
    }
}
