//! Programs that are nothing but a frame around statements: `DO $$ BEGIN CREATE TYPE …; EXCEPTION … END $$`,
//! `EXEC('CREATE SCHEMA …')`, `BEGIN EXECUTE IMMEDIATE '…'; END`. Migration tools write them to ask first whether
//! something is there. What has loops or makes up its statements is left alone.

use crate::Dialect;
use crate::lex::{Kind, Token};
use crate::split::{PieceKind, is_any, split_tokens};
use std::ops::Range;

/// The places of the statements within a program, in bytes; `None` when it is more than a frame.
pub(super) fn unfold(text: &str, tokens: &[Token], dialect: Dialect) -> Option<Vec<Range<usize>>> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let mut found = Vec::new();
    match dialect {
        Dialect::Postgres => {
            let body = tokens.iter().find(|token| token.kind == Kind::String)?;
            inside(text, inner(text, *body)?, dialect, 0, &mut found)?;
        }
        Dialect::Oracle => inside(text, first.start()..last.end(), dialect, 0, &mut found)?,
        Dialect::SqlServer | Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite => {
            let mut strings = tokens.iter().filter(|token| token.kind == Kind::String);
            let (only, none) = (strings.next()?, strings.next());
            if none.is_some() || tokens.iter().any(|token| matches!(token.kind, Kind::Variable)) {
                return None;
            }
            inside(text, inner(text, *only)?, dialect, 0, &mut found)?;
        }
    }
    (!found.is_empty()).then_some(found)
}

/// Where the content of a string stands, if it stands there as it is.
fn inner(text: &str, token: Token) -> Option<Range<usize>> {
    let raw = token.text(text);
    let open = if raw.starts_with('$') { raw.get(1..)?.find('$')? + 2 } else { raw.find('\'')? + 1 };
    let close = if raw.starts_with('$') { open } else { 1 };
    let range = token.start() + open..token.end().checked_sub(close)?;
    let content = text.get(range.clone())?;
    let is_plain = raw.starts_with('$') || !content.contains(['\'', '\\']);
    is_plain.then_some(range)
}

/// The statements within a stretch of a program.
fn inside(text: &str, range: Range<usize>, dialect: Dialect, depth: u8, found: &mut Vec<Range<usize>>) -> Option<()> {
    let base = range.start;
    let body = text.get(range)?;
    // Within PL/SQL there is no statement to the splitter; the semicolons are PostgreSQL's.
    let splitting = if dialect == Dialect::Oracle { Dialect::Postgres } else { dialect };
    let (tokens, pieces) = split_tokens(body, splitting);
    for piece in pieces {
        let own = tokens.get(piece.tokens.clone())?;
        let Some(at) = frame(own, body) else { continue };
        let rest = own.get(at.0..)?;
        let Some(head) = rest.first() else { continue };
        let word = head.text(body);
        let makes = ["create", "alter", "comment", "drop"];
        if is_any(word, &["exception"]) || at.1 {
            // What comes after is for when something goes wrong.
            return Some(());
        }
        if is_any(word, &["for", "while", "loop", "foreach"]) {
            return None;
        }
        if is_any(word, &["execute"]) {
            let string = rest.iter().find(|token| token.kind == Kind::String)?;
            let alone = rest.len() <= 3 && rest.last()?.kind == Kind::String;
            if !alone || depth > 1 {
                return None;
            }
            let range = inner(body, *string)?;
            inside(text, base + range.start..base + range.end, dialect, depth + 1, found)?;
        } else if piece.kind == PieceKind::Statement && is_any(word, &makes) {
            found.push(base + head.start()..base + piece.span.end);
        }
    }
    Some(())
}

/// How many tokens belong to the frame: `BEGIN`, `IF … THEN`, `DECLARE …`; and whether the rest is for errors.
fn frame(tokens: &[Token], text: &str) -> Option<(usize, bool)> {
    let mut at = 0;
    loop {
        let word = tokens.get(at)?.text(text);
        if is_any(word, &["begin", "else"]) {
            at += 1;
        } else if is_any(word, &["if", "elsif", "elseif"]) {
            at += tokens.get(at..)?.iter().position(|token| token.is_word(text, "then"))? + 1;
        } else if is_any(word, &["declare"]) {
            at += tokens.get(at..)?.iter().position(|token| token.is_word(text, "begin"))? + 1;
        } else {
            return Some((at, is_any(word, &["exception"])));
        }
    }
}
