//! Types and values of a schema as those of a document.

use crate::document::{Path, Type, TypeArgument, TypeSuffix, Value};
use schema::{DataType, Expr, Expression, ForeignType, QualifiedName, Schema, TypeDefinition, UnaryOperator, is_bare};

/// A type. An enum is its name; so is a domain, which nothing explains, as if it was one of an extension.
pub(super) fn data_type(schema: &Schema, data_type: &DataType) -> Type {
    let mut made = if let Some(it) = data_type.user_type().and_then(|id| schema.user_type(id)) {
        let namespace = schema.namespaces.get(&it.namespace).map(|namespace| namespace.name.clone());
        match it.definition {
            TypeDefinition::Domain(_) => {
                let name = QualifiedName { namespace, name: it.name.clone() };
                foreign_type(&ForeignType { name, args: Vec::new() })
            }
            TypeDefinition::Enum(_) => {
                let Path { schema, name } = Path::new(namespace.map(|name| name.to_string()), it.name.as_str());
                Type { schema: schema.into_iter().next(), name, suffixes: Vec::new() }
            }
        }
    } else if let Some(foreign) = data_type.foreign_type() {
        foreign_type(foreign)
    } else {
        built_in(&data_type.clone().with_dimensions(0).to_string())
    };
    made.suffixes.extend((0..data_type.dimensions()).map(|_| TypeSuffix::Array(Vec::new())));
    made
}

/// A type known by name alone. SQL made of DBML has types as they stand there, so that a name which needs quotes has them.
fn foreign_type(foreign: &ForeignType) -> Type {
    let namespace = foreign.name.namespace.as_ref().filter(|name| !matches!(name.as_str(), "pg_catalog" | "public"));
    let is_plain = is_bare(foreign.name.name.as_str()) && namespace.is_none_or(|name| is_bare(name.as_str()));
    let plain = ForeignType { args: Vec::new(), ..foreign.clone() };
    let name = if is_plain { foreign.name.name.to_string() } else { plain.text(false) };
    let schema = namespace.filter(|_| is_plain).map(ToString::to_string);
    Type { schema, name, suffixes: arguments(foreign.args.iter().map(String::as_str)) }
}

/// A type of PostgreSQL's own; its fields and arguments are part of the name when that is of several words.
fn built_in(text: &str) -> Type {
    let arguments_of = |rest: &str| arguments(rest.trim_end_matches(')').split(", "));
    let (name, suffixes) = match text.split_once('(') {
        Some((name, rest)) if !name.contains(' ') => (name, arguments_of(rest)),
        Some(_) | None => (text, Vec::new()),
    };
    Type { schema: None, name: name.to_owned(), suffixes }
}

fn arguments<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<TypeSuffix> {
    let is_number = |text: &str| text.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
    let argument = |text: &str| match is_number(text) {
        true => TypeArgument::Number(text.to_owned()),
        false => TypeArgument::Name(text.to_owned()),
    };
    let arguments: Vec<TypeArgument> = texts.map(argument).collect();
    if arguments.is_empty() { Vec::new() } else { vec![TypeSuffix::Arguments(arguments)] }
}

/// The value of a default; none when DBML cannot say it.
pub(super) fn default_value(default: &Expression) -> Option<Value> {
    default.tree().and_then(literal).or_else(|| expression(default).map(Value::Expression))
}

fn literal(expr: &Expr) -> Option<Value> {
    match expr {
        Expr::Null => Some(Value::Null),
        Expr::Boolean(value) => Some(Value::Boolean(*value)),
        Expr::Number(text) => is_number(text).then(|| Value::Number(text.clone())),
        Expr::String(text) => Some(Value::String(text.clone())),
        Expr::Unary(UnaryOperator::Minus, inner) => {
            let Expr::Number(text) = &**inner else { return None };
            is_number(text).then(|| Value::Number(format!("-{text}")))
        }
        Expr::Unary(UnaryOperator::Plus | UnaryOperator::Not, _)
        | Expr::Column(_)
        | Expr::Call(..)
        | Expr::Keyword(_)
        | Expr::Cast(..)
        | Expr::Binary(..)
        | Expr::IsNull(..)
        | Expr::In(..)
        | Expr::Between(..) => None,
    }
}

/// Digits, with one point between digits at most: what every reader takes for the same number.
fn is_number(text: &str) -> bool {
    // Readers keep numbers as floating point; a longer one would lose digits.
    let mut parts = text.split('.');
    let digits = |part: Option<&str>| part.is_some_and(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    let whole = digits(parts.next());
    let fraction = parts.clone().next().is_none() || digits(parts.next());
    whole && fraction && parts.next().is_none() && text.len() <= 15
}

/// An expression as it stands in backticks; none when it contains one.
pub(super) fn expression(expression: &Expression) -> Option<String> {
    let text = expression.to_string();
    (!text.contains('`')).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults() {
        let number = |text: &str| Some(Value::Number(text.to_owned()));
        let expression = |text: &str| Some(Value::Expression(text.to_owned()));
        let string = |text: &str| Some(Value::String(text.to_owned()));
        for (text, expect) in [
            ("0", number("0")),
            ("-1.5", number("-1.5")),
            (".5", expression(".5")),
            ("1e3", expression("1e3")),
            ("12345678901234567890", expression("12345678901234567890")),
            ("'it''s'", string("it's")),
            ("true", Some(Value::Boolean(true))),
            ("null", Some(Value::Null)),
            ("now()", expression("now()")),
            ("a.b(x => 1)", expression("a.b(x => 1)")),
            ("'`' || 'x'", None),
            ("'`'", string("`")),
        ] {
            let value = Expression::parse_wide(text).unwrap();
            assert_eq!(default_value(&value), expect, "{text}");
        }
    }

    #[test]
    fn types() {
        for (text, expect) in [
            ("numeric(10, -2)", "numeric(10,-2)"),
            ("double precision[]", "double precision[]"),
            ("text[][]", "text[][]"),
            ("interval day to second(3)", "interval day to second(3)"),
            ("geometry(point, 4326)", "geometry(point,4326)"),
            ("gis.geography", "geography"),
            ("\"Weird one\"(1)[]", "\"Weird one\"(1)[]"),
        ] {
            let made = data_type(&Schema::default(), &DataType::parse_wide(text).unwrap());
            assert_eq!(made.text(), expect, "{text}");
        }
    }
}
