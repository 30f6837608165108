//! Whose SQL a file is probably written in, for a file that somebody drops somewhere.

use crate::Dialect;
use crate::script::Body;

/// How much of a text is looked at, in bytes.
const SAMPLE: usize = 256 << 10;
/// A mark counts at most so many times.
const MOST: usize = 4;

use Dialect::{MariaDb, MySql, Oracle, Postgres, SqlServer, Sqlite};

/// Words that tell of a dialect, lower case, with what each is worth.
const MARKS: [(Dialect, u32, &str); 91] = [
    (Postgres, 40, "postgresql database dump"),
    (Postgres, 20, "pg_catalog"),
    (Postgres, 20, "\n\\connect"),
    (Postgres, 20, "\n\\restrict"),
    (Postgres, 20, "\n\\set "),
    (Postgres, 20, "\n\\c "),
    (Postgres, 10, "postgresql"),
    (Postgres, 3, " timestamp "),
    (Postgres, 3, " timestamp,"),
    (Postgres, 10, "create extension"),
    (Postgres, 12, "create table public."),
    (Postgres, 15, "alter table only"),
    (Postgres, 10, "owner to "),
    (Postgres, 10, "owned by "),
    (Postgres, 8, "nextval('"),
    (Postgres, 8, "character varying"),
    (Postgres, 10, "plpgsql"),
    (Postgres, 10, "timestamptz"),
    (Postgres, 8, "without time zone"),
    (Postgres, 6, "with time zone"),
    (Postgres, 8, "as enum"),
    (Postgres, 8, "jsonb"),
    (Postgres, 8, "bytea"),
    (Postgres, 6, "serial"),
    (Postgres, 6, "::"),
    (Postgres, 6, "text[]"),
    (Postgres, 6, "using gin"),
    (Postgres, 6, "using btree ("),
    (Postgres, 6, "from stdin"),
    (Postgres, 4, "$$"),
    (Postgres, 4, " uuid"),
    (Postgres, 4, "boolean"),
    (Postgres, 3, " text"),
    (Postgres, 2, "varchar("),
    (Postgres, 2, "bigint"),
    (Postgres, 2, "numeric("),
    (Postgres, 1, "create table"),
    (MySql, 40, "mysql dump"),
    (MySql, 10, "mysql"),
    (MySql, 15, "/*!40"),
    (MySql, 10, "/*!50"),
    (MySql, 15, "engine=innodb"),
    (MySql, 10, "engine"),
    (MySql, 12, "auto_increment"),
    (MySql, 8, "charset"),
    (MySql, 6, "character set"),
    (MySql, 8, "create table `"),
    (MySql, 6, "key `"),
    (MySql, 6, "tinyint("),
    (MySql, 6, "int(11)"),
    (MySql, 8, " unsigned"),
    (MySql, 8, "\ndelimiter "),
    (MySql, 6, "longtext"),
    (MySql, 6, "mediumtext"),
    (MySql, 4, "longblob"),
    (MySql, 6, "varbinary"),
    (MySql, 6, " enum("),
    (MySql, 6, "on update current_timestamp"),
    (MySql, 6, " comment '"),
    (MySql, 4, "`"),
    (MariaDb, 60, "mariadb dump"),
    (MariaDb, 60, "/*m!"),
    (MariaDb, 30, "engine=aria"),
    (MariaDb, 30, "-mariadb"),
    (Sqlite, 20, "pragma "),
    (Sqlite, 15, "autoincrement"),
    (Sqlite, 15, "without rowid"),
    (Sqlite, 15, "sqlite"),
    (Oracle, 10, "oracle"),
    (Oracle, 15, "varchar2"),
    (Oracle, 12, " number("),
    (Oracle, 8, " number "),
    (Oracle, 8, "sysdate"),
    (Oracle, 10, "using index"),
    (Oracle, 8, "\nrem "),
    (Oracle, 8, "\nprompt "),
    (Oracle, 8, "\n/\n"),
    (Oracle, 6, "nocache"),
    (Oracle, 6, "tablespace"),
    (Oracle, 6, " clob"),
    (SqlServer, 10, "sql server"),
    (SqlServer, 10, "sqlserver"),
    (SqlServer, 10, "\ngo\n"),
    (SqlServer, 10, "[dbo]"),
    (SqlServer, 8, "nvarchar"),
    (SqlServer, 10, "identity("),
    (SqlServer, 10, "identity ("),
    (SqlServer, 15, "set ansi_nulls"),
    (SqlServer, 10, "uniqueidentifier"),
    (SqlServer, 8, "getdate()"),
    (SqlServer, 8, "clustered"),
];

/// Words that SQLite's texts have and PostgreSQL's may have as well: they count where something else speaks for SQLite.
const WEAK: [(u32, &str); 6] = [
    (10, "integer primary key"),
    (8, "begin transaction;"),
    (5, "integer not null"),
    (6, " blob"),
    (3, " integer"),
    (3, " real"),
];

/// What PostgreSQL has not: types, quotes, functions.
const NOT_POSTGRES: [&str; 7] = [" blob", " datetime", " tinyint", "`", "create table [", "strftime(", "julianday("];

/// How much of a text is read to find a column without a type, in bytes.
const READ: usize = 64 << 10;

/// The likeliest dialect, and how sure that is: from 0, nothing speaks for any, to 100.
///
/// ```
/// use sql::{Dialect, detect};
///
/// let (dialect, sure) = detect("CREATE TABLE `a` (`b` int(11) unsigned AUTO_INCREMENT) ENGINE=InnoDB;");
/// assert_eq!(dialect, Dialect::MySql);
/// assert!(sure > 80);
/// ```
pub fn detect(text: &str) -> (Dialect, u8) {
    let end = (0..=SAMPLE.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let mut sample = String::from("\n");
    // Rows say nothing about the dialect, and may say anything.
    for line in text.get(..end).unwrap_or_default().lines().filter(|line| !starts_with_insert(line)) {
        sample.push_str(line);
        sample.push('\n');
    }
    sample.make_ascii_lowercase();
    let mut scores: Vec<(u64, Dialect)> = Dialect::ALL.iter().map(|dialect| (0, *dialect)).collect();
    for (dialect, worth, mark) in MARKS {
        let count = u64::try_from(sample.matches(mark).take(MOST).count()).unwrap_or_default();
        for (score, _) in scores.iter_mut().filter(|(_, of)| *of == dialect) {
            *score += count * u64::from(worth);
        }
    }
    for (score, _) in scores.iter_mut().filter(|(_, of)| *of == Sqlite) {
        if *score > 0 || NOT_POSTGRES.iter().any(|mark| sample.contains(mark)) || has_untyped_column(&sample) {
            let counts = WEAK.iter().map(|(worth, mark)| (sample.matches(mark).take(MOST).count(), u64::from(*worth)));
            *score += counts.map(|(count, worth)| u64::try_from(count).unwrap_or_default() * worth).sum::<u64>();
        }
    }
    // What is MySQL's is MariaDB's as well, where something says that it is MariaDB.
    let of = |wanted: Dialect| scores.iter().find(|(_, dialect)| *dialect == wanted).map_or(0, |(score, _)| *score);
    let (my, maria) = (of(MySql), of(MariaDb));
    for (score, dialect) in &mut scores {
        match *dialect {
            MariaDb if maria > 0 => *score += my,
            MySql if maria > 0 => *score = 0,
            Postgres | MySql | MariaDb | Sqlite | Oracle | SqlServer => {}
        }
    }
    scores.sort_by_key(|(score, dialect)| (std::cmp::Reverse(*score), *dialect));
    let best = scores.first().copied().unwrap_or((0, Postgres));
    let second = scores.get(1).map_or(0, |(score, _)| *score);
    // Twice as much as the next is clear; a single mark is not much.
    let lead = 100 * best.0.saturating_sub(second) / best.0.max(1);
    let weight = best.0.min(40) * 100 / 40;
    (best.1, u8::try_from(lead * weight / 100).unwrap_or(100))
}

/// Only SQLite takes a column without a type; what is computed has none elsewhere.
fn has_untyped_column(sample: &str) -> bool {
    let sample = sample.get(..sample.floor_char_boundary(READ)).unwrap_or_default();
    if !sample.contains("create table") {
        return false;
    }
    let script = crate::read(sample, Sqlite);
    script.statements.iter().any(|statement| {
        let Body::CreateTable(table) = &statement.body else { return false };
        // Where a part was not understood, it is somebody else's.
        let is_whole = statement.left.iter().all(|left| !left.lost);
        let mut columns = table.columns.iter();
        is_whole && columns.any(|column| column.data_type.is_none() && column.generated.is_none())
    })
}

fn starts_with_insert(line: &str) -> bool {
    let line = line.trim_start().as_bytes();
    line.get(..6).is_some_and(|word| word.eq_ignore_ascii_case(b"insert")) || line.first() == Some(&b'(')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_texts() {
        for (text, expect) in [
            ("create table a (b serial primary key, c jsonb);", Postgres),
            ("CREATE TABLE public.a (\n    b integer PRIMARY KEY\n);", Postgres),
            ("create table a (b integer primary key, c integer not null, d real);", Postgres),
            ("BEGIN TRANSACTION;\ncreate table a (b integer primary key);\nCOMMIT;", Postgres),
            ("create table a (b integer primary key, c datetime);", Sqlite),
            ("create table a (b integer primary key, c);", Sqlite),
            ("create table [a] (b integer primary key);", Sqlite),
            ("create table a (b integer primary key) without rowid;", Sqlite),
            ("create table sqlite_sequence (name, seq);", Sqlite),
            ("create table `a` (b int) engine=InnoDB", MySql),
            ("-- MariaDB dump 10.19\ncreate table `a` (b int) engine=InnoDB", MariaDb),
            ("PRAGMA foreign_keys=OFF;\ncreate table a (b integer primary key autoincrement);", Sqlite),
            ("create table a (b varchar2(10), c number(10));", Oracle),
            ("create table [dbo].[a] ([b] int identity(1,1), c nvarchar(max))\ngo\n", SqlServer),
        ] {
            assert_eq!(detect(text).0, expect, "{text}");
        }
        assert_eq!(detect("").1, 0);
    }
}
