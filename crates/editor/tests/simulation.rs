//! People who edit one diagram over a bad network, thousands of times, against a reference model.
//!
//! `CROWFOOT_SEEDS` sets how many seeds are tried and `CROWFOOT_SEED` the first one; a seed that fails is printed with
//! the shortest list of steps that still fails. With `CROWFOOT_SURVEY=1` all seeds are tried and those that fail are only
//! printed. `CROWFOOT_TRACE=1` prints what is staged after each of those steps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    clippy::cast_possible_truncation,
    reason = "a test fails loudly"
)]

#[path = "simulation/acts.rs"]
mod acts;
#[path = "simulation/client.rs"]
mod client;
#[path = "simulation/devices.rs"]
mod devices;
#[path = "simulation/oracle.rs"]
mod oracle;
#[path = "simulation/script.rs"]
mod script;
#[path = "simulation/server.rs"]
mod server;
#[path = "simulation/world.rs"]
mod world;

use script::{Step, script};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use world::{Stats, World};

const STEPS: usize = 200;
const SHOP: &str = "
users
  id integer!
  name text
  pk users_pkey(id)
orders
  id integer!
  user_id integer
  total integer!
  pk orders_pkey(id)
  check orders_total_check: total > 0
fk orders_user_id_fkey: orders(user_id) -> users(id)
";

/// A panic is a failure like any other, so that its seed is told and its steps are made fewer.
fn run(seed: u64, n_clients: usize, steps: &[Step]) -> Result<Stats, String> {
    let all = || {
        let mut world = World::new(seed, n_clients, &schema::testing::schema_from(SHOP));
        for step in steps {
            world.step(step)?;
        }
        world.end()?;
        Ok(world.stats)
    };
    std::panic::catch_unwind(all).unwrap_or(Err("a panic".to_owned()))
}

/// The same failure, of which the first words tell, with as few steps as can be found.
fn shrink(seed: u64, n_clients: usize, mut steps: Vec<Step>, mut why: String) -> (Vec<Step>, String) {
    let words: String = why.chars().take(8).collect();
    let mut size = steps.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < steps.len() {
            let mut fewer = steps.clone();
            fewer.drain(at..(at + size).min(steps.len()));
            if let Err(still) = run(seed, n_clients, &fewer)
                && still.starts_with(&words)
            {
                (steps, why) = (fewer, still);
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    (steps, why)
}

/// Prints what everybody has staged, and what is held, after each of the steps.
fn trace(seed: u64, n_clients: usize, steps: &[Step]) {
    let mut world = World::new(seed, n_clients, &schema::testing::schema_from(SHOP));
    for step in steps {
        let found = world.step(step);
        eprintln!("{}:{:?} {found:?}, at revision {}", step.client, step.act, world.server.states.len() - 1);
        for (at, client) in world.clients.iter().enumerate() {
            let Some(editor) = &client.editor else { continue };
            eprintln!("  {at} on {}: {:?}", editor.base_revision(), edit::diff(editor.base(), editor.target()));
            editor.draft().clashing.iter().for_each(|edit| eprintln!("    held {edit:?}"));
        }
        if found.is_err() {
            return;
        }
    }
}

fn told(steps: &[Step]) -> String {
    steps.iter().map(|step| format!("{}:{:?}", step.client, step.act)).collect::<Vec<_>>().join(" ")
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn nothing_is_lost_and_nothing_overwritten_unseen() {
    let (first, count) = (number("CROWFOOT_SEED", 0), number("CROWFOOT_SEEDS", 500));
    let (next, total) = (AtomicU64::new(first), Mutex::new((0_u64, Stats::default())));
    let (failed, is_survey) = (Mutex::new(None), number("CROWFOOT_SURVEY", 0) > 0);
    let started = std::time::Instant::now();
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + count || (!is_survey && failed.lock().unwrap().is_some()) {
                return;
            }
            let (n_clients, steps) = script(seed, STEPS);
            match run(seed, n_clients, &steps) {
                Ok(stats) => {
                    let mut total = total.lock().unwrap();
                    total.0 += 1;
                    let sum = &mut total.1;
                    sum.commits += stats.commits;
                    sum.merges += stats.merges;
                    sum.conflicts += stats.conflicts;
                    sum.decided += stats.decided;
                    sum.crashes += stats.crashes;
                    sum.meetings += stats.meetings;
                }
                Err(why) => {
                    // Said before it is made shorter: that takes a while, and may be cut off.
                    eprintln!("seed {seed}, {n_clients} clients: {why}");
                    *failed.lock().unwrap() = Some((seed, n_clients, steps, why));
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..number("CROWFOOT_THREADS", 2) {
            scope.spawn(work);
        }
    });
    if let Some((seed, n_clients, steps, why)) = failed.into_inner().unwrap() {
        assert!(!is_survey, "seeds fail");
        let (steps, why) = shrink(seed, n_clients, steps, why);
        if number("CROWFOOT_TRACE", 0) > 0 {
            trace(seed, n_clients, &steps);
        }
        panic!("seed {seed}, {n_clients} clients, {} steps: {why}\n{}", steps.len(), told(&steps));
    }
    let (runs, stats) = total.into_inner().unwrap();
    eprintln!("{runs} seeds of {STEPS} steps in {:?}: {stats:?}", started.elapsed());
    assert_eq!(runs, count);
    // A simulation in which nothing happens finds nothing; a single seed may well be a quiet one.
    let is_busy = stats.merges > runs && stats.conflicts > runs / 4 && stats.decided > runs / 4;
    assert!(is_busy || count < 50, "{stats:?}");
}
