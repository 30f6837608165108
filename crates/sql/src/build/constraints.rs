//! Keys, checks, references and indexes of a table.

use super::names::{joined, mentioned, of_parts};
use super::{Builder, MOST_OF_A_TABLE};
use crate::Dialect;
use crate::catalog::{Check, Exclusion, Index, Key, Reference};
use crate::script::{
    Constraint, ConstraintDef, ExcludeDef, ForeignDef, Identity, IdentityKind, IndexDef, IndexPart, KeyDef, ObjectName,
    PartKey, Sql,
};
use std::collections::BTreeSet;

/// More columns has no database in one key.
const MOST_PARTS: usize = 500;

impl Builder {
    /// One more constraint; `creating` while its table is being made.
    pub(crate) fn add_constraint(&mut self, index: usize, made: &ConstraintDef, creating: bool) {
        let Some(table) = self.table(index) else { return };
        let count = table.keys.len() + table.checks.len() + table.references.len() + table.exclusions.len();
        if count >= MOST_OF_A_TABLE {
            self.complain(format!("{}: a table can have no more constraints", table.name));
            return;
        }
        match &made.kind {
            Constraint::Primary(key) => self.add_key(index, made, key, true, creating),
            Constraint::Unique(key) => self.add_key(index, made, key, false, creating),
            Constraint::Foreign(foreign) => self.add_reference(index, made, foreign),
            Constraint::Check(expression) => self.add_check(index, made, expression),
            Constraint::Exclude(exclude) => self.add_exclusion(index, made, exclude),
            Constraint::NotNull(column) => self.with_column(index, column, |column| column.not_null = true),
            Constraint::Default { value, column } => {
                self.with_column(index, column, |column| {
                    column.default = Some(value.clone());
                    column.default_name.clone_from(&made.name);
                });
            }
        }
    }

    /// Changes a column, or says that there is none.
    pub(crate) fn with_column(&mut self, index: usize, name: &str, change: impl FnOnce(&mut crate::catalog::Column)) {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return };
        match table.columns.iter_mut().find(|column| dialect.same(&column.name, name)) {
            Some(column) => change(column),
            None => {
                let message = format!("{} has no column {name}", table.name);
                self.complain(message);
            }
        }
    }

    /// The names of columns as the table has them, however they were written; those that it does not have are told of.
    fn columns_of(&mut self, index: usize, names: &mut [&mut String], of: &str) {
        let dialect = self.dialect;
        let Some(table) = self.table(index) else { return };
        let mut missing = Vec::new();
        for name in names {
            match table.columns.iter().find(|column| dialect.same(&column.name, name)) {
                Some(column) => name.clone_from(&column.name),
                None => missing.push((*name).clone()),
            }
        }
        let table = table.name.clone();
        for name in missing {
            self.complain(format!("{table} has no column {name}, which {of} is over"));
        }
    }

    fn parts_of(&mut self, index: usize, parts: &[IndexPart], of: &str) -> Vec<IndexPart> {
        if parts.len() > MOST_PARTS {
            self.complain(format!("{of} has too many columns"));
        }
        let mut parts: Vec<IndexPart> = parts.iter().take(MOST_PARTS).cloned().collect();
        let mut names: Vec<&mut String> = parts
            .iter_mut()
            .filter_map(|part| match &mut part.key {
                PartKey::Column(name) => Some(name),
                PartKey::Expression(_) => None,
            })
            .collect();
        self.columns_of(index, &mut names, of);
        parts
    }

    fn add_key(&mut self, index: usize, made: &ConstraintDef, made_key: &KeyDef, primary: bool, creating: bool) {
        if let Some(using) = &made_key.using_index {
            self.take_over_index(index, made, using, primary);
            return;
        }
        let of = if primary { "the primary key" } else { "a unique constraint" };
        let parts = self.parts_of(index, &made_key.parts, of);
        let Some(table) = self.table(index) else { return };
        let (name, dialect) = (table.name.clone(), self.dialect);
        if primary && table.keys.iter().any(|key| key.primary && !key.inherited) {
            // SQLite refuses it, too; a partition may repeat what it inherits.
            self.complain_of_two(format!("{name} has a primary key already"));
            return;
        }
        // PostgreSQL makes one of a key that is written twice.
        let same = table.keys.iter().position(|known| {
            creating
                && known.parts == parts
                && known.include == made_key.include
                && (!known.named || made.name.is_none())
        });
        if let Some(known) = same {
            if let (Some(given), Some(table)) = (&made.name, self.table_mut(index))
                && let Some(known) = table.keys.get_mut(known)
            {
                known.name.clone_from(given);
                known.named = true;
            }
            return;
        }
        let chosen = made.name.clone().unwrap_or_else(|| self.key_name(index, &name, &parts, primary));
        self.stand_on_index(index, &chosen, &parts);
        self.claim(index, &name, &chosen, true);
        let key = Key {
            name: chosen,
            named: made.name.is_some(),
            primary,
            parts,
            include: made_key.include.clone(),
            nulls_not_distinct: made_key.nulls_not_distinct,
            deferrable: made.deferrable,
            deferred: made.deferred,
            without_overlaps: made_key.without_overlaps,
            parameters: made_key.parameters.clone(),
            inherited: false,
            comment: None,
            line: self.line,
        };
        if made_key.autoincrement
            && let Some(only) = key.columns().first()
        {
            let identity = Identity { kind: IdentityKind::AutoIncrement, options: None };
            self.with_column(index, only, |column| column.identity = Some(identity));
        }
        let Some(table) = self.table_mut(index) else { return };
        // SQLite's primary keys may be NULL, by an old mistake; its own column of row numbers is not.
        if primary && dialect != Dialect::Sqlite {
            for column in &mut table.columns {
                column.not_null |= key.columns().contains(&column.name.as_str());
            }
        }
        table.keys.push(key);
    }

    /// Oracle's keys use an index that is there already; it is then the one behind the key.
    fn stand_on_index(&mut self, index: usize, name: &str, parts: &[IndexPart]) {
        if self.dialect != Dialect::Oracle {
            return;
        }
        let Some(table) = self.table_mut(index) else { return };
        let Some(at) = table.indexes.iter().position(|found| found.name == name && found.parts == parts) else {
            return;
        };
        let found = table.indexes.remove(at);
        let place = ObjectName { schema: table.name.schema.clone(), name: found.name };
        let place = self.place(&place);
        self.relations.remove(&place);
    }

    fn key_name(&mut self, index: usize, table: &ObjectName, parts: &[IndexPart], primary: bool) -> String {
        let schema = table.schema.clone().unwrap_or_default();
        if self.dialect.is_my() {
            return if primary { "PRIMARY".to_owned() } else { self.my_index_name(index, parts) };
        }
        let label = if primary { "pkey" } else { "key" };
        let columns = if primary { String::new() } else { of_parts(parts) };
        self.free_name(&schema, &table.name, &columns, label)
    }

    /// MySQL calls an index after its first column, and numbers those that begin alike.
    fn my_index_name(&mut self, index: usize, parts: &[IndexPart]) -> String {
        let first = parts.first().and_then(IndexPart::as_column).unwrap_or("functional_index");
        let base = (format!("index of table {index}"), first.to_lowercase());
        let mut pass = self.passes.get(&base).copied().unwrap_or_default();
        let name = loop {
            let name = if pass == 0 { first.to_owned() } else { format!("{first}_{}", pass + 1) };
            pass += 1;
            let is_taken = self.table(index).is_some_and(|table| {
                table.keys.iter().any(|key| key.name.eq_ignore_ascii_case(&name))
                    || table.indexes.iter().any(|index| index.name.eq_ignore_ascii_case(&name))
            });
            if !is_taken {
                break name;
            }
        };
        self.passes.insert(base, pass);
        name
    }

    /// Remembers that a name is taken, and says so when it was taken before.
    pub(crate) fn claim(&mut self, index: usize, table: &ObjectName, name: &str, relation: bool) {
        // Everywhere else a name of an index is its table's own.
        let in_schema = matches!(self.dialect, Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle);
        let place = self.place(&ObjectName { schema: table.schema.clone(), name: name.to_owned() });
        if relation && in_schema {
            if self.relations.contains_key(&place) {
                self.complain_of_two(format!("there is already an index or key called {name}"));
            }
            self.relations.insert(place, index);
        } else {
            self.constraint_names.insert(place);
        }
    }

    /// `ADD CONSTRAINT … USING INDEX`: the index becomes the key.
    fn take_over_index(&mut self, index: usize, made: &ConstraintDef, using: &str, primary: bool) {
        let (dialect, line) = (self.dialect, self.line);
        let Some(table) = self.table_mut(index) else { return };
        let Some(at) = table.indexes.iter().position(|found| dialect.same(&found.name, using)) else {
            let message = format!("{} has no index {using} to make a key of", table.name);
            self.complain(message);
            return;
        };
        let found = table.indexes.remove(at);
        let key = Key {
            name: made.name.clone().unwrap_or_else(|| found.name.clone()),
            named: true,
            primary,
            parts: found.parts,
            include: found.include,
            nulls_not_distinct: found.nulls_not_distinct,
            deferrable: made.deferrable,
            deferred: made.deferred,
            without_overlaps: false,
            parameters: found.parameters,
            inherited: false,
            comment: found.comment,
            line,
        };
        let name = table.name.clone();
        for column in &mut table.columns {
            column.not_null |= primary && key.columns().contains(&column.name.as_str());
        }
        if key.name != using {
            let old = self.place(&ObjectName { schema: name.schema.clone(), name: using.to_owned() });
            self.relations.remove(&old);
            self.claim(index, &name, &key.name.clone(), true);
        }
        if let Some(table) = self.table_mut(index) {
            table.keys.push(key);
        }
    }

    fn add_check(&mut self, index: usize, made: &ConstraintDef, expression: &Sql) {
        let dialect = self.dialect;
        let Some(table) = self.table(index) else { return };
        let name = table.name.clone();
        let schema = name.schema.clone().unwrap_or_default();
        if let Some(given) = &made.name
            && let Some(known) = table.checks.iter().find(|known| dialect.same(&known.name, given))
        {
            // An heir repeats what it inherits.
            if !known.inherited {
                self.complain_of_two(format!("{name} has a check called {given} already"));
            }
            return;
        }
        let names: BTreeSet<String> = table.columns.iter().map(|column| dialect.loose_key(&column.name)).collect();
        let columns = mentioned(expression, dialect, |word| names.contains(&dialect.loose_key(word)));
        let chosen = match &made.name {
            Some(given) => given.clone(),
            None if dialect.is_my() => {
                let count = table.checks.iter().filter(|check| !check.named).count();
                format!("{}_chk_{}", name.name, count + 1)
            }
            None => {
                let of = if let [only] = columns.as_slice() { only.as_str() } else { "" };
                self.free_name(&schema, &name.name, of, "check")
            }
        };
        self.claim(index, &name, &chosen, false);
        let check = Check {
            name: chosen,
            named: made.name.is_some(),
            expression: expression.clone(),
            not_valid: made.not_valid,
            disabled: made.disabled,
            no_inherit: made.no_inherit,
            inherited: false,
            comment: None,
            line: self.line,
        };
        if let Some(table) = self.table_mut(index) {
            table.checks.push(check);
        }
    }

    fn add_exclusion(&mut self, index: usize, made: &ConstraintDef, exclude: &ExcludeDef) {
        let Some(table) = self.table(index) else { return };
        let name = table.name.clone();
        let parts: Vec<IndexPart> = exclude.elements.iter().map(|(part, _)| part.clone()).collect();
        let schema = name.schema.clone().unwrap_or_default();
        let chosen =
            made.name.clone().unwrap_or_else(|| self.free_name(&schema, &name.name, &of_parts(&parts), "excl"));
        self.claim(index, &name, &chosen, true);
        let exclusion = Exclusion {
            name: chosen,
            method: exclude.method.clone(),
            elements: exclude.elements.clone(),
            predicate: exclude.predicate.clone(),
            deferrable: made.deferrable,
            deferred: made.deferred,
            comment: None,
            line: self.line,
        };
        if let Some(table) = self.table_mut(index) {
            table.exclusions.push(exclusion);
        }
    }

    fn add_reference(&mut self, index: usize, made: &ConstraintDef, foreign: &ForeignDef) {
        if foreign.columns.len() > MOST_PARTS {
            self.complain("a foreign key has too many columns");
            return;
        }
        let mut columns = foreign.columns.clone();
        let mut names: Vec<&mut String> = columns.iter_mut().collect();
        self.columns_of(index, &mut names, "a foreign key");
        let Some(table) = self.table(index) else { return };
        let (name, dialect) = (table.name.clone(), self.dialect);
        let is_taken = |given: &String| table.references.iter().any(|known| dialect.same(&known.name, given));
        if let Some(given) = made.name.as_ref().filter(|given| is_taken(given)) {
            self.complain_of_two(format!("{name} has a foreign key called {given} already"));
            return;
        }
        let schema = name.schema.clone().unwrap_or_default();
        let chosen = match &made.name {
            Some(given) => given.clone(),
            None if dialect.is_my() => {
                let count = table.references.iter().filter(|known| !known.named).count();
                format!("{}_ibfk_{}", name.name, count + 1)
            }
            None => {
                let of = joined(columns.iter().map(String::as_str));
                self.free_name(&schema, &name.name, &of, "fkey")
            }
        };
        self.claim(index, &name, &chosen, false);
        // What is not there yet is looked for once more at the end.
        let target = match self.find(&foreign.table).and_then(|found| self.table(found)) {
            Some(target) => target.name.clone(),
            None => ObjectName { schema: foreign.table.schema.clone(), name: foreign.table.name.clone() },
        };
        let mut referenced = foreign.referenced.clone();
        if referenced.is_empty() && dialect != Dialect::Sqlite {
            referenced = self.key_of(&foreign.table, columns.len());
        }
        let reference = Reference {
            name: chosen,
            named: made.name.is_some(),
            columns,
            table: target,
            referenced,
            on_delete: foreign.on_delete,
            delete_columns: foreign.delete_columns.clone(),
            on_update: foreign.on_update,
            match_kind: foreign.match_kind,
            deferrable: made.deferrable,
            deferred: made.deferred,
            not_valid: made.not_valid,
            disabled: made.disabled,
            inherited: false,
            comment: None,
            line: self.line,
        };
        if let Some(table) = self.table_mut(index) {
            table.references.push(reference);
        }
    }

    /// The columns of a table's primary key, if it has as many.
    pub(crate) fn key_of(&self, table: &ObjectName, count: usize) -> Vec<String> {
        let key = self.find(table).and_then(|index| self.table(index)).and_then(|table| table.primary());
        let columns: Vec<String> =
            key.map(|key| key.columns().into_iter().map(str::to_owned).collect()).unwrap_or_default();
        if columns.len() == count { columns } else { Vec::new() }
    }

    /// One more index; `spread` to the partitions as well.
    pub(crate) fn add_index(&mut self, index: usize, made: &IndexDef, spread: bool) {
        let of = made.name.as_ref().map_or("an index".to_owned(), |name| format!("the index {name}"));
        let parts = self.parts_of(index, &made.parts, &of);
        let Some(table) = self.table(index) else { return };
        let name = table.name.clone();
        if table.indexes.len() >= MOST_OF_A_TABLE {
            self.complain(format!("{name}: a table can have no more indexes"));
            return;
        }
        let schema = name.schema.clone().unwrap_or_default();
        let chosen = match &made.name {
            Some(given) => given.clone(),
            None if self.dialect.is_my() => self.my_index_name(index, &parts),
            None => self.free_name(&schema, &name.name, &of_parts(&parts), "idx"),
        };
        let before = self.diagnostics.len();
        self.claim(index, &name, &chosen, true);
        if self.diagnostics.len() > before {
            // The database would have refused it.
            return;
        }
        let found = Index {
            name: chosen,
            named: made.name.is_some(),
            unique: made.unique,
            method: made.method.clone(),
            parts,
            include: made.include.clone(),
            predicate: made.predicate.clone(),
            nulls_not_distinct: made.nulls_not_distinct,
            parameters: made.parameters.clone(),
            inherited: false,
            comment: made.comment.clone(),
            line: self.line,
        };
        if spread {
            self.spread_index(index, &found);
        }
        if let Some(table) = self.table_mut(index) {
            table.indexes.push(found);
        }
    }
}
