//! Schemas from files: reading them, and telling what was not understood.

use std::{
    fmt::Write as _,
    fs::File,
    io::{self, ErrorKind, IsTerminal, Read, Write as _},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::builder::{PossibleValue, TypedValueParser};
use interchange::{Finding, Format, Reading, Severity};
use serde::Serialize;

/// More is no schema, and would be read for minutes.
const MOST_BYTES: u64 = 64 << 20;

/// So many findings are told; a text in the wrong format has one for every line.
const MOST_FINDINGS: usize = 200;

/// So many characters of a line are shown; some texts are one line of megabytes.
const SHOWN: usize = 100;

/// So many characters of a message are told.
const MOST_MESSAGE: usize = 400;

/// A text and where it comes from.
#[derive(Debug)]
pub(super) struct Source {
    /// The file as it was named, or what stands for standard input.
    pub(super) name: String,
    path: Option<PathBuf>,
    text: String,
}

impl Source {
    /// Reads a file, or standard input for `-`.
    ///
    /// # Errors
    /// When there is no such file, or it is too large or not UTF-8.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let is_stdin = path == Path::new("-");
        let name = if is_stdin { "<stdin>".to_owned() } else { path.display().to_string() };
        let mut bytes = Vec::new();
        if is_stdin && io::stdin().is_terminal() {
            eprintln!("crowfoot: reading a schema from the terminal; Ctrl-D ends it");
        }
        if is_stdin {
            io::stdin().lock().take(MOST_BYTES + 1).read_to_end(&mut bytes)
        } else {
            File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        }
        .with_context(|| format!("cannot read {name}"))?;
        if bytes.len() as u64 > MOST_BYTES {
            bail!("{name} is larger than {} MB", MOST_BYTES >> 20);
        }
        let text = decode(bytes).with_context(|| format!("cannot read {name}"))?;
        Ok(Self { name, path: (!is_stdin).then(|| path.to_owned()), text })
    }

    /// What the text says, in the format given or the one that it is probably in.
    pub(super) fn reading(&self, from: Option<Format>, next_id: &mut dyn FnMut() -> u128) -> (Format, Reading) {
        let file_name = self.path.as_deref().and_then(Path::file_name).and_then(|name| name.to_str());
        let format = from.unwrap_or_else(|| interchange::detect(&self.text, file_name));
        let mut reading = interchange::read(&self.text, format, next_id);
        let is_blank = self.text.trim_start_matches('\u{feff}').trim().is_empty();
        if reading.schema.tables.is_empty() && reading.is_understood() && !is_blank {
            // A text in another format may say nothing at all; a pipeline should not take that for a schema.
            let message = format!("there is no table in it as {format}; --from names another format");
            reading.findings.push(Finding { line: None, column: None, severity: Severity::Warning, message });
        }
        (format, reading)
    }

    /// The findings in words, each with its line, and a summary at the end, which says what a guess has come to.
    pub(super) fn words(&self, format: Format, reading: &Reading) -> String {
        let lines: Vec<&str> = self.text.strip_prefix('\u{feff}').unwrap_or(&self.text).lines().collect();
        let mut words = String::new();
        for finding in reading.findings.iter().take(MOST_FINDINGS) {
            words.push_str(&self.name);
            for number in [finding.line, finding.column].into_iter().flatten() {
                words.push_str(&format!(":{number}"));
            }
            words.push_str(&format!(": {}: {}\n", finding.severity.as_str(), shortened(&finding.message)));
            let index = finding.line.and_then(|line| usize::try_from(line).ok()?.checked_sub(1));
            if let Some(line) = index.and_then(|index| lines.get(index)) {
                words.push_str(&excerpt(line, finding.column));
            }
        }
        let more = reading.findings.len().saturating_sub(MOST_FINDINGS);
        if more > 0 {
            words.push_str(&format!("{}: and {more} more; --json tells all\n", self.name));
        }
        let mut counts = String::new();
        for severity in [Severity::Error, Severity::Warning, Severity::Note] {
            let count = reading.findings.iter().filter(|finding| finding.severity == severity).count();
            let plural = if count == 1 { "" } else { "s" };
            if count > 0 {
                let before = if counts.is_empty() { "; " } else { ", " };
                // Writing to a string cannot fail.
                let _ = write!(counts, "{before}{count} {}{plural}", severity.as_str());
            }
        }
        words.push_str(&format!("{}: {} as {format}{counts}\n", self.name, reading.summary));
        words
    }
}

/// Numbers for ids; they end with the process, as nothing keeps them.
pub(super) fn numbers() -> impl FnMut() -> u128 {
    let mut last = 0;
    move || {
        last += 1;
        last
    }
}

/// Whether something of a schema is missing or not as it was written.
pub(super) fn falls_short(reading: &Reading) -> bool {
    reading.findings.iter().any(|finding| finding.severity != Severity::Note)
}

/// A finding as programs get it.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    line: Option<u32>,
    column: Option<u32>,
    severity: &'static str,
    message: &'a str,
}

/// All findings, as programs get them.
pub(super) fn told(reading: &Reading) -> Vec<Told<'_>> {
    let mut list = Vec::with_capacity(reading.findings.len());
    for Finding { line, column, severity, message } in &reading.findings {
        list.push(Told { line: *line, column: *column, severity: severity.as_str(), message });
    }
    list
}

/// Prints to standard output. That nobody reads to the end, as `head` does not, is no failure.
///
/// # Errors
/// When it cannot be written for another reason.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.context("cannot write to standard output"),
    }
}

/// A message as [`printable`], cut when it quotes half of a file.
fn shortened(message: &str) -> String {
    let mut rest = message.chars();
    let mut short: String = rest.by_ref().take(MOST_MESSAGE).map(printable_char).collect();
    if rest.next().is_some() {
        short.push('…');
    }
    short
}

/// The text without what would steer a terminal or hide in it, on one line.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(printable_char).collect()
}

fn printable_char(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' => ' ',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => '\u{FFFD}',
        c if c.is_control() => '\u{FFFD}',
        c => c,
    }
}

/// The part of a line around a column, counted in UTF-16 units from 1, and a caret under it.
fn excerpt(line: &str, column: Option<u32>) -> String {
    let at = column.map(|column| {
        let mut units = 1;
        let before = line.chars().take_while(|c| {
            let is_before = units < column;
            units += u32::from(c.len_utf16() == 2) + 1;
            is_before
        });
        before.count()
    });
    let start = at.unwrap_or(0).saturating_sub(SHOWN / 2);
    let mut rest = line.chars().skip(start);
    let shown: String = rest.by_ref().take(SHOWN).map(printable_char).collect();
    let (left, right) = (if start > 0 { "…" } else { "" }, if rest.next().is_some() { "…" } else { "" });
    let mut words = format!("    {left}{}{right}\n", shown.trim_end());
    if let Some(at) = at {
        words.push_str(&format!("    {}^\n", " ".repeat(at - start + left.chars().count())));
    }
    words
}

fn decode(bytes: Vec<u8>) -> anyhow::Result<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        bail!("it is UTF-16; save it as UTF-8");
    }
    String::from_utf8(bytes).map_err(|error| {
        let upto = error.utf8_error().valid_up_to();
        let before = String::from_utf8_lossy(error.as_bytes().get(..upto).unwrap_or_default());
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().encode_utf16().count() + 1;
        let byte = error.as_bytes().get(upto).copied().unwrap_or_default();
        anyhow::anyhow!("it is not UTF-8: byte 0x{byte:02X} at line {line}, column {column}; save it as UTF-8")
    })
}

/// Reads a format on the command line, and knows them all for help and completion.
#[derive(Debug, Clone, Copy)]
pub(super) enum FormatParser {
    /// One that can be read.
    Read,
    /// Any, as all can be written.
    Any,
}

impl TypedValueParser for FormatParser {
    type Value = Format;

    fn parse_ref(
        &self,
        command: &clap::Command,
        arg: Option<&clap::Arg>,
        value: &std::ffi::OsStr,
    ) -> Result<Format, clap::Error> {
        let is_any = matches!(self, Self::Any);
        let parse = move |text: &str| match text.parse::<Format>() {
            Ok(format) if !is_any && !format.is_read() => Err(format!("{format} is written and not read")),
            parsed => parsed,
        };
        TypedValueParser::parse_ref(&parse, command, arg, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let is_any = matches!(self, Self::Any);
        let formats = Format::ALL.into_iter().filter(move |format| is_any || format.is_read());
        let values = formats.map(|format| PossibleValue::new(format.key()).help(format.name()));
        Some(Box::new(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_around_its_column() {
        let long = "x".repeat(300);
        let cases = [
            ("a b", Some(3), "    a b\n      ^\n".to_owned()),
            ("a b", None, "    a b\n".to_owned()),
            ("", Some(1), "    \n    ^\n".to_owned()),
            ("ab", Some(9), "    ab\n      ^\n".to_owned()),
            // Two units of UTF-16 are one character.
            ("😀 b", Some(4), "    😀 b\n      ^\n".to_owned()),
            ("\ta\u{1b}[2J", Some(2), "     a\u{FFFD}[2J\n     ^\n".to_owned()),
            (long.as_str(), Some(200), format!("    …{}…\n    {}^\n", "x".repeat(100), " ".repeat(51))),
        ];
        for (line, column, expect) in cases {
            assert_eq!(excerpt(line, column), expect, "{line:?} at {column:?}");
        }
    }

    #[test]
    fn a_text_says_where_it_is_not_utf_8() {
        let cases: [(&[u8], &str); 5] = [
            (b"", ""),
            (b"a\0b", ""),
            (b"\xff", "it is not UTF-8: byte 0xFF at line 1, column 1; save it as UTF-8"),
            (b"a\n\xc3\xa9\xe9", "it is not UTF-8: byte 0xE9 at line 2, column 2; save it as UTF-8"),
            (b"\xff\xfea\0", "it is UTF-16; save it as UTF-8"),
        ];
        for (bytes, expect) in cases {
            let refused = decode(bytes.to_vec()).err().map(|error| error.to_string());
            assert_eq!(refused.unwrap_or_default(), expect, "{bytes:?}");
        }
    }
}
