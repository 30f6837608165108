//! Names, strings and values as DBML writes them.

use schema::{DataType, Expr, Expression, Schema, UnaryOperator};

/// Words that begin an element where a column could stand.
const ELEMENTS: [&str; 12] = [
    "checks",
    "dep",
    "enum",
    "indexes",
    "metadata",
    "note",
    "project",
    "records",
    "ref",
    "table",
    "tablegroup",
    "tablepartial",
];

/// A text as a message may quote it: short, on one line, and without anything that cannot be seen.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 40;
    let visible = |c: char| if c.is_control() || is_reordering(c) { '\u{FFFD}' } else { c };
    let mut out: String = text.chars().take(MOST).map(visible).collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}

/// Characters that reorder the text around them.
fn is_reordering(c: char) -> bool {
    matches!(c, '\u{061C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A name; in double quotes unless every reader takes it bare.
pub(crate) fn name(text: &str) -> String {
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if starts_well && plain && ELEMENTS.binary_search(&text.to_ascii_lowercase().as_str()).is_err() {
        return text.to_owned();
    }
    format!("\"{}\"", escaped(text, '"'))
}

/// A string on one line.
pub(crate) fn string(text: &str) -> String {
    format!("'{}'", escaped(text, '\''))
}

/// A string as the only thing on its lines: in three quotes and indented when it has several lines.
///
/// Readers drop the indentation that all lines share, so that a text whose lines all begin with space stays on one.
pub(crate) fn block(text: &str, indent: usize) -> String {
    let flush = |line: &str| line.chars().next().is_some_and(|c| !c.is_whitespace());
    let first = text.split('\n').next().is_some_and(|line| !line.trim().is_empty());
    if !text.contains('\n') || !first || !text.split('\n').any(flush) {
        return string(text);
    }
    let margin = "  ".repeat(indent);
    let mut out = "'''".to_owned();
    for line in text.split('\n') {
        out.push('\n');
        if !line.is_empty() {
            out.push_str(&margin);
            out.push_str(&escaped(line, '\''));
        }
    }
    if text.ends_with('\n') {
        out.push_str(&margin);
    }
    out.push_str("'''");
    out
}

fn escaped(text: &str, quote: char) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// A type: bare when it is one word, with arguments without spaces. One of the schema's own is its name.
pub(crate) fn data_type(schema: &Schema, data_type: &DataType) -> String {
    if let Some(it) = data_type.user_type().and_then(|id| schema.user_type(id)) {
        let namespace = schema.namespaces.get(&it.namespace).map(|it| &it.name).filter(|it| it.as_str() != "public");
        let namespace = namespace.map_or_else(String::new, |namespace| format!("{}.", name(namespace.as_str())));
        // Brackets are not read behind a quoted name.
        let dimensions = "[]".repeat(data_type.dimensions().into());
        return match (namespace.is_empty(), dimensions.is_empty()) {
            (true, false) => string_name(&format!("{}{dimensions}", it.name)),
            _ => format!("{namespace}{}", name(it.name.as_str())),
        };
    }
    if let Some(foreign) = data_type.foreign_type() {
        let text = foreign.text(false).replace(", ", ",") + &"[]".repeat(data_type.dimensions().into());
        let is_plain = text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_(),[]".contains(&b));
        return if is_plain { text } else { string_name(&text) };
    }
    let text = data_type.to_string().replace(", ", ",");
    if text.contains(' ') { format!("\"{text}\"") } else { text }
}

fn string_name(text: &str) -> String {
    format!("\"{}\"", escaped(text, '"'))
}

/// The value of a default; none when DBML cannot say it.
pub(crate) fn default_value(default: &Expression) -> Option<String> {
    default.tree().and_then(literal).or_else(|| expression(default))
}

fn literal(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Null => Some("null".to_owned()),
        Expr::Boolean(value) => Some(value.to_string()),
        Expr::Number(text) => is_number(text).then(|| text.clone()),
        Expr::String(text) => Some(string(text)),
        Expr::Unary(UnaryOperator::Minus, inner) => {
            let Expr::Number(text) = &**inner else { return None };
            is_number(text).then(|| format!("-{text}"))
        }
        Expr::Unary(UnaryOperator::Plus | UnaryOperator::Not, _)
        | Expr::Column(_)
        | Expr::Call(..)
        | Expr::Keyword(_)
        | Expr::Cast(..)
        | Expr::Binary(..)
        | Expr::IsNull(..)
        | Expr::In(..)
        | Expr::Between(..) => None,
    }
}

/// Digits, with one point between digits at most: what every reader takes for the same number.
fn is_number(text: &str) -> bool {
    // Readers keep numbers as floating point; a longer one would lose digits.
    let mut parts = text.split('.');
    let digits = |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    let whole = digits(parts.next());
    let fraction = parts.clone().next().is_none() || digits(parts.next());
    whole && fraction && parts.next().is_none() && text.len() <= 15
}

/// An expression in backticks; none when it contains one.
pub(crate) fn expression(expression: &Expression) -> Option<String> {
    let text = expression.to_string();
    (!text.contains('`')).then(|| format!("`{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(ELEMENTS.is_sorted());
        for (text, expect) in [
            ("users", "users"),
            ("Users", "Users"),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\\\"b\""),
            ("a\\b", "\"a\\\\b\""),
            ("1st", "\"1st\""),
            ("größe", "\"größe\""),
            ("Note", "\"Note\""),
            ("//", "\"//\""),
            ("a.b", "\"a.b\""),
        ] {
            assert_eq!(name(text), expect);
        }
    }

    #[test]
    fn strings() {
        for (text, expect) in [
            ("plain", "'plain'"),
            ("it's", "'it\\'s'"),
            ("a\\", "'a\\\\'"),
            ("a\nb", "'a\\nb'"),
            ("'''", "'\\'\\'\\''"),
            ("\u{1}", "'\\u0001'"),
        ] {
            assert_eq!(string(text), expect);
        }
    }

    #[test]
    fn defaults() {
        for (text, expect) in [
            ("0", Some("0")),
            ("-1.5", Some("-1.5")),
            (".5", Some("`.5`")),
            ("1e3", Some("`1e3`")),
            ("12345678901234567890", Some("`12345678901234567890`")),
            ("'it''s'", Some("'it\\'s'")),
            ("true", Some("true")),
            ("null", Some("null")),
            ("now()", Some("`now()`")),
            ("'`' || 'x'", None),
            ("'`'", Some("'`'")),
        ] {
            let value = Expression::parse(text).unwrap();
            assert_eq!(default_value(&value).as_deref(), expect, "{text}");
        }
    }

    #[test]
    fn types() {
        for (text, expect) in [
            ("numeric(10, 2)", "numeric(10,2)"),
            ("double precision", "\"double precision\""),
            ("text[]", "text[]"),
            ("timestamptz", "timestamptz"),
        ] {
            assert_eq!(data_type(&Schema::default(), &DataType::parse(text).unwrap()), expect);
        }
    }
}
