//! W16: names that have to be quoted.

use super::facts::Facts;
use super::fixes::set;
use super::{Finding, Fix, Rule, Severity};
use edit::Attribute;
use schema::{Name, ObjectId, Table, is_bare};

pub(super) const RULE: Rule = Rule {
    id: "W16",
    title: "Name that has to be quoted",
    why: "Names with capitals, spaces or other signs, and words of SQL such as order and user, have to stand in quotes \
          in every statement; without them, PostgreSQL takes them for another name or for no name at all. Where most \
          names of a schema are written so, that is its way, and is not told.",
    severity: Severity::Style,
    find,
    #[cfg(test)]
    cases: super::tests::Cases {
        finds: &[
            "create table users (id bigint primary key, mail text, \"firstName\" text);",
            "create table \"Order Items\" (id bigint primary key, mail text);",
            "create table \"user\" (id bigint primary key, mail text);",
        ],
        spares: &[
            "create table users (id bigint primary key, mail text, name text, day date, timestamp timestamptz);",
            "create table \"Users\" (\"Id\" bigint primary key, \"Mail\" text);",
        ],
    },
};

fn find(facts: &Facts<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut count = 0_usize;
    for table in &facts.tables {
        count += 1 + table.columns.len();
        if needs_quotes(&table.name) {
            let is_free = |name: &Name| facts.is_free(table, name);
            found.push(told(facts, ObjectId::Table(table.id), &table.name, is_free));
        }
        for column in table.columns.iter().filter(|column| needs_quotes(&column.name)) {
            let is_free = |name: &Name| has_room(table, name);
            found.push(told(facts, ObjectId::Column(table.id, column.id), &column.name, is_free));
        }
    }
    if found.len() * 2 > count { Vec::new() } else { found }
}

/// Words of SQL that are names of columns and tables all the same, as PostgreSQL says (`pg_get_keywords()`, category C).
#[rustfmt::skip]
const ALLOWED: [&str; 43] = [
    "between", "bigint", "bit", "boolean", "char", "character", "coalesce", "dec", "decimal", "exists", "extract", "float",
    "greatest", "grouping", "inout", "int", "integer", "interval", "json", "least", "national", "nchar", "none",
    "normalize", "nullif", "numeric", "out", "overlay", "position", "precision", "real", "row", "setof", "smallint",
    "substring", "time", "timestamp", "treat", "trim", "values", "varchar", "xmlparse", "xmltable",
];

fn needs_quotes(name: &Name) -> bool {
    !is_bare(name.as_str()) && !ALLOWED.contains(&name.as_str())
}

fn has_room(table: &Table, name: &Name) -> bool {
    table.column_named(name.as_str()).is_none()
}

fn told(facts: &Facts<'_>, object: ObjectId, name: &Name, is_free: impl Fn(&Name) -> bool) -> Finding {
    let label = facts.schema.label(object).unwrap_or_default();
    let is_word = is_bare(&format!("{name}_"));
    let why = if is_word { "is a word of SQL" } else { "is not all small letters, digits and _" };
    let plain = plain(name).filter(is_free);
    let way =
        plain.as_ref().map_or_else(|| "another name needs none".to_owned(), |plain| format!("{plain} needs none"));
    let message = format!("{label} has to be written in quotes everywhere, as it {why}; {way}");
    // What is kept as a statement has the name in its text.
    let edit = plain.filter(|_| facts.schema.opaque.is_empty()).and_then(|plain| {
        let label = format!("rename {label} to {plain}");
        Fix::of(label, set(facts.schema, object, Attribute::Name(plain)).into_iter().collect())
    });
    RULE.found(vec![object], message, edit)
}

/// `order_items` for `Order Items` and for `orderItems`; none where that is no bare name either.
fn plain(name: &Name) -> Option<Name> {
    let mut plain = String::new();
    let mut was_small = false;
    for c in name.as_str().chars() {
        if c.is_ascii_uppercase() && was_small {
            plain.push('_');
        }
        was_small = c.is_ascii_lowercase() || c.is_ascii_digit();
        plain.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    }
    let is_ascii = name.as_str().chars().all(|c| c.is_ascii_alphanumeric() || " -_.".contains(c));
    Name::parse(&plain).ok().filter(|plain| is_ascii && is_bare(plain.as_str()))
}
