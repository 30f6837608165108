//! The single changes that a plan is made of.

use crate::names::Names;
use crate::options;
use crate::plan::Lock;
use crate::quote::quote_name;
use crate::render::{
    Shorthand, add_reference, check_clause, column_clause, comment, comment_on, comment_on_type, create_index,
    create_namespace, create_table, default_value, key_clause,
};
use schema::{
    Check, CheckId, Column, ColumnId, Expression, Generation, Index, IndexId, Key, KeyId, Name, Namespace, NamespaceId,
    ObjectId, Partition, Reference, Table, TableId, UserType,
};

/// One change. What it is called at its turn is only known then, so the statement is written when the order stands.
#[derive(Debug, Clone)]
pub(crate) enum Op<'a> {
    DropReference(&'a Reference),
    DropCheck(TableId, CheckId),
    DropKey(TableId, KeyId),
    DropIndex(TableId, IndexId),
    DropDefault(TableId, ColumnId),
    RenameNamespace(&'a Namespace),
    MoveTable(TableId, NamespaceId),
    RenameTable(TableId, &'a Name),
    RenameColumn(TableId, ColumnId, &'a Name),
    /// A key, check or reference.
    RenameConstraint(TableId, ObjectId, &'a Name),
    RenameIndex(TableId, IndexId, &'a Name),
    CreateNamespace(&'a Namespace),
    CreateTable(&'a Table),
    AddColumn(&'a Table, &'a Column),
    DropNotNull(TableId, ColumnId),
    DropColumn(TableId, ColumnId),
    SetDefault(TableId, ColumnId, &'a Expression),
    SetNotNull(TableId, ColumnId),
    AddKey(TableId, &'a Key),
    CreateIndex(TableId, &'a Index),
    AddCheck(TableId, &'a Check),
    AddReference(&'a Reference),
    Comment(TableId, Option<ColumnId>, Option<&'a str>),
    /// On a key, check, index or reference.
    CommentOn(TableId, ObjectId, Option<&'a str>),
    /// Makes a column generated, or an identity of another kind; none for no more.
    SetGeneration(TableId, ColumnId, Option<&'a Generation>, Option<&'a Generation>),
    SetLogged(TableId, bool),
    Validate(TableId, ObjectId),
    Attach(TableId, &'a Partition),
    CreateType(&'a UserType),
    RenameType(&'a UserType),
    MoveType(&'a UserType),
    /// What stands behind ALTER TYPE or ALTER DOMAIN and the name.
    AlterType(&'a UserType, String),
    CommentOnType(&'a UserType, Option<&'a str>),
    /// Another name for a type that is made anew.
    SetAside(&'a UserType, Name),
    /// A column goes over to the type that was made anew.
    Retype(TableId, &'a Column),
    DropAside(NamespaceId, Name),
    DropType(&'a UserType),
    DropTable(TableId),
    DropNamespace(NamespaceId),
}

/// A name within what must not have two of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Slot {
    Namespace(Name),
    /// Tables and indexes share one space of names.
    Relation(NamespaceId, Name),
    Constraint(TableId, Name),
    Type(NamespaceId, Name),
    Column(TableId, Name),
    /// Not a name, but there can be only one all the same.
    PrimaryKey(TableId),
}

/// Something that exists or not, for the order of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fact {
    /// The object of the second schema is there.
    Made(ObjectId),
    /// The object of the first schema is about to go.
    Going(ObjectId),
    /// The object of the first schema is gone, so that one of the same id can be made.
    Gone(ObjectId),
    /// The columns of the table have their new names.
    ColumnsNamed(TableId),
    /// Everything that leaves the namespace has left it.
    Left(NamespaceId),
    /// The table is in its new namespace, or has its new names: whichever comes first for it.
    HalfWay(TableId),
    /// The table is where it will stay.
    Arrived(TableId),
    /// What goes from the table has gone.
    Cleared(TableId),
}

/// A change with what it is about and what it must wait for.
#[derive(Debug, Clone)]
pub(crate) struct Action<'a> {
    pub(crate) object: ObjectId,
    pub(crate) op: Op<'a>,
    pub(crate) notes: Vec<String>,
    /// Runs before whatever needs these.
    pub(crate) makes: Vec<Fact>,
    /// Runs after everything that makes these.
    pub(crate) needs: Vec<Fact>,
    pub(crate) frees: Vec<Slot>,
    pub(crate) takes: Vec<Slot>,
}

impl<'a> Action<'a> {
    pub(crate) fn new(object: ObjectId, op: Op<'a>) -> Self {
        Self { object, op, notes: vec![], makes: vec![], needs: vec![], frees: vec![], takes: vec![] }
    }

    pub(crate) fn making(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.makes.extend(facts);
        self
    }

    pub(crate) fn needing(mut self, facts: impl IntoIterator<Item = Fact>) -> Self {
        self.needs.extend(facts);
        self
    }

    pub(crate) fn freeing(mut self, slots: impl IntoIterator<Item = Slot>) -> Self {
        self.frees.extend(slots);
        self
    }

    pub(crate) fn taking(mut self, slots: impl IntoIterator<Item = Slot>) -> Self {
        self.takes.extend(slots);
        self
    }

    pub(crate) fn note(mut self, note: Option<String>) -> Self {
        self.notes.extend(note);
        self
    }
}

impl Op<'_> {
    /// Where the change stands in a plan when nothing else decides: take down, rename, build, fill in, connect,
    /// describe, remove.
    pub(crate) fn phase(&self) -> u8 {
        match self {
            Self::DropReference(_) => 4,
            Self::DropCheck(..) | Self::DropKey(..) | Self::DropIndex(..) => 5,
            Self::DropDefault(..) => 6,
            Self::RenameNamespace(_)
            | Self::MoveTable(..)
            | Self::RenameTable(..)
            | Self::RenameColumn(..)
            | Self::RenameConstraint(..)
            | Self::RenameType(_)
            | Self::MoveType(_)
            | Self::RenameIndex(..) => 7,
            Self::CreateNamespace(_) | Self::SetAside(..) | Self::CreateType(_) | Self::AlterType(..) => 8,
            Self::CreateTable(_) => 9,
            Self::AddColumn(..) => 10,
            Self::DropNotNull(..) | Self::Retype(..) => 11,
            Self::DropColumn(..) => 12,
            Self::SetDefault(..) | Self::SetNotNull(..) | Self::SetGeneration(..) | Self::SetLogged(..) => 14,
            Self::AddKey(..) => 15,
            Self::CreateIndex(..) => 16,
            Self::AddCheck(..) => 17,
            Self::Attach(..) => 18,
            Self::AddReference(_) | Self::Validate(..) => 19,
            Self::Comment(..) | Self::CommentOn(..) | Self::CommentOnType(..) => 20,
            Self::DropTable(_) | Self::DropType(_) | Self::DropAside(..) => 21,
            Self::DropNamespace(_) => 22,
        }
    }

    pub(crate) fn lock(&self) -> Lock {
        match self {
            Self::RenameNamespace(_)
            | Self::CreateNamespace(_)
            | Self::CreateTable(_)
            | Self::DropNamespace(_)
            | Self::CreateType(_)
            | Self::RenameType(_)
            | Self::MoveType(_)
            | Self::AlterType(..)
            | Self::CommentOnType(..)
            | Self::SetAside(..)
            | Self::DropAside(..)
            | Self::DropType(_) => Lock::None,
            Self::RenameIndex(..) | Self::Comment(..) | Self::CommentOn(..) | Self::Validate(..) => {
                Lock::ShareUpdateExclusive
            }
            Self::CreateIndex(..) => Lock::Share,
            Self::AddReference(_) => Lock::ShareRowExclusive,
            Self::DropReference(_)
            | Self::DropCheck(..)
            | Self::DropKey(..)
            | Self::DropIndex(..)
            | Self::DropDefault(..)
            | Self::MoveTable(..)
            | Self::RenameTable(..)
            | Self::RenameColumn(..)
            | Self::RenameConstraint(..)
            | Self::AddColumn(..)
            | Self::DropNotNull(..)
            | Self::DropColumn(..)
            | Self::SetDefault(..)
            | Self::SetNotNull(..)
            | Self::AddKey(..)
            | Self::AddCheck(..)
            | Self::SetGeneration(..)
            | Self::SetLogged(..)
            | Self::Attach(..)
            | Self::Retype(..)
            | Self::DropTable(_) => Lock::AccessExclusive,
        }
    }

    /// The tables on which the lock is taken.
    pub(crate) fn locked_tables(&self) -> Vec<TableId> {
        match self {
            Self::DropReference(reference) | Self::AddReference(reference) => {
                vec![reference.referencing, reference.referenced]
            }
            Self::RenameNamespace(_)
            | Self::CreateNamespace(_)
            | Self::DropNamespace(_)
            | Self::CreateType(_)
            | Self::RenameType(_)
            | Self::MoveType(_)
            | Self::AlterType(..)
            | Self::CommentOnType(..)
            | Self::SetAside(..)
            | Self::DropAside(..)
            | Self::DropType(_) => vec![],
            Self::Attach(table, partition) => vec![*table, partition.parent],
            Self::CreateTable(table) | Self::AddColumn(table, _) => vec![table.id],
            Self::DropCheck(table, _)
            | Self::DropKey(table, _)
            | Self::DropIndex(table, _)
            | Self::DropDefault(table, _)
            | Self::MoveTable(table, _)
            | Self::RenameTable(table, _)
            | Self::RenameColumn(table, ..)
            | Self::RenameConstraint(table, ..)
            | Self::RenameIndex(table, ..)
            | Self::DropNotNull(table, _)
            | Self::DropColumn(table, _)
            | Self::SetDefault(table, ..)
            | Self::SetNotNull(table, _)
            | Self::AddKey(table, _)
            | Self::CreateIndex(table, _)
            | Self::AddCheck(table, _)
            | Self::Comment(table, ..)
            | Self::CommentOn(table, ..)
            | Self::SetGeneration(table, ..)
            | Self::SetLogged(table, _)
            | Self::Validate(table, _)
            | Self::Retype(table, _)
            | Self::DropTable(table) => vec![*table],
        }
    }

    /// The statement, by the names in force; afterwards the names are those that it leaves behind.
    pub(crate) fn run(&self, names: &mut Names<'_>) -> String {
        // What is dropped and made again under the same id goes by its new name from here on, and stands where it is made.
        if let Some((object, name)) = self.made_anew() {
            names.rename(object, name);
        }
        if let Self::CreateType(it) = self {
            names.move_type(it.id, it.namespace);
        }
        let sql = self.removal(names).or_else(|| self.renaming(names)).unwrap_or_else(|| self.building(names));
        if let Some((object, name)) = self.renamed() {
            names.rename(object, name);
        }
        if let Self::MoveTable(table, namespace) = self {
            names.move_table(*table, *namespace);
        }
        if let Self::MoveType(it) = self {
            names.move_type(it.id, it.namespace);
        }
        sql
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other changes make nothing that may have been there")]
    fn made_anew(&self) -> Option<(ObjectId, &Name)> {
        match self {
            Self::AddKey(table, key) => Some((ObjectId::Key(*table, key.id), &key.name)),
            Self::CreateIndex(table, index) => Some((ObjectId::Index(*table, index.id), &index.name)),
            Self::AddCheck(table, check) => Some((ObjectId::Check(*table, check.id), &check.name)),
            Self::AddReference(reference) => Some((ObjectId::Reference(reference.id), &reference.name)),
            Self::CreateType(it) => Some((ObjectId::Type(it.id), &it.name)),
            _ => None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other changes leave names as they are")]
    fn renamed(&self) -> Option<(ObjectId, &Name)> {
        match self {
            Self::RenameNamespace(namespace) => Some((ObjectId::Namespace(namespace.id), &namespace.name)),
            Self::RenameTable(table, name) => Some((ObjectId::Table(*table), name)),
            Self::RenameColumn(table, column, name) => Some((ObjectId::Column(*table, *column), name)),
            Self::RenameConstraint(_, object, name) => Some((*object, name)),
            Self::RenameIndex(table, index, name) => Some((ObjectId::Index(*table, *index), name)),
            Self::RenameType(it) => Some((ObjectId::Type(it.id), &it.name)),
            _ => None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other changes remove nothing")]
    fn removal(&self, names: &Names<'_>) -> Option<String> {
        let alter = |table: TableId| format!("ALTER TABLE {}", names.table(table));
        let constraint =
            |table: TableId, object: ObjectId| format!("{} DROP CONSTRAINT {}", alter(table), names.quoted(object));
        let column = |table: TableId, column: ColumnId| names.quoted(ObjectId::Column(table, column));
        Some(match self {
            Self::DropReference(reference) => constraint(reference.referencing, ObjectId::Reference(reference.id)),
            Self::DropCheck(table, check) => constraint(*table, ObjectId::Check(*table, *check)),
            Self::DropKey(table, key) => constraint(*table, ObjectId::Key(*table, *key)),
            Self::DropIndex(table, index) => {
                format!("DROP INDEX {}", names.beside(*table, ObjectId::Index(*table, *index)))
            }
            Self::DropDefault(table, id) => {
                format!("{} ALTER COLUMN {} DROP DEFAULT", alter(*table), column(*table, *id))
            }
            Self::DropNotNull(table, id) => {
                format!("{} ALTER COLUMN {} DROP NOT NULL", alter(*table), column(*table, *id))
            }
            Self::DropColumn(table, id) => format!("{} DROP COLUMN {}", alter(*table), column(*table, *id)),
            Self::DropTable(table) => format!("DROP TABLE {}", names.table(*table)),
            Self::DropType(it) => format!("DROP {} {}", type_word(it), names.user_type(it.id)),
            Self::DropAside(namespace, name) => {
                let namespace = names.quoted(ObjectId::Namespace(*namespace));
                format!("DROP TYPE {namespace}.{}", quote_name(name.as_str()))
            }
            Self::DropNamespace(namespace) => {
                format!("DROP SCHEMA {}", names.quoted(ObjectId::Namespace(*namespace)))
            }
            _ => return None,
        })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "the other changes rename nothing")]
    fn renaming(&self, names: &Names<'_>) -> Option<String> {
        Some(match self {
            Self::RenameNamespace(namespace) => format!(
                "ALTER SCHEMA {} RENAME TO {}",
                names.quoted(ObjectId::Namespace(namespace.id)),
                quote_name(namespace.name.as_str())
            ),
            Self::MoveTable(table, namespace) => format!(
                "ALTER TABLE {} SET SCHEMA {}",
                names.table(*table),
                names.quoted(ObjectId::Namespace(*namespace))
            ),
            Self::RenameType(it) => {
                format!("ALTER {} {} RENAME TO {}", type_word(it), names.user_type(it.id), quote_name(it.name.as_str()))
            }
            Self::SetAside(it, name) => {
                format!("ALTER TYPE {} RENAME TO {}", names.user_type(it.id), quote_name(name.as_str()))
            }
            Self::MoveType(it) => format!(
                "ALTER {} {} SET SCHEMA {}",
                type_word(it),
                names.user_type(it.id),
                names.quoted(ObjectId::Namespace(it.namespace))
            ),
            Self::RenameTable(table, name) => {
                format!("ALTER TABLE {} RENAME TO {}", names.table(*table), quote_name(name.as_str()))
            }
            Self::RenameColumn(table, column, name) => format!(
                "ALTER TABLE {} RENAME COLUMN {} TO {}",
                names.table(*table),
                names.quoted(ObjectId::Column(*table, *column)),
                quote_name(name.as_str())
            ),
            Self::RenameConstraint(table, object, name) => format!(
                "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                names.table(*table),
                names.quoted(*object),
                quote_name(name.as_str())
            ),
            Self::RenameIndex(table, index, name) => format!(
                "ALTER INDEX {} RENAME TO {}",
                names.beside(*table, ObjectId::Index(*table, *index)),
                quote_name(name.as_str())
            ),
            _ => return None,
        })
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "removals and renames are written above")]
    fn building(&self, names: &Names<'_>) -> String {
        let alter = |table: TableId| format!("ALTER TABLE {}", names.table(table));
        let column = |table: TableId, column: ColumnId| names.quoted(ObjectId::Column(table, column));
        match self {
            Self::CreateNamespace(namespace) => create_namespace(namespace.name.as_str()),
            Self::CreateTable(table) => create_table(names, table, &Shorthand::default()),
            Self::AddColumn(table, added) => {
                format!("{} ADD COLUMN {}", alter(table.id), column_clause(names, table, added))
            }
            Self::SetDefault(table, id, default) => {
                format!("{} ALTER COLUMN {} SET DEFAULT {}", alter(*table), column(*table, *id), default_value(default))
            }
            Self::Retype(table, it) => {
                let (column, to) = (column(*table, it.id), names.data_type(&it.data_type));
                // There is no way from one enum to another but by their texts.
                let text = if it.data_type.dimensions() == 0 { "text" } else { "text[]" };
                format!("{} ALTER COLUMN {column} TYPE {to} USING {column}::{text}::{to}", alter(*table))
            }
            Self::SetNotNull(table, id) => {
                format!("{} ALTER COLUMN {} SET NOT NULL", alter(*table), column(*table, *id))
            }
            Self::AddKey(table, key) => format!("{} ADD {}", alter(*table), key_clause(names, *table, key, false)),
            Self::CreateIndex(table, index) => create_index(names, *table, index),
            Self::AddCheck(table, check) => {
                format!("{} ADD {}", alter(*table), check_clause(names, *table, check, false))
            }
            Self::AddReference(reference) => add_reference(names, reference, " "),
            Self::Comment(table, id, note) => comment(names, *table, *id, *note),
            Self::CommentOn(table, object, note) => comment_on(names, *table, *object, *note),
            Self::CommentOnType(it, note) => comment_on_type(names, it, *note),
            Self::CreateType(it) => options::create_type(names, it),
            Self::AlterType(it, clause) => format!("ALTER {} {} {clause}", type_word(it), names.user_type(it.id)),
            Self::Attach(table, partition) => options::attach(names, *table, partition),
            Self::Validate(table, object) => {
                format!("{} VALIDATE CONSTRAINT {}", alter(*table), names.quoted(*object))
            }
            Self::SetLogged(table, logged) => {
                format!("{} SET {}", alter(*table), if *logged { "LOGGED" } else { "UNLOGGED" })
            }
            Self::SetGeneration(table, id, before, after) => {
                let clause = match (before, after) {
                    (Some(Generation::Stored(_) | Generation::Virtual(_)), None) => "DROP EXPRESSION".to_owned(),
                    (Some(Generation::AlwaysIdentity | Generation::DefaultIdentity), None) | (None, None) => {
                        "DROP IDENTITY".to_owned()
                    }
                    (None, Some(after)) => format!("ADD {}", options::generation(names, *table, after)),
                    (Some(_), Some(Generation::AlwaysIdentity)) => "SET GENERATED ALWAYS".to_owned(),
                    (Some(_), Some(Generation::DefaultIdentity)) => "SET GENERATED BY DEFAULT".to_owned(),
                    (Some(_), Some(Generation::Stored(it) | Generation::Virtual(it))) => {
                        format!("SET EXPRESSION AS ({})", names.formula(*table, it))
                    }
                };
                format!("{} ALTER COLUMN {} {clause}", alter(*table), column(*table, *id))
            }
            _ => String::new(),
        }
    }
}

fn type_word(it: &UserType) -> &'static str {
    match it.definition {
        schema::TypeDefinition::Enum(_) => "TYPE",
        schema::TypeDefinition::Domain(_) => "DOMAIN",
    }
}
