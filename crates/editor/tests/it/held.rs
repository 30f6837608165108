//! What is held back because it does not fit what others have committed, through what they commit later.

use crate::harness::Harness;
use edit::{Attribute, Edit, Object};
use editor::{Change, Decision, Document, Draft, Editor, Input};
use schema::testing::schema_from;
use schema::{Expression, Name, ObjectId, Schema};

const SHOP: &str = "
users
  id integer!
  email text @email
  pk users_pkey(id)
orders
  id integer!
  total integer
";

fn alter_name(it: &Schema, from: &str, to: &str) -> Edit {
    let table = it.tables.values().find(|table| table.name.as_str() == "users").unwrap();
    let column = table.columns.iter().find(|column| column.name.as_str() != "id").unwrap();
    Edit::Alter {
        object: ObjectId::Column(table.id, column.id),
        from: Attribute::Name(Name::parse(from).unwrap()),
        to: Attribute::Name(Name::parse(to).unwrap()),
    }
}

/// The edits of `clashing` are held on `base`, those of `staged` are staged; then `newer` comes. How many of the held ones
/// are left, and what is pending.
fn check(base: &str, clashing: &[Edit], staged: &[Edit], newer: &str, left: usize, pending: &[&str]) {
    let document = |revision, text: &str| Document { revision, schema: schema_from(text), placements: [].into() };
    let draft = Draft {
        format: Draft::FORMAT,
        sequence: 1,
        edits: staged.to_vec(),
        clashing: clashing.to_vec(),
        ..Draft::default()
    };
    let mut editor = Editor::open(document(0, base), Some(draft), 7);
    assert_eq!(editor.pending().is_empty(), staged.is_empty());
    editor.handle(Input::Newer(document(1, newer)));
    let held = editor.draft().clashing.into_iter().filter(|edit| clashing.contains(edit));
    assert_eq!(held.count(), left, "{:?}", editor.draft().clashing);
    let titles: Vec<&str> = editor.pending().items().map(|item| item.title.as_str()).collect();
    assert_eq!(titles, pending);
}

fn named(name: &str) -> String {
    SHOP.replace("email text", &format!("{name} text"))
}

#[test]
fn what_others_did_as_well_is_not_held_any_more() {
    let shop = schema_from(SHOP);
    let (mail, post) = (alter_name(&shop, "email", "mail"), alter_name(&shop, "contact", "post"));
    let check_mail = |staged: &[Edit], newer: &str, left, pending: &[&str]| {
        check(&named("contact"), std::slice::from_ref(&mail), staged, &named(newer), left, pending);
    };
    check_mail(&[], "contact", 1, &[]);
    check_mail(&[], "mail", 0, &[]);
    // Another name has been staged by hand meanwhile; both stand against each other until it is decided.
    check_mail(std::slice::from_ref(&post), "contact", 1, &["Column users.post"]);
    check_mail(std::slice::from_ref(&post), "mail", 0, &[]);
}

/// A column was to be renamed, and others deleted it; then it was to be made again, and that was held as well.
#[test]
fn what_is_to_be_changed_in_an_object_that_others_make_again_is_staged_again() {
    let shop = schema_from(SHOP);
    let users = shop.tables.values().find(|table| table.name.as_str() == "users").unwrap();
    let made = Edit::Create(Object::Column(users.id, users.columns[1].clone()));
    let held = [alter_name(&shop, "email", "mail"), made];
    check(&SHOP.replace("  email text @email\n", ""), &held, &[], SHOP, 0, &["Column users.mail"]);
}

#[test]
fn a_key_that_is_dropped_and_made_again_is_done_or_not_as_a_whole() {
    let shop = schema_from(SHOP);
    let users = shop.tables.values().find(|table| table.name.as_str() == "users").unwrap();
    let primary = users.keys[0].clone();
    let unique = schema::Key { kind: schema::KeyKind::Unique, ..primary.clone() };
    let remade = [Edit::Drop(Object::Key(users.id, primary)), Edit::Create(Object::Key(users.id, unique))];
    let (two, gone) = (SHOP.replace("pkey(id)", "pkey(id, email)"), SHOP.replace("  pk users_pkey(id)\n", ""));
    let done = SHOP.replace("pk users_pkey(id)", "unique users_pkey(id)");
    assert_eq!(schema_from(&done).tables[&users.id].keys[0].id, users.keys[0].id);
    check(&two, &remade, &[], &two, 2, &[]);
    check(&two, &remade, &[], &gone, 2, &[]);
    check(&two, &remade, &[], &done, 0, &[]);
    check(&two, &remade, &[], SHOP, 0, &["Unique users_pkey"]);
    // Other columns have been staged by hand meanwhile.
    let columns = |list: &[usize]| Attribute::Columns(list.iter().map(|at| users.columns[*at].id).collect());
    let object = ObjectId::Key(users.id, users.keys[0].id);
    let by_hand = [Edit::Alter { object, from: columns(&[0, 1]), to: columns(&[1]) }];
    check(&two, &remade, &by_hand, &two, 2, &["Primary key users_pkey"]);
    check(&two, &remade, &by_hand, &gone, 2, &[]);
    check(&two, &remade, &by_hand, &done, 0, &[]);
}

/// A table was to go, and others changed it. That somebody makes it by hand what it was does not decide the matter.
#[test]
fn a_table_that_was_to_go_stays_while_something_is_staged_in_it() {
    let mut it = Harness::open(SHOP);
    let orders = ObjectId::Table(it.table("orders"));
    let (table, total) = it.column("orders.total");
    it.send(Input::Change(Change::Drop(vec![orders])));
    let mut theirs = it.document();
    let nullable = |from, to| Edit::Alter {
        object: ObjectId::Column(table, total),
        from: Attribute::Nullable(from),
        to: Attribute::Nullable(to),
    };
    edit::apply(&mut theirs.schema, &nullable(true, false)).unwrap();
    theirs.revision = 1;
    it.send(Input::Newer(theirs.clone()));
    it.send(Input::Change(Change::SetNullable(table, total, true)));
    theirs.revision = 2;
    it.send(Input::Newer(theirs));
    assert_eq!((it.pending(), it.editor.conflicts().len()), (vec!["~ Column orders.total".to_owned()], 1));
}

/// What is held is kept with the column that it is about, which is no reason to take the column for a committed one.
#[test]
fn what_is_restored_is_staged_after_a_commit_and_a_crash() {
    let mut it = Harness::open(SHOP);
    let (table, email) = it.column("users.email");
    let (orders, total) = it.column("orders.total");
    let noted = |table, column| Change::SetNote(ObjectId::Column(table, column), Some("noted".to_owned()));
    it.send(Input::Change(noted(table, email)));
    let mut theirs = it.document();
    let gone = edit::drop_edits(&theirs.schema, ObjectId::Column(table, email));
    edit::apply_all(&mut theirs.schema, &gone).unwrap();
    theirs.revision = 1;
    it.send(Input::Newer(theirs.clone()));
    let conflict = Box::new(it.editor.conflicts()[0].clone());
    it.send(Input::Resolve(conflict, Decision::Mine));
    it.send(Input::Change(noted(orders, total)));
    let sent = it.editor.commit_body(&[ObjectId::Column(orders, total)].into()).unwrap().edits;
    edit::apply_all(&mut theirs.schema, &sent).unwrap();
    theirs.revision = 2;
    let left = it.editor.draft().after_commit(&sent, &theirs.schema, 2);
    let again = Editor::open(theirs, Some(left), 7);
    let titles: Vec<&str> = again.pending().items().map(|item| item.title.as_str()).collect();
    assert_eq!((titles, again.conflicts()), (vec!["Column users.email"], [].as_slice()));
}

/// The column that was to be renamed is gone, and is kept to be restored; its name is another column's by then, which a new
/// check means. When the column comes back, the check does not mean it.
#[test]
fn a_check_means_no_column_that_is_only_kept_to_be_restored() {
    let document = |revision, text: &str| Document { revision, schema: schema_from(text), placements: [].into() };
    let mut it = Harness::open(SHOP);
    let (table, email) = it.column("users.email");
    it.send(Input::Change(Change::Rename(ObjectId::Column(table, email), Name::parse("mail").unwrap())));
    it.send(Input::Newer(document(1, &SHOP.replace("@email", "@other"))));
    it.send(Input::Change(Change::AddCheck(table, Expression::parse("email <> ''").unwrap())));
    assert_eq!((it.pending().len(), it.editor.conflicts().len()), (1, 1));
    let again = Editor::open(document(2, SHOP), Some(it.editor.draft()), 7);
    it.send(Input::Newer(document(2, SHOP)));
    for editor in [&again, &it.editor] {
        let is_check = |edit: &&Edit| matches!(edit, Edit::Create(Object::Check(..)));
        assert_eq!(editor.draft().clashing.iter().filter(is_check).count(), 1);
        assert!(editor.target().table(table).unwrap().checks.is_empty());
    }
}
