//! A whole schema as DBML.

mod table;
mod value;

use crate::document::{Document, End, Endpoint, Enum, EnumValue, Group, Path, Project, Ref, Relation, StickyNote};
use crate::print::{Version, print_for};
use schema::{
    AnnotationKind, Cardinality, ColumnId, Deferral, Ends, Name, NamespaceId, ObjectId, Reference, ReferentialAction,
    Schema, Table, TableId, TypeDefinition, UserType,
};
use std::collections::{BTreeSet, HashSet};
use std::fmt;

/// A schema as text, and what the text does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Exported {
    /// The text.
    pub text: String,
    /// What the text does not say, in the order of the text.
    pub left_out: Vec<Unsaid>,
}

impl Exported {
    /// The text to take away: what it does not say stands in comments at its beginning.
    pub fn annotated(self) -> String {
        if self.left_out.is_empty() {
            return self.text;
        }
        let line = |it: &Unsaid| format!("// {}\n", it.to_string().replace(char::is_control, " "));
        let comments: String = self.left_out.iter().map(line).collect();
        format!("// Left out, because DBML cannot say it:\n{comments}\n{}", self.text)
    }
}

/// Something of a schema that DBML has no words for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsaid {
    /// The object that it belongs to, as people call it: `orders`, `orders.total`.
    pub object: String,
    /// What is not said of it: `that it is unlogged`.
    pub what: String,
}

impl fmt::Display for Unsaid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.object, self.what)
    }
}

/// The schema as DBML: enums, tables by name, references, groups, then notes. The same schema always gives the same
/// bytes, and readers of version 8 and later accept them.
///
/// # Examples
/// ```
/// assert_eq!(dbml::export(&schema::Schema::default()).text, "Project {\n  database_type: 'PostgreSQL'\n}\n");
/// ```
pub fn export(schema: &Schema) -> Exported {
    let (document, left_out) = described(schema);
    let text = print_for(&document, Version::Eight).text;
    Exported { text, left_out }
}

/// The schema as a document of which readers of version 8 understand everything, and what is not in it.
fn described(schema: &Schema) -> (Document, Vec<Unsaid>) {
    let fields = vec![("database_type".to_owned(), "PostgreSQL".to_owned())];
    let project = Some(Project { fields, ..Project::default() });
    let document = Document { project, ..Document::default() };
    let mut exporter = Exporter { schema, document, left_out: Vec::new(), names: HashSet::new() };
    exporter.types();
    exporter.tables();
    exporter.references();
    exporter.annotations();
    exporter.rest();
    (exporter.document, exporter.left_out)
}

struct Exporter<'a> {
    schema: &'a Schema,
    document: Document,
    left_out: Vec<Unsaid>,
    /// Names that no alias can have: those of tables in `public`, and of other aliases.
    names: HashSet<&'a Name>,
}

/// One end of a reference, in any order: how DBML recognizes the same relationship.
type Side = (TableId, Vec<ColumnId>);

impl<'a> Exporter<'a> {
    fn unsaid(&mut self, object: impl Into<String>, what: impl Into<String>) {
        self.left_out.push(Unsaid { object: object.into(), what: what.into() });
    }

    /// Says what is not said of an object, where that is the case.
    fn unsaid_of(&mut self, object: ObjectId, facts: &[(bool, &str)]) {
        for (_, what) in facts.iter().filter(|(is_so, _)| *is_so) {
            let label = self.schema.label(object).unwrap_or_default();
            self.unsaid(label, *what);
        }
    }

    /// Enums; of the types that a schema defines DBML has no other.
    fn types(&mut self) {
        for it in self.schema.types_in_order() {
            let object = ObjectId::Type(it.id);
            match &it.definition {
                TypeDefinition::Domain(_) => {
                    let what = "what the domain allows; columns have its name for a type";
                    self.unsaid_of(object, &[(true, what)]);
                }
                TypeDefinition::Enum(labels) => self.enumeration(it, labels),
            }
            self.unsaid_of(object, &[(has_text(it.note.as_deref()), "its note")]);
        }
    }

    fn enumeration(&mut self, it: &UserType, labels: &[schema::Label]) {
        let object = ObjectId::Type(it.id);
        let mut values = Vec::with_capacity(labels.len());
        for label in labels.iter().filter(|label| !label.text.is_empty()) {
            self.note_is_kept(object, "the note of a label", label.note.as_deref());
            values.push(EnumValue {
                name: label.text.clone(),
                note: told(label.note.as_deref()),
                ..EnumValue::default()
            });
        }
        self.unsaid_of(
            object,
            &[
                (values.len() < labels.len(), "its empty label"),
                (values.is_empty(), "that it is an enum, for it has no labels"),
            ],
        );
        if !values.is_empty() {
            let path = self.path(it.namespace, &it.name);
            self.document.enums.push(Enum { path, values, ..Enum::default() });
        }
    }

    fn path(&self, namespace: NamespaceId, name: &Name) -> Path {
        let namespace = self.schema.namespaces.get(&namespace).map(|namespace| namespace.name.to_string());
        Path::new(namespace, name.as_str())
    }

    fn tables(&mut self) {
        let tables = self.schema.tables_by_name();
        let is_public = |table: &&&Table| self.schema.namespace_of(table).is_none_or(|name| name.as_str() == "public");
        self.names = tables.iter().filter(is_public).map(|table| &table.name).collect();
        self.document.tables.reserve_exact(tables.len());
        for table in tables {
            self.table(table);
        }
    }

    fn references(&mut self) {
        let schema = self.schema;
        let mut all: Vec<(&Table, &Table, &Reference)> = Vec::with_capacity(schema.references.len());
        for reference in schema.references.values() {
            match (schema.table(reference.referencing), schema.table(reference.referenced)) {
                (Some(from), Some(to)) if !reference.pairs.is_empty() => all.push((from, to, reference)),
                _ => self.unsaid(reference.name.as_str(), "a reference of which an end is not there"),
            }
        }
        all.sort_by_cached_key(|(table, _, reference)| {
            (schema.namespace_of(table), &table.name, &reference.name, reference.id)
        });
        let mut seen: HashSet<[Side; 2]> = HashSet::with_capacity(all.len());
        self.document.refs.reserve_exact(all.len());
        for (from, to, reference) in all {
            let side = |table: &Table, mut columns: Vec<ColumnId>| {
                columns.sort();
                (table.id, columns)
            };
            let mut sides = [side(from, reference.referencing_columns()), side(to, reference.referenced_columns())];
            sides.sort();
            let [one, other] = &sides;
            let problem = if one == other {
                "itself, as it references its own columns"
            } else if seen.contains(&sides) {
                "itself, as there is another reference between the same columns"
            } else {
                self.reference(from, to, reference);
                seen.insert(sides);
                continue;
            };
            self.unsaid(format!("{}.{}", schema.display_name(from), reference.name), problem);
        }
    }

    fn reference(&mut self, from: &Table, to: &Table, reference: &Reference) {
        let end = |table: &Table, columns: Vec<ColumnId>| {
            let path = self.path(table.namespace, &table.name);
            Endpoint { table: path, columns: table::names(table, &columns) }
        };
        let (referencing, referenced) =
            (end(from, reference.referencing_columns()), end(to, reference.referenced_columns()));
        let many = End { many: true, optional: false };
        // Of two ends joined by `-`, readers take the second for the one that holds the foreign key.
        let (relation, left, right) = match Ends::of(self.schema, reference).cardinality() {
            Cardinality::OneToOne => (Relation::default(), referenced, referencing),
            Cardinality::ManyToOne | Cardinality::OneToMany | Cardinality::ManyToMany => {
                (Relation { left: many, right: End::default() }, referencing, referenced)
            }
        };
        let action =
            |action: ReferentialAction| (action != ReferentialAction::NoAction).then(|| action.as_sql().to_owned());
        self.document.refs.push(Ref {
            name: Some(reference.name.to_string()),
            relation,
            left,
            right,
            on_delete: action(reference.on_delete),
            on_update: action(reference.on_update),
            ..Ref::default()
        });
        let options = &reference.options;
        self.unsaid_of(
            ObjectId::Reference(reference.id),
            &[
                (options.match_full, "that it matches all columns or none"),
                (options.deferral != Deferral::Never, "that it is deferrable"),
                (options.not_valid, "that older rows may break it"),
                (!options.set_columns.is_empty(), "which columns it sets"),
                (has_text(options.note.as_deref()), "its note"),
            ],
        );
    }

    fn annotations(&mut self) {
        let schema = self.schema;
        for it in schema.annotations_of(AnnotationKind::Group) {
            self.note_is_kept(ObjectId::Annotation(it.id), "its note", it.note.as_deref());
            let members = schema.members_of(it.id);
            let written = members.iter().filter(|table| !table.columns.is_empty());
            let tables = written.map(|table| self.path(table.namespace, &table.name)).collect();
            self.document.groups.push(Group {
                name: it.name.to_string(),
                color: it.color.clone(),
                note: told(it.note.as_deref()),
                tables,
                ..Group::default()
            });
        }
        for it in schema.annotations_of(AnnotationKind::Note) {
            self.note_is_kept(ObjectId::Annotation(it.id), "its text", it.note.as_deref());
            self.document.notes.push(StickyNote {
                path: Path::local(it.name.as_str()),
                color: it.color.clone(),
                text: it.note.clone().unwrap_or_default(),
                ..StickyNote::default()
            });
        }
    }

    /// What no text in DBML has: namespaces without anything in them, and what is kept as a statement.
    fn rest(&mut self) {
        let schema = self.schema;
        let tables = schema.tables.values().filter(|table| !table.columns.is_empty()).map(|table| table.namespace);
        let enums = schema.types.values().filter(|it| !it.labels().is_empty()).map(|it| it.namespace);
        let used: BTreeSet<NamespaceId> = tables.chain(enums).collect();
        for namespace in schema.namespaces.values().filter(|namespace| !used.contains(&namespace.id)) {
            self.unsaid(namespace.name.as_str(), "the schema, as it has no tables");
        }
        let mut opaque: Vec<_> = schema.opaque.values().collect();
        opaque.sort_by_key(|it| (it.kind, it.rank, &it.name, it.id));
        for it in opaque {
            let label = schema.label(ObjectId::Opaque(it.id)).unwrap_or_default();
            self.unsaid(label, format!("the {}", it.kind.words()));
        }
    }

    /// Readers drop the space before a note, and the space that all lines of one begin with.
    fn note_is_kept(&mut self, object: ObjectId, what: &str, note: Option<&str>) {
        let is_kept = note.is_none_or(|note| crate::reader::note_text(note) == note);
        self.unsaid_of(object, &[(!is_kept, &format!("{what} as it is, for readers drop the space before it"))]);
    }
}

/// A note, if it says anything.
fn told(note: Option<&str>) -> Option<String> {
    note.filter(|note| !note.is_empty()).map(str::to_owned)
}

fn has_text(note: Option<&str>) -> bool {
    note.is_some_and(|note| !note.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use schema::testing::{arbitrary_broken_schema, arbitrary_schema};

    proptest! {
        /// What readers of version 8 do not know is never in the document.
        #[test]
        fn nothing_is_left_to_the_printer(schema in prop_oneof![arbitrary_schema(), arbitrary_broken_schema()]) {
            let printed = print_for(&described(&schema).0, Version::Eight);
            prop_assert_eq!(printed.left_out, vec![]);
        }
    }
}
