//! Cutting the text of a wide expression into tokens, as PostgreSQL's scanner does, and writing them back.

use crate::keywords::is_bare;
use crate::text::{is_reordering, shown};
use crate::{ExpressionError, Name};
use std::fmt::{self, Write};

/// The smallest part that means something. Comments are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name or a word of SQL without quotes, folded to lower case: letters, digits and `_`.
    Word(String),
    /// A name that needs its quotes.
    Quoted(Name),
    /// Digits, point, exponent.
    Number(String),
    /// A string, unescaped, whichever way it was quoted.
    String(String),
    /// `b'101'` or `x'1f'`: the letter and the digits.
    Bits(char, String),
    /// Any run of operator characters.
    Operator(String),
    /// `(` `)` `[` `]` `,` `.` `:` or `::`.
    Mark(&'static str),
}

/// Words that PostgreSQL allows as bare names and that mean something else at some places of an expression.
const SYNTAX: &[&str] = &[
    "at",
    "by",
    "day",
    "document",
    "double",
    "escape",
    "filter",
    "hour",
    "minute",
    "month",
    "normalized",
    "nulls",
    "over",
    "second",
    "unknown",
    "varying",
    "within",
    "without",
    "year",
    "zone",
];

/// Cuts the whole text.
///
/// # Errors
/// When a part of it is no token, or one that an expression cannot have.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ExpressionError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut list = Vec::new();
    while lexer.skip_blanks()? {
        list.push(lexer.token()?);
    }
    Ok(list)
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error<T>(&self, at: usize, message: impl Into<String>) -> Result<T, ExpressionError> {
        Err(ExpressionError::new(at, message))
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Passes over white space and comments; whether something follows.
    fn skip_blanks(&mut self) -> Result<bool, ExpressionError> {
        loop {
            self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{C}'));
            if self.rest().starts_with("--") {
                self.take_while(|c| c != '\n' && c != '\r');
            } else if self.rest().starts_with("/*") {
                self.skip_comment()?;
            } else {
                return Ok(self.at < self.text.len());
            }
        }
    }

    /// Comments of this kind nest.
    fn skip_comment(&mut self) -> Result<(), ExpressionError> {
        let start = self.at;
        let mut open = 0_usize;
        loop {
            if self.rest().starts_with("/*") {
                (open, self.at) = (open + 1, self.at + 2);
            } else if self.rest().starts_with("*/") {
                (open, self.at) = (open - 1, self.at + 2);
                if open == 0 {
                    return Ok(());
                }
            } else {
                match self.peek() {
                    Some(c) => self.at += c.len_utf8(),
                    None => return self.error(start, "the comment that begins here has no end"),
                }
            }
        }
    }

    fn token(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let Some(c) = self.peek() else { return self.error(start, "the expression ends too early") };
        let second = self.rest().chars().nth(1);
        match c {
            '\'' => self.string(false),
            '"' => self.quoted(),
            '0'..='9' => self.number(),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(),
            '$' => self.dollar_quoted(),
            ':' if second == Some(':') => Ok(self.mark("::")),
            c if is_word_start(c) => self.word(),
            c if is_operator_char(c) => self.operator(),
            c => match ["(", ")", "[", "]", ",", ".", ":"].into_iter().find(|mark| mark.starts_with(c)) {
                Some(mark) => Ok(self.mark(mark)),
                None if c == ';' => self.error(start, "“;” would end the statement; only one value fits here"),
                None => self.error(start, format!("“{}” is not possible here", shown(&c.to_string()))),
            },
        }
    }

    fn mark(&mut self, mark: &'static str) -> Token {
        self.at += mark.len();
        Token::Mark(mark)
    }

    fn word(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let word = self.take_while(|c| is_word_start(c) || c.is_ascii_digit() || c == '$').to_ascii_lowercase();
        if let Some(bad) = word.chars().find(|c| is_reordering(*c)) {
            return self.error(start, format!("“{}” is not possible here", shown(&bad.to_string())));
        }
        let next = self.peek();
        match (word.as_str(), next) {
            ("e", Some('\'')) => return self.string(true),
            ("b" | "x", Some('\'')) => return self.bits(&word),
            ("n", Some('\'')) => return self.error(start, "strings of the kind n'…' are not possible here"),
            ("u", Some('&')) if self.rest().starts_with("&'") || self.rest().starts_with("&\"") => {
                return self.error(start, "unicode escapes are not possible here; write the characters themselves");
            }
            _ => {}
        }
        if word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_') {
            if word.len() > Name::MAX_BYTES {
                return self.error(start, "a name can have at most 63 bytes");
            }
            return Ok(Token::Word(word));
        }
        Name::parse(&word).map(Token::Quoted).or_else(|error| self.error(start, error.to_string()))
    }

    fn number(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.take_while(|c| c.is_ascii_digit() || c == '.');
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            self.take_while(|c| c.is_ascii_digit());
        }
        let text = self.text.get(start..self.at).unwrap_or_default().to_ascii_lowercase();
        let follows = self.peek().is_some_and(|c| is_word_start(c) || c.is_ascii_digit() || c == '$');
        if follows || text.ends_with(['e', '+', '-']) || text.matches('.').count() > 1 {
            return self.error(start, format!("“{}” is not a number", shown(&text)));
        }
        Ok(Token::Number(text))
    }

    /// A string in single quotes; with backslash escapes when it began with `e`.
    fn string(&mut self, escapes: bool) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += c.len_utf8();
            match c {
                '\'' if self.peek() == Some('\'') => {
                    self.at += 1;
                    text.push('\'');
                }
                '\'' => return self.checked(start, text),
                '\\' if escapes => {
                    let Some(next) = self.peek() else { break };
                    self.at += next.len_utf8();
                    text.push(match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        '\\' | '\'' | '"' | '/' | '.' | '-' => next,
                        _ => {
                            return self
                                .error(start, "of the escapes in a string only \\n, \\t, \\r, \\\\ and \\' are read");
                        }
                    });
                }
                c => text.push(c),
            }
        }
        self.error(start, "the string that begins here has no closing '")
    }

    fn checked(&self, start: usize, text: String) -> Result<Token, ExpressionError> {
        let is_bad = |c: &char| c.is_control() && !matches!(c, '\n' | '\t' | '\r') || is_reordering(*c);
        match text.chars().find(is_bad) {
            Some(c) => {
                self.error(start, format!("the invisible character U+{:04X} is not possible here", u32::from(c)))
            }
            None => Ok(Token::String(text)),
        }
    }

    fn bits(&mut self, prefix: &str) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let digits = self.take_while(|c| c.is_ascii_hexdigit()).to_ascii_lowercase();
        let fits = prefix == "x" || digits.bytes().all(|b| matches!(b, b'0' | b'1'));
        if !fits || self.peek() != Some('\'') {
            return self.error(start, "the digits of bits are 0 and 1, or those of base 16 after x");
        }
        self.at += 1;
        Ok(Token::Bits(if prefix == "x" { 'x' } else { 'b' }, digits))
    }

    fn dollar_quoted(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let tag = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
        if self.peek() != Some('$') || tag.starts_with(|c: char| c.is_ascii_digit()) {
            return self.error(start, "parameters are not possible here");
        }
        self.at += 1;
        let closing = format!("${tag}$");
        let Some(length) = self.rest().find(&closing) else {
            return self.error(start, "the string that begins here has no end");
        };
        let text = self.rest().get(..length).unwrap_or_default().to_owned();
        self.at += length + closing.len();
        self.checked(start, text)
    }

    fn quoted(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            let Some(c) = self.peek() else { return self.error(start, "the name that begins here has no closing \"") };
            self.at += c.len_utf8();
            if c != '"' {
                text.push(c);
            } else if self.peek() == Some('"') {
                self.at += 1;
                text.push('"');
            } else {
                break;
            }
        }
        let name = Name::parse(&text).or_else(|error| self.error(start, error.to_string()))?;
        if name.as_str() != text {
            return self.error(start, "a name does not begin or end with a space");
        }
        Ok(Token::of_name(&name))
    }

    /// The longest run of operator characters, cut where PostgreSQL cuts it: before a comment, and before a sign at its
    /// end unless it has one of the rarer characters.
    fn operator(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let run = self.take_while(is_operator_char);
        let comment = run.find("--").into_iter().chain(run.find("/*")).min().unwrap_or(run.len());
        let mut taken = run.get(..comment).unwrap_or_default();
        if !taken.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']) {
            while taken.len() > 1
                && let Some(shorter) = taken.strip_suffix(['+', '-'])
            {
                taken = shorter;
            }
        }
        self.at = start + taken.len();
        Ok(Token::Operator(if taken == "!=" { "<>".to_owned() } else { taken.to_owned() }))
    }
}

fn is_word_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c.is_alphabetic())
}

fn is_operator_char(c: char) -> bool {
    "~!@#^&|`?+-*/%<>=".contains(c)
}

/// Words that are shown in capitals, as people write them; PostgreSQL does not mind.
const CAPITALS: &[&str] = &[
    "all", "and", "any", "array", "as", "between", "case", "collate", "distinct", "else", "end", "from", "ilike", "in",
    "is", "like", "not", "null", "or", "similar", "then", "when",
];

/// Writes the tokens so that cutting them gives the same again.
pub(super) fn write(tokens: &[Token], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let mut before: Option<&Token> = None;
    let mut is_sign = false;
    for token in tokens {
        if before.is_some_and(|before| needs_space(before, token, is_sign)) {
            f.write_char(' ')?;
        }
        is_sign = matches!(token, Token::Operator(text) if text == "-" || text == "+")
            && before.is_none_or(|before| match before {
                Token::Operator(_) => true,
                Token::Mark(mark) => matches!(*mark, "(" | "[" | ","),
                Token::Word(word) => CAPITALS.contains(&word.as_str()) && !matches!(word.as_str(), "null" | "end"),
                Token::Quoted(_) | Token::Number(_) | Token::String(_) | Token::Bits(..) => false,
            });
        token.write(f)?;
        before = Some(token);
    }
    Ok(())
}

/// Whether the two must or should stand apart. `is_sign` says that the first is a sign of what follows.
fn needs_space(before: &Token, after: &Token, is_sign: bool) -> bool {
    match (before, after) {
        // Side by side they would be one number, or one mark.
        (Token::Number(_), Token::Mark(".")) | (Token::Mark("."), Token::Number(_)) => true,
        (Token::Mark(":" | "::"), Token::Mark(":" | "::")) | (Token::Mark(":"), Token::Operator(_)) => true,
        (Token::Mark("(" | "[" | "::" | "." | ":"), _) => false,
        (_, Token::Mark(")" | "]" | "," | "::" | "." | ":")) => false,
        (Token::Word(word), Token::Mark("(")) => CAPITALS.contains(&word.as_str()) && word != "any" && word != "all",
        (Token::Word(_) | Token::Quoted(_) | Token::Mark(")" | "]"), Token::Mark("[")) => false,
        (Token::Quoted(_), Token::Mark("(")) => false,
        (Token::Operator(_), Token::Operator(_)) => true,
        (Token::Operator(_), _) => !is_sign,
        _ => true,
    }
}

impl Token {
    /// The name, in quotes where it needs them.
    pub(super) fn of_name(name: &Name) -> Self {
        let text = name.as_str();
        let is_plain = is_bare(text) && SYNTAX.binary_search(&text).is_err();
        if is_plain { Self::Word(text.to_owned()) } else { Self::Quoted(name.clone()) }
    }

    fn write(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) if CAPITALS.contains(&word.as_str()) => f.write_str(&word.to_ascii_uppercase()),
            Self::Word(text) | Self::Number(text) | Self::Operator(text) => f.write_str(text),
            Self::Quoted(name) => write!(f, "\"{}\"", name.as_str().replace('"', "\"\"")),
            Self::Mark(mark) => f.write_str(mark),
            Self::Bits(prefix, digits) => write!(f, "{prefix}'{digits}'"),
            Self::String(text) if text.contains(['\n', '\t', '\r']) => write_escaped(text, f),
            Self::String(text) => write!(f, "'{}'", text.replace('\'', "''")),
        }
    }
}

/// No line of a script may begin inside of a string, where a backslash could be taken for a command to the client.
fn write_escaped(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_str("e'")?;
    for c in text.chars() {
        match c {
            '\n' => f.write_str("\\n")?,
            '\t' => f.write_str("\\t")?,
            '\r' => f.write_str("\\r")?,
            '\\' => f.write_str("\\\\")?,
            '\'' => f.write_str("''")?,
            c => f.write_char(c)?,
        }
    }
    f.write_char('\'')
}
