//! `crowfoot suggest`: references that a schema probably should have.

use std::{fmt::Write as _, path::PathBuf, process::ExitCode};

use advise::{Suggestion, Tier, suggest};
use clap::Args;
use interchange::Format;
use schema::{ColumnId, Schema, Table};
use serde::Serialize;

use super::source::{FormatParser, Source, falls_short, numbers, print, printable};

#[derive(Debug, Args)]
pub(super) struct SuggestArgs {
    /// File to read; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// What the file is in [default: guessed from its name and text]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser::Read)]
    from: Option<Format>,

    /// Print one JSON object a line for every suggestion, the weak ones too
    #[arg(long)]
    json: bool,

    /// List what is less likely too, at most three targets for a column
    #[arg(long)]
    all: bool,
}

/// A line of `--json`.
#[derive(Debug, Serialize)]
struct Line<'a> {
    table: String,
    columns: Vec<&'a str>,
    referenced_table: String,
    referenced_columns: Vec<&'a str>,
    confidence: f64,
    tier: &'a str,
    reason: &'a str,
}

/// Suggests references, and answers whether all of the file could be read.
///
/// # Errors
/// When nothing can be read or written.
pub(super) fn run(args: &SuggestArgs) -> anyhow::Result<ExitCode> {
    let source = Source::read(&args.file)?;
    let (format, reading) = source.reading(args.from, &mut numbers());
    eprint!("{}", source.words(format, &reading));
    let suggestions = suggest(&reading.schema);
    let mut text = String::new();
    for suggestion in suggestions.iter().filter(|it| args.json || args.all || it.tier != Tier::List) {
        let Some(line) = line(&reading.schema, suggestion) else { continue };
        if args.json {
            text.push_str(&serde_json::to_string(&line)?);
            text.push('\n');
        } else {
            text.push_str(&words(&line)?);
        }
    }
    if text.is_empty() {
        eprintln!("{}: there is no reference to suggest", source.name);
    }
    print(&text)?;
    Ok(if falls_short(&reading) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn line<'a>(schema: &'a Schema, suggestion: &'a Suggestion) -> Option<Line<'a>> {
    let (from, to) = (schema.table(suggestion.referencing)?, schema.table(suggestion.referenced)?);
    Some(Line {
        table: full_name(schema, from),
        columns: names(from, &suggestion.columns),
        referenced_table: full_name(schema, to),
        referenced_columns: names(to, &suggestion.referenced_columns),
        confidence: suggestion.confidence,
        tier: suggestion.tier.as_str(),
        reason: &suggestion.reason,
    })
}

/// The name with its namespace, whichever it is: programs should not have to know which goes without saying.
fn full_name(schema: &Schema, table: &Table) -> String {
    let namespace = schema.namespace_of(table).map(|namespace| format!("{namespace}."));
    namespace.unwrap_or_default() + table.name.as_str()
}

fn names<'a>(table: &'a Table, columns: &[ColumnId]) -> Vec<&'a str> {
    columns.iter().filter_map(|id| table.column(*id)).map(|column| column.name.as_str()).collect()
}

fn words(line: &Line<'_>) -> anyhow::Result<String> {
    let end = |table: &str, columns: &[&str]| printable(&format!("{table}({})", columns.join(", ")));
    let mut words = String::new();
    writeln!(
        words,
        "{} -> {}  {:.0} %, {}",
        end(&line.table, &line.columns),
        end(&line.referenced_table, &line.referenced_columns),
        line.confidence * 100.0,
        line.tier
    )?;
    writeln!(words, "    {}", printable(line.reason))?;
    Ok(words)
}
