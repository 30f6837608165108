//! One person at two devices, both of which know what was staged until then: what comes of it when one hears of the other.

use crate::harness::Harness;
use editor::{Change, Command, Decision, Draft, Editor, Input};
use schema::{DataType, Expression, Name, ObjectId};

const SHOP: &str = "
users
  id integer!
  email text @email
  pk users_pkey(id)
orders
  id integer!
";

type Does = fn(&mut Harness);

/// Both know of `agree`; then each does its own, and this one hears of the other.
fn meet(agree: Does, here: Does, there: Does) -> Editor {
    let mut mine = Harness::open(SHOP);
    agree(&mut mine);
    let agreed = mine.editor.draft();
    let mut theirs = Harness::open_with(SHOP, 99);
    theirs.editor = Editor::open(mine.document(), Some(agreed.clone()), 99);
    here(&mut mine);
    there(&mut theirs);
    let is_theirs_later = theirs.editor.base_revision() > mine.editor.base_revision();
    let newest = if is_theirs_later { &theirs } else { &mine }.document();
    let joined =
        mine.editor.draft().join(theirs.editor.draft(), &agreed, mine.editor.base(), (&newest.schema, newest.revision));
    let stored = Draft::from_json(&joined.draft.to_json().unwrap()).unwrap();
    Editor::open(newest, Some(stored), 7)
}

/// What is pending then, and what is to be decided: `title: reason; base | theirs | mine`. All of it can be decided for what
/// was staged.
fn check(agree: Does, here: Does, there: Does, pending: &[&str], conflicts: &[&str]) {
    let editor = meet(agree, here, there);
    let items = editor.pending().items().map(|item| format!("{}: {}", item.title, item.details.join("; ")));
    assert_eq!(items.collect::<Vec<_>>(), pending);
    let words = editor.conflicts().iter().map(|conflict| editor.conflict_words(conflict));
    let words = words.map(|it| format!("{}: {}; {} | {} | {}", it.title, it.reason, it.base, it.theirs, it.mine));
    assert_eq!(words.collect::<Vec<_>>(), conflicts);
    for conflict in editor.conflicts() {
        assert!(editor.can_take_mine(conflict), "{conflict:?}");
    }
}

fn nothing(_: &mut Harness) {}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn rename(it: &mut Harness, path: &str, to: &str) {
    let (table, column) = it.column(path);
    it.send(Input::Change(Change::Rename(ObjectId::Column(table, column), name(to))));
}

fn note(it: &mut Harness, path: &str) {
    let (table, column) = it.column(path);
    it.send(Input::Change(Change::SetNote(ObjectId::Column(table, column), Some("noted".to_owned()))));
}

fn note_id(it: &mut Harness) {
    note(it, "users.id");
}

fn drop_column(it: &mut Harness, path: &str) {
    let (table, column) = it.column(path);
    it.send(Input::Change(Change::Drop(vec![ObjectId::Column(table, column)])));
}

fn undo(it: &mut Harness) {
    it.command(Command::Undo);
}

/// Commits all that is staged.
fn commit(it: &mut Harness) {
    let edits = edit::diff(it.editor.base(), it.editor.target());
    it.send(Input::Committed { revision: it.editor.base_revision() + 1, edits });
}

/// Somebody else commits.
fn others(it: &mut Harness, does: Does) {
    let mut other = Harness::open_with(SHOP, 1_000);
    other.send(Input::Newer(it.document()));
    does(&mut other);
    commit(&mut other);
    it.send(Input::Newer(other.document()));
}

fn decide(it: &mut Harness, decision: Decision) {
    let conflict = Box::new(it.editor.conflicts()[0].clone());
    it.send(Input::Resolve(conflict, decision));
}

fn mail(it: &mut Harness) {
    rename(it, "users.email", "mail");
}

fn post(it: &mut Harness) {
    rename(it, "users.mail", "post");
}

/// Others have committed another name than the one that is staged.
fn contact(it: &mut Harness) {
    others(it, |it| rename(it, "users.email", "contact"));
}

fn mail_against_contact(it: &mut Harness) {
    mail(it);
    contact(it);
}

fn add_age(it: &mut Harness) {
    let column = (name("age"), DataType::parse("integer").unwrap());
    it.send(Input::Change(Change::AddColumn(it.table("users"), Some(column))));
}

fn add_tags(it: &mut Harness) {
    it.send(Input::Change(Change::AddTable { name: Some(name("tags")), at: None }));
}

fn rename_tags(it: &mut Harness) {
    it.send(Input::Change(Change::Rename(ObjectId::Table(it.table("tags")), name("labels"))));
}

const NOTED: &str = "Column users.id: note: noted";

#[test]
fn what_each_device_staged_is_put_together() {
    check(mail, note_id, post, &["Column users.post: renamed from email to post", NOTED], &[]);
    let both = "Column users.mail: Both changed the name; email | mail | contact";
    check(
        nothing,
        |it| rename(it, "users.email", "contact"),
        mail,
        &["Column users.mail: renamed from email to mail"],
        &[both],
    );
}

#[test]
fn what_the_other_device_deleted_is_restored_as_it_was_known_here() {
    let gone = "Column users.age: It was deleted; was there | deleted | note: noted";
    check(add_age, |it| note(it, "users.age"), |it| drop_column(it, "users.age"), &[], &[gone]);
}

#[test]
fn what_others_deleted_is_restored_after_the_devices_met_and_later_revisions() {
    let gone = "Column users.email: It was deleted; was there | deleted | note: noted";
    let edited = |it: &mut Harness| {
        note(it, "users.email");
        others(it, |it| drop_column(it, "users.email"));
    };
    check(nothing, edited, nothing, &[], &[gone]);
    check(edited, nothing, note_id, &[NOTED], &[gone]);
    check(edited, |it| others(it, note_id), nothing, &[], &[gone]);
    let decided = |it: &mut Harness| {
        decide(it, Decision::Theirs);
        others(it, note_id);
        undo(it);
    };
    check(edited, decided, nothing, &[], &[gone]);
}

#[test]
fn what_was_decided_at_either_device_stays_decided() {
    let held = "Column users.contact: Both changed the name; email | contact | mail";
    let mine = "Column users.mail: renamed from contact to mail";
    check(mail_against_contact, nothing, note_id, &[NOTED], &[held]);
    let (for_mine, for_theirs): (Does, Does) = (|it| decide(it, Decision::Mine), |it| decide(it, Decision::Theirs));
    for (here, there) in [(for_mine, note_id as Does), (note_id, for_mine)] {
        check(mail_against_contact, here, there, &[mine, NOTED], &[]);
    }
    for (here, there) in [(for_theirs, note_id as Does), (note_id, for_theirs)] {
        check(mail_against_contact, here, there, &[NOTED], &[]);
    }
    // The other device has not heard of the revision that it was decided against.
    let late: Does = |it| {
        contact(it);
        decide(it, Decision::Theirs);
    };
    check(mail, late, note_id, &[NOTED], &[]);
    let late: Does = |it| {
        contact(it);
        decide(it, Decision::Mine);
    };
    check(mail, late, note_id, &[mine, NOTED], &[]);
}

#[test]
fn undo_raises_again_what_was_decided_before_the_devices_met() {
    let mut editor = meet(mail_against_contact, |it| decide(it, Decision::Mine), note_id);
    editor.handle(Input::Command(Command::Undo));
    assert_eq!((editor.conflicts().len(), editor.pending().len()), (1, 1));
    editor.handle(Input::Command(Command::Redo));
    assert_eq!((editor.conflicts().len(), editor.pending().len()), (0, 2));
}

#[test]
fn what_was_committed_here_can_be_changed_further_at_the_other_device() {
    check(mail, commit, nothing, &[], &[]);
    check(mail, commit, post, &["Column users.post: renamed from mail to post"], &[]);
    check(mail, commit, undo, &["Column users.email: renamed from mail to email"], &[]);
    let renamed =
        ["Table labels: renamed from tags to labels", "Primary key labels_pkey: renamed from tags_pkey to labels_pkey"];
    check(add_tags, commit, rename_tags, &renamed, &[]);
    let changed_since: Does = |it| {
        commit(it);
        let tags = ObjectId::Table(it.table("tags"));
        it.send(Input::Change(Change::SetNote(tags, Some("many".to_owned()))));
        commit(it);
    };
    check(add_tags, changed_since, rename_tags, &renamed, &[]);
    check(add_tags, changed_since, note_id, &[NOTED], &[]);
    // What others have committed is another matter.
    let both = "Column users.contact: Both changed the name; email | contact | post";
    check(mail, contact, post, &[], &[both]);
    let alike: Does = |it| others(it, mail);
    check(mail, alike, undo, &[], &[]);
    let both = "Column users.mail: Both changed the name; email | mail | post";
    check(mail, alike, post, &[], &[both]);
    check(mail, undo, alike, &[], &[]);
    check(mail, post, alike, &[], &[both]);
    check(mail, note_id, alike, &[NOTED], &[]);
}

/// Others have committed part of what was to go, and this person has not seen it: that part stays gone, and the rest comes
/// back.
#[test]
fn what_was_to_go_comes_back_although_others_have_dropped_what_hangs_on_it() {
    let drop_id: Does = |it| drop_column(it, "users.id");
    let drop_key: Does = |it| {
        others(it, |it| {
            let table = it.table("users");
            let key = it.editor.target().table(table).unwrap().keys[0].id;
            it.send(Input::Change(Change::Drop(vec![ObjectId::Key(table, key)])));
        });
    };
    let undo_and_note: Does = |it| {
        undo(it);
        note_id(it);
    };
    check(drop_id, undo, drop_key, &[], &[]);
    check(drop_id, drop_key, undo, &[], &[]);
    check(drop_id, undo_and_note, drop_key, &[NOTED], &[]);
    check(drop_id, drop_key, undo_and_note, &[NOTED], &[]);
    check(drop_id, nothing, drop_key, &["Column users.id: id integer, not null"], &[]);
}

/// What is wrong by itself stays staged when others commit, so it is no news at this device either.
#[test]
fn what_was_taken_back_at_the_other_device_does_not_come_back_although_it_was_wrong() {
    let no_number: Does = |it| {
        let (table, id) = it.column("users.id");
        let default = Some(Expression::parse("'x'").unwrap());
        it.send(Input::Change(Change::SetDefault(table, id, default)));
        assert!(!it.editor.findings().is_empty());
    };
    let later: Does = |it| others(it, note_id);
    check(no_number, later, undo, &[], &[]);
    check(no_number, undo, later, &[], &[]);
    // What it is wrong with may be nothing that is staged.
    let twice: Does = |it| {
        it.send(Input::Change(Change::AddTable { name: Some(name("orders")), at: None }));
        assert!(!it.editor.findings().is_empty());
    };
    check(twice, later, undo, &[], &[]);
    check(twice, undo, later, &[], &[]);
}

/// A draft that does not count further was written without knowing what this one had agreed on.
#[test]
fn what_the_other_device_never_knew_is_not_taken_back_by_it() {
    let mut mine = Harness::open(SHOP);
    mail(&mut mine);
    let mut theirs = Harness::open_with(SHOP, 99);
    note_id(&mut theirs);
    let (agreed, base) = (mine.editor.draft(), mine.document());
    let joined = agreed.join(theirs.editor.draft(), &agreed, &base.schema, (&base.schema, 0));
    let editor = Editor::open(base, Some(joined.draft), 7);
    assert_eq!((editor.pending().len(), editor.conflicts().len()), (2, 0));
}

#[test]
fn what_the_other_device_has_committed_is_not_taken_back_when_others_commit_as_well() {
    let mut mine = Harness::open(SHOP);
    mail(&mut mine);
    let agreed = mine.editor.draft();
    let mut theirs = Harness::open_with(SHOP, 99);
    theirs.editor = Editor::open(mine.document(), Some(agreed.clone()), 99);
    commit(&mut theirs);
    let draft = theirs.editor.draft();
    others(&mut theirs, note_id);
    note(&mut mine, "users.mail");
    let newest = theirs.document();
    let joined = mine.editor.draft().join(draft, &agreed, mine.editor.base(), (&newest.schema, newest.revision));
    let editor = Editor::open(newest, Some(joined.draft), 7);
    let titles: Vec<&str> = editor.pending().items().map(|item| item.title.as_str()).collect();
    assert_eq!((titles, editor.conflicts()), (vec!["Column users.mail"], [].as_slice()));
}
