//! What the sidebar lists, worked out from the schema: no reactivity here.

use edit::{ItemKind, PendingChanges};
use schema::{Annotation, AnnotationKind, Cardinality, Ends, ObjectId, Reference, ReferentialAction, Schema, Table};
use std::collections::{BTreeMap, BTreeSet};

/// A line of the outline.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Row {
    /// What it is.
    pub object: ObjectId,
    /// 1 for schemas, 2 for tables, 3 for columns.
    pub level: u8,
    /// Its name.
    pub name: String,
    /// The type of a column, the number of tables of a schema.
    pub detail: String,
    /// Whether it is a column of the primary key.
    pub is_key: bool,
    /// Whether what is in it is shown; none for columns.
    pub is_expanded: Option<bool>,
    /// What is pending about it, or within it.
    pub mark: Option<ItemKind>,
    /// Its place among its neighbours, from 1, and how many they are.
    pub place: (usize, usize),
}

/// A line of the list of references.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ReferenceRow {
    /// Which.
    pub object: ObjectId,
    /// `orders.user_id`
    pub from: String,
    /// `users.id`
    pub to: String,
    /// `>` or `-`, as DBML writes it.
    pub sign: &'static str,
    /// The sign in words.
    pub words: &'static str,
    /// On delete, where it is not the default.
    pub on_delete: ReferentialAction,
    /// What is pending about it.
    pub mark: Option<ItemKind>,
}

/// A line of the list of types.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TypeRow {
    /// Which.
    pub object: ObjectId,
    /// Its name, with its schema where that is not `public`.
    pub name: String,
    /// `enum` or `domain`.
    pub kind: &'static str,
    /// The labels of an enum, the type that a domain rests on.
    pub detail: String,
    /// What is pending about it.
    pub mark: Option<ItemKind>,
}

/// A line of the list of groups and notes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AnnotationRow {
    /// Which.
    pub object: ObjectId,
    /// Whether it is a group.
    pub is_group: bool,
    /// Its name.
    pub name: String,
    /// How many tables a group has, the beginning of a note.
    pub detail: String,
    /// What is pending about it.
    pub mark: Option<ItemKind>,
}

/// Marks by object: a table is changed when anything in it is.
pub fn marks(pending: &PendingChanges) -> BTreeMap<ObjectId, ItemKind> {
    let mut marks = BTreeMap::new();
    for item in pending.items() {
        if let Some(table) = item.table {
            marks.entry(ObjectId::Table(table)).or_insert(ItemKind::Changed);
        }
    }
    marks.extend(pending.items().map(|item| (item.object, item.kind)));
    marks
}

/// The outline: schemas, their tables, and the columns of those that are unfolded. `toggled` holds what the person has
/// folded or unfolded against the usual: schemas are unfolded, tables folded. With a query, what has it in its name is
/// left, with what it stands in, folded or not.
pub fn rows(
    schema: &Schema,
    marks: &BTreeMap<ObjectId, ItemKind>,
    query: &str,
    toggled: &BTreeSet<ObjectId>,
) -> Vec<Row> {
    let wanted = query.trim().to_lowercase();
    let has = |name: &str| name.to_lowercase().contains(&wanted);
    let mut namespaces: Vec<_> = schema.namespaces.values().collect();
    namespaces.sort_by_key(|namespace| (&namespace.name, namespace.id));
    let tables = schema.tables_by_name();
    let mut rows = Vec::new();
    let count = namespaces.len();
    for (at, namespace) in namespaces.into_iter().enumerate() {
        let inside: Vec<&Table> = tables
            .iter()
            .copied()
            .filter(|table| table.namespace == namespace.id)
            .filter(|table| has(table.name.as_str()) || table.columns.iter().any(|column| has(column.name.as_str())))
            .collect();
        if inside.is_empty() && !wanted.is_empty() {
            continue;
        }
        let object = ObjectId::Namespace(namespace.id);
        let is_expanded = !wanted.is_empty() || !toggled.contains(&object);
        rows.push(Row {
            object,
            level: 1,
            name: namespace.name.to_string(),
            detail: inside.len().to_string(),
            is_key: false,
            is_expanded: Some(is_expanded),
            mark: marks.get(&object).copied(),
            place: (at + 1, count),
        });
        if is_expanded {
            let size = inside.len();
            for (at, table) in inside.into_iter().enumerate() {
                table_rows(&mut rows, (schema, table), (at + 1, size), marks, &wanted, toggled);
            }
        }
    }
    rows
}

/// Whether there is no table among the rows, nor in a schema that is folded.
pub fn has_no_table(rows: &[Row]) -> bool {
    rows.iter().all(|row| row.level == 1 && row.detail == "0")
}

fn table_rows(
    rows: &mut Vec<Row>,
    (schema, table): (&Schema, &Table),
    place: (usize, usize),
    marks: &BTreeMap<ObjectId, ItemKind>,
    wanted: &str,
    toggled: &BTreeSet<ObjectId>,
) {
    let object = ObjectId::Table(table.id);
    let hits: Vec<_> =
        table.columns.iter().filter(|column| column.name.as_str().to_lowercase().contains(wanted)).collect();
    let by_columns = !wanted.is_empty() && !table.name.as_str().to_lowercase().contains(wanted);
    let is_expanded = by_columns || toggled.contains(&object);
    rows.push(Row {
        object,
        level: 2,
        name: table.name.to_string(),
        detail: String::new(),
        is_key: false,
        is_expanded: Some(is_expanded),
        mark: marks.get(&object).copied(),
        place,
    });
    if !is_expanded {
        return;
    }
    let shown = if by_columns { hits } else { table.columns.iter().collect() };
    let size = shown.len();
    rows.extend(shown.into_iter().enumerate().map(|(at, column)| {
        let object = ObjectId::Column(table.id, column.id);
        Row {
            object,
            level: 3,
            name: column.name.to_string(),
            detail: schema.type_text(&column.data_type),
            is_key: table.in_primary_key(column.id),
            is_expanded: None,
            mark: marks.get(&object).copied(),
            place: (at + 1, size),
        }
    }));
}

/// All references that have the query in their names or ends, ordered by what they go from.
pub fn references(schema: &Schema, marks: &BTreeMap<ObjectId, ItemKind>, query: &str) -> Vec<ReferenceRow> {
    let wanted = query.trim().to_lowercase();
    let mut rows: Vec<ReferenceRow> = schema
        .references
        .values()
        .filter_map(|reference| row_of(schema, reference, marks).map(|row| (reference, row)))
        .filter(|(reference, row)| {
            [reference.name.as_str(), &row.from, &row.to].iter().any(|text| text.to_lowercase().contains(&wanted))
        })
        .map(|(_, row)| row)
        .collect();
    rows.sort_by(|a, b| (&a.from, &a.to, a.object).cmp(&(&b.from, &b.to, b.object)));
    rows
}

/// All enums and domains that have the query in their names or labels, by name.
pub fn types(schema: &Schema, marks: &BTreeMap<ObjectId, ItemKind>, query: &str) -> Vec<TypeRow> {
    let wanted = query.trim().to_lowercase();
    let row = |it: &schema::UserType| {
        let object = ObjectId::Type(it.id);
        let labels: Vec<&str> = it.labels().iter().map(|label| label.text.as_str()).collect();
        let detail = match it.base() {
            Some(base) => schema.type_text(base),
            None if labels.is_empty() => "no labels yet".to_owned(),
            None => labels.join(", "),
        };
        let name = schema.label(object)?;
        Some(TypeRow { object, name, kind: it.kind(), detail, mark: marks.get(&object).copied() })
    };
    let mut rows: Vec<TypeRow> = schema.types.values().filter_map(row).collect();
    rows.retain(|row| [&row.name, &row.detail].iter().any(|text| text.to_lowercase().contains(&wanted)));
    rows.sort_by(|a, b| (&a.name, a.object).cmp(&(&b.name, b.object)));
    rows
}

/// All groups and then notes that have the query in their names or texts, by name.
pub fn annotations(schema: &Schema, marks: &BTreeMap<ObjectId, ItemKind>, query: &str) -> Vec<AnnotationRow> {
    let wanted = query.trim().to_lowercase();
    let has = |text: &str| text.to_lowercase().contains(&wanted);
    let all = [AnnotationKind::Group, AnnotationKind::Note].into_iter().flat_map(|kind| schema.annotations_of(kind));
    let found = all.filter(|it| has(it.name.as_str()) || it.note.as_deref().is_some_and(has));
    let row = |it: &Annotation| {
        let (object, is_group) = (ObjectId::Annotation(it.id), it.kind == AnnotationKind::Group);
        let first_line = it.note.as_deref().and_then(|note| note.lines().next()).unwrap_or_default();
        let detail = if is_group { schema.members_of(it.id).len().to_string() } else { first_line.to_owned() };
        AnnotationRow { object, is_group, name: it.name.to_string(), detail, mark: marks.get(&object).copied() }
    };
    found.map(row).collect()
}

fn row_of(schema: &Schema, reference: &Reference, marks: &BTreeMap<ObjectId, ItemKind>) -> Option<ReferenceRow> {
    let object = ObjectId::Reference(reference.id);
    let (from, to) = ends(schema, reference)?;
    let (sign, words) = match Ends::of(schema, reference).cardinality() {
        Cardinality::OneToOne => ("-", "one to one"),
        Cardinality::ManyToOne | Cardinality::OneToMany | Cardinality::ManyToMany => (">", "many to one"),
    };
    Some(ReferenceRow {
        object,
        from,
        to,
        sign,
        words,
        on_delete: reference.on_delete,
        mark: marks.get(&object).copied(),
    })
}

/// `orders.user_id` and `users.id`, with brackets around several columns.
pub fn ends(schema: &Schema, reference: &Reference) -> Option<(String, String)> {
    let side = |table: schema::TableId, columns: &[schema::ColumnId]| {
        let table = schema.table(table)?;
        let names: Vec<&str> =
            columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect();
        let name = schema.display_name(table);
        Some(match names.as_slice() {
            [one] => format!("{name}.{one}"),
            many => format!("{name} ({})", many.join(", ")),
        })
    };
    Some((
        side(reference.referencing, &reference.referencing_columns())?,
        side(reference.referenced, &reference.referenced_columns())?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Schema {
        schema::testing::schema_from(
            "users\n  id integer!\n  email text!\n  pk users_pkey(id)\norders\n  id integer!\n  user_id integer\n  \
             pk orders_pkey(id)\nfk orders_user_id_fkey: orders(user_id) -> users(id)",
        )
    }

    fn names(rows: &[Row]) -> String {
        rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_query_leaves_what_has_it_and_what_that_stands_in() {
        let schema = sample();
        for (query, expect) in [
            ("", "public orders users"),
            ("USER", "public orders user_id users"),
            ("email", "public users email"),
            ("order", "public orders"),
            ("nothing", ""),
        ] {
            assert_eq!(names(&rows(&schema, &BTreeMap::new(), query, &BTreeSet::new())), expect, "{query}");
        }
    }

    #[test]
    fn folding_hides_and_unfolding_shows() {
        let schema = sample();
        let users = schema.tables.values().find(|table| table.name.as_str() == "users").unwrap().id;
        let public = schema.namespaces.keys().next().copied().unwrap();
        let folded = BTreeSet::from([ObjectId::Namespace(public)]);
        let shut = rows(&schema, &BTreeMap::new(), "", &folded);
        assert_eq!(names(&shut), "public");
        assert!(!has_no_table(&shut));
        assert_eq!(names(&rows(&schema, &BTreeMap::new(), "email", &folded)), "public users email");
        assert!(has_no_table(&rows(&schema, &BTreeMap::new(), "nothing", &folded)));
        assert!(has_no_table(&rows(&schema::testing::schema_from("namespace public"), &BTreeMap::new(), "", &folded)));
        let unfolded = BTreeSet::from([ObjectId::Table(users)]);
        assert_eq!(names(&rows(&schema, &BTreeMap::new(), "", &unfolded)), "public orders users id email");
        assert_eq!(names(&rows(&schema, &BTreeMap::new(), "email", &unfolded)), "public users email");
    }

    #[test]
    fn types_are_found_by_name_and_label() {
        let schema = schema::testing::schema_from(
            "enum mood: sad, happy\nenum auth.state: open\ndomain amount: numeric\nt\n  m mood\n",
        );
        for (query, expect) in [
            ("", "amount numeric / auth.state open / mood sad, happy"),
            ("HAPPY", "mood sad, happy"),
            ("auth", "auth.state open"),
            ("nothing", ""),
        ] {
            let rows = types(&schema, &BTreeMap::new(), query);
            let said: Vec<_> = rows.iter().map(|row| format!("{} {}", row.name, row.detail)).collect();
            assert_eq!(said.join(" / "), expect, "{query}");
        }
    }

    #[test]
    fn references_say_both_ends() {
        let rows = references(&sample(), &BTreeMap::new(), "users.id");
        let said: Vec<_> = rows.iter().map(|row| format!("{} {} {}", row.from, row.sign, row.to)).collect();
        assert_eq!(said, ["orders.user_id > users.id"]);
    }
}
