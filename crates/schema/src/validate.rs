//! What PostgreSQL would refuse, found before asking it.

use crate::infer::{is_assignable, is_readable, type_of};
use crate::{
    BaseType, Check, Column, ColumnId, DataType, Expr, Expression, KeyKind, Name, NamespaceId, ObjectId, Reference,
    ReferenceId, Schema, Table, TableId, changed, validate_more,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Which rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Code {
    /// Two namespaces, tables, keys, indexes, sequences, columns or constraints share a name where PostgreSQL wants it unique.
    DuplicateName,
    /// A namespace or column has a name that PostgreSQL keeps for itself.
    ReservedName,
    /// An object stands in, or mentions, something that is not there.
    Dangling,
    /// A key, index or reference has no columns.
    NoColumns,
    /// A table has more than 1,600 columns, or a key or index more than 32.
    TooManyColumns,
    /// A key, index or reference names a column twice.
    RepeatedColumn,
    /// A table has two primary keys.
    TwoPrimaryKeys,
    /// The type has no equality or order that a key could use.
    NoKeyType,
    /// The referenced columns are not those of a primary key, unique constraint or unique index.
    NotAKey,
    /// The two columns of a pair cannot be compared.
    TypesDiffer,
    /// SET NULL over a column that is NOT NULL. PostgreSQL finds out only when the first row is deleted.
    SetNullOnNotNull,
    /// A default or check mentions a column that it may not.
    UnknownColumn,
    /// A default that its column cannot store, or a check that is neither true nor false.
    WrongType,
    /// A serial, identity or generated column with a default of another kind, or that may be NULL.
    SerialDefault,
    /// A label, bound or option that PostgreSQL would not take.
    BadOption,
}

impl Code {
    /// Whether PostgreSQL refuses it, so that it cannot be committed. It takes the rest, which does harm later.
    pub fn is_refused(self) -> bool {
        self != Self::SetNullOnNotNull
    }
}

/// A finding about one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The rule.
    pub code: Code,
    /// What it is about.
    pub object: ObjectId,
    /// The finding and the way out, in the schema's own names.
    pub message: String,
}

/// Checks the whole schema. An empty answer means that PostgreSQL will take it; with a finding that is refused
/// ([`Code::is_refused`]) it cannot be committed.
///
/// ```
/// use schema::{Code, sample, validate};
///
/// let mut shop = sample::shopflow();
/// let (users, _) = shop.tables.pop_first().unwrap();
/// assert!(shop.references.values().any(|reference| reference.referenced == users));
/// assert_eq!(validate(&shop)[0].code, Code::Dangling);
/// ```
pub fn validate(schema: &Schema) -> Vec<Diagnostic> {
    let references: Vec<&Reference> = schema.references.values().map(AsRef::as_ref).collect();
    let tables: Vec<&Table> = schema.tables.values().map(AsRef::as_ref).collect();
    let mut findings = Findings { schema, list: Vec::new() };
    findings.namespaces();
    findings.relation_names(&tables);
    validate_more::types(&mut findings);
    validate_more::annotations(&mut findings);
    for (id, table) in &schema.tables {
        findings.filed(ObjectId::Table(*id), &table.name, table.id == *id);
        findings.table(table);
    }
    for (id, reference) in &schema.references {
        findings.filed(ObjectId::Reference(*id), &reference.name, reference.id == *id);
        findings.reference(reference);
    }
    findings.constraint_names(&tables, &references);
    findings.list
}

/// Checks what a change of a valid schema may have broken: the answer is that of [`validate`] for `after`, at a cost
/// that goes with what the two schemas do not share. `before` must be without findings.
pub fn validate_change(before: &Schema, after: &Schema) -> Vec<Diagnostic> {
    // Whatever is of a type may be wrong by its change.
    if before.namespaces.keys().any(|id| !after.namespaces.contains_key(id)) || before.types != after.types {
        return validate(after);
    }
    let mut tables: Vec<&Table> = Vec::new();
    let mut reshaped = BTreeSet::new();
    for (from, to) in changed(&before.tables, &after.tables) {
        if !from.zip(to).is_some_and(|(from, to)| has_same_shape(from, to)) {
            reshaped.extend(from.or(to).map(|table| table.id));
        }
        tables.extend(to);
    }
    let new: BTreeSet<ReferenceId> =
        changed(&before.references, &after.references).filter_map(|(_, to)| Some(to?.id)).collect();
    let mut findings = Findings { schema: after, list: Vec::new() };
    findings.namespaces();
    let renamed: Vec<&Table> = tables.iter().copied().filter(|table| !has_same_names(before, table)).collect();
    if !renamed.is_empty() {
        findings.relation_names(&with_rivals(after, &renamed));
    }
    validate_more::types(&mut findings);
    validate_more::annotations(&mut findings);
    if !reshaped.is_empty() {
        let is_heir = |table: &&Table| table.options.parents().next().is_some() && !reshaped.contains(&table.id);
        let heirs: Vec<&Table> = after.tables.values().map(AsRef::as_ref).filter(is_heir).collect();
        heirs.into_iter().for_each(|table| validate_more::options(&mut findings, table));
    }
    for table in &tables {
        let is_found = after.table(table.id).is_some_and(|found| std::ptr::eq(found, *table));
        findings.filed(ObjectId::Table(table.id), &table.name, is_found);
        findings.table(table);
    }
    // Whose constraints may have come to share a name.
    let mut owners = reshaped.clone();
    owners.extend(new.iter().filter_map(|id| Some(after.references.get(id)?.referencing)));
    let mut owned = Vec::new();
    for reference in after.references.values().map(AsRef::as_ref).filter(|_| !owners.is_empty()) {
        let ends = [reference.referencing, reference.referenced];
        if new.contains(&reference.id) || ends.iter().any(|table| reshaped.contains(table)) {
            findings.reference(reference);
        }
        if owners.contains(&reference.referencing) {
            owned.push(reference);
        }
    }
    let owners: Vec<&Table> = owners.into_iter().filter_map(|table| after.table(table)).collect();
    findings.constraint_names(&owners, &owned);
    findings.list
}

/// Whether all that references and heirs of a table rest on is as it was, and the names of its constraints.
fn has_same_shape(before: &Table, after: &Table) -> bool {
    let shape = |column: &Column| (column.id, column.data_type.clone(), column.nullable, column.generation.clone());
    let names = |table: &Table| table.checks.iter().map(|check| check.name.clone()).collect::<Vec<_>>();
    before.columns.iter().map(shape).eq(after.columns.iter().map(shape))
        && before.keys == after.keys
        && before.indexes == after.indexes
        && before.options == after.options
        && names(before) == names(after)
}

/// Whether the table takes the names that it took before.
fn has_same_names(before: &Schema, table: &Table) -> bool {
    before.table(table.id).is_some_and(|before| {
        before.namespace == table.namespace
            && relation_names(before).eq(relation_names(table))
            && before.sequences().map(|(_, name)| name).eq(table.sequences().map(|(_, name)| name))
    })
}

/// The tables, and all that have a name in common with one of them, in order of their ids.
fn with_rivals<'a>(schema: &'a Schema, tables: &[&Table]) -> Vec<&'a Table> {
    let mut names: HashSet<&str> =
        tables.iter().flat_map(|table| relation_names(table)).map(|(_, name)| name).collect();
    let sequences: Vec<Name> = tables.iter().flat_map(|table| table.sequences()).map(|(_, name)| name).collect();
    // Names of sequences are made anew each time that somebody asks for them, and few objects have such names.
    let may_be_sequence = names.iter().any(|name| name.ends_with(Name::SEQUENCE_ENDING));
    names.extend(sequences.iter().map(Name::as_str));
    let is_rival = |table: &&Table| {
        relation_names(table).any(|(_, name)| names.contains(name))
            || may_be_sequence && table.sequences().any(|(_, name)| names.contains(name.as_str()))
    };
    schema.tables.values().map(AsRef::as_ref).filter(is_rival).collect()
}

/// The table with its keys and indexes, whose names are of one kind.
fn relation_names(table: &Table) -> impl Iterator<Item = (ObjectId, &str)> {
    let own = std::iter::once((ObjectId::Table(table.id), table.name.as_str()));
    let keys = table.keys.iter().map(|key| (ObjectId::Key(table.id, key.id), key.name.as_str()));
    let indexes = table.indexes.iter().map(|index| (ObjectId::Index(table.id, index.id), index.name.as_str()));
    own.chain(keys).chain(indexes)
}

/// PostgreSQL's limit on columns of a table.
const MAX_COLUMNS: usize = 1_600;
/// PostgreSQL's limit on columns of an index.
const MAX_KEY_COLUMNS: usize = 32;
/// Columns that PostgreSQL adds to every table.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

pub(crate) struct Findings<'a> {
    pub(crate) schema: &'a Schema,
    list: Vec<Diagnostic>,
}

impl Findings<'_> {
    pub(crate) fn error(&mut self, code: Code, object: ObjectId, message: String) {
        self.list.push(Diagnostic { code, object, message });
    }

    /// An object must be found under its own id.
    pub(crate) fn filed(&mut self, object: ObjectId, name: &Name, rightly: bool) {
        if !rightly {
            self.error(Code::Dangling, object, format!("{name} is kept under an id that is not its own"));
        }
    }

    fn namespaces(&mut self) {
        let mut seen = BTreeSet::new();
        for (id, namespace) in &self.schema.namespaces {
            let (object, name) = (ObjectId::Namespace(*id), &namespace.name);
            self.filed(object, name, namespace.id == *id);
            if !seen.insert(name) {
                self.error(Code::DuplicateName, object, format!("there are two schemas called {name}"));
            }
            if name.as_str().starts_with("pg_") {
                let message = format!("{name}: schemas whose names begin with pg_ are PostgreSQL's own");
                self.error(Code::ReservedName, object, message);
            }
            if name.as_str() == "information_schema" {
                self.error(Code::ReservedName, object, format!("every database already has a schema {name}"));
            }
        }
    }

    /// Tables, the indexes behind keys, plain indexes and the sequences of serial columns share one space of names in
    /// each namespace. PostgreSQL finds another name for a sequence when its own is taken already, but fails when it is
    /// taken afterwards; here the order does not matter.
    fn relation_names(&mut self, tables: &[&Table]) {
        let mut sequences: BTreeMap<(NamespaceId, String), String> = BTreeMap::new();
        for table in tables {
            for (column, name) in table.sequences() {
                sequences.insert((table.namespace, name.to_string()), format!("{}.{}", table.name, column.name));
            }
        }
        let mut seen: BTreeMap<NamespaceId, BTreeSet<&str>> = BTreeMap::new();
        for table in tables {
            if !self.schema.namespaces.contains_key(&table.namespace) {
                self.error(Code::Dangling, ObjectId::Table(table.id), format!("{} is in no schema", table.name));
            }
            let names = seen.entry(table.namespace).or_default();
            for (object, name) in relation_names(table) {
                if !names.insert(name) {
                    let message = format!("the name {name} is taken; tables, keys and indexes of a schema share names");
                    self.error(Code::DuplicateName, object, message);
                }
                if let Some(column) = sequences.get(&(table.namespace, name.to_owned())) {
                    let message =
                        format!("the name {name} belongs to the sequence that numbers {column}; choose another name");
                    self.error(Code::DuplicateName, object, message);
                }
            }
        }
    }

    fn table(&mut self, table: &Table) {
        self.columns(table);
        self.keys(table);
        self.indexes(table);
        self.checks(table);
        validate_more::table(self, table);
    }

    fn columns(&mut self, table: &Table) {
        if table.columns.len() > MAX_COLUMNS {
            let message = format!("{} has {} columns; 1600 are the most", table.name, table.columns.len());
            self.error(Code::TooManyColumns, ObjectId::Table(table.id), message);
        }
        let mut seen = BTreeSet::new();
        for column in &table.columns {
            let object = ObjectId::Column(table.id, column.id);
            if !seen.insert(&column.name) {
                let message = format!("{} has two columns called {}", table.name, column.name);
                self.error(Code::DuplicateName, object, message);
            }
            if SYSTEM_COLUMNS.contains(&column.name.as_str()) {
                let message =
                    format!("{}.{}: every table already has a hidden column of that name", table.name, column.name);
                self.error(Code::ReservedName, object, message);
            }
            self.default_value(table, column);
        }
    }

    fn default_value(&mut self, table: &Table, column: &Column) {
        let object = ObjectId::Column(table.id, column.id);
        let has_sequence = column.data_type.has_sequence();
        if column.data_type.user_type().is_some_and(|id| !self.schema.types.contains_key(&id)) {
            let message = format!("{}.{} is of a type that is not there; choose another one", table.name, column.name);
            self.error(Code::Dangling, object, message);
            return;
        }
        let Some(default) = &column.default else {
            if has_sequence && column.nullable && !table.in_primary_key(column.id) {
                let message = format!("{}.{} is {}, which is never NULL", table.name, column.name, column.data_type);
                self.error(Code::SerialDefault, object, message);
            }
            return;
        };
        if has_sequence {
            let message =
                format!("{}.{} is {}, which has a default of its own", table.name, column.name, column.data_type);
            self.error(Code::SerialDefault, object, message);
        } else if let Some(name) = default.tree().and_then(|_| default.columns().into_iter().next()) {
            let message = format!("the default of {}.{} cannot use a column ({name})", table.name, column.name);
            self.error(Code::UnknownColumn, object, message);
        } else if let Some(reason) = misfit(self.schema, default, &column.data_type) {
            let data_type = self.schema.type_text(&column.data_type);
            let message = format!("{}.{} is {data_type} and cannot default to {reason}", table.name, column.name);
            self.error(Code::WrongType, object, message);
        }
    }

    fn keys(&mut self, table: &Table) {
        let mut primary = 0;
        for key in &table.keys {
            let object = ObjectId::Key(table.id, key.id);
            primary += usize::from(key.kind == KeyKind::Primary);
            if key.kind == KeyKind::Primary && primary == 2 {
                self.error(Code::TwoPrimaryKeys, object, format!("{} has two primary keys", table.name));
            }
            if key.kind != KeyKind::Exclusion {
                self.column_list(table, object, &key.name, &key.columns, true);
            }
        }
    }

    fn indexes(&mut self, table: &Table) {
        for index in &table.indexes {
            let object = ObjectId::Index(table.id, index.id);
            if index.parts.is_empty() {
                self.error(Code::NoColumns, object, format!("{} has no columns", index.name));
                continue;
            }
            // Only of a B-tree with its usual comparisons is it known which types it takes.
            let plain = index.plain_columns();
            let columns = plain.clone().unwrap_or_else(|| index.columns());
            let is_usual = plain.is_some() && index.options.method.is_none();
            if !columns.is_empty() {
                self.column_list(table, object, &index.name, &columns, is_usual);
            }
        }
    }

    /// Judges the columns of a key or index.
    fn column_list(&mut self, table: &Table, object: ObjectId, name: &Name, columns: &[ColumnId], is_usual: bool) {
        if columns.is_empty() {
            self.error(Code::NoColumns, object, format!("{name} has no columns"));
        }
        if columns.len() > MAX_KEY_COLUMNS {
            self.error(Code::TooManyColumns, object, format!("{name} has {} columns; 32 are the most", columns.len()));
        }
        let mut seen = BTreeSet::new();
        let mut repeated = BTreeSet::new();
        // Sets of messages: columns that share a name, which is an error of its own, would be told of twice.
        let mut unfit = BTreeSet::new();
        for id in columns {
            let column = table.column(*id);
            if !seen.insert(id) {
                repeated.extend(column.map(|column| &column.name));
            } else if let Some(column) =
                column.filter(|column| is_usual && !self.schema.underlying(&column.data_type).can_be_key())
            {
                let data_type = self.schema.type_text(&column.data_type);
                unfit.insert(format!("{name}: {} is {data_type}, which cannot be indexed", column.name));
            }
        }
        for message in unfit {
            self.error(Code::NoKeyType, object, message);
        }
        if seen.iter().any(|id| table.column(**id).is_none()) {
            self.error(Code::Dangling, object, format!("{name} has a column that {} has not", table.name));
        }
        for column in repeated {
            self.error(Code::RepeatedColumn, object, format!("{name} has {column} twice"));
        }
    }

    fn checks(&mut self, table: &Table) {
        for check in &table.checks {
            let object = ObjectId::Check(table.id, check.id);
            if let Some(name) = missing_column(table, check) {
                let message = format!("{} mentions {name}, which {} has not", check.name, table.name);
                self.error(Code::UnknownColumn, object, message);
                continue;
            }
            let data_type = check.expression.tree().and_then(|tree| type_of(tree, Some(table)));
            let data_type = data_type.map(|found| self.schema.underlying(&found)).filter(|it| it.base().is_some());
            if let Some(other) = data_type.filter(|found| *found != DataType::of(BaseType::Boolean)) {
                let message = format!("{} must be true or false, and “{}” is {other}", check.name, check.expression);
                self.error(Code::WrongType, object, message);
            }
        }
    }

    /// Keys, checks and references share one space of names in each table.
    fn constraint_names(&mut self, tables: &[&Table], references: &[&Reference]) {
        let mut seen: BTreeMap<TableId, BTreeSet<&Name>> = BTreeMap::new();
        for table in tables {
            let names = seen.entry(table.id).or_default();
            let keys = table.keys.iter().map(|key| (ObjectId::Key(table.id, key.id), &key.name));
            let checks = table.checks.iter().map(|check| (ObjectId::Check(table.id, check.id), &check.name));
            for (object, name) in keys.chain(checks) {
                if !names.insert(name) {
                    let message = format!("{} has two constraints called {name}", table.name);
                    self.error(Code::DuplicateName, object, message);
                }
            }
        }
        for reference in references {
            let Some(table) = self.schema.table(reference.referencing) else { continue };
            if !seen.entry(table.id).or_default().insert(&reference.name) {
                let message = format!("{} has two constraints called {}", table.name, reference.name);
                self.error(Code::DuplicateName, ObjectId::Reference(reference.id), message);
            }
        }
    }

    fn reference(&mut self, reference: &Reference) {
        let object = ObjectId::Reference(reference.id);
        let tables = (self.schema.table(reference.referencing), self.schema.table(reference.referenced));
        let (Some(referencing), Some(referenced)) = tables else {
            self.error(Code::Dangling, object, format!("{} lacks a table", reference.name));
            return;
        };
        if reference.pairs.is_empty() {
            self.error(Code::NoColumns, object, format!("{} has no columns", reference.name));
            return;
        }
        let mut seen = BTreeSet::new();
        let mut repeated = BTreeSet::new();
        let mut differing = BTreeSet::new();
        for pair in &reference.pairs {
            let columns = (referencing.column(pair.referencing), referenced.column(pair.referenced));
            let (Some(from), Some(to)) = columns else {
                self.error(Code::Dangling, object, format!("{} lacks a column", reference.name));
                return;
            };
            if !seen.insert(pair.referencing) {
                repeated.insert(&from.name);
            } else if !self.schema.can_reference(&from.data_type, &to.data_type) {
                differing.insert(format!(
                    "{}.{} is {} and cannot be compared with {}.{}, which is {}",
                    referencing.name,
                    from.name,
                    self.schema.type_text(&from.data_type),
                    referenced.name,
                    to.name,
                    self.schema.type_text(&to.data_type)
                ));
            }
        }
        for message in differing {
            self.error(Code::TypesDiffer, object, message);
        }
        for name in repeated {
            let message = format!("{} uses {}.{name} twice", reference.name, referencing.name);
            self.error(Code::RepeatedColumn, object, message);
        }
        if !referenced.is_referenceable(&reference.referenced_columns()) {
            let message = format!(
                "{}: {} needs a primary key or unique constraint over exactly {}",
                reference.name,
                self.schema.display_name(referenced),
                column_names(referenced, &reference.referenced_columns())
            );
            self.error(Code::NotAKey, object, message);
        }
        self.set_null(reference, referencing);
        validate_more::reference(self, reference);
    }

    fn set_null(&mut self, reference: &Reference, table: &Table) {
        let set = &reference.options.set_columns;
        let is_set = |column: ColumnId| set.is_empty() || set.contains(&column);
        let mut pairs = reference.pairs.iter().filter(|pair| is_set(pair.referencing));
        let fixed = pairs.find(|pair| !table.is_nullable(pair.referencing));
        if let (true, Some(column)) = (reference.sets_null(), fixed.and_then(|pair| table.column(pair.referencing))) {
            let message = format!(
                "{}: set null cannot work while {}.{} is NOT NULL; make it nullable or choose another action",
                reference.name, table.name, column.name
            );
            self.error(Code::SetNullOnNotNull, ObjectId::Reference(reference.id), message);
        }
    }
}

/// What a default is, when a column of the type cannot store it.
fn misfit(schema: &Schema, default: &Expression, data_type: &DataType) -> Option<String> {
    let tree = default.tree()?;
    let data_type = &schema.underlying(data_type);
    if let Expr::String(text) = tree {
        let labels = data_type.user_type().and_then(|id| schema.user_type(id)).map(crate::UserType::labels);
        if let Some(labels) = labels.filter(|_| data_type.dimensions() == 0) {
            return labels.iter().all(|label| label.text != *text).then(|| default.to_string());
        }
        return (!is_readable(text, data_type)).then(|| default.to_string());
    }
    let found = type_of(tree, None)?;
    (!is_assignable(&found, data_type)).then(|| format!("“{default}”, which is {found}"))
}

/// Beyond the grammar, what looks like a column may be something else.
fn missing_column(table: &Table, check: &Check) -> Option<Name> {
    check.expression.tree()?;
    check.expression.columns().into_iter().find(|name| table.column_named(name.as_str()).is_none())
}

fn column_names(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<&str> = columns.iter().filter_map(|id| table.column(*id)).map(|c| c.name.as_str()).collect();
    names.join(", ")
}
