//! Schemas to begin with: a small shop that everybody understands, and large ones for measuring.

use crate::{
    Check, CheckId, Column, ColumnId, ColumnPair, DataType, Expression, Index, IndexId, Key, KeyId, KeyKind, Name,
    Namespace, NamespaceId, Rank, Reference, ReferenceId, ReferentialAction, Schema, Table, TableId,
};
use std::sync::Arc;

/// ShopFlow: users, products, orders and order items. Ids are fixed, so that pictures and tests of it stay the same.
///
/// Products carry their category as text, so that giving them a table of categories is left as the first thing to do.
///
/// ```
/// let shop = schema::sample::shopflow();
/// assert_eq!(shop.tables.len(), 4);
/// assert_eq!(schema::validate(&shop), vec![]);
/// ```
pub fn shopflow() -> Schema {
    let mut maker = Maker::new();
    let users = maker.table(
        "users",
        "People who buy",
        &["id serial", "name text", "email text"],
        &[("pkey", &["id"]), ("email_key", &["email"])],
    );
    let products = maker.table(
        "products",
        "What is on sale",
        &["id serial", "name text", "category text?", "price numeric(10, 2)", "is_active boolean = true"],
        &[("pkey", &["id"])],
    );
    maker.check(products, "price", "price >= 0");
    let orders = maker.table(
        "orders",
        "One purchase by one user",
        &["id serial", "user_id integer", "status text = 'pending'"],
        &[("pkey", &["id"])],
    );
    let items = maker.table(
        "order_items",
        "Which products an order has, and at what price",
        &[
            "id serial",
            "order_id integer",
            "product_id integer",
            "quantity integer",
            "price_at_purchase numeric(10, 2)",
        ],
        &[("pkey", &["id"]), ("order_id_product_id_key", &["order_id", "product_id"])],
    );
    maker.check(items, "quantity", "quantity > 0");
    maker.check(items, "price_at_purchase", "price_at_purchase >= 0");
    maker.index(orders, "idx_orders_user_id", "user_id");
    maker.index(items, "idx_order_items_order_id", "order_id");
    maker.index(items, "idx_order_items_product_id", "product_id");
    maker.reference("fk_orders_user", (orders, "user_id"), users, ReferentialAction::Restrict);
    maker.reference("fk_order_items_order", (items, "order_id"), orders, ReferentialAction::Cascade);
    maker.reference("fk_order_items_product", (items, "product_id"), products, ReferentialAction::Restrict);
    maker.schema
}

/// A schema of that many tables for measuring: ten columns a table, three references to two tables, some of them to the
/// table itself. The same number always gives the same schema.
///
/// ```
/// let large = schema::sample::generated(100);
/// assert_eq!(large.tables.values().map(|table| table.columns.len()).sum::<usize>(), 1_000);
/// ```
pub fn generated(tables: usize) -> Schema {
    const THINGS: [&str; 16] = [
        "account", "invoice", "shipment", "customer", "ticket", "comment", "product", "payment", "session", "device",
        "campaign", "report", "vendor", "contract", "project", "message",
    ];
    const COLUMNS: [&str; 12] = [
        "name text",
        "email varchar(255)?",
        "status text = 'new'",
        "created_at timestamptz = now()",
        "updated_at timestamptz?",
        "amount numeric(12, 2) = 0",
        "is_active boolean = true",
        "external_id uuid = gen_random_uuid()",
        "details jsonb?",
        "position integer = 0",
        "due_on date?",
        "notes text?",
    ];
    let mut maker = Maker::new();
    let mut ids: Vec<TableId> = Vec::new();
    for n in 0..tables {
        let thing = THINGS.get(n % THINGS.len()).copied().unwrap_or("thing");
        let name = format!("{thing}_{n:05}");
        let first_parent = mixed(n, 1) % (n + 1);
        let second_parent = (n % 2 == 1).then(|| mixed(n, 2) % (n + 1));
        let mut columns = vec!["id bigserial".to_owned(), "parent_id bigint?".to_owned()];
        if second_parent.is_some() {
            columns.push("owner_id bigint".to_owned());
        }
        let start = mixed(n, 3);
        let fill = COLUMNS.iter().cycle().skip(start % COLUMNS.len()).take(10_usize.saturating_sub(columns.len()));
        columns.extend(fill.map(|column| (*column).to_owned()));
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let table = maker.table(&name, "", &columns, &[("pkey", &["id"])]);
        ids.push(table);
        let parents = [("parent_id", Some(first_parent)), ("owner_id", second_parent)];
        for (column, parent) in parents {
            if let Some(parent) = parent.and_then(|parent| ids.get(parent)) {
                let reference = format!("{name}_{column}_fkey");
                maker.reference(&reference, (table, column), *parent, ReferentialAction::NoAction);
            }
        }
        if n % 3 == 0 {
            maker.index(table, &format!("{name}_parent_id_idx"), "parent_id");
        }
    }
    maker.schema
}

/// Scatters a number, the same on every machine.
fn mixed(n: usize, salt: usize) -> usize {
    let wide = (n as u64).wrapping_mul(4).wrapping_add(salt as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    usize::try_from(wide >> 40).unwrap_or(0)
}

/// Builds a schema out of short texts. A text that does not parse leaves its object out, which the tests would notice.
struct Maker {
    schema: Schema,
    namespace: NamespaceId,
    last_id: u128,
}

impl Maker {
    /// The part that all ids share: version 8, "made by the application".
    const ID_BASE: u128 = 0x5b0f_10a0_0000_8000_8000_0000_0000_0000;

    fn new() -> Self {
        let namespace = NamespaceId::from_u128(Self::ID_BASE + 1);
        let mut schema = Schema::default();
        schema.namespaces.insert(namespace, Namespace { id: namespace, name: Name::derive(&[], "public") });
        Self { schema, namespace, last_id: 1 }
    }

    fn id(&mut self) -> u128 {
        self.last_id += 1;
        Self::ID_BASE + self.last_id
    }

    /// Columns read `name type`, then `?` when they may be NULL, then `= default`. The first key is the primary one.
    fn table(&mut self, name: &str, note: &str, columns: &[&str], keys: &[(&str, &[&str])]) -> TableId {
        let id = TableId::from_u128(self.id());
        let columns = columns.iter().enumerate().filter_map(|(n, text)| self.column(n, text)).collect();
        let mut table = Table {
            id,
            namespace: self.namespace,
            name: Name::derive(&[], name),
            note: (!note.is_empty()).then(|| note.to_owned()),
            columns,
            keys: Vec::new(),
            checks: Vec::new(),
            indexes: Vec::new(),
            options: Default::default(),
            group: None,
        };
        for (n, (suffix, columns)) in keys.iter().enumerate() {
            let columns = columns.iter().filter_map(|name| table.column_named(name)).map(|column| column.id).collect();
            table.keys.push(Key {
                id: KeyId::from_u128(self.id()),
                name: Name::derive(&[name], suffix),
                kind: if n == 0 { KeyKind::Primary } else { KeyKind::Unique },
                columns,
                options: Default::default(),
            });
        }
        self.schema.tables.insert(id, Arc::new(table));
        id
    }

    fn column(&mut self, n: usize, text: &str) -> Option<Column> {
        let (declared, default) = match text.split_once(" = ") {
            Some((declared, default)) => (declared, Some(default)),
            None => (text, None),
        };
        let (name, data_type) = declared.split_once(' ')?;
        let nullable = data_type.ends_with('?');
        Some(Column {
            id: ColumnId::from_u128(self.id()),
            rank: Rank::nth(n),
            name: Name::derive(&[], name),
            data_type: DataType::parse(data_type.trim_end_matches('?')).ok()?,
            nullable,
            default: default.and_then(|default| Expression::parse(default).ok()),
            note: None,
            generation: None,
            collation: None,
        })
    }

    fn edit(&mut self, table: TableId, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.schema.tables.get_mut(&table) {
            change(Arc::make_mut(table));
        }
    }

    fn check(&mut self, table: TableId, column: &str, text: &str) {
        let id = CheckId::from_u128(self.id());
        let Ok(expression) = Expression::parse(text) else { return };
        self.edit(table, |table| {
            let name = Name::derive(&[table.name.as_str(), column], "check");
            table.checks.push(Check { id, name, expression, options: Default::default() });
        });
    }

    fn index(&mut self, table: TableId, name: &str, column: &str) {
        let id = IndexId::from_u128(self.id());
        let name = Name::derive(&[], name);
        self.edit(table, |table| {
            let columns: Vec<ColumnId> = table.column_named(column).map(|column| column.id).into_iter().collect();
            table.indexes.push(Index {
                id,
                name,
                unique: false,
                parts: Index::parts_of(&columns),
                options: Default::default(),
            });
        });
    }

    /// A reference from one column to the other table's id; a changed id is always passed on.
    fn reference(&mut self, name: &str, from: (TableId, &str), referenced: TableId, on_delete: ReferentialAction) {
        let id = ReferenceId::from_u128(self.id());
        let column = |table: TableId, name: &str| Some(self.schema.table(table)?.column_named(name)?.id);
        let (Some(referencing), Some(key)) = (column(from.0, from.1), column(referenced, "id")) else {
            return;
        };
        let reference = Reference {
            id,
            name: Name::derive(&[], name),
            referencing: from.0,
            referenced,
            pairs: vec![ColumnPair { referencing, referenced: key }],
            on_delete,
            on_update: ReferentialAction::Cascade,
            options: Default::default(),
        };
        self.schema.references.insert(id, Arc::new(reference));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validate;

    #[test]
    fn shopflow_is_complete() {
        let shop = shopflow();
        let count = |of: fn(&Table) -> usize| shop.tables.values().map(|table| of(table)).sum::<usize>();
        assert_eq!(count(|table| table.columns.len()), 16);
        assert_eq!(count(|table| table.keys.len()), 6);
        assert_eq!(count(|table| table.checks.len()), 3);
        assert_eq!(count(|table| table.indexes.len()), 3);
        assert_eq!(count(|table| table.columns.iter().filter(|column| column.default.is_some()).count()), 2);
        assert_eq!(shop.references.len(), 3);
        assert_eq!(validate(&shop), vec![]);
    }

    #[test]
    fn generated_schemas_are_valid_and_the_same_each_time() {
        for tables in [0, 1, 2, 200] {
            let schema = generated(tables);
            assert_eq!(schema.tables.len(), tables);
            assert!(schema.tables.values().all(|table| table.columns.len() == 10));
            assert_eq!(schema.references.len(), tables + tables / 2);
            assert_eq!(validate(&schema), vec![]);
            assert_eq!(schema, generated(tables));
        }
    }
}
