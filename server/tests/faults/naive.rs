//! The same faults catch a plain order of two commits, one in the store and one in the linked database, and do not catch
//! ours.

use std::time::{Duration, Instant};

use edit::{Edit, Object};
use protocol::DiagramSnapshot;
use tokio_postgres::{Client, Error, types::Json};
use uuid::Uuid;

use crate::{
    dice::Dice,
    history::{End, Save, divergences},
    people::{Diagram, Diagrams, PATIENCE, World},
    proxy::{Fault, Moment, Proxy, Then, Whose},
    stack::{Cluster, Server, connect},
};

/// In which order the two are committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    StoreFirst,
    DatabaseFirst,
    /// By intent, marker and tombstone.
    Ours,
}

const DATABASE: &str = "crowfoot";

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_order_of_two_commits_is_caught() {
    let cluster = Cluster::start().await;
    cluster.connect("postgres").await.batch_execute(&format!("create database {DATABASE}")).await.unwrap();
    let servers = vec![Server::start(&cluster, DATABASE, Dice::new(1), None).await];
    let cases = [
        (Order::StoreFirst, Moment::CommitAsked, true),
        (Order::StoreFirst, Moment::CommitAnswered, false),
        (Order::DatabaseFirst, Moment::CommitAsked, false),
        (Order::DatabaseFirst, Moment::CommitAnswered, true),
        (Order::Ours, Moment::CommitAsked, false),
        (Order::Ours, Moment::CommitAnswered, false),
    ];
    let linked = Diagrams { plain: 0, linked: cases.len() };
    let (world, mut people) = World::fill(&cluster, DATABASE, servers, linked, 1, &mut Dice::new(2)).await;
    let person = &mut people[0];
    for ((order, moment, is_caught), diagram) in cases.into_iter().zip(&world.diagrams) {
        let fault = Fault { whose: Whose::Writer, moment, after: 0, then: Then::Cut };
        let opened = person.look(&world, diagram, 0).await.unwrap();
        let edits = person.columns(&opened.schema, 1);
        if order == Order::Ours {
            world.servers[0].proxy.add(fault);
            person.save(&world, diagram, &opened, edits, |_| (0, PATIENCE)).await;
            assert_eq!(world.servers[0].proxy.clear(), 0, "{moment:?} came");
        } else {
            save(&cluster, &world, diagram, &opened, edits, order, fault).await;
        }
        let kept = world.kept(&cluster, diagram, person).await;
        let found = divergences(&diagram.history(), &kept);
        assert_eq!(!found.is_empty(), is_caught, "{order:?}, {moment:?}: {found:?}");
    }
    drop(world);
    cluster.stop().await;
}

/// Presses Save until there is an answer.
async fn save(
    cluster: &Cluster,
    world: &World,
    diagram: &Diagram,
    opened: &DiagramSnapshot,
    edits: Vec<Edit>,
    order: Order,
    fault: Fault,
) {
    let proxy = Proxy::start(&cluster.socket(), Dice::new(3)).await;
    let database = &opened.database.as_ref().unwrap().name;
    let url = |database: &str, name: &str| format!("{}&application_name={name}", cluster.url_through(&proxy, database));
    let (store_url, database_url) = (url(&world.database, "crowfoot"), url(database, "crowfoot:naive"));
    proxy.add(fault);
    let (commit_id, begun) = (Uuid::new_v4(), Instant::now());
    let end = loop {
        let (store, database) = (connect(&store_url).await, connect(&database_url).await);
        match attempt(&store, &database, opened, commit_id, &edits, order).await {
            Ok(revision) => break End::Acknowledged(revision),
            Err(error) if error.as_db_error().is_some() => break End::Refused,
            // The connection died; somebody has to ask again.
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    assert_eq!(proxy.clear(), 0, "{fault:?} came");
    diagram.history().saves.push(Save { commit_id, edits, begun, ended: Instant::now(), in_doubt: None, end });
}

/// Two commits, one after the other, with an id by which the store knows what it has done already.
async fn attempt(
    store: &Client,
    database: &Client,
    opened: &DiagramSnapshot,
    commit_id: Uuid,
    edits: &[Edit],
    order: Order,
) -> Result<i64, Error> {
    let done = "select number from revision where diagram_id = $1 and commit_id = $2";
    if let Some(row) = store.query_opt(done, &[&opened.id.0, &commit_id]).await? {
        return row.try_get(0);
    }
    let number = opened.revision + 1;
    store.batch_execute("begin").await?;
    database.batch_execute("begin").await?;
    write(store, opened, number, commit_id, edits).await?;
    for edit in edits {
        let Edit::Create(Object::Column(table, column)) = edit else { panic!("{edit:?}") };
        let table = &opened.schema.tables[table].name;
        let (column, kind) = (&column.name, &column.data_type);
        database.batch_execute(&format!("alter table {table} add column {column} {kind}")).await?;
    }
    let (first, then) = if order == Order::StoreFirst { (store, database) } else { (database, store) };
    first.batch_execute("commit").await?;
    then.batch_execute("commit").await?;
    Ok(number)
}

async fn write(
    store: &Client,
    opened: &DiagramSnapshot,
    number: i64,
    commit_id: Uuid,
    edits: &[Edit],
) -> Result<(), Error> {
    for edit in edits {
        let Edit::Create(Object::Column(table, column)) = edit else { panic!("{edit:?}") };
        let insert = "insert into column_entry
                        (workspace_id, diagram_id, table_id, id, rank, name, data_type, nullable)
                      select workspace_id, id, $2, $3, $4, $5, $6, true from diagram where id = $1";
        let (name, kind) = (column.name.as_str(), column.data_type.to_string());
        store.execute(insert, &[&opened.id.0, &table.0, &column.id.0, &column.rank.0, &name, &kind]).await?;
    }
    let insert = "insert into revision
                    (workspace_id, diagram_id, number, commit_id, format, edits, statements, message, author_id)
                  select workspace_id, id, $2, $3, 1, $4, '[]', '', $5 from diagram where id = $1";
    let person = opened.person.unwrap().0;
    store.execute(insert, &[&opened.id.0, &number, &commit_id, &Json(edits), &person]).await?;
    store.execute("update diagram set head_revision = $2 where id = $1", &[&opened.id.0, &number]).await?;
    Ok(())
}
