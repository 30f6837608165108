//! Colors by role, in a light and a dark theme, and the style sheet made from them.

mod css;
mod palette;

pub use palette::Ink;

/// Which of the two sets of colors a picture is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Theme {
    /// Dark text on light surfaces.
    #[default]
    Light,
    /// Light text on dark surfaces.
    Dark,
}

/// An sRGB color.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Color {
    /// `0xRRGGBB`.
    pub rgb: u32,
    /// Opacity, 0 to 1.
    pub alpha: f64,
}

impl Theme {
    /// The light theme.
    pub const fn light() -> Self {
        Self::Light
    }

    /// The dark theme.
    pub const fn dark() -> Self {
        Self::Dark
    }

    /// The color of a role.
    pub const fn color(self, ink: Ink) -> Color {
        let (light, dark) = ink.tones();
        let tone = match self {
            Self::Light => light,
            Self::Dark => dark,
        };
        Color { rgb: tone.rgb, alpha: tone.alpha }
    }

    /// The whole text of `style/tokens.css`: fonts, colors of both themes, sizes, layers and motion.
    pub fn css() -> String {
        css::tokens()
    }
}

impl Color {
    /// `#rrggbb`, or `rgb(r g b / alpha)` when it is not opaque.
    pub fn css(self) -> String {
        if self.alpha >= 1.0 {
            return self.hex();
        }
        let [r, g, b] = self.channels();
        format!("rgb({r} {g} {b} / {})", self.alpha)
    }

    /// `#rrggbb`, without the opacity.
    pub fn hex(self) -> String {
        format!("#{:06x}", self.rgb)
    }

    fn channels(self) -> [u8; 3] {
        let [_, r, g, b] = self.rgb.to_be_bytes();
        [r, g, b]
    }

    /// The color that is seen when this one is laid over an opaque other.
    #[must_use]
    pub fn over(self, below: Self) -> Self {
        let [top, bottom] = [self.channels(), below.channels()];
        let mixed = top.iter().zip(bottom).fold(0_u32, |rgb, (top, bottom)| {
            let channel = f64::from(*top) * self.alpha + f64::from(bottom) * (1.0 - self.alpha);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 255")]
            let channel = channel.round() as u32;
            rgb * 256 + channel
        });
        Self { rgb: mixed, alpha: 1.0 }
    }

    /// The contrast of two opaque colors as WCAG 2 defines it, 1 to 21.
    pub fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = self.channels().map(|channel| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        let [r, g, b] = linear;
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

#[cfg(test)]
mod tests {
    use super::palette::Tone;
    use super::*;

    /// Björn Ottosson's definition of oklab, and the transfer function of sRGB.
    fn srgb(tone: Tone) -> (u32, bool) {
        let (sin, cos) = tone.hue.to_radians().sin_cos();
        let (a, b) = (tone.chroma * cos, tone.chroma * sin);
        let l = (tone.lightness + 0.396_337_777_4 * a + 0.215_803_757_3 * b).powi(3);
        let m = (tone.lightness - 0.105_561_345_8 * a - 0.063_854_172_8 * b).powi(3);
        let s = (tone.lightness - 0.089_484_177_5 * a - 1.291_485_548 * b).powi(3);
        let linear = [
            4.076_741_662_1 * l - 3.307_711_591_3 * m + 0.230_969_929_2 * s,
            -1.268_438_004_6 * l + 2.609_757_401_1 * m - 0.341_319_396_5 * s,
            -0.004_196_086_3 * l - 0.703_418_614_7 * m + 1.707_614_701 * s,
        ];
        let shown = linear.iter().all(|value| (-0.002..=1.002).contains(value));
        let rgb = linear.iter().fold(0, |rgb, value| {
            let value = value.clamp(0.0, 1.0);
            let encoded = if value <= 0.003_130_8 { 12.92 * value } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 };
            #[allow(clippy::cast_possible_truncation, reason = "between 0 and 255")]
            let channel = (encoded * 255.0).round() as u32;
            rgb * 256 + channel
        });
        (rgb, shown)
    }

    #[test]
    fn srgb_is_what_oklch_says() {
        for ink in Ink::ALL {
            let (light, dark) = ink.tones();
            for tone in [light, dark] {
                let (rgb, shown) = srgb(tone);
                assert_eq!(tone.rgb, rgb, "{ink:?}: {:#08X} should be {rgb:#08X}", tone.rgb);
                assert!(shown, "{ink:?} lies outside sRGB");
            }
        }
    }

    #[test]
    fn everything_can_be_read() {
        use Ink::*;
        let grounds = [Canvas, Surface, SurfaceSunken, SurfaceRaised];
        let mut pairs = Vec::new();
        for ground in grounds {
            pairs.extend([Text, TextMuted, AccentText, Added, Changed, Removed].map(|ink| (ink, ground, 4.5)));
            pairs.extend([Line, Mark, KeyMark, Accent, BorderStrong].map(|ink| (ink, ground, 3.0)));
        }
        pairs.extend([Text, TextMuted].map(|ink| (ink, SurfaceHover, 4.5)));
        pairs.extend([(OnAccent, Accent, 4.5), (OnAccent, AccentHover, 4.5)]);
        pairs.extend([Added, Changed, Removed].map(|ground| (OnStatus, ground, 4.5)));
        pairs.extend((0..8).map(|n| (Ink::hue(n), Surface, 3.0)));
        let tints = [(AccentTint, AccentText), (AddedTint, Added), (ChangedTint, Changed), (RemovedTint, Removed)];
        for theme in [Theme::Light, Theme::Dark] {
            for (ink, ground, least) in &pairs {
                let contrast = theme.color(*ink).contrast(theme.color(*ground));
                assert!(contrast >= *least, "{ink:?} on {ground:?} in {theme:?}: {contrast:.2}, not {least}");
            }
            for (tint, strong) in tints {
                let ground = theme.color(tint).over(theme.color(Surface));
                for ink in [Text, TextMuted, strong] {
                    let contrast = theme.color(ink).contrast(ground);
                    assert!(contrast >= 4.5, "{ink:?} on {tint:?} in {theme:?}: {contrast:.2}");
                }
            }
        }
    }

    /// Whatever color a table has, its band can be told from the card, and the colors that are offered from each other. The table's name stands below the band, on the ground that it stands on in all tables.
    #[test]
    fn the_color_of_a_table_can_be_seen() {
        let offered = [0x4A_6FD4, 0x1F_8A99, 0x2F_8F5B, 0x6F_8A1F, 0xB0_7A1E, 0xBB_5A33, 0xB8_447A, 0x81_50C0];
        let inks: Vec<Ink> = offered.into_iter().map(Ink::nearest_hue).collect();
        assert_eq!(inks, (0..8).map(Ink::hue).collect::<Vec<_>>());
        for rgb in (0..0x100_0000).step_by(0x3_1337) {
            let ink = Ink::nearest_hue(rgb);
            for theme in [Theme::Light, Theme::Dark] {
                let contrast = theme.color(ink).contrast(theme.color(Ink::Surface));
                assert!(contrast >= 3.0, "{rgb:06x} as {ink:?} in {theme:?}: {contrast:.2}");
            }
        }
    }

    #[test]
    fn style_sheet_is_current() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../style/tokens.css");
        let written = std::fs::read_to_string(path).unwrap();
        assert!(
            written == Theme::css(),
            "style/tokens.css is behind: cargo run -p diagram --example tokens > style/tokens.css"
        );
    }
}
