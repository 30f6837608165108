//! What a schema comes to, whoever is asked: tables, columns, what is unique, references and indexes. Names are compared
//! without regard to case, as Oracle shouts.

use ddl::Note;
use schema::{IndexPart, KeyKind, ObjectId, PartOf, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// A reference: its pairs in order of the referencing column, and the table that it leads to.
pub(crate) type Leads = (Vec<(String, String)>, String);

/// What is told of one table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) columns: Vec<String>,
    pub(crate) primary: Vec<String>,
    /// Columns of unique constraints and indexes, the primary key's not among them.
    pub(crate) unique: BTreeSet<Vec<String>>,
    pub(crate) references: BTreeSet<Leads>,
    /// Columns of indexes that are not unique.
    pub(crate) indexes: BTreeSet<Vec<String>>,
}

/// All tables by name, with their schema before it where that is not the usual one.
pub(crate) type Tables = BTreeMap<String, Facts>;

pub(crate) fn pairs<'a>(
    from: impl IntoIterator<Item = &'a String>,
    to: impl IntoIterator<Item = &'a String>,
) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> =
        from.into_iter().zip(to).map(|(from, to)| (from.to_lowercase(), to.to_lowercase())).collect();
    pairs.sort();
    pairs
}

/// What should be there: all of the schema, but for what a note says is left out, by the names that notes tell.
pub(crate) fn expected(schema: &Schema, notes: &[Note], has_namespaces: bool) -> Tables {
    let notes = Notes { schema, notes };
    let mut tables = Tables::new();
    let kept = |table: &Table| !notes.is_left_out(ObjectId::Table(table.id));
    for table in schema.tables.values().filter(|table| kept(table)) {
        let mut facts = Facts {
            columns: table.columns.iter().map(|column| notes.column(table, column.id)).collect(),
            ..Facts::default()
        };
        for key in table.keys.iter().filter(|key| !notes.is_left_out(ObjectId::Key(table.id, key.id))) {
            let columns: Vec<String> = key.columns.iter().map(|id| notes.column(table, *id)).collect();
            match key.kind {
                KeyKind::Primary => facts.primary = columns,
                KeyKind::Unique => {
                    facts.unique.insert(columns);
                }
                KeyKind::Exclusion => panic!("{} was not left out", key.name),
            }
        }
        for index in table.indexes.iter().filter(|index| !notes.is_left_out(ObjectId::Index(table.id, index.id))) {
            let column = |part: &IndexPart| match part.of {
                PartOf::Column(id) => Some(notes.column(table, id)),
                PartOf::Expression(_) => None,
            };
            // Who tells what an expression is, tells it in their own words.
            let Some(columns) = index.parts.iter().map(column).collect::<Option<Vec<String>>>() else { continue };
            if index.unique {
                facts.unique.insert(columns)
            } else {
                facts.indexes.insert(columns)
            };
        }
        facts.unique.remove(&facts.primary);
        for reference in schema.references.values().filter(|it| it.referencing == table.id) {
            if notes.is_left_out(ObjectId::Reference(reference.id)) {
                continue;
            }
            let target = schema.table(reference.referenced).unwrap();
            let from: Vec<String> = reference.referencing_columns().iter().map(|id| notes.column(table, *id)).collect();
            let to: Vec<String> = reference.referenced_columns().iter().map(|id| notes.column(target, *id)).collect();
            facts.references.insert((pairs(&from, &to), notes.table(target, has_namespaces)));
        }
        tables.insert(notes.table(table, has_namespaces), facts);
    }
    tables
}

struct Notes<'a> {
    schema: &'a Schema,
    notes: &'a [Note],
}

impl Notes<'_> {
    fn about(&self, object: ObjectId) -> impl Iterator<Item = &str> {
        let own = self.schema.label(object).unwrap();
        let before = match object {
            ObjectId::Key(table, _) | ObjectId::Check(table, _) | ObjectId::Index(table, _) => Some(table),
            ObjectId::Reference(id) => Some(self.schema.references[&id].referencing),
            _ => None,
        };
        let label = before.map_or_else(
            || own.clone(),
            |table| format!("{}.{own}", self.schema.label(ObjectId::Table(table)).unwrap()),
        );
        self.notes.iter().filter(move |note| note.object == label).map(|note| note.what.as_str())
    }

    fn is_left_out(&self, object: ObjectId) -> bool {
        self.about(object).any(|what| what.starts_with("left out") || what.contains(": left out"))
    }

    fn called(&self, object: ObjectId) -> Option<String> {
        let kind = if matches!(object, ObjectId::Table(_)) { "the table is called " } else { "the column is called " };
        self.about(object).find_map(|what| what.split_once(kind).map(|(_, name)| name.to_lowercase()))
    }

    fn column(&self, table: &Table, column: schema::ColumnId) -> String {
        let name = &table.column(column).unwrap().name;
        self.called(ObjectId::Column(table.id, column)).unwrap_or_else(|| name.as_str().to_lowercase())
    }

    fn table(&self, table: &Table, has_namespaces: bool) -> String {
        let called = self.called(ObjectId::Table(table.id)).unwrap_or_else(|| table.name.as_str().to_lowercase());
        match self.schema.namespace_of(table).unwrap().as_str() {
            namespace if namespace != "public" && has_namespaces => format!("{}.{called}", namespace.to_lowercase()),
            _ => called,
        }
    }
}

/// Compares; more indexes may be there, as some databases make one for each reference.
pub(crate) fn compare(name: &str, expected: &Tables, found: &Tables, more_indexes: bool) -> Vec<String> {
    let mut problems = Vec::new();
    let names = |tables: &Tables| tables.keys().cloned().collect::<BTreeSet<String>>();
    for table in names(expected).symmetric_difference(&names(found)) {
        problems.push(format!("{name}: the table {table} is on one side only"));
    }
    for (table, expected) in expected {
        let Some(found) = found.get(table) else { continue };
        let mut differ = |what: &str, expected: String, found: String| {
            if expected != found {
                problems.push(format!("{name}: {table}: {what}\n  expected {expected}\n  found    {found}"));
            }
        };
        differ("columns", format!("{:?}", expected.columns), format!("{:?}", found.columns));
        differ("primary key", format!("{:?}", expected.primary), format!("{:?}", found.primary));
        differ("unique", format!("{:?}", expected.unique), format!("{:?}", found.unique));
        differ("references", format!("{:?}", expected.references), format!("{:?}", found.references));
        let missing: Vec<&Vec<String>> = expected.indexes.difference(&found.indexes).collect();
        differ("missing indexes", "[]".to_owned(), format!("{missing:?}"));
        if !more_indexes {
            let more: Vec<&Vec<String>> = found.indexes.difference(&expected.indexes).collect();
            differ("indexes too many", "[]".to_owned(), format!("{more:?}"));
        }
    }
    problems
}

/// Fails with all that differs.
pub(crate) fn assert_none(problems: &[String]) {
    let shown: Vec<String> = problems.iter().take(30).map(|it| it.chars().take(700).collect()).collect();
    assert!(problems.is_empty(), "{} differences: {shown:#?}", problems.len());
}
