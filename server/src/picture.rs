//! Pictures of a diagram, from the same display list as the canvas.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use diagram::{Camera, Marks, Scene, Size, Theme, View, svg};
use protocol::DiagramSnapshot;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, fontdb},
};

use crate::error::Error;

/// Between the picture and the edge of its file, in world units.
const MARGIN: f64 = 32.0;
/// How large the picture of a diagram in a list is, in pixels.
const THUMBNAIL: Size = Size::new(320.0, 200.0);
/// What sites show beside a link, in pixels.
const PREVIEW: (u32, u32) = (1200, 630);

/// The whole diagram at its natural size, in the light theme.
pub(crate) fn svg(snapshot: &DiagramSnapshot) -> String {
    written(snapshot, svg::Colors::Fixed(Theme::light()))
}

/// The same for a page of ours, whose theme it follows.
pub(crate) fn svg_for_page(snapshot: &DiagramSnapshot) -> String {
    written(snapshot, svg::Colors::Page)
}

/// The diagram as the editor shows it, which finds places for tables without one.
fn scene(snapshot: &DiagramSnapshot) -> Scene {
    let places = diagram::layout::complete(&snapshot.schema, &snapshot.placements, &BTreeMap::new());
    Scene::build(&snapshot.schema, places.as_ref().unwrap_or(&snapshot.placements))
}

fn written(snapshot: &DiagramSnapshot, colors: svg::Colors) -> String {
    let scene = scene(snapshot);
    let bounds = scene.bounds().inflate(MARGIN, MARGIN);
    let size = Size::new(bounds.width(), bounds.height());
    let camera = Camera { x: bounds.x0, y: bounds.y0, zoom: 1.0 };
    let list = scene.paint_static(&View { camera, size }, &Marks::default());
    svg::write_with(&list, size, colors, &snapshot.name)
}

/// The whole diagram, as small as it is shown in a list. Its name stands beside it there.
pub(crate) fn thumbnail(snapshot: &DiagramSnapshot, theme: Theme) -> String {
    let scene = scene(snapshot);
    svg::write(&diagram::thumbnail(&scene, THUMBNAIL), THUMBNAIL, theme, "Diagram")
}

/// What sites show beside a link: all of the diagram, or as much of it as can still be made out, as PNG.
pub(crate) fn preview(snapshot: &DiagramSnapshot) -> Result<Vec<u8>, Error> {
    let scene = scene(snapshot);
    let (width, height) = PREVIEW;
    let size = Size::new(f64::from(width), f64::from(height));
    let camera = diagram::fit(scene.bounds(), size, MARGIN);
    let list = scene.paint_static(&View { camera, size }, &Marks::default());
    png(&svg::write(&list, size, Theme::light(), &snapshot.name), width, height)
}

/// Pixels of an SVG that we wrote ourselves.
fn png(svg: &str, width: u32, height: u32) -> Result<Vec<u8>, Error> {
    let defect = |what: &str| Error::Defect(format!("a picture could not be drawn: {what}"));
    let options = usvg::Options { fontdb: Arc::clone(&FONTS), font_family: "Inter".to_owned(), ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(|error| defect(&error.to_string()))?;
    let mut pixels = Pixmap::new(width, height).ok_or_else(|| defect("it has no size"))?;
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| defect(&error.to_string()))
}

/// The fonts of the page, a file a weight and script. What they lack comes from the machine, when it has any fonts.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    for data in FONT_FILES {
        fonts.load_font_data(data.to_vec());
    }
    fonts.load_system_fonts();
    fonts.set_sans_serif_family("Inter");
    fonts.set_monospace_family("JetBrains Mono");
    Arc::new(fonts)
});

const FONT_FILES: [&[u8]; 12] = [
    include_bytes!("../fonts/inter-latin-400.ttf"),
    include_bytes!("../fonts/inter-latin-600.ttf"),
    include_bytes!("../fonts/inter-latin-ext-400.ttf"),
    include_bytes!("../fonts/inter-latin-ext-600.ttf"),
    include_bytes!("../fonts/inter-cyrillic-400.ttf"),
    include_bytes!("../fonts/inter-cyrillic-600.ttf"),
    include_bytes!("../fonts/inter-greek-400.ttf"),
    include_bytes!("../fonts/inter-greek-600.ttf"),
    include_bytes!("../fonts/jetbrains-mono-latin-400.ttf"),
    include_bytes!("../fonts/jetbrains-mono-latin-ext-400.ttf"),
    include_bytes!("../fonts/jetbrains-mono-cyrillic-400.ttf"),
    include_bytes!("../fonts/jetbrains-mono-greek-400.ttf"),
];

#[cfg(test)]
mod tests {
    use protocol::DiagramId;
    use schema::sample;

    use super::*;

    /// The sample drawn, and how many of its pixels are as dark as text.
    #[test]
    fn a_preview_shows_tables_with_their_names() {
        let schema = sample::shopflow();
        let placements = diagram::layout::arrange(&schema);
        let snapshot = DiagramSnapshot {
            id: DiagramId(uuid::Uuid::nil()),
            name: "ShopFlow".to_owned(),
            revision: 0,
            schema,
            placements,
            layout: 0,
            database: None,
            person: None,
            may_edit: false,
            may_share: false,
        };
        let with_text = preview(&snapshot).unwrap();
        let pixels = Pixmap::decode_png(&with_text).unwrap();
        assert_eq!((pixels.width(), pixels.height()), PREVIEW);
        let dark = pixels.pixels().iter().filter(|it| it.red() < 90 && it.green() < 90 && it.blue() < 90).count();
        assert!(dark > 800, "{dark} dark pixels");
    }

    #[test]
    fn each_weight_and_script_has_a_font() {
        for (text, weight) in
            [("users", 400), ("users", 600), ("пользователи", 400), ("χρήστες", 600), ("Žluťoučký", 400)]
        {
            let svg = format!(
                "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='40'><text x='5' y='25' font-size='16' \
                 font-family='Inter' font-weight='{weight}'>{text}</text></svg>"
            );
            let pixels = Pixmap::decode_png(&png(&svg, 200, 40).unwrap()).unwrap();
            let inked = pixels.pixels().iter().filter(|it| it.alpha() > 128).count();
            assert!(inked > 100, "{text} in {weight}: {inked} pixels");
        }
    }
}
