//! Which statement it is, by its first words.

use super::cursor::{Cursor, Read, shorten};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::{Body, ObjectKind, ObjectName, Rename};

/// What `CREATE` makes and is kept as text, longer names first.
const OPAQUE: [&[&str]; 56] = [
    &["materialized", "view", "log"],
    &["materialized", "view"],
    &["recursive", "view"],
    &["force", "view"],
    &["view"],
    &["function"],
    &["procedure"],
    &["proc"],
    &["constraint", "trigger"],
    &["event", "trigger"],
    &["trigger"],
    &["event", "session"],
    &["event"],
    &["rule"],
    &["policy"],
    &["extension"],
    &["aggregate"],
    &["operator", "class"],
    &["operator", "family"],
    &["operator"],
    &["cast"],
    &["collation"],
    &["default", "conversion"],
    &["conversion"],
    &["trusted", "language"],
    &["procedural", "language"],
    &["language"],
    &["publication"],
    &["subscription"],
    &["foreign", "data", "wrapper"],
    &["foreign", "table"],
    &["server"],
    &["user", "mapping"],
    &["statistics"],
    &["text", "search", "configuration"],
    &["text", "search", "dictionary"],
    &["text", "search", "parser"],
    &["text", "search", "template"],
    &["transform"],
    &["access", "method"],
    &["virtual", "table"],
    &["external", "table"],
    &["package", "body"],
    &["package"],
    &["type", "body"],
    &["public", "synonym"],
    &["synonym"],
    &["public", "database", "link"],
    &["database", "link"],
    &["xml", "schema", "collection"],
    &["fulltext", "catalog"],
    &["fulltext", "stoplist"],
    &["partition", "function"],
    &["partition", "scheme"],
    &["assembly"],
    &["security", "policy"],
];

/// What `CREATE` makes outside of a schema.
const OUTSIDE: [&str; 29] = [
    "database",
    "user",
    "role",
    "login",
    "tablespace",
    "group",
    "profile",
    "directory",
    "server",
    "certificate",
    "credential",
    "master",
    "symmetric",
    "asymmetric",
    "resource",
    "logfile",
    "undo",
    "application",
    "context",
    "pluggable",
    "cluster",
    "controlfile",
    "restore",
    "message",
    "queue",
    "service",
    "contract",
    "endpoint",
    "spatial",
];

/// What is neither schema nor data: rights, transactions, settings, control flow, maintenance.
const SESSION: [&str; 71] = [
    "grant",
    "revoke",
    "deny",
    "begin",
    "commit",
    "start",
    "rollback",
    "savepoint",
    "release",
    "lock",
    "unlock",
    "analyze",
    "analyse",
    "vacuum",
    "pragma",
    "print",
    "if",
    "else",
    "end",
    "declare",
    "call",
    "show",
    "explain",
    "reset",
    "discard",
    "listen",
    "notify",
    "unlisten",
    "security",
    "reindex",
    "cluster",
    "refresh",
    "checkpoint",
    "flush",
    "prepare",
    "deallocate",
    "raiserror",
    "return",
    "while",
    "backup",
    "restore",
    "throw",
    "goto",
    "dbcc",
    "reconfigure",
    "waitfor",
    "open",
    "fetch",
    "close",
    "attach",
    "detach",
    "purge",
    "audit",
    "noaudit",
    "optimize",
    "repair",
    "handler",
    "help",
    "kill",
    "set",
    "describe",
    "desc",
    "reassign",
    "load",
    "signal",
    "leave",
    "iterate",
    "import",
    "disable",
    "enable",
    "exit",
];

/// What is about rows.
const DATA: [&str; 12] =
    ["insert", "copy", "update", "delete", "replace", "merge", "truncate", "select", "with", "values", "bulk", "table"];

impl Cursor<'_> {
    /// Reads the statement.
    pub(crate) fn statement(&mut self) -> Read<Body> {
        let body = self.body()?;
        let takes_all = matches!(
            body,
            Body::Data(_) | Body::Session(_) | Body::Opaque(_) | Body::SearchPath(_) | Body::NotUnderstood { .. }
        );
        if !self.is_end() && !takes_all {
            let at = self.at;
            let rest = shorten(&self.sql(at, self.tokens.len()).0);
            self.leave(at, format!("“{rest}”"), true);
        }
        Ok(body)
    }

    fn body(&mut self) -> Read<Body> {
        if self.kind() != Some(Kind::Word) {
            // A SELECT in brackets, or a call of sqlcmd without EXEC.
            if self.is_symbol("(") {
                return Ok(Body::Data("a query"));
            }
            return Err(self.wanted("a statement"));
        }
        if self.eat("create") {
            return self.create();
        }
        if self.eat("alter") {
            return self.alter();
        }
        if self.eat("drop") {
            return self.drop_objects();
        }
        if self.eat_words(&["comment", "on"]) {
            return self.comment();
        }
        if self.eat("rename") {
            return self.rename();
        }
        if self.is_any(&["set", "use", "select"])
            && let Some(path) = self.search_path()
        {
            return Ok(path);
        }
        if self.is("exec") || self.is("execute") && self.dialect != Dialect::Postgres {
            self.at += 1;
            return self.procedure();
        }
        if self.dialect == Dialect::SqlServer && self.peek(0).to_ascii_lowercase().starts_with("sp_") {
            return self.procedure();
        }
        if self.is("do") || self.dialect == Dialect::Oracle && self.is_any(&["begin", "declare"]) {
            return Ok(self.program());
        }
        if self.is_any(&DATA) {
            return Ok(Body::Data(self.data()));
        }
        if self.is_any(&SESSION) || self.is("use") {
            return Ok(Body::Session(self.first_words()));
        }
        Err(super::cursor::Problem {
            reason: format!("“{}” begins no statement that is known", shorten(self.peek(0))),
            at: 0,
        })
    }

    fn data(&self) -> &'static str {
        let words = [
            ("select", "a query"),
            ("with", "a query"),
            ("values", "a query"),
            ("copy", "rows"),
            ("insert", "rows"),
            ("replace", "rows"),
            ("bulk", "rows"),
            ("merge", "rows"),
            ("table", "a query"),
        ];
        words.into_iter().find(|(word, _)| self.is(word)).map_or("changes to rows", |(_, what)| what)
    }

    fn first_words(&self) -> String {
        let words: Vec<&str> = self.tokens.iter().take(3).map(|token| token.text(self.text)).collect();
        shorten(&words.join(" "))
    }

    /// Something that would have to be executed to know what it makes.
    pub(crate) fn program(&mut self) -> Body {
        let makes = |text: &str| {
            let text = text.to_ascii_lowercase();
            ["create ", "create\n", "alter table", "comment on"].iter().any(|words| text.contains(words))
        };
        let at = self.tokens.first().map_or(0, |token| token.start());
        let strings = self.tokens.iter().any(|token| makes(token.text(self.text)) && token.kind == Kind::String);
        let words = self.tokens.windows(2).any(|pair| match pair {
            [first, second] => {
                first.is_word(self.text, "create") && second.is_word(self.text, "table")
                    || first.is_word(self.text, "alter") && second.is_word(self.text, "table")
            }
            _ => false,
        });
        self.at = self.tokens.len();
        if strings || words {
            let reason = "it is a program; what it would make shows only when it is executed".to_owned();
            return Body::NotUnderstood { reason, at };
        }
        Body::Session(self.first_words())
    }

    fn search_path(&mut self) -> Option<Body> {
        let from = self.at;
        if self.eat("use") {
            if !self.dialect.is_my() {
                self.at = from;
                return None;
            }
            return self.name().ok().map(|name| Body::SearchPath(vec![name]));
        }
        if self.eat("select") {
            // pg_dump begins with `SELECT pg_catalog.set_config('search_path', '', false)`.
            let call = self.object_name().ok().filter(|name| name.name == "set_config");
            let is_path =
                call.is_some() && self.eat_symbol("(") && self.string().is_ok_and(|name| name == "search_path");
            if is_path && self.eat_symbol(",") {
                let value = self.string().unwrap_or_default();
                self.at = self.tokens.len();
                return Some(Body::SearchPath(path(&value)));
            }
            self.at = from;
            return None;
        }
        self.at += 1;
        self.eat_any(&["local", "session"]);
        if self.dialect == Dialect::Postgres && self.eat("schema") {
            return self.string().ok().map(|schema| Body::SearchPath(vec![schema]));
        }
        if self.dialect != Dialect::Postgres || !self.eat("search_path") {
            self.at = from;
            return None;
        }
        if !self.eat("to") {
            self.eat_symbol("=");
        }
        let mut names = Vec::new();
        while !self.is_end() {
            if self.kind() == Some(Kind::String) {
                names.extend(path(&self.string().unwrap_or_default()));
            } else if let Ok(name) = self.name() {
                names.push(name);
            }
            if !self.eat_symbol(",") {
                break;
            }
        }
        self.at = self.tokens.len();
        Some(Body::SearchPath(names))
    }

    fn rename(&mut self) -> Read<Body> {
        // MySQL: `RENAME TABLE a TO b`; Oracle: `RENAME a TO b`.
        let tables = self.eat_any(&["table", "tables"]).is_some();
        if !tables && self.is("user") {
            return Ok(Body::Session("rename user".to_owned()));
        }
        self.if_exists();
        let mut renames = Vec::new();
        loop {
            let from = self.object_name()?;
            self.expect("to")?;
            let to = self.object_name()?;
            let to = ObjectName { schema: to.schema.or_else(|| from.schema.clone()), name: to.name };
            renames.push(Rename { kind: ObjectKind::Table, from, to });
            if !self.eat_symbol(",") {
                return Ok(Body::Rename(renames));
            }
        }
    }

    fn create(&mut self) -> Read<Body> {
        let replaces = self.eat_words(&["or", "replace"]) || self.eat_words(&["or", "alter"]);
        self.create_attributes();
        if self.dialect == Dialect::SqlServer && self.eat_words(&["fulltext", "index"]) {
            // It has no name, and languages and types for its columns: a service of its own beside the table.
            return Ok(self.opaque("fulltext index", false, replaces));
        }
        if self.is_index() && !self.is_words(&["xml", "schema"]) {
            return self.create_index();
        }
        if let Some(temporary) = self.table_words() {
            return self.create_table(temporary);
        }
        if self.eat_any(&["temp", "temporary", "global", "local", "private", "no"]).is_some() {
            self.eat_any(&["temp", "temporary", "force"]);
        }
        if self.is_words(&["type", "body"]) {
            self.at += 2;
            return Ok(self.opaque("type body", false, replaces));
        }
        if self.eat("type") {
            self.if_not_exists();
            return self.create_type(replaces);
        }
        if self.eat("domain") {
            return self.create_domain();
        }
        self.eat("unlogged");
        if self.eat("sequence") {
            return self.sequence(true);
        }
        if self.is("schema") || self.is("database") && self.dialect.is_my() {
            self.at += 1;
            return self.create_schema();
        }
        if let Some(words) = OPAQUE.iter().find(|words| self.is_words(words)) {
            self.at += words.len();
            let kind = match *words {
                ["proc"] => "procedure".to_owned(),
                ["constraint", "trigger"] => "trigger".to_owned(),
                ["recursive" | "force", "view"] => "view".to_owned(),
                ["trusted" | "procedural", "language"] => "language".to_owned(),
                words => words.join(" "),
            };
            return Ok(self.opaque(&kind, false, replaces));
        }
        if self.is_any(&OUTSIDE) {
            return Ok(Body::Session(self.first_words()));
        }
        Err(self.wanted("what is to be created"))
    }

    /// What may stand between `CREATE` and the kind of object: whose it is, and how it is made.
    fn create_attributes(&mut self) {
        if self.eat("definer") {
            self.skip_definer();
        }
        self.eat("no");
        self.eat("force");
        self.eat_any(&["editionable", "noneditionable", "editioning"]);
        if self.eat("algorithm") {
            self.at += 2;
            if self.eat("definer") {
                self.skip_definer();
            }
        }
        if self.eat_words(&["sql", "security"]) {
            self.at += 1;
        }
    }

    fn skip_definer(&mut self) {
        self.eat_symbol("=");
        self.at += 1;
        if self.eat_symbol("@") || self.kind() == Some(Kind::Variable) {
            self.at += 1;
        }
        self.skip_brackets();
        if self.eat_words(&["sql", "security"]) {
            self.at += 1;
        }
    }

    /// Past `[…] TABLE`; whether the table is a temporary one.
    fn table_words(&mut self) -> Option<bool> {
        let words = [
            "temp",
            "temporary",
            "global",
            "local",
            "unlogged",
            "private",
            "sharded",
            "duplicated",
            "immutable",
            "blockchain",
            "column",
            "row",
        ];
        let mut ahead = 0;
        let mut temporary = false;
        while ahead < 4 && words.iter().any(|word| self.is_at(ahead, word)) {
            temporary |= self.is_at(ahead, "temp") || self.is_at(ahead, "temporary");
            ahead += 1;
        }
        if !self.is_at(ahead, "table") {
            return None;
        }
        let from = self.at;
        self.at += ahead;
        if ahead > 0
            && !temporary
            && !(self.dialect == Dialect::Postgres
                && self.tokens.get(from).is_some_and(|token| token.is_word(self.text, "unlogged")))
        {
            self.no_home(from);
        }
        self.at += 1;
        Some(temporary)
    }

    fn create_schema(&mut self) -> Read<Body> {
        self.if_not_exists();
        // A schema without a name is called after its owner.
        self.eat("authorization");
        let name = self.name()?;
        let from = self.at;
        if self.eat("authorization") {
            self.name()?;
            self.no_home(from);
        } else if self.dialect.is_my() {
            self.at = self.tokens.len();
        }
        Ok(Body::CreateSchema(name))
    }

    fn alter(&mut self) -> Read<Body> {
        self.eat_words(&["or", "replace"]);
        self.eat_any(&["foreign", "online", "offline", "ignore"]);
        if self.eat("table") {
            return self.alter_table();
        }
        if self.eat("index") {
            return self.alter_index();
        }
        if self.eat("type") {
            return self.alter_type();
        }
        if self.eat("domain") {
            return self.alter_domain();
        }
        if self.eat("sequence") {
            return self.sequence(false);
        }
        if self.is("schema") && !self.dialect.is_my() {
            self.at += 1;
            return self.alter_schema();
        }
        if self.eat_words(&["session", "set", "current_schema"]) {
            self.eat_symbol("=");
            return Ok(Body::SearchPath(vec![self.name()?]));
        }
        if let Some(words) = OPAQUE.iter().find(|words| self.is_words(words)) {
            self.at += words.len();
            let kind = words.join(" ");
            if kind == "view" || kind == "materialized view" {
                self.if_exists();
                let name = self.object_name()?;
                return self.moved(ObjectKind::Other(kind), name);
            }
            let body = self.opaque(&kind, true, false);
            let switches = ["enable", "disable", "compile"];
            let last = self.tokens.last().map(|last| last.text(self.text)).unwrap_or_default();
            if kind == "trigger" && switches.iter().any(|word| last.eq_ignore_ascii_case(word)) {
                return Ok(Body::Session("a switch".to_owned()));
            }
            let owner = self.tokens.windows(2).rev().take(4).any(|pair| match pair {
                [first, second] => first.is_word(self.text, "owner") && second.is_word(self.text, "to"),
                _ => false,
            });
            return Ok(if owner { Body::Session("ownership".to_owned()) } else { body });
        }
        Ok(Body::Session(self.first_words()))
    }

    fn alter_schema(&mut self) -> Read<Body> {
        let name = self.name()?;
        // SQL Server: `ALTER SCHEMA a TRANSFER b.c`.
        if self.eat("transfer") {
            while self.is_at(0, "object") || self.is_at(0, "type") || self.is_symbol(":") || self.is_symbol("::") {
                self.at += 1;
            }
            let from = self.object_name()?;
            let to = ObjectName { schema: Some(name), name: from.name.clone() };
            return Ok(Body::Rename(vec![Rename { kind: ObjectKind::Table, from, to }]));
        }
        self.moved(ObjectKind::Schema, ObjectName::bare(name))
    }
}

/// A search path that is written as one string.
fn path(value: &str) -> Vec<String> {
    let names = value.split(',').map(|name| name.trim().trim_matches('"').to_owned());
    names.filter(|name| !name.is_empty()).collect()
}
