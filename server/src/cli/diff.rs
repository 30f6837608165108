//! `crowfoot diff`: what leads from one schema to another.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::bail;
use clap::Args;
use edit::{ItemKind, PendingChanges, PendingItem, PerhapsRenamed};
use interchange::Format;
use schema::Schema;
use serde::Serialize;

use super::source::{FormatParser, Source, Told, numbers, print, printable, told};

#[derive(Debug, Args)]
pub(super) struct DiffArgs {
    /// The schema as it was; `-` is standard input
    before: PathBuf,

    /// The schema as it is to be; `-` is standard input
    after: PathBuf,

    /// What both files are in [default: guessed from their names and texts, each for itself]
    #[arg(long, value_name = "FORMAT", value_parser = FormatParser::Read)]
    from: Option<Format>,

    /// Print one JSON object instead of words
    #[arg(long)]
    json: bool,

    /// Print the statements for PostgreSQL that lead from one to the other, in their order
    #[arg(long)]
    sql: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report<'a> {
    equal: bool,
    /// What the two were read as.
    formats: [&'a str; 2],
    changes: Vec<Change<'a>>,
    perhaps_renamed: Vec<Renamed>,
    /// With `--sql`.
    #[serde(skip_serializing_if = "Option::is_none")]
    statements: Option<Vec<Statement<'a>>>,
    findings: Findings<'a>,
}

#[derive(Debug, Serialize)]
struct Change<'a> {
    kind: &'static str,
    title: &'a str,
    details: &'a [String],
}

#[derive(Debug, Serialize)]
struct Renamed {
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct Statement<'a> {
    sql: &'a str,
    notes: &'a [String],
}

#[derive(Debug, Serialize)]
struct Findings<'a> {
    before: Vec<Told<'a>>,
    after: Vec<Told<'a>>,
}

/// Tells the difference, and answers whether there is one.
///
/// # Errors
/// When one of the two cannot be read, or no statements lead from one to the other.
pub(super) fn run(args: &DiffArgs) -> anyhow::Result<ExitCode> {
    let stdin = Path::new("-");
    if args.before == stdin && args.after == stdin {
        bail!("standard input can be one of the two schemas only; name a file for the other");
    }
    let (before, after) = (Source::read(&args.before)?, Source::read(&args.after)?);
    let mut next_id = numbers();
    let (was_in, was) = before.reading(args.from, &mut next_id);
    let (is_in, is) = after.reading(args.from, &mut next_id);
    let target = edit::align(&was.schema, &is.schema);
    let pending = PendingChanges::between(&was.schema, &target);
    let questions = edit::perhaps_renamed(&was.schema, &target);
    if !args.json {
        // Two guesses that differ are worth knowing of: each dialect has types of its own.
        let differ = was_in != is_in;
        for (source, format, reading) in [(&before, was_in, &was), (&after, is_in, &is)] {
            if differ || !reading.findings.is_empty() {
                eprint!("{}", source.words(format, reading));
            }
        }
    }
    let plan = if args.sql { Some(plan(&was.schema, &target, &after.name)?) } else { None };
    if args.json {
        let report = Report {
            equal: pending.is_empty(),
            formats: [was_in.key(), is_in.key()],
            changes: pending.items().map(change).collect(),
            perhaps_renamed: questions.iter().map(|it| renamed(it, &was.schema, &target)).collect(),
            statements: plan.as_ref().map(|plan| plan.steps.iter().map(statement).collect()),
            findings: Findings { before: told(&was), after: told(&is) },
        };
        print(&format!("{}\n", serde_json::to_string(&report)?))?;
    } else if let Some(plan) = &plan {
        print(&script(plan))?;
    } else {
        let questions: Vec<String> = questions.iter().map(|it| it.words(&was.schema, &target)).collect();
        print(&words(&pending, &questions, was.is_understood() && is.is_understood()))?;
    }
    Ok(if pending.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The statements from one to the other. What PostgreSQL would not take in the second is told on the way.
fn plan(before: &Schema, after: &Schema, name: &str) -> anyhow::Result<ddl::Plan> {
    for finding in schema::validate(after) {
        eprintln!("{name}: warning: {}", printable(&finding.message));
    }
    let plan = ddl::plan(before, after);
    if plan.refusals.is_empty() {
        return Ok(plan);
    }
    for refusal in &plan.refusals {
        eprintln!("{name}: error: {}", printable(&refusal.message));
    }
    bail!("no statements lead to {name}; without --sql, the difference is told in words");
}

fn script(plan: &ddl::Plan) -> String {
    let mut script = String::new();
    for step in &plan.steps {
        for note in &step.notes {
            script.push_str(&format!("-- {}\n", printable(note)));
        }
        script.push_str(&format!("{};\n", step.sql));
    }
    script
}

fn words(pending: &PendingChanges, questions: &[String], is_understood: bool) -> String {
    let mut words = String::new();
    for item in pending.items() {
        let mark = match item.kind {
            ItemKind::Added => '+',
            ItemKind::Changed => '~',
            ItemKind::Removed => '-',
        };
        words.push_str(&format!("{mark} {}\n", printable(&item.title)));
        for detail in &item.details {
            words.push_str(&format!("    {}\n", printable(detail)));
        }
    }
    for question in questions {
        words.push_str(&format!("? {}\n", printable(question)));
    }
    let count = |kind| pending.items().filter(|item| item.kind == kind).count();
    let (added, changed, removed) = (count(ItemKind::Added), count(ItemKind::Changed), count(ItemKind::Removed));
    words.push_str(&match pending.len() {
        0 if is_understood => "No differences\n".to_owned(),
        0 => "No differences in what was understood\n".to_owned(),
        1 => format!("1 difference: {added} added, {changed} changed, {removed} removed\n"),
        n => format!("{n} differences: {added} added, {changed} changed, {removed} removed\n"),
    });
    words
}

fn change(item: &PendingItem) -> Change<'_> {
    let kind = match item.kind {
        ItemKind::Added => "added",
        ItemKind::Changed => "changed",
        ItemKind::Removed => "removed",
    };
    Change { kind, title: &item.title, details: &item.details }
}

fn renamed(question: &PerhapsRenamed, before: &Schema, after: &Schema) -> Renamed {
    let label = |schema: &Schema, object| schema.label(object).unwrap_or_default();
    Renamed { from: label(before, question.from), to: label(after, question.to) }
}

fn statement(step: &ddl::Step) -> Statement<'_> {
    Statement { sql: &step.sql, notes: &step.notes }
}
