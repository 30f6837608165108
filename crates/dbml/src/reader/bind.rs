//! Looking up the names that mention other objects.

use super::Reader;
use crate::diagnostic::Code;
use crate::document::{MetadataKind, Path};
use crate::quote::shown;
use crate::span::Span;
use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// A name that must be there, and where it is mentioned.
pub(super) enum Want<'a> {
    /// A table.
    Table { table: Path, span: Span },
    /// A table of a group.
    Member { table: Path, span: Span },
    /// A column of a table.
    Column { table: Path, span: Span, column: (Cow<'a, str>, Span) },
    /// A column of the table or partial in which it is mentioned.
    OwnColumn { scope: usize, column: (Cow<'a, str>, Span) },
    /// Columns of a table.
    Columns { table: Path, span: Span, columns: Vec<(String, Span)> },
    /// Columns of a table, each of which may be named once.
    Records { table: Path, span: Span, columns: Vec<(String, Span)> },
    /// Columns of the table or partial in which they are mentioned.
    Own { scope: usize, columns: Vec<(String, Span)> },
    /// A value of an enum.
    EnumValue { path: Path, span: Span, value: String, value_span: Span },
    /// A partial.
    Partial { name: String, span: Span },
    /// A note on the diagram.
    Note { path: Path, span: Span },
    /// A group.
    Group { name: String, span: Span },
    /// A schema.
    Schema { schema: Vec<String>, span: Span },
    /// A table or a column, whichever the names lead to.
    Place { names: Vec<String>, columns: Vec<String>, span: Span },
    /// What metadata is about.
    Target { kind: MetadataKind, names: Vec<String>, span: Span },
}

/// An object that a text mentions, and where.
pub(crate) enum Mention {
    Table { table: Path, span: Span },
    Column { table: Path, name: String, span: Span },
    Enum { path: Path, span: Span },
    EnumValue { path: Path, value: String, span: Span },
    Partial { name: String, span: Span },
}

/// The columns of a table or partial.
struct Scope<'a> {
    label: String,
    columns: Places<'a>,
    /// The partials, in order.
    partials: Places<'a>,
    /// The columns of the partials too, once somebody has asked.
    all: Option<BTreeSet<String>>,
}

/// Names and where they stand. Most tables have few columns, which are looked through; only many are worth a map.
#[derive(Default)]
struct Places<'a> {
    list: Vec<(Cow<'a, str>, Span)>,
    map: Option<BTreeMap<Cow<'a, str>, Span>>,
}

impl<'a> Places<'a> {
    /// Adds a name; where it stands already, if it does.
    fn add(&mut self, name: Cow<'a, str>, span: Span) -> Option<Span> {
        const FEW: usize = 24;
        let first = self.get(&name);
        if first.is_none() {
            if let Some(map) = &mut self.map {
                map.insert(name.clone(), span);
            }
            self.list.push((name, span));
            if self.map.is_none() && self.list.len() > FEW {
                self.map = Some(self.list.iter().cloned().collect());
            }
        }
        first
    }

    fn get(&self, name: &str) -> Option<Span> {
        match &self.map {
            Some(map) => map.get(name).copied(),
            None => self.list.iter().find(|(known, _)| known == name).map(|(_, span)| *span),
        }
    }

    fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|(name, _)| name.as_ref())
    }
}

/// Everything that has a name.
#[derive(Default)]
pub(super) struct Scopes<'a> {
    scopes: Vec<Scope<'a>>,
    tables: BTreeMap<Path, usize>,
    partials: BTreeMap<String, usize>,
    enums: BTreeMap<Path, BTreeSet<String>>,
    groups: BTreeSet<String>,
    notes: BTreeSet<Path>,
    views: BTreeSet<String>,
    schemas: BTreeSet<Vec<String>>,
    pub(super) projects: Vec<Span>,
    /// How many columns of partials have been copied.
    copied: usize,
}

/// How many columns of partials are copied into tables at most, while they are looked up.
const MAX_COPIED: usize = 500_000;

impl<'a> Scopes<'a> {
    /// A table or partial without columns yet.
    pub(super) fn open(&mut self, label: String) -> usize {
        self.scopes.push(Scope { label, columns: Places::default(), partials: Places::default(), all: None });
        self.scopes.len() - 1
    }

    /// Adds a column; where the first of that name stands, if there is one.
    pub(super) fn declare_column(&mut self, scope: usize, name: Cow<'a, str>, span: Span) -> Option<Span> {
        self.scopes.get_mut(scope)?.columns.add(name, span)
    }

    /// Adds the columns of a partial; where the table takes it over already, if it does.
    pub(super) fn inject(&mut self, scope: usize, name: Cow<'a, str>, span: Span) -> Option<Span> {
        self.scopes.get_mut(scope)?.partials.add(name, span)
    }

    /// Whether the table is the first of its name.
    pub(super) fn declare_table(&mut self, path: &Path, scope: usize) -> bool {
        self.declare_schema(path);
        first(self.tables.entry(path.clone()), || scope)
    }

    pub(super) fn declare_partial(&mut self, name: &str, scope: usize) -> bool {
        first(self.partials.entry(name.to_owned()), || scope)
    }

    pub(super) fn declare_enum(&mut self, path: &Path, values: impl Iterator<Item = String>) -> bool {
        self.declare_schema(path);
        first(self.enums.entry(path.clone()), || values.collect())
    }

    pub(super) fn declare_group(&mut self, name: &str) -> bool {
        self.groups.insert(name.to_owned())
    }

    pub(super) fn declare_note(&mut self, path: &Path) -> bool {
        self.notes.insert(path.clone())
    }

    pub(super) fn declare_view(&mut self, name: &str) -> bool {
        self.views.insert(name.to_owned())
    }

    /// An object of another file, of which only the name is known; whether it is the first of that name.
    pub(super) fn import(&mut self, kind: &str, path: &Path) -> bool {
        match kind {
            "table" => {
                let scope = self.open(format!("table {}", shown(&path.to_string())));
                self.declare_table(path, scope)
            }
            "enum" => self.declare_enum(path, std::iter::empty()),
            "tablepartial" => {
                let scope = self.open(format!("partial {}", shown(&path.name)));
                self.declare_partial(&path.name, scope)
            }
            "tablegroup" => self.declare_group(&path.name),
            "note" => self.declare_note(path),
            _ => {
                let names = path.schema.iter().chain([&path.name]).cloned();
                self.schemas.insert(names.collect());
                true
            }
        }
    }

    /// A schema is there once something is in it, and so are those around it.
    fn declare_schema(&mut self, path: &Path) {
        let mut schema = path.schema.clone();
        while !schema.is_empty() && self.schemas.insert(schema.clone()) {
            schema.pop();
        }
    }

    fn has_schema(&self, schema: &[String]) -> bool {
        let inner = schema.strip_prefix(&["public".to_owned()]).unwrap_or(schema);
        inner.is_empty() || self.schemas.contains(inner)
    }

    /// Whether the table or partial has the column. Beyond what can be copied, every column is taken to be there.
    fn has_column(&mut self, scope: usize, name: &str) -> bool {
        let Some(found) = self.scopes.get(scope) else { return false };
        if found.columns.has(name) || self.copied > MAX_COPIED {
            return true;
        }
        if found.partials.list.is_empty() {
            return false;
        }
        if found.all.is_none() {
            let partials = found.partials.names().filter_map(|name| self.partials.get(name));
            let partials = partials.filter_map(|scope| self.scopes.get(*scope));
            let left = MAX_COPIED.saturating_sub(self.copied) + 1;
            let columns = partials.flat_map(|partial| partial.columns.names().map(str::to_owned));
            let mut count = 0;
            let all: BTreeSet<String> = columns.take(left).inspect(|_| count += 1).collect();
            self.copied += count;
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.all = Some(all);
            }
        }
        let all = self.scopes.get(scope).and_then(|scope| scope.all.as_ref());
        self.copied > MAX_COPIED || all.is_some_and(|all| all.contains(name))
    }

    /// Whether the table has columns of its own or takes over some.
    pub(super) fn is_empty(&self, path: &Path) -> bool {
        let Some(scope) = self.tables.get(path).and_then(|scope| self.scopes.get(*scope)) else { return false };
        let partial_is_empty = |name: &str| {
            let partial = self.partials.get(name).and_then(|scope| self.scopes.get(*scope));
            partial.is_none_or(|partial| partial.columns.list.is_empty())
        };
        scope.columns.list.is_empty() && scope.partials.names().all(partial_is_empty)
    }

    /// How many columns the table has, those of partials included.
    pub(super) fn width(&mut self, scope: usize) -> usize {
        // Asking for a column that cannot be there makes the list of all.
        self.has_column(scope, "\u{0}\u{0}");
        let Some(scope) = self.scopes.get(scope) else { return 0 };
        let taken_over = scope.all.iter().flatten().filter(|name| !scope.columns.has(name)).count();
        scope.columns.list.len() + taken_over
    }

    /// The table that a name or alias means.
    pub(super) fn table(&self, path: &Path) -> Option<usize> {
        self.tables.get(path).copied()
    }
}

/// Whether nothing has that name yet; it has it then.
fn first<K: Ord, V>(entry: Entry<'_, K, V>, value: impl FnOnce() -> V) -> bool {
    match entry {
        Entry::Occupied(_) => false,
        Entry::Vacant(vacant) => {
            vacant.insert(value());
            true
        }
    }
}

impl Reader<'_, '_> {
    /// The objects that are mentioned, instead of looking them up.
    pub(super) fn mentioned(&mut self) -> Vec<Mention> {
        let tables = self.document.tables.iter();
        let paths: BTreeMap<usize, &Path> =
            tables.filter_map(|table| Some((self.scopes.table(&table.path)?, &table.path))).collect();
        let mut mentions = Vec::new();
        for want in std::mem::take(&mut self.wants) {
            match want {
                Want::Table { table, span } | Want::Member { table, span } => {
                    mentions.push(Mention::Table { table, span });
                }
                Want::Column { table, span, column: (name, column_span) } => {
                    mentions.push(Mention::Column { table: table.clone(), name: name.into(), span: column_span });
                    mentions.push(Mention::Table { table, span });
                }
                Want::OwnColumn { scope, column: (name, span) } => {
                    let Some(table) = paths.get(&scope) else { continue };
                    mentions.push(Mention::Column { table: (*table).clone(), name: name.into(), span });
                }
                Want::Columns { table, span, columns } | Want::Records { table, span, columns } => {
                    let of_table = |(name, span)| Mention::Column { table: table.clone(), name, span };
                    mentions.extend(columns.into_iter().map(of_table));
                    mentions.push(Mention::Table { table, span });
                }
                Want::Own { scope, columns } => {
                    let Some(table) = paths.get(&scope) else { continue };
                    let of_table = |(name, span)| Mention::Column { table: (*table).clone(), name, span };
                    mentions.extend(columns.into_iter().map(of_table));
                }
                Want::EnumValue { path, span, value, value_span } => {
                    mentions.push(Mention::EnumValue { path: path.clone(), value, span: value_span });
                    mentions.push(Mention::Enum { path, span });
                }
                Want::Partial { name, span } => mentions.push(Mention::Partial { name, span }),
                Want::Note { .. }
                | Want::Group { .. }
                | Want::Schema { .. }
                | Want::Place { .. }
                | Want::Target { .. } => {}
            }
        }
        mentions
    }

    /// Looks up all names, and says which of them nothing has.
    pub(super) fn bind(&mut self) {
        if self.scopes.projects.len() > 1 {
            for span in self.scopes.projects.clone() {
                self.error(Code::ProjectRedefined, span, "there are several projects; keep one");
            }
        }
        for want in std::mem::take(&mut self.wants) {
            self.look_up(want);
        }
        if self.scopes.copied > MAX_COPIED {
            let message = "the partials of this text multiply to more columns than are read; take over fewer of them";
            self.error(Code::TooLarge, Span::default(), message);
        }
    }

    fn look_up(&mut self, want: Want<'_>) {
        match want {
            Want::Table { table, span } => {
                self.find_table(&table, span);
            }
            Want::Member { table, span } => {
                let found = self.find_table(&table, span);
                self.members.extend(found.map(|scope| (scope, span)));
            }
            Want::Column { table, span, column: (name, column_span) } => {
                if let Some(scope) = self.find_table(&table, span) {
                    self.find_column(scope, &name, column_span);
                }
            }
            Want::OwnColumn { scope, column: (name, span) } => self.find_column(scope, &name, span),
            Want::Columns { table, span, columns } => {
                if let Some(scope) = self.find_table(&table, span) {
                    self.find_columns(scope, &columns);
                }
            }
            Want::Records { table, span, columns } => {
                if let Some(scope) = self.find_table(&table, span) {
                    self.find_columns(scope, &columns);
                    self.distinct(&columns);
                }
            }
            Want::Own { scope, columns } => self.find_columns(scope, &columns),
            Want::EnumValue { path, span, value, value_span } => self.find_enum_value(&path, span, &value, value_span),
            Want::Partial { name, span } => {
                if !self.scopes.partials.contains_key(&name) {
                    self.missing(span, "partial", &name);
                }
            }
            Want::Note { path, span } => {
                if !self.scopes.notes.contains(&path) {
                    self.missing(span, "note", &path.to_string());
                }
            }
            Want::Group { name, span } => {
                if !self.scopes.groups.contains(&name) {
                    self.missing(span, "group", &name);
                }
            }
            Want::Schema { schema, span } => {
                if !self.scopes.has_schema(&schema) {
                    self.missing(span, "schema", &schema.join("."));
                }
            }
            Want::Place { names, columns, span } => self.find_place(&names, &columns, span),
            Want::Target { kind, names, span } => self.find_target(kind, &names, span),
        }
    }

    fn missing(&mut self, span: Span, what: &str, name: &str) {
        let message = format!("there is no {what} {}; check the spelling, or add one of that name", shown(name));
        self.error(Code::BindingError, span, message);
    }

    fn find_table(&mut self, table: &Path, span: Span) -> Option<usize> {
        let found = self.scopes.table(table);
        if found.is_none() {
            self.missing(span, "table", &table.to_string());
        }
        found
    }

    fn find_column(&mut self, scope: usize, name: &str, span: Span) {
        if !self.scopes.has_column(scope, name) {
            let label = self.scopes.scopes.get(scope).map(|scope| scope.label.clone()).unwrap_or_default();
            let message = format!("{label} has no column {}; check the spelling, or add the column", shown(name));
            self.error(Code::BindingError, span, message);
        }
    }

    fn find_columns(&mut self, scope: usize, columns: &[(String, Span)]) {
        for (name, span) in columns {
            self.find_column(scope, name, *span);
        }
    }

    fn distinct(&mut self, columns: &[(String, Span)]) {
        let mut seen = BTreeMap::new();
        for (name, span) in columns {
            if let Some(first) = seen.insert(name, *span) {
                let message = format!("column {} is named twice; keep one", shown(name));
                self.error(Code::DuplicateColumnReferencesInRecords, first, message.as_str());
                self.error(Code::DuplicateColumnReferencesInRecords, *span, message);
            }
        }
    }

    fn find_enum_value(&mut self, path: &Path, span: Span, value: &str, value_span: Span) {
        match self.scopes.enums.get(path) {
            None => self.missing(span, "enum", &path.to_string()),
            Some(values) if !values.contains(value) => {
                let message = format!(
                    "enum {} has no value {}; check the spelling, or add the value",
                    shown(&path.to_string()),
                    shown(value),
                );
                self.error(Code::BindingError, value_span, message);
            }
            Some(_) => {}
        }
    }

    fn find_place(&mut self, names: &[String], columns: &[String], span: Span) {
        let split = |names: &[String]| {
            let (name, schema) = names.split_last()?;
            Some(Path::new(schema.to_vec(), name.clone()))
        };
        let as_table = split(names).and_then(|path| self.scopes.table(&path));
        if let Some(scope) = as_table {
            for column in columns {
                self.find_column(scope, column, span);
            }
            return;
        }
        let column = names.split_last().filter(|(_, table)| !table.is_empty() && columns.is_empty());
        let as_column = column.and_then(|(column, table)| Some((column, self.scopes.table(&split(table)?)?)));
        match as_column {
            Some((column, scope)) => self.find_column(scope, column, span),
            None => self.missing(span, "table or column", &names.join(".")),
        }
    }

    fn find_target(&mut self, kind: MetadataKind, names: &[String], span: Span) {
        let Some((name, before)) = names.split_last() else { return };
        let path = Path::new(before.to_vec(), name.clone());
        let (found, what) = match kind {
            MetadataKind::Table => (self.scopes.table(&path).is_some(), "table"),
            MetadataKind::Group => (path.schema.is_empty() && self.scopes.groups.contains(name), "group"),
            MetadataKind::Note => (self.scopes.notes.contains(&path), "note"),
            MetadataKind::Column => {
                let table = before.split_last().map(|(table, schema)| Path::new(schema.to_vec(), table.clone()));
                let scope = table.and_then(|table| self.scopes.table(&table));
                (scope.is_some_and(|scope| self.scopes.has_column(scope, name)), "column")
            }
        };
        if !found {
            self.missing(span, what, &names.join("."));
        }
    }
}
