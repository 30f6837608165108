//! What an index is over, as people type it: `lower(email) collate "C" text_pattern_ops, created_at desc nulls last`.

use crate::{Expression, Formula, IndexPart, Name, OperatorClass, Parameter, PartOf, QualifiedName, Table};

/// The parts in the words of SQL.
pub fn parts_text(parts: &[IndexPart], table: &Table) -> String {
    parts.iter().map(|part| part_text(part, table)).collect::<Vec<_>>().join(", ")
}

/// Reads parts. One that stands there as before is the one from before, even where it is more than people can type.
///
/// # Errors
/// In words, when a part is neither a column of the table nor an expression over its columns.
pub fn parse_parts(text: &str, table: &Table, before: &[IndexPart]) -> Result<Vec<IndexPart>, String> {
    if text.trim().is_empty() {
        return Err("name at least one column".to_owned());
    }
    let parse = |text: &str| match before.iter().find(|part| part_text(part, table) == text.trim()) {
        Some(kept) => Ok(kept.clone()),
        None => parse_part(text, table),
    };
    split(text, |c| c == ',').into_iter().map(parse).collect()
}

fn part_text(part: &IndexPart, table: &Table) -> String {
    let mut text = match &part.of {
        PartOf::Column(id) => table.column(*id).map(|column| column_text(&column.name)).unwrap_or_default(),
        PartOf::Expression(formula) => formula.in_table(table).to_string(),
    };
    if let Some(collation) = &part.collation {
        text.push_str(&format!(" collate {}", collation.quoted()));
    }
    if let Some(class) = &part.operator_class {
        text.push_str(&format!(" {}", class_text(class)));
    }
    if part.descending {
        text.push_str(" desc");
    }
    match part.nulls_first {
        Some(true) => text.push_str(" nulls first"),
        Some(false) => text.push_str(" nulls last"),
        None => {}
    }
    text
}

fn class_text(class: &OperatorClass) -> String {
    if class.parameters.is_empty() {
        return class.name.sql();
    }
    let one = |it: &Parameter| format!("{} = '{}'", it.name, it.value.replace('\'', "''"));
    format!("{} ({})", class.name.sql(), class.parameters.iter().map(one).collect::<Vec<_>>().join(", "))
}

fn parse_part(text: &str, table: &Table) -> Result<IndexPart, String> {
    let mut rest = text.trim();
    let mut ends_with = |ending: &str| {
        let (head, tail) = rest.split_at_checked(rest.len().checked_sub(ending.len())?)?;
        (tail.eq_ignore_ascii_case(ending) && head.ends_with(char::is_whitespace)).then(|| rest = head.trim_end())
    };
    let nulls_first = match (ends_with("nulls first"), ends_with("nulls last")) {
        (Some(()), _) => Some(true),
        (None, Some(())) => Some(false),
        (None, None) => None,
    };
    let descending = ends_with("desc").is_some();
    if !descending {
        ends_with("asc");
    }
    let (expression, collation, operator_class) = parse_compared(rest)?;
    let column = table.columns.iter().find(|column| column_text(&column.name) == expression.to_string());
    let of = match column {
        Some(column) => PartOf::Column(column.id),
        None => PartOf::Expression(Formula::bind(&expression, table)),
    };
    if let PartOf::Expression(formula) = &of {
        if let Some(name) = formula.strangers().first() {
            return Err(format!("{} has no column {name}", table.name));
        }
        if formula.columns().is_empty() {
            return Err(format!("{rest} is of no column"));
        }
    }
    Ok(IndexPart { of, descending, nulls_first, operator_class, collation })
}

type Compared = (Expression, Option<QualifiedName>, Option<OperatorClass>);

/// An expression, how its texts are compared, and its operator class.
fn parse_compared(text: &str) -> Result<Compared, String> {
    let parse = |text: &str| Expression::parse(text).map_err(|error| error.message);
    let words = split(text, char::is_whitespace);
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let place = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let from = |at: usize| words.get(at).and_then(|word| text.get(place(word)..)).unwrap_or_default();
    let before = |at: usize| words.get(at).and_then(|word| text.get(..place(word))).unwrap_or(text);
    if let Some(at) = words.iter().rposition(|word| word.eq_ignore_ascii_case("collate")) {
        let collation = words.get(at + 1).ok_or("name a collation after “collate”, such as \"C\"")?;
        let class = from(at + 2);
        let class = if class.is_empty() { None } else { Some(parse_class(class)?) };
        return Ok((parse(before(at))?, Some(QualifiedName::parse_collation(collation)?), class));
    }
    let whole = parse(text);
    if whole.is_ok() {
        return whole.map(|expression| (expression, None, None));
    }
    // The settings of a class may stand apart from its name.
    for at in (1..words.len()).rev().take(2) {
        if let (Ok(expression), Ok(class)) = (parse(before(at)), parse_class(from(at))) {
            return Ok((expression, None, Some(class)));
        }
    }
    whole.map(|expression| (expression, None, None))
}

/// `text_pattern_ops`, or `gist_trgm_ops (siglen = 32)`.
fn parse_class(text: &str) -> Result<OperatorClass, String> {
    let Some((name, settings)) = text.split_once('(') else {
        return Ok(OperatorClass { name: QualifiedName::parse(text)?, parameters: Vec::new() });
    };
    let wrong = || format!("{text} is not an operator class; write it like gist_trgm_ops (siglen = 32)");
    let parameter = |text: &str| {
        let (name, value) = text.split_once('=').ok_or_else(wrong)?;
        let value = value.trim();
        let inner = value.strip_prefix('\'').and_then(|value| value.strip_suffix('\''));
        let value = inner.map_or_else(|| value.to_owned(), |inner| inner.replace("''", "'"));
        Ok(Parameter { name: Name::parse(name).map_err(|error| error.to_string())?, value })
    };
    let settings = settings.strip_suffix(')').ok_or_else(wrong)?;
    let parameters = split(settings, |c| c == ',').into_iter().map(parameter).collect::<Result<_, String>>()?;
    Ok(OperatorClass { name: QualifiedName::parse(name)?, parameters })
}

/// A column as it is written in an expression.
fn column_text(name: &Name) -> String {
    let quoted = format!("\"{}\"", name.as_str().replace('"', "\"\""));
    Expression::parse(&quoted).map_or(quoted, |expression| expression.to_string())
}

/// The pieces between separators that stand in no brackets and no quotes.
fn split(text: &str, is_separator: impl Fn(char) -> bool) -> Vec<&str> {
    let (mut pieces, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, c) if depth == 0 && is_separator(c) => {
                pieces.push(text.get(start..at).unwrap_or_default());
                start = at + c.len_utf8();
            }
            (None, _) => {}
        }
    }
    pieces.push(text.get(start..).unwrap_or_default());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::schema_from;

    #[test]
    fn parts_are_read_as_they_are_written() {
        let schema = schema_from("t\n  email text\n  made date\n  Total numeric\n");
        let table = schema.tables.values().next().unwrap();
        for (text, expect) in [
            ("email", Ok("email")),
            (" EMAIL ASC , made DESC  nulls last ", Ok("email, made desc nulls last")),
            (
                "lower(email), coalesce(email, 'a,b') nulls first",
                Ok("lower(email), coalesce(email, 'a,b') nulls first"),
            ),
            ("", Err("name at least one column")),
            ("email,", Err("")),
            ("\"Total\" desc", Ok("\"Total\" desc")),
            ("phone", Err("t has no column phone")),
            ("lower(phone)", Err("t has no column phone")),
            ("1", Err("1 is of no column")),
            ("email desc; drop table t", Err("")),
            ("email collate C", Ok("email collate \"C\"")),
            (
                "email COLLATE \"de-x-icu\" Text_Pattern_Ops DESC",
                Ok("email collate \"de-x-icu\" text_pattern_ops desc"),
            ),
            ("lower(email) text_pattern_ops nulls first", Ok("lower(email) text_pattern_ops nulls first")),
            ("email || ' x' collate pg_catalog.\"C\"", Ok("email || ' x' collate \"pg_catalog\".\"C\"")),
            (
                "email public.gist_trgm_ops(siglen=32, b = 'it''s'), made",
                Ok("email public.gist_trgm_ops (siglen = '32', b = 'it''s'), made"),
            ),
            ("email collate", Err("name a collation after")),
            ("email collate \"C", Err("")),
            ("email collate C text_ops more", Err("a name ends before")),
            ("email text_ops more", Err("only one value fits here")),
            ("email text_ops (32)", Err("only one value fits here")),
            ("email collate C text_ops (32)", Err("is not an operator class")),
            ("phone text_ops", Err("t has no column phone")),
        ] {
            match (parse_parts(text, table, &[]), expect) {
                (Ok(parts), Ok(expect)) => {
                    assert_eq!(parts_text(&parts, table), expect, "{text}");
                    assert_eq!(parse_parts(expect, table, &parts), Ok(parts), "{text}");
                }
                (Err(why), Err(expect)) => assert!(why.contains(expect), "{text}: {why}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }

    #[test]
    fn what_stays_is_what_was_there() {
        let schema = schema_from("t\n  email text\n");
        let table = schema.tables.values().next().unwrap();
        let expression = Expression::parse_wide("regexp_count(email, '@'::text COLLATE \"C\")").unwrap();
        let before = IndexPart { descending: true, ..IndexPart::expression(Formula::bind(&expression, table)) };
        let text = parts_text(std::slice::from_ref(&before), table);
        let parts = parse_parts(&format!("{text}, email"), table, std::slice::from_ref(&before)).unwrap();
        assert_eq!(parts.first(), Some(&before), "{text}");
        assert!(parse_parts(&text, table, &[]).is_err(), "nobody can type it");
    }
}
