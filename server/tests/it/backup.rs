//! A backup is taken beside a running server, and everything comes back from it.

use std::path::PathBuf;

use axum::http::StatusCode;
use serde_json::{Value, json};
use server::{backup, state::State};
use tokio_postgres::Client;

use crate::{
    support::TestDatabase,
    visitor::{TestServer, revision_of},
};

/// What is in each table, as one hash a table. What a restore changes on purpose is left out.
async fn hashes(client: &Client) -> Vec<(String, String)> {
    let names = client
        .query("select tablename::text from pg_tables where schemaname = 'public' order by 1", &[])
        .await
        .unwrap();
    let mut hashes = Vec::new();
    for row in names {
        let name: String = row.get(0);
        if [
            "session",
            "share_visit",
            "share_link",
            "one_time_link",
            "api_token",
            "invitation",
            "attempt",
            "_sqlx_migrations",
        ]
        .contains(&name.as_str())
        {
            continue;
        }
        let row_text = match name.as_str() {
            "sandbox" => "(to_jsonb(it) - '{state,facts,problem,database_name,role_name,password}'::text[])::text",
            _ => "it::text",
        };
        let sql =
            format!("select coalesce(md5(string_agg({row_text}, ',' order by {row_text})), '') from {name} as it");
        hashes.push((name, client.query_one(&sql, &[]).await.unwrap().get(0)));
    }
    hashes
}

fn file(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("crowfoot-{name}-{}.backup", uuid::Uuid::new_v4()))
}

#[tokio::test]
async fn everything_comes_back_into_an_empty_database() {
    let server = TestServer::start().await;
    let mut owner = server.visitor();
    let id = owner.create("shop_flow").await;
    let new = json!({ "days": null, "may_export": true, "embed_origins": [] });
    let made: Value = owner.call("make_share_link", json!({ "id": id, "new": new })).await;
    let link = made["path"].as_str().unwrap().to_owned();
    server.visitor().get(&link).await;
    // Text that a format of lines could stumble over.
    let odd = "tab\tline\nback\\slash \\. \\N ünïcödé 表 'quote'";
    let outcome = owner
        .change(id, |schema| {
            let table = schema.tables.values_mut().next().unwrap();
            std::sync::Arc::make_mut(table).note = Some(odd.to_owned());
        })
        .await;
    assert_eq!(revision_of(&outcome), 1);
    let cookie = owner.cookie().unwrap().to_owned();
    let path = file("whole");
    let written = backup::backup(server.database.url(), &path).await.unwrap();
    let before = hashes(&server.database.connect().await).await;
    // What happens after the backup is not in it.
    let () = owner.call("rename_diagram", json!({ "id": id, "name": "Later" })).await;

    for keeps_links in [false, true] {
        let empty = TestDatabase::new().await;
        let restored = backup::restore(empty.url(), &path, keeps_links).await.unwrap();
        assert_eq!(restored, written);
        let client = empty.connect().await;
        assert_eq!(hashes(&client).await, before);
        // The restored store is one that a server runs on.
        let state = State::new(empty.url(), false).unwrap();
        state.store.migrate().await.unwrap();
        assert_eq!(server.visitor_of(&state).get("/readyz").await.status, StatusCode::OK);
        let mut visitor = server.visitor_of(&state);
        let answer = visitor.get(&link).await.status;
        assert_eq!(answer, if keeps_links { StatusCode::OK } else { StatusCode::NOT_FOUND });
        // A guest has nothing else to come back with, and the diagrams of nobody are removed.
        let sessions: i64 = client.query_one("select count(*) from session", &[]).await.unwrap().get(0);
        assert_eq!(sessions, 1);
        state.clean_up().await.unwrap();
        let mut guest = server.visitor_of(&state);
        guest.set_cookie(&cookie);
        assert_eq!(guest.open(id).await.revision, 1);
        // A second restore would overwrite what is there.
        let refused = backup::restore(empty.url(), &path, false).await.unwrap_err();
        assert!(refused.to_string().contains("holds diagrams already"), "{refused:#}");
        assert_eq!(hashes(&client).await, before);
        state.store.close().await;
    }
    std::fs::remove_file(&path).unwrap();
    server.stop().await;
}

#[tokio::test]
async fn a_damaged_file_brings_nothing_back() {
    let server = TestServer::start().await;
    server.visitor().create("blank").await;
    let path = file("damaged");
    backup::backup(server.database.url(), &path).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let empty = TestDatabase::new().await;
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 0x40;
    for (what, bytes) in [
        ("cut short", &whole[..whole.len() / 2]),
        ("cut at its end", &whole[..whole.len() - 20]),
        ("changed", &flipped[..]),
        ("empty", &[]),
        ("something else", b"PGDMP"),
    ] {
        std::fs::write(&path, bytes).unwrap();
        let refused = backup::restore(empty.url(), &path, false).await;
        assert!(refused.is_err(), "{what}");
        let client = empty.connect().await;
        let tables: i64 =
            client.query_one("select count(*) from pg_tables where schemaname = 'public'", &[]).await.unwrap().get(0);
        assert_eq!(tables, 0, "{what}");
    }
    // The whole one still works there.
    std::fs::write(&path, &whole).unwrap();
    backup::restore(empty.url(), &path, false).await.unwrap();
    std::fs::remove_file(&path).unwrap();
    server.stop().await;
}
