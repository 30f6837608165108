//! Expressions beyond the closed grammar, as imports and live databases have them: kept as tokens.

mod denied;
mod lexer;

use lexer::Token;

use super::ExpressionError;
use crate::Name;
use crate::keywords::is_keyword;
use crate::text::shown;
use std::collections::BTreeSet;
use std::fmt;

/// Any one expression that looks into no other table and calls nothing that is refused; known by its tokens alone.
///
/// Brackets are balanced and no comma stands outside of them, so that between brackets of a statement's own it can only
/// be one value there. Brackets around the whole are not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wide(Vec<Token>);

/// How long the text of a wide expression may be, in bytes.
pub(super) const MAX_BYTES: usize = 4_096;
const MAX_DEPTH: usize = 64;

/// Reads a text.
///
/// # Errors
/// When it is not one expression, or does what no expression may.
pub(super) fn parse(text: &str) -> Result<Wide, ExpressionError> {
    if text.len() > 4 * MAX_BYTES {
        return Err(ExpressionError::new(0, "the expression is too long"));
    }
    let mut tokens = lexer::tokens(text)?;
    check_brackets(&tokens)?;
    while is_wrapped(&tokens) {
        tokens.pop();
        tokens.remove(0);
    }
    let wide = Wide(tokens);
    wide.check()?;
    if wide.to_string().len() > MAX_BYTES {
        return Err(ExpressionError::new(0, format!("an expression can have at most {MAX_BYTES} bytes")));
    }
    Ok(wide)
}

/// Reads words and lists in brackets, such as `for values from (1, 2) to (3, 4)`.
///
/// # Errors
/// When something in a list is not one expression.
pub(super) fn lists(text: &str) -> Result<(Vec<String>, Vec<Vec<Wide>>), ExpressionError> {
    let tokens = lexer::tokens(text)?;
    check_lists(&tokens)?;
    let (mut words, mut lists, mut list, mut item) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut depth = 0_usize;
    let end = |item: &mut Vec<Token>, list: &mut Vec<Wide>| {
        let wide = Wide(std::mem::take(item));
        wide.check().map(|()| list.push(wide))
    };
    for token in tokens {
        let mark = if let Token::Mark(mark) = token { mark } else { "" };
        match (mark, depth) {
            ("(", 0) => depth = 1,
            (")", 1) => {
                end(&mut item, &mut list)?;
                lists.push(std::mem::take(&mut list));
                depth = 0;
            }
            (",", 1) => end(&mut item, &mut list)?,
            (_, 0) => {
                let Token::Word(word) = token else {
                    return refuse(format!("“{}” is not expected here", Wide(vec![token])));
                };
                words.push(word);
            }
            (mark, _) => {
                match mark {
                    "(" | "[" => depth += 1,
                    ")" | "]" => depth -= 1,
                    _ => {}
                }
                item.push(token);
            }
        }
    }
    Ok((words, lists))
}

/// Brackets alone: commas between lists are found when they are read.
fn check_lists(tokens: &[Token]) -> Result<(), ExpressionError> {
    let inner: Vec<Token> = tokens.iter().filter(|token| **token != Token::Mark(",")).cloned().collect();
    check_brackets(&inner)
}

fn refuse<T>(message: impl Into<String>) -> Result<T, ExpressionError> {
    Err(ExpressionError::new(0, message))
}

fn check_brackets(tokens: &[Token]) -> Result<(), ExpressionError> {
    let mut open = Vec::new();
    for token in tokens {
        let Token::Mark(mark) = token else { continue };
        match *mark {
            "(" | "[" if open.len() == MAX_DEPTH => return refuse("the expression is nested too deeply"),
            "(" => open.push(")"),
            "[" => open.push("]"),
            ")" | "]" if open.pop() != Some(*mark) => return refuse(format!("there is a “{mark}” too many")),
            "," if open.is_empty() => return refuse("the expression ends before “,”; only one value fits here"),
            _ => {}
        }
    }
    match open.last() {
        Some(mark) => refuse(format!("“{mark}” is missing at the end")),
        None => Ok(()),
    }
}

/// Whether one pair of brackets is around all of it, and around one value only.
fn is_wrapped(tokens: &[Token]) -> bool {
    let is = |at: usize, mark: &str| matches!(tokens.get(at), Some(Token::Mark(found)) if *found == mark);
    if !is(0, "(") || tokens.len() < 3 {
        return false;
    }
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if let Token::Mark(mark) = token {
            match *mark {
                "(" | "[" => depth += 1,
                ")" | "]" => depth -= 1,
                "," if depth == 1 => return false,
                _ => {}
            }
        }
        if depth == 0 {
            return at + 1 == tokens.len();
        }
    }
    false
}

impl Wide {
    fn token(&self, at: usize) -> Option<&Token> {
        self.0.get(at)
    }

    fn is_mark(&self, at: Option<usize>, marks: &[&str]) -> bool {
        matches!(at.and_then(|at| self.token(at)), Some(Token::Mark(mark)) if marks.contains(mark))
    }

    fn word(&self, at: Option<usize>) -> &str {
        match at.and_then(|at| self.token(at)) {
            Some(Token::Word(word)) => word,
            Some(_) | None => "",
        }
    }

    fn check(&self) -> Result<(), ExpressionError> {
        let is_value = |token: &Token| !matches!(token, Token::Operator(_) | Token::Mark(_));
        if !self.0.iter().any(is_value) {
            return refuse("type a value, such as 0, 'text' or now()");
        }
        for (at, token) in self.0.iter().enumerate() {
            let before = at.checked_sub(1);
            match token {
                Token::Word(word) => {
                    let opens = before.is_none() || self.is_mark(before, &["("]);
                    if matches!(word.as_str(), "select" | "table" | "exists" | "into")
                        || opens && matches!(word.as_str(), "values" | "with")
                    {
                        let word = word.to_ascii_uppercase();
                        return refuse(format!("{word} is not possible here; an expression cannot look into tables"));
                    }
                    self.check_call(at, word)?;
                }
                Token::Quoted(name) => self.check_call(at, &name.as_str().to_ascii_lowercase())?,
                // PostgreSQL joins strings on several lines.
                Token::String(_) | Token::Bits(..)
                    if matches!(before.and_then(|at| self.token(at)), Some(Token::String(_) | Token::Bits(..))) =>
                {
                    return refuse("two strings side by side are not possible here");
                }
                Token::String(_) | Token::Bits(..) | Token::Number(_) | Token::Operator(_) | Token::Mark(_) => {}
            }
        }
        Ok(())
    }

    /// A name is called when a bracket follows, and may be when it stands behind a point.
    fn check_call(&self, at: usize, name: &str) -> Result<(), ExpressionError> {
        let called = self.is_mark(Some(at + 1), &["("]) || self.is_mark(at.checked_sub(1), &["."]);
        if called && denied::is_denied(name) {
            return refuse(format!("the function {} is not possible in an expression", shown(name)));
        }
        Ok(())
    }

    /// Whether it calls any function: what that does is not known here.
    pub(super) fn calls(&self) -> bool {
        (0..self.0.len()).any(|at| {
            let is_name = match self.token(at) {
                Some(Token::Word(word)) => !is_keyword(word),
                Some(token) => matches!(token, Token::Quoted(_)),
                None => false,
            };
            is_name && self.is_mark(Some(at + 1), &["("])
        })
    }

    /// What may be columns: names that are no word of SQL, function, type, qualifier or the like.
    pub(super) fn columns(&self) -> BTreeSet<Name> {
        (0..self.0.len()).filter_map(|at| self.column(at)).collect()
    }

    fn column(&self, at: usize) -> Option<Name> {
        let name = match self.token(at)? {
            Token::Quoted(name) => name.clone(),
            Token::Word(word) if !is_keyword(word) => Name::parse(word).ok()?,
            Token::Word(_)
            | Token::Number(_)
            | Token::String(_)
            | Token::Bits(..)
            | Token::Operator(_)
            | Token::Mark(_) => return None,
        };
        let (before, after) = (at.checked_sub(1), Some(at + 1));
        let is_other = self.is_mark(after, &["(", "."])
            || matches!(self.token(at + 1), Some(Token::String(_)))
            || self.is_mark(before, &["::", "."])
            || matches!(self.word(before), "as" | "collate" | "time" | "interval")
            || self.is_mark(before, &["("]) && self.word(at.checked_sub(2)) == "extract"
            || self.is_word_of_syntax(at);
        (!is_other).then_some(name)
    }

    /// Bare words that mean something beside those around them.
    fn is_word_of_syntax(&self, at: usize) -> bool {
        let (before, after) = (self.word(at.checked_sub(1)), self.word(Some(at + 1)));
        match self.word(Some(at)) {
            "at" => after == "time",
            "without" => after == "time",
            "varying" => matches!(before, "character" | "char" | "bit"),
            "double" => after == "precision",
            _ => false,
        }
    }

    pub(super) fn renamed(&self, from: &Name, to: &Name) -> Self {
        let rename = |at: usize| self.column(at).filter(|name| name == from).map(|_| Token::of_name(to));
        let tokens = self.0.iter().enumerate();
        Self(tokens.map(|(at, token)| rename(at).unwrap_or_else(|| token.clone())).collect())
    }

    /// Says the strings otherwise that are values of a type, or arrays of it, which `change` is told.
    pub(super) fn with_strings(&self, is_type: impl Fn(&str) -> bool, change: impl Fn(&str, bool) -> String) -> Self {
        let changed = |at: usize, token: &Token| match token {
            Token::String(text) => match self.is_array_at(at, &is_type) {
                Some(is_array) => Token::String(change(text, is_array)),
                None => token.clone(),
            },
            Token::Word(_)
            | Token::Quoted(_)
            | Token::Number(_)
            | Token::Bits(..)
            | Token::Operator(_)
            | Token::Mark(_) => token.clone(),
        };
        Self(self.0.iter().enumerate().map(|(at, token)| changed(at, token)).collect())
    }

    /// Whether the string there is an array of the type; none when it has nothing to do with it.
    fn is_array_at(&self, at: usize, is_type: &impl Fn(&str) -> bool) -> Option<bool> {
        let is_called = |at: usize| self.name(at).is_some_and(is_type);
        if at.checked_sub(1).is_some_and(is_called) {
            return Some(false);
        }
        if self.is_mark(Some(at + 1), &["::"]) || self.word(Some(at + 1)) == "as" {
            return self.type_behind(at + 2, is_type);
        }
        self.is_element(at, is_type).then_some(false)
    }

    /// Whether the string there is an element of an ARRAY that is cast to arrays of the type as a whole.
    fn is_element(&self, at: usize, is_type: &impl Fn(&str) -> bool) -> bool {
        let (mut first, mut last, mut is_in_array) = (at, at, false);
        loop {
            let Some(around) = self.brackets_around(first, last) else { return false };
            (first, last) = around;
            let before = first.checked_sub(1);
            if self.is_mark(Some(first), &["["]) {
                if self.word(before) != "array" && !self.is_mark(before, &["[", ","]) {
                    return false;
                }
                is_in_array = true;
            } else if !is_in_array || before.is_some_and(|at| self.name(at).is_some()) {
                // What a call gives is nobody's guess.
                return false;
            }
            if self.is_mark(Some(last + 1), &["::"]) {
                return self.type_behind(last + 2, is_type) == Some(true);
            }
        }
    }

    /// Where the innermost brackets around these places are.
    fn brackets_around(&self, first: usize, last: usize) -> Option<(usize, usize)> {
        let unmatched = |mut places: &mut dyn Iterator<Item = usize>, own: &[&str], other: &[&str]| {
            let mut depth = 0_usize;
            Iterator::find(&mut places, |at| {
                let is_found = depth == 0 && self.is_mark(Some(*at), own);
                depth += usize::from(self.is_mark(Some(*at), other));
                depth -= usize::from(depth > 0 && self.is_mark(Some(*at), own));
                is_found
            })
        };
        let (openings, closings): (&[&str], &[&str]) = (&["(", "["], &[")", "]"]);
        let opening = unmatched(&mut (0..first).rev(), openings, closings)?;
        Some((opening, unmatched(&mut (last + 1..self.0.len()), closings, openings)?))
    }

    /// Whether the type that is named from there on is an array; none when it is another type.
    fn type_behind(&self, at: usize, is_type: &impl Fn(&str) -> bool) -> Option<bool> {
        let last = if self.is_mark(Some(at + 1), &["."]) { at + 2 } else { at };
        self.name(last).filter(|name| is_type(name)).map(|_| self.is_mark(Some(last + 1), &["["]))
    }

    fn name(&self, at: usize) -> Option<&str> {
        match self.token(at)? {
            Token::Word(word) => Some(word),
            Token::Quoted(name) => Some(name.as_str()),
            Token::Number(_) | Token::String(_) | Token::Bits(..) | Token::Operator(_) | Token::Mark(_) => None,
        }
    }
}

impl fmt::Display for Wide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        lexer::write(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use crate::{Expression, Name};

    fn written(text: &str) -> String {
        match Expression::parse_wide(text) {
            Ok(expression) => {
                let text = expression.to_string();
                assert_eq!(Expression::parse_wide(&text), Ok(expression), "{text}");
                text
            }
            Err(error) => format!("! {}", error.message),
        }
    }

    #[test]
    fn what_would_be_read_as_one_stands_apart() {
        for (text, expect) in [("0\n.|", "0 .|"), ("a : :b", "a: :b"), ("a. 5", "a. 5")] {
            assert_eq!(written(text), expect, "{text}");
        }
    }

    #[test]
    fn what_databases_print_is_read() {
        for (text, expect) in [
            ("(price >= (0)::numeric)", "price >= 0::numeric"),
            ("((a > 0) IS NOT TRUE)", "(a > 0) IS NOT true"),
            ("nextval('users_id_seq'::regclass)", "nextval('users_id_seq'::regclass)"),
            ("nextval('\"Odd\".\"s q\"'::regclass)", "nextval('\"Odd\".\"s q\"'::regclass)"),
            (
                "((status)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
                "(status)::text = ANY((ARRAY['a'::character varying, 'b'::character varying])::text[])",
            ),
            ("CASE WHEN a IS NULL THEN 0 ELSE -1 END", "CASE WHEN a IS NULL THEN 0 ELSE -1 END"),
            ("(now() AT TIME ZONE 'utc'::text)", "now() at time zone 'utc'::text"),
            ("EXTRACT(epoch FROM created_at)", "extract(epoch FROM created_at)"),
            ("lower((name)::text) COLLATE \"C\"", "lower((name)::text) COLLATE \"C\""),
            ("public.f(a) || public.g(b)", "public.f(a) || public.g(b)"),
            ("data ->> 'x'::text", "data ->> 'x'::text"),
            ("data#>>'{a,b}'", "data #>> '{a,b}'"),
            ("E'a\\nb\\\\'", "e'a\\nb\\\\'"),
            ("E'ab' || f(x)", "'ab' || f(x)"),
            ("$$it's$$ || f(x)", "'it''s' || f(x)"),
            ("b'101'", "b'101'"),
            ("X'1F'", "x'1f'"),
            ("(a).b", "(a).b"),
            ("a[1:2]", "a[1:2]"),
            ("'2 days'::interval day", "'2 days'::interval day"),
            ("- - f(a)", "- -f(a)"),
            ("f(a) -- ! \n + 1", "f(a) + 1"),
            ("f(a)/* /* x */ */", "f(a)"),
            ("ROW(a, b) = ROW(1, 2)", "row(a, b) = row(1, 2)"),
            ("(a, b) = (1, 2)", "(a, b) = (1, 2)"),
            // What the closed grammar can say is a tree, however it was written.
            ("(a > /* x */ 0)", "a > 0"),
            ("E'x'", "'x'"),
        ] {
            assert_eq!(written(text), expect, "{text:?}");
        }
    }

    #[test]
    fn what_an_expression_may_not_do_is_refused() {
        let tables = "is not possible here; an expression cannot look into tables";
        for (text, expect) in [
            ("f(x), g(y)", "the expression ends before “,”; only one value fits here"),
            ("f(x); drop table users", "“;” would end the statement; only one value fits here"),
            ("f(x))", "there is a “)” too many"),
            ("f[x)", "there is a “)” too many"),
            ("f(x", "“)” is missing at the end"),
            ("", "type a value, such as 0, 'text' or now()"),
            ("()", "type a value, such as 0, 'text' or now()"),
            ("(select 1)", &format!("SELECT {tables}")),
            ("f((SELECT password FROM users))", &format!("SELECT {tables}")),
            ("a = ANY (TABLE users)", &format!("TABLE {tables}")),
            ("a IN (VALUES (1))", &format!("VALUES {tables}")),
            ("a IN (WITH x AS (SELECT 1) TABLE x)", &format!("WITH {tables}")),
            ("EXISTS (f(x))", &format!("EXISTS {tables}")),
            ("pg_read_file('/etc/passwd')", "the function pg_read_file is not possible in an expression"),
            ("pg_catalog.pg_sleep(10)", "the function pg_sleep is not possible in an expression"),
            ("\"pg_sleep\"(10)", "the function pg_sleep is not possible in an expression"),
            ("'PG_VERSION'::text.pg_read_file", "the function pg_read_file is not possible in an expression"),
            ("pg_sleep /* */ (10)", "the function pg_sleep is not possible in an expression"),
            ("PG_SLEEP(10)", "the function pg_sleep is not possible in an expression"),
            ("lo_export(1, '/tmp/x')", "the function lo_export is not possible in an expression"),
            ("dblink_exec('x', 'y')", "the function dblink_exec is not possible in an expression"),
            ("query_to_xml('select 1', true, true, '')", "the function query_to_xml is not possible in an expression"),
            ("set_config('role', 'postgres', false)", "the function set_config is not possible in an expression"),
            ("f($1)", "parameters are not possible here"),
            ("$a$x", "the string that begins here has no end"),
            ("f(x) /* ", "the comment that begins here has no end"),
            ("E'\\'", "the string that begins here has no closing '"),
            ("E'\\x41'", "of the escapes in a string only \\n, \\t, \\r, \\\\ and \\' are read"),
            ("U&'x'", "unicode escapes are not possible here; write the characters themselves"),
            ("'a'\n'b'", "two strings side by side are not possible here"),
            ("f('a\u{202E}b')", "the invisible character U+202E is not possible here"),
            ("f(x) \\g", "“\\” is not possible here"),
        ] {
            assert_eq!(written(text), format!("! {expect}"), "{text:?}");
        }
        let long = format!("f('{}')", "x".repeat(5_000));
        assert_eq!(written(&long), "! an expression can have at most 4096 bytes");
        let deep = format!("{}f(x)::oid{}", "(a || ".repeat(70), ")".repeat(70));
        assert_eq!(written(&deep), "! the expression is nested too deeply");
    }

    #[test]
    fn a_renamed_column_is_renamed_where_it_is_one() {
        let name = |text: &str| Name::parse(text).unwrap();
        for (text, from, to, expect) in [
            ("f(a) || a", "a", "b", "f(b) || b"),
            ("a(a)", "a", "b", "a(b)"),
            ("f(\"A\") || a::a", "a", "order", "f(\"A\") || \"order\"::a"),
            ("f('a') || \"A\"", "A", "a", "f('a') || a"),
            ("extract(epoch FROM epoch)", "epoch", "at", "extract(epoch FROM \"at\")"),
            ("f(x) at time zone zone", "zone", "z", "f(x) at time zone z"),
            ("x.a || f(a.x)", "a", "b", "x.a || f(a.x)"),
        ] {
            let expression = Expression::parse_wide(text).unwrap().with_column_renamed(&name(from), &name(to));
            assert_eq!(expression.to_string(), expect, "{text}");
        }
    }
}
