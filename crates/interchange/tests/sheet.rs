//! A text beside a drawing: what is typed is drawn, what is drawn is written, and nothing else changes.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use edit::{apply_all, diff};
use interchange::Sheet;
use proptest::prelude::*;
use schema::testing::{arbitrary_schema, schema_from};
use schema::{KeyOptions, Schema};
use std::sync::Arc;

/// Ids that no schema of a test has.
fn numbers() -> impl FnMut() -> u128 {
    let mut last = 1 << 120;
    move || {
        last += 1;
        last
    }
}

fn shop() -> Schema {
    schema_from(
        "users\n  id integer!\n  mail text\n  pk users_pkey(id)\n\
         orders\n  id integer!\n  user_id integer\n  pk orders_pkey(id)\n\
         fk orders_user_id_fkey: orders(user_id) -> users(id)",
    )
}

/// Types a text that is the drawing's own with some words replaced, and tells what is pending then.
#[track_caller]
fn check(replaced: &[(&str, &str)], expect: &[&str]) -> Schema {
    let base = shop();
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let text = replaced.iter().fold(sheet.text().to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the text:\n{text}");
        text.replacen(from, to, 1)
    });
    let typed = sheet.typed(text.clone(), &base, &mut next);
    assert!(sheet.is_read(), "{:?}", sheet.findings());
    let mut target = base.clone();
    apply_all(&mut target, &typed).unwrap();
    let pending = edit::PendingChanges::between(&base, &target);
    let line = |item: &edit::PendingItem| format!("{}: {}", item.title, item.details.join("; "));
    let mut words: Vec<String> = pending.items().map(line).collect();
    words.sort();
    assert_eq!(words, expect);
    // What was typed stays as it was typed.
    assert!(!sheet.follow(&target, &mut next), "{}", sheet.text());
    assert_eq!(sheet.text(), text);
    target
}

#[test]
fn what_is_typed_is_drawn() {
    check(&[], &[]);
    check(&[("  mail text\n", "  mail text // where to write\n")], &[]);
    check(&[("  mail text\n", "  mail text\n  born date\n")], &["Column users.born: born date"]);
    check(
        &[("Table users", "Table people"), ("> users.id", "> people.id")],
        &[
            "Primary key people_pkey: renamed from users_pkey to people_pkey",
            "Table people: renamed from users to people",
        ],
    );
    check(&[("mail", "email")], &["Column users.email: renamed from mail to email"]);
    check(&[("  mail text\n", "")], &["Column users.mail: mail text"]);
    check(
        &[("> users.id", "> users.id [delete: cascade]")],
        &["Reference orders_user_id_fkey: on delete cascade instead of no action"],
    );
    check(
        &[("Ref orders", "Table tags {\n  id integer [pk]\n}\n\nRef orders")],
        &["Table tags: id integer, primary key"],
    );
}

#[test]
fn bad_text_leaves_the_drawing_alone() {
    let base = shop();
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let good = sheet.text().to_owned();
    for bad in ["Table", "Table users {", "nonsense", "Table users { id integer [", "Ref: a.b > c.d"] {
        let text = format!("{good}\n{bad}");
        assert_eq!(sheet.typed(text.clone(), &base, &mut next), [], "{bad}");
        assert!(!sheet.is_read() && !sheet.findings().is_empty(), "{bad}");
        // Nor is the text lost when somebody draws meanwhile.
        let mut drawn = base.clone();
        drawn.references.clear();
        assert!(!sheet.follow(&drawn, &mut next));
        assert_eq!(sheet.text(), text);
    }
    assert_eq!(sheet.typed(good, &base, &mut next), []);
    assert!(sheet.is_read());
}

#[test]
fn what_the_text_cannot_say_stays() {
    let mut base = shop();
    let options =
        KeyOptions { deferral: schema::Deferral::Deferred, note: Some("by hand".to_owned()), ..KeyOptions::default() };
    for table in base.tables.values_mut() {
        for key in &mut Arc::make_mut(table).keys {
            key.options = options.clone();
        }
    }
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let text = sheet.text().replacen("  mail text", "  email text", 1);
    let typed = sheet.typed(text, &base, &mut next);
    let mut target = base.clone();
    apply_all(&mut target, &typed).unwrap();
    assert_eq!(typed.len(), 1, "{typed:?}");
    assert!(target.tables.values().flat_map(|table| &table.keys).all(|key| key.options == options));
}

#[test]
fn objects_are_found_by_their_place() {
    let base = shop();
    let sheet = Sheet::of(&base, &mut numbers());
    for table in base.tables.values() {
        let object = schema::ObjectId::Table(table.id);
        let span = sheet.span_of(object).unwrap();
        assert!(sheet.text()[span.clone()].starts_with(&format!("Table {}", table.name)));
        assert_eq!(sheet.object_at(span.start + 7), Some(object));
        for column in &table.columns {
            let object = schema::ObjectId::Column(table.id, column.id);
            let span = sheet.span_of(object).unwrap();
            assert!(sheet.text()[span.clone()].starts_with(column.name.as_str()));
            assert_eq!(sheet.object_at(span.start + 1), Some(object), "{}", column.name);
        }
    }
    let mention = sheet.text().find("> users.id").unwrap();
    assert_eq!(base.label(sheet.object_at(mention + 9).unwrap()).unwrap(), "users.id");
}

proptest! {
    /// Whatever is drawn, the text says what an export of it says.
    #[test]
    fn the_text_follows_the_drawing(was in arbitrary_schema(), is in arbitrary_schema()) {
        let mut next = numbers();
        let mut sheet = Sheet::of(&was, &mut next);
        sheet.follow(&is, &mut next);
        let fresh = Sheet::of(&is, &mut next);
        let mut reread = Sheet::with_text(sheet.text().to_owned(), &is, &mut next);
        prop_assert_eq!(reread.text(), sheet.text(), "{}", fresh.text());
        prop_assert!(!reread.follow(&is, &mut next));
    }

    /// Typing the text of another drawing makes the drawing say what that one says.
    #[test]
    fn the_drawing_follows_the_text(was in arbitrary_schema(), is in arbitrary_schema()) {
        let mut next = numbers();
        let text = Sheet::of(&is, &mut next).text().to_owned();
        let mut sheet = Sheet::of(&was, &mut next);
        let typed = sheet.typed(text.clone(), &was, &mut next);
        let mut target = was.clone();
        prop_assert_eq!(apply_all(&mut target, &typed), Ok(()));
        prop_assert_eq!(diff(&was, &target), typed);
    }

    /// A text that was not changed changes nothing.
    #[test]
    fn nothing_typed_is_nothing_done(schema in arbitrary_schema()) {
        let mut next = numbers();
        let mut sheet = Sheet::of(&schema, &mut next);
        let text = format!("// as it was\n{}", sheet.text());
        prop_assert_eq!(sheet.typed(text, &schema, &mut next), Vec::new());
    }
}
