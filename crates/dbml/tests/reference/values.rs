//! Values of rows, as the type of their column makes them.

use dbml::Linked;
use dbml::document::{Column, Records, Value};
use serde_json::json;

const INTEGERS: [&str; 9] =
    ["int", "integer", "smallint", "bigint", "tinyint", "mediumint", "serial", "bigserial", "smallserial"];
const REALS: [&str; 7] = ["decimal", "numeric", "float", "double", "real", "number", "double precision"];
const BOOLEANS: [&str; 3] = ["bool", "boolean", "bit"];
const STRINGS: [&str; 15] = [
    "varchar",
    "char",
    "text",
    "tinytext",
    "mediumtext",
    "longtext",
    "string",
    "character",
    "character varying",
    "nvarchar",
    "nchar",
    "ntext",
    "varchar2",
    "nvarchar2",
    "",
];
const TIMES: [&str; 4] = ["time", "timetz", "time with time zone", "time without time zone"];
const MOMENTS: [&str; 8] = [
    "datetime",
    "timestamp",
    "timestamptz",
    "timestamp with time zone",
    "timestamp without time zone",
    "datetime2",
    "smalldatetime",
    "timestamp with local time zone",
];

/// A block of rows as it was recorded; none for one without columns.
pub(crate) fn records(records: &Records, linked: &Linked<'_>) -> Option<serde_json::Value> {
    let table = linked.names.table(&records.table)?;
    let found = linked.tables.iter().find(|one| std::ptr::eq(one.table, table))?;
    let all = || found.columns.iter().map(|column| column.column);
    let columns: Vec<&Column> = match &records.columns {
        Some(names) => names.iter().filter_map(|name| all().find(|column| column.name == *name)).collect(),
        None => all().collect(),
    };
    let rows = records.rows.iter().map(|row| {
        let values = row.values.iter().zip(&columns).map(|(value, column)| typed(value, column, linked));
        values.collect::<Vec<_>>()
    });
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let schema = (!table.path.schema.is_empty()).then(|| table.path.schema_name());
    let rows: Vec<_> = rows.collect();
    Some(json!({"schema": schema, "table": table.path.name, "columns": names, "values": rows}))
}

fn typed(value: &Value, column: &Column, linked: &Linked<'_>) -> serde_json::Value {
    let text = column.data_type.text();
    let base = text.split('(').next().unwrap().to_lowercase();
    // An enum of a schema was taken for an unknown type.
    let is_enum = column.data_type.schema.is_none() && linked.names.enum_of(&column.data_type).is_some();
    let kind = if is_enum {
        "string"
    } else if INTEGERS.contains(&base.as_str()) {
        "integer"
    } else if REALS.contains(&base.as_str()) {
        "real"
    } else if BOOLEANS.contains(&base.as_str()) {
        "bool"
    } else if STRINGS.contains(&base.as_str()) {
        "string"
    } else if base == "date" {
        "date"
    } else if TIMES.contains(&base.as_str()) {
        "time"
    } else if MOMENTS.contains(&base.as_str()) {
        "datetime"
    } else {
        text.split('(').next().unwrap()
    };
    let as_text = match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(text) => Some(text.parse::<f64>().unwrap().to_string()),
        Value::Boolean(value) => Some(value.to_string()),
        Value::Null | Value::Expression(_) | Value::Enum(..) => None,
    };
    let fallback = match &as_text {
        Some(text) => json!({"value": text, "type": kind}),
        None => json!({"value": "", "type": "expression"}),
    };
    match value {
        Value::Expression(text) => json!({"value": text, "type": "expression"}),
        Value::Null => json!({"value": null, "type": kind}),
        Value::String(text) if text.is_empty() && !STRINGS.contains(&base.as_str()) => {
            json!({"value": null, "type": kind})
        }
        Value::String(text) if is_enum => json!({"value": text, "type": kind}),
        _ if is_enum => json!({"type": kind}),
        Value::Number(text) if matches!(kind, "integer" | "real") => {
            let number: f64 = text.parse().unwrap();
            json!({"value": if kind == "integer" { number.floor() } else { number }, "type": kind})
        }
        _ if kind == "bool" => truth(value).map_or(fallback, |value| json!({"value": value, "type": kind})),
        Value::String(text) if matches!(kind, "date" | "time" | "datetime") => {
            moment(text).map_or(fallback, |text| json!({"value": text, "type": kind}))
        }
        Value::Boolean(_) | Value::Number(_) | Value::String(_) | Value::Enum(..) => fallback,
    }
}

fn truth(value: &Value) -> Option<bool> {
    let text = match value {
        Value::Boolean(value) => return Some(*value),
        Value::Number(text) | Value::String(text) => text.to_lowercase(),
        Value::Null | Value::Expression(_) | Value::Enum(..) => return None,
    };
    match text.as_str() {
        "true" | "yes" | "y" | "t" | "1" => Some(true),
        "false" | "no" | "n" | "f" | "0" => Some(false),
        _ => None,
    }
}

/// A date, a time, or both with `T` between them, in the one spelling that is recorded.
fn moment(text: &str) -> Option<String> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b"-:.+TZ".contains(&byte));
    let (date, time) = match text.split_once([' ', 'T']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if !digits(text) && !text.contains(' ') {
        return american(text);
    }
    match time {
        Some(time) if digits(date) && digits(time) => Some(format!("{date}T{}", short(time))),
        Some(_) => american(text),
        None if date.contains(':') => Some(short(date)),
        None => american(text).or_else(|| Some(date.to_owned())),
    }
}

/// Milliseconds are left out where there are none.
fn short(time: &str) -> String {
    time.replace(".000", "")
}

/// `M/d/yyyy`, `d MMM yyyy` or `MMM d, yyyy`.
fn american(text: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<&str> = text.split(['/', ' ']).map(|part| part.trim_end_matches(',')).collect();
    let [first, second, year] = parts.as_slice() else { return None };
    let month_of = |word: &str| MONTHS.iter().position(|month| word.eq_ignore_ascii_case(month)).map(|n| n + 1);
    let (month, day) = match (month_of(first), month_of(second)) {
        (Some(month), _) => (month, second.parse::<u32>().ok()?),
        (None, Some(month)) => (month, first.parse().ok()?),
        (None, None) => (first.parse().ok()?, second.parse().ok()?),
    };
    Some(format!("{year}-{month:02}-{day:02}"))
}
