//! Schemas that are written as DBML and read again.
#![allow(clippy::unwrap_used, reason = "a test fails loudly")]

use dbml::Unsaid;
use proptest::prelude::*;
use schema::testing::arbitrary_schema;
use schema::{
    BaseType, CheckOptions, Column, DataType, Deferral, Generation, Index, IndexPart, Key, ObjectId, PartOf,
    ReferenceOptions, Schema, Table, TypeDefinition,
};
use std::collections::BTreeMap;

/// What a schema says: where, of which object, in which respect, and what. The export calls objects and respects the same.
#[derive(Default)]
struct Told(BTreeMap<(String, String, &'static str), String>);

impl Told {
    fn of(schema: &Schema) -> Self {
        let mut told = Self::default();
        for it in schema.types.values() {
            let label = schema.label(ObjectId::Type(it.id)).unwrap();
            if let TypeDefinition::Enum(labels) = &it.definition {
                let labels: Vec<_> = labels.iter().map(|label| (&label.text, &label.note)).collect();
                told.tell("enum", &label, "its labels", labels);
            }
        }
        for table in schema.tables.values() {
            let label = schema.display_name(table);
            told.tell("table", &label, "it", (&table.options.alias, &table.options.color));
            told.tell("table", &label, "its note", &table.note);
            table.columns.iter().for_each(|column| told.column(schema, table, column));
            table.keys.iter().for_each(|key| told.key(table, &label, key));
            table.indexes.iter().for_each(|index| told.index(table, &label, index));
            for check in &table.checks {
                told.tell(&label, check.name.as_str(), "the check", &check.expression);
                told.tell(
                    &label,
                    check.name.as_str(),
                    "that ",
                    (check.options != CheckOptions::default()).then_some(&check.options),
                );
            }
        }
        for it in schema.references.values() {
            let (from, to) = (schema.table(it.referencing).unwrap(), schema.table(it.referenced).unwrap());
            let columns = (from.list_of(&it.referencing_columns()), to.list_of(&it.referenced_columns()));
            let label = format!("{}.{}", schema.display_name(from), it.name);
            told.tell("reference", &label, "itself", (columns, schema.display_name(to), it.on_delete, it.on_update));
            told.tell(
                &label,
                it.name.as_str(),
                "that ",
                (it.options != ReferenceOptions::default()).then_some(&it.options),
            );
        }
        told
    }

    fn tell(&mut self, place: &str, object: &str, respect: &'static str, what: impl std::fmt::Debug) {
        let what = format!("{what:?}");
        // What is not there is not told.
        if !matches!(what.as_str(), "None" | "[]" | "false") {
            let known = self.0.insert((place.to_owned(), object.to_owned(), respect), what);
            assert_eq!(known, None, "{place} {object} {respect}");
        }
    }

    fn column(&mut self, schema: &Schema, table: &Table, column: &Column) {
        let label = schema.label(ObjectId::Column(table.id, column.id)).unwrap();
        // Only its name is left of a domain.
        let is_domain = column.data_type.user_type().is_some_and(|id| schema.user_type(id).unwrap().base().is_some());
        let has_name_only = is_domain || column.data_type.foreign_type().is_some();
        let data_type = if has_name_only { "…".to_owned() } else { schema.type_text(&column.data_type) };
        self.tell("column", &label, "it", (data_type, table.is_nullable(column.id)));
        self.tell("column", &label, "its default", &column.default);
        self.tell("column", &label, "its note", &column.note);
        let generation = column.generation.as_ref();
        let formula = generation.and_then(Generation::formula).map(|it| it.in_table(table).to_string());
        self.tell("column", &label, "that it is generated", formula);
        self.tell("column", &label, "it is an identity", generation.is_some_and(Generation::is_identity));
        let is_always = generation == Some(&Generation::AlwaysIdentity);
        self.tell("column", &label, "that nobody may give its number", is_always);
    }

    fn key(&mut self, table: &Table, label: &str, key: &Key) {
        let (name, options) = (key.name.as_str(), &key.options);
        self.tell(label, name, "the key", (key.kind, table.list_of(&key.columns), &options.note));
        self.tell(label, name, "the columns that it keeps", &options.include);
        self.tell(
            label,
            name,
            "that it is deferrable",
            (options.deferral != Deferral::Never).then_some(options.deferral),
        );
    }

    fn index(&mut self, table: &Table, label: &str, index: &Index) {
        let (name, options) = (index.name.as_str(), &index.options);
        let of = |part: &IndexPart| match &part.of {
            PartOf::Column(id) => table.list_of(&[*id]),
            PartOf::Expression(formula) => formula.in_table(table).to_string(),
        };
        let parts: Vec<String> = index.parts.iter().map(of).collect();
        self.tell(label, name, "the index", (index.unique, &options.method, &options.note, parts));
        let mut order: Vec<_> = index.parts.iter().map(|part| (part.descending, part.nulls_first)).collect();
        order.retain(|it| *it != (false, None));
        self.tell(label, name, "the order of its columns", order);
        self.tell(label, name, "the columns that it keeps", &options.include);
        let predicate = options.predicate.as_ref().map(|it| it.in_table(table).to_string());
        self.tell(label, name, "that it is where", predicate);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// What comes back is what was written, but for what the export says that it has left out.
    #[test]
    fn a_schema_comes_back(schema in arbitrary_schema()) {
        let exported = dbml::export(&schema);
        let (document, found) = dbml::parse(&exported.text);
        prop_assert_eq!(found, vec![], "{}", exported.text);
        let mut last = 0;
        let lowered = dbml::lower(&document, || { last += 1; last });
        let (before, after) = (Told::of(&schema).0, Told::of(&lowered.schema).0);
        let is_left_out = |object: &str, respect: &str| {
            let is_it = |it: &Unsaid| it.object == object && it.what.starts_with(respect);
            exported.left_out.iter().any(is_it)
        };
        for key in before.keys().chain(after.keys()) {
            let (_, object, respect) = key;
            let is_gone = ["the check,", "the index,", "itself,"].iter().any(|what| is_left_out(object, what));
            prop_assert!(
                before.get(key) == after.get(key) || is_gone || is_left_out(object, respect),
                "{key:?}: {:?} became {:?}\n{}", before.get(key), after.get(key), exported.text
            );
        }
        // What came back is the same once more.
        let again = dbml::parse(&dbml::export(&lowered.schema).text).0;
        let mut last = 0;
        let again = dbml::lower(&again, || { last += 1; last });
        prop_assert_eq!(Told::of(&again.schema).0, after);
        prop_assert_eq!(lowered.left_out.iter().filter(|it| !it.reason.contains("extension")).count(), 0);
    }
}

#[test]
fn every_base_type_comes_back() {
    for base in BaseType::ALL {
        for dimensions in 0..2 {
            let data_type = DataType::of(*base).with_dimensions(if base.has_sequence() { 0 } else { dimensions });
            let schema = schema::testing::schema_from(&format!("t\n  c {data_type}\n"));
            let (document, _) = dbml::parse(&dbml::export(&schema).text);
            let lowered = dbml::lower(&document, || 1).schema;
            let table = lowered.tables.values().next().unwrap();
            assert_eq!(table.columns.first().unwrap().data_type, data_type);
        }
    }
}
