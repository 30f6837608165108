//! MySQL and MariaDB, which differ in little that a schema is made of.
#![expect(clippy::wildcard_enum_match_arm, reason = "the two differ in few types")]

use super::Dialect;
use super::rules::{Comments, Namespaces, Partial, Rules, Scopes, Unit};
use super::types::{Mapped, bounded, shortened};
use schema::BaseType;

pub(super) const MYSQL: Rules = Rules {
    dialect: Dialect::MySql,
    quote,
    literal,
    clean,
    longest_name: (64, Unit::Characters),
    // A schema is a database there, and a reference to another database has to name it, which a script cannot know.
    namespaces: Namespaces::Prefix,
    own_namespaces: &[],
    create_namespace: "",
    beginning: "SET NAMES utf8mb4;\n",
    after_table: " ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    notes: &[],
    data_type: of_mysql,
    key_length: 768,
    prefixes: true,
    same_types: true,
    booleans: true,
    enums: true,
    bracketed_defaults: true,
    references_within: false,
    deferrable: (false, false),
    distinct_nulls: (true, true),
    expression_indexes: true,
    partial_indexes: Partial::No,
    include: false,
    comments: Comments::Within { table: 2_048, column: 1_024 },
    scopes: Scopes::My,
};

pub(super) const MARIADB: Rules =
    Rules { dialect: Dialect::MariaDb, data_type: of_mariadb, expression_indexes: false, ..MYSQL };

fn quote(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// On one line, with backslashes for what is not printed.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('\'');
    for c in text.chars() {
        match c {
            '\0' => {}
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{1a}' => out.push_str("\\Z"),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

/// Names have characters of the basic plane only. Each becomes part of a file's name, in which all but plain letters
/// take five bytes.
fn clean(name: &str) -> String {
    const LONGEST_FILE: usize = 240;
    let mut room = LONGEST_FILE;
    let fits = |c: &char| {
        let bytes = if c.is_ascii_alphanumeric() || *c == '_' { 1 } else { 5 };
        room = room.saturating_sub(bytes);
        room > 0
    };
    let plain = name.chars().map(|c| if u32::from(c) > 0xffff { '_' } else { c });
    let kept: String = plain.take_while(fits).collect();
    kept.trim_end().to_owned()
}

fn of_mysql(base: BaseType, args: &[i32], limit: Option<u32>) -> Mapped {
    match base {
        BaseType::Uuid => Mapped::text("CHAR", 36).instead_of("uuid"),
        _ => common(base, args, limit),
    }
}

fn of_mariadb(base: BaseType, args: &[i32], limit: Option<u32>) -> Mapped {
    match base {
        BaseType::Uuid => Mapped::of("UUID"),
        BaseType::Json | BaseType::Jsonb => Mapped::large("JSON"),
        _ => common(base, args, limit),
    }
}

fn common(base: BaseType, args: &[i32], limit: Option<u32>) -> Mapped {
    let first = args.first().and_then(|arg| u32::try_from(*arg).ok());
    let precision = first.unwrap_or(6);
    let varchar = |characters| Mapped::text("VARCHAR", characters);
    match base {
        BaseType::SmallInt | BaseType::SmallSerial => Mapped::of("SMALLINT"),
        BaseType::Integer | BaseType::Serial => Mapped::of("INT"),
        BaseType::BigInt | BaseType::BigSerial => Mapped::of("BIGINT"),
        BaseType::Text => bounded(limit).map_or_else(|| Mapped::large("LONGTEXT"), varchar),
        BaseType::Varchar => match first.map(|own| (own, shortened(own, limit))) {
            Some((_, fits)) if fits <= 16_000 => varchar(fits),
            Some(_) => Mapped::large("LONGTEXT"),
            None => common(BaseType::Text, &[], limit),
        },
        BaseType::Char => match first.unwrap_or(1) {
            own if own <= 255 => Mapped::text("CHAR", shortened(own, limit)),
            own => common(BaseType::Varchar, &[i32::try_from(own).unwrap_or(i32::MAX)], limit),
        },
        BaseType::Numeric => numeric(args),
        BaseType::Real => Mapped::of("FLOAT"),
        BaseType::DoublePrecision => Mapped::of("DOUBLE"),
        BaseType::Boolean => Mapped::of("BOOLEAN"),
        BaseType::TimestampTz => Mapped::of(format!("DATETIME({precision})"))
            .noted(format!("a time with its zone: DATETIME({precision}), which has none; keep UTC in it")),
        BaseType::Timestamp => Mapped::of(format!("DATETIME({precision})")),
        BaseType::Date => Mapped::of("DATE"),
        BaseType::Time => Mapped::of(format!("TIME({precision})")),
        BaseType::TimeTz => Mapped::of(format!("TIME({precision})")).instead_of("a time with its zone"),
        BaseType::Json | BaseType::Jsonb => Mapped::large("JSON"),
        BaseType::Bytea => match bounded(limit) {
            Some(bytes) => Mapped::of(format!("VARBINARY({bytes})"))
                .noted(format!("in a key it can have no more than {bytes} bytes")),
            None => Mapped::large("LONGBLOB"),
        },
        BaseType::Money => Mapped::of("DECIMAL(19, 2)").instead_of("money"),
        BaseType::Bit if first.is_none_or(|bits| bits <= 64) => Mapped::of(format!("BIT({})", first.unwrap_or(1))),
        BaseType::Point => Mapped::large("POINT"),
        BaseType::Polygon => Mapped::large("POLYGON"),
        BaseType::Inet | BaseType::Cidr => varchar(43).instead_of(base.as_str()),
        BaseType::MacAddr | BaseType::MacAddr8 => varchar(23).instead_of(base.as_str()),
        BaseType::Interval => varchar(64).instead_of("interval"),
        BaseType::Xml | BaseType::TsVector | BaseType::TsQuery => {
            common(BaseType::Text, &[], limit).instead_of(base.as_str())
        }
        BaseType::Bit
        | BaseType::VarBit
        | BaseType::Line
        | BaseType::Lseg
        | BaseType::Box
        | BaseType::Path
        | BaseType::Circle
        | BaseType::Int4Range
        | BaseType::Int8Range
        | BaseType::NumRange
        | BaseType::TsRange
        | BaseType::TsTzRange
        | BaseType::DateRange
        | BaseType::Uuid => varchar(shortened(255, limit)).instead_of(base.as_str()),
    }
}

/// Up to 65 digits, 30 of them behind the point.
fn numeric(args: &[i32]) -> Mapped {
    match *args {
        [precision, scale] if (1..=65).contains(&precision) && (0..=30.min(precision)).contains(&scale) => {
            Mapped::of(format!("DECIMAL({precision}, {scale})"))
        }
        [] => Mapped::of("DECIMAL(38, 10)").instead_of("a number of any size"),
        _ => Mapped::of("DECIMAL(65, 30)").instead_of("a number of more digits than fit"),
    }
}
