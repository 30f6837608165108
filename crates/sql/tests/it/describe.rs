//! A catalog in a few lines, for tests.

use sql::{Action, Catalog, IdentityKind, IndexPart, MatchKind, Parameter, PartKey, Table};

/// Everything in a catalog, one object a line.
pub(crate) fn describe(catalog: &Catalog) -> String {
    let mut lines = Vec::new();
    for found in &catalog.enums {
        lines.push(format!("enum {}: {}", found.name, found.values.join(" ")));
    }
    for domain in &catalog.domains {
        let not_null = if domain.not_null { "!" } else { "" };
        let default = domain.default.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
        let checks: Vec<String> =
            domain.checks.iter().map(|check| format!(" check {}: {}", check.name, check.expression)).collect();
        lines.push(format!("domain {}: {}{not_null}{default}{}", domain.name, domain.type_name, checks.concat()));
    }
    for table in &catalog.tables {
        lines.extend(table_lines(table));
    }
    for sequence in &catalog.sequences {
        let owner = sequence.owned_by.as_ref().map(|(table, column)| format!(" of {table}.{column}"));
        lines.push(format!("sequence {}{}", sequence.name, owner.unwrap_or_default()));
    }
    for object in &catalog.objects {
        let name = object.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        let on = object.table.as_ref().map(|table| format!(" on {table}")).unwrap_or_default();
        lines.push(format!("{}{name}{on}", object.kind));
    }
    lines.extend(catalog.diagnostics.iter().map(|found| format!("? {}", found.message)));
    lines.join("\n")
}

fn table_lines(table: &Table) -> Vec<String> {
    let kind = if table.temporary { "temporary" } else { "table" };
    let mut lines = vec![format!("{kind} {}{}", table.name, note(&table.comment))];
    lines.extend(table.columns.iter().map(column_line));
    for key in &table.keys {
        let kind = if key.primary { "pk" } else { "unique" };
        let deferrable = deferrable(key.deferrable, key.deferred);
        let (parts, include, with) = (parts(&key.parts), include(&key.include), with(&key.parameters));
        lines.push(format!("  {kind} {}({parts}){deferrable}{include}{with}", key.name));
    }
    for check in &table.checks {
        let valid = if check.not_valid { " not valid" } else { "" };
        lines.push(format!("  check {}: {}{valid}", check.name, check.expression));
    }
    for found in &table.exclusions {
        let elements: Vec<String> = found
            .elements
            .iter()
            .map(|(part, with)| format!("{} with {with}", parts(std::slice::from_ref(part))))
            .collect();
        lines.push(format!("  exclude {}({})", found.name, elements.join(", ")));
    }
    for index in &table.indexes {
        let unique = if index.unique { "unique index" } else { "index" };
        let method = index.method.as_ref().map(|method| format!(" {method}")).unwrap_or_default();
        let rows = index.predicate.as_ref().map(|rows| format!(" where {rows}")).unwrap_or_default();
        lines.push(format!(
            "  {unique} {}{method}({}){}{rows}{}",
            index.name,
            parts(&index.parts),
            include(&index.include),
            with(&index.parameters)
        ));
    }
    for reference in &table.references {
        let actions = [("delete", reference.on_delete), ("update", reference.on_update)];
        let actions: Vec<String> = actions
            .iter()
            .filter(|(_, action)| *action != Action::NoAction)
            .map(|(event, action)| format!(" on {event} {action:?}"))
            .collect();
        let full = if reference.match_kind == MatchKind::Full { " match full" } else { "" };
        let valid = if reference.not_valid { " not valid" } else { "" };
        let (from, to) = (reference.columns.join(", "), reference.referenced.join(", "));
        let deferrable = deferrable(reference.deferrable, reference.deferred);
        let name = &reference.name;
        lines.push(format!(
            "  fk {name}({from}) -> {}({to}){}{full}{deferrable}{valid}",
            reference.table,
            actions.concat()
        ));
    }
    if let Some((parent, bound)) = &table.partition_of {
        lines.push(format!("  partition of {parent} {bound}"));
    }
    lines.extend(table.partition_by.iter().map(|how| format!("  partition by {}", how.text)));
    lines.extend(table.unlogged.then(|| "  unlogged".to_owned()));
    lines.extend(table.parameters.iter().map(|it| format!("  with {it}")));
    for it in &table.settings {
        let column = it.column.as_ref().map(|column| format!("{column}: ")).unwrap_or_default();
        lines.push(format!("  set {column}{}", it.text));
    }
    lines
}

fn column_line(column: &sql::Column) -> String {
    let not_null = if column.not_null { "!" } else { "" };
    let data_type = if column.type_name.is_empty() { String::new() } else { format!(" {}", column.type_name) };
    let mut line = format!("  {}{data_type}{not_null}", column.name);
    if column.serial {
        line.push_str(" serial");
    }
    if let Some(default) = column.default.as_ref().filter(|_| !column.serial) {
        line.push_str(&format!(" = {default}"));
    }
    if let Some(identity) = &column.identity {
        line.push_str(match identity.kind {
            IdentityKind::Always => " always",
            IdentityKind::ByDefault => " by default",
            IdentityKind::AutoIncrement => " auto",
            IdentityKind::Seeded => " seeded",
        });
        line.push_str(&identity.options.as_ref().map(|options| format!("({options})")).unwrap_or_default());
    }
    if let Some(generated) = &column.generated {
        line.push_str(&format!(" as {}{}", generated.expression, if generated.stored { " stored" } else { "" }));
    }
    line.push_str(&column.on_update.as_ref().map(|value| format!(" on update {value}")).unwrap_or_default());
    line.push_str(&column.collation.as_ref().map(|value| format!(" collate {value}")).unwrap_or_default());
    line + &note(&column.comment)
}

fn note(comment: &Option<String>) -> String {
    comment.as_ref().map(|text| format!(" # {text}")).unwrap_or_default()
}

fn include(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!(" include {}", columns.join(", ")) }
}

fn with(parameters: &[Parameter]) -> String {
    parameters.iter().map(|it| format!(" with {it}")).collect()
}

fn deferrable(deferrable: bool, deferred: bool) -> &'static str {
    match (deferrable, deferred) {
        (_, true) => " deferred",
        (true, false) => " deferrable",
        (false, false) => "",
    }
}

fn parts(parts: &[IndexPart]) -> String {
    let parts = parts.iter().map(|part| {
        let mut text = match &part.key {
            PartKey::Column(name) => name.clone(),
            PartKey::Expression(expression) => format!("({expression})"),
        };
        text.push_str(&part.prefix.map(|length| format!("({length})")).unwrap_or_default());
        text.push_str(&part.class.as_ref().map(|class| format!(" {class}")).unwrap_or_default());
        text.push_str(if part.descending { " desc" } else { "" });
        text.push_str(match part.nulls_first {
            Some(true) => " nulls first",
            Some(false) => " nulls last",
            None => "",
        });
        text
    });
    parts.collect::<Vec<_>>().join(", ")
}

/// A text as a catalog, with what was not understood of it (`!`) and what was left (`lost`, `left`).
pub(crate) fn everything(text: &str, dialect: sql::Dialect) -> String {
    let script = sql::read(text, dialect);
    let mut out = describe(&sql::build(&script));
    for statement in &script.statements {
        if let sql::Body::NotUnderstood { reason, .. } = &statement.body {
            out.push_str(&format!("\n! {}: {reason}", statement.line));
        }
        for left in &statement.left {
            let kind = if left.lost { "lost" } else { "left" };
            out.push_str(&format!("\n{kind} {}: {}", left.line, left.what));
        }
    }
    out.trim_start().to_owned()
}
