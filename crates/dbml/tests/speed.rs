//! How long reading takes, and that it grows with the text and no faster.
//!
//! ```text
//! cargo test --release -p dbml --test speed -- --nocapture
//! ```
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use std::fmt::Write;
use std::time::{Duration, Instant};

/// As many tables of ten columns, with notes, an index and about 1.5 references a table.
fn generated(tables: usize) -> String {
    let mut text = String::from("Enum state {\n  open\n  paid [note: 'done']\n}\n\n");
    for n in 0..tables {
        let other = n * 7 % tables;
        writeln!(text, "Table table_{n} [headercolor: #3498db] {{").unwrap();
        writeln!(text, "  id integer [pk, increment, note: 'the key']").unwrap();
        writeln!(text, "  parent_id integer [ref: > table_{other}.id, note: 'who it belongs to']").unwrap();
        writeln!(text, "  state state [not null, default: state.open]").unwrap();
        for column in 0..7 {
            writeln!(text, "  column_{column} varchar(255) [not null, default: 'x{column}']").unwrap();
        }
        writeln!(text, "\n  indexes {{\n    (state, column_1) [name: 'table_{n}_idx', unique]\n  }}").unwrap();
        writeln!(text, "\n  Note: 'Table number {n}'\n}}\n").unwrap();
        if n % 2 == 0 {
            writeln!(text, "Ref: table_{n}.column_2 > table_{other}.column_3 [delete: cascade]\n").unwrap();
        }
    }
    text
}

/// How long this thread has been working, not counting what others did meanwhile, where the system tells; the time
/// since the beginning elsewhere.
fn worked(begin: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begin.elapsed(), Duration::from_nanos)
}

/// The least of several runs of some milliseconds each, for the system counts no finer.
fn least(runs: usize, mut work: impl FnMut()) -> Duration {
    let begin = Instant::now();
    let timed = |_| {
        let (before, mut times) = (worked(begin), 0);
        let started = Instant::now();
        while times == 0 || started.elapsed() < Duration::from_millis(60) {
            work();
            times += 1;
        }
        (worked(begin) - before) / times
    };
    (0..runs).map(timed).min().unwrap()
}

#[test]
fn time_grows_with_the_text() {
    let mut per_table = Vec::new();
    for (tables, runs) in [(100, 5), (1_000, 6), (5_000, 3)] {
        let text = generated(tables);
        let (document, diagnostics) = dbml::parse(&text);
        assert_eq!((document.tables.len(), diagnostics.len()), (tables, 0));
        let parse = least(runs, || drop(dbml::parse(&text)));
        let link = least(runs, || drop(dbml::link(&document)));
        let print = least(runs, || drop(dbml::print(&document)));
        let lower = least(runs, || {
            let mut last = 0;
            dbml::lower(&document, || {
                last += 1;
                last
            });
        });
        println!(
            "{tables} tables, {} bytes: parse {parse:?}, link {link:?}, print {print:?}, lower {lower:?}",
            text.len()
        );
        per_table.push((parse + link) / u32::try_from(tables).unwrap());
    }
    // Five times as many tables would take five times as long a table if anything was quadratic.
    assert!(per_table[2] < per_table[1] * 2, "{per_table:?}");
}
