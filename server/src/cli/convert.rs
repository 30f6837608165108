//! `crowfoot convert`: a schema from one format to another.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use interchange::{Dialect, Format, Written};
use serde::Serialize;

use super::source::{FormatParser, Source, Told, falls_short, numbers, print, printable, told};

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// File to read; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// What the file is in [default: guessed from its name and text]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser::Read)]
    from: Option<Format>,

    /// What to write [default: dbml for PostgreSQL, postgresql for all others]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser::Any)]
    to: Option<Format>,

    /// Print one JSON object with text, counts and findings instead of the text
    #[arg(long)]
    json: bool,

    /// File to write the text to; one that is there is replaced
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// What the text was read as.
    format: &'a str,
    /// What it was written in.
    to: &'a str,
    tables: usize,
    references: usize,
    summary: &'a str,
    findings: Vec<Told<'a>>,
    /// What the format has no equal for.
    notes: Vec<Lost<'a>>,
    text: &'a str,
}

#[derive(Debug, Serialize)]
struct Lost<'a> {
    /// Empty for all of it.
    object: &'a str,
    what: &'a str,
}

/// Converts, and answers whether all of it could be taken over.
///
/// # Errors
/// When nothing can be read or written.
pub(super) fn run(args: &ConvertArgs) -> anyhow::Result<ExitCode> {
    let source = Source::read(&args.file)?;
    let (format, reading) = source.reading(args.from, &mut numbers());
    let to = args.to.unwrap_or(match format {
        Format::Sql(Dialect::Postgres) => Format::Dbml,
        Format::Sql(_)
        | Format::Dbml
        | Format::Json
        | Format::Sub0
        | Format::Mermaid
        | Format::Markdown
        | Format::MongoDb => Format::Sql(Dialect::Postgres),
    });
    let Written { text, notes } = interchange::write(&reading.schema, to);
    let file = args.output.as_deref().filter(|path| *path != Path::new("-"));
    if let Some(path) = file {
        std::fs::write(path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if args.json {
        let report = Report {
            format: format.key(),
            to: to.key(),
            tables: reading.schema.tables.len(),
            references: reading.schema.references.len(),
            summary: &reading.summary,
            findings: told(&reading),
            notes: notes.iter().map(|note| Lost { object: &note.object, what: &note.what }).collect(),
            text: &text,
        };
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        eprint!("{}", source.words(format, &reading));
        for note in &notes {
            eprintln!("{to}: {}", printable(&note.to_string()));
        }
        if file.is_none() {
            print(&text)?;
        }
    }
    Ok(if falls_short(&reading) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
