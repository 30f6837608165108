//! What type an expression has, where that is plain to see, and whether a column takes it.

use crate::{BaseType, BinaryOperator, DataType, Expr, Table, UnaryOperator};

/// The type of the expression, or nothing when it depends on what only PostgreSQL knows. A bare string has none: it
/// becomes whatever is wanted.
pub(crate) fn type_of(expr: &Expr, table: Option<&Table>) -> Option<DataType> {
    match expr {
        Expr::Null | Expr::String(_) => None,
        Expr::Boolean(_) | Expr::IsNull(..) | Expr::In(..) | Expr::Between(..) => Some(DataType::of(BaseType::Boolean)),
        Expr::Number(text) => Some(DataType::of(number_type(text))),
        Expr::Column(name) => Some(table?.column_named(name.as_str())?.data_type.without_sequence()),
        Expr::Cast(_, data_type) => Some(data_type.clone()),
        Expr::Unary(UnaryOperator::Not, _) => Some(DataType::of(BaseType::Boolean)),
        Expr::Unary(UnaryOperator::Minus | UnaryOperator::Plus, operand) => type_of(operand, table).filter(is_number),
        Expr::Binary(operator, left, right) => binary_type(*operator, left, right, table),
        Expr::Keyword(word) => keyword_type(word).map(DataType::of),
        Expr::Call(function, _) => call_type(function).map(DataType::of),
    }
}

fn number_type(text: &str) -> BaseType {
    if text.parse::<i32>().is_ok() {
        BaseType::Integer
    } else if text.parse::<i64>().is_ok() {
        BaseType::BigInt
    } else {
        BaseType::Numeric
    }
}

fn binary_type(operator: BinaryOperator, left: &Expr, right: &Expr, table: Option<&Table>) -> Option<DataType> {
    match operator {
        BinaryOperator::Or
        | BinaryOperator::And
        | BinaryOperator::Equal
        | BinaryOperator::NotEqual
        | BinaryOperator::Less
        | BinaryOperator::LessOrEqual
        | BinaryOperator::Greater
        | BinaryOperator::GreaterOrEqual
        | BinaryOperator::Like
        | BinaryOperator::ILike
        | BinaryOperator::Matches => Some(DataType::of(BaseType::Boolean)),
        // Text, arrays, JSON and bits are all concatenated with the same operator.
        BinaryOperator::Concat => None,
        BinaryOperator::Add
        | BinaryOperator::Subtract
        | BinaryOperator::Multiply
        | BinaryOperator::Divide
        | BinaryOperator::Modulo => {
            let (left, right) = (type_of(left, table)?, type_of(right, table)?);
            let base = left.base().filter(|_| is_number(&left) && left.base() == right.base())?;
            Some(DataType::of(base))
        }
    }
}

fn is_number(data_type: &DataType) -> bool {
    data_type.dimensions() == 0 && data_type.base().is_some_and(BaseType::is_number)
}

fn keyword_type(word: &str) -> Option<BaseType> {
    match word {
        "current_timestamp" => Some(BaseType::TimestampTz),
        "current_date" => Some(BaseType::Date),
        "current_time" => Some(BaseType::TimeTz),
        "localtimestamp" => Some(BaseType::Timestamp),
        "localtime" => Some(BaseType::Time),
        // Their type is name, which goes where text goes.
        "current_user" | "session_user" => Some(BaseType::Text),
        _ => None,
    }
}

/// Of functions with one type of result only.
fn call_type(function: &str) -> Option<BaseType> {
    match function {
        "now" | "clock_timestamp" | "statement_timestamp" | "transaction_timestamp" => Some(BaseType::TimestampTz),
        "gen_random_uuid" => Some(BaseType::Uuid),
        "random" => Some(BaseType::DoublePrecision),
        "starts_with" => Some(BaseType::Boolean),
        "length" | "char_length" | "character_length" | "octet_length" | "cardinality" | "array_length"
        | "num_nonnulls" | "num_nulls" | "jsonb_array_length" => Some(BaseType::Integer),
        "concat" | "initcap" | "md5" | "replace" | "jsonb_typeof" | "left" | "right" => Some(BaseType::Text),
        _ => None,
    }
}

/// Whether PostgreSQL stores a value of type `from` into a column of type `to` without a cast being written.
pub(crate) fn is_assignable(from: &DataType, to: &DataType) -> bool {
    use BaseType as B;
    // Of types that are not PostgreSQL's own, it decides at commit.
    let (Some(source), Some(target)) = (from.base(), to.base()) else { return true };
    let target = target.without_sequence();
    // Arrays go where their elements go; how many dimensions they have does not matter.
    if (from.dimensions() > 0) != (to.dimensions() > 0) {
        return to.dimensions() == 0 && is_text(target);
    }
    if source == target || is_text(target) || source.is_number() && target.is_number() {
        return true;
    }
    matches!(
        (source, target),
        (B::Integer | B::BigInt | B::Numeric, B::Money)
            | (B::Money, B::Numeric)
            | (B::Date | B::TimestampTz, B::Timestamp)
            | (B::Date | B::Timestamp, B::TimestampTz)
            | (B::Timestamp | B::TimestampTz, B::Date | B::Time)
            | (B::TimestampTz, B::TimeTz)
            | (B::Time, B::TimeTz | B::Interval)
            | (B::TimeTz | B::Interval, B::Time)
            | (B::Inet, B::Cidr)
            | (B::Cidr, B::Inet)
            | (B::Json, B::Jsonb)
            | (B::Jsonb, B::Json)
            | (B::Bit, B::VarBit)
            | (B::VarBit, B::Bit)
            | (B::MacAddr, B::MacAddr8)
            | (B::MacAddr8, B::MacAddr)
            | (B::Point, B::Box)
    )
}

/// Whether a bare string can be a value of the type, as far as that is plain to see.
pub(crate) fn is_readable(text: &str, to: &DataType) -> bool {
    let text = text.trim().to_ascii_lowercase();
    if to.dimensions() > 0 {
        return text.starts_with(['{', '[']);
    }
    let Some(base) = to.base().map(BaseType::without_sequence) else { return true };
    if base == BaseType::Boolean {
        let whole = ["true", "false", "yes", "no"].iter().any(|word| !text.is_empty() && word.starts_with(&text));
        return whole || matches!(text.as_str(), "on" | "of" | "off" | "1" | "0");
    }
    if base == BaseType::Uuid {
        return text.chars().filter(char::is_ascii_hexdigit).count() == 32;
    }
    if matches!(base, BaseType::SmallInt | BaseType::Integer | BaseType::BigInt) {
        return text.contains(|c: char| c.is_ascii_digit());
    }
    if base.is_number() {
        return text.contains(|c: char| c.is_ascii_digit()) || text.contains("nan") || text.contains("inf");
    }
    true
}

fn is_text(base: BaseType) -> bool {
    matches!(base, BaseType::Text | BaseType::Varchar | BaseType::Char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Expression;

    #[test]
    fn types_that_are_plain_to_see() {
        for (text, expect) in [
            ("1", Some("integer")),
            ("3000000000", Some("bigint")),
            ("1.5", Some("numeric")),
            ("-1", Some("integer")),
            ("1 + 2", Some("integer")),
            ("1 + 2.5", None),
            ("'a' || 'b'", None),
            ("'a'", None),
            ("'a'::text", Some("text")),
            ("now()", Some("timestamptz")),
            ("current_date", Some("date")),
            ("1 = 2 and true", Some("boolean")),
            ("not true", Some("boolean")),
            ("coalesce(1, 2)", None),
        ] {
            let expression = Expression::parse(text).unwrap();
            assert_eq!(
                expression.tree().and_then(|tree| type_of(tree, None)).map(|t| t.to_string()).as_deref(),
                expect,
                "{text}"
            );
        }
    }
}
