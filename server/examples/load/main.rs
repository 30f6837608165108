//! What one server does on this machine, with its PostgreSQL and those who ask beside it. Requests come at a fixed rate,
//! whether or not the ones before have been answered, and their time counts from when they should have been sent.
//!
//! Run it with `cargo xtask bench load`, which builds the server that is measured.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a measurement that cannot go on should say so and stop"
)]

mod client;
mod diagram;
mod histogram;
mod processor;
mod rate;

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};

use server::postgres::{Durability, Postgres, PostgresConfig};
use tokio::{sync::Mutex, time::sleep};

use crate::{
    client::Client,
    diagram::Diagram,
    histogram::Histogram,
    processor::Worked,
    rate::{Load, load},
};

const N_DIAGRAMS: usize = 100;
const LOAD_WITHIN: Duration = Duration::from_millis(60);
const SAVE_WITHIN: Duration = Duration::from_millis(200);
const REFUSED_WITHIN: Duration = Duration::from_millis(100);
const RECOVERED_WITHIN: Duration = Duration::from_secs(10);
/// How long each rate is held.
const HELD: Duration = Duration::from_secs(8);
const N_SAVES: usize = 60;

struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let binary = std::env::args().nth(1).expect("the server's binary as the only argument");
    let folder = std::env::temp_dir().join(format!("crowfoot-bench-load-{}", std::process::id()));
    let config = PostgresConfig { folder: folder.clone(), binaries: None, durability: Durability::Safe };
    let postgres = Postgres::start(&config).await.unwrap();
    postgres.ensure_database("crowfoot").await.unwrap();
    let url = postgres.url("crowfoot");
    let (server, address) = start(&binary, &url);
    let client = Arc::new(Client::new(address));

    let mut cookie = String::new();
    let mut diagrams = Vec::new();
    for _ in 0..N_DIAGRAMS {
        diagrams.push(Arc::new(Mutex::new(Diagram::create(&client, &mut cookie, 100).await)));
    }
    let pids = (server.0.id(), postgres.pid().unwrap());
    let people = Everything { client, cookie, diagrams, pids };
    let best = people.measure_loads().await;
    people.measure_saves().await;
    people.measure_raw(&url).await;
    people.measure_sizes().await;
    people.measure_overload(best).await;
    drop(server);
    postgres.stop().await.unwrap();
    if let Err(error) = fs::remove_dir_all(&folder) {
        say(&format!("{} stays: {error}", folder.display()));
    }
}

fn start(binary: &str, database_url: &str) -> (Process, String) {
    let mut command = Command::new(binary);
    command.args(["serve", "--addr", "127.0.0.1:0"]).env("DATABASE_URL", database_url);
    // No page is asked for.
    command.env("CROWFOOT_SITE", env!("CARGO_MANIFEST_DIR")).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let line = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let address = line.rsplit("http://").next().unwrap().trim().to_owned();
    (Process(child), address)
}

fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says a figure, with what it should be.
fn judge(figure: &str, is_met: bool, bar: &str) {
    say(&format!("{} {figure} (bar: {bar})", if is_met { "pass" } else { "MISS" }));
}

/// The server, and what is in it.
struct Everything {
    client: Arc<Client>,
    cookie: String,
    diagrams: Vec<Arc<Mutex<Diagram>>>,
    /// The server's process, and PostgreSQL's first one.
    pids: (u32, u32),
}

impl Everything {
    fn worked(&self) -> Worked {
        Worked::until_now(self.pids.0, self.pids.1)
    }

    /// Opens diagrams at a rate.
    async fn open(&self, rate: f64, held: Duration, more: &'static str) -> Load {
        let mut bodies = Vec::new();
        for diagram in &self.diagrams {
            bodies.push(diagram.lock().await.open_body());
        }
        let bodies = Arc::new(bodies);
        load(rate, held, |at| {
            let (client, cookie, bodies) = (Arc::clone(&self.client), self.cookie.clone(), Arc::clone(&bodies));
            async move {
                let body = &bodies[at % bodies.len()];
                client.post("open_diagram", &cookie, more, body).await.map_or(0, |answer| answer.status)
            }
        })
        .await
    }

    /// The highest rate at which a diagram of 100 tables opens in time.
    async fn measure_loads(&self) -> f64 {
        let mut best = 0.0;
        for rate in [100.0, 200.0, 300.0, 400.0, 600.0, 800.0, 1000.0, 1200.0, 1500.0, 2000.0, 2500.0, 3000.0] {
            let before = self.worked();
            let done = self.open(rate, HELD, "").await;
            let cost = self.worked().each(before, (rate * HELD.as_secs_f64()) as u64);
            say(&format!("  opening at {rate} a second: {}; {cost}", done.in_words()));
            if !done.holds(LOAD_WITHIN) {
                break;
            }
            best = rate;
        }
        judge(&format!("opening 100 tables: {best} a second"), best >= 1000.0, "1000 a second, p99 below 60 ms");
        let (before, rate) = (self.worked(), f64::max(best / 4.0, 50.0));
        let packed = self.open(rate, HELD, "Accept-Encoding: gzip, br\r\n").await;
        let cost = self.worked().each(before, (rate * HELD.as_secs_f64()) as u64);
        say(&format!("  compressed, as browsers ask for it, at {rate} a second: {}; {cost}", packed.in_words()));
        best
    }

    /// Saves of ten edits, over all diagrams.
    async fn measure_saves(&self) {
        let mut best = 0.0;
        for rate in [25.0, 50.0, 100.0, 150.0, 200.0, 250.0, 300.0] {
            let before = self.worked();
            let done = load(rate, HELD, |at| {
                let (client, cookie) = (Arc::clone(&self.client), self.cookie.clone());
                let diagram = Arc::clone(&self.diagrams[at % self.diagrams.len()]);
                async move { diagram.lock().await.save(&client, &cookie).await }
            })
            .await;
            let cost = self.worked().each(before, (rate * HELD.as_secs_f64()) as u64);
            say(&format!("  saving at {rate} a second: {}; {cost}", done.in_words()));
            if !done.holds(SAVE_WITHIN) {
                break;
            }
            best = rate;
        }
        judge(&format!("saving 10 edits: {best} a second"), best >= 150.0, "150 a second, p99 below 200 ms");
    }

    /// One Save after the other, and the statements that it comes to, without a server. Those go to another diagram of the
    /// same size: what a server did not write itself it would have to read again.
    async fn measure_raw(&self, url: &str) {
        let (saved, raw) = {
            let (mut diagram, mut other) = (self.diagrams[0].lock().await, self.diagrams[1].lock().await);
            let (raw_client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            let raw_statements = other.prepare_raw(&raw_client).await;
            let (mut saved, mut raw) = (Histogram::default(), Histogram::default());
            // In turn, so that both have the same machine.
            for _ in 0..N_SAVES {
                let began = Instant::now();
                assert_eq!(diagram.save(&self.client, &self.cookie).await, 200);
                saved.record(began.elapsed());
                let began = Instant::now();
                other.save_raw(&raw_client, &raw_statements).await;
                raw.record(began.elapsed());
            }
            (saved, raw)
        };
        let times = saved.at(500).as_secs_f64() / raw.at(500).as_secs_f64();
        say(&format!("  a Save of 10 edits: {}; as one transaction: {}", saved.in_words(), raw.in_words()));
        judge(&format!("a Save is {times:.2} times its statements"), times <= 1.5, "1.5 times");
    }

    /// What a Save costs in small and large diagrams.
    async fn measure_sizes(&self) {
        let mut medians = Vec::new();
        let mut cookie = self.cookie.clone();
        for tables in [10, 100, 1_000, 5_000] {
            let mut diagram = Diagram::create(&self.client, &mut cookie, tables).await;
            let mut times = Histogram::default();
            for _ in 0..N_SAVES / 2 {
                let began = Instant::now();
                assert_eq!(diagram.save(&self.client, &cookie).await, 200);
                times.record(began.elapsed());
            }
            say(&format!("  a Save of 10 edits among {tables} tables: {}", times.in_words()));
            medians.push(times.at(500).as_secs_f64());
        }
        let times = medians[3] / medians[0];
        judge(
            &format!("a Save among 5000 tables costs {times:.2} times one among 10"),
            times <= 1.5,
            "flat: 1.5 times",
        );
    }

    /// Three times as much as it can do, and how soon it is well again.
    async fn measure_overload(&self, best: f64) {
        // Where it holds no rate at all, on a machine that is busy with something else, three times nothing is no load.
        let best = best.max(100.0);
        let done = self.open(best * 3.0, Duration::from_secs(10), "").await;
        say(&format!("  opening at {} a second: {}", best * 3.0, done.in_words()));
        let refused = done.refused.at(990);
        let is_quick = done.refused.count() > 0 && refused <= REFUSED_WITHIN;
        judge(&format!("refused within {} ms", refused.as_millis()), is_quick, "503 within 100 ms");
        let ended = Instant::now();
        let took = loop {
            let second = self.open(best / 2.0, Duration::from_secs(1), "").await;
            if second.holds(LOAD_WITHIN) || ended.elapsed() > Duration::from_secs(60) {
                break ended.elapsed();
            }
            sleep(Duration::from_millis(10)).await;
        };
        judge(&format!("well again after {:.1} s", took.as_secs_f64()), took <= RECOVERED_WITHIN, "10 s");
    }
}
