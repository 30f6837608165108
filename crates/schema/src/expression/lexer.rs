//! Cutting a text into tokens exactly where PostgreSQL's scanner does, refusing whatever the grammar has no use for.

use super::ExpressionError;
use crate::Name;
use crate::text::{is_reordering, shown};

/// A token and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) offset: usize,
}

/// The smallest parts of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword, function, type or column, folded to lower case.
    Word(String),
    /// `"column"`.
    Quoted(Name),
    /// Digits, point, exponent.
    Number(String),
    /// `'text'`, unescaped.
    String(String),
    /// `=`, `||`, …
    Operator(&'static str),
    /// `(` `)` `[` `]` `,` or `::`.
    Mark(&'static str),
}

/// The longest text that is looked at. The longest expression that can be written is shorter.
const MAX_TEXT_BYTES: usize = 65_536;

const OPERATORS: &[&str] =
    &["=", "<>", "!=", "<", "<=", ">", ">=", "~", "~~", "~~*", "!~~", "!~~*", "||", "+", "-", "*", "/", "%"];

/// Cuts the whole text.
///
/// # Errors
/// When a part of it is no token of the grammar.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, ExpressionError> {
    if text.len() > MAX_TEXT_BYTES {
        return Err(ExpressionError::new(0, "the expression is too long"));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut list = Vec::new();
    while let Some(offset) = lexer.skip_spaces() {
        let token = lexer.token()?;
        list.push(Spanned { token, offset });
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

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    /// Where the next token begins; none at the end.
    fn skip_spaces(&mut self) -> Option<usize> {
        self.take_while(|c| matches!(c, ' ' | '\t' | '\n' | '\r'));
        (self.at < self.text.len()).then_some(self.at)
    }

    fn token(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let Some(c) = self.peek() else {
            return Err(ExpressionError::new(start, "the expression ends too early"));
        };
        let second = self.rest().chars().nth(1);
        match c {
            '\'' => self.delimited('\'').map(Token::String),
            '"' => self.quoted_name(),
            '0'..='9' => self.number(),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => self.number(),
            'a'..='z' | 'A'..='Z' | '_' => self.word(),
            '(' => Ok(self.mark("(")),
            ')' => Ok(self.mark(")")),
            '[' => Ok(self.mark("[")),
            ']' => Ok(self.mark("]")),
            ',' => Ok(self.mark(",")),
            ':' if second == Some(':') => Ok(self.mark("::")),
            c if is_operator_char(c) => self.operator(),
            c if c.is_control() || is_reordering(c) => Err(invisible(start, c)),
            c if is_name_char(c) => self.word(),
            c => Err(ExpressionError::new(start, stray(c))),
        }
    }

    fn mark(&mut self, mark: &'static str) -> Token {
        self.at += mark.len();
        Token::Mark(mark)
    }

    fn word(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let word = self.take_while(|c| is_name_char(c) || c.is_ascii_digit() || c == '$');
        if self.peek() == Some('\'') && matches!(word.to_ascii_lowercase().as_str(), "e" | "b" | "x" | "n") {
            let message = format!("strings of the kind {}'…' are not possible here; write a plain '…'", shown(word));
            return Err(ExpressionError::new(start, message));
        }
        let next: String = self.rest().chars().take(2).collect();
        if word.eq_ignore_ascii_case("u") && (next == "&'" || next == "&\"") {
            let message = "unicode escapes are not possible here; write the characters themselves";
            return Err(ExpressionError::new(start, message));
        }
        Ok(Token::Word(word.to_ascii_lowercase()))
    }

    fn number(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        self.take_while(|c| c.is_ascii_digit());
        if self.peek() == Some('.') {
            self.at += 1;
            self.take_while(|c| c.is_ascii_digit());
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.at += 1;
            if matches!(self.peek(), Some('+' | '-')) {
                self.at += 1;
            }
            let exponent = self.take_while(|c| c.is_ascii_digit());
            if exponent.is_empty() || exponent.len() > 3 {
                return Err(ExpressionError::new(start, "the exponent of a number has one to three digits"));
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
        match self.peek() {
            Some(c) if c == '.' || c == '$' || is_name_char(c) || c.is_ascii_digit() => {
                let message = format!("“{}” cannot follow the number {}", shown(&c.to_string()), shown(&text));
                Err(ExpressionError::new(self.at, message))
            }
            Some(_) | None => Ok(Token::Number(text)),
        }
    }

    /// What stands between two quotes, doubled quotes undone.
    fn delimited(&mut self, quote: char) -> Result<String, ExpressionError> {
        let start = self.at;
        self.at += quote.len_utf8();
        let mut text = String::new();
        while let Some(c) = self.peek() {
            if c.is_control() || is_reordering(c) {
                return Err(invisible(self.at, c));
            }
            self.at += c.len_utf8();
            if c != quote {
                text.push(c);
            } else if self.peek() == Some(quote) {
                self.at += quote.len_utf8();
                text.push(quote);
            } else {
                return Ok(text);
            }
        }
        let message = if quote == '\'' {
            "the string that begins here has no closing '; a ' inside it is written ''"
        } else {
            "the name that begins here has no closing \""
        };
        Err(ExpressionError::new(start, message))
    }

    fn quoted_name(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let text = self.delimited('"')?;
        let name = Name::parse(&text).map_err(|error| ExpressionError::new(start, error.to_string()))?;
        if name.as_str() != text {
            return Err(ExpressionError::new(start, "a column's name does not begin or end with a space"));
        }
        Ok(Token::Quoted(name))
    }

    /// Takes the longest operator, as PostgreSQL does: `a%-1` has the operator `%-` and not `%`.
    fn operator(&mut self) -> Result<Token, ExpressionError> {
        let start = self.at;
        let run = self.take_while(is_operator_char);
        if let Some(at) = run.find("--").into_iter().chain(run.find("/*")).min() {
            return Err(ExpressionError::new(start + at, "comments are not possible here"));
        }
        let mut taken = run;
        if !run.contains(['~', '!', '@', '#', '%', '^', '&', '|', '`', '?']) {
            while taken.len() > 1
                && let Some(shorter) = taken.strip_suffix(['+', '-'])
            {
                taken = shorter;
            }
        }
        self.at = start + taken.len();
        match OPERATORS.iter().find(|operator| **operator == taken) {
            Some(operator) => Ok(Token::Operator(operator)),
            None => {
                let message = format!("“{taken}” is not an operator that a default or check may use");
                Err(ExpressionError::new(start, message))
            }
        }
    }
}

fn is_operator_char(c: char) -> bool {
    "~!@#^&|`?+-*/%<>=".contains(c)
}

/// Letters that a bare name may have. PostgreSQL takes everything beyond ASCII for a letter, even ‘curly quotes’ and
/// full-width digits; whoever means those writes the name in double quotes.
fn is_name_char(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_' || (!c.is_ascii() && c.is_alphabetic())
}

fn invisible(offset: usize, c: char) -> ExpressionError {
    ExpressionError::new(offset, format!("the invisible character U+{:04X} is not possible here", u32::from(c)))
}

fn stray(c: char) -> String {
    match c {
        ';' => "“;” would end the statement; only one value fits here".to_owned(),
        '$' => "parameters and dollar quotes are not possible here; write strings in '…'".to_owned(),
        '\\' => "“\\” is not possible here".to_owned(),
        '.' => "only plain columns are possible here, without “.”".to_owned(),
        c => {
            let shown = shown(&c.to_string());
            format!("“{shown}” is not possible here; strings stand in '…' and unusual names in \"…\"")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> String {
        match tokens(text) {
            Ok(list) => list
                .into_iter()
                .map(|spanned| match spanned.token {
                    Token::Word(text) | Token::Number(text) => text,
                    Token::Quoted(name) => format!("<{name}>"),
                    Token::String(text) => format!("«{text}»"),
                    Token::Operator(text) | Token::Mark(text) => text.to_owned(),
                })
                .collect::<Vec<_>>()
                .join(" "),
            Err(error) => format!("{} @{}", error.message, error.offset),
        }
    }

    #[test]
    fn cuts_where_postgresql_cuts() {
        for (text, expect) in [
            ("a=-1", "a = - 1"),
            ("a*-1", "a * - 1"),
            ("a+-1", "a + - 1"),
            ("a<-1", "a < - 1"),
            ("a||'b'", "a || «b»"),
            ("a||-1", "“||-” is not an operator that a default or check may use @1"),
            ("a%-1", "“%-” is not an operator that a default or check may use @1"),
            ("A.5", "a .5"),
            ("1.", "1."),
            (".5e-3", ".5e-3"),
            ("1e3", "1e3"),
            ("1..2", "“.” cannot follow the number 1. @2"),
            ("1a", "“a” cannot follow the number 1 @1"),
            ("0x1F", "“x” cannot follow the number 0 @1"),
            ("1_000", "“_” cannot follow the number 1 @1"),
            ("1e", "the exponent of a number has one to three digits @0"),
            ("1e9999", "the exponent of a number has one to three digits @0"),
            ("'it''s'", "«it's»"),
            ("''", "«»"),
            ("''''", "«'»"),
            ("'\\'", "«\\»"),
            ("\"A\"\"b\"", "<A\"b>"),
            ("\" a\"", "a column's name does not begin or end with a space @0"),
            ("ÄB$1", "Äb$1"),
            ("a::text", "a :: text"),
            ("a--b", "comments are not possible here @1"),
            ("a/*b*/", "comments are not possible here @1"),
            ("a -\t- b", "a - - b"),
            ("a\u{A0}b", "“U+00A0” is not possible here; strings stand in '…' and unusual names in \"…\" @1"),
            ("‘a’", "“‘” is not possible here; strings stand in '…' and unusual names in \"…\" @0"),
            ("a\0", "the invisible character U+0000 is not possible here @1"),
            ("'a\nb'", "the invisible character U+000A is not possible here @2"),
            ("'a\u{202E}b'", "the invisible character U+202E is not possible here @2"),
            ("a.b", "only plain columns are possible here, without “.” @1"),
        ] {
            assert_eq!(cut(text), expect, "{text:?}");
        }
    }
}
