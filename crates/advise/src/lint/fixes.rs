//! The edits that fixes are made of. What they create has ids that follow from what it is made for, so that the same fix
//! by two people is the same edit.

use super::Fix;
use super::facts::Facts;
use edit::{Attribute, Edit, Object, drop_edits};
use schema::{
    ColumnId, DataType, Index, IndexId, Key, KeyId, KeyKind, Name, ObjectId, Reference, ReferentialAction, Schema,
    Table, TableId,
};

impl Fix {
    /// A fix, unless there is nothing to do.
    pub(super) fn of(label: impl Into<String>, edits: Vec<Edit>) -> Option<Self> {
        (!edits.is_empty()).then(|| Self { label: label.into(), edits })
    }
}

/// Sets an attribute; nothing where it is so already.
pub(super) fn set(schema: &Schema, object: ObjectId, to: Attribute) -> Option<Edit> {
    let from = Attribute::of(schema, object, to.field())?;
    (from != to).then_some(Edit::Alter { object, from, to })
}

/// Another action on delete, as a whole fix.
pub(super) fn on_delete(facts: &Facts<'_>, reference: &Reference, action: ReferentialAction) -> Option<Fix> {
    let object = ObjectId::Reference(reference.id);
    let mut edits: Vec<Edit> = set(facts.schema, object, Attribute::OnDelete(action)).into_iter().collect();
    // Which columns are set matters to those that set some.
    let sets = [ReferentialAction::SetNull, ReferentialAction::SetDefault].contains(&action);
    if !sets && !reference.options.set_columns.is_empty() {
        let options = schema::ReferenceOptions { set_columns: Vec::new(), ..reference.options.clone() };
        edits.extend(set(facts.schema, object, Attribute::ReferenceOptions(options)));
    }
    Fix::of(format!("on delete {} for {}", action.as_sql(), reference.name), edits)
}

/// Drops an object that nothing rests on; nothing where something does.
pub(super) fn drop(facts: &Facts<'_>, object: ObjectId) -> Option<Vec<Edit>> {
    let edits = drop_edits(facts.schema, object);
    (edits.len() == 1).then_some(edits)
}

/// A new index.
pub(super) fn index(facts: &Facts<'_>, table: &Table, columns: &[ColumnId]) -> Edit {
    let is_taken = |id: u128| table.indexes.iter().any(|index| index.id == IndexId::from_u128(id));
    let index = Index {
        id: IndexId::from_u128(id_for(table.id, columns, is_taken)),
        name: free_name(facts, table, columns, "idx"),
        unique: false,
        parts: Index::parts_of(columns),
        options: Default::default(),
    };
    Edit::Create(Object::Index(table.id, index))
}

/// A new key.
pub(super) fn key(facts: &Facts<'_>, table: &Table, kind: KeyKind, columns: &[ColumnId]) -> Edit {
    let is_taken = |id: u128| table.keys.iter().any(|key| key.id == KeyId::from_u128(id));
    let name = match kind {
        KeyKind::Primary => free_name(facts, table, &[], "pkey"),
        KeyKind::Unique | KeyKind::Exclusion => free_name(facts, table, columns, "key"),
    };
    let key = Key {
        id: KeyId::from_u128(id_for(table.id, columns, is_taken)),
        name,
        kind,
        columns: columns.to_vec(),
        options: Default::default(),
    };
    Edit::Create(Object::Key(table.id, key))
}

/// Whether the columns are of types that a key can be made of.
pub(super) fn can_be_key(facts: &Facts<'_>, table: &Table, columns: &[ColumnId]) -> bool {
    let fits =
        |id: &ColumnId| table.column(*id).is_some_and(|column| facts.schema.underlying(&column.data_type).can_be_key());
    !columns.is_empty() && columns.iter().all(fits)
}

/// The columns become NOT NULL.
pub(super) fn require(facts: &Facts<'_>, table: &Table, columns: &[ColumnId]) -> Vec<Edit> {
    let objects = columns.iter().map(|column| ObjectId::Column(table.id, *column));
    objects.filter_map(|object| set(facts.schema, object, Attribute::Nullable(false))).collect()
}

/// Another type for a column that holds one reference and is named by none. None where a value of another kind, such as
/// a default, would have to go along.
pub(super) fn retype(facts: &Facts<'_>, table: &Table, column: ColumnId, to: &DataType) -> Option<Edit> {
    let it = table.column(column)?;
    let holds = facts.outgoing(table.id).iter().filter(|other| other.referencing_columns().contains(&column)).count();
    let is_named = facts.incoming(table.id).iter().any(|other| other.referenced_columns().contains(&column));
    let is_source = table.columns.iter().any(|other| other.sources().contains(&column));
    let is_plain = it.default.is_none() && it.generation.is_none() && !it.data_type.has_sequence();
    if !is_plain || is_source || is_named || holds > 1 || facts.is_partition(table) {
        return None;
    }
    set(facts.schema, ObjectId::Column(table.id, column), Attribute::DataType(to.without_sequence()))
}

/// The name that PostgreSQL itself would give, with a number after it when that is taken.
pub(super) fn free_name(facts: &Facts<'_>, table: &Table, columns: &[ColumnId], suffix: &str) -> Name {
    let mut parts = vec![table.name.as_str()];
    parts.extend(columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()));
    let first = Name::derive(&parts, suffix);
    if facts.is_free(table, &first) {
        return first;
    }
    let numbered = |n: u32| Name::derive(&parts, &format!("{suffix}{n}"));
    (1..=u32::MAX).map(numbered).find(|name| facts.is_free(table, name)).unwrap_or(first)
}

/// A number that no other object of the kind has in this table.
pub(super) fn id_for(table: TableId, columns: &[ColumnId], is_taken: impl Fn(u128) -> bool) -> u128 {
    let mix =
        |sum: u128, part: u128| sum.rotate_left(17).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835) ^ part;
    let first = columns.iter().fold(table.0.as_u128(), |sum, column| mix(sum, column.0.as_u128()));
    let mut numbers = std::iter::successors(Some(mix(first, 0)), |id| Some(id.wrapping_add(1)));
    numbers.find(|id| !is_taken(*id)).unwrap_or(first)
}
