//! Expressions of the dialects as expressions of the model: names quoted as the model has them, strings and a few
//! functions in PostgreSQL's words. What the model's grammar does not know is refused there.

use crate::Dialect;
use crate::lex::{Kind, Lexer, Token, unquote_name, unquote_string};
use crate::script::Sql;
use schema::{BaseType, DataType, Expression};

/// A default for a column of that type; none where the value is NULL.
pub(super) fn default_value(value: &Sql, data_type: &DataType, dialect: Dialect) -> Result<Option<Expression>, String> {
    let text = without_brackets(&rewritten(value, dialect, |_| None));
    let text = text.trim();
    if text.eq_ignore_ascii_case("null") || text.to_ascii_lowercase().starts_with("null::") {
        return Ok(None);
    }
    let text = fitting(text, data_type);
    Expression::parse(&text)
        .or_else(|error| {
            // A literal of an enum or domain, whose column has a type of the model.
            let literal =
                literal_of_cast(&text).and_then(|literal| Expression::parse(&fitting(&literal, data_type)).ok());
            literal.ok_or(error.message)
        })
        .map(Some)
}

/// The literal of `'a'::mood`, and `'{}'` of `ARRAY[]::text[]`.
fn literal_of_cast(text: &str) -> Option<String> {
    let mut lexer = Lexer::new(text, Dialect::Postgres);
    let first = lexer.next()?;
    let second = lexer.next()?;
    let third = lexer.next();
    if first.is_word(text, "array")
        && second.is_symbol(text, "[")
        && third.is_some_and(|third| third.is_symbol(text, "]"))
    {
        return Some("'{}'".to_owned());
    }
    let is_literal = matches!(first.kind, Kind::String | Kind::Number) && second.is_symbol(text, "::");
    is_literal.then(|| first.text(text).to_owned())
}

/// A check over columns, whose names as the model has them `is_column` knows.
pub(super) fn check(
    value: &Sql,
    dialect: Dialect,
    is_column: impl Fn(&str) -> Option<String>,
) -> Result<Expression, String> {
    Expression::parse(&rewritten(value, dialect, is_column)).map_err(|error| error.message)
}

/// `((0))` of SQL Server.
fn without_brackets(text: &str) -> String {
    let mut text = text.trim();
    while let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        let mut depth = 0_i32;
        let closes_within = inner.chars().any(|c| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            depth < 0
        });
        if closes_within {
            break;
        }
        text = inner.trim();
    }
    text.to_owned()
}

/// A literal in the form that its type wants: MySQL writes `'0'` for numbers, and 0 for false.
fn fitting(text: &str, data_type: &DataType) -> String {
    let is_array = data_type.to_string().ends_with(']');
    let inner = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(text);
    let is_number = !inner.is_empty()
        && inner.trim_start_matches('-').parse::<f64>().is_ok()
        && !inner.contains(|c: char| c.is_alphabetic());
    if is_array {
        return text.to_owned();
    }
    let Some(base) = data_type.base() else { return text.to_owned() };
    #[expect(clippy::wildcard_enum_match_arm, reason = "literals of the other types are written alike everywhere")]
    match base {
        BaseType::Boolean => match inner.to_ascii_lowercase().as_str() {
            "0" | "b'0" | "false" | "f" | "n" => "false".to_owned(),
            "1" | "b'1" | "true" | "t" | "y" => "true".to_owned(),
            _ => text.to_owned(),
        },
        BaseType::Integer
        | BaseType::BigInt
        | BaseType::SmallInt
        | BaseType::Numeric
        | BaseType::Real
        | BaseType::DoublePrecision
            if is_number =>
        {
            inner.to_owned()
        }
        BaseType::Text | BaseType::Varchar | BaseType::Char if is_number && inner == text => format!("'{text}'"),
        _ => text.to_owned(),
    }
}

fn rewritten(value: &Sql, dialect: Dialect, is_column: impl Fn(&str) -> Option<String>) -> String {
    let text = &value.0;
    let mut tokens = Vec::new();
    let mut lexer = Lexer::new(text, dialect);
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    let mut out = String::new();
    let (mut at, mut end) = (0, 0);
    while let Some(token) = tokens.get(at) {
        if token.start() > end && !out.is_empty() {
            out.push(' ');
        }
        end = token.end();
        at += 1;
        let is_call = tokens.get(at).is_some_and(|next| next.is_symbol(text, "("));
        let word = written(*token, text, dialect, is_call, &is_column);
        // `CURRENT_TIMESTAMP(6)` and `now(6)` of MySQL: brackets where PostgreSQL has none, and digits that it has not.
        let bare = ["current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"];
        let is_bare = bare.iter().any(|bare| word.eq_ignore_ascii_case(bare));
        let closes = |ahead: usize| tokens.get(at + ahead).is_some_and(|next| next.is_symbol(text, ")"));
        if is_call
            && token.kind == Kind::Word
            && (is_bare || word.eq_ignore_ascii_case("now"))
            && (closes(1) || closes(2))
        {
            at += if closes(1) { 2 } else { 3 };
            end = tokens.get(at - 1).map_or(end, |last| last.end());
            out.push_str(&word);
            if !is_bare {
                out.push_str("()");
            }
            continue;
        }
        out.push_str(&word);
    }
    out
}

fn written(
    token: Token,
    text: &str,
    dialect: Dialect,
    is_call: bool,
    is_column: &impl Fn(&str) -> Option<String>,
) -> String {
    let raw = token.text(text);
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    match token.kind {
        Kind::String => {
            if raw.starts_with(['b', 'B', 'x', 'X']) {
                return raw.to_owned();
            }
            format!("'{}'", unquote_string(raw, dialect).replace('\'', "''"))
        }
        Kind::DoubleQuoted if dialect.is_my() => format!("'{}'", unquote_string(raw, dialect).replace('\'', "''")),
        Kind::Quoted | Kind::DoubleQuoted => {
            let name = unquote_name(raw);
            is_column(&name).map_or_else(|| quote(&name), |name| quote(&name))
        }
        Kind::Word => {
            if let Some(name) = is_column(&dialect.fold(raw)).filter(|_| !is_call) {
                return quote(&name);
            }
            in_words_of_postgresql(raw, dialect).to_owned()
        }
        Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken => raw.to_owned(),
    }
}

/// Functions that are called otherwise elsewhere.
fn in_words_of_postgresql(word: &str, dialect: Dialect) -> &str {
    let word_lower = word.to_ascii_lowercase();
    match (dialect, word_lower.as_str()) {
        (Dialect::SqlServer, "getdate" | "sysdatetime" | "getutcdate" | "sysutcdatetime") => "now",
        (Dialect::SqlServer, "newid" | "newsequentialid") => "gen_random_uuid",
        (Dialect::SqlServer, "isnull") => "coalesce",
        (Dialect::SqlServer, "len") => "length",
        (Dialect::MySql | Dialect::MariaDb, "uuid") => "gen_random_uuid",
        (Dialect::MySql | Dialect::MariaDb, "curdate") => "current_date",
        (Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite, "ifnull") => "coalesce",
        (Dialect::Oracle, "sysdate" | "systimestamp") => "current_timestamp",
        (Dialect::Oracle, "nvl") => "coalesce",
        _ => word,
    }
}
