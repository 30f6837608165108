//! `CREATE INDEX`.

use super::cursor::{Cursor, Read};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::{AlterIndex, Body, CreateIndex, IndexDef, Opaque};

impl Cursor<'_> {
    /// Whether the words from here on are those of `[UNIQUE] … INDEX`.
    pub(crate) fn is_index(&self) -> bool {
        let kinds = [
            "unique",
            "clustered",
            "nonclustered",
            "fulltext",
            "spatial",
            "bitmap",
            "columnstore",
            "primary",
            "xml",
            "hash",
            "vector",
            "multivalue",
        ];
        let mut ahead = 0;
        while ahead < 4 && kinds.iter().any(|kind| self.is_at(ahead, kind)) {
            ahead += 1;
        }
        self.is_at(ahead, "index")
    }

    /// From after `CREATE`.
    pub(crate) fn create_index(&mut self) -> Read<Body> {
        let mut index = IndexDef::default();
        loop {
            let from = self.at;
            if self.eat("unique") {
                index.unique = true;
            } else if let Some(kind) = self.eat_any(&["fulltext", "spatial", "bitmap", "columnstore", "xml", "vector"])
            {
                index.method = Some(kind.to_owned());
            } else if self.eat_any(&["clustered", "nonclustered", "hash", "multivalue"]).is_some() {
                self.no_home(from);
            } else if !self.eat("primary") {
                break;
            }
        }
        self.expect("index")?;
        let from = self.at;
        // How it is made, not what it is.
        if !self.eat("concurrently") && self.eat_any(&["online", "offline"]).is_some() {
            self.no_home(from);
        }
        let if_not_exists = self.if_not_exists();
        let mut schema = None;
        if !self.is("on") || self.is_at(1, "on") {
            let name = self.object_name()?;
            schema = name.schema;
            index.name = Some(name.name);
        }
        if self.dialect.is_my() && self.eat("using") {
            index.method = Some(self.name()?.to_lowercase());
        }
        self.expect("on")?;
        if self.eat("cluster") {
            return Err(self.wanted("a table"));
        }
        let only = self.eat("only");
        let mut table = self.object_name()?;
        // SQLite has the schema before the index, and never before the table.
        if self.dialect == Dialect::Sqlite && table.schema.is_none() {
            table.schema = schema;
        }
        self.index_rest(&mut index)?;
        let text = self.whole();
        Ok(Body::CreateIndex(Box::new(CreateIndex { table, if_not_exists, only, index, text })))
    }

    /// What follows the columns of an index.
    pub(crate) fn index_options(&mut self, index: &mut IndexDef) -> Read<()> {
        while !(self.is_end() || self.is_symbol(",") || self.is_symbol(")")) {
            let from = self.at;
            if self.eat("include") {
                index.include = self.name_list()?;
            } else if self.eat("where") {
                let predicate =
                    self.expression_until(if self.dialect == Dialect::SqlServer { &["with", "on"] } else { &[] })?;
                index.predicate = Some(predicate);
            } else if self.eat_words(&["nulls", "not", "distinct"]) {
                index.nulls_not_distinct = true;
            } else if self.eat_words(&["nulls", "distinct"]) {
            } else if self.dialect == Dialect::Postgres && self.is("with") && self.is_symbol_at(1, "(") {
                self.at += 1;
                index.parameters = self.parameters();
            } else if self.is("comment") && self.token(1).is_some_and(|next| next.kind != Kind::Symbol) {
                self.at += 1;
                index.comment = Some(self.string()?);
            } else if self.dialect.is_my() && self.eat("using") {
                index.method = Some(self.name()?.to_lowercase());
            } else if self.eat("key") {
                // `KEY INDEX name`, of a full-text index.
                self.at += 2;
                self.no_home(from);
            } else {
                self.index_option();
                self.no_home(from);
            }
        }
        Ok(())
    }

    /// One option that has no home.
    fn index_option(&mut self) {
        self.at += 1;
        if self.eat_symbol("=") {
            self.at += 1;
            return;
        }
        if self.skip_brackets() {
            return;
        }
        let ends = self.is_end() || self.is_symbol(",") || self.is_symbol(")");
        let next = self.is_any(&["where", "include", "with", "on", "comment", "tablespace", "storage"]);
        if !ends && !next {
            self.at += 1;
            self.skip_brackets();
        }
    }

    /// From after `ALTER INDEX`.
    pub(crate) fn alter_index(&mut self) -> Read<Body> {
        self.if_exists();
        if self.is("all") {
            return Ok(Body::Session("index maintenance".to_owned()));
        }
        let name = self.object_name()?;
        if self.eat_words(&["rename", "to"]) {
            return Ok(Body::AlterIndex(AlterIndex::Rename(name, self.name()?)));
        }
        if self.eat_words(&["attach", "partition"]) {
            return Ok(Body::AlterIndex(AlterIndex::Attach(name, self.object_name()?)));
        }
        if self.is_any(&[
            "rebuild",
            "reorganize",
            "coalesce",
            "unusable",
            "disable",
            "monitoring",
            "nomonitoring",
            "shrink",
        ]) {
            self.at = self.tokens.len();
            return Ok(Body::Session("index maintenance".to_owned()));
        }
        // Storage, statistics: nothing that a schema shows.
        let text = self.whole();
        self.at = self.tokens.len();
        Ok(Body::Opaque(Opaque {
            kind: "index".to_owned(),
            name: Some(name),
            table: None,
            alters: true,
            replaces: false,
            fields: Vec::new(),
            text,
            bare_at: None,
            line: self.origin.0,
        }))
    }
}
