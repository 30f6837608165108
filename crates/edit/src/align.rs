//! Two schemas that were read apart, brought to the same ids by name.

mod rank;
mod renamed;

pub use renamed::{PerhapsRenamed, perhaps_renamed};

use schema::{
    Annotation, AnnotationId, AnnotationKind, Check, ColumnId, ColumnPair, DataType, Formula, Generation, Index,
    IndexPart, Key, Name, NamespaceId, Opaque, OpaqueId, OpaqueKind, PartOf, Reference, ReferenceId, Schema, SharedMap,
    Table, TableId, TypeDefinition, TypeId, UserType,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// `after` with the ids of `before` for what is called the same in both, so that [`diff`](crate::diff) tells what
/// changed. The two must have been read apart: an id that both have already is taken for one object.
///
/// Namespaces go by name, tables and types by namespace and name, and what is in them by its name there. A key, check,
/// index or reference that finds nobody of its name takes the id of one that is the same but for the name, and a view or
/// function whose statement is another one that of one of its name. Nothing else is guessed: a table or column with
/// another name is another one (see [`perhaps_renamed`]). What stands in the same order keeps its ranks.
pub fn align(before: &Schema, after: &Schema) -> Schema {
    let namespaces = namespaces(before, after);
    let mut ids = Ids {
        types: types(before, after),
        tables: tables(before, after),
        annotations: annotations(before, after),
        namespaces,
        columns: BTreeMap::new(),
    };
    let aligned_namespaces = after.namespaces.values().map(|namespace| {
        let mut namespace = namespace.clone();
        namespace.id = known(&ids.namespaces, namespace.id);
        (namespace.id, namespace)
    });
    let aligned_namespaces = aligned_namespaces.collect();
    let types = after.types.values().map(|it| ids.user_type(before, it)).map(|it| (it.id, it)).collect();
    let mut tables = SharedMap::new();
    for table in after.tables.values() {
        let aligned = ids.table(before, table);
        tables.insert(aligned.id, Arc::new(aligned));
    }
    Schema {
        namespaces: aligned_namespaces,
        types,
        tables,
        references: ids.references(before, after),
        opaque: ids.opaque(before, after),
        annotations: ids.annotations(after),
    }
}

/// The ids that objects of the schema after have before.
struct Ids {
    namespaces: BTreeMap<NamespaceId, NamespaceId>,
    types: BTreeMap<TypeId, TypeId>,
    tables: BTreeMap<TableId, TableId>,
    annotations: BTreeMap<AnnotationId, AnnotationId>,
    /// Of the columns of each table, by the table's id after.
    columns: BTreeMap<(TableId, ColumnId), ColumnId>,
}

impl Ids {
    fn user_type(&self, before: &Schema, it: &UserType) -> UserType {
        let mut aligned = it.clone();
        aligned.id = known(&self.types, it.id);
        aligned.namespace = known(&self.namespaces, it.namespace);
        match &mut aligned.definition {
            TypeDefinition::Domain(domain) => domain.base = self.data_type(&domain.base),
            TypeDefinition::Enum(labels) => {
                let base = before.user_type(aligned.id).map(UserType::labels).unwrap_or_default();
                let named = |label: &schema::Label| (label.id, label.text.clone());
                let same = matches(base.iter().map(named).collect(), labels.iter().map(named).collect());
                for label in labels {
                    label.id = known(&same, label.id);
                }
            }
        }
        aligned
    }

    fn data_type(&self, data_type: &DataType) -> DataType {
        match data_type.user_type() {
            Some(id) => DataType::defined(known(&self.types, id)).with_dimensions(data_type.dimensions()),
            None => data_type.clone(),
        }
    }

    fn table(&mut self, before: &Schema, table: &Table) -> Table {
        let mut aligned = table.clone();
        aligned.id = known(&self.tables, table.id);
        aligned.namespace = known(&self.namespaces, table.namespace);
        aligned.group = table.group.map(|group| known(&self.annotations, group));
        let base = self.tables.get(&table.id).and_then(|id| before.table(*id));
        let columns = base.map(|base| columns(base, &mut aligned)).unwrap_or_default();
        for column in &mut aligned.columns {
            column.data_type = self.data_type(&column.data_type);
        }
        let parents = aligned.options.partition.iter_mut().map(|partition| &mut partition.parent);
        for parent in parents.chain(&mut aligned.options.inherits) {
            *parent = known(&self.tables, *parent);
        }
        mention(table, &mut aligned, &columns);
        if let Some(base) = base {
            parts(base, &mut aligned);
        }
        self.columns.extend(columns.into_iter().map(|(from, to)| ((table.id, from), to)));
        aligned
    }

    fn annotations(&self, after: &Schema) -> BTreeMap<AnnotationId, Annotation> {
        let aligned =
            after.annotations.values().map(|it| Annotation { id: known(&self.annotations, it.id), ..it.clone() });
        aligned.map(|it| (it.id, it)).collect()
    }

    fn references(&self, before: &Schema, after: &Schema) -> SharedMap<ReferenceId, Reference> {
        let column = |table, id| self.columns.get(&(table, id)).copied().unwrap_or(id);
        let moved = after.references.values().map(|reference| {
            let (referencing, referenced) = (reference.referencing, reference.referenced);
            let pairs = reference.pairs.iter().map(|pair| ColumnPair {
                referencing: column(referencing, pair.referencing),
                referenced: column(referenced, pair.referenced),
            });
            let mut moved = reference.as_ref().clone();
            moved.pairs = pairs.collect();
            for set in &mut moved.options.set_columns {
                *set = column(referencing, *set);
            }
            moved.referencing = known(&self.tables, referencing);
            moved.referenced = known(&self.tables, referenced);
            moved
        });
        let mut moved: Vec<Reference> = moved.collect();
        let sides = |it: &Reference| {
            let mut pairs = it.pairs.clone();
            pairs.sort();
            (it.id, (it.referencing, it.name.clone()), (it.referencing, it.referenced, pairs))
        };
        let base: Vec<Reference> = before.references.values().map(|reference| reference.as_ref().clone()).collect();
        let ids = by_two(&base, &moved, sides);
        for reference in &mut moved {
            reference.id = known(&ids, reference.id);
        }
        moved.into_iter().map(|reference| (reference.id, Arc::new(reference))).collect()
    }

    fn opaque(&self, before: &Schema, after: &Schema) -> SharedMap<OpaqueId, Opaque> {
        let moved = after.opaque.values().map(|it| {
            let mut moved = it.as_ref().clone();
            moved.namespace = it.namespace.map(|id| known(&self.namespaces, id));
            moved.table = it.table.map(|id| known(&self.tables, id));
            moved
        });
        let mut moved: Vec<Opaque> = moved.collect();
        moved.sort_by_key(|it| (it.kind, it.rank, it.id));
        let mut base: Vec<Opaque> = before.opaque.values().map(|it| it.as_ref().clone()).collect();
        base.sort_by_key(|it| (it.kind, it.rank, it.id));
        // Functions may share a name.
        let keys = |it: &Opaque| {
            let place = (it.kind, it.namespace, it.table, it.name.clone());
            (it.id, (place.clone(), it.definition.as_str().to_owned()), place)
        };
        let ids = by_two(&base, &moved, keys);
        for it in &mut moved {
            it.id = known(&ids, it.id);
        }
        let kinds: BTreeSet<OpaqueKind> = moved.iter().map(|it| it.kind).collect();
        for kind in kinds {
            let of_kind = |it: &&Opaque| it.kind == kind;
            let before = base.iter().filter(of_kind).map(|it| (it.id, it.rank));
            let ranks = rank::ranks(before, moved.iter().filter(of_kind).map(|it| it.id));
            for (it, rank) in moved.iter_mut().filter(|it| it.kind == kind).zip(ranks) {
                it.rank = rank;
            }
        }
        moved.into_iter().map(|it| (it.id, Arc::new(it))).collect()
    }
}

fn known<I: Ord + Copy>(ids: &BTreeMap<I, I>, id: I) -> I {
    ids.get(&id).copied().unwrap_or(id)
}

fn namespaces(before: &Schema, after: &Schema) -> BTreeMap<NamespaceId, NamespaceId> {
    fn named(schema: &Schema) -> Vec<(NamespaceId, &Name)> {
        schema.namespaces.values().map(|namespace| (namespace.id, &namespace.name)).collect()
    }
    matches(named(before), named(after))
}

fn tables(before: &Schema, after: &Schema) -> BTreeMap<TableId, TableId> {
    fn named(schema: &Schema) -> Vec<(TableId, (Option<&Name>, &Name))> {
        let tables = schema.tables.values();
        tables.map(|table| (table.id, (schema.namespace_of(table), &table.name))).collect()
    }
    matches(named(before), named(after))
}

/// What is of another kind is another type.
fn types(before: &Schema, after: &Schema) -> BTreeMap<TypeId, TypeId> {
    type Called<'a> = (Option<&'a Name>, &'a Name, &'static str);
    fn named(schema: &Schema) -> Vec<(TypeId, Called<'_>)> {
        let namespace = |it: &UserType| schema.namespaces.get(&it.namespace).map(|namespace| &namespace.name);
        schema.types.values().map(|it| (it.id, (namespace(it), &it.name, it.kind()))).collect()
    }
    matches(named(before), named(after))
}

fn annotations(before: &Schema, after: &Schema) -> BTreeMap<AnnotationId, AnnotationId> {
    fn named(schema: &Schema) -> Vec<(AnnotationId, (AnnotationKind, &Name))> {
        schema.annotations.values().map(|it| (it.id, (it.kind, &it.name))).collect()
    }
    matches(named(before), named(after))
}

/// For what stands in the second list, by its id, the id of what stands under the same key in the first. Each is given once,
/// in the order of the lists, as two objects of a broken schema may share a name.
fn matches<I: Ord + Copy, K: Ord>(before: Vec<(I, K)>, after: Vec<(I, K)>) -> BTreeMap<I, I> {
    let mut free: BTreeMap<K, Vec<I>> = BTreeMap::new();
    for (id, key) in before.into_iter().rev() {
        free.entry(key).or_default().push(id);
    }
    after.into_iter().filter_map(|(id, key)| Some((id, free.get_mut(&key)?.pop()?))).collect()
}

/// As [`matches()`], by the first of two keys, and by the second for what is left over on both sides.
fn by_two<T, I: Ord + Copy, K: Ord, L: Ord>(
    before: &[T],
    after: &[T],
    keys: impl Fn(&T) -> (I, K, L),
) -> BTreeMap<I, I> {
    let first = |it| {
        let (id, key, _) = keys(it);
        (id, key)
    };
    let second = |it| {
        let (id, _, key) = keys(it);
        (id, key)
    };
    let mut found = matches(before.iter().map(first).collect(), after.iter().map(first).collect());
    let taken: BTreeSet<I> = found.values().copied().collect();
    let before = before.iter().map(second).filter(|(id, _)| !taken.contains(id));
    let after = after.iter().map(second).filter(|(id, _)| !found.contains_key(id));
    let rest = matches(before.collect(), after.collect());
    found.extend(rest);
    found
}

/// Gives the columns the ids of those of the other table, and answers with these.
fn columns(base: &Table, table: &mut Table) -> BTreeMap<ColumnId, ColumnId> {
    fn named(table: &Table) -> Vec<(ColumnId, &Name)> {
        table.columns.iter().map(|column| (column.id, &column.name)).collect()
    }
    let columns = matches(named(base), named(table));
    for column in &mut table.columns {
        column.id = known(&columns, column.id);
    }
    let before = base.columns.iter().map(|column| (column.id, column.rank));
    let ranks = rank::ranks(before, table.columns.iter().map(|column| column.id));
    for (column, rank) in table.columns.iter_mut().zip(ranks) {
        column.rank = rank;
    }
    columns
}

/// Lets everything in the table mention its columns by the ids that they have now. `from` is the table as it was.
fn mention(from: &Table, table: &mut Table, columns: &BTreeMap<ColumnId, ColumnId>) {
    if columns.is_empty() {
        return;
    }
    // By way of the names, as one id may stand for another column here and there.
    let named = Table { columns: table.columns.clone(), ..from.clone() };
    let formula = |it: &mut Formula| *it = Formula::bind(&it.in_table(from), &named);
    let all = |list: &mut [ColumnId]| list.iter_mut().for_each(|column| *column = known(columns, *column));
    let part = |part: &mut IndexPart| match &mut part.of {
        PartOf::Column(column) => *column = known(columns, *column),
        PartOf::Expression(it) => formula(it),
    };
    for column in &mut table.columns {
        match &mut column.generation {
            Some(Generation::Stored(it) | Generation::Virtual(it)) => formula(it),
            Some(Generation::AlwaysIdentity | Generation::DefaultIdentity) | None => {}
        }
    }
    for key in &mut table.keys {
        all(&mut key.columns);
        all(&mut key.options.include);
        if let Some(exclusion) = &mut key.options.exclusion {
            exclusion.elements.iter_mut().for_each(|(of, _)| part(of));
            exclusion.predicate.iter_mut().for_each(formula);
        }
    }
    for index in &mut table.indexes {
        index.parts.iter_mut().for_each(part);
        all(&mut index.options.include);
        index.options.predicate.iter_mut().for_each(formula);
    }
    if let Some(partitioning) = &mut table.options.partitioning {
        partitioning.parts.iter_mut().for_each(part);
    }
}

/// Gives the constraints and indexes the ids of those of the other table.
fn parts(base: &Table, table: &mut Table) {
    let key = |it: &Key| (it.id, it.name.clone(), (it.kind, it.columns.clone()));
    let keys = by_two(&base.keys, &table.keys, key);
    for key in &mut table.keys {
        key.id = known(&keys, key.id);
    }
    let check = |it: &Check| (it.id, it.name.clone(), it.expression.to_string());
    let checks = by_two(&base.checks, &table.checks, check);
    for check in &mut table.checks {
        check.id = known(&checks, check.id);
    }
    let index = |it: &Index| (it.id, it.name.clone(), (it.unique, it.columns()));
    let indexes = by_two(&base.indexes, &table.indexes, index);
    for index in &mut table.indexes {
        index.id = known(&indexes, index.id);
    }
    table.keys.sort_by_key(|key| key.id);
    table.checks.sort_by_key(|check| check.id);
    table.indexes.sort_by_key(|index| index.id);
}
