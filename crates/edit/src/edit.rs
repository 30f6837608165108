//! What an edit is.

use schema::{
    Annotation, AnnotationId, Check, CheckOptions, Column, ColumnId, ColumnPair, DataType, Expression, Generation,
    Index, IndexOptions, IndexPart, Key, KeyOptions, Name, Namespace, NamespaceId, ObjectId, Opaque, QualifiedName,
    Rank, Reference, ReferenceOptions, ReferentialAction, Schema, Spot, Statement, Table, TableId, TableOptions,
    TypeDefinition, UserType,
};
use serde::{Deserialize, Serialize};

/// One change of one object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// Adds the object.
    Create(Object),
    /// Removes the object, which must be exactly this.
    Drop(Object),
    /// Changes one attribute of an object.
    Alter {
        /// Whose attribute.
        object: ObjectId,
        /// What it must be now.
        from: Attribute,
        /// What it becomes; the same kind of attribute.
        to: Attribute,
    },
}

/// A whole object, as it is added or removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// A namespace.
    Namespace(Namespace),
    /// A table with its columns, keys, checks and indexes.
    Table(Table),
    /// A column of the table.
    Column(TableId, Column),
    /// A key of the table.
    Key(TableId, Key),
    /// A check of the table.
    Check(TableId, Check),
    /// An index of the table.
    Index(TableId, Index),
    /// A reference.
    Reference(Reference),
    /// A type of the schema's own.
    Type(UserType),
    /// What is kept as the statement that makes it.
    Opaque(Opaque),
    /// A group or a note.
    Annotation(Annotation),
}

/// One attribute with its value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// The name of any object.
    Name(Name),
    /// The namespace of a table or type.
    Namespace(NamespaceId),
    /// The note of a table, column, type or group; what a note says.
    Note(Option<String>),
    /// The place of a column among the others.
    Rank(Rank),
    /// The type of a column.
    DataType(DataType),
    /// Whether a column may be NULL.
    Nullable(bool),
    /// The default of a column.
    Default(Option<Expression>),
    /// The columns of a key, or of an index that is over plain columns.
    Columns(Vec<ColumnId>),
    /// What an index is over.
    Parts(Vec<IndexPart>),
    /// Whether an index is unique.
    Unique(bool),
    /// What a check demands.
    Expression(Expression),
    /// The two tables of a reference and the column pairs between them, which only make sense together.
    Ends(TableId, TableId, Vec<ColumnPair>),
    /// What a reference does on delete.
    OnDelete(ReferentialAction),
    /// What a reference does on update.
    OnUpdate(ReferentialAction),
    /// Where the values of a column come from otherwise.
    Generation(Option<Generation>),
    /// The collation of a column.
    Collation(Option<QualifiedName>),
    /// What most keys have not.
    KeyOptions(Box<KeyOptions>),
    /// What most checks have not.
    CheckOptions(CheckOptions),
    /// What most indexes have not.
    IndexOptions(Box<IndexOptions>),
    /// What most references have not.
    ReferenceOptions(ReferenceOptions),
    /// What most tables have not.
    TableOptions(Box<TableOptions>),
    /// What a type is.
    Definition(Box<TypeDefinition>),
    /// The statement that makes an object.
    Statement(Statement),
    /// The color of a group or note.
    Color(Option<String>),
    /// The group that a table is in.
    Group(Option<AnnotationId>),
    /// Where a note stands that was put there by hand.
    Spot(Option<Spot>),
}

/// Which attribute, without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// [`Attribute::Name`].
    Name,
    /// [`Attribute::Namespace`].
    Namespace,
    /// [`Attribute::Note`].
    Note,
    /// [`Attribute::Rank`].
    Rank,
    /// [`Attribute::DataType`].
    DataType,
    /// [`Attribute::Nullable`].
    Nullable,
    /// [`Attribute::Default`].
    Default,
    /// [`Attribute::Columns`].
    Columns,
    /// [`Attribute::Parts`].
    Parts,
    /// [`Attribute::Unique`].
    Unique,
    /// [`Attribute::Expression`].
    Expression,
    /// [`Attribute::Ends`].
    Ends,
    /// [`Attribute::OnDelete`].
    OnDelete,
    /// [`Attribute::OnUpdate`].
    OnUpdate,
    /// [`Attribute::Generation`].
    Generation,
    /// [`Attribute::Collation`].
    Collation,
    /// [`Attribute::KeyOptions`].
    KeyOptions,
    /// [`Attribute::CheckOptions`].
    CheckOptions,
    /// [`Attribute::IndexOptions`].
    IndexOptions,
    /// [`Attribute::ReferenceOptions`].
    ReferenceOptions,
    /// [`Attribute::TableOptions`].
    TableOptions,
    /// [`Attribute::Definition`].
    Definition,
    /// [`Attribute::Statement`].
    Statement,
    /// [`Attribute::Color`].
    Color,
    /// [`Attribute::Group`].
    Group,
    /// [`Attribute::Spot`].
    Spot,
}

impl Object {
    /// The object's id.
    pub fn id(&self) -> ObjectId {
        match self {
            Self::Namespace(namespace) => ObjectId::Namespace(namespace.id),
            Self::Table(table) => ObjectId::Table(table.id),
            Self::Column(table, column) => ObjectId::Column(*table, column.id),
            Self::Key(table, key) => ObjectId::Key(*table, key.id),
            Self::Check(table, check) => ObjectId::Check(*table, check.id),
            Self::Index(table, index) => ObjectId::Index(*table, index.id),
            Self::Reference(reference) => ObjectId::Reference(reference.id),
            Self::Type(it) => ObjectId::Type(it.id),
            Self::Opaque(it) => ObjectId::Opaque(it.id),
            Self::Annotation(it) => ObjectId::Annotation(it.id),
        }
    }
}

impl Edit {
    /// The object that is changed.
    pub fn object(&self) -> ObjectId {
        match self {
            Self::Create(object) | Self::Drop(object) => object.id(),
            Self::Alter { object, .. } => *object,
        }
    }

    /// The edit that takes this one back.
    #[must_use]
    pub fn invert(&self) -> Self {
        match self {
            Self::Create(object) => Self::Drop(object.clone()),
            Self::Drop(object) => Self::Create(object.clone()),
            Self::Alter { object, from, to } => Self::Alter { object: *object, from: to.clone(), to: from.clone() },
        }
    }
}

impl Attribute {
    /// Which attribute it is.
    pub fn field(&self) -> Field {
        match self {
            Self::Name(_) => Field::Name,
            Self::Namespace(_) => Field::Namespace,
            Self::Note(_) => Field::Note,
            Self::Rank(_) => Field::Rank,
            Self::DataType(_) => Field::DataType,
            Self::Nullable(_) => Field::Nullable,
            Self::Default(_) => Field::Default,
            Self::Columns(_) => Field::Columns,
            Self::Parts(_) => Field::Parts,
            Self::Unique(_) => Field::Unique,
            Self::Expression(_) => Field::Expression,
            Self::Ends(..) => Field::Ends,
            Self::OnDelete(_) => Field::OnDelete,
            Self::OnUpdate(_) => Field::OnUpdate,
            Self::Generation(_) => Field::Generation,
            Self::Collation(_) => Field::Collation,
            Self::KeyOptions(_) => Field::KeyOptions,
            Self::CheckOptions(_) => Field::CheckOptions,
            Self::IndexOptions(_) => Field::IndexOptions,
            Self::ReferenceOptions(_) => Field::ReferenceOptions,
            Self::TableOptions(_) => Field::TableOptions,
            Self::Definition(_) => Field::Definition,
            Self::Statement(_) => Field::Statement,
            Self::Color(_) => Field::Color,
            Self::Group(_) => Field::Group,
            Self::Spot(_) => Field::Spot,
        }
    }

    /// The attribute as the schema has it; none when there is no such object or it has no such attribute.
    #[expect(clippy::wildcard_enum_match_arm, reason = "no object has an attribute that is not listed with it")]
    pub fn of(schema: &Schema, object: ObjectId, field: Field) -> Option<Self> {
        let table = object.table().and_then(|table| schema.table(table));
        match (object, field) {
            (ObjectId::Namespace(id), Field::Name) => Some(Self::Name(schema.namespaces.get(&id)?.name.clone())),
            (ObjectId::Table(_), Field::Name) => Some(Self::Name(table?.name.clone())),
            (ObjectId::Table(_), Field::Namespace) => Some(Self::Namespace(table?.namespace)),
            (ObjectId::Table(_), Field::Note) => Some(Self::Note(table?.note.clone())),
            (ObjectId::Table(_), Field::Group) => Some(Self::Group(table?.group)),
            (ObjectId::Annotation(id), field) => {
                let it = schema.annotations.get(&id)?;
                match field {
                    Field::Name => Some(Self::Name(it.name.clone())),
                    Field::Note => Some(Self::Note(it.note.clone())),
                    Field::Color => Some(Self::Color(it.color.clone())),
                    Field::Spot => Some(Self::Spot(it.spot)),
                    _ => None,
                }
            }
            (ObjectId::Table(_), Field::TableOptions) => Some(Self::TableOptions(Box::new(table?.options.clone()))),
            (ObjectId::Type(id), field) => Self::of_type(schema.types.get(&id)?, field),
            (ObjectId::Opaque(id), field) => {
                let it = schema.opaque.get(&id)?;
                match field {
                    Field::Name => Some(Self::Name(it.name.clone())),
                    Field::Statement => Some(Self::Statement(it.definition.clone())),
                    _ => None,
                }
            }
            (ObjectId::Column(_, id), field) => Self::of_column(table?.column(id)?, field),
            (ObjectId::Key(_, id), field) => {
                let key = table?.keys.iter().find(|key| key.id == id)?;
                match field {
                    Field::Name => Some(Self::Name(key.name.clone())),
                    Field::Columns => Some(Self::Columns(key.columns.clone())),
                    Field::KeyOptions => Some(Self::KeyOptions(Box::new(key.options.clone()))),
                    _ => None,
                }
            }
            (ObjectId::Check(_, id), field) => {
                let check = table?.checks.iter().find(|check| check.id == id)?;
                match field {
                    Field::Name => Some(Self::Name(check.name.clone())),
                    Field::Expression => Some(Self::Expression(check.expression.clone())),
                    Field::CheckOptions => Some(Self::CheckOptions(check.options.clone())),
                    _ => None,
                }
            }
            (ObjectId::Index(_, id), field) => {
                let index = table?.indexes.iter().find(|index| index.id == id)?;
                match field {
                    Field::Name => Some(Self::Name(index.name.clone())),
                    Field::Columns => index.plain_columns().map(Self::Columns),
                    Field::Parts => Some(Self::Parts(index.parts.clone())),
                    Field::IndexOptions => Some(Self::IndexOptions(Box::new(index.options.clone()))),
                    Field::Unique => Some(Self::Unique(index.unique)),
                    _ => None,
                }
            }
            (ObjectId::Reference(id), field) => {
                let it = schema.references.get(&id)?;
                match field {
                    Field::Name => Some(Self::Name(it.name.clone())),
                    Field::Ends => Some(Self::Ends(it.referencing, it.referenced, it.pairs.clone())),
                    Field::OnDelete => Some(Self::OnDelete(it.on_delete)),
                    Field::OnUpdate => Some(Self::OnUpdate(it.on_update)),
                    Field::ReferenceOptions => Some(Self::ReferenceOptions(it.options.clone())),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a column has the listed ones")]
    fn of_column(column: &Column, field: Field) -> Option<Self> {
        match field {
            Field::Name => Some(Self::Name(column.name.clone())),
            Field::Note => Some(Self::Note(column.note.clone())),
            Field::Rank => Some(Self::Rank(column.rank)),
            Field::DataType => Some(Self::DataType(column.data_type.clone())),
            Field::Nullable => Some(Self::Nullable(column.nullable)),
            Field::Default => Some(Self::Default(column.default.clone())),
            Field::Generation => Some(Self::Generation(column.generation.clone())),
            Field::Collation => Some(Self::Collation(column.collation.clone())),
            _ => None,
        }
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "a type has the listed ones")]
    fn of_type(it: &UserType, field: Field) -> Option<Self> {
        match field {
            Field::Name => Some(Self::Name(it.name.clone())),
            Field::Namespace => Some(Self::Namespace(it.namespace)),
            Field::Note => Some(Self::Note(it.note.clone())),
            Field::Definition => Some(Self::Definition(Box::new(it.definition.clone()))),
            _ => None,
        }
    }
}
