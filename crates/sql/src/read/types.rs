//! Types, as each dialect writes them.

use super::cursor::{Cursor, Read, join};
use crate::Dialect;
use crate::lex::{Kind, unquote_string};
use crate::script::TypeText;

/// Words after which a type of SQLite, which may be any words, is over.
const AFTER_TYPE: [&str; 13] = [
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "collate",
    "references",
    "generated",
    "as",
    "on",
    "autoincrement",
];

/// Words that follow a column's name where its type is left out.
const NO_TYPE: [&str; 16] = [
    "constraint",
    "primary",
    "not",
    "null",
    "unique",
    "check",
    "default",
    "references",
    "generated",
    "as",
    "enable",
    "disable",
    "identity",
    "collate",
    "with",
    "invisible",
];

impl Cursor<'_> {
    /// The type of a column, which may be left out in SQLite, of a computed column, and of Oracle's references.
    pub(crate) fn column_type(&mut self) -> Read<Option<TypeText>> {
        let ends = self.is_end() || self.is_symbol(",") || self.is_symbol(")");
        if ends || self.kind() == Some(Kind::Word) && self.is_any(&NO_TYPE) {
            return Ok(None);
        }
        self.type_text().map(Some)
    }

    /// A type.
    pub(crate) fn type_text(&mut self) -> Read<TypeText> {
        let from = self.at;
        let mut found = match self.dialect {
            Dialect::Sqlite => self.sqlite_type()?,
            Dialect::Postgres | Dialect::MySql | Dialect::MariaDb | Dialect::Oracle | Dialect::SqlServer => {
                self.named_type()?
            }
        };
        found.text = join(self.tokens.get(from..self.at).unwrap_or_default(), self.text);
        Ok(found)
    }

    fn sqlite_type(&mut self) -> Read<TypeText> {
        let mut words: Vec<String> = Vec::new();
        while self.is_name() && !self.is_any(&AFTER_TYPE) && words.len() < 16 {
            words.push(self.name()?);
        }
        if words.is_empty() {
            return Err(self.wanted("a type"));
        }
        let args = self.type_args();
        Ok(TypeText { name: words.join(" ").to_lowercase(), args, ..TypeText::default() })
    }

    fn named_type(&mut self) -> Read<TypeText> {
        self.eat("setof");
        let quoted = self.kind() != Some(Kind::Word);
        let mut parts = Vec::new();
        let lower = |name: String, quoted: bool| if quoted { name } else { name.to_lowercase() };
        parts.push(self.name().map(|name| lower(name, quoted))?);
        let mut last_quoted = quoted;
        while self.is_symbol(".") {
            self.at += 1;
            last_quoted = self.kind() != Some(Kind::Word);
            let name = self.name()?;
            parts.push(lower(name, last_quoted));
        }
        let mut found = TypeText { quoted: last_quoted, ..TypeText::default() };
        let name = parts.pop().unwrap_or_default();
        found.schema = parts.pop().filter(|schema| schema != "pg_catalog" && schema != "sys");
        found.name = if self.dialect == Dialect::SqlServer { name.to_lowercase() } else { name };
        if self.dialect == Dialect::SqlServer && found.schema.is_some() {
            found.name = self.tokens.get(self.at.wrapping_sub(1)).map_or(found.name, |token| {
                let raw = token.text(self.text);
                if token.kind == Kind::Word { raw.to_owned() } else { crate::lex::unquote_name(raw) }
            });
        }
        if !last_quoted && found.schema.is_none() {
            self.more_words(&mut found.name);
        }
        let is_words = matches!(found.name.as_str(), "enum" | "set") && self.dialect.is_my();
        if is_words {
            found.values = self.type_values();
        } else {
            found.args = self.type_args();
        }
        if !last_quoted {
            self.after_args(&mut found);
        }
        self.arrays(&mut found);
        if self.eat_symbol("%") || self.is_symbol("%") {
            self.eat("type");
        }
        if self.dialect.is_my() {
            self.attributes(&mut found);
        }
        Ok(found)
    }

    /// Second words of a type's name.
    fn more_words(&mut self, name: &mut String) {
        let seconds: &[&str] = match name.as_str() {
            "double" => &["precision"],
            "character" | "char" | "nchar" | "bit" => &["varying"],
            "national" => &["character", "char", "varchar", "varchar2"],
            "long" => &["raw", "varchar", "varbinary"],
            "interval" if self.dialect == Dialect::Postgres => &["year", "month", "day", "hour", "minute", "second"],
            "interval" => &["year", "day"],
            _ => return,
        };
        let before = name.clone();
        let Some(second) = self.eat_any(seconds) else { return };
        name.push(' ');
        name.push_str(second);
        if before == "national" && self.eat("varying") {
            name.push_str(" varying");
        }
        if before == "interval" {
            // Oracle has the precision between the words.
            let args = self.type_args();
            if !args.is_empty() {
                name.push_str(&format!("({})", args.join(",")));
            }
            if self.is("to") {
                self.at += 1;
                name.push_str(" to ");
                name.push_str(&self.peek(0).to_lowercase());
                self.at += 1;
            }
        }
    }

    /// `(10, 2)`, as it is written.
    fn type_args(&mut self) -> Vec<String> {
        if !self.is_symbol("(") {
            return Vec::new();
        }
        let from = self.at + 1;
        self.skip_brackets();
        let inner = self.tokens.get(from..self.at.saturating_sub(1)).unwrap_or_default();
        let parts = inner.split(|token| token.is_symbol(self.text, ","));
        parts.map(|part| join(part, self.text)).filter(|part| !part.is_empty()).collect()
    }

    /// The words of an ENUM or SET.
    fn type_values(&mut self) -> Vec<String> {
        let from = self.at;
        if !self.skip_brackets() {
            return Vec::new();
        }
        let inner = self.tokens.get(from..self.at).unwrap_or_default();
        let strings = inner.iter().filter(|token| matches!(token.kind, Kind::String | Kind::DoubleQuoted));
        strings.map(|token| unquote_string(token.text(self.text), self.dialect)).collect()
    }

    /// What stands after the brackets and still belongs to the name.
    fn after_args(&mut self, found: &mut TypeText) {
        let zoned = matches!(found.name.as_str(), "time" | "timestamp");
        if zoned {
            if self.eat_words(&["with", "time", "zone"]) {
                found.name.push_str(" with time zone");
            } else if self.eat_words(&["with", "local", "time", "zone"]) {
                found.name.push_str(" with local time zone");
            } else if self.dialect == Dialect::Postgres {
                self.eat_words(&["without", "time", "zone"]);
                found.name.push_str(" without time zone");
            } else {
                self.eat_words(&["without", "time", "zone"]);
            }
        }
        // MySQL's `double (8, 2) precision` does not exist, but `char (10) varying` is no better: left as it is.
        if self.dialect == Dialect::SqlServer && found.name == "xml" {
            self.eat_any(&["content", "document"]);
        }
    }

    fn arrays(&mut self, found: &mut TypeText) {
        if self.dialect != Dialect::Postgres {
            return;
        }
        if self.eat("array") {
            found.dimensions = 1;
        }
        while self.is_symbol("[") {
            let length = usize::from(self.token(1).is_some_and(|token| token.kind == Kind::Number));
            if !self.is_symbol_at(1 + length, "]") {
                return;
            }
            self.at += 2 + length;
            // `int array[3]` has one dimension.
            let after_word = found.dimensions == 1
                && self
                    .tokens
                    .get(self.at.wrapping_sub(3 + length))
                    .is_some_and(|token| token.is_word(self.text, "array"));
            if !after_word {
                found.dimensions = found.dimensions.saturating_add(1);
            }
        }
    }

    /// MySQL's UNSIGNED and ZEROFILL. Character sets and collations are clauses of the column.
    fn attributes(&mut self, found: &mut TypeText) {
        while let Some(word) = self.eat_any(&["unsigned", "signed", "zerofill", "ascii", "unicode", "byte"]) {
            found.unsigned |= matches!(word, "unsigned" | "zerofill");
        }
    }
}
