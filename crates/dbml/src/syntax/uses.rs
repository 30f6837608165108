//! Imports, whose lines have a form of their own.

use super::parser::{Context, Parsed, Parser};
use super::{NodeId, NodeKind, Use, UseItem};
use crate::diagnostic::Code;
use crate::lexer::TokenKind;

impl Parser<'_, '_> {
    pub(super) fn use_declaration(&mut self) -> NodeId {
        let start = self.at;
        let mut declaration = Use { keyword: Some(self.advance()), ..Use::default() };
        if self.is_at(&[TokenKind::Wildcard]) {
            self.advance();
            declaration.everything = true;
        } else {
            // What failed within the braces is said already; the rest of the line is still an import.
            let begin = self.pending.len();
            let _said = self.nested(Context::Block, Self::use_items);
            declaration.items = self.close(begin);
        }
        if self.is_word("from") {
            self.advance();
        } else {
            let found = self.found();
            self.report_here(Code::UnexpectedToken, format!("“from” should follow what is imported, not {found}"));
        }
        if self.is_at(&[TokenKind::String]) {
            declaration.path = Some(self.advance());
        } else {
            let found = self.found();
            self.report_here(Code::UnexpectedToken, format!("a file such as './users' should stand here, not {found}"));
        }
        self.push(NodeKind::Use(declaration), self.span_from(start))
    }

    fn use_items(&mut self) -> Parsed<()> {
        if let Err(failure) = self.expect(TokenKind::OpenBrace, "{ or *") {
            if !self.can_handle(failure) {
                return Err(failure);
            }
            self.next_use_item();
        }
        while !self.at_end() && !self.is_at(&[TokenKind::CloseBrace]) {
            if let Err(failure) = self.use_item() {
                if !self.can_handle(failure) {
                    return Err(failure);
                }
                self.next_use_item();
            }
            if self.is_word("from") {
                break;
            }
            if !self.previous().ends_line && !self.is_at(&[TokenKind::CloseBrace]) {
                self.report_here(Code::MissingSpaces, "each import must stand on a line of its own".to_owned());
            }
        }
        if let Err(failure) = self.expect(TokenKind::CloseBrace, "}") {
            if !self.can_handle(failure) {
                return Err(failure);
            }
            self.next_use_item();
        }
        Ok(())
    }

    fn use_item(&mut self) -> Parsed<()> {
        let start = self.at;
        let mut item = UseItem::default();
        let read = self.use_item_parts(&mut item);
        let node = self.push(NodeKind::UseItem(item), self.span_from(start));
        self.pending.push(node);
        read
    }

    fn use_item_parts(&mut self, item: &mut UseItem) -> Parsed<()> {
        const NAME: [TokenKind; 2] = [TokenKind::Identifier, TokenKind::Quoted];
        item.kind = Some(self.expect(TokenKind::Identifier, "a kind such as table or enum")?);
        if self.is_at(&NAME) {
            item.name = Some(self.normal().inspect_err(|failure| item.name = failure.partial)?);
        } else {
            let found = self.found();
            self.report_here(
                Code::UnexpectedToken,
                format!("the name of what is imported should stand here, not {found}"),
            );
        }
        if !self.is_word("as") {
            return Ok(());
        }
        self.advance();
        if !self.is_at(&NAME) {
            let found = self.found();
            self.report_here(Code::UnexpectedToken, format!("an alias should follow “as”, not {found}"));
            let failure = self.failure(None);
            return if self.can_handle(failure) { Ok(()) } else { Err(failure) };
        }
        match self.normal() {
            Ok(alias) => item.alias = Some(alias),
            Err(failure) if !self.can_handle(failure) => return Err(failure),
            Err(_) => {}
        }
        Ok(())
    }

    fn next_use_item(&mut self) {
        if self.is_at(&[TokenKind::CloseBrace]) {
            return;
        }
        self.advance();
        let stops = |parser: &Self| {
            parser.is_at(&[TokenKind::CloseBrace, TokenKind::String]) || parser.is_word("from") || parser.begins_line()
        };
        while !self.at_end() && !stops(self) {
            self.at += 1;
        }
    }
}
