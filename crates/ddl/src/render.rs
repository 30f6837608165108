//! The clauses that both scripts and plans are made of.

use crate::names::Names;
use crate::options;
use crate::quote::{quote_literal, quote_name};
use schema::{
    Check, Column, ColumnId, Expr, Expression, Index, Key, KeyKind, KeyOptions, ObjectId, Reference, ReferentialAction,
    Schema, Table, TableId, TypeDefinition, UnaryOperator, UserType,
};
use std::collections::{BTreeMap, BTreeSet};

/// What may be written shorter in one CREATE TABLE.
#[derive(Default)]
pub(crate) struct Shorthand<'a> {
    /// Keys, checks and references whose name PostgreSQL would choose by itself; none when every name is written.
    pub(crate) implied: Option<&'a BTreeSet<ObjectId>>,
    /// References written at their column.
    pub(crate) references: Vec<&'a Reference>,
}

impl Shorthand<'_> {
    fn implies(&self, object: ObjectId) -> bool {
        self.implied.is_some_and(|implied| implied.contains(&object))
    }
}

/// CREATE TABLE with columns, keys and checks.
pub(crate) fn create_table(names: &Names<'_>, table: &Table, short: &Shorthand<'_>) -> String {
    let mut lines: Vec<String> =
        table.columns.iter().map(|column| column_with_constraints(names, table, column, short)).collect();
    for key in keys_of_create(table) {
        if inline_key(short, table, key).is_none() {
            lines.push(key_clause(names, table.id, key, short.implies(ObjectId::Key(table.id, key.id))));
        }
    }
    for check in checks_in_order(table) {
        if inline_check(short, table, check).is_none() {
            let implied = short.implies(ObjectId::Check(table.id, check.id));
            lines.push(check_clause(names, table.id, check, implied));
        }
    }
    let create = if table.options.unlogged { "CREATE UNLOGGED TABLE" } else { "CREATE TABLE" };
    let body = if lines.is_empty() { "()".to_owned() } else { format!("(\n    {}\n)", lines.join(",\n    ")) };
    format!("{create} {} {body}{}", names.table(table.id), after_table(names, table))
}

fn after_table(names: &Names<'_>, table: &Table) -> String {
    let mut text = String::new();
    if !table.options.inherits.is_empty() {
        let parents: Vec<String> = table.options.inherits.iter().map(|id| names.table(*id)).collect();
        text.push_str(&format!("\nINHERITS ({})", parents.join(", ")));
    }
    if let Some(it) = &table.options.partitioning {
        text.push_str(&format!("\n{}", options::partitioning(names, table.id, it)));
    }
    if !table.options.parameters.is_empty() {
        text.push_str(&format!("\nWITH ({})", options::parameters(&table.options.parameters)));
    }
    text
}

/// The keys that a CREATE TABLE can make, the primary key first. PostgreSQL silently leaves out the second of two
/// over the same columns there, so that one has to be added afterwards: see [`keys_after_create`].
pub(crate) fn keys_of_create(table: &Table) -> Vec<&Key> {
    keys_in_order(table).filter(|key| !repeats(table, key)).collect()
}

/// The keys that have to be added to a table that was just created.
pub(crate) fn keys_after_create(table: &Table) -> Vec<&Key> {
    keys_in_order(table).filter(|key| repeats(table, key)).collect()
}

fn keys_in_order(table: &Table) -> impl Iterator<Item = &Key> {
    let mut keys: Vec<&Key> = table.keys.iter().collect();
    keys.sort_by_key(|key| (key.kind, &key.name, key.id));
    keys.into_iter()
}

/// The checks that a CREATE TABLE can make. To one of an empty table that need not hold, PostgreSQL says that it does.
fn checks_in_order(table: &Table) -> Vec<&Check> {
    let mut checks: Vec<&Check> = table.checks.iter().filter(|check| !check.options.not_valid).collect();
    checks.sort_by_key(|check| (&check.name, check.id));
    checks
}

/// The checks that have to be added to a table that was just created.
pub(crate) fn checks_after_create(table: &Table) -> Vec<&Check> {
    let mut checks: Vec<&Check> = table.checks.iter().filter(|check| check.options.not_valid).collect();
    checks.sort_by_key(|check| (&check.name, check.id));
    checks
}

fn repeats(table: &Table, key: &Key) -> bool {
    keys_in_order(table)
        .take_while(|other| other.id != key.id)
        .any(|other| other.columns == key.columns && key.kind != KeyKind::Exclusion)
}

/// A column as ADD COLUMN wants it: name, type, NOT NULL, default.
pub(crate) fn column_clause(names: &Names<'_>, table: &Table, column: &Column) -> String {
    let mut clause = name_and_type(names, table, column);
    push_null_and_default(&mut clause, names, table, column);
    clause
}

fn name_and_type(names: &Names<'_>, table: &Table, column: &Column) -> String {
    let name = names.quoted(ObjectId::Column(table.id, column.id));
    let collation = column.collation.as_ref().map(|it| format!(" COLLATE {}", options::qualified(it)));
    format!("{name} {}{}", names.data_type(&column.data_type), collation.unwrap_or_default())
}

fn push_null_and_default(clause: &mut String, names: &Names<'_>, table: &Table, column: &Column) {
    if !column.nullable && !column.data_type.has_sequence() {
        clause.push_str(" NOT NULL");
    }
    if let Some(generation) = &column.generation {
        clause.push_str(&format!(" {}", options::generation(names, table.id, generation)));
    }
    if let Some(default) = effective_default(column) {
        clause.push_str(" DEFAULT ");
        clause.push_str(&default_value(default));
    }
}

fn column_with_constraints(names: &Names<'_>, table: &Table, column: &Column, short: &Shorthand<'_>) -> String {
    let mut clause = name_and_type(names, table, column);
    let keys: Vec<&Key> =
        keys_of_create(table).into_iter().filter(|key| inline_key(short, table, key) == Some(column.id)).collect();
    if keys.iter().any(|key| key.kind == KeyKind::Primary) {
        clause.push_str(" PRIMARY KEY");
        let nullable = Column { nullable: true, ..column.clone() };
        push_null_and_default(&mut clause, names, table, &nullable);
    } else {
        push_null_and_default(&mut clause, names, table, column);
    }
    if keys.iter().any(|key| key.kind == KeyKind::Unique) {
        clause.push_str(" UNIQUE");
    }
    for check in checks_in_order(table) {
        if inline_check(short, table, check) == Some(column.id) {
            clause.push_str(&format!(" CHECK ({}){}", check.expression, options::after_check(&check.options)));
        }
    }
    for reference in &short.references {
        if reference.pairs.first().is_some_and(|pair| pair.referencing == column.id) {
            clause.push(' ');
            clause.push_str(&references_clause(names, reference));
        }
    }
    clause
}

/// The column that a key is written at.
fn inline_key(short: &Shorthand<'_>, table: &Table, key: &Key) -> Option<ColumnId> {
    match key.columns.as_slice() {
        [column] if is_plain_key(key) && short.implies(ObjectId::Key(table.id, key.id)) => Some(*column),
        _ => None,
    }
}

fn is_plain_key(key: &Key) -> bool {
    key.options == KeyOptions { note: key.options.note.clone(), ..KeyOptions::default() }
}

/// The column that a check is written at.
fn inline_check(short: &Shorthand<'_>, table: &Table, check: &Check) -> Option<ColumnId> {
    if !short.implies(ObjectId::Check(table.id, check.id)) || check.expression.tree().is_none() {
        return None;
    }
    let columns = check.expression.columns();
    let mut columns = columns.iter();
    match (columns.next(), columns.next()) {
        (Some(only), None) => table.column_named(only.as_str()).map(|column| column.id),
        _ => None,
    }
}

/// `CONSTRAINT name PRIMARY KEY (…)`.
pub(crate) fn key_clause(names: &Names<'_>, table: TableId, key: &Key, implied: bool) -> String {
    let kind = match key.kind {
        KeyKind::Primary => "PRIMARY KEY",
        KeyKind::Unique if key.options.nulls_not_distinct => "UNIQUE NULLS NOT DISTINCT",
        KeyKind::Unique | KeyKind::Exclusion => "UNIQUE",
    };
    let body = match &key.options.exclusion {
        Some(exclusion) => options::exclusion(names, table, exclusion),
        None => format!("{kind} ({})", names.columns(table, key.columns.iter().copied())),
    };
    let after = options::after_key(names, table, key);
    format!("{}{body}{after}", constraint(names, ObjectId::Key(table, key.id), implied))
}

/// `CONSTRAINT name CHECK (…)`.
pub(crate) fn check_clause(names: &Names<'_>, table: TableId, check: &Check, implied: bool) -> String {
    let after = options::after_check(&check.options);
    format!("{}CHECK ({}){after}", constraint(names, ObjectId::Check(table, check.id), implied), check.expression)
}

fn constraint(names: &Names<'_>, object: ObjectId, implied: bool) -> String {
    if implied { String::new() } else { format!("CONSTRAINT {} ", names.quoted(object)) }
}

/// ALTER TABLE that adds a reference.
pub(crate) fn add_reference(names: &Names<'_>, reference: &Reference, separator: &str) -> String {
    format!(
        "ALTER TABLE {}{separator}ADD CONSTRAINT {}{separator}FOREIGN KEY ({}) {}",
        names.table(reference.referencing),
        names.quoted(ObjectId::Reference(reference.id)),
        names.columns(reference.referencing, reference.referencing_columns()),
        references_clause(names, reference),
    )
}

/// `REFERENCES …` with the actions that are not the default.
fn references_clause(names: &Names<'_>, reference: &Reference) -> String {
    let mut clause = format!(
        "REFERENCES {}({})",
        names.table(reference.referenced),
        names.columns(reference.referenced, reference.referenced_columns())
    );
    if reference.options.match_full {
        clause.push_str(" MATCH FULL");
    }
    for (event, action) in [("DELETE", reference.on_delete), ("UPDATE", reference.on_update)] {
        if action != ReferentialAction::NoAction {
            clause.push_str(&format!(" ON {event} {}", action.as_sql().to_ascii_uppercase()));
        }
        if event == "DELETE" && !reference.options.set_columns.is_empty() {
            let columns = names.columns(reference.referencing, reference.options.set_columns.iter().copied());
            clause.push_str(&format!(" ({columns})"));
        }
    }
    clause.push_str(&options::after_reference(&reference.options));
    clause
}

/// CREATE INDEX.
pub(crate) fn create_index(names: &Names<'_>, table: TableId, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let name = names.quoted(ObjectId::Index(table, index.id));
    let mut text = format!("CREATE {unique}INDEX {name} ON {}", names.table(table));
    if let Some(method) = &index.options.method {
        text.push_str(&format!(" USING {}", quote_name(method.as_str())));
    }
    text.push_str(&format!(" ({})", options::parts(names, table, &index.parts)));
    if !index.options.include.is_empty() {
        text.push_str(&format!(" INCLUDE ({})", names.columns(table, index.options.include.iter().copied())));
    }
    if index.options.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.parameters.is_empty() {
        text.push_str(&format!(" WITH ({})", options::parameters(&index.options.parameters)));
    }
    if let Some(predicate) = &index.options.predicate {
        text.push_str(&format!(" WHERE ({})", names.formula(table, predicate)));
    }
    text
}

/// COMMENT ON a key, check, index or reference of the table.
pub(crate) fn comment_on(names: &Names<'_>, table: TableId, object: ObjectId, note: Option<&str>) -> String {
    let text = note.map_or_else(|| "NULL".to_owned(), quote_literal);
    if matches!(object, ObjectId::Index(..)) {
        return format!("COMMENT ON INDEX {} IS {text}", names.beside(table, object));
    }
    format!("COMMENT ON CONSTRAINT {} ON {} IS {text}", names.quoted(object), names.table(table))
}

/// COMMENT ON a type.
pub(crate) fn comment_on_type(names: &Names<'_>, it: &UserType, note: Option<&str>) -> String {
    let kind = match it.definition {
        TypeDefinition::Enum(_) => "TYPE",
        TypeDefinition::Domain(_) => "DOMAIN",
    };
    let text = note.map_or_else(|| "NULL".to_owned(), quote_literal);
    format!("COMMENT ON {kind} {} IS {text}", names.user_type(it.id))
}

/// COMMENT ON a table or a column; without a note the comment goes away.
pub(crate) fn comment(names: &Names<'_>, table: TableId, column: Option<ColumnId>, note: Option<&str>) -> String {
    let text = note.map_or_else(|| "NULL".to_owned(), quote_literal);
    match column {
        None => format!("COMMENT ON TABLE {} IS {text}", names.table(table)),
        Some(column) => format!(
            "COMMENT ON COLUMN {}.{} IS {text}",
            names.table(table),
            names.quoted(ObjectId::Column(table, column))
        ),
    }
}

/// CREATE SCHEMA; every database comes with `public`.
pub(crate) fn create_namespace(name: &str) -> String {
    let exists = if name == "public" { "IF NOT EXISTS " } else { "" };
    format!("CREATE SCHEMA {exists}{}", quote_name(name))
}

/// The default that PostgreSQL would store: `DEFAULT NULL` is none. Of NULL converted to a type it keeps some.
pub(crate) fn effective_default(column: &Column) -> Option<&Expression> {
    column.default.as_ref().filter(|default| default.tree() != Some(&Expr::Null))
}

/// The expression after DEFAULT, in brackets unless it is a plain value.
pub(crate) fn default_value(default: &Expression) -> String {
    if default.tree().is_some_and(is_plain) { default.to_string() } else { format!("({default})") }
}

fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Null
        | Expr::Boolean(_)
        | Expr::Number(_)
        | Expr::String(_)
        | Expr::Column(_)
        | Expr::Call(..)
        | Expr::Keyword(_) => true,
        Expr::Cast(inner, _) => is_plain(inner),
        Expr::Unary(operator, inner) => *operator != UnaryOperator::Not && matches!(**inner, Expr::Number(_)),
        Expr::Binary(..) | Expr::IsNull(..) | Expr::In(..) | Expr::Between(..) => false,
    }
}

/// The tables of a schema so that, where possible, a referenced table stands before the one that references it;
/// otherwise by name. `outgoing` are the references by the table that holds them.
pub(crate) fn tables_referenced_first<'a>(
    schema: &'a Schema,
    outgoing: &BTreeMap<TableId, Vec<&'a Reference>>,
) -> Vec<&'a Table> {
    let by_name = schema.tables_by_name();
    let mut done = BTreeSet::new();
    let mut order = Vec::with_capacity(by_name.len());
    let mut waiting = Vec::new();
    for start in &by_name {
        waiting.push((start.id, false));
        while let Some((id, ready)) = waiting.pop() {
            let Some(table) = schema.table(id) else { continue };
            if ready {
                order.push(table);
                continue;
            }
            if !done.insert(id) {
                continue;
            }
            waiting.push((id, true));
            let references = outgoing.get(&id).into_iter().flatten();
            let mut needs: Vec<&Table> =
                references.filter_map(|reference| schema.table(reference.referenced)).collect();
            needs.extend(table.options.parents().filter_map(|id| schema.table(id)));
            needs.sort_by_key(|table| std::cmp::Reverse((schema.namespace_of(table), &table.name, table.id)));
            waiting.extend(needs.into_iter().map(|table| (table.id, false)));
        }
    }
    order
}
