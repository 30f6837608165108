//! Places in a text.

use std::cmp::Ordering;

/// A stretch of text, in bytes from its beginning. Texts of 4 GiB and more are not read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Where it begins.
    pub start: u32,
    /// Where it has ended.
    pub end: u32,
}

impl Span {
    /// From the beginning of this one to the end of the other.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// The piece of the text that lies there; empty where the span is not of this text.
    pub fn of(self, text: &str) -> &str {
        text.get(self.start as usize..self.end as usize).unwrap_or_default()
    }

    /// Whether the offset lies in it or at one of its ends.
    pub fn touches(self, offset: u32) -> bool {
        self.start <= offset && offset <= self.end
    }
}

/// Where an object of a [`Document`](crate::Document) was written. It is no part of what the object says: any two
/// origins are equal, so that documents are compared by what they mean.
#[derive(Debug, Clone, Copy, Default)]
pub struct Origin(pub Span);

impl PartialEq for Origin {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Origin {}

impl PartialOrd for Origin {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Origin {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}

/// A line and column for people, both counted from 1. The column counts UTF-16 units, as editors in a browser do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column.
    pub column: u32,
}

/// Where the lines of a text begin, for turning offsets into positions without reading the text again each time.
#[derive(Debug, Clone)]
pub struct Lines<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    /// The lines of a text; only a line feed ends one.
    pub fn of(text: &'a str) -> Self {
        let after_feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| offset(at + 1));
        Self { text, starts: std::iter::once(0).chain(after_feeds).collect() }
    }

    /// The position of an offset; that of the end for one beyond it.
    ///
    /// ```
    /// let lines = dbml::Lines::of("a\nd𝄞b");
    /// assert_eq!(lines.position(7), dbml::Position { line: 2, column: 4 });
    /// ```
    pub fn position(&self, offset: u32) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default() as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let before = self.text.get(start..end).unwrap_or_default();
        let units: usize = before.chars().map(char::len_utf16).sum();
        Position { line: crate::span::offset(line), column: crate::span::offset(units + 1) }
    }
}

/// An index into a text as offsets keep it.
pub(crate) fn offset(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
