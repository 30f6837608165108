//! Passwords that are tried first by whoever guesses.

/// Whether a password is among the commonest, in any case of its letters, or nothing but one character or one run.
#[must_use]
pub fn is_common(password: &str) -> bool {
    let lower = password.to_lowercase();
    // The commonest words with a year, a few digits or a sign after them are as common as the words.
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '!' | '.' | '?' | '#' | '*' | '@'));
    let is_one = lower.chars().all(|c| lower.starts_with(c));
    let is_run = RUNS.iter().any(|run| run.contains(&lower) || run.chars().rev().collect::<String>().contains(&lower));
    is_one || is_run || COMMON.contains(&lower.as_str()) || STEMS.contains(&stem)
}

const RUNS: [&str; 5] =
    ["01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop[]", "asdfghjkl;'", "1qaz2wsx3edc4rfv5tgb6yhn"];

/// Alone or with digits and signs after them.
const STEMS: [&str; 56] = [
    "password",
    "passw0rd",
    "p@ssword",
    "p@ssw0rd",
    "passwort",
    "welcome",
    "welkom",
    "letmein",
    "iloveyou",
    "admin",
    "administrator",
    "qwerty",
    "qwertz",
    "azerty",
    "monkey",
    "dragon",
    "football",
    "baseball",
    "basketball",
    "superman",
    "batman",
    "sunshine",
    "princess",
    "starwars",
    "whatever",
    "trustno",
    "master",
    "michael",
    "jordan",
    "shadow",
    "computer",
    "internet",
    "pokemon",
    "liverpool",
    "chelsea",
    "arsenal",
    "changeme",
    "default",
    "secret",
    "login",
    "abc",
    "qwe",
    "test",
    "guest",
    "hello",
    "summer",
    "winter",
    "spring",
    "autumn",
    "crowfoot",
    "postgres",
    "database",
    "samsung",
    "google",
    "facebook",
    "killer",
];

/// In no pattern.
const COMMON: [&str; 24] = [
    "1q2w3e4r",
    "1q2w3e4r5t",
    "q1w2e3r4",
    "zaq12wsx",
    "1qazxsw2",
    "qazwsxedc",
    "asdfasdf",
    "asdf1234",
    "1234qwer",
    "abcd1234",
    "a1b2c3d4",
    "aa123456",
    "a12345678",
    "a123456789",
    "11223344",
    "12121212",
    "13131313",
    "69696969",
    "12344321",
    "87654321",
    "123123123",
    "147258369",
    "qweasdzxc",
    "zxcvbnm1",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_is_common() {
        for (password, expect) in [
            ("password", true),
            ("Password1!", true),
            ("welcome2026", true),
            ("12345678", true),
            ("87654321", true),
            ("aaaaaaaa", true),
            ("QWERTYUIOP", true),
            ("1q2w3e4r", true),
            ("correct horse battery staple", false),
            ("tables-and-references", false),
            ("passwordless crows", false),
        ] {
            assert_eq!(is_common(password), expect, "{password}");
        }
    }
}
