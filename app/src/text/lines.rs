//! The colored lines behind the field, and their numbers. Only those in view are in the page.

use super::desk::{Desk, LINE};
use dbml::Highlight;
use interchange::Severity;
use leptos::prelude::*;
use std::{collections::BTreeMap, ops::Range};

/// How many lines are drawn beyond what is seen.
const MORE: usize = 12;

/// A text taken apart for drawing.
#[derive(Debug, Default)]
pub(super) struct Shown {
    text: String,
    /// Where lines begin.
    starts: Vec<usize>,
    /// What is to be colored, in order.
    pieces: Vec<(Range<usize>, Highlight)>,
}

impl Shown {
    pub(super) fn of(text: &str) -> Self {
        let pieces = dbml::tokens(text).into_iter();
        Self {
            text: text.to_owned(),
            starts: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect(),
            pieces: pieces.map(|(span, kind)| (span.start as usize..span.end as usize, kind)).collect(),
        }
    }

    fn count(&self) -> usize {
        self.starts.len().max(1)
    }

    /// The pieces of a line with their classes.
    fn line(&self, line: usize) -> Vec<(&'static str, String)> {
        let Some(start) = self.starts.get(line).copied() else { return Vec::new() };
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let first = self.pieces.partition_point(|(span, _)| span.end <= start);
        let mut found = Vec::new();
        let mut at = start;
        let mut push = |class, range: Range<usize>| {
            if let Some(text) = self.text.get(range).filter(|text| !text.is_empty()) {
                found.push((class, text.to_owned()));
            }
        };
        for (span, kind) in self.pieces.iter().skip(first).take_while(|(span, _)| span.start < end) {
            push("", at..span.start.max(at));
            at = span.end.min(end);
            push(class_of(*kind), span.start.max(start)..at);
        }
        push("", at..end);
        found
    }
}

fn class_of(kind: Highlight) -> &'static str {
    match kind {
        Highlight::Keyword => "is-keyword",
        Highlight::Setting => "is-setting",
        Highlight::Type => "is-type",
        Highlight::String => "is-string",
        Highlight::Expression => "is-expression",
        Highlight::Number => "is-number",
        Highlight::Color => "is-number",
        Highlight::Comment => "is-comment",
        Highlight::Name | Highlight::Operator | Highlight::Punctuation => "",
    }
}

/// The lines in view, from 0.
fn window(desk: Desk) -> Memo<Range<usize>> {
    Memo::new(move |_| {
        let (_, top, height) = desk.scroll.get();
        let count = desk.shown.with(|shown| shown.count());
        let line = |pixels: i32| {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "never negative, and no text is as long"
            )]
            let line = (f64::from(pixels.max(0)) / LINE) as usize;
            line
        };
        let first = line(top).saturating_sub(MORE);
        first..(line(top + height) + MORE).min(count)
    })
}

#[expect(clippy::cast_precision_loss, reason = "no text has 2^53 lines")]
fn pixels(lines: usize) -> f64 {
    lines as f64 * LINE
}

/// What is gravest in each line.
fn wrong_lines(desk: Desk) -> Memo<BTreeMap<usize, Severity>> {
    Memo::new(move |_| {
        let mut wrong = BTreeMap::new();
        desk.findings.with(|all| {
            for finding in all {
                let Some(line) = finding.line.and_then(|line| usize::try_from(line).ok()) else { continue };
                let gravest = wrong.entry(line.saturating_sub(1)).or_insert(finding.severity);
                *gravest = finding.severity.min(*gravest);
            }
        });
        wrong
    })
}

/// The colored text. The field above it is transparent but for its cursor.
#[component]
pub(super) fn Lines(desk: Desk) -> impl IntoView {
    let window = window(desk);
    let wrong = wrong_lines(desk);
    let place = move || {
        let (left, top, _) = desk.scroll.get();
        let down = pixels(window.get().start) - f64::from(top);
        format!("transform: translate({}px, {down}px)", -left)
    };
    let lines = move || {
        let shown = desk.shown.get();
        let wrong = wrong.get();
        let line = |line: usize| {
            let pieces = shown.line(line).into_iter();
            let pieces = pieces.map(|(class, text)| view! { <span class=class>{text}</span> }).collect_view();
            let class = match wrong.get(&line) {
                Some(Severity::Error) => "text-line is-error",
                Some(Severity::Warning) => "text-line is-warning",
                Some(Severity::Note) | None => "text-line",
            };
            view! { <div class=class>{pieces}</div> }
        };
        window.get().map(line).collect_view()
    };
    view! { <div class="text-lines" aria-hidden="true"><div style=place>{lines}</div></div> }
}

/// The numbers of the lines.
#[component]
pub(super) fn Gutter(desk: Desk) -> impl IntoView {
    let window = window(desk);
    let wrong = wrong_lines(desk);
    let place = move || {
        let (_, top, _) = desk.scroll.get();
        format!("transform: translateY({}px)", pixels(window.get().start) - f64::from(top))
    };
    let digits = move || desk.shown.with(|shown| shown.count()).to_string().len().max(2);
    let numbers = move || {
        let (wrong, here) = (wrong.get(), desk.cursor.get().0);
        let number = |line: usize| {
            let class = match wrong.get(&line) {
                Some(Severity::Error) => "is-error",
                Some(Severity::Warning) => "is-warning",
                Some(Severity::Note) | None if line == here => "is-here",
                Some(Severity::Note) | None => "",
            };
            view! { <div class=class>{line + 1}</div> }
        };
        window.get().map(number).collect_view()
    };
    view! {
        <div class="text-gutter" aria-hidden="true" style=move || format!("width: calc({}ch + 20px)", digits())>
            <div style=place>{numbers}</div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_colored_piece_by_piece() {
        let shown = Shown::of("Table a { // why\n  id int\n\n  note: '''x\ny'''\n}");
        let line =
            |line| shown.line(line).into_iter().map(|(class, text)| format!("{class}[{text}]")).collect::<String>();
        assert_eq!(shown.count(), 6);
        assert_eq!(line(0), "is-keyword[Table][ ][a][ ][{][ ]is-comment[// why]");
        assert_eq!(line(1), "[  ][id][ ]is-type[int]");
        assert_eq!(line(2), "");
        assert_eq!(line(4), "is-string[y''']");
        assert_eq!(line(9), "");
    }
}
