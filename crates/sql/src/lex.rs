//! Text into tokens. Comments and white space are dropped; a token is a place in the text.
//!
//! A quote or comment that is never closed ends at its line, so that one stray quote does not swallow a file. Looking
//! for the end of each of many such quotes would take quadratic time: after a few, only the line is looked at.

use crate::Dialect;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in backticks or brackets.
    Quoted,
    /// `"…"`: a name, in MySQL and SQLite at times a string.
    DoubleQuoted,
    /// `'…'` with its prefix, `$tag$…$tag$`, `q'[…]'`.
    String,
    /// A number.
    Number,
    /// `@x`, `:x`, `$1`, `$(x)`: something that the text does not say itself.
    Variable,
    /// An operator, or a mark such as a bracket or comma.
    Symbol,
    /// A backslash outside of quotes with the rest of its line: a command of psql.
    Meta,
    /// A quote that is never closed.
    Broken,
}

/// A token, as a place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether nothing but white space and comments stands before it in its line.
    pub(crate) first: bool,
}

impl Token {
    pub(crate) fn start(self) -> usize {
        usize::try_from(self.start).unwrap_or_default()
    }

    pub(crate) fn end(self) -> usize {
        usize::try_from(self.end).unwrap_or_default()
    }

    pub(crate) fn text(self, text: &str) -> &str {
        text.get(self.start()..self.end()).unwrap_or_default()
    }

    pub(crate) fn is_word(self, text: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.text(text).eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_symbol(self, text: &str, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text(text) == symbol
    }
}

/// How many quotes without an end are looked for to the end of the text.
const PATIENCE: u32 = 16;

/// Reads one token after the other.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    pub(crate) text: &'a str,
    dialect: Dialect,
    pub(crate) at: usize,
    fresh_line: bool,
    /// Within how many `/*! … */`, which MySQL executes.
    conditional: u32,
    /// What ends a statement instead of `;`, where no word may run on.
    pub(crate) stop: Option<String>,
    patience: u32,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str, dialect: Dialect) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, dialect, at, fresh_line: true, conditional: 0, stop: None, patience: PATIENCE }
    }

    pub(crate) fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn byte(&self, ahead: usize) -> u8 {
        self.text.as_bytes().get(self.at + ahead).copied().unwrap_or_default()
    }

    /// Whether the place that was reached is the first in its line.
    pub(crate) fn is_first(&self) -> bool {
        self.fresh_line
    }

    /// To the end of the line, and what stood there.
    pub(crate) fn skip_line(&mut self) -> &'a str {
        let rest = self.rest();
        let line = rest.find('\n').map_or(rest, |end| rest.get(..end).unwrap_or_default());
        self.at += line.len();
        line
    }

    pub(crate) fn skip_trivia(&mut self) {
        while self.at < self.text.len() {
            if self.stop.as_ref().is_some_and(|stop| self.rest().starts_with(stop.as_str())) {
                return;
            }
            match self.byte(0) {
                b'\n' => {
                    self.fresh_line = true;
                    self.at += 1;
                }
                b' ' | b'\t' | b'\r' | 0x0b | 0x0c | 0 => self.at += 1,
                b'-' if self.byte(1) == b'-' && self.is_dash_comment() => {
                    self.skip_line();
                }
                b'#' if self.dialect.is_my() => {
                    self.skip_line();
                }
                b'/' if self.byte(1) == b'*' => self.comment(),
                b'*' if self.conditional > 0 && self.byte(1) == b'/' => {
                    self.conditional -= 1;
                    self.at += 2;
                }
                byte if byte >= 0x80 => match self.rest().chars().next() {
                    Some(c) if is_blank(c) => self.at += c.len_utf8(),
                    Some(_) | None => return,
                },
                _ => return,
            }
        }
    }

    /// MySQL wants white space after the dashes, since `5--1` is a sum to it; a line that begins with them is none.
    fn is_dash_comment(&self) -> bool {
        !self.dialect.is_my() || self.fresh_line || self.byte(2) <= b' '
    }

    fn comment(&mut self) {
        if self.dialect.is_my() && self.byte(2) == b'!' || self.rest().starts_with("/*M!") && self.dialect.is_my() {
            let mark = self.rest().find('!').unwrap_or_default() + 1;
            let body = self.rest().get(mark..).unwrap_or_default();
            let digits = body.len() - body.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            // A dump of MariaDB begins with `/*M!999999\- enable the sandbox mode */`, which is for its client.
            if !body.get(digits..).unwrap_or_default().starts_with('\\') {
                self.at += mark + digits;
                self.conditional += 1;
                return;
            }
        }
        let nested = matches!(self.dialect, Dialect::Postgres | Dialect::SqlServer);
        let bytes = self.text.as_bytes();
        let (mut at, mut depth, mut newline) = (self.at + 2, 1_u32, false);
        while at < bytes.len() {
            match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    at += 2;
                    if depth == 0 {
                        self.fresh_line |= newline;
                        self.at = at;
                        return;
                    }
                }
                (Some(b'/'), Some(b'*')) if nested => {
                    depth += 1;
                    at += 2;
                }
                (byte, _) => {
                    newline |= byte == Some(&b'\n');
                    at += 1;
                }
            }
            if self.patience == 0 && newline {
                break;
            }
        }
        // Without an end it is all comment, as in SQLite; where there are many of them, only their lines are.
        self.patience = self.patience.saturating_sub(1);
        self.skip_line();
        if self.patience > 0 && self.dialect == Dialect::Sqlite {
            self.at = self.text.len();
        }
    }

    /// The next token; `None` at the end.
    pub(crate) fn next(&mut self) -> Option<Token> {
        self.skip_trivia();
        if self.at >= self.text.len() {
            return None;
        }
        let (start, first) = (self.at, self.fresh_line);
        self.fresh_line = false;
        let kind = self.token();
        if self.at <= start {
            self.at = start + self.rest().chars().next().map_or(1, char::len_utf8);
        }
        let token = Token { kind, start: place(start), end: place(self.at), first };
        Some(token)
    }

    fn token(&mut self) -> Kind {
        let byte = self.byte(0);
        match byte {
            b'\'' => self.quoted(0, b'\'', Kind::String, self.dialect.is_my()),
            b'"' => self.quoted(0, b'"', Kind::DoubleQuoted, self.dialect.is_my()),
            b'`' if self.dialect != Dialect::Postgres => self.quoted(0, b'`', Kind::Quoted, false),
            b'[' if self.is_bracket_name() => self.quoted(0, b']', Kind::Quoted, false),
            b'\\' if self.dialect == Dialect::Postgres => {
                self.skip_line();
                Kind::Meta
            }
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_ascii_digit() => self.number(),
            b'(' | b')' | b',' | b';' | b'[' | b']' | b'{' | b'}' | b'.' | b'\\' => {
                self.at += 1;
                Kind::Symbol
            }
            b'@' if self.dialect != Dialect::Postgres && (is_word(self.byte(1)) || self.byte(1) == b'@') => {
                self.variable(1)
            }
            b':' if is_word(self.byte(1)) && self.has_colon_names() => self.variable(1),
            b':' if matches!(self.byte(1), b'\'' | b'"') && self.dialect == Dialect::Postgres => {
                let quote = self.byte(1);
                self.quoted(1, quote, Kind::Variable, false)
            }
            b'#' if self.dialect == Dialect::SqlServer => self.word(),
            b'&' if self.dialect == Dialect::Oracle && (is_word(self.byte(1)) || self.byte(1) == b'&') => {
                self.substitution()
            }
            byte if is_word(byte) => self.word_or_prefix(),
            _ => self.operator(),
        }
    }

    /// `:x` is a variable of psql, SQLite and Oracle; a label's colon is MySQL's.
    fn has_colon_names(&self) -> bool {
        matches!(self.dialect, Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle)
    }

    /// `[x]` is a name in SQL Server and SQLite, where nothing else begins with a bracket.
    fn is_bracket_name(&self) -> bool {
        matches!(self.dialect, Dialect::SqlServer | Dialect::Sqlite)
    }

    /// From an opening quote, `ahead` bytes from here, to its end. A quote within is doubled.
    fn quoted(&mut self, ahead: usize, close: u8, kind: Kind, escapes: bool) -> Kind {
        let bytes = self.text.as_bytes();
        let start = self.at + ahead + 1;
        let mut at = start;
        let patient = self.patience > 0;
        while let Some(byte) = bytes.get(at) {
            match *byte {
                b'\\' if escapes => at += 2,
                byte if byte == close => {
                    if bytes.get(at + 1) != Some(&close) {
                        self.at = at + 1;
                        return kind;
                    }
                    at += 2;
                }
                b'\n' if !patient => break,
                _ => at += 1,
            }
        }
        self.patience = self.patience.saturating_sub(1);
        self.skip_line();
        Kind::Broken
    }

    fn dollar(&mut self) -> Kind {
        if self.byte(1) == b'(' {
            let rest = self.rest();
            self.at += rest.find([')', '\n']).map_or(rest.len(), |end| end + 1);
            return Kind::Variable;
        }
        if self.dialect == Dialect::Postgres
            && let Some(tag) = self.dollar_tag()
        {
            let from = self.at + tag.len();
            let body = self.text.get(from..).unwrap_or_default();
            if self.patience > 0 {
                if let Some(end) = body.find(tag) {
                    self.at = from + end + tag.len();
                    return Kind::String;
                }
                self.patience -= 1;
            }
            self.skip_line();
            return Kind::Broken;
        }
        if is_word(self.byte(1)) {
            return self.variable(1);
        }
        self.at += 1;
        Kind::Symbol
    }

    /// `$$` or `$tag$`.
    fn dollar_tag(&self) -> Option<&'a str> {
        let rest = self.rest();
        let body = rest.get(1..)?;
        let end = body.find(|c: char| !(c.is_alphanumeric() || c == '_'))?;
        let starts_well = !body.starts_with(|c: char| c.is_ascii_digit());
        (body.as_bytes().get(end) == Some(&b'$') && starts_well).then(|| rest.get(..end + 2))?
    }

    fn number(&mut self) -> Kind {
        let start = self.at;
        if self.byte(0) == b'0' && matches!(self.byte(1), b'x' | b'X') {
            self.at += 2;
            while self.byte(0).is_ascii_hexdigit() {
                self.at += 1;
            }
            return Kind::Number;
        }
        while self.byte(0).is_ascii_digit() || self.byte(0) == b'.' || self.byte(0) == b'_' {
            self.at += 1;
        }
        let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
        if matches!(self.byte(0), b'e' | b'E') && self.byte(1 + sign).is_ascii_digit() {
            self.at += 1 + sign;
            while self.byte(0).is_ascii_digit() {
                self.at += 1;
            }
        }
        // MySQL's names may begin with a digit.
        if is_word(self.byte(0)) && self.dialect.is_my() {
            self.at = start;
            return self.word();
        }
        Kind::Number
    }

    fn variable(&mut self, skip: usize) -> Kind {
        self.at += skip;
        while self.byte(0) == b'@' {
            self.at += 1;
        }
        self.word();
        Kind::Variable
    }

    /// `&name` and `&&name` of SQL*Plus. A dot after it only ends the name: `&owner..table` has one dot.
    fn substitution(&mut self) -> Kind {
        while self.byte(0) == b'&' {
            self.at += 1;
        }
        self.word();
        if self.byte(0) == b'.' && self.byte(1) == b'.' {
            self.at += 1;
        } else if self.byte(0) == b'.' && is_word(self.byte(1)) {
            // `&prefix.name` is one name.
            self.at += 1;
            self.word();
        }
        Kind::Variable
    }

    fn word(&mut self) -> Kind {
        let dialect = self.dialect;
        while self.at < self.text.len() {
            let byte = self.byte(0);
            if let Some(stop) = &self.stop
                && self.rest().starts_with(stop.as_str())
            {
                break;
            }
            let goes_on = match byte {
                b'$' => true,
                b'#' => matches!(dialect, Dialect::Oracle | Dialect::SqlServer),
                b'@' => dialect == Dialect::SqlServer,
                0x80.. => !self.rest().chars().next().is_none_or(is_blank),
                byte => is_word(byte),
            };
            if !goes_on {
                break;
            }
            self.at += if byte < 0x80 { 1 } else { self.rest().chars().next().map_or(1, char::len_utf8) };
        }
        Kind::Word
    }

    /// A word, or a string whose prefix it is.
    fn word_or_prefix(&mut self) -> Kind {
        let (first, second, third) = (self.byte(0).to_ascii_lowercase(), self.byte(1), self.byte(2));
        let dialect = self.dialect;
        match (first, second) {
            (b'e', b'\'') if dialect == Dialect::Postgres => self.quoted(1, b'\'', Kind::String, true),
            (b'n' | b'b' | b'x', b'\'') => self.quoted(1, b'\'', Kind::String, dialect.is_my()),
            (b'u', b'&') if third == b'\'' => self.quoted(2, b'\'', Kind::String, false),
            (b'u', b'&') if third == b'"' => self.quoted(2, b'"', Kind::DoubleQuoted, false),
            (b'q', b'\'') if dialect == Dialect::Oracle => self.q_quoted(2),
            (b'n', b'q' | b'Q') if third == b'\'' && dialect == Dialect::Oracle => self.q_quoted(3),
            _ => self.word(),
        }
    }

    /// Oracle's `q'[ … ]'`.
    fn q_quoted(&mut self, ahead: usize) -> Kind {
        let body = self.text.get(self.at + ahead..).unwrap_or_default();
        let Some(open) = body.chars().next() else { return self.word() };
        let close = match open {
            '[' => ']',
            '(' => ')',
            '{' => '}',
            '<' => '>',
            other => other,
        };
        let end: String = [close, '\''].iter().collect();
        let from = open.len_utf8();
        if self.patience > 0
            && let Some(found) = body.get(from..).and_then(|rest| rest.find(&end))
        {
            self.at += ahead + from + found + end.len();
            return Kind::String;
        }
        self.patience = self.patience.saturating_sub(1);
        self.skip_line();
        Kind::Broken
    }

    fn operator(&mut self) -> Kind {
        if self.byte(0) == b':' {
            self.at += if matches!(self.byte(1), b':' | b'=') { 2 } else { 1 };
            return Kind::Symbol;
        }
        let start = self.at;
        while is_operator(self.byte(0)) {
            let comment = matches!((self.byte(0), self.byte(1)), (b'-', b'-') | (b'/', b'*') | (b'*', b'/'));
            if self.at > start && comment {
                break;
            }
            if let Some(stop) = &self.stop
                && self.at > start
                && self.rest().starts_with(stop.as_str())
            {
                break;
            }
            self.at += 1;
        }
        Kind::Symbol
    }
}

fn is_operator(byte: u8) -> bool {
    matches!(
        byte,
        b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'?'
    )
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')
}

/// A place in a text that is known to be short enough.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What a quoted name says.
pub(crate) fn unquote_name(raw: &str) -> String {
    if let Some(rest) = raw.strip_prefix("U&").or_else(|| raw.strip_prefix("u&")) {
        return by_code_points(&unquote_name(rest));
    }
    let mut chars = raw.chars();
    let (Some(open), Some(_)) = (chars.next(), chars.next_back()) else { return raw.to_owned() };
    let close = if open == '[' { ']' } else { open };
    let body = chars.as_str();
    if body.contains(close) { body.replace(&format!("{close}{close}"), &close.to_string()) } else { body.to_owned() }
}

/// What a string says.
pub(crate) fn unquote_string(raw: &str, dialect: Dialect) -> String {
    if let Some(body) = raw.strip_prefix('$') {
        let tag = body.find('$').map_or(0, |end| end + 2);
        return raw.get(tag..raw.len().saturating_sub(tag)).unwrap_or_default().to_owned();
    }
    let Some(open) = raw.find(['\'', '"']) else { return raw.to_owned() };
    let prefix = raw.get(..open).unwrap_or_default().to_ascii_lowercase();
    let body = raw.get(open + 1..raw.len().saturating_sub(1)).unwrap_or_default();
    if prefix.ends_with('q') {
        let mut chars = body.chars();
        chars.next();
        chars.next_back();
        return chars.as_str().to_owned();
    }
    let quote = if raw.as_bytes().get(open) == Some(&b'"') { '"' } else { '\'' };
    let escapes = prefix == "e" || dialect.is_my() && prefix != "x" && prefix != "b";
    let text = unescape(body, quote, escapes);
    if prefix == "u&" { by_code_points(&text) } else { text }
}

/// `\0061` and `\+000061` of `U&'…'`.
fn by_code_points(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let after = rest.get(at + 1..).unwrap_or_default();
        let (skip, digits) = if after.starts_with('+') { (1, 6) } else { (0, 4) };
        let code = after.get(skip..skip + digits).and_then(|code| u32::from_str_radix(code, 16).ok());
        if let Some(c) = code.and_then(char::from_u32) {
            out.push(c);
            rest = after.get(skip + digits..).unwrap_or_default();
        } else {
            out.push('\\');
            rest = after.strip_prefix('\\').unwrap_or(after);
        }
    }
    out + rest
}

fn unescape(body: &str, quote: char, escapes: bool) -> String {
    let mut out = String::with_capacity(body.len());
    let mut chars = body.chars().peekable();
    while let Some(c) = chars.next() {
        if c == quote && chars.peek() == Some(&quote) {
            chars.next();
            out.push(quote);
        } else if c == '\\' && escapes {
            match chars.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some('b') => out.push('\u{8}'),
                Some('0') => {}
                Some(other) => out.push(other),
                None => out.push('\\'),
            }
        } else {
            out.push(c);
        }
    }
    out
}
