//! `CREATE TABLE`. What is not understood within its brackets is reported by itself; the rest of the table survives.

use super::cursor::{Cursor, Read, join, shorten};
use crate::Dialect;
use crate::lex::{Kind, Token, unquote_name, unquote_string};
use crate::script::{Body, CreateTable, IndexDef, KeyDef, Like, ObjectName, Parameter, PartitionBy, Sql};

impl Cursor<'_> {
    /// From after `CREATE … TABLE`.
    pub(crate) fn create_table(&mut self, temporary: bool) -> Read<Body> {
        let if_not_exists = self.if_not_exists();
        let name = self.object_name()?;
        if self.dialect == Dialect::Sqlite && name.name.to_ascii_lowercase().starts_with("sqlite_") {
            // SQLite's own, which its shell shows with the others.
            self.at = self.tokens.len();
            return Ok(Body::Session(format!("a table of SQLite itself: {}", name.name)));
        }
        let temporary = temporary || self.dialect == Dialect::SqlServer && name.name.starts_with('#');
        let mut table = CreateTable {
            name,
            if_not_exists,
            temporary,
            columns: Vec::new(),
            constraints: Vec::new(),
            indexes: Vec::new(),
            like: Vec::new(),
            of_type: None,
            inherits: Vec::new(),
            partition_of: None,
            partition_by: None,
            unlogged: self.tokens.get(1).is_some_and(|second| second.is_word(self.text, "unlogged")),
            parameters: Vec::new(),
            comment: None,
            without_rowid: false,
        };
        if self.eat_words(&["partition", "of"]) {
            let parent = self.object_name()?;
            if self.eat_symbol("(") {
                self.elements(&mut table)?;
            }
            let bound = self.bound();
            table.partition_of = Some((parent, bound));
        } else if self.is("like") {
            self.like(&mut table)?;
        } else if self.is("of") && self.dialect == Dialect::Postgres {
            self.at += 1;
            table.of_type = Some(self.object_name()?);
            if self.eat_symbol("(") {
                self.elements(&mut table)?;
            }
        } else if self.is_symbol("(") && !(self.is_at(1, "select") || self.is_at(1, "with")) {
            self.at += 1;
            if self.is("like") && self.dialect.is_my() {
                self.like(&mut table)?;
                self.expect_symbol(")")?;
            } else {
                self.elements(&mut table)?;
            }
        }
        self.table_options(&mut table)?;
        Ok(Body::CreateTable(Box::new(table)))
    }

    /// All that stands in the table's brackets, the closing one included.
    fn elements(&mut self, table: &mut CreateTable) -> Read<()> {
        loop {
            // An empty list, or a comma too many.
            if self.eat_symbol(")") {
                return Ok(());
            }
            if self.eat_symbol(",") {
                continue;
            }
            if self.is_end() {
                self.leave(self.at, "the table's closing bracket is missing", true);
                return Ok(());
            }
            let from = self.at;
            if let Err(problem) = self.element(table) {
                self.recover(from, &problem.reason);
            } else if !(self.is_symbol(",") || self.is_symbol(")") || self.is_end()) {
                let at = self.at;
                self.skip_element();
                let Sql(what) = self.sql(at, self.at);
                self.leave(at, format!("“{}”", shorten(&what)), true);
            }
        }
    }

    /// Past an element that is not understood.
    fn recover(&mut self, from: usize, reason: &str) {
        self.at = from;
        self.skip_element();
        let Sql(what) = self.sql(from, self.at);
        self.leave(from, format!("“{}”: {reason}", shorten(&what)), true);
    }

    fn element(&mut self, table: &mut CreateTable) -> Read<()> {
        let from = self.at;
        if self.is_table_constraint() {
            let constraint = self.table_constraint()?;
            table.constraints.push(constraint);
        } else if self.is("like") && self.dialect == Dialect::Postgres {
            self.like(table)?;
        } else if self.is_inline_index() {
            let index = self.inline_index()?;
            table.indexes.push(index);
        } else if self.eat_words(&["period", "for"]) {
            self.name()?;
            self.skip_brackets();
            self.no_home(from);
        } else if self.dialect == Dialect::Oracle && self.eat("supplemental") {
            self.skip_element();
            self.no_home(from);
        } else {
            let column = self.column_def()?;
            table.columns.push(column);
        }
        Ok(())
    }

    fn like(&mut self, table: &mut CreateTable) -> Read<()> {
        self.expect("like")?;
        let mut like = Like { table: self.object_name()?, including: Vec::new(), at: table.columns.len() };
        loop {
            if self.eat("including") {
                like.including.push(self.name()?.to_lowercase());
            } else if self.eat("excluding") {
                let what = self.name()?.to_lowercase();
                like.including.push(format!("-{what}"));
            } else {
                break;
            }
        }
        if self.dialect.is_my() {
            like.including.push("all".to_owned());
        }
        table.like.push(like);
        Ok(())
    }

    /// `KEY`, `INDEX`, `FULLTEXT` and so on, where a column of that name is not meant.
    fn is_inline_index(&self) -> bool {
        if self.kind() != Some(Kind::Word) {
            return false;
        }
        let opens = |ahead: usize| self.is_symbol_at(ahead, "(") || self.is_at(ahead, "using");
        match self.dialect {
            Dialect::MySql | Dialect::MariaDb => {
                let index = self.is("key") || self.is("index");
                let special = self.is("fulltext") || self.is("spatial") || self.is("vector");
                let worded = self.is_at(1, "key") || self.is_at(1, "index");
                let named = opens(1) || opens(2) && !self.is_type_with_brackets(1) || self.is_at(1, "if");
                index && named || special && (worded || opens(1) || opens(2) && !self.is_type_with_brackets(1))
            }
            Dialect::SqlServer => {
                self.is("index")
                    && (opens(2)
                        || ["unique", "clustered", "nonclustered", "hash"].iter().any(|word| self.is_at(2, word)))
                    && !self.is_type_with_brackets(1)
            }
            Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => false,
        }
    }

    /// `key varchar(10)` is a column.
    fn is_type_with_brackets(&self, ahead: usize) -> bool {
        let types = [
            "int",
            "integer",
            "bigint",
            "smallint",
            "tinyint",
            "mediumint",
            "varchar",
            "char",
            "nvarchar",
            "nchar",
            "decimal",
            "numeric",
            "float",
            "double",
            "binary",
            "varbinary",
            "enum",
            "set",
            "bit",
            "datetime",
            "timestamp",
            "time",
            "text",
            "blob",
        ];
        types.iter().any(|word| self.is_at(ahead, word))
            && self.is_symbol_at(ahead + 1, "(")
            && (self.token(ahead + 2).is_some_and(|token| matches!(token.kind, Kind::Number | Kind::String))
                || self.is_at(ahead + 2, "max"))
    }

    /// An index that is written within its table.
    pub(crate) fn inline_index(&mut self) -> Read<IndexDef> {
        let mut index = IndexDef::default();
        if let Some(method) = self.eat_any(&["fulltext", "spatial", "vector"]) {
            index.method = Some(method.to_owned());
        }
        index.unique = self.eat("unique");
        self.eat_any(&["key", "index"]);
        self.if_not_exists();
        if !self.is_symbol("(") && !self.is("using") {
            index.name = Some(self.name()?);
        }
        self.index_rest(&mut index)?;
        Ok(index)
    }

    /// From the kind and columns of an index to its end.
    pub(crate) fn index_rest(&mut self, index: &mut IndexDef) -> Read<()> {
        let mut key = KeyDef::default();
        loop {
            let from = self.at;
            if self.eat("using") {
                index.method = Some(self.name()?.to_lowercase());
            } else if self.eat("unique") {
                index.unique = true;
            } else if self.eat_any(&["clustered", "nonclustered"]).is_some() {
                self.no_home(from);
            } else if self.dialect == Dialect::SqlServer && self.eat("hash") {
                index.method = Some("hash".to_owned());
            } else if self.eat("columnstore") {
                index.method = Some("columnstore".to_owned());
            } else {
                break;
            }
        }
        if index.method.as_deref() == Some("columnstore") && !self.is_symbol("(") {
            return self.index_options(index);
        }
        self.expect_symbol("(")?;
        loop {
            key.parts.push(self.index_part()?);
            if self.eat_symbol(")") {
                break;
            }
            self.expect_symbol(",")?;
        }
        index.parts = key.parts;
        self.index_options(index)
    }

    /// `FOR VALUES …` or `DEFAULT`, as written.
    pub(crate) fn bound(&mut self) -> String {
        let from = self.at;
        if self.eat("default") {
            return "DEFAULT".to_owned();
        }
        if self.eat_words(&["for", "values"]) {
            while self.eat_any(&["in", "from", "to", "with"]).is_some() {
                self.skip_brackets();
            }
        }
        self.sql(from, self.at).0
    }

    /// What follows the brackets.
    fn table_options(&mut self, table: &mut CreateTable) -> Read<()> {
        while !self.is_end() {
            let from = self.at;
            if self.eat("inherits") {
                table.inherits = self.object_names()?;
            } else if self.is("partition") && self.is_at(1, "by") {
                table.partition_by = Some(self.partition_by()?);
            } else if self.eat("comment") {
                self.eat_symbol("=");
                table.comment = Some(self.string()?);
            } else if self.eat_words(&["without", "rowid"]) {
                table.without_rowid = true;
            } else if self.is("as") && self.begins_query(1)
                || self.is("select")
                || self.is_symbol("(") && self.is_at(1, "select")
            {
                self.at = self.tokens.len();
                let lost = table.columns.is_empty() && table.like.is_empty();
                self.leave(from, "the columns that come of its query", lost);
            } else if self.dialect == Dialect::Postgres && self.is("with") && self.is_symbol_at(1, "(") {
                self.at += 1;
                table.parameters.extend(self.parameters());
            } else if self.eat_words(&["without", "oids"]) {
                // There have been none since PostgreSQL 12.
            } else if self.eat_symbol(",") || self.eat("strict") {
            } else {
                self.table_option();
                self.no_home(from);
            }
        }
        Ok(())
    }

    fn begins_query(&self, ahead: usize) -> bool {
        let words = ["select", "with", "table", "values", "execute", "exec"];
        self.is_symbol_at(ahead, "(") || words.iter().any(|word| self.is_at(ahead, word))
    }

    fn object_names(&mut self) -> Read<Vec<ObjectName>> {
        self.expect_symbol("(")?;
        let mut names = Vec::new();
        loop {
            if self.eat_symbol(")") {
                return Ok(names);
            }
            names.push(self.object_name()?);
            if !self.eat_symbol(",") {
                self.expect_symbol(")")?;
                return Ok(names);
            }
        }
    }

    /// `PARTITION BY RANGE (a)`, with MySQL's and Oracle's lists of partitions.
    pub(crate) fn partition_by(&mut self) -> Read<PartitionBy> {
        self.at += 2;
        let from = self.at;
        let (mut strategy, mut parts) = (String::new(), Vec::new());
        if self.dialect == Dialect::Postgres {
            strategy = self.name()?;
            self.expect_symbol("(")?;
            loop {
                parts.push(self.index_part()?);
                if self.eat_symbol(")") {
                    break;
                }
                self.expect_symbol(",")?;
            }
        } else {
            self.at = self.tokens.len();
        }
        Ok(PartitionBy { text: self.sql(from, self.at).0, strategy, parts })
    }

    /// `(a = b, toast.c = 'd', e)`; nothing where no bracket opens.
    pub(crate) fn parameters(&mut self) -> Vec<Parameter> {
        let from = self.at + 1;
        if !self.skip_brackets() {
            return Vec::new();
        }
        let inner = self.tokens.get(from..self.at.saturating_sub(1)).unwrap_or_default();
        let mut list = Vec::new();
        for part in inner.split(|token| token.is_symbol(self.text, ",")) {
            let (name, value) = match part.iter().position(|token| token.is_symbol(self.text, "=")) {
                Some(at) => part.split_at(at),
                None => (part, &[][..]),
            };
            let word = |token: &Token| {
                let raw = token.text(self.text);
                if token.kind == Kind::DoubleQuoted { unquote_name(raw) } else { raw.to_lowercase() }
            };
            let name: String = name.iter().map(word).collect();
            let value = match value.get(1..) {
                Some([only]) if only.kind == Kind::String => unquote_string(only.text(self.text), self.dialect),
                Some([only]) if only.kind == Kind::DoubleQuoted => unquote_name(only.text(self.text)),
                Some(tokens) => join(tokens, self.text),
                None => "true".to_owned(),
            };
            if !name.is_empty() && name != "oids" {
                list.push(Parameter { name, value });
            }
        }
        list
    }

    /// One option that has no home: a few words, `a = b`, or a word with brackets.
    fn table_option(&mut self) {
        const HEADS: [&str; 18] = [
            "with",
            "without",
            "tablespace",
            "on",
            "using",
            "engine",
            "default",
            "charset",
            "collate",
            "row_format",
            "auto_increment",
            "textimage_on",
            "filestream_on",
            "storage",
            "pctfree",
            "logging",
            "nologging",
            "organization",
        ];
        self.eat("default");
        // Options of two words.
        if self.is_words(&["character", "set"])
            || self.is_words(&["data", "directory"])
            || self.is_words(&["index", "directory"])
        {
            self.at += 1;
        }
        self.at += 1;
        if self.eat_symbol("=") {
            if !self.skip_brackets() {
                self.at += 1;
                self.skip_brackets();
            }
            return;
        }
        self.skip_brackets();
        while !self.is_end() && !self.is_symbol(",") {
            let next_option = self.is_any(&HEADS)
                || self.is_any(&["inherits", "comment", "partition", "select", "strict"])
                || self.is("as") && self.begins_query(1)
                || self.is_symbol_at(1, "=");
            if next_option {
                return;
            }
            if self.eat_symbol("=") || !self.skip_brackets() {
                self.at += 1;
            }
        }
    }
}
