//! The areas behind tables that belong together, and the cards of notes.

use crate::font::{elide, text_width};
use crate::{Face, Ink, Scene};
use kurbo::{Point, Rect};
use schema::{Annotation, AnnotationId, AnnotationKind, Schema, Spot, TableId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How far an area reaches beyond its tables.
const MARGIN: f64 = 20.0;
/// The height of the strip with its name, above them.
pub(crate) const LABEL_HEIGHT: f64 = 28.0;
pub(crate) const LABEL_SIZE: f64 = 14.0;
pub(crate) const LABEL_PAD: f64 = 12.0;

/// A group with its tables. Where it lies follows from where they stand.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Area {
    pub(crate) id: AnnotationId,
    pub(crate) name: Arc<str>,
    /// Which of the header colors it has.
    pub(crate) hue: usize,
    tables: Vec<TableId>,
}

/// The areas of a schema, by name. A group without tables has none.
pub(crate) fn of(schema: &Schema) -> Vec<Area> {
    let groups = schema.annotations_of(AnnotationKind::Group);
    if groups.is_empty() {
        return Vec::new();
    }
    let mut members: BTreeMap<AnnotationId, Vec<TableId>> = BTreeMap::new();
    for table in schema.tables.values() {
        if let Some(group) = table.group {
            members.entry(group).or_default().push(table.id);
        }
    }
    let areas = groups.into_iter().enumerate().filter_map(|(at, group)| {
        let tables = members.remove(&group.id)?;
        let hue = group.color.as_deref().and_then(rgb).map_or(at, hue_of);
        Some(Area { id: group.id, name: group.name.as_str().into(), hue, tables })
    });
    areas.collect()
}

/// A note as it is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Card {
    pub(crate) id: AnnotationId,
    pub(crate) name: Arc<str>,
    /// Which of the header colors it has.
    pub(crate) hue: usize,
    pub(crate) lines: Vec<Arc<str>>,
    /// What it is made of, for another width.
    note: Arc<Annotation>,
    /// Where it was put by hand.
    spot: Option<Spot>,
}

/// How wide a note is as long as nobody has said otherwise.
const CARD_WIDTH: u16 = 224;
/// How near its right edge a note is taken hold of to change its width.
const EDGE: f64 = 8.0;
/// Between cards, and between them and everything else.
const CARD_GAP: f64 = 24.0;
pub(crate) const CARD_HEAD: f64 = 30.0;
pub(crate) const CARD_LINE: f64 = 18.0;
pub(crate) const CARD_PAD: f64 = 12.0;
pub(crate) const CARD_TEXT: f64 = 12.0;
/// A card shows the beginning of a long text; its panel has all of it.
const MOST_LINES: usize = 12;
/// A row of cards is as wide as the tables, but never narrower than this.
const LEAST_ROW: f64 = 960.0;
/// The header color of a note that has none of its own.
const NOTE_HUE: usize = 4;

/// The notes of a schema, by name.
pub(crate) fn cards(schema: &Schema) -> Vec<Card> {
    let notes = schema.annotations_of(AnnotationKind::Note).into_iter();
    notes.map(|note| Card::new(Arc::new(note.clone()), note.spot)).collect()
}

impl Card {
    fn new(note: Arc<Annotation>, spot: Option<Spot>) -> Self {
        let room = width_at(spot) - 2.0 * CARD_PAD;
        Self {
            id: note.id,
            name: elide(note.name.as_str(), Face::SansBold, LABEL_SIZE, room).into(),
            hue: note.color.as_deref().and_then(rgb).map_or(NOTE_HUE, hue_of),
            lines: wrapped(note.note.as_deref().unwrap_or_default(), room),
            note,
            spot,
        }
    }
}

fn width_at(spot: Option<Spot>) -> f64 {
    f64::from(spot.map_or(CARD_WIDTH, |spot| spot.width.clamp(*Spot::WIDTHS.start(), *Spot::WIDTHS.end())))
}

/// The text in lines of that width at most; a word that is wider is cut short.
fn wrapped(text: &str, width: f64) -> Vec<Arc<str>> {
    let fits = |line: &str| text_width(line, Face::Sans, CARD_TEXT) <= width;
    let mut lines: Vec<String> = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split_whitespace() {
            let longer = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if line.is_empty() || fits(&longer) {
                line = longer;
            } else {
                lines.push(std::mem::replace(&mut line, word.to_owned()));
            }
        }
        lines.push(line);
        if lines.len() > MOST_LINES {
            break;
        }
    }
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines.iter().map(|line| elide(line, Face::Sans, CARD_TEXT, width).into()).collect()
}

fn card_height(card: &Card) -> f64 {
    let lines = u32::try_from(card.lines.len()).map_or(0.0, f64::from);
    CARD_HEAD + lines * CARD_LINE + if card.lines.is_empty() { 0.0 } else { CARD_PAD }
}

impl Scene {
    /// The cards of notes with where they lie: where they were put, or else in rows above everything else, so that none
    /// lies over a table by itself. In its row, the place of a note that was put elsewhere stays free, so that none follows it.
    pub(crate) fn cards(&self) -> Vec<(&Card, Rect)> {
        if self.cards.is_empty() {
            return Vec::new();
        }
        let tables = self.boxes().map(|it| it.rect).chain(self.areas().map(|(_, rect)| rect));
        let below = tables.reduce(|all, rect| all.union(rect)).unwrap_or(Rect::ZERO);
        let (left, right) = (below.x0, below.x1.max(below.x0 + LEAST_ROW));
        let mut placed = Vec::with_capacity(self.cards.len());
        let (mut foot, mut x, mut top) = (below.y0 - CARD_GAP, left, below.y0 - CARD_GAP);
        for card in &self.cards {
            let width = width_at(None);
            if x > left && x + width > right {
                (foot, x) = (top - CARD_GAP, left);
            }
            let height = card_height(card);
            top = top.min(foot - height);
            let corner = card.spot.map_or(Point::new(x, foot - height), |it| Point::new(it.x.into(), it.y.into()));
            placed.push((card, Rect::from_origin_size(corner, (width_at(card.spot), height))));
            x += width + CARD_GAP;
        }
        placed
    }

    /// Puts a note elsewhere, as when it is dragged, until the next state of the schema says where it stands.
    pub fn move_note(&mut self, id: AnnotationId, spot: Option<Spot>) {
        for card in self.cards.iter_mut().filter(|card| card.id == id) {
            *card = Card::new(card.note.clone(), spot);
        }
    }

    /// Where a note stands, by hand or not; none of what is no note.
    pub fn note_spot(&self, id: AnnotationId) -> Option<Spot> {
        let (card, rect) = self.cards().into_iter().find(|(card, _)| card.id == id)?;
        #[expect(clippy::cast_possible_truncation, reason = "the casts saturate, and no screen reaches that far")]
        let beside = || Spot { x: rect.x0.round() as i32, y: rect.y0.round() as i32, width: CARD_WIDTH };
        Some(card.spot.unwrap_or_else(beside))
    }

    /// Whether the point is at the edge of the note by which its width is changed.
    pub fn is_note_edge(&self, id: AnnotationId, point: Point) -> bool {
        let rect = self.cards().into_iter().find(|(card, _)| card.id == id).map(|(_, rect)| rect);
        rect.is_some_and(|rect| rect.contains(point) && point.x >= rect.x1 - EDGE)
    }

    /// Where the area of a group or the card of a note lies.
    pub fn annotation_rect(&self, id: AnnotationId) -> Option<Rect> {
        let card = || self.cards().into_iter().find(|(card, _)| card.id == id).map(|(_, rect)| rect);
        self.group_rect(id).or_else(card)
    }

    /// What contains all tables, groups and notes; none where there is nothing.
    pub fn content_bounds(&self) -> Option<Rect> {
        let tables = self.boxes().map(|it| it.rect).chain(self.areas().map(|(_, rect)| rect));
        tables.chain(self.cards().into_iter().map(|(_, rect)| rect)).reduce(|all, rect| all.union(rect))
    }

    /// The areas behind groups, with where they lie.
    pub(crate) fn areas(&self) -> impl Iterator<Item = (&Area, Rect)> {
        self.areas.iter().filter_map(|area| Some((area, self.area_rect(area)?)))
    }

    /// Where the area of a group lies.
    pub fn group_rect(&self, group: AnnotationId) -> Option<Rect> {
        self.areas().find(|(area, _)| area.id == group).map(|(_, rect)| rect)
    }

    /// The tables of a group.
    pub fn group_tables(&self, group: AnnotationId) -> &[TableId] {
        self.areas.iter().find(|area| area.id == group).map_or(&[], |area| &area.tables)
    }

    /// The note at the point, or the group whose name stands there. Elsewhere an area is canvas like any other.
    pub(crate) fn annotation_at(&self, point: Point) -> Option<AnnotationId> {
        let group = self.areas().filter(|(area, rect)| label_rect(area, *rect).contains(point)).last();
        let note = || self.cards().into_iter().find(|(_, rect)| rect.contains(point)).map(|(card, _)| card.id);
        group.map(|(area, _)| area.id).or_else(note)
    }

    fn area_rect(&self, area: &Area) -> Option<Rect> {
        let tables = self.bounds_of(area.tables.iter().copied())?.inflate(MARGIN, MARGIN);
        Some(Rect { y0: tables.y0 - LABEL_HEIGHT + MARGIN / 2.0, ..tables })
    }
}

/// Where the name of an area stands.
fn label_rect(area: &Area, rect: Rect) -> Rect {
    let width = text_width(&area.name, Face::SansBold, LABEL_SIZE) + 2.0 * LABEL_PAD;
    Rect::new(rect.x0, rect.y0, (rect.x0 + width).min(rect.x1), rect.y0 + LABEL_HEIGHT)
}

fn hue_of(rgb: u32) -> usize {
    let ink = Ink::nearest_hue(rgb);
    (0..8).find(|n| Ink::hue(*n) == ink).unwrap_or_default()
}

/// The number of a color that is written like `#4f46e5`.
fn rgb(color: &str) -> Option<u32> {
    color.strip_prefix('#').filter(|digits| digits.len() == 6).and_then(|digits| u32::from_str_radix(digits, 16).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DrawOp, Hit, Marks, View};
    use edit::Placement;
    use schema::testing::schema_from;

    const SHOP: &str =
        "a\n  x integer\nb\n  x integer\nc\n  x integer\ngroup shop: a, b\ngroup empty:\nsticky hint: look\n";

    fn scene() -> (Scene, Schema, AnnotationId) {
        let schema = schema_from(SHOP);
        let places = schema.tables.values().map(|table| {
            let x = match table.name.as_str() {
                "a" => 0,
                "b" => 600,
                _ => 3_000,
            };
            (table.id, Placement { x, y: 0 })
        });
        let scene = Scene::build(&schema, &places.collect());
        let group =
            schema.annotations_of(AnnotationKind::Group).into_iter().find(|it| it.name.as_str() == "shop").unwrap();
        let id = group.id;
        (scene, schema, id)
    }

    #[test]
    fn an_area_lies_around_its_tables_wherever_they_go() {
        let (mut scene, schema, group) = scene();
        let tables = |scene: &Scene| scene.bounds_of(scene.group_tables(group).iter().copied()).unwrap();
        assert_eq!(scene.areas().count(), 1, "a group without tables has no area");
        assert_eq!(scene.group_tables(group).len(), 2);
        let before = scene.group_rect(group).unwrap();
        assert!(before.contains_rect(tables(&scene).inflate(MARGIN / 2.0, MARGIN / 2.0)));
        scene.move_table(scene.group_tables(group)[0], Placement { x: -500, y: 900 });
        let after = scene.group_rect(group).unwrap();
        assert!(after != before && after.contains_rect(tables(&scene)));
        let mut ungrouped = schema.clone();
        ungrouped.annotations.remove(&group);
        assert!(scene.sync(&ungrouped, &scene.placements().clone()), "the picture is another");
        assert_eq!(scene.group_rect(group), None);
    }

    #[test]
    fn the_name_of_a_group_can_be_pointed_at_and_its_area_cannot() {
        let (scene, _, group) = scene();
        let rect = scene.group_rect(group).unwrap();
        let hit = |x: f64, y: f64| scene.hit(Point::new(rect.x0 + x, rect.y0 + y), 4.0);
        assert_eq!(hit(LABEL_PAD + 2.0, LABEL_HEIGHT / 2.0), Hit::Annotation(group));
        assert_eq!(hit(rect.width() / 2.0, rect.height() / 2.0), Hit::Empty);
        assert_eq!(hit(-5.0, 5.0), Hit::Empty);
        assert!(hit(MARGIN + 20.0, rect.height() / 2.0).table().is_some(), "tables lie over it");
    }

    #[test]
    fn areas_are_painted_first() {
        let (scene, _, _) = scene();
        let view = View { camera: crate::Camera::default(), size: kurbo::Size::new(4_000.0, 1_000.0) };
        let ops = scene.paint_static(&view, &Marks::default()).ops;
        let is_name = |op: &DrawOp, name: &str| matches!(op, DrawOp::Text { text, .. } if &**text == name);
        let at = |name: &str| ops.iter().position(|op| is_name(op, name)).unwrap();
        assert!(at("shop") < at("a").min(at("b")).min(at("c")));
        assert!(!ops.iter().any(|op| is_name(op, "empty")));
    }

    #[test]
    fn a_group_has_the_color_that_is_most_like_its_own() {
        let (_, mut schema, group) = scene();
        for (color, expect) in [("#4a6fd4", 0), ("#2f8f5b", 2), ("#8150c0", 7)] {
            schema.annotations.get_mut(&group).unwrap().color = Some(color.to_owned());
            assert_eq!(of(&schema)[0].hue, expect, "{color}");
        }
    }

    #[test]
    fn notes_stand_above_everything_and_never_over_each_other() {
        let text = "a\n  x integer\nsticky one: look here\nsticky two: and\nsticky three: there\nsticky four: x\nsticky five: y\n";
        let scene = Scene::build(&schema_from(text), &BTreeMap::new());
        let cards = scene.cards();
        assert_eq!(cards.len(), 5);
        let table = scene.boxes().next().unwrap().rect;
        for (at, (card, rect)) in cards.iter().enumerate() {
            assert!(rect.y1 < table.y0, "{card:?}");
            assert!(cards.iter().skip(at + 1).all(|(_, other)| !other.overlaps(*rect)), "{card:?}");
            assert_eq!(scene.hit(rect.center(), 4.0), Hit::Annotation(card.id));
            assert!(scene.content_bounds().unwrap().contains_rect(*rect));
        }
        assert!(cards.iter().any(|(_, rect)| rect.y1 < cards[0].1.y1), "there is more than one row");
    }

    #[test]
    fn a_note_stands_where_it_was_put() {
        let mut schema = schema_from("a\n  x integer\nsticky one: look here at this\nsticky two: and\n");
        let mut scene = Scene::build(&schema, &BTreeMap::new());
        let ids: Vec<AnnotationId> = scene.cards.iter().map(|card| card.id).collect();
        let rect = |scene: &Scene, at: usize| scene.annotation_rect(ids[at]).unwrap();
        let (one, two) = (rect(&scene, 0), rect(&scene, 1));
        assert_eq!(scene.note_spot(ids[0]).map(|it| (f64::from(it.x), f64::from(it.y))), Some((one.x0, one.y0)));
        let spot = Spot { x: -40, y: 900, width: 96 };
        scene.move_note(ids[0], Some(spot));
        let moved = rect(&scene, 0);
        assert_eq!((moved.x0, moved.y0, moved.width()), (-40.0, 900.0, 96.0));
        assert!(moved.height() > one.height(), "its text takes more lines");
        assert_eq!(rect(&scene, 1), two, "the others stay");
        assert!(scene.content_bounds().unwrap().contains_rect(moved));
        assert_eq!(scene.hit(moved.center(), 4.0), Hit::Annotation(ids[0]));
        let at = |x: f64| scene.is_note_edge(ids[0], Point::new(x, moved.center().y));
        assert_eq!([at(moved.x1 - 2.0), at(moved.x1 + 2.0), at(moved.center().x)], [true, false, false]);
        assert_eq!(scene.note_spot(ids[0]), Some(spot));
        // The schema has the last word.
        assert!(scene.sync(&schema, &scene.placements().clone()));
        assert_eq!(rect(&scene, 0), one);
        schema.annotations.get_mut(&ids[0]).unwrap().spot = Some(spot);
        assert!(scene.sync(&schema, &scene.placements().clone()));
        assert_eq!(rect(&scene, 0), moved);
    }

    #[test]
    fn texts_are_wrapped() {
        let said = |text: &str| wrapped(text, 100.0).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(said("a note\n\nof lines"), ["a note", "", "of lines"]);
        assert!(said("").is_empty());
        let long = said(&"word ".repeat(40));
        assert!(long.len() > 3 && long.iter().all(|line| text_width(line, Face::Sans, CARD_TEXT) <= 100.0), "{long:?}");
        let longest = said(&"word ".repeat(4_000));
        assert_eq!((longest.len(), longest[MOST_LINES - 1].ends_with('…')), (MOST_LINES, true));
        assert!(said(&"x".repeat(200))[0].ends_with('…'));
    }
}
