//! From a catalog to the model that the rest of the program works on, with a list of what the model has no place for.

mod constraints;
mod expression;
mod known;
mod objects;
mod sequences;
mod settings;
mod table;
mod types;
mod user_types;

use crate::Dialect;
use crate::catalog::Catalog;
use crate::script::ObjectName;
use known::Known;
use schema::{Name, Namespace, NamespaceId, Schema, TableId, TypeId};
use sequences::Numbers;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// A schema, and what was left out of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lowered {
    /// The schema.
    pub schema: Schema,
    /// What could not be taken over, or became something else, in words.
    pub left: Vec<LeftOut>,
}

/// Something that the model has no place for, or has in another form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The line of the statement that says it, from 1.
    pub line: u32,
    /// The object it belongs to: `orders`, `orders.total`.
    pub object: String,
    /// What, and what became of it.
    pub what: String,
    /// Whether something of the schema is gone; otherwise it is there in another form.
    pub lost: bool,
}

/// Makes a schema of a catalog. Ids come from the caller, who knows where to get them; when there are no more, what is
/// still to be made is left out.
pub fn lower(catalog: &Catalog, ids: &mut dyn Iterator<Item = Uuid>) -> Lowered {
    let mut lowering = Lowering {
        catalog,
        dialect: catalog.dialect,
        ids,
        schema: Schema::default(),
        left: Vec::new(),
        line: 1,
        known: Known::of(catalog),
        places: catalog.tables.iter().enumerate().map(|(at, table)| (&table.name, at)).collect(),
        namespaces: BTreeMap::new(),
        types: BTreeMap::new(),
        tables: BTreeMap::new(),
        taken: BTreeSet::new(),
        numbers: Numbers::of(catalog),
    };
    lowering.run();
    lowering.left.sort_by_key(|left| left.line);
    Lowered { schema: lowering.schema, left: lowering.left }
}

struct Lowering<'a> {
    catalog: &'a Catalog,
    dialect: Dialect,
    ids: &'a mut dyn Iterator<Item = Uuid>,
    schema: Schema,
    left: Vec<LeftOut>,
    /// The line of the statement that is at work.
    line: u32,
    /// What stands in schemas that have to be said.
    known: Known,
    /// Tables of the catalog by name.
    places: BTreeMap<&'a ObjectName, usize>,
    namespaces: BTreeMap<String, NamespaceId>,
    /// Enums and domains by name, each with its schema.
    types: BTreeMap<String, Vec<(String, TypeId)>>,
    /// Where each table of the catalog has gone.
    tables: BTreeMap<ObjectName, TableId>,
    /// Names of tables, keys and indexes, which share a space in each namespace.
    taken: BTreeSet<(NamespaceId, String)>,
    numbers: Numbers,
}

impl Lowering<'_> {
    /// Tells of something that is gone.
    fn lose(&mut self, object: impl Into<String>, what: impl Into<String>) {
        self.left.push(LeftOut { line: self.line, object: object.into(), what: what.into(), lost: true });
    }

    /// Tells of something that is there in another form.
    fn note(&mut self, object: impl Into<String>, what: impl Into<String>) {
        self.left.push(LeftOut { line: self.line, object: object.into(), what: what.into(), lost: false });
    }

    fn run(&mut self) {
        let catalog = self.catalog;
        if self.dialect == Dialect::Postgres {
            for schema in &catalog.schemas {
                self.namespace(&schema.name);
            }
        }
        // Tables first, so that no index takes a name that a table needs.
        let mut made = Vec::new();
        for (at, table) in catalog.tables.iter().enumerate().filter(|(_, table)| !table.temporary) {
            self.line = table.line;
            let Some(namespace) = self.namespace(table.name.schema.as_deref().unwrap_or_default()) else { break };
            let Some(id) = self.ids.next().map(TableId) else { break };
            let name = self.name(&table.name.name);
            let name = self.free(namespace, &name, "table");
            self.tables.insert(table.name.clone(), id);
            made.push((at, table, id, namespace, name));
        }
        self.user_types();
        for (at, table, id, namespace, name) in made {
            if let Some(found) = self.table((at, table), id, namespace, name) {
                self.schema.tables.insert(id, Arc::new(found));
            }
        }
        for table in catalog.tables.iter().filter(|table| !table.temporary) {
            self.references(table);
        }
        self.objects();
    }

    fn namespace(&mut self, schema: &str) -> Option<NamespaceId> {
        let own = schema == self.dialect.default_schema() || schema.is_empty();
        let text = if own { "public".to_owned() } else { self.folded(schema) };
        if let Some(id) = self.namespaces.get(&text) {
            return Some(*id);
        }
        let id = NamespaceId(self.ids.next()?);
        let name = self.name(&text);
        self.schema.namespaces.insert(id, Namespace { id, name });
        self.namespaces.insert(text, id);
        Some(id)
    }

    /// Oracle shouts where nobody has asked it to; PostgreSQL would need quotes for that ever after.
    fn folded(&self, text: &str) -> String {
        let shouts = self.dialect == Dialect::Oracle && !text.chars().any(char::is_lowercase);
        if shouts { text.to_lowercase() } else { text.to_owned() }
    }

    /// A name that the model can hold; one that it cannot is cut.
    fn name(&mut self, text: &str) -> Name {
        let folded = self.folded(text);
        if let Some(name) = Name::parse(&folded).ok().filter(|name| name.as_str() == folded) {
            return name;
        }
        let name = Name::parse(&folded).unwrap_or_else(|_| Name::derive(&[&folded], "cut"));
        self.note(folded, format!("its name cannot be kept as it is; it is called {name} now"));
        name
    }

    /// The name, or one like it that nothing else in the namespace has.
    fn free(&mut self, namespace: NamespaceId, name: &Name, of: &str) -> Name {
        let mut found = name.clone();
        let mut pass = 1_u32;
        while !self.taken.insert((namespace, found.as_str().to_owned())) {
            pass += 1;
            found = if pass == 2 && of != "table" {
                Name::derive(&[of], name.as_str())
            } else {
                Name::derive(&[of, name.as_str()], &pass.to_string())
            };
        }
        found
    }

    /// `"schema"."name"` of a table, for statements that are kept as text.
    fn path(&self, id: TableId) -> Option<String> {
        let table = self.schema.table(id)?;
        Some(quoted_path(self.schema.namespace_of(table)?.as_str(), table.name.as_str()))
    }
}

/// `"schema"."name"`.
fn quoted_path(namespace: &str, name: &str) -> String {
    format!("{}.{}", quoted(namespace), quoted(name))
}

/// A name in quotes.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A string in quotes.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
