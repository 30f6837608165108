//! Expressions, by operator precedence (Pratt, 1973), and the lists and tuples in them.

use super::parser::{Context, Failure, Parsed, Parser};
use super::{NodeId, NodeKind, Setting, SettingName, TokenId, Words};
use crate::diagnostic::Code;
use crate::lexer::TokenKind;

/// How tightly a call binds to what is before it.
const CALL: u8 = 14;
/// How tightly an operator before its operand binds.
const PREFIX: u8 = 15;

impl Parser<'_, '_> {
    /// One expression, or several with commas between them, each of which may be missing.
    pub(super) fn commas(&mut self) -> Parsed {
        let start = self.at;
        let first = if self.is_at(&[TokenKind::Comma]) { self.missing() } else { self.normal()? };
        if !self.is_at(&[TokenKind::Comma]) {
            return Ok(first);
        }
        let begin = self.pending.len();
        self.pending.push(first);
        let read = self.more_commas();
        let elements = self.close(begin);
        let span = self.tree.span(first).to(self.span_from(start));
        let node = self.push(NodeKind::Commas(elements), span);
        read.map(|()| node).map_err(|failure| failure.within(node))
    }

    /// From a comma on.
    fn more_commas(&mut self) -> Parsed<()> {
        loop {
            self.advance();
            if self.commas_end() {
                let missing = self.missing();
                self.pending.push(missing);
                return Ok(());
            }
            if self.is_at(&[TokenKind::Comma]) {
                let missing = self.missing();
                self.pending.push(missing);
                continue;
            }
            match self.normal() {
                Ok(element) => self.pending.push(element),
                Err(failure) => {
                    self.pending.extend(failure.partial);
                    return Err(failure);
                }
            }
            if self.commas_end() || !self.is_at(&[TokenKind::Comma]) {
                return Ok(());
            }
        }
    }

    fn commas_end(&self) -> bool {
        const ENDS: [TokenKind; 8] = [
            TokenKind::End,
            TokenKind::OpenBrace,
            TokenKind::CloseBrace,
            TokenKind::OpenBracket,
            TokenKind::CloseBracket,
            TokenKind::OpenParen,
            TokenKind::CloseParen,
            TokenKind::Colon,
        ];
        self.previous().ends_line || self.is_at(&ENDS)
    }

    /// One expression.
    pub(super) fn normal(&mut self) -> Parsed {
        self.binding(0)
    }

    /// An expression whose operators bind more tightly than the power.
    fn binding(&mut self, power: u8) -> Parsed {
        let start = self.at;
        let mut left = self.operand_or_prefix()?;
        loop {
            let token = self.peek();
            match token.kind {
                TokenKind::OpenParen => {
                    let bracketed = self.open.iter().any(|context| *context != Context::Block);
                    if CALL < power || self.begins_line() && !bracketed {
                        return Ok(left);
                    }
                    left = self.suffix(start, left, Self::tuple, NodeKind::Call)?;
                }
                TokenKind::OpenBracket => {
                    if self.previous().spaced {
                        return Ok(left);
                    }
                    left = self.suffix(start, left, Self::list, NodeKind::Index)?;
                }
                TokenKind::Operator => {
                    let Some((binds, right_power)) = infix(token.span.of(self.tree.text())) else { return Ok(left) };
                    if binds <= power {
                        return Ok(left);
                    }
                    let op = self.advance();
                    let point = self.tree.value(op) == ".";
                    let right = if point { self.operand_or_missing() } else { self.binding(right_power) };
                    left = self.infix_node(start, op, left, right)?;
                }
                TokenKind::Identifier
                | TokenKind::Quoted
                | TokenKind::String
                | TokenKind::Expression
                | TokenKind::Number
                | TokenKind::Color
                | TokenKind::Wildcard
                | TokenKind::Comma
                | TokenKind::CloseParen
                | TokenKind::CloseBracket
                | TokenKind::OpenBrace
                | TokenKind::CloseBrace
                | TokenKind::Colon
                | TokenKind::Semicolon
                | TokenKind::End => return Ok(left),
            }
        }
    }

    /// What stands in brackets directly after an expression, together with it.
    fn suffix(
        &mut self,
        start: usize,
        left: NodeId,
        read: fn(&mut Self) -> Parsed,
        make: fn(NodeId, NodeId) -> NodeKind,
    ) -> Parsed {
        match read(self) {
            Ok(inner) => Ok(self.push(make(left, inner), self.span_from(start))),
            Err(failure) => {
                let inner = failure.partial.unwrap_or_else(|| self.missing());
                let node = self.push(make(left, inner), self.span_from(start));
                Err(failure.within(node))
            }
        }
    }

    fn infix_node(&mut self, start: usize, op: TokenId, left: NodeId, right: Parsed) -> Parsed {
        match right {
            Ok(right) => Ok(self.push(NodeKind::Infix(op, left, right), self.span_from(start))),
            Err(failure) => {
                let right = failure.partial.unwrap_or_else(|| self.missing());
                let node = self.push(NodeKind::Infix(op, left, right), self.span_from(start));
                Err(failure.within(node))
            }
        }
    }

    fn operand_or_prefix(&mut self) -> Parsed {
        let start = self.at;
        let token = self.peek();
        if token.kind != TokenKind::Operator {
            let operand = self.operand_or_missing()?;
            let missing = matches!(self.tree.kind(operand), NodeKind::Missing);
            return if missing { Err(self.failure(Some(operand))) } else { Ok(operand) };
        }
        if !is_prefix(token.span.of(self.tree.text())) {
            let found = self.found();
            self.report_here(Code::UnknownPrefixOp, format!("no value can begin with {found}"));
            let missing = self.missing();
            return Err(self.failure(Some(missing)));
        }
        if self.too_deep() {
            return Err(self.failure(None));
        }
        let op = self.advance();
        self.prefixes += 1;
        let read = self.binding(PREFIX);
        self.prefixes -= 1;
        match read {
            Ok(operand) => Ok(self.push(NodeKind::Prefix(op, operand), self.span_from(start))),
            Err(failure) => {
                let operand = failure.partial.unwrap_or_else(|| self.missing());
                let node = self.push(NodeKind::Prefix(op, operand), self.span_from(start));
                Err(failure.within(node))
            }
        }
    }

    /// A value, or nothing after it is said that there should be one.
    fn operand_or_missing(&mut self) -> Parsed {
        let span = self.peek().span;
        match self.peek().kind {
            TokenKind::Wildcard => {
                self.advance();
                Ok(self.push(NodeKind::Wildcard, span))
            }
            TokenKind::Number | TokenKind::String | TokenKind::Color => {
                let token = self.advance();
                Ok(self.push(NodeKind::Literal(token), span))
            }
            TokenKind::Identifier | TokenKind::Quoted => {
                let token = self.advance();
                Ok(self.push(NodeKind::Name(token), span))
            }
            TokenKind::Expression => {
                let token = self.advance();
                Ok(self.push(NodeKind::Expression(token), span))
            }
            TokenKind::OpenBracket => self.list(),
            TokenKind::OpenBrace => self.block(),
            TokenKind::OpenParen => self.tuple(),
            TokenKind::End => {
                self.report_here(Code::UnexpectedEof, "the text ends where a value should stand".to_owned());
                Ok(self.missing())
            }
            TokenKind::Operator
            | TokenKind::Comma
            | TokenKind::CloseParen
            | TokenKind::CloseBracket
            | TokenKind::CloseBrace
            | TokenKind::Colon
            | TokenKind::Semicolon => {
                let found = self.found();
                self.report_here(Code::InvalidOperand, format!("a value should stand here, not {found}"));
                Ok(self.missing())
            }
        }
    }

    /// `(…)`
    pub(super) fn tuple(&mut self) -> Parsed {
        const SEPARATES: [TokenKind; 2] = [TokenKind::CloseParen, TokenKind::Comma];
        let start = self.at;
        self.nested(Context::Group, |parser| {
            let begin = parser.pending.len();
            let read = parser.separated(&SEPARATES, Self::normal);
            let elements = parser.close(begin);
            let node = parser.push(NodeKind::Tuple(elements), parser.span_from(start));
            read.map(|()| node).map_err(|failure| failure.within(node))
        })
    }

    /// `[…]`
    pub(super) fn list(&mut self) -> Parsed {
        const SEPARATES: [TokenKind; 2] = [TokenKind::CloseBracket, TokenKind::Comma];
        let start = self.at;
        self.nested(Context::List, |parser| {
            let begin = parser.pending.len();
            let read = parser.separated(&SEPARATES, Self::setting);
            let settings = parser.close(begin);
            let node = parser.push(NodeKind::List(settings), parser.span_from(start));
            read.map(|()| node).map_err(|failure| failure.within(node))
        })
    }

    /// From the opening bracket to the closing one, which is the first of the kinds that separate.
    fn separated(&mut self, separates: &[TokenKind; 2], read: fn(&mut Self) -> Parsed) -> Parsed<()> {
        let [close, _] = *separates;
        let closes = if close == TokenKind::CloseParen { ")" } else { "]" };
        self.advance();
        let mut first = true;
        while !self.at_end() && !self.is_at(&[close]) {
            let comma = if first { Ok(()) } else { self.expect(TokenKind::Comma, "a comma").map(|_| ()) };
            first = false;
            let element = comma.and_then(|()| read(self));
            match element {
                Ok(element) => self.pending.push(element),
                Err(failure) => self.skip_element(failure, separates)?,
            }
        }
        if let Err(failure) = self.expect(close, closes) {
            self.skip_element(failure, separates)?;
        }
        Ok(())
    }

    /// After a failure: on to the next comma or the end of the bracket, or out of it.
    fn skip_element(&mut self, failure: Failure, separates: &[TokenKind; 2]) -> Parsed<()> {
        self.pending.extend(failure.partial);
        if !self.can_handle(failure) {
            return Err(failure);
        }
        while !self.at_end() && !self.is_at(separates) {
            self.at += 1;
        }
        Ok(())
    }

    /// `name`, `several words`, or either with a value after a colon.
    fn setting(&mut self) -> Parsed {
        const ENDS: [TokenKind; 3] = [TokenKind::Comma, TokenKind::CloseBracket, TokenKind::Colon];
        let start = self.at;
        let mut setting = Setting { name: SettingName::Nothing, value: None };
        let mut failed = None;
        if self.is_at(&ENDS) {
            self.report_here(Code::EmptyAttributeName, "the name of a setting should stand here".to_owned());
        } else if self.peek().kind == TokenKind::Identifier {
            let (words, read) = self.word_stream();
            setting.name = SettingName::Words(words);
            failed = read.err();
        } else {
            match self.setting_name() {
                Ok(name) => setting.name = SettingName::Other(name),
                Err(failure) => failed = Some(failure),
            }
        }
        if let Some(failure) = failed {
            if !self.can_handle(failure) {
                let node = self.push(NodeKind::Setting(setting), self.span_from(start));
                return Err(failure.within(node));
            }
            while !self.at_end() && !self.is_at(&ENDS) {
                self.at += 1;
            }
        }
        if self.is_at(&[TokenKind::Colon]) {
            self.advance();
            setting.value = self.setting_value()?;
        }
        Ok(self.push(NodeKind::Setting(setting), self.span_from(start)))
    }

    fn setting_name(&mut self) -> Parsed {
        const NAMES: [TokenKind; 4] = [TokenKind::Color, TokenKind::String, TokenKind::Number, TokenKind::Quoted];
        if self.is_at(&NAMES) {
            return self.operand_or_missing();
        }
        let found = self.found();
        self.report_here(Code::UnexpectedToken, format!("the name of a setting should stand here, not {found}"));
        Err(self.failure(None))
    }

    fn setting_value(&mut self) -> Parsed<Option<NodeId>> {
        let start = self.at;
        let next = TokenId(crate::span::offset(self.at + 1));
        let several = self.peek().kind == TokenKind::Identifier && self.tree.token(next).kind == TokenKind::Identifier;
        let read = if several {
            let (words, read) = self.word_stream();
            let node = self.push(NodeKind::Words(words), self.span_from(start));
            read.map(|()| node).map_err(|failure| failure.within(node))
        } else {
            self.normal()
        };
        match read {
            Ok(value) => Ok(Some(value)),
            Err(failure) if !self.can_handle(failure) => Err(failure),
            Err(failure) => {
                while !self.at_end() && !self.is_at(&[TokenKind::Comma, TokenKind::CloseBracket]) {
                    self.at += 1;
                }
                Ok(failure.partial)
            }
        }
    }

    /// Bare words up to a colon, a comma or the end of the list.
    fn word_stream(&mut self) -> (Words, Parsed<()>) {
        const ENDS: [TokenKind; 4] = [TokenKind::End, TokenKind::Colon, TokenKind::Comma, TokenKind::CloseBracket];
        let mut words = Words { first: TokenId(crate::span::offset(self.at)), count: 0 };
        while !self.is_at(&ENDS) {
            if let Err(failure) = self.expect(TokenKind::Identifier, "a word, a comma or ]") {
                return (words, Err(failure));
            }
            words.count += 1;
        }
        (words, Ok(()))
    }
}

fn is_prefix(op: &str) -> bool {
    matches!(op, "+" | "-" | "!" | "~" | "->" | "<-" | "<" | ">" | "<>") || op.len() > 1 && is_marked_relation(op)
}

/// Whether the operator is a relation with a question mark on a side.
fn is_marked_relation(op: &str) -> bool {
    op.contains('?') && matches!(op.trim_matches('?'), "<" | ">" | "<>" | "-")
}

/// How tightly an operator binds to its left and right operand.
fn infix(op: &str) -> Option<(u8, u8)> {
    let core = if is_marked_relation(op) { op.trim_matches('?') } else { op };
    Some(match core {
        "." => (16, 17),
        "/" | "%" => (11, 12),
        "+" | "-" => (9, 10),
        "<" | "<=" | ">" | ">=" | "<>" | "->" | "<-" => (7, 8),
        "==" | "!=" => (4, 5),
        "=" => (2, 3),
        _ => return None,
    })
}
