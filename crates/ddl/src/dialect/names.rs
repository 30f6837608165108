//! What things are called in a dialect: as in the schema, unless the dialect cannot have that, or takes two names for
//! the same.

use super::rules::{Namespaces, Rules, Scopes, Unit};
use super::{Dialect, Note, written_tables};
use schema::{ColumnId, Name, NamespaceId, ObjectId, ReferencesByTable, Schema, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// The names that are written, without their quotes.
pub(super) struct Names {
    names: BTreeMap<ObjectId, String>,
    /// What stands before the names of tables, where something does.
    before: BTreeMap<TableId, String>,
    namespaces: BTreeSet<String>,
    /// Names that were made up for what the schema has no object of.
    taken: BTreeSet<(Scope, String)>,
}

/// Where no two names may be the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Scope {
    Namespaces,
    /// Tables of a namespace, and whatever shares names with them.
    Tables(Option<NamespaceId>),
    References(Option<NamespaceId>),
    Checks(Option<NamespaceId>),
    Columns(TableId),
    /// Keys and indexes of a table.
    Indexes(TableId),
}

impl Names {
    pub(super) fn new(
        schema: &Schema,
        references: &ReferencesByTable<'_>,
        rules: &Rules,
        notes: &mut Vec<Note>,
    ) -> Self {
        let own = Self {
            names: BTreeMap::new(),
            before: BTreeMap::new(),
            namespaces: BTreeSet::new(),
            taken: BTreeSet::new(),
        };
        let mut maker = Maker { schema, rules, notes, own };
        let written = written_tables(schema);
        let tables: Vec<&Table> =
            schema.tables_by_name().into_iter().filter(|table| written.contains(&table.id)).collect();
        maker.namespaces(&tables);
        for table in &tables {
            maker.table(table);
        }
        for table in &tables {
            maker.within(table);
        }
        for table in &tables {
            maker.references(references, table);
        }
        maker.own
    }

    /// Namespaces that have to be made, without quotes.
    pub(super) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str)
    }

    /// The table as a statement names it.
    pub(super) fn table(&self, rules: &Rules, table: TableId) -> String {
        let name = (rules.quote)(self.name(ObjectId::Table(table)));
        match self.before.get(&table) {
            Some(before) => format!("{}.{name}", (rules.quote)(before)),
            None => name,
        }
    }

    /// The schema of the table, where it is not the one that is there by itself.
    pub(super) fn namespace_of(&self, table: TableId) -> Option<&str> {
        self.before.get(&table).map(String::as_str)
    }

    pub(super) fn column(&self, table: TableId, column: ColumnId) -> &str {
        self.name(ObjectId::Column(table, column))
    }

    /// The bare name; empty for what is not written.
    pub(super) fn name(&self, object: ObjectId) -> &str {
        self.names.get(&object).map_or("", String::as_str)
    }

    /// A name for a check that the schema has not.
    pub(super) fn made_up(&mut self, schema: &Schema, rules: &Rules, table: TableId, stem: &str) -> String {
        let Some(table) = schema.table(table) else { return String::new() };
        let scopes = scopes_of(schema, rules, ObjectId::Check(table.id, schema::CheckId::from_u128(0)), table);
        take(&mut self.taken, rules, &scopes, &(rules.clean)(stem))
    }
}

struct Maker<'a> {
    schema: &'a Schema,
    rules: &'a Rules,
    notes: &'a mut Vec<Note>,
    own: Names,
}

impl Maker<'_> {
    fn namespaces(&mut self, tables: &[&Table]) {
        let own = self.rules.own_namespaces.iter().map(|name| (Scope::Namespaces, (*name).to_owned()));
        self.own.taken.extend(own);
        let mut called: BTreeMap<NamespaceId, String> = BTreeMap::new();
        for table in tables {
            let Some(name) = self.schema.namespace_of(table).filter(|name| !is_home(self.rules, name)) else {
                continue;
            };
            if self.rules.namespaces == Namespaces::Prefix {
                continue;
            }
            let before = called.entry(table.namespace).or_insert_with(|| {
                let taken =
                    take(&mut self.own.taken, self.rules, &[Scope::Namespaces], &(self.rules.clean)(name.as_str()));
                if taken != name.as_str() {
                    let what = format!("{} cannot have this name: the schema is called {taken}", self.rules.dialect);
                    self.notes.push(Note { object: name.to_string(), what });
                }
                taken
            });
            self.own.namespaces.insert(before.clone());
            self.own.before.insert(table.id, before.clone());
        }
    }

    fn table(&mut self, table: &Table) {
        let namespace = self.schema.namespace_of(table).filter(|name| !is_home(self.rules, name));
        let wanted = match (namespace, self.rules.namespaces) {
            (Some(namespace), Namespaces::Prefix) => format!("{namespace}_{}", table.name),
            _ => table.name.to_string(),
        };
        self.name(table, ObjectId::Table(table.id), &wanted);
    }

    fn within(&mut self, table: &Table) {
        if self.rules.scopes == Scopes::My {
            // What every primary key is called there.
            self.own.taken.insert((Scope::Indexes(table.id), "primary".to_owned()));
        }
        for column in &table.columns {
            self.name(table, ObjectId::Column(table.id, column.id), column.name.as_str());
        }
        for key in &table.keys {
            self.name(table, ObjectId::Key(table.id, key.id), key.name.as_str());
        }
        for index in &table.indexes {
            self.name(table, ObjectId::Index(table.id, index.id), index.name.as_str());
        }
        for check in &table.checks {
            self.name(table, ObjectId::Check(table.id, check.id), check.name.as_str());
        }
    }

    fn references(&mut self, references: &ReferencesByTable<'_>, table: &Table) {
        for reference in references.from(table.id) {
            self.name(table, ObjectId::Reference(reference.id), reference.name.as_str());
        }
    }

    fn name(&mut self, table: &Table, object: ObjectId, wanted: &str) {
        let scopes = scopes_of(self.schema, self.rules, object, table);
        let clean = (self.rules.clean)(wanted);
        let taken = take(&mut self.own.taken, self.rules, &scopes, &clean);
        let is_table = matches!(object, ObjectId::Table(_));
        let is_prefixed = is_table && wanted != table.name.as_str();
        let was = if is_prefixed { self.schema.display_name(table) } else { wanted.to_owned() };
        if taken != was {
            let dialect = self.rules.dialect;
            let kind = match object {
                ObjectId::Column(..) => "column",
                ObjectId::Key(..) => "key",
                ObjectId::Check(..) => "check",
                ObjectId::Index(..) => "index",
                ObjectId::Reference(_) => "reference",
                ObjectId::Table(_)
                | ObjectId::Namespace(_)
                | ObjectId::Type(_)
                | ObjectId::Opaque(_)
                | ObjectId::Annotation(_) => "table",
            };
            let what = if clean != wanted {
                format!("{dialect} cannot have this name: the {kind} is called {taken}")
            } else if clean.len() > taken.len() {
                format!("the name is too long for {dialect}: the {kind} is called {taken}")
            } else if wanted != was && taken == clean {
                format!("{dialect} has no schemas within a database: the {kind} is called {taken}")
            } else {
                format!("{dialect} takes its name for that of another object: the {kind} is called {taken}")
            };
            let object = super::label(self.schema, object);
            self.notes.push(Note { object, what });
        }
        self.own.names.insert(object, taken);
    }
}

/// Whether it is where tables are by themselves.
fn is_home(rules: &Rules, name: &Name) -> bool {
    name.as_str() == "public" || rules.dialect == Dialect::SqlServer && name.as_str().eq_ignore_ascii_case("dbo")
}

fn scopes_of(schema: &Schema, rules: &Rules, object: ObjectId, table: &Table) -> Vec<Scope> {
    // With prefixes all tables are in one place, and so are those of all schemas that are one there.
    let is_own = schema.namespace_of(table).is_some_and(|name| !is_home(rules, name));
    let namespace = (rules.namespaces == Namespaces::Own && is_own).then_some(table.namespace);
    let indexes = Scope::Indexes(table.id);
    match (object, rules.scopes) {
        (ObjectId::Table(_), _) => vec![Scope::Tables(namespace)],
        (ObjectId::Column(..), _) => vec![Scope::Columns(table.id)],
        (ObjectId::Key(..) | ObjectId::Index(..), Scopes::My) => vec![indexes],
        // An index of that name may be made for it.
        (ObjectId::Reference(_), Scopes::My) => vec![Scope::References(namespace), indexes],
        // MariaDB has them beside the keys of the table.
        (ObjectId::Check(..), Scopes::My) => vec![Scope::Checks(namespace), indexes],
        (ObjectId::Index(..), Scopes::Sqlite) => vec![Scope::Tables(namespace)],
        (ObjectId::Index(..), Scopes::SqlServer) => vec![indexes],
        (ObjectId::Key(..), Scopes::SqlServer) => vec![Scope::Tables(namespace), indexes],
        (ObjectId::Reference(_) | ObjectId::Check(..), Scopes::SqlServer) => vec![Scope::Tables(namespace)],
        (ObjectId::Index(..), Scopes::Oracle) => vec![Scope::Tables(namespace)],
        (ObjectId::Key(..), Scopes::Oracle) => vec![Scope::Tables(namespace), Scope::Checks(namespace)],
        (ObjectId::Reference(_) | ObjectId::Check(..), Scopes::Oracle) => vec![Scope::Checks(namespace)],
        // Constraints of SQLite may all be called the same, and the rest has no names here.
        (
            ObjectId::Key(..)
            | ObjectId::Reference(_)
            | ObjectId::Check(..)
            | ObjectId::Namespace(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_),
            _,
        ) => Vec::new(),
    }
}

/// The name, or one like it, which nothing else in these scopes has.
fn take(taken: &mut BTreeSet<(Scope, String)>, rules: &Rules, scopes: &[Scope], wanted: &str) -> String {
    let mut pass = 1_u32;
    loop {
        let ending = if pass == 1 { String::new() } else { format!("_{pass}") };
        let name = fitting(wanted, &ending, rules.longest_name);
        // Whether case matters is often a setting; names that differ in it alone are no names for two things.
        let key = name.to_lowercase();
        if scopes.iter().all(|scope| !taken.contains(&(*scope, key.clone()))) {
            taken.extend(scopes.iter().map(|scope| (*scope, key.clone())));
            return name;
        }
        pass += 1;
    }
}

/// The name with its ending; a long one keeps its beginning and gets eight digits that depend on the whole.
fn fitting(name: &str, ending: &str, (longest, unit): (usize, Unit)) -> String {
    let count = |text: &str| match unit {
        Unit::Characters => text.chars().count(),
        Unit::Bytes => text.len(),
    };
    let whole = format!("{name}{ending}");
    if count(&whole) <= longest {
        return whole;
    }
    let digest = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let ending = format!("_{digest:08x}{ending}");
    let mut stem = name.to_owned();
    while count(&stem) + count(&ending) > longest && stem.pop().is_some() {}
    stem + &ending
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_and_stay_apart() {
        let long = "x".repeat(64);
        for (name, ending, limit, expect) in [
            ("short", "", (30, Unit::Characters), "short".to_owned()),
            ("short", "_2", (30, Unit::Characters), "short_2".to_owned()),
            (long.as_str(), "", (64, Unit::Characters), long.clone()),
            (long.as_str(), "", (30, Unit::Bytes), format!("{}_d19b1ac5", "x".repeat(21))),
            (long.as_str(), "_2", (30, Unit::Bytes), format!("{}_d19b1ac5_2", "x".repeat(19))),
        ] {
            assert_eq!(fitting(name, ending, limit), expect, "{name} {ending}");
        }
        let umlauts = "ü".repeat(40);
        assert!(fitting(&umlauts, "", (30, Unit::Bytes)).len() <= 30);
        assert_ne!(
            fitting(&format!("{long}a"), "", (30, Unit::Bytes)),
            fitting(&format!("{long}b"), "", (30, Unit::Bytes))
        );
    }
}
