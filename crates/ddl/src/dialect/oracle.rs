//! Oracle, which shouts names that are not in quotes, takes an empty text for NULL, and has no ON UPDATE.

use super::Dialect;
use super::rules::{Comments, Namespaces, Partial, Rules, Scopes, Unit, in_pieces};
use super::types::{Mapped, bounded, shortened};
use schema::{BaseType, is_bare};

pub(super) const RULES: Rules = Rules {
    dialect: Dialect::Oracle,
    quote,
    literal,
    clean,
    longest_name: (128, Unit::Bytes),
    namespaces: Namespaces::Prefix,
    own_namespaces: &[],
    create_namespace: "",
    beginning: "",
    after_table: "",
    notes: &["Oracle takes an empty text for NULL"],
    data_type,
    key_length: 1_500,
    prefixes: false,
    same_types: true,
    booleans: false,
    enums: false,
    bracketed_defaults: false,
    references_within: false,
    deferrable: (true, true),
    distinct_nulls: (true, false),
    expression_indexes: true,
    partial_indexes: Partial::No,
    include: false,
    comments: Comments::On,
    scopes: Scopes::Oracle,
};

/// Reserved words of Oracle that are none of PostgreSQL, and two that parsers of others take for such.
#[rustfmt::skip]
const RESERVED: &[&str] = &[
    "access", "add", "alter", "audit", "by", "bytes", "cluster", "comment", "compress", "connect", "current", "date", "delete",
    "disabled", "drop", "exclusive", "file", "identified", "immediate", "increment", "index", "initial", "insert", "level", "lock",
    "long", "maxextents", "minus", "mlslabel", "mode", "modify", "noaudit", "nocompress", "nowait", "number", "of",
    "offline", "online", "option", "pctfree", "prior", "public", "raw", "rename", "resource", "revoke", "rowid",
    "rownum", "rows", "session", "set", "share", "size", "start", "successful", "synonym", "sysdate", "trigger", "uid",
    "update", "validate", "varchar2", "view", "whenever",
];

/// A plain name stands without quotes, so that nobody needs quotes for it ever after. A word of SQL is in capitals within
/// its quotes, as Oracle would keep it without.
fn quote(name: &str) -> String {
    let is_word = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let is_reserved = !is_bare(name) || RESERVED.binary_search(&name).is_ok();
    match (is_word, is_reserved) {
        (true, false) => name.to_owned(),
        (true, true) => format!("\"{}\"", name.to_ascii_uppercase()),
        (false, _) => format!("\"{name}\""),
    }
}

/// On one line, as SQL*Plus looks at the beginnings of lines; and without `&`, which it replaces.
pub(super) fn literal(text: &str) -> String {
    in_pieces(text, "'", " || ", |_, c| (c.is_control() || c == '&').then(|| format!("CHR({})", u32::from(c))))
}

/// No name has a quote in it, and none that SQL*Plus would ask about.
fn clean(name: &str) -> String {
    name.replace(['"', '&'], "_")
}

fn data_type(base: BaseType, args: &[i32], limit: Option<u32>) -> Mapped {
    let first = args.first().and_then(|arg| u32::try_from(*arg).ok());
    let precision = first.unwrap_or(6);
    let text =
        |characters: u32| Mapped { characters: Some(characters), ..Mapped::of(format!("VARCHAR2({characters} CHAR)")) };
    match base {
        BaseType::SmallInt | BaseType::SmallSerial => Mapped::of("NUMBER(5)"),
        BaseType::Integer | BaseType::Serial => Mapped::of("NUMBER(10)"),
        BaseType::BigInt | BaseType::BigSerial => Mapped::of("NUMBER(19)"),
        BaseType::Text => bounded(limit).map_or_else(|| Mapped::large("CLOB"), text),
        BaseType::Varchar => match first.map(|own| shortened(own, limit)) {
            Some(fits) if fits <= 4_000 => text(fits),
            Some(_) => Mapped::large("CLOB"),
            None => data_type(BaseType::Text, &[], limit),
        },
        BaseType::Char => match shortened(first.unwrap_or(1), limit) {
            fits if fits <= 2_000 => Mapped { characters: Some(fits), ..Mapped::of(format!("CHAR({fits} CHAR)")) },
            fits => data_type(BaseType::Varchar, &[i32::try_from(fits).unwrap_or(i32::MAX)], limit),
        },
        BaseType::Numeric => match *args {
            [precision, scale] if (1..=38).contains(&precision) && (-84..=127).contains(&scale) => {
                Mapped::of(format!("NUMBER({precision}, {scale})"))
            }
            [] => Mapped::of("NUMBER"),
            _ => Mapped::of("NUMBER").instead_of("a number of more digits than fit"),
        },
        BaseType::Real => Mapped::of("BINARY_FLOAT"),
        BaseType::DoublePrecision => Mapped::of("BINARY_DOUBLE"),
        BaseType::Boolean => Mapped::of("NUMBER(1)").noted("a boolean: NUMBER(1), which is 1 or 0"),
        // No key can be over a time with its zone.
        BaseType::TimestampTz if limit.is_some() => Mapped::of(format!("TIMESTAMP({precision}) WITH LOCAL TIME ZONE"))
            .noted("in a key, a time is kept in the zone of the database"),
        BaseType::TimestampTz => Mapped::of(format!("TIMESTAMP({precision}) WITH TIME ZONE")),
        BaseType::Timestamp => Mapped::of(format!("TIMESTAMP({precision})")),
        BaseType::Date => Mapped::of("DATE").noted("a date: DATE, which has a time of day too"),
        BaseType::Time | BaseType::TimeTz => {
            Mapped { characters: Some(24), ..Mapped::of("VARCHAR2(24 CHAR)") }.instead_of("a time of day")
        }
        BaseType::Uuid => Mapped::of("RAW(16)").instead_of("uuid"),
        BaseType::Json | BaseType::Jsonb => Mapped::large("CLOB").instead_of(base.as_str()),
        BaseType::Bytea => match bounded(limit) {
            Some(bytes) => {
                Mapped::of(format!("RAW({bytes})")).noted(format!("in a key it can have no more than {bytes} bytes"))
            }
            None => Mapped::large("BLOB"),
        },
        BaseType::Money => Mapped::of("NUMBER(19, 2)").instead_of("money"),
        BaseType::Xml => Mapped::large("XMLTYPE"),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_stay_on_their_line() {
        assert!(RESERVED.is_sorted());
        for (text, expect) in [
            ("", "''"),
            ("it's", "'it''s'"),
            ("a\nb", "'a' || CHR(10) || 'b'"),
            ("|| ' ||", "'|| '' ||'"),
            ("\n\n", "CHR(10) || CHR(10)"),
            ("R&D", "'R' || CHR(38) || 'D'"),
        ] {
            assert_eq!(literal(text), expect, "{text:?}");
        }
    }
}
