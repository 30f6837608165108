//! `crowfoot convert`: a schema from one format to another.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;
use clap::Args;
use interchange::{Dialect, Format};
use serde::Serialize;

use super::source::{FormatParser, Source, Told, falls_short, numbers, print, told};

#[derive(Debug, Args)]
pub(super) struct ConvertArgs {
    /// File to read; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// What the file is in [default: guessed from its name and text]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser)]
    from: Option<Format>,

    /// What to write: postgresql or dbml [default: dbml for PostgreSQL, postgresql for all others]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser)]
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
    text: &'a str,
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
        Format::Sql(_) | Format::Dbml => Format::Sql(Dialect::Postgres),
    });
    let text = interchange::write(&reading.schema, to)?;
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
            text: &text,
        };
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else {
        eprint!("{}", source.words(format, &reading));
        if file.is_none() {
            print(&text)?;
        }
    }
    Ok(if falls_short(&reading) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
