//! Tables of a schema as those of a document.

use super::{Exporter, has_text, told, value};
use crate::document::{self, TableItem};
use schema::{
    Check, Column, ColumnId, Deferral, Generation, Index, IndexPart, Key, KeyKind, Name, ObjectId, PartOf, Table,
};

impl<'a> Exporter<'a> {
    pub(super) fn table(&mut self, table: &'a Table) {
        let object = ObjectId::Table(table.id);
        self.table_options(table);
        if table.columns.is_empty() {
            // Readers refuse a table without columns.
            return self.unsaid_of(object, &[(true, "the table, as it has no columns yet")]);
        }
        let at_columns: Vec<(KeyKind, ColumnId)> = table.keys.iter().filter_map(|key| at_column(table, key)).collect();
        self.note_is_kept(object, "its note", table.note.as_deref());
        let mut made = document::Table {
            path: self.path(table.namespace, &table.name),
            alias: self.alias(table),
            header_color: self.color(table),
            note: told(table.note.as_deref()),
            items: Vec::with_capacity(table.columns.len()),
            ..document::Table::default()
        };
        for column in &table.columns {
            let made_column = self.column(table, column, &at_columns);
            made.items.push(TableItem::Column(made_column));
        }
        let mut keys: Vec<&Key> = table.keys.iter().filter(|key| at_column(table, key).is_none()).collect();
        keys.sort_by_key(|key| (key.kind, &key.name, key.id));
        let mut indexes: Vec<&Index> = table.indexes.iter().collect();
        indexes.sort_by_key(|index| (&index.name, index.id));
        for key in keys {
            made.indexes.extend(self.key(table, key));
        }
        for index in indexes {
            made.indexes.extend(self.index(table, index));
        }
        let mut checks: Vec<&Check> = table.checks.iter().collect();
        checks.sort_by_key(|check| (&check.name, check.id));
        for check in checks {
            made.checks.extend(self.check(table, check));
        }
        self.document.tables.push(made);
    }

    fn table_options(&mut self, table: &Table) {
        let options = &table.options;
        self.unsaid_of(
            ObjectId::Table(table.id),
            &[
                (options.unlogged, "that it is unlogged"),
                (options.partitioning.is_some(), "how it is partitioned"),
                (options.partition.is_some(), "that it is a partition"),
                (!options.inherits.is_empty(), "that it inherits from other tables"),
                (!options.parameters.is_empty(), "its storage parameters"),
            ],
        );
    }

    /// The alias, unless a table or another alias has that name.
    fn alias(&mut self, table: &'a Table) -> Option<String> {
        let alias = table.options.alias.as_ref()?;
        let is_free = self.names.insert(alias);
        self.unsaid_of(ObjectId::Table(table.id), &[(!is_free, "its alias, as another table has that name")]);
        is_free.then(|| alias.to_string())
    }

    fn color(&mut self, table: &Table) -> Option<String> {
        let color = table.options.color.as_ref()?;
        let digits = color.strip_prefix('#').filter(|digits| matches!(digits.len(), 3 | 6));
        let is_color = digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        self.unsaid_of(ObjectId::Table(table.id), &[(!is_color, "its color")]);
        is_color.then(|| color.clone())
    }

    fn column(&mut self, table: &Table, column: &Column, at_columns: &[(KeyKind, ColumnId)]) -> document::Column {
        let object = ObjectId::Column(table.id, column.id);
        let has_key = |kind: KeyKind| at_columns.contains(&(kind, column.id));
        let default = column.default.as_ref().and_then(value::default_value);
        self.note_is_kept(object, "its note", column.note.as_deref());
        self.unsaid_of(
            object,
            &[
                (column.default.is_some() && default.is_none(), "its default, which has a backtick in it"),
                (column.collation.is_some(), "its collation"),
                (column.generation == Some(Generation::AlwaysIdentity), "that nobody may give its number"),
            ],
        );
        if let Some(formula) = column.generation.as_ref().and_then(Generation::formula) {
            let what = format!("that it is generated as {}", formula.in_table(table));
            self.unsaid_of(object, &[(true, &what)]);
        }
        document::Column {
            name: column.name.to_string(),
            data_type: value::data_type(self.schema, &column.data_type),
            primary: has_key(KeyKind::Primary),
            unique: has_key(KeyKind::Unique),
            nullable: (!column.nullable && !has_key(KeyKind::Primary)).then_some(false),
            increment: column.generation.as_ref().is_some_and(Generation::is_identity),
            default,
            note: told(column.note.as_deref()),
            ..document::Column::default()
        }
    }

    /// A key that is not written at its column.
    fn key(&mut self, table: &Table, key: &Key) -> Option<document::Index> {
        let object = ObjectId::Key(table.id, key.id);
        let columns = names(table, &key.columns);
        if key.kind == KeyKind::Exclusion || columns.is_empty() {
            let what = if key.kind == KeyKind::Exclusion { "the exclusion constraint" } else { "the key" };
            self.unsaid_of(object, &[(true, what)]);
            return None;
        }
        let options = &key.options;
        self.unsaid_of(
            object,
            &[
                (!options.include.is_empty(), "the columns that it keeps beside its own"),
                (options.nulls_not_distinct, "that nulls are not distinct"),
                (options.deferral != Deferral::Never, "that it is deferrable"),
            ],
        );
        Some(document::Index {
            parts: columns.into_iter().map(document::IndexPart::Column).collect(),
            name: Some(key.name.to_string()),
            primary: key.kind == KeyKind::Primary,
            unique: key.kind == KeyKind::Unique,
            note: told(options.note.as_deref()),
            ..document::Index::default()
        })
    }

    fn index(&mut self, table: &Table, index: &Index) -> Option<document::Index> {
        let object = ObjectId::Index(table.id, index.id);
        let options = &index.options;
        let parts: Option<Vec<_>> = index.parts.iter().map(|part| index_part(table, part)).collect();
        let Some(parts) = parts.filter(|parts| !parts.is_empty()) else {
            self.unsaid_of(object, &[(true, "the index, which has no columns, or a backtick in it")]);
            return None;
        };
        let any = |is_so: fn(&IndexPart) -> bool| index.parts.iter().any(is_so);
        self.unsaid_of(
            object,
            &[
                (any(|part| part.descending || part.nulls_first.is_some()), "the order of its columns"),
                (any(|part| part.operator_class.is_some()), "its operator classes"),
                (any(|part| part.collation.is_some()), "its collations"),
                (!options.include.is_empty(), "the columns that it keeps beside its own"),
                (options.nulls_not_distinct, "that nulls are not distinct"),
                (!options.parameters.is_empty(), "its storage parameters"),
            ],
        );
        if let Some(predicate) = &options.predicate {
            let what = format!("that it is where {} only", predicate.in_table(table));
            self.unsaid_of(object, &[(true, &what)]);
        }
        let method = options.method.as_ref().map(Name::to_string);
        // A constraint has no type, so that what says its type is an index.
        let is_like_a_key = index.unique && parts.iter().all(|part| matches!(part, document::IndexPart::Column(_)));
        Some(document::Index {
            parts,
            name: Some(index.name.to_string()),
            method: method.or_else(|| is_like_a_key.then(|| "btree".to_owned())),
            unique: index.unique,
            note: told(options.note.as_deref()),
            ..document::Index::default()
        })
    }

    fn check(&mut self, table: &Table, check: &Check) -> Option<document::Check> {
        let object = ObjectId::Check(table.id, check.id);
        let expression = value::expression(&check.expression);
        self.unsaid_of(
            object,
            &[
                (expression.is_none(), "the check, which has a backtick in it"),
                (check.options.no_inherit, "that tables which inherit are free of it"),
                (check.options.not_valid, "that older rows may break it"),
                (has_text(check.options.note.as_deref()), "its note"),
            ],
        );
        let name = Some(check.name.to_string());
        Some(document::Check { expression: expression?, name, ..document::Check::default() })
    }
}

fn index_part(table: &Table, part: &IndexPart) -> Option<document::IndexPart> {
    match &part.of {
        PartOf::Column(id) => table.column(*id).map(|column| document::IndexPart::Column(column.name.to_string())),
        PartOf::Expression(formula) => value::expression(&formula.in_table(table)).map(document::IndexPart::Expression),
    }
}

/// The column at which a key is written: it has that one only, the usual name, and nothing else to say.
fn at_column(table: &Table, key: &Key) -> Option<(KeyKind, ColumnId)> {
    let [id] = key.columns.as_slice() else { return None };
    if key.options != schema::KeyOptions::default() {
        return None;
    }
    let column = table.column(*id)?;
    let usual = match key.kind {
        KeyKind::Primary => Name::derive(&[table.name.as_str()], "pkey"),
        // At the column of the primary key it would be taken for a repetition.
        KeyKind::Unique if table.in_primary_key(*id) => return None,
        KeyKind::Unique => Name::derive(&[table.name.as_str(), column.name.as_str()], "key"),
        KeyKind::Exclusion => return None,
    };
    (usual == key.name).then_some((key.kind, *id))
}

pub(super) fn names(table: &Table, columns: &[ColumnId]) -> Vec<String> {
    columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.to_string()).collect()
}
