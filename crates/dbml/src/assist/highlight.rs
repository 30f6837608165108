//! What each word of a text is, for coloring it.

use crate::lexer::TokenKind;
use crate::span::Span;
use crate::syntax::{self, NodeKind, SettingName, TokenId, Tree};

/// What a piece of text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Highlight {
    /// A word that begins an element.
    Keyword,
    /// The name of a setting.
    Setting,
    /// The type of a column.
    Type,
    /// A name.
    Name,
    /// A string.
    String,
    /// An expression of SQL.
    Expression,
    /// A number.
    Number,
    /// A color.
    Color,
    /// An operator.
    Operator,
    /// Brackets, commas and colons.
    Punctuation,
    /// A comment.
    Comment,
}

/// The pieces of a text, in order; between them is space, or what cannot be read.
///
/// ```
/// use dbml::Highlight::*;
///
/// let pieces = dbml::tokens("Ref: a.b > c.d // why");
/// let kinds: Vec<_> = pieces.iter().map(|(_, kind)| *kind).collect();
/// assert_eq!(kinds[..3], [Keyword, Punctuation, Name]);
/// assert_eq!(kinds.last(), Some(&Comment));
/// ```
pub fn tokens(text: &str) -> Vec<(Span, Highlight)> {
    let tree = syntax::parse(text, &mut Vec::new());
    let mut kinds: Vec<Option<Highlight>> = tree.tokens().iter().map(|token| of_token(token.kind)).collect();
    for node in tree.nodes() {
        meaning(&tree, node, &mut kinds);
    }
    let mut pieces: Vec<(Span, Highlight)> =
        tree.tokens().iter().zip(kinds).filter_map(|(token, kind)| Some((token.span, kind?))).collect();
    pieces.extend(tree.comments().iter().map(|span| (*span, Highlight::Comment)));
    pieces.sort_by_key(|(span, _)| span.start);
    pieces
}

fn of_token(kind: TokenKind) -> Option<Highlight> {
    Some(match kind {
        TokenKind::Identifier | TokenKind::Quoted => Highlight::Name,
        TokenKind::String => Highlight::String,
        TokenKind::Expression => Highlight::Expression,
        TokenKind::Number => Highlight::Number,
        TokenKind::Color => Highlight::Color,
        TokenKind::Operator | TokenKind::Wildcard => Highlight::Operator,
        TokenKind::Comma
        | TokenKind::OpenParen
        | TokenKind::CloseParen
        | TokenKind::OpenBracket
        | TokenKind::CloseBracket
        | TokenKind::OpenBrace
        | TokenKind::CloseBrace
        | TokenKind::Colon
        | TokenKind::Semicolon => Highlight::Punctuation,
        TokenKind::End => return None,
    })
}

/// Marks the tokens whose node says more of them than they do themselves.
fn meaning(tree: &Tree<'_>, node: &NodeKind, kinds: &mut [Option<Highlight>]) {
    let mut mark = |token: TokenId, kind: Highlight| {
        if let Some(slot) = kinds.get_mut(token.0 as usize) {
            *slot = Some(kind);
        }
    };
    if let NodeKind::Element(element) = node {
        element.kind.into_iter().for_each(|kind| mark(kind, Highlight::Keyword));
        if !matches!(tree.element_kind(element).as_str(), "table" | "tablepartial") {
            return;
        }
        for line in tree.items(element.body) {
            let NodeKind::Statement(statement) = tree.kind(*line) else { continue };
            let Some(data_type) = tree.list(statement.args).first() else { continue };
            let span = tree.span(*data_type);
            let first = tree.tokens().partition_point(|token| token.span.start < span.start);
            let words =
                tree.tokens().iter().enumerate().skip(first).take_while(|(_, token)| token.span.end <= span.end);
            for (at, token) in words {
                if matches!(token.kind, TokenKind::Identifier | TokenKind::Quoted) {
                    mark(TokenId(crate::span::offset(at)), Highlight::Type);
                }
            }
        }
    } else if let NodeKind::Metadata(metadata) = node {
        metadata.kind.into_iter().for_each(|kind| mark(kind, Highlight::Keyword));
    } else if let NodeKind::Use(declaration) = node {
        declaration.keyword.into_iter().for_each(|word| mark(word, Highlight::Keyword));
    } else if let NodeKind::UseItem(item) = node {
        item.kind.into_iter().for_each(|kind| mark(kind, Highlight::Keyword));
    } else if let NodeKind::Setting(setting) = node
        && let SettingName::Words(words) = &setting.name
    {
        let first = words.first.0;
        (first..first.saturating_add(words.count)).for_each(|word| mark(TokenId(word), Highlight::Setting));
    }
}
