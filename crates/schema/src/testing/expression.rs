//! Expressions of every shape that the grammar knows.

use super::name;
use crate::expression::{ALL_FUNCTIONS, VALUE_WORDS};
use crate::{BaseType, BinaryOperator, DataType, Expr, Expression, UnaryOperator};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// Every operator with two operands.
const BINARY: &[BinaryOperator] = &[
    BinaryOperator::Or,
    BinaryOperator::And,
    BinaryOperator::Equal,
    BinaryOperator::NotEqual,
    BinaryOperator::Less,
    BinaryOperator::LessOrEqual,
    BinaryOperator::Greater,
    BinaryOperator::GreaterOrEqual,
    BinaryOperator::Like,
    BinaryOperator::ILike,
    BinaryOperator::Matches,
    BinaryOperator::Concat,
    BinaryOperator::Add,
    BinaryOperator::Subtract,
    BinaryOperator::Multiply,
    BinaryOperator::Divide,
    BinaryOperator::Modulo,
];

const UNARY: &[UnaryOperator] = &[UnaryOperator::Minus, UnaryOperator::Plus, UnaryOperator::Not];

/// Any expression that the grammar can say, whether or not its types agree.
pub fn arbitrary_expression() -> impl Strategy<Value = Expression> {
    tree().prop_map(Expression::from_tree)
}

/// Any type of the list, with arguments and dimensions where it may have them.
pub fn arbitrary_data_type() -> impl Strategy<Value = DataType> {
    (select(BaseType::ALL), 1_i32..=6, 0_i32..=3, 0_usize..=2, 0_usize..=2).prop_map(
        |(base, first, second, args, dimensions)| {
            let args = match args.min(base.max_args()) {
                0 => String::new(),
                1 => format!("({first})"),
                _ => format!("({first}, {second})"),
            };
            let dimensions = if base.has_sequence() { 0 } else { dimensions };
            let text = format!("{base}{args}{}", "[]".repeat(dimensions), base = base.as_str());
            DataType::parse(&text).unwrap_or_else(|_| DataType::of(base))
        },
    )
}

fn leaf() -> impl Strategy<Value = Expr> {
    prop_oneof![
        Just(Expr::Null),
        any::<bool>().prop_map(Expr::Boolean),
        "[0-9]{1,4}(\\.[0-9]{0,3})?([eE][+-]?[0-9]{1,2})?".prop_map(Expr::Number),
        "\\.[0-9]{1,3}".prop_map(Expr::Number),
        "[ -~äß日]{0,8}".prop_map(Expr::String),
        name().prop_map(Expr::Column),
        select(VALUE_WORDS).prop_map(|word| Expr::Keyword(word.to_owned())),
    ]
}

fn tree() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(5, 40, 3, |inner| {
        let boxed = inner.clone().prop_map(Box::new).boxed();
        let items = vec(inner.clone(), 1..4);
        prop_oneof![
            2 => (boxed.clone(), cast_type()).prop_map(|(operand, data_type)| Expr::Cast(operand, data_type)),
            3 => (select(UNARY), boxed.clone()).prop_map(|(operator, operand)| Expr::Unary(operator, operand)),
            6 => (select(BINARY), boxed.clone(), boxed.clone())
                .prop_map(|(operator, left, right)| Expr::Binary(operator, left, right)),
            1 => (boxed.clone(), any::<bool>()).prop_map(|(operand, not)| Expr::IsNull(operand, not)),
            1 => (boxed.clone(), items, any::<bool>()).prop_map(|(operand, items, not)| Expr::In(operand, items, not)),
            1 => (boxed.clone(), boxed.clone(), boxed, any::<bool>())
                .prop_map(|(operand, low, high, not)| Expr::Between(operand, low, high, not)),
            2 => (select(ALL_FUNCTIONS), vec(inner, 3)).prop_map(|(function, arguments)| {
                let count = arguments.len().clamp(function.min, function.max);
                Expr::Call(function.name.to_owned(), arguments.into_iter().take(count).collect())
            }),
        ]
    })
}

fn cast_type() -> impl Strategy<Value = DataType> {
    arbitrary_data_type().prop_map(|data_type| data_type.without_sequence())
}
