//! How long texts take, DBML to PostgreSQL and back, beside the reference implementation of DBML: both in their own
//! process, warm, on the same texts, one after the other. What counts is the processor's time, as the machine may do other
//! things too.
//!
//! Run it with `cargo xtask bench text`, which installs the reference.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should say so and stop"
)]

use interchange::{Dialect, Format, read, write};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// How many tables the texts have.
const SIZES: [usize; 3] = [100, 1_000, 5_000];
/// How often all sizes are measured, one after the other, so that what else the machine does is shared fairly.
const ROUNDS: usize = 9;
/// How many times faster than the reference both ways have to be.
const LEAST_FASTER: f64 = 50.0;
/// How much more a table may cost among 5,000 than among 1,000.
const MOST_GROWTH: f64 = 1.3;

/// A way from one format to the other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Way {
    key: &'static str,
    name: &'static str,
    from: Format,
    to: Format,
}

const POSTGRES: Format = Format::Sql(Dialect::Postgres);
const WAYS: [Way; 2] = [
    Way { key: "dbml", name: "DBML to PostgreSQL", from: Format::Dbml, to: POSTGRES },
    Way { key: "sql", name: "PostgreSQL to DBML", from: POSTGRES, to: Format::Dbml },
];

fn main() -> ExitCode {
    let script = PathBuf::from(std::env::args().nth(1).unwrap());
    let folder = std::env::temp_dir().join(format!("crowfoot-text-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    for tables in SIZES {
        fs::write(folder.join(format!("{tables}.dbml")), generated(tables)).unwrap();
    }
    let reference = of_reference(&script, &folder);
    let own = of_ours(&folder);
    fs::remove_dir_all(&folder).unwrap();
    let mut is_met = true;
    for way in WAYS {
        println!("{}", way.name);
        for tables in SIZES {
            let (own, reference) = (median(&own[&(way, tables)]), reference[&(way.key.to_owned(), tables)]);
            let faster = reference / own;
            is_met &= faster >= LEAST_FASTER;
            println!(
                "  {tables:>5} tables: {own:>8.2} ms, {:.1} µs a table; reference {reference:>9.1} ms: {faster:.0} times",
                own * 1_000.0 / tables as f64
            );
        }
        let rounds = own[&(way, 1_000)].iter().zip(&own[&(way, 5_000)]);
        let growth = median(&rounds.map(|(small, large)| large / small / 5.0).collect::<Vec<_>>());
        is_met &= growth <= MOST_GROWTH;
        println!("  a table among 5,000 costs {growth:.2} times one among 1,000");
    }
    if !is_met {
        println!("it has to be {LEAST_FASTER} times at least, and {MOST_GROWTH} times at most");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// As many tables of ten columns, with an enum, four notes and a compound index each, and about 1.5 references a table.
fn generated(tables: usize) -> String {
    let mut text = String::from("Enum state {\n  open\n  paid [note: 'done']\n}\n\n");
    for n in 0..tables {
        let other = n * 7 % tables;
        writeln!(text, "Table table_{n} {{").unwrap();
        writeln!(text, "  id integer [pk, increment, note: 'the key']").unwrap();
        writeln!(text, "  parent_id integer [ref: > table_{other}.id, note: 'who it belongs to']").unwrap();
        writeln!(text, "  state state [not null, default: 'open', note: 'how far it is']").unwrap();
        for column in 0..7 {
            writeln!(text, "  column_{column} varchar(255) [not null, default: 'x{column}']").unwrap();
        }
        writeln!(text, "\n  indexes {{\n    (state, column_1) [name: 'table_{n}_idx', unique]\n  }}").unwrap();
        writeln!(text, "\n  Note: 'Table number {n}'\n}}\n").unwrap();
        if n % 2 == 0 {
            writeln!(text, "Ref: table_{n}.parent_id > table_{}.id [delete: cascade]\n", (other + 1) % tables).unwrap();
        }
    }
    text
}

/// The milliseconds that the reference takes, by way and number of tables. It leaves its SQL in the folder.
fn of_reference(script: &Path, folder: &Path) -> BTreeMap<(String, usize), f64> {
    let mut node = Command::new("node");
    // The reference wants more memory for 5,000 tables than Node allows by itself.
    node.arg("--max-old-space-size=6000").arg(script).arg(folder).args(SIZES.map(|tables| tables.to_string()));
    let output = node.stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "the reference ended with {}", output.status);
    let told = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let mut words = line.split(' ');
        let way = words.next().unwrap().to_owned();
        ((way, words.next().unwrap().parse().unwrap()), words.next().unwrap().parse().unwrap())
    };
    told.lines().map(line).collect()
}

/// The milliseconds that we take, round by round. The first round, in which nothing is warm, does not count.
fn of_ours(folder: &Path) -> BTreeMap<(Way, usize), Vec<f64>> {
    let begin = Instant::now();
    let mut measured: BTreeMap<(Way, usize), Vec<f64>> = BTreeMap::new();
    for round in 0..=ROUNDS {
        for way in WAYS {
            for tables in SIZES {
                let text = fs::read_to_string(folder.join(format!("{tables}.{}", way.key))).unwrap();
                // What takes some microseconds is done several times.
                let times = 1_000 / tables.min(1_000);
                let before = worked(begin);
                for _ in 0..times {
                    convert(&text, way, tables);
                }
                let took = (worked(begin) - before).as_secs_f64() * 1_000.0 / times as f64;
                if round > 0 {
                    measured.entry((way, tables)).or_default().push(took);
                }
            }
        }
    }
    measured
}

/// How long this thread has been working, not counting what others did meanwhile, where the system tells; the time since
/// the beginning elsewhere.
fn worked(begin: Instant) -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begin.elapsed(), Duration::from_nanos)
}

fn convert(text: &str, way: Way, tables: usize) {
    let mut last = 0;
    let mut next_id = || {
        last += 1;
        last
    };
    let reading = read(text, way.from, &mut next_id);
    assert_eq!((reading.schema.tables.len(), reading.schema.references.len()), (tables, tables + tables.div_ceil(2)));
    assert!(write(&reading.schema, way.to).text.len() > text.len() / 2);
}

fn median(of: &[f64]) -> f64 {
    let mut sorted = of.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
