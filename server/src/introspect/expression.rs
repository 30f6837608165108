//! Expressions as PostgreSQL prints them, brought back to what people write: it spells out every conversion, turns IN
//! into `= ANY (ARRAY[…])` and quotes some functions.

use schema::{
    BaseType, BinaryOperator, Column, DataType, Expr, Expression, ExpressionError, Name, Table, UnaryOperator,
};

/// Reads what stands behind DEFAULT.
pub(super) fn read_default(text: &str, data_type: &DataType) -> Result<Expression, ExpressionError> {
    Ok(simple_default(&read(text)?, data_type))
}

/// Reads the condition of a check.
pub(super) fn read_check(text: &str, table: &Table) -> Result<Expression, ExpressionError> {
    Ok(simple_check(&read(text)?, table))
}

/// Reads the condition of a domain, in which `VALUE` is of the type that it rests on.
pub(super) fn read_domain_check(text: &str) -> Result<Expression, ExpressionError> {
    read(text)
}

/// As the closed grammar says it, where it can; and as it stands otherwise.
fn read(text: &str) -> Result<Expression, ExpressionError> {
    Expression::parse(&rewritten(text)).or_else(|_| Expression::parse_wide(text))
}

/// The default without the conversion to the column's own type.
pub(super) fn simple_default(expression: &Expression, data_type: &DataType) -> Expression {
    let Some(tree) = expression.tree() else { return expression.clone() };
    let mut tree = simple(tree, &[]);
    while let Expr::Cast(inner, to) = &tree {
        let same = to.without_sequence().base() == data_type.without_sequence().base()
            && to.dimensions().min(1) == data_type.dimensions().min(1);
        if !same || !matches!(**inner, Expr::String(_) | Expr::Number(_) | Expr::Cast(..) | Expr::Unary(..)) {
            break;
        }
        tree = (**inner).clone();
    }
    reread(&tree).unwrap_or_else(|| expression.clone())
}

/// The check without the conversions between texts and of plain numbers.
pub(super) fn simple_check(expression: &Expression, table: &Table) -> Expression {
    let simple = expression.tree().and_then(|tree| reread(&simple(tree, &table.columns)));
    simple.unwrap_or_else(|| expression.clone())
}

fn reread(tree: &Expr) -> Option<Expression> {
    Expression::parse(&bracketed(tree)).ok()
}

fn simple(tree: &Expr, columns: &[Column]) -> Expr {
    let again = |inner: &Expr| Box::new(simple(inner, columns));
    match tree {
        Expr::Cast(inner, to) => simple_cast(simple(inner, columns), to, columns),
        Expr::Call(name, arguments) => {
            Expr::Call(name.clone(), arguments.iter().map(|argument| simple(argument, columns)).collect())
        }
        Expr::Unary(UnaryOperator::Plus, inner) => simple(inner, columns),
        Expr::Unary(operator, inner) => Expr::Unary(*operator, again(inner)),
        Expr::Binary(operator, left, right) => Expr::Binary(*operator, again(left), again(right)),
        Expr::IsNull(inner, not) => Expr::IsNull(again(inner), *not),
        Expr::In(inner, items, not) => {
            Expr::In(again(inner), items.iter().map(|item| simple(item, columns)).collect(), *not)
        }
        Expr::Between(inner, low, high, not) => {
            let bound = |operator, bound: &Expr| Box::new(Expr::Binary(operator, again(inner), again(bound)));
            if *not {
                let (low, high) = (bound(BinaryOperator::Less, low), bound(BinaryOperator::Greater, high));
                Expr::Binary(BinaryOperator::Or, low, high)
            } else {
                let low = bound(BinaryOperator::GreaterOrEqual, low);
                let high = bound(BinaryOperator::LessOrEqual, high);
                Expr::Binary(BinaryOperator::And, low, high)
            }
        }
        Expr::Number(text) => Expr::Number(plain_number(text).unwrap_or_else(|| text.clone())),
        Expr::Null | Expr::Boolean(_) | Expr::String(_) | Expr::Column(_) | Expr::Keyword(_) => tree.clone(),
    }
}

/// A conversion, unless it only says what is plain without it.
fn simple_cast(inner: Expr, to: &DataType, columns: &[Column]) -> Expr {
    if is_text(to) {
        let text_column = |name: &Name| columns.iter().any(|column| column.name == *name && is_text(&column.data_type));
        if matches!(inner, Expr::String(_)) || matches!(&inner, Expr::Column(name) if text_column(name)) {
            return inner;
        }
    }
    if is_number(to) {
        if let Expr::String(text) = &inner
            && let Some(number) = number(text)
        {
            return number;
        }
        if is_literal(&inner) {
            return inner;
        }
    }
    Expr::Cast(Box::new(inner), to.clone())
}

/// A number, with a minus sign or without.
fn is_literal(tree: &Expr) -> bool {
    if let Expr::Unary(UnaryOperator::Minus, inner) = tree {
        return matches!(**inner, Expr::Number(_));
    }
    matches!(tree, Expr::Number(_))
}

/// The number without exponent and with a digit before the point, as the catalog prints it.
fn plain_number(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent: i64 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let point = i64::try_from(whole.len()).ok()? + exponent;
    let scale = usize::try_from((i64::try_from(fraction.len()).ok()? - exponent).max(0)).ok()?;
    let whole = match usize::try_from(point) {
        Ok(point) => format!("{digits:0<point$}").get(..point)?.to_owned(),
        Err(_) => String::new(),
    };
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if scale == 0 {
        return Some(whole.to_owned());
    }
    let tail = format!("{digits:0>scale$}");
    Some(format!("{whole}.{}", tail.get(tail.len() - scale..)?))
}

fn is_text(data_type: &DataType) -> bool {
    matches!(data_type.base(), Some(BaseType::Text | BaseType::Varchar | BaseType::Char)) && data_type.dimensions() == 0
}

fn is_number(data_type: &DataType) -> bool {
    use BaseType as B;
    let base = data_type.without_sequence().base();
    let numbers = [B::SmallInt, B::Integer, B::BigInt, B::Numeric, B::Real, B::DoublePrecision];
    base.is_some_and(|base| numbers.contains(&base)) && data_type.dimensions() == 0
}

/// `'-1'` as the number that it is.
fn number(text: &str) -> Option<Expr> {
    let parsed = Expression::parse(text).ok()?;
    parsed.tree().filter(|tree| is_literal(tree)).cloned()
}

/// The tree with every bracket written; reading it takes the needless ones away.
fn bracketed(tree: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(bracketed).collect::<Vec<_>>().join(", ");
    match tree {
        Expr::Null => "null".to_owned(),
        Expr::Boolean(value) => value.to_string(),
        Expr::Number(text) => text.clone(),
        Expr::String(text) => format!("'{}'", text.replace('\'', "''")),
        Expr::Column(name) => format!("\"{}\"", name.as_str().replace('"', "\"\"")),
        Expr::Keyword(word) => word.clone(),
        Expr::Call(name, arguments) => format!("{name}({})", list(arguments)),
        Expr::Cast(inner, to) => format!("({})::{to}", bracketed(inner)),
        Expr::Unary(UnaryOperator::Minus, inner) => format!("(-({}))", bracketed(inner)),
        Expr::Unary(UnaryOperator::Plus, inner) => format!("(+({}))", bracketed(inner)),
        Expr::Unary(UnaryOperator::Not, inner) => format!("(not ({}))", bracketed(inner)),
        Expr::Binary(operator, left, right) => {
            format!("(({}) {} ({}))", bracketed(left), operator.as_str(), bracketed(right))
        }
        Expr::IsNull(inner, not) => format!("(({}) is {}null)", bracketed(inner), if *not { "not " } else { "" }),
        Expr::In(inner, items, not) => {
            format!("(({}) {}in ({}))", bracketed(inner), if *not { "not " } else { "" }, list(items))
        }
        Expr::Between(inner, low, high, not) => format!(
            "(({}) {}between ({}) and ({}))",
            bracketed(inner),
            if *not { "not " } else { "" },
            bracketed(low),
            bracketed(high)
        ),
    }
}

/// PostgreSQL's ways of printing that the grammar has no words for.
fn rewritten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            let (quoted, after) = rest.split_at(quoted_length(rest, '\''));
            out.push_str(quoted);
            rest = after;
        } else if c == '"' {
            let (name, after) = rest.split_at(quoted_length(rest, '"'));
            out.push_str(if after.starts_with('(') { name.trim_matches('"') } else { name });
            rest = after;
        } else if let Some((items, after)) = membership(rest, " = ANY (") {
            out.push_str(&format!(" IN ({})", rewritten(items)));
            rest = after;
        } else if let Some((items, after)) = membership(rest, " <> ALL (") {
            out.push_str(&format!(" NOT IN ({})", rewritten(items)));
            rest = after;
        } else if let Some(after) = rest.strip_prefix("TRIM(BOTH FROM ") {
            out.push_str("trim(");
            rest = after;
        } else if let Some(after) = rest.strip_prefix("::bpchar") {
            out.push_str("::char");
            rest = after;
        } else {
            out.push(c);
            rest = rest.split_at(c.len_utf8()).1;
        }
    }
    out
}

/// How many bytes from the opening quote to behind the closing one.
fn quoted_length(text: &str, quote: char) -> usize {
    let mut inner = text.char_indices().skip(1).peekable();
    while let Some((at, c)) = inner.next() {
        if c == quote && inner.next_if(|(_, next)| *next == quote).is_none() {
            return at + 1;
        }
    }
    text.len()
}

/// The items of an array and what follows, when the text begins with `opening` and one array.
fn membership<'a>(text: &'a str, opening: &str) -> Option<(&'a str, &'a str)> {
    let rest = text.strip_prefix(opening)?;
    let converted = rest.strip_prefix('(');
    let rest = converted.unwrap_or(rest).strip_prefix("ARRAY[")?;
    let (items, after) = rest.split_at(closing_bracket(rest)?);
    let mut after = after.strip_prefix(']')?;
    if converted.is_some() {
        let (data_type, behind) = after.strip_prefix(")::")?.split_once("[]")?;
        data_type.chars().all(|c| c.is_ascii_alphanumeric() || c == ' ').then_some(())?;
        after = behind;
    }
    after.strip_prefix(')').map(|after| (items, after))
}

/// Where the array that has just begun ends.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some((rest, c)) = text.get(at..).and_then(|rest| Some((rest, rest.chars().next()?))) {
        match c {
            '\'' | '"' => {
                at += quoted_length(rest, c);
                continue;
            }
            '[' => depth += 1,
            ']' if depth == 0 => return Some(at),
            ']' => depth -= 1,
            _ => {}
        }
        at += c.len_utf8();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use schema::testing::schema_from;

    #[test]
    fn reads_defaults() {
        for (text, data_type, expect) in [
            ("'member'::text", "text", "'member'"),
            ("'pending'::character varying", "varchar(40)", "'pending'"),
            ("'-1'::integer", "integer", "-1"),
            ("0", "bigint", "0"),
            ("'{}'::jsonb", "jsonb", "'{}'"),
            ("now()", "timestamptz", "now()"),
            ("(now() + '1 day'::interval)", "timestamptz", "now() + '1 day'::interval"),
            ("CURRENT_TIMESTAMP", "timestamptz", "CURRENT_TIMESTAMP"),
            ("'XX'::bpchar", "char(2)", "'XX'"),
            ("1e3", "numeric", "1000"),
            ("12.50", "numeric", "12.50"),
            (".5", "numeric", "0.5"),
            ("1.25e1", "numeric", "12.5"),
            ("15e-3", "numeric", "0.015"),
            ("\"left\"('abc'::text, 1)", "text", "left('abc', 1)"),
            ("TRIM(BOTH FROM ' x '::text)", "text", "trim(' x ')"),
        ] {
            let data_type = DataType::parse(data_type).unwrap();
            assert_eq!(read_default(text, &data_type).unwrap().to_string(), expect, "{text}");
        }
    }

    #[test]
    fn reads_checks() {
        let schema = schema_from("t\n  a integer\n  b varchar(9)\n  c numeric(9, 2)\n");
        let table = schema.tables.values().next().unwrap();
        for (text, expect) in [
            ("(a > 0)", "a > 0"),
            ("(c >= (0)::numeric)", "c >= 0"),
            (
                "((b)::text = ANY ((ARRAY['x'::character varying, 'y]'::character varying])::text[]))",
                "b IN ('x', 'y]')",
            ),
            ("(a <> ALL (ARRAY[1, 2]))", "a NOT IN (1, 2)"),
            ("((b)::text ~~ '%= ANY (%'::text)", "b LIKE '%= ANY (%'"),
            ("((b)::text !~~ 'x'::text)", "NOT b LIKE 'x'"),
            ("((a >= 1) AND (a <= 10))", "a >= 1 AND a <= 10"),
        ] {
            assert_eq!(read_check(text, table).unwrap().to_string(), expect, "{text}");
        }
    }
}
