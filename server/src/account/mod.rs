//! Accounts: what is typed is read here, passwords are checked here, and the store is told the outcome.

pub mod common_passwords;
pub mod mail;
pub mod password;
pub mod sign_in;

use protocol::FormField;

use crate::{error::Error, store::diagram::is_invisible};

/// An e-mail as it is kept: in lower case, with something before and after its `@`. Whether it exists is found out by
/// writing to it.
///
/// # Errors
/// When it is none.
pub fn read_email(text: &str) -> Result<String, Error> {
    let email = text.trim().to_lowercase();
    let is_odd = |c: char| c.is_whitespace() || is_invisible(c) || matches!(c, '<' | '>' | ',' | ';' | '"');
    let has_parts = email.split_once('@').is_some_and(|(person, host)| {
        !person.is_empty() && !host.is_empty() && !host.contains('@') && !host.starts_with('.') && !host.ends_with('.')
    });
    if !has_parts || email.len() > 254 || email.contains(is_odd) {
        let message = "Write it as in name@example.com.";
        return Err(Error::Field(FormField::Email, message.to_owned()));
    }
    Ok(email)
}

/// The name of a person or of a workspace: one line, no characters that cannot be seen.
///
/// # Errors
/// When it is empty, too long or odd.
pub fn read_name(text: &str) -> Result<&str, Error> {
    let name = text.trim();
    let refuse = |message: &str| Err(Error::Field(FormField::Name, message.to_owned()));
    match name.chars().count() {
        0 => refuse("A name is needed."),
        61.. => refuse("A name has at most 60 characters."),
        _ if name.contains(is_invisible) => refuse("A name cannot contain invisible characters."),
        _ => Ok(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn emails() {
        let long = format!("{}@example.com", "a".repeat(250));
        for (text, expect) in [
            (" Ada@Example.com ", Some("ada@example.com")),
            ("a@localhost", Some("a@localhost")),
            ("ada", None),
            ("@example.com", None),
            ("ada@", None),
            ("a@b@c", None),
            ("a b@c", None),
            ("a@b\nBcc: x@y", None),
            ("<a@b>", None),
            (&long, None),
        ] {
            assert_eq!(read_email(text).ok().as_deref(), expect, "{text}");
        }
    }

    #[test]
    fn names() {
        let (just, over) = ("é".repeat(60), "é".repeat(61));
        for (text, expect) in [
            (" Ada ", Some("Ada")),
            ("", None),
            ("  ", None),
            ("a\u{202e}b", None),
            (&just, Some(just.as_str())),
            (&over, None),
        ] {
            assert_eq!(read_name(text).ok(), expect, "{text}");
        }
    }
}
