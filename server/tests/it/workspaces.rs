//! Workspaces: who is in them, who may change that, and what is remembered of it.

use axum::http::StatusCode;
use protocol::{
    CallError, CommitOutcome, DiagramId, DiagramSummary, InvitationOffer, NewInvitation, Role, WorkspaceDetails,
    WorkspaceId,
};
use schema::sample;
use serde_json::json;
use uuid::Uuid;

use crate::visitor::{TestServer, Visitor, revision_of};

async fn details(visitor: &mut Visitor, id: WorkspaceId) -> WorkspaceDetails {
    visitor.call("open_workspace", json!({ "id": id })).await
}

async fn my_id(visitor: &mut Visitor, id: WorkspaceId) -> Uuid {
    details(visitor, id).await.members.iter().find(|it| it.is_me).unwrap().id
}

async fn set_role(visitor: &mut Visitor, id: WorkspaceId, member: Uuid, role: Role) -> StatusCode {
    visitor.post("set_role", &json!({ "id": id, "member": member, "role": role })).await.status
}

#[tokio::test]
async fn a_viewer_looks_and_an_editor_commits() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let home = ada.home().await;
    let id = ada.create("blank").await;
    revision_of(&ada.change(id, |schema| *schema = sample::shopflow()).await);
    ada.bring(home, &mut bo, Role::Viewer).await;
    assert!(ada.open(id).await.may_edit);
    let seen = bo.open(id).await;
    assert!(!seen.may_edit);
    let edits = edit::diff(&seen.schema, &schema::Schema::default());
    let request = crate::visitor::request(&seen, edits);
    assert_eq!(bo.post("commit", &json!({ "request": request })).await.status, StatusCode::NOT_FOUND);
    let bo_id = my_id(&mut bo, home).await;
    assert_eq!(set_role(&mut ada, home, bo_id, Role::Editor).await, StatusCode::OK);
    assert!(bo.open(id).await.may_edit);
    assert!(matches!(bo.commit(&request).await, CommitOutcome::Committed { revision: 2, .. }));
    let list: Vec<DiagramSummary> = bo.call("list_diagrams", json!({})).await;
    assert_eq!(list.iter().map(|it| (it.id, it.workspace)).collect::<Vec<_>>(), [(id, home)]);
    server.stop().await;
}

#[tokio::test]
async fn nobody_gives_or_takes_more_than_they_have_and_an_owner_stays() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let home = ada.home().await;
    ada.bring(home, &mut bo, Role::Admin).await;
    let (ada_id, bo_id) = (my_id(&mut ada, home).await, my_id(&mut bo, home).await);
    let refused = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(set_role(&mut bo, home, bo_id, Role::Owner).await, refused);
    assert_eq!(set_role(&mut bo, home, ada_id, Role::Viewer).await, refused);
    assert_eq!(bo.post("remove_member", &json!({ "id": home, "member": ada_id })).await.status, refused);
    assert_eq!(bo.post("invite", &json!({ "id": home, "role": "owner" })).await.status, refused);
    assert_eq!(set_role(&mut ada, home, ada_id, Role::Admin).await, refused, "the last owner");
    assert_eq!(ada.post("leave_workspace", &json!({ "id": home })).await.status, refused);
    assert_eq!(set_role(&mut ada, home, Uuid::new_v4(), Role::Admin).await, StatusCode::NOT_FOUND);
    // Two owners who leave at once do not leave the workspace to nobody.
    assert_eq!(set_role(&mut ada, home, bo_id, Role::Owner).await, StatusCode::OK);
    let body = json!({ "id": home });
    let (one, two) = tokio::join!(ada.post("leave_workspace", &body), bo.post("leave_workspace", &body));
    let mut statuses = [one.status, two.status];
    statuses.sort();
    assert_eq!(statuses, [StatusCode::OK, refused], "{one:?} {two:?}");
    server.stop().await;
}

#[tokio::test]
async fn invitations_hold_until_they_are_revoked_used_or_old() {
    let server = TestServer::start().await;
    let client = server.database.connect().await;
    let mut ada = server.person("Ada").await;
    let home = ada.home().await;
    let link = async |ada: &mut Visitor| -> String {
        ada.call::<NewInvitation>("invite", json!({ "id": home, "role": "editor" })).await.token
    };
    let token = link(&mut ada).await;
    let kept: i64 = client
        .query_one("select count(*) from invitation where token_hash = sha256(convert_to($1, 'UTF8'))", &[&token])
        .await
        .unwrap()
        .get(0);
    assert_eq!(kept, 1, "only the hash is kept");

    // A guest sees what it is to, and needs an account.
    let mut guest = server.visitor();
    guest.create("blank").await;
    let offer: InvitationOffer = guest.call("invitation", json!({ "token": token })).await;
    assert_eq!((offer.name.as_str(), offer.invited_by.as_str(), offer.is_signed_in), ("Ada's workspace", "Ada", false));
    assert_eq!(guest.post("join", &json!({ "token": token })).await.status, StatusCode::NOT_FOUND);
    // A link is for as many as it is passed on to.
    for name in ["Bo", "Cy"] {
        let mut person = server.person(name).await;
        let _: WorkspaceId = person.call("join", json!({ "token": token })).await;
    }
    // Whoever is in already stays what they are.
    let _: WorkspaceId = ada.call("join", json!({ "token": token })).await;
    assert_eq!(details(&mut ada, home).await.role, Role::Owner);

    let open = details(&mut ada, home).await.invitations;
    let () = ada.call("revoke_invitation", json!({ "id": home, "invitation": open[0].id })).await;
    let old = link(&mut ada).await;
    client.execute("update invitation set expires_at = now() - interval '1 second'", &[]).await.unwrap();
    let mut dora = server.person("Dora").await;
    for token in [token, old, "ab".repeat(32), "nonsense".to_owned()] {
        for call in ["join", "invitation"] {
            assert_eq!(dora.post(call, &json!({ "token": token })).await.status, StatusCode::NOT_FOUND, "{call}");
        }
    }
    server.stop().await;
}

/// Whoever is shown out cannot come back, or let others in, by a link they made.
#[tokio::test]
async fn who_is_removed_leaves_no_door_open() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let home = ada.home().await;
    let id = ada.create("blank").await;
    ada.bring(home, &mut bo, Role::Admin).await;
    let token = bo.call::<NewInvitation>("invite", json!({ "id": home, "role": "admin" })).await.token;
    let bo_id = my_id(&mut bo, home).await;
    let () = ada.call("remove_member", json!({ "id": home, "member": bo_id })).await;
    assert_eq!(bo.post("open_diagram", &json!({ "id": id })).await.status, StatusCode::NOT_FOUND);
    assert_eq!(bo.post("join", &json!({ "token": token })).await.status, StatusCode::NOT_FOUND);
    server.stop().await;
}

#[tokio::test]
async fn a_diagram_moves_with_its_history_and_its_database() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let team: WorkspaceId = ada.call("create_workspace", json!({ "name": "Team" })).await;
    ada.bring(team, &mut bo, Role::Editor).await;
    let id = ada.create("shop_flow").await;
    let outcome = ada
        .change(id, |schema| {
            std::sync::Arc::make_mut(schema.tables.values_mut().next().unwrap()).note = Some("moved".to_owned());
        })
        .await;
    revision_of(&outcome);
    let before = ada.open(id).await;
    assert_eq!(bo.post("open_diagram", &json!({ "id": id })).await.status, StatusCode::NOT_FOUND);
    let () = ada.call("move_diagram", json!({ "id": id, "workspace": team })).await;
    assert_eq!(ada.open(id).await, before);
    let revisions: Vec<protocol::RevisionSummary> = bo.call("revisions", json!({ "id": id })).await;
    assert_eq!(revisions.len(), 1);
    let outcome =
        bo.change(id, |schema| std::sync::Arc::make_mut(schema.tables.values_mut().next().unwrap()).note = None).await;
    revision_of(&outcome);
    // An editor does not take diagrams away.
    let home = bo.home().await;
    assert_eq!(bo.post("move_diagram", &json!({ "id": id, "workspace": home })).await.status, StatusCode::NOT_FOUND);
    // Revisions are as unchangeable as before.
    let client = server.database.connect().await;
    for sql in ["update revision set message = 'x'", "update revision set edits = '[]', workspace_id = workspace_id"] {
        assert!(client.execute(sql, &[]).await.is_err(), "{sql}");
    }
    server.stop().await;
}

/// Everything that a diagram owns follows it into another workspace, tables that are added later too.
#[tokio::test]
async fn every_key_of_a_diagrams_parts_follows_the_workspace() {
    let server = TestServer::start().await;
    let rows = server
        .database
        .connect()
        .await
        .query(
            "select conname::text
             from pg_constraint
             where contype = 'f'
               and connamespace = 'public'::regnamespace
               and confupdtype <> 'c'
               and 'workspace_id' = any(
                   select attname from pg_attribute where attrelid = confrelid and attnum = any(confkey)
               )",
            &[],
        )
        .await
        .unwrap();
    let stuck: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(stuck, Vec::<String>::new(), "these foreign keys lack `on update cascade`");
    server.stop().await;
}

#[tokio::test]
async fn a_deleted_workspace_goes_with_all_that_is_in_it() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let team: WorkspaceId = ada.call("create_workspace", json!({ "name": "Team" })).await;
    ada.bring(team, &mut bo, Role::Admin).await;
    let id: DiagramId = bo.call("create_diagram", json!({ "template": "shop_flow", "workspace": team })).await;
    assert_eq!(bo.post("delete_workspace", &json!({ "id": team })).await.status, StatusCode::NOT_FOUND);
    let () = ada.call("delete_workspace", json!({ "id": team })).await;
    for visitor in [&mut ada, &mut bo] {
        assert_eq!(visitor.post("open_diagram", &json!({ "id": id })).await.status, StatusCode::NOT_FOUND);
        assert_eq!(visitor.whoami().await.workspaces.len(), 1);
    }
    let client = server.database.connect().await;
    client.execute("update diagram set deleted_at = now() - interval '1 hour'", &[]).await.unwrap();
    server.state.clean_up().await.unwrap();
    for sql in ["select from workspace where name = 'Team'", "select from sandbox", "select from diagram"] {
        assert_eq!(client.query(sql, &[]).await.unwrap().len(), 0, "{sql}");
    }
    // What accounts made stays while nobody is signed in.
    let mine = ada.create("blank").await;
    let () = ada.call("sign_out", json!({})).await;
    server.state.clean_up().await.unwrap();
    let count = client.query("select from diagram where id = $1 and deleted_at is null", &[&mine.0]).await.unwrap();
    assert_eq!(count.len(), 1);
    server.stop().await;
}

#[tokio::test]
async fn the_record_says_who_did_what_and_cannot_be_changed() {
    let server = TestServer::start().await;
    let (mut ada, mut bo) = (server.person("Ada").await, server.person("Bo").await);
    let team: WorkspaceId = ada.call("create_workspace", json!({ "name": "Team" })).await;
    let () = ada.call("rename_workspace", json!({ "id": team, "name": "Shop" })).await;
    ada.bring(team, &mut bo, Role::Viewer).await;
    let bo_id = my_id(&mut bo, team).await;
    set_role(&mut ada, team, bo_id, Role::Admin).await;
    let id: DiagramId = bo.call("create_diagram", json!({ "template": "blank", "workspace": team })).await;
    let () = bo.call("delete_diagram", json!({ "id": id })).await;
    let () = bo.call("restore_diagram", json!({ "id": id })).await;
    let () = bo.call("leave_workspace", json!({ "id": team })).await;
    let said: Vec<String> =
        details(&mut ada, team).await.audit.into_iter().map(|line| format!("{} {}", line.who, line.what)).collect();
    let expect = [
        "Bo left",
        "Bo brought the diagram Untitled diagram back",
        "Bo deleted the diagram Untitled diagram",
        "Ada made Bo admin",
        "Bo joined as viewer",
        "Ada made an invitation as viewer",
        "Ada renamed the workspace to Shop",
        "Ada made the workspace",
    ];
    assert_eq!(said, expect);
    let client = server.database.connect().await;
    for sql in ["update audit_entry set detail = ''", "delete from audit_entry", "truncate audit_entry"] {
        assert!(client.execute(sql, &[]).await.is_err(), "{sql}");
    }
    // Viewers and editors see who is here, and neither record nor invitations.
    let mut cy = server.person("Cy").await;
    ada.bring(team, &mut cy, Role::Editor).await;
    let seen = details(&mut cy, team).await;
    assert_eq!((seen.members.len(), seen.audit.len(), seen.invitations.len()), (2, 0, 0));
    let refusal = cy.post("rename_workspace", &json!({ "id": team, "name": "Mine" })).await;
    assert_eq!(serde_json::from_str::<CallError>(&refusal.body).unwrap(), CallError::NotFound);
    server.stop().await;
}
