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
        Format::Dbml => document(text, next_id).1,
        Format::Json => crate::own_json::read(text, next_id),
        Format::Sub0 => crate::sub0::read(text, next_id),
        Format::Mermaid | Format::Markdown | Format::MongoDb => only_written(format),
    };
    reading.findings.sort_by_key(|finding| (finding.line.is_none(), finding.line, finding.column));
    reading
}

/// What is made to be looked at says too little to be read.
fn only_written(format: Format) -> Reading {
    let message = format!("{format} is written and not read");
    let finding = Finding { line: None, column: None, severity: Severity::Error, message };
    Reading { schema: Schema::default(), summary: "read nothing".to_owned(), findings: vec![finding] }
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
        line: Some(left.line),
        column: None,
        severity: if left.lost { Severity::Warning } else { Severity::Note },
        message: format!("{}: {}", left.object, left.what),
    };
    let findings = report.entries.iter().map(entry).chain(left.into_iter().map(left_out)).collect();
    Reading { schema, summary: report.to_string(), findings }
}

/// Reads a text of DBML, and gives what stands in it besides what it means.
pub(crate) fn document(text: &str, next_id: &mut dyn FnMut() -> u128) -> (dbml::Document, Reading) {
    let (document, mut diagnostics) = dbml::parse(text);
    let dbml::Lowered { schema, mut left_out } = dbml::lower(&document, next_id);
    diagnostics.sort_by_key(|it| it.span.start);
    left_out.sort_by_key(|it| it.origin.0.start);
    let mut place = Place { text, at: 0, line: 1, column: 1 };
    let mut finding = |span: dbml::Span, severity, message: String| {
        place.go_to(usize::try_from(span.start).unwrap_or(usize::MAX));
        Finding { line: Some(place.line), column: Some(place.column), severity, message }
    };
    let mut findings: Vec<Finding> = Vec::with_capacity(diagnostics.len() + left_out.len());
    findings.extend(diagnostics.into_iter().map(|it| {
        let severity = match it.severity {
            dbml::Severity::Error => Severity::Error,
            dbml::Severity::Warning => Severity::Warning,
        };
        finding(it.span, severity, it.message)
    }));
    findings.extend(left_out.into_iter().map(|it| finding(it.origin.0, Severity::Note, it.reason)));
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    let read = match schema.tables.len() {
        1 => "read 1 table".to_owned(),
        n => format!("read {n} tables"),
    };
    let summary = match errors {
        0 => read,
        1 => format!("{read}; 1 place was not understood"),
        n => format!("{read}; {n} places were not understood"),
    };
    (document, Reading { schema, summary, findings })
}

/// A place in a text. It is found from the one that was asked for before, as a text of one line may have a finding at
/// every byte.
struct Place<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// In UTF-16 units.
    column: u32,
}

impl Place<'_> {
    fn go_to(&mut self, at: usize) {
        let at = self.text.floor_char_boundary(at);
        if at < self.at {
            (self.at, self.line, self.column) = (0, 1, 1);
        }
        for c in self.text.get(self.at..at).unwrap_or_default().chars() {
            match c {
                '\n' => (self.line, self.column) = (self.line.saturating_add(1), 1),
                c => self.column = self.column.saturating_add(if c.len_utf16() == 2 { 2 } else { 1 }),
            }
        }
        self.at = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_where_dbml_says_that_it_is() {
        let text = "a\nd𝄞b\r\n\ny";
        let lines = dbml::Lines::of(text);
        let mut place = Place { text, at: 0, line: 1, column: 1 };
        for at in [7, 0, 1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 100, 5, 100] {
            place.go_to(at as usize);
            let dbml::Position { line, column } = lines.position(at);
            assert_eq!((place.line, place.column), (line, column), "at {at}");
        }
    }
}
