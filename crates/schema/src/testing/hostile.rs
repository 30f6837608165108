//! Texts that somebody with bad intent, or bad luck, might type.

/// A list of texts, one a line; lines that begin with `# ` explain.
#[derive(Debug, Clone, Copy)]
pub struct Corpus(&'static str);

/// Defaults and checks that must be refused with a message.
pub const REFUSED_EXPRESSIONS: Corpus = Corpus(include_str!("../../tests/data/hostile/refused_expressions.txt"));
/// Expressions that must be refused even where any of PostgreSQL's is taken.
pub const REFUSED_WIDE: Corpus = Corpus(include_str!("../../tests/data/hostile/refused_wide.txt"));
/// Defaults and checks that look hostile and are harmless.
pub const HARMLESS_EXPRESSIONS: Corpus = Corpus(include_str!("../../tests/data/hostile/harmless_expressions.txt"));
/// Types that must be refused with a message.
pub const REFUSED_TYPES: Corpus = Corpus(include_str!("../../tests/data/hostile/refused_types.txt"));
/// Names that must be refused with a message.
pub const REFUSED_NAMES: Corpus = Corpus(include_str!("../../tests/data/hostile/refused_names.txt"));
/// Names that look hostile, are legal, and must come out of every format as they went in.
pub const HARMLESS_NAMES: Corpus = Corpus(include_str!("../../tests/data/hostile/harmless_names.txt"));

impl Corpus {
    /// The texts, with `\\` made a backslash and `\u{…}` the character of that number.
    pub fn iter(self) -> impl Iterator<Item = String> {
        self.0.lines().filter(|line| !line.starts_with("# ")).map(decoded)
    }
}

fn decoded(line: &str) -> String {
    let mut out = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let escape = after.strip_prefix("u{").and_then(|after| after.split_once('}'));
        let named =
            escape.and_then(|(digits, after)| Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, after)));
        if let Some((c, after)) = named {
            out.push(c);
            rest = after;
        } else {
            out.push('\\');
            rest = after.strip_prefix('\\').unwrap_or(after);
        }
    }
    out + rest
}
