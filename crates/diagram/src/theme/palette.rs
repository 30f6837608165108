//! Every color of the product, once: described in oklch, kept in sRGB beside it so that nothing is computed at run
//! time. A test computes the second from the first.

/// One color in one theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tone {
    /// Perceived lightness, 0 to 1.
    pub(super) lightness: f64,
    /// Colorfulness, 0 for gray.
    pub(super) chroma: f64,
    /// Hue angle in degrees.
    pub(super) hue: f64,
    /// Opacity, 0 to 1.
    pub(super) alpha: f64,
    /// The same as `0xRRGGBB`.
    pub(super) rgb: u32,
}

const fn tone(lightness: f64, chroma: f64, hue: f64, alpha: f64, rgb: u32) -> Tone {
    Tone { lightness, chroma, hue, alpha, rgb }
}

macro_rules! palette {
    ($($(#[$doc:meta])* $ink:ident = $name:literal $light:expr, $dark:expr;)*) => {
        /// What a color is for. A [`Theme`](super::Theme) says which color that is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Ink { $($(#[$doc])* $ink),* }

        impl Ink {
            /// Every role, in the order of the style sheet.
            pub const ALL: &'static [Self] = &[$(Self::$ink),*];

            /// The name of the CSS custom property, without `--color-`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$ink => $name),* }
            }

            /// Light and dark.
            pub(super) const fn tones(self) -> (Tone, Tone) {
                match self { $(Self::$ink => ($light, $dark)),* }
            }
        }
    };
}

palette! {
    /// Behind everything on the canvas.
    Canvas = "canvas" tone(0.972, 0.003, 265.0, 1.0, 0xF5F6F8), tone(0.178, 0.008, 268.0, 1.0, 0x101115);
    /// Dots of the canvas grid.
    GridDot = "grid-dot" tone(0.855, 0.006, 265.0, 1.0, 0xCDCFD3), tone(0.290, 0.010, 268.0, 1.0, 0x292B30);
    /// Cards, panels and fields.
    Surface = "surface" tone(1.0, 0.0, 265.0, 1.0, 0xFFFFFF), tone(0.222, 0.009, 268.0, 1.0, 0x191B1F);
    /// The head of a card, bars, and what lies a step behind a surface.
    SurfaceSunken = "surface-sunken" tone(0.978, 0.003, 265.0, 1.0, 0xF7F8FA), tone(0.247, 0.010, 268.0, 1.0, 0x1F2126);
    /// Menus, dialogs and everything else that floats.
    SurfaceRaised = "surface-raised" tone(1.0, 0.0, 265.0, 1.0, 0xFFFFFF), tone(0.262, 0.011, 268.0, 1.0, 0x22242A);
    /// A row or control under the pointer.
    SurfaceHover = "surface-hover" tone(0.955, 0.005, 265.0, 1.0, 0xEEF0F4), tone(0.285, 0.012, 268.0, 1.0, 0x272A30);
    /// A control being pressed, the track of a switch.
    SurfaceActive = "surface-active" tone(0.925, 0.007, 265.0, 1.0, 0xE4E6EB), tone(0.325, 0.013, 268.0, 1.0, 0x31343B);
    /// Edges of cards and panels.
    Border = "border" tone(0.890, 0.007, 265.0, 1.0, 0xD8DBDF), tone(0.345, 0.012, 268.0, 1.0, 0x363940);
    /// Edges of fields and buttons, which must be found without their text.
    BorderStrong = "border-strong" tone(0.610, 0.014, 265.0, 1.0, 0x7F838C), tone(0.565, 0.016, 268.0, 1.0, 0x727680);
    /// Thin lines inside a card.
    Rule = "rule" tone(0.935, 0.005, 265.0, 1.0, 0xE8E9ED), tone(0.290, 0.011, 268.0, 1.0, 0x292B31);
    /// Names and running text.
    Text = "text" tone(0.245, 0.016, 268.0, 1.0, 0x1D2028), tone(0.935, 0.005, 268.0, 1.0, 0xE8E9ED);
    /// Types, counts and explanations.
    TextMuted = "text-muted" tone(0.500, 0.018, 268.0, 1.0, 0x5F636E), tone(0.715, 0.014, 268.0, 1.0, 0x9FA3AC);
    /// What cannot be used.
    TextDisabled = "text-disabled" tone(0.680, 0.012, 268.0, 1.0, 0x9598A0), tone(0.500, 0.012, 268.0, 1.0, 0x60636A);
    /// Reference lines.
    Line = "line" tone(0.585, 0.030, 268.0, 1.0, 0x747C8E), tone(0.600, 0.028, 268.0, 1.0, 0x798092);
    /// Key and null marks.
    Mark = "mark" tone(0.560, 0.020, 268.0, 1.0, 0x6F7481), tone(0.660, 0.018, 268.0, 1.0, 0x8D929E);
    /// The mark of a primary key.
    KeyMark = "key-mark" tone(0.590, 0.115, 75.0, 1.0, 0xA5721B), tone(0.800, 0.115, 85.0, 1.0, 0xE0B861);
    /// Selection, focus and the primary button.
    Accent = "accent" tone(0.530, 0.200, 268.0, 1.0, 0x3C5CDD), tone(0.690, 0.150, 268.0, 1.0, 0x7495F8);
    /// The primary button under the pointer.
    AccentHover = "accent-hover" tone(0.475, 0.200, 268.0, 1.0, 0x2E4ACA), tone(0.750, 0.125, 268.0, 1.0, 0x8CAAFD);
    /// Text and marks on the accent.
    OnAccent = "on-accent" tone(1.0, 0.0, 268.0, 1.0, 0xFFFFFF), tone(0.170, 0.030, 268.0, 1.0, 0x0A0F1D);
    /// Accent laid over something that stays readable.
    AccentTint = "accent-tint" tone(0.530, 0.200, 268.0, 0.10, 0x3C5CDD), tone(0.690, 0.150, 268.0, 0.16, 0x7495F8);
    /// Links and chosen items, as text.
    AccentText = "accent-text" tone(0.480, 0.200, 268.0, 1.0, 0x304CCC), tone(0.775, 0.110, 268.0, 1.0, 0x98B3FD);
    /// Pending additions.
    Added = "added" tone(0.515, 0.122, 152.0, 1.0, 0x1E7B43), tone(0.745, 0.150, 152.0, 1.0, 0x56C77C);
    /// Behind pending additions.
    AddedTint = "added-tint" tone(0.515, 0.122, 152.0, 0.10, 0x1E7B43), tone(0.745, 0.150, 152.0, 0.14, 0x56C77C);
    /// Pending changes, and warnings.
    Changed = "changed" tone(0.535, 0.113, 70.0, 1.0, 0x966009), tone(0.790, 0.140, 78.0, 1.0, 0xEBAE42);
    /// Behind pending changes and warnings.
    ChangedTint = "changed-tint" tone(0.535, 0.113, 70.0, 0.11, 0x966009), tone(0.790, 0.140, 78.0, 0.13, 0xEBAE42);
    /// Pending removals, errors, and buttons that destroy.
    Removed = "removed" tone(0.530, 0.195, 25.0, 1.0, 0xC3222A), tone(0.715, 0.165, 22.0, 1.0, 0xF97373);
    /// Behind pending removals and errors.
    RemovedTint = "removed-tint" tone(0.530, 0.195, 25.0, 0.09, 0xC3222A), tone(0.715, 0.165, 22.0, 0.14, 0xF97373);
    /// Text and marks on added, changed and removed.
    OnStatus = "on-status" tone(1.0, 0.0, 265.0, 1.0, 0xFFFFFF), tone(0.170, 0.010, 265.0, 1.0, 0x0D0F14);
    /// Laid over what should step back.
    Veil = "veil" tone(0.972, 0.003, 265.0, 0.72, 0xF5F6F8), tone(0.178, 0.008, 268.0, 0.72, 0x101115);
    /// Behind dialogs.
    Scrim = "scrim" tone(0.200, 0.020, 268.0, 0.32, 0x12161F), tone(0.080, 0.010, 268.0, 0.60, 0x010203);
    /// The shadow of what floats, and under cards.
    Shadow = "shadow" tone(0.300, 0.030, 268.0, 0.10, 0x272D3D), tone(0.050, 0.005, 268.0, 0.45, 0x000001);
    /// Header color 1.
    Hue1 = "hue-1" tone(0.600, 0.095, 262.0, 1.0, 0x6180B9), tone(0.640, 0.100, 262.0, 1.0, 0x6A8CC9);
    /// Header color 2.
    Hue2 = "hue-2" tone(0.620, 0.085, 200.0, 1.0, 0x3B969A), tone(0.660, 0.085, 200.0, 1.0, 0x49A2A7);
    /// Header color 3.
    Hue3 = "hue-3" tone(0.620, 0.095, 155.0, 1.0, 0x53976D), tone(0.660, 0.095, 155.0, 1.0, 0x60A478);
    /// Header color 4.
    Hue4 = "hue-4" tone(0.630, 0.095, 115.0, 1.0, 0x879049), tone(0.680, 0.095, 115.0, 1.0, 0x969F59);
    /// Header color 5.
    Hue5 = "hue-5" tone(0.640, 0.100, 72.0, 1.0, 0xB28242), tone(0.700, 0.100, 72.0, 1.0, 0xC59455);
    /// Header color 6.
    Hue6 = "hue-6" tone(0.610, 0.110, 35.0, 1.0, 0xBB6955), tone(0.660, 0.110, 35.0, 1.0, 0xCC7863);
    /// Header color 7.
    Hue7 = "hue-7" tone(0.600, 0.110, 350.0, 1.0, 0xB16389), tone(0.650, 0.110, 350.0, 1.0, 0xC17299);
    /// Header color 8.
    Hue8 = "hue-8" tone(0.590, 0.110, 305.0, 1.0, 0x8D6BB2), tone(0.645, 0.110, 305.0, 1.0, 0x9D7CC3);
    /// Behind tables of a group in header color 1.
    HueTint1 = "hue-tint-1" tone(0.600, 0.095, 262.0, 0.10, 0x6180B9), tone(0.640, 0.100, 262.0, 0.13, 0x6A8CC9);
    /// Behind tables of a group in header color 2.
    HueTint2 = "hue-tint-2" tone(0.620, 0.085, 200.0, 0.10, 0x3B969A), tone(0.660, 0.085, 200.0, 0.13, 0x49A2A7);
    /// Behind tables of a group in header color 3.
    HueTint3 = "hue-tint-3" tone(0.620, 0.095, 155.0, 0.10, 0x53976D), tone(0.660, 0.095, 155.0, 0.13, 0x60A478);
    /// Behind tables of a group in header color 4.
    HueTint4 = "hue-tint-4" tone(0.630, 0.095, 115.0, 0.10, 0x879049), tone(0.680, 0.095, 115.0, 0.13, 0x969F59);
    /// Behind tables of a group in header color 5.
    HueTint5 = "hue-tint-5" tone(0.640, 0.100, 72.0, 0.10, 0xB28242), tone(0.700, 0.100, 72.0, 0.13, 0xC59455);
    /// Behind tables of a group in header color 6.
    HueTint6 = "hue-tint-6" tone(0.610, 0.110, 35.0, 0.10, 0xBB6955), tone(0.660, 0.110, 35.0, 0.13, 0xCC7863);
    /// Behind tables of a group in header color 7.
    HueTint7 = "hue-tint-7" tone(0.600, 0.110, 350.0, 0.10, 0xB16389), tone(0.650, 0.110, 350.0, 0.13, 0xC17299);
    /// Behind tables of a group in header color 8.
    HueTint8 = "hue-tint-8" tone(0.590, 0.110, 305.0, 0.10, 0x8D6BB2), tone(0.645, 0.110, 305.0, 0.13, 0x9D7CC3);
}

impl Ink {
    /// The header color that is most like one of `0xRRGGBB`. Header colors can be told from their ground in both themes,
    /// which a color that somebody has chosen in one of them need not.
    pub fn nearest_hue(rgb: u32) -> Self {
        let distance = |ink: &Self| {
            let (one, other) = (ink.tones().0.rgb.to_be_bytes(), rgb.to_be_bytes());
            let channels = one.iter().zip(other).skip(1);
            channels.map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum::<u32>()
        };
        (0..8).map(Self::hue).min_by_key(distance).unwrap_or(Self::Hue1)
    }

    /// The header color of that number, from 0; numbers beyond the last begin again.
    pub const fn hue(number: usize) -> Self {
        match number % 8 {
            0 => Self::Hue1,
            1 => Self::Hue2,
            2 => Self::Hue3,
            3 => Self::Hue4,
            4 => Self::Hue5,
            5 => Self::Hue6,
            6 => Self::Hue7,
            _ => Self::Hue8,
        }
    }

    /// The tint of the header color of that number, to be laid over the canvas.
    pub const fn hue_tint(number: usize) -> Self {
        match number % 8 {
            0 => Self::HueTint1,
            1 => Self::HueTint2,
            2 => Self::HueTint3,
            3 => Self::HueTint4,
            4 => Self::HueTint5,
            5 => Self::HueTint6,
            6 => Self::HueTint7,
            _ => Self::HueTint8,
        }
    }
}
