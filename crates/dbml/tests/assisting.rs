//! What an editor is told of texts.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use dbml::{SymbolKind, complete, symbol_at, tokens};

/// The text without its mark, and where the mark was.
fn marked(text: &str) -> (String, u32) {
    let at = text.find('|').unwrap();
    (text.replacen('|', "", 1), u32::try_from(at).unwrap())
}

const SHOP: &str = "Enum state { open\n paid }\nTablePartial p { x int }\nTable users as U { id int\n ~p }\nTable s.orders { user_id int\n state state }\n";

#[test]
fn completions() {
    for (rest, expect) in [
        ("|", "Table, Ref, Enum, TableGroup, TablePartial, Note, Records, DiagramView, Project"),
        ("Tab|", "Table, TableGroup, TablePartial"),
        ("Ref: us|", "users"),
        ("Ref: users.|", "id, x"),
        ("Ref: U.id < s.|", "orders"),
        ("Ref: U.id < s.orders.u|", "user_id"),
        ("Table a {\n  |\n}", "indexes, checks, Note, records"),
        ("Table a {\n  ~|\n}", "p"),
        ("Table a {\n  b ti|\n}", "timestamptz, timestamp"),
        ("Table a {\n  b st|\n}", "state"),
        ("Table a {\n  b int [n|]\n}", "not null, null, note"),
        ("Table a {\n  b int [pk, ref: > users.|]\n}", "id, x"),
        ("Table a {\n  b int [default: state.|]\n}", "open, paid"),
        ("Table a {\n  b int\n  indexes {\n    (|)\n  }\n}", "b"),
        ("Ref: users.id < s.orders.user_id [delete: c|]", "cascade"),
        ("TableGroup g {\n  s|\n}", "s.orders"),
        ("// Tab|", ""),
        ("Note n { 'Tab|' }", ""),
    ] {
        let (text, at) = marked(&format!("{SHOP}{rest}"));
        let found: Vec<String> = complete(&text, at).into_iter().map(|one| one.text).collect();
        assert_eq!(found.join(", "), expect, "{rest}");
    }
}

#[test]
fn symbols() {
    for (rest, kind, label, definition) in [
        ("Ref: U|.id < s.orders.user_id", SymbolKind::Table, "users", "Table users as U { id int\n ~p }"),
        (
            "Ref: U.id < s.ord|ers.user_id",
            SymbolKind::Table,
            "s.orders",
            "Table s.orders { user_id int\n state state }",
        ),
        ("Ref: U.|x < s.orders.user_id", SymbolKind::Column, "users.x", "x int"),
        ("Table a { b int [default: state.pa|id] }", SymbolKind::EnumValue, "state.paid", "paid"),
        ("Table a { ~|p }", SymbolKind::Partial, "p", "TablePartial p { x int }"),
        ("Table a { |b int }", SymbolKind::Column, "a.b", "b int"),
        ("Table |a { b int }", SymbolKind::Table, "a", "Table a { b int }"),
    ] {
        let (text, at) = marked(&format!("{SHOP}{rest}"));
        let found = symbol_at(&text, at).unwrap_or_else(|| unreachable!("{rest}"));
        assert_eq!((found.kind, found.label.as_str()), (kind, label), "{rest}");
        assert_eq!(found.definition.unwrap().of(&text), definition, "{rest}");
    }
    assert_eq!(symbol_at("Table a { b int } ", 18), None);
}

#[test]
fn pieces_are_in_order_and_apart() {
    let text = include_str!("found/everything.dbml");
    let pieces = tokens(text);
    assert!(pieces.is_sorted_by(|(a, _), (b, _)| a.end <= b.start));
    let kind_of = |word: &str| pieces.iter().find(|(span, _)| span.of(text) == word).unwrap().1;
    for (word, kind) in [
        ("Project", dbml::Highlight::Keyword),
        ("numeric", dbml::Highlight::Type),
        ("increment", dbml::Highlight::Setting),
        ("#3498db", dbml::Highlight::Color),
        ("/* Enums */", dbml::Highlight::Comment),
    ] {
        assert_eq!(kind_of(word), kind, "{word}");
    }
}
