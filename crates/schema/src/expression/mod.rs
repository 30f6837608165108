//! Defaults, checks and the like: a closed grammar, parsed into a tree and written back from it, and beside it whatever
//! else of PostgreSQL comes with imports and live databases.

mod functions;
mod label;
mod lexer;
mod parser;
mod wide;
mod write;

pub use label::LabelChange;

#[cfg(any(test, feature = "testing"))]
pub(crate) use functions::{FUNCTIONS as ALL_FUNCTIONS, VALUE_WORDS};

use crate::{DataType, Name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::fmt;

/// One expression of the closed grammar. It can only be made by parsing and writes itself from its tree, so that
/// nothing but one expression ever reaches a statement.
///
/// The grammar: literals, casts, column names, brackets, the usual operators, `IS NULL`, `IN`, `BETWEEN`, and the
/// functions of a short list. Everything else of SQL is refused with the reason. What is written means to PostgreSQL
/// what the tree says: brackets stand where its precedence needs them and nowhere else.
///
/// An expression has at most [`MAX_NODES`](Self::MAX_NODES) parts, nested at most
/// [`MAX_DEPTH`](Self::MAX_DEPTH) deep, so that walking one is always cheap.
///
/// ```
/// use schema::Expression;
///
/// let check = Expression::parse("(Price>=0) and status in ('pending', 'it''s paid')").unwrap();
/// assert_eq!(check.to_string(), "price >= 0 AND status IN ('pending', 'it''s paid')");
///
/// let error = Expression::parse("0, add column x text default pg_read_file('PG_VERSION')").unwrap_err();
/// assert_eq!(error.message, "the expression ends before “,”; only one value fits here");
/// ```
///
/// What people type is read with [`parse`](Self::parse). Imports, live databases and the store have more of SQL, which
/// [`parse_wide`](Self::parse_wide) reads: what the grammar does not know is kept as tokens then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Expression(Body);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Body {
    Tree(Expr),
    Wide(wide::Wide),
}

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
    /// `expr IS [NOT] NULL`; true for NOT.
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

impl ExpressionError {
    pub(crate) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { message: message.into(), offset }
    }
}

impl Expression {
    /// How many literals, columns, calls, casts and operators one expression may have.
    pub const MAX_NODES: usize = 400;
    /// How deep they may be nested.
    pub const MAX_DEPTH: usize = 64;
    /// How long all strings and numbers together may be, in bytes.
    pub const MAX_LITERAL_BYTES: usize = 2_000;

    /// How long an expression beyond the grammar may be, in bytes.
    pub const MAX_WIDE_BYTES: usize = wide::MAX_BYTES;

    /// Reads an expression of the grammar.
    ///
    /// # Errors
    /// When the text is not exactly one expression of the grammar.
    pub fn parse(text: &str) -> Result<Self, ExpressionError> {
        parser::parse(text).map(|tree| Self(Body::Tree(tree)))
    }

    /// Reads any expression of PostgreSQL that looks into no other table, takes no parameters, and calls nothing that
    /// reads files, runs statements, waits or changes settings. One that the grammar knows is read by it.
    ///
    /// ```
    /// use schema::Expression;
    ///
    /// let index = Expression::parse_wide("(lower((email)::text) COLLATE \"C\")").unwrap();
    /// assert_eq!(index.to_string(), "lower((email)::text) COLLATE \"C\"");
    /// assert!(Expression::parse_wide("(SELECT password FROM users)").is_err());
    /// ```
    ///
    /// # Errors
    /// When the text is not one expression, or does what no expression may.
    pub fn parse_wide(text: &str) -> Result<Self, ExpressionError> {
        if let Ok(expression) = Self::parse(text) {
            return Ok(expression);
        }
        let wide = wide::parse(text)?;
        // Without its comments, or with its strings in plain quotes, it may be one of the grammar.
        Ok(Self::parse(&wide.to_string()).unwrap_or(Self(Body::Wide(wide))))
    }

    /// Reads words and lists of expressions in brackets, as the bounds of partitions have them.
    pub(crate) fn lists(text: &str) -> Result<(Vec<String>, Vec<Vec<Self>>), ExpressionError> {
        let (words, lists) = wide::lists(text)?;
        let read = |wide: wide::Wide| Self::parse_wide(&wide.to_string());
        let lists = lists.into_iter().map(|list| list.into_iter().map(read).collect()).collect::<Result<_, _>>()?;
        Ok((words, lists))
    }

    /// For generators that make trees of the grammar themselves.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn from_tree(tree: Expr) -> Self {
        Self(Body::Tree(tree))
    }

    /// The tree; none beyond the grammar.
    pub fn tree(&self) -> Option<&Expr> {
        match &self.0 {
            Body::Tree(tree) => Some(tree),
            Body::Wide(_) => None,
        }
    }

    /// Whether it is beyond the grammar and calls functions, of which nothing is known.
    pub fn calls_unknown(&self) -> bool {
        match &self.0 {
            Body::Tree(_) => false,
            Body::Wide(wide) => wide.calls(),
        }
    }

    /// The columns that it mentions, by name. Beyond the grammar it is every name that may be a column.
    pub fn columns(&self) -> BTreeSet<Name> {
        let tree = match &self.0 {
            Body::Tree(tree) => tree,
            Body::Wide(wide) => return wide.columns(),
        };
        let mut names = BTreeSet::new();
        tree.visit(&mut |expr| {
            if let Expr::Column(name) = expr {
                names.insert(name.clone());
            }
        });
        names
    }

    /// Whether a column of that name is mentioned.
    pub fn mentions(&self, column: &Name) -> bool {
        let tree = match &self.0 {
            Body::Tree(tree) => tree,
            Body::Wide(wide) => return wide.columns().contains(column),
        };
        let mut is_found = false;
        tree.visit(&mut |expr| is_found |= matches!(expr, Expr::Column(name) if name == column));
        is_found
    }

    /// The same expression with one column called otherwise.
    #[must_use]
    pub fn with_column_renamed(&self, from: &Name, to: &Name) -> Self {
        Self(match &self.0 {
            Body::Tree(tree) => Body::Tree(tree.renamed(from, to)),
            Body::Wide(wide) => Body::Wide(wide.renamed(from, to)),
        })
    }
}

impl Expr {
    /// Shows this node and all below it to `see`, parents first and otherwise in the order written.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Self)) {
        see(self);
        match self {
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::String(_) | Self::Column(_) | Self::Keyword(_) => {}
            Self::Cast(operand, _) | Self::Unary(_, operand) | Self::IsNull(operand, _) => operand.visit(see),
            Self::Binary(_, left, right) => {
                left.visit(see);
                right.visit(see);
            }
            Self::Call(_, arguments) => {
                for argument in arguments {
                    argument.visit(see);
                }
            }
            Self::In(operand, list, _) => {
                operand.visit(see);
                for item in list {
                    item.visit(see);
                }
            }
            Self::Between(operand, low, high, _) => {
                operand.visit(see);
                low.visit(see);
                high.visit(see);
            }
        }
    }

    fn renamed(&self, from: &Name, to: &Name) -> Self {
        let one = |expr: &Self| Box::new(expr.renamed(from, to));
        let all = |list: &[Self]| list.iter().map(|expr| expr.renamed(from, to)).collect();
        match self {
            Self::Column(name) if name == from => Self::Column(to.clone()),
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::String(_) | Self::Column(_) | Self::Keyword(_) => {
                self.clone()
            }
            Self::Call(function, arguments) => Self::Call(function.clone(), all(arguments)),
            Self::Cast(operand, data_type) => Self::Cast(one(operand), data_type.clone()),
            Self::Unary(operator, operand) => Self::Unary(*operator, one(operand)),
            Self::Binary(operator, left, right) => Self::Binary(*operator, one(left), one(right)),
            Self::IsNull(operand, not) => Self::IsNull(one(operand), *not),
            Self::In(operand, list, not) => Self::In(one(operand), all(list), *not),
            Self::Between(operand, low, high, not) => Self::Between(one(operand), one(low), one(high), *not),
        }
    }
}

impl TryFrom<String> for Expression {
    type Error = ExpressionError;

    fn try_from(text: String) -> Result<Self, ExpressionError> {
        Self::parse_wide(&text)
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
            Body::Tree(tree) => tree.write(f, 0),
            Body::Wide(wide) => wide.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        match Expression::parse(text) {
            Ok(expression) => expression.to_string(),
            Err(error) => format!("! {} @{}", error.message, error.offset),
        }
    }

    #[test]
    fn writes_one_spelling() {
        for (text, expect) in [
            ("0", "0"),
            ("-1.50", "-1.50"),
            (" 'pending' ", "'pending'"),
            ("'it''s'", "'it''s'"),
            ("True", "true"),
            ("null", "NULL"),
            ("NOW()", "now()"),
            ("current_timestamp", "CURRENT_TIMESTAMP"),
            ("Current_User", "CURRENT_USER"),
            ("'{}'::TEXT[]", "'{}'::text[]"),
            ("'{}' :: jsonb", "'{}'::jsonb"),
            ("cast(a as character varying(20))", "a::varchar(20)"),
            ("cast(a as timestamp(3) with time zone)", "a::timestamptz(3)"),
            ("a::double precision[]", "a::double precision[]"),
            ("a::numeric(4, -2)", "a::numeric(4, -2)"),
            ("a::text::varchar", "a::text::varchar"),
            ("date '2020-01-31'", "'2020-01-31'::date"),
            ("now() + interval '1 day'", "now() + '1 day'::interval"),
            ("Price>=0", "price >= 0"),
            ("\"Price\">=0", "\"Price\" >= 0"),
            ("\"price\" != 0", "price <> 0"),
            ("\"order\" > 0", "\"order\" > 0"),
            ("a$b > 0", "\"a$b\" > 0"),
            ("((a))", "a"),
            ("(a + b) * c", "(a + b) * c"),
            ("a + (b * c)", "a + b * c"),
            ("a - (b - c)", "a - (b - c)"),
            ("(a - b) - c", "a - b - c"),
            ("-a * b", "-a * b"),
            ("-(a * b)", "-(a * b)"),
            ("-a::integer", "-a::integer"),
            ("(-a)::integer", "(-a)::integer"),
            ("(-1)::integer", "(-1)::integer"),
            ("- - 1", "-(-1)"),
            ("a - -1", "a - -1"),
            ("a --1", "! comments are not possible here @2"),
            ("not a and b", "NOT a AND b"),
            ("not (a and b)", "NOT (a AND b)"),
            ("a and not b or c", "a AND NOT b OR c"),
            ("a and (b or c)", "a AND (b OR c)"),
            ("not not a", "NOT NOT a"),
            ("(not a) = b", "(NOT a) = b"),
            ("not a = b", "NOT a = b"),
            ("a = b is null", "a = b IS NULL"),
            ("a = (b is not null)", "a = (b IS NOT NULL)"),
            ("a is not null and b is null", "a IS NOT NULL AND b IS NULL"),
            ("a not like 'x%'", "NOT a LIKE 'x%'"),
            ("a not like 'x%' = b", "(NOT a LIKE 'x%') = b"),
            ("a !~~ 'x'::text", "NOT a LIKE 'x'::text"),
            ("a ~~* 'x'", "a ILIKE 'x'"),
            ("email ~ '^[^@]+@[^@]+$'", "email ~ '^[^@]+@[^@]+$'"),
            ("a in (1,2 , 3)", "a IN (1, 2, 3)"),
            ("a not in ('x')", "a NOT IN ('x')"),
            ("a between 1 and 2 and b", "a BETWEEN 1 AND 2 AND b"),
            ("a not between b + 1 and (c and d)", "a NOT BETWEEN b + 1 AND (c AND d)"),
            ("a || b || c", "a || b || c"),
            ("a || (b || c)", "a || (b || c)"),
            ("coalesce(a, b, 'x') <> ''", "coalesce(a, b, 'x') <> ''"),
            ("LEFT(a, 2) = right(a, 2)", "left(a, 2) = right(a, 2)"),
            ("substring(a, 1, 2)", "substring(a, 1, 2)"),
            ("trim(a) <> ''", "trim(a) <> ''"),
            ("num_nonnulls(a, b) = 1", "num_nonnulls(a, b) = 1"),
            ("a\n>\t0", "a > 0"),
            ("größe > 0", "\"größe\" > 0"),
        ] {
            assert_eq!(written(text), expect, "{text:?}");
            if !expect.starts_with('!') {
                assert_eq!(written(expect), expect, "again");
            }
        }
    }

    #[test]
    fn refuses_with_a_way_out() {
        for (text, expect) in [
            ("", "type a value, such as 0, 'text' or now() @0"),
            ("  ", "type a value, such as 0, 'text' or now() @0"),
            ("0, add column x text", "the expression ends before “,”; only one value fits here @1"),
            ("0; drop table x", "“;” would end the statement; only one value fits here @1"),
            ("0 not null", "the expression ends before “not”; only one value fits here @2"),
            ("0)", "there is a “)” too many @1"),
            ("(0", "“)” is missing at the end @2"),
            ("(0 1)", "“)” is expected before “1” @3"),
            ("now(", "the expression ends too early; a value is missing @4"),
            ("now(1)", "now takes no arguments, not 1 @0"),
            ("nullif(a)", "nullif takes 2 arguments, not 1 @0"),
            ("coalesce()", "coalesce takes at least 1 argument, not 0 @0"),
            ("round(1, 2, 3)", "round takes 1 to 2 arguments, not 3 @0"),
            (
                "pg_read_file('x')",
                "the function pg_read_file is not on the list of those that a default or check may use @0",
            ),
            ("\"now\"()", "“now” is not a function that a default or check may use @0"),
            ("(select 1)", "SELECT is not possible here; a default or check cannot look into tables @1"),
            ("exists(select 1)", "EXISTS is not possible here; a default or check cannot look into tables @0"),
            ("current_timestamp(3)", "write CURRENT_TIMESTAMP without brackets @0"),
            ("a < b < c", "put brackets around one of the parts, so that it is clear what belongs together @6"),
            ("a = b = c", "put brackets around one of the parts, so that it is clear what belongs together @6"),
            ("a like b like c", "put brackets around one of the parts, so that it is clear what belongs together @9"),
            (
                "a is null is null",
                "put brackets around one of the parts, so that it is clear what belongs together @10",
            ),
            ("a is null = b", "put brackets around one of the parts, so that it is clear what belongs together @10"),
            ("a = not b", "put NOT and what follows it in brackets @4"),
            ("a is true", "after IS only NULL and NOT NULL are possible @5"),
            ("a between 1", "BETWEEN needs two bounds: BETWEEN low AND high @11"),
            ("1::serial", "serial is for columns only; cast to integer instead @3"),
            ("1::regclass", "there is no type called “regclass” @3"),
            ("1::\"text\"", "a type is missing, such as integer or text @3"),
            ("serial '1'", "serial is for columns only; cast to integer instead @0"),
            ("bit '101'", "write the type after the string: '…'::bit(length) @0"),
            ("foo 'x'", "“foo” cannot stand before a string; it is not a type @0"),
            ("e'\\n'", "strings of the kind e'…' are not possible here; write a plain '…' @0"),
            ("U&'x'", "unicode escapes are not possible here; write the characters themselves @0"),
            ("u&\"x\"", "unicode escapes are not possible here; write the characters themselves @0"),
            ("$$x$$", "parameters and dollar quotes are not possible here; write strings in '…' @0"),
            ("$1", "parameters and dollar quotes are not possible here; write strings in '…' @0"),
            ("'a", "the string that begins here has no closing '; a ' inside it is written '' @0"),
            ("'a' 'b'", "the expression ends before “'b'”; only one value fits here @4"),
            ("order > 0", "order is a word of SQL; write a column of that name as \"order\" @0"),
            ("case when a then b end", "CASE is not possible here @0"),
            ("array[1]", "ARRAY is not possible here; write '{1,2}'::integer[] @0"),
            ("a[1]", "array elements are not possible here @1"),
            ("a collate \"C\"", "COLLATE is not possible here @2"),
            ("t.a", "only plain columns are possible here, without “.” @1"),
            ("a ^ 2", "“^” is not an operator that a default or check may use @2"),
            ("*", "a value is missing before “*” @0"),
            ("a +", "the expression ends too early; a value is missing @3"),
            ("a in ()", "a value is missing before “)” @6"),
            ("a at time zone 'utc'", "the expression ends before “at”; only one value fits here @2"),
        ] {
            assert_eq!(written(text), format!("! {expect}"), "{text:?}");
        }
    }

    #[test]
    fn sizes_have_limits() {
        let limit = Expression::MAX_DEPTH;
        for (text, accepted) in [
            ("(".repeat(100) + "1" + &")".repeat(100), true),
            ("(".repeat(100_000), false),
            ("(".repeat(limit * 3) + "1" + &")".repeat(limit * 3), false),
            ("-(".repeat(limit - 1) + "a" + &")".repeat(limit - 1), true),
            ("-(".repeat(limit) + "a" + &")".repeat(limit), false),
            ("abs(".repeat(limit - 1) + "a" + &")".repeat(limit - 1), true),
            ("abs(".repeat(limit) + "a" + &")".repeat(limit), false),
            ("1".to_owned() + &"+1".repeat(limit - 1), true),
            ("1".to_owned() + &"+1".repeat(limit), false),
            ("1".to_owned() + &"+1".repeat(30_000), false),
            ("1".to_owned() + &"::integer".repeat(8_000), false),
            ("not ".repeat(16_000) + "a", false),
            ("- ".repeat(30_000) + "a", false),
            (format!("a in (1{})", ",1".repeat(397)), true),
            (format!("a in (1{})", ",1".repeat(398)), false),
            (format!("'{}'", "x".repeat(2_000)), true),
            (format!("'{}'", "x".repeat(2_001)), false),
            (format!("{}1", " ".repeat(70_000)), false),
        ] {
            let read = Expression::parse(&text);
            assert_eq!(read.is_ok(), accepted, "{} bytes, {:?}", text.len(), read.err());
            if let Ok(expression) = Expression::parse(&text) {
                assert_eq!(Expression::parse(&expression.to_string()), Ok(expression));
            }
        }
    }

    #[test]
    fn columns_are_found_and_renamed() {
        let name = |text| Name::parse(text).unwrap();
        let text = "a in (b, lower(c)) and d between a and -e and f::text is null or 'a' = \"A\"";
        let expression = Expression::parse(text).unwrap();
        let columns: Vec<String> = expression.columns().iter().map(ToString::to_string).collect();
        assert_eq!(columns, ["A", "a", "b", "c", "d", "e", "f"]);
        assert!(expression.columns().iter().all(|column| expression.mentions(column)));
        assert!(!expression.mentions(&name("lower")));
        assert_eq!(
            expression.with_column_renamed(&name("a"), &name("Order \"1\"")).to_string(),
            "\"Order \"\"1\"\"\" IN (b, lower(c)) AND d BETWEEN \"Order \"\"1\"\"\" AND -e AND f::text IS NULL \
             OR 'a' = \"A\""
        );
    }
}
