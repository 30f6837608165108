//! Damaged texts: bytes changed, pieces cut out, doubled or put elsewhere, and texts made to take long. Nothing panics,
//! nothing takes more than linear time, and every statement stays in the answer.

use crate::shared;
use sql::{Dialect, build, detect, lower, read, report, split};
use std::time::{Duration, Instant};

/// What is damaged, besides the beginnings of real files.
const SEEDS: [&str; 8] = [
    "create table a (b int primary key, c text default 'x' not null check (c <> ''), d int[] references a (b) on delete cascade);\n",
    "comment on column a.b is E'x\\'y'; do $x$ begin; end $x$; copy a from stdin;\n1\t2\n\\.\n\\connect x\ncreate index on a (lower(b) desc);\n",
    "CREATE TABLE `a` (`b` enum('x','y') NOT NULL AUTO_INCREMENT, KEY `k` (`b`(3)), /*!80000 INVISIBLE */) ENGINE=InnoDB;\nDELIMITER $$\nbegin end$$\nDELIMITER ;\n",
    "create table [a] ([b] int identity(1,1), constraint [c] primary key clustered ([b] asc) with (x = off) on [primary])\ngo\nexec sp_addextendedproperty 'MS_Description', 'x', 'schema', dbo, 'table', a\n",
    "rem it's\ncreate table a (b number(10,0) generated always as identity, c clob) storage (initial 1)\n/\nbegin\n a;\nend;\n/\nalter table a modify (b not null);\n",
    "create table p (a int) partition by range (a); create table q partition of p for values from (1) to (2); alter table p attach partition q default;\n",
    "alter table a rename to b; alter table b rename column c to d; drop table a, b cascade; create table l (like a including all) inherits (b);\n",
    "create type e as enum ('a'); alter type e add value 'b' before 'a'; create domain d as text check (value <> ''); create sequence s owned by a.b;\n",
];

/// How long to go on; by the environment ten minutes, or as long as one likes.
fn time() -> Duration {
    let seconds = std::env::var("SQL_DAMAGE_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(3))
}

/// Marsaglia's xorshift: the same damage at every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit.max(1)).unwrap()).unwrap()
    }
}

fn check(text: &str, dialect: Dialect) {
    let mut end = 0;
    for piece in split(text, dialect) {
        assert!(piece.span.start >= end && piece.span.end <= text.len(), "{dialect}: {text:?}");
        assert!(text.get(piece.span.clone()).is_some(), "{dialect}: {text:?}");
        end = piece.span.end;
    }
    let script = read(text, dialect);
    let mut end = 0;
    for statement in &script.statements {
        assert!(statement.span.start >= end && text.get(statement.span.clone()).is_some(), "{dialect}: {text:?}");
        end = statement.span.end;
    }
    assert!(script.statements.len() >= split(text, dialect).len());
    let catalog = build(&script);
    let report = report(&script, &catalog);
    assert_eq!(report.statements + report.data + report.session, script.statements.len());
    let mut next = 0;
    let mut ids = std::iter::from_fn(|| {
        next += 1;
        Some(uuid::Uuid::from_u128(next))
    });
    let lowered = lower(&catalog, &mut ids);
    assert!(lowered.schema.tables.len() <= catalog.tables.len());
}

#[test]
fn no_bytes_make_it_panic() {
    let mut seeds: Vec<String> = SEEDS.iter().map(ToString::to_string).collect();
    for (_, text) in shared::schemas("") {
        let from = text.len() / 3;
        for range in [0..2_000, from..from + 2_000] {
            seeds.push(String::from_utf8_lossy(text.as_bytes().get(range).unwrap_or_default()).into_owned());
        }
    }
    let (begin, mut random, mut rounds) = (Instant::now(), Random(0x9e37_79b9_7f4a_7c15), 0_u32);
    while begin.elapsed() < time() {
        let mut bytes = seeds[random.below(seeds.len())].clone().into_bytes();
        for _ in 0..=random.below(6) {
            damage(&mut bytes, &seeds, &mut random);
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let dialect = Dialect::ALL[random.below(Dialect::ALL.len())];
        check(&text, dialect);
        detect(&text);
        rounds += 1;
    }
    assert!(rounds > 50, "{rounds} rounds");
}

fn damage(bytes: &mut Vec<u8>, seeds: &[String], random: &mut Random) {
    const MARKS: &[u8] = b"'\"`[]()$;,.\\/*-#@:\n\0\xff\xe2";
    if bytes.is_empty() {
        return;
    }
    let at = random.below(bytes.len());
    let to = (at + random.below(40)).min(bytes.len());
    match random.below(6) {
        0 => bytes[at] = MARKS[random.below(MARKS.len())],
        1 => bytes.insert(at, MARKS[random.below(MARKS.len())]),
        2 => drop(bytes.drain(at..to)),
        3 => bytes.truncate(at),
        4 => {
            let again = bytes[at..to].to_vec();
            bytes.splice(at..at, again);
        }
        _ => {
            let other = seeds[random.below(seeds.len())].as_bytes();
            let from = random.below(other.len());
            let piece = other[from..(from + random.below(60)).min(other.len())].to_vec();
            bytes.splice(at..at, piece);
        }
    }
}

/// Every prefix of a text is a text that somebody may drop.
#[test]
fn every_prefix_is_read() {
    for dialect in Dialect::ALL {
        for seed in SEEDS {
            for end in 0..=seed.len() {
                check(&seed[..end], dialect);
            }
        }
    }
}

/// Texts that would take long if anything in the reader took more than linear time.
#[test]
fn nothing_takes_longer_than_its_length() {
    let many = |piece: &str, bytes: usize| piece.repeat(bytes / piece.len());
    let numbered = |of: &dyn Fn(usize) -> String, count: usize| (0..count).map(of).collect::<String>();
    let texts = [
        many("(", 1 << 18),
        many("create table a (b int check (", 1 << 17),
        many("'", (1 << 18) + 1),
        many("'\n''\n", 1 << 18),
        numbered(&|n| format!("$a{n}$ "), 15_000),
        many("/*", 1 << 18),
        many("/* \n", 1 << 17),
        many("\"\n", (1 << 18) + 1),
        many("create table a (", 1 << 17),
        many("case ", 1 << 17),
        many("end\n", 1 << 17),
        many("-", 1 << 18),
        many("[", 1 << 18),
        many("begin create ", 1 << 17),
        many("create trigger t begin ", 1 << 17),
        numbered(&|n| format!("create table t{n} (a int, b int, c int);"), 8_000),
        format!(
            "create table p (a int) partition by list (a); {}",
            numbered(&|n| format!("create table p{n} partition of p for values in ({n});"), 3_000)
        ),
        format!(
            "create table p ({} z int); {}",
            numbered(&|n| format!("c{n} int,"), 2_000),
            numbered(&|n| format!("create table p{n} (like p);"), 3_000)
        ),
        format!("create table a (b int); {}", many("alter table a add check (b > 0);", 1 << 17)),
        format!("create table a (b int); {}", many("create index on a (b);", 1 << 17)),
        format!(
            "create table a (b int); {}",
            many("alter table a rename b to c; alter table a rename c to b;", 1 << 17)
        ),
        format!("create table a ({} z int)", numbered(&|n| format!("c{n} int references a,"), 6_000)),
        format!("{} select 1", many("if 1 = 1\n", 1 << 17)),
        many("exec sp_rename 'a', 'b'\n", 1 << 17),
    ];
    for text in texts {
        for dialect in Dialect::ALL {
            let begin = Instant::now();
            check(&text, dialect);
            let taken = begin.elapsed();
            assert!(taken < Duration::from_secs(10), "{dialect}: {taken:?} for {}…", &text[..60]);
        }
    }
}
