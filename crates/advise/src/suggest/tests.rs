//! What is suggested, case by case, and what holds of every suggestion.

use super::*;
use proptest::prelude::*;
use schema::testing::{arbitrary_broken_schema, arbitrary_schema, schema_from};
use schema::{ColumnPair, Name, Reference, ReferenceId, ReferentialAction};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What is shown by itself, as `orders.user_id -> users.id`, in the order of the names.
fn shown(schema: &Schema) -> Vec<String> {
    let ends = |table, columns: &[ColumnId]| {
        let names = columns.iter().map(|id| schema.label(schema::ObjectId::Column(table, *id)).unwrap());
        names.collect::<Vec<_>>().join(", ")
    };
    let found = suggest(schema).into_iter().filter(|it| it.tier != Tier::List);
    let mut shown: Vec<String> = found
        .map(|it| format!("{} -> {}", ends(it.referencing, &it.columns), ends(it.referenced, &it.referenced_columns)))
        .collect();
    shown.sort();
    shown
}

fn check(text: &str, expect: &[&str]) {
    assert_eq!(shown(&schema_from(text)), expect, "{text}");
}

/// Tables from lines such as `orders: id* user_id name:text`: whole numbers if nothing else is said, a star for the
/// primary key.
fn tables(lines: &str) -> String {
    let mut text = String::new();
    for line in lines.split('\n').map(str::trim).filter(|line| !line.is_empty()) {
        let (name, columns) = line.split_once(": ").unwrap();
        text.push_str(&format!("{name}\n"));
        let mut key = Vec::new();
        for column in columns.split(' ') {
            let (column, data_type) = column.split_once(':').unwrap_or((column, "integer"));
            let is_key = column.ends_with('*') || data_type.ends_with('*');
            let column = column.trim_end_matches('*');
            key.extend(is_key.then_some(column));
            text.push_str(&format!(
                "  {column} {}{}\n",
                data_type.trim_end_matches('*'),
                if is_key { "!" } else { "" }
            ));
        }
        if !key.is_empty() {
            text.push_str(&format!("  pk {}_pkey({})\n", name.replace('.', "_"), key.join(", ")));
        }
    }
    text
}

#[test]
fn names_that_ask_for_a_reference() {
    let cases: &[(&str, &[&str])] = &[
        // One and many, both ways round.
        ("users: id*\norders: id* user_id", &["orders.user_id -> users.id"]),
        ("user: id*\norders: id* user_id", &["orders.user_id -> user.id"]),
        ("people: id*\npets: id* person_id", &["pets.person_id -> people.id"]),
        ("categories: id*\nproducts: id* category_id", &["products.category_id -> categories.id"]),
        // Letters instead of separators.
        ("Artist: ArtistId*\nAlbum: AlbumId* ArtistId", &["Album.ArtistId -> Artist.ArtistId"]),
        ("media_type: id*\ntrack: id* mediaTypeId", &["track.mediaTypeId -> media_type.id"]),
        ("USERS: ID*\nORDERS: ID* USER_ID", &["ORDERS.USER_ID -> USERS.ID"]),
        ("work: workid*\nchapter: chapterid* workid", &["chapter.workid -> work.workid"]),
        // Keys that say whose they are.
        ("customers: customer_id*\norders: order_id* customer_id", &["orders.customer_id -> customers.customer_id"]),
        ("users: uuid:uuid*\nposts: id* user_uuid:uuid", &["posts.user_uuid -> users.uuid"]),
        // Roles.
        (
            "addresses: id*\norders: id* billing_address_id shipping_address_id",
            &["orders.billing_address_id -> addresses.id", "orders.shipping_address_id -> addresses.id"],
        ),
        ("staff: staff_id*\nstore: store_id* manager_staff_id", &["store.manager_staff_id -> staff.staff_id"]),
        ("users: id*\nissues: id* author_id", &["issues.author_id -> users.id"]),
        // Rows of the same table.
        ("categories: id* parent_id", &["categories.parent_id -> categories.id"]),
        ("comments: id* parent_comment_id", &["comments.parent_comment_id -> comments.id"]),
        ("employees: employee_id* reports_to", &["employees.reports_to -> employees.employee_id"]),
        // What tables begin with.
        (
            "oauth_applications: id*\noauth_tokens: id* application_id",
            &["oauth_tokens.application_id -> oauth_applications.id"],
        ),
        (
            "res_partner: id*\nres_country: id*\nres_bank: id*\nsale_order: id* partner_id",
            &["sale_order.partner_id -> res_partner.id"],
        ),
        ("tbl_customer: id*\ntbl_order: id* customer_id", &["tbl_order.customer_id -> tbl_customer.id"]),
        ("order: id* status_id\norder_status: id*", &["order.status_id -> order_status.id"]),
        // Names and nothing else.
        (
            "artist: id* name:text\nrelease: id* artist area\narea: id*\nlabel: id* area",
            &["label.area -> area.id", "release.area -> area.id", "release.artist -> artist.id"],
        ),
        // Both columns of a table that joins two.
        (
            "users: id*\nroles: id*\nuser_roles: user_id* role_id*",
            &["user_roles.role_id -> roles.id", "user_roles.user_id -> users.id"],
        ),
        // A key that is shared.
        ("users: id*\nprofiles: user_id* bio:text", &["profiles.user_id -> users.id"]),
        (
            "persons: person_id*\nemployees: person_id* salary\nvisits: id* person_id",
            &["employees.person_id -> persons.person_id", "visits.person_id -> persons.person_id"],
        ),
    ];
    for (lines, expect) in cases {
        check(&tables(lines), expect);
    }
}

#[test]
fn keys_of_several_columns() {
    let details = "job_details: sched_name:text* job_name:text* job_group:text*\n";
    for (triggers, expect) in [
        ("triggers: sched_name:text* trigger_name:text* job_name:text job_group:text", 1),
        // All of them or none.
        ("triggers: id* job_name:text job_group:text", 0),
    ] {
        let schema = schema_from(&tables(&format!("{details}{triggers}")));
        let several: Vec<Suggestion> = suggest(&schema).into_iter().filter(|it| it.columns.len() > 1).collect();
        assert_eq!(several.len(), expect, "{triggers}: {several:?}");
        assert!(several.iter().all(|it| it.columns.len() == 3 && it.referenced_columns.len() == 3), "{several:?}");
    }
}

#[test]
fn which_table_is_meant() {
    for (lines, expect) in [
        ("a.users: id*\nb.users: id*\nb.orders: id* user_id", "b.orders.user_id -> b.users.id"),
        ("parents: id*\nkids: id* parent_id", "kids.parent_id -> parents.id"),
        ("users: id*\nuser_groups: id*\nposts: id* user_group_id", "posts.user_group_id -> user_groups.id"),
    ] {
        check(&tables(lines), &[expect]);
    }
}

#[test]
fn what_is_left_alone() {
    for lines in [
        "users: id*\norders: id* user_id:text",
        "users: id*\norders: id* user_id:boolean",
        "users: id*\norders: id* user_id:integer[]",
        "users: id*\norders: id* user_id:real",
        "users: id*\norders: id* user_id:serial",
        "users: id*\norders: _id*",
        "users: id*\norders: id*",
        "users: id*\norders: id* customer_id",
        // Of more than one kind.
        "users: id*\nnotes: id* user_id user_type:text",
        "subjects: id*\nnotes: id* subject_id subject_type:text",
        // Nothing to lead to.
        "users: id\norders: id* user_id",
        "users: user_id*",
        "nodes: parent_id*",
        // Texts that happen to be called like a table.
        "cities: id*\npeople: id* city:text",
    ] {
        check(&tables(lines), &[]);
    }
}

#[test]
fn what_is_there_is_not_suggested_and_tells_what_names_mean() {
    let text = tables("accounts: id*\nissues: id* owner_ref\nboards: id* owner_ref\nlists: id* owner_ref");
    let known = "fk a: issues(owner_ref) -> accounts(id)\nfk b: boards(owner_ref) -> accounts(id)\n";
    check(&format!("{text}{known}"), &["lists.owner_ref -> accounts.id"]);
}

#[test]
fn reasons() {
    for (lines, expect) in [
        ("users: id*\norders: id* user_id", "user_id reads as users; same type; users.id is the primary key"),
        (
            "addresses: id:bigint*\norders: id* billing_address_id",
            "billing_address_id reads as role “billing” + addresses; the types can be compared; \
             addresses.id is the primary key",
        ),
        (
            "categories: id* parent_id",
            "parent_id reads like another row of the same table; same type; categories.id is the primary key",
        ),
        (
            "oauth_applications: id*\noauth_tokens: id* application_id",
            "application_id reads as oauth_applications, without what both tables begin with; same type; \
             oauth_applications.id is the primary key",
        ),
        (
            "users: id*\nissues: id* author_id",
            "author_id is what somebody of users would be; same type; users.id is the primary key",
        ),
    ] {
        let found = suggest(&schema_from(&tables(lines)));
        assert_eq!(found.first().map(|it| it.reason.as_str()), Some(expect), "{lines}");
    }
}

/// The schema with the suggestion made.
fn accepted(schema: &Schema, suggestion: &Suggestion) -> Schema {
    let id = ReferenceId::from_u128(u128::MAX);
    let pairs = suggestion.columns.iter().zip(&suggestion.referenced_columns);
    let reference = Reference {
        id,
        name: Name::derive(&[], "accepted"),
        referencing: suggestion.referencing,
        referenced: suggestion.referenced,
        pairs: pairs.map(|(from, to)| ColumnPair { referencing: *from, referenced: *to }).collect(),
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        options: Default::default(),
    };
    let mut schema = schema.clone();
    schema.references.insert(id, Arc::new(reference));
    schema
}

const WORDS: &[&str] = &["user", "users", "order", "item", "status", "parent", "Owner", "user_item", "a"];
const ENDINGS: &[&str] = &["_id", "Id", "", "_code"];

/// Schemas in which most columns are called after a table.
fn schema_of_references() -> impl Strategy<Value = Schema> {
    let column = (prop::sample::select(WORDS), prop::sample::select(ENDINGS), any::<bool>());
    let table = (prop::sample::select(WORDS), prop::collection::btree_set(column, 1..5), 0_usize..4);
    prop::collection::vec(table, 1..8).prop_map(|plan| {
        let mut names = BTreeSet::new();
        let mut text = String::new();
        for (name, columns, key) in plan.into_iter().filter(|(name, ..)| names.insert(*name)) {
            text.push_str(&format!("{name}\n  id integer!\n"));
            let mut seen = BTreeSet::from(["id".to_owned()]);
            for (word, ending, is_text) in columns {
                let column = format!("{word}{ending}");
                if seen.insert(column.clone()) {
                    text.push_str(&format!("  {column} {}\n", if is_text { "text" } else { "integer" }));
                }
            }
            let key: Vec<&str> = seen.iter().map(String::as_str).take(key).collect();
            if !key.is_empty() {
                text.push_str(&format!("  pk {name}_pkey({})\n", key.join(", ")));
            }
        }
        schema_from(&text)
    })
}

fn any_schema() -> impl Strategy<Value = Schema> {
    prop_oneof![arbitrary_schema(), arbitrary_broken_schema(), schema_of_references()]
}

proptest! {
    #[test]
    fn every_suggestion_can_be_made_and_is_not_there(schema in any_schema()) {
        let found = suggest(&schema);
        let mut shown = BTreeSet::new();
        for it in &found {
            prop_assert!((0.0..=1.0).contains(&it.confidence));
            prop_assert_eq!(it.columns.len(), it.referenced_columns.len());
            let target = schema.table(it.referenced).unwrap();
            prop_assert!(target.is_referenceable(&it.referenced_columns));
            for (mine, theirs) in it.columns.iter().zip(&it.referenced_columns) {
                let from = schema.column(it.referencing, *mine).unwrap();
                let to = schema.column(it.referenced, *theirs).unwrap();
                prop_assert!(schema.can_reference(&from.data_type, &to.data_type));
            }
            let is_there = |reference: &Arc<Reference>| {
                reference.referencing == it.referencing
                    && reference.referenced == it.referenced
                    && reference.referencing_columns() == it.columns
            };
            prop_assert!(!schema.references.values().any(is_there));
            let is_new = it.tier == Tier::List || shown.insert((it.referencing, it.columns.clone()));
            prop_assert!(is_new, "one target for the same columns");
        }
        prop_assert!(found.is_sorted_by(|a, b| a.confidence >= b.confidence), "the likeliest come first");
        prop_assert_eq!(suggest(&schema), found, "the same schema, the same suggestions");
    }

    #[test]
    fn what_was_accepted_is_not_suggested_again(schema in any_schema(), pick in any::<prop::sample::Index>()) {
        let found = suggest(&schema);
        if !found.is_empty() {
            let picked = pick.get(&found);
            let again = suggest(&accepted(&schema, picked));
            let is_same = |it: &Suggestion| {
                (it.referencing, &it.columns, it.referenced) == (picked.referencing, &picked.columns, picked.referenced)
            };
            prop_assert!(!again.iter().any(is_same));
        }
    }
}
