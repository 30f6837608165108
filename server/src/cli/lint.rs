//! `crowfoot lint`: what is wrong with a schema, or will be.

use std::{path::PathBuf, process::ExitCode};

use advise::{Finding, RULES, Rule, Severity};
use clap::{Args, ValueEnum};
use interchange::{Format, Reading};
use schema::{ObjectId, Schema};
use serde::Serialize;

use super::{
    sarif,
    source::{FormatParser, Source, Told, falls_short, numbers, print, printable, told},
};

#[derive(Debug, Args)]
pub(super) struct LintArgs {
    /// File to read; `-` is standard input
    #[arg(default_value = "-", hide_default_value = true)]
    file: PathBuf,

    /// What the file is in [default: guessed from its name and text]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser::Read)]
    from: Option<Format>,

    /// How what is found is told
    #[arg(long, value_name = "HOW", value_enum, default_value = "text")]
    format: Output,

    /// Rules that are left out, as in W12,W16
    #[arg(long, value_name = "RULES", value_delimiter = ',', value_parser = known_rule)]
    off: Vec<&'static str>,
}

/// For whom it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Output {
    /// For people, a line each
    Text,
    /// One JSON object
    Json,
    /// SARIF 2.1.0, as code hosts read it
    Sarif,
}

/// What `--format json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    /// What the text was read as.
    format: &'a str,
    tables: usize,
    references: usize,
    problems: Vec<Problem<'a>>,
    /// What of the text could not be taken over.
    findings: Vec<Told<'a>>,
}

#[derive(Debug, Serialize)]
struct Problem<'a> {
    rule: &'a str,
    title: &'a str,
    severity: &'a str,
    message: &'a str,
    objects: Vec<Object>,
    /// What would mend it, in words.
    fix: Option<&'a str>,
}

/// An object by what it is and is called.
#[derive(Debug, Serialize)]
pub(super) struct Object {
    pub(super) kind: &'static str,
    pub(super) name: String,
}

/// Tells what is wrong, and answers whether anything at the level of a warning is.
///
/// # Errors
/// When the schema cannot be read.
pub(super) fn run(args: &LintArgs) -> anyhow::Result<ExitCode> {
    let source = Source::read(&args.file)?;
    let (format, reading) = source.reading(args.from, &mut numbers());
    let mut found = advise::lint(&reading.schema);
    found.retain(|finding| !args.off.contains(&finding.rule));
    match args.format {
        Output::Text => {
            if !reading.findings.is_empty() {
                eprint!("{}", source.words(format, &reading));
            }
            print(&words(&source.name, &found))?;
        }
        Output::Json => print(&format!("{}\n", serde_json::to_string(&report(format, &reading, &found))?))?,
        Output::Sarif => print(&format!("{}\n", sarif::log(&args.file, &reading, &found)))?,
    }
    let is_bad = found.iter().any(|finding| finding.severity <= Severity::Warning);
    // What was not understood may be what is wrong.
    Ok(if is_bad || falls_short(&reading) { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn known_rule(text: &str) -> Result<&'static str, String> {
    let wanted = RULES.iter().map(|rule| rule.id).find(|id| id.eq_ignore_ascii_case(text));
    wanted.ok_or_else(|| {
        let ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
        format!("there is no such rule; choose from {}", ids.join(", "))
    })
}

fn words(name: &str, found: &[Finding]) -> String {
    let mut words = String::new();
    for finding in found {
        let (severity, message) = (finding.severity.as_str(), printable(&finding.message));
        words.push_str(&format!("{}: {severity}: {message} [{}]\n", printable(name), finding.rule));
        if let Some(fix) = &finding.fix {
            words.push_str(&format!("    fix: {}\n", printable(&fix.label)));
        }
    }
    let count = |severity| found.iter().filter(|finding| finding.severity == severity).count();
    let kinds = Severity::ALL.map(|severity| match (severity, count(severity)) {
        (Severity::Error, 1) => "1 error".to_owned(),
        (Severity::Error, n) => format!("{n} errors"),
        (Severity::Warning, 1) => "1 warning".to_owned(),
        (Severity::Warning, n) => format!("{n} warnings"),
        (Severity::Info, n) => format!("{n} to know"),
        (Severity::Style, n) => format!("{n} of style"),
    });
    words.push_str(&match found.len() {
        0 => "No problems found\n".to_owned(),
        1 => format!("1 problem: {}\n", kinds.join(", ")),
        n => format!("{n} problems: {}\n", kinds.join(", ")),
    });
    words
}

fn report<'a>(format: Format, reading: &'a Reading, found: &'a [Finding]) -> Report<'a> {
    let problem = |finding: &'a Finding| Problem {
        rule: finding.rule,
        title: advise::rule(finding.rule).map_or("", |rule: &Rule| rule.title),
        severity: finding.severity.as_str(),
        message: &finding.message,
        objects: objects(&reading.schema, finding),
        fix: finding.fix.as_ref().map(|fix| fix.label.as_str()),
    };
    Report {
        format: format.key(),
        tables: reading.schema.tables.len(),
        references: reading.schema.references.len(),
        problems: found.iter().map(problem).collect(),
        findings: told(reading),
    }
}

/// What a finding is about.
pub(super) fn objects(schema: &Schema, finding: &Finding) -> Vec<Object> {
    let object = |id: &ObjectId| {
        let kind = match id {
            ObjectId::Namespace(_) => "schema",
            ObjectId::Table(_) => "table",
            ObjectId::Column(..) => "column",
            ObjectId::Key(..) => "key",
            ObjectId::Check(..) => "check",
            ObjectId::Index(..) => "index",
            ObjectId::Reference(_) => "reference",
            ObjectId::Type(_) => "type",
            ObjectId::Opaque(_) => "statement",
        };
        Some(Object { kind, name: schema.label(*id)? })
    };
    finding.objects.iter().filter_map(object).collect()
}
