//! The objects of a schema, as plain data.

use crate::{
    Annotation, AnnotationId, AnnotationKind, BaseType, CheckId, CheckOptions, ColumnId, DataType, Deferral,
    Expression, Formula, Generation, IndexId, IndexOptions, IndexPart, KeyId, KeyOptions, Name, NamespaceId, ObjectId,
    Opaque, OpaqueId, PartOf, QualifiedName, Rank, ReferenceId, ReferenceOptions, SharedMap, TableId, TableOptions,
    TypeId, UserType,
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A whole schema. Tables and references are shared between copies, so that keeping the committed schema beside the edited one
/// costs only what differs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schema {
    /// Namespaces by id.
    pub namespaces: BTreeMap<NamespaceId, Namespace>,
    /// Tables by id.
    pub tables: SharedMap<TableId, Table>,
    /// References by id.
    pub references: SharedMap<ReferenceId, Reference>,
    /// Types of the schema's own, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub types: BTreeMap<TypeId, UserType>,
    /// What is kept as the statement that makes it, by id.
    #[serde(default, skip_serializing_if = "SharedMap::is_empty")]
    pub opaque: SharedMap<OpaqueId, Opaque>,
    /// Groups and notes, by id.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub annotations: BTreeMap<AnnotationId, Annotation>,
}

/// What PostgreSQL calls a schema: `public`, `auth`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Namespace {
    /// Identity.
    pub id: NamespaceId,
    /// Name, unique among namespaces.
    pub name: Name,
}

/// A table with everything that lives in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// Identity.
    pub id: TableId,
    /// The namespace it is in.
    pub namespace: NamespaceId,
    /// Name, unique in its namespace among tables, keys and indexes.
    pub name: Name,
    /// What the table is for, in the designer's words; becomes the comment in SQL.
    pub note: Option<String>,
    /// Columns, ordered by rank and then id.
    pub columns: Vec<Column>,
    /// Primary key and unique constraints, ordered by id.
    pub keys: Vec<Key>,
    /// Check constraints, ordered by id.
    pub checks: Vec<Check>,
    /// Indexes that back no key, ordered by id.
    pub indexes: Vec<Index>,
    /// What most tables have not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: TableOptions,
    /// The group that it is in. One that is gone is none, so that a group can come and go without touching its tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<AnnotationId>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Identity.
    pub id: ColumnId,
    /// Where it is shown among its table's columns. PostgreSQL itself only ever appends.
    pub rank: Rank,
    /// Name, unique in its table.
    pub name: Name,
    /// Type.
    pub data_type: DataType,
    /// Whether NULL is allowed by the column itself; a primary key forbids it all the same
    /// (see [`Table::is_nullable`]).
    pub nullable: bool,
    /// The value of a row that gives none.
    pub default: Option<Expression>,
    /// What the column is for; becomes the comment in SQL.
    pub note: Option<String>,
    /// Where its values come from otherwise: identity columns and generated ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<Generation>,
    /// By which language its texts are compared, where that is not the type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<QualifiedName>,
}

/// A primary key, or a unique or exclusion constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Identity.
    pub id: KeyId,
    /// Name of the constraint and of the index behind it.
    pub name: Name,
    /// Which of the two it is.
    pub kind: KeyKind,
    /// Columns, in the order of the index; none of an exclusion constraint.
    pub columns: Vec<ColumnId>,
    /// What most keys have not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: KeyOptions,
}

/// What a [`Key`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// PRIMARY KEY: at most one a table, and its columns are never NULL.
    Primary,
    /// UNIQUE.
    Unique,
    /// EXCLUDE: no two rows may have this in common.
    Exclusion,
}

/// A check constraint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Identity.
    pub id: CheckId,
    /// Name of the constraint.
    pub name: Name,
    /// What must not be false for any row.
    pub expression: Expression,
    /// What most checks have not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: CheckOptions,
}

/// An index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Index {
    /// Identity.
    pub id: IndexId,
    /// Name, unique in the namespace.
    pub name: Name,
    /// Whether two rows may have the same values.
    pub unique: bool,
    /// Columns and expressions, in order.
    #[serde(rename = "columns")]
    pub parts: Vec<IndexPart>,
    /// What most indexes have not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: IndexOptions,
}

/// A foreign key: each row of the referencing table names a row of the referenced one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Identity.
    pub id: ReferenceId,
    /// Name of the constraint, unique in the referencing table.
    pub name: Name,
    /// The table that holds the constraint.
    pub referencing: TableId,
    /// The table whose key is named.
    pub referenced: TableId,
    /// Which column names which, in the order written; never empty.
    pub pairs: Vec<ColumnPair>,
    /// What happens to a row when the row that it names is deleted.
    pub on_delete: ReferentialAction,
    /// What happens to a row when the key that it names changes.
    pub on_update: ReferentialAction,
    /// What most references have not.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: ReferenceOptions,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// One column of a reference and the key column it is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ColumnPair {
    /// Column of the referencing table.
    pub referencing: ColumnId,
    /// Column of the referenced table.
    pub referenced: ColumnId,
}

/// What a reference does when the row it names goes or changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferentialAction {
    /// Refuse, checked at the end of the statement. PostgreSQL's default.
    #[default]
    NoAction,
    /// Refuse, checked at once.
    Restrict,
    /// Do the same to the referencing rows.
    Cascade,
    /// Set the referencing columns to NULL.
    SetNull,
    /// Set the referencing columns to their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// All five, in the order of a menu.
    pub const ALL: [Self; 5] = [Self::NoAction, Self::Restrict, Self::Cascade, Self::SetNull, Self::SetDefault];

    /// The words of SQL, lower case.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "no action",
            Self::Restrict => "restrict",
            Self::Cascade => "cascade",
            Self::SetNull => "set null",
            Self::SetDefault => "set default",
        }
    }
}

impl Schema {
    /// The table of that id.
    pub fn table(&self, id: TableId) -> Option<&Table> {
        self.tables.get(&id).map(AsRef::as_ref)
    }

    /// The column of that table and id.
    pub fn column(&self, table: TableId, column: ColumnId) -> Option<&Column> {
        self.table(table)?.column(column)
    }

    /// The name of the namespace that a table is in.
    pub fn namespace_of(&self, table: &Table) -> Option<&Name> {
        self.namespaces.get(&table.namespace).map(|namespace| &namespace.name)
    }

    /// The first namespace called `public`, or else the first of all.
    pub fn default_namespace(&self) -> Option<NamespaceId> {
        let public = self.namespaces.values().find(|namespace| namespace.name.as_str() == "public");
        public.or_else(|| self.namespaces.values().next()).map(|namespace| namespace.id)
    }

    /// The table's name, with its namespace before it when that is not `public`.
    pub fn display_name(&self, table: &Table) -> String {
        match self.namespace_of(table) {
            Some(namespace) if namespace.as_str() != "public" => format!("{namespace}.{}", table.name),
            Some(_) | None => table.name.to_string(),
        }
    }

    /// The type of that id.
    pub fn user_type(&self, id: TypeId) -> Option<&UserType> {
        self.types.get(&id)
    }

    /// The type as people write it: one of the schema's own by its name, with its namespace before it when that is not
    /// `public`.
    pub fn type_text(&self, data_type: &DataType) -> String {
        let plain = match (data_type.user_type(), data_type.foreign_type()) {
            (Some(id), _) => self.label(ObjectId::Type(id)).unwrap_or_else(|| "a deleted type".to_owned()),
            (None, Some(foreign)) => foreign.text(false),
            (None, None) => return data_type.to_string(),
        };
        plain + &"[]".repeat(data_type.dimensions().into())
    }

    /// Reads a type as people type it: PostgreSQL's own, or one that the schema defines or has columns of.
    ///
    /// # Errors
    /// When there is no such type.
    pub fn parse_type(&self, text: &str) -> Result<DataType, crate::DataTypeError> {
        let parsed = DataType::parse(text);
        if parsed.is_ok() {
            return parsed;
        }
        let plain = text.trim().trim_end_matches("[]").trim_end();
        let dimensions = u8::try_from((text.trim().len() - plain.len()) / 2).unwrap_or(u8::MAX);
        let is_meant = |name: &str| name == plain || name == plain.to_lowercase();
        let own = self.types.values().find(|it| {
            self.label(ObjectId::Type(it.id)).is_some_and(|label| is_meant(&label))
                || self.label(ObjectId::Type(it.id)).is_some_and(|label| is_meant(&format!("public.{label}")))
        });
        if let Some(own) = own {
            return Ok(DataType::defined(own.id).with_dimensions(dimensions));
        }
        let columns = self.tables.values().flat_map(|table| &table.columns);
        let known = columns.map(|column| &column.data_type).filter(|it| it.foreign_type().is_some());
        let mut known = known.filter(|it| it.foreign_type().is_some_and(|foreign| is_meant(&foreign.text(false))));
        known.next().map(|found| found.clone().with_dimensions(dimensions)).map_or(parsed, Ok)
    }

    /// The type that values are of in the end: what a domain rests on, and any other type itself.
    pub fn underlying(&self, data_type: &DataType) -> DataType {
        let mut found = data_type.without_sequence();
        // A domain that rests on itself is found by validation; here it only must not go on for ever.
        for _ in 0..16 {
            let Some(base) = found.user_type().and_then(|id| self.user_type(id)?.base()) else { break };
            found = base.clone().with_dimensions(base.dimensions().max(found.dimensions()));
        }
        found
    }

    /// Whether texts of the type are compared by a collation, as far as that is known.
    pub fn is_collatable(&self, data_type: &DataType) -> bool {
        let underlying = self.underlying(data_type);
        let is_text = |base| matches!(base, BaseType::Text | BaseType::Varchar | BaseType::Char);
        underlying.base().map_or(underlying.user_type().is_none(), is_text)
    }

    /// What the enum is called, and the domains that rest on it.
    pub fn names_of_enum(&self, id: TypeId) -> BTreeSet<Name> {
        let is_it = |it: &&UserType| self.underlying(&DataType::defined(it.id)).user_type() == Some(id);
        self.types.values().filter(is_it).map(|it| it.name.clone()).collect()
    }

    /// Whether PostgreSQL lets a column of the one type reference a key column of the other, as far as that is known.
    pub fn can_reference(&self, referencing: &DataType, referenced: &DataType) -> bool {
        self.underlying(referencing).can_reference(&self.underlying(referenced))
    }

    /// The types, each behind those that it is made of.
    pub fn types_in_order(&self) -> Vec<&UserType> {
        let depth = |it: &UserType| {
            let mut depth = 0_u8;
            let mut at = it.base();
            while let Some(base) = at.filter(|_| depth < 16) {
                depth += 1;
                at = base.user_type().and_then(|id| self.user_type(id)?.base());
            }
            depth
        };
        let mut types: Vec<&UserType> = self.types.values().collect();
        types.sort_by_key(|it| {
            let namespace = self.namespaces.get(&it.namespace).map(|namespace| &namespace.name);
            (depth(it), namespace, &it.name, it.id)
        });
        types
    }

    /// The group of the table, if it is in one.
    pub fn group_of(&self, table: &Table) -> Option<&Annotation> {
        self.annotations.get(&table.group?).filter(|it| it.kind == AnnotationKind::Group)
    }

    /// The groups or the notes, by name.
    pub fn annotations_of(&self, kind: AnnotationKind) -> Vec<&Annotation> {
        let mut found: Vec<&Annotation> = self.annotations.values().filter(|it| it.kind == kind).collect();
        found.sort_by_key(|it| (&it.name, it.id));
        found
    }

    /// The tables in the group, by name.
    pub fn members_of(&self, group: AnnotationId) -> Vec<&Table> {
        let mut members: Vec<&Table> =
            self.tables.values().map(AsRef::as_ref).filter(|table| table.group == Some(group)).collect();
        members.sort_by_key(|table| (self.namespace_of(table), &table.name, table.id));
        members
    }

    /// References that touch the table at either end, in order of id.
    pub fn references_of(&self, table: TableId) -> impl Iterator<Item = &Reference> {
        self.references
            .values()
            .map(AsRef::as_ref)
            .filter(move |reference| reference.referencing == table || reference.referenced == table)
    }

    /// Tables in the order that people read them: by namespace, then name.
    pub fn tables_by_name(&self) -> Vec<&Table> {
        let mut tables: Vec<&Table> = self.tables.values().map(AsRef::as_ref).collect();
        // Without keeping what is compared, most of the time would go into looking it up.
        tables.sort_by_cached_key(|table| (self.namespace_of(table), &table.name, table.id));
        tables
    }

    /// What the object is called, for messages: `users`, `orders.user_id`, `auth.users`.
    pub fn label(&self, object: ObjectId) -> Option<String> {
        if let ObjectId::Namespace(id) = object {
            return self.namespaces.get(&id).map(|namespace| namespace.name.to_string());
        }
        if let ObjectId::Reference(id) = object {
            return self.references.get(&id).map(|reference| reference.name.to_string());
        }
        if let ObjectId::Type(id) = object {
            let it = self.types.get(&id)?;
            return Some(self.in_namespace(Some(it.namespace), &it.name));
        }
        if let ObjectId::Opaque(id) = object {
            let it = self.opaque.get(&id)?;
            return Some(self.in_namespace(it.namespace, &it.name));
        }
        if let ObjectId::Annotation(id) = object {
            return self.annotations.get(&id).map(|it| it.name.to_string());
        }
        let table = self.table(object.table()?)?;
        let inner = match object {
            ObjectId::Column(_, id) => table.column(id)?.name.as_str(),
            ObjectId::Key(_, id) => table.keys.iter().find(|key| key.id == id)?.name.as_str(),
            ObjectId::Check(_, id) => table.checks.iter().find(|check| check.id == id)?.name.as_str(),
            ObjectId::Index(_, id) => table.indexes.iter().find(|index| index.id == id)?.name.as_str(),
            ObjectId::Table(_)
            | ObjectId::Namespace(_)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => {
                return Some(self.display_name(table));
            }
        };
        Some(match object {
            ObjectId::Column(..) => format!("{}.{inner}", self.display_name(table)),
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => inner.to_owned(),
        })
    }

    fn in_namespace(&self, namespace: Option<NamespaceId>, name: &Name) -> String {
        match namespace.and_then(|id| self.namespaces.get(&id)) {
            Some(namespace) if namespace.name.as_str() != "public" => format!("{}.{name}", namespace.name),
            Some(_) | None => name.to_string(),
        }
    }
}

impl Table {
    /// The column of that id.
    pub fn column(&self, id: ColumnId) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// The column of that name.
    pub fn column_named(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.as_str() == name)
    }

    /// The names of columns as a sentence has them: `a, b and c`.
    pub fn list_of(&self, columns: &[ColumnId]) -> String {
        let names: Vec<&str> = columns.iter().filter_map(|id| self.column(*id)).map(|c| c.name.as_str()).collect();
        match names.as_slice() {
            [] => String::new(),
            [only] => (*only).to_owned(),
            [first @ .., last] => format!("{} and {last}", first.join(", ")),
        }
    }

    /// The columns that an expression mentions and the table has.
    pub fn columns_of(&self, expression: &Expression) -> BTreeSet<ColumnId> {
        let names = expression.columns();
        self.columns.iter().filter(|column| names.contains(&column.name)).map(|column| column.id).collect()
    }

    /// Serial and identity columns with the names that their sequences get. A sequence shares names with tables, keys and
    /// indexes.
    pub fn sequences(&self) -> impl Iterator<Item = (&Column, Name)> {
        let serial = self.columns.iter().filter(|column| column.is_numbered());
        serial.map(|column| (column, Name::of_sequence(&self.name, &column.name)))
    }

    /// The primary key.
    pub fn primary_key(&self) -> Option<&Key> {
        self.keys.iter().find(|key| key.kind == KeyKind::Primary)
    }

    /// Whether the column is part of the primary key.
    pub fn in_primary_key(&self, column: ColumnId) -> bool {
        self.primary_key().is_some_and(|key| key.columns.contains(&column))
    }

    /// Whether the column may be NULL, a primary key over it taken into account.
    pub fn is_nullable(&self, column: ColumnId) -> bool {
        self.column(column).is_some_and(|column| column.nullable) && !self.in_primary_key(column)
    }

    /// Every set of columns that names at most one row: primary key, unique constraints and unique indexes.
    pub fn unique_sets(&self) -> impl Iterator<Item = Vec<ColumnId>> {
        let keys = self.keys.iter().filter(|key| key.kind != KeyKind::Exclusion).map(|key| key.columns.clone());
        keys.chain(self.indexes.iter().filter_map(Index::unique_columns))
    }

    /// The keys and unique indexes over exactly these columns, in any order: what a reference to them can rest on.
    pub fn keys_over(&self, columns: &[ColumnId]) -> impl Iterator<Item = ObjectId> {
        let fits = |set: &[ColumnId]| {
            set.len() == columns.len()
                && set.iter().all(|column| columns.contains(column))
                && columns.iter().all(|column| set.contains(column))
        };
        // One whose check can wait does not serve.
        let serves = |key: &Key| key.kind != KeyKind::Exclusion && key.options.deferral == Deferral::Never;
        let keys = self.keys.iter().filter(move |key| serves(key) && fits(&key.columns));
        let indexes = self.indexes.iter().filter(move |index| index.unique_columns().is_some_and(|set| fits(&set)));
        keys.map(|key| ObjectId::Key(self.id, key.id)).chain(indexes.map(|index| ObjectId::Index(self.id, index.id)))
    }

    /// Whether exactly these columns, in any order, are the columns of a key that a reference may name.
    pub fn is_referenceable(&self, columns: &[ColumnId]) -> bool {
        self.keys_over(columns).next().is_some()
    }
}

impl Column {
    /// Whether it gets its values from a sequence of its own.
    pub fn is_numbered(&self) -> bool {
        self.data_type.has_sequence() || self.generation.as_ref().is_some_and(Generation::is_identity)
    }

    /// The columns that it is worked out from.
    pub fn sources(&self) -> BTreeSet<ColumnId> {
        self.generation.iter().filter_map(Generation::formula).flat_map(Formula::columns).collect()
    }
}

impl Key {
    /// All columns that it mentions: its own, those beside them, and those of expressions.
    pub fn mentions(&self) -> BTreeSet<ColumnId> {
        self.columns.iter().copied().chain(self.options.columns()).collect()
    }
}

impl Index {
    /// An index of columns as they come.
    pub fn parts_of(columns: &[ColumnId]) -> Vec<IndexPart> {
        columns.iter().copied().map(IndexPart::column).collect()
    }

    /// Its columns, when it is over nothing else and there is nothing else to say about them.
    pub fn plain_columns(&self) -> Option<Vec<ColumnId>> {
        self.parts.iter().map(IndexPart::plain_column).collect()
    }

    /// The columns of which no two rows have the same values; none of an index that is not unique, or not over columns
    /// alone, or not about all rows.
    pub fn unique_columns(&self) -> Option<Vec<ColumnId>> {
        let column = |part: &IndexPart| match part.of {
            PartOf::Column(id) => Some(id),
            PartOf::Expression(_) => None,
        };
        let whole = self.unique && self.options.predicate.is_none();
        whole.then(|| self.parts.iter().map(column).collect()).flatten()
    }

    /// All columns that it mentions: those of its parts, those beside them, and those that say which rows are in it.
    pub fn mentions(&self) -> BTreeSet<ColumnId> {
        self.parts.iter().flat_map(IndexPart::columns).chain(self.options.columns()).collect()
    }

    /// The columns that its parts are over, in order and once each.
    pub fn columns(&self) -> Vec<ColumnId> {
        let mut seen = BTreeSet::new();
        let all = self.parts.iter().flat_map(IndexPart::columns);
        all.filter(|column| seen.insert(*column)).collect()
    }
}

impl Reference {
    /// Whether it ever sets its columns to NULL.
    pub fn sets_null(&self) -> bool {
        [self.on_delete, self.on_update].contains(&ReferentialAction::SetNull)
    }

    /// The referencing columns, in order.
    pub fn referencing_columns(&self) -> Vec<ColumnId> {
        self.pairs.iter().map(|pair| pair.referencing).collect()
    }

    /// The referenced columns, in order.
    pub fn referenced_columns(&self) -> Vec<ColumnId> {
        self.pairs.iter().map(|pair| pair.referenced).collect()
    }
}
