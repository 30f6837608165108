//! Text to tokens. Nothing of the text is lost: tokens and comments know where they stand, and all between is space.

use crate::diagnostic::{Code, Diagnostic};
use crate::quote::shown;
use crate::span::{Span, offset};
use std::borrow::Cow;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// A bare word.
    Identifier,
    /// A word in double quotes: a name, or a string where only a string can stand.
    Quoted,
    /// A string in single quotes, one or three.
    String,
    /// An expression in backticks.
    Expression,
    /// A number.
    Number,
    /// `#` with letters and digits.
    Color,
    /// An operator.
    Operator,
    /// `*`
    Wildcard,
    /// `,`
    Comma,
    /// `(`
    OpenParen,
    /// `)`
    CloseParen,
    /// `[`
    OpenBracket,
    /// `]`
    CloseBracket,
    /// `{`
    OpenBrace,
    /// `}`
    CloseBrace,
    /// `:`
    Colon,
    /// `;`, which has no meaning anywhere.
    Semicolon,
    /// The end of the text.
    End,
}

/// A token, with what stands around it as far as the grammar cares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands, quotes included.
    pub span: Span,
    /// A space or tab follows on the same line.
    pub spaced: bool,
    /// The line ends before the next token.
    pub ends_line: bool,
    /// An empty line, or the beginning of the text followed by a line break, stands before it.
    pub after_gap: bool,
}

/// The tokens of a text, the last of which is its end, and its comments.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lexed {
    /// What the grammar is about.
    pub(crate) tokens: Vec<Token>,
    /// Comments, with their marks.
    pub(crate) comments: Vec<Span>,
}

/// Reads a text as tokens.
pub(crate) fn lex(text: &str, diagnostics: &mut Vec<Diagnostic>) -> Lexed {
    let mut lexer =
        Lexer { text, at: 0, lexed: Lexed::default(), gap: Gap::default(), last_counts: false, diagnostics };
    lexer.run();
    lexer.lexed
}

/// What a name, string or expression token says, escapes resolved; for all others, their text.
pub(crate) fn value<'a>(text: &'a str, token: &Token) -> Cow<'a, str> {
    let raw = token.span.of(text);
    match token.kind {
        TokenKind::Expression => Cow::Borrowed(inner(raw, "`")),
        TokenKind::Quoted => unescaped(inner(raw, "\"")),
        TokenKind::String if raw.starts_with("'''") => unescaped(inner(raw, "'''")),
        TokenKind::String => unescaped(inner(raw, "'")),
        TokenKind::Identifier
        | TokenKind::Number
        | TokenKind::Color
        | TokenKind::Operator
        | TokenKind::Wildcard
        | TokenKind::Comma
        | TokenKind::OpenParen
        | TokenKind::CloseParen
        | TokenKind::OpenBracket
        | TokenKind::CloseBracket
        | TokenKind::OpenBrace
        | TokenKind::CloseBrace
        | TokenKind::Colon
        | TokenKind::Semicolon
        | TokenKind::End => Cow::Borrowed(raw),
    }
}

/// Whether a name can begin with the character.
pub(crate) fn is_name_start(c: char) -> bool {
    if c.is_ascii() {
        return c == '_' || c.is_ascii_alphabetic();
    }
    c.is_alphabetic() && !is_other_alphabetic(c) || is_mark(c)
}

/// Whether a name can go on with the character.
pub(crate) fn is_name_part(c: char) -> bool {
    is_name_start(c) || c.is_ascii_digit()
}

/// Alphabetic by Unicode's property, but neither a letter nor a mark: letter-like numbers and enclosed letters.
fn is_other_alphabetic(c: char) -> bool {
    matches!(c,
        '\u{2160}'..='\u{2182}' | '\u{2185}'..='\u{2188}' | '\u{24B6}'..='\u{24E9}' | '\u{3007}'
        | '\u{3021}'..='\u{3029}' | '\u{3038}'..='\u{303A}' | '\u{16EE}'..='\u{16F0}' | '\u{A6E6}'..='\u{A6EF}'
        | '\u{10140}'..='\u{10174}' | '\u{1F130}'..='\u{1F189}')
}

/// The marks that are not alphabetic, of the scripts that people write names in.
fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{0591}'..='\u{05BD}' | '\u{064B}'..='\u{065F}'
        | '\u{0670}' | '\u{06D6}'..='\u{06DC}' | '\u{06DF}'..='\u{06E4}' | '\u{093C}' | '\u{094D}' | '\u{09BC}'
        | '\u{09CD}' | '\u{0A3C}' | '\u{0A4D}' | '\u{0ABC}' | '\u{0ACD}' | '\u{0B3C}' | '\u{0B4D}' | '\u{0BCD}'
        | '\u{0C4D}' | '\u{0CBC}' | '\u{0CCD}' | '\u{0D4D}' | '\u{0DCA}' | '\u{0E3A}' | '\u{0E47}'..='\u{0E4E}'
        | '\u{0EB8}'..='\u{0EBC}' | '\u{0EC8}'..='\u{0ECE}' | '\u{1037}' | '\u{1039}' | '\u{103A}' | '\u{17C9}'..='\u{17D3}'
        | '\u{1AB0}'..='\u{1ACE}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20F0}' | '\u{302A}'..='\u{302F}'
        | '\u{3099}' | '\u{309A}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}')
}

/// Space between two tokens.
#[derive(Default)]
struct Gap {
    space: bool,
    lines: u32,
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    lexed: Lexed,
    gap: Gap,
    /// Whether the token before the gap was kept; the space after a broken one says nothing about the one before.
    last_counts: bool,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        self.lexed.tokens.reserve(self.text.len() / 5);
        if self.rest().starts_with('\u{FEFF}') {
            self.at += '\u{FEFF}'.len_utf8();
        }
        while let Some(c) = self.rest().chars().next() {
            self.token(c);
        }
        self.push(TokenKind::End, self.at);
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn token(&mut self, c: char) {
        let start = self.at;
        match c {
            ' ' | '\t' => {
                // After the line has ended, space belongs to the next one.
                self.gap.space |= self.gap.lines == 0;
                self.at += 1;
            }
            '\n' => {
                self.gap.lines += 1;
                self.at += 1;
            }
            '\r' => self.at += 1,
            '\'' if self.rest().starts_with("'''") => self.delimited(TokenKind::String, "'''"),
            '\'' => self.delimited(TokenKind::String, "'"),
            '"' => self.delimited(TokenKind::Quoted, "\""),
            '`' => self.delimited(TokenKind::Expression, "`"),
            '/' if self.rest().starts_with("//") => {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                self.lexed.comments.push(self.span_from(start));
            }
            '/' if self.rest().starts_with("/*") => self.block_comment(),
            '#' => {
                self.at += 1;
                self.skip(is_name_part);
                self.push(TokenKind::Color, start);
            }
            c if c.is_ascii_digit() => self.number_or_name(),
            c if is_name_start(c) => {
                self.skip(is_name_part);
                self.push(TokenKind::Identifier, start);
            }
            c => self.symbol(c),
        }
    }

    fn symbol(&mut self, c: char) {
        let start = self.at;
        if let Some(kind) = punctuation(c) {
            self.at += 1;
            self.push(kind, start);
        } else if let Some(length) = operator(self.rest()) {
            self.at += length;
            self.push(TokenKind::Operator, start);
        } else {
            self.at += c.len_utf8();
            let message =
                format!("“{}” means nothing here; put a name that contains it in double quotes", shown(&c.to_string()));
            self.broken(Code::UnknownSymbol, start, message);
        }
    }

    /// A token that begins and ends with the mark.
    fn delimited(&mut self, kind: TokenKind, mark: &str) {
        let start = self.at;
        let one_line = mark == "'" || mark == "\"";
        let raw = kind == TokenKind::Expression;
        self.at += mark.len();
        loop {
            let rest = self.rest();
            if rest.starts_with(mark) {
                self.at += mark.len();
                return self.push(kind, start);
            }
            match rest.chars().next() {
                None => {
                    let message = format!("what begins with {mark} never ends; close it with {mark}");
                    return self.broken(Code::UnexpectedEof, start, message);
                }
                Some('\n') if one_line => {
                    let message = format!(
                        "what begins with {mark} must end on the same line; close it with {mark}, or use ''' for several lines"
                    );
                    return self.broken(Code::UnexpectedNewline, start, message);
                }
                Some('\\') if !raw => self.escape(),
                Some(c) => self.at += c.len_utf8(),
            }
        }
    }

    fn escape(&mut self) {
        let start = self.at;
        self.at += 1;
        let Some(c) = self.rest().chars().next() else { return };
        self.at += c.len_utf8();
        if c == '\r' && self.rest().starts_with('\n') {
            self.at += 1;
        }
        if c == 'u' {
            let digits = self.rest().bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
            self.at += digits;
            if digits < 4 {
                let message = "\\u wants exactly four hexadecimal digits, as in \\u00e9; write \\\\ for a backslash";
                self.report(Code::InvalidEscapeSequence, start, message.to_owned());
            }
        }
    }

    fn block_comment(&mut self) {
        let start = self.at;
        let inside = self.rest().get(2..).unwrap_or_default();
        match inside.find("*/") {
            Some(length) => {
                self.at += length + 4;
                self.lexed.comments.push(self.span_from(start));
            }
            None => {
                self.at = self.text.len();
                self.broken(Code::UnexpectedEof, start, "this comment never ends; close it with */".to_owned());
            }
        }
    }

    /// Digits begin a number, or a name when a letter comes before anything that only a number has.
    fn number_or_name(&mut self) {
        let start = self.at;
        self.skip(|c| c.is_ascii_digit());
        let mut point = false;
        if self.rest().starts_with('.') {
            point = true;
            self.at += 1;
            let fraction = self.at;
            self.skip(|c| c.is_ascii_digit());
            if self.at == fraction && exponent(self.rest()) == 0 {
                return self.broken_number(start);
            }
        }
        let length = exponent(self.rest());
        self.at += length;
        match self.rest().chars().next() {
            Some(c) if is_name_part(c) || c == '.' && point && length == 0 => {
                if point {
                    return self.broken_number(start);
                }
                self.skip(is_name_part);
                self.push(TokenKind::Identifier, start);
            }
            _ => self.push(TokenKind::Number, start),
        }
    }

    fn broken_number(&mut self, start: usize) {
        self.skip(|c| is_name_part(c) || c == '.');
        let text = shown(self.span_from(start).of(self.text));
        self.broken(Code::UnknownToken, start, format!("“{text}” is not a number; write one as in 12, 1.5 or 2e10"));
    }

    fn skip(&mut self, while_it: impl Fn(char) -> bool) {
        let rest = self.rest();
        self.at += rest.find(|c: char| !while_it(c)).unwrap_or(rest.len());
    }

    fn span_from(&self, start: usize) -> Span {
        Span { start: offset(start), end: offset(self.at) }
    }

    fn push(&mut self, kind: TokenKind, start: usize) {
        let gap = std::mem::take(&mut self.gap);
        let first = self.lexed.tokens.is_empty() && !self.last_counts;
        match self.lexed.tokens.last_mut() {
            Some(last) if self.last_counts => {
                last.spaced = gap.space;
                last.ends_line = gap.lines > 0;
            }
            Some(_) | None => {}
        }
        let after_gap = gap.lines > u32::from(!first);
        let span = self.span_from(start);
        self.lexed.tokens.push(Token { kind, span, spaced: false, ends_line: false, after_gap });
        self.last_counts = true;
    }

    /// What looked like a token and is none; the space before it is still the last token's.
    fn broken(&mut self, code: Code, start: usize, message: String) {
        let gap = std::mem::take(&mut self.gap);
        if let Some(last) = self.lexed.tokens.last_mut().filter(|_| self.last_counts) {
            last.spaced = gap.space;
            last.ends_line = gap.lines > 0;
        }
        self.last_counts = false;
        self.report(code, start, message);
    }

    fn report(&mut self, code: Code, start: usize, message: String) {
        self.diagnostics.push(Diagnostic::new(code, self.span_from(start), message));
    }
}

fn punctuation(c: char) -> Option<TokenKind> {
    Some(match c {
        ',' => TokenKind::Comma,
        '(' => TokenKind::OpenParen,
        ')' => TokenKind::CloseParen,
        '[' => TokenKind::OpenBracket,
        ']' => TokenKind::CloseBracket,
        '{' => TokenKind::OpenBrace,
        '}' => TokenKind::CloseBrace,
        ':' => TokenKind::Colon,
        ';' => TokenKind::Semicolon,
        '*' => TokenKind::Wildcard,
        _ => return None,
    })
}

/// The length of the longest operator at the beginning of the text.
fn operator(text: &str) -> Option<usize> {
    // A relation may have a question mark on either side.
    let marked = usize::from(text.starts_with('?'));
    let relation = text.get(marked..).unwrap_or_default();
    let core = ["<>", "<", ">", "-"].into_iter().find(|core| relation.starts_with(core));
    let relation = core.map(|core| {
        let length = marked + core.len();
        length + usize::from(text.get(length..).is_some_and(|rest| rest.starts_with('?')))
    });
    let longer = ["<=", ">=", "==", "!=", "<-", "->"].into_iter().find(|op| text.starts_with(op)).map(str::len);
    let single = text.starts_with(['+', '/', '%', '=', '!', '.', '&', '|', '~', '?']).then_some(1);
    longer.or(relation).or(single)
}

/// The length of an exponent at the beginning of the text, with its `e`; 0 when there is none.
fn exponent(text: &str) -> usize {
    let Some(rest) = text.strip_prefix(['e', 'E']) else { return 0 };
    let unsigned = rest.strip_prefix(['+', '-']).unwrap_or(rest);
    let digits = unsigned.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 0 { 0 } else { 1 + (rest.len() - unsigned.len()) + digits }
}

fn inner<'a>(raw: &'a str, mark: &str) -> &'a str {
    raw.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark)).unwrap_or(raw)
}

fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 1..).unwrap_or_default();
        rest = unescape_one(rest, &mut out);
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Resolves the escape whose backslash is already read, and answers what follows it.
fn unescape_one<'a>(text: &'a str, out: &mut String) -> &'a str {
    let mut chars = text.chars();
    match chars.next() {
        None => out.push('\\'),
        Some('\n') => {}
        Some('\r') => return chars.as_str().strip_prefix('\n').unwrap_or(chars.as_str()),
        Some('n') => out.push('\n'),
        Some('t') => out.push('\t'),
        Some('r') => out.push('\r'),
        Some('0') => out.push('\0'),
        Some('b') => out.push('\u{8}'),
        Some('v') => out.push('\u{b}'),
        Some('f') => out.push('\u{c}'),
        Some(' ') => out.push_str("\\ "),
        Some('u') => return unescape_unicode(chars.as_str(), out),
        Some(c) => out.push(c),
    }
    chars.as_str()
}

/// Four digits are one UTF-16 unit; two units that belong together are one character.
fn unescape_unicode<'a>(text: &'a str, out: &mut String) -> &'a str {
    let unit = |text: &str| text.get(..4).and_then(|digits| u16::from_str_radix(digits, 16).ok());
    let Some(high) = unit(text) else {
        out.push_str("\\u");
        return text;
    };
    let rest = text.get(4..).unwrap_or_default();
    let low = rest.strip_prefix("\\u").and_then(unit).filter(|low| (0xdc00..0xe000).contains(low));
    let (units, rest) = match low {
        Some(low) if (0xd800..0xdc00).contains(&high) => (vec![high, low], rest.get(6..).unwrap_or_default()),
        Some(_) | None => (vec![high], rest),
    };
    out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    rest
}
