//! Widths of what the bundled fonts of a page lack. The browser draws it with a font of its own choosing, and the server
//! with one that nobody has measured, so that these are the widths of wide ones: a box is rather too wide than too narrow.

use super::Face;

/// A script or a kind of sign, with the advance of its letters at a font size of 1.
struct Block {
    first: u32,
    last: u32,
    advance: f64,
}

const fn block(first: u32, last: u32, advance: f64) -> Block {
    Block { first, last, advance }
}

/// In order. What is in none of them is [`OTHER`].
static BLOCKS: &[Block] = &[
    // Marks upon the letter before them.
    block(0x0300, 0x036F, 0.0),
    block(0x0483, 0x0489, 0.0),
    block(0x0591, 0x05BD, 0.0),
    block(0x05D0, 0x05F4, 0.76),
    block(0x0610, 0x061A, 0.0),
    // Arabic is joined, and most of its letters are narrower then; those with teeth are not.
    block(0x0620, 0x0632, 0.8),
    block(0x0633, 0x0636, 1.25),
    block(0x0637, 0x064A, 0.8),
    block(0x064B, 0x065F, 0.0),
    block(0x0660, 0x06D5, 0.8),
    block(0x06D6, 0x06DC, 0.0),
    block(0x0750, 0x077F, 0.9),
    // From Devanagari to Malayalam, and Sinhala.
    block(0x0900, 0x0DFF, 0.9),
    // Thai and Lao, with their signs above and below.
    block(0x0E31, 0x0E31, 0.0),
    block(0x0E34, 0x0E3A, 0.0),
    block(0x0E47, 0x0E4E, 0.0),
    block(0x0EB1, 0x0EB1, 0.0),
    block(0x0EB4, 0x0EBC, 0.0),
    block(0x0EC8, 0x0ECE, 0.0),
    block(0x1000, 0x109F, 1.0),
    // Hangul that is not put together, and what Unicode calls wide: Chinese, Japanese, Korean.
    block(0x1100, 0x115F, 1.0),
    block(0x1160, 0x11FF, 0.0),
    block(0x1780, 0x17FF, 1.0),
    block(0x1AB0, 0x1AFF, 0.0),
    block(0x1DC0, 0x1DFF, 0.0),
    block(0x200B, 0x200F, 0.0),
    block(0x202A, 0x202E, 0.0),
    block(0x2060, 0x206F, 0.0),
    block(0x20D0, 0x20FF, 0.0),
    block(0x2100, 0x25FF, 1.0),
    // Signs that many devices draw as emoji.
    block(0x2600, 0x27BF, EMOJI),
    block(0x2B00, 0x2BFF, EMOJI),
    block(0x2E80, 0xA4CF, 1.0),
    block(0xA960, 0xA97F, 1.0),
    block(0xAC00, 0xD7A3, 1.0),
    block(0xF900, 0xFAFF, 1.0),
    block(0xFB50, 0xFDFF, 1.0),
    block(0xFE00, 0xFE0F, 0.0),
    block(0xFE20, 0xFE2F, 0.0),
    block(0xFE30, 0xFE6F, 1.0),
    block(0xFF00, 0xFF60, 1.0),
    block(0xFFE0, 0xFFE6, 1.0),
    block(0x1F000, 0x1F1E5, EMOJI),
    // Two of these are one flag.
    block(0x1F1E6, 0x1F1FF, 1.0),
    block(0x1F200, 0x1F3FA, EMOJI),
    // The color of the skin of the emoji before.
    block(0x1F3FB, 0x1F3FF, 0.0),
    block(0x1F400, 0x1FAFF, EMOJI),
    block(0x20000, 0x3FFFD, 1.0),
    block(0xE0000, 0xE0FFF, 0.0),
];

/// The emoji of Windows are the widest.
const EMOJI: f64 = 1.38;
const OTHER: f64 = 0.76;
/// All that is narrow in a font of one width.
const MONO: f64 = 0.61;
/// How much wider bold letters may be.
const BOLD: f64 = 1.18;

/// Cyrillic from U+0400 on and Greek from U+0391 on, in hundredths: the wider of Inter and DejaVu Sans.
static CYRILLIC: [u8; 96] = [
    64, 64, 85, 61, 74, 65, 30, 30, 58, 112, 113, 89, 71, 76, 63, 76, 69, 69, 69, 61, 82, 64, 108, 65, 76, 76, 71, 76,
    91, 76, 79, 76, 64, 74, 65, 63, 87, 69, 78, 71, 107, 110, 84, 89, 69, 74, 108, 70, 62, 62, 59, 53, 70, 62, 91, 54,
    65, 65, 61, 64, 78, 66, 62, 66, 64, 58, 59, 60, 86, 60, 69, 60, 92, 95, 71, 79, 59, 58, 85, 61, 62, 62, 63, 53, 58,
    53, 28, 28, 28, 93, 90, 66, 61, 65, 60, 66,
];
static GREEK: [u8; 57] = [
    69, 69, 58, 69, 64, 69, 76, 79, 30, 68, 69, 91, 76, 66, 79, 76, 64, 75, 69, 65, 68, 89, 69, 88, 78, 30, 68, 67, 55,
    64, 34, 60, 67, 64, 60, 62, 55, 55, 64, 63, 34, 59, 65, 64, 59, 56, 62, 61, 64, 59, 64, 61, 60, 73, 58, 78, 84,
];

/// The advance at a font size of 1 of a character that the fonts of a page lack.
pub(super) fn advance(code: u32, face: Face) -> f64 {
    let listed = |first: u32, letters: &[u8]| {
        let at = code.checked_sub(first).and_then(|at| usize::try_from(at).ok())?;
        letters.get(at).map(|width| f64::from(*width) / 100.0)
    };
    let letter = listed(0x400, &CYRILLIC).or_else(|| listed(0x391, &GREEK));
    let width = letter.unwrap_or_else(|| {
        let at = BLOCKS.partition_point(|block| block.last < code);
        BLOCKS.get(at).filter(|block| block.first <= code).map_or(OTHER, |block| block.advance)
    });
    let is_square = width == 1.0 || width == EMOJI;
    match face {
        _ if is_square || width == 0.0 => width,
        // Scripts without a font of one width come from any other.
        Face::Mono if letter.is_some() || width == OTHER => MONO,
        Face::Sans | Face::Mono => width,
        Face::SansBold => width * BOLD,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boxes::{NAME_SIZE, NAME_X, TYPE_SIZE, TYPE_X};
    use crate::font::text_width;
    use schema::testing::schema_from;
    use std::collections::BTreeMap;

    #[test]
    fn blocks_are_in_order() {
        for pair in BLOCKS.windows(2) {
            assert!(pair[0].first <= pair[0].last && pair[0].last < pair[1].first, "{:#x}", pair[1].first);
        }
    }

    /// Each text with how wide fonts draw it at a size of 100 that are on many machines: at weight 400, at 600 or bold, and
    /// where all letters are of one width.
    #[test]
    fn there_is_room_for_what_other_fonts_draw() {
        for (text, sans, bold, mono) in [
            ("Заказы", 379.0, 422.0, 361.0),
            ("пользователь", 727.0, 794.0, 722.0),
            ("ШИРИНА", 460.0, 525.0, 361.0),
            ("Щщшж", 385.0, 449.0, 241.0),
            ("χρήστης", 430.0, 479.0, 421.0),
            ("משתמשים", 432.0, 464.0, 421.0),
            ("العملاء", 369.0, 435.0, 421.0),
            ("客户订单", 400.0, 400.0, 400.0),
            ("ユーザー", 400.0, 400.0, 400.0),
            ("주문", 200.0, 200.0, 200.0),
            ("ＡＢ", 200.0, 200.0, 200.0),
            ("😀", 137.0, 137.0, 137.0),
            ("☎️", 137.0, 137.0, 137.0),
            ("👍🏽", 137.0, 137.0, 137.0),
        ] {
            for (face, least) in [(Face::Sans, sans), (Face::SansBold, bold), (Face::Mono, mono)] {
                let width = text_width(text, face, 100.0);
                assert!(width >= least, "{text} in {face:?}: {width}, but {least} is drawn");
                assert!(width <= least * 1.8, "{text} in {face:?}: {width} is far beyond {least}");
            }
        }
        let marked = |text: &str| text_width(text, Face::Sans, 100.0);
        assert_eq!(marked("ก"), marked("กิ่"), "signs above a letter take no room");
        assert_eq!(marked("ب"), marked("بِّ"), "nor do vowels");
    }

    #[test]
    fn cards_hold_names_in_any_script_and_pictures_name_other_fonts() {
        for name in ["Заказы_покупателей", "客户订单明细", "طلبات_العملاء", "🛒orders🛒"]
        {
            let schema = schema_from(&format!("{name}\n  {name} text!\n"));
            let scene = crate::Scene::build(&schema, &BTreeMap::new());
            let card = scene.boxes().next().unwrap();
            assert_eq!((&*card.title, &*card.rows[0].name), (name, name), "nothing is cut off");
            let room = card.rect.width() - NAME_X - TYPE_X - text_width("text", Face::Mono, TYPE_SIZE);
            assert!(room >= text_width(name, Face::Sans, NAME_SIZE), "{name} runs into its type");
            let size = kurbo::Size::new(600.0, 200.0);
            let view = crate::View { camera: crate::Camera { x: -24.0, y: -24.0, zoom: 1.0 }, size };
            let ops = scene.paint(&view, &crate::Marks::default());
            let svg = crate::svg::write(&ops, size, crate::Theme::light(), "Snapshot");
            assert!(svg.contains(&format!(">{name}</text>")), "{svg}");
            assert!(svg.contains("font-family=\"Inter, system-ui, sans-serif\""), "{svg}");
        }
    }
}
