//! Names and text, written so that PostgreSQL reads back exactly what was meant.

use schema::is_bare;

/// The name as SQL writes it: bare when PostgreSQL would keep it as it is, in double quotes otherwise.
///
/// # Examples
/// ```
/// assert_eq!(ddl::quote_name("users"), "users");
/// assert_eq!(ddl::quote_name("order"), "\"order\"");
/// assert_eq!(ddl::quote_name("a\"b"), "\"a\"\"b\"");
/// ```
pub fn quote_name(name: &str) -> String {
    if is_bare(name) {
        return name.to_owned();
    }
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The text as a literal of SQL.
///
/// The result is always one line: a script stays readable for tools that look at the beginnings of lines, whatever
/// the text contains. U+0000, which PostgreSQL cannot store, is dropped.
///
/// # Examples
/// ```
/// assert_eq!(ddl::quote_literal("it's"), "'it''s'");
/// assert_eq!(ddl::quote_literal("a\nb"), "E'a\\nb'");
/// ```
pub fn quote_literal(text: &str) -> String {
    let escaped = text.chars().any(|c| c == '\\' || c.is_control());
    let mut out = String::with_capacity(text.len() + 3);
    out.push_str(if escaped { "E'" } else { "'" });
    for c in text.chars() {
        match c {
            '\0' => {}
            '\'' => out.push_str("''"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('\'');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for (name, expect) in [
            ("users", "users"),
            ("_a1", "_a1"),
            ("1a", "\"1a\""),
            ("Users", "\"Users\""),
            ("select", "\"select\""),
            ("a b", "\"a b\""),
            ("a\"b", "\"a\"\"b\""),
            ("größe", "\"größe\""),
            ("--", "\"--\""),
            ("a;b", "\"a;b\""),
            ("$1", "\"$1\""),
            ("a$b", "\"a$b\""),
            ("", "\"\""),
        ] {
            assert_eq!(quote_name(name), expect);
        }
    }

    #[test]
    fn literals() {
        for (text, expect) in [
            ("", "''"),
            ("plain", "'plain'"),
            ("it's", "'it''s'"),
            ("a\\'b", "E'a\\\\''b'"),
            ("a\n\\! ls", "E'a\\n\\\\! ls'"),
            ("a\0b", "E'ab'"),
            ("\u{7}", "E'\\u0007'"),
            ("/* -- */", "'/* -- */'"),
            ("$$", "'$$'"),
        ] {
            assert_eq!(quote_literal(text), expect);
        }
    }
}
