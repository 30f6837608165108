//! What was read of a text, for who decides whether to stage it.

use super::desk::{Desk, Outcome};
use crate::ui::{Icon, sentence};
use interchange::{Finding, Severity};
use leptos::prelude::*;
use std::sync::Arc;

/// Of more than so many findings of one kind the first are shown: nobody reads on, and each takes room in the page.
const MOST: usize = 100;

impl Outcome {
    /// How much was read, in a sentence.
    pub fn said(&self) -> String {
        let all = editor::contents(&self.reading.schema);
        let summary = sentence(&self.reading.summary);
        let new = match &self.import {
            import if import.is_empty() => ". Nothing of it is new in the diagram".to_owned(),
            import if import.news == all => String::new(),
            import => format!(". New in the diagram: {}", import.news),
        };
        format!("{summary}: {all}{new}.")
    }
}

/// A number of things.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The picture, what stays out, and what was found in the text.
#[component]
pub fn OutcomeView(desk: Desk) -> impl IntoView {
    let content = move || match desk.outcome.get() {
        Some(outcome) => view! { <Sections desk outcome/> }.into_any(),
        None => view! { <Nothing/> }.into_any(),
    };
    view! {
        <div class="import-outcome" role="region" aria-label="What was read" tabindex="0" aria-busy=move || desk.is_reading.get().to_string()>
            {content}
        </div>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="import-nothing muted">
            <p>"The schema of a database as SQL, or as DBML. What was read is shown here before anything is staged."</p>
            <p>"PostgreSQL: "<code>"pg_dump --schema-only"</code>", MySQL: "<code>"mysqldump --no-data"</code>", SQLite: "<code>".schema"</code></p>
        </div>
    }
}

#[component]
fn Sections(desk: Desk, outcome: Arc<Outcome>) -> impl IntoView {
    let findings = |severity| {
        let of_kind = outcome.reading.findings.iter().filter(|finding| finding.severity == severity);
        of_kind.cloned().collect::<Vec<_>>()
    };
    let known = outcome.import.known.iter().map(|name| format!("{name} is in the diagram already and stays as it is"));
    view! {
        <Picture desk/>
        <Findings desk findings=findings(Severity::Error) severity=Severity::Error/>
        <Findings desk findings=findings(Severity::Warning) severity=Severity::Warning/>
        <Said title="Already in the diagram" texts=known.collect()/>
        <Said title="Left out or changed" texts=outcome.import.remarks.clone()/>
        <Findings desk findings=findings(Severity::Note) severity=Severity::Note/>
    }
}

/// The tables to be staged.
#[component]
fn Picture(desk: Desk) -> impl IntoView {
    // The picture is written by us, and every name in it is escaped.
    move || desk.picture.get().map(|svg| view! { <div class="import-picture" inner_html=svg></div> })
}

/// Sentences under a title; nothing without them.
#[component]
fn Said(title: &'static str, texts: Vec<String>) -> impl IntoView {
    let rest = texts.len().saturating_sub(MOST);
    (!texts.is_empty()).then(|| {
        let items: Vec<_> = texts.into_iter().take(MOST).map(|text| view! { <li>{text}</li> }).collect();
        view! {
            <section class="import-section">
                <h3>{title}</h3>
                <ul>{items}{more(rest)}</ul>
            </section>
        }
    })
}

/// What was found in the text of one severity; notes are folded.
#[component]
fn Findings(desk: Desk, findings: Vec<Finding>, severity: Severity) -> impl IntoView {
    let (icon, one, many) = match severity {
        Severity::Error => ("circle-alert", "not understood", "not understood"),
        Severity::Warning => ("triangle-alert", "warning", "warnings"),
        Severity::Note => ("info", "note", "notes"),
    };
    let title = counted(findings.len(), one, many);
    let rest = findings.len().saturating_sub(MOST);
    (!findings.is_empty()).then(|| {
        let items: Vec<_> = findings.into_iter().take(MOST).map(|finding| view! { <Found desk finding/> }).collect();
        let list = view! { <ul>{items}{more(rest)}</ul> };
        let head = view! { <Icon name=icon/>{title} };
        let class = format!("import-section is-{}", severity.as_str());
        if severity == Severity::Note {
            view! { <details class=class><summary>{head}</summary>{list}</details> }.into_any()
        } else {
            view! { <section class=class><h3>{head}</h3>{list}</section> }.into_any()
        }
    })
}

fn more(rest: usize) -> impl IntoView {
    (rest > 0).then(|| view! { <li class="muted">{format!("and {rest} more")}</li> })
}

/// One finding; where its line is known, the way there.
#[component]
fn Found(desk: Desk, finding: Finding) -> impl IntoView {
    let Finding { line, message, .. } = finding;
    match line {
        Some(line) => view! {
            <li>
                <button type="button" class="list-row import-found" on:click=move |_| show_line(desk, line)>
                    <span class="import-line">{format!("Line {line}")}</span>
                    <span>{message}</span>
                </button>
            </li>
        }
        .into_any(),
        None => view! { <li>{message}</li> }.into_any(),
    }
}

/// Selects a line of the text and brings it into view.
fn show_line(desk: Desk, line: u32) {
    let Some(field) = desk.field.get_untracked() else { return };
    let text = field.value();
    let Some((start, end)) = span_of(&text, line) else { return };
    // Neither fails for a text area.
    let _ = field.focus();
    let _ = field.set_selection_range(start, end);
    // Lines are not wrapped, so that each is as high as every other.
    let count = text.split('\n').count().max(1);
    let height = f64::from(field.scroll_height()) / count as f64;
    let top = height * f64::from(line.saturating_sub(1)) - f64::from(field.client_height()) / 3.0;
    #[expect(clippy::cast_possible_truncation, reason = "saturates beyond any text")]
    field.set_scroll_top(top.max(0.0) as i32);
    field.set_scroll_left(0);
}

/// Where a line, from 1, begins and ends, in UTF-16 units.
fn span_of(text: &str, line: u32) -> Option<(u32, u32)> {
    let units = |text: &str| text.encode_utf16().count();
    let before = usize::try_from(line).ok()?.checked_sub(1)?;
    let found = text.split('\n').nth(before)?;
    let start: usize = text.split('\n').take(before).map(|line| units(line) + 1).sum();
    Some((u32::try_from(start).ok()?, u32::try_from(start + units(found)).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_in_the_units_of_the_browser() {
        let text = "a\n\u{1f600}b\n\nlast";
        for (line, expect) in
            [(1, Some((0, 1))), (2, Some((2, 5))), (3, Some((6, 6))), (4, Some((7, 11))), (5, None), (0, None)]
        {
            assert_eq!(span_of(text, line), expect, "line {line}");
        }
    }
}
