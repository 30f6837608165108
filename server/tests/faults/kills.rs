//! Servers are killed and PostgreSQL is stopped, at any time, while people save.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{task::JoinSet, time::sleep};

use crate::{
    asked,
    dice::Dice,
    history::{Figures, divergences},
    people::{Diagrams, Person, World},
    say, seed,
    stack::{Cluster, Server},
};

/// How long it may take until somebody knows what came of a Save, once all is up again.
pub(crate) const SETTLED_WITHIN: Duration = Duration::from_secs(15);

const PEOPLE: usize = 8;
const DIAGRAMS: Diagrams = Diagrams { plain: 4, linked: 2 };
const DATABASE: &str = "crowfoot";

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_servers_and_postgresql_die() {
    let (kills, stops, seed) = (asked("CROWFOOT_FAULT_KILLS", 40), asked("CROWFOOT_FAULT_STOPS", 8), seed());
    let began = Instant::now();
    let mut dice = Dice::new(seed);
    let mut cluster = Cluster::start().await;
    connect_and_make(&cluster).await;
    let servers = vec![
        Server::start(&cluster, DATABASE, dice.fork(), None).await,
        Server::start(&cluster, DATABASE, dice.fork(), None).await,
    ];
    let (world, people) = World::fill(&cluster, DATABASE, servers, DIAGRAMS, PEOPLE, &mut dice).await;
    let world = Arc::new(world);
    let mut at_work: JoinSet<Person> = people.into_iter().map(|person| person.work(Arc::clone(&world))).collect();

    let (mut kills_left, mut stops_left) = (kills, stops);
    while kills_left + stops_left > 0 {
        assert!(at_work.try_join_next().is_none(), "everybody is still at work; seed {seed}");
        sleep(Duration::from_millis(dice.between(50, 700))).await;
        if dice.between(0, kills_left + stops_left) < stops_left {
            stops_left -= 1;
            cluster.crash().await;
        } else {
            kills_left -= 1;
            let server = dice.pick(&world.servers);
            server.kill();
            // The other one may settle what this one has left, or not come to it.
            sleep(Duration::from_millis(dice.between(0, 100))).await;
            server.restart(None).await;
        }
        world.is_calm();
    }
    world.end();
    let mut somebody = None;
    while let Some(person) = at_work.join_next().await {
        let mut person = person.unwrap();
        person.save_again(&world).await;
        somebody = Some(person);
    }

    let (mut figures, mut found) = (Figures::default(), Vec::new());
    for diagram in &world.diagrams {
        let kept = world.kept(&cluster, diagram, somebody.as_mut().unwrap()).await;
        figures.add(&diagram.history());
        found.extend(divergences(&diagram.history(), &kept));
    }
    say(&format!(
        "{kills} kills of servers and {stops} immediate stops of PostgreSQL in {:.0} s, seed {seed}: {}; {} divergences",
        began.elapsed().as_secs_f64(),
        figures.in_words(),
        found.len()
    ));
    assert!(found.is_empty(), "seed {seed}: {found:#?}");
    assert!(figures.longest() < SETTLED_WITHIN, "seed {seed}: settled after {:?}", figures.longest());
    let done = (kills + stops) as usize;
    assert!(figures.acknowledged > done && (kills < 20 || !figures.in_doubt.is_empty()), "there was work to lose");
    drop(world);
    cluster.stop().await;
}

async fn connect_and_make(cluster: &Cluster) {
    cluster.connect("postgres").await.batch_execute(&format!("create database {DATABASE}")).await.unwrap();
}
