//! Views, functions, triggers and the like, which are kept as the statements that make them.

use super::Lowering;
use super::known::TextKind;
use crate::Dialect;
use crate::script::{ObjectName, Opaque};
use schema::{NamespaceId, OpaqueId, OpaqueKind, Rank, Statement, TableId};
use std::sync::Arc;

/// What is made with the name and password of somebody elsewhere.
const HAS_SECRETS: [&str; 4] = ["user mapping", "subscription", "database link", "public database link"];

impl Lowering<'_> {
    /// Everything that is kept as a statement, in an order in which it can be made: sequences, then what the script
    /// makes as it makes it, then comments, then what is set of tables.
    pub(super) fn objects(&mut self) {
        let catalog = self.catalog;
        self.sequences();
        for object in catalog.objects.iter().chain(&catalog.comments) {
            self.line = object.line;
            if self.dialect == Dialect::Postgres {
                self.object(object);
            } else if object.kind != "comment" {
                let name = object.name.as_ref().map(ToString::to_string).unwrap_or_default();
                let what = format!("{} was left out: its text is {}'s", with_article(&object.kind), self.dialect);
                self.lose(name, what);
            }
        }
        let is_postgres = self.dialect == Dialect::Postgres;
        for schema in catalog.schemas.iter().filter(|_| is_postgres) {
            // Every database says so of `public`.
            let comment = schema.comment.as_ref().filter(|comment| *comment != "standard public schema");
            let (Some(comment), Some(namespace)) = (comment, self.namespace(&schema.name)) else { continue };
            let text = format!("COMMENT ON SCHEMA {} IS {}", super::quoted(&schema.name), super::literal(comment));
            self.keep(OpaqueKind::Other, Some(namespace), None, &schema.name, &text);
        }
        for table in catalog.tables.iter().filter(|table| !table.temporary) {
            self.settings(table);
        }
    }

    fn object(&mut self, object: &Opaque) {
        let kind = kind_of(&object.kind);
        let table = object.table.as_ref().and_then(|name| self.table_named(name));
        let name = object.name.clone().unwrap_or_else(|| ObjectName::bare(object.kind.clone()));
        // Whoever may look at a diagram sees what is kept of it.
        if HAS_SECRETS.contains(&object.kind.as_str()) {
            return self.lose(
                name.to_string(),
                format!("{} was left out: it may hold a password", with_article(&object.kind)),
            );
        }
        // What belongs to a table has its namespace.
        let stands_alone = !matches!(
            kind,
            OpaqueKind::Trigger
                | OpaqueKind::Policy
                | OpaqueKind::Rule
                | OpaqueKind::TableSetting
                | OpaqueKind::Extension
        );
        let schema = name.schema.clone().unwrap_or_else(|| "public".to_owned());
        let is_global = matches!(
            object.kind.as_str(),
            "cast" | "language" | "server" | "event trigger" | "publication" | "subscription" | "foreign data wrapper"
        );
        let namespace = if stands_alone && !is_global { self.namespace(&schema) } else { None };
        let text = match object.bare_at.filter(|_| namespace.is_some() && schema != "public") {
            Some(at) => {
                let (before, after) = object.text.split_at(object.text.floor_char_boundary(at));
                format!("{before}{}.{after}", super::quoted(&schema))
            }
            None => object.text.clone(),
        };
        let has_signature = matches!(object.kind.as_str(), "function" | "procedure" | "aggregate" | "type");
        let text_kind = if has_signature { TextKind::Signature } else { TextKind::Statement };
        let text = self.known.qualified(&text, text_kind);
        let is_new = kind == OpaqueKind::Extension && !object.alters;
        let text = if is_new { if_not_exists(&text) } else { text };
        self.keep(kind, namespace, table, &name.name, &text);
    }

    /// The table of that name, wherever the database would have found it.
    fn table_named(&self, name: &ObjectName) -> Option<TableId> {
        let is_it = |found: &ObjectName| {
            self.dialect.same(&found.name, &name.name) && (name.schema.is_none() || found.schema == name.schema)
        };
        let in_public = ObjectName {
            schema: name.schema.clone().or_else(|| Some(self.dialect.default_schema().to_owned())),
            name: name.name.clone(),
        };
        let exact = self.tables.get(&in_public).copied();
        exact.or_else(|| self.tables.iter().find(|(found, _)| is_it(found)).map(|(_, id)| *id))
    }

    /// Keeps a statement, behind those that are kept already.
    pub(super) fn keep(
        &mut self,
        kind: OpaqueKind,
        namespace: Option<NamespaceId>,
        table: Option<TableId>,
        name: &str,
        text: &str,
    ) {
        match Statement::parse(text) {
            Ok(definition) => {
                let Some(id) = self.ids.next().map(OpaqueId) else { return };
                let name = short(name).unwrap_or_else(|| self.name(name));
                let rank = Rank::nth(self.schema.opaque.len());
                let made = schema::Opaque { id, kind, namespace, table, name, rank, definition };
                self.schema.opaque.insert(id, Arc::new(made));
            }
            Err(error) => {
                let what = format!("{} was left out: {error}", with_article(kind.words()));
                self.lose(name, what);
            }
        }
    }
}

/// The beginning of what a comment is on, such as `f(integer, text)`, when it is too long for a name.
fn short(text: &str) -> Option<schema::Name> {
    let end = text.floor_char_boundary(schema::Name::MAX_BYTES);
    let cut: String = text.get(..end).unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    schema::Name::parse(&cut).ok()
}

fn kind_of(kind: &str) -> OpaqueKind {
    match kind {
        "extension" => OpaqueKind::Extension,
        "type" => OpaqueKind::Type,
        "collation" => OpaqueKind::Collation,
        "sequence" => OpaqueKind::Sequence,
        "function" | "procedure" => OpaqueKind::Function,
        "view" => OpaqueKind::View,
        // An index that is kept as text is one of a materialized view.
        "materialized view" | "materialized" | "index" => OpaqueKind::MaterializedView,
        "rule" => OpaqueKind::Rule,
        "trigger" | "constraint trigger" => OpaqueKind::Trigger,
        "policy" => OpaqueKind::Policy,
        "statistics" | "table" | "publication" | "event trigger" | "event" => OpaqueKind::TableSetting,
        _ => OpaqueKind::Other,
    }
}

/// The statement so that it can be run where the extension is there already.
fn if_not_exists(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.find("extension") {
        Some(at) if !lower.contains("if not exists") => {
            let (before, after) = text.split_at(at + "extension".len());
            format!("{before} IF NOT EXISTS{after}")
        }
        Some(_) | None => text.to_owned(),
    }
}

fn with_article(kind: &str) -> String {
    let vowel = kind.starts_with(['a', 'e', 'i', 'o']);
    if vowel { format!("an {kind}") } else { format!("a {kind}") }
}
