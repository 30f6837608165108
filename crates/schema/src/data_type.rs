//! Column types: a closed list, parsed from what people type and written back in one spelling; types that the schema
//! defines, by id; and types of extensions, by name.

use crate::keywords::is_bare;
use crate::text::shown;
use crate::{Name, QualifiedName, TypeId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A PostgreSQL type with its arguments and array dimensions, such as `numeric(10, 2)` or `text[]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DataType {
    kind: Kind,
    dimensions: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Kind {
    /// With its arguments, and the fields of an interval.
    BuiltIn(BaseType, Vec<i32>, Option<&'static str>),
    Defined(TypeId),
    Foreign(Box<ForeignType>),
}

/// A type known by name alone, such as one of an extension.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ForeignType {
    /// Its name.
    pub name: QualifiedName,
    /// What stands in brackets behind it: whole numbers and plain words.
    pub args: Vec<String>,
}

/// The fields that an interval can be limited to.
const INTERVAL_FIELDS: [&str; 13] = [
    "year to month",
    "day to hour",
    "day to minute",
    "day to second",
    "hour to minute",
    "hour to second",
    "minute to second",
    "year",
    "month",
    "day",
    "hour",
    "minute",
    "second",
];

/// Types of PostgreSQL's own that nobody chooses for a new column, and that may be met in a live database.
const CATALOG: [&str; 27] = [
    "aclitem",
    "bpchar",
    "char",
    "cid",
    "datemultirange",
    "int2vector",
    "int4multirange",
    "int8multirange",
    "jsonpath",
    "name",
    "nummultirange",
    "oid",
    "oidvector",
    "pg_lsn",
    "pg_snapshot",
    "refcursor",
    "regclass",
    "regconfig",
    "regnamespace",
    "regproc",
    "regprocedure",
    "regrole",
    "regtype",
    "tid",
    "tsmultirange",
    "tstzmultirange",
    "xid",
];

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
        Self { kind: Kind::BuiltIn(base, spelled_out(base, Vec::new()), None), dimensions: 0 }
    }

    /// A type that the schema defines.
    pub fn defined(id: TypeId) -> Self {
        Self { kind: Kind::Defined(id), dimensions: 0 }
    }

    /// The same type as an array of so many dimensions.
    #[must_use]
    pub fn with_dimensions(mut self, dimensions: u8) -> Self {
        self.dimensions = dimensions;
        self
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
        Ok(Self { kind: Kind::BuiltIn(base, spelled_out(base, args), None), dimensions })
    }

    /// Reads a type as imports and live databases have it: besides what people type, any other name, in quotes or not,
    /// qualified or not, is one of an extension.
    ///
    /// ```
    /// use schema::DataType;
    ///
    /// assert_eq!(DataType::parse_wide("geometry(Point, 4326)").unwrap().to_string(), "\"geometry\"(point, 4326)");
    /// assert!(DataType::parse_wide("text; drop table users").is_err());
    /// ```
    ///
    /// # Errors
    /// When the text is not exactly one type.
    pub fn parse_wide(text: &str) -> Result<Self, DataTypeError> {
        let parsed = Self::parse(text);
        if parsed.is_ok() || text.trim().is_empty() {
            return parsed;
        }
        if let Some(interval) = interval_with_fields(text) {
            return Ok(interval);
        }
        let (rest, dimensions) = strip_dimensions(text.trim())?;
        let foreign = foreign(rest)?;
        // Words that are PostgreSQL's own were refused for their arguments, or are not complete.
        let is_own = |base: &BaseType| {
            foreign.name.namespace.is_none()
                && !rest.starts_with('"')
                && (base.as_str() == foreign.name.name.as_str() || base.aliases().contains(&foreign.name.name.as_str()))
        };
        if BaseType::ALL.iter().any(is_own) {
            return parsed;
        }
        // PostgreSQL's own types by their full name.
        let in_catalog = foreign.name.namespace.as_ref().is_some_and(|namespace| namespace.as_str() == "pg_catalog");
        if in_catalog
            && !CATALOG.contains(&foreign.name.name.as_str())
            && let Ok(own) = Self::parse(&foreign.text(false))
        {
            return Ok(own.with_dimensions(dimensions));
        }
        Ok(Self { kind: Kind::Foreign(Box::new(foreign)), dimensions })
    }

    /// The type without its arguments; none of what is not PostgreSQL's own.
    pub fn base(&self) -> Option<BaseType> {
        match self.kind {
            Kind::BuiltIn(base, ..) => Some(base),
            Kind::Defined(_) | Kind::Foreign(_) => None,
        }
    }

    /// The type of the schema's own that it is, or is an array of.
    pub fn user_type(&self) -> Option<TypeId> {
        match self.kind {
            Kind::Defined(id) => Some(id),
            Kind::BuiltIn(..) | Kind::Foreign(_) => None,
        }
    }

    /// The name of what neither PostgreSQL nor the schema defines.
    pub fn foreign_type(&self) -> Option<&ForeignType> {
        match &self.kind {
            Kind::Foreign(foreign) => Some(foreign),
            Kind::BuiltIn(..) | Kind::Defined(_) => None,
        }
    }

    /// Length, or precision and scale.
    pub fn args(&self) -> &[i32] {
        match &self.kind {
            Kind::BuiltIn(_, args, _) => args,
            Kind::Defined(_) | Kind::Foreign(_) => &[],
        }
    }

    /// Whether the column gets its value from a sequence of its own.
    pub fn has_sequence(&self) -> bool {
        self.base().is_some_and(BaseType::has_sequence)
    }

    /// Whether a key or an ordinary index can be made over the type, as far as is known.
    pub fn can_be_key(&self) -> bool {
        self.base().is_none_or(BaseType::can_be_key)
    }

    /// How many `[]` follow; 0 for what is no array.
    pub fn dimensions(&self) -> u8 {
        self.dimensions
    }

    /// The type that a column referencing one of this type should have.
    pub fn without_sequence(&self) -> Self {
        let kind = match &self.kind {
            Kind::BuiltIn(base, args, fields) => Kind::BuiltIn(base.without_sequence(), args.clone(), *fields),
            Kind::Defined(_) | Kind::Foreign(_) => self.kind.clone(),
        };
        Self { kind, dimensions: self.dimensions }
    }

    /// Whether PostgreSQL lets a column of this type reference a key column of type `referenced`, on every
    /// supported version and with every pair of values comparable. Of types of extensions nothing is known, and a domain
    /// has to be resolved before (see [`Schema::underlying`](crate::Schema::underlying)).
    pub fn can_reference(&self, referenced: &Self) -> bool {
        let (Some(mine), Some(theirs)) = (self.base(), referenced.base()) else {
            let known = [self, referenced].iter().all(|side| side.foreign_type().is_none());
            return !known || self.kind == referenced.kind && (self.dimensions > 0) == (referenced.dimensions > 0);
        };
        if !mine.can_be_key() || !theirs.can_be_key() {
            return false;
        }
        let (mine, theirs) = (mine.without_sequence(), theirs.without_sequence());
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
        self.args().is_empty()
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

/// `interval day to second(3)`.
fn interval_with_fields(text: &str) -> Option<DataType> {
    let lower = text.to_ascii_lowercase();
    let (rest, dimensions) = strip_dimensions(lower.trim()).ok()?;
    let rest = rest.strip_prefix("interval")?.trim();
    let (fields, args) = split_args(rest).ok()?;
    let fields = fields.split_whitespace().collect::<Vec<_>>().join(" ");
    let fields = INTERVAL_FIELDS.into_iter().find(|known| *known == fields)?;
    let fits = args.is_empty() || fields.ends_with("second") && check_args(BaseType::Interval, &args).is_ok();
    fits.then_some(DataType { kind: Kind::BuiltIn(BaseType::Interval, args, Some(fields)), dimensions })
}

/// `name`, `"Name"`, `public.name(1, word)`.
fn foreign(text: &str) -> Result<ForeignType, DataTypeError> {
    let (first, rest) = identifier(text)?;
    let (name, rest) = match rest.trim_start().strip_prefix('.') {
        Some(rest) => {
            let (name, rest) = identifier(rest.trim_start())?;
            (QualifiedName { namespace: Some(first), name }, rest)
        }
        None => (QualifiedName { namespace: None, name: first }, rest),
    };
    let rest = rest.trim();
    let is_quoted = text.starts_with('"');
    let name = match CATALOG.contains(&name.name.as_str()) && (name.name.as_str() != "char" || is_quoted) {
        true if name.namespace.is_none() => {
            QualifiedName { namespace: Name::parse("pg_catalog").ok(), name: name.name }
        }
        // Every connection looks there by itself.
        _ if name.namespace.as_ref().is_some_and(|namespace| namespace.as_str() == "public") => {
            QualifiedName { namespace: None, ..name }
        }
        _ => name,
    };
    if rest.is_empty() {
        return Ok(ForeignType { name, args: Vec::new() });
    }
    let inner = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let inner = inner.ok_or_else(|| DataTypeError::Trailing(shown(rest)))?;
    let args = inner.split(',').map(|arg| {
        let arg = arg.trim().to_ascii_lowercase();
        let fits = arg.parse::<i64>().is_ok() || is_bare(&arg);
        if fits {
            Ok(arg)
        } else {
            Err(DataTypeError::Arguments(format!("“{}” is not a number or word", shown(&arg))))
        }
    });
    Ok(ForeignType { name, args: args.collect::<Result<_, _>>()? })
}

/// A name at the beginning, and what follows.
fn identifier(text: &str) -> Result<(Name, &str), DataTypeError> {
    let unknown = || DataTypeError::Unknown(shown(text));
    if let Some(inner) = text.strip_prefix('"') {
        let mut name = String::new();
        let mut chars = inner.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c != '"' {
                name.push(c);
            } else if chars.next_if(|(_, next)| *next == '"').is_some() {
                name.push('"');
            } else {
                let parsed = Name::parse(&name).ok().filter(|parsed| parsed.as_str() == name);
                return Ok((parsed.ok_or_else(unknown)?, inner.get(at + 1..).unwrap_or_default()));
            }
        }
        return Err(unknown());
    }
    let length = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    let (word, rest) = text.split_at(length);
    let word = word.to_ascii_lowercase();
    if word.is_empty() || word.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(unknown());
    }
    Ok((Name::parse(&word).map_err(|_| unknown())?, rest))
}

impl ForeignType {
    /// The name and its arguments; with quotes as SQL wants them, or as people read it.
    pub fn text(&self, is_quoted: bool) -> String {
        let name = |name: &Name| {
            if is_quoted || !is_bare(name.as_str()) {
                format!("\"{}\"", name.as_str().replace('"', "\"\""))
            } else {
                name.to_string()
            }
        };
        let own = self.name.namespace.as_ref().is_none_or(|it| matches!(it.as_str(), "pg_catalog" | "public"));
        let mut text = match &self.name.namespace {
            Some(namespace) if is_quoted || !own => format!("{}.{}", name(namespace), name(&self.name.name)),
            Some(_) | None => name(&self.name.name),
        };
        if !self.args.is_empty() {
            text.push_str(&format!("({})", self.args.join(", ")));
        }
        text
    }
}

impl TryFrom<String> for DataType {
    type Error = DataTypeError;

    /// Reads what [`Display`](fmt::Display) writes, and what people type.
    fn try_from(text: String) -> Result<Self, DataTypeError> {
        let defined = text.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        if let Some((id, rest)) = defined {
            let id = uuid::Uuid::parse_str(id).map_err(|_| DataTypeError::Unknown(shown(&text)))?;
            return match strip_dimensions(rest)? {
                ("", dimensions) => Ok(Self { kind: Kind::Defined(TypeId(id)), dimensions }),
                (rest, _) => Err(DataTypeError::Trailing(shown(rest))),
            };
        }
        if text.starts_with('"') || text.starts_with("interval ") {
            Self::parse_wide(&text)
        } else {
            Self::parse(&text)
        }
    }
}

impl From<DataType> for String {
    fn from(data_type: DataType) -> Self {
        data_type.to_string()
    }
}

/// As it is stored. A type of the schema's own is its id: [`Schema::type_text`](crate::Schema::type_text) knows what it is
/// called.
impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::BuiltIn(base, args, fields) => {
                f.write_str(base.as_str())?;
                if let Some(fields) = fields {
                    write!(f, " {fields}")?;
                }
                if !args.is_empty() {
                    let args: Vec<String> = args.iter().map(ToString::to_string).collect();
                    write!(f, "({})", args.join(", "))?;
                }
            }
            Kind::Defined(id) => write!(f, "{{{id}}}")?,
            Kind::Foreign(foreign) => f.write_str(&foreign.text(true))?,
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
