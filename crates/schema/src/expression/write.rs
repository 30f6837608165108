//! Writing a tree as SQL, with the brackets that PostgreSQL's precedence needs and no others.

use super::{BinaryOperator, Expr, UnaryOperator};
use crate::keywords::is_bare;
use std::fmt::{self, Write};

/// How tightly an operator binds, as in PostgreSQL's grammar; operands of a higher level need no brackets.
pub(super) mod level {
    pub(in super::super) const OR: u8 = 1;
    pub(in super::super) const AND: u8 = 2;
    pub(in super::super) const NOT: u8 = 3;
    /// `IS NULL`.
    pub(in super::super) const IS: u8 = 4;
    /// `=`, `<` and their like, of which two cannot stand side by side.
    pub(in super::super) const COMPARISON: u8 = 5;
    /// `BETWEEN`, `IN`, `LIKE`, of which two cannot stand side by side either.
    pub(in super::super) const MEMBER: u8 = 6;
    /// `||`, `~`.
    pub(in super::super) const OTHER: u8 = 7;
    /// `+`, `-`.
    pub(in super::super) const SUM: u8 = 8;
    /// `*`, `/`, `%`.
    pub(in super::super) const PRODUCT: u8 = 9;
    /// `-` before its operand.
    pub(in super::super) const SIGN: u8 = 10;
    /// `::`.
    pub(in super::super) const CAST: u8 = 11;
    /// What stands by itself.
    pub(in super::super) const ATOM: u8 = 12;
}

impl BinaryOperator {
    /// The operator as SQL writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Or => "OR",
            Self::And => "AND",
            Self::Equal => "=",
            Self::NotEqual => "<>",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Like => "LIKE",
            Self::ILike => "ILIKE",
            Self::Matches => "~",
            Self::Concat => "||",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }

    pub(super) fn level(self) -> u8 {
        match self {
            Self::Or => level::OR,
            Self::And => level::AND,
            Self::Equal | Self::NotEqual | Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual => {
                level::COMPARISON
            }
            Self::Like | Self::ILike => level::MEMBER,
            Self::Matches | Self::Concat => level::OTHER,
            Self::Add | Self::Subtract => level::SUM,
            Self::Multiply | Self::Divide | Self::Modulo => level::PRODUCT,
        }
    }

    /// Whether `a op b op c` is possible, and then means `(a op b) op c`.
    pub(super) fn chains(self) -> bool {
        !matches!(self.level(), level::COMPARISON | level::MEMBER)
    }
}

impl Expr {
    fn level(&self) -> u8 {
        match self {
            Self::Binary(operator, _, _) => operator.level(),
            Self::Unary(UnaryOperator::Not, _) => level::NOT,
            Self::Unary(UnaryOperator::Minus | UnaryOperator::Plus, _) => level::SIGN,
            Self::IsNull(..) => level::IS,
            Self::In(..) | Self::Between(..) => level::MEMBER,
            Self::Cast(..) => level::CAST,
            Self::Null
            | Self::Boolean(_)
            | Self::Number(_)
            | Self::String(_)
            | Self::Column(_)
            | Self::Call(..)
            | Self::Keyword(_) => level::ATOM,
        }
    }

    /// Writes the tree, in brackets when it binds less tightly than `least`.
    pub(super) fn write(&self, f: &mut fmt::Formatter<'_>, least: u8) -> fmt::Result {
        if self.level() < least {
            f.write_char('(')?;
            self.write(f, 0)?;
            return f.write_char(')');
        }
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Boolean(value) => write!(f, "{value}"),
            Self::Number(text) => f.write_str(text),
            Self::String(text) => quoted(f, text, '\''),
            Self::Column(name) if is_bare(name.as_str()) => f.write_str(name.as_str()),
            Self::Column(name) => quoted(f, name.as_str(), '"'),
            Self::Keyword(word) => f.write_str(&word.to_ascii_uppercase()),
            Self::Call(function, arguments) => {
                f.write_str(function)?;
                list(f, arguments)
            }
            Self::Cast(operand, data_type) => {
                operand.write(f, level::CAST)?;
                write!(f, "::{data_type}")
            }
            Self::Unary(UnaryOperator::Not, operand) => {
                f.write_str("NOT ")?;
                operand.write(f, level::NOT)
            }
            // A sign after a sign gets brackets: two minus signs would begin a comment.
            Self::Unary(UnaryOperator::Minus, operand) => {
                f.write_char('-')?;
                operand.write(f, level::CAST)
            }
            Self::Unary(UnaryOperator::Plus, operand) => {
                f.write_char('+')?;
                operand.write(f, level::CAST)
            }
            Self::Binary(operator, left, right) => {
                let own = operator.level();
                left.write(f, if operator.chains() { own } else { own + 1 })?;
                write!(f, " {} ", operator.as_str())?;
                right.write(f, own + 1)
            }
            Self::IsNull(operand, not) => {
                operand.write(f, level::IS + 1)?;
                f.write_str(if *not { " IS NOT NULL" } else { " IS NULL" })
            }
            Self::In(operand, items, not) => {
                operand.write(f, level::MEMBER + 1)?;
                f.write_str(if *not { " NOT IN " } else { " IN " })?;
                list(f, items)
            }
            Self::Between(operand, low, high, not) => {
                operand.write(f, level::MEMBER + 1)?;
                f.write_str(if *not { " NOT BETWEEN " } else { " BETWEEN " })?;
                low.write(f, level::MEMBER + 1)?;
                f.write_str(" AND ")?;
                high.write(f, level::MEMBER + 1)
            }
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, items: &[Expr]) -> fmt::Result {
    f.write_char('(')?;
    for (n, item) in items.iter().enumerate() {
        if n > 0 {
            f.write_str(", ")?;
        }
        item.write(f, 0)?;
    }
    f.write_char(')')
}

fn quoted(f: &mut fmt::Formatter<'_>, text: &str, quote: char) -> fmt::Result {
    f.write_char(quote)?;
    for c in text.chars() {
        if c == quote {
            f.write_char(quote)?;
        }
        f.write_char(c)?;
    }
    f.write_char(quote)
}
