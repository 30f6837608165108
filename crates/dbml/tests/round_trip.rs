//! Schemas that are written as DBML and read again.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails loudly")]

use dbml::Unsaid;
use proptest::prelude::*;
use proptest::sample::Index;
use schema::testing::arbitrary_schema;
use schema::{
    BaseType, Column, DataType, Deferral, Expression, Generation, IndexPart, Key, Name, ObjectId, PartOf,
    QualifiedName, ReferenceOptions, Schema, Table, TypeDefinition,
};
use std::collections::BTreeMap;
use std::sync::Arc;

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
                told.tell("enum", &label, "its", labels);
                told.tell("enum", &label, "its note", &it.note);
            }
        }
        for table in schema.tables.values() {
            let label = schema.display_name(table);
            told.tell("table", &label, "it", (&table.options.alias, &table.options.color));
            told.tell("table", &label, "its note", &table.note);
            table.columns.iter().for_each(|column| told.column(schema, table, column));
            told.tell("table", &label, "that it is unlogged", table.options.unlogged);
            table.keys.iter().for_each(|key| told.key(table, &label, key));
            table.indexes.iter().for_each(|index| told.index(table, &label, index));
            for check in &table.checks {
                told.tell(&label, check.name.as_str(), "the check", &check.expression);
                told.tell(&label, check.name.as_str(), "its note", &check.options.note);
                let options = (check.options.no_inherit, check.options.not_valid);
                told.tell(&label, check.name.as_str(), "that ", (options != (false, false)).then_some(options));
            }
        }
        for it in schema.annotations.values() {
            let members = schema.members_of(it.id);
            let members: Vec<String> = members.into_iter().map(|table| schema.display_name(table)).collect();
            told.tell(it.kind.as_str(), it.name.as_str(), "it", (&it.color, members));
            told.tell(it.kind.as_str(), it.name.as_str(), "its text", &it.note);
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
        let data_type = type_text(schema, &column.data_type);
        self.tell("column", &label, "it", (data_type, table.is_nullable(column.id)));
        self.tell("column", &label, "its collation", &column.collation);
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

    fn index(&mut self, table: &Table, label: &str, index: &schema::Index) {
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

/// A type; of a domain only its name is left, so that it is told like a type that is known by name alone.
fn type_text(schema: &Schema, data_type: &DataType) -> String {
    let domain = data_type.user_type().and_then(|id| schema.user_type(id)).filter(|it| it.base().is_some());
    let name = domain.map(|it| (schema.namespaces[&it.namespace].name.clone(), it.name.clone(), Vec::new()));
    let foreign = data_type.foreign_type().map(|it| {
        let namespace = it.name.namespace.clone().unwrap_or_else(|| Name::parse("public").unwrap());
        (namespace, it.name.name.clone(), it.args.clone())
    });
    match name.or(foreign) {
        Some(name) => format!("{name:?} {}", data_type.dimensions()),
        None => schema.type_text(data_type),
    }
}

/// Any schema, with what generated ones have not: each bit of the number adds one thing of that kind.
fn adorned() -> impl Strategy<Value = Schema> {
    (arbitrary_schema(), any::<u16>(), any::<Index>()).prop_map(|(mut schema, what, at)| {
        let adds = |bit: u16| what & (1 << bit) != 0;
        let name = |text: &str| Name::parse(text).unwrap();
        for (n, table) in schema.tables.values_mut().map(Arc::make_mut).enumerate() {
            let options = &mut table.options;
            options.alias = adds(0).then(|| name(if n == 0 { "the one" } else { "another" }));
            options.color = adds(1).then(|| "#1A2b3c".to_owned());
            options.unlogged = adds(2);
            let column = at.index(table.columns.len());
            let column = &mut table.columns[column];
            column.note = adds(3).then(|| "it's\n  a \"note\"\n\n".to_owned());
            column.collation = adds(4).then(|| QualifiedName { namespace: None, name: name("C") });
            let has_default = column.default.is_some() || column.is_numbered() || column.generation.is_some();
            if adds(5) && !has_default {
                let foreign = ["geometry(point, 4326)", "\"Odd type\"", "gis.\"point\"", "\"char\""][n % 4];
                column.data_type = DataType::parse_wide(foreign).unwrap().with_dimensions(u8::from(adds(6)));
            } else if adds(7) && !has_default {
                column.default = Some(Expression::parse_wide("coalesce(a.b('x'::c), E'\\n', array[1])").unwrap());
            }
            for index in &mut table.indexes {
                index.options.method = adds(8).then(|| name("hash"));
                index.options.note = adds(9).then(|| "  index's ".to_owned());
                index.options.parameters = Vec::new();
            }
            for key in &mut table.keys {
                key.options.note = adds(10).then(|| "key's".to_owned());
            }
            for check in &mut table.checks {
                check.options.note = adds(11).then(|| "check's".to_owned());
            }
        }
        for it in schema.types.values_mut() {
            it.note = adds(12).then(|| "a type".to_owned());
            if let TypeDefinition::Enum(labels) = &mut it.definition {
                labels[0].note = adds(13).then(|| "a label".to_owned());
                labels[0].text = if adds(14) { String::new() } else { "`'\"\\".to_owned() };
            }
        }
        schema
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// What comes back is what was written, but for what the export says that it has left out.
    #[test]
    fn a_schema_comes_back(schema in adorned()) {
        let exported = dbml::export(&schema);
        let (document, found) = dbml::parse(&exported.clone().annotated());
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
