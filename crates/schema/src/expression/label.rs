//! Another text for a label of an enum, wherever an expression names the label. PostgreSQL keeps the label itself there;
//! here it is text, which has to follow.

use super::{Body, Expr, Expression};
use crate::Name;
use std::collections::{BTreeMap, BTreeSet};

/// A label that gets another text.
#[derive(Debug, Clone)]
pub struct LabelChange<'a> {
    /// What the enum is called, and the domains that rest on it: a string that is cast to one of them is a label, or an
    /// array of labels.
    pub types: BTreeSet<Name>,
    /// The text that it had.
    pub from: &'a str,
    /// The text that it gets.
    pub to: &'a str,
}

impl LabelChange<'_> {
    /// An expression that is as a whole a label, or an array of them, as the default of a column is.
    ///
    /// ```
    /// use schema::{Expression, LabelChange};
    ///
    /// let change = LabelChange { types: Default::default(), from: "new", to: "brand new" };
    /// let default = Expression::parse("'{new,newer}'").unwrap();
    /// assert_eq!(change.in_value(&default, true).to_string(), "'{\"brand new\",newer}'");
    /// ```
    #[must_use]
    pub fn in_value(&self, expression: &Expression, is_array: bool) -> Expression {
        self.anywhere(expression, &BTreeMap::new(), Some(Kind::of(is_array)))
    }

    /// An expression that compares columns with labels, as a check does. The columns of the enum are given, each with
    /// whether it has arrays.
    ///
    /// ```
    /// use schema::{Expression, LabelChange, Name};
    ///
    /// let change = LabelChange { types: Default::default(), from: "new", to: "open" };
    /// let check = Expression::parse("status <> 'new' or title = 'new'").unwrap();
    /// let columns = [(Name::parse("status").unwrap(), false)].into();
    /// assert_eq!(change.in_condition(&check, &columns).to_string(), "status <> 'open' OR title = 'new'");
    /// ```
    #[must_use]
    pub fn in_condition(&self, expression: &Expression, columns: &BTreeMap<Name, bool>) -> Expression {
        self.anywhere(expression, columns, None)
    }

    fn anywhere(&self, expression: &Expression, columns: &BTreeMap<Name, bool>, is: Option<Kind>) -> Expression {
        Expression(match &expression.0 {
            Body::Tree(tree) => Body::Tree(Walk { change: self, columns }.expr(tree, is)),
            Body::Wide(wide) => {
                let is_type = |name: &str| self.types.iter().any(|it| it.as_str() == name);
                Body::Wide(wide.with_strings(is_type, |text, is_array| self.text(text, Kind::of(is_array))))
            }
        })
    }

    fn text(&self, text: &str, kind: Kind) -> String {
        match kind {
            Kind::Label if text == self.from => self.to.to_owned(),
            Kind::Label => text.to_owned(),
            Kind::Array => self.array(text),
        }
    }

    /// The text of an array, as in `{a,"b c",{NULL}}`. Elements that are not the label stay as they were written.
    fn array(&self, text: &str) -> String {
        let mut all = String::new();
        let mut rest = text;
        // Before the first brace stand the bounds, if anything does.
        if let Some(at) = text.find('{') {
            let (bounds, elements) = text.split_at(at);
            all.push_str(bounds);
            rest = elements;
        }
        while let Some(c) = rest.chars().next() {
            let length = if is_mark(c) { c.len_utf8() } else { element(rest) };
            let (written, after) = rest.split_at(length);
            let is_label = !is_mark(c) && value(written).is_some_and(|value| value == self.from);
            let now = if is_label { quoted(self.to) } else { written.to_owned() };
            all.push_str(&now);
            rest = after;
        }
        all
    }
}

/// What a string stands for.
#[derive(Clone, Copy)]
enum Kind {
    Label,
    Array,
}

impl Kind {
    fn of(is_array: bool) -> Self {
        if is_array { Self::Array } else { Self::Label }
    }
}

/// What stands between the elements of an array.
fn is_mark(c: char) -> bool {
    matches!(c, '{' | '}' | ',') || is_blank(c)
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{B}' | '\u{C}')
}

/// How long the element is that the text begins with, in bytes, with its quotes and without the blanks behind it.
fn element(text: &str) -> usize {
    let (mut is_quoted, mut is_escaped, mut end) = (false, false, 0);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            '{' | '}' | ',' if !is_quoted => break,
            c if is_blank(c) && !is_quoted => continue,
            _ => {}
        }
        end = at + c.len_utf8();
    }
    // What begins with an element has one, so that whoever passes over it always gets on.
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

/// What an element says; none for NULL.
fn value(written: &str) -> Option<String> {
    if written.eq_ignore_ascii_case("null") {
        return None;
    }
    let mut value = String::new();
    let mut chars = written.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => value.extend(chars.next()),
            '"' => {}
            c => value.push(c),
        }
    }
    Some(value)
}

/// A label as the element of an array, in quotes where PostgreSQL prints it so.
fn quoted(label: &str) -> String {
    let is_plain = |c: char| !is_mark(c) && !matches!(c, '"' | '\\');
    if !label.is_empty() && label.chars().all(is_plain) && !label.eq_ignore_ascii_case("null") {
        return label.to_owned();
    }
    format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
}

struct Walk<'a> {
    change: &'a LabelChange<'a>,
    columns: &'a BTreeMap<Name, bool>,
}

impl Walk<'_> {
    /// `is` says what a string at this place is; none where it has nothing to do with the enum.
    fn expr(&self, expr: &Expr, is: Option<Kind>) -> Expr {
        let one = |expr: &Expr, is| Box::new(self.expr(expr, is));
        let all = |list: &[Expr], is| list.iter().map(|expr| self.expr(expr, is)).collect();
        match (expr, is) {
            (Expr::String(text), Some(kind)) => Expr::String(self.change.text(text, kind)),
            (
                Expr::Null | Expr::Boolean(_) | Expr::Number(_) | Expr::String(_) | Expr::Column(_) | Expr::Keyword(_),
                _,
            ) => expr.clone(),
            (Expr::Call(function, arguments), is) => {
                let is = is.or_else(|| arguments.iter().find_map(|it| self.kind(it)));
                Expr::Call(function.clone(), all(arguments, is))
            }
            (Expr::Cast(operand, data_type), is) => Expr::Cast(one(operand, is), data_type.clone()),
            (Expr::Unary(operator, operand), _) => Expr::Unary(*operator, one(operand, None)),
            (Expr::Binary(operator, left, right), _) => {
                Expr::Binary(*operator, one(left, self.kind(right)), one(right, self.kind(left)))
            }
            (Expr::IsNull(operand, not), _) => Expr::IsNull(one(operand, None), *not),
            (Expr::In(operand, list, not), _) => {
                Expr::In(one(operand, list.iter().find_map(|it| self.kind(it))), all(list, self.kind(operand)), *not)
            }
            (Expr::Between(operand, low, high, not), _) => {
                let is = self.kind(operand);
                Expr::Between(one(operand, self.kind(low)), one(low, is), one(high, is), *not)
            }
        }
    }

    /// What an expression gives that rests on columns of the enum.
    fn kind(&self, expr: &Expr) -> Option<Kind> {
        match expr {
            Expr::Column(name) => self.columns.get(name).copied().map(Kind::of),
            Expr::Call(_, arguments) => arguments.iter().find_map(|it| self.kind(it)),
            Expr::Cast(operand, _) => self.kind(operand),
            Expr::Null
            | Expr::Boolean(_)
            | Expr::Number(_)
            | Expr::String(_)
            | Expr::Keyword(_)
            | Expr::Unary(..)
            | Expr::Binary(..)
            | Expr::IsNull(..)
            | Expr::In(..)
            | Expr::Between(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change<'a>(from: &'a str, to: &'a str) -> LabelChange<'a> {
        LabelChange { types: ["mood", "Odd mood"].map(|name| Name::parse(name).unwrap()).into(), from, to }
    }

    #[test]
    fn a_label_is_renamed_in_values() {
        let check = |text: &str, (from, to), is_array, expect: &str| {
            let expression = Expression::parse_wide(text).unwrap();
            let renamed = change(from, to).in_value(&expression, is_array);
            assert_eq!(renamed.to_string(), expect, "{text}: {from} to {to}");
            assert_eq!(Expression::parse_wide(expect), Ok(renamed), "it reads the same");
        };
        let label = |text, names, expect| check(text, names, false, expect);
        label("'old'", ("old", "new"), "'new'");
        label("'{old}'", ("old", "new"), "'{old}'");
        label("'{old}'", ("{old}", "new"), "'new'");
        label("'old'::mood", ("old", "it's"), "'it''s'::mood");
        label("'old'::app.mood", ("old", "new"), "'new'::app.mood");
        label("'old'::\"Odd mood\"", ("old", "new"), "'new'::\"Odd mood\"");
        label("cast('old' as mood)", ("old", "new"), "cast('new' AS mood)");
        label("mood 'old'", ("old", "new"), "mood 'new'");
        label("'old'::mode", ("old", "new"), "'old'::mode");
        label("f('old')::mood", ("old", "new"), "f('old')::mood");
        let array = |text, names, expect| check(text, names, true, expect);
        array("'{old,new}'", ("old", "fresh"), "'{fresh,new}'");
        array("'{old,new}'::mood[]", ("old", "fresh"), "'{fresh,new}'::mood[]");
        array("'{old,new}'::app.mood[][]", ("new", "old ones"), "'{old,\"old ones\"}'::app.mood[][]");
        // A label that is a part of another one, and NULL, which is none.
        array("'{old,older,\"old er\",an old}'", ("old", "x"), "'{x,older,\"old er\",an old}'");
        array("'{an old}'", ("an old", "x"), "'{x}'");
        array("'{null,\"null\"}'", ("null", "x"), "'{null,x}'");
        array("'{old}'", ("old", "Null"), "'{\"Null\"}'");
        array("'{old,\"\"}'", ("", "old"), "'{old,old}'");
        // Quotes and braces.
        array("'{ \"old\" , old }'", ("old", "new"), "'{ new , new }'");
        array("'{\"a,b\",\"{a}\"}'", ("a,b", "{c}"), "'{\"{c}\",\"{a}\"}'");
        array("'{\"say \\\"hi\\\"\",old}'", ("say \"hi\"", "say \\ it"), "'{\"say \\\\ it\",old}'");
        array("'{\\old,\\{old}'", ("old", "new"), "'{new,\\{old}'");
        array("'{old}'", ("old", "it's"), "'{it''s}'");
        array("'{größe,grö}'", ("grö", "größe"), "'{größe,größe}'");
        // Arrays in arrays, bounds, and what is no array.
        array("'{{old,a},{b,old}}'", ("old", "c"), "'{{c,a},{b,c}}'");
        array("'[0:1]={old,a}'", ("old", "c"), "'[0:1]={c,a}'");
        array("'{}'", ("old", "c"), "'{}'");
        array("'{old'", ("old", "c"), "'{c'");
        // ARRAY, whose elements are labels.
        array("ARRAY['old']::mood[]", ("old", "new"), "ARRAY['new']::mood[]");
        array("ARRAY['old'::mood, 'a'::mood]", ("old", "new"), "ARRAY['new'::mood, 'a'::mood]");
        array("ARRAY[['old', 'a'], ['b', 'old']]::mood[]", ("old", "c"), "ARRAY[['c', 'a'], ['b', 'c']]::mood[]");
        array("ARRAY['{old}']::mood[]", ("old", "c"), "ARRAY['{old}']::mood[]");
        array("(ARRAY['old'])::mood[]", ("old", "c"), "(ARRAY['c'])::mood[]");
        array("ARRAY['old'::text]::mood[]", ("old", "c"), "ARRAY['old'::text]::mood[]");
        array("ARRAY['old', f('old')]::mood[]", ("old", "c"), "ARRAY['c', f('old')]::mood[]");
        array("ARRAY['old']::text[]", ("old", "c"), "ARRAY['old']::text[]");
        array("'{a}'::mood[] || 'old'::mood", ("old", "a"), "'{a}'::mood[] || 'a'::mood");
    }

    #[test]
    fn a_label_is_renamed_in_conditions() {
        let columns = [("state", false), ("states", true)].map(|(name, is)| (Name::parse(name).unwrap(), is)).into();
        for (text, expect) in [
            ("state = 'old' or title = 'old'", "state = 'new' OR title = 'old'"),
            ("states <> '{old,a}' and title <> '{old}'", "states <> '{new,a}' AND title <> '{old}'"),
            ("state in ('old', '{old}')", "state IN ('new', '{old}')"),
            ("'old' = lower(state::text)", "'new' = lower(state::text)"),
            ("state = 'old'::mood", "state = 'new'::mood"),
            ("(state = ANY (ARRAY['old'::mood, 'a'::mood]))", "state = ANY(ARRAY['new'::mood, 'a'::mood])"),
            ("states @> '{old}'::mood[]", "states @> '{new}'::mood[]"),
            ("title ~~ 'old'::text or f(state)", "title ~~ 'old'::text OR f(state)"),
        ] {
            let expression = Expression::parse_wide(text).unwrap();
            let renamed = change("old", "new").in_condition(&expression, &columns);
            assert_eq!(renamed.to_string(), expect, "{text}");
        }
    }
}
