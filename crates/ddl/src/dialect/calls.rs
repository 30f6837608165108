//! What PostgreSQL's functions are called elsewhere. A function whose answer differs is none.

use super::Dialect;

/// A call of a function that gives the same for the same, with its arguments written already.
pub(super) fn call(dialect: Dialect, name: &str, args: &[String]) -> Option<String> {
    match args {
        [a] => of_one(dialect, name, a),
        [a, b] => of_two(dialect, name, a, b),
        [a, b, c] => of_three(dialect, name, a, b, c),
        _ => None,
    }
    .or_else(|| of_any(dialect, name, args))
}

fn of_one(dialect: Dialect, name: &str, a: &str) -> Option<String> {
    use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
    let written = match (name, dialect) {
        ("abs" | "lower" | "upper" | "floor" | "sign" | "ltrim" | "rtrim" | "trim", _) => {
            return Some(format!("{}({a})", name.to_ascii_uppercase()));
        }
        ("btrim", _) => "TRIM",
        ("ceil" | "ceiling", MySql | MariaDb | SqlServer) => "CEILING",
        ("ceil" | "ceiling", Sqlite | Oracle) => "CEIL",
        ("length" | "char_length" | "character_length", MySql | MariaDb) => "CHAR_LENGTH",
        ("length" | "char_length" | "character_length", Sqlite | Oracle) => "LENGTH",
        // It does not count blanks at the end.
        ("length" | "char_length" | "character_length", SqlServer) => {
            return Some(format!("(LEN({} + N'.') - 1)", part(a)));
        }
        ("octet_length", MySql | MariaDb) => "OCTET_LENGTH",
        ("octet_length", Sqlite) => return Some(format!("LENGTH(CAST({a} AS BLOB))")),
        ("round", MySql | MariaDb | Sqlite | Oracle) => "ROUND",
        ("round", SqlServer) => return Some(format!("ROUND({a}, 0)")),
        ("trunc", MySql | MariaDb) => return Some(format!("TRUNCATE({a}, 0)")),
        ("trunc", Sqlite | Oracle) => "TRUNC",
        ("trunc", SqlServer) => return Some(format!("ROUND({a}, 0, 1)")),
        ("md5", MySql | MariaDb) => "MD5",
        ("initcap", Oracle) => "INITCAP",
        ("jsonb_array_length" | "cardinality", MySql | MariaDb) => "JSON_LENGTH",
        ("jsonb_array_length" | "cardinality", Sqlite) => "JSON_ARRAY_LENGTH",
        _ => return None,
    };
    Some(format!("{written}({a})"))
}

fn of_two(dialect: Dialect, name: &str, a: &str, b: &str) -> Option<String> {
    use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
    Some(match (name, dialect) {
        ("nullif", _) => format!("NULLIF({a}, {b})"),
        ("mod", MySql | MariaDb | Oracle) => format!("MOD({a}, {b})"),
        ("mod", Sqlite | SqlServer) => format!("({} % {})", part(a), part(b)),
        ("round", _) => format!("ROUND({a}, {b})"),
        ("trunc", MySql | MariaDb) => format!("TRUNCATE({a}, {b})"),
        ("trunc", Oracle) => format!("TRUNC({a}, {b})"),
        ("trunc", SqlServer) => format!("ROUND({a}, {b}, 1)"),
        ("left" | "right", MySql | MariaDb | SqlServer) => format!("{}({a}, {b})", name.to_ascii_uppercase()),
        ("left", Sqlite | Oracle) => format!("SUBSTR({a}, 1, {b})"),
        ("right", Sqlite | Oracle) => format!("SUBSTR({a}, -({b}))"),
        ("ltrim" | "rtrim", Sqlite | Oracle) => format!("{}({a}, {b})", name.to_ascii_uppercase()),
        ("substring", MySql | MariaDb) if is_number(b) => format!("SUBSTRING({a}, {b})"),
        ("substring", Sqlite | Oracle) if is_number(b) => format!("SUBSTR({a}, {b})"),
        _ => return None,
    })
}

fn of_three(dialect: Dialect, name: &str, a: &str, b: &str, c: &str) -> Option<String> {
    use Dialect::{Oracle, Sqlite};
    Some(match (name, dialect) {
        ("replace", _) => format!("REPLACE({a}, {b}, {c})"),
        ("substring", Sqlite | Oracle) if is_number(b) => format!("SUBSTR({a}, {b}, {c})"),
        ("substring", _) if is_number(b) => format!("SUBSTRING({a}, {b}, {c})"),
        _ => return None,
    })
}

fn of_any(dialect: Dialect, name: &str, args: &[String]) -> Option<String> {
    use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
    let list = args.join(", ");
    let count = |null: u8, other: u8| {
        let one = |arg: &String| format!("CASE WHEN {} IS NULL THEN {null} ELSE {other} END", part(arg));
        format!("({})", args.iter().map(one).collect::<Vec<_>>().join(" + "))
    };
    Some(match (name, dialect) {
        ("coalesce", _) if args.len() > 1 => format!("COALESCE({list})"),
        ("coalesce", _) => part(&list),
        ("num_nonnulls", _) => count(0, 1),
        ("num_nulls", _) => count(1, 0),
        ("concat", MySql | MariaDb) => format!("CONCAT_WS('', {list})"),
        ("concat", SqlServer) if args.len() > 1 => format!("CONCAT({list})"),
        ("concat", Oracle) => format!("({})", args.iter().map(|arg| part(arg)).collect::<Vec<_>>().join(" || ")),
        ("concat", Sqlite) => {
            let parts: Vec<String> = args.iter().map(|arg| format!("COALESCE({arg}, '')")).collect();
            format!("({})", parts.join(" || "))
        }
        _ => return None,
    })
}

/// What is written, as a part of something else: in brackets, where it may be of several parts itself.
fn part(written: &str) -> String {
    if written.contains(' ') { format!("({written})") } else { written.to_owned() }
}

/// `substring` has patterns too.
fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What a row is given that says nothing: the values of words and functions that differ from one moment to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// This moment, date and time.
    Now,
    /// This day.
    Today,
    /// The time of day.
    TimeOfDay,
    /// A new identifier.
    Uuid,
    /// Who is signed in.
    User,
    /// A number from 0 to 1.
    Random,
}

impl Moment {
    /// What a function or word without arguments stands for.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "now"
            | "current_timestamp"
            | "localtimestamp"
            | "transaction_timestamp"
            | "statement_timestamp"
            | "clock_timestamp" => Self::Now,
            "current_date" => Self::Today,
            "current_time" | "localtime" => Self::TimeOfDay,
            "gen_random_uuid" => Self::Uuid,
            "current_user" | "session_user" => Self::User,
            "random" => Self::Random,
            _ => return None,
        })
    }
}
