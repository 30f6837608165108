//! Widths of text, from tables of the bundled fonts: the same in the browser, on the server and in a test.

mod advances;
mod fallback;

use std::borrow::Cow;

/// A font and weight of the canvas. The files are in `public/fonts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Face {
    /// Inter at weight 400: column names.
    Sans,
    /// Inter at weight 600: table names.
    SansBold,
    /// JetBrains Mono at weight 400: types.
    Mono,
}

impl Face {
    /// The CSS families, best first.
    pub const fn family(self) -> &'static str {
        match self {
            Self::Sans | Self::SansBold => "Inter, system-ui, sans-serif",
            Self::Mono => "\"JetBrains Mono\", ui-monospace, monospace",
        }
    }

    /// The CSS weight.
    pub const fn weight(self) -> u16 {
        match self {
            Self::Sans | Self::Mono => 400,
            Self::SansBold => 600,
        }
    }

    /// The CSS `font` shorthand that a canvas takes, such as `600 13px Inter, system-ui, sans-serif`.
    pub fn css(self, size: f64) -> String {
        format!("{} {size}px {}", self.weight(), self.family())
    }

    const fn runs(self) -> &'static [Run] {
        match self {
            Self::Sans => advances::SANS_400,
            Self::SansBold => advances::SANS_600,
            Self::Mono => advances::MONO_400,
        }
    }
}

/// Characters in sequence, with their advances in [`UNITS_PER_EM`].
#[derive(Debug)]
struct Run {
    first: u32,
    advances: &'static [u16],
}

const UNITS_PER_EM: f64 = 2000.0;

/// The advance of one character at a font size of 1.
///
/// What the bundled fonts lack comes from a font that the browser chooses, so that its width is assumed: rather too wide
/// than too narrow.
pub fn advance(c: char, face: Face) -> f64 {
    let code = u32::from(c);
    let runs = face.runs();
    // The first run begins at the space and holds all of ASCII: no search for what nearly every name is made of.
    if let (' '..='~', Some(ascii)) = (c, runs.first()) {
        let offset = usize::try_from(code - ascii.first).unwrap_or(usize::MAX);
        return ascii.advances.get(offset).map_or(0.6, |width| f64::from(*width) / UNITS_PER_EM);
    }
    let at = runs.partition_point(|run| run.first <= code);
    let known = at.checked_sub(1).and_then(|at| runs.get(at)).and_then(|run| {
        let offset = usize::try_from(code - run.first).ok()?;
        run.advances.get(offset)
    });
    match known {
        Some(width) => f64::from(*width) / UNITS_PER_EM,
        None => fallback::advance(code, face),
    }
}

/// The width of a text, without kerning.
pub fn text_width(text: &str, face: Face, size: f64) -> f64 {
    text.chars().map(|c| advance(c, face)).sum::<f64>() * size
}

/// The text itself when it fits into `max_width`, or else as much of its beginning as fits before an ellipsis.
/// When not even the ellipsis fits, the ellipsis alone.
pub fn elide(text: &str, face: Face, size: f64, max_width: f64) -> Cow<'_, str> {
    if text_width(text, face, size) <= max_width {
        return Cow::Borrowed(text);
    }
    let mut room = max_width - text_width("…", face, size);
    let mut kept = String::new();
    for c in text.chars() {
        room -= advance(c, face) * size;
        if room < 0.0 {
            break;
        }
        kept.push(c);
    }
    kept.truncate(kept.trim_end().len());
    kept.push('…');
    Cow::Owned(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_of_known_and_unknown_characters() {
        let check = |text: &str, face, expect: f64| {
            let width = text_width(text, face, 10.0);
            assert!((width - expect).abs() < 0.02, "{text:?} in {face:?} is {width}, not {expect}");
        };
        check("", Face::Sans, 0.0);
        check("a", Face::Mono, 6.0);
        check("numeric(10, 2)", Face::Mono, 84.0);
        check("用户", Face::Sans, 20.0);
        check("e\u{301}", Face::Mono, 6.0);
        check("Ж", Face::Sans, 10.8);
        assert!(text_width("users", Face::SansBold, 13.0) > text_width("users", Face::Sans, 13.0));
    }

    #[test]
    fn elide_keeps_what_fits() {
        let check = |text: &str, width, expect: &str| assert_eq!(elide(text, Face::Mono, 10.0, width), expect);
        check("orders", 36.0, "orders");
        check("orders", 35.9, "orde…");
        check("orders", 6.0, "…");
        check("orders", 0.0, "…");
        check("a b", 17.0, "a…");
        check("", 0.0, "");
    }
}
