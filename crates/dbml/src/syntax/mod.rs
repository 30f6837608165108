//! The generic grammar: everything in DBML is an element, a statement, or an expression. What they mean is not known
//! here. The tree keeps where each part stands, so that a part of the text can be rewritten and the rest left alone.

mod expression;
mod parser;
mod uses;

use crate::diagnostic::Diagnostic;
use crate::lexer::{self, Lexed, Token, TokenKind};
use crate::span::Span;
use parser::Parser;
use std::borrow::Cow;
use std::num::NonZeroU32;

/// How deep brackets may stand within brackets.
pub(crate) const MAX_DEPTH: usize = 100;

/// A node of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeId(NonZeroU32);

/// A token of a [`Tree`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TokenId(pub(crate) u32);

/// A text as the generic grammar reads it. Nodes lie side by side and name each other by number, so that no text,
/// however nested, makes a function call itself without bound.
#[derive(Debug, Clone)]
pub struct Tree<'a> {
    text: &'a str,
    lexed: Lexed,
    nodes: Vec<Node>,
    /// The nodes of all lists, each list in one piece.
    listed: Vec<NodeId>,
    top: Vec<NodeId>,
}

/// A list of nodes.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct List {
    start: u32,
    count: u32,
}

/// Words that stand one after another.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    pub(crate) first: TokenId,
    pub(crate) count: u32,
}

/// A node with its place.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) span: Span,
}

/// What a node is. Lists are in the order of the text.
#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    /// Nothing, where something should or may be.
    Missing,
    /// A string, number or color.
    Literal(TokenId),
    /// A bare or quoted name.
    Name(TokenId),
    /// An expression in backticks.
    Expression(TokenId),
    /// `*`
    Wildcard,
    /// An operator and what follows it.
    Prefix(TokenId, NodeId),
    /// An operator between two operands.
    Infix(TokenId, NodeId, NodeId),
    /// `callee(…)`; the second is a tuple.
    Call(NodeId, NodeId),
    /// `base[…]`; the second is a list.
    Index(NodeId, NodeId),
    /// `(…)`
    Tuple(List),
    /// `[…]`, of settings.
    List(List),
    /// `{…}`, of elements and statements.
    Block(List),
    /// `a, b`
    Commas(List),
    /// Several bare words as a value: `no action`.
    Words(Words),
    /// `name: value` in a list.
    Setting(Setting),
    /// What stands on a line of its own.
    Statement(Statement),
    /// `kind name as alias [settings] body`.
    Element(Element),
    /// `metadata kind name body`, at the top only.
    Metadata(Metadata),
    /// `use … from '…'`, at the top only.
    Use(Use),
    /// A line within the braces of a use.
    UseItem(UseItem),
}

/// A setting; without value it is a flag.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting {
    /// The words of the name.
    pub(crate) name: SettingName,
    pub(crate) value: Option<NodeId>,
}

/// What stands where the name of a setting should.
#[derive(Debug, Clone, Copy)]
pub(crate) enum SettingName {
    /// No name at all.
    Nothing,
    Words(Words),
    Other(NodeId),
}

/// A line: the first part and those after it, separated by space.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) callee: NodeId,
    pub(crate) args: List,
}

/// An element. The body is a block, or a statement after a colon.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    pub(crate) kind: Option<TokenId>,
    pub(crate) name: Option<NodeId>,
    pub(crate) alias: Option<NodeId>,
    pub(crate) settings: Option<NodeId>,
    pub(crate) body: Option<NodeId>,
}

/// A block of metadata.
#[derive(Debug, Clone, Default)]
pub(crate) struct Metadata {
    pub(crate) kind: Option<TokenId>,
    pub(crate) name: Option<NodeId>,
    pub(crate) body: Option<NodeId>,
}

/// An import.
#[derive(Debug, Clone, Default)]
pub(crate) struct Use {
    pub(crate) keyword: Option<TokenId>,
    pub(crate) everything: bool,
    pub(crate) items: List,
    pub(crate) path: Option<TokenId>,
}

/// One imported object.
#[derive(Debug, Clone, Default)]
pub(crate) struct UseItem {
    pub(crate) kind: Option<TokenId>,
    pub(crate) name: Option<NodeId>,
    pub(crate) alias: Option<NodeId>,
}

/// Reads a text; what is wrong with its form is added to the diagnostics.
pub fn parse<'a>(text: &'a str, diagnostics: &mut Vec<Diagnostic>) -> Tree<'a> {
    parser(text, diagnostics).run()
}

/// Reads a text element by element.
pub(crate) fn parser<'a, 'd>(text: &'a str, diagnostics: &'d mut Vec<Diagnostic>) -> Parser<'a, 'd> {
    let lexed = lexer::lex(text, diagnostics);
    Parser::new(Tree { lexed, ..Tree::empty(text) }, diagnostics)
}

impl<'a> Tree<'a> {
    /// A text of which nothing is read.
    pub(crate) fn empty(text: &'a str) -> Self {
        Self { text, lexed: Lexed::default(), nodes: Vec::new(), listed: Vec::new(), top: Vec::new() }
    }

    /// The text that was read.
    pub fn text(&self) -> &'a str {
        self.text
    }

    /// All tokens.
    pub fn tokens(&self) -> &[Token] {
        &self.lexed.tokens
    }

    /// All comments.
    pub fn comments(&self) -> &[Span] {
        &self.lexed.comments
    }

    /// The elements of the text.
    pub fn top(&self) -> &[NodeId] {
        &self.top
    }

    /// Where a node stands.
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// All nodes, in no order that means anything.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &NodeKind> {
        self.nodes.iter().map(|node| &node.kind)
    }

    /// All nodes with their places, in no order that means anything.
    pub(crate) fn all_nodes(&self) -> impl Iterator<Item = (&NodeKind, Span)> {
        self.nodes.iter().map(|node| (&node.kind, node.span))
    }

    pub(crate) fn node(&self, id: NodeId) -> &Node {
        const MISSING: &Node = &Node { kind: NodeKind::Missing, span: Span { start: 0, end: 0 } };
        self.nodes.get(id.0.get() as usize - 1).unwrap_or(MISSING)
    }

    pub(crate) fn kind(&self, id: NodeId) -> &NodeKind {
        &self.node(id).kind
    }

    pub(crate) fn token(&self, id: TokenId) -> Token {
        self.lexed.tokens.get(id.0 as usize).or(self.lexed.tokens.last()).copied().unwrap_or(Token {
            kind: TokenKind::End,
            span: Span::default(),
            spaced: false,
            ends_line: false,
            after_gap: false,
        })
    }

    /// What a token says.
    pub(crate) fn value(&self, id: TokenId) -> Cow<'a, str> {
        lexer::value(self.text, &self.token(id))
    }

    /// The nodes of a list.
    pub(crate) fn list(&self, list: List) -> &[NodeId] {
        let start = list.start as usize;
        self.listed.get(start..start + list.count as usize).unwrap_or_default()
    }

    /// The words of a setting's name or value, with one space between.
    pub(crate) fn words(&self, words: Words) -> Cow<'a, str> {
        let first = words.first.0;
        if words.count == 1 {
            return self.value(words.first);
        }
        let last = TokenId(first.saturating_add(words.count).saturating_sub(1));
        let written = self.token(words.first).span.to(self.token(last).span).of(self.text);
        let words = (first..=last.0).map(|token| self.value(TokenId(token)));
        if written.split(' ').eq(words.clone()) {
            return Cow::Borrowed(written);
        }
        Cow::Owned(words.collect::<Vec<_>>().join(" "))
    }

    /// The name that a node is, if it is one.
    pub(crate) fn name(&self, id: NodeId) -> Option<Cow<'a, str>> {
        let NodeKind::Name(token) = self.kind(id) else { return None };
        Some(self.value(*token))
    }

    /// The name that a node is, if it is one without quotes.
    pub(crate) fn bare(&self, id: NodeId) -> Option<&'a str> {
        let NodeKind::Name(token) = self.kind(id) else { return None };
        self.text_of(*token, TokenKind::Identifier)
    }

    /// The string that a node is, in whichever quotes.
    pub(crate) fn string(&self, id: NodeId) -> Option<Cow<'a, str>> {
        let (NodeKind::Literal(token) | NodeKind::Name(token)) = self.kind(id) else { return None };
        matches!(self.token(*token).kind, TokenKind::String | TokenKind::Quoted).then(|| self.value(*token))
    }

    /// The text of the color that a node is.
    pub(crate) fn color(&self, id: NodeId) -> Option<&'a str> {
        let NodeKind::Literal(token) = self.kind(id) else { return None };
        self.text_of(*token, TokenKind::Color)
    }

    /// The number that a node is, with one sign at most.
    pub(crate) fn number(&self, id: NodeId) -> Option<String> {
        let (mut id, mut negative) = (id, false);
        while let NodeKind::Prefix(op, operand) = self.kind(id) {
            match &*self.value(*op) {
                "-" => negative = !negative,
                "+" => {}
                _ => return None,
            }
            id = *operand;
        }
        let NodeKind::Literal(token) = self.kind(id) else { return None };
        let text = self.text_of(*token, TokenKind::Number)?;
        Some(if negative { format!("-{text}") } else { text.to_owned() })
    }

    fn text_of(&self, token: TokenId, kind: TokenKind) -> Option<&'a str> {
        let token = self.token(token);
        (token.kind == kind).then(|| token.span.of(self.text))
    }

    /// The text of the expression in backticks that a node is.
    pub(crate) fn expression(&self, id: NodeId) -> Option<Cow<'a, str>> {
        let NodeKind::Expression(token) = self.kind(id) else { return None };
        Some(self.value(*token))
    }

    /// The parts between the points of `a.b.c`, whatever they are.
    pub(crate) fn fragments(&self, id: NodeId) -> Vec<NodeId> {
        let (mut id, mut parts) = (id, Vec::new());
        while let NodeKind::Infix(op, left, right) = self.kind(id) {
            if self.value(*op) != "." {
                break;
            }
            parts.push(*right);
            id = *left;
        }
        parts.push(id);
        parts.reverse();
        parts
    }

    /// The names between the points, if all are names.
    pub(crate) fn path(&self, id: NodeId) -> Option<Vec<NodeId>> {
        let parts = self.fragments(id);
        parts.iter().all(|part| matches!(self.kind(*part), NodeKind::Name(_))).then_some(parts)
    }

    /// `a.b` as its names and no columns, or `a.(b, c)` as the names before the columns, and the columns.
    pub(crate) fn path_and_tuple(&self, id: NodeId) -> Option<(Vec<NodeId>, Vec<NodeId>)> {
        let mut parts = self.fragments(id);
        let mut columns = Vec::new();
        if let NodeKind::Tuple(elements) = self.kind(*parts.last()?) {
            let elements = self.list(*elements);
            if !elements.iter().all(|element| matches!(self.kind(*element), NodeKind::Name(_))) {
                return None;
            }
            columns.extend_from_slice(elements);
            parts.pop();
        }
        parts.iter().all(|part| matches!(self.kind(*part), NodeKind::Name(_))).then_some((parts, columns))
    }

    /// The elements and statements of a body.
    pub(crate) fn items(&self, body: Option<NodeId>) -> &[NodeId] {
        match body.map(|body| self.kind(body)) {
            Some(NodeKind::Block(items)) => self.list(*items),
            Some(_) | None => &[],
        }
    }

    /// The word that says what kind an element is, in lower case.
    pub(crate) fn element_kind(&self, element: &Element) -> String {
        element.kind.map(|token| self.value(token).to_ascii_lowercase()).unwrap_or_default()
    }
}
