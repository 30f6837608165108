//! `ALTER TABLE`, and what happens to others when a table or column is renamed or dropped.

use super::names::mentioned;
use super::{Builder, MOST_OF_A_TABLE, columns};
use crate::Dialect;
use crate::catalog::{Column, Setting, Table};
use crate::lex::{Kind, Lexer, unquote_name};
use crate::script::{AlterTable, Alteration, ColumnDef, ObjectName, PartKey, Sql, TypeText};

impl Builder {
    pub(crate) fn alter_table(&mut self, alter: &AlterTable) {
        let Some(mut index) = self.find(&alter.table) else {
            let known = self.places(&alter.table).any(|place| self.others.contains(&place));
            if !alter.if_exists && !known && !self.guarded {
                self.complain(format!("there is no table {}", alter.table));
            }
            return;
        };
        for action in &alter.actions {
            self.alteration(index, action, alter.only);
            if let Alteration::RenameTable(to) = action {
                index = self.find(to).unwrap_or(index);
            }
        }
    }

    fn alteration(&mut self, index: usize, action: &Alteration, only: bool) {
        match action {
            Alteration::AddColumn(made, if_not_exists) => self.add_columns(index, made, *if_not_exists),
            Alteration::DropColumn(name, if_exists) => self.drop_columns(index, name, *if_exists),
            Alteration::ReplaceColumn(old, made) => self.replace_column(index, old, made),
            Alteration::MergeColumn(made) => self.merge_column(index, made),
            Alteration::SetType(name, data_type) => self.change_type(index, name, data_type),
            Alteration::SetDefault(name, value) => self.each_column(index, name, only, |column| {
                column.default.clone_from(value);
                column.serial = false;
            }),
            Alteration::SetNotNull(name, not_null) => {
                self.each_column(index, name, only, |column| column.not_null = *not_null);
            }
            Alteration::SetIdentity(name, identity) => self.with_column(index, name, |column| {
                column.identity.clone_from(identity);
                column.not_null |= identity.is_some();
            }),
            Alteration::SetGenerated(name, generated) => {
                self.each_column(index, name, only, |column| column.generated.clone_from(generated));
            }
            Alteration::AddConstraint(made) => {
                self.add_constraint(index, made, false);
                if !only {
                    self.spread_constraint(index, made);
                }
            }
            Alteration::AddIndex(made) => self.add_index(index, made, true),
            Alteration::DropConstraint(name, if_exists) => self.drop_constraint(index, name, *if_exists),
            Alteration::DropUnique(columns) => self.drop_unique(index, columns),
            Alteration::DropPrimary => self.with_table(index, |table| table.keys.retain(|key| !key.primary)),
            Alteration::DropIndex(name) => self.drop_relation(index, name),
            Alteration::RenameColumn(from, to) => {
                for index in self.family(index) {
                    self.rename_column(index, from, to);
                }
            }
            Alteration::RenameConstraint(from, to) | Alteration::RenameIndex(from, to) => {
                self.rename_relation(index, from, to);
            }
            Alteration::RenameTable(to) => {
                let schema = self.table(index).and_then(|table| table.name.schema.clone());
                let to = ObjectName { schema: to.schema.clone().or(schema), name: to.name.clone() };
                self.rename_table(index, &to);
            }
            Alteration::SetSchema(schema) => {
                let Some(name) = self.table(index).map(|table| table.name.name.clone()) else { return };
                self.rename_table(index, &ObjectName { schema: Some(schema.clone()), name });
            }
            Alteration::AlterConstraint(name, deferrable, deferred) => {
                let dialect = self.dialect;
                self.with_table(index, |table| {
                    for found in table.references.iter_mut().filter(|found| dialect.same(&found.name, name)) {
                        (found.deferrable, found.deferred) = (*deferrable, *deferred);
                    }
                });
            }
            Alteration::Validate(name) => self.validate(index, name),
            Alteration::Attach(child, bound) => self.attach(index, child, bound),
            Alteration::Detach(child) => self.detach(index, child),
            Alteration::Inherit(parent, true) => self.inherit(index, parent),
            Alteration::Inherit(parent, false) => {
                let parent = self.full(parent);
                self.with_table(index, |table| table.inherits.retain(|found| *found != parent));
            }
            Alteration::SetComment(text) => self.with_table(index, |table| table.comment = Some(text.clone())),
            Alteration::PartitionBy(how) => self.with_table(index, |table| table.partition_by = Some(how.clone())),
            Alteration::SetUnlogged(unlogged) => self.with_table(index, |table| table.unlogged = *unlogged),
            Alteration::SetParameters(list) => self.with_table(index, |table| {
                table.parameters.retain(|known| !list.iter().any(|new| new.name == known.name));
                table.parameters.extend(list.iter().cloned());
            }),
            Alteration::ResetParameters(names) => {
                self.with_table(index, |table| table.parameters.retain(|known| !names.contains(&known.name)));
            }
            Alteration::Setting(text) => self.set(index, None, text),
            Alteration::ColumnSetting(column, text) => self.set(index, Some(column), text),
        }
    }

    fn set(&mut self, index: usize, column: Option<&String>, text: &str) {
        let setting = Setting { column: column.cloned(), text: text.to_owned(), line: self.line };
        self.with_table(index, |table| {
            if table.settings.len() < MOST_OF_A_TABLE {
                table.settings.push(setting);
            }
        });
    }

    fn with_table(&mut self, index: usize, change: impl FnOnce(&mut Table)) {
        if let Some(table) = self.table_mut(index) {
            change(table);
        }
    }

    fn drop_columns(&mut self, index: usize, name: &str, if_exists: bool) {
        if !if_exists && !self.guarded {
            // Says so if there is none.
            self.with_column(index, name, |_| {});
        }
        for index in self.family(index) {
            self.drop_column(index, name);
        }
    }

    fn change_type(&mut self, index: usize, name: &str, data_type: &TypeText) {
        for index in self.family(index) {
            let Some(mut column) = self.column_named(index, name) else { continue };
            self.set_type(index, &mut column, Some(data_type));
            self.with_column(index, name, |found| *found = column);
        }
    }

    fn drop_unique(&mut self, index: usize, columns: &[String]) {
        let dialect = self.dialect;
        self.with_table(index, |table| {
            table.keys.retain(|key| {
                let found = key.columns();
                let same = found.iter().zip(columns).all(|(a, b)| dialect.same(a, b));
                key.primary || found.len() != columns.len() || !same
            });
        });
    }

    pub(crate) fn column_named(&self, index: usize, name: &str) -> Option<Column> {
        let table = self.table(index)?;
        table.columns.iter().find(|column| self.dialect.same(&column.name, name)).cloned()
    }

    fn each_column(&mut self, index: usize, name: &str, only: bool, change: impl Fn(&mut Column)) {
        let family = if only { vec![index] } else { self.family(index) };
        for index in family {
            self.with_column(index, name, &change);
        }
    }

    fn add_columns(&mut self, index: usize, made: &ColumnDef, if_not_exists: bool) {
        for (at, index) in self.family(index).into_iter().enumerate() {
            let exists = self.column_named(index, &made.name).is_some();
            if exists && (if_not_exists || at > 0) {
                continue;
            }
            self.add_column(index, made, false);
            for constraint in made.constraints.iter().filter(|_| !exists) {
                self.add_constraint(index, constraint, false);
            }
            if let Some(inline) = made.index.as_ref().filter(|_| !exists) {
                self.add_index(index, inline, false);
            }
        }
    }

    /// MySQL's CHANGE and MODIFY say all of a column anew.
    fn replace_column(&mut self, index: usize, old: &str, made: &ColumnDef) {
        let dialect = self.dialect;
        if self.column_named(index, old).is_none() {
            self.with_column(index, old, |_| {});
            return;
        }
        if !dialect.same(old, &made.name) || old != made.name {
            self.rename_column(index, old, &made.name);
        }
        let mut column = self.column(index, made);
        let Some(table) = self.table_mut(index) else { return };
        column.not_null |= table.keys.iter().any(|key| key.primary && key.columns().contains(&column.name.as_str()));
        let Some(at) = table.columns.iter().position(|found| dialect.same(&found.name, &made.name)) else { return };
        if made.place.is_some() {
            table.columns.remove(at);
            columns::put(table, column, made.place.as_ref(), dialect);
        } else if let Some(found) = table.columns.get_mut(at) {
            *found = column;
        }
        for constraint in &made.constraints {
            self.add_constraint(index, constraint, false);
        }
    }

    /// Oracle's MODIFY and SQL Server's ALTER COLUMN change what they mention.
    fn merge_column(&mut self, index: usize, made: &ColumnDef) {
        let Some(mut column) = self.column_named(index, &made.name) else {
            self.with_column(index, &made.name, |_| {});
            return;
        };
        self.set_type(index, &mut column, made.data_type.as_ref());
        column.not_null = made.not_null.unwrap_or(column.not_null);
        column.default = made.default.clone().or(column.default);
        column.identity = made.identity.clone().or(column.identity);
        column.generated = made.generated.clone().or(column.generated);
        column.collation = made.collation.clone().or(column.collation);
        self.with_column(index, &made.name, |found| *found = column);
        for constraint in &made.constraints {
            self.add_constraint(index, constraint, false);
        }
    }

    fn validate(&mut self, index: usize, name: &str) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        for check in table.checks.iter_mut().filter(|check| dialect.same(&check.name, name)) {
            check.not_valid = false;
        }
        for reference in table.references.iter_mut().filter(|found| dialect.same(&found.name, name)) {
            reference.not_valid = false;
        }
    }

    fn drop_constraint(&mut self, index: usize, name: &str, if_exists: bool) {
        let mut dropped = false;
        for index in self.family(index) {
            let dialect = self.dialect;
            let Some(table) = self.table_mut(index) else { continue };
            let before = constraints(table);
            table.checks.retain(|found| !dialect.same(&found.name, name));
            table.references.retain(|found| !dialect.same(&found.name, name));
            let is_it = |default: &Option<String>| default.as_ref().is_some_and(|found| dialect.same(found, name));
            for column in table.columns.iter_mut().filter(|column| is_it(&column.default_name)) {
                (column.default, column.default_name, dropped) = (None, None, true);
            }
            self.drop_relation(index, name);
            dropped |= self.table(index).is_some_and(|table| constraints(table) < before);
        }
        // Databases name what the script leaves nameless, NOT NULL included: such a name may be one that is not kept.
        let may_be_made = matches!(self.dialect, Dialect::SqlServer | Dialect::Oracle) || name.ends_with("_not_null");
        if !(dropped || if_exists || self.guarded || may_be_made) {
            let table = self.table(index).map(|table| table.name.to_string()).unwrap_or_default();
            self.complain(format!("{table} has no constraint {name} to drop"));
        }
    }

    /// Drops an index or a key.
    pub(crate) fn drop_relation(&mut self, index: usize, name: &str) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        table.keys.retain(|found| !dialect.same(&found.name, name));
        table.indexes.retain(|found| !dialect.same(&found.name, name));
        table.exclusions.retain(|found| !dialect.same(&found.name, name));
        let place = ObjectName { schema: table.name.schema.clone(), name: name.to_owned() };
        let place = self.place(&place);
        self.relations.remove(&place);
        self.constraint_names.remove(&place);
    }

    pub(crate) fn rename_relation(&mut self, index: usize, from: &str, to: &str) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        let schema = table.name.schema.clone();
        let keys = table.keys.iter_mut().map(|found| &mut found.name);
        let checks = table.checks.iter_mut().map(|found| &mut found.name);
        let references = table.references.iter_mut().map(|found| &mut found.name);
        let indexes = table.indexes.iter_mut().map(|found| &mut found.name);
        let exclusions = table.exclusions.iter_mut().map(|found| &mut found.name);
        let mut all = keys.chain(checks).chain(references).chain(indexes).chain(exclusions);
        let Some(name) = all.find(|name| dialect.same(name, from)) else {
            self.complain(format!("there is no constraint or index {from} to rename"));
            return;
        };
        to.clone_into(name);
        let old = self.place(&ObjectName { schema: schema.clone(), name: from.to_owned() });
        let new = self.place(&ObjectName { schema, name: to.to_owned() });
        if self.relations.remove(&old).is_some() {
            self.relations.insert(new, index);
        } else {
            self.constraint_names.remove(&old);
            self.constraint_names.insert(new);
        }
    }

    pub(crate) fn rename_table(&mut self, index: usize, to: &ObjectName) {
        if !self.may_walk() {
            return;
        }
        let to = self.full(to);
        let Some(old) = self.table_mut(index).map(|table| std::mem::replace(&mut table.name, to.clone())) else {
            return;
        };
        self.forget(index, &old);
        // Names that SQLite does not have are ours to keep in step.
        if self.dialect == Dialect::Sqlite {
            self.with_table(index, |table| rename_made(table, &old.name, &to.name));
        }
        self.use_schema(&to.schema.clone().unwrap_or_default());
        let place = self.place(&to);
        self.by_name.entry(to.name.to_lowercase()).or_default().push(index);
        self.by_place.insert(place, index);
        let to_name = to;
        for table in self.tables.iter_mut().flatten() {
            for reference in table.references.iter_mut().filter(|reference| reference.table == old) {
                reference.table = to_name.clone();
            }
            for parent in table.inherits.iter_mut().filter(|parent| **parent == old) {
                *parent = to_name.clone();
            }
            if let Some((parent, _)) = table.partition_of.as_mut().filter(|(parent, _)| *parent == old) {
                *parent = to_name.clone();
            }
        }
    }

    fn forget(&mut self, index: usize, name: &ObjectName) {
        let place = self.place(name);
        if let Some(named) = self.by_name.get_mut(&name.name.to_lowercase()) {
            named.retain(|found| *found != index);
        }
        self.by_place.remove(&place);
    }

    pub(crate) fn rename_schema(&mut self, from: &str, to: &str) {
        for schema in self.schemas.iter_mut().filter(|schema| schema.name == from) {
            to.clone_into(&mut schema.name);
        }
        let of_schema = |table: &&(usize, ObjectName)| table.1.schema.as_deref() == Some(from);
        let tables: Vec<(usize, ObjectName)> = self
            .tables
            .iter()
            .enumerate()
            .filter_map(|(index, table)| table.as_ref().map(|table| (index, table.name.clone())))
            .collect();
        for (index, name) in tables.iter().filter(of_schema) {
            self.rename_table(*index, &ObjectName { schema: Some(to.to_owned()), name: name.name.clone() });
        }
    }

    pub(crate) fn drop_table(&mut self, index: usize) {
        let Some(table) = self.tables.get_mut(index).and_then(Option::take) else { return };
        self.forget(index, &table.name);
        let relations = table.keys.iter().map(|key| &key.name).chain(table.indexes.iter().map(|index| &index.name));
        let constraints = table.checks.iter().map(|check| &check.name);
        let constraints = constraints.chain(table.references.iter().map(|reference| &reference.name));
        for name in relations.chain(constraints) {
            let place = self.place(&ObjectName { schema: table.name.schema.clone(), name: name.clone() });
            self.relations.remove(&place);
            self.constraint_names.remove(&place);
        }
        // So do triggers and policies, and the sequences that go with its columns.
        self.walks += self.objects.len() + self.sequences.len();
        if self.may_walk() {
            let own = |found: &ObjectName| {
                found.name == table.name.name && (found.schema.is_none() || found.schema == table.name.schema)
            };
            self.objects.retain(|object| !object.table.as_ref().is_some_and(own));
            for sequence in &mut self.sequences {
                if sequence.as_ref().and_then(|it| it.owned_by.as_ref()).is_some_and(|(of, _)| own(of)) {
                    *sequence = None;
                }
            }
        }
        // The columns' own enums go with them.
        for column in
            table.columns.iter().filter(|column| column.data_type.as_ref().is_some_and(|t| !t.values.is_empty()))
        {
            let name = ObjectName { schema: table.name.schema.clone(), name: column.type_name.clone() };
            if let Some(found) = self.enum_places.remove(&self.place(&name)) {
                self.enums.get_mut(found).map(Option::take);
            }
        }
        let partitions = self.partitions.remove(&index).unwrap_or_default();
        for child in partitions {
            self.drop_table(child);
        }
        // SQLite and MySQL keep what references the table, by its name: it is often made anew in another shape.
        let keeps = self.dialect.is_my() || self.dialect == Dialect::Sqlite;
        if !keeps && self.may_walk() {
            for other in self.tables.iter_mut().flatten() {
                other.references.retain(|reference| reference.table != table.name);
            }
        }
    }

    fn drop_column(&mut self, index: usize, name: &str) {
        if !self.may_search(index) {
            return;
        }
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        let Some(at) = table.columns.iter().position(|column| dialect.same(&column.name, name)) else {
            return;
        };
        let is_it = |found: &str| dialect.same(found, name);
        let mentions = |expression: &Sql| !mentioned(expression, dialect, is_it).is_empty();
        let over = |part: &crate::script::IndexPart| match &part.key {
            PartKey::Column(found) => is_it(found),
            PartKey::Expression(expression) => mentions(expression),
        };
        let mut gone: Vec<String> = Vec::new();
        table.keys.retain(|key| {
            let keep = !key.parts.iter().any(over);
            if !keep {
                gone.push(key.name.clone());
            }
            keep
        });
        // MySQL takes the column out of its indexes; the others drop them.
        for found in table.indexes.iter_mut().filter(|_| dialect.is_my()) {
            found.parts.retain(|part| !over(part));
        }
        table.indexes.retain(|found| {
            let keep = !found.parts.is_empty()
                && !found.parts.iter().any(over)
                && !found.include.iter().any(|name| is_it(name));
            if !keep {
                gone.push(found.name.clone());
            }
            keep
        });
        table.checks.retain(|check| !mentions(&check.expression));
        table.exclusions.retain(|found| !found.elements.iter().any(|(part, _)| over(part)));
        table.references.retain(|reference| !reference.columns.iter().any(|found| is_it(found)));
        table.settings.retain(|it| !it.column.as_ref().is_some_and(|found| is_it(found)));
        table.columns.remove(at);
        let own = table.name.clone();
        for name in gone {
            let place = self.place(&ObjectName { schema: own.schema.clone(), name });
            self.relations.remove(&place);
        }
        if self.may_walk() {
            for other in self.tables.iter_mut().flatten() {
                other
                    .references
                    .retain(|found| !(found.table == own && found.referenced.iter().any(|name| is_it(name))));
            }
        }
    }

    fn rename_column(&mut self, index: usize, from: &str, to: &str) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        let is_it = |found: &str| dialect.same(found, from);
        if !table.columns.iter().any(|column| is_it(&column.name)) {
            let message = format!("{} has no column {from} to rename", table.name);
            self.complain(message);
            return;
        }
        let own = table.name.clone();
        if !self.may_search(index) {
            return;
        }
        self.with_table(index, |table| rename_within(table, dialect, from, to));
        for other in self.tables.iter_mut().flatten() {
            for reference in other.references.iter_mut().filter(|reference| reference.table == own) {
                for name in reference.referenced.iter_mut().filter(|name| is_it(name)) {
                    to.clone_into(name);
                }
            }
        }
    }

    pub(crate) fn rename_type_of_columns(&mut self, from: &ObjectName, to: &ObjectName) {
        if !self.may_walk() {
            return;
        }
        let dialect = self.dialect;
        let columns = self.tables.iter_mut().flatten().flat_map(|table| &mut table.columns);
        for column in columns {
            let is_it = |found: &&mut TypeText| {
                dialect.same(&found.name, &from.name) && (found.schema.is_none() || found.schema == from.schema)
            };
            let Some(data_type) = column.data_type.as_mut().filter(is_it) else { continue };
            data_type.name.clone_from(&to.name);
            if from.schema != to.schema {
                data_type.schema.clone_from(&to.schema);
            }
            column.type_name = super::normal(data_type, dialect).name;
        }
    }
}

/// The names of what has none in the text begin with that of the table.
fn rename_made(table: &mut Table, from: &str, to: &str) {
    let keys = table.keys.iter_mut().filter(|key| !key.named).map(|key| &mut key.name);
    let checks = table.checks.iter_mut().filter(|check| !check.named).map(|check| &mut check.name);
    let references = table.references.iter_mut().filter(|found| !found.named).map(|found| &mut found.name);
    for name in keys.chain(checks).chain(references) {
        if let Some(rest) = name.strip_prefix(from) {
            *name = format!("{to}{rest}");
        }
    }
}

fn constraints(table: &Table) -> usize {
    table.checks.len() + table.references.len() + table.keys.len() + table.exclusions.len()
}

fn rename_within(table: &mut Table, dialect: Dialect, from: &str, to: &str) {
    let is_it = |found: &str| dialect.same(found, from);
    for column in table.columns.iter_mut().filter(|column| is_it(&column.name)) {
        to.clone_into(&mut column.name);
    }
    let parts = table.keys.iter_mut().flat_map(|key| &mut key.parts);
    let parts = parts.chain(table.indexes.iter_mut().flat_map(|index| &mut index.parts));
    let parts = parts.chain(table.partition_by.iter_mut().flat_map(|how| &mut how.parts));
    let parts =
        parts.chain(table.exclusions.iter_mut().flat_map(|found| found.elements.iter_mut().map(|(part, _)| part)));
    for part in parts {
        match &mut part.key {
            PartKey::Column(name) if is_it(name) => to.clone_into(name),
            PartKey::Column(_) => {}
            PartKey::Expression(expression) => rename_in(expression, dialect, from, to),
        }
    }
    let includes = table.keys.iter_mut().flat_map(|key| &mut key.include);
    let includes = includes.chain(table.indexes.iter_mut().flat_map(|index| &mut index.include));
    for name in includes.filter(|name| is_it(name)) {
        to.clone_into(name);
    }
    for reference in &mut table.references {
        for name in reference.columns.iter_mut().chain(&mut reference.delete_columns).filter(|name| is_it(name)) {
            to.clone_into(name);
        }
    }
    for name in table.settings.iter_mut().filter_map(|it| it.column.as_mut()).filter(|name| is_it(name)) {
        to.clone_into(name);
    }
    let checks = table.checks.iter_mut().map(|check| &mut check.expression);
    let predicates = table.indexes.iter_mut().filter_map(|index| index.predicate.as_mut());
    let predicates = predicates.chain(table.exclusions.iter_mut().filter_map(|found| found.predicate.as_mut()));
    let generated = table.columns.iter_mut().filter_map(|column| column.generated.as_mut());
    for expression in checks.chain(predicates).chain(generated.map(|generated| &mut generated.expression)) {
        rename_in(expression, dialect, from, to);
    }
}

/// Writes the new name wherever the old one stands in an expression.
fn rename_in(expression: &mut Sql, dialect: Dialect, from: &str, to: &str) {
    let text = &expression.0;
    let mut lexer = Lexer::new(text, dialect);
    let (mut out, mut at) = (String::new(), 0);
    while let Some(token) = lexer.next() {
        let raw = token.text(text);
        let name = match token.kind {
            Kind::Word => dialect.fold(raw),
            Kind::Quoted | Kind::DoubleQuoted => unquote_name(raw),
            Kind::String | Kind::Number | Kind::Variable | Kind::Symbol | Kind::Meta | Kind::Broken => continue,
        };
        if dialect.same(&name, from) {
            out.push_str(text.get(at..token.start()).unwrap_or_default());
            out.push_str(&quoted(to, dialect));
            at = token.end();
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    expression.0 = out;
}

/// A name as an expression may have it.
fn quoted(name: &str, dialect: Dialect) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && dialect.fold(name) == name;
    if plain && !name.starts_with(|c: char| c.is_ascii_digit()) {
        return name.to_owned();
    }
    match dialect {
        Dialect::MySql | Dialect::MariaDb => format!("`{}`", name.replace('`', "``")),
        Dialect::SqlServer => format!("[{}]", name.replace(']', "]]")),
        Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}
