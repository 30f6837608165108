//! What things are called at one moment of a plan.

use crate::quote::quote_name;
use schema::{ColumnId, DataType, Expression, Formula, Name, NamespaceId, ObjectId, Schema, TableId, TypeId};
use std::collections::BTreeMap;

/// The names in force: those of the first schema, then what has been renamed and moved since, and those of the
/// second schema for what the first has not.
pub(crate) struct Names<'a> {
    base: &'a Schema,
    target: &'a Schema,
    renamed: BTreeMap<ObjectId, Name>,
    moved: BTreeMap<TableId, NamespaceId>,
    moved_types: BTreeMap<TypeId, NamespaceId>,
}

impl<'a> Names<'a> {
    pub(crate) fn new(base: &'a Schema, target: &'a Schema) -> Self {
        Self { base, target, renamed: BTreeMap::new(), moved: BTreeMap::new(), moved_types: BTreeMap::new() }
    }

    pub(crate) fn rename(&mut self, object: ObjectId, name: &Name) {
        self.renamed.insert(object, name.clone());
    }

    pub(crate) fn move_table(&mut self, table: TableId, namespace: NamespaceId) {
        self.moved.insert(table, namespace);
    }

    pub(crate) fn move_type(&mut self, id: TypeId, namespace: NamespaceId) {
        self.moved_types.insert(id, namespace);
    }

    /// `namespace.type`.
    pub(crate) fn user_type(&self, id: TypeId) -> String {
        let stays = || self.base.user_type(id).or_else(|| self.target.user_type(id)).map(|it| it.namespace);
        let namespace = self.moved_types.get(&id).copied().or_else(stays).map(ObjectId::Namespace);
        let namespace = namespace.map_or_else(String::new, |namespace| self.quoted(namespace));
        format!("{namespace}.{}", self.quoted(ObjectId::Type(id)))
    }

    /// A type as it stands behind a column.
    pub(crate) fn data_type(&self, data_type: &DataType) -> String {
        match data_type.user_type() {
            Some(id) => self.user_type(id) + &"[]".repeat(data_type.dimensions().into()),
            None => data_type.to_string(),
        }
    }

    /// An expression in the names that the columns of the table have now.
    pub(crate) fn formula(&self, table: TableId, formula: &Formula) -> Expression {
        formula.with_names(|id| Name::parse(self.name(ObjectId::Column(table, id))).ok())
    }

    /// The bare name; empty for what is in neither schema.
    pub(crate) fn name(&self, object: ObjectId) -> &str {
        self.renamed
            .get(&object)
            .or_else(|| name_in(self.base, object))
            .or_else(|| name_in(self.target, object))
            .map_or("", Name::as_str)
    }

    /// The bare name, quoted.
    pub(crate) fn quoted(&self, object: ObjectId) -> String {
        quote_name(self.name(object))
    }

    /// `namespace.table`.
    pub(crate) fn table(&self, table: TableId) -> String {
        self.beside(table, ObjectId::Table(table))
    }

    /// The object's name after the namespace of the table: what tables and indexes are called.
    pub(crate) fn beside(&self, table: TableId, object: ObjectId) -> String {
        let namespace = self.namespace(table).map(ObjectId::Namespace);
        let namespace = namespace.map_or_else(String::new, |namespace| self.quoted(namespace));
        format!("{namespace}.{}", self.quoted(object))
    }

    /// `a, b` of columns of one table.
    pub(crate) fn columns(&self, table: TableId, columns: impl IntoIterator<Item = ColumnId>) -> String {
        let names: Vec<String> =
            columns.into_iter().map(|column| self.quoted(ObjectId::Column(table, column))).collect();
        names.join(", ")
    }

    fn namespace(&self, table: TableId) -> Option<NamespaceId> {
        let stays = || self.base.table(table).or_else(|| self.target.table(table)).map(|table| table.namespace);
        self.moved.get(&table).copied().or_else(stays)
    }
}

/// The name that an object has in a schema.
pub(crate) fn name_in(schema: &Schema, object: ObjectId) -> Option<&Name> {
    match object {
        ObjectId::Namespace(id) => schema.namespaces.get(&id).map(|namespace| &namespace.name),
        ObjectId::Table(id) => schema.table(id).map(|table| &table.name),
        ObjectId::Column(table, id) => schema.column(table, id).map(|column| &column.name),
        ObjectId::Key(table, id) => schema.table(table)?.keys.iter().find(|key| key.id == id).map(|key| &key.name),
        ObjectId::Check(table, id) => {
            schema.table(table)?.checks.iter().find(|check| check.id == id).map(|check| &check.name)
        }
        ObjectId::Index(table, id) => {
            schema.table(table)?.indexes.iter().find(|index| index.id == id).map(|index| &index.name)
        }
        ObjectId::Reference(id) => schema.references.get(&id).map(|reference| &reference.name),
        ObjectId::Type(id) => schema.user_type(id).map(|it| &it.name),
        ObjectId::Opaque(id) => schema.opaque.get(&id).map(|it| &it.name),
        ObjectId::Annotation(id) => schema.annotations.get(&id).map(|it| &it.name),
    }
}
