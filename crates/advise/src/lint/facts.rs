//! What the rules ask of a schema again and again, worked out once.

use super::{Finding, Fix, Rule};
use crate::cascade::listed;
use schema::{
    Code, ColumnId, Diagnostic, Name, NamespaceId, ObjectId, Reference, ReferentialAction, Schema, Table, TableId,
};
use std::collections::{BTreeMap, BTreeSet};

/// A schema as the rules see it.
#[derive(Debug)]
pub(super) struct Facts<'a> {
    pub(super) schema: &'a Schema,
    /// As people read them.
    pub(super) tables: Vec<&'a Table>,
    /// Those between tables and columns that are there, by the table that holds them and by name.
    pub(super) references: Vec<&'a Reference>,
    from: BTreeMap<TableId, Vec<&'a Reference>>,
    to: BTreeMap<TableId, Vec<&'a Reference>>,
    refused: Vec<Diagnostic>,
    taken: BTreeMap<NamespaceId, BTreeSet<&'a Name>>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(schema: &'a Schema) -> Self {
        let tables = schema.tables_by_name();
        let (mut from, mut to) = (BTreeMap::<_, Vec<_>>::new(), BTreeMap::<_, Vec<_>>::new());
        for reference in schema.references.values().map(AsRef::as_ref).filter(|it| is_whole(schema, it)) {
            from.entry(reference.referencing).or_default().push(reference);
            to.entry(reference.referenced).or_default().push(reference);
        }
        from.values_mut().chain(to.values_mut()).for_each(|list| list.sort_by_key(|it| (&it.name, it.id)));
        let references = tables.iter().filter_map(|table| from.get(&table.id)).flatten().copied().collect();
        let mut taken = BTreeMap::<_, BTreeSet<_>>::new();
        for table in &tables {
            let names = taken.entry(table.namespace).or_default();
            names.insert(&table.name);
            names.extend(table.keys.iter().map(|key| &key.name));
            names.extend(table.indexes.iter().map(|index| &index.name));
        }
        Self { schema, tables, references, from, to, refused: schema::validate(schema), taken }
    }

    /// The references that the table holds.
    pub(super) fn outgoing(&self, table: TableId) -> &[&'a Reference] {
        self.from.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The references that name the table.
    pub(super) fn incoming(&self, table: TableId) -> &[&'a Reference] {
        self.to.get(&table).map(Vec::as_slice).unwrap_or_default()
    }

    /// What PostgreSQL would refuse and the rule of this id tells.
    pub(super) fn refused(&self, rule: &str) -> impl Iterator<Item = &Diagnostic> {
        self.refused.iter().filter(move |it| rule_of(it) == rule)
    }

    /// The reference that an object is, where its tables and columns are there.
    pub(super) fn reference_at(&self, object: ObjectId) -> Option<&'a Reference> {
        let ObjectId::Reference(id) = object else { return None };
        let reference: &'a Reference = self.schema.references.get(&id)?;
        is_whole(self.schema, reference).then_some(reference)
    }

    /// The two tables of a reference, the one that holds it first.
    pub(super) fn ends(&self, reference: &Reference) -> Option<(&'a Table, &'a Table)> {
        Some((self.schema.table(reference.referencing)?, self.schema.table(reference.referenced)?))
    }

    /// The table's name, with its namespace where that has to be said.
    pub(super) fn name(&self, table: TableId) -> String {
        self.schema.table(table).map(|table| self.schema.display_name(table)).unwrap_or_default()
    }

    /// `a, b and c` of tables.
    pub(super) fn names(&self, tables: &[TableId]) -> String {
        let names: Vec<String> = tables.iter().map(|table| self.name(*table)).collect();
        listed(&names)
    }

    /// `orders.user_id`, or `orders (tenant_id, user_id)`.
    pub(super) fn place(&self, table: &Table, columns: &[ColumnId]) -> String {
        let names: Vec<&str> =
            columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect();
        match names.as_slice() {
            [only] => format!("{}.{only}", self.schema.display_name(table)),
            all => format!("{} ({})", self.schema.display_name(table), all.join(", ")),
        }
    }

    /// The place of what a reference holds.
    pub(super) fn holder(&self, reference: &Reference) -> String {
        self.ends(reference).map(|(table, _)| self.place(table, &reference.referencing_columns())).unwrap_or_default()
    }

    /// Whether no other table, key or index of the namespace has the name.
    pub(super) fn is_free(&self, table: &Table, name: &Name) -> bool {
        let constraints = table.checks.iter().map(|check| &check.name);
        let references = self.outgoing(table.id).iter().map(|it| &it.name);
        !self.taken.get(&table.namespace).is_some_and(|taken| taken.contains(name))
            && constraints.chain(references).all(|other| other != name)
            && table.sequences().all(|(_, sequence)| sequence != *name)
    }

    /// The tables whose rows go when a row of a table goes, by the references that delete them.
    pub(super) fn deleted_by(&self, table: TableId) -> impl Iterator<Item = &'a Reference> {
        self.incoming(table).iter().copied().filter(|it| it.on_delete == ReferentialAction::Cascade)
    }

    /// Whether the table is a partition, which has what its parent has.
    pub(super) fn is_partition(&self, table: &Table) -> bool {
        table.options.partition.is_some()
    }
}

impl Rule {
    /// A finding of the rule, as bad as the rule says.
    pub(super) const fn found(&self, objects: Vec<ObjectId>, message: String, fix: Option<Fix>) -> Finding {
        Finding { rule: self.id, severity: self.severity, objects, message, fix }
    }
}

/// Whether every reference must name a row: no NULL frees it.
pub(super) fn is_required(table: &Table, reference: &Reference) -> bool {
    let mut fixed = reference.pairs.iter().map(|pair| !table.is_nullable(pair.referencing));
    if reference.options.match_full { fixed.any(|it| it) } else { fixed.all(|it| it) }
}

fn is_whole(schema: &Schema, reference: &Reference) -> bool {
    let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
    let (Some(referencing), Some(referenced)) = tables else { return false };
    let has = |pair: &schema::ColumnPair| {
        referencing.column(pair.referencing).is_some() && referenced.column(pair.referenced).is_some()
    };
    !reference.pairs.is_empty() && reference.pairs.iter().all(has)
}

/// Which rule tells what PostgreSQL would refuse.
fn rule_of(it: &Diagnostic) -> &'static str {
    let is_reference = matches!(it.object, ObjectId::Reference(_));
    match it.code {
        Code::TypesDiffer => "E01",
        Code::NotAKey => "E02",
        Code::SetNullOnNotNull => "E03",
        Code::NoColumns | Code::RepeatedColumn if is_reference => "E05",
        Code::DuplicateName | Code::ReservedName => "E06",
        Code::Dangling
        | Code::NoColumns
        | Code::TooManyColumns
        | Code::RepeatedColumn
        | Code::TwoPrimaryKeys
        | Code::NoKeyType
        | Code::UnknownColumn
        | Code::WrongType
        | Code::SerialDefault
        | Code::BadOption => "E00",
    }
}
