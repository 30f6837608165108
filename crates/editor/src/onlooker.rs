//! Looking at a committed state before there is an editor of it: what takes a small part of the program, so that a page
//! can be looked around in while the rest is still on its way.

use crate::command::whole;
use crate::pointer::{SLOP, object_of, reach};
use crate::{Command, Document, Input, Pointer, PointerButton, PointerPhase};
use diagram::{Camera, Hit, Marks, Point, Rect, Scene, Size, View};
use std::collections::BTreeSet;

/// Who looks at a committed state. Inputs that only change where one looks from are carried out at once, just as an
/// [`Editor`](crate::Editor) does; others are given back, to be played to the editor once it is there.
#[derive(Debug)]
pub struct Onlooker {
    scene: Scene,
    marks: Marks,
    camera: Camera,
    size: Size,
    hand: Hand,
}

/// What the pointer is in the middle of.
#[derive(Debug, Clone, Copy)]
enum Hand {
    Idle,
    /// The view follows it: where it was pressed, where it is, and where one looked from at first.
    Panning {
        pressed: Pointer,
        last: Pointer,
        camera: Camera,
    },
    /// It does what an editor has to do; where it was pressed, as long as it is a click.
    Holding {
        click: Option<Point>,
    },
}

/// Something done with the pointer that only an editor can carry out: what was done, to what, and where one looked from.
/// The editor may show things elsewhere, with staged edits or after what was done before, so that the place alone would
/// not say what was meant.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeldPointer {
    pub(crate) pointer: Pointer,
    pub(crate) camera: Camera,
    pub(crate) hit: Hit,
}

impl Onlooker {
    /// Opens a committed state.
    pub fn open(document: &Document) -> Self {
        Self {
            scene: Scene::build(&document.schema, &document.placements),
            // What is suggested comes with the editor: looking for it is no part of what comes first.
            marks: Marks::default(),
            camera: Camera::default(),
            size: Size::ZERO,
            hand: Hand::Idle,
        }
    }

    /// Takes in something that happened; gives back what has to wait for an editor.
    pub fn handle(&mut self, input: &Input) -> Option<HeldPointer> {
        if let Input::Scrolled(by) = input {
            self.camera = self.camera.pan(-*by);
        } else if let Input::Zoomed { at, factor } = input {
            self.camera = self.camera.zoom_at(*at, *factor);
        } else if let Input::Resized(size) = input {
            self.resized(*size);
        } else if let Input::Pointer(pointer) = input {
            return self.pointer(*pointer);
        }
        None
    }

    /// Carries out a command that only changes where one looks from; false for all others.
    pub fn command(&mut self, command: Command) -> bool {
        let camera = looked(command, self.view(), || self.bounds());
        self.camera = camera.unwrap_or(self.camera);
        camera.is_some()
    }

    /// Where one looks from, and through how large a window.
    pub fn view(&self) -> View {
        View { camera: self.camera, size: self.size }
    }

    /// What is looked at.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// What is selected.
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    /// The first size there is shows everything, as an editor's page does.
    fn resized(&mut self, size: Size) {
        let is_first = self.size.is_zero_area() && !size.is_zero_area();
        self.size = size;
        if is_first {
            self.command(Command::Fit);
        }
    }

    fn bounds(&self) -> Option<Rect> {
        self.scene.content_bounds()
    }

    /// What the pointer is still in the middle of, for an editor to go on with. It comes after all that was given back.
    pub fn unfinished(&self) -> Vec<HeldPointer> {
        match self.hand {
            Hand::Panning { pressed, last, camera } => {
                [pressed, last].map(|pointer| HeldPointer { pointer, camera, hit: Hit::Empty }).to_vec()
            }
            // What it has done was given back.
            Hand::Idle | Hand::Holding { .. } => Vec::new(),
        }
    }

    fn pointer(&mut self, pointer: Pointer) -> Option<HeldPointer> {
        let held = HeldPointer { pointer, camera: self.camera, hit: self.hit(pointer) };
        match (pointer.phase, self.hand) {
            (PointerPhase::Pressed, _) if self.pans(pointer) => {
                self.hand = Hand::Panning { pressed: pointer, last: pointer, camera: self.camera };
                None
            }
            (PointerPhase::Pressed, _) => {
                self.hand = Hand::Holding { click: Some(pointer.at) };
                Some(held)
            }
            (PointerPhase::Moved, Hand::Panning { pressed, camera, .. }) => {
                self.camera = camera.pan(pointer.at - pressed.at);
                self.hand = Hand::Panning { pressed, last: pointer, camera };
                None
            }
            (PointerPhase::Moved, Hand::Holding { click }) => {
                let click = click.filter(|start| (pointer.at - *start).hypot() < SLOP);
                self.hand = Hand::Holding { click };
                Some(held)
            }
            (PointerPhase::Released, Hand::Holding { click }) => {
                self.hand = Hand::Idle;
                if click.is_some() && !pointer.modifiers.shift && !pointer.modifiers.accel {
                    self.marks.selection = BTreeSet::from_iter(object_of(held.hit));
                }
                Some(held)
            }
            (PointerPhase::Canceled, Hand::Holding { .. }) => {
                self.hand = Hand::Idle;
                Some(held)
            }
            (PointerPhase::Released | PointerPhase::Canceled, Hand::Panning { .. }) => {
                self.hand = Hand::Idle;
                None
            }
            (PointerPhase::Moved | PointerPhase::Released | PointerPhase::Canceled, Hand::Idle) => None,
        }
    }

    /// Whether a press takes hold of the view and of nothing else.
    fn pans(&self, pointer: Pointer) -> bool {
        pointer.button != PointerButton::Primary
            || pointer.modifiers.space
            || pointer.is_touch && self.hit(pointer) == Hit::Empty
    }

    fn hit(&self, pointer: Pointer) -> Hit {
        self.scene.hit(self.camera.world_from_view(pointer.at), reach(pointer.is_touch) / self.camera.zoom)
    }
}

/// Where one looks from after a command that changes nothing else; none for all other commands.
pub(crate) fn looked(command: Command, view: View, bounds: impl FnOnce() -> Option<Rect>) -> Option<Camera> {
    let View { camera, size } = view;
    let zoomed = |factor: f64| Some(camera.zoom_at(Point::new(size.width / 2.0, size.height / 2.0), factor));
    if command == Command::ZoomIn {
        zoomed(1.25)
    } else if command == Command::ZoomOut {
        zoomed(0.8)
    } else if command == Command::ZoomFull {
        zoomed(1.0 / camera.zoom)
    } else if command == Command::Fit {
        bounds().map(|bounds| whole(bounds, size))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{COMMANDS, Change, Editor, Modifiers};
    use diagram::Vec2;
    use schema::ObjectId;
    use schema::testing::schema_from;

    const SIZE: Size = Size::new(1_000.0, 800.0);

    fn document() -> Document {
        let schema = schema_from("users\n  id integer!\norders\n  id integer!\n  user_id integer\n");
        let placements = diagram::layout::arrange(&schema);
        Document { revision: 3, schema, placements }
    }

    fn both() -> (Onlooker, Editor) {
        let (mut onlooker, mut editor) = (Onlooker::open(&document()), Editor::open(document(), None, 7));
        onlooker.handle(&Input::Resized(SIZE));
        editor.handle(Input::Resized(SIZE));
        editor.handle(Input::Command(Command::Fit));
        (onlooker, editor)
    }

    fn pointer(phase: PointerPhase, button: PointerButton, at: Point) -> Input {
        Input::Pointer(Pointer { phase, at, button, modifiers: Modifiers::default(), is_touch: false, clicks: 1 })
    }

    /// What is seen before the editor is there is what it shows.
    #[test]
    fn an_onlooker_sees_what_an_editor_shows() {
        use PointerButton::{Middle, Secondary};
        use PointerPhase::{Moved, Pressed, Released};
        let (mut onlooker, mut editor) = both();
        let inputs = [
            Input::Scrolled(Vec2::new(30.0, -70.0)),
            Input::Zoomed { at: Point::new(200.0, 300.0), factor: 1.7 },
            pointer(Pressed, Middle, Point::new(10.0, 10.0)),
            pointer(Moved, Middle, Point::new(90.0, 40.0)),
            pointer(Released, Middle, Point::new(90.0, 40.0)),
            pointer(Pressed, Secondary, Point::new(500.0, 10.0)),
            pointer(Moved, Secondary, Point::new(90.0, 40.0)),
            pointer(Released, Secondary, Point::new(90.0, 40.0)),
            Input::Resized(Size::new(700.0, 300.0)),
        ];
        for input in inputs {
            assert_eq!(onlooker.handle(&input), None, "{input:?}");
            editor.handle(input.clone());
            assert_eq!(onlooker.view(), editor.view(), "{input:?}");
            let paint = |scene: &Scene, view: &View, marks: &Marks| scene.paint(view, marks);
            let seen = paint(onlooker.scene(), &onlooker.view(), onlooker.marks());
            assert_eq!(seen, paint(editor.scene(), &editor.view(), &editor.marks()), "{input:?}");
        }
    }

    #[test]
    fn commands_of_looking_do_the_same_and_others_are_left_to_the_editor() {
        let (mut onlooker, mut editor) = both();
        let mut taken = Vec::new();
        for command in COMMANDS.iter().map(|info| info.command) {
            if onlooker.command(command) {
                editor.handle(Input::Command(command));
                taken.push(command);
            }
            assert_eq!(onlooker.view(), editor.view(), "{command:?}");
        }
        assert_eq!(taken, [Command::ZoomIn, Command::ZoomOut, Command::ZoomFull, Command::Fit]);
    }

    /// What the editor has to do happens to the things that it was done to, although one has looked elsewhere since.
    #[test]
    fn what_is_held_is_done_where_it_was_meant() {
        use PointerButton::Primary;
        use PointerPhase::{Moved, Pressed, Released};
        for by in [0.0, 64.0] {
            let (mut onlooker, mut editor) = both();
            let id = *editor.shown().tables.keys().next().unwrap();
            let before = editor.placements()[&id];
            let header = editor.scene().table_box(id).unwrap().header_rect().center();
            let at = |at: Point, onlooker: &Onlooker| onlooker.view().camera.view_from_world(at);
            let to = Point::new(header.x + by, header.y);
            let mut held = Vec::new();
            held.extend(onlooker.handle(&pointer(Pressed, Primary, at(header, &onlooker))));
            held.extend(onlooker.handle(&pointer(Moved, Primary, at(to, &onlooker))));
            held.extend(onlooker.handle(&pointer(Released, Primary, at(to, &onlooker))));
            held.extend(onlooker.handle(&pointer(Moved, Primary, Point::new(3.0, 3.0))));
            assert_eq!(held.len(), 3);
            let shown = onlooker.marks().selection.clone();
            assert_eq!(shown.contains(&ObjectId::Table(id)), by == 0.0, "a click selects at once");
            onlooker.handle(&Input::Zoomed { at: Point::new(7.0, 8.0), factor: 0.8 });
            let camera = onlooker.view().camera;
            look_from(&mut editor, camera);
            // A command in between may look elsewhere; what was clicked stays what was clicked.
            for (at, pointer) in held.into_iter().enumerate() {
                if at == 1 {
                    editor.handle(Input::Scrolled(Vec2::new(400.0, 300.0)));
                }
                editor.handle(Input::Held(pointer));
            }
            assert_eq!(editor.selection(), &BTreeSet::from([ObjectId::Table(id)]));
            let moved = editor.placements()[&id];
            assert_eq!((f64::from(moved.x - before.x), moved.y), (by, before.y));
        }
    }
    fn look_from(editor: &mut Editor, camera: Camera) {
        let from = editor.view().camera;
        editor.handle(Input::Zoomed { at: Point::ZERO, factor: camera.zoom / from.zoom });
        editor.handle(Input::Scrolled(Vec2::new(camera.x - from.x, camera.y - from.y) * camera.zoom));
    }

    /// With staged edits, other things stand where something was clicked: what was seen is what was meant.
    #[test]
    fn what_is_held_happens_to_what_was_seen_there() {
        use PointerButton::Primary;
        use PointerPhase::{Pressed, Released};
        let (mut onlooker, mut editor) = both();
        let id = *editor.shown().tables.keys().next().unwrap();
        let header = editor.scene().table_box(id).unwrap().header_rect().center();
        editor.handle(Input::Change(Change::AddTable { name: None, at: Some(editor.placements()[&id]) }));
        editor.handle(Input::ClosePanel);
        let at = onlooker.view().camera.view_from_world(header);
        let held = [Pressed, Released].map(|phase| onlooker.handle(&pointer(phase, Primary, at)).unwrap());
        for held in held {
            editor.handle(Input::Held(held));
        }
        assert_eq!(editor.selection(), &BTreeSet::from([ObjectId::Table(id)]));
        // What is not there any more cannot be clicked, which is said.
        let gone = schema::TableId::from_u128(99);
        let said = editor.handle(Input::Held(HeldPointer { hit: Hit::Table(gone), ..held[0] }));
        assert!(matches!(said.as_slice(), [crate::Effect::Announce(_)]), "{said:?}");
        assert_eq!(editor.handle(Input::Held(HeldPointer { hit: Hit::Table(gone), ..held[1] })), []);
        assert_eq!(editor.selection(), &BTreeSet::from([ObjectId::Table(id)]));
    }

    #[test]
    fn a_pan_goes_on_in_the_editor() {
        use PointerPhase::{Moved, Pressed, Released};
        for (button, is_touch) in [(PointerButton::Middle, false), (PointerButton::Primary, true)] {
            let (mut onlooker, mut editor) = both();
            let at = |phase, x: f64, y: f64| {
                let at = Point::new(x, y);
                Input::Pointer(Pointer { phase, at, button, modifiers: Modifiers::default(), is_touch, clicks: 1 })
            };
            onlooker.handle(&at(Pressed, 5.0, 5.0));
            onlooker.handle(&at(Moved, 45.0, 25.0));
            let seen = onlooker.view();
            look_from(&mut editor, seen.camera);
            for held in onlooker.unfinished() {
                editor.handle(Input::Held(held));
            }
            assert_eq!(editor.view(), seen, "{button:?}");
            for input in [at(Moved, 85.0, 65.0), at(Released, 85.0, 65.0), at(Moved, 5.0, 5.0)] {
                onlooker.handle(&input);
                editor.handle(input);
                assert_eq!(editor.view(), onlooker.view(), "{button:?}");
            }
            assert_eq!(onlooker.unfinished(), []);
        }
    }
}
