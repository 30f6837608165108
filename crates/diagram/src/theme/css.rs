//! `style/tokens.css`.

use super::palette::{Ink, Tone};
use std::fmt::Write;

const HEAD: &str = "\
/* Written from crates/diagram/src/theme; change it there, then
   cargo run -p diagram --example tokens > style/tokens.css */
";

const LATIN: &str = "U+0000-00FF, U+0131, U+0152-0153, U+02BB-02BC, U+02C6, U+02DA, U+02DC, U+0304, U+0308, U+0329, \
U+2000-206F, U+20AC, U+2122, U+2191, U+2193, U+2212, U+2215, U+FEFF, U+FFFD";

const LATIN_EXT: &str = "U+0100-02BA, U+02BD-02C5, U+02C7-02CC, U+02CE-02D7, U+02DD-02FF, U+0304, U+0308, U+0329, \
U+1D00-1DBF, U+1E00-1E9F, U+1EF2-1EFF, U+2020, U+20A0-20AB, U+20AD-20C0, U+2113, U+2C60-2C7F, U+A720-A7FF";

/// Everything that is the same in both themes: name, value, and what it is for where the name does not say it.
const SIZES: &[(&str, &[(&str, &str)])] = &[
    (
        "Type: three sizes, two weights",
        &[
            ("font-sans", "Inter, system-ui, sans-serif"),
            ("font-mono", "\"JetBrains Mono\", ui-monospace, monospace"),
            ("text-small", "11px"),
            ("text-base", "13px"),
            ("text-large", "16px"),
            ("leading-small", "16px"),
            ("leading-base", "20px"),
            ("leading-large", "24px"),
            ("weight-normal", "400"),
            ("weight-strong", "600"),
        ],
    ),
    (
        "Space: a grid of 4 px",
        &[
            ("space-1", "4px"),
            ("space-2", "8px"),
            ("space-3", "12px"),
            ("space-4", "16px"),
            ("space-5", "20px"),
            ("space-6", "24px"),
            ("space-8", "32px"),
            ("space-12", "48px"),
            ("control-height", "28px"),
            ("target-min", "24px"),
            ("bar-height", "44px"),
            ("panel-width", "320px"),
            ("panel-width-min", "280px"),
            ("panel-width-max", "360px"),
        ],
    ),
    ("Corners", &[("radius-small", "4px"), ("radius", "6px"), ("radius-large", "10px"), ("radius-full", "999px")]),
    (
        "The one shadow, for what floats, and the ring of focus",
        &[
            ("shadow", "0 1px 2px var(--color-shadow), 0 8px 24px var(--color-shadow)"),
            ("focus-ring", "2px solid var(--color-accent)"),
            ("focus-offset", "2px"),
        ],
    ),
    (
        "Layers, from the canvas up",
        &[
            ("z-canvas", "0"),
            ("z-overlay", "1"),
            ("z-panel", "10"),
            ("z-bar", "20"),
            ("z-popover", "30"),
            ("z-dialog", "40"),
            ("z-toast", "50"),
        ],
    ),
    (
        "Motion, only to explain where something went",
        &[("motion-fast", "120ms"), ("motion-slow", "180ms"), ("motion-ease", "cubic-bezier(0.2, 0, 0, 1)")],
    ),
];

pub(super) fn tokens() -> String {
    let mut css = HEAD.to_owned();
    for (family, file, weights) in [("Inter", "inter", "400 600"), ("JetBrains Mono", "jetbrains-mono", "400")] {
        for (part, range) in [("latin-ext", LATIN_EXT), ("latin", LATIN)] {
            font_face(&mut css, (family, weights), &format!("{file}-{part}"), range);
        }
    }
    css.push_str("\n:root {\n  color-scheme: light dark;\n\n  /* Colors, light and dark */\n");
    for ink in Ink::ALL {
        let (light, dark) = ink.tones();
        let _ = writeln!(css, "  --color-{}: light-dark({}, {});", ink.name(), oklch(light), oklch(dark));
    }
    for (title, entries) in SIZES {
        let _ = writeln!(css, "\n  /* {title} */");
        for (name, value) in *entries {
            let _ = writeln!(css, "  --{name}: {value};");
        }
    }
    css.push_str("}\n");
    css.push_str("\n:root[data-theme=\"light\"] {\n  color-scheme: light;\n}\n");
    css.push_str("\n:root[data-theme=\"dark\"] {\n  color-scheme: dark;\n}\n");
    css.push_str(
        "\n@media (prefers-reduced-motion: reduce) {\n  :root {\n    --motion-fast: 0ms;\n    --motion-slow: 0ms;\n  }\n}\n",
    );
    css
}

fn font_face(css: &mut String, (family, weights): (&str, &str), file: &str, range: &str) {
    let _ = write!(
        css,
        "\n@font-face {{\n  font-family: \"{family}\";\n  font-style: normal;\n  font-weight: {weights};\n  \
         font-display: swap;\n  src: url(\"/fonts/{file}.woff2\") format(\"woff2\");\n  unicode-range: {range};\n}}\n"
    );
}

fn oklch(tone: Tone) -> String {
    let Tone { lightness, chroma, hue, alpha, rgb: _ } = tone;
    if alpha >= 1.0 {
        return format!("oklch({lightness} {chroma} {hue})");
    }
    format!("oklch({lightness} {chroma} {hue} / {alpha})")
}
