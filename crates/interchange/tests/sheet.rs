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

/// A text that could not be read when the page went away is there again, and says what was typed and nothing else.
#[test]
fn what_could_not_be_read_is_kept() {
    let base = shop();
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let typed = sheet.text().replace("  mail text", "  mail text // where to write\n  born dat");
    let broken = typed.replace("born dat", "born [");
    assert_eq!(sheet.typed(broken.clone(), &base, &mut next), []);
    let was = sheet.base();
    // Somebody else adds a table meanwhile.
    let mut drawn = base.clone();
    let more = schema_from("tags\n  id integer!\n");
    drawn.tables.extend(more.tables.into_values().map(|table| {
        let mut table = table.as_ref().clone();
        (table.id, table.namespace) = (schema::TableId::from_u128(77), *base.namespaces.keys().next().unwrap());
        (table.id, Arc::new(table))
    }));
    let mut later = Sheet::with_base(was, &drawn, &mut next);
    assert_eq!(later.typed(broken.clone(), &drawn, &mut next), []);
    assert_eq!((later.is_read(), later.text()), (false, broken.as_str()));
    let edits = later.typed(typed.replace("born dat", "born date"), &drawn, &mut next);
    let mut target = drawn.clone();
    apply_all(&mut target, &edits).unwrap();
    assert_eq!(edits.len(), 1, "{edits:?}");
    assert!(later.follow(&target, &mut next));
    assert!(later.text().contains("// where to write") && later.text().contains("Table tags"), "{}", later.text());
}

/// Something is half typed: no error of DBML, and yet nothing may go for it.
#[test]
fn what_is_half_typed_takes_nothing_away() {
    let base = schema_from(
        "users\n  id integer!\n  mail text\n  price integer\n  pk users_pkey(id)\n  check users_price_check: price > 0\n\
         orders\n  id integer!\n  user_id integer\n  pk orders_pkey(id)\n\
         fk orders_user_id_fkey: orders(user_id) -> users(id)",
    );
    let mut next = numbers();
    let long = "x".repeat(64);
    for (from, to, is_read) in [
        ("price > 0", "price > (0", false),
        ("  mail text", &format!("  {long} text"), false),
        ("Table orders", &format!("Table {long}"), false),
        // The key goes and comes back as another one; the reference stays.
        ("Table users {\n  id integer [pk", "Table users {\n  id integer [unique", true),
        ("Table users {\n  id integer [pk]\n  mail text", "Table users {\n  id integer\n  mail text [pk]", true),
    ] {
        let mut sheet = Sheet::of(&base, &mut next);
        assert!(sheet.text().contains(from), "{from:?} in\n{}", sheet.text());
        let text = sheet.text().replacen(from, to, 1).replace(
            "orders.user_id",
            &if to.contains("Table x") { format!("{long}.user_id") } else { "orders.user_id".to_owned() },
        );
        let edits = sheet.typed(text, &base, &mut next);
        assert_eq!(sheet.is_read(), is_read, "{to:?}: {:?}", sheet.findings());
        let mut target = base.clone();
        apply_all(&mut target, &edits).unwrap();
        assert_eq!(target.references, base.references, "{to:?}");
        assert_eq!((target.tables.len(), is_read || target == base), (2, true), "{to:?}");
    }
}

/// An enum that another name is being typed for keeps its columns.
#[test]
fn an_enum_does_not_take_its_columns_along() {
    let mut next = numbers();
    let mut base = Schema::default();
    let mut sheet = Sheet::of(&base, &mut next);
    let text = "Enum mood {\n  sad\n  happy\n}\n\nTable people {\n  id integer [pk]\n  m mood\n}\n";
    let edits = sheet.typed(text.to_owned(), &base, &mut next);
    apply_all(&mut base, &edits).unwrap();
    for (to, is_read) in [(text.replace("Enum mood", "Enum moods"), false), (text.replace("mood", "moods"), true)] {
        let edits = sheet.typed(to.clone(), &base, &mut next);
        assert_eq!(sheet.is_read(), is_read, "{to}: {:?}", sheet.findings());
        let mut target = base.clone();
        apply_all(&mut target, &edits).unwrap();
        let columns = |schema: &Schema| {
            schema.tables.values().flat_map(|table| &table.columns).map(|column| column.id).collect::<Vec<_>>()
        };
        assert_eq!(columns(&target), columns(&base), "{to}");
    }
}

/// Two schemas that the text names for the first time are two, with ids of their own.
#[test]
fn new_schemas_are_told_apart() {
    let base = shop();
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let mut target = base.clone();
    for (from, to) in [("users", "auth.users"), ("orders", "billing.orders")] {
        let text = sheet.text().replace(&format!("Table {from}"), &format!("Table {to}"));
        let text = text.replace(&format!(" {from}."), &format!(" {to}."));
        let edits = sheet.typed(text, &target, &mut next);
        assert!(sheet.is_read(), "{:?}", sheet.findings());
        apply_all(&mut target, &edits).unwrap();
    }
    let names: Vec<String> = target.tables_by_name().into_iter().map(|table| target.display_name(table)).collect();
    assert_eq!(names, ["auth.users", "billing.orders"]);
    assert_eq!(target.tables.keys().collect::<Vec<_>>(), base.tables.keys().collect::<Vec<_>>());
    assert!(!target.namespaces.contains_key(&schema::NamespaceId::from_u128(u128::MAX)));
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

/// What is cut and comes back, by pasting or by undo, is the same again, with what the text cannot say of it.
#[test]
fn what_comes_back_is_what_went() {
    let mut base = shop();
    let options = KeyOptions { deferral: schema::Deferral::Deferred, ..KeyOptions::default() };
    for table in base.tables.values_mut() {
        for key in &mut Arc::make_mut(table).keys {
            key.options = options.clone();
        }
    }
    let mut next = numbers();
    let whole = Sheet::of(&base, &mut next).text().to_owned();
    let without_mail = whole.replace("  mail text\n", "");
    let without_users: String = {
        let (from, to) = (whole.find("Table users").unwrap(), whole.find("Ref ").unwrap());
        whole[..from].to_owned() + "\n" + whole[to..].split_once('\n').unwrap().1
    };
    for steps in [
        vec![String::new(), whole.clone()],
        vec![without_mail.clone(), whole.clone()],
        vec![without_users.clone(), whole.clone()],
        vec![without_mail.clone(), without_users.clone(), String::new(), without_mail.clone(), whole.clone()],
    ] {
        let mut sheet = Sheet::of(&base, &mut next);
        let mut target = base.clone();
        for text in &steps {
            let edits = sheet.typed(text.clone(), &target, &mut next);
            assert!(sheet.is_read(), "{:?}", sheet.findings());
            apply_all(&mut target, &edits).unwrap();
        }
        assert_eq!(diff(&base, &target), [], "{steps:#?}");
    }
    // A line that is moved is the same column.
    let mut sheet = Sheet::of(&base, &mut next);
    let mut target = base.clone();
    let moved = without_mail.replace("Table users {\n", "Table users {\n  mail varchar\n");
    for text in [without_mail, moved] {
        let edits = sheet.typed(text, &target, &mut next);
        apply_all(&mut target, &edits).unwrap();
    }
    let changed = diff(&base, &target);
    assert!(changed.iter().all(|edit| matches!(edit, edit::Edit::Alter { .. })), "{changed:#?}");
}

#[test]
fn a_text_of_an_earlier_day_keeps_its_comments() {
    let base = shop();
    let mut next = numbers();
    let text = Sheet::of(&base, &mut next).text().replace("Table users {", "Table users { // who buys");
    let mut drawn = base.clone();
    for table in drawn.tables.values_mut().map(Arc::make_mut).filter(|table| table.name.as_str() == "orders") {
        table.columns[0].name = schema::Name::parse("number").unwrap();
    }
    let sheet = Sheet::with_text(text, &drawn, &mut next);
    assert!(sheet.text().contains("// who buys") && sheet.text().contains("  number integer"), "{}", sheet.text());
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

#[test]
fn a_label_that_changes_in_its_place_is_the_same_label() {
    let base = schema_from("enum state: open, closed\norders\n  state state = 'closed'\n");
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let text = sheet.text().replacen("  open\n", "  new // at first\n", 1);
    let typed = sheet.typed(text.clone(), &base, &mut next);
    let mut target = base.clone();
    apply_all(&mut target, &typed).unwrap();
    let plan = ddl::plan(&base, &target);
    let steps: Vec<&str> = plan.steps.iter().map(|step| step.sql.as_str()).collect();
    assert_eq!(steps, ["ALTER TYPE public.state RENAME VALUE 'open' TO 'new'"], "{:?}", plan.refusals);
    assert!(!sheet.follow(&target, &mut next));
    assert_eq!(sheet.text(), text);

    // Renamed by hand, the label has its new name in the text, and the words beside it stay.
    let mut drawn = target.clone();
    let it = drawn.types.values_mut().next().unwrap();
    let schema::TypeDefinition::Enum(labels) = &mut it.definition else { panic!("no enum") };
    labels[0].text = "first".to_owned();
    it.name = schema::Name::parse("status").unwrap();
    assert!(sheet.follow(&drawn, &mut next));
    let expect = text
        .replace("  new //", "  first //")
        .replace("Enum state", "Enum status")
        .replace("state state", "state status");
    assert_eq!(sheet.text(), expect);
}

#[test]
fn groups_are_typed_and_drawn() {
    let all = "\nTableGroup shop {\n  users\n  orders // what they buy\n}\n\nNote hint {\n  'look here'\n}\n";
    let base = shop();
    let mut next = numbers();
    let mut sheet = Sheet::of(&base, &mut next);
    let typed = sheet.typed(format!("{}{all}", sheet.text()), &base, &mut next);
    let mut grouped = base.clone();
    apply_all(&mut grouped, &typed).unwrap();
    let pending = edit::PendingChanges::between(&base, &grouped);
    let mut items: Vec<String> =
        pending.items().map(|item| format!("{}: {}", item.title, item.details.join("; "))).collect();
    items.sort();
    assert_eq!(
        items,
        [
            "Group shop: around orders, users",
            "Note hint: look here",
            "Table orders: in the group shop",
            "Table users: in the group shop",
        ]
    );
    assert!(!sheet.follow(&grouped, &mut next));

    // Another name in its place is the same group, and one that is cut and put elsewhere comes back as it was.
    let id = |schema: &Schema| schema.annotations.values().find(|it| it.name.as_str() != "hint").unwrap().id;
    let renamed = sheet.text().replace("TableGroup shop", "TableGroup sales");
    let mut target = grouped.clone();
    apply_all(&mut target, &sheet.typed(renamed.clone(), &grouped, &mut next)).unwrap();
    assert_eq!(id(&target), id(&grouped));
    let cut = renamed.replace("TableGroup sales {\n  users\n  orders // what they buy\n}\n", "");
    let mut without = target.clone();
    apply_all(&mut without, &sheet.typed(cut.clone(), &target, &mut next)).unwrap();
    assert_eq!(
        (without.annotations.len(), without.tables.values().filter(|table| table.group.is_some()).count()),
        (1, 0)
    );
    let mut again = without.clone();
    let pasted = format!("{cut}\nTableGroup sales {{\n  orders\n  users\n}}\n");
    apply_all(&mut again, &sheet.typed(pasted.clone(), &without, &mut next)).unwrap();
    assert_eq!(diff(&target, &again), []);

    // Drawn: a table leaves the group.
    let table = again.tables.values_mut().find(|table| table.name.as_str() == "users").map(Arc::make_mut).unwrap();
    table.group = None;
    assert!(sheet.follow(&again, &mut next));
    assert_eq!(sheet.text(), pasted.replace("  orders\n  users\n", "  orders\n"));
}
