//! Statements, taken apart.

mod alter;
mod column;
mod constraint;
mod cursor;
mod expression;
mod index;
mod other;
mod procedure;
mod program;
mod statement;
mod table;
mod types;

use crate::Dialect;
use crate::lex::{Lexer, Token};
use crate::script::{Body, Script, Statement};
use crate::split::{MAX_BYTES, Piece, PieceKind, split_tokens};
use cursor::{Cursor, shorten};
use std::ops::Range;

/// Reads a whole file. Every statement of it is in the answer, understood or not, with its place; nothing is executed.
///
/// ```
/// use sql::{Body, Dialect, read};
///
/// let script = read("create table a (b int primary key); make me a sandwich;", Dialect::Postgres);
/// assert!(matches!(script.statements[0].body, Body::CreateTable(_)));
/// assert!(matches!(script.statements[1].body, Body::NotUnderstood { .. }));
/// ```
pub fn read(text: &str, dialect: Dialect) -> Script {
    let (tokens, pieces) = split_tokens(text, dialect);
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut statements = Vec::with_capacity(pieces.len());
    let mut schema = None;
    for piece in pieces {
        let line = lines.of(piece.span.start);
        let mut found = statement(text, &tokens, &piece, line, dialect);
        if piece.in_schema {
            found.within.clone_from(&schema);
        } else if let Body::CreateSchema(name) = &found.body {
            schema = Some(name.clone());
        }
        let own = tokens.get(piece.tokens.clone()).unwrap_or_default();
        let inner = matches!(found.body, Body::NotUnderstood { .. }).then(|| program::unfold(text, own, dialect));
        match inner.flatten() {
            None => statements.push(found),
            Some(places) => {
                for place in places {
                    let line = lines.of(place.start);
                    statements.push(of_program(text, place, line, dialect));
                }
            }
        }
    }
    Script { dialect, statements }
}

fn statement(text: &str, tokens: &[Token], piece: &Piece, line: u32, dialect: Dialect) -> Statement {
    let span = piece.span.clone();
    let made =
        |body: Body| Statement { span: span.clone(), line, within: None, guarded: false, body, left: Vec::new() };
    match piece.kind {
        PieceKind::ClientLine => {
            let what = text.get(span.clone()).unwrap_or_default();
            return made(Body::Session(format!("line for the client: {}", shorten(what))));
        }
        PieceKind::Rows => return made(Body::Data("rows")),
        PieceKind::Statement => {}
    }
    let own = tokens.get(piece.tokens.clone()).unwrap_or_default();
    if own.is_empty() {
        let reason = format!("the text is too long: it is read up to {} MiB or a million statements", MAX_BYTES >> 20);
        return made(Body::NotUnderstood { reason, at: span.start });
    }
    let mut cursor = Cursor::new(text, own, dialect, (line, span.start));
    let body = match cursor.statement() {
        Ok(body) => body,
        Err(problem) => {
            cursor.left.clear();
            let at = own.get(problem.at).or_else(|| own.last()).map_or(span.start, |token| token.start());
            Body::NotUnderstood { reason: problem.reason, at }
        }
    };
    Statement { span, line, within: None, guarded: false, body, left: cursor.left }
}

/// A statement that stands within a program.
fn of_program(text: &str, place: Range<usize>, line: u32, dialect: Dialect) -> Statement {
    let body = text.get(place.clone()).unwrap_or_default();
    let mut lexer = Lexer::new(body, dialect);
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next() {
        tokens.push(token);
    }
    let piece = Piece { span: 0..body.len(), kind: PieceKind::Statement, in_schema: false, tokens: 0..tokens.len() };
    let mut found = statement(body, &tokens, &piece, line, dialect);
    found.span = place.clone();
    found.guarded = true;
    if let Body::NotUnderstood { at, .. } = &mut found.body {
        *at += place.start;
    }
    found
}

/// Counts lines from one place to the next.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, place: usize) -> u32 {
        let between = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        let lines = between.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at = place.max(self.at);
        self.line
    }
}
