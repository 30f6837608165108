//! Changes of a text by place.

use crate::span::Span;

/// A piece of a text, and what comes in its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Change {
    span: Span,
    with: String,
}

impl Change {
    /// Something in the place of a piece.
    pub(super) fn replace(span: Span, with: impl Into<String>) -> Self {
        Self { span, with: with.into() }
    }

    /// Something new at an offset.
    pub(super) fn insert(at: u32, with: impl Into<String>) -> Self {
        Self::replace(Span { start: at, end: at }, with)
    }

    /// A piece with the rest of its lines, when nothing else stands in them.
    pub(super) fn remove_lines(text: &str, span: Span) -> Self {
        let (start, end) = (span.start as usize, span.end as usize);
        let before = text.get(..start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let is_first = before.get(line..).is_some_and(|before| before.trim().is_empty());
        let after = text.get(end..).unwrap_or_default();
        let (rest, feed) = after.find('\n').map_or((after, 0), |at| (after.get(..at).unwrap_or_default(), 1));
        // What is said beside something that goes is said of it.
        if is_first && is_empty_but_for_a_comment(rest) {
            let end = end + rest.len() + feed;
            return Self::replace(Span { start: offset(line), end: offset(end) }, "");
        }
        Self::replace(span, "")
    }

    /// A new line behind a piece, and behind what is said beside it.
    pub(super) fn insert_line_after(text: &str, end: u32, line: &str) -> Self {
        let after = text.get(end as usize..).unwrap_or_default();
        let rest = after.find('\n').map_or(after, |at| after.get(..at).unwrap_or_default());
        if is_empty_but_for_a_comment(rest) {
            return Self::insert(end.saturating_add(offset(rest.len())), format!("\n{line}"));
        }
        Self::insert(end, format!("\n{line}\n"))
    }
}

fn is_empty_but_for_a_comment(rest: &str) -> bool {
    let rest = rest.trim();
    rest.is_empty() || rest.starts_with("//")
}

fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// The text with the changes made. Of two that overlap the first is made.
pub(super) fn changed(text: &str, mut changes: Vec<Change>) -> String {
    changes.sort_by_key(|change| (change.span.start, change.span.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Change { span, with } in &changes {
        if (span.start as usize) < at {
            continue;
        }
        out.push_str(text.get(at..span.start as usize).unwrap_or_default());
        out.push_str(with);
        at = span.end as usize;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
