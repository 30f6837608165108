//! Schemas for tests and pictures, in a notation of one line a table:
//! `orders: id integer pk, user_id integer -> users.id, note text?`.
//!
//! After the type stand `?` (may be null), `pk`, `unique` and `-> table.column`. Lines that begin with `ref` make
//! composite references: `ref shipments(order_id, line) -> order_items(order_id, line)`.

use schema::{
    Column, ColumnId, ColumnPair, DataType, Key, KeyId, KeyKind, Name, Namespace, NamespaceId, Rank, Reference,
    ReferenceId, ReferentialAction, Schema, Table, TableId,
};
use std::sync::Arc;

/// The sample shop.
pub(crate) const SHOP: &str = "\
users: id integer pk, email varchar(255) unique, full_name text, created_at timestamptz
categories: id integer pk, name text unique, parent_id integer? -> categories.id
products: id integer pk, category_id integer? -> categories.id, name text, price numeric(10,2), stock integer, description text?
orders: id integer pk, user_id integer -> users.id, status text, total numeric(10,2), placed_at timestamptz, shipped_at timestamptz?
order_items: order_id integer pk -> orders.id, line integer pk, product_id integer -> products.id, quantity integer, unit_price numeric(10,2)
profiles: user_id integer pk -> users.id, bio text?, avatar_url text?
shipments: id uuid pk, order_id integer, line integer, created_by integer -> users.id, approved_by integer? -> users.id, packed_by integer? -> users.id
ref shipments(order_id, line) -> order_items(order_id, line)
";

/// Reads the notation.
pub(crate) fn schema(text: &str) -> Schema {
    let namespace = NamespaceId::from_u128(1);
    let mut schema = Schema::default();
    schema.namespaces.insert(namespace, Namespace { id: namespace, name: name("public") });
    for line in text.lines().filter(|line| !line.starts_with("ref ") && !line.trim().is_empty()) {
        let table = table(&mut schema, line);
        schema.tables.insert(table.id, Arc::new(table));
    }
    for line in text.lines() {
        match line.strip_prefix("ref ") {
            Some(rest) => composite(&mut schema, rest),
            None => references(&mut schema, line),
        }
    }
    schema
}

/// The id of the table of that name.
pub(crate) fn table_id(schema: &Schema, table: &str) -> TableId {
    schema.tables.values().find(|it| it.name.as_str() == table).expect(table).id
}

/// The ids of a table and column, `orders.user_id`.
pub(crate) fn column_id(schema: &Schema, path: &str) -> (TableId, ColumnId) {
    let (table, column) = path.split_once('.').expect(path);
    let table = table_id(schema, table);
    (table, schema.table(table).unwrap().column_named(column).expect(path).id)
}

/// The id of the first reference out of that column.
pub(crate) fn reference_id(schema: &Schema, path: &str) -> ReferenceId {
    let (table, column) = column_id(schema, path);
    let mut references = schema.references.values();
    references.find(|it| it.referencing == table && it.pairs[0].referencing == column).expect(path).id
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn table(schema: &mut Schema, line: &str) -> Table {
    let (title, columns) = line.split_once(':').expect(line);
    let (space, title) = title.split_once('.').unwrap_or(("public", title));
    let known = schema.namespaces.values().find(|it| it.name.as_str() == space).map(|it| it.id);
    let namespace = known.unwrap_or_else(|| {
        let id = NamespaceId::from_u128(schema.namespaces.len() as u128 + 1);
        schema.namespaces.insert(id, Namespace { id, name: name(space) });
        id
    });
    let number = (schema.tables.len() as u128 + 1) << 16;
    let id = TableId::from_u128(number);
    let (mut list, mut primary, mut keys) = (Vec::new(), Vec::new(), Vec::new());
    for (index, column) in split(columns).iter().enumerate() {
        let column_id = ColumnId::from_u128(number + index as u128 + 1);
        let (head, _) = column.split_once("->").unwrap_or((column, ""));
        let mut words = head.split_whitespace();
        let (column_name, data_type) = (words.next().unwrap(), words.next().unwrap());
        let flags: Vec<&str> = words.collect();
        if flags.contains(&"pk") {
            primary.push(column_id);
        }
        if flags.contains(&"unique") {
            let key = Name::derive(&[title, column_name], "key");
            let id = KeyId::from_u128(number + index as u128 + 1);
            keys.push(Key {
                id,
                name: key,
                kind: KeyKind::Unique,
                columns: vec![column_id],
                options: Default::default(),
            });
        }
        let nullable = data_type.ends_with('?');
        list.push(Column {
            id: column_id,
            rank: Rank::nth(index),
            name: name(column_name),
            data_type: DataType::parse(data_type.trim_end_matches('?')).unwrap(),
            nullable,
            default: None,
            note: None,
            generation: None,
            collation: None,
        });
    }
    if !primary.is_empty() {
        let id = KeyId::from_u128(number);
        keys.insert(
            0,
            Key {
                id,
                name: Name::derive(&[title], "pkey"),
                kind: KeyKind::Primary,
                columns: primary,
                options: Default::default(),
            },
        );
    }
    let title = name(title);
    Table {
        id,
        namespace,
        name: title,
        note: None,
        columns: list,
        keys,
        checks: vec![],
        indexes: vec![],
        options: Default::default(),
        group: None,
    }
}

/// At commas outside brackets.
fn split(columns: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for c in columns.chars() {
        depth += i32::from(c == '(') - i32::from(c == ')');
        if c == ',' && depth == 0 { parts.push(String::new()) } else { parts.last_mut().unwrap().push(c) }
    }
    parts.retain(|part| !part.trim().is_empty());
    parts
}

fn references(schema: &mut Schema, line: &str) {
    let Some((title, columns)) = line.split_once(':') else { return };
    let title = title.split_once('.').map_or(title, |(_, title)| title);
    for column in split(columns) {
        if let Some((head, target)) = column.split_once("->") {
            let from = head.split_whitespace().next().unwrap();
            let (table, to) = target.trim().split_once('.').unwrap();
            add(schema, (title, &[from]), (table, &[to]));
        }
    }
}

fn composite(schema: &mut Schema, text: &str) {
    let (from, to) = text.split_once("->").unwrap();
    let side = |text: &str| {
        let (table, columns) = text.trim().trim_end_matches(')').split_once('(').unwrap();
        (table.to_owned(), columns.split(',').map(|it| it.trim().to_owned()).collect::<Vec<_>>())
    };
    let ((from, from_columns), (to, to_columns)) = (side(from), side(to));
    let from_columns: Vec<&str> = from_columns.iter().map(String::as_str).collect();
    let to_columns: Vec<&str> = to_columns.iter().map(String::as_str).collect();
    add(schema, (&from, &from_columns), (&to, &to_columns));
}

fn add(schema: &mut Schema, from: (&str, &[&str]), to: (&str, &[&str])) {
    let id = ReferenceId::from_u128(schema.references.len() as u128 + 1);
    let column = |table: &str, column: &&str| column_id(schema, &format!("{table}.{column}")).1;
    let pair = |(a, b): (&&str, &&str)| ColumnPair { referencing: column(from.0, a), referenced: column(to.0, b) };
    let reference = Reference {
        id,
        name: Name::derive(&[&[from.0], from.1].concat(), "fkey"),
        referencing: table_id(schema, from.0),
        referenced: table_id(schema, to.0),
        pairs: from.1.iter().zip(to.1).map(pair).collect(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        options: Default::default(),
    };
    schema.references.insert(id, Arc::new(reference));
}

/// A schema of that many tables with ten columns and about 1.5 references each, always the same.
pub(crate) fn crowd(n_tables: usize) -> String {
    const WORDS: [&str; 16] = [
        "user", "order", "invoice", "product", "payment", "shipment", "account", "ticket", "session", "address",
        "vendor", "contract", "employee", "project", "task", "event",
    ];
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |limit: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % limit as u64).unwrap()
    };
    let title = |index: usize| format!("{}_{index:03}", WORDS[index % WORDS.len()]);
    let mut text = String::new();
    for index in 0..n_tables {
        text.push_str(&format!("{}: id integer pk, name varchar(255), ", title(index)));
        for _ in 0..[1, 2, 1, 2, 3, 0][random(6)].min(index) {
            // Half of the references stay near, as modules do; the rest go anywhere before.
            let near = index.min(6);
            let to = title(if random(2) == 0 { index - 1 - random(near) } else { random(index) });
            let column = format!("{to}_id integer{} -> {to}.id, ", if random(3) == 0 { "?" } else { "" });
            if !text.lines().last().unwrap().contains(&column) {
                text.push_str(&column);
            }
        }
        let rest = [
            "description text?",
            "status varchar(32)",
            "amount numeric(12,2)?",
            "created_at timestamptz",
            "is_active boolean",
        ];
        text.push_str(&rest[..2 + random(4)].join(", "));
        text.push('\n');
    }
    text
}
