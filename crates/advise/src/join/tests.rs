//! Joins of small schemas, as they are told.

use super::*;
use expect_test::{Expect, expect};
use schema::testing::schema_from;

/// All that is told of the tables, by name: a line for each way, with its queries in one line each.
fn check(text: &str, tables: &str, expect: &Expect) {
    let schema = schema_from(text);
    let named = |name: &str| schema.tables.values().find(|table| schema.display_name(table) == name).unwrap().id;
    let tables: Vec<TableId> = tables.split_whitespace().map(named).collect();
    let mut told = String::new();
    for join in join(&schema, &tables) {
        told.push_str(&format!("{}\n  {}\n", join.title, in_a_line(&join.rows)));
        for count in join.counts {
            told.push_str(&format!("  {}: {}\n", count.title, in_a_line(&count.sql)));
        }
    }
    expect.assert_eq(&told);
}

fn in_a_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

const BLOG: &str = "posts\n  id uuid!\n  title text!\n  user_id text!\n  pk posts_pkey(id)\n\
    comments\n  id uuid!\n  post_id uuid!\n  content text!\n  pk comments_pkey(id)\n\
    fk f: comments(post_id) -> posts(id)\n";

#[test]
fn comments_are_counted_for_each_post() {
    // The query of the article that people come from: its condition and its order are the reader's own.
    let schema = schema_from(BLOG);
    let tables: Vec<TableId> = schema.tables.keys().copied().collect();
    let [join] = join(&schema, &tables).try_into().unwrap();
    let [count] = join.counts.try_into().unwrap();
    assert_eq!(
        count.sql,
        "SELECT\n    posts.id,\n    posts.title,\n    posts.user_id,\n    count(comments.id) AS comment_count\n\
         FROM public.posts\nLEFT JOIN public.comments ON comments.post_id = posts.id\nGROUP BY posts.id;"
    );
    let with_users =
        format!("{BLOG}system.users\n  id text!\n  pk users_pkey(id)\nfk g: posts(user_id) -> system.users(id)\n");
    let schema = schema_from(&with_users);
    let tables: Vec<TableId> =
        schema.tables.values().filter(|it| schema.display_name(it) != "system.users").map(|it| it.id).collect();
    assert_eq!(
        join_first_count(&schema, &tables),
        "SELECT posts.id, posts.title, count(comments.id) AS comment_count FROM public.posts \
         LEFT JOIN public.comments ON comments.post_id = posts.id GROUP BY posts.id;"
    );
}

fn join_first_count(schema: &Schema, tables: &[TableId]) -> String {
    let first = join(schema, tables).into_iter().next().unwrap();
    in_a_line(&first.counts.first().unwrap().sql)
}

#[test]
fn direct_first_whichever_is_named_first() {
    check(
        BLOG,
        "comments posts",
        &expect![[r#"
        comments.post_id → posts.id
          SELECT comments.*, posts.* FROM public.comments JOIN public.posts ON posts.id = comments.post_id;
          comments for each row of posts: SELECT posts.id, posts.title, posts.user_id, count(comments.id) AS comment_count FROM public.posts LEFT JOIN public.comments ON comments.post_id = posts.id GROUP BY posts.id;
    "#]],
    );
    check(
        BLOG,
        "posts comments",
        &expect![[r#"
        comments.post_id → posts.id
          SELECT posts.*, comments.* FROM public.comments JOIN public.posts ON posts.id = comments.post_id;
          comments for each row of posts: SELECT posts.id, posts.title, posts.user_id, count(comments.id) AS comment_count FROM public.posts LEFT JOIN public.comments ON comments.post_id = posts.id GROUP BY posts.id;
    "#]],
    );
}

#[test]
fn where_a_reference_may_be_null_the_row_stays() {
    let text = BLOG.replace("post_id uuid!", "post_id uuid");
    check(
        &text,
        "posts comments",
        &expect![[r#"
        comments.post_id → posts.id
          SELECT posts.*, comments.* FROM public.comments LEFT JOIN public.posts ON posts.id = comments.post_id;
          comments for each row of posts: SELECT posts.id, posts.title, posts.user_id, count(comments.id) AS comment_count FROM public.posts LEFT JOIN public.comments ON comments.post_id = posts.id GROUP BY posts.id;
    "#]],
    );
}

#[test]
fn over_a_junction_both_are_counted() {
    let text = "users\n  id integer!\n  pk u(id)\nprojects\n  id integer!\n  name text\n  pk p(id)\n\
        members\n  project_id integer!\n  user_id integer!\n  pk m(project_id, user_id)\n\
        fk a: members(project_id) -> projects(id)\nfk b: members(user_id) -> users(id)\n";
    check(
        text,
        "users projects",
        &expect![[r#"
        members.user_id → users.id, members.project_id → projects.id
          SELECT users.*, projects.* FROM public.members JOIN public.users ON users.id = members.user_id JOIN public.projects ON projects.id = members.project_id;
          projects for each row of users: SELECT users.id, count(DISTINCT projects.id) AS project_count FROM public.users LEFT JOIN public.members ON members.user_id = users.id LEFT JOIN public.projects ON projects.id = members.project_id GROUP BY users.id;
          users for each row of projects: SELECT projects.id, projects.name, count(DISTINCT users.id) AS user_count FROM public.projects LEFT JOIN public.members ON members.project_id = projects.id LEFT JOIN public.users ON users.id = members.user_id GROUP BY projects.id;
    "#]],
    );
    check(
        text,
        "users projects members",
        &expect![[r#"
        members.user_id → users.id, members.project_id → projects.id
          SELECT users.*, projects.*, members.* FROM public.members JOIN public.users ON users.id = members.user_id JOIN public.projects ON projects.id = members.project_id;
    "#]],
    );
}

#[test]
fn several_references_are_several_ways_with_roles() {
    let text = "addresses\n  id integer!\n  pk a(id)\n\
        orders\n  id integer!\n  shipping_address_id integer!\n  billing_address_id integer\n  address_id integer!\n  pk o(id)\n\
        fk ship: orders(shipping_address_id) -> addresses(id)\nfk bill: orders(billing_address_id) -> addresses(id)\n\
        fk plain: orders(address_id) -> addresses(id)\n";
    check(
        text,
        "orders addresses",
        &expect![[r#"
        orders.address_id → addresses.id
          SELECT orders.*, addresses.* FROM public.orders JOIN public.addresses ON addresses.id = orders.address_id;
          orders for each row of addresses: SELECT addresses.id, count(orders.id) AS order_count FROM public.addresses LEFT JOIN public.orders ON orders.address_id = addresses.id GROUP BY addresses.id;
        orders.shipping_address_id → addresses.id
          SELECT orders.*, shipping_address.* FROM public.orders JOIN public.addresses AS shipping_address ON shipping_address.id = orders.shipping_address_id;
          orders for each row of shipping_address: SELECT shipping_address.id, count(orders.id) AS order_count FROM public.addresses AS shipping_address LEFT JOIN public.orders ON orders.shipping_address_id = shipping_address.id GROUP BY shipping_address.id;
        orders.billing_address_id → addresses.id
          SELECT orders.*, billing_address.* FROM public.orders LEFT JOIN public.addresses AS billing_address ON billing_address.id = orders.billing_address_id;
          orders for each row of billing_address: SELECT billing_address.id, count(orders.id) AS order_count FROM public.addresses AS billing_address LEFT JOIN public.orders ON orders.billing_address_id = billing_address.id GROUP BY billing_address.id;
    "#]],
    );
}

#[test]
fn a_table_is_joined_with_itself() {
    let text = "staff\n  tenant integer!\n  id integer!\n  name text\n  boss_id integer\n  pk s(tenant, id)\n\
        fk f: staff(tenant, boss_id) -> staff(tenant, id)\n";
    check(
        text,
        "staff",
        &expect![[r#"
        staff.tenant and boss_id → staff.tenant and id
          SELECT staff.*, boss.* FROM public.staff LEFT JOIN public.staff AS boss ON boss.tenant = staff.tenant AND boss.id = staff.boss_id;
          staff for each row of boss: SELECT boss.tenant, boss.id, boss.name, count(staff.tenant) AS staff_count FROM public.staff AS boss LEFT JOIN public.staff ON staff.tenant = boss.tenant AND staff.boss_id = boss.id GROUP BY boss.tenant, boss.id;
    "#]],
    );
    check(
        "staff\n  id integer!\n  staff_id integer!\n  pk s(id)\nfk f: staff(staff_id) -> staff(id)\n",
        "staff",
        &expect![[r#"
        staff.staff_id → staff.id
          SELECT staff.*, staff_2.* FROM public.staff JOIN public.staff AS staff_2 ON staff_2.id = staff.staff_id;
          staff for each row of staff_2: SELECT staff_2.id, count(staff.id) AS staff_count FROM public.staff AS staff_2 LEFT JOIN public.staff ON staff.staff_id = staff_2.id GROUP BY staff_2.id;
    "#]],
    );
}

#[test]
fn keys_of_several_columns_are_compared_whole() {
    let text = "LineItems\n  tenant integer!\n  OrderNo integer!\n  line integer!\n  pk l(tenant, OrderNo, line)\n\
        orders\n  tenant integer!\n  no integer!\n  pk o(tenant, no)\nfk f: LineItems(tenant, OrderNo) -> orders(tenant, no)\n";
    check(
        text,
        "orders LineItems",
        &expect![[r#"
        LineItems.tenant and OrderNo → orders.tenant and no
          SELECT orders.*, "LineItems".* FROM public."LineItems" JOIN public.orders ON orders.tenant = "LineItems".tenant AND orders.no = "LineItems"."OrderNo";
          LineItems for each row of orders: SELECT orders.tenant, orders.no, count("LineItems".tenant) AS "LineItem_count" FROM public.orders LEFT JOIN public."LineItems" ON "LineItems".tenant = orders.tenant AND "LineItems"."OrderNo" = orders.no GROUP BY orders.tenant, orders.no;
    "#]],
    );
}

#[test]
fn a_short_way_without_null_is_the_best() {
    let text = "a\n  id integer!\n  pk a_pkey(id)\nb\n  id integer!\n  a_id integer\n  pk b_pkey(id)\n\
        c\n  id integer!\n  a_id integer!\n  pk c_pkey(id)\nd\n  id integer!\n  b_id integer!\n  c_id integer!\n  pk d_pkey(id)\n\
        fk ba: b(a_id) -> a(id)\nfk ca: c(a_id) -> a(id)\nfk db: d(b_id) -> b(id)\nfk dc: d(c_id) -> c(id)\n";
    check(
        text,
        "a d",
        &expect![[r#"
        c.a_id → a.id, d.c_id → c.id
          SELECT a.*, d.* FROM public.d JOIN public.c ON c.id = d.c_id JOIN public.a ON a.id = c.a_id;
          d for each row of a: SELECT a.id, count(d.id) AS d_count FROM public.a LEFT JOIN public.c ON c.a_id = a.id LEFT JOIN public.d ON d.c_id = c.id GROUP BY a.id;
        b.a_id → a.id, d.b_id → b.id
          SELECT a.*, d.* FROM public.d JOIN public.b ON b.id = d.b_id LEFT JOIN public.a ON a.id = b.a_id;
          d for each row of a: SELECT a.id, count(d.id) AS d_count FROM public.a LEFT JOIN public.b ON b.a_id = a.id LEFT JOIN public.d ON d.b_id = b.id GROUP BY a.id;
    "#]],
    );
    check(
        text,
        "b c",
        &expect![[r#"
        d.b_id → b.id, d.c_id → c.id
          SELECT b.*, c.* FROM public.d JOIN public.b ON b.id = d.b_id JOIN public.c ON c.id = d.c_id;
          c for each row of b: SELECT b.id, count(DISTINCT c.id) AS c_count FROM public.b LEFT JOIN public.d ON d.b_id = b.id LEFT JOIN public.c ON c.id = d.c_id GROUP BY b.id;
          b for each row of c: SELECT c.id, count(DISTINCT b.id) AS b_count FROM public.c LEFT JOIN public.d ON d.c_id = c.id LEFT JOIN public.b ON b.id = d.b_id GROUP BY c.id;
        b.a_id → a.id, c.a_id → a.id
          SELECT b.*, c.* FROM public.c JOIN public.a ON a.id = c.a_id LEFT JOIN public.b ON b.a_id = a.id;
          c for each row of b: SELECT b.id, count(c.id) AS c_count FROM public.b LEFT JOIN public.a ON a.id = b.a_id LEFT JOIN public.c ON c.a_id = a.id GROUP BY b.id;
          b for each row of c: SELECT c.id, count(b.id) AS b_count FROM public.c JOIN public.a ON a.id = c.a_id LEFT JOIN public.b ON b.a_id = a.id GROUP BY c.id;
    "#]],
    );
}

#[test]
fn more_than_two_are_joined_to_the_nearest() {
    let text = "users\n  id integer!\n  pk u(id)\norders\n  id integer!\n  user_id integer!\n  pk o(id)\n\
        items\n  id integer!\n  order_id integer!\n  product_id integer!\n  pk i(id)\nproducts\n  id integer!\n  pk p(id)\n\
        fk a: orders(user_id) -> users(id)\nfk b: items(order_id) -> orders(id)\nfk c: items(product_id) -> products(id)\n";
    check(
        text,
        "users products orders",
        &expect![[r#"
        orders.user_id → users.id, items.order_id → orders.id, items.product_id → products.id
          SELECT users.*, products.*, orders.* FROM public.items JOIN public.orders ON orders.id = items.order_id JOIN public.products ON products.id = items.product_id JOIN public.users ON users.id = orders.user_id;
    "#]],
    );
}

#[test]
fn rows_are_told_apart_by_what_there_is() {
    // Each tag counts once for a post; without a key, rows are grouped by what they are joined by.
    let text = "posts\n  id integer!\n  about json\n  unique p(id)\ntags\n  tenant integer!\n  id integer!\n  pk t(tenant, id)\n\
        taggings\n  post_id integer!\n  tenant integer!\n  tag_id integer!\n\
        fk a: taggings(post_id) -> posts(id)\nfk b: taggings(tenant, tag_id) -> tags(tenant, id)\n";
    check(text, "posts tags", &expect![[r#"
        taggings.post_id → posts.id, taggings.tenant and tag_id → tags.tenant and id
          SELECT posts.*, tags.* FROM public.taggings JOIN public.posts ON posts.id = taggings.post_id JOIN public.tags ON tags.tenant = taggings.tenant AND tags.id = taggings.tag_id;
          tags for each row of posts: SELECT posts.id, count(DISTINCT (tags.tenant, tags.id)) FILTER (WHERE tags.tenant IS NOT NULL) AS tag_count FROM public.posts LEFT JOIN public.taggings ON taggings.post_id = posts.id LEFT JOIN public.tags ON tags.tenant = taggings.tenant AND tags.id = taggings.tag_id GROUP BY posts.id;
          posts for each row of tags: SELECT tags.tenant, tags.id, count(DISTINCT posts.id) AS post_count FROM public.tags LEFT JOIN public.taggings ON taggings.tenant = tags.tenant AND taggings.tag_id = tags.id LEFT JOIN public.posts ON posts.id = taggings.post_id GROUP BY tags.tenant, tags.id;
    "#]]);
    check(text, "posts taggings", &expect![[r#"
        taggings.post_id → posts.id
          SELECT posts.*, taggings.* FROM public.taggings JOIN public.posts ON posts.id = taggings.post_id;
          taggings for each row of posts: SELECT posts.id, count(taggings.post_id) AS tagging_count FROM public.posts LEFT JOIN public.taggings ON taggings.post_id = posts.id GROUP BY posts.id;
    "#]]);
}

#[test]
fn without_a_way_there_is_nothing() {
    let text = "a\n  id integer!\n  pk p(id)\nb\n  id integer!\n";
    for tables in ["", "a", "a b", "a a"] {
        check(text, tables, &expect![[r#""#]]);
    }
}

#[test]
fn one_row_at_most_is_not_counted() {
    let text = "users\n  id integer!\n  pk u(id)\nprofiles\n  user_id integer!\n  bio text\n  pk p(user_id)\n\
        fk f: profiles(user_id) -> users(id)\n";
    check(
        text,
        "users profiles",
        &expect![[r#"
        profiles.user_id → users.id
          SELECT users.*, profiles.* FROM public.profiles JOIN public.users ON users.id = profiles.user_id;
    "#]],
    );
}

#[test]
fn tables_of_the_same_name_are_told_apart() {
    let text = "users\n  id integer!\n  account integer!\n  pk u(id)\nauth.users\n  id integer!\n  pk v(id)\n\
        fk f: users(account) -> auth.users(id)\n";
    check(
        text,
        "users auth.users",
        &expect![[r#"
        users.account → auth.users.id
          SELECT users.*, auth_users.* FROM public.users JOIN auth.users AS auth_users ON auth_users.id = users.account;
          users for each row of auth_users: SELECT auth_users.id, count(users.id) AS user_count FROM auth.users AS auth_users LEFT JOIN public.users ON users.account = auth_users.id GROUP BY auth_users.id;
    "#]],
    );
}
