//! The editor as it is used: gestures by pointer, key and panel, with the invariants swept after every input.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails loudly"
)]

mod harness;

use editor::{Change, Command, Draft, Editor, Effect, Input, Subject};
use harness::Harness;
use schema::{Cardinality, Name, ObjectId, ReferentialAction};

const SHOP: &str = "
users
  id serial!
  email text!
  pk users_pkey(id)
  unique users_email_key(email)
orders
  id serial!
  user_id integer
  placed timestamptz! = now()
  pk orders_pkey(id)
parts
  order_id integer!
  line integer!
  pk parts_pkey(order_id, line)
";

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

#[test]
fn a_drag_is_one_undo_step_and_escape_puts_back() {
    let mut it = Harness::open(SHOP);
    let before = it.place("orders");
    it.press("orders").drag_by(120.0, 64.0).release();
    let after = it.place("orders");
    assert_eq!((after.x - before.x, after.y - before.y), (120, 64));
    assert!(it.did(|effect| matches!(effect, Effect::StorePlacements(places) if places.len() == 1)));
    it.command(Command::Undo);
    assert_eq!(it.place("orders"), before);
    it.press("orders").drag_by(120.0, 64.0).command(Command::Escape);
    it.release();
    assert_eq!(it.place("orders"), before, "nothing was dropped");
    assert_eq!(it.editor.history().next_undo(), None);
    assert!(it.editor.pending().is_empty(), "a move is no pending change");
}

#[test]
fn the_side_with_the_key_is_referenced_whichever_way_the_line_is_drawn() {
    for (from, to) in [("orders.user_id", "users.id"), ("users.id", "orders.user_id")] {
        let mut it = Harness::open(SHOP);
        it.press_handle(from).drag_to(to).release();
        assert_eq!(it.pending(), ["+ Reference orders_user_id_fkey"], "{from} to {to}");
        let reference = it.editor.target().references.values().next().unwrap();
        assert_eq!(it.table_name(reference.referenced), "users");
    }
}

#[test]
fn a_line_that_cannot_be_says_why() {
    for (from, to, words) in [
        ("orders.user_id", "orders.placed", "neither a primary key nor unique"),
        ("users.email", "orders.id", "types must match"),
        ("orders.user_id", "parts.order_id", "together with other columns"),
    ] {
        let mut it = Harness::open(SHOP);
        it.press_handle(from).drag_to(to).release();
        assert!(it.editor.pending().is_empty(), "{from} to {to}");
        assert!(it.said().contains(words), "{}", it.said());
    }
}

#[test]
fn a_panel_takes_back_everything_since_it_was_opened() {
    let mut it = Harness::open(SHOP);
    let users = it.table("users");
    it.send(Input::Change(Change::Rename(ObjectId::Table(users), name("people"))));
    it.send(Input::Open(ObjectId::Table(it.table("orders"))));
    let (orders, user) = it.column("orders.user_id");
    it.send(Input::Change(Change::SetNullable(orders, user, false)));
    it.send(Input::Change(Change::AddColumn(orders, None)));
    assert_eq!(it.editor.panel_items().len(), 2);
    it.command(Command::Escape);
    assert_eq!(it.pending(), ["~ Table people"], "what was staged before stays");
    assert_eq!(it.editor.panel(), None);
    it.command(Command::Undo);
    assert_eq!(it.editor.pending().len(), 3, "taking back is one step that can be undone");
}

#[test]
fn after_a_commit_undo_stages_the_inverse() {
    let mut it = Harness::open(SHOP);
    it.command(Command::AddTable);
    let objects = it.editor.pending().items().map(|item| item.object).collect();
    it.send(Input::Committed { revision: 1, objects });
    assert!(it.editor.pending().is_empty());
    it.command(Command::Undo);
    assert_eq!(it.pending(), ["- Table table_1"]);
    it.command(Command::Redo);
    assert!(it.editor.pending().is_empty());
}

#[test]
fn deleting_names_and_takes_what_depends_on_it() {
    let mut it = Harness::open(&format!("{SHOP}fk f: orders(user_id) -> users(id)\n"));
    it.click("users").command(Command::Delete);
    assert_eq!(it.pending(), ["- Table users", "- Reference f"]);
    let reference = it.editor.pending().items().find(|item| item.title.contains("Reference")).unwrap().object;
    it.send(Input::Discard([reference].into()));
    assert!(it.editor.pending().is_empty(), "the table cannot go while the reference stays");
    it.command(Command::Undo).command(Command::Undo);
    assert!(it.editor.pending().is_empty());
}

#[test]
fn a_new_table_has_a_key_whose_name_follows_it() {
    let mut it = Harness::open("namespace public\n");
    it.command(Command::AddTable);
    let table = it.table("table_1");
    assert!(matches!(it.editor.panel().map(|panel| panel.subject), Some(Subject::Table(id, _)) if id == table));
    it.send(Input::Change(Change::Rename(ObjectId::Table(table), name("customers"))));
    let key = it.editor.target().table(table).unwrap().primary_key().unwrap().clone();
    assert_eq!(key.name.as_str(), "customers_pkey");
    assert_eq!(it.pending(), ["+ Table customers"]);
}

#[test]
fn one_to_one_stages_a_unique_constraint_and_many_removes_it() {
    let mut it = Harness::open(&format!("{SHOP}fk f: orders(user_id) -> users(id)\n"));
    let id = *it.editor.target().references.keys().next().unwrap();
    it.send(Input::Change(Change::SetCardinality(id, Cardinality::OneToOne)));
    assert_eq!(it.pending(), ["+ Unique orders_user_id_key"]);
    assert!(it.said().contains("one to one"), "{}", it.said());
    it.send(Input::Change(Change::SetCardinality(id, Cardinality::ManyToOne)));
    assert!(it.editor.pending().is_empty());
}

#[test]
fn a_draft_brings_everything_back() {
    let mut it = Harness::open(SHOP);
    it.command(Command::AddTable);
    it.press_handle("orders.user_id").drag_to("users.id").release();
    let draft = Draft::from_json(&it.editor.draft().to_json().unwrap()).unwrap();
    let mut again = Editor::open(it.document(), Some(draft.clone()), 7);
    assert_eq!(again.target(), it.editor.target());
    assert_eq!(again.placements(), it.editor.placements());
    again.handle(Input::Command(Command::Undo));
    assert_eq!(again.pending().len(), 1, "the history came along");
    let mut other = Harness::open(SHOP);
    other.send(Input::Shared(draft));
    assert_eq!(other.editor.target(), it.editor.target(), "another tab follows");
    it.command(Command::AddTable);
    other.send(Input::Shared(it.editor.draft()));
    assert_eq!(other.editor.target(), it.editor.target(), "and follows the next change as well");
}

#[test]
fn a_damaged_or_newer_draft_is_told_from_a_good_one() {
    assert!(matches!(Draft::from_json("{"), Err(editor::DraftError::Damaged(_))));
    assert!(matches!(Draft::from_json(r#"{"format": 99}"#), Err(editor::DraftError::TooNew)));
}

#[test]
fn the_keyboard_does_what_the_pointer_does() {
    let mut it = Harness::open(SHOP);
    it.command(Command::NextTable).command(Command::NextTable);
    assert_eq!(it.selected(), ["parts"]);
    it.command(Command::PreviousTable).command(Command::NextColumn).command(Command::NextColumn);
    assert_eq!(it.selected(), ["orders.user_id"]);
    it.command(Command::AddReference);
    let from = it.column("orders.user_id");
    assert_eq!(it.editor.panel().map(|panel| panel.subject), Some(Subject::NewReference(Some(from))));
    let change = it.editor.connect(from, it.column("users.id")).unwrap();
    it.send(Input::Change(change));
    assert_eq!(it.pending(), ["+ Reference orders_user_id_fkey"]);
}

#[test]
fn choosing_part_of_the_changes_pulls_in_what_they_need() {
    let mut it = Harness::open(SHOP);
    it.command(Command::AddTable);
    let table = it.table("table_1");
    let id = it.editor.target().table(table).unwrap().columns[0].id;
    let change = it.editor.connect(it.column("orders.user_id"), (table, id)).unwrap();
    it.send(Input::Change(change));
    let reference = *it.editor.target().references.keys().next().unwrap();
    let body = it.editor.commit_body(&[ObjectId::Reference(reference)].into()).unwrap();
    assert_eq!(body.edits.len(), 2);
    assert_eq!(body.placements.len(), 1);
    assert_eq!(body.findings, []);
}

#[test]
fn set_null_and_nullability_go_together_in_one_step() {
    let text = SHOP.replace("user_id integer", "user_id integer!");
    let mut it = Harness::open(&format!("{text}fk f: orders(user_id) -> users(id)\n"));
    let id = *it.editor.target().references.keys().next().unwrap();
    let (orders, user) = it.column("orders.user_id");
    it.send(Input::Change(Change::Together(
        "set null".to_owned(),
        vec![Change::SetNullable(orders, user, true), Change::SetOnDelete(id, ReferentialAction::SetNull)],
    )));
    assert_eq!(it.editor.pending().len(), 2);
    assert_eq!(it.editor.findings(), []);
    it.command(Command::Undo);
    assert!(it.editor.pending().is_empty());
}

#[test]
fn every_command_has_one_meaning_per_key() {
    let mut seen = std::collections::BTreeMap::new();
    for info in editor::COMMANDS {
        for shortcut in info.shortcuts {
            let before = seen.insert(format!("{shortcut:?}"), info.command);
            assert_eq!(before, None, "{shortcut:?}");
            assert_eq!(Command::for_shortcut(*shortcut), Some(info.command));
        }
        assert_eq!(info.command.info(), Some(info));
    }
}
