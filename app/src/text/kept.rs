//! What this browser keeps of the text, under the person and the diagram: comments, the order of things, and what cannot be
//! read yet. Nobody else has it.

use crate::platform::storage;
use protocol::{DiagramId, PersonId};
use serde::{Deserialize, Serialize};

/// What every key begins with.
const PREFIX: &str = "text ";

/// A text that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub text: String,
    /// What it said when it could last be read, where it cannot be read.
    pub base: Option<String>,
}

/// Where the text of a diagram is kept.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub person: PersonId,
    pub diagram: DiagramId,
}

impl Place {
    fn key(self) -> String {
        format!("{PREFIX}{} {}", self.person, self.diagram)
    }

    /// Where a text is put that another tab wrote at the same time.
    fn other_key(self) -> String {
        format!("{} other", self.key())
    }

    /// What is kept, as it is kept.
    pub(super) fn raw(self) -> Option<String> {
        storage::read(&self.key())
    }

    /// Keeps it as it is; none keeps nothing.
    pub(super) fn set_raw(self, raw: Option<&str>) {
        set(&self.key(), raw);
    }

    /// The text that another tab wrote at the same time, until somebody has chosen.
    pub(super) fn other(self) -> Option<String> {
        storage::read(&self.other_key())
    }

    pub(super) fn set_other(self, raw: Option<&str>) {
        set(&self.other_key(), raw);
    }
}

impl Kept {
    /// What was kept. Earlier releases kept the text alone.
    pub(super) fn from_raw(raw: &str) -> Self {
        serde_json::from_str(raw).unwrap_or_else(|_| Self { text: raw.to_owned(), base: None })
    }

    pub(super) fn to_raw(&self) -> String {
        // A struct of texts is always written.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn set(key: &str, raw: Option<&str>) {
    match raw {
        Some(raw) => storage::write(key, raw),
        None => storage::remove(key),
    }
}

/// Forgets all texts in this browser, as whoever signs out leaves nothing to read.
pub fn forget_all() {
    drop(storage::take(|key| key.starts_with(PREFIX)));
}

/// Takes out what is kept of a diagram that is deleted.
pub fn take_of(diagram: DiagramId) -> Vec<(String, String)> {
    let diagram = diagram.to_string();
    storage::take(|key| key.strip_prefix(PREFIX).is_some_and(|rest| rest.split(' ').nth(1) == Some(diagram.as_str())))
}

/// Puts back what was taken out.
pub fn put_back(taken: &[(String, String)]) {
    for (key, text) in taken {
        storage::write(key, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        let kept = |text: &str, base: Option<&str>| Kept { text: text.to_owned(), base: base.map(str::to_owned) };
        for it in [kept("Table a {}", None), kept("Table \"", Some("Table a {}")), kept("", None)] {
            assert_eq!(Kept::from_raw(&it.to_raw()), it);
        }
        assert_eq!(Kept::from_raw("Table a { // as before\n}"), kept("Table a { // as before\n}", None));
    }
}
