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
/// After so many kills and stops it is looked whether anything is lost, and begun anew.
const ROUND: u64 = 120;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_when_servers_and_postgresql_die() {
    let (kills, stops, seed) = (asked("CROWFOOT_FAULT_KILLS", 40), asked("CROWFOOT_FAULT_STOPS", 8), seed());
    say(&format!("{kills} kills of servers and {stops} immediate stops of PostgreSQL, seed {seed}"));
    let (began, mut dice) = (Instant::now(), Dice::new(seed));
    let mut cluster = Cluster::start().await;
    let (mut figures, mut found) = (Figures::default(), Vec::new());
    let rounds = (kills + stops).div_ceil(ROUND);
    for round in 0..rounds {
        let share = |all: u64| all * (round + 1) / rounds - all * round / rounds;
        let database = format!("store_{round}");
        let (more, divergences) = play(&mut cluster, &database, share(kills), share(stops), &mut dice).await;
        figures.join(more);
        found.extend(divergences);
        say(&format!(
            "  after {} kills and {} stops in {:.0} s: {}; {} divergences",
            kills * (round + 1) / rounds,
            stops * (round + 1) / rounds,
            began.elapsed().as_secs_f64(),
            figures.in_words(),
            found.len()
        ));
        assert!(found.is_empty(), "seed {seed}: {found:#?}");
    }
    cluster.stop().await;
    assert!(figures.longest() < SETTLED_WITHIN, "seed {seed}: settled after {:?}", figures.longest());
    let is_enough = figures.acknowledged as u64 > kills + stops && (kills < 20 || !figures.in_doubt.is_empty());
    assert!(is_enough, "there was work to lose; seed {seed}");
}

/// So many kills and stops while people save in a store of their own, and in what it does not agree with what they were
/// told.
async fn play(
    cluster: &mut Cluster,
    database: &str,
    mut kills: u64,
    mut stops: u64,
    dice: &mut Dice,
) -> (Figures, Vec<String>) {
    cluster.connect("postgres").await.batch_execute(&format!("create database {database}")).await.unwrap();
    let servers = vec![
        Server::start(cluster, database, dice.fork(), None).await,
        Server::start(cluster, database, dice.fork(), None).await,
    ];
    let (world, people) = World::fill(cluster, database, servers, DIAGRAMS, PEOPLE, dice).await;
    let world = Arc::new(world);
    let mut at_work: JoinSet<Person> = people.into_iter().map(|person| person.work(Arc::clone(&world))).collect();
    while kills + stops > 0 {
        assert!(at_work.try_join_next().is_none(), "everybody is still at work");
        sleep(Duration::from_millis(dice.between(50, 700))).await;
        if dice.between(0, kills + stops) < stops {
            stops -= 1;
            cluster.crash().await;
        } else {
            kills -= 1;
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

    // What is compared is what lies in the store, not what a server remembers.
    for server in &world.servers {
        server.restart(None).await;
    }
    let (mut figures, mut found) = (Figures::default(), Vec::new());
    for diagram in &world.diagrams {
        let kept = world.kept(cluster, diagram, somebody.as_mut().unwrap()).await;
        figures.add(&diagram.history());
        found.extend(divergences(&diagram.history(), &kept));
    }
    Arc::into_inner(world).unwrap().remove(cluster).await;
    (figures, found)
}
