//! SQL Server. No condition is a value there, and a cascade may reach a table in one way only.

use super::Dialect;
use super::rules::{Comments, Namespaces, Partial, Rules, Scopes, Unit, in_pieces};
use super::types::{Mapped, bounded, shortened};
use schema::BaseType;

pub(super) const RULES: Rules = Rules {
    dialect: Dialect::SqlServer,
    quote,
    literal,
    clean,
    longest_name: (128, Unit::Characters),
    namespaces: Namespaces::Own,
    own_namespaces: &["dbo", "guest", "information_schema", "sys"],
    create_namespace: "CREATE SCHEMA {};\nGO\n",
    beginning: "",
    after_table: "",
    notes: &["SQL Server refuses a number that is given for an IDENTITY column, unless IDENTITY_INSERT is on"],
    data_type,
    key_length: 850,
    prefixes: false,
    same_types: true,
    booleans: false,
    enums: false,
    bracketed_defaults: true,
    references_within: false,
    deferrable: (false, false),
    distinct_nulls: (false, false),
    expression_indexes: false,
    partial_indexes: Partial::Simple,
    include: true,
    comments: Comments::Properties,
    scopes: Scopes::SqlServer,
};

fn quote(name: &str) -> String {
    format!("[{}]", name.replace(']', "]]"))
}

/// On one line, as sqlcmd ends a batch at a line that says GO even within a text; and without `$(`, which it replaces.
pub(super) fn literal(text: &str) -> String {
    let is_apart = |before: char, c: char| c.is_control() || (before == '$' && c == '(');
    in_pieces(text, "N'", " + ", |before, c| is_apart(before, c).then(|| format!("NCHAR({})", u32::from(c))))
}

/// sqlcmd replaces `$(…)` wherever it stands.
fn clean(name: &str) -> String {
    name.replace("$(", "$_(")
}

fn data_type(base: BaseType, args: &[i32], limit: Option<u32>) -> Mapped {
    let first = args.first().and_then(|arg| u32::try_from(*arg).ok());
    let precision = first.unwrap_or(6);
    let text = |characters| Mapped::text("NVARCHAR", characters);
    match base {
        BaseType::SmallInt | BaseType::SmallSerial => Mapped::of("SMALLINT"),
        BaseType::Integer | BaseType::Serial => Mapped::of("INT"),
        BaseType::BigInt | BaseType::BigSerial => Mapped::of("BIGINT"),
        BaseType::Text => bounded(limit).map_or_else(|| Mapped::large("NVARCHAR(MAX)"), text),
        BaseType::Varchar => match first.map(|own| shortened(own, limit)) {
            Some(fits) if fits <= 4_000 => text(fits),
            Some(_) => Mapped::large("NVARCHAR(MAX)"),
            None => data_type(BaseType::Text, &[], limit),
        },
        BaseType::Char => match shortened(first.unwrap_or(1), limit) {
            fits if fits <= 4_000 => Mapped::text("NCHAR", fits),
            _ => Mapped::large("NVARCHAR(MAX)"),
        },
        BaseType::Numeric => numeric(args),
        BaseType::Real => Mapped::of("REAL"),
        BaseType::DoublePrecision => Mapped::of("FLOAT"),
        BaseType::Boolean => Mapped::of("BIT"),
        BaseType::TimestampTz => Mapped::of(format!("DATETIMEOFFSET({precision})")),
        BaseType::Timestamp => Mapped::of(format!("DATETIME2({precision})")),
        BaseType::Date => Mapped::of("DATE"),
        BaseType::Time => Mapped::of(format!("TIME({precision})")),
        BaseType::TimeTz => Mapped::of(format!("TIME({precision})")).instead_of("a time with its zone"),
        BaseType::Uuid => Mapped::of("UNIQUEIDENTIFIER"),
        BaseType::Json | BaseType::Jsonb => Mapped::large("NVARCHAR(MAX)").instead_of(base.as_str()),
        BaseType::Bytea => match bounded(limit) {
            Some(bytes) => Mapped::of(format!("VARBINARY({bytes})"))
                .noted(format!("in a key it can have no more than {bytes} bytes")),
            None => Mapped::large("VARBINARY(MAX)"),
        },
        BaseType::Money => Mapped::of("DECIMAL(19, 2)").instead_of("money"),
        BaseType::Xml => Mapped::large("XML"),
        BaseType::Inet | BaseType::Cidr => text(43).instead_of(base.as_str()),
        BaseType::MacAddr | BaseType::MacAddr8 => text(23).instead_of(base.as_str()),
        BaseType::Interval => text(64).instead_of("interval"),
        BaseType::TsVector | BaseType::TsQuery => data_type(BaseType::Text, &[], limit).instead_of(base.as_str()),
        BaseType::Bit
        | BaseType::VarBit
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
        | BaseType::DateRange => text(shortened(255, limit)).instead_of(base.as_str()),
    }
}

/// Up to 38 digits.
fn numeric(args: &[i32]) -> Mapped {
    match *args {
        [precision, scale] if (1..=38).contains(&precision) && (0..=precision).contains(&scale) => {
            Mapped::of(format!("DECIMAL({precision}, {scale})"))
        }
        [] => Mapped::of("DECIMAL(38, 10)").instead_of("a number of any size"),
        _ => Mapped::of("DECIMAL(38, 19)").instead_of("a number of more digits than fit"),
    }
}
