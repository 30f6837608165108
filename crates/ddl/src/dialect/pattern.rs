//! Patterns of `LIKE`, apart into what they match.

/// What a part of a pattern matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Any text.
    Any,
    /// Any character.
    Single,
    /// This character.
    One(char),
}

/// The parts of a pattern of PostgreSQL, in which a backslash takes from a character what is special about it; none for
/// one that ends in such a backslash, which matches nothing anywhere.
pub(super) fn parts(pattern: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        parts.push(match c {
            '%' => Part::Any,
            '_' => Part::Single,
            '\\' => Part::One(rest.next()?),
            c => Part::One(c),
        });
    }
    Some(parts)
}

/// A pattern of `LIKE` where a backslash does the same for these characters, and for itself.
pub(super) fn escaped(parts: &[Part], special: &str) -> String {
    written(parts, |c, out| {
        if c == '\\' || special.contains(c) {
            out.push('\\');
        }
        out.push(c);
    })
}

/// A pattern of `LIKE` where no character but the wildcards is special.
pub(super) fn plain(parts: &[Part]) -> String {
    written(parts, |c, out| out.push(c))
}

/// A pattern of `GLOB`.
pub(super) fn glob(parts: &[Part]) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Any => out.push('*'),
            Part::Single => out.push('?'),
            Part::One(c @ ('*' | '?' | '[')) => out.extend(['[', *c, ']']),
            Part::One(c) => out.push(*c),
        }
    }
    out
}

fn written(parts: &[Part], one: impl Fn(char, &mut String)) -> String {
    let mut out = String::new();
    for part in parts {
        match part {
            Part::Any => out.push('%'),
            Part::Single => out.push('_'),
            Part::One(c) => one(*c, &mut out),
        }
    }
    out
}
