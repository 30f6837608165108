//! Column types: a closed list, parsed from what people type and written back in one spelling.

use crate::text::shown;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A PostgreSQL type with its arguments and array dimensions, such as `numeric(10, 2)` or `text[]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DataType {
    base: BaseType,
    args: Vec<i32>,
    dimensions: u8,
}

/// Why a text is not a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DataTypeError {
    /// Nothing was typed.
    #[error("choose a type, such as integer, text or timestamptz")]
    Empty,
    /// Not on the list.
    #[error("there is no type called “{0}”")]
    Unknown(String),
    /// The text goes on after the type.
    #[error("“{0}” does not belong in a type")]
    Trailing(String),
    /// Too many or impossible arguments.
    #[error("{0}")]
    Arguments(String),
}

macro_rules! base_types {
    ($($(#[$doc:meta])* $variant:ident = $text:literal $([$($alias:literal),*])?, $args:literal;)*) => {
        /// A type without arguments.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum BaseType { $($(#[$doc])* $variant),* }

        impl BaseType {
            /// Every type, in the order of a type picker.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The one spelling in which the type is written.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// Other spellings that are read as this type.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($($alias),*)?]),* }
            }

            /// How many arguments the type may have.
            pub fn max_args(self) -> usize {
                match self { $(Self::$variant => $args),* }
            }
        }
    };
}

base_types! {
    /// 4-byte integer.
    Integer = "integer" ["int", "int4"], 0;
    /// 8-byte integer.
    BigInt = "bigint" ["int8"], 0;
    /// 2-byte integer.
    SmallInt = "smallint" ["int2"], 0;
    /// Integer with a sequence of its own.
    Serial = "serial" ["serial4"], 0;
    /// Bigint with a sequence of its own.
    BigSerial = "bigserial" ["serial8"], 0;
    /// Smallint with a sequence of its own.
    SmallSerial = "smallserial" ["serial2"], 0;
    /// Text of any length.
    Text = "text" ["string"], 0;
    /// Text with a limit.
    Varchar = "varchar" ["character varying"], 1;
    /// Text padded to a length.
    Char = "char" ["character"], 1;
    /// Exact number.
    Numeric = "numeric" ["decimal"], 2;
    /// 4-byte floating point.
    Real = "real" ["float4"], 0;
    /// 8-byte floating point.
    DoublePrecision = "double precision" ["float", "float8", "double"], 0;
    /// True or false.
    Boolean = "boolean" ["bool"], 0;
    /// Point in time, stored in UTC.
    TimestampTz = "timestamptz" ["timestamp with time zone"], 1;
    /// Date and time without a zone.
    Timestamp = "timestamp" ["timestamp without time zone", "datetime"], 1;
    /// Calendar date.
    Date = "date", 0;
    /// Time of day.
    Time = "time" ["time without time zone"], 1;
    /// Time of day with a zone.
    TimeTz = "timetz" ["time with time zone"], 1;
    /// Length of time.
    Interval = "interval", 1;
    /// 128-bit identifier.
    Uuid = "uuid", 0;
    /// JSON, stored decomposed.
    Jsonb = "jsonb", 0;
    /// JSON, stored as text.
    Json = "json", 0;
    /// Bytes.
    Bytea = "bytea" ["blob", "bytes"], 0;
    /// Amount of money.
    Money = "money", 0;
    /// Address of a host.
    Inet = "inet", 0;
    /// Address of a network.
    Cidr = "cidr", 0;
    /// Hardware address.
    MacAddr = "macaddr", 0;
    /// Hardware address, 8 bytes.
    MacAddr8 = "macaddr8", 0;
    /// Bits of a fixed number.
    Bit = "bit", 1;
    /// Bits up to a number.
    VarBit = "varbit" ["bit varying"], 1;
    /// Text prepared for search.
    TsVector = "tsvector", 0;
    /// A text search.
    TsQuery = "tsquery", 0;
    /// XML.
    Xml = "xml", 0;
    /// Point in a plane.
    Point = "point", 0;
    /// Line in a plane.
    Line = "line", 0;
    /// Segment in a plane.
    Lseg = "lseg", 0;
    /// Rectangle in a plane.
    Box = "box", 0;
    /// Path in a plane.
    Path = "path", 0;
    /// Polygon in a plane.
    Polygon = "polygon", 0;
    /// Circle in a plane.
    Circle = "circle", 0;
    /// Range of integers.
    Int4Range = "int4range", 0;
    /// Range of bigints.
    Int8Range = "int8range", 0;
    /// Range of numbers.
    NumRange = "numrange", 0;
    /// Range of timestamps.
    TsRange = "tsrange", 0;
    /// Range of timestamps with zone.
    TsTzRange = "tstzrange", 0;
    /// Range of dates.
    DateRange = "daterange", 0;
}

/// Types that an equality of which PostgreSQL accepts between the two sides of a reference.
#[derive(PartialEq, Eq)]
enum Family {
    Number,
    Text,
    Moment,
    Network,
    Bits,
    Hardware,
    Only(BaseType),
}

impl BaseType {
    /// Integer, bigint or smallint for the serial types; the type itself otherwise. What a column that references
    /// one of this type should have.
    pub fn without_sequence(self) -> Self {
        #[expect(clippy::wildcard_enum_match_arm, reason = "only three of the types carry a sequence")]
        match self {
            Self::Serial => Self::Integer,
            Self::BigSerial => Self::BigInt,
            Self::SmallSerial => Self::SmallInt,
            other => other,
        }
    }

    /// Whether the column gets its value from a sequence of its own.
    pub fn has_sequence(self) -> bool {
        self != self.without_sequence()
    }

    /// Whether a key or an ordinary index can be made over the type.
    pub fn can_be_key(self) -> bool {
        !matches!(
            self,
            Self::Json
                | Self::Xml
                | Self::Point
                | Self::Line
                | Self::Lseg
                | Self::Box
                | Self::Path
                | Self::Polygon
                | Self::Circle
        )
    }

    /// Whether values of the type are added and compared as numbers.
    pub fn is_number(self) -> bool {
        self.family() == Family::Number
    }

    fn family(self) -> Family {
        #[expect(clippy::wildcard_enum_match_arm, reason = "every other type stands alone")]
        match self.without_sequence() {
            Self::SmallInt | Self::Integer | Self::BigInt | Self::Numeric | Self::Real | Self::DoublePrecision => {
                Family::Number
            }
            Self::Text | Self::Varchar | Self::Char => Family::Text,
            Self::Date | Self::Timestamp | Self::TimestampTz => Family::Moment,
            Self::Inet | Self::Cidr => Family::Network,
            Self::Bit | Self::VarBit => Family::Bits,
            Self::MacAddr | Self::MacAddr8 => Family::Hardware,
            other => Family::Only(other),
        }
    }
}

impl DataType {
    /// A type without arguments, which for char and bit means a length of 1.
    pub fn of(base: BaseType) -> Self {
        Self { base, args: spelled_out(base, Vec::new()), dimensions: 0 }
    }

    /// Reads a type. Case and spacing do not matter, and PostgreSQL's other spellings are understood.
    ///
    /// # Errors
    /// When the text is not exactly one type of the list.
    pub fn parse(text: &str) -> Result<Self, DataTypeError> {
        // Only ASCII is folded, so that no letter of another alphabet turns into part of a type's name.
        let lower = text.trim().to_ascii_lowercase();
        if lower.is_empty() {
            return Err(DataTypeError::Empty);
        }
        let (rest, dimensions) = strip_dimensions(&lower)?;
        let (name, args) = split_args(rest)?;
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let base = base_named(&name, &args)?;
        check_args(base, &args)?;
        if dimensions > 0 && base.has_sequence() {
            return Err(DataTypeError::Arguments(format!("there is no array of {}", base.as_str())));
        }
        Ok(Self { base, args: spelled_out(base, args), dimensions })
    }

    /// The type without its arguments.
    pub fn base(&self) -> BaseType {
        self.base
    }

    /// Length, or precision and scale.
    pub fn args(&self) -> &[i32] {
        &self.args
    }

    /// How many `[]` follow; 0 for what is no array.
    pub fn dimensions(&self) -> u8 {
        self.dimensions
    }

    /// The type that a column referencing one of this type should have.
    pub fn without_sequence(&self) -> Self {
        Self { base: self.base.without_sequence(), args: self.args.clone(), dimensions: self.dimensions }
    }

    /// Whether PostgreSQL lets a column of this type reference a key column of type `referenced`, on every
    /// supported version and with every pair of values comparable.
    pub fn can_reference(&self, referenced: &Self) -> bool {
        if !self.base.can_be_key() || !referenced.base.can_be_key() {
            return false;
        }
        let (mine, theirs) = (self.base.without_sequence(), referenced.base.without_sequence());
        if self.dimensions > 0 || referenced.dimensions > 0 {
            return self.dimensions > 0
                && referenced.dimensions > 0
                && mine == theirs
                && self.can_reference_as_array()
                && referenced.can_reference_as_array();
        }
        // A time of day is widened to these two, and they are not narrowed to it.
        if mine == BaseType::Time && matches!(theirs, BaseType::TimeTz | BaseType::Interval) {
            return true;
        }
        if mine.family() != theirs.family() {
            return false;
        }
        match mine.family() {
            // A wider number cannot be looked up in the index of a narrower one.
            Family::Number => number_width(mine) <= number_width(theirs) || is_integer(mine) && is_integer(theirs),
            Family::Text | Family::Moment | Family::Network | Family::Bits | Family::Hardware | Family::Only(_) => true,
        }
    }

    /// PostgreSQL accepts a reference between arrays whose elements have a length or precision, and then fails at
    /// the first row ("operator does not exist: anyarray = …").
    fn can_reference_as_array(&self) -> bool {
        self.args.is_empty()
    }
}

fn base_named(name: &str, args: &[i32]) -> Result<BaseType, DataTypeError> {
    if name == "bpchar" {
        return match args {
            [] => Err(DataTypeError::Arguments("bpchar without a length is best written as text".to_owned())),
            _ => Ok(BaseType::Char),
        };
    }
    let named = |base: &BaseType| base.as_str() == name || base.aliases().contains(&name);
    BaseType::ALL.iter().copied().find(named).ok_or_else(|| DataTypeError::Unknown(shown(name)))
}

/// Adds the arguments that PostgreSQL takes for granted and tells when asked for the type: char is char(1), bit is
/// bit(1), numeric(4) is numeric(4, 0). One type, one spelling.
fn spelled_out(base: BaseType, mut args: Vec<i32>) -> Vec<i32> {
    if matches!(base, BaseType::Char | BaseType::Bit) && args.is_empty() {
        args.push(1);
    }
    if base == BaseType::Numeric && args.len() == 1 {
        args.push(0);
    }
    args
}

fn is_integer(base: BaseType) -> bool {
    number_width(base) == 0
}

fn number_width(base: BaseType) -> u8 {
    #[expect(clippy::wildcard_enum_match_arm, reason = "called with numbers only; the integers are the narrowest")]
    match base {
        BaseType::Numeric => 1,
        BaseType::Real | BaseType::DoublePrecision => 2,
        _ => 0,
    }
}

fn strip_dimensions(mut text: &str) -> Result<(&str, u8), DataTypeError> {
    let mut dimensions = 0_u8;
    while let Some(rest) = text.strip_suffix(']') {
        let open = rest.trim_end().strip_suffix('[').ok_or_else(|| DataTypeError::Trailing(shown(text)))?;
        dimensions = dimensions.saturating_add(1);
        if dimensions > 6 {
            return Err(DataTypeError::Arguments("an array can have at most 6 dimensions".to_owned()));
        }
        text = open.trim_end();
    }
    Ok((text, dimensions))
}

/// Splits `timestamp(3) with time zone` into `timestamp with time zone` and its arguments.
fn split_args(text: &str) -> Result<(String, Vec<i32>), DataTypeError> {
    let Some((name, rest)) = text.split_once('(') else {
        return Ok((text.to_owned(), Vec::new()));
    };
    let Some((args, after)) = rest.split_once(')') else {
        return Err(DataTypeError::Arguments("a closing bracket is missing".to_owned()));
    };
    let args = args
        .split(',')
        .map(|arg| {
            let arg = arg.trim();
            arg.parse().map_err(|_| DataTypeError::Arguments(format!("“{}” is not a whole number", shown(arg))))
        })
        .collect::<Result<_, _>>()?;
    Ok((format!("{name} {after}"), args))
}

fn check_args(base: BaseType, args: &[i32]) -> Result<(), DataTypeError> {
    if args.len() > base.max_args() {
        return Err(DataTypeError::Arguments(match base.max_args() {
            0 => format!("{} takes no arguments", base.as_str()),
            1 => format!("{} takes one argument", base.as_str()),
            n => format!("{} takes at most {n} arguments", base.as_str()),
        }));
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "the other types with arguments take a length")]
    let (low, high) = match base {
        BaseType::Numeric => (1, 1_000),
        BaseType::Timestamp | BaseType::TimestampTz | BaseType::Time | BaseType::TimeTz | BaseType::Interval => (0, 6),
        _ => (1, 10_485_760),
    };
    if let Some(first) = args.first()
        && !(low..=high).contains(first)
    {
        return Err(DataTypeError::Arguments(format!("{} goes from {low} to {high}", base.as_str())));
    }
    if let Some(scale) = args.get(1)
        && !(-1_000..=1_000).contains(scale)
    {
        return Err(DataTypeError::Arguments("the scale goes from -1000 to 1000".to_owned()));
    }
    Ok(())
}

impl TryFrom<String> for DataType {
    type Error = DataTypeError;

    fn try_from(text: String) -> Result<Self, DataTypeError> {
        Self::parse(&text)
    }
}

impl From<DataType> for String {
    fn from(data_type: DataType) -> Self {
        data_type.to_string()
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.base.as_str())?;
        if !self.args.is_empty() {
            let args: Vec<String> = self.args.iter().map(ToString::to_string).collect();
            write!(f, "({})", args.join(", "))?;
        }
        for _ in 0..self.dimensions {
            f.write_str("[]")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_and_writes() {
        for (text, expect) in [
            ("INT", "integer"),
            ("  character   varying ( 20 )", "varchar(20)"),
            ("NUMERIC(10,2)", "numeric(10, 2)"),
            ("timestamp(3) with time zone", "timestamptz(3)"),
            ("double precision", "double precision"),
            ("float", "double precision"),
            ("text[ ][]", "text[][]"),
            ("TimestampTZ", "timestamptz"),
            ("char", "char(1)"),
            ("character(5)", "char(5)"),
            ("bpchar(5)", "char(5)"),
            ("varchar(255)", "varchar(255)"),
            ("Character Varying", "varchar"),
            ("bit", "bit(1)"),
            ("bit varying(8)", "varbit(8)"),
            ("numeric", "numeric"),
            ("decimal(4)", "numeric(4, 0)"),
            ("numeric(4,-2)", "numeric(4, -2)"),
            ("timestamp without time zone", "timestamp"),
            ("time with time zone", "timetz"),
            ("interval(0)", "interval(0)"),
            ("char[]", "char(1)[]"),
            ("serial4", "serial"),
        ] {
            assert_eq!(DataType::parse(text).map(|t| t.to_string()), Ok(expect.to_owned()), "{text}");
        }
    }

    #[test]
    fn refuses() {
        for text in [
            "",
            "integer; drop table x",
            "integer)",
            "varchar(",
            "varchar(0)",
            "varchar(a)",
            "numeric(1,2,3)",
            "integer(4)",
            "text, add column x text",
            "\"text\"",
            "text collate \"C\"",
            "text[",
            "text]",
            "text[1]",
            "serial[]",
            "integer primary key",
            "unknown",
            "text--",
            "text/**/",
            "pg_catalog.text",
            "bpchar",
            "İNTEGER",
            "ınteger",
            "ｔｅｘｔ",
            "text\u{200B}",
            "te\u{202E}xt",
            "text\0",
            "varchar(10485761)",
            "varchar(99999999999)",
            "char(-1)",
            "numeric(0)",
            "numeric(1001)",
            "numeric(4, 1001)",
            "timestamp(7)",
            "text[][][][][][][]",
            "setof text",
            "text%type",
            "regclass",
            "oid",
            "\"char\"",
            "interval year to month",
        ] {
            assert!(DataType::parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn references() {
        for (from, to, expect) in [
            ("integer", "serial", true),
            ("integer", "bigint", true),
            ("bigint", "integer", true),
            ("numeric", "integer", false),
            ("integer", "numeric", true),
            ("text", "varchar(10)", true),
            ("text", "integer", false),
            ("uuid", "uuid", true),
            ("uuid", "text", false),
            ("integer[]", "integer[]", true),
            ("integer[]", "integer", false),
            ("json", "json", false),
            ("time", "interval", true),
            ("interval", "time", false),
            ("bit(3)", "varbit(8)", true),
            ("macaddr8", "macaddr", true),
            ("bigint[]", "integer[]", false),
            ("integer[]", "integer[][]", true),
            ("varchar[]", "varchar[]", true),
            ("varchar(3)[]", "varchar(3)[]", false),
            ("char[]", "char[]", false),
            ("tsvector", "tsvector", true),
        ] {
            let (a, b) = (DataType::parse(from).unwrap(), DataType::parse(to).unwrap());
            assert_eq!(a.can_reference(&b), expect, "{from} -> {to}");
        }
    }
}
