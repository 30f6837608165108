//! A place among the tokens of one statement, and what can be read there.

use crate::Dialect;
use crate::lex::{Kind, Token, unquote_name, unquote_string};
use crate::script::{Left, ObjectName, Sql};

/// What is wrong, and at which token.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) reason: String,
    pub(crate) at: usize,
}

pub(crate) type Read<T> = Result<T, Problem>;

/// A place among the tokens of one statement.
#[derive(Debug)]
pub(crate) struct Cursor<'a> {
    pub(crate) text: &'a str,
    pub(crate) tokens: &'a [Token],
    pub(crate) at: usize,
    pub(crate) dialect: Dialect,
    pub(crate) left: Vec<Left>,
    /// Within a column, whose comment is not that of its key.
    pub(crate) in_column: bool,
    /// The statement's first line, and where in the text it begins.
    pub(crate) origin: (u32, usize),
    /// The place and line that were asked for last, so that lines are counted once.
    counted: (usize, u32),
}

/// PostgreSQL's limit on names, in bytes.
const MAX_NAME: usize = 63;
/// At most so many parts of one statement are told of.
const MOST_LEFT: usize = 200;

impl<'a> Cursor<'a> {
    pub(crate) fn new(text: &'a str, tokens: &'a [Token], dialect: Dialect, origin: (u32, usize)) -> Self {
        Self { text, tokens, at: 0, dialect, left: Vec::new(), in_column: false, origin, counted: (origin.1, origin.0) }
    }

    pub(crate) fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    /// The token's text; empty at the end.
    pub(crate) fn peek(&self, ahead: usize) -> &'a str {
        self.token(ahead).map(|token| token.text(self.text)).unwrap_or_default()
    }

    pub(crate) fn kind(&self) -> Option<Kind> {
        self.token(0).map(|token| token.kind)
    }

    pub(crate) fn is_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// A keyword; words in quotes are none.
    pub(crate) fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    pub(crate) fn is_at(&self, ahead: usize, word: &str) -> bool {
        self.token(ahead).is_some_and(|token| token.is_word(self.text, word))
    }

    pub(crate) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    pub(crate) fn is_words(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(ahead, word)| self.is_at(ahead, word))
    }

    pub(crate) fn eat(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.is_words(words);
        if found {
            self.at += words.len();
        }
        found
    }

    /// The first of these that stands here.
    pub(crate) fn eat_any<'w>(&mut self, words: &[&'w str]) -> Option<&'w str> {
        let found = words.iter().copied().find(|word| self.is(word))?;
        self.at += 1;
        Some(found)
    }

    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.is_symbol_at(0, symbol)
    }

    pub(crate) fn is_symbol_at(&self, ahead: usize, symbol: &str) -> bool {
        self.token(ahead).is_some_and(|token| token.is_symbol(self.text, symbol))
    }

    pub(crate) fn eat_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(crate) fn expect(&mut self, word: &str) -> Read<()> {
        if self.eat(word) { Ok(()) } else { Err(self.wanted(&word.to_uppercase())) }
    }

    pub(crate) fn expect_symbol(&mut self, symbol: &str) -> Read<()> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.wanted(&format!("“{symbol}”"))) }
    }

    /// The problem that something else was wanted here.
    pub(crate) fn wanted(&self, what: &str) -> Problem {
        let found = self.peek(0);
        let reason = if found.is_empty() {
            format!("the statement ends where {what} should follow")
        } else {
            format!("{what} should follow before “{}”", shorten(found))
        };
        Problem { reason, at: self.at }
    }

    pub(crate) fn if_not_exists(&mut self) -> bool {
        self.eat_words(&["if", "not", "exists"])
    }

    pub(crate) fn if_exists(&mut self) -> bool {
        self.eat_words(&["if", "exists"])
    }

    /// Whether a name could begin here.
    pub(crate) fn is_name(&self) -> bool {
        match self.kind() {
            Some(Kind::Word | Kind::Quoted | Kind::DoubleQuoted) => true,
            // SQLite takes strings for names, SQL Server at times.
            Some(Kind::String) => self.dialect == Dialect::Sqlite,
            // `$(schema)` of sqlcmd and `:name` of psql stand for a name.
            Some(Kind::Variable) => true,
            Some(Kind::Number | Kind::Symbol | Kind::Meta | Kind::Broken) | None => false,
        }
    }

    pub(crate) fn name(&mut self) -> Read<String> {
        let Some(token) = self.token(0).filter(|_| self.is_name()) else { return Err(self.wanted("a name")) };
        self.at += 1;
        let raw = token.text(self.text);
        let mut name = match token.kind {
            Kind::Quoted | Kind::DoubleQuoted => unquote_name(raw),
            Kind::String => unquote_string(raw, self.dialect),
            // What a client would put here is not known; its name will do.
            Kind::Variable => self.dialect.fold(raw.trim_matches(['$', '(', ')', '&', ':', '@', '\'', '.'])),
            Kind::Word | Kind::Number | Kind::Symbol | Kind::Meta | Kind::Broken => self.dialect.fold(raw),
        };
        // PostgreSQL cuts longer names off, so that they are the same as those that begin alike.
        if self.dialect == Dialect::Postgres && name.len() > MAX_NAME {
            let end = (0..=MAX_NAME).rev().find(|end| name.is_char_boundary(*end));
            name.truncate(end.unwrap_or_default());
        }
        Ok(name)
    }

    /// `a`, `a.b`, or with a database before that, which is dropped.
    pub(crate) fn object_name(&mut self) -> Read<ObjectName> {
        let mut parts = self.parts()?;
        let name = parts.pop().unwrap_or_default();
        Ok(ObjectName { schema: parts.pop().filter(|schema| !schema.is_empty()), name })
    }

    /// The parts of a name with dots.
    pub(crate) fn parts(&mut self) -> Read<Vec<String>> {
        let mut parts = vec![self.name()?];
        while self.eat_symbol(".") {
            // `database..table` of SQL Server leaves the schema out.
            if self.is_symbol(".") {
                parts.push(String::new());
            } else {
                parts.push(self.name()?);
            }
        }
        Ok(parts)
    }

    pub(crate) fn string(&mut self) -> Read<String> {
        let is_string = match self.kind() {
            Some(Kind::String) => true,
            Some(Kind::DoubleQuoted) => self.dialect.is_my() || self.dialect == Dialect::Sqlite,
            Some(_) | None => false,
        };
        if !is_string {
            return Err(self.wanted("a string"));
        }
        let mut value = unquote_string(self.peek(0), self.dialect);
        self.at += 1;
        // Strings on several lines are one.
        while self.kind() == Some(Kind::String)
            && matches!(self.dialect, Dialect::Postgres | Dialect::MySql | Dialect::MariaDb)
        {
            value.push_str(&unquote_string(self.peek(0), self.dialect));
            self.at += 1;
        }
        Ok(value)
    }

    /// `(a, b)`.
    pub(crate) fn name_list(&mut self) -> Read<Vec<String>> {
        self.expect_symbol("(")?;
        let mut names = Vec::new();
        loop {
            // PostgreSQL's `PERIOD valid`, of a key without overlaps.
            if self.is("period") && !self.is_symbol_at(1, ",") && !self.is_symbol_at(1, ")") {
                self.at += 1;
                self.no_home(self.at - 1);
            }
            names.push(self.name()?);
            if self.eat_symbol(")") {
                return Ok(names);
            }
            self.expect_symbol(",")?;
        }
    }

    /// Past a pair of brackets with all that is in them, if one opens here.
    pub(crate) fn skip_brackets(&mut self) -> bool {
        if !self.is_symbol("(") {
            return false;
        }
        let mut depth = 0_usize;
        while let Some(token) = self.token(0) {
            self.at += 1;
            if token.is_symbol(self.text, "(") {
                depth += 1;
            } else if token.is_symbol(self.text, ")") {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
        }
        true
    }

    /// What stands in a pair of brackets, without them.
    pub(crate) fn bracketed(&mut self) -> Read<Sql> {
        if !self.is_symbol("(") {
            return Err(self.wanted("“(”"));
        }
        let from = self.at + 1;
        self.skip_brackets();
        let closed = self.tokens.get(self.at.wrapping_sub(1)).is_some_and(|last| last.is_symbol(self.text, ")"));
        let to = if closed { self.at.saturating_sub(1) } else { self.at };
        Ok(self.sql(from, to))
    }

    /// The tokens as one line of text.
    pub(crate) fn sql(&self, from: usize, to: usize) -> Sql {
        let tokens = self.tokens.get(from..to.max(from)).unwrap_or_default();
        Sql(join(tokens, self.text))
    }

    /// To the next comma at this depth, or to the bracket that closes it, or to the end.
    pub(crate) fn skip_element(&mut self) {
        while let Some(token) = self.token(0) {
            if token.is_symbol(self.text, "(") {
                self.skip_brackets();
                continue;
            }
            if token.is_symbol(self.text, ",") || token.is_symbol(self.text, ")") {
                return;
            }
            self.at += 1;
        }
    }

    /// Tells of something that was not taken. `lost` when it may be part of the schema.
    pub(crate) fn leave(&mut self, at: usize, what: impl Into<String>, lost: bool) {
        if self.left.len() < MOST_LEFT {
            let line = self.line(at);
            self.left.push(Left { line, what: what.into(), lost });
        }
    }

    /// The tokens from there to here were understood and have no home.
    pub(crate) fn no_home(&mut self, from: usize) {
        let Sql(text) = self.sql(from, self.at);
        self.leave(from, shorten(&text), false);
    }

    /// The line of a token.
    fn line(&mut self, at: usize) -> u32 {
        let token = self.tokens.get(at).or_else(|| self.tokens.last());
        let place = token.map_or(self.origin.1, |token| token.start());
        if place < self.counted.0 {
            self.counted = (self.origin.1, self.origin.0);
        }
        let between = self.text.as_bytes().get(self.counted.0..place).unwrap_or_default();
        let lines = between.iter().filter(|byte| **byte == b'\n').count();
        self.counted = (place, self.counted.1.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX)));
        self.counted.1
    }
}

/// Tokens in one line, with a blank where there was white space or a comment.
pub(crate) fn join(tokens: &[Token], text: &str) -> String {
    let mut out = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end < token.start()) {
            out.push(' ');
        }
        out.push_str(token.text(text));
        end = Some(token.end());
    }
    out
}

/// The beginning of a text that may be long, in one line.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 60;
    let mut out: String = text.chars().take(MOST).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(MOST).is_some() {
        out.push('…');
    }
    out
}
