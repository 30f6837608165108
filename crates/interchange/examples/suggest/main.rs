//! How often suggested references are right, on catalogs whose references are known, and the fitting of the weights.
//!
//! Run it with `cargo xtask bench suggest`, or with `fit` to write the weights anew, or with `misses` and part of a name to
//! see what is wrong where.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a measurement that cannot go on should say so and stop"
)]

mod fit;
mod truth;

use advise::{Feature, Suggestion, Tier, Weights, rows, suggest_by};
use fit::{Example, fit};
use schema::{ColumnId, ObjectId, TableId};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;
use truth::Known;

/// What is known when suggestions are asked for.
#[derive(Clone, Copy, PartialEq)]
enum Mode {
    /// Names, types and keys.
    Hidden,
    /// The references of all other tables too.
    Aliases,
}

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let all = truth::all(&shared);
    let examples: Vec<Vec<Example>> = all.iter().map(examples).collect();
    let without = |family: &str| {
        let rest = all.iter().zip(&examples).filter(|(known, _)| known.family != family && is_learned_from(known));
        fit(&rest.flat_map(|(_, examples)| examples).collect::<Vec<_>>())
    };
    match args.first().map(String::as_str) {
        Some("fit") => write_weights(&without("")),
        Some("misses") => {
            let wanted = args.get(1).map_or("", String::as_str);
            let mode = if args.get(2).is_some_and(|it| it == "aliases") { Mode::Aliases } else { Mode::Hidden };
            for known in all.iter().filter(|it| it.name.contains(wanted)) {
                misses(known, &suggestions(known, mode, &without(&known.family)));
            }
        }
        Some("others") => {
            let families: BTreeSet<&str> = all.iter().map(|it| it.family.as_str()).collect();
            let left_out: BTreeMap<&str, Weights> = families.into_iter().map(|it| (it, without(it))).collect();
            let others: Vec<&Known> = all.iter().filter(|it| !it.is_scored).collect();
            report("Others, left out", &others, |known| {
                suggestions(known, Mode::Hidden, &left_out[known.family.as_str()])
            });
            report("Others, aliases, left out", &others, |known| {
                suggestions(known, Mode::Aliases, &left_out[known.family.as_str()])
            });
        }
        Some("time") => timings(),
        Some("sweep") => sweep(&all, without),
        _ => return score(&all, without),
    }
    ExitCode::SUCCESS
}

/// Whether most of what could be referenced is: others tell that nothing should be.
fn is_learned_from(known: &Known) -> bool {
    known.truth.len() * 3 >= known.schema.tables.len()
}

fn examples(known: &Known) -> Vec<Example> {
    // Large schemas count for more, and not for all.
    let weight = 4.0 / (known.truth.len().max(1) as f64).sqrt();
    let hidden = rows(&known.hidden, advise::Known::All);
    let aliases = rows(&known.schema, advise::Known::OfOtherTables);
    let all = hidden.into_iter().chain(aliases);
    let example = |row: advise::Row| {
        let is_made = is_true(known, row.from.0, row.to.0, &row.from.1, &row.to.1);
        // Candidates of several columns are few, and what they say should be heard.
        let weight = if row.from.1.len() > 1 { 4.0 * weight } else { weight };
        Example { features: row.features, is_made, weight }
    };
    all.map(example).collect()
}

fn is_true(known: &Known, from: TableId, to: TableId, mine: &[ColumnId], theirs: &[ColumnId]) -> bool {
    known.truth.contains(&(from, to, mine.iter().copied().zip(theirs.iter().copied()).collect()))
}

fn suggestions(known: &Known, mode: Mode, weights: &Weights) -> Vec<Suggestion> {
    match mode {
        Mode::Hidden => suggest_by(&known.hidden, advise::Known::All, weights),
        Mode::Aliases => suggest_by(&known.schema, advise::Known::OfOtherTables, weights),
    }
}

/// How many were told, and how many of them are right.
#[derive(Default, Clone, Copy)]
struct Score {
    truth: usize,
    told: usize,
    right: usize,
    preselected: usize,
    preselected_right: usize,
    among_three: usize,
}

impl Score {
    fn of(known: &Known, suggestions: &[Suggestion]) -> Self {
        let mut score = Self { truth: known.truth.len(), ..Self::default() };
        for it in suggestions {
            let is_right =
                usize::from(is_true(known, it.referencing, it.referenced, &it.columns, &it.referenced_columns));
            score.among_three += is_right;
            if it.tier != Tier::List {
                score.told += 1;
                score.right += is_right;
            }
            if it.tier == Tier::Preselect {
                score.preselected += 1;
                score.preselected_right += is_right;
            }
        }
        score
    }

    fn add(&mut self, other: Self) {
        self.truth += other.truth;
        self.told += other.told;
        self.right += other.right;
        self.preselected += other.preselected;
        self.preselected_right += other.preselected_right;
        self.among_three += other.among_three;
    }

    fn f1(&self) -> f64 {
        2.0 * self.right as f64 / ((self.told + self.truth).max(1)) as f64
    }

    fn line(&self, name: &str) -> String {
        let share = |part: usize, whole: usize| if whole == 0 { 0.0 } else { part as f64 / whole as f64 };
        format!(
            "  {name:34} {:5} {:5}  {:.3}  {:.3}  {:.3}   {:.3}  {:5}  {:.3}  {:.3}",
            self.truth,
            self.told,
            share(self.right, self.told),
            share(self.right, self.truth),
            self.f1(),
            share(self.among_three, self.truth),
            self.preselected,
            share(self.preselected_right, self.preselected),
            share(self.preselected_right, self.truth),
        )
    }
}

fn report(title: &str, all: &[&Known], suggestions: impl Fn(&Known) -> Vec<Suggestion>) -> (Score, Score) {
    println!("{title}");
    println!("  schema                              refs  told   prec   rec    F1     rec@3  presel  prec   rec");
    let mut total = Score::default();
    for known in all.iter().filter(|it| !it.truth.is_empty()) {
        let score = Score::of(known, &suggestions(known));
        println!("{}", score.line(&known.name));
        total.add(score);
    }
    println!("{}", total.line("in total"));
    let mut declaring = Score::default();
    for known in all.iter().filter(|it| !it.truth.is_empty() && is_learned_from(it)) {
        declaring.add(Score::of(known, &suggestions(known)));
    }
    println!("{}\n", declaring.line("of those that declare references"));
    (total, declaring)
}

fn score(all: &[Known], without: impl Fn(&str) -> Weights) -> ExitCode {
    let shipped = Weights::fitted();
    let scored: Vec<&Known> = all.iter().filter(|it| it.is_scored).collect();
    let families: BTreeSet<&str> = scored.iter().map(|it| it.family.as_str()).collect();
    let left_out: BTreeMap<&str, Weights> = families.into_iter().map(|it| (it, without(it))).collect();
    let (_, hidden) = report("Names and types alone", &scored, |known| suggestions(known, Mode::Hidden, &shipped));
    let (_, fair) = report("The same, by weights fitted without the schema", &scored, |known| {
        suggestions(known, Mode::Hidden, &left_out[known.family.as_str()])
    });
    let (_, aliases) =
        report("With the references of the other tables", &scored, |known| suggestions(known, Mode::Aliases, &shipped));
    report("The same, by weights fitted without the schema", &scored, |known| {
        suggestions(known, Mode::Aliases, &left_out[known.family.as_str()])
    });
    timings();
    let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
    let bars = [
        ("F1 from names and types alone", hidden.f1(), 0.88),
        ("F1 by weights fitted without the schema", fair.f1(), 0.80),
        ("F1 with the references of the other tables", aliases.f1(), 0.86),
        ("precision of what is preselected", share(hidden.preselected_right, hidden.preselected), 0.95),
        ("recall of what is preselected", share(hidden.preselected_right, hidden.truth), 0.35),
        ("recall among three", share(hidden.among_three, hidden.truth), 0.90),
    ];
    let mut is_met = true;
    for (what, is, least) in bars {
        println!("{} {what}: {is:.3}, at least {least:.2}", if is >= least { "ok  " } else { "MISS" });
        is_met &= is >= least;
    }
    if is_met { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long suggestions take, the best of a few, so that a square would show.
fn timings() {
    for tables in [400, 1_000, 10_000] {
        let mut last = 0;
        let mut next = || {
            last += 1;
            last
        };
        let schema = interchange::read(&generated(tables), interchange::Format::Dbml, &mut next).schema;
        assert_eq!(schema.tables.len(), tables);
        let mut best = f64::MAX;
        let mut count = 0;
        for _ in 0..5 {
            let start = Instant::now();
            count = advise::suggest(&schema).len();
            best = best.min(start.elapsed().as_secs_f64() * 1_000.0);
        }
        println!("{tables} tables: {count} suggestions in {best:.1} ms");
    }
}

/// A schema whose tables have twelve columns each, four of them called after other tables.
fn generated(tables: usize) -> String {
    const NOUNS: [&str; 25] = [
        "user", "order", "item", "status", "category", "address", "invoice", "payment", "product", "review", "group",
        "project", "task", "comment", "label", "event", "ticket", "report", "policy", "branch", "entry", "message",
        "device", "session", "account",
    ];
    let name = |at: usize| {
        let (first, second) = (NOUNS[at % 25], NOUNS[at / 25 % 25]);
        if at < 625 { format!("{first}_{second}") } else { format!("m{}_{first}_{second}", at / 625) }
    };
    let mut text = String::new();
    for at in 0..tables {
        text.push_str(&format!("Table {} {{\n  id bigint [pk]\n  name text\n  status text\n  note text\n", name(at)));
        text.push_str(
            "  created_at timestamptz\n  updated_at timestamptz\n  amount numeric(10,2)\n  created_by bigint\n",
        );
        for (prefix, step) in [("", 7), ("parent_", 13), ("billing_", 29), ("", 101)] {
            text.push_str(&format!("  {prefix}{}_id bigint\n", name((at * step + step) % tables)));
        }
        text.push_str("}\n");
    }
    text
}

/// What the tiers could begin with: how right is what is at least so likely, of all and of what every row has to have, by
/// weights fitted without the schema and by those that are shipped.
fn sweep(all: &[Known], without: impl Fn(&str) -> Weights) {
    let shipped = without("");
    for (mode, is_scored, is_fair) in [
        (Mode::Hidden, true, true),
        (Mode::Hidden, true, false),
        (Mode::Hidden, false, true),
        (Mode::Aliases, true, true),
        (Mode::Aliases, true, false),
        (Mode::Aliases, false, true),
    ] {
        println!("aliases {} scored {is_scored} fair {is_fair}", mode == Mode::Aliases);
        let mut told: Vec<(f64, bool, bool)> = Vec::new();
        let mut truth = 0;
        for known in all.iter().filter(|it| it.is_scored == is_scored && is_learned_from(it)) {
            truth += known.truth.len();
            let mut seen = BTreeSet::new();
            let weights = if is_fair { without(&known.family) } else { shipped.clone() };
            for it in suggestions(known, mode, &weights) {
                if seen.insert((it.referencing, it.columns.clone())) {
                    let right = is_true(known, it.referencing, it.referenced, &it.columns, &it.referenced_columns);
                    let table = known.schema.table(it.referencing).unwrap();
                    told.push((it.confidence, right, it.columns.iter().all(|column| !table.is_nullable(*column))));
                }
            }
        }
        for least in [0.97, 0.96, 0.95, 0.94, 0.93, 0.92, 0.91, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4, 0.3, 0.2] {
            print!("{least:.2}");
            for is_mandatory in [false, true] {
                let taken = told.iter().filter(|(likely, _, it)| *likely >= least && (*it || !is_mandatory));
                let (count, right) = (taken.clone().count(), taken.filter(|(_, right, _)| *right).count());
                let (precision, recall) = (right as f64 / count.max(1) as f64, right as f64 / truth as f64);
                let f1 = 2.0 * right as f64 / (count + truth) as f64;
                print!("  {count:5} {precision:.3} {recall:.3} {f1:.3}");
            }
            println!();
        }
    }
}

/// The file of weights, as it is committed.
fn write_weights(weights: &Weights) {
    println!("//! What each feature counts. Fitted by `cargo xtask bench suggest fit`; not to be edited by hand.\n");
    println!("use super::features::Feature;\n");
    println!("/// What counts without any feature.\npub(super) const BIAS: f64 = {:.2};\n", weights.bias);
    println!("/// What each feature adds.\npub(super) const OF: &[(Feature, f64)] = &[");
    for (feature, weight) in Feature::ALL.iter().zip(&weights.of) {
        println!("    (Feature::{feature:?}, {weight:.2}),");
    }
    println!("];");
}

/// What is told wrongly, and what is not told.
fn misses(known: &Known, suggestions: &[Suggestion]) {
    println!("{}", known.name);
    let label = |table: TableId, columns: &[ColumnId]| {
        let names = columns.iter().map(|it| known.schema.label(ObjectId::Column(table, *it)).unwrap());
        names.collect::<Vec<_>>().join(",")
    };
    let mut missing = known.truth.clone();
    for it in suggestions {
        let (from, to) = (label(it.referencing, &it.columns), label(it.referenced, &it.referenced_columns));
        let pairs = it.columns.iter().copied().zip(it.referenced_columns.iter().copied()).collect();
        let is_right = missing.contains(&(it.referencing, it.referenced, pairs));
        if is_right && it.tier != Tier::List {
            let pairs = it.columns.iter().copied().zip(it.referenced_columns.iter().copied()).collect();
            missing.remove(&(it.referencing, it.referenced, pairs));
        }
        match (is_right, it.tier) {
            (true, Tier::List) => println!("  listed {from} -> {to}  {:.2} {}", it.confidence, it.reason),
            (false, Tier::List) | (true, _) => {}
            (false, _) => println!("  wrong  {from} -> {to}  {:.2} {}", it.confidence, it.reason),
        }
    }
    for (from, to, pairs) in missing {
        let (mine, theirs): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
        println!("  missed {} -> {}", label(from, &mine), label(to, &theirs));
    }
}
