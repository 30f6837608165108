//! Expressions in the words of a dialect. What it has no equal for is refused, with what it is.
#![expect(clippy::wildcard_enum_match_arm, reason = "what is not said of a kind of expression is refused")]

use super::calls::{Moment, call};
use super::names::Names;
use super::pattern::{self, Part};
use super::rules::Rules;
use super::types::ColumnType;
use super::{Dialect, Writer};
use schema::{BaseType, BinaryOperator, ColumnId, DataType, Expr, Expression, Table, TableId, UnaryOperator};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Writes expressions over the columns of one table.
pub(super) struct Words<'a> {
    pub(super) rules: &'static Rules,
    pub(super) names: &'a Names,
    pub(super) types: &'a BTreeMap<(TableId, ColumnId), ColumnType>,
    pub(super) table: &'a Table,
}

/// Why there is no equal.
type Said = Result<String, String>;

impl Writer<'_> {
    pub(super) fn words<'a>(&'a self, table: &'a Table) -> Words<'a> {
        Words { rules: self.rules, names: &self.names, types: &self.types, table }
    }
}

impl Words<'_> {
    /// An expression as a condition.
    ///
    /// # Errors
    /// What in it the dialect cannot say.
    pub(super) fn condition_of(&self, expression: &Expression) -> Said {
        let tree = tree(expression)?;
        self.condition(&tree)
    }

    /// An expression as a value.
    ///
    /// # Errors
    /// What in it the dialect cannot say.
    pub(super) fn value_of(&self, expression: &Expression) -> Said {
        let tree = tree(expression)?;
        self.value(&tree)
    }

    fn condition(&self, expr: &Expr) -> Said {
        if self.rules.booleans {
            return self.any(expr);
        }
        match expr {
            Expr::Boolean(true) => Ok("1 = 1".to_owned()),
            Expr::Boolean(false) => Ok("1 = 0".to_owned()),
            Expr::Column(_) if self.is_boolean(expr) => Ok(format!("{} = 1", self.value(expr)?)),
            Expr::Unary(UnaryOperator::Not, inner) => Ok(format!("NOT ({})", self.condition(inner)?)),
            Expr::Binary(operator @ (BinaryOperator::And | BinaryOperator::Or), left, right) => {
                let side = |side: &Expr| self.condition(side).map(|text| bracketed_condition(side, text));
                Ok(format!("{} {} {}", side(left)?, operator.as_str(), side(right)?))
            }
            Expr::Cast(inner, data_type) if data_type.base() == Some(BaseType::Boolean) => self.condition(inner),
            _ if is_condition(expr) => self.any(expr),
            _ => Err("a value as a condition".to_owned()),
        }
    }

    pub(super) fn value(&self, expr: &Expr) -> Said {
        if self.rules.booleans || !is_condition(expr) {
            self.any(expr)
        } else {
            Err("a condition as a value".to_owned())
        }
    }

    /// An operand, in brackets unless it stands by itself.
    fn operand(&self, expr: &Expr) -> Said {
        let text = self.value(expr)?;
        let is_alone = matches!(
            expr,
            Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::Column(_) | Expr::Call(..) | Expr::Keyword(_)
        );
        // A text may have become several that are joined.
        let is_plain_text = matches!(expr, Expr::String(_)) && !text.contains("CHR(") && !text.contains("CHAR(");
        Ok(if is_alone || is_plain_text { text } else { format!("({text})") })
    }

    /// An operand that is compared, which Oracle does with no text that is kept apart.
    fn compared(&self, expr: &Expr) -> Said {
        let found = self.column_type(expr);
        if self.rules.dialect == Dialect::Oracle && found.is_some_and(|found| found.is_large) {
            return Err("a comparison of what is kept apart".to_owned());
        }
        self.operand(expr)
    }

    fn column_type(&self, expr: &Expr) -> Option<&ColumnType> {
        let Expr::Column(name) = expr else { return None };
        let column = self.table.column_named(name.as_str())?;
        self.types.get(&(self.table.id, column.id))
    }

    fn any(&self, expr: &Expr) -> Said {
        match expr {
            Expr::Null => Ok("NULL".to_owned()),
            Expr::Boolean(value) if self.rules.booleans => Ok(value.to_string().to_ascii_uppercase()),
            Expr::Boolean(value) => Ok(u8::from(*value).to_string()),
            Expr::Number(text) => Ok(text.clone()),
            Expr::String(text) if text.is_empty() && self.rules.dialect == Dialect::Oracle => {
                Err("an empty text, which is NULL there".to_owned())
            }
            Expr::String(text) => Ok((self.rules.literal)(text)),
            Expr::Column(name) => self.column(name.as_str()),
            Expr::Keyword(word) => Err(word.to_ascii_uppercase()),
            Expr::Call(function, args) => self.call(function, args),
            Expr::Cast(inner, data_type) => self.cast(inner, data_type),
            Expr::Unary(UnaryOperator::Not, inner) => Ok(format!("NOT ({})", self.any(inner)?)),
            Expr::Unary(UnaryOperator::Minus, inner) => Ok(format!("-{}", self.operand(inner)?)),
            Expr::Unary(UnaryOperator::Plus, inner) => Ok(format!("+{}", self.operand(inner)?)),
            Expr::Binary(operator, left, right) => self.binary(*operator, left, right),
            Expr::IsNull(inner, not) => {
                Ok(format!("{} IS {}NULL", self.operand(inner)?, if *not { "NOT " } else { "" }))
            }
            Expr::In(inner, items, not) => {
                let items = items.iter().map(|item| self.value(item)).collect::<Result<Vec<_>, _>>()?;
                let not = if *not { "NOT " } else { "" };
                Ok(format!("{} {not}IN ({})", self.compared(inner)?, items.join(", ")))
            }
            Expr::Between(inner, low, high, not) => {
                let not = if *not { "NOT " } else { "" };
                let (low, high) = (self.operand(low)?, self.operand(high)?);
                Ok(format!("{} {not}BETWEEN {low} AND {high}", self.compared(inner)?))
            }
        }
    }

    fn column(&self, name: &str) -> Said {
        let column = self.table.column_named(name).ok_or_else(|| format!("{name}, which is no column"))?;
        Ok((self.rules.quote)(self.names.column(self.table.id, column.id)))
    }

    fn is_boolean(&self, expr: &Expr) -> bool {
        self.column_type(expr).is_some_and(ColumnType::is_boolean)
    }

    fn call(&self, function: &str, args: &[Expr]) -> Said {
        if Moment::of(function).is_some() {
            return Err(format!("{function}(), which is not the same each time"));
        }
        if let [of] = args
            && matches!(function, "length" | "octet_length")
            && let Some(said) = self.length(function, of)
        {
            return said;
        }
        let written = args.iter().map(|arg| self.value(arg)).collect::<Result<Vec<_>, _>>()?;
        call(self.rules.dialect, function, &written).ok_or_else(|| format!("the function {function}"))
    }

    /// How long bytes are, and how many a text takes; none where the function's name says it as well.
    fn length(&self, function: &str, of: &Expr) -> Option<Said> {
        let is_bytes = self.column_type(of).is_some_and(|it| it.base == Some(BaseType::Bytea));
        match (self.rules.dialect, is_bytes) {
            (Dialect::SqlServer, true) => Some(self.value(of).map(|of| format!("DATALENGTH({of})"))),
            (Dialect::SqlServer, false) if function == "octet_length" => {
                Some(Err("octet_length, as a text takes other bytes there".to_owned()))
            }
            // Of what is not kept apart, it would count hexadecimal digits.
            (Dialect::Oracle, true) => Some(Err(format!("the {function} of bytes"))),
            _ => None,
        }
    }

    /// `LIKE`, whose patterns say a little else in each dialect: where a backslash is nothing special, it has to be said,
    /// SQL Server has brackets besides, and SQLite tells small letters from large ones with `GLOB` alone.
    fn like(&self, left: &Expr, right: &Expr, folds: bool) -> Said {
        use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
        let dialect = self.rules.dialect;
        let folded = |text: String| if folds { format!("LOWER({text})") } else { text };
        let of = folded(self.operand(left)?);
        let Expr::String(pattern) = right else {
            let pattern = folded(self.operand(right)?);
            return match dialect {
                MySql | MariaDb => Ok(format!("{of} LIKE {pattern}")),
                Oracle => Ok(format!("{of} LIKE {pattern} ESCAPE '\\'")),
                SqlServer | Sqlite => Err("a pattern that is worked out".to_owned()),
            };
        };
        let parts = pattern::parts(pattern).ok_or("a pattern that ends within")?;
        let operand = |text: String| self.operand(&Expr::String(text)).map(folded);
        Ok(match dialect {
            Sqlite if !folds => format!("{of} GLOB {}", operand(pattern::glob(&parts))?),
            MySql | MariaDb => format!("{of} LIKE {}", operand(pattern::escaped(&parts, "%_"))?),
            Sqlite | Oracle | SqlServer => {
                let special = if dialect == SqlServer { "%_[" } else { "%_" };
                let is_plain = |part: &Part| !matches!(part, Part::One(c) if special.contains(*c));
                if parts.iter().all(is_plain) {
                    format!("{of} LIKE {}", operand(pattern::plain(&parts))?)
                } else {
                    format!("{of} LIKE {} ESCAPE '\\'", operand(pattern::escaped(&parts, special))?)
                }
            }
        })
    }

    fn binary(&self, operator: BinaryOperator, left: &Expr, right: &Expr) -> Said {
        use Dialect::{MariaDb, MySql, Oracle, SqlServer, Sqlite};
        if matches!(operator, BinaryOperator::Like | BinaryOperator::ILike) {
            return self.like(left, right, operator == BinaryOperator::ILike);
        }
        let (a, b) = if compares(operator) {
            (self.compared(left)?, self.compared(right)?)
        } else {
            (self.operand(left)?, self.operand(right)?)
        };
        let dialect = self.rules.dialect;
        Ok(match (operator, dialect) {
            (BinaryOperator::Matches, MySql | MariaDb) => format!("{a} REGEXP {b}"),
            (BinaryOperator::Matches, Oracle) => format!("REGEXP_LIKE({a}, {b})"),
            (BinaryOperator::Matches, Sqlite | SqlServer) => return Err("a regular expression".to_owned()),
            (BinaryOperator::Concat, MySql | MariaDb) => format!("CONCAT({a}, {b})"),
            (BinaryOperator::Concat, SqlServer) => format!("{a} + {b}"),
            (BinaryOperator::Modulo, Oracle) => format!("MOD({a}, {b})"),
            (BinaryOperator::Divide, MySql | MariaDb | Oracle) if is_whole(left) && is_whole(right) => {
                return Err("a division of whole numbers".to_owned());
            }
            _ => format!("{a} {} {b}", operator.as_str()),
        })
    }

    /// What is a text or number already needs no cast between them.
    fn cast(&self, inner: &Expr, data_type: &DataType) -> Said {
        let dialect = self.rules.dialect;
        let base = data_type.base().filter(|_| data_type.dimensions() == 0);
        let refused = || format!("a cast to {data_type}");
        let Some(base) = base else { return Err(refused()) };
        let is_text = matches!(base, BaseType::Text | BaseType::Varchar | BaseType::Char);
        let is_moment = matches!(base, BaseType::Date | BaseType::Timestamp | BaseType::TimestampTz);
        match inner {
            Expr::String(text) if is_text => self.value(&Expr::String(text.clone())),
            Expr::String(text) if is_moment && super::defaults::is_moment(text, base) => Ok(match (dialect, base) {
                (Dialect::Oracle, BaseType::Date) => format!("DATE {}", (self.rules.literal)(text)),
                (Dialect::Oracle, _) if text.len() == 10 => format!("TIMESTAMP '{text} 00:00:00'"),
                (Dialect::Oracle, _) => format!("TIMESTAMP {}", (self.rules.literal)(text)),
                _ => (self.rules.literal)(text),
            }),
            Expr::Number(text) if base.is_number() => Ok(text.clone()),
            Expr::Null => Ok("NULL".to_owned()),
            _ if base == BaseType::Text || (base == BaseType::Varchar && data_type.args().is_empty()) => {
                let text = self.value(inner)?;
                if self.is_text(inner) {
                    return Ok(text);
                }
                Ok(match dialect {
                    Dialect::MySql | Dialect::MariaDb => format!("CAST({text} AS CHAR)"),
                    Dialect::Sqlite => format!("CAST({text} AS TEXT)"),
                    Dialect::SqlServer => format!("CAST({text} AS NVARCHAR(MAX))"),
                    Dialect::Oracle => return Err(refused()),
                })
            }
            _ => Err(refused()),
        }
    }

    /// Whether it is a column of text.
    fn is_text(&self, expr: &Expr) -> bool {
        self.column_type(expr).is_some_and(|it| {
            it.labels.is_some() || matches!(it.base, Some(BaseType::Text | BaseType::Varchar | BaseType::Char))
        })
    }
}

fn tree(expression: &Expression) -> Result<Cow<'_, Expr>, String> {
    if let Some(tree) = expression.tree() {
        return Ok(Cow::Borrowed(tree));
    }
    let plain = without_arrays(&expression.to_string()).and_then(|text| Expression::parse(&text).ok());
    let tree = plain.and_then(|expression| expression.tree().cloned());
    tree.map(Cow::Owned).ok_or_else(|| "what only PostgreSQL knows".to_owned())
}

/// `a = ANY(ARRAY['x', 'y'])` as `a IN ('x', 'y')`: what people write as the latter, PostgreSQL tells as the former.
fn without_arrays(text: &str) -> Option<String> {
    const ANY: &str = "= ANY(";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = outside_quotes(rest, ANY) {
        let (before, after) = rest.split_at(at);
        let after = after.get(ANY.len()..)?;
        let end = closing(after, '(', ')')?;
        let (array, behind) = (after.get(..end)?.trim(), after.get(end + 1..)?);
        let array = match array.strip_prefix('(') {
            Some(inner) => inner.get(..closing(inner, '(', ')')?)?.trim(),
            None => array,
        };
        let list = array.strip_prefix("ARRAY[")?;
        out.push_str(before);
        out.push_str(&format!("IN ({})", list.get(..closing(list, '[', ']')?)?));
        rest = behind;
    }
    (!out.is_empty()).then(|| out + rest)
}

/// Where the words stand, other than in a text or name.
fn outside_quotes(text: &str, words: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if text.get(at..).is_some_and(|rest| rest.starts_with(words)) => return Some(at),
            None => {}
        }
    }
    None
}

/// Where the bracket closes that has been opened before.
fn closing(text: &str, open: char, close: char) -> Option<usize> {
    let mut depth = 1_usize;
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '\'' || c == '"' => quote = Some(c),
            None if c == open => depth += 1,
            None if c == close => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            None => {}
        }
    }
    None
}

/// Whether it is true or false by what it is.
fn is_condition(expr: &Expr) -> bool {
    match expr {
        Expr::Unary(operator, _) => *operator == UnaryOperator::Not,
        Expr::Binary(operator, ..) => !matches!(
            operator,
            BinaryOperator::Concat
                | BinaryOperator::Add
                | BinaryOperator::Subtract
                | BinaryOperator::Multiply
                | BinaryOperator::Divide
                | BinaryOperator::Modulo
        ),
        Expr::IsNull(..) | Expr::In(..) | Expr::Between(..) => true,
        Expr::Call(function, _) => function == "starts_with",
        Expr::Cast(_, data_type) => data_type.base() == Some(BaseType::Boolean),
        Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::String(_) | Expr::Column(_) | Expr::Keyword(_) => false,
    }
}

fn compares(operator: BinaryOperator) -> bool {
    matches!(
        operator,
        BinaryOperator::Equal
            | BinaryOperator::NotEqual
            | BinaryOperator::Less
            | BinaryOperator::LessOrEqual
            | BinaryOperator::Greater
            | BinaryOperator::GreaterOrEqual
    )
}

/// OR within AND needs brackets, as does whatever else is not plain.
fn bracketed_condition(expr: &Expr, text: String) -> String {
    let joins = matches!(expr, Expr::Binary(BinaryOperator::And | BinaryOperator::Or, ..));
    if joins { format!("({text})") } else { text }
}

/// Whether it is certainly a whole number.
fn is_whole(expr: &Expr) -> bool {
    match expr {
        Expr::Number(text) => text.bytes().all(|byte| byte.is_ascii_digit()),
        Expr::Column(_) => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of a check of a table with a text, a number and bytes; what is left out is told.
    fn check(dialect: Dialect, expression: &str) -> String {
        let mut schema = schema::testing::schema_from("t\n  id integer!\n  name text\n  n integer\n  b bytea\n");
        let table = schema.tables.values_mut().next().map(std::sync::Arc::make_mut).unwrap();
        table.checks.push(schema::Check {
            id: schema::CheckId::from_u128(1),
            name: schema::Name::parse("t_check").unwrap(),
            expression: Expression::parse_wide(expression).unwrap(),
            options: Default::default(),
        });
        let script = super::super::export_as(&schema, dialect);
        let note = script.notes.iter().find(|note| note.object.ends_with("t_check"));
        match script.text.split_once("CHECK (") {
            Some((_, rest)) => rest[..closing(rest, '(', ')').unwrap()].replace(['`', '[', ']', '"'], ""),
            None => note.map(|note| note.what.clone()).unwrap_or_default(),
        }
    }

    #[test]
    fn patterns_match_what_they_matched() {
        use Dialect::{MySql, Oracle, SqlServer, Sqlite};
        for (expression, dialect, expect) in [
            (r"name LIKE 'a%'", MySql, r"name LIKE 'a%'"),
            (r"name LIKE '10\%%'", MySql, r"name LIKE '10\\%%'"),
            (r"name LIKE '10\%%'", Oracle, r"name LIKE '10\%%' ESCAPE '\'"),
            (r"name LIKE '10\%%'", SqlServer, r"name LIKE N'10\%%' ESCAPE '\'"),
            (r"name LIKE '10\%_*'", Sqlite, r"name GLOB '10%?*'"),
            (r"name LIKE 'a\b'", Oracle, r"name LIKE 'ab'"),
            (r"name LIKE 'a\\b%'", Oracle, r"name LIKE 'a\b%'"),
            (r"name LIKE 'a\\b\_'", Oracle, r"name LIKE 'a\\b\_' ESCAPE '\'"),
            (r"name LIKE '[x]'", SqlServer, r"name LIKE N'\x' ESCAPE '\'"),
            (r"name LIKE '[x]'", Oracle, r"name LIKE 'x'"),
            (r"name ILIKE 'A\_%'", Sqlite, r"LOWER(name) LIKE LOWER('A\_%') ESCAPE '\'"),
            (r"name LIKE lower(name)", Oracle, r"name LIKE LOWER(name) ESCAPE '\'"),
            (r"name LIKE lower(name)", MySql, r"name LIKE LOWER(name)"),
            (r"name LIKE 'a\'", Oracle, "no equal for a pattern that ends within"),
            (r"name LIKE lower(name)", SqlServer, "no equal for a pattern that is worked out"),
        ] {
            assert!(
                check(dialect, expression).contains(expect),
                "{expression} {dialect}: {}",
                check(dialect, expression)
            );
        }
    }

    #[test]
    fn what_is_called_is_as_long_and_binds_as_it_did() {
        use Dialect::{MySql, Oracle, SqlServer, Sqlite};
        for (expression, dialect, expect) in [
            ("coalesce(n + 1) * 2 > 3", MySql, "((n + 1) * 2) > 3"),
            ("mod(n + 1, n - 2) = 0", Sqlite, "((n + 1) % (n - 2)) = 0"),
            ("concat(n, n - 1) = 'x'", Oracle, "(n || (n - 1)) = 'x'"),
            ("num_nulls(n + 1) = 0", MySql, "(CASE WHEN (n + 1) IS NULL THEN 1 ELSE 0 END) = 0"),
            ("length(name) > 2", MySql, "CHAR_LENGTH(name) > 2"),
            ("length(name) > 2", SqlServer, "(LEN(name + N'.') - 1) > 2"),
            ("length(b) > 2", SqlServer, "DATALENGTH(b) > 2"),
            ("octet_length(b) > 2", SqlServer, "DATALENGTH(b) > 2"),
            ("octet_length(name) > 2", Sqlite, "LENGTH(CAST(name AS BLOB)) > 2"),
            ("octet_length(name) > 2", SqlServer, "no equal for octet_length, as a text takes other bytes there"),
            ("length(b) > 2", Oracle, "no equal for the length of bytes"),
        ] {
            assert!(
                check(dialect, expression).contains(expect),
                "{expression} {dialect}: {}",
                check(dialect, expression)
            );
        }
    }

    #[test]
    fn lists_are_told_from_arrays() {
        for (text, expect) in [
            ("a = ANY(ARRAY['x'::text, 'y)'::text])", Some("a IN ('x'::text, 'y)'::text)")),
            ("(a)::text = ANY((ARRAY['x'::varchar])::text[]) OR b", Some("(a)::text IN ('x'::varchar) OR b")),
            ("a = ANY(b)", None),
            ("a = ' = ANY(ARRAY[1])'", None),
            ("a = ANY(ARRAY[1", None),
        ] {
            assert_eq!(without_arrays(text).as_deref(), expect, "{text}");
        }
    }
}
