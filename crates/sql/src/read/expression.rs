//! How far an expression goes that no bracket closes.

use super::cursor::{Cursor, Read};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::Sql;

/// Words that begin the next clause of a column after a default, where one could end.
const NEXT_CLAUSE: [&str; 36] = [
    "not",
    "null",
    "check",
    "primary",
    "unique",
    "references",
    "constraint",
    "comment",
    "on",
    "auto_increment",
    "autoincrement",
    "generated",
    "collate",
    "enable",
    "disable",
    "key",
    "identity",
    "invisible",
    "visible",
    "for",
    "deferrable",
    "initially",
    "storage",
    "compression",
    "rowguidcol",
    "sparse",
    "column_format",
    "foreign",
    "first",
    "after",
    "character",
    "with",
    "persisted",
    "add",
    "encrypt",
    "using",
];

impl Cursor<'_> {
    /// The value of a DEFAULT, up to the next clause of the column, comma, or closing bracket.
    pub(crate) fn default_value(&mut self) -> Read<Sql> {
        let from = self.at;
        self.run(&NEXT_CLAUSE);
        if self.at == from { Err(self.wanted("a value")) } else { Ok(self.sql(from, self.at)) }
    }

    /// An expression up to one of these words, a comma, or a closing bracket.
    pub(crate) fn expression_until(&mut self, stops: &[&str]) -> Read<Sql> {
        let from = self.at;
        self.run(stops);
        if self.at == from { Err(self.wanted("an expression")) } else { Ok(self.sql(from, self.at)) }
    }

    fn run(&mut self, stops: &[&str]) {
        let from = self.at;
        let mut cases = 0_u32;
        while let Some(token) = self.token(0) {
            if token.is_symbol(self.text, "(") {
                self.skip_brackets();
                continue;
            }
            if token.is_symbol(self.text, "[") && self.skip_subscript() {
                continue;
            }
            let ends = token.is_symbol(self.text, ",") || token.is_symbol(self.text, ")");
            if ends && cases == 0 || token.is_symbol(self.text, ";") {
                return;
            }
            if token.kind == Kind::Word {
                cases += u32::from(self.is("case"));
                cases -= u32::from(cases > 0 && self.is("end"));
                let is_operand = self.at == from || self.wants_operand();
                if cases == 0 && !is_operand && self.is_any(stops) && !self.goes_on() {
                    return;
                }
            }
            self.at += 1;
        }
    }

    /// `[1]` or `ARRAY[1, 2]`.
    fn skip_subscript(&mut self) -> bool {
        let mut depth = 0_u32;
        let from = self.at;
        while let Some(token) = self.token(0) {
            self.at += 1;
            if token.is_symbol(self.text, "[") {
                depth += 1;
            } else if token.is_symbol(self.text, "]") {
                depth -= 1;
                if depth == 0 {
                    return true;
                }
            }
        }
        self.at = from + 1;
        true
    }

    /// Whether the token before is an operator, so that what stands here is its operand and not a clause.
    fn wants_operand(&self) -> bool {
        let Some(before) = self.tokens.get(self.at.wrapping_sub(1)) else { return false };
        match before.kind {
            Kind::Symbol => !matches!(before.text(self.text), ")" | "]"),
            Kind::Word => {
                let words = ["is", "not", "and", "or", "like", "between", "in", "similar", "from"];
                words.iter().any(|word| before.is_word(self.text, word))
            }
            Kind::Quoted
            | Kind::DoubleQuoted
            | Kind::String
            | Kind::Number
            | Kind::Variable
            | Kind::Meta
            | Kind::Broken => false,
        }
    }

    /// Words that look like a clause and are not.
    fn goes_on(&self) -> bool {
        let with_zone = self.is("with") && (self.is_at(1, "time") || self.is_at(1, "local"));
        let negated = self.is("not") && ["in", "like", "between", "ilike", "similar"].iter().any(|w| self.is_at(1, w));
        // `DEFAULT NEXT VALUE FOR sequence`, and `_utf8 'x'`.
        let next_value = self.is("for")
            && self.tokens.get(self.at.wrapping_sub(1)).is_some_and(|before| before.is_word(self.text, "value"));
        // `'x'::character varying`.
        let cast = self.is("character") && self.dialect == Dialect::Postgres;
        with_zone || negated || next_value || cast
    }
}
