//! Whether two schemas say the same, whatever their ids.

use super::Found;
use super::expression::{simple_check, simple_default};
use schema::{
    Bounds, Column, ColumnId, DataType, Deferral, Expr, Expression, Formula, Generation, Index, IndexPart, KeyKind,
    Parameter, PartOf, Schema, Table, TypeDefinition,
};
use std::collections::BTreeSet;

/// What is said by only one of the two, a line each; empty when they are equal. Identities and the order of columns do
/// not count, and of the several ways to write one expression PostgreSQL's is as good as another.
pub fn differences(expected: &Schema, found: &Schema) -> Vec<String> {
    told(&lines(expected, Text::Told), &lines(found, Text::Told))
}

/// Like [`differences`], but for the texts of defaults and checks: PostgreSQL prints them as it keeps them, in other words
/// than they were given in more often than not. That a check is there still counts.
pub fn differences_in_shape(expected: &Schema, found: &Found) -> Vec<String> {
    let mut all = lines(&found.schema, Text::LeftOut);
    for (table, name) in &found.unread_checks {
        all.extend(found.schema.table(*table).map(|table| format!("check {} {name:?}", label(&found.schema, table))));
    }
    told(&lines(expected, Text::LeftOut), &all)
}

fn told(expected: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<String> {
    let missing = expected.difference(found).map(|line| format!("missing: {line}"));
    let unexpected = found.difference(expected).map(|line| format!("unexpected: {line}"));
    missing.chain(unexpected).collect()
}

/// Whether the texts of expressions count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Told,
    LeftOut,
}

fn lines(schema: &Schema, text: Text) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for namespace in schema.namespaces.values() {
        // Every database has it, wanted or not.
        if namespace.name.as_str() != "public" {
            lines.insert(format!("schema {:?}", namespace.name));
        }
    }
    for it in schema.types.values() {
        type_lines(schema, it, text, &mut lines);
    }
    for table in schema.tables.values() {
        table_lines(schema, table, text, &mut lines);
    }
    for reference in schema.references.values() {
        let tables = (schema.table(reference.referencing), schema.table(reference.referenced));
        let (Some(from), Some(to)) = tables else { continue };
        let options = &reference.options;
        let rest = format!(
            "{}{}{}{}{}",
            if options.match_full { " match full" } else { "" },
            deferral(options.deferral),
            if options.not_valid { " not valid" } else { "" },
            if options.set_columns.is_empty() {
                String::new()
            } else {
                format!(" ({})", names(from, &options.set_columns))
            },
            noted(options.note.as_deref()),
        );
        lines.insert(format!(
            "reference {} {:?} ({}) -> {} ({}) on delete {} on update {}{rest}",
            label(schema, from),
            reference.name,
            names(from, &reference.referencing_columns()),
            label(schema, to),
            names(to, &reference.referenced_columns()),
            reference.on_delete.as_sql(),
            reference.on_update.as_sql(),
        ));
    }
    lines
}

fn table_lines(schema: &Schema, table: &Table, text: Text, lines: &mut BTreeSet<String>) {
    let own = label(schema, table);
    lines.insert(format!("table {own} {:?}{}", note(table.note.as_deref()), table_options(schema, table, text)));
    for column in &table.columns {
        let serial = column.data_type.has_sequence();
        lines.insert(format!(
            "column {own}.{:?} {}{}{}{}{} {:?}",
            column.name,
            stored_type(schema, &column.data_type),
            column.collation.as_ref().map(|it| format!(" collate {:?}", it.name)).unwrap_or_default(),
            generation(table, column, text),
            if table.is_nullable(column.id) && !serial { "" } else { " not null" },
            if text == Text::Told { default_text(column) } else { String::new() },
            note(column.note.as_deref()),
        ));
    }
    // A partition has the keys and indexes of its table, whichever of the two they were made with.
    let is_partition = table.options.partition.is_some();
    for key in table.keys.iter().filter(|_| !is_partition) {
        let kind = match key.kind {
            KeyKind::Primary => "primary key",
            KeyKind::Unique => "unique",
            KeyKind::Exclusion => "exclude",
        };
        let options = &key.options;
        let exclusion = options.exclusion.iter().map(|it| {
            let elements =
                it.elements.iter().map(|(element, operator)| format!("{} with {operator}", part(table, element, text)));
            let elements: Vec<String> = elements.collect();
            format!(" using {} ({}){}", it.method, elements.join(", "), predicate(table, it.predicate.as_ref(), text))
        });
        lines.insert(format!(
            "{kind} {own} {:?} ({}){}{}{}{}{}",
            key.name,
            names(table, &key.columns),
            included(table, &options.include),
            if options.nulls_not_distinct { " nulls not distinct" } else { "" },
            deferral(options.deferral),
            exclusion.collect::<String>(),
            noted(options.note.as_deref()),
        ));
    }
    for check in &table.checks {
        let options = format!(
            "{}{}{}",
            if check.options.no_inherit { " no inherit" } else { "" },
            if check.options.not_valid { " not valid" } else { "" },
            noted(check.options.note.as_deref())
        );
        if text == Text::LeftOut {
            lines.insert(format!("check {own} {:?}{options}", check.name));
            continue;
        }
        // The catalog keeps a moment complete, and prints it for the session's time zone.
        let simple = simple_check(&check.expression, table).to_string();
        let simple = simple.replace(" 00:00:00+00'::timestamptz", "'::timestamptz");
        lines.insert(format!("check {own} {:?} {simple}{options}", check.name));
    }
    lines.extend(table.indexes.iter().filter(|_| !is_partition).map(|index| index_line(&own, table, index, text)));
}

fn index_line(own: &str, table: &Table, index: &Index, text: Text) -> String {
    let options = &index.options;
    let parts: Vec<String> = index.parts.iter().map(|it| part(table, it, text)).collect();
    format!(
        "{}index {own} {:?} {}({}){}{}{}{}{}",
        if index.unique { "unique " } else { "" },
        index.name,
        options.method.as_ref().filter(|it| it.as_str() != "btree").map(|it| format!("{it} ")).unwrap_or_default(),
        parts.join(", "),
        included(table, &options.include),
        if options.nulls_not_distinct { " nulls not distinct" } else { "" },
        parameters(&options.parameters),
        predicate(table, options.predicate.as_ref(), text),
        noted(options.note.as_deref()),
    )
}

fn part(table: &Table, part: &IndexPart, text: Text) -> String {
    let of = match &part.of {
        PartOf::Column(id) => names(table, &[*id]),
        PartOf::Expression(formula) => told_formula(table, formula, text),
    };
    format!(
        "{of}{}{}{}{}",
        part.collation.as_ref().map(|it| format!(" collate {:?}", it.name)).unwrap_or_default(),
        part.operator_class
            .as_ref()
            .map(|it| format!(" {:?}{}", it.name.name, parameters(&it.parameters)))
            .unwrap_or_default(),
        if part.descending { " desc" } else { "" },
        if part.nulls_first.unwrap_or(part.descending) { " nulls first" } else { "" },
    )
}

fn told_formula(table: &Table, formula: &Formula, text: Text) -> String {
    match text {
        Text::Told => format!("({})", simple_check(&formula.in_table(table), table)),
        Text::LeftOut => "(…)".to_owned(),
    }
}

fn predicate(table: &Table, formula: Option<&Formula>, text: Text) -> String {
    formula.map(|it| format!(" where {}", told_formula(table, it, text))).unwrap_or_default()
}

fn included(table: &Table, columns: &[ColumnId]) -> String {
    if columns.is_empty() { String::new() } else { format!(" include ({})", names(table, columns)) }
}

fn parameters(list: &[Parameter]) -> String {
    if list.is_empty() {
        return String::new();
    }
    let list: Vec<String> = list.iter().map(|it| format!("{} = {:?}", it.name, it.value)).collect();
    format!(" with ({})", list.join(", "))
}

fn deferral(it: Deferral) -> &'static str {
    match it {
        Deferral::Never => "",
        Deferral::Deferrable => " deferrable",
        Deferral::Deferred => " deferred",
    }
}

fn noted(it: Option<&str>) -> String {
    let text = note(it);
    if text.is_empty() { text } else { format!(" {text:?}") }
}

fn generation(table: &Table, column: &Column, text: Text) -> String {
    match &column.generation {
        None => String::new(),
        Some(Generation::AlwaysIdentity) => " always identity".to_owned(),
        Some(Generation::DefaultIdentity) => " identity".to_owned(),
        Some(Generation::Stored(it)) => format!(" stored as {}", told_formula(table, it, text)),
        Some(Generation::Virtual(it)) => format!(" virtual as {}", told_formula(table, it, text)),
    }
}

fn table_options(schema: &Schema, table: &Table, text: Text) -> String {
    let options = &table.options;
    let parent = |id: &schema::TableId| schema.table(*id).map(|it| label(schema, it)).unwrap_or_default();
    let mut words = parameters(&options.parameters);
    if options.unlogged {
        words.push_str(" unlogged");
    }
    if let Some(it) = &options.partitioning {
        let parts: Vec<String> = it.parts.iter().map(|it| part(table, it, text)).collect();
        words.push_str(&format!(" partitioned by {} ({})", it.strategy.as_sql(), parts.join(", ")));
    }
    if let Some(it) = &options.partition {
        words.push_str(&format!(" partition of {} {}", parent(&it.parent), bounds(&it.bounds)));
    }
    for id in &options.inherits {
        words.push_str(&format!(" inherits {}", parent(id)));
    }
    words
}

/// The catalog keeps a number of hash bounds as it is, and converts all other values, so that only their count counts.
fn bounds(it: &Bounds) -> String {
    let count = |list: &[Expression]| list.len();
    match it {
        Bounds::Default => "default".to_owned(),
        Bounds::Range(from, to) => format!("from {} to {}", count(from), count(to)),
        Bounds::List(list) => format!("in {}", count(list)),
        Bounds::Hash(modulus, remainder) => format!("modulus {modulus} remainder {remainder}"),
    }
}

fn type_lines(schema: &Schema, it: &schema::UserType, text: Text, lines: &mut BTreeSet<String>) {
    let own = stored_type(schema, &DataType::defined(it.id));
    let said = note(it.note.as_deref());
    match &it.definition {
        TypeDefinition::Enum(labels) => {
            let labels: Vec<String> = labels.iter().map(|label| format!("{:?}", label.text)).collect();
            lines.insert(format!("enum {own} ({}) {said:?}", labels.join(", ")));
        }
        TypeDefinition::Domain(domain) => {
            let default = match (&domain.default, text) {
                (Some(default), Text::Told) => format!(" default {}", simple_default(default, &domain.base)),
                (Some(_), Text::LeftOut) => " default".to_owned(),
                (None, _) => String::new(),
            };
            lines.insert(format!(
                "domain {own} {}{}{}{default} {said:?}",
                stored_type(schema, &domain.base),
                domain.collation.as_ref().map(|it| format!(" collate {:?}", it.name)).unwrap_or_default(),
                if domain.nullable { "" } else { " not null" },
            ));
            for check in &domain.checks {
                let told = if text == Text::Told { check.expression.to_string() } else { String::new() };
                let not_valid = if check.not_valid { " not valid" } else { "" };
                lines.insert(format!("check {own} {:?} {told}{not_valid}", check.name));
            }
        }
    }
}

fn label(schema: &Schema, table: &Table) -> String {
    format!("{:?}.{:?}", schema.namespace_of(table).map_or("", |name| name.as_str()), table.name.as_str())
}

fn names(table: &Table, columns: &[ColumnId]) -> String {
    let names: Vec<String> =
        columns.iter().filter_map(|id| table.column(*id)).map(|column| format!("{:?}", column.name)).collect();
    names.join(", ")
}

fn note(note: Option<&str>) -> String {
    note.unwrap_or_default().replace('\0', "")
}

fn default_text(column: &Column) -> String {
    let Some(default) = &column.default else { return String::new() };
    let simple = simple_default(default, &column.data_type);
    let mut tree = simple.tree();
    while let Some(Expr::Cast(inner, _)) = tree {
        tree = Some(inner);
    }
    if matches!(tree, Some(Expr::Null)) { String::new() } else { format!(" default {simple}") }
}

/// The type as the catalog keeps it: char is char(1), numeric(5) is numeric(5, 0), and an array has no dimensions.
fn stored_type(schema: &Schema, data_type: &DataType) -> String {
    let Some(base) = data_type.base() else {
        let plain = schema.type_text(data_type);
        let brackets = if data_type.dimensions() > 0 { "[]" } else { "" };
        return format!("{}{brackets}", plain.trim_end_matches("[]"));
    };
    if data_type.to_string().starts_with("interval ") {
        return data_type.to_string();
    }
    let mut plain = base.as_str().to_owned();
    let mut args: Vec<i32> = data_type.args().to_vec();
    match (plain.as_str(), args.as_slice()) {
        ("char" | "bit", []) => args.push(1),
        ("numeric", [_]) => args.push(0),
        _ => {}
    }
    if !args.is_empty() {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        plain.push_str(&format!("({})", args.join(", ")));
    }
    if data_type.dimensions() > 0 {
        plain.push_str("[]");
    }
    plain
}
