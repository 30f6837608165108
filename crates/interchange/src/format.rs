//! The formats, and which one a text is in.

use std::fmt;
use std::str::FromStr;

use sql::Dialect;

/// How a schema is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// SQL of a dialect.
    Sql(Dialect),
    /// DBML.
    Dbml,
    /// Crowfoot's own JSON, with all there is.
    Json,
    /// JSON models of Sub0.
    Sub0,
    /// Mermaid's entity relationship diagrams; written only.
    Mermaid,
    /// A data dictionary in Markdown; written only.
    Markdown,
    /// Collections of MongoDB with validators; written only.
    MongoDb,
}

impl Format {
    /// All of them, in the order of a menu.
    pub const ALL: [Self; 12] = [
        Self::Sql(Dialect::Postgres),
        Self::Dbml,
        Self::Sql(Dialect::MySql),
        Self::Sql(Dialect::MariaDb),
        Self::Sql(Dialect::Sqlite),
        Self::Sql(Dialect::Oracle),
        Self::Sql(Dialect::SqlServer),
        Self::Json,
        Self::Sub0,
        Self::Mermaid,
        Self::Markdown,
        Self::MongoDb,
    ];

    /// Whether texts in it can be read; all of them can be written.
    pub fn is_read(self) -> bool {
        match self {
            Self::Sql(_) | Self::Dbml | Self::Json | Self::Sub0 => true,
            Self::Mermaid | Self::Markdown | Self::MongoDb => false,
        }
    }

    /// How the name of a file ends.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Sql(_) => "sql",
            Self::Dbml => "dbml",
            Self::Json | Self::Sub0 => "json",
            Self::Mermaid => "mmd",
            Self::Markdown => "md",
            Self::MongoDb => "js",
        }
    }

    /// What a browser calls it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Sql(_) => "application/sql",
            Self::Json | Self::Sub0 => "application/json",
            Self::Markdown => "text/markdown",
            Self::MongoDb => "text/javascript",
            Self::Dbml | Self::Mermaid => "text/plain",
        }
    }

    /// What people call it: `PostgreSQL`, `DBML`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sql(dialect) => dialect.name(),
            Self::Dbml => "DBML",
            Self::Json => "Crowfoot JSON",
            Self::Sub0 => "Sub0 JSON",
            Self::Mermaid => "Mermaid",
            Self::Markdown => "Markdown",
            Self::MongoDb => "MongoDB",
        }
    }

    /// What programs call it: `postgresql`, `dbml`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Sql(Dialect::Postgres) => "postgresql",
            Self::Sql(Dialect::MySql) => "mysql",
            Self::Sql(Dialect::MariaDb) => "mariadb",
            Self::Sql(Dialect::Sqlite) => "sqlite",
            Self::Sql(Dialect::Oracle) => "oracle",
            Self::Sql(Dialect::SqlServer) => "sqlserver",
            Self::Dbml => "dbml",
            Self::Json => "json",
            Self::Sub0 => "sub0",
            Self::Mermaid => "mermaid",
            Self::Markdown => "markdown",
            Self::MongoDb => "mongodb",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = String;

    /// Reads a key, or one of the other words that people use for it.
    fn from_str(text: &str) -> Result<Self, String> {
        let key = match text.to_ascii_lowercase().as_str() {
            "sql" | "postgres" | "pg" | "pgsql" => "postgresql".to_owned(),
            "sqlite3" => "sqlite".to_owned(),
            "mssql" | "tsql" | "sql-server" => "sqlserver".to_owned(),
            "md" => "markdown".to_owned(),
            "mongo" => "mongodb".to_owned(),
            other => other.to_owned(),
        };
        let keys = || Self::ALL.iter().map(|format| format.key()).collect::<Vec<_>>().join(", ");
        let found = Self::ALL.into_iter().find(|format| format.key() == key);
        found.ok_or_else(|| format!("there is no format `{text}`; choose one of {}", keys()))
    }
}

/// What begins a line of DBML and of no SQL.
const DBML: [&str; 9] =
    ["table ", "ref:", "ref ", "enum ", "tablegroup ", "project ", "tablepartial ", "indexes ", "note:"];

/// The format that a text is probably in. The name of the file that it comes from settles what it can.
///
/// ```
/// use interchange::{Dialect, Format, detect};
///
/// assert_eq!(detect("Table users {\n  id int [pk]\n}", None), Format::Dbml);
/// assert_eq!(detect("create table `users` (`id` int unsigned) engine=InnoDB;", None), Format::Sql(Dialect::MySql));
/// ```
pub fn detect(text: &str, file_name: Option<&str>) -> Format {
    let ending = file_name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
    match ending.as_deref() {
        Some("dbml") => return Format::Dbml,
        Some("sql" | "ddl" | "psql") => return Format::Sql(sql::detect(text).0),
        _ => {}
    }
    let is_json = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).starts_with('{');
    if is_json || ending.as_deref() == Some("json") {
        return if crate::own_json::is_meant(text) { Format::Json } else { Format::Sub0 };
    }
    if looks_like_dbml(text) { Format::Dbml } else { Format::Sql(sql::detect(text).0) }
}

/// Whether a line near the beginning opens an element of DBML: `Table users {`, `Ref: a.b > c.d`.
fn looks_like_dbml(text: &str) -> bool {
    text.lines().take(2_000).any(|line| {
        let line = line.trim_start().to_ascii_lowercase();
        DBML.iter().any(|word| line.starts_with(word))
            && (line.contains('{') || line.contains(':'))
            && !line.contains(';')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_told_from_text_and_name() {
        let cases = [
            ("Table a { id int }", None, "dbml"),
            ("// nothing yet\nEnum status {\n  a\n}", None, "dbml"),
            ("ref: a.b > c.d", None, "dbml"),
            ("create table a (id int);", None, "postgresql"),
            ("", None, "postgresql"),
            ("", Some("x.dbml"), "dbml"),
            ("\n{ \"crowfoot\": 1 }", None, "json"),
            ("{ \"_user\": {} }", Some("x.json"), "sub0"),
            ("Table a { id int }", Some("x.sql"), "postgresql"),
            ("CREATE TABLE [dbo].[a] ([id] int IDENTITY(1,1) NOT NULL)\nGO\n", Some("x.SQL"), "sqlserver"),
            ("CREATE TABLE a (id NUMBER(10), n VARCHAR2(20 CHAR));", Some("a.txt"), "oracle"),
        ];
        for (text, name, expect) in cases {
            assert_eq!(detect(text, name).key(), expect, "{text:?} in {name:?}");
        }
    }

    #[test]
    fn each_format_is_found_by_its_key() {
        for format in Format::ALL {
            assert_eq!(format.key().parse(), Ok(format));
            assert_eq!(format.key().to_uppercase().parse(), Ok(format));
        }
        assert!("cobol".parse::<Format>().unwrap_err().contains("postgresql, dbml, mysql"));
    }
}
