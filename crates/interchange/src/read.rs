//! Reading a text in any format.

use schema::Schema;
use uuid::Uuid;

use crate::Format;

/// What a text says.
#[derive(Debug, Clone)]
pub struct Reading {
    /// The best schema that can be made of it. It may break rules that `schema::validate` knows.
    pub schema: Schema,
    /// How much was understood, in a sentence: `imported 4 of 5 statements`.
    pub summary: String,
    /// What was not taken over, or not as it was written, in the order of the text; what has no line comes last.
    pub findings: Vec<Finding>,
}

/// Something in a text that is not in the schema as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, from 1, where it is known.
    pub line: Option<u32>,
    /// The column in UTF-16 units, from 1, where it is known.
    pub column: Option<u32>,
    /// How much it matters.
    pub severity: Severity,
    /// What, and why, and the way out.
    pub message: String,
}

/// How much a [`Finding`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Something was not understood.
    Error,
    /// Something that belongs to a schema was left out or changed.
    Warning,
    /// Something was left out that a schema has no place for.
    Note,
}

impl Severity {
    /// A word for it, lower case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl Reading {
    /// Whether the whole text was understood.
    pub fn is_understood(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}

/// Reads a text. Every object gets a new id, made of the next number that the caller gives; numbers must not repeat.
/// Nothing fails as a whole, whatever the text is.
///
/// ```
/// use interchange::{Dialect, Format, read};
///
/// let mut last = 0;
/// let mut next = || { last += 1; last };
/// let reading = read("create table a (id int);\nmake me a sandwich;", Format::Sql(Dialect::Postgres), &mut next);
/// assert_eq!(reading.schema.tables.len(), 1);
/// assert_eq!((reading.findings[0].line, reading.summary.as_str()), (Some(2), "imported 1 of 2 statements"));
/// ```
pub fn read(text: &str, format: Format, next_id: &mut dyn FnMut() -> u128) -> Reading {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reading = match format {
        Format::Sql(dialect) => sql(text, dialect, next_id),
        Format::Dbml => dbml(text, next_id),
    };
    reading.findings.sort_by_key(|finding| (finding.line.is_none(), finding.line, finding.column));
    reading
}

fn sql(text: &str, dialect: sql::Dialect, next_id: &mut dyn FnMut() -> u128) -> Reading {
    let script = sql::read(text, dialect);
    let catalog = sql::build(&script);
    let report = sql::report(&script, &catalog);
    let mut ids = std::iter::from_fn(|| Some(Uuid::from_u128(next_id())));
    let sql::Lowered { schema, left } = sql::lower(&catalog, &mut ids);
    let entry = |entry: &sql::Entry| Finding {
        line: Some(entry.line),
        column: None,
        severity: match entry.extent {
            sql::Extent::Whole => Severity::Error,
            sql::Extent::Part => Severity::Warning,
            sql::Extent::Aside | sql::Extent::Outside => Severity::Note,
        },
        message: entry.text.clone(),
    };
    let left_out = |left: sql::LeftOut| Finding {
        line: None,
        column: None,
        severity: Severity::Warning,
        message: format!("{}: {}", left.object, left.what),
    };
    let findings = report.entries.iter().map(entry).chain(left.into_iter().map(left_out)).collect();
    Reading { schema, summary: report.to_string(), findings }
}

fn dbml(text: &str, next_id: &mut dyn FnMut() -> u128) -> Reading {
    let (document, diagnostics) = dbml::parse(text);
    let dbml::Lowered { schema, left_out } = dbml::lower(&document, next_id);
    let lines = dbml::Lines::of(text);
    let finding = |span: dbml::Span, severity, message: String| {
        let at = lines.position(span.start);
        Finding { line: Some(at.line), column: Some(at.column), severity, message }
    };
    let said = diagnostics.into_iter().map(|it| {
        let severity = match it.severity {
            dbml::Severity::Error => Severity::Error,
            dbml::Severity::Warning => Severity::Warning,
        };
        finding(it.span, severity, it.message)
    });
    let findings: Vec<Finding> =
        said.chain(left_out.into_iter().map(|it| finding(it.origin.0, Severity::Note, it.reason))).collect();
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let tables = schema.tables.len();
    let summary = match errors {
        0 => format!("read {tables} {}", if tables == 1 { "table" } else { "tables" }),
        1 => format!("read {tables} {}; 1 place was not understood", if tables == 1 { "table" } else { "tables" }),
        n => format!("read {tables} {}; {n} places were not understood", if tables == 1 { "table" } else { "tables" }),
    };
    Reading { schema, summary, findings }
}
