//! Texts brought up to date.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use dbml::{Rename, document::Path, revise};

const FROM: &str = "Table orders {\n  id integer [pk]\n  user_id integer\n  total numeric\n}\n\nTable users {\n  id integer [pk]\n  mail text\n}\n\nRef orders_user_id_fkey: orders.user_id > users.id\n";

/// The same as [`FROM`], in somebody's own words.
const TEXT: &str = "// The shop\nTable users as U { // who buys\n  id integer [pk]\n  mail text // lower case\n}\n\nTable orders {\n  id integer [pk] // counted\n  user_id integer [ref: > U.id]\n  /* in cents */\n  total numeric\n}\n\nTableGroup shop {\n  orders\n  users // with an alias\n}\n";

#[track_caller]
fn check(to: &str, renames: &[Rename], expect: &[(&str, &str)]) {
    let wanted = expect.iter().fold(TEXT.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the text");
        text.replace(from, to)
    });
    assert_eq!(revise(TEXT, FROM, to, renames), wanted);
}

fn with(from: &str, to: &str) -> String {
    assert!(FROM.contains(from), "{from:?}");
    FROM.replace(from, to)
}

#[test]
fn what_did_not_change_keeps_its_words() {
    check(FROM, &[], &[]);
}

#[test]
fn columns_come_go_and_change() {
    check(
        &with("  total numeric\n", "  total numeric\n  state text\n"),
        &[],
        &[("  total numeric\n", "  total numeric\n  state text\n")],
    );
    check(
        &with("  total numeric\n", "  total numeric(10,2) [not null]\n"),
        &[],
        &[("  total numeric\n", "  total numeric(10,2) [not null]\n")],
    );
    check(&with("  total numeric\n", ""), &[], &[("  total numeric\n", "")]);
    // What only people write at a column stays with it.
    check(
        &with("  user_id integer\n", "  user_id bigint [not null]\n"),
        &[],
        &[("  user_id integer [ref: > U.id]", "  user_id bigint [not null, ref: > U.id]")],
    );
    check(&with("  mail text\n", "  mail text [unique]\n"), &[], &[("  mail text //", "  mail text [unique] //")]);
    check(
        &with("  id integer [pk]\n  user_id", "  id integer [pk]\n  code text\n  user_id"),
        &[],
        &[("// counted\n", "// counted\n  code text\n")],
    );
}

#[test]
fn a_new_name_stands_everywhere() {
    check(
        &FROM.replace("users", "people"),
        &[Rename::Table(Path::local("users"), Path::local("people"))],
        &[("Table users as", "Table people as"), ("  users //", "  people //")],
    );
    check(
        &FROM.replace("  mail text", "  \"e mail\" text"),
        &[Rename::Column(Path::local("users"), "mail".to_owned(), "e mail".to_owned())],
        &[("  mail text", "  \"e mail\" text")],
    );
    check(
        &FROM.replace("users.id", "users.key").replace("Table users {\n  id", "Table users {\n  key"),
        &[Rename::Column(Path::local("users"), "id".to_owned(), "key".to_owned())],
        &[("// who buys\n  id", "// who buys\n  key"), ("> U.id", "> U.key")],
    );
}

#[test]
fn references_come_go_and_change() {
    check(&with("Ref orders_user_id_fkey: orders.user_id > users.id\n", ""), &[], &[(" [ref: > U.id]", "")]);
    check(
        &with("> users.id\n", "> users.id [delete: cascade]\n"),
        &[],
        &[
            (" [ref: > U.id]", ""),
            (
                "with an alias\n}\n",
                "with an alias\n}\n\nRef orders_user_id_fkey: orders.user_id > users.id [delete: cascade]\n",
            ),
        ],
    );
}

#[test]
fn tables_come_and_go() {
    check(
        &with("Ref orders", "Table tags {\n  id integer\n}\n\nRef orders"),
        &[],
        &[("  total numeric\n}\n", "  total numeric\n}\n\nTable tags {\n  id integer\n}\n")],
    );
    let only_users = "Table users {\n  id integer [pk]\n  mail text\n}\n";
    let from = TEXT.find("Table orders").unwrap();
    let to = TEXT.find("\nTableGroup").unwrap();
    check(only_users, &[], &[(&TEXT[from..to], ""), ("  orders\n", "")]);
}

#[test]
fn parts_of_a_table_come_go_and_change() {
    let indexes = "\n  indexes {\n    total [name: 'by_total']\n  }\n";
    let to = with("  total numeric\n", &format!("  total numeric\n{indexes}"));
    check(&to, &[], &[("  total numeric\n", &format!("  total numeric\n{indexes}"))]);
    let text = TEXT.replace("  total numeric\n", &format!("  total numeric\n{indexes}  // the end\n"));
    let cheaper = to.replace("by_total", "orders_total_idx");
    assert_eq!(revise(&text, &to, &cheaper, &[]), text.replace("by_total", "orders_total_idx"));
    let note = "\n  Note: 'What people buy'\n";
    let noted = with("  total numeric\n", &format!("  total numeric\n{note}"));
    check(&noted, &[], &[("  total numeric\n", &format!("  total numeric\n{note}"))]);
}

#[test]
fn an_enum_comes_before_the_tables() {
    let to = format!("Enum state {{\n  open\n}}\n\n{FROM}");
    check(&to, &[], &[("Table users as", "Enum state {\n  open\n}\n\nTable users as")]);
    let text = format!("{TEXT}\nEnum state {{ open }} // of orders\n");
    let closed = to.replace("  open\n", "  open\n  closed\n");
    let expect = text.replace("Enum state { open }", "Enum state {\n  open\n  closed\n}");
    assert_eq!(revise(&text, &to, &closed, &[]), expect);
}

#[test]
fn an_enum_and_its_values_get_other_names() {
    let from = format!("Enum state {{\n  open\n  closed\n}}\n\n{}", with("total numeric", "total state"));
    let text = TEXT.replace("  total numeric", "  total state [default: state.open]")
        + "\nEnum state { // of orders\n  open // at first\n  closed\n}\n";
    let to = from.replace("  open\n", "  new\n");
    let renamed = Rename::Value(Path::local("state"), "open".to_owned(), "new".to_owned());
    let expect = text.replace("  open //", "  new //").replace("state.open", "state.new");
    assert_eq!(revise(&text, &from, &to, &[renamed]), expect);
}

#[test]
fn what_has_another_name_in_its_place_is_the_same() {
    let parse = |text: &str| dbml::parse(text).0;
    let before = parse("Enum state {\n open\n closed\n}\nEnum kind { a }");
    let label = |from: &str, to: &str| Rename::Value(Path::local("state"), from.to_owned(), to.to_owned());
    for (after, expect) in [
        ("Enum state {\n new\n closed\n}\nEnum kind { a }", vec![label("open", "new")]),
        ("Enum state {\n open\n done\n}\nEnum kind { a }", vec![label("closed", "done")]),
        (
            "Enum status {\n open\n shut\n}\nEnum kind { a }",
            vec![Rename::Enum(Path::local("state"), Path::local("status")), label("closed", "shut")],
        ),
        // Two at once: nobody can say which is which.
        ("Enum state {\n new\n done\n}\nEnum kind { a }", vec![]),
        ("Enum state {\n open\n closed\n lost\n}\nEnum kind { a }", vec![]),
    ] {
        assert_eq!(dbml::renames(&before, &parse(after)), expect, "{after}");
    }
}

#[test]
fn groups_and_notes_keep_their_words() {
    let group = |members: &str| format!("{FROM}\nTableGroup shop {{\n{members}}}\n");
    let from = group("  orders\n  users\n");
    let check = |to: &str, renames: &[Rename], from_words: &str, to_words: &str| {
        assert!(TEXT.contains(from_words), "{from_words:?}");
        assert_eq!(revise(TEXT, &from, to, renames), TEXT.replace(from_words, to_words));
    };
    check(&group("  users\n"), &[], "  orders\n  users //", "  users //");
    let tags = "\nTable tags {\n  id integer\n}\n";
    let with_tags = group("  orders\n  tags\n  users\n").replace("\nRef", &format!("{tags}\nRef"));
    let revised = revise(TEXT, &from, &with_tags, &[]);
    assert!(revised.contains("TableGroup shop {\n  orders\n  users // with an alias\n  tags\n}"), "{revised}");
    let renamed = Rename::Group("shop".to_owned(), "the shop".to_owned());
    check(
        &from.replace("TableGroup shop", "TableGroup \"the shop\""),
        &[renamed],
        "TableGroup shop",
        "TableGroup \"the shop\"",
    );
    check(
        &from.replace("TableGroup shop", "TableGroup shop [color: #aabbcc]"),
        &[],
        "TableGroup shop {\n  orders\n  users // with an alias\n}",
        "TableGroup shop [color: #aabbcc] {\n  orders\n  users\n}",
    );
    check(FROM, &[], "\nTableGroup shop {\n  orders\n  users // with an alias\n}\n", "\n");

    let note = "\nNote hint {\n  'look'\n}\n";
    assert_eq!(revise(TEXT, FROM, &format!("{FROM}{note}"), &[]), format!("{TEXT}{note}"));
    let text = format!("{TEXT}\nNote hint [color: #aabbcc] {{ 'look' }} // by me\n");
    let from = format!("{FROM}{}", note.replace("hint", "hint [color: #aabbcc]"));
    assert_eq!(revise(&text, &from, &from, &[]), text);
    let renamed = Rename::Note(Path::local("hint"), Path::local("tip"));
    assert_eq!(revise(&text, &from, &from.replace("hint", "tip"), &[renamed]), text.replace("hint", "tip"));
}
