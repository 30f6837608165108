//! Writing a schema in a format.

use schema::Schema;

use crate::{Dialect, Format};

/// A schema as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The text.
    pub text: String,
    /// What the format has no equal for, and what became of it.
    pub notes: Vec<ddl::Note>,
}

/// A schema as text.
///
/// ```
/// use interchange::{Dialect, Format, write};
///
/// let written = write(&schema::sample::shopflow(), Format::Sql(Dialect::Oracle));
/// assert!(written.notes.iter().any(|note| note.to_string().contains("ON UPDATE CASCADE was left out")));
/// ```
pub fn write(schema: &Schema, format: Format) -> Written {
    let whole = |text| Written { text, notes: Vec::new() };
    let script = |dialect| {
        let ddl::Script { text, notes } = ddl::export_as(schema, dialect);
        Written { text, notes }
    };
    match format {
        Format::Sql(Dialect::Postgres) => whole(ddl::export(schema)),
        Format::Sql(Dialect::MySql) => script(ddl::Dialect::MySql),
        Format::Sql(Dialect::MariaDb) => script(ddl::Dialect::MariaDb),
        Format::Sql(Dialect::Sqlite) => script(ddl::Dialect::Sqlite),
        Format::Sql(Dialect::Oracle) => script(ddl::Dialect::Oracle),
        Format::Sql(Dialect::SqlServer) => script(ddl::Dialect::SqlServer),
        Format::Dbml => dbml(schema),
        Format::Json => whole(crate::own_json::write(schema)),
        Format::Sub0 => crate::sub0::write(schema),
        Format::Mermaid => crate::mermaid::write(schema),
        Format::Markdown => whole(crate::dictionary::write(schema)),
        Format::MongoDb => crate::mongodb::write(schema),
    }
}

/// What DBML does not say stands in comments at the beginning of the text, too, for whoever reads only that.
fn dbml(schema: &Schema) -> Written {
    let exported = dbml::export(schema);
    let note = |unsaid: &dbml::Unsaid| ddl::Note {
        object: unsaid.object.clone(),
        what: format!("DBML does not say {}", unsaid.what),
    };
    let notes = exported.left_out.iter().map(note).collect();
    Written { text: exported.annotated(), notes }
}
