//! Types as the databases themselves name them.

use crate::Dialect;
use crate::script::TypeText;

/// What a type means.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Normal {
    /// As the database names it.
    pub(crate) name: String,
    /// PostgreSQL's serial: NOT NULL, with a sequence.
    pub(crate) serial: bool,
}

/// The type as the dialect's database names it.
pub(crate) fn normal(found: &TypeText, dialect: Dialect) -> Normal {
    match dialect {
        Dialect::Postgres => postgres(found),
        Dialect::MySql | Dialect::MariaDb => Normal { name: my(found), serial: false },
        Dialect::Sqlite => Normal { name: found.text.clone(), serial: false },
        Dialect::Oracle | Dialect::SqlServer => Normal { name: plain(found), serial: false },
    }
}

fn plain(found: &TypeText) -> String {
    let mut name = match &found.schema {
        Some(schema) => format!("{schema}.{}", found.name),
        None => found.name.clone(),
    };
    if !found.args.is_empty() {
        // `timestamp(6) with time zone` has its length in the middle.
        let args = format!("({})", found.args.join(","));
        match name.find(" with ") {
            Some(at) => name.insert_str(at, &args),
            None => name.push_str(&args),
        }
    }
    name
}

fn my(found: &TypeText) -> String {
    let mut name = match found.name.as_str() {
        "integer" => "int".to_owned(),
        "bool" | "boolean" => return "tinyint(1)".to_owned(),
        "dec" | "numeric" | "fixed" => "decimal".to_owned(),
        "double precision" | "real" => "double".to_owned(),
        "character" => "char".to_owned(),
        "character varying" => "varchar".to_owned(),
        "serial" => return "bigint unsigned".to_owned(),
        name => name.to_owned(),
    };
    if found.values.is_empty() {
        if !found.args.is_empty() {
            name.push_str(&format!("({})", found.args.join(",")));
        }
    } else {
        let values: Vec<String> = found.values.iter().map(|value| format!("'{}'", value.replace('\'', "''"))).collect();
        name.push_str(&format!("({})", values.join(",")));
    }
    if found.unsigned {
        name.push_str(" unsigned");
    }
    name
}

fn postgres(found: &TypeText) -> Normal {
    let mut serial = false;
    let mut dimensions = found.dimensions;
    let mut name = found.name.as_str();
    if !found.quoted && name.starts_with('_') && found.schema.is_none() {
        // `_text` is how PostgreSQL calls `text[]` inside.
        name = name.trim_start_matches('_');
        dimensions = dimensions.max(1);
    }
    let mut args = found.args.clone();
    let own = match name {
        _ if found.quoted && found.schema.is_some() => None,
        "int" | "int4" | "integer" => Some("integer"),
        "int2" | "smallint" => Some("smallint"),
        "int8" | "bigint" => Some("bigint"),
        "serial" | "serial4" => {
            serial = true;
            Some("integer")
        }
        "smallserial" | "serial2" => {
            serial = true;
            Some("smallint")
        }
        "bigserial" | "serial8" => {
            serial = true;
            Some("bigint")
        }
        "bool" | "boolean" => Some("boolean"),
        "varchar"
        | "character varying"
        | "char varying"
        | "nchar varying"
        | "national character varying"
        | "national char varying"
        | "national varchar" => Some("character varying"),
        "char" if found.quoted => Some("\"char\""),
        "char" | "character" | "nchar" | "national character" | "national char" => {
            if args.is_empty() {
                args.push("1".to_owned());
            }
            Some("character")
        }
        "bpchar" if !args.is_empty() => Some("character"),
        "decimal" | "dec" | "numeric" => {
            if args.len() == 1 {
                args.push("0".to_owned());
            }
            Some("numeric")
        }
        "float4" | "real" => Some("real"),
        "float8" | "double precision" => Some("double precision"),
        "float" => {
            let bits = args.pop().and_then(|bits| bits.parse::<u32>().ok());
            Some(if bits.is_some_and(|bits| bits <= 24) { "real" } else { "double precision" })
        }
        "timestamptz" => Some("timestamp with time zone"),
        "timetz" => Some("time with time zone"),
        "varbit" | "bit varying" => Some("bit varying"),
        "bit" => {
            if args.is_empty() {
                args.push("1".to_owned());
            }
            Some("bit")
        }
        _ => None,
    };
    let mut out = own.unwrap_or(name).to_owned();
    if let (None, Some(schema)) = (own, found.schema.as_ref().filter(|schema| *schema != "public")) {
        out = format!("{schema}.{out}");
    }
    if !args.is_empty() {
        let args = format!("({})", args.join(","));
        match out.find(" with").filter(|_| out.starts_with("time")) {
            Some(at) => out.insert_str(at, &args),
            None => out.push_str(&args),
        }
    }
    if dimensions > 0 {
        out.push_str("[]");
    }
    Normal { name: out, serial }
}
