//! Broken texts: every beginning of a text, and texts with bytes changed, put in and taken out. None of them may make
//! reading fail, and what is said of them must lie in them.
//!
//! The texts are those of `tests/found`, which once made something fail, some of our own, and the reference's where
//! they are (see `reference`). It runs for two seconds; for ten minutes:
//!
//! ```text
//! DBML_FUZZ_SECONDS=600 cargo test --release -p dbml --test mutations -- --nocapture
//! ```
//!
//! What fails is printed and written to the temporary folder; put it into `tests/found` with a name that says why.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails loudly")]

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

/// Texts that have a bit of everything.
const OWN: &[&str] = &[
    include_str!("found/everything.dbml"),
    "Table a {\n  id int [pk, note: 'it\\'s']\n  b numeric(10, 2)[] [default: -1.5, ref: > a.id]\n}\n",
    "Enum s.e { x [note: \"n\"] }\nRef: a.(x, y) ?<>? b.(c, d) [delete: set null, color: #fff]\n",
    "Records a(x, y) {\n  1, , 'two'\n  e.f, `now()`, null\n}\nDep { a -> b\n note: 'x' }\n",
    "use { table x as y\n enum z } from './w'\nMetadata Column a.b { k: #123 }\n",
];

/// Steele and Vigna's SplitMix64, so that a run can be repeated.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn seeds() -> Vec<String> {
    let mut seeds: Vec<String> = OWN.iter().map(|text| (*text).to_owned()).collect();
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = here.join("../../../shared/dbml");
    for folder in [here.join("tests/found"), shared.join("dbml_parse"), shared.join("dbml_inline")] {
        let Ok(entries) = std::fs::read_dir(folder) else { continue };
        let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        let texts = paths.iter().filter(|path| path.extension().is_some_and(|ending| ending == "dbml"));
        seeds.extend(texts.filter_map(|path| std::fs::read_to_string(path).ok()));
    }
    seeds
}

/// Everything that is done with a text.
fn survives(text: &str) {
    let (document, diagnostics) = dbml::parse(text);
    let lines = dbml::Lines::of(text);
    for found in &diagnostics {
        assert!(text.get(found.span.start as usize..found.span.end as usize).is_some(), "{found:?}");
        assert!(lines.position(found.span.start) <= lines.position(found.span.end));
        assert!(!found.message.is_empty() && found.message.len() < 1_000, "{}", found.message);
    }
    for version in [dbml::Version::Eight, dbml::Version::Ten] {
        let printed = dbml::print_for(&document, version);
        let again = dbml::parse(&printed.text).0;
        assert_eq!(dbml::print_for(&again, version).text, printed.text);
    }
    let mut last = 0;
    dbml::lower(&document, || {
        last += 1;
        last
    });
}

fn check(text: &str) {
    let owned = text.to_owned();
    if catch_unwind(move || survives(&owned)).is_err() {
        let path = std::env::temp_dir().join("dbml-found.dbml");
        std::fs::write(&path, text).unwrap();
        panic!("this text fails, and is kept in {}:\n{text}", path.display());
    }
}

fn mutated(random: &mut Random, seeds: &[String]) -> String {
    const PIECES: [&str; 24] = [
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        ":",
        ",",
        ".",
        "'",
        "'''",
        "\"",
        "`",
        "~",
        "*",
        "\\",
        "\n",
        "//",
        "/*",
        "->",
        "?>",
        "Table ",
        "[ref: > ",
        "\u{1F600}",
    ];
    let seed = &seeds[random.below(seeds.len())];
    let mut bytes = seed.clone().into_bytes();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() + 1);
        match random.below(5) {
            0 if at < bytes.len() => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            1 if at < bytes.len() => {
                bytes.remove(at);
            }
            2 => {
                let end = (at + random.below(30)).min(bytes.len());
                bytes.drain(at..end);
            }
            3 => {
                let other = seeds[random.below(seeds.len())].as_bytes();
                let from = random.below(other.len() + 1);
                let piece = other[from..(from + random.below(60)).min(other.len())].to_vec();
                bytes.splice(at..at, piece);
            }
            _ => {
                let piece = PIECES[random.below(PIECES.len())].bytes();
                bytes.splice(at..at, piece);
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn what_was_found_stays_mended() {
    for text in seeds() {
        check(&text);
    }
}

#[test]
fn every_beginning_of_a_text_is_read() {
    for text in OWN {
        for (at, _) in text.char_indices() {
            check(&text[..at]);
        }
    }
}

#[test]
fn changed_texts_are_read() {
    let seconds = std::env::var("DBML_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(2);
    let end = Instant::now() + Duration::from_secs(seconds);
    let seeds = seeds();
    let mut random = Random(if seconds > 2 { u64::from(std::process::id()) } else { 1 });
    let mut count = 0_u64;
    while Instant::now() < end {
        check(&mutated(&mut random, &seeds));
        count += 1;
    }
    println!("{count} texts in {seconds} s");
}

/// How long this thread has been working, not counting what others did meanwhile, where the system tells; the time
/// since the beginning elsewhere.
fn worked(begin: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse().ok());
    nanoseconds.map_or_else(|| begin.elapsed(), Duration::from_nanos)
}

/// Texts that would take a naive reader too deep, or far too long. Each is read in much less than a second.
#[test]
fn hostile_texts_are_read_in_time() {
    let many = 20_000;
    let repeated = |piece: &str| piece.repeat(many);
    let numbered = |make: fn(usize) -> String| (0..many).map(make).collect::<String>();
    let cases = [
        ("parentheses", repeated("(")),
        ("brackets", format!("Table a {}", repeated("["))),
        ("braces", format!("Table {}", repeated("a {"))),
        ("signs", format!("Table a {{ b c [default: {}1] }}", repeated("-"))),
        ("points", format!("Ref: {}a > b.c", repeated("a."))),
        ("sums", format!("Ref: {}a", repeated("a + "))),
        ("calls", format!("Table a {{ b c{} }}", repeated("()"))),
        ("commas", format!("Records a(b) {{\n{}\n}}", repeated(","))),
        ("errors within a bracket", format!("Table a {{ b c [{}", repeated("; "))),
        ("errors on many lines", format!("Table a {{{}", repeated("\n** ("))),
        ("columns of one name", format!("Table a {{{}}}", repeated("\nb c"))),
        ("tables of one name", repeated("Table a { b c }\n")),
        ("settings of one name", format!("Table a {{ b c [{}pk] }}", repeated("pk, "))),
        ("settings", format!("Table a {{ b c [{}pk] }}", numbered(|n| format!("k{n}: '', ")))),
        ("a long name", format!("Table a {{ b c }}\nRef: {} > a.b", "x".repeat(many * 10))),
        ("open strings", repeated("'\n")),
        (
            "partials that multiply",
            format!(
                "TablePartial p {{{}}}\n{}",
                numbered(|n| format!("\nc{n} int")),
                numbered(|n| format!("Table t{n} {{ ~p }}\nRef: t{n}.c1 > t{n}.c2\n")),
            ),
        ),
        (
            "partials of many columns with refs",
            format!(
                "Table x {{ y int }}\nTablePartial p {{{}}}\n{}",
                numbered(|n| format!("\nc{n} int [ref: > x.y]")),
                numbered(|n| format!("Table t{n} {{ ~p }}\n")),
            ),
        ),
    ];
    let begin = Instant::now();
    for (what, text) in cases {
        let before = worked(begin);
        let _read = dbml::parse(&text);
        let took = worked(begin) - before;
        assert!(took < Duration::from_secs(20), "{what} took {took:?}");
        println!("{what}: {} bytes in {took:?}", text.len());
    }
}
