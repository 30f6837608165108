//! Types, domains, sequences, comments, `DROP`, and what is kept as text.

use super::cursor::{Cursor, Read};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::{
    AlterDomain, AlterEnum, Body, Comment, CommentTarget, CreateDomain, CreateEnum, DomainChange, DropObjects,
    EnumChange, ObjectKind, ObjectName, Opaque, Rename, Sequence,
};

impl Cursor<'_> {
    /// The whole statement, as it stands.
    pub(crate) fn whole(&self) -> String {
        let (Some(first), Some(last)) = (self.tokens.first(), self.tokens.last()) else { return String::new() };
        self.text.get(first.start()..last.end()).unwrap_or_default().to_owned()
    }

    /// Where in the statement a name without a schema begins, if one stands here.
    fn bare_at(&self) -> Option<usize> {
        let (first, here) = (self.tokens.first()?, self.token(0)?);
        (self.is_name() && !self.is_symbol_at(1, ".")).then(|| here.start() - first.start())
    }

    /// From after `CREATE TYPE`.
    pub(crate) fn create_type(&mut self, replaces: bool) -> Read<Body> {
        let bare_at = self.bare_at();
        let name = self.object_name()?;
        if self.eat_words(&["as", "enum"]) {
            let values = self.strings()?;
            return Ok(Body::CreateEnum(CreateEnum { name, values }));
        }
        if self.dialect == Dialect::SqlServer && self.eat("from") {
            let data_type = self.type_text()?;
            let not_null = self.eat_words(&["not", "null"]);
            self.eat("null");
            let domain = CreateDomain { name, data_type, not_null, default: None, collation: None, checks: Vec::new() };
            return Ok(Body::CreateDomain(Box::new(domain)));
        }
        let mut fields = Vec::new();
        if self.dialect == Dialect::Postgres && self.eat_words(&["as"]) && self.eat_symbol("(") {
            while let Ok(field) = self.column_def() {
                fields.push(field);
                if !self.eat_symbol(",") {
                    break;
                }
            }
        }
        self.at = self.tokens.len();
        let text = self.whole();
        Ok(Body::Opaque(Opaque {
            kind: "type".to_owned(),
            name: Some(name),
            table: None,
            alters: false,
            replaces,
            fields,
            text,
            bare_at,
            line: self.origin.0,
        }))
    }

    /// `('a', 'b')`.
    fn strings(&mut self) -> Read<Vec<String>> {
        self.expect_symbol("(")?;
        let mut values = Vec::new();
        loop {
            if self.eat_symbol(")") {
                return Ok(values);
            }
            values.push(self.string()?);
            if !self.eat_symbol(",") {
                self.expect_symbol(")")?;
                return Ok(values);
            }
        }
    }

    /// From after `CREATE DOMAIN`.
    pub(crate) fn create_domain(&mut self) -> Read<Body> {
        let name = self.object_name()?;
        self.eat("as");
        let data_type = self.type_text()?;
        let mut domain =
            CreateDomain { name, data_type, not_null: false, default: None, collation: None, checks: Vec::new() };
        while !self.is_end() {
            let constraint = self.constraint_name()?;
            if self.eat_words(&["not", "null"]) {
                domain.not_null = true;
            } else if self.eat("null") {
            } else if self.eat("default") {
                domain.default = Some(self.default_value()?);
            } else if self.eat("collate") {
                domain.collation = Some(self.object_name()?);
            } else if self.eat("check") {
                domain.checks.push((constraint, self.bracketed()?));
                self.eat_words(&["not", "valid"]);
            } else {
                return Err(self.wanted("NOT NULL, DEFAULT, COLLATE or CHECK"));
            }
        }
        Ok(Body::CreateDomain(Box::new(domain)))
    }

    /// From after `ALTER DOMAIN`.
    pub(crate) fn alter_domain(&mut self) -> Read<Body> {
        let name = self.object_name()?;
        let change = if self.eat("add") {
            let constraint = self.constraint_name()?;
            if self.eat_words(&["not", "null"]) {
                DomainChange::SetNotNull(true)
            } else {
                self.expect("check")?;
                DomainChange::AddCheck(constraint, self.bracketed()?, self.eat_words(&["not", "valid"]))
            }
        } else if self.eat_words(&["validate", "constraint"]) {
            DomainChange::Validate(self.name()?)
        } else if self.eat_words(&["drop", "constraint"]) {
            self.if_exists();
            DomainChange::DropCheck(self.name()?)
        } else if self.eat_words(&["set", "default"]) {
            DomainChange::SetDefault(Some(self.expression_until(&[])?))
        } else if self.eat_words(&["drop", "default"]) {
            DomainChange::SetDefault(None)
        } else if self.eat_words(&["set", "not", "null"]) {
            DomainChange::SetNotNull(true)
        } else if self.eat_words(&["drop", "not", "null"]) {
            DomainChange::SetNotNull(false)
        } else {
            return self.moved(ObjectKind::Type, name);
        };
        self.eat_words(&["not", "valid"]);
        Ok(Body::AlterDomain(AlterDomain { name, change }))
    }

    /// From after `ALTER TYPE`.
    pub(crate) fn alter_type(&mut self) -> Read<Body> {
        let name = self.object_name()?;
        if self.eat_words(&["add", "value"]) {
            self.if_not_exists();
            let value = self.string()?;
            let before = self.is("before");
            let beside = if self.eat_any(&["before", "after"]).is_some() { Some(self.string()?) } else { None };
            return Ok(Body::AlterEnum(AlterEnum { name, change: EnumChange::Add { value, beside, before } }));
        }
        if self.eat_words(&["rename", "value"]) {
            let from = self.string()?;
            self.expect("to")?;
            let change = EnumChange::Rename(from, self.string()?);
            return Ok(Body::AlterEnum(AlterEnum { name, change }));
        }
        self.moved(ObjectKind::Type, name)
    }

    /// `RENAME TO`, `SET SCHEMA`, `OWNER TO`, or a change to something that is kept as text.
    pub(crate) fn moved(&mut self, kind: ObjectKind, from: ObjectName) -> Read<Body> {
        if self.eat_words(&["rename", "to"]) {
            let to = ObjectName { schema: from.schema.clone(), name: self.name()? };
            return Ok(Body::Rename(vec![Rename { kind, from, to }]));
        }
        if self.eat_words(&["set", "schema"]) {
            let to = ObjectName { schema: Some(self.name()?), name: from.name.clone() };
            return Ok(Body::Rename(vec![Rename { kind, from, to }]));
        }
        if self.is_words(&["owner", "to"]) {
            self.at = self.tokens.len();
            return Ok(Body::Session("ownership".to_owned()));
        }
        let kind = match kind {
            ObjectKind::Table => "table".to_owned(),
            ObjectKind::Index => "index".to_owned(),
            ObjectKind::Type => "type".to_owned(),
            ObjectKind::Sequence => "sequence".to_owned(),
            ObjectKind::Schema => "schema".to_owned(),
            ObjectKind::Other(kind) => kind,
        };
        self.at = self.tokens.len();
        let text = self.whole();
        Ok(Body::Opaque(Opaque {
            kind,
            name: Some(from),
            table: None,
            alters: true,
            replaces: false,
            fields: Vec::new(),
            text,
            bare_at: None,
            line: self.origin.0,
        }))
    }

    /// From after `CREATE SEQUENCE` or `ALTER SEQUENCE`.
    pub(crate) fn sequence(&mut self, create: bool) -> Read<Body> {
        self.if_not_exists();
        self.if_exists();
        let name = self.object_name()?;
        if !create && (self.is("rename") || self.is_words(&["set", "schema"]) || self.is("owner")) {
            return self.moved(ObjectKind::Sequence, name);
        }
        let mut owned_by = None;
        let mut options: Vec<String> = Vec::new();
        while !self.is_end() {
            if self.eat_words(&["owned", "by"]) {
                if !self.eat("none") {
                    let mut parts = self.parts()?;
                    let column = parts.pop().unwrap_or_default();
                    let table = parts.pop().unwrap_or_default();
                    owned_by = Some((ObjectName { schema: parts.pop(), name: table }, column));
                }
            } else {
                let from = self.at;
                while !self.is_end() && !self.is_words(&["owned", "by"]) {
                    self.at += 1;
                }
                options.push(self.sql(from, self.at).0);
            }
        }
        Ok(Body::Sequence(Sequence { name, create, owned_by, options: options.join(" ") }))
    }

    /// From after `COMMENT ON`.
    pub(crate) fn comment(&mut self) -> Read<Body> {
        let target = self.comment_target()?;
        self.expect("is")?;
        let text = if self.eat("null") {
            None
        } else {
            let mut text = self.string()?;
            while self.eat_symbol("||") {
                text.push_str(&self.string()?);
            }
            Some(text)
        };
        Ok(Body::Comment(Comment { target, text }))
    }

    fn comment_target(&mut self) -> Read<CommentTarget> {
        if self.eat("column") {
            let mut parts = self.parts()?;
            let column = parts.pop().unwrap_or_default();
            let Some(name) = parts.pop() else { return Err(self.wanted("a column with its table")) };
            return Ok(CommentTarget::Column(ObjectName { schema: parts.pop(), name }, column));
        }
        if self.eat("table") {
            return self.object_name().map(CommentTarget::Table);
        }
        if self.eat("index") {
            return self.object_name().map(CommentTarget::Index);
        }
        if self.eat("schema") {
            return self.name().map(CommentTarget::Schema);
        }
        if self.eat_any(&["type", "domain"]).is_some() {
            return self.object_name().map(CommentTarget::Type);
        }
        if self.eat("constraint") {
            let name = self.name()?;
            self.expect("on")?;
            if self.eat("domain") {
                return Ok(CommentTarget::DomainConstraint(self.object_name()?, name));
            }
            return Ok(CommentTarget::Constraint(self.object_name()?, name));
        }
        let from = self.at;
        let kind = self.peek(0).to_lowercase();
        while !(self.is_end() || self.is("is") && self.is_comment_text()) {
            self.at += 1;
        }
        if self.at == from {
            return Err(self.wanted("what the comment is on"));
        }
        Ok(CommentTarget::Other(kind, self.sql(from + 1, self.at).0))
    }

    fn is_comment_text(&self) -> bool {
        self.is_at(1, "null") || self.token(1).is_some_and(|next| next.kind == Kind::String)
    }

    /// From after `DROP`.
    pub(crate) fn drop_objects(&mut self) -> Read<Body> {
        self.eat_any(&["temporary", "temp", "foreign"]);
        let kind = if self.eat_any(&["table", "tables"]).is_some() {
            ObjectKind::Table
        } else if self.eat("index") {
            ObjectKind::Index
        } else if self.eat_any(&["type", "domain"]).is_some() {
            ObjectKind::Type
        } else if self.eat("sequence") {
            ObjectKind::Sequence
        } else if self.is("schema") && !self.dialect.is_my() {
            self.at += 1;
            ObjectKind::Schema
        } else {
            let mut kind = self.peek(0).to_lowercase();
            self.at += 1;
            if matches!(kind.as_str(), "materialized" | "event" | "package" | "public") && !self.is_symbol(".") {
                let second = self.peek(0).to_lowercase();
                if matches!(second.as_str(), "view" | "trigger" | "body" | "synonym") {
                    self.at += 1;
                    kind = format!("{kind} {second}");
                }
            }
            ObjectKind::Other(kind)
        };
        self.eat("concurrently");
        let if_exists = self.if_exists();
        let mut names = Vec::new();
        let mut table = None;
        while self.is_name() {
            names.push(self.object_name()?);
            // The arguments of a function.
            self.skip_brackets();
            if self.eat("on") {
                table = Some(self.object_name()?);
            }
            if !self.eat_symbol(",") {
                break;
            }
        }
        self.at = self.tokens.len();
        Ok(Body::Drop(DropObjects { kind, names, if_exists, table }))
    }

    /// Something that is kept as it stands. `kind` has been read; its name follows.
    pub(crate) fn opaque(&mut self, kind: &str, alters: bool, replaces: bool) -> Body {
        self.if_not_exists();
        self.if_exists();
        let bare_at = self.bare_at();
        let name = if self.is_name() && !self.is("for") && !self.is("on") { self.object_name().ok() } else { None };
        let word = match kind {
            "statistics" if self.dialect == Dialect::Postgres => "from",
            "trigger" | "policy" | "statistics" | "fulltext index" => "on",
            "rule" => "to",
            _ => "",
        };
        let mut table = None;
        while !word.is_empty() && !self.is_end() && table.is_none() {
            if self.eat(word) {
                table = self.object_name().ok();
            } else if !self.skip_brackets() {
                self.at += 1;
            }
        }
        self.at = self.tokens.len();
        Body::Opaque(Opaque {
            kind: kind.to_owned(),
            name,
            table,
            alters,
            replaces,
            fields: Vec::new(),
            text: self.whole(),
            bare_at,
            line: self.origin.0,
        })
    }
}
