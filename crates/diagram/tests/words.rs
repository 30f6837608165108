//! What a screen reader says.

use crate::sample::{SHOP, schema};
use diagram::a11y::{Node, nodes};
use expect_test::expect;
use schema::ReferentialAction;
use std::sync::Arc;

#[test]
fn tables_columns_and_references_in_words() {
    let mut schema = schema(&format!("{SHOP}auth.tokens: id uuid pk, user_id integer? -> users.id\n"));
    for reference in schema.references.values_mut().filter(|it| it.name.as_str().starts_with("orders")) {
        Arc::make_mut(reference).on_delete = ReferentialAction::Cascade;
    }
    let mut text = String::new();
    write(&mut text, &nodes(&schema), 0);
    expect![[r#"
        auth.tokens: 2 columns, 1 reference
          id: uuid, primary key
          user_id: integer, may be null
        categories: 3 columns, 2 references
          id: integer, primary key
          name: text, unique, not null
          parent_id: integer, may be null
        order_items: 5 columns, 3 references
          order_id: integer, primary key
          line: integer, primary key
          product_id: integer, not null
          quantity: integer, not null
          unit_price: numeric(10, 2), not null
        orders: 6 columns, 2 references
          id: integer, primary key
          user_id: integer, not null
          status: text, not null
          total: numeric(10, 2), not null
          placed_at: timestamptz, not null
          shipped_at: timestamptz, may be null
        products: 6 columns, 2 references
          id: integer, primary key
          category_id: integer, may be null
          name: text, not null
          price: numeric(10, 2), not null
          stock: integer, not null
          description: text, may be null
        profiles: 3 columns, 1 reference
          user_id: integer, primary key
          bio: text, may be null
          avatar_url: text, may be null
        shipments: 6 columns, 4 references
          id: uuid, primary key
          order_id: integer, not null
          line: integer, not null
          created_by: integer, not null
          approved_by: integer, may be null
          packed_by: integer, may be null
        users: 4 columns, 6 references
          id: integer, primary key
          email: varchar(255), unique, not null
          full_name: text, not null
          created_at: timestamptz, not null
        auth.tokens.user_id references users.id, many to one: tokens_user_id_fkey
        categories.parent_id references categories.id, many to one: categories_parent_id_fkey
        order_items.order_id references orders.id, many to one: order_items_order_id_fkey
        order_items.product_id references products.id, many to one: order_items_product_id_fkey
        orders.user_id references users.id, many to one, on delete cascade: orders_user_id_fkey
        products.category_id references categories.id, many to one: products_category_id_fkey
        profiles.user_id references users.id, one to one: profiles_user_id_fkey
        shipments (order_id, line) references order_items (order_id, line), many to one: shipments_order_id_line_fkey
        shipments.approved_by references users.id, many to one: shipments_approved_by_fkey
        shipments.created_by references users.id, many to one: shipments_created_by_fkey
        shipments.packed_by references users.id, many to one: shipments_packed_by_fkey
    "#]]
    .assert_eq(&text);
}

fn write(text: &mut String, nodes: &[Node], depth: usize) {
    for node in nodes {
        text.push_str(&format!("{}{}: {}\n", "  ".repeat(depth), node.name, node.description));
        write(text, &node.children, depth + 1);
    }
}
