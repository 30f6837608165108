"""Writes src/font/advances.rs from the bundled fonts in public/fonts.

Run from the repository's root after replacing a font file:

    python3 -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools brotli
    /tmp/fonts/bin/python crates/diagram/tools/advances.py > crates/diagram/src/font/advances.rs

The build itself never needs Python: the table is checked in.
"""

from fontTools.ttLib import TTFont

FOLDER = "public/fonts"
FACES = [
    ("SANS_400", "Inter at weight 400", "inter", 400),
    ("SANS_600", "Inter at weight 600", "inter", 600),
    ("MONO_400", "JetBrains Mono at weight 400", "jetbrains-mono", 400),
]
LAST = 0x2215


def widths(family, weight):
    """Advance per character in 1/2000 of the font size; the latin file wins, as in the style sheet."""
    table = {}
    for part in ["latin-ext", "latin"]:
        font = TTFont(f"{FOLDER}/{family}-{part}.woff2")
        glyphs = font.getGlyphSet(location={"wght": weight} if "fvar" in font else None)
        per_em = font["head"].unitsPerEm
        for character, glyph in font.getBestCmap().items():
            if 0x20 <= character <= LAST:
                table[character] = round(glyphs[glyph].width * 2000 / per_em)
    return table


def runs(table):
    """Runs of characters without a gap."""
    result = []
    for character in sorted(table):
        if result and result[-1][0] + len(result[-1][1]) == character:
            result[-1][1].append(table[character])
        else:
            result.append((character, [table[character]]))
    return result


print("//! Advance widths of the bundled fonts. Written by tools/advances.py; edit that instead.")
print()
print("use super::Run;")
for name, what, family, weight in FACES:
    print(f"\n/// {what}, in 1/2000 of the font size.")
    print("#[rustfmt::skip]")
    print(f"pub(super) static {name}: &[Run] = &[")
    for first, advances in runs(widths(family, weight)):
        line = f"    Run {{ first: {first:#06x}, advances: &["
        print(line, end="")
        if len(advances) > 12:
            for at in range(0, len(advances), 20):
                print("\n        " + ", ".join(map(str, advances[at : at + 20])) + ",", end="")
            print("\n    ] },")
        else:
            print(", ".join(map(str, advances)) + "] },")
    print("];")
