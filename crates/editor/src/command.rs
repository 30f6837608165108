//! Every command in one registry: shortcuts, menus, the palette, tooltips and the help sheet are read from it.

use crate::onlooker::looked;
use crate::pointer::counted;
use crate::{Announcement, Change, Editor, Effect, Layer, NewType, Subject};
use diagram::{Camera, Point, Rect, Size, Vec2, fit};
use edit::{Attribute, Edit, Gesture, Move, Placement};
use schema::{AnnotationKind, ObjectId, Table, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// How far from the edge, in pixels, what is selected is kept when the canvas becomes smaller.
const KEPT_MARGIN: f64 = 24.0;

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident: $title:literal, $group:ident, [$($key:expr),*];)*) => {
        /// Something that can be asked for without further words.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Command { $($(#[$doc])* $name),* }

        /// All commands, in the order of menus and of the help sheet.
        pub const COMMANDS: &[CommandInfo] = &[
            $(CommandInfo { command: Command::$name, title: $title, group: Group::$group, shortcuts: &[$($key),*] }),*
        ];
    };
}

/// What menus, palette and help show of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommandInfo {
    /// Which.
    pub command: Command,
    /// In words; `…` at its end when more input follows.
    pub title: &'static str,
    /// Where it is listed.
    pub group: Group,
    /// Keys that give it.
    pub shortcuts: &'static [Shortcut],
}

/// A section of menus and help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Group {
    /// Undo, save and the like.
    Edit,
    /// Making things.
    Add,
    /// Choosing things.
    Select,
    /// Looking around.
    View,
    /// The application.
    App,
}

/// A key, as the platform reports it with no modifier but Shift taken into account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// A printable character, lower case.
    Char(char),
    /// A named key: `Enter`, `Escape`, `ArrowLeft`.
    Named(&'static str),
}

/// A key with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shortcut {
    /// The key.
    pub key: Key,
    /// Ctrl, or Command on a Mac.
    pub accel: bool,
    /// Shift. Ignored for characters that need it on some keyboards.
    pub shift: bool,
    /// Alt or Option.
    pub alt: bool,
}

const fn plain(key: Key) -> Shortcut {
    Shortcut { key, accel: false, shift: false, alt: false }
}

const fn accel(key: Key) -> Shortcut {
    Shortcut { key, accel: true, shift: false, alt: false }
}

const fn shift(key: Key) -> Shortcut {
    Shortcut { key, accel: false, shift: true, alt: false }
}

const fn accel_shift(key: Key) -> Shortcut {
    Shortcut { key, accel: true, shift: true, alt: false }
}

const fn alt(key: Key) -> Shortcut {
    Shortcut { key, accel: false, shift: false, alt: true }
}

commands! {
    /// Takes back the last gesture.
    Undo: "Undo", Edit, [accel(Key::Char('z'))];
    /// Does it again.
    Redo: "Redo", Edit, [accel_shift(Key::Char('z')), accel(Key::Char('y'))];
    /// Opens the review of everything staged.
    Save: "Save…", Edit, [accel(Key::Char('s')), accel(Key::Named("Enter"))];
    /// Removes what is selected.
    Delete: "Delete selection", Edit, [plain(Key::Named("Delete")), plain(Key::Named("Backspace"))];
    /// Opens the panel of what is selected.
    Open: "Edit selection", Edit, [plain(Key::Named("Enter")), plain(Key::Named("F2"))];
    /// Discards everything staged.
    DiscardAll: "Discard all pending changes", Edit, [];
    /// A new table.
    AddTable: "New table", Add, [plain(Key::Char('t')), alt(Key::Char('n'))];
    /// A new column in the selected table.
    AddColumn: "New column", Add, [alt(Key::Named("Enter"))];
    /// A new reference, from the selected column if there is one.
    AddReference: "New reference…", Add, [plain(Key::Char('r'))];
    /// A new enum.
    AddEnum: "New enum", Add, [];
    /// A new domain.
    AddDomain: "New domain", Add, [];
    /// A group around the selected tables.
    AddGroup: "Group selected tables", Add, [];
    /// A new note.
    AddNote: "New note", Add, [plain(Key::Char('n'))];
    /// All suggested references that people accept unseen.
    AddSuggested: "Add all suggested references that are sure", Add, [];
    /// Selects all tables.
    SelectAll: "Select all tables", Select, [accel(Key::Char('a'))];
    /// The next table in reading order.
    NextTable: "Next table", Select, [plain(Key::Named("Tab")), accel(Key::Named("ArrowRight"))];
    /// The previous one.
    PreviousTable: "Previous table", Select, [shift(Key::Named("Tab")), accel(Key::Named("ArrowLeft"))];
    /// The next column of the selected table.
    NextColumn: "Next column", Select, [accel(Key::Named("ArrowDown"))];
    /// The previous one.
    PreviousColumn: "Previous column", Select, [accel(Key::Named("ArrowUp"))];
    /// Leaves a gesture, then the panel, then the selection.
    Escape: "Cancel or clear selection", Select, [plain(Key::Named("Escape"))];
    /// Moves what is selected by a step to the left.
    NudgeLeft: "Move selection left", Edit, [plain(Key::Named("ArrowLeft"))];
    /// To the right.
    NudgeRight: "Move selection right", Edit, [plain(Key::Named("ArrowRight"))];
    /// Up.
    NudgeUp: "Move selection up", Edit, [plain(Key::Named("ArrowUp"))];
    /// Down.
    NudgeDown: "Move selection down", Edit, [plain(Key::Named("ArrowDown"))];
    /// A big step to the left.
    PushLeft: "Move selection far left", Edit, [shift(Key::Named("ArrowLeft"))];
    /// To the right.
    PushRight: "Move selection far right", Edit, [shift(Key::Named("ArrowRight"))];
    /// Up.
    PushUp: "Move selection far up", Edit, [shift(Key::Named("ArrowUp"))];
    /// Down.
    PushDown: "Move selection far down", Edit, [shift(Key::Named("ArrowDown"))];
    /// Places all tables anew.
    Arrange: "Arrange all tables", View, [shift(Key::Char('t')), alt(Key::Char('l'))];
    /// Places the selected tables anew, together and off all others.
    ArrangeSelected: "Arrange selected tables", View, [];
    /// Comes closer.
    ZoomIn: "Zoom in", View, [accel(Key::Char('=')), accel(Key::Char('+'))];
    /// Goes further away.
    ZoomOut: "Zoom out", View, [accel(Key::Char('-'))];
    /// World units become pixels.
    ZoomFull: "Zoom to 100%", View, [accel(Key::Char('0'))];
    /// Shows everything.
    Fit: "Show everything", View, [shift(Key::Char('1')), plain(Key::Char('!'))];
    /// Shows what is selected.
    FitSelection: "Show selection", View, [shift(Key::Char('2')), plain(Key::Char('@'))];
    /// Opens the list of commands and tables.
    Palette: "Find table or command…", App, [accel(Key::Char('k')), plain(Key::Char('/')), accel(Key::Char('f'))];
    /// Opens the list of revisions, or closes it.
    History: "History", App, [plain(Key::Char('h'))];
    /// Opens the text beside the drawing, or closes it.
    Text: "DBML text", App, [plain(Key::Char('d'))];
    /// Opens the list of what is wrong, or closes it.
    Problems: "Problems", App, [plain(Key::Char('p'))];
    /// Opens the list of references, where the suggested ones are.
    Suggestions: "Suggested references", App, [plain(Key::Char('s'))];
    /// Opens the import of a schema from text.
    Import: "Import…", App, [];
    /// Opens the export.
    Export: "Export…", App, [];
    /// Opens the queries that read the selected tables together.
    Join: "Copy JOIN…", App, [plain(Key::Char('j'))];
    /// Opens the links by which others may look at the diagram.
    Share: "Share…", App, [];
    /// Light or dark.
    ToggleTheme: "Switch between light and dark", App, [alt(Key::Char('d'))];
    /// Opens the help sheet.
    Help: "Keyboard shortcuts", App, [plain(Key::Char('?'))];
}

impl Command {
    /// Its line of the registry.
    pub fn info(self) -> Option<&'static CommandInfo> {
        COMMANDS.iter().find(|info| info.command == self)
    }

    /// The command that a key gives.
    pub fn for_shortcut(pressed: Shortcut) -> Option<Self> {
        // Which characters need Shift differs between keyboards, so it counts for letters and digits only.
        let fits = |shortcut: &&Shortcut| {
            let shift_counts = !matches!(shortcut.key, Key::Char(c) if !c.is_ascii_alphanumeric());
            shortcut.key == pressed.key
                && shortcut.accel == pressed.accel
                && shortcut.alt == pressed.alt
                && (!shift_counts || shortcut.shift == pressed.shift)
        };
        COMMANDS.iter().find(|info| info.shortcuts.iter().any(|shortcut| fits(&shortcut))).map(|info| info.command)
    }
}

impl Command {
    /// How far the command moves what is selected, in world units to the right and down.
    pub(crate) fn nudge(self) -> Option<(i32, i32)> {
        #[expect(clippy::wildcard_enum_match_arm, reason = "all others move nothing")]
        match self {
            Self::NudgeLeft => Some((-8, 0)),
            Self::NudgeRight => Some((8, 0)),
            Self::NudgeUp => Some((0, -8)),
            Self::NudgeDown => Some((0, 8)),
            Self::PushLeft => Some((-80, 0)),
            Self::PushRight => Some((80, 0)),
            Self::PushUp => Some((0, -80)),
            Self::PushDown => Some((0, 80)),
            _ => None,
        }
    }
}

impl Editor {
    /// Whether the command would do anything now.
    pub fn can(&self, command: Command) -> bool {
        let input = crate::Input::Command(command);
        if self.refusal_of(&input).or_else(|| self.refuse_to_change(&input)).is_some() {
            return false;
        }
        match command {
            Command::Undo => self.history().next_undo().is_some(),
            Command::Redo => self.history().next_redo().is_some(),
            Command::Save => !self.pending().is_empty(),
            Command::DiscardAll => !self.pending().is_empty() || self.has_held(),
            Command::Delete | Command::Open | Command::FitSelection => !self.selection().is_empty(),
            Command::AddColumn | Command::AddGroup => self.selected_table().is_some(),
            Command::ArrangeSelected => self.selected_tables().nth(1).is_some(),
            Command::AddSuggested => self.preselected().next().is_some(),
            Command::NudgeLeft
            | Command::NudgeRight
            | Command::NudgeUp
            | Command::NudgeDown
            | Command::PushLeft
            | Command::PushRight
            | Command::PushUp
            | Command::PushDown => !self.selection().is_empty(),
            Command::SelectAll
            | Command::NextTable
            | Command::PreviousTable
            | Command::Arrange
            | Command::Fit
            | Command::AddReference => !self.seen().tables.is_empty(),
            Command::NextColumn | Command::PreviousColumn => self.selected_table().is_some(),
            Command::Join => !self.tables_to_join().is_empty(),
            Command::AddTable
            | Command::AddEnum
            | Command::AddDomain
            | Command::AddNote
            | Command::Escape
            | Command::ZoomIn
            | Command::ZoomOut
            | Command::ZoomFull
            | Command::Palette
            | Command::History
            | Command::Text
            | Command::Problems
            | Command::Import
            | Command::Export
            | Command::Suggestions
            | Command::Share
            | Command::ToggleTheme
            | Command::Help => true,
        }
    }

    pub(crate) fn command(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Undo => self.undo(),
            Command::Redo => self.redo(),
            Command::Save => self.save(),
            Command::Delete => self.delete_selection(),
            Command::Open => match self.selection().first().copied() {
                Some(object) => self.open_object(object),
                None => Vec::new(),
            },
            Command::DiscardAll => self.handle(crate::Input::DiscardAll),
            Command::AddTable => self.change(&Change::AddTable { name: None, at: None }),
            Command::AddColumn => self.add_column_here(),
            Command::AddGroup => self.group_selected(),
            Command::AddNote => self.change(&Change::AddNote),
            Command::AddEnum => self.change(&Change::AddType(NewType::Enum)),
            Command::AddDomain => self.change(&Change::AddType(NewType::Domain)),
            Command::AddReference => self.open_panel(Subject::NewReference(self.selected_column())),
            Command::AddSuggested => self.add_preselected(),
            Command::SelectAll => {
                let tables: BTreeSet<_> = self.seen().tables.keys().map(|table| ObjectId::Table(*table)).collect();
                let said = counted(tables.len(), "table selected", "tables selected");
                let mut effects = self.set_selection(tables);
                if !effects.is_empty() {
                    effects.push(Effect::Announce(Announcement::note(said)));
                }
                effects
            }
            Command::NextTable => self.step_table(1),
            Command::PreviousTable => self.step_table(-1),
            Command::NextColumn => self.step_column(1),
            Command::PreviousColumn => self.step_column(-1),
            Command::Escape => self.escape(),
            Command::NudgeLeft
            | Command::NudgeRight
            | Command::NudgeUp
            | Command::NudgeDown
            | Command::PushLeft
            | Command::PushRight
            | Command::PushUp
            | Command::PushDown => command.nudge().map_or_else(Vec::new, |(x, y)| self.nudge(x, y)),
            Command::Arrange => self.arrange(),
            Command::ArrangeSelected => self.arrange_selected(),
            Command::ZoomIn | Command::ZoomOut | Command::ZoomFull | Command::Fit => {
                let camera = looked(command, self.view(), || self.bounds());
                camera.map(|camera| self.look(camera)).unwrap_or_default()
            }
            Command::FitSelection => self.fit(self.selection_bounds()),
            Command::Join => self.join_selected(),
            Command::Palette
            | Command::History
            | Command::Text
            | Command::Problems
            | Command::Import
            | Command::Export
            | Command::Suggestions
            | Command::Share
            | Command::ToggleTheme
            | Command::Help => {
                vec![Effect::Overlay(command)]
            }
        }
    }

    fn save(&mut self) -> Vec<Effect> {
        if self.pending().is_empty() {
            return vec![Effect::Announce(Announcement::note("Nothing to save: no change is pending"))];
        }
        vec![Effect::Review(self.pending().items().map(|item| item.object).collect())]
    }

    fn delete_selection(&mut self) -> Vec<Effect> {
        let exists = |object: &&ObjectId| self.target().label(**object).is_some();
        let objects: Vec<ObjectId> = self.selection().iter().filter(exists).copied().collect();
        if objects.is_empty() {
            return Vec::new();
        }
        self.change(&Change::Drop(objects))
    }

    fn add_column_here(&mut self) -> Vec<Effect> {
        let Some(table) = self.selected_table() else {
            return vec![Effect::Announce(Announcement::note("Select a table first"))];
        };
        let mut effects = self.change(&Change::AddColumn(table, None));
        let added = self.target().table(table).and_then(|table| table.columns.last()).map(|column| column.id);
        effects.extend(self.open_panel(Subject::Table(table, added)));
        effects
    }

    fn selected_table(&self) -> Option<TableId> {
        self.selection().iter().find_map(|object| object.table())
    }

    fn selected_column(&self) -> Option<(TableId, schema::ColumnId)> {
        self.selection().iter().find_map(|object| match object {
            ObjectId::Column(table, column) => Some((*table, *column)),
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_) => None,
        })
    }

    /// A gesture in progress first, then the panel, then the selection.
    fn escape(&mut self) -> Vec<Effect> {
        let canceled = self.cancel_tool();
        if !canceled.is_empty() {
            return canceled;
        }
        if self.panel().is_some() {
            return self.take_back();
        }
        self.set_selection(BTreeSet::new())
    }

    pub(crate) fn select_only(&mut self, object: ObjectId) -> Vec<Effect> {
        let mut effects = self.set_selection(BTreeSet::from([object]));
        if !effects.is_empty() {
            effects.push(Effect::Announce(Announcement::note(self.spoken(object))));
        }
        effects
    }

    /// Selects an object chosen in a list, brings it into view, and lets an open panel follow.
    pub(crate) fn select_and_show(&mut self, object: ObjectId, adds: bool) -> Vec<Effect> {
        if adds {
            let mut selection = self.selection().clone();
            if !selection.remove(&object) {
                selection.insert(object);
            }
            return self.set_selection(selection);
        }
        let mut effects = self.select_only(object);
        let table = match object {
            ObjectId::Reference(id) => self.picture.schema().references.get(&id).map(|reference| reference.referencing),
            other @ (ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_)
            | ObjectId::Annotation(_)) => other.table(),
        };
        if let Some(table) = table {
            effects.extend(self.reveal(table));
        }
        if let ObjectId::Annotation(group) = object
            && let Some(rect) = self.picture.scene.annotation_rect(group)
            && !self.view().world_rect().contains_rect(rect)
        {
            effects.extend(self.fit(Some(rect)));
        }
        // A type stands nowhere on the canvas, and all that a note says in its panel alone.
        if self.panel().is_some() || matches!(object, ObjectId::Type(_) | ObjectId::Annotation(_)) {
            effects.extend(self.open_object(object).into_iter().filter(|effect| *effect != Effect::FocusPanel));
        }
        effects
    }

    /// Brings a table into view when it is not.
    pub(crate) fn reveal(&mut self, table: TableId) -> Vec<Effect> {
        let Some(rect) = self.picture.scene.table_box(table).map(|shown| shown.rect) else { return Vec::new() };
        let seen = self.view().world_rect();
        let inside = rect.x0 >= seen.x0 && rect.x1 <= seen.x1 && rect.y0 >= seen.y0 && rect.y0 + 40.0 <= seen.y1;
        if inside { Vec::new() } else { self.look(self.camera.center_on(rect.center(), self.size)) }
    }

    /// Takes another size. What is selected stays in view if it was, as when a panel takes room beside the canvas.
    pub(crate) fn resized(&mut self, size: Size) -> Vec<Effect> {
        let before = self.view().world_rect();
        self.size = size;
        let seen = self.view().world_rect();
        let shown = self.selection_bounds().filter(|rect| before.contains_rect(*rect) && !seen.contains_rect(*rect));
        if let Some(rect) = shown {
            let margin = KEPT_MARGIN / self.camera.zoom;
            let rect = rect.inflate(margin, margin);
            let by = Vec2::new(
                shift_into((rect.x0, rect.x1), (seen.x0, seen.x1)),
                shift_into((rect.y0, rect.y1), (seen.y0, seen.y1)),
            );
            return self.look(self.camera.pan(-by * self.camera.zoom));
        }
        vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]
    }

    fn spoken(&self, object: ObjectId) -> String {
        let schema = self.picture.schema();
        let label = self.label(object);
        match object {
            ObjectId::Table(id) => {
                let columns = schema.table(id).map_or(0, |table| table.columns.len());
                let references = schema.references_of(id).count();
                let order = schema.tables_by_name();
                let at = order.iter().position(|table| table.id == id).unwrap_or_default() + 1;
                format!(
                    "Table {label} selected, {}, {}, {at} of {}",
                    counted(columns, "column", "columns"),
                    counted(references, "reference", "references"),
                    order.len()
                )
            }
            ObjectId::Column(table, id) => {
                let data_type = schema.column(table, id).map(|column| schema.type_text(&column.data_type));
                format!("Column {label} selected, {}", data_type.unwrap_or_default())
            }
            ObjectId::Reference(_) => format!("Reference {label} selected"),
            ObjectId::Annotation(id) => match schema.annotations.get(&id).map(|it| it.kind) {
                Some(AnnotationKind::Group) => {
                    let count = counted(schema.members_of(id).len(), "table", "tables");
                    format!("Group {label} selected, {count}")
                }
                Some(AnnotationKind::Note) | None => format!("Note {label} selected"),
            },
            ObjectId::Type(id) => {
                let kind = schema.user_type(id).map_or("type", schema::UserType::kind);
                format!("{} {label} selected", if kind == "enum" { "Enum" } else { "Domain" })
            }
            ObjectId::Namespace(_)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Opaque(_) => {
                format!("{label} selected")
            }
        }
    }

    fn step_table(&mut self, by: isize) -> Vec<Effect> {
        let order: Vec<TableId> = self.picture.schema().tables_by_name().iter().map(|table| table.id).collect();
        let at = self.selected_table().and_then(|table| order.iter().position(|other| *other == table));
        let next = match at {
            Some(at) => at.checked_add_signed(by).filter(|next| *next < order.len()),
            None if by > 0 => Some(0),
            None => order.len().checked_sub(1),
        };
        match next.and_then(|next| order.get(next)) {
            Some(table) => self.select_and_show(ObjectId::Table(*table), false),
            None => Vec::new(),
        }
    }

    fn step_column(&mut self, by: isize) -> Vec<Effect> {
        let Some(table) = self.selected_table() else { return Vec::new() };
        let columns: Vec<_> = match self.picture.schema().table(table) {
            Some(table) => table.columns.iter().map(|column| column.id).collect(),
            None => return Vec::new(),
        };
        let at = self.selected_column().and_then(|(_, id)| columns.iter().position(|other| *other == id));
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None if by > 0 => Some(0),
            None => columns.len().checked_sub(1),
        };
        match next.and_then(|next| columns.get(next)) {
            Some(column) => self.select_and_show(ObjectId::Column(table, *column), false),
            None => Vec::new(),
        }
    }

    /// Moves the selected tables and notes, or the view when none is selected.
    fn nudge(&mut self, x: i32, y: i32) -> Vec<Effect> {
        let tables: BTreeSet<TableId> = self.selection().iter().filter_map(|object| object.table()).collect();
        let edits = self.nudged_notes(x, y);
        if tables.is_empty() && edits.is_empty() {
            return self.look(self.camera.pan(Vec2::new(f64::from(-x * 5), f64::from(-y * 5))));
        }
        let moves: Vec<Move> = tables
            .iter()
            .filter_map(|table| self.placements().get(table).map(|place| (*table, *place)))
            .map(|(table, from)| {
                let to = Placement { x: from.x.saturating_add(x), y: from.y.saturating_add(y) };
                Move { table, from: Some(from), to: Some(to) }
            })
            .collect();
        let label = match (moves.as_slice(), edits.as_slice()) {
            ([step], []) => format!("move {}", self.label(ObjectId::Table(step.table))),
            ([], [edit]) => format!("move {}", self.label(edit.object())),
            (moves, []) => format!("move {} tables", moves.len()),
            (moves, edits) => format!("move {} tables and notes", moves.len() + edits.len()),
        };
        let note = edits.iter().find_map(|edit| match edit {
            Edit::Alter { to: Attribute::Spot(Some(spot)), .. } => Some((spot.x, spot.y)),
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => None,
        });
        let place = moves.first().and_then(|step| step.to).map(|place| (place.x, place.y)).or(note);
        let objects = tables.into_iter().map(ObjectId::Table).chain(edits.iter().map(Edit::object)).collect();
        let mut effects = self.perform(Gesture { label, moves, edits, ..Gesture::default() });
        self.nudged = objects;
        if let Some((x, y)) = place {
            effects.push(Effect::Announce(Announcement::note(format!("Moved to {x}, {y}"))));
        }
        effects
    }

    fn arrange(&mut self) -> Vec<Effect> {
        let places = diagram::layout::arrange(self.target());
        self.move_to(places, "all tables", Self::bounds)
    }

    fn arrange_selected(&mut self) -> Vec<Effect> {
        let selected = self.selected_tables().collect();
        let places = diagram::layout::arrange_among(self.target(), self.placements(), &selected);
        self.move_to(places, "the selected tables", Self::selection_bounds)
    }

    /// Puts tables where they are arranged, as one step, and shows what was arranged.
    fn move_to(
        &mut self,
        places: BTreeMap<TableId, Placement>,
        what: &str,
        bounds: fn(&Self) -> Option<Rect>,
    ) -> Vec<Effect> {
        let moves: Vec<Move> = places
            .into_iter()
            .map(|(table, to)| Move { table, from: self.placements().get(&table).copied(), to: Some(to) })
            .filter(|step| step.from != step.to)
            .collect();
        if moves.is_empty() {
            return vec![Effect::Announce(Announcement::note("The tables are arranged already"))];
        }
        let mut effects = self.perform(Gesture { label: format!("arrange {what}"), moves, ..Gesture::default() });
        effects.push(Effect::Announce(Announcement::done(format!("Arranged {what}"))));
        effects.extend(self.fit(bounds(self)));
        effects
    }

    fn selected_tables(&self) -> impl Iterator<Item = TableId> {
        let tables = self.selection().iter().filter_map(|object| {
            let table = object.table()?;
            (*object == ObjectId::Table(table)).then_some(table)
        });
        tables.filter(|table| self.target().table(*table).is_some())
    }

    fn middle(&self) -> Point {
        Point::new(self.size.width / 2.0, self.size.height / 2.0)
    }

    pub(crate) fn fit(&mut self, bounds: Option<Rect>) -> Vec<Effect> {
        match bounds {
            Some(bounds) => self.look(whole(bounds, self.size)),
            None => Vec::new(),
        }
    }

    pub(crate) fn bounds(&self) -> Option<Rect> {
        self.picture.scene.content_bounds()
    }

    fn selection_bounds(&self) -> Option<Rect> {
        let mut tables: BTreeSet<TableId> = self.selection().iter().filter_map(|object| object.table()).collect();
        for object in self.selection() {
            if let ObjectId::Reference(id) = object
                && let Some(reference) = self.picture.schema().references.get(id)
            {
                tables.extend([reference.referencing, reference.referenced]);
            }
        }
        let rects = tables.iter().filter_map(|table| self.picture.scene.table_box(*table)).map(|shown| shown.rect);
        let annotations = self.selection().iter().filter_map(|object| match object {
            ObjectId::Annotation(id) => self.picture.scene.annotation_rect(*id),
            ObjectId::Namespace(_)
            | ObjectId::Table(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Reference(_)
            | ObjectId::Type(_)
            | ObjectId::Opaque(_) => None,
        });
        rects.chain(annotations).reduce(|all, rect| all.union(rect))
    }

    /// A place for a new table: in the middle of what is seen, or the nearest free spot to it. A table begins with one
    /// column and gets more, for which there is room as well.
    pub(crate) fn free_place(&self, table: &Table) -> Placement {
        const ROOM: Size = Size::new(224.0, 224.0);
        let middle = self.camera.world_from_view(self.middle());
        let taken: Vec<Rect> = self.picture.scene.boxes().map(|shown| shown.rect).collect();
        let size = diagram::TableBox::new(self.target(), table, &BTreeSet::new(), Placement::default()).rect.size();
        let size = diagram::Size::new(size.width.max(ROOM.width), size.height.max(ROOM.height));
        diagram::layout::place_new(&taken, size, Some(middle))
    }
}

/// The camera that shows all of it.
pub(crate) fn whole(bounds: Rect, size: Size) -> Camera {
    at_most_full(fit(bounds, size, 48.0), bounds, size)
}

/// Showing a small diagram never magnifies it.
fn at_most_full(camera: Camera, bounds: Rect, size: diagram::Size) -> Camera {
    if camera.zoom <= 1.0 {
        return camera;
    }
    Camera { zoom: 1.0, ..camera }.center_on(bounds.center(), size)
}

/// How far a window has to move to hold a span; its beginning, when it is too small.
fn shift_into(span: (f64, f64), window: (f64, f64)) -> f64 {
    let (before, after) = (span.0 - window.0, span.1 - window.1);
    if before < 0.0 { before } else { after.clamp(0.0, before) }
}
