//! Names that the databases make where none is written.

use crate::Dialect;
use crate::lex::{Kind, Lexer};
use crate::script::{IndexPart, PartKey, Sql};

/// PostgreSQL's limit, in bytes.
const MAX_BYTES: usize = 63;

/// `table_columns_label`, cut as PostgreSQL cuts it: the longer part first.
pub(crate) fn made(table: &str, columns: &str, label: &str) -> String {
    let room = MAX_BYTES.saturating_sub(label.len() + 1 + usize::from(!columns.is_empty()));
    let (mut first, mut second) = (table.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let (first, second) = (clip(table, first), clip(columns, second));
    if columns.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

/// As many whole characters as fit into so many bytes.
fn clip(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    text.get(..end).unwrap_or_default()
}

/// The middle of an index's name: its columns, and a word for each expression.
pub(crate) fn of_parts(parts: &[IndexPart]) -> String {
    let mut seen: Vec<String> = Vec::new();
    for part in parts.iter().take(64) {
        let base = match &part.key {
            PartKey::Column(name) => name.clone(),
            PartKey::Expression(expression) => word_for(expression),
        };
        let mut name = base.clone();
        let mut pass = 0;
        while seen.contains(&name) && pass < 64 {
            pass += 1;
            name = format!("{base}{pass}");
        }
        seen.push(name);
    }
    joined(seen.iter().map(String::as_str))
}

/// Columns joined, as far as a name could hold them.
pub(crate) fn joined<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    let mut out = String::new();
    for column in columns {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(column);
        if out.len() >= MAX_BYTES {
            break;
        }
    }
    clip(&out, MAX_BYTES).to_owned()
}

/// What PostgreSQL calls a column that is an expression: the function, or `expr`.
fn word_for(expression: &Sql) -> String {
    let mut lexer = Lexer::new(&expression.0, Dialect::Postgres);
    let (first, second) = (lexer.next(), lexer.next());
    match (first, second) {
        (Some(first), Some(second)) if first.kind == Kind::Word && second.is_symbol(&expression.0, "(") => {
            let word = first.text(&expression.0).to_lowercase();
            // Only where the call is all of it.
            if expression.0.ends_with(')') && is_one_call(&expression.0) { word } else { "expr".to_owned() }
        }
        _ => "expr".to_owned(),
    }
}

fn is_one_call(text: &str) -> bool {
    let mut lexer = Lexer::new(text, Dialect::Postgres);
    let (mut depth, mut closed) = (0_u32, false);
    while let Some(token) = lexer.next() {
        if closed {
            return false;
        }
        if token.is_symbol(text, "(") {
            depth += 1;
        } else if token.is_symbol(text, ")") {
            depth = depth.saturating_sub(1);
            closed = depth == 0;
        }
    }
    true
}

/// The columns that an expression mentions, of those that there are.
pub(crate) fn mentioned(expression: &Sql, dialect: Dialect, is_column: impl Fn(&str) -> bool) -> Vec<String> {
    let text = &expression.0;
    let mut lexer = Lexer::new(text, dialect);
    let mut found: Vec<String> = Vec::new();
    let mut before = None;
    let mut token = lexer.next();
    while let Some(current) = token {
        let next = lexer.next();
        let is_name = matches!(current.kind, Kind::Word | Kind::Quoted | Kind::DoubleQuoted);
        let is_call = next.is_some_and(|next| next.is_symbol(text, "("));
        let is_cast = before.is_some_and(|before: crate::lex::Token| before.is_symbol(text, "::"));
        if is_name && !is_call && !is_cast {
            let raw = current.text(text);
            let name = if current.kind == Kind::Word { dialect.fold(raw) } else { crate::lex::unquote_name(raw) };
            if is_column(&name) && !found.contains(&name) {
                found.push(name);
            }
        }
        before = Some(current);
        token = next;
    }
    found
}
