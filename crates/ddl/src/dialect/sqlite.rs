//! SQLite, which lets any column have any value and keeps the names of types as they are written.

use super::Dialect;
use super::rules::{Comments, Namespaces, Partial, Rules, Scopes, Unit};
use super::types::Mapped;
use schema::BaseType;

pub(super) const RULES: Rules = Rules {
    dialect: Dialect::Sqlite,
    quote,
    literal,
    clean,
    longest_name: (500, Unit::Characters),
    namespaces: Namespaces::Prefix,
    own_namespaces: &[],
    create_namespace: "",
    beginning: "",
    after_table: "",
    notes: &[
        "SQLite enforces references only on connections that have said PRAGMA foreign_keys = ON",
        "SQLite does not enforce types and lengths: any column takes a text of any length",
    ],
    data_type,
    key_length: u32::MAX,
    prefixes: false,
    same_types: false,
    booleans: true,
    enums: false,
    bracketed_defaults: true,
    references_within: true,
    deferrable: (true, false),
    distinct_nulls: (true, true),
    expression_indexes: true,
    partial_indexes: Partial::Yes,
    include: false,
    comments: Comments::No,
    scopes: Scopes::Sqlite,
};

fn quote(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', "''"))
}

/// Names that begin with `sqlite_` are its own.
fn clean(name: &str) -> String {
    let is_its_own = name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"));
    if is_its_own { format!("_{name}") } else { name.to_owned() }
}

fn data_type(base: BaseType, args: &[i32], _: Option<u32>) -> Mapped {
    let length = |name: &str| match args.first() {
        Some(length) => Mapped::of(format!("{name}({length})")),
        None => Mapped::of("TEXT"),
    };
    match base {
        BaseType::SmallInt | BaseType::SmallSerial => Mapped::of("SMALLINT"),
        BaseType::Integer | BaseType::Serial => Mapped::of("INTEGER"),
        BaseType::BigInt | BaseType::BigSerial => Mapped::of("BIGINT"),
        BaseType::Text => Mapped::of("TEXT"),
        BaseType::Varchar => length("VARCHAR"),
        BaseType::Char => length("CHAR"),
        BaseType::Numeric => match args {
            [precision, scale] => Mapped::of(format!("NUMERIC({precision}, {scale})")),
            _ => Mapped::of("NUMERIC"),
        },
        BaseType::Real => Mapped::of("REAL"),
        BaseType::DoublePrecision => Mapped::of("DOUBLE PRECISION"),
        BaseType::Boolean => Mapped::of("BOOLEAN"),
        BaseType::Date => Mapped::of("DATE"),
        BaseType::Time => Mapped::of("TIME"),
        BaseType::Timestamp => Mapped::of("TIMESTAMP"),
        BaseType::TimestampTz => {
            Mapped::of("TIMESTAMP").noted("a time with its zone: TIMESTAMP, which has none; keep UTC in it")
        }
        BaseType::Uuid => Mapped::of("UUID"),
        BaseType::Json | BaseType::Jsonb => Mapped::of("JSON"),
        BaseType::Bytea => Mapped::of("BLOB"),
        BaseType::Money => Mapped::of("NUMERIC(19, 2)").instead_of("money"),
        BaseType::TimeTz
        | BaseType::Interval
        | BaseType::Inet
        | BaseType::Cidr
        | BaseType::MacAddr
        | BaseType::MacAddr8
        | BaseType::Bit
        | BaseType::VarBit
        | BaseType::TsVector
        | BaseType::TsQuery
        | BaseType::Xml
        | BaseType::Point
        | BaseType::Line
        | BaseType::Lseg
        | BaseType::Box
        | BaseType::Path
        | BaseType::Polygon
        | BaseType::Circle
        | BaseType::Int4Range
        | BaseType::Int8Range
        | BaseType::NumRange
        | BaseType::TsRange
        | BaseType::TsTzRange
        | BaseType::DateRange => Mapped::of("TEXT").instead_of(base.as_str()),
    }
}
