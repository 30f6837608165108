//! Statements that are not about one table's parts.

use super::{Builder, MOST_OF_A_TABLE};
use crate::Dialect;
use crate::catalog::{Domain, DomainCheck, Enum, Sequence, Table};
use crate::script::{
    AlterDomain, AlterEnum, AlterIndex, Body, Comment, CommentTarget, CreateDomain, CreateEnum, CreateIndex,
    CreateTable, DomainChange, DropObjects, EnumChange, ObjectKind, ObjectName, Opaque, Rename,
};

/// Kinds of what is kept as text and is in a schema of PostgreSQL's.
const IN_SCHEMAS: [&str; 14] = [
    "view",
    "materialized view",
    "foreign table",
    "function",
    "procedure",
    "aggregate",
    "operator",
    "type",
    "collation",
    "statistics",
    "text search configuration",
    "text search dictionary",
    "text search parser",
    "text search template",
];

impl Builder {
    pub(crate) fn apply(&mut self, body: &Body) {
        match body {
            Body::CreateTable(table) => self.create_table(table),
            Body::AlterTable(alter) => self.alter_table(alter),
            Body::CreateIndex(index) => self.create_index(index),
            Body::AlterIndex(alter) => self.alter_index(alter),
            Body::CreateEnum(made) => self.create_enum(made),
            Body::AlterEnum(alter) => self.alter_enum(alter),
            Body::CreateDomain(domain) => self.create_domain(domain),
            Body::AlterDomain(alter) => self.alter_domain(alter),
            Body::CreateSchema(name) => self.use_schema(name),
            Body::Sequence(sequence) => self.sequence(sequence),
            Body::Comment(comment) => self.comment(comment),
            Body::Rename(renames) => renames.iter().for_each(|rename| self.rename(rename)),
            Body::Drop(drop) => self.drop_objects(drop),
            Body::SearchPath(path) => self.path.clone_from(path),
            Body::Opaque(opaque) => self.opaque(opaque),
            Body::Data(_) | Body::Session(_) | Body::NotUnderstood { .. } => {}
        }
    }

    fn create_table(&mut self, made: &CreateTable) {
        let name = self.full(&made.name);
        let place = self.place(&name);
        if let Some(found) = self.by_place.get(&place) {
            let same_kind = self.table(*found).is_some_and(|table| table.temporary == made.temporary);
            if !made.if_not_exists && same_kind {
                self.complain_of_two(format!("there is already a table {name}"));
            }
            return;
        }
        let schema = name.schema.clone().unwrap_or_default();
        if !made.temporary {
            self.use_schema(&schema);
        }
        let table = Table {
            name,
            comment: made.comment.clone(),
            columns: Vec::new(),
            keys: Vec::new(),
            checks: Vec::new(),
            exclusions: Vec::new(),
            indexes: Vec::new(),
            references: Vec::new(),
            inherits: Vec::new(),
            partition_by: made.partition_by.clone(),
            partition_of: None,
            temporary: made.temporary,
            unlogged: made.unlogged,
            parameters: made.parameters.clone(),
            settings: Vec::new(),
            statement: self.statement,
            line: self.line,
        };
        let index = self.insert(table);
        self.fill(index, made);
    }

    pub(crate) fn insert(&mut self, table: Table) -> usize {
        let index = self.tables.len();
        let place = self.place(&table.name);
        self.by_name.entry(table.name.name.to_lowercase()).or_default().push(index);
        self.by_place.insert(place, index);
        self.tables.push(Some(table));
        index
    }

    fn create_index(&mut self, made: &CreateIndex) {
        let Some(table) = self.find(&made.table) else {
            let name = made.index.name.as_deref().unwrap_or("without a name");
            if self.places(&made.table).any(|place| self.others.contains(&place)) {
                self.index_of_view(made);
            } else {
                self.complain(format!("the index {name} was left out: there is no table {}", made.table));
            }
            return;
        };
        let schema = self.table(table).and_then(|table| table.name.schema.clone());
        if let (Some(name), true) = (&made.index.name, made.if_not_exists) {
            let place = self.place(&ObjectName { schema, name: name.clone() });
            if self.relations.contains_key(&place) {
                return;
            }
        }
        self.add_index(table, &made.index, !made.only);
    }

    /// An index of a materialized view is kept as text, as the view is.
    fn index_of_view(&mut self, made: &CreateIndex) {
        let name = made.index.name.clone().map(|name| ObjectName { schema: made.table.schema.clone(), name });
        self.objects.push(Opaque {
            kind: "index".to_owned(),
            name,
            table: Some(made.table.clone()),
            alters: false,
            replaces: false,
            fields: Vec::new(),
            text: made.text.clone(),
            bare_at: None,
            line: self.line,
        });
    }

    fn alter_index(&mut self, alter: &AlterIndex) {
        match alter {
            AlterIndex::Rename(name, to) => {
                let Some(table) = self.look_up(&self.relations, name).or_else(|| self.relation_of_any(name)) else {
                    self.complain(format!("there is no index {name}"));
                    return;
                };
                self.rename_relation(table, &name.name, to);
            }
            // That one index is part of another shows in neither.
            AlterIndex::Attach(..) => {}
        }
    }

    fn relation_of_any(&mut self, name: &ObjectName) -> Option<usize> {
        let per_table = !matches!(self.dialect, Dialect::Postgres | Dialect::Sqlite | Dialect::Oracle);
        if !per_table || !self.may_walk() {
            return None;
        }
        let is_named = |found: &str| self.dialect.same(found, &name.name);
        self.tables.iter().position(|table| {
            table.as_ref().is_some_and(|table| table.indexes.iter().any(|index| is_named(&index.name)))
        })
    }

    fn create_enum(&mut self, made: &CreateEnum) {
        let name = self.full(&made.name);
        let place = self.place(&name);
        if self.enum_places.contains_key(&place) {
            self.complain_of_two(format!("there is already a type {name}"));
            return;
        }
        self.use_schema(name.schema.clone().unwrap_or_default().as_str());
        self.enum_places.insert(place, self.enums.len());
        let line = self.line;
        self.enums.push(Some(Enum { name, values: made.values.clone(), comment: None, inline: None, line }));
    }

    fn alter_enum(&mut self, alter: &AlterEnum) {
        let found = self.look_up(&self.enum_places, &alter.name);
        let Some(found) = found.and_then(|index| self.enums.get_mut(index)?.as_mut()) else {
            self.complain(format!("there is no enum {}", alter.name));
            return;
        };
        match &alter.change {
            EnumChange::Rename(from, to) => {
                if let Some(value) = found.values.iter_mut().find(|value| *value == from) {
                    value.clone_from(to);
                }
            }
            EnumChange::Add { value, beside, before } => {
                if found.values.len() >= MOST_OF_A_TABLE || found.values.contains(value) {
                    return;
                }
                let beside = beside.as_ref().and_then(|beside| found.values.iter().position(|value| value == beside));
                let at = beside.map_or(found.values.len(), |at| if *before { at } else { at + 1 });
                found.values.insert(at, value.clone());
            }
        }
    }

    fn create_domain(&mut self, made: &CreateDomain) {
        let name = self.full(&made.name);
        let place = self.place(&name);
        if self.domain_places.contains_key(&place) {
            self.complain_of_two(format!("there is already a type {name}"));
            return;
        }
        self.use_schema(name.schema.clone().unwrap_or_default().as_str());
        self.domain_places.insert(place, self.domains.len());
        let mut checks = Vec::new();
        for (given, expression) in &made.checks {
            let default = check_of_domain(&name.name, &checks);
            let name = given.clone().unwrap_or(default);
            checks.push(DomainCheck { name, expression: expression.clone(), not_valid: false });
        }
        let domain = Domain {
            checks,
            name,
            type_name: super::normal(&made.data_type, self.dialect).name,
            data_type: made.data_type.clone(),
            not_null: made.not_null,
            default: made.default.clone(),
            collation: made.collation.clone(),
            comment: None,
            line: self.line,
        };
        self.domains.push(Some(domain));
    }

    fn alter_domain(&mut self, alter: &AlterDomain) {
        let found = self.look_up(&self.domain_places, &alter.name);
        let Some(domain) = found.and_then(|index| self.domains.get_mut(index)?.as_mut()) else {
            self.complain(format!("there is no domain {}", alter.name));
            return;
        };
        match &alter.change {
            DomainChange::AddCheck(name, expression, not_valid) => {
                let default = check_of_domain(&domain.name.name, &domain.checks);
                let name = name.clone().unwrap_or(default);
                domain.checks.push(DomainCheck { name, expression: expression.clone(), not_valid: *not_valid });
            }
            DomainChange::Validate(name) => {
                for check in domain.checks.iter_mut().filter(|check| check.name == *name) {
                    check.not_valid = false;
                }
            }
            DomainChange::DropCheck(name) => domain.checks.retain(|check| check.name != *name),
            DomainChange::SetDefault(value) => domain.default.clone_from(value),
            DomainChange::SetNotNull(not_null) => domain.not_null = *not_null,
        }
    }

    fn sequence(&mut self, sequence: &crate::script::Sequence) {
        let found = self.look_up(&self.sequence_places, &sequence.name);
        if let Some(known) = found.and_then(|index| self.sequences.get_mut(index)?.as_mut()) {
            if sequence.owned_by.is_some() {
                known.owned_by.clone_from(&sequence.owned_by);
            }
            if !sequence.create && !sequence.options.is_empty() {
                // Of options that are said twice, the later ones count.
                known.options.push(' ');
                known.options.push_str(&sequence.options);
            }
            return;
        }
        // What a serial column has made of itself is in no list.
        if !sequence.create {
            return;
        }
        let name = self.full(&sequence.name);
        let place = self.place(&name);
        self.sequence_places.insert(place.clone(), self.sequences.len());
        self.others.insert(place);
        let (options, owned_by) = (sequence.options.clone(), sequence.owned_by.clone());
        self.sequences.push(Some(Sequence { name, options, owned_by, line: self.line }));
    }

    fn comment(&mut self, comment: &Comment) {
        let text = comment.text.clone();
        match &comment.target {
            CommentTarget::Table(name) => {
                let Some(table) = self.find(name).and_then(|index| self.table_mut(index)) else {
                    // SQL Server and Oracle say TABLE of a view as well.
                    if self.places(name).any(|place| self.others.contains(&place)) {
                        self.comment_on_text("view", &name.clone(), "VIEW", &quoted_path(name), text);
                    } else {
                        self.complain(format!("there is no table {name} for the comment"));
                    }
                    return;
                };
                table.comment = text;
            }
            CommentTarget::Column(name, column) => self.comment_column(name, column, text),
            CommentTarget::Constraint(name, constraint) => {
                if !self.find(name).is_some_and(|index| self.comment_constraint(index, constraint, &text)) {
                    self.complain(format!("there is no constraint {constraint} on {name} for the comment"));
                }
            }
            CommentTarget::Index(name) => {
                let table = self.look_up(&self.relations, name).or_else(|| self.relation_of_any(name));
                if table.is_some_and(|index| self.comment_constraint(index, &name.name, &text)) {
                    return;
                }
                self.walks += self.objects.len();
                let of_view = self.may_walk()
                    && self.objects.iter().any(|object| {
                        object.kind == "index" && object.name.as_ref().is_some_and(|found| found.name == name.name)
                    });
                if of_view {
                    self.comment_on_text("index", &name.clone(), "INDEX", &quoted_path(name), text);
                } else {
                    self.complain(format!("there is no index {name} for the comment"));
                }
            }
            CommentTarget::Schema(name) => {
                self.use_schema(name);
                if let Some(schema) = self.schemas.iter_mut().find(|schema| schema.name == *name) {
                    schema.comment = text;
                }
            }
            CommentTarget::DomainConstraint(domain, constraint) => {
                let path = format!("{} ON DOMAIN {}", quoted_path(&ObjectName::bare(constraint)), quoted_path(domain));
                self.comment_on_text("type", &domain.clone(), "CONSTRAINT", &path, text);
            }
            CommentTarget::Type(name) => {
                let found = self.look_up(&self.enum_places, name);
                if let Some(found) = found.and_then(|index| self.enums.get_mut(index)?.as_mut()) {
                    found.comment = text;
                    return;
                }
                let found = self.look_up(&self.domain_places, name);
                match found.and_then(|index| self.domains.get_mut(index)?.as_mut()) {
                    Some(found) => found.comment = text,
                    None => self.comment_on_text("type", &name.clone(), "TYPE", &quoted_path(name), text),
                }
            }
            CommentTarget::Other(kind, name) => {
                let on = kind.to_uppercase();
                self.comment_on_text(kind, &ObjectName::bare(name.clone()), &on, name, text);
            }
        }
    }

    /// A comment on something that is kept as text is kept as one, too.
    fn comment_on_text(&mut self, kind: &str, name: &ObjectName, on: &str, path: &str, text: Option<String>) {
        let literal = text.map_or_else(|| "NULL".to_owned(), |text| literal(&text));
        self.comments.push(Opaque {
            kind: kind.to_owned(),
            name: Some(name.clone()),
            table: None,
            alters: true,
            replaces: false,
            fields: Vec::new(),
            text: format!("COMMENT ON {on} {path} IS {literal}"),
            bare_at: None,
            line: self.line,
        });
    }

    fn comment_column(&mut self, name: &ObjectName, column: &str, text: Option<String>) {
        let dialect = self.dialect;
        let Some(table) = self.find(name).and_then(|index| self.table_mut(index)) else {
            if self.places(name).any(|place| self.others.contains(&place)) {
                let path = format!("{}.{}", quoted_path(name), quoted_path(&ObjectName::bare(column)));
                self.comment_on_text("view", &name.clone(), "COLUMN", &path, text);
            } else {
                self.complain(format!("there is no table {name} for the comment on its column {column}"));
            }
            return;
        };
        match table.columns.iter_mut().find(|found| dialect.same(&found.name, column)) {
            Some(found) => found.comment = text,
            None => self.complain(format!("{name} has no column {column} for the comment")),
        }
    }

    fn comment_constraint(&mut self, index: usize, name: &str, text: &Option<String>) -> bool {
        let dialect = self.dialect;
        let Some(table) = self.table_mut(index) else { return false };
        let keys = table.keys.iter_mut().map(|found| (&found.name, &mut found.comment));
        let checks = table.checks.iter_mut().map(|found| (&found.name, &mut found.comment));
        let references = table.references.iter_mut().map(|found| (&found.name, &mut found.comment));
        let indexes = table.indexes.iter_mut().map(|found| (&found.name, &mut found.comment));
        let exclusions = table.exclusions.iter_mut().map(|found| (&found.name, &mut found.comment));
        let mut all = keys.chain(checks).chain(references).chain(indexes).chain(exclusions);
        match all.find(|(found, _)| dialect.same(found, name)) {
            Some((_, comment)) => {
                comment.clone_from(text);
                true
            }
            // A default or NOT NULL of SQL Server has a name of its own, and no place for a comment.
            None => dialect == Dialect::SqlServer,
        }
    }

    fn rename(&mut self, rename: &Rename) {
        match rename.kind {
            ObjectKind::Table => match self.find(&rename.from) {
                Some(index) => self.rename_table(index, &rename.to),
                None => self.complain(format!("there is no table {} to rename", rename.from)),
            },
            ObjectKind::Type => self.rename_type(&rename.from, &rename.to),
            ObjectKind::Sequence => {
                if let Some(index) = self.look_up(&self.sequence_places, &rename.from) {
                    let (from, to) = (self.place(&self.full(&rename.from)), self.full(&rename.to));
                    self.sequence_places.remove(&from);
                    self.sequence_places.insert(self.place(&to), index);
                    if let Some(Some(sequence)) = self.sequences.get_mut(index) {
                        sequence.name = to;
                    }
                }
            }
            ObjectKind::Schema => self.rename_schema(&rename.from.name, &rename.to.name),
            ObjectKind::Index | ObjectKind::Other(_) => {
                self.walks += self.objects.len();
                if !self.may_walk() {
                    return;
                }
                for object in &mut self.objects {
                    if object.name.as_ref() == Some(&rename.from) {
                        object.name = Some(rename.to.clone());
                    }
                }
            }
        }
    }

    fn rename_type(&mut self, from: &ObjectName, to: &ObjectName) {
        let to = self.full(to);
        if let Some(index) = self.look_up(&self.enum_places, from)
            && let Some(Some(found)) = self.enums.get_mut(index)
        {
            let old = std::mem::replace(&mut found.name, to.clone());
            self.enum_places.remove(&self.place(&old));
            self.enum_places.insert(self.place(&to), index);
            self.rename_type_of_columns(&old, &to);
        } else if let Some(index) = self.look_up(&self.domain_places, from)
            && let Some(Some(found)) = self.domains.get_mut(index)
        {
            let old = std::mem::replace(&mut found.name, to.clone());
            self.domain_places.remove(&self.place(&old));
            self.domain_places.insert(self.place(&to), index);
            self.rename_type_of_columns(&old, &to);
        }
    }

    fn drop_objects(&mut self, drop: &DropObjects) {
        for name in &drop.names {
            match &drop.kind {
                ObjectKind::Table => match self.find(name) {
                    Some(index) => self.drop_table(index),
                    None if !drop.if_exists && self.dialect == Dialect::Postgres => {
                        self.complain(format!("there is no table {name} to drop"));
                    }
                    None => {}
                },
                ObjectKind::Index => {
                    let table = drop.table.as_ref().and_then(|table| self.find(table));
                    // `DROP INDEX table.index` of old.
                    let old = name.schema.as_ref().filter(|_| self.dialect == Dialect::SqlServer);
                    let old = old.and_then(|table| self.find(&ObjectName::bare(table.clone())));
                    let found = table.or(old).or_else(|| self.look_up(&self.relations, name));
                    if let Some(index) = found.or_else(|| self.relation_of_any(name)) {
                        self.drop_relation(index, &name.name);
                    }
                }
                ObjectKind::Type => {
                    if let Some(index) = self.look_up(&self.enum_places, name) {
                        self.enum_places.retain(|_, found| *found != index);
                        self.enums.get_mut(index).map(Option::take);
                    } else if let Some(index) = self.look_up(&self.domain_places, name) {
                        self.domain_places.retain(|_, found| *found != index);
                        self.domains.get_mut(index).map(Option::take);
                    }
                    self.drop_object("type", name);
                }
                ObjectKind::Sequence => {
                    if let Some(index) = self.look_up(&self.sequence_places, name) {
                        self.sequence_places.retain(|_, found| *found != index);
                        self.sequences.get_mut(index).map(Option::take);
                    }
                }
                ObjectKind::Schema => self.drop_schema(&name.name),
                ObjectKind::Other(kind) => self.drop_object(kind, name),
            }
        }
    }

    fn drop_object(&mut self, kind: &str, name: &ObjectName) {
        let full = self.full(name);
        let place = self.place(&full);
        self.others.remove(&place);
        let count = self.objects.len();
        if count == 0 || !self.may_walk() {
            return;
        }
        self.walks += count;
        let dialect = self.dialect;
        self.objects.retain(|object| {
            let same = object.name.as_ref().is_some_and(|found| {
                dialect.same(&found.name, &name.name)
                    && (found.schema.is_none() || name.schema.is_none() || found.schema == name.schema)
            });
            !(same && object.kind == kind)
        });
    }

    fn drop_schema(&mut self, name: &str) {
        self.schemas.retain(|schema| schema.name != name);
        let own: Vec<usize> = self
            .tables
            .iter()
            .enumerate()
            .filter(|(_, table)| table.as_ref().is_some_and(|table| table.name.schema.as_deref() == Some(name)))
            .map(|(index, _)| index)
            .collect();
        for index in own {
            self.drop_table(index);
        }
    }

    fn opaque(&mut self, opaque: &Opaque) {
        if let Some(name) = &opaque.name {
            let full = self.full(name);
            let place = self.place(&full);
            if matches!(
                opaque.kind.as_str(),
                "view" | "materialized view" | "foreign table" | "virtual table" | "synonym" | "external table"
            ) {
                self.others.insert(place);
            }
        }
        let mut made = opaque.clone();
        if self.dialect == Dialect::Postgres && IN_SCHEMAS.contains(&made.kind.as_str()) {
            made.name = made.name.map(|name| self.full(&name));
        }
        self.objects.push(made);
    }
}

/// A name in quotes.
pub(super) fn quoted_path(name: &ObjectName) -> String {
    let quote = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let schema = name.schema.as_ref().filter(|schema| !schema.is_empty());
    schema.map_or_else(|| quote(&name.name), |schema| format!("{}.{}", quote(schema), quote(&name.name)))
}

/// A string in quotes.
fn literal(text: &str) -> String {
    let escape = if text.contains('\\') { "E" } else { "" };
    format!("{escape}'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// What PostgreSQL calls a check of a domain that has no name.
fn check_of_domain(domain: &str, known: &[DomainCheck]) -> String {
    let numbered =
        |n: usize| super::names::made(domain, "", &if n == 0 { "check".to_owned() } else { format!("check{n}") });
    let is_free = |name: &String| !known.iter().any(|check| check.name == *name);
    (0..=known.len()).map(numbered).find(is_free).unwrap_or_default()
}
