//! Constraints, at a column or of a table.

use super::cursor::{Cursor, Read};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::{
    Action, Constraint, ConstraintDef, ExcludeDef, ForeignDef, IndexPart, KeyDef, MatchKind, OperatorClass, PartKey,
    Sql,
};

impl ConstraintDef {
    /// A constraint without any of its attributes.
    pub(crate) fn new(name: Option<String>, kind: Constraint) -> Self {
        Self { name, kind, deferrable: false, deferred: false, not_valid: false, disabled: false, no_inherit: false }
    }
}

impl Cursor<'_> {
    /// Whether a constraint of a table begins here.
    pub(crate) fn is_table_constraint(&self) -> bool {
        if self.kind() != Some(Kind::Word) {
            return false;
        }
        let bracket_follows = |ahead: usize| self.is_symbol_at(ahead, "(");
        if self.is("constraint") {
            return !self.names_a_column();
        }
        if self.is("primary") || self.is("foreign") {
            return self.is_at(1, "key");
        }
        if self.is("unique") {
            let second = ["key", "index", "clustered", "nonclustered", "nulls", "using"];
            // MySQL may have the name of the index next.
            return bracket_follows(1) || second.iter().any(|word| self.is_at(1, word)) || bracket_follows(2);
        }
        if self.is("check") || self.is("exclude") {
            return bracket_follows(1) || self.is_at(1, "using") || self.is_at(1, "not");
        }
        self.is_words(&["not", "null"]) && self.dialect == Dialect::Postgres
    }

    /// A column may be called `constraint` in some dialects: then a type follows and no second name.
    fn names_a_column(&self) -> bool {
        let ends = |ahead: usize| self.is_symbol_at(ahead, ",") || self.is_symbol_at(ahead, ")");
        ends(2) && !self.is_symbol_at(1, "(")
    }

    /// A constraint of a table, its name included.
    pub(crate) fn table_constraint(&mut self) -> Read<ConstraintDef> {
        let name = self.constraint_name()?;
        if self.eat_words(&["primary", "key"]) {
            let key = self.key()?;
            return Ok(self.attributed(name, Constraint::Primary(key)));
        }
        if self.eat("unique") {
            let mut name = name;
            self.eat_any(&["key", "index"]);
            let bare = !self.is_symbol("(") && !self.is_any(&["using", "nulls", "clustered", "nonclustered"]);
            if bare && self.is_name() && self.dialect.is_my() {
                let index = self.name()?;
                name = name.or(Some(index));
            }
            let key = self.key()?;
            return Ok(self.attributed(name, Constraint::Unique(key)));
        }
        if self.eat_words(&["foreign", "key"]) {
            let mut name = name;
            self.if_not_exists();
            if !self.is_symbol("(") {
                let index = self.name()?;
                name = name.or(Some(index));
            }
            let columns = self.name_list()?;
            let foreign = self.references(columns)?;
            return Ok(self.attributed(name, Constraint::Foreign(Box::new(foreign))));
        }
        if self.eat("check") {
            let check = self.check()?;
            return Ok(self.attributed(name, Constraint::Check(check)));
        }
        if self.eat("exclude") {
            let exclude = self.exclude()?;
            return Ok(self.attributed(name, Constraint::Exclude(Box::new(exclude))));
        }
        if self.eat_words(&["not", "null"]) {
            let column = self.name()?;
            return Ok(self.attributed(name, Constraint::NotNull(column)));
        }
        if self.eat("default") {
            let value = self.expression_until(&["for", "with"])?;
            self.expect("for")?;
            let column = self.name()?;
            let from = self.at;
            if self.eat_words(&["with", "values"]) {
                self.no_home(from);
            }
            return Ok(self.attributed(name, Constraint::Default { value, column }));
        }
        Err(self.wanted("a constraint"))
    }

    /// `CONSTRAINT name`; MySQL allows the name to be left out.
    pub(crate) fn constraint_name(&mut self) -> Read<Option<String>> {
        if !self.eat("constraint") {
            return Ok(None);
        }
        self.if_not_exists();
        let kinds = ["primary", "unique", "foreign", "check"];
        if self.dialect.is_my() && self.is_any(&kinds) && !self.is_named_kind() {
            return Ok(None);
        }
        // `CONSTRAINT owner.name`, as SQL Server and Oracle let one write it.
        self.object_name().map(|name| Some(name.name))
    }

    fn is_named_kind(&self) -> bool {
        self.is_at(1, "primary") || self.is_at(1, "unique") || self.is_at(1, "foreign") || self.is_at(1, "check")
    }

    /// `CHECK (…)`, the bracket and what follows it.
    pub(crate) fn check(&mut self) -> Read<Sql> {
        self.eat_words(&["not", "for", "replication"]);
        self.bracketed()
    }

    /// The columns of a primary key or unique constraint with what surrounds them.
    pub(crate) fn key(&mut self) -> Read<KeyDef> {
        let mut key = KeyDef::default();
        self.before_key_columns(&mut key)?;
        if key.using_index.is_some() {
            return Ok(key);
        }
        self.expect_symbol("(")?;
        loop {
            if self.is_name() && self.is_at(1, "without") && self.is_at(2, "overlaps") {
                key.parts.push(IndexPart::column(self.name()?));
                self.at += 2;
                key.without_overlaps = true;
            } else {
                key.parts.push(self.index_part()?);
            }
            key.autoincrement |= self.dialect == Dialect::Sqlite && self.eat("autoincrement");
            if self.eat_symbol(")") {
                break;
            }
            self.expect_symbol(",")?;
        }
        if self.eat("include") {
            key.include = self.name_list()?;
        }
        Ok(key)
    }

    /// CLUSTERED, NULLS NOT DISTINCT, USING BTREE, and the name of an index, which MySQL allows for a primary key.
    pub(crate) fn before_key_columns(&mut self, key: &mut KeyDef) -> Read<()> {
        loop {
            let from = self.at;
            if self.eat_any(&["clustered", "nonclustered", "hash"]).is_some() {
                self.no_home(from);
            } else if self.eat_words(&["nulls", "not", "distinct"]) {
                key.nulls_not_distinct = true;
            } else if self.eat_words(&["nulls", "distinct"]) {
            } else if self.is_words(&["using", "index"]) && self.dialect == Dialect::Postgres {
                self.at += 2;
                if self.eat("tablespace") {
                    self.name()?;
                    self.no_home(from);
                } else {
                    key.using_index = Some(self.name()?);
                }
            } else if self.is("using") && !self.is_at(1, "index") {
                self.at += 2;
                self.no_home(from);
            } else if self.dialect.is_my() && self.is_name() && !self.is_symbol("(") && self.is_symbol_at(1, "(") {
                self.at += 1;
            } else {
                return Ok(());
            }
        }
    }

    /// `REFERENCES table (columns) MATCH … ON DELETE …`.
    pub(crate) fn references(&mut self, columns: Vec<String>) -> Read<ForeignDef> {
        self.expect("references")?;
        let table = self.object_name()?;
        let referenced = if self.is_symbol("(") { self.name_list()? } else { Vec::new() };
        let mut found = ForeignDef {
            columns,
            table,
            referenced,
            on_delete: Action::NoAction,
            delete_columns: Vec::new(),
            on_update: Action::NoAction,
            match_kind: MatchKind::Simple,
        };
        loop {
            if self.eat("match") {
                found.match_kind = match self.eat_any(&["full", "partial", "simple"]) {
                    Some("full") => MatchKind::Full,
                    Some("partial") => MatchKind::Partial,
                    // SQLite takes any name here and looks at none.
                    Some(_) | None => MatchKind::Simple,
                };
            } else if self.eat_words(&["on", "delete"]) {
                found.on_delete = self.action()?;
                if self.is_symbol("(") {
                    found.delete_columns = self.name_list()?;
                }
            } else if self.eat_words(&["on", "update"]) {
                found.on_update = self.action()?;
            } else if !self.eat_words(&["not", "for", "replication"]) {
                return Ok(found);
            }
        }
    }

    fn action(&mut self) -> Read<Action> {
        if self.eat("cascade") {
            Ok(Action::Cascade)
        } else if self.eat("restrict") {
            Ok(Action::Restrict)
        } else if self.eat_words(&["no", "action"]) {
            Ok(Action::NoAction)
        } else if self.eat_words(&["set", "null"]) {
            Ok(Action::SetNull)
        } else if self.eat_words(&["set", "default"]) {
            Ok(Action::SetDefault)
        } else {
            Err(self.wanted("CASCADE, RESTRICT, NO ACTION, SET NULL or SET DEFAULT"))
        }
    }

    fn exclude(&mut self) -> Read<ExcludeDef> {
        let method = if self.eat("using") { Some(self.name()?) } else { None };
        self.expect_symbol("(")?;
        let mut elements = Vec::new();
        loop {
            let part = self.index_part()?;
            self.expect("with")?;
            elements.push((part, self.operator_name()?));
            if self.eat_symbol(")") {
                break;
            }
            self.expect_symbol(",")?;
        }
        if self.eat("include") {
            self.name_list()?;
        }
        let from = self.at;
        if self.is("with") && self.is_symbol_at(1, "(") {
            self.at += 1;
            self.skip_brackets();
            self.no_home(from);
        }
        let predicate = if self.eat("where") { Some(self.bracketed()?) } else { None };
        Ok(ExcludeDef { method, elements, predicate })
    }

    /// `&&`, `=`, or `OPERATOR(schema.&&)`.
    fn operator_name(&mut self) -> Read<String> {
        if self.eat("operator") {
            let inner = self.bracketed()?;
            return Ok(inner.0.rsplit('.').next().unwrap_or_default().trim().to_owned());
        }
        let operator = self.peek(0);
        if self.kind() != Some(Kind::Symbol) || operator == "(" || operator == ")" {
            return Err(self.wanted("an operator"));
        }
        self.at += 1;
        Ok(operator.to_owned())
    }

    /// One part of a key or an index.
    pub(crate) fn index_part(&mut self) -> Read<IndexPart> {
        let key = self.part_key()?;
        let mut part = IndexPart { key, ..IndexPart::column("") };
        if self.dialect.is_my() && self.is_symbol("(") {
            part.prefix = self.bracketed()?.0.parse().ok();
        }
        loop {
            if self.eat("collate") {
                part.collation = Some(self.object_name()?);
            } else if self.eat("asc") {
                part.descending = false;
            } else if self.eat("desc") {
                part.descending = true;
            } else if self.eat_words(&["nulls", "first"]) {
                part.nulls_first = Some(true);
            } else if self.eat_words(&["nulls", "last"]) {
                part.nulls_first = Some(false);
            } else if self.dialect == Dialect::Postgres && self.is_name() && !self.is("with") {
                let name = self.object_name()?;
                part.class = Some(OperatorClass { name, parameters: self.parameters() });
            } else {
                return Ok(part);
            }
        }
    }

    fn part_key(&mut self) -> Read<PartKey> {
        if self.is_symbol("(") {
            return self.bracketed().map(PartKey::Expression);
        }
        let after = self.token(1);
        let is_symbol = |symbols: &[&str]| {
            after.is_none_or(|after| symbols.iter().any(|symbol| after.is_symbol(self.text, symbol)))
        };
        let prefix = self.dialect.is_my()
            && is_symbol(&["("])
            && self.token(2).is_some_and(|token| token.kind == Kind::Number)
            && self.is_symbol_at(3, ")");
        let plain = is_symbol(&[",", ")"]) || prefix || after.is_some_and(|after| after.kind == Kind::Word);
        let plain = plain && !self.is("case") && !(self.is_at(1, "is") || self.is_at(1, "and") || self.is_at(1, "or"));
        if self.is_name() && plain {
            return self.name().map(PartKey::Column);
        }
        let from = self.at;
        // A function, or what SQLite and Oracle allow without brackets.
        let expression = self.expression_until(&["asc", "desc", "nulls", "collate", "with"])?;
        Ok(PartKey::Expression(self.trim_class(from, expression)))
    }

    /// After a call, PostgreSQL may have an operator class: it is no part of the expression.
    fn trim_class(&mut self, from: usize, expression: Sql) -> Sql {
        if self.dialect != Dialect::Postgres {
            return expression;
        }
        self.at = from;
        while self.is_name() && self.is_symbol_at(1, ".") {
            self.at += 2;
        }
        self.at += 1;
        self.skip_brackets();
        self.sql(from, self.at)
    }

    /// What follows any constraint.
    pub(crate) fn attributed(&mut self, name: Option<String>, kind: Constraint) -> ConstraintDef {
        let mut found = ConstraintDef::new(name, kind);
        while self.constraint_attribute(&mut found) {}
        found
    }

    /// One attribute; tells whether there was one.
    pub(crate) fn constraint_attribute(&mut self, found: &mut ConstraintDef) -> bool {
        let from = self.at;
        if self.eat_words(&["not", "deferrable"]) {
            found.deferrable = false;
        } else if self.eat("deferrable") {
            found.deferrable = true;
        } else if self.eat_words(&["initially", "deferred"]) {
            found.deferred = true;
            found.deferrable = true;
        } else if self.eat_words(&["initially", "immediate"]) {
            found.deferred = false;
        } else if self.eat_words(&["not", "valid"]) || self.eat("novalidate") {
            found.not_valid = true;
        } else if self.eat_words(&["no", "inherit"]) {
            found.no_inherit = true;
        } else if self.eat_words(&["not", "enforced"]) {
            found.disabled = true;
        } else if self.eat("enforced")
            || self.is_of_key(found) && self.eat_words(&["not", "for", "replication"])
            || self.dialect == Dialect::Oracle && self.oracle_state(found)
        {
            // Nothing else has to be remembered of these.
        } else if let (Constraint::Primary(key) | Constraint::Unique(key), true) =
            (&mut found.kind, self.dialect == Dialect::Postgres && self.is("with") && self.is_symbol_at(1, "("))
        {
            self.at += 1;
            key.parameters = self.parameters();
        } else if self.storage_of_key(found) {
            self.no_home(from);
        } else {
            return false;
        }
        true
    }

    fn is_of_key(&self, found: &ConstraintDef) -> bool {
        !matches!(found.kind, Constraint::NotNull(_)) && self.dialect == Dialect::SqlServer
    }

    /// ENABLE, DISABLE, VALIDATE, RELY.
    fn oracle_state(&mut self, found: &mut ConstraintDef) -> bool {
        if self.eat("disable") {
            found.disabled = true;
        } else if self.eat("enable") || self.eat("validate") || self.eat("rely") || self.eat("norely") {
            found.disabled &= !self.is_at(0, "enable");
        } else {
            return false;
        }
        true
    }

    /// Where and how the index behind a key is stored.
    fn storage_of_key(&mut self, found: &ConstraintDef) -> bool {
        let is_key = matches!(found.kind, Constraint::Primary(_) | Constraint::Unique(_));
        if !is_key {
            return false;
        }
        if self.eat_words(&["using", "index"]) {
            self.index_storage();
            return true;
        }
        if self.is("using") && self.dialect.is_my() {
            self.at += 2;
            return true;
        }
        if self.is("with") && self.is_symbol_at(1, "(") {
            self.at += 1;
            return self.skip_brackets();
        }
        if self.dialect == Dialect::SqlServer && self.eat("with") {
            // `WITH FILLFACTOR = 90` of old.
            self.skip_assignments();
            return true;
        }
        if self.dialect == Dialect::SqlServer && self.is("on") && !self.is_at(1, "delete") && !self.is_at(1, "update") {
            self.at += 2;
            self.skip_brackets();
            return true;
        }
        if self.dialect.is_my() && self.eat_any(&["visible", "invisible", "ignored"]).is_some() {
            return true;
        }
        if self.dialect.is_my() && self.eat("key_block_size") {
            self.eat_symbol("=");
            self.at += 1;
            return true;
        }
        if self.dialect.is_my()
            && !self.in_column
            && (self.is("comment") && self.token(1).is_some_and(|next| next.kind == Kind::String))
        {
            self.at += 2;
            return true;
        }
        if self.dialect == Dialect::Sqlite && self.eat_words(&["on", "conflict"]) {
            self.at += 1;
            return true;
        }
        false
    }

    /// `a = b, c = d`, without brackets.
    pub(crate) fn skip_assignments(&mut self) {
        while self.is_name() && self.is_symbol_at(1, "=") {
            self.at += 3;
            if !(self.is_symbol(",") && self.is_symbol_at(2, "=")) {
                return;
            }
            self.at += 1;
        }
        self.skip_brackets();
    }

    /// What Oracle writes after USING INDEX: a name, an index in brackets, or storage.
    fn index_storage(&mut self) {
        if self.skip_brackets() {
            return;
        }
        let is_storage = |cursor: &Self| {
            cursor.is_any(&[
                "tablespace",
                "storage",
                "pctfree",
                "pctused",
                "initrans",
                "maxtrans",
                "logging",
                "nologging",
                "compute",
                "compress",
                "nocompress",
                "reverse",
                "local",
                "global",
                "online",
                "parallel",
                "noparallel",
                "visible",
                "invisible",
            ])
        };
        if self.is_name()
            && !is_storage(self)
            && !self.is_any(&["enable", "disable", "deferrable", "initially", "validate", "novalidate", "rely"])
            && !self.is_symbol(",")
        {
            let _ = self.object_name();
        }
        while is_storage(self) {
            self.storage_clause();
        }
    }

    /// One clause of storage: a word with its number, name or brackets.
    pub(crate) fn storage_clause(&mut self) {
        let with_value = self.is_any(&["tablespace", "pctfree", "pctused", "initrans", "maxtrans"]);
        self.at += 1;
        if with_value || self.kind() == Some(Kind::Number) {
            self.at += 1;
        }
        if self.is("statistics") {
            self.at += 1;
        }
        self.skip_brackets();
    }
}
