//! CREATE TABLE, with its keys and checks.

use super::columns::Numbered;
use super::rules::Comments;
use super::{Dialect, Writer};
use schema::{
    Check, ColumnId, Deferral, Expression, Key, KeyKind, Name, ObjectId, Reference, ReferentialAction, Table,
    TypeDefinition,
};
use std::collections::BTreeSet;

impl Writer<'_> {
    pub(super) fn create_table(&mut self, table: &Table) -> String {
        let numbered = self.numbered(table);
        let mut lines = Vec::new();
        for column in &table.columns {
            lines.push(self.column_clause(table, column, numbered));
        }
        lines.extend(self.keys(table, numbered));
        lines.extend(self.checks(table, numbered));
        if self.rules.references_within {
            let written = self.outgoing.get(&table.id).into_iter().flatten();
            lines.extend(written.map(|it| format!("CONSTRAINT {} {}", self.quote(&it.name), it.clause)));
        }
        let name = self.table(table.id);
        let mut text = format!("CREATE TABLE {name} (\n    {}\n){}", lines.join(",\n    "), self.rules.after_table);
        if let Comments::Within { table: most, .. } = self.rules.comments
            && let Some(note) = crate::export::written(table.note.as_deref())
        {
            let note = self.cut(ObjectId::Table(table.id), note, most);
            text.push_str(&format!(" COMMENT={}", (self.rules.literal)(&note)));
        }
        text
    }

    /// Whether the key can be made.
    pub(super) fn writes_key(&self, table: &Table, key: &Key) -> bool {
        key.kind != KeyKind::Exclusion && !self.has_large(table, &key.columns) && !self.repeats(table, key)
    }

    pub(super) fn has_large(&self, table: &Table, columns: &[ColumnId]) -> bool {
        columns.iter().any(|id| self.types.get(&(table.id, *id)).is_some_and(|found| found.is_large))
    }

    /// Oracle has one key over the same columns.
    fn repeats(&self, table: &Table, key: &Key) -> bool {
        self.rules.dialect == Dialect::Oracle
            && crate::render::keys_after_create(table).iter().any(|other| other.id == key.id)
    }

    fn keys(&mut self, table: &Table, numbered: Option<Numbered>) -> Vec<String> {
        let mut lines = Vec::new();
        let all = crate::render::keys_of_create(table).into_iter().chain(crate::render::keys_after_create(table));
        for key in all {
            if !self.writes_key(table, key) {
                self.key_left_out(table, key);
                continue;
            }
            self.key_notes(table, key);
            let within = numbered.is_some_and(|it| it.is_key) && key.kind == KeyKind::Primary;
            if within && self.rules.dialect == Dialect::Sqlite {
                continue;
            }
            lines.push(self.key_clause(table, key));
        }
        lines
    }

    fn key_clause(&self, table: &Table, key: &Key) -> String {
        let name = self.quote(self.names.name(ObjectId::Key(table.id, key.id)));
        let columns = self.columns(table.id, &key.columns);
        let deferral = match key.options.deferral {
            Deferral::Deferrable if self.rules.deferrable.1 => " DEFERRABLE",
            Deferral::Deferred if self.rules.deferrable.1 => " DEFERRABLE INITIALLY DEFERRED",
            Deferral::Never | Deferral::Deferrable | Deferral::Deferred => "",
        };
        let is_my = matches!(self.rules.dialect, Dialect::MySql | Dialect::MariaDb);
        match key.kind {
            // MySQL calls it PRIMARY, whatever one says.
            KeyKind::Primary if is_my => format!("PRIMARY KEY ({columns})"),
            KeyKind::Primary => format!("CONSTRAINT {name} PRIMARY KEY ({columns}){deferral}"),
            KeyKind::Unique | KeyKind::Exclusion => format!("CONSTRAINT {name} UNIQUE ({columns}){deferral}"),
        }
    }

    fn key_left_out(&mut self, table: &Table, key: &Key) {
        let dialect = self.rules.dialect;
        let what = match key.kind {
            KeyKind::Exclusion => format!("an exclusion constraint, which {dialect} has not: left out"),
            KeyKind::Primary | KeyKind::Unique if self.has_large(table, &key.columns) => {
                format!("{dialect} can have no key over {}: left out", table.list_of(&key.columns))
            }
            KeyKind::Primary | KeyKind::Unique => {
                format!("{dialect} has one key over {} already: left out", table.list_of(&key.columns))
            }
        };
        self.note(ObjectId::Key(table.id, key.id), what);
    }

    fn key_notes(&mut self, table: &Table, key: &Key) {
        let object = ObjectId::Key(table.id, key.id);
        let dialect = self.rules.dialect;
        if key.options.deferral != Deferral::Never && !self.rules.deferrable.1 {
            self.note(object, format!("that it can be checked later was left out: {dialect} checks it at once"));
        }
        if !key.options.include.is_empty() {
            self.note(object, "the columns that it includes were left out");
        }
        let is_nullable = key.columns.iter().any(|id| table.is_nullable(*id));
        if key.kind != KeyKind::Unique || !is_nullable {
            return;
        }
        let (one, several) = self.rules.distinct_nulls;
        let distinct = if key.columns.len() == 1 { one } else { several };
        match (key.options.nulls_not_distinct, distinct) {
            (true, true) => self.note(object, format!("{dialect} lets several rows have NULL in it")),
            (false, false) => self.note(object, format!("{dialect} takes NULL for the same as NULL in it")),
            _ => {}
        }
    }

    fn checks(&mut self, table: &Table, numbered: Option<Numbered>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut checks: Vec<&Check> = table.checks.iter().collect();
        checks.sort_by_key(|check| (&check.name, check.id));
        for check in checks {
            let object = ObjectId::Check(table.id, check.id);
            match self.check_text(table, &check.expression, numbered) {
                Ok(text) => {
                    lines.push(format!("CONSTRAINT {} CHECK ({text})", self.quote(self.names.name(object))));
                }
                Err(what) => self.check_left_out(object, &check.expression, &what),
            }
        }
        for column in &table.columns {
            let found = self.types.get(&(table.id, column.id));
            let name = self.column(table.id, column.id);
            let labels = found.and_then(|found| found.labels.clone()).filter(|_| !self.rules.enums);
            let is_boolean = found.is_some_and(|found| found.is_boolean());
            let list = match labels {
                Some(mut labels) => {
                    // Oracle takes an empty text for NULL, and a list with NULL in it for one that all is in.
                    let count = labels.len();
                    labels.retain(|label| !label.is_empty() || self.rules.dialect != Dialect::Oracle);
                    if labels.len() < count && !self.may_be_null(table, column) {
                        let what =
                            "its empty label cannot be stored: Oracle takes it for NULL, which the column is not";
                        self.note(ObjectId::Column(table.id, column.id), what);
                    }
                    labels.iter().map(|label| (self.rules.literal)(label)).collect::<Vec<_>>().join(", ")
                }
                None if is_boolean && self.rules.dialect == Dialect::Oracle => "0, 1".to_owned(),
                None => String::new(),
            };
            if !list.is_empty() {
                lines.push(self.made_up_check(
                    table,
                    &format!("{}_check", column.name),
                    &format!("{name} IN ({list})"),
                ));
            }
            lines.extend(self.domain_checks(table, column, numbered));
        }
        lines
    }

    fn made_up_check(&mut self, table: &Table, stem: &str, text: &str) -> String {
        let stem = format!("{}_{stem}", self.names.name(ObjectId::Table(table.id)));
        let name = self.names.made_up(self.schema, self.rules, table.id, &stem);
        format!("CONSTRAINT {} CHECK ({text})", self.quote(&name))
    }

    /// The checks of the domain that a column is of, about the column itself.
    fn domain_checks(&mut self, table: &Table, column: &schema::Column, numbered: Option<Numbered>) -> Vec<String> {
        let Ok(value) = Name::parse("value") else { return Vec::new() };
        let mut checks: Vec<(String, Expression)> = Vec::new();
        for it in self.domains_of(column) {
            let TypeDefinition::Domain(domain) = &it.definition else { continue };
            let about = |check: &schema::DomainCheck| {
                (check.name.to_string(), check.expression.with_column_renamed(&value, &column.name))
            };
            checks.extend(domain.checks.iter().map(about));
        }
        let is_array = column.data_type.dimensions() > 0;
        let mut lines = Vec::new();
        for (name, expression) in checks {
            let text = match is_array {
                true => Err("a check of each element".to_owned()),
                false => self.check_text(table, &expression, numbered),
            };
            match text {
                Ok(text) => lines.push(self.made_up_check(table, &format!("{}_{name}", column.name), &text)),
                Err(what) => self.check_left_out(ObjectId::Column(table.id, column.id), &expression, &what),
            }
        }
        lines
    }

    fn check_left_out(&mut self, object: ObjectId, expression: &Expression, what: &str) {
        let dialect = self.rules.dialect;
        self.note(object, format!("the check {expression} was left out: {dialect} has no equal for {what}"));
    }

    fn check_text(&self, table: &Table, expression: &Expression, numbered: Option<Numbered>) -> Result<String, String> {
        let columns = table.columns_of(expression);
        let is_my = matches!(self.rules.dialect, Dialect::MySql | Dialect::MariaDb);
        if is_my && numbered.is_some_and(|it| columns.contains(&it.column)) {
            return Err("a check of what counts".to_owned());
        }
        if is_my && columns.iter().any(|column| self.changing(table).contains(column)) {
            return Err("a check of what a reference changes".to_owned());
        }
        self.words(table).condition_of(expression)
    }

    /// Columns that references of the table write to.
    fn changing(&self, table: &Table) -> BTreeSet<ColumnId> {
        let writes = |reference: &&&Reference| {
            let refuses = |action| matches!(action, ReferentialAction::NoAction | ReferentialAction::Restrict);
            let is_cascade = reference.on_delete == ReferentialAction::Cascade;
            !(refuses(reference.on_update) && (refuses(reference.on_delete) || is_cascade))
        };
        let own = self.references.from(table.id).iter();
        own.filter(writes).flat_map(|reference| reference.referencing_columns()).collect()
    }
}
