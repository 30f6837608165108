//! Enums and domains.

use super::expression::{self, Columns};
use super::{Lowering, types};
use crate::catalog::{self, Inline};
use crate::script::{ObjectName, TypeText};
use schema::{
    DataType, Domain, DomainCheck, Label, Name, NamespaceId, QualifiedName, TypeDefinition, TypeId, UserType,
};
use std::fmt;

impl Lowering<'_> {
    /// All types: their names before what they are made of, which may be one another.
    pub(super) fn user_types(&mut self) {
        let catalog = self.catalog;
        let mut enums = Vec::new();
        for found in catalog.enums.iter().filter(|found| found.inline != Some(Inline::Set)) {
            self.line = found.line;
            if found.values.iter().any(|value| value.len() > Name::MAX_BYTES) {
                self.lose(found.name.to_string(), "an enum with a word of more than 63 bytes: its columns are text");
                continue;
            }
            let Some((id, namespace, name)) = self.new_type(&found.name) else { return };
            enums.push((found, id, namespace, name));
        }
        let mut domains = Vec::new();
        for found in &catalog.domains {
            self.line = found.line;
            let Some((id, namespace, name)) = self.new_type(&found.name) else { return };
            domains.push((found, id, namespace, name));
        }
        for (found, id, namespace, name) in enums {
            let mut labels = Vec::with_capacity(found.values.len());
            for text in &found.values {
                let Some(id) = self.ids.next() else { return };
                labels.push(Label { id, text: text.clone(), note: None });
            }
            let note = found.comment.clone().filter(|note| !note.is_empty());
            let definition = TypeDefinition::Enum(labels);
            self.schema.types.insert(id, UserType { id, namespace, name, note, definition });
        }
        for (found, id, namespace, name) in domains {
            self.line = found.line;
            let note = found.comment.clone().filter(|note| !note.is_empty());
            let definition = TypeDefinition::Domain(self.domain(found));
            self.schema.types.insert(id, UserType { id, namespace, name, note, definition });
        }
    }

    fn new_type(&mut self, name: &ObjectName) -> Option<(TypeId, NamespaceId, Name)> {
        let schema = name.schema.clone().unwrap_or_default();
        let namespace = self.namespace(&schema)?;
        let id = TypeId(self.ids.next()?);
        let mut own = self.name(&name.name);
        // Tables are types as well.
        while self.taken.contains(&(namespace, own.as_str().to_owned())) {
            own = Name::derive(&[own.as_str()], "type");
        }
        self.types.entry(self.dialect.loose_key(&name.name)).or_default().push((schema, id));
        Some((id, namespace, own))
    }

    fn domain(&mut self, found: &catalog::Domain) -> Domain {
        let label = found.name.to_string();
        let base = self.written_type(Some(&found.data_type), &found.type_name, "", &label);
        let mut default = None;
        if let Some(value) = &found.default {
            match self.default_value(value, &base) {
                Ok(value) => default = value,
                Err(reason) => self.lose(label.clone(), format!("its default {value} was left out: {reason}")),
            }
        }
        let mut checks = Vec::new();
        for check in &found.checks {
            let columns = Columns { known: &[], made: &[], dialect: self.dialect };
            match expression::check(&check.expression, self.dialect, &self.known, columns) {
                Ok(expression) => {
                    let name = self.name(&check.name);
                    checks.push(DomainCheck { name, expression, not_valid: check.not_valid });
                }
                Err(reason) => {
                    let what = format!("the check {} ({}) was left out: {reason}", check.name, check.expression);
                    self.lose(label.clone(), what);
                }
            }
        }
        let collation = self.collation(found.collation.as_ref(), &label);
        Domain { base, nullable: !found.not_null, default, collation, checks }
    }

    /// The enum or domain of that name.
    fn user_type(&self, schema: Option<&str>, name: &str) -> Option<TypeId> {
        let found = self.types.get(&self.dialect.loose_key(name))?;
        let is_in = |wanted: &str| found.iter().find(|(schema, _)| schema == wanted);
        let found = match schema {
            Some(schema) => is_in(schema),
            None => is_in(self.dialect.default_schema()).or_else(|| found.first()),
        };
        found.map(|(_, id)| *id)
    }

    /// The model's type for one that is written. `type_name` is the name that the database has for it, and `schema` that
    /// of the table, where MySQL's enums have theirs.
    pub(super) fn written_type(
        &mut self,
        written: Option<&TypeText>,
        type_name: &str,
        schema: &str,
        label: &dyn fmt::Display,
    ) -> DataType {
        if let Some(found) = written.and_then(|written| match written.values.is_empty() {
            true if written.quoted || types::may_be_own(written, self.dialect) => {
                self.user_type(written.schema.as_deref(), &written.name)
            }
            true => None,
            false => self.user_type(Some(schema), type_name),
        }) {
            let dimensions = written.map_or(0, |written| written.dimensions.min(6));
            return DataType::defined(found).with_dimensions(dimensions);
        }
        match types::of(written, type_name, self.dialect, &self.known) {
            Ok(data_type) => data_type,
            Err(fallback) => {
                self.lose(label.to_string(), format!("it is of type {fallback} now, not {type_name}"));
                fallback
            }
        }
    }

    /// A collation of PostgreSQL's; the others' are unknown to it.
    pub(super) fn collation(
        &mut self,
        written: Option<&ObjectName>,
        label: &dyn fmt::Display,
    ) -> Option<QualifiedName> {
        let written = written?;
        if self.dialect != crate::Dialect::Postgres {
            self.note(label.to_string(), format!("its collation {written} was left out: PostgreSQL has others"));
            return None;
        }
        Some(self.qualified_name(written))
    }

    /// A name of PostgreSQL's, without the schemas that every connection looks in.
    pub(super) fn qualified_name(&mut self, written: &ObjectName) -> QualifiedName {
        let schema =
            written.schema.clone().or_else(|| self.known.schema_of_collation(&written.name).map(str::to_owned));
        let schema = schema.filter(|schema| !matches!(schema.as_str(), "pg_catalog" | "public"));
        let namespace = schema.map(|schema| self.name(&schema));
        QualifiedName { namespace, name: self.name(&written.name) }
    }
}
