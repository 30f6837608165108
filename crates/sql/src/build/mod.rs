//! A script, applied statement by statement to a catalog. Nothing is executed: each statement that was understood is a
//! change to a list of objects, and one that cannot be applied becomes a diagnostic.

mod alter;
mod apply;
mod columns;
mod constraints;
mod finish;
mod inherit;
mod names;
mod types;

use crate::Dialect;
use crate::catalog::{Catalog, Diagnostic, Domain, Enum, Namespace, Sequence, Table};
use crate::script::{Body, IndexPart, ObjectName, Opaque, Script, Sql};
use std::collections::{BTreeMap, BTreeSet};

use apply::quoted_path;
pub(crate) use finish::sequence_of;
pub(crate) use types::normal;

/// Applies a script.
///
/// ```
/// use sql::{Dialect, build, read};
///
/// let script = read("create table a (b int); alter table a add c text not null;", Dialect::Postgres);
/// let catalog = build(&script);
/// assert_eq!(catalog.tables[0].columns[1].type_name, "text");
/// ```
pub fn build(script: &Script) -> Catalog {
    let mut builder = Builder::new(script.dialect);
    for (index, statement) in script.statements.iter().enumerate() {
        builder.statement = index;
        builder.line = statement.line;
        builder.guarded |= statement.guarded;
        match &statement.within {
            Some(schema) => {
                let path = std::mem::replace(&mut builder.path, vec![schema.clone()]);
                builder.apply(&statement.body);
                builder.path = path;
            }
            None => builder.apply(&statement.body),
        }
        builder.guarded = if let Body::Session(words) = &statement.body {
            let is_if = words.to_ascii_lowercase().starts_with("if");
            is_if || builder.guarded && words.eq_ignore_ascii_case("begin")
        } else {
            false
        };
    }
    let mut catalog = builder.finish();
    for diagnostic in &mut catalog.diagnostics {
        diagnostic.line = script.statements.get(diagnostic.statement).map_or(1, |statement| statement.line);
    }
    catalog
}

/// Columns, constraints and indexes of one table that are kept; beyond that they are told of.
const MOST_OF_A_TABLE: usize = 5_000;
/// How many columns, constraints and indexes may be copied from one table to another, all together.
const MOST_COPIES: usize = 400_000;
/// How many tables may be looked at to find what mentions a renamed or dropped one, all together.
const MOST_WALKS: usize = 50_000_000;

/// A schema's key and an object's.
type Place = (String, String);

pub(crate) struct Builder {
    dialect: Dialect,
    statement: usize,
    line: u32,
    /// Whether the statement before was an IF that asks whether something is there.
    guarded: bool,
    schemas: Vec<Namespace>,
    tables: Vec<Option<Table>>,
    by_place: BTreeMap<Place, usize>,
    /// By the name alone, in lower case.
    by_name: BTreeMap<String, Vec<usize>>,
    /// Partitions by their parent, and tables that inherit.
    partitions: BTreeMap<usize, Vec<usize>>,
    heirs: BTreeMap<usize, Vec<usize>>,
    /// Indexes and keys by name, with their tables.
    relations: BTreeMap<Place, usize>,
    constraint_names: BTreeSet<Place>,
    /// Where to go on looking for a free name.
    passes: BTreeMap<(String, String), u32>,
    enums: Vec<Option<Enum>>,
    enum_places: BTreeMap<Place, usize>,
    domains: Vec<Option<Domain>>,
    domain_places: BTreeMap<Place, usize>,
    sequences: Vec<Option<Sequence>>,
    sequence_places: BTreeMap<Place, usize>,
    /// Views and other things that can stand where a table can.
    others: BTreeSet<Place>,
    objects: Vec<Opaque>,
    comments: Vec<Opaque>,
    path: Vec<String>,
    diagnostics: Vec<Diagnostic>,
    copies: usize,
    walks: usize,
}

impl Builder {
    fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            statement: 0,
            line: 1,
            guarded: false,
            schemas: Vec::new(),
            tables: Vec::new(),
            by_place: BTreeMap::new(),
            by_name: BTreeMap::new(),
            partitions: BTreeMap::new(),
            heirs: BTreeMap::new(),
            relations: BTreeMap::new(),
            constraint_names: BTreeSet::new(),
            passes: BTreeMap::new(),
            enums: Vec::new(),
            enum_places: BTreeMap::new(),
            domains: Vec::new(),
            domain_places: BTreeMap::new(),
            sequences: Vec::new(),
            sequence_places: BTreeMap::new(),
            others: BTreeSet::new(),
            objects: Vec::new(),
            comments: Vec::new(),
            path: Vec::new(),
            diagnostics: Vec::new(),
            copies: 0,
            walks: 0,
        }
    }

    pub(crate) fn complain(&mut self, message: impl Into<String>) {
        self.diagnostics.push(Diagnostic { statement: self.statement, line: self.line, message: message.into() });
    }

    /// Says that something is there twice, unless the script has asked whether it is there.
    pub(crate) fn complain_of_two(&mut self, message: impl Into<String>) {
        if !self.guarded {
            self.complain(message);
        }
    }

    /// The schema of something that is made here.
    pub(crate) fn schema_for(&self, name: &ObjectName) -> String {
        if let Some(schema) = &name.schema {
            return schema.clone();
        }
        let own = self.path.iter().find(|schema| !schema.starts_with('$') && *schema != "pg_catalog");
        own.cloned().unwrap_or_else(|| self.dialect.default_schema().to_owned())
    }

    pub(crate) fn full(&self, name: &ObjectName) -> ObjectName {
        ObjectName { schema: Some(self.schema_for(name)), name: name.name.clone() }
    }

    pub(crate) fn place(&self, name: &ObjectName) -> Place {
        let schema = name.schema.as_deref().unwrap_or_else(|| self.dialect.default_schema());
        (self.dialect.key(schema), self.dialect.key(&name.name))
    }

    /// Where something of that name may be, in the order in which the database looks.
    fn places<'a>(&'a self, name: &'a ObjectName) -> impl Iterator<Item = Place> + 'a {
        let key = self.dialect.key(&name.name);
        let written = name.schema.iter().map(String::as_str);
        let path = self.path.iter().map(String::as_str).chain([self.dialect.default_schema(), ""]);
        let found: Vec<&str> = if name.schema.is_some() { written.collect() } else { path.collect() };
        found.into_iter().map(move |schema| (self.dialect.key(schema), key.clone()))
    }

    fn look_up(&self, map: &BTreeMap<Place, usize>, name: &ObjectName) -> Option<usize> {
        self.places(name).find_map(|place| map.get(&place).copied())
    }

    /// The table of that name: where the database would look, or else the only one of that name.
    pub(crate) fn find(&self, name: &ObjectName) -> Option<usize> {
        if let Some(found) = self.look_up(&self.by_place, name) {
            return Some(found);
        }
        let named = self.by_name.get(&name.name.to_lowercase())?;
        let [only] = named.as_slice() else { return None };
        // `PUBLIC.T` and `T` are the same where the text does not say in which schema it is.
        let strict = name.schema.is_some() && self.dialect == Dialect::Postgres;
        let unknown = self.table(*only).is_some_and(|table| table.name.schema.as_deref() == Some(""));
        let same = self
            .table(*only)
            .is_some_and(|table| self.dialect.is_my() || self.dialect.same(&table.name.name, &name.name));
        (same && !strict && (name.schema.is_none() || unknown || self.dialect == Dialect::Sqlite)).then_some(*only)
    }

    pub(crate) fn table(&self, index: usize) -> Option<&Table> {
        self.tables.get(index)?.as_ref()
    }

    pub(crate) fn table_mut(&mut self, index: usize) -> Option<&mut Table> {
        self.tables.get_mut(index)?.as_mut()
    }

    /// Whether so many tables may be looked at once more.
    pub(crate) fn may_walk(&mut self) -> bool {
        self.walks += self.tables.len();
        if self.walks > MOST_WALKS {
            self.complain("too many objects are renamed or dropped to follow them all");
            return false;
        }
        true
    }

    /// Whether the expressions of a table may be looked through once more.
    pub(crate) fn may_search(&mut self, index: usize) -> bool {
        self.walks += 8 * self.table(index).map_or(0, weight);
        self.may_walk()
    }

    /// Whether something may be copied once more.
    pub(crate) fn may_copy(&mut self, count: usize) -> bool {
        self.copies += count;
        self.copies <= MOST_COPIES
    }

    pub(crate) fn use_schema(&mut self, name: &str) {
        if self.schemas.last().is_some_and(|schema| schema.name == name) {
            return;
        }
        if !self.schemas.iter().any(|schema| schema.name == name) && self.schemas.len() < MOST_OF_A_TABLE {
            self.schemas.push(Namespace { name: name.to_owned(), comment: None });
        }
    }

    /// A name for something in the schema of a table that the script leaves nameless.
    pub(crate) fn free_name(&mut self, schema: &str, table: &str, columns: &str, label: &str) -> String {
        let schema = self.dialect.key(schema);
        let in_tables_space = label != "check" && label != "fkey";
        let label = &self.dialect.fold(label);
        let base = names::made(table, columns, label);
        let from = self.passes.get(&(schema.clone(), base.clone())).copied().unwrap_or_default();
        let mut pass = from;
        let mut name = base.clone();
        loop {
            if pass > 0 {
                name = names::made(table, columns, &format!("{label}{pass}"));
            }
            let place = (schema.clone(), self.dialect.key(&name));
            let is_taken = self.constraint_names.contains(&place)
                || self.relations.contains_key(&place)
                || in_tables_space && (self.by_place.contains_key(&place) || self.others.contains(&place));
            pass += 1;
            if !is_taken {
                break;
            }
        }
        self.passes.insert((schema, base), pass);
        name
    }
}

/// How much there is to copy or to search in a table: its parts, and its expressions by their length.
pub(crate) fn weight(table: &Table) -> usize {
    const BYTES: usize = 64;
    let of = |expression: Option<&Sql>| expression.map_or(0, |expression| expression.0.len() / BYTES);
    let of_parts = |parts: &[IndexPart]| -> usize { parts.iter().map(|part| 1 + of(part.as_expression())).sum() };
    let columns = table.columns.iter().map(|column| {
        let values = column.data_type.as_ref().map_or(0, |data_type| data_type.values.len() + data_type.args.len());
        let generated = column.generated.as_ref().map(|generated| &generated.expression);
        1 + values + of(column.default.as_ref()) + of(generated)
    });
    let checks = table.checks.iter().map(|check| 1 + of(Some(&check.expression)));
    let keys = table.keys.iter().map(|key| 1 + of_parts(&key.parts));
    let indexes = table.indexes.iter().map(|index| 1 + of_parts(&index.parts) + of(index.predicate.as_ref()));
    let references = table.references.iter().map(|reference| 1 + reference.columns.len());
    columns.chain(checks).chain(keys).chain(indexes).chain(references).sum()
}
