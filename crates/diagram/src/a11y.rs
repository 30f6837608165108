//! The diagram in words: what a screen reader says of each table, column and reference.

use schema::{Cardinality, Ends, ObjectId, Reference, ReferentialAction, Schema, Table};

/// One thing to be read out, with what lies within it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The object.
    pub id: ObjectId,
    /// What it is.
    pub role: Role,
    /// What it is called, such as `orders` or `orders.user_id references users.id, many to one`.
    pub name: String,
    /// What else there is to know; may be empty.
    pub description: String,
    /// The columns of a table; nothing for the rest.
    pub children: Vec<Node>,
}

/// What a [`Node`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A reference.
    Reference,
}

/// All tables in the order in which people read them, each with its columns, and then all references in the order of
/// the tables and columns that they start from.
pub fn nodes(schema: &Schema) -> Vec<Node> {
    let tables = schema.tables_by_name();
    let counts = reference_counts(schema);
    let mut nodes: Vec<Node> = tables.iter().map(|table| table_node(schema, table, &counts)).collect();
    let mut references: Vec<(String, Node)> = schema
        .references
        .values()
        .map(|reference| {
            let node = reference_node(schema, reference);
            (node.name.clone(), node)
        })
        .collect();
    references.sort_by(|a, b| a.0.cmp(&b.0));
    nodes.extend(references.into_iter().map(|(_, node)| node));
    nodes
}

/// What is said of one reference: `orders.user_id references users.id, many to one, on delete cascade`.
pub fn spoken_reference(schema: &Schema, reference: &Reference) -> String {
    let side = |table, columns: &[schema::ColumnId]| {
        let Some(table) = schema.table(table) else { return "a table that is gone".to_owned() };
        let name = |column: &schema::ColumnId| table.column(*column).map_or("?", |column| column.name.as_str());
        let columns: Vec<&str> = columns.iter().map(name).collect();
        match columns.as_slice() {
            [one] => format!("{}.{one}", schema.display_name(table)),
            several => format!("{} ({})", schema.display_name(table), several.join(", ")),
        }
    };
    let from = side(reference.referencing, &reference.referencing_columns());
    let to = side(reference.referenced, &reference.referenced_columns());
    let cardinality = match Ends::of(schema, reference).cardinality() {
        Cardinality::ManyToOne => "many to one",
        Cardinality::OneToMany => "one to many",
        Cardinality::OneToOne => "one to one",
        Cardinality::ManyToMany => "many to many",
    };
    let mut text = format!("{from} references {to}, {cardinality}");
    for (event, action) in [("delete", reference.on_delete), ("update", reference.on_update)] {
        if action != ReferentialAction::NoAction {
            text.push_str(&format!(", on {event} {}", action.as_sql()));
        }
    }
    text
}

type Counts = std::collections::BTreeMap<schema::TableId, usize>;

fn reference_counts(schema: &Schema) -> Counts {
    let mut counts = Counts::new();
    for reference in schema.references.values() {
        *counts.entry(reference.referencing).or_default() += 1;
        if reference.referenced != reference.referencing {
            *counts.entry(reference.referenced).or_default() += 1;
        }
    }
    counts
}

fn table_node(schema: &Schema, table: &Table, counts: &Counts) -> Node {
    let n_references = counts.get(&table.id).copied().unwrap_or(0);
    let columns = counted(table.columns.len(), "column");
    let mut description = format!("{columns}, {}", counted(n_references, "reference"));
    if let Some(note) = &table.note {
        description.push_str(&format!(". {note}"));
    }
    Node {
        id: ObjectId::Table(table.id),
        role: Role::Table,
        name: schema.display_name(table),
        description,
        children: table.columns.iter().map(|column| column_node(schema, table, column)).collect(),
    }
}

fn column_node(schema: &Schema, table: &Table, column: &schema::Column) -> Node {
    let mut facts = vec![schema.type_text(&column.data_type)];
    if table.in_primary_key(column.id) {
        facts.push("primary key".to_owned());
    } else {
        if table.unique_sets().any(|set| set == [column.id]) {
            facts.push("unique".to_owned());
        }
        facts.push(if column.nullable { "may be null" } else { "not null" }.to_owned());
    }
    let mut description = facts.join(", ");
    if let Some(note) = &column.note {
        description.push_str(&format!(". {note}"));
    }
    Node {
        id: ObjectId::Column(table.id, column.id),
        role: Role::Column,
        name: column.name.to_string(),
        description,
        children: Vec::new(),
    }
}

fn reference_node(schema: &Schema, reference: &Reference) -> Node {
    Node {
        id: ObjectId::Reference(reference.id),
        role: Role::Reference,
        name: spoken_reference(schema, reference),
        description: reference.name.to_string(),
        children: Vec::new(),
    }
}

fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
