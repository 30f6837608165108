//! Expressions of the dialects as expressions of the model. PostgreSQL's stay as they are. Of the others names are quoted
//! as the model has them, and strings and a few functions put in PostgreSQL's words; what the model's closed grammar does
//! not know of them then is refused, as it may mean something else to PostgreSQL.

use super::known::{Known, TextKind};
use super::{literal, quoted};
use crate::Dialect;
use crate::catalog;
use crate::lex::{Kind, Lexer, Token, unquote_name, unquote_string};
use crate::script::Sql;
use schema::{BaseType, BinaryOperator, Column, DataType, Expr, Expression};

/// The columns that an expression may mention.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns<'a> {
    /// As the catalog has them.
    pub(super) known: &'a [catalog::Column],
    /// As the model has them, in the same order.
    pub(super) made: &'a [Column],
    pub(super) dialect: Dialect,
}

impl<'a> Columns<'a> {
    fn of(&self, word: &str) -> Option<&'a Column> {
        let at = self.known.iter().position(|column| self.dialect.same(&column.name, word))?;
        self.made.get(at)
    }
}

/// A default of PostgreSQL's for a column of that type; none where the value is NULL.
pub(super) fn default_of_postgres(
    value: &Sql,
    data_type: &DataType,
    known: &Known,
) -> Result<Option<Expression>, String> {
    let text = plain_strings(&value.0);
    if text.eq_ignore_ascii_case("null") || text.to_ascii_lowercase().starts_with("null::") {
        return Ok(None);
    }
    // To a type that is not PostgreSQL's own a literal is converted by itself, and the type may be called otherwise later.
    let literal = if data_type.base().is_none() { literal_of_cast(&text) } else { None };
    let text = known.qualified(&literal.unwrap_or(text), TextKind::Expression);
    Expression::parse_wide(&text).map(Some).map_err(|error| error.message)
}

/// A default for a column of that type; none where the value is NULL.
pub(super) fn default_value(value: &Sql, data_type: &DataType, dialect: Dialect) -> Result<Option<Expression>, String> {
    let text = without_brackets(&rewritten(value, dialect, None));
    let text = text.trim();
    if text.eq_ignore_ascii_case("null") {
        return Ok(None);
    }
    Expression::parse(&fitting(text, data_type)).map(Some).map_err(|error| error.message)
}

/// The literal of `'a'::mood`, if that is all there is.
fn literal_of_cast(text: &str) -> Option<String> {
    let mut lexer = Lexer::new(text, Dialect::Postgres);
    let (first, second) = (lexer.next()?, lexer.next()?);
    let is_cast = first.kind == Kind::String && second.is_symbol(text, "::");
    while let Some(token) = lexer.next().filter(|_| is_cast) {
        let is_type = matches!(token.kind, Kind::Word | Kind::DoubleQuoted)
            || [".", "[", "]"].iter().any(|symbol| token.is_symbol(text, symbol));
        if !is_type {
            return None;
        }
    }
    is_cast.then(|| first.text(text).to_owned())
}

/// A check, or any other expression over the columns of a table.
pub(super) fn check(value: &Sql, dialect: Dialect, known: &Known, columns: Columns<'_>) -> Result<Expression, String> {
    if dialect == Dialect::Postgres {
        let text = known.qualified(&plain_strings(&value.0), TextKind::Expression);
        return Expression::parse_wide(&text).map_err(|error| error.message);
    }
    let text = rewritten(value, dialect, Some(columns));
    Expression::parse(&text).or_else(|error| choice(&text).ok_or(error.message))
}

/// What a column of another database is computed from, if PostgreSQL can store that.
pub(super) fn computed(value: &Sql, dialect: Dialect, columns: Columns<'_>) -> Result<Expression, String> {
    let found = check(value, dialect, &Known::default(), columns)?;
    let (mut changes, mut is_text) = (false, false);
    if let Some(tree) = found.tree() {
        tree.visit(&mut |part| {
            is_text |= matches!(part, Expr::Binary(BinaryOperator::Concat, ..));
            let is_new = |name: &str| matches!(name, "now" | "random" | "gen_random_uuid" | "concat" | "concat_ws");
            changes |= matches!(part, Expr::Keyword(_)) || matches!(part, Expr::Call(name, _) if is_new(name));
        });
    }
    // How a number is written as a text may depend on settings.
    let names = found.columns();
    let of_columns = columns.made.iter().filter(|column| names.contains(&column.name));
    let changes = changes || is_text && !of_columns.map(|column| &column.data_type).all(is_text_type);
    if changes { Err("PostgreSQL stores only what stays the same, whatever is set".to_owned()) } else { Ok(found) }
}

fn is_text_type(data_type: &DataType) -> bool {
    matches!(data_type.base(), Some(BaseType::Text | BaseType::Varchar | BaseType::Char)) && data_type.dimensions() == 0
}

/// Whether a column of that type can store what an expression gives, as far as that is easy to see.
pub(super) fn fits(expression: &Expression, columns: &[Column], data_type: &DataType) -> bool {
    let is_number = |it: &DataType| it.base().is_some_and(BaseType::is_number);
    match result_of(expression, columns) {
        Some(found) if is_text_type(&found) => is_text_type(data_type),
        Some(found) if is_number(&found) => is_number(data_type) || is_text_type(data_type),
        Some(_) | None => true,
    }
}

/// The type of what an expression gives, where that is easy to see: SQL Server and Oracle do not write it.
pub(super) fn result_of(expression: &Expression, columns: &[Column]) -> Option<DataType> {
    let of_columns: Vec<&DataType> = expression
        .columns()
        .iter()
        .filter_map(|name| columns.iter().find(|column| column.name == *name))
        .map(|column| &column.data_type)
        .collect();
    let is_number = |found: &&DataType| found.base().is_some_and(BaseType::is_number) && found.dimensions() == 0;
    #[expect(clippy::wildcard_enum_match_arm, reason = "of most expressions the type is not easy to see")]
    match expression.tree()? {
        Expr::Column(_) => of_columns.first().map(|found| found.without_sequence()),
        Expr::Binary(operator, ..) => match operator.as_str() {
            "||" => Some(DataType::of(BaseType::Text)),
            "+" | "-" | "*" | "/" | "%" if of_columns.iter().all(is_number) => Some(DataType::of(BaseType::Numeric)),
            "+" | "-" | "*" | "/" | "%" => None,
            _ => Some(DataType::of(BaseType::Boolean)),
        },
        Expr::Call(name, _) if matches!(name.as_str(), "lower" | "upper" | "trim" | "left" | "right" | "concat") => {
            Some(DataType::of(BaseType::Text))
        }
        Expr::Call(name, _) if name == "length" => Some(DataType::of(BaseType::Integer)),
        Expr::Cast(_, to) => Some(to.clone()),
        _ => None,
    }
}

/// A CASE of words that mean the same everywhere.
fn choice(text: &str) -> Option<Expression> {
    const WORDS: [&str; 14] =
        ["case", "when", "then", "else", "end", "and", "or", "not", "is", "null", "in", "like", "between", "coalesce"];
    let mut lexer = Lexer::new(text, Dialect::Postgres);
    let mut is_case = false;
    while let Some(token) = lexer.next() {
        let fits = match token.kind {
            Kind::Word => WORDS.iter().any(|word| token.is_word(text, word)),
            Kind::Symbol => "=<>()+-*,|".contains(token.text(text)) || matches!(token.text(text), "<>" | "<=" | ">="),
            Kind::String | Kind::Number | Kind::DoubleQuoted => true,
            Kind::Quoted | Kind::Variable | Kind::Meta | Kind::Broken => false,
        };
        if !fits {
            return None;
        }
        is_case |= token.is_word(text, "case");
    }
    if is_case { Expression::parse_wide(text).ok() } else { None }
}

/// The text with all strings in plain quotes, and strings that stand on several lines as one.
fn plain_strings(text: &str) -> String {
    let is_plain = |raw: &str| raw.starts_with(['\'', 'b', 'B', 'x', 'X']);
    let (mut out, mut end) = (String::new(), 0);
    let mut before: Option<(usize, String)> = None;
    let mut lexer = Lexer::new(text, Dialect::Postgres);
    while let Some(token) = lexer.next() {
        let raw = token.text(text);
        if token.kind != Kind::String {
            before = None;
            continue;
        }
        let joins = before.is_some();
        if is_plain(raw) && !joins {
            before = Some((out.len() + token.start() - end, unquote_string(raw, Dialect::Postgres)));
            continue;
        }
        out.push_str(text.get(end..token.start()).unwrap_or_default());
        let mut value = unquote_string(raw, Dialect::Postgres);
        if let Some((at, first)) = before.take() {
            out.truncate(at);
            value = first + &value;
        }
        before = Some((out.len(), value.clone()));
        out.push_str(&literal(&value));
        end = token.end();
    }
    out.push_str(text.get(end..).unwrap_or_default());
    out
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

fn rewritten(value: &Sql, dialect: Dialect, columns: Option<Columns<'_>>) -> String {
    let text = &value.0;
    let mut tokens = Vec::new();
    let mut lexer = Lexer::new(text, dialect);
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    // SQL Server puts texts together as others add numbers.
    let is_text = |token: &Token| match token.kind {
        Kind::String => true,
        Kind::Word | Kind::Quoted | Kind::DoubleQuoted => {
            let raw = token.text(text);
            let name = if token.kind == Kind::Word { raw.to_owned() } else { unquote_name(raw) };
            columns.and_then(|columns| columns.of(&name)).is_some_and(|it| is_text_type(&it.data_type))
        }
        Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken => false,
    };
    let joins_texts = dialect == Dialect::SqlServer
        && tokens.windows(2).any(|pair| match pair {
            [a, b] => a.is_symbol(text, "+") && is_text(b) || b.is_symbol(text, "+") && is_text(a),
            _ => false,
        });
    let mut out = String::new();
    let (mut at, mut end) = (0, 0);
    while let Some(token) = tokens.get(at) {
        if token.start() > end && !out.is_empty() {
            out.push(' ');
        }
        end = token.end();
        at += 1;
        let is_call = tokens.get(at).is_some_and(|next| next.is_symbol(text, "("));
        let mut word = written(*token, text, dialect, is_call, columns);
        if joins_texts && token.is_symbol(text, "+") {
            word = "||".to_owned();
        }
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

fn written(token: Token, text: &str, dialect: Dialect, is_call: bool, columns: Option<Columns<'_>>) -> String {
    let raw = token.text(text);
    let column = |name: &str| columns.and_then(|columns| columns.of(name)).map(|found| quoted(found.name.as_str()));
    match token.kind {
        Kind::String if raw.starts_with(['b', 'B', 'x', 'X']) => raw.to_owned(),
        Kind::String => literal(&unquote_string(raw, dialect)),
        Kind::DoubleQuoted if dialect.is_my() => literal(&unquote_string(raw, dialect)),
        Kind::Quoted | Kind::DoubleQuoted => {
            let name = unquote_name(raw);
            column(&name).unwrap_or_else(|| quoted(&name))
        }
        Kind::Word => match column(&dialect.fold(raw)).filter(|_| !is_call) {
            Some(name) => name,
            None => in_words_of_postgresql(raw, dialect).to_owned(),
        },
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
