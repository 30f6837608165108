//! The tool in hand: what a pointer does, as a state machine.
//!
//! A press is not yet a drag: only beyond the slop does [`Tool::Pressed`] become one of the dragging states. Releasing
//! makes one undo step; Escape, or a lost pointer, puts everything back.

use crate::connect::End;
use crate::{
    Announcement, Change, Editor, Effect, Facet, HeldPointer, Layer, Pointer, PointerButton, PointerPhase, Subject,
};
use diagram::{Camera, Ghost, Hit, Point, Rect, Side, Vec2};
use edit::{Gesture, Move, Placement};
use schema::{AnnotationId, ObjectId, Spot, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// How far, in view pixels, a pressed pointer may stray and still click.
pub(crate) const SLOP: f64 = 4.0;
/// How near, in view pixels, a pointer must come to a line.
const REACH: f64 = 6.0;
/// The same for a finger.
const TOUCH_REACH: f64 = 14.0;
/// Tables come to rest on multiples of this, in world units.
const GRID: f64 = 8.0;

/// What the pointer should look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursor {
    /// The usual arrow.
    Default,
    /// Something can be clicked.
    Pointer,
    /// The view can be dragged.
    Grab,
    /// The view is being dragged.
    Grabbing,
    /// A table or a note is being moved.
    Move,
    /// A note is made wider or narrower.
    Resize,
    /// A reference is being drawn.
    Crosshair,
    /// It cannot be dropped here.
    NotAllowed,
}

/// What a pointer is in the middle of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Tool {
    /// Nothing.
    Idle,
    /// Pressed, not yet moved beyond the slop.
    Pressed { at: Point, hit: Hit, adds: bool },
    /// The view follows the pointer.
    Panning { start: Point, camera: Camera },
    /// Tables follow the pointer.
    Moving { start_in_world: Point, from: BTreeMap<TableId, Placement> },
    /// A note follows the pointer, or its right edge does.
    MovingNote { start_in_world: Point, note: AnnotationId, from: Spot, is_edge: bool },
    /// A rectangle selects what it touches.
    Marquee { start_in_world: Point, before: BTreeSet<ObjectId> },
    /// A line follows the pointer from a column.
    Connecting { from: End, side: Side },
}

impl Editor {
    pub(crate) fn pointer(&mut self, pointer: Pointer) -> Vec<Effect> {
        match pointer.phase {
            PointerPhase::Pressed => self.pressed(pointer),
            PointerPhase::Moved => self.moved(pointer),
            PointerPhase::Released => self.released(pointer),
            PointerPhase::Canceled => self.cancel_tool(),
        }
    }

    /// Does what was done before the editor was there, to the things that it was done to, wherever they are now. One
    /// looks from where one looked then for as long as it takes.
    pub(crate) fn held_pointer(&mut self, held: HeldPointer) -> Vec<Effect> {
        let HeldPointer { pointer, camera, hit } = held;
        let is_gone = object_of(hit).is_some_and(|object| self.picture.schema().label(object).is_none());
        if is_gone && pointer.phase == PointerPhase::Pressed {
            self.tool = Tool::Idle;
            let text = "What you clicked while the editor was on its way is not there any more";
            return vec![Effect::Announce(Announcement::note(text))];
        }
        let from = std::mem::replace(&mut self.camera, camera);
        self.seen_at = Some(if is_gone { Hit::Empty } else { hit });
        let effects = self.pointer(pointer);
        self.seen_at = None;
        if self.camera == camera {
            self.camera = from;
        }
        effects
    }

    fn hit(&self, pointer: Pointer) -> Hit {
        let reach = reach(pointer.is_touch) / self.camera.zoom;
        let hit =
            self.seen_at.unwrap_or_else(|| self.picture.scene.hit(self.camera.world_from_view(pointer.at), reach));
        match (&hit, &self.exhibited) {
            // No line is drawn from what can only be looked at.
            (Hit::Handle(table, column, _), Some(_)) => Hit::Column(*table, *column),
            _ => hit,
        }
    }

    fn pressed(&mut self, pointer: Pointer) -> Vec<Effect> {
        let pans = pointer.button != PointerButton::Primary || pointer.modifiers.space;
        if pans {
            self.tool = Tool::Panning { start: pointer.at, camera: self.camera };
            return vec![Effect::Cursor(Cursor::Grabbing)];
        }
        let hit = self.hit(pointer);
        if pointer.clicks >= 2 {
            self.tool = Tool::Idle;
            return self.double_click(hit, pointer.at);
        }
        let adds = pointer.modifiers.shift || pointer.modifiers.accel;
        self.tool = Tool::Pressed { at: pointer.at, hit, adds };
        Vec::new()
    }

    fn double_click(&mut self, hit: Hit, at: Point) -> Vec<Effect> {
        match object_of(hit) {
            _ if self.exhibited.is_some() => Vec::new(),
            Some(object) => self.open_object(object),
            None => {
                let point = self.camera.world_from_view(at);
                self.change(&Change::AddTable { name: None, at: Some(snapped(point)) })
            }
        }
    }

    fn moved(&mut self, pointer: Pointer) -> Vec<Effect> {
        match self.tool.clone() {
            Tool::Idle => self.hovered(pointer),
            Tool::Pressed { at, hit, adds } => {
                if (pointer.at - at).hypot() < SLOP {
                    return Vec::new();
                }
                let mut effects = self.begin_drag(at, hit, adds, pointer.is_touch);
                effects.extend(self.moved(pointer));
                effects
            }
            Tool::Panning { start, camera } => self.look(camera.pan(pointer.at - start)),
            Tool::Moving { start_in_world, from } => {
                let by = self.camera.world_from_view(pointer.at) - start_in_world;
                self.drag_tables(&from, by)
            }
            Tool::MovingNote { start_in_world, note, from, is_edge } => {
                let by = self.camera.world_from_view(pointer.at) - start_in_world;
                self.picture.scene.move_note(note, Some(dragged_spot(from, by, is_edge)));
                vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]
            }
            Tool::Marquee { start_in_world, before } => {
                let rect = Rect::from_points(start_in_world, self.camera.world_from_view(pointer.at));
                self.drag_marquee(rect, before)
            }
            Tool::Connecting { from, side } => self.drag_line(from, side, pointer),
        }
    }

    fn begin_drag(&mut self, at: Point, hit: Hit, adds: bool, is_touch: bool) -> Vec<Effect> {
        let start_in_world = self.camera.world_from_view(at);
        // Who only looks moves the view, wherever they take hold of it.
        if !self.may_edit && (table_of(hit).is_some() || matches!(hit, Hit::Handle(..))) {
            self.tool = Tool::Panning { start: at, camera: self.camera };
            return vec![Effect::Cursor(Cursor::Grabbing)];
        }
        if let Hit::Handle(table, column, side) = hit {
            self.tool = Tool::Connecting { from: (table, column), side };
            self.picture.marks.dimmed = Some(self.dimmed_from((table, column)));
            return vec![Effect::Cursor(Cursor::Crosshair), Effect::Repaint(Layer::Static)];
        }
        if let Hit::Annotation(group) = hit
            && self.may_edit
            && self.exhibited.is_none()
            && !self.picture.scene.group_tables(group).is_empty()
        {
            // The tables of a group go where its name goes.
            let effects = self.select_only(ObjectId::Annotation(group));
            let members = self.picture.scene.group_tables(group).iter();
            let from = members.filter_map(|table| self.placements().get(table).map(|place| (*table, *place))).collect();
            self.tool = Tool::Moving { start_in_world, from };
            return [effects, vec![Effect::Cursor(Cursor::Move)]].concat();
        }
        if let Hit::Annotation(note) = hit
            && self.may_edit
            && self.exhibited.is_none()
            && let Some(from) = self.picture.scene.note_spot(note)
        {
            let is_edge = self.picture.scene.is_note_edge(note, start_in_world);
            self.tool = Tool::MovingNote { start_in_world, note, from, is_edge };
            let cursor = if is_edge { Cursor::Resize } else { Cursor::Move };
            return [self.select_only(ObjectId::Annotation(note)), vec![Effect::Cursor(cursor)]].concat();
        }
        let Some(table) = table_of(hit) else {
            if is_touch {
                self.tool = Tool::Panning { start: at, camera: self.camera };
                return Vec::new();
            }
            let before = if adds { self.selection().clone() } else { BTreeSet::new() };
            self.tool = Tool::Marquee { start_in_world, before };
            return vec![Effect::Cursor(Cursor::Crosshair)];
        };
        if self.exhibited.is_some() {
            self.tool = Tool::Panning { start: at, camera: self.camera };
            return vec![Effect::Cursor(Cursor::Grabbing)];
        }
        let mut effects = Vec::new();
        if !self.selection().contains(&ObjectId::Table(table)) {
            effects = self.select_only(ObjectId::Table(table));
        }
        let selected = self.selection().iter().filter_map(|object| match object {
            ObjectId::Table(table) => Some(*table),
            ObjectId::Namespace(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => None,
        });
        let from = selected.filter_map(|table| self.placements().get(&table).map(|place| (table, *place))).collect();
        self.tool = Tool::Moving { start_in_world, from };
        effects.push(Effect::Cursor(Cursor::Move));
        effects
    }

    /// The tables under the hand.
    pub(crate) fn dragged(&self) -> Vec<TableId> {
        match &self.tool {
            Tool::Moving { from, .. } => from.keys().copied().collect(),
            Tool::Idle
            | Tool::Pressed { .. }
            | Tool::Panning { .. }
            | Tool::MovingNote { .. }
            | Tool::Marquee { .. }
            | Tool::Connecting { .. } => Vec::new(),
        }
    }

    fn drag_tables(&mut self, from: &BTreeMap<TableId, Placement>, by: Vec2) -> Vec<Effect> {
        for (table, place) in from {
            self.picture.scene.move_table(*table, shifted(*place, by));
        }
        vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]
    }

    fn drag_marquee(&mut self, rect: Rect, mut selection: BTreeSet<ObjectId>) -> Vec<Effect> {
        selection.extend(self.picture.scene.tables_in(rect).into_iter().map(ObjectId::Table));
        self.picture.marks.marquee = Some(rect);
        // Whoever lists what is selected is told once it is settled: on the way it may be a thousand tables and more.
        let mut effects = self.set_selection(selection);
        effects.retain(|effect| *effect != Effect::Changed(Facet::Selection));
        effects.push(Effect::Repaint(Layer::Overlay));
        effects
    }

    fn drag_line(&mut self, from: End, side: Side, pointer: Pointer) -> Vec<Effect> {
        let to = self.camera.world_from_view(pointer.at);
        let over = self.end_at(self.hit(pointer)).filter(|over| *over != from);
        let refusal = over.and_then(|over| self.connect(from, over).err());
        let target = over.filter(|_| refusal.is_none());
        self.picture.marks.ghost = Some(Ghost { table: from.0, column: from.1, side, to, target });
        let cursor = if refusal.is_some() { Cursor::NotAllowed } else { Cursor::Crosshair };
        self.picture.marks.refusal = refusal.map(|reason| self.sentence(&reason));
        let mut effects = self.auto_pan(pointer.at);
        effects.extend([Effect::Repaint(Layer::Overlay), Effect::Cursor(cursor)]);
        effects
    }

    /// Near an edge of the view, the view gives way.
    fn auto_pan(&mut self, at: Point) -> Vec<Effect> {
        const EDGE: f64 = 24.0;
        const STEP: f64 = 12.0;
        let push = |at: f64, size: f64| {
            if at < EDGE {
                STEP
            } else if at > size - EDGE {
                -STEP
            } else {
                0.0
            }
        };
        let by = Vec2::new(push(at.x, self.size.width), push(at.y, self.size.height));
        if by == Vec2::ZERO { Vec::new() } else { self.look(self.camera.pan(by)) }
    }

    fn released(&mut self, pointer: Pointer) -> Vec<Effect> {
        match std::mem::replace(&mut self.tool, Tool::Idle) {
            Tool::Idle => Vec::new(),
            Tool::Pressed { hit, adds, .. } => self.clicked(hit, adds),
            Tool::Panning { .. } => vec![Effect::Cursor(Cursor::Default), Effect::Changed(Facet::Camera)],
            Tool::Moving { start_in_world, from } => {
                let by = self.camera.world_from_view(pointer.at) - start_in_world;
                self.drop_tables(&from, by)
            }
            Tool::MovingNote { start_in_world, note, from, is_edge } => {
                let by = self.camera.world_from_view(pointer.at) - start_in_world;
                self.drop_note(note, (from, dragged_spot(from, by, is_edge)))
            }
            Tool::Marquee { .. } => {
                self.picture.marks.marquee = None;
                let count = self.selection().len();
                vec![
                    Effect::Cursor(Cursor::Default),
                    Effect::Repaint(Layer::Overlay),
                    Effect::Changed(Facet::Selection),
                    Effect::Announce(Announcement::note(counted(count, "table selected", "tables selected"))),
                ]
            }
            Tool::Connecting { from, .. } => self.drop_line(from, pointer),
        }
    }

    fn clicked(&mut self, hit: Hit, adds: bool) -> Vec<Effect> {
        let Some(object) = object_of(hit) else {
            if adds {
                return Vec::new();
            }
            let mut effects = self.set_selection(BTreeSet::new());
            effects.extend(self.close_panel());
            return effects;
        };
        if adds {
            let mut selection = self.selection().clone();
            if !selection.remove(&object) {
                selection.insert(object);
            }
            return self.set_selection(selection);
        }
        let mut effects = self.select_only(object);
        // A line has nothing else to show, so one click opens it; a panel that is open follows the selection. The keys
        // stay with the canvas: Delete means what was clicked, and not the text of a field.
        let opens = matches!(object, ObjectId::Reference(_)) && self.exhibited.is_none();
        if opens || self.panel().is_some() {
            effects.extend(self.open_object(object).into_iter().filter(|effect| *effect != Effect::FocusPanel));
        }
        effects
    }

    fn drop_tables(&mut self, from: &BTreeMap<TableId, Placement>, by: Vec2) -> Vec<Effect> {
        let moves: Vec<Move> = from
            .iter()
            .map(|(table, place)| Move { table: *table, from: Some(*place), to: Some(shifted(*place, by)) })
            .filter(|step| step.from != step.to)
            .collect();
        let mut effects = vec![Effect::Cursor(Cursor::Default)];
        if moves.is_empty() {
            self.picture.scene.settle();
            effects.push(Effect::Repaint(Layer::Static));
        } else {
            let label = match moves.as_slice() {
                [step] => format!("move {}", self.label(ObjectId::Table(step.table))),
                many => format!("move {} tables", many.len()),
            };
            effects.extend(self.perform(Gesture { label, moves, ..Gesture::default() }));
        }
        effects
    }

    fn drop_note(&mut self, note: AnnotationId, (from, to): (Spot, Spot)) -> Vec<Effect> {
        let edit = self.note_moved(note, |_| to).filter(|_| from != to);
        let mut effects = self.put_note_back(note);
        if let Some(edit) = edit {
            let verb = if from.width == to.width { "move" } else { "resize" };
            let label = format!("{verb} {}", self.label(ObjectId::Annotation(note)));
            effects.extend(self.perform(Gesture { label, edits: vec![edit], ..Gesture::default() }));
        }
        effects
    }

    /// A note stands where the schema has it, whatever has been tried.
    fn put_note_back(&mut self, note: AnnotationId) -> Vec<Effect> {
        let spot = self.picture.schema().annotations.get(&note).and_then(|it| it.spot);
        self.picture.scene.move_note(note, spot);
        let cursor = Effect::Cursor(Cursor::Default);
        vec![cursor, Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]
    }

    fn drop_line(&mut self, from: End, pointer: Pointer) -> Vec<Effect> {
        let hit = self.hit(pointer);
        let mut effects = self.end_line();
        match (self.end_at(hit), table_of(hit)) {
            (Some(to), _) if to == from => {}
            (Some(to), _) => match self.connect(from, to) {
                Ok(change) => effects.extend(self.change(&change)),
                // It stood beside the pointer already, so nothing has failed.
                Err(reason) => effects.push(Effect::Announce(Announcement::note(self.sentence(&reason)))),
            },
            (None, Some(_)) => effects.extend(self.open_panel(Subject::NewReference(Some(from)))),
            (None, None) => {}
        }
        effects
    }

    /// The column that a line to there would end at: a table's head means its primary key, when that is one column.
    fn end_at(&self, hit: Hit) -> Option<End> {
        column_of(hit).or_else(|| {
            let table = self.target().table(table_of(hit)?)?;
            match table.primary_key()?.columns.as_slice() {
                [column] => Some((table.id, *column)),
                _ => None,
            }
        })
    }

    fn end_line(&mut self) -> Vec<Effect> {
        self.picture.marks.ghost = None;
        self.picture.marks.refusal = None;
        self.picture.marks.dimmed = None;
        vec![Effect::Cursor(Cursor::Default), Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]
    }

    /// Puts back what a drag in progress has changed. Empty when none is.
    pub(crate) fn cancel_tool(&mut self) -> Vec<Effect> {
        match std::mem::replace(&mut self.tool, Tool::Idle) {
            Tool::Idle => Vec::new(),
            Tool::Pressed { .. } => vec![Effect::Cursor(Cursor::Default)],
            Tool::Panning { camera, .. } => {
                let mut effects = self.look(camera);
                effects.push(Effect::Cursor(Cursor::Default));
                effects
            }
            Tool::Moving { from, .. } => {
                // Others may have put them elsewhere meanwhile.
                let now = from.into_keys().filter_map(|table| Some((table, *self.placements().get(&table)?))).collect();
                let mut effects = self.drag_tables(&now, Vec2::ZERO);
                self.picture.scene.settle();
                effects.push(Effect::Cursor(Cursor::Default));
                effects
            }
            Tool::MovingNote { note, .. } => self.put_note_back(note),
            Tool::Marquee { before, .. } => {
                self.picture.marks.marquee = None;
                self.set_selection(before);
                vec![
                    Effect::Cursor(Cursor::Default),
                    Effect::Repaint(Layer::Overlay),
                    Effect::Changed(Facet::Selection),
                ]
            }
            Tool::Connecting { .. } => self.end_line(),
        }
    }

    fn hovered(&mut self, pointer: Pointer) -> Vec<Effect> {
        let hit = self.hit(pointer);
        let hover = object_of(hit);
        let can_change = self.may_edit && self.exhibited.is_none();
        let at = self.camera.world_from_view(pointer.at);
        let cursor = match hit {
            Hit::Handle(..) => Cursor::Crosshair,
            Hit::Annotation(note) if can_change && self.picture.scene.is_note_edge(note, at) => Cursor::Resize,
            Hit::Empty => Cursor::Default,
            Hit::Header(_) | Hit::Table(_) | Hit::Column(..) | Hit::Reference(_) | Hit::Annotation(_) => {
                Cursor::Pointer
            }
        };
        let mut effects = vec![Effect::Cursor(cursor)];
        if self.picture.marks.hover != hover {
            self.picture.marks.hover = hover;
            effects.push(Effect::Repaint(Layer::Overlay));
        }
        effects
    }

    pub(crate) fn pointer_left(&mut self) -> Vec<Effect> {
        if self.tool != Tool::Idle || self.picture.marks.hover.is_none() {
            return Vec::new();
        }
        self.picture.marks.hover = None;
        vec![Effect::Repaint(Layer::Overlay)]
    }

    pub(crate) fn look(&mut self, camera: Camera) -> Vec<Effect> {
        self.camera = camera;
        vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay), Effect::Changed(Facet::Camera)]
    }

    /// What the object is called.
    pub(crate) fn label(&self, object: ObjectId) -> String {
        self.picture.schema().label(object).unwrap_or_default()
    }
}

/// `1 table selected`, `3 tables selected`.
pub(crate) fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How near, in view pixels, the pointer must come to a line.
pub(crate) fn reach(is_touch: bool) -> f64 {
    if is_touch { TOUCH_REACH } else { REACH }
}

pub(crate) fn object_of(hit: Hit) -> Option<ObjectId> {
    match hit {
        Hit::Empty => None,
        Hit::Table(table) | Hit::Header(table) => Some(ObjectId::Table(table)),
        Hit::Column(table, column) | Hit::Handle(table, column, _) => Some(ObjectId::Column(table, column)),
        Hit::Reference(reference) => Some(ObjectId::Reference(reference)),
        Hit::Annotation(group) => Some(ObjectId::Annotation(group)),
    }
}

fn table_of(hit: Hit) -> Option<TableId> {
    object_of(hit).and_then(ObjectId::table)
}

fn column_of(hit: Hit) -> Option<End> {
    match hit {
        Hit::Column(table, column) | Hit::Handle(table, column, _) => Some((table, column)),
        Hit::Empty | Hit::Table(_) | Hit::Header(_) | Hit::Reference(_) | Hit::Annotation(_) => None,
    }
}

/// Where a note is, or how wide, once it has been dragged that far.
fn dragged_spot(from: Spot, by: Vec2, is_edge: bool) -> Spot {
    if is_edge {
        let right = snapped(Point::new(f64::from(from.x) + f64::from(from.width) + by.x, 0.0)).x;
        let width = right.saturating_sub(from.x).clamp((*Spot::WIDTHS.start()).into(), (*Spot::WIDTHS.end()).into());
        return Spot { width: u16::try_from(width).unwrap_or(from.width), ..from };
    }
    let Placement { x, y } = shifted(Placement { x: from.x, y: from.y }, by);
    Spot { x, y, ..from }
}

fn shifted(place: Placement, by: Vec2) -> Placement {
    snapped(Point::new(f64::from(place.x) + by.x, f64::from(place.y) + by.y))
}

/// The nearest crossing of the grid.
pub(crate) fn snapped(point: Point) -> Placement {
    #[expect(clippy::cast_possible_truncation, reason = "the casts saturate, and no screen reaches that far")]
    let snap = |value: f64| ((value / GRID).round() * GRID) as i32;
    Placement { x: snap(point.x), y: snap(point.y) }
}
