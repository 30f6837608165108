//! Staged edits on the server: for their owner alone, and never written over unseen.

use axum::http::StatusCode;
use edit::diff;
use protocol::{DiagramId, DraftStored, Identity, Role, StoredDraft};
use serde_json::json;

use crate::visitor::{Answer, PASSWORD, TestServer, Visitor, request, revision_of};

/// Nothing else says this, so that it can be looked for in every answer.
const CANARY: &str = "canary-7b1f";

async fn store(visitor: &mut Visitor, id: DiagramId, expected: i64, body: &str) -> DraftStored {
    let person = visitor.person_at(id).await;
    visitor.call("store_draft", json!({ "person": person, "id": id, "expected": expected, "body": body })).await
}

async fn load(visitor: &mut Visitor, id: DiagramId) -> Option<StoredDraft> {
    let person = visitor.person_at(id).await;
    visitor.call("load_draft", json!({ "person": person, "id": id })).await
}

fn kept(sequence: i64, body: &str) -> StoredDraft {
    StoredDraft { sequence, body: body.to_owned() }
}

#[tokio::test]
async fn a_draft_is_stored_only_by_who_has_seen_the_last_one() {
    let server = TestServer::start().await;
    let mut one = server.visitor();
    let id = one.create("blank").await;
    let mut two = one.again();
    assert_eq!(load(&mut one, id).await, None);
    assert_eq!(store(&mut one, id, 0, "a").await, DraftStored::Done(1));
    for expected in [0, 2, -1, i64::MAX, i64::MIN] {
        assert_eq!(store(&mut two, id, expected, "b").await, DraftStored::Beaten(kept(1, "a")), "{expected}");
    }
    assert_eq!(load(&mut two, id).await, Some(kept(1, "a")));
    assert_eq!(store(&mut two, id, 1, "b").await, DraftStored::Done(2));
    assert_eq!(store(&mut one, id, 1, "c").await, DraftStored::Beaten(kept(2, "b")));
    // It comes back as it went in, byte by byte.
    let odd = "{ \"b\":1,\t\"a\" : \"\\u0000 \u{1F600} 'x' -- \" }";
    assert_eq!(store(&mut one, id, 2, odd).await, DraftStored::Done(3));
    assert_eq!(load(&mut two, id).await, Some(kept(3, odd)));
    server.stop().await;
}

/// Of many devices at the same moment exactly one is first, and each of the others is told what it has not seen.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_at_once_one_is_first() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    for round in 0..20 {
        let all = (0..8).map(|device| {
            let mut visitor = visitor.again();
            tokio::spawn(async move { store(&mut visitor, id, round, &format!("{round} of {device}")).await })
        });
        let mut first = Vec::new();
        let mut beaten = Vec::new();
        for task in all.collect::<Vec<_>>() {
            match task.await.unwrap() {
                DraftStored::Done(sequence) => first.push(sequence),
                DraftStored::Beaten(theirs) => beaten.push(theirs),
            }
        }
        assert_eq!((first, beaten.len()), (vec![round + 1], 7), "round {round}");
        let stored = load(&mut visitor, id).await.unwrap();
        assert!(beaten.iter().all(|theirs| *theirs == stored), "round {round}");
    }
    server.stop().await;
}

/// Members of one workspace have a draft each, and nobody else gets a byte of any.
#[tokio::test]
async fn a_draft_is_for_its_owner_alone() {
    let server = TestServer::start().await;
    let (mut owner, mut member, mut stranger) = (server.visitor(), server.visitor(), server.visitor());
    let id = owner.create("blank").await;
    member.create("blank").await;
    let mut nobody = server.visitor();
    assert_eq!(store(&mut owner, id, 0, CANARY).await, DraftStored::Done(1));
    let silent = |answer: &Answer| !answer.body.contains(CANARY);
    let person = owner.person_at(id).await;
    let answers = |visitor: &mut Visitor| {
        let mut visitor = visitor.again();
        async move {
            let loaded = visitor.post("load_draft", &json!({ "person": person, "id": id })).await;
            let body = json!({ "person": person, "id": id, "expected": 1, "body": "x" });
            let stored = visitor.post("store_draft", &body).await;
            (loaded, stored)
        }
    };
    stranger.create("blank").await;
    for (who, visitor) in [("a stranger", &mut stranger), ("no session", &mut nobody), ("not yet", &mut member)] {
        let (loaded, stored) = answers(visitor).await;
        assert_eq!((loaded.status.as_u16(), stored.status.as_u16()), (404, 404), "{who}");
        assert!(silent(&loaded) && silent(&stored), "{who}");
    }
    let client = server.database.connect().await;
    let join = "insert into membership (workspace_id, principal_id, role)
                select diagram.workspace_id, revision.principal_id, 'editor'
                from diagram, membership revision
                where diagram.id = $1 and revision.workspace_id <> diagram.workspace_id";
    client.execute(join, &[&id.0]).await.unwrap();
    assert_eq!(load(&mut member, id).await, None, "a teammate has one of their own");
    assert_eq!(store(&mut member, id, 0, "mine").await, DraftStored::Done(1));
    for name in ["open_diagram", "revisions", "schema_at"] {
        let answer = member.post(name, &json!({ "id": id, "number": 0 })).await;
        assert!(answer.status.is_success() && silent(&answer), "{name}");
    }
    assert_eq!(load(&mut owner, id).await, Some(kept(1, CANARY)));
    // Who leaves takes nothing back when they come again.
    let leave = "delete from membership
                 where workspace_id = (select workspace_id from diagram where id = $1) and role = 'editor'";
    client.execute(leave, &[&id.0]).await.unwrap();
    assert_eq!(answers(&mut member).await.0.status, 404);
    client.execute(join, &[&id.0]).await.unwrap();
    assert_eq!(load(&mut member, id).await, None);
    assert_eq!(load(&mut owner, id).await, Some(kept(1, CANARY)));
    server.stop().await;
}

#[tokio::test]
async fn a_draft_goes_with_its_diagram() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    store(&mut visitor, id, 0, CANARY).await;
    let person = visitor.person_at(id).await;
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    let hidden = visitor.post("load_draft", &json!({ "person": person, "id": id })).await;
    assert_eq!((hidden.status.as_u16(), hidden.body.contains(CANARY)), (404, false));
    let body = json!({ "person": person, "id": id, "expected": 1, "body": "x" });
    assert_eq!(visitor.post("store_draft", &body).await.status, 404);
    let () = visitor.call("restore_diagram", json!({ "id": id })).await;
    assert_eq!(load(&mut visitor, id).await, Some(kept(1, CANARY)), "brought back with all that was staged");
    let () = visitor.call("delete_diagram", json!({ "id": id })).await;
    let client = server.database.connect().await;
    client.execute("update diagram set deleted_at = now() - interval '16 minutes'", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    let left: i64 = client.query_one("select count(*) from draft", &[]).await.unwrap().get(0);
    assert_eq!(left, 0);
    server.stop().await;
}

#[tokio::test]
async fn a_draft_has_a_size_that_can_be_kept() {
    let server = TestServer::start().await;
    let mut visitor = server.visitor();
    let id = visitor.create("blank").await;
    let person = visitor.person_at(id).await;
    let most = 4 * 1024 * 1024;
    for (length, status) in [(0, 422), (1, 200), (most, 200), (most + 1, 422), (9 * 1024 * 1024, 413)] {
        let expected = load(&mut visitor, id).await.map_or(0, |draft| draft.sequence);
        let body = json!({ "person": person, "id": id, "expected": expected, "body": "x".repeat(length) });
        let answer = visitor.post("store_draft", &body).await;
        assert_eq!(answer.status, status, "{length}: {}", answer.body);
    }
    let nul = json!({ "person": person, "id": id, "expected": 0, "body": "a\0b" });
    assert_eq!(visitor.post("store_draft", &nul).await.status, 422);
    server.stop().await;
}

/// A page stays the one's who opened it, whoever signs in to the browser after them.
#[tokio::test]
async fn nothing_is_written_in_the_name_of_another() {
    let server = TestServer::start().await;
    let (mut ada, mut ben) = (server.person("Ada").await, server.person("Ben").await);
    let id = ada.create("shop_flow").await;
    let workspace = ada.home().await;
    ada.bring(workspace, &mut ben, Role::Editor).await;
    let page = ada.open(id).await;
    assert_eq!(store(&mut ada, id, 0, CANARY).await, DraftStored::Done(1));
    let mut tab = ada.again();
    // Ben has a session of his own in that browser now.
    tab.set_cookie(ben.cookie().unwrap());
    let person = page.person;
    let bodies = [
        ("load_draft", json!({ "person": person, "id": id })),
        ("store_draft", json!({ "person": person, "id": id, "expected": 0, "body": CANARY })),
        ("commit", json!({ "request": request(&page, Vec::new()) })),
    ];
    for (name, body) in bodies {
        let answer = tab.post(name, &body).await;
        assert_eq!((answer.status.as_u16(), answer.body.contains(CANARY)), (404, false), "{name}");
    }
    assert_eq!(load(&mut ben, id).await, None);
    assert_eq!(tab.open(id).await.revision, page.revision);
    let other = Identity::SomebodyElse;
    for (visitor, expect) in [(&mut ada, Identity::You), (&mut ben, other), (&mut server.visitor(), other)] {
        assert_eq!(visitor.call::<Identity>("who_is", json!({ "person": person })).await, expect);
    }
    server.stop().await;
}

/// Whoever signs in is who they were as a guest: a page opened before goes on, and what was staged is theirs.
#[tokio::test]
async fn what_a_guest_staged_is_the_accounts() {
    let server = TestServer::start().await;
    server.person("Ada").await;
    let mut guest = server.visitor();
    let id = guest.create("shop_flow").await;
    let page = guest.open(id).await;
    assert_eq!(store(&mut guest, id, 0, CANARY).await, DraftStored::Done(1));
    assert_eq!(guest.sign_in("Ada", PASSWORD).await.status, StatusCode::OK);
    assert_ne!(guest.person_at(id).await, page.person.unwrap());
    assert_eq!(load(&mut guest, id).await, Some(kept(1, CANARY)));
    let body = json!({ "person": page.person, "id": id, "expected": 1, "body": "more" });
    assert_eq!(guest.call::<DraftStored>("store_draft", body).await, DraftStored::Done(2));
    let table = *page.schema.tables.keys().next().unwrap();
    let mut after = page.schema.clone();
    std::sync::Arc::make_mut(after.tables.get_mut(&table).unwrap()).note = Some("still open".to_owned());
    let outcome = guest.commit(&request(&page, diff(&page.schema, &after))).await;
    assert_eq!(revision_of(&outcome), page.revision + 1);
    let who: Identity = guest.call("who_is", json!({ "person": page.person })).await;
    assert_eq!(who, Identity::YouAsGuest);
    server.stop().await;
}
