//! One column: name, type, and clauses in any order.

use super::cursor::{Cursor, Read, shorten};
use crate::Dialect;
use crate::lex::Kind;
use crate::script::{
    ColumnDef, Constraint, ConstraintDef, Generated, Identity, IdentityKind, IndexDef, IndexPart, KeyDef, ObjectName,
    Place, Sql,
};

impl Cursor<'_> {
    /// A column's definition, up to what cannot belong to it.
    pub(crate) fn column_def(&mut self) -> Read<ColumnDef> {
        let name = self.name()?;
        let data_type = self.column_type()?;
        let is_serial = self.dialect.is_my() && data_type.as_ref().is_some_and(|found| found.name == "serial");
        let mut column = ColumnDef { name, data_type, ..ColumnDef::default() };
        if is_serial {
            self.my_serial(&mut column, None);
        }
        self.in_column = true;
        self.column_clauses(&mut column);
        self.in_column = false;
        Ok(column)
    }

    /// All clauses that follow. What is not understood is left, so that the column itself survives.
    pub(crate) fn column_clauses(&mut self, column: &mut ColumnDef) {
        while !(self.is_end() || self.is_symbol(",") || self.is_symbol(")")) {
            // The next action of Oracle's ALTER TABLE, which has no commas.
            if self.dialect == Dialect::Oracle && self.is_any(&["add", "modify", "rename", "drop"]) {
                return;
            }
            let from = self.at;
            let reason = match self.column_clause(column) {
                Ok(true) => continue,
                Ok(false) => String::new(),
                Err(problem) => format!(": {}", problem.reason),
            };
            self.at = from;
            self.skip_element();
            if self.at == from {
                self.at += 1;
            }
            let Sql(what) = self.sql(from, self.at);
            self.leave(from, format!("{}: “{}”{reason}", column.name, shorten(&what)), true);
            return;
        }
    }

    fn column_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        if self.common_clause(column)? {
            return Ok(true);
        }
        match self.dialect {
            Dialect::Postgres => self.postgres_clause(column),
            Dialect::MySql | Dialect::MariaDb => self.my_clause(column),
            Dialect::SqlServer => self.sql_server_clause(column),
            Dialect::Oracle => self.oracle_clause(column),
            Dialect::Sqlite => self.sqlite_clause(column),
        }
    }

    /// What all dialects have.
    fn common_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        let named = self.is("constraint");
        let name = self.constraint_name()?;
        if self.eat_words(&["not", "null"]) {
            column.not_null = Some(true);
            // SQLite and Oracle have attributes here, too; PostgreSQL keeps a name since 18.
            let found = self.attributed(name.clone(), Constraint::NotNull(column.name.clone()));
            if name.is_some() || found.not_valid {
                column.constraints.push(found);
            }
        } else if self.eat("null") {
            column.not_null = column.not_null.or(Some(false));
        } else if self.dialect.is_my() && self.eat_words(&["serial", "default", "value"]) {
            self.my_serial(column, name);
        } else if self.eat("default") {
            column.default_name = name;
            let if_null = self.dialect == Dialect::Oracle && self.eat("on") && self.eat("null");
            column.default = Some(self.default_value()?);
            if if_null {
                column.not_null = Some(true);
            }
        } else if self.eat_words(&["primary", "key"]) || self.is_lone_key() && self.eat("key") {
            let mut key = self.one_column_key(column)?;
            key.parts.iter_mut().for_each(|part| part.descending = false);
            self.push(column, name, Constraint::Primary(key));
        } else if self.eat("unique") {
            self.eat_any(&["key"]);
            let key = self.one_column_key(column)?;
            self.push(column, name, Constraint::Unique(key));
        } else if self.eat("check") {
            let check = self.check()?;
            self.push(column, name, Constraint::Check(check));
        } else if self.is("references") || self.is_words(&["foreign", "key"]) {
            self.eat_words(&["foreign", "key"]);
            let columns = if self.is_symbol("(") { self.name_list()? } else { vec![column.name.clone()] };
            let foreign = self.references(columns)?;
            self.push(column, name, Constraint::Foreign(Box::new(foreign)));
        } else if self.eat("collate") {
            self.eat_symbol("=");
            column.collation = Some(self.collation()?);
        } else if self.is("generated") || self.is("as") && self.dialect != Dialect::Postgres {
            self.generated(column)?;
        } else {
            return Ok(named && self.lone_attribute(column));
        }
        Ok(true)
    }

    fn push(&mut self, column: &mut ColumnDef, name: Option<String>, kind: Constraint) {
        let found = self.attributed(name, kind);
        column.constraints.push(found);
    }

    /// MySQL's SERIAL is short for three clauses.
    fn my_serial(&mut self, column: &mut ColumnDef, name: Option<String>) {
        column.not_null = Some(true);
        column.identity = Some(Identity { kind: IdentityKind::AutoIncrement, options: None });
        let key = KeyDef { parts: vec![IndexPart::column(column.name.clone())], ..KeyDef::default() };
        column.constraints.push(ConstraintDef::new(name, Constraint::Unique(key)));
    }

    /// MySQL takes `KEY` alone for a primary key.
    fn is_lone_key(&self) -> bool {
        self.dialect.is_my() && self.is("key")
    }

    fn collation(&mut self) -> Read<ObjectName> {
        if self.kind() == Some(Kind::String) { self.string().map(ObjectName::bare) } else { self.object_name() }
    }

    /// A constraint's attribute that stands apart from it, as in `REFERENCES a DEFERRABLE`.
    fn lone_attribute(&mut self, column: &mut ColumnDef) -> bool {
        let Some(mut last) = column.constraints.pop() else {
            let mut none = ConstraintDef::new(None, Constraint::NotNull(String::new()));
            return self.constraint_attribute(&mut none);
        };
        let found = self.constraint_attribute(&mut last);
        column.constraints.push(last);
        found
    }

    fn one_column_key(&mut self, column: &ColumnDef) -> Read<KeyDef> {
        let mut key = KeyDef { parts: vec![IndexPart::column(column.name.clone())], ..KeyDef::default() };
        loop {
            let from = self.at;
            if self.eat_any(&["clustered", "nonclustered", "hash"]).is_some() {
                self.no_home(from);
            } else if self.is("nulls") {
                self.before_key_columns(&mut key)?;
            } else if self.is_symbol("(") {
                // SQL Server takes a constraint of the table here, without a comma before it.
                return self.key();
            } else if self.eat_any(&["asc", "desc"]).is_none() {
                return Ok(key);
            }
        }
    }

    /// `GENERATED ALWAYS AS (…) STORED`, `GENERATED … AS IDENTITY`, `AS (…) PERSISTED`.
    fn generated(&mut self, column: &mut ColumnDef) -> Read<()> {
        let from = self.at;
        let mut kind = IdentityKind::Always;
        if self.eat("generated") {
            if self.eat_words(&["by", "default"]) {
                kind = IdentityKind::ByDefault;
                if self.eat_words(&["on", "null"]) {
                    column.not_null = Some(true);
                }
            } else {
                self.eat("always");
            }
        }
        self.expect("as")?;
        if self.eat("identity") {
            let options = self.identity_options();
            column.identity = Some(Identity { kind, options });
            return Ok(());
        }
        if self.eat_any(&["row", "transaction_id", "sequence_number"]).is_some() {
            self.eat_any(&["start", "end"]);
            self.eat("hidden");
            self.no_home(from);
            return Ok(());
        }
        let expression = if self.is_symbol("(") && self.closes_column() {
            self.bracketed()?
        } else {
            self.expression_until(&[
                "persisted",
                "stored",
                "virtual",
                "not",
                "null",
                "constraint",
                "unique",
                "primary",
                "check",
            ])?
        };
        let stored = self.eat_any(&["stored", "persisted", "persistent", "virtual", "materialized"]);
        column.generated = Some(Generated { expression, stored: stored.is_some_and(|word| word != "virtual") });
        Ok(())
    }

    /// Whether the bracket that opens here is all of the expression: `(a) + (b)` is an expression as well.
    fn closes_column(&mut self) -> bool {
        let from = self.at;
        self.skip_brackets();
        let closes = self.is_end() || self.kind() == Some(Kind::Word) || self.is_symbol(",") || self.is_symbol(")");
        self.at = from;
        closes
    }

    /// `(START WITH 1 …)`, or the same without brackets, as Oracle has it.
    pub(crate) fn identity_options(&mut self) -> Option<Sql> {
        if self.is_symbol("(") {
            return self.bracketed().ok().filter(|options| !options.0.is_empty());
        }
        let from = self.at;
        let words = [
            "start",
            "increment",
            "minvalue",
            "maxvalue",
            "nominvalue",
            "nomaxvalue",
            "cache",
            "nocache",
            "cycle",
            "nocycle",
            "order",
            "noorder",
            "with",
            "by",
            "limit",
            "value",
            "keep",
            "nokeep",
            "scale",
            "noscale",
        ];
        while self.is_any(&words) || self.at > from && matches!(self.kind(), Some(Kind::Number)) {
            self.at += 1;
            if self.is_symbol("-") {
                self.at += 1;
            }
        }
        (self.at > from).then(|| self.sql(from, self.at))
    }

    fn postgres_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        let from = self.at;
        if self.eat_any(&["storage", "compression"]).is_some() {
            self.name()?;
            column.settings.push(format!("SET {}", self.sql(from, self.at).0));
            return Ok(true);
        }
        if self.eat_words(&["with", "options"]) {
            return Ok(true);
        }
        if self.is("options") && self.is_symbol_at(1, "(") {
            self.at += 1;
            self.skip_brackets();
            self.no_home(from);
            return Ok(true);
        }
        Ok(self.lone_attribute(column))
    }

    fn my_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        let from = self.at;
        if self.eat("auto_increment") {
            column.identity = Some(Identity { kind: IdentityKind::AutoIncrement, options: None });
        } else if self.eat("comment") {
            self.eat_symbol("=");
            column.comment = Some(self.string()?);
        } else if self.eat_words(&["on", "update"]) {
            column.on_update = Some(self.default_value()?);
        } else if self.eat_words(&["character", "set"]) || self.eat("charset") {
            self.eat_symbol("=");
            self.collation()?;
            self.no_home(from);
        } else if self
            .eat_any(&["column_format", "storage", "srid", "engine_attribute", "secondary_engine_attribute"])
            .is_some()
        {
            self.eat_symbol("=");
            self.at += 1;
            self.no_home(from);
        } else if self.eat_any(&["invisible", "visible", "binary", "compressed", "zerofill"]).is_some()
            || self.eat_words(&["without", "system", "versioning"])
            || self.eat_words(&["with", "system", "versioning"])
        {
            self.skip_brackets();
            self.no_home(from);
        } else if self.eat_any(&["unsigned", "signed"]).is_some() {
            if let Some(data_type) = &mut column.data_type {
                data_type.unsigned = true;
            }
        } else if self.eat("first") {
            column.place = Some(Place::First);
        } else if self.eat("after") {
            column.place = Some(Place::After(self.name()?));
        } else {
            return Ok(self.lone_attribute(column));
        }
        Ok(true)
    }

    fn sqlite_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        if self.eat("autoincrement") {
            column.identity = Some(Identity { kind: IdentityKind::AutoIncrement, options: None });
            return Ok(true);
        }
        let from = self.at;
        if self.eat_words(&["on", "conflict"]) {
            self.at += 1;
            self.no_home(from);
            return Ok(true);
        }
        Ok(self.lone_attribute(column))
    }

    fn sql_server_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        let from = self.at;
        if self.eat("identity") {
            let options = if self.is_symbol("(") { Some(self.bracketed()?) } else { None };
            column.identity = Some(Identity { kind: IdentityKind::Seeded, options });
        } else if self.eat_words(&["not", "for", "replication"]) {
            self.no_home(from);
        } else if self.eat_any(&["rowguidcol", "sparse", "filestream", "hidden", "persisted"]).is_some()
            || self.eat_words(&["column_set", "for", "all_sparse_columns"])
        {
            if let Some(generated) = &mut column.generated
                && self.tokens.get(from).is_some_and(|token| token.is_word(self.text, "persisted"))
            {
                generated.stored = true;
            }
            self.no_home(from);
        } else if self.eat_words(&["masked", "with"]) || self.eat_words(&["encrypted", "with"]) || self.eat("with") {
            self.skip_brackets();
            self.no_home(from);
        } else if self.eat("index") {
            let mut index = IndexDef { name: Some(self.name()?), ..IndexDef::default() };
            index.parts.push(IndexPart::column(column.name.clone()));
            index.unique = self.eat("unique");
            if self.eat_any(&["clustered", "nonclustered"]).is_some() {
                self.no_home(from);
            }
            column.index = Some(index);
        } else if self.is("on") || self.is("textimage_on") {
            self.at += 2;
            self.skip_brackets();
            self.no_home(from);
        } else {
            return Ok(self.lone_attribute(column));
        }
        Ok(true)
    }

    fn oracle_clause(&mut self, column: &mut ColumnDef) -> Read<bool> {
        let from = self.at;
        if self.eat_any(&["sort", "visible", "invisible", "virtual", "encrypt"]).is_some() {
            if self.eat("using") {
                self.at += 1;
            }
            self.eat_any(&["salt"]);
            self.no_home(from);
            return Ok(true);
        }
        if self.is("annotations") && self.is_symbol_at(1, "(") {
            self.at += 1;
            self.skip_brackets();
            self.no_home(from);
            return Ok(true);
        }
        Ok(self.lone_attribute(column))
    }
}
