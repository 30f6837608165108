//! Writing a schema in a format.

use schema::Schema;

use crate::{Dialect, Format};

/// A format that cannot be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotWritten(pub Format);

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} can be read and not written; choose postgresql or dbml", self.0)
    }
}

impl std::error::Error for NotWritten {}

/// A schema as text.
///
/// # Errors
/// [`NotWritten`] for the formats that are only read.
pub fn write(schema: &Schema, format: Format) -> Result<String, NotWritten> {
    match format {
        Format::Sql(Dialect::Postgres) => Ok(ddl::export(schema)),
        Format::Dbml => Ok(dbml::export(schema).annotated()),
        Format::Sql(Dialect::MySql | Dialect::MariaDb | Dialect::Sqlite | Dialect::Oracle | Dialect::SqlServer) => {
            Err(NotWritten(format))
        }
    }
}
