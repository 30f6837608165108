//! What an index is over, as people type it: `lower(email), created_at desc nulls last`.

use crate::{Expression, Formula, IndexPart, Name, PartOf, Table};

/// The parts in the words of SQL. Operator classes and collations are not said.
pub fn parts_text(parts: &[IndexPart], table: &Table) -> String {
    let part = |part: &IndexPart| {
        let of = match &part.of {
            PartOf::Column(id) => table.column(*id).map(|column| column_text(&column.name)).unwrap_or_default(),
            PartOf::Expression(formula) => formula.in_table(table).to_string(),
        };
        let order = if part.descending { " desc" } else { "" };
        let nulls = match part.nulls_first {
            Some(true) => " nulls first",
            Some(false) => " nulls last",
            None => "",
        };
        format!("{of}{order}{nulls}")
    };
    parts.iter().map(part).collect::<Vec<_>>().join(", ")
}

/// Reads parts. Operator classes and collations stay with what is indexed as before.
///
/// # Errors
/// In words, when a part is neither a column of the table nor an expression over its columns.
pub fn parse_parts(text: &str, table: &Table, before: &[IndexPart]) -> Result<Vec<IndexPart>, String> {
    if text.trim().is_empty() {
        return Err("name at least one column".to_owned());
    }
    let parse = |text: &str| {
        let mut words = text.trim();
        let mut ends_with = |ending: &str| {
            let (head, tail) = words.split_at_checked(words.len().checked_sub(ending.len())?)?;
            (tail.eq_ignore_ascii_case(ending) && head.ends_with(char::is_whitespace)).then(|| words = head.trim_end())
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
        let expression = Expression::parse(words).map_err(|error| error.message)?;
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
                return Err(format!("{words} is of no column"));
            }
        }
        let known = before.iter().find(|part| part.of == of);
        Ok(IndexPart {
            operator_class: known.and_then(|part| part.operator_class.clone()),
            collation: known.and_then(|part| part.collation.clone()),
            of,
            descending,
            nulls_first,
        })
    };
    split(text).into_iter().map(parse).collect()
}

/// A column as it is written in an expression.
fn column_text(name: &Name) -> String {
    let quoted = format!("\"{}\"", name.as_str().replace('"', "\"\""));
    Expression::parse(&quoted).map_or(quoted, |expression| expression.to_string())
}

/// The pieces between commas that stand in no brackets and no quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut pieces, mut start, mut depth, mut quote) = (Vec::new(), 0, 0_i32, None);
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if open == c => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"') => quote = Some(c),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth -= 1,
            (None, ',') if depth == 0 => {
                pieces.push(text.get(start..at).unwrap_or_default());
                start = at + 1;
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
}
