//! Groups of tables, made, moved and taken away.

use crate::harness::Harness;
use diagram::Point;
use editor::{Change, Command, Effect, Input, Subject};
use schema::{AnnotationId, AnnotationKind, Name, ObjectId, Spot};

const SHOP: &str = "
users
  id integer!
orders
  id integer!
parts
  id integer!
";

fn group(it: &Harness) -> AnnotationId {
    it.editor.target().annotations_of(AnnotationKind::Group)[0].id
}

fn members(it: &Harness) -> Vec<String> {
    let schema = it.editor.target();
    let groups = schema.annotations_of(AnnotationKind::Group).into_iter();
    let one = |id| schema.members_of(id).iter().map(|table| table.name.to_string()).collect::<Vec<_>>().join(" ");
    groups.map(|it| format!("{}: {}", it.name, one(it.id))).collect()
}

fn select(it: &mut Harness, tables: &[&str]) {
    for (at, table) in tables.iter().enumerate() {
        let object = ObjectId::Table(it.table(table));
        it.send(Input::Select(object, at > 0));
    }
}

#[test]
fn selected_tables_become_a_group() {
    let mut it = Harness::open(SHOP);
    assert!(!it.editor.can(Command::AddGroup));
    it.command(Command::AddGroup);
    assert_eq!(it.said(), "Select the tables that belong together first");
    select(&mut it, &["users", "orders"]);
    it.command(Command::AddGroup);
    assert_eq!(members(&it), ["group_1: orders users"]);
    assert_eq!(it.editor.panel().map(|panel| panel.subject), Some(Subject::Annotation(group(&it))));
    assert!(it.did(|effect| *effect == Effect::FocusPanel), "its name can be typed at once");
    assert_eq!(it.editor.panel_items().len(), 3, "it is saved with what comes into it");
    it.send(Input::Change(Change::Rename(ObjectId::Annotation(group(&it)), Name::parse("sales").unwrap())));

    // Another group takes a table from the first one.
    select(&mut it, &["users", "parts"]);
    it.command(Command::AddGroup);
    assert_eq!(members(&it), ["group_1: parts users", "sales: orders"]);
    let orders = it.table("orders");
    let first = group(&it);
    it.send(Input::Change(Change::SetGroup(orders, Some(first))));
    assert_eq!(members(&it), ["group_1: orders parts users", "sales: "]);
    it.command(Command::Undo).command(Command::Undo);
    assert_eq!(members(&it), ["sales: orders users"]);
}

#[test]
fn a_group_goes_without_its_tables() {
    let mut it = Harness::open(SHOP);
    select(&mut it, &["users", "orders"]);
    it.command(Command::AddGroup);
    let id = group(&it);
    it.send(Input::Select(ObjectId::Annotation(id), false)).command(Command::Delete);
    assert!(it.editor.pending().is_empty(), "{:?}", it.pending());
    assert!(it.editor.panel().is_none());
    assert_eq!(it.editor.target().tables.len(), 3);
    it.command(Command::Undo);
    assert_eq!(members(&it), ["group_1: orders users"]);
}

#[test]
fn by_its_name_a_group_is_chosen_and_moved() {
    let mut it = Harness::open(SHOP);
    select(&mut it, &["users", "orders"]);
    it.command(Command::AddGroup);
    it.send(Input::ClosePanel);
    let rect = it.editor.scene().group_rect(group(&it)).unwrap();
    let at = it.editor.view().camera.view_from_world(diagram::Point::new(rect.x0 + 16.0, rect.y0 + 10.0));
    it.press_at(at).release();
    assert_eq!(it.selected(), ["group_1"]);
    let places = |it: &Harness| ["users", "orders", "parts"].map(|table| it.place(table));
    let before = places(&it);
    it.press_at(at).drag_by(80.0, 40.0).release();
    let moved = places(&it);
    for (table, (from, to)) in before.into_iter().zip(moved).enumerate() {
        let expect = if table < 2 { (80, 40) } else { (0, 0) };
        assert_eq!((to.x - from.x, to.y - from.y), expect);
    }
    it.command(Command::Undo);
    assert_eq!(places(&it), before, "it is one step");
}

#[test]
fn a_note_is_made_and_written() {
    let mut it = Harness::open(SHOP);
    it.command(Command::AddNote);
    let id = it.editor.target().annotations_of(AnnotationKind::Note)[0].id;
    it.send(Input::Change(Change::SetNote(ObjectId::Annotation(id), Some("Look here".to_owned()))));
    it.send(Input::Change(Change::SetColor(id, Some("#4f46e5".to_owned()))));
    let details = it.editor.pending().items().flat_map(|item| item.details.clone()).collect::<Vec<_>>();
    assert_eq!(
        (it.pending(), details),
        (vec!["+ Note note_1".to_owned()], vec!["Look here".to_owned(), "color #4f46e5".to_owned()])
    );
}

fn spot(it: &Harness) -> Option<Spot> {
    it.editor.target().annotations_of(AnnotationKind::Note)[0].spot
}

/// Presses on the note, so far from its left edge as this part of its width.
fn press_note(it: &mut Harness, part: f64) {
    let id = it.editor.target().annotations_of(AnnotationKind::Note)[0].id;
    let rect = it.editor.scene().annotation_rect(id).unwrap();
    let at = Point::new(rect.x0 + rect.width() * part - 1.0, rect.center().y);
    it.press_at(it.editor.view().camera.view_from_world(at));
}

#[test]
fn a_note_is_moved_and_made_wider_by_hand() {
    let mut it = Harness::open("a\n  x integer\nsticky hint: look here\n");
    let id = it.editor.target().annotations_of(AnnotationKind::Note)[0].id;
    let stands = |it: &Harness| it.editor.scene().note_spot(id).unwrap();
    let first = stands(&it);
    press_note(&mut it, 0.5);
    it.drag_by(80.0, 400.0);
    // It comes to rest on the grid, as tables do.
    let is_moved = |it: &Harness| (stands(it).x - first.x - 80).abs() <= 4 && (stands(it).y - first.y - 400).abs() <= 4;
    assert!(is_moved(&it), "it follows the pointer");
    it.command(Command::Escape);
    assert_eq!((stands(&it), spot(&it)), (first, None), "it goes back");
    press_note(&mut it, 0.5);
    it.drag_by(80.0, 400.0).release();
    let second = spot(&it).unwrap();
    assert_eq!((is_moved(&it), second.width), (true, first.width));
    assert_eq!(it.pending(), ["~ Note hint"]);
    assert!(it.said().starts_with("Move hint"), "{}", it.said());
    // By its right edge, and never beyond what can be read.
    for (by, expect) in [(56.0, first.width + 56), (-2_000.0, 96), (4_000.0, 960)] {
        press_note(&mut it, 1.0);
        it.drag_by(by, 30.0).release();
        assert_eq!(spot(&it), Some(Spot { width: expect, ..second }), "{by}");
        it.command(Command::Undo);
        assert_eq!(spot(&it), Some(second), "{by} is one step");
    }
    it.command(Command::Undo);
    assert!(it.editor.pending().is_empty());
    assert_eq!(stands(&it), first);
}

#[test]
fn a_note_is_moved_by_key() {
    let mut it = Harness::open("a\n  x integer\nsticky hint: look here\n");
    press_note(&mut it, 0.5);
    it.release();
    let id = it.editor.target().annotations_of(AnnotationKind::Note)[0].id;
    let first = it.editor.scene().note_spot(id).unwrap();
    it.command(Command::NudgeRight).command(Command::NudgeRight).command(Command::PushDown);
    assert_eq!(spot(&it), Some(Spot { x: first.x + 16, y: first.y + 80, ..first }));
    it.command(Command::Undo);
    assert_eq!(spot(&it), None, "all of it is one step");
    it.command(Command::Redo);
    assert_eq!(spot(&it), Some(Spot { x: first.x + 16, y: first.y + 80, ..first }));
}
