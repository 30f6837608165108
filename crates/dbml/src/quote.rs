//! Names, strings and values as DBML writes them.

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
}
