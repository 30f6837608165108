//! `ALTER TABLE`.

use super::cursor::{Cursor, Problem, Read, shorten};
use crate::Dialect;
use crate::script::{
    AlterTable, Alteration, Body, ColumnDef, Constraint, ConstraintDef, Generated, Identity, IdentityKind, Sql,
};

/// What a list goes on with where SQL Server does not repeat the verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Add,
    DropColumn,
    DropConstraint,
    Other,
}

/// Words that begin an action.
const ACTIONS: [&str; 30] = [
    "add",
    "drop",
    "alter",
    "change",
    "modify",
    "rename",
    "set",
    "reset",
    "enable",
    "disable",
    "validate",
    "attach",
    "detach",
    "inherit",
    "no",
    "owner",
    "cluster",
    "replica",
    "force",
    "comment",
    "engine",
    "convert",
    "order",
    "auto_increment",
    "check",
    "nocheck",
    "rebuild",
    "switch",
    "default",
    "partition",
];

/// Words that begin an action which changes nothing that a schema shows.
const WITHOUT_HOME: [&str; 53] = [
    "owner",
    "set",
    "reset",
    "enable",
    "disable",
    "force",
    "cluster",
    "replica",
    "engine",
    "convert",
    "order",
    "auto_increment",
    "check",
    "nocheck",
    "rebuild",
    "switch",
    "default",
    "partition",
    "no",
    "charset",
    "character",
    "collate",
    "row_format",
    "pctfree",
    "storage",
    "logging",
    "nologging",
    "cache",
    "nocache",
    "parallel",
    "noparallel",
    "move",
    "add_partition",
    "lock",
    "algorithm",
    "discard",
    "import",
    "tablespace",
    "using",
    "with",
    "of",
    "not",
    "key_block_size",
    "stats_persistent",
    "max_rows",
    "min_rows",
    "checksum",
    "shrink",
    "compress",
    "nocompress",
    "initially",
    "deferrable",
    "novalidate",
];

impl Cursor<'_> {
    /// From after `ALTER TABLE`.
    pub(crate) fn alter_table(&mut self) -> Read<Body> {
        let if_exists = self.if_exists();
        let only = self.eat("only");
        let table = self.object_name()?;
        self.eat_symbol("*");
        let mut alter = AlterTable { table, if_exists, only, actions: Vec::new() };
        let mut not_valid = false;
        if self.dialect == Dialect::SqlServer && self.is("with") && (self.is_at(1, "check") || self.is_at(1, "nocheck"))
        {
            not_valid = self.is_at(1, "nocheck");
            self.at += 2;
        }
        let mut verb = Verb::Other;
        while !self.is_end() {
            if self.eat_symbol(",") {
                continue;
            }
            let from = self.at;
            if let Err(problem) = self.alteration(&mut alter, &mut verb) {
                self.at = from;
                self.skip_action();
                let Sql(what) = self.sql(from, self.at);
                self.leave(from, format!("“{}”: {}", shorten(&what), problem.reason), true);
            }
        }
        if not_valid {
            mark_not_valid(&mut alter.actions);
        }
        if alter.actions.is_empty() && !self.left.iter().any(|left| left.lost) {
            let what = self.left.first().map(|left| left.what.clone()).unwrap_or_default();
            self.left.clear();
            return Ok(Body::Session(what));
        }
        Ok(Body::AlterTable(alter))
    }

    fn skip_action(&mut self) {
        let from = self.at;
        self.skip_element();
        if self.at == from {
            self.at += 1;
        }
    }

    fn alteration(&mut self, alter: &mut AlterTable, verb: &mut Verb) -> Read<()> {
        let from = self.at;
        let goes_on = self.dialect == Dialect::SqlServer && !self.is_any(&ACTIONS) && from > 0;
        if self.eat("add") || *verb == Verb::Add && goes_on {
            *verb = Verb::Add;
            return self.add(alter);
        }
        if self.eat("drop") {
            *verb = Verb::Other;
            return self.drop_part(alter, verb);
        }
        if matches!(*verb, Verb::DropColumn | Verb::DropConstraint) && goes_on {
            return self.drop_part(alter, verb);
        }
        *verb = Verb::Other;
        if self.eat("alter") {
            return self.alter_part(alter);
        }
        if self.eat("change") {
            self.eat("column");
            self.if_exists();
            let old = self.name()?;
            let column = self.column_def()?;
            alter.actions.push(Alteration::ReplaceColumn(old, Box::new(column)));
            return Ok(());
        }
        if self.eat("modify") {
            return self.modify(alter);
        }
        if self.eat("rename") {
            return self.rename_part(alter);
        }
        self.other_alteration(alter)
    }

    fn add(&mut self, alter: &mut AlterTable) -> Read<()> {
        // Oracle and MySQL may have several in brackets.
        if self.is_symbol("(") {
            self.at += 1;
            loop {
                self.add_one(alter)?;
                if self.eat_symbol(")") {
                    return Ok(());
                }
                if self.is_end() {
                    return Ok(());
                }
                if !self.eat_symbol(",") {
                    return Err(self.wanted("“,” or “)”"));
                }
            }
        }
        self.add_one(alter)
    }

    fn add_one(&mut self, alter: &mut AlterTable) -> Read<()> {
        let from = self.at;
        let my_index = ["index", "key", "fulltext", "spatial"].iter().any(|word| self.is(word)) && self.dialect.is_my();
        let default = self.dialect == Dialect::SqlServer && self.is("default");
        if self.is_table_constraint() || default {
            let constraint = self.table_constraint()?;
            // What Oracle and MySQL write after it belongs to the next action.
            alter.actions.push(Alteration::AddConstraint(constraint));
        } else if my_index {
            let index = self.inline_index()?;
            alter.actions.push(Alteration::AddIndex(index));
        } else if self.is("partition")
            || self.is_words(&["period", "for"])
            || self.is_words(&["supplemental", "log"])
            || self.is_words(&["system", "versioning"])
        {
            self.at = self.tokens.len();
            self.no_home(from);
        } else {
            self.eat("column");
            let if_not_exists = self.if_not_exists();
            // MySQL's `ADD COLUMN (a int, b int)`.
            if self.is_symbol("(") {
                return self.add(alter);
            }
            let column = self.column_def()?;
            alter.actions.push(Alteration::AddColumn(Box::new(column), if_not_exists));
        }
        Ok(())
    }

    fn drop_part(&mut self, alter: &mut AlterTable, verb: &mut Verb) -> Read<()> {
        if self.eat_words(&["primary", "key"]) {
            *verb = Verb::Other;
            alter.actions.push(Alteration::DropPrimary);
        } else if self.eat("constraint")
            || self.eat_words(&["foreign", "key"])
            || self.is_check_name() && self.eat("check")
        {
            *verb = Verb::DropConstraint;
            let if_exists = self.if_exists();
            alter.actions.push(Alteration::DropConstraint(self.object_name()?.name, if_exists));
        } else if self.dialect.is_my() && self.eat_any(&["index", "key"]).is_some() {
            *verb = Verb::Other;
            self.if_exists();
            alter.actions.push(Alteration::DropIndex(self.name()?));
        } else if self.is("partition") || self.is_words(&["period", "for"]) {
            let from = self.at;
            self.at = self.tokens.len();
            self.no_home(from);
        } else if self.is_symbol("(") {
            for name in self.name_list()? {
                alter.actions.push(Alteration::DropColumn(name, false));
            }
        } else if self.dialect == Dialect::Oracle && self.eat("unique") {
            alter.actions.push(Alteration::DropUnique(self.name_list()?));
        } else if self.eat("column") || *verb == Verb::DropColumn || self.dialect != Dialect::SqlServer {
            *verb = Verb::DropColumn;
            let column_follows = self.is_symbol("(");
            if column_follows {
                return self.drop_part(alter, verb);
            }
            let if_exists = self.if_exists();
            alter.actions.push(Alteration::DropColumn(self.name()?, if_exists));
        } else {
            // SQL Server means a constraint where it says neither.
            *verb = Verb::DropConstraint;
            alter.actions.push(Alteration::DropConstraint(self.name()?, false));
        }
        self.eat_words(&["cascade", "constraints"]);
        self.eat_any(&["cascade", "restrict"]);
        if self.dialect == Dialect::Oracle {
            self.eat_any(&["keep", "drop"]);
            self.eat("index");
        }
        Ok(())
    }

    fn is_check_name(&self) -> bool {
        self.dialect.is_my() && self.is("check")
    }

    fn alter_part(&mut self, alter: &mut AlterTable) -> Read<()> {
        let from = self.at;
        if self.eat("constraint") {
            let name = self.name()?;
            let constraint = self.attributed(None, Constraint::NotNull(String::new()));
            let (deferrable, deferred) = (constraint.deferrable, constraint.deferred);
            alter.actions.push(Alteration::AlterConstraint(name, deferrable, deferred));
            return Ok(());
        }
        if self.dialect.is_my() && self.eat_any(&["index", "check"]).is_some() {
            self.skip_action();
            self.no_home(from);
            return Ok(());
        }
        self.eat("column");
        let name = self.name()?;
        if self.dialect == Dialect::SqlServer {
            if self.is("add") || self.is("drop") {
                self.skip_action();
                self.no_home(from);
                return Ok(());
            }
            let mut column =
                ColumnDef { name: name.clone(), data_type: Some(self.type_text()?), ..ColumnDef::default() };
            self.column_clauses(&mut column);
            // Without a word it may be NULL; the default stays, being a constraint.
            column.not_null = Some(column.not_null.unwrap_or(false));
            alter.actions.push(Alteration::MergeColumn(Box::new(column)));
            return Ok(());
        }
        self.alter_column(alter, name)
    }

    fn alter_column(&mut self, alter: &mut AlterTable, name: String) -> Read<()> {
        let from = self.at;
        let action = if self.eat_words(&["set", "data", "type"]) || self.eat("type") {
            let data_type = self.type_text()?;
            if self.eat("collate") {
                self.object_name()?;
            }
            if self.eat("using") {
                self.expression_until(&[])?;
            }
            Alteration::SetType(name, data_type)
        } else if self.eat_words(&["set", "default"]) {
            Alteration::SetDefault(name, Some(self.expression_until(&[])?))
        } else if self.eat_words(&["drop", "default"]) {
            Alteration::SetDefault(name, None)
        } else if self.eat_words(&["set", "not", "null"]) {
            Alteration::SetNotNull(name, true)
        } else if self.eat_words(&["drop", "not", "null"]) {
            Alteration::SetNotNull(name, false)
        } else if self.eat_words(&["add", "generated"]) {
            let by_default = self.eat_words(&["by", "default"]);
            self.eat("always");
            self.eat("as");
            self.expect("identity")?;
            let options = self.identity_options();
            let kind = if by_default { IdentityKind::ByDefault } else { IdentityKind::Always };
            Alteration::SetIdentity(name, Some(Identity { kind, options }))
        } else if self.eat_words(&["drop", "identity"]) {
            self.if_exists();
            Alteration::SetIdentity(name, None)
        } else if self.eat_words(&["drop", "expression"]) {
            self.if_exists();
            Alteration::SetGenerated(name, None)
        } else if self.eat_words(&["set", "expression", "as"]) {
            let expression = self.bracketed()?;
            Alteration::SetGenerated(name, Some(Generated { expression, stored: true }))
        } else {
            // Statistics, storage, compression, restarting: nothing that a schema shows.
            if !self.is_any(&["set", "reset", "restart"]) {
                return Err(self.wanted("TYPE, SET or DROP"));
            }
            self.skip_action();
            self.at = self.at.max(from + 1);
            let Sql(text) = self.sql(from, self.at);
            if self.dialect == Dialect::Postgres {
                alter.actions.push(Alteration::ColumnSetting(name, text));
            } else {
                self.leave(from, format!("{name}: {}", shorten(&text)), false);
            }
            return Ok(());
        };
        alter.actions.push(action);
        Ok(())
    }

    fn modify(&mut self, alter: &mut AlterTable) -> Read<()> {
        let from = self.at;
        if self.eat("constraint") || self.is_words(&["primary", "key"]) || self.is("partition") {
            self.skip_action();
            self.no_home(from);
            return Ok(());
        }
        if self.dialect == Dialect::Oracle {
            let several = self.eat_symbol("(");
            loop {
                let column = self.column_def()?;
                alter.actions.push(Alteration::MergeColumn(Box::new(column)));
                if !several || self.eat_symbol(")") || self.is_end() {
                    return Ok(());
                }
                self.expect_symbol(",")?;
            }
        }
        self.eat("column");
        self.if_exists();
        let column = self.column_def()?;
        alter.actions.push(Alteration::ReplaceColumn(column.name.clone(), Box::new(column)));
        Ok(())
    }

    fn rename_part(&mut self, alter: &mut AlterTable) -> Read<()> {
        let action = if self.eat("constraint") {
            let (from, to) = self.two_names()?;
            Alteration::RenameConstraint(from, to)
        } else if self.dialect.is_my() && self.eat_any(&["index", "key"]).is_some() {
            let (from, to) = self.two_names()?;
            Alteration::RenameIndex(from, to)
        } else if self.eat("to")
            || self.dialect.is_my()
                && (self.eat("as") || self.eat_symbol("=") || !self.is_at(1, "to") && !self.is("column"))
        {
            Alteration::RenameTable(self.object_name()?)
        } else {
            self.eat("column");
            let (from, to) = self.two_names()?;
            Alteration::RenameColumn(from, to)
        };
        alter.actions.push(action);
        Ok(())
    }

    fn two_names(&mut self) -> Read<(String, String)> {
        let from = self.name()?;
        self.expect("to")?;
        Ok((from, self.name()?))
    }

    fn other_alteration(&mut self, alter: &mut AlterTable) -> Read<()> {
        let from = self.at;
        let action = if self.eat_words(&["set", "schema"]) {
            Alteration::SetSchema(self.name()?)
        } else if self.eat_words(&["set", "unused"]) {
            self.eat("column");
            let names = if self.is_symbol("(") { self.name_list()? } else { vec![self.name()?] };
            alter.actions.extend(names.into_iter().map(|name| Alteration::DropColumn(name, false)));
            self.eat_words(&["cascade", "constraints"]);
            return Ok(());
        } else if self.eat_words(&["validate", "constraint"]) {
            Alteration::Validate(self.name()?)
        } else if self.eat_words(&["attach", "partition"]) {
            let child = self.object_name()?;
            let bound = self.bound();
            Alteration::Attach(child, bound)
        } else if self.eat_words(&["detach", "partition"]) {
            let child = self.object_name()?;
            self.eat_any(&["concurrently", "finalize"]);
            Alteration::Detach(child)
        } else if self.eat("inherit") {
            Alteration::Inherit(self.object_name()?, true)
        } else if self.eat_words(&["no", "inherit"]) {
            Alteration::Inherit(self.object_name()?, false)
        } else if self.dialect.is_my() && self.eat("comment") {
            self.eat_symbol("=");
            Alteration::SetComment(self.string()?)
        } else if self.dialect.is_my() && self.is_words(&["partition", "by"]) {
            Alteration::PartitionBy(self.partition_by()?)
        } else if self.dialect == Dialect::Postgres
            && let Some(setting) = self.table_setting()
        {
            setting
        } else {
            return self.ignored_alteration(from);
        };
        alter.actions.push(action);
        Ok(())
    }

    /// What PostgreSQL can set of a table, other than whose it is and where it is stored.
    fn table_setting(&mut self) -> Option<Alteration> {
        let from = self.at;
        let opens = |cursor: &Self| cursor.is_symbol_at(1, "(");
        if self.eat_words(&["set", "unlogged"]) {
            return Some(Alteration::SetUnlogged(true));
        }
        if self.eat_words(&["set", "logged"]) {
            return Some(Alteration::SetUnlogged(false));
        }
        if self.is("set") && opens(self) {
            self.at += 1;
            return Some(Alteration::SetParameters(self.parameters()));
        }
        if self.is("reset") && opens(self) {
            self.at += 1;
            let names = self.parameters().into_iter().map(|it| it.name);
            return Some(Alteration::ResetParameters(names.collect()));
        }
        let known = ["enable", "disable", "force", "cluster", "replica", "no"];
        if !self.is_any(&known) {
            return None;
        }
        self.skip_action();
        Some(Alteration::Setting(self.sql(from, self.at).0))
    }

    /// Ownership, storage, row security, triggers that are switched off: known, and without a home.
    fn ignored_alteration(&mut self, from: usize) -> Read<()> {
        let option = self.dialect.is_my() && self.is_name() && self.is_symbol_at(1, "=");
        if !self.is_any(&WITHOUT_HOME) && !option {
            return Err(self.unknown_action());
        }
        // SQL Server lists the names of constraints and triggers here, and Oracle has no commas between actions.
        let takes_all = self.is("partition") || matches!(self.dialect, Dialect::SqlServer | Dialect::Oracle);
        self.skip_action();
        if takes_all {
            self.at = self.tokens.len();
        }
        self.no_home(from);
        Ok(())
    }

    fn unknown_action(&self) -> Problem {
        self.wanted("an action")
    }
}

fn mark_not_valid(actions: &mut [Alteration]) {
    for action in actions {
        if let Alteration::AddConstraint(ConstraintDef { not_valid, kind, .. }) = action
            && matches!(kind, Constraint::Foreign(_) | Constraint::Check(_))
        {
            *not_valid = true;
        }
    }
}
