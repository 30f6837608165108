//! Types of the dialects as types of the model.

use super::known::Known;
use super::{quoted, quoted_path};
use crate::Dialect;
use crate::script::TypeText;
use schema::{BaseType, DataType};

/// The model's type for a column's; or, as an error, the one that comes nearest.
pub(super) fn of(
    written: Option<&TypeText>,
    type_name: &str,
    dialect: Dialect,
    known: &Known,
) -> Result<DataType, DataType> {
    let Some(written) = written else {
        // A column of SQLite without a type holds anything.
        return parse("text").ok_or_else(fallback);
    };
    let text = match dialect {
        Dialect::Postgres => return postgres(written, type_name, known).ok_or_else(fallback),
        Dialect::MySql | Dialect::MariaDb => my(written),
        Dialect::Sqlite => sqlite(written),
        Dialect::Oracle => oracle(written),
        Dialect::SqlServer => sql_server(written),
    };
    text.and_then(|text| parse(&text)).ok_or_else(fallback)
}

fn parse(text: &str) -> Option<DataType> {
    DataType::parse(text).ok()
}

/// What takes any value.
pub(super) fn fallback() -> DataType {
    DataType::of(BaseType::Text)
}

/// The type with a sequence of its own, for a type of whole numbers.
pub(super) fn serial(data_type: &DataType) -> Option<DataType> {
    if data_type.to_string().ends_with(']') {
        return None;
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "only numbers can be counted")]
    let serial = match data_type.base()? {
        BaseType::SmallInt => "smallserial",
        BaseType::Integer => "serial",
        BaseType::BigInt => "bigserial",
        // Oracle's NUMBER, and MySQL's unsigned 8 bytes.
        BaseType::Numeric => "bigserial",
        _ => return None,
    };
    parse(serial)
}

/// Whether a type that is written so may be one that the script makes, rather than one of the database's own.
pub(super) fn may_be_own(written: &TypeText, dialect: Dialect) -> bool {
    // Spellings that we read and PostgreSQL does not.
    let is_ours = matches!(written.name.as_str(), "string" | "datetime" | "blob" | "bytes" | "double");
    dialect != Dialect::Postgres || written.schema.is_some() || is_ours || DataType::parse(&written.name).is_err()
}

/// One of PostgreSQL's own by its name; one of an extension, or that a statement makes, as it is written.
fn postgres(written: &TypeText, type_name: &str, known: &Known) -> Option<DataType> {
    let base = type_name.strip_suffix("[]");
    let dimensions = if base.is_some() { written.dimensions.clamp(1, 6) } else { 0 };
    let args = if written.args.is_empty() { String::new() } else { format!("({})", written.args.join(", ")) };
    let schema = written.schema.as_deref().or_else(|| known.schema_of_type(&written.name));
    let text = match schema {
        Some(schema) => quoted_path(schema, &written.name) + &args,
        None if written.quoted => quoted(&written.name) + &args,
        None => base.unwrap_or(type_name).to_owned(),
    };
    DataType::parse_wide(&text).ok().map(|found| found.with_dimensions(dimensions))
}

/// A type with its arguments, of which there may be none.
fn with(name: &str, args: &[String]) -> Option<String> {
    Some(if args.is_empty() { name.to_owned() } else { format!("{name}({})", args.join(", ")) })
}

/// A type of text with a length, which may be none, or too long for PostgreSQL.
fn text_of(name: &str, args: &[String]) -> Option<String> {
    // `10 CHAR` and `10 BYTE` of Oracle.
    let length = args.first().and_then(|arg| arg.split_whitespace().next());
    match length.and_then(|length| length.parse::<u32>().ok()) {
        Some(length) if (1..=10_485_760).contains(&length) => Some(format!("{name}({length})")),
        Some(_) => Some("text".to_owned()),
        None if length.is_some() => Some("text".to_owned()),
        None => Some(name.to_owned()),
    }
}

/// A type of time with a precision, of which PostgreSQL has six digits at most.
fn time_of(name: &str, args: &[String]) -> Option<String> {
    match args.first().and_then(|arg| arg.parse::<u32>().ok()) {
        Some(digits) => Some(format!("{name}({})", digits.min(6))),
        None => Some(name.to_owned()),
    }
}

fn my(written: &TypeText) -> Option<String> {
    let args = &written.args;
    let text = match (written.name.as_str(), written.unsigned) {
        ("bool" | "boolean", _) => "boolean",
        ("tinyint", _) if args.first().is_some_and(|arg| arg == "1") => "boolean",
        ("tinyint", _) | ("smallint", false) | ("year", _) => "smallint",
        ("smallint", true) | ("mediumint" | "int" | "integer" | "int4" | "int3", false) | ("mediumint", true) => {
            "integer"
        }
        ("int" | "integer", true) | ("bigint" | "int8", false) | ("serial", _) => "bigint",
        ("bigint", true) => "numeric(20, 0)",
        ("decimal" | "numeric" | "dec" | "fixed", _) => return with("numeric", args),
        ("float", _) => "real",
        ("double" | "double precision" | "real", _) => "double precision",
        ("datetime", _) => return time_of("timestamp", args),
        ("timestamp", _) => return time_of("timestamptz", args),
        ("date", _) => "date",
        ("time", _) => return time_of("time", args),
        ("char" | "character" | "nchar" | "national char" | "national character", _) => return text_of("char", args),
        ("varchar" | "character varying" | "char varying" | "nvarchar" | "national varchar" | "nchar varying", _) => {
            return text_of("varchar", args);
        }
        ("tinytext" | "text" | "mediumtext" | "longtext" | "long varchar" | "long", _) => "text",
        ("tinyblob" | "blob" | "mediumblob" | "longblob" | "binary" | "varbinary" | "long varbinary", _) => "bytea",
        ("bit", _) => return with("bit", args),
        ("json", _) => "jsonb",
        ("point", _) => "point",
        ("polygon", _) => "polygon",
        ("uuid", _) => "uuid",
        ("inet4" | "inet6", _) => "inet",
        _ => return None,
    };
    Some(text.to_owned())
}

/// SQLite goes by parts of the name; so do we, for names that mean nothing elsewhere.
fn sqlite(written: &TypeText) -> Option<String> {
    let (name, args) = (written.name.as_str(), &written.args);
    let text = match name {
        "varchar" | "character varying" | "nvarchar" | "varying character" => return text_of("varchar", args),
        "char" | "character" | "nchar" | "native character" => return text_of("char", args),
        "numeric" | "decimal" | "number" => return with("numeric", args),
        "boolean" | "bool" => "boolean",
        "date" => "date",
        "datetime" | "timestamp" => "timestamp",
        "time" => "time",
        "uuid" | "guid" => "uuid",
        "json" | "jsonb" => "jsonb",
        "bigint" | "int8" | "unsigned big int" => "bigint",
        "smallint" | "tinyint" | "int2" => "smallint",
        name if name.contains("int") => "integer",
        name if name.contains("char") || name.contains("clob") || name.contains("text") => "text",
        name if name.contains("blob") || name.contains("binary") => "bytea",
        name if name.contains("real") || name.contains("floa") || name.contains("doub") => "double precision",
        _ => return None,
    };
    Some(text.to_owned())
}

fn oracle(written: &TypeText) -> Option<String> {
    let (name, args) = (written.name.as_str(), &written.args);
    let text = match name {
        "number" => return Some(oracle_number(args)),
        "integer" | "int" => "bigint",
        "smallint" => "integer",
        "decimal" | "numeric" | "dec" => return with("numeric", args),
        "float" | "binary_double" | "double precision" => "double precision",
        "binary_float" | "real" => "real",
        "varchar2" | "nvarchar2" | "varchar" | "character varying" | "char varying" | "nchar varying" => {
            return text_of("varchar", args);
        }
        "char" | "nchar" | "character" => return text_of("char", args),
        "clob" | "nclob" | "long" | "rowid" | "urowid" => "text",
        "blob" | "raw" | "long raw" | "bfile" => "bytea",
        // A date of Oracle has a time.
        "date" => "timestamp(0)",
        "timestamp" => return time_of("timestamp", args),
        "timestamp with time zone" | "timestamp with local time zone" => return time_of("timestamptz", args),
        name if name.starts_with("interval") => "interval",
        "xmltype" => "xml",
        "json" => "jsonb",
        "boolean" => "boolean",
        _ => return None,
    };
    Some(text.to_owned())
}

/// NUMBER is a whole number of some size where it has no digits behind the point.
fn oracle_number(args: &[String]) -> String {
    let digits = args.first().and_then(|arg| arg.parse::<u32>().ok());
    let scale = args.get(1).map_or(Some(0), |arg| arg.parse::<i32>().ok());
    match (digits, scale) {
        (Some(..=4), Some(0)) => "smallint".to_owned(),
        (Some(..=9), Some(0)) => "integer".to_owned(),
        (Some(..=18), Some(0)) => "bigint".to_owned(),
        (Some(digits), Some(scale)) => format!("numeric({digits}, {scale})"),
        // `NUMBER(*, 0)` is a whole number of any size.
        (None, Some(0)) if args.len() == 2 => "numeric(38, 0)".to_owned(),
        _ => "numeric".to_owned(),
    }
}

fn sql_server(written: &TypeText) -> Option<String> {
    let (name, args) = (written.name.to_lowercase(), &written.args);
    let text = match name.as_str() {
        "int" | "integer" => "integer",
        "bigint" => "bigint",
        "smallint" | "tinyint" => "smallint",
        "bit" => "boolean",
        "decimal" | "numeric" | "dec" => return with("numeric", args),
        "money" => "numeric(19, 4)",
        "smallmoney" => "numeric(10, 4)",
        "float" | "double precision" => "double precision",
        "real" => "real",
        "datetime" => "timestamp(3)",
        "smalldatetime" => "timestamp(0)",
        "datetime2" => return time_of("timestamp", args),
        "datetimeoffset" => return time_of("timestamptz", args),
        "date" => "date",
        "time" => return time_of("time", args),
        "char" | "nchar" | "character" => return text_of("char", args),
        "varchar" | "nvarchar" | "character varying" | "char varying" => return text_of("varchar", args),
        "sysname" => "varchar(128)",
        "text" | "ntext" => "text",
        "binary" | "varbinary" | "image" | "rowversion" | "timestamp" => "bytea",
        "uniqueidentifier" => "uuid",
        "xml" => "xml",
        "json" => "jsonb",
        _ => return None,
    };
    Some(text.to_owned())
}
