//! What is said of what others did.

use protocol::{Author, RevisionNumber};

/// A revision that was not saved in this tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Saved {
    pub(super) number: RevisionNumber,
    pub(super) by: Author,
}

/// Who saved what, in a sentence. Revisions come oldest first.
pub(super) fn saved(revisions: &[Saved]) -> String {
    let (Some(first), Some(last)) = (revisions.first(), revisions.last()) else { return String::new() };
    let what = match first.number == last.number {
        true => format!("revision {}", last.number),
        false => format!("revisions {} to {}", first.number, last.number),
    };
    let is_one = revisions.iter().all(|it| it.by == last.by);
    match (&last.by, is_one) {
        (Author::Named(name), true) => format!("{name} saved {what}"),
        (Author::Named(name), false) => format!("{name} and others saved {what}"),
        (Author::You, true) => format!("Another tab saved {what}; this one follows"),
        (Author::You, false) => format!("You and others saved {what}"),
    }
}

/// The letters that stand for a name: of its first and last word.
pub(super) fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().find(|it| it.is_alphanumeric()));
    let ends = [words.next(), words.next_back()];
    ends.into_iter().flatten().flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_saved_is_said_in_one_sentence() {
        let check = |revisions: &[(i64, &str)], expect: &str| {
            let revision = |(number, name): &(i64, &str)| Saved {
                number: *number,
                by: if *name == "me" { Author::You } else { Author::Named((*name).to_owned()) },
            };
            assert_eq!(saved(&revisions.iter().map(revision).collect::<Vec<_>>()), expect);
        };
        check(&[(7, "Anna")], "Anna saved revision 7");
        check(&[(7, "Anna"), (8, "Anna"), (9, "Anna")], "Anna saved revisions 7 to 9");
        check(&[(7, "Ben"), (8, "Anna")], "Anna and others saved revisions 7 to 8");
        check(&[(7, "me")], "Another tab saved revision 7; this one follows");
        check(&[(7, "Anna"), (8, "me")], "You and others saved revisions 7 to 8");
    }

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, expect) in [
            ("Guest", "G"),
            ("Anna Bauer", "AB"),
            ("anna maria von berg", "AB"),
            ("  (Élodie)  ", "É"),
            ("ßen", "SS"),
            ("", ""),
            ("…", ""),
        ] {
            assert_eq!(initials(name), expect, "{name:?}");
        }
    }
}
