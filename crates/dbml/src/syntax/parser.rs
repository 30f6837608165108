//! Elements and blocks, and how reading goes on after something is wrong.
//!
//! A function that cannot go on answers what it has of its node, together with the kind of bracket in which reading
//! can go on; whoever is in such a bracket skips to the next part and tries again.

use super::{Element, List, Metadata, Node, NodeId, NodeKind, Statement, TokenId, Tree, Use, UseItem};
use crate::diagnostic::{Code, Diagnostic};
use crate::lexer::{Token, TokenKind};
use crate::quote::shown;
use crate::span::{Span, offset};
use std::num::NonZeroU32;

/// A kind of bracket that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    List,
    Group,
    Block,
}

/// Reading stopped within a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Failure {
    /// What there is of it.
    pub(super) partial: Option<NodeId>,
    /// Where reading can go on: in the innermost bracket of this kind, or just anywhere.
    handler: Option<Context>,
}

impl Failure {
    /// The same failure, with more of the node around it.
    pub(super) fn within(self, partial: NodeId) -> Self {
        Self { partial: Some(partial), ..self }
    }
}

pub(super) type Parsed<T = NodeId> = Result<T, Failure>;

pub(crate) struct Parser<'a, 'd> {
    pub(super) tree: Tree<'a>,
    /// The next token.
    pub(super) at: usize,
    pub(super) open: Vec<Context>,
    /// Prefix operators that wait for their operand.
    pub(super) prefixes: usize,
    /// Nodes of the lists that are being read, the innermost list last.
    pub(super) pending: Vec<NodeId>,
    /// For each token, where the next comma, parenthesis, brace and bracket stand that close something; made when it
    /// is first needed.
    closers: Option<Vec<[u32; 4]>>,
    diagnostics: &'d mut Vec<Diagnostic>,
    /// Nothing is said any more, because too much is nested.
    given_up: bool,
}

impl<'a, 'd> Parser<'a, 'd> {
    pub(super) fn new(tree: Tree<'a>, diagnostics: &'d mut Vec<Diagnostic>) -> Self {
        Self {
            tree,
            at: 0,
            open: Vec::new(),
            prefixes: 0,
            pending: Vec::new(),
            closers: None,
            diagnostics,
            given_up: false,
        }
    }

    /// The whole tree.
    pub(super) fn run(mut self) -> Tree<'a> {
        while let Some(node) = self.next_element() {
            self.tree.top.push(node);
        }
        self.tree
    }

    /// The text as far as it was read since the last [`forget`](Self::forget).
    pub(crate) fn tree(&self) -> &Tree<'a> {
        &self.tree
    }

    /// Makes room for the next element. What is read element by element needs no memory for the whole tree.
    pub(crate) fn forget(&mut self) {
        self.tree.nodes.clear();
        self.tree.listed.clear();
    }

    /// The next element of the text, or what there is of it.
    pub(crate) fn next_element(&mut self) -> Option<NodeId> {
        while !self.at_end() {
            let read = if self.is_word("use") || self.is_word("reuse") {
                Ok(self.use_declaration())
            } else if self.is_word("metadata") {
                self.metadata()
            } else {
                self.element()
            };
            match read {
                Ok(node) => return Some(node),
                Err(failure) => {
                    if self.at_end() {
                        self.report_here(Code::UnexpectedEof, "the text ends in the middle of an element".to_owned());
                    } else {
                        self.at += 1;
                    }
                    if failure.partial.is_some() {
                        return failure.partial;
                    }
                }
            }
        }
        None
    }

    // Looking at tokens.

    pub(super) fn peek(&self) -> Token {
        self.tree.token(TokenId(offset(self.at)))
    }

    fn peek_next(&self) -> Token {
        self.tree.token(TokenId(offset(self.at + 1)))
    }

    /// The token before; the end of the text before the first.
    pub(super) fn previous(&self) -> Token {
        let before = self.at.checked_sub(1).map_or(u32::MAX, offset);
        self.tree.token(TokenId(before))
    }

    pub(super) fn at_end(&self) -> bool {
        self.peek().kind == TokenKind::End
    }

    pub(super) fn is_at(&self, kinds: &[TokenKind]) -> bool {
        kinds.contains(&self.peek().kind)
    }

    /// Whether the next token is that word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        let token = self.peek();
        token.kind == TokenKind::Identifier && token.span.of(self.tree.text).eq_ignore_ascii_case(word)
    }

    /// Whether the next token begins a line.
    pub(super) fn begins_line(&self) -> bool {
        self.peek().after_gap || self.at > 0 && self.previous().ends_line
    }

    pub(super) fn advance(&mut self) -> TokenId {
        let token = TokenId(offset(self.at));
        if !self.at_end() {
            self.at += 1;
        }
        token
    }

    /// Skips to one of the kinds, or to the end.
    fn skip_to(&mut self, kinds: &[TokenKind]) {
        while !self.at_end() && !self.is_at(kinds) {
            self.at += 1;
        }
    }

    pub(super) fn expect(&mut self, kind: TokenKind, what: &str) -> Parsed<TokenId> {
        if self.peek().kind == kind {
            return Ok(self.advance());
        }
        let found = self.found();
        self.report_here(Code::UnexpectedToken, format!("{what} should stand here, not {found}"));
        Err(self.failure(None))
    }

    /// What the next token is called in a message.
    pub(super) fn found(&self) -> String {
        match self.peek() {
            token if token.kind == TokenKind::End => "the end of the text".to_owned(),
            token => format!("“{}”", shown(token.span.of(self.tree.text))),
        }
    }

    // Making nodes.

    pub(super) fn push(&mut self, kind: NodeKind, span: Span) -> NodeId {
        let id = NodeId(NonZeroU32::MIN.saturating_add(offset(self.tree.nodes.len())));
        self.tree.nodes.push(Node { kind, span });
        id
    }

    /// The list of all nodes that are pending since it began.
    pub(super) fn close(&mut self, begin: usize) -> List {
        let (start, count) = (offset(self.tree.listed.len()), offset(self.pending.len().saturating_sub(begin)));
        self.tree.listed.extend(self.pending.drain(begin..));
        List { start, count }
    }

    pub(super) fn missing(&mut self) -> NodeId {
        let end = if self.at == 0 { 0 } else { self.previous().span.end };
        self.push(NodeKind::Missing, Span { start: end, end })
    }

    /// From where a node began to the last token that was read.
    pub(super) fn span_from(&self, start: usize) -> Span {
        let first = self.tree.token(TokenId(offset(start))).span;
        if self.at > start { first.to(self.previous().span) } else { Span { start: first.start, end: first.start } }
    }

    // Saying what is wrong.

    pub(super) fn report(&mut self, code: Code, span: Span, message: String) {
        if !self.given_up {
            self.diagnostics.push(Diagnostic::new(code, span, message));
        }
    }

    pub(super) fn report_here(&mut self, code: Code, message: String) {
        self.report(code, self.peek().span, message);
    }

    pub(super) fn failure(&mut self, partial: Option<NodeId>) -> Failure {
        Failure { partial, handler: self.handler() }
    }

    pub(super) fn can_handle(&self, failure: Failure) -> bool {
        failure.handler.is_none() || failure.handler == self.open.last().copied()
    }

    /// The bracket whose end, or whose next comma, comes first.
    fn handler(&mut self) -> Option<Context> {
        if self.open.is_empty() {
            return None;
        }
        let closers = self.closers.get_or_insert_with(|| next_closers(&self.tree.lexed.tokens));
        let [comma, paren, brace, bracket] = closers.get(self.at).copied()?;
        let inner = self.open.iter().rev().find(|context| **context != Context::Block).copied();
        let open = |context: Context| self.open.contains(&context).then_some(context);
        let candidates = [
            (comma, inner),
            (paren, open(Context::Group)),
            (brace, open(Context::Block)),
            (bracket, open(Context::List)),
        ];
        let reached = candidates.into_iter().filter(|(at, context)| *at != u32::MAX && context.is_some());
        reached.min_by_key(|(at, _)| *at).and_then(|(_, context)| context)
    }

    /// Reads within a bracket. Beyond the allowed depth it is said once, and the rest of the text is left out.
    pub(super) fn nested<T>(&mut self, context: Context, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.too_deep() {
            return Err(Failure { partial: None, handler: None });
        }
        self.open.push(context);
        let read = read(self);
        self.open.pop();
        read
    }

    /// Whether no more may be nested; if so, reading ends.
    pub(super) fn too_deep(&mut self) -> bool {
        let deep = self.open.len() + self.prefixes >= super::MAX_DEPTH;
        if deep {
            let message =
                format!("more than {} brackets stand within each other; what follows is not read", super::MAX_DEPTH);
            self.report_here(Code::TooDeep, message);
            self.given_up = true;
            self.at = self.tree.lexed.tokens.len().saturating_sub(1);
        }
        deep
    }

    // Elements.

    fn element(&mut self) -> Parsed {
        let start = self.at;
        let mut element = Element::default();
        let read = self.element_parts(&mut element);
        let node = self.push(NodeKind::Element(element), self.span_from(start));
        read.map(|()| node).map_err(|failure| failure.within(node))
    }

    fn element_parts(&mut self, element: &mut Element) -> Parsed<()> {
        element.kind = Some(self.expect(TokenKind::Identifier, "a word such as Table or Ref")?);
        if !self.is_at(&BODY) {
            element.name = self.name_before(|parser| parser.is_word("as") || parser.is_at(&BODY))?;
        }
        if self.is_word("as") {
            self.advance();
            if self.is_at(&BODY) {
                let found = self.found();
                self.report_here(Code::UnexpectedToken, format!("an alias should follow “as”, not {found}"));
            } else {
                element.alias = self.name_before(|parser| parser.is_at(&BODY))?;
            }
        }
        if self.is_at(&[TokenKind::OpenBracket]) {
            element.settings = Some(self.list().inspect_err(|failure| element.settings = failure.partial)?);
        }
        self.body(&mut element.body)
    }

    /// A name; after a broken one reading goes on where the condition holds.
    fn name_before(&mut self, goes_on: impl Fn(&Self) -> bool) -> Parsed<Option<NodeId>> {
        match self.normal() {
            Ok(name) => Ok(Some(name)),
            Err(failure) if self.can_handle(failure) => {
                while !self.at_end() && !goes_on(self) {
                    self.at += 1;
                }
                Ok(failure.partial)
            }
            Err(failure) => Err(failure),
        }
    }

    /// A block, or a colon and a statement; tokens before either are skipped.
    fn body(&mut self, body: &mut Option<NodeId>) -> Parsed<()> {
        const BEGINS: [TokenKind; 2] = [TokenKind::OpenBrace, TokenKind::Colon];
        if !self.is_at(&BEGINS) {
            let found = self.found();
            self.report_here(Code::UnexpectedToken, format!("{{ or : should stand here, not {found}"));
            self.advance();
            self.skip_to(&BEGINS);
            if self.at_end() {
                return Ok(());
            }
        }
        if self.is_at(&[TokenKind::OpenBrace]) {
            *body = Some(self.block().inspect_err(|failure| *body = failure.partial)?);
            return Ok(());
        }
        self.advance();
        let value = self.expression().inspect_err(|failure| *body = failure.partial)?;
        if matches!(self.tree.kind(value), NodeKind::Element(_)) {
            let message = "an element cannot stand after a colon; put it on a line of its own".to_owned();
            self.report(Code::UnexpectedElementDeclaration, self.tree.span(value), message);
        } else {
            *body = Some(value);
        }
        Ok(())
    }

    fn metadata(&mut self) -> Parsed {
        let start = self.at;
        let mut metadata = Metadata::default();
        let read = self.metadata_parts(&mut metadata);
        let node = self.push(NodeKind::Metadata(metadata), self.span_from(start));
        read.map(|()| node).map_err(|failure| failure.within(node))
    }

    fn metadata_parts(&mut self, metadata: &mut Metadata) -> Parsed<()> {
        self.advance();
        metadata.kind = Some(self.expect(TokenKind::Identifier, "a kind such as Table or Column")?);
        if !self.is_at(&BODY) {
            metadata.name = self.name_before(|parser| parser.is_word("as") || parser.is_at(&BODY))?;
        }
        self.body(&mut metadata.body)
    }

    // Blocks.

    pub(super) fn block(&mut self) -> Parsed {
        let start = self.at;
        self.nested(Context::Block, |parser| {
            let begin = parser.pending.len();
            let read = parser.block_items();
            let items = parser.close(begin);
            let node = parser.push(NodeKind::Block(items), parser.span_from(start));
            read.map(|()| node).map_err(|failure| failure.within(node))
        })
    }

    fn block_items(&mut self) -> Parsed<()> {
        self.advance();
        while !self.at_end() && !self.is_at(&[TokenKind::CloseBrace]) {
            let field = self.peek().kind == TokenKind::Identifier && self.peek_next().kind == TokenKind::Colon;
            let read = if field { self.field() } else { self.expression() };
            match read {
                Ok(item) => self.pending.push(item),
                Err(failure) => {
                    self.pending.extend(failure.partial);
                    if !self.can_handle(failure) {
                        return Err(failure);
                    }
                    self.next_line();
                }
            }
        }
        if let Err(failure) = self.expect(TokenKind::CloseBrace, "}") {
            if !self.can_handle(failure) {
                return Err(failure);
            }
            self.next_line();
        }
        Ok(())
    }

    /// Skips to the beginning of a line or the end of the block.
    fn next_line(&mut self) {
        if self.is_at(&[TokenKind::CloseBrace]) {
            return;
        }
        self.advance();
        while !self.at_end() && !self.is_at(&[TokenKind::CloseBrace]) && !self.begins_line() {
            self.at += 1;
        }
    }

    /// `word: value` within a block.
    fn field(&mut self) -> Parsed {
        let start = self.at;
        let mut element = Element { kind: Some(self.advance()), ..Element::default() };
        self.advance();
        let read = self.expression();
        let failure = match read {
            Ok(value) if matches!(self.tree.kind(value), NodeKind::Element(_)) => {
                let message = "an element cannot stand after a colon; put it on a line of its own".to_owned();
                self.report(Code::InvalidElementInSimpleBody, self.tree.span(value), message);
                None
            }
            Ok(value) => {
                element.body = Some(value);
                None
            }
            Err(failure) => {
                element.body = failure.partial;
                Some(failure)
            }
        };
        let node = self.push(NodeKind::Element(element), self.span_from(start));
        match failure {
            Some(failure) => Err(failure.within(node)),
            None => Ok(node),
        }
    }

    // Imports.

    fn use_declaration(&mut self) -> NodeId {
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

    // Statements.

    /// What may stand on a line of a block: an element, or a statement.
    fn expression(&mut self) -> Parsed {
        let start = self.at;
        let begin = self.pending.len();
        let callee = match self.commas() {
            Ok(callee) => callee,
            Err(failure) => {
                let callee = failure.partial.unwrap_or_else(|| self.missing());
                let node = self.statement(start, callee, begin);
                return Err(failure.within(node));
            }
        };
        let mut last = callee;
        while !self.statement_ends() {
            if !self.previous().spaced {
                let message = "a space should follow this".to_owned();
                self.report(Code::MissingSpaces, self.tree.span(last), message);
            }
            match self.commas() {
                Ok(arg) => {
                    last = arg;
                    self.pending.push(arg);
                }
                Err(failure) => {
                    self.pending.extend(failure.partial);
                    let node = self.statement(start, callee, begin);
                    return Err(failure.within(node));
                }
            }
        }
        Ok(self.statement(start, callee, begin))
    }

    fn statement_ends(&self) -> bool {
        const ENDS: [TokenKind; 6] = [
            TokenKind::End,
            TokenKind::CloseBrace,
            TokenKind::CloseBracket,
            TokenKind::CloseParen,
            TokenKind::Comma,
            TokenKind::Colon,
        ];
        self.previous().ends_line || self.is_at(&ENDS)
    }

    /// A statement whose last part is a block, and whose first is a bare word, is an element. Its parts are pending.
    fn statement(&mut self, start: usize, callee: NodeId, begin: usize) -> NodeId {
        let span = self.tree.span(callee).to(self.span_from(start));
        let element = self.as_element(callee, self.pending.get(begin..).unwrap_or_default());
        if let Some(element) = element {
            self.pending.truncate(begin);
            return self.push(NodeKind::Element(element), span);
        }
        let args = self.close(begin);
        self.push(NodeKind::Statement(Statement { callee, args }), span)
    }

    fn as_element(&self, callee: NodeId, args: &[NodeId]) -> Option<Element> {
        let [before @ .., body] = args else { return None };
        if !matches!(self.tree.kind(*body), NodeKind::Block(_)) {
            return None;
        }
        // `records (a, b) {` reads as a call.
        let (callee, columns) = if let NodeKind::Call(callee, columns) = self.tree.kind(callee) {
            (*callee, Some(*columns))
        } else {
            (callee, None)
        };
        let NodeKind::Name(kind) = self.tree.kind(callee) else { return None };
        self.tree.bare(callee)?;
        let mut parts: Vec<NodeId> = columns.into_iter().chain(before.iter().copied()).collect();
        let settings = parts.pop_if(|last| matches!(self.tree.kind(*last), NodeKind::List(_)));
        let is_as = |node: NodeId| self.tree.name(node).is_some_and(|word| word.eq_ignore_ascii_case("as"));
        let (name, alias) = match parts.as_slice() {
            [] => (None, None),
            [name] => (Some(*name), None),
            [name, word, alias] if is_as(*word) => (Some(*name), Some(*alias)),
            _ => return None,
        };
        Some(Element { kind: Some(*kind), name, alias, settings, body: Some(*body) })
    }
}

/// What a name ends before.
const BODY: [TokenKind; 3] = [TokenKind::Colon, TokenKind::OpenBrace, TokenKind::OpenBracket];

/// For each token, the index of the next comma, `)`, `}` and `]` at or after it.
fn next_closers(tokens: &[Token]) -> Vec<[u32; 4]> {
    let mut next = [u32::MAX; 4];
    let mut closers: Vec<[u32; 4]> = tokens
        .iter()
        .enumerate()
        .rev()
        .map(|(at, token)| {
            const KINDS: [TokenKind; 4] =
                [TokenKind::Comma, TokenKind::CloseParen, TokenKind::CloseBrace, TokenKind::CloseBracket];
            for (slot, kind) in next.iter_mut().zip(KINDS) {
                if token.kind == kind {
                    *slot = offset(at);
                }
            }
            next
        })
        .collect();
    closers.reverse();
    closers
}
