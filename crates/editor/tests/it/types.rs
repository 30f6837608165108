//! Enums and domains, made and changed by hand.

use crate::harness::Harness;
use editor::{Change, Command, Input, NewType, Subject, TypeChange};
use schema::{DataType, Expression, Name, ObjectId, TypeDefinition, TypeId};

const SHOP: &str = "
enum state: new, paid, sent
orders
  id integer!
  state state! = 'new'
  title text = 'new'
  check known: state <> 'sent' and title <> 'new'
parts
  states state[]
";

fn type_named(it: &Harness, name: &str) -> TypeId {
    it.editor.target().types.values().find(|it| it.name.as_str() == name).unwrap().id
}

fn labels(it: &Harness, id: TypeId) -> String {
    let labels = it.editor.target().user_type(id).unwrap().labels();
    labels.iter().map(|label| label.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Changes the labels of `state`, and says what they are then, what is pending, and what was said.
fn check(change: impl Fn(&dyn Fn(&str) -> uuid::Uuid) -> TypeChange, expect: &str, pending: &[&str], said: &str) {
    let mut it = Harness::open(SHOP);
    let id = type_named(&it, "state");
    let all = it.editor.target().user_type(id).unwrap().labels().to_vec();
    let label = |text: &str| all.iter().find(|label| label.text == text).unwrap().id;
    it.send(Input::Change(Change::OfType(id, change(&label))));
    assert_eq!(labels(&it, id), expect);
    let details = it.editor.pending().items().flat_map(|item| &item.details);
    assert_eq!(details.collect::<Vec<_>>(), pending);
    assert!(it.said().contains(said), "{}", it.said());
    if !pending.is_empty() {
        it.command(Command::Undo);
        assert!(it.editor.pending().is_empty(), "one step takes it back");
    }
}

#[test]
fn labels_are_added_renamed_moved_and_removed() {
    let text = str::to_owned;
    let (new, paid, sent) = ("\u{201C}new\u{201D}", "\u{201C}paid\u{201D}", "\u{201C}sent\u{201D}");
    check(
        |_| TypeChange::AddLabel(text("back")),
        "new paid sent back",
        &[&format!("label \u{201C}back\u{201D} added after {sent}")],
        "Add label back to state",
    );
    check(|_| TypeChange::AddLabel(text("paid")), "new paid sent", &[], "there is a label paid already");
    check(|_| TypeChange::AddLabel("x".repeat(64)), "new paid sent", &[], "at most 63 bytes");
    // What PostgreSQL shows under the new text from then on is called so here, and nothing else.
    check(
        |label| TypeChange::RenameLabel(label("new"), text("open")),
        "open paid sent",
        &["default 'open'", &format!("label {new} renamed to \u{201C}open\u{201D}")],
        "Rename label new of state to open",
    );
    check(
        |label| TypeChange::RenameLabel(label("sent"), text("gone")),
        "new paid gone",
        &["state <> 'gone' AND title <> 'new'", &format!("label {sent} renamed to \u{201C}gone\u{201D}")],
        "Rename label sent",
    );
    check(
        |label| TypeChange::MoveLabel(label("sent"), -1),
        "new sent paid",
        &["labels in the order new, sent, paid"],
        "Move label sent of state",
    );
    check(|label| TypeChange::MoveLabel(label("new"), -1), "new paid sent", &[], "label new is the first of state");
    check(
        |label| TypeChange::DropLabel(label("paid")),
        "new sent",
        &[&format!("label {paid} removed")],
        "Delete label paid of state",
    );
    check(
        |label| TypeChange::DropLabel(label("new")),
        "new paid sent",
        &[],
        "label new is the default of orders.state",
    );
}

#[test]
fn a_renamed_label_is_renamed_wherever_it_is_named() {
    for (column, expect) in [
        ("states state[] = '{new,paid}'", "'{open,paid}'"),
        ("states state[] = '{new,paid}'::state[]", "'{open,paid}'::state[]"),
        ("states state[] = array['new', 'paid']::state[]", "ARRAY['open', 'paid']::state[]"),
        ("states state = 'new'::state", "'open'::state"),
        ("states text[] = '{new,paid}'", "'{new,paid}'"),
    ] {
        let mut it = Harness::open(&format!("enum state: new, paid\nparts\n  {column}\n"));
        let id = type_named(&it, "state");
        let label = it.editor.target().user_type(id).unwrap().labels()[0].id;
        let default = |it: &Harness| {
            let column = it.editor.target().tables.values().next().unwrap().columns[0].clone();
            column.default.unwrap().to_string()
        };
        let before = default(&it);
        it.send(Input::Change(Change::OfType(id, TypeChange::RenameLabel(label, "open".to_owned()))));
        assert_eq!(default(&it), expect, "{column}");
        // A default that has the label holds it as well.
        let label = it.editor.target().user_type(id).unwrap().labels()[0].id;
        it.send(Input::Change(Change::OfType(id, TypeChange::DropLabel(label))));
        let is_held = it.said().contains("label open is the default of parts.states");
        assert_eq!(is_held, before != expect, "{column}: {}", it.said());
        it.command(Command::Undo);
        it.command(Command::Undo);
        assert!(is_held || default(&it) == before, "{column}");
    }
}

#[test]
fn a_type_in_use_stays_and_says_who_has_it() {
    let mut it = Harness::open(SHOP);
    let id = type_named(&it, "state");
    it.send(Input::Select(ObjectId::Type(id), false));
    assert_eq!(it.editor.panel().map(|panel| panel.subject), Some(Subject::Type(id)));
    it.command(Command::Delete);
    let expect = "state cannot go while orders.state and parts.states have this type; choose another type there first";
    assert_eq!(it.said(), expect);
    assert!(it.editor.pending().is_empty());
    // With its users gone it can go.
    let tables: Vec<ObjectId> = it.editor.target().tables.keys().map(|id| ObjectId::Table(*id)).collect();
    it.send(Input::Change(Change::Drop(tables)));
    it.send(Input::Change(Change::Drop(vec![ObjectId::Type(id)])));
    assert!(it.editor.target().types.is_empty());
    assert!(it.editor.panel().is_none(), "the panel of what is gone is closed");
}

#[test]
fn a_new_type_opens_its_panel_and_undo_takes_it_back() {
    for (command, name) in [(Command::AddEnum, "enum_1"), (Command::AddDomain, "domain_1")] {
        let mut it = Harness::open(SHOP);
        it.command(command);
        let id = type_named(&it, name);
        assert_eq!(it.editor.panel().map(|panel| panel.subject), Some(Subject::Type(id)));
        assert!(it.selected().is_empty() || it.editor.selection().contains(&ObjectId::Type(id)));
        assert_eq!(it.editor.panel_items(), [ObjectId::Type(id)].into());
        it.command(Command::Undo);
        assert!(it.editor.panel().is_none());
    }
}

#[test]
fn a_domain_gets_rules() {
    let mut it = Harness::open(SHOP);
    it.send(Input::Change(Change::AddType(NewType::Domain)));
    let id = type_named(&it, "domain_1");
    let expression = |text: &str| Expression::parse(text).unwrap();
    let name = |text: &str| Name::parse(text).unwrap();
    for change in [
        TypeChange::SetBase(DataType::parse("numeric(9, 2)").unwrap()),
        TypeChange::SetNullable(false),
        TypeChange::SetDefault(Some(expression("0"))),
        TypeChange::AddCheck(expression("value >= 0")),
        TypeChange::AddCheck(expression("value < 1000")),
        TypeChange::RenameCheck(name("domain_1_check"), name("not_negative")),
        TypeChange::SetCheck(name("not_negative"), expression("value > 0")),
        TypeChange::DropCheck(name("domain_1_check1")),
    ] {
        it.send(Input::Change(Change::OfType(id, change)));
    }
    let TypeDefinition::Domain(domain) = &it.editor.target().user_type(id).unwrap().definition else { panic!() };
    assert_eq!(domain.base.to_string(), "numeric(9, 2)");
    assert!(!domain.nullable);
    let checks: Vec<String> = domain.checks.iter().map(|it| format!("{}: {}", it.name, it.expression)).collect();
    assert_eq!(checks, ["not_negative: value > 0"]);
    it.send(Input::Change(Change::OfType(id, TypeChange::AddLabel("x".to_owned()))));
    assert!(it.said().contains("domain_1 is a domain, which has no labels"), "{}", it.said());
}
