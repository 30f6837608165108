//! Keys, checks, exclusions, indexes and references.

use super::expression::{self, Columns};
use super::table::free_constraint;
use super::{Lowering, quoted_path};
use crate::Dialect;
use crate::catalog;
use crate::script::{self, Action, MatchKind, PartKey, Sql};
use schema::{
    Check, CheckId, CheckOptions, ColumnId, ColumnPair, Deferral, Exclusion, Expr, Formula, Index, IndexId,
    IndexOptions, IndexPart, Key, KeyId, KeyKind, KeyOptions, Name, OperatorClass, Parameter, PartOf, Reference,
    ReferenceId, ReferenceOptions, ReferentialAction, Table,
};
use std::collections::BTreeSet;

impl Lowering<'_> {
    /// The column of that name, which the catalog has as its table has it or as it was written.
    pub(super) fn column_of(&self, table: &catalog::Table, made: &Table, name: &str) -> Option<ColumnId> {
        let exact = table.columns.iter().position(|column| column.name == name);
        let at = exact.or_else(|| table.columns.iter().position(|column| self.dialect.same(&column.name, name)))?;
        made.columns.get(at).map(|column| column.id)
    }

    fn columns_of(&self, table: &catalog::Table, made: &Table, names: &[String]) -> Vec<ColumnId> {
        names.iter().filter_map(|name| self.column_of(table, made, name)).collect()
    }

    pub(super) fn formula(&self, table: &catalog::Table, made: &Table, sql: &Sql) -> Result<Formula, String> {
        let columns = Columns { known: &table.columns, made: &made.columns, dialect: self.dialect };
        let expression = expression::check(sql, self.dialect, &self.known, columns)?;
        Ok(Formula::bind(&expression, made))
    }

    pub(super) fn part(
        &mut self,
        table: &catalog::Table,
        made: &Table,
        part: &script::IndexPart,
    ) -> Result<IndexPart, String> {
        let of = match &part.key {
            PartKey::Column(name) => {
                PartOf::Column(self.column_of(table, made, name).ok_or_else(|| format!("there is no column {name}"))?)
            }
            PartKey::Expression(sql) => {
                let columns = Columns { known: &table.columns, made: &made.columns, dialect: self.dialect };
                let expression = expression::check(sql, self.dialect, &self.known, columns)?;
                // A column in brackets is a column.
                let column = match expression.tree() {
                    Some(Expr::Column(name)) => made.column_named(name.as_str()),
                    Some(_) | None => None,
                };
                let formula = || PartOf::Expression(Formula::bind(&expression, made));
                column.map_or_else(formula, |column| PartOf::Column(column.id))
            }
        };
        let is_postgres = self.dialect == Dialect::Postgres;
        let class = part.class.as_ref().map(|class| {
            let name = self.qualified_name(&class.name);
            OperatorClass { name, parameters: self.parameters(&class.parameters) }
        });
        Ok(IndexPart {
            of,
            descending: part.descending,
            nulls_first: part.nulls_first.filter(|first| *first != part.descending),
            operator_class: class,
            collation: part.collation.as_ref().filter(|_| is_postgres).map(|it| self.qualified_name(it)),
        })
    }

    pub(super) fn parts(
        &mut self,
        table: &catalog::Table,
        made: &Table,
        parts: &[script::IndexPart],
    ) -> Result<Vec<IndexPart>, String> {
        parts.iter().map(|part| self.part(table, made, part)).collect()
    }

    pub(super) fn parameters(&mut self, list: &[script::Parameter]) -> Vec<Parameter> {
        list.iter().map(|it| Parameter { name: self.name(&it.name), value: it.value.clone() }).collect()
    }

    pub(super) fn keys(&mut self, table: &catalog::Table, made: &mut Table) {
        for key in &table.keys {
            self.line = key.line;
            let columns: Option<Vec<ColumnId>> =
                key.parts.iter().map(|part| self.column_of(table, made, part.as_column()?)).collect();
            let Some(columns) = columns.filter(|columns| !columns.is_empty()) else {
                let what = format!("the key {} was left out: it is not over columns alone", key.name);
                self.lose(table.name.to_string(), what);
                continue;
            };
            if key.without_overlaps {
                let what = format!("the key {} was left out: a key WITHOUT OVERLAPS has no place yet", key.name);
                self.lose(table.name.to_string(), what);
                continue;
            }
            let Some(id) = self.ids.next().map(KeyId) else { return };
            let is_my = self.dialect.is_my() && key.primary;
            let name = if is_my { Name::derive(&[made.name.as_str()], "pkey") } else { self.name(&key.name) };
            let name = self.free(made.namespace, &name, made.name.as_str());
            let kind = if key.primary { KeyKind::Primary } else { KeyKind::Unique };
            let options = KeyOptions {
                include: self.columns_of(table, made, &key.include),
                nulls_not_distinct: key.nulls_not_distinct,
                deferral: deferral(key.deferrable, key.deferred),
                exclusion: None,
                note: noted(&key.comment),
            };
            made.keys.push(Key { id, name, kind, columns, options });
        }
    }

    pub(super) fn exclusions(&mut self, table: &catalog::Table, made: &mut Table) {
        for found in &table.exclusions {
            self.line = found.line;
            let mut elements = Ok(Vec::new());
            for (part, operator) in &found.elements {
                let part = self.part(table, made, part);
                elements = elements.and_then(|mut list: Vec<(IndexPart, String)>| {
                    list.push((part?, operator.clone()));
                    Ok(list)
                });
            }
            let predicate = found.predicate.as_ref().map(|sql| self.formula(table, made, sql)).transpose();
            let (elements, predicate) = match (elements, predicate) {
                (Ok(elements), Ok(predicate)) => (elements, predicate),
                (Err(reason), _) | (_, Err(reason)) => {
                    let what = format!("the exclusion constraint {} was left out: {reason}", found.name);
                    self.lose(table.name.to_string(), what);
                    continue;
                }
            };
            let Some(id) = self.ids.next().map(KeyId) else { return };
            let name = self.name(&found.name);
            let name = self.free(made.namespace, &name, made.name.as_str());
            let method = self.name(found.method.as_deref().unwrap_or("btree"));
            let options = KeyOptions {
                deferral: deferral(found.deferrable, found.deferred),
                exclusion: Some(Exclusion { method, elements, predicate }),
                note: noted(&found.comment),
                ..KeyOptions::default()
            };
            made.keys.push(Key { id, name, kind: KeyKind::Exclusion, columns: Vec::new(), options });
        }
    }

    pub(super) fn checks(&mut self, table: &catalog::Table, made: &mut Table) {
        for check in &table.checks {
            self.line = check.line;
            let columns = Columns { known: &table.columns, made: &made.columns, dialect: self.dialect };
            match expression::check(&check.expression, self.dialect, &self.known, columns) {
                Ok(expression) => {
                    let Some(id) = self.ids.next().map(CheckId) else { return };
                    let name = free_constraint(made, &self.name(&check.name));
                    if check.disabled {
                        let what = format!("the check {name} is switched on, though not for rows that are there");
                        self.note(table.name.to_string(), what);
                    }
                    let options = CheckOptions {
                        no_inherit: check.no_inherit,
                        not_valid: check.not_valid || check.disabled,
                        note: noted(&check.comment),
                    };
                    made.checks.push(Check { id, name, expression, options });
                }
                Err(reason) => {
                    let what = format!("the check {} ({}) was left out: {reason}", check.name, check.expression);
                    self.lose(table.name.to_string(), what);
                }
            }
        }
    }

    pub(super) fn indexes(&mut self, table: &catalog::Table, made: &mut Table) {
        for index in &table.indexes {
            self.line = index.line;
            let method = match self.method(index) {
                Ok(method) => method,
                Err(reason) => {
                    self.lose(table.name.to_string(), format!("the index {} was left out: {reason}", index.name));
                    continue;
                }
            };
            let parts = self.parts(table, made, &index.parts);
            let predicate = index.predicate.as_ref().map(|sql| self.formula(table, made, sql)).transpose();
            let (parts, predicate) = match (parts, predicate) {
                (Ok(parts), Ok(predicate)) => (parts, predicate),
                (Err(reason), _) | (_, Err(reason)) => {
                    self.lose(table.name.to_string(), format!("the index {} was left out: {reason}", index.name));
                    continue;
                }
            };
            if index.parts.iter().any(|part| part.prefix.is_some()) {
                let what = format!("the index {} is over whole columns now, not their beginnings", index.name);
                self.note(table.name.to_string(), what);
            }
            let Some(id) = self.ids.next().map(IndexId) else { return };
            let name = self.name(&index.name);
            let name = self.free(made.namespace, &name, made.name.as_str());
            let options = IndexOptions {
                method,
                include: self.columns_of(table, made, &index.include),
                nulls_not_distinct: index.nulls_not_distinct,
                predicate,
                parameters: self.parameters(&index.parameters),
                note: noted(&index.comment),
            };
            made.indexes.push(Index { id, name, unique: index.unique, parts, options });
        }
    }

    /// The access method; of other databases only what is a B-tree here.
    fn method(&mut self, index: &catalog::Index) -> Result<Option<Name>, &'static str> {
        let Some(method) = index.method.as_deref().filter(|method| *method != "btree") else { return Ok(None) };
        if self.dialect == Dialect::Postgres {
            return Ok(Some(self.name(method)));
        }
        if matches!(method, "hash" | "bitmap") { Ok(None) } else { Err("PostgreSQL has no index of its kind") }
    }

    pub(super) fn references(&mut self, table: &catalog::Table) {
        let Some(id) = self.tables.get(&table.name).copied() else { return };
        let Some(referencing) = self.schema.tables.get(&id).cloned() else { return };
        let mut names: BTreeSet<Name> = referencing.checks.iter().map(|check| check.name.clone()).collect();
        names.extend(referencing.keys.iter().map(|key| key.name.clone()));
        // What a partition has of its table goes without saying.
        for reference in table.references.iter().filter(|reference| !reference.inherited) {
            self.line = reference.line;
            let target = self.tables.get(&reference.table).and_then(|id| self.schema.tables.get(id)).cloned();
            let pairs = target.as_ref().and_then(|target| self.pairs(table, &referencing, reference, target));
            let (Some(target), Some(pairs)) = (target, pairs) else {
                let what = format!("{} was left out: what it references is not there", reference.name);
                self.lose(table.name.to_string(), what);
                continue;
            };
            let Some(own) = self.ids.next().map(ReferenceId) else { return };
            let mut name = self.name(&reference.name);
            while !names.insert(name.clone()) {
                name = Name::derive(&[name.as_str()], "2");
            }
            if reference.match_kind == MatchKind::Partial {
                self.note(
                    table.name.to_string(),
                    format!("{name} is MATCH SIMPLE now: PostgreSQL has no MATCH PARTIAL"),
                );
            }
            if reference.disabled {
                let what = format!("{name} is switched on, though not for rows that are there");
                self.note(table.name.to_string(), what);
            }
            let options = ReferenceOptions {
                match_full: reference.match_kind == MatchKind::Full,
                deferral: deferral(reference.deferrable, reference.deferred),
                not_valid: reference.not_valid || reference.disabled,
                set_columns: self.columns_of(table, &referencing, &reference.delete_columns),
                note: noted(&reference.comment),
            };
            let made = Reference {
                id: own,
                name,
                referencing: id,
                referenced: target.id,
                pairs,
                on_delete: action(reference.on_delete),
                on_update: action(reference.on_update),
                options,
            };
            self.schema.references.insert(own, made.into());
        }
    }

    fn pairs(
        &self,
        table: &catalog::Table,
        referencing: &Table,
        reference: &catalog::Reference,
        target: &Table,
    ) -> Option<Vec<ColumnPair>> {
        if reference.columns.is_empty() || reference.columns.len() != reference.referenced.len() {
            return None;
        }
        let known = self.catalog.tables.get(*self.places.get(&reference.table)?)?;
        let at = |columns: &[catalog::Column], name: &str| columns.iter().position(|column| column.name == name);
        let pairs = reference.columns.iter().zip(&reference.referenced).map(|(from, to)| {
            let from = referencing.columns.get(at(&table.columns, from)?)?.id;
            let to = target.columns.get(at(&known.columns, to)?)?.id;
            Some(ColumnPair { referencing: from, referenced: to })
        });
        pairs.collect()
    }

    /// Settings of the indexes behind keys, which the model does not have there: as ALTER INDEX writes them.
    pub(super) fn settings_of_keys(&self, table: &catalog::Table) -> Vec<(u32, String)> {
        let schema = table.name.schema.as_deref().unwrap_or("public");
        let keys = table.keys.iter().filter(|key| !key.parameters.is_empty() && !key.inherited);
        let statement = |key: &catalog::Key| {
            let list: Vec<String> = key
                .parameters
                .iter()
                .map(|it| format!("{} = {}", super::quoted(&it.name), super::literal(&it.value)))
                .collect();
            (key.line, format!("ALTER INDEX {} SET ({})", quoted_path(schema, &key.name), list.join(", ")))
        };
        keys.map(statement).collect()
    }
}

fn noted(comment: &Option<String>) -> Option<String> {
    comment.clone().filter(|note| !note.is_empty())
}

fn deferral(deferrable: bool, deferred: bool) -> Deferral {
    match (deferrable, deferred) {
        (_, true) => Deferral::Deferred,
        (true, false) => Deferral::Deferrable,
        (false, false) => Deferral::Never,
    }
}

fn action(action: Action) -> ReferentialAction {
    match action {
        Action::NoAction => ReferentialAction::NoAction,
        Action::Restrict => ReferentialAction::Restrict,
        Action::Cascade => ReferentialAction::Cascade,
        Action::SetNull => ReferentialAction::SetNull,
        Action::SetDefault => ReferentialAction::SetDefault,
    }
}
