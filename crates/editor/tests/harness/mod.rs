//! A person at an editor without a screen. After every input the invariants are swept.

use diagram::{Point, Size};
use edit::{ItemKind, PendingChanges, Placement};
use editor::{Command, Document, Editor, Effect, Input, Modifiers, Pointer, PointerButton, PointerPhase};
use schema::testing::schema_from;
use schema::{ColumnId, ObjectId, ReferenceId, TableId};

pub(crate) struct Harness {
    pub(crate) editor: Editor,
    effects: Vec<Effect>,
    at: Point,
}

impl Harness {
    pub(crate) fn open(text: &str) -> Self {
        Self::open_with(text, 42)
    }

    /// Somebody else, whose ids are others.
    pub(crate) fn open_with(text: &str, seed: u128) -> Self {
        let schema = schema_from(text);
        let placements = diagram::layout::arrange(&schema);
        let editor = Editor::open(Document { revision: 0, schema, placements }, None, seed);
        let mut this = Self { editor, effects: Vec::new(), at: Point::ORIGIN };
        this.send(Input::Resized(Size::new(4_000.0, 3_000.0)));
        this.command(Command::Fit);
        this
    }

    pub(crate) fn document(&self) -> Document {
        Document {
            revision: self.editor.base_revision(),
            schema: self.editor.base().clone(),
            placements: diagram::layout::arrange(self.editor.base()),
        }
    }

    pub(crate) fn send(&mut self, input: Input) -> &mut Self {
        let told = format!("{input:?}");
        self.effects = self.editor.handle(input);
        self.sweep(&told);
        self
    }

    /// What must be true at any time.
    fn sweep(&self, input: &str) {
        let editor = &self.editor;
        let pending = PendingChanges::between(editor.base(), editor.target());
        assert_eq!(editor.pending(), &pending, "after {input}");
        assert_eq!(editor.findings(), schema::validate(editor.target()), "after {input}");
        for table in editor.target().tables.keys() {
            assert!(editor.placements().contains_key(table), "a table without a place after {input}");
        }
        for object in editor.selection() {
            assert!(editor.shown().label(*object).is_some(), "something gone is selected after {input}");
        }
    }

    pub(crate) fn command(&mut self, command: Command) -> &mut Self {
        self.send(Input::Command(command))
    }

    fn pointer(&mut self, phase: PointerPhase) -> &mut Self {
        self.send(Input::Pointer(Pointer {
            phase,
            at: self.at,
            button: PointerButton::Primary,
            modifiers: Modifiers::default(),
            is_touch: false,
            clicks: 1,
        }))
    }

    /// Presses on the header of a table.
    pub(crate) fn press(&mut self, table: &str) -> &mut Self {
        let rect = self.editor.scene().table_box(self.table(table)).unwrap().header_rect();
        self.at = self.editor.view().camera.view_from_world(rect.center());
        self.pointer(PointerPhase::Pressed)
    }

    /// Presses at a point of the view.
    pub(crate) fn press_at(&mut self, at: Point) -> &mut Self {
        self.at = at;
        self.pointer(PointerPhase::Pressed)
    }

    pub(crate) fn click(&mut self, table: &str) -> &mut Self {
        self.press(table).release()
    }

    /// Clicks the line of a reference where nothing lies over it.
    pub(crate) fn click_line(&mut self, name: &str) -> &mut Self {
        let id = self.reference(name);
        let scene = self.editor.scene();
        let middles = scene.route(id).unwrap().segments().map(|(from, to)| from.midpoint(to));
        let at = middles.into_iter().find(|at| scene.hit(*at, 1.0) == diagram::Hit::Reference(id)).unwrap();
        self.at = self.editor.view().camera.view_from_world(at);
        self.pointer(PointerPhase::Pressed).release()
    }

    /// Presses on the right handle of a column.
    pub(crate) fn press_handle(&mut self, column: &str) -> &mut Self {
        let (table, column) = self.column(column);
        let row = self.editor.scene().table_box(table).unwrap().row_rect(column).unwrap();
        self.at = self.editor.view().camera.view_from_world(Point::new(row.x1, row.center().y));
        self.pointer(PointerPhase::Moved);
        self.pointer(PointerPhase::Pressed)
    }

    pub(crate) fn drag_by(&mut self, x: f64, y: f64) -> &mut Self {
        let zoom = self.editor.view().camera.zoom;
        for step in 1..=4 {
            let part = f64::from(step) / 4.0;
            let before = self.at;
            self.at = Point::new(before.x + x * zoom * part, before.y + y * zoom * part);
            self.pointer(PointerPhase::Moved);
            if step < 4 {
                self.at = before;
            }
        }
        self
    }

    pub(crate) fn drag_to(&mut self, column: &str) -> &mut Self {
        let (table, column) = self.column(column);
        let row = self.editor.scene().table_box(table).unwrap().row_rect(column).unwrap();
        self.at = self.editor.view().camera.view_from_world(row.center());
        self.pointer(PointerPhase::Moved);
        self.pointer(PointerPhase::Moved)
    }

    pub(crate) fn release(&mut self) -> &mut Self {
        self.pointer(PointerPhase::Released)
    }

    pub(crate) fn did(&self, what: impl Fn(&Effect) -> bool) -> bool {
        self.effects.iter().any(what)
    }

    pub(crate) fn said(&self) -> String {
        let said = self.effects.iter().filter_map(|effect| match effect {
            Effect::Announce(announcement) => Some(announcement.text.as_str()),
            _ => None,
        });
        said.collect::<Vec<_>>().join(" / ")
    }

    pub(crate) fn table(&self, name: &str) -> TableId {
        let tables = self.editor.shown().tables.values();
        tables.into_iter().find(|table| table.name.as_str() == name).unwrap_or_else(|| panic!("no table {name}")).id
    }

    pub(crate) fn reference(&self, name: &str) -> ReferenceId {
        let references = self.editor.shown().references.values();
        references.into_iter().find(|it| it.name.as_str() == name).unwrap_or_else(|| panic!("no reference {name}")).id
    }

    pub(crate) fn table_name(&self, id: TableId) -> String {
        self.editor.shown().table(id).unwrap().name.to_string()
    }

    pub(crate) fn column(&self, path: &str) -> (TableId, ColumnId) {
        let (table, column) = path.split_once('.').unwrap();
        let id = self.table(table);
        (id, self.editor.shown().table(id).unwrap().column_named(column).unwrap().id)
    }

    pub(crate) fn place(&self, table: &str) -> Placement {
        self.editor.placements()[&self.table(table)]
    }

    pub(crate) fn pending(&self) -> Vec<String> {
        let items = self.editor.pending().items();
        items
            .map(|item| {
                let mark = match item.kind {
                    ItemKind::Added => '+',
                    ItemKind::Changed => '~',
                    ItemKind::Removed => '-',
                };
                format!("{mark} {}", item.title)
            })
            .collect()
    }

    pub(crate) fn selected(&self) -> Vec<String> {
        let label = |object: &ObjectId| self.editor.shown().label(*object).unwrap();
        self.editor.selection().iter().map(label).collect()
    }
}
