//! Commits that change a linked database too, each with one thing that goes wrong at a bad moment: store, database and what
//! people were told agree in the end.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tokio::{
    task::{Id, JoinSet},
    time::sleep,
};

use crate::{
    asked,
    dice::Dice,
    history::{Figures, divergences},
    kills::SETTLED_WITHIN,
    people::{Diagrams, PATIENCE, Person, World},
    proxy::{Delay, Fault, Moment, Side, Then, Whose},
    say, seed,
    stack::{Cluster, Hurt, Server},
};

/// The points of a commit after which something may be left behind.
const POINTS: [&str; 7] = [
    "after-intent",
    "after-locks",
    "after-marker",
    "between-statements",
    "before-commit",
    "commit-sent",
    "after-commit",
];

/// What goes wrong in a run, at the first server.
#[derive(Debug, Clone, Copy)]
enum Trouble {
    /// On its connections.
    Network(&'static str, Fault),
    /// It stands still at a point of the commit, and goes on after that time.
    Asleep(&'static str, Duration),
    /// It dies at a point of the commit; then two servers find what it has left.
    Killed(&'static str),
}

impl Trouble {
    /// The kinds take turns, and chance decides the rest.
    fn of(seed: u64, dice: &mut Dice) -> Self {
        let fault = |whose, moment, after, then| Fault { whose, moment, after, then };
        let moment = dice.one_of(&[Moment::CommitAsked, Moment::CommitAnswered]);
        match seed % 8 {
            0 => Self::Network("lost reply", fault(Whose::Writer, Moment::CommitAnswered, 0, Then::Cut)),
            1 => Self::Network("lost commit", fault(Whose::Writer, Moment::CommitAsked, 0, Then::Cut)),
            2 => Self::Network("store lost", fault(Whose::Store, moment, dice.between(0, 3), Then::Cut)),
            3 => match dice.chance(50) {
                true => Self::Network("half open", fault(Whose::Writer, moment, 0, Then::HalfClose)),
                false => Self::Network("half open", fault(Whose::Store, moment, dice.between(0, 2), Then::HalfClose)),
            },
            4 => {
                let whose = dice.one_of(&[Whose::Writer, Whose::Recovery, Whose::Store]);
                let side = dice.one_of(&[Side::Client, Side::Postgres]);
                let moment = Moment::Bytes(side, dice.between(0, 12_000));
                Self::Network("cut anywhere", fault(whose, moment, 0, Then::Cut))
            }
            5 => {
                let whose = dice.one_of(&[Whose::Writer, Whose::Store]);
                let moment = dice.one_of(&[moment, Moment::Tag(Side::Postgres, b'C'), Moment::Tag(Side::Client, b'B')]);
                let time = Duration::from_millis(dice.between(500, 8_000));
                Self::Network("stalled", fault(whose, moment, dice.between(0, 8), Then::Stall(time)))
            }
            6 => Self::Asleep(dice.one_of(&POINTS), Duration::from_millis(dice.between(200, 9_000))),
            _ => Self::Killed(dice.one_of(&POINTS)),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Network(name, _) => name,
            Self::Asleep(..) => "asleep",
            Self::Killed(_) => "two recoverers",
        }
    }

    fn hurt(self) -> Hurt {
        match self {
            Self::Network(..) => None,
            Self::Asleep("commit-sent", _) => Some(("CROWFOOT_STOP_AT", "before-commit")),
            Self::Asleep(point, _) => Some(("CROWFOOT_STOP_AT", point)),
            Self::Killed(point) => Some(("CROWFOOT_KILL_AT", point)),
        }
    }
}

/// What a run came to.
#[derive(Debug)]
struct Run {
    trouble: Trouble,
    /// Whether there was occasion for the trouble.
    has_happened: bool,
    found: Vec<String>,
    figures: Figures,
}

#[tokio::test(flavor = "multi_thread")]
async fn store_and_linked_database_agree_whatever_goes_wrong_between_them() {
    let (runs, at_once, seed) = (asked("CROWFOOT_FAULT_RUNS", 24), asked("CROWFOOT_FAULT_AT_ONCE", 6), seed());
    say(&format!("{runs} runs on a linked database, seeds from {seed}"));
    let began = Instant::now();
    let cluster = Arc::new(Cluster::start().await);
    make_template(&cluster).await;
    let mut seeds = seed..seed + runs;
    let mut under_way: JoinSet<Run> = JoinSet::new();
    let mut seed_of: BTreeMap<Id, u64> = BTreeMap::new();
    let (mut figures, mut kinds, mut failed) = (Figures::default(), BTreeMap::new(), Vec::new());
    loop {
        while under_way.len() < at_once as usize
            && let Some(seed) = seeds.next()
        {
            let cluster = Arc::clone(&cluster);
            let id = under_way.spawn(async move { run(&cluster, seed).await }).id();
            seed_of.insert(id, seed);
        }
        let Some(done) = under_way.join_next_with_id().await else { break };
        match done {
            Ok((id, mut run)) => {
                let (all, happened) = kinds.entry(run.trouble.name()).or_insert((0, 0));
                *all += 1;
                *happened += usize::from(run.has_happened);
                if run.figures.longest() > SETTLED_WITHIN {
                    run.found.push(format!("settled after {:?}", run.figures.longest()));
                }
                if !run.found.is_empty() {
                    failed.push(format!("seed {}, {:?}: {:?}", seed_of[&id], run.trouble, run.found));
                }
                figures.join(run.figures);
            }
            Err(error) => failed.push(format!("seed {}: {error}", seed_of[&error.id()])),
        }
    }
    say(&format!(
        "after {runs} runs in {:.0} s: {}; {} divergences",
        began.elapsed().as_secs_f64(),
        figures.in_words(),
        failed.len()
    ));
    for (kind, (all, happened)) in &kinds {
        say(&format!("  {kind}: {happened} of {all}"));
    }
    assert!(failed.is_empty(), "each alone with CROWFOOT_FAULT_RUNS=1 CROWFOOT_FAULT_SEED=<seed>: {failed:#?}");
    assert!(kinds.values().map(|(_, happened)| *happened).sum::<usize>() as u64 >= runs / 2, "{kinds:?}");
    Arc::into_inner(cluster).unwrap().stop().await;
}

/// A store that is up to date, to begin each run with a copy of it.
async fn make_template(cluster: &Cluster) {
    let admin = cluster.connect("postgres").await;
    admin.batch_execute("create database template_store").await.unwrap();
    drop(Server::start(cluster, "template_store", Dice::new(0), None).await);
    // Until the last connection to it has ended, nobody can copy it.
    let others = "select count(*) from pg_stat_activity where datname = 'template_store'";
    while admin.query_one(others, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        sleep(Duration::from_millis(20)).await;
    }
}

async fn run(cluster: &Cluster, seed: u64) -> Run {
    let mut dice = Dice::new(seed);
    let trouble = Trouble::of(seed, &mut dice);
    let database = format!("store_{seed}");
    let admin = cluster.connect("postgres").await;
    admin.batch_execute(&format!("create database {database} template template_store")).await.unwrap();
    let servers = vec![
        Server::start(cluster, &database, dice.fork(), trouble.hurt()).await,
        Server::start(cluster, &database, dice.fork(), None).await,
    ];
    let one = Diagrams { plain: 0, linked: 1 };
    let (world, mut people) = World::fill(cluster, &database, servers, one, 2, &mut dice).await;
    let (mut other, mut first) = (people.pop().unwrap(), people.pop().unwrap());

    let proxy = &world.servers[0].proxy;
    if dice.chance(50) {
        let jitter = Duration::from_millis(dice.between(1, 6));
        proxy.set_delay(Delay { least: Duration::from_micros(dice.between(0, 1_000)), jitter });
    }
    if let Trouble::Network(_, fault) = trouble {
        proxy.add(fault);
    }
    let (is_saved, patience) = (AtomicBool::new(false), Duration::from_millis(dice.between(1_500, 4_000)));
    let mut dice = dice.fork();
    let ((), (), has_struck) = tokio::join!(
        async {
            save_at_first(&mut first, &world, trouble, patience).await;
            is_saved.store(true, Ordering::Relaxed);
        },
        save_beside(&mut other, &world, &mut dice),
        strike(&world, trouble, &is_saved),
    );
    let has_happened = proxy.clear() == 0 && has_struck;
    first.save_again(&world).await;
    other.save_again(&world).await;

    // What is compared is what lies in the store, not what a server remembers.
    world.servers[1].restart(None).await;
    let diagram = &world.diagrams[0];
    let kept = world.kept(cluster, diagram, &mut other).await;
    let found = divergences(&diagram.history(), &kept);
    let mut figures = Figures::default();
    figures.add(&diagram.history());
    world.remove(cluster).await;
    Run { trouble, has_happened, found, figures }
}

/// A Save that begins at the server that is in trouble, and goes on wherever somebody answers.
async fn save_at_first(person: &mut Person, world: &World, trouble: Trouble, patience: Duration) {
    let diagram = &world.diagrams[0];
    let opened = person.look(world, diagram, 1).await.unwrap();
    let mut edits = person.edits(&opened.schema);
    while edits.len() < 2 {
        edits = person.edits(&opened.schema);
    }
    let is_back = !matches!(trouble, Trouble::Asleep(..));
    person
        .save(world, diagram, &opened, edits, |attempt| match attempt {
            0 => (0, patience),
            // Both servers are asked in turn, unless one of them would fall asleep again.
            _ => (usize::from(!is_back || attempt % 2 == 1), PATIENCE),
        })
        .await;
    person.look(world, diagram, 1).await;
}

/// Somebody else saves in the same diagram meanwhile.
async fn save_beside(person: &mut Person, world: &World, dice: &mut Dice) {
    let diagram = &world.diagrams[0];
    for _ in 0..dice.between(1, 4) {
        sleep(Duration::from_millis(dice.between(0, 1_500))).await;
        let Some(opened) = person.look(world, diagram, 1).await else { continue };
        let edits = person.edits(&opened.schema);
        person.save(world, diagram, &opened, edits, |_| (1, PATIENCE)).await;
    }
}

/// Wakes the server that sleeps, or starts the one that died. False when there was no occasion.
async fn strike(world: &World, trouble: Trouble, is_saved: &AtomicBool) -> bool {
    let server = &world.servers[0];
    let is_down = || match trouble {
        Trouble::Network(..) => false,
        Trouble::Asleep(..) => server.is_stopped(),
        Trouble::Killed(_) => server.has_ended(),
    };
    if matches!(trouble, Trouble::Network(..)) {
        return true;
    }
    while !is_down() {
        if is_saved.load(Ordering::Relaxed) {
            return false;
        }
        sleep(Duration::from_millis(10)).await;
    }
    match trouble {
        Trouble::Network(..) => {}
        Trouble::Asleep(_, time) => {
            sleep(time).await;
            server.send(Signal::CONT);
        }
        Trouble::Killed(_) => server.restart(None).await,
    }
    world.is_calm();
    true
}
