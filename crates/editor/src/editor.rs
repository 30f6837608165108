//! The state of an editor, and the one door into it.

use crate::access;
use crate::annotation::nudged;
use crate::exhibit::Exhibited;
use crate::picture::Picture;
use crate::pointer::Tool;
use crate::suggested::{SuggestionId, ends_of};
use crate::{Announcement, Change, Draft, Effect, Facet, IdSource, Input, Layer, Panel, Subject};
use advise::Suggestion;
use diagram::{Camera, Hit, Marks, Size, View};
use edit::{Conflict, Edit, Gesture, History, PendingChanges, Placement, apply_all};
use schema::{Diagnostic, ObjectId, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// A committed state, as it comes from the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Its number.
    pub revision: i64,
    /// The schema.
    pub schema: Schema,
    /// Where its tables stand.
    pub placements: BTreeMap<TableId, Placement>,
}

/// What goes into a commit.
#[derive(Debug, Clone, PartialEq)]
pub struct CommitBody {
    /// The revision that the edits apply to.
    pub base_revision: i64,
    /// The edits of the chosen items.
    pub edits: Vec<Edit>,
    /// Where new tables among them stand.
    pub placements: BTreeMap<TableId, Placement>,
    /// The schema as it will be.
    pub target: Schema,
    /// What is wrong with it.
    pub findings: Vec<Diagnostic>,
}

/// An editor of one diagram.
#[derive(Debug, Clone)]
pub struct Editor {
    pub(crate) base_revision: i64,
    pub(crate) base: Schema,
    pub(crate) target: Schema,
    pub(crate) placements: BTreeMap<TableId, Placement>,
    pub(crate) history: History,
    pub(crate) sequence: u64,
    /// How many commits the person has made of what is staged.
    pub(crate) commits: u64,
    ids: IdSource,
    pub(crate) pending: PendingChanges,
    pub(crate) findings: Vec<Diagnostic>,
    pub(crate) suggestions: Vec<Suggestion>,
    /// Suggestions that the person does not want.
    pub(crate) dismissed: BTreeSet<SuggestionId>,
    /// Staged edits that do not fit the base, in order.
    pub(crate) held: Vec<Edit>,
    /// What the held edits were made for.
    pub(crate) before: Schema,
    pub(crate) conflicts: Vec<Conflict>,
    /// What others did to objects that staged edits change too.
    pub(crate) beside: BTreeMap<ObjectId, Vec<String>>,
    selection: BTreeSet<ObjectId>,
    panel: Option<Panel>,
    pub(crate) may_edit: bool,
    /// The tables and notes that the last input moved by key, if it did: moving them on is the same step of undo.
    pub(crate) nudged: BTreeSet<ObjectId>,
    pub(crate) camera: Camera,
    pub(crate) size: Size,
    pub(crate) tool: Tool,
    /// What the pointer is at, where it was there before the editor.
    pub(crate) seen_at: Option<Hit>,
    pub(crate) picture: Picture,
    pub(crate) exhibited: Option<Exhibited>,
}

impl Editor {
    /// Opens a committed state with the staged edits that were kept of it, if any.
    ///
    /// Edits that do not fit the state any more are not applied; they are in [`Editor::conflicts`].
    pub fn open(document: Document, draft: Option<Draft>, seed: u128) -> Self {
        let mut editor = Self {
            base_revision: document.revision,
            target: document.schema.clone(),
            base: document.schema,
            placements: document.placements,
            history: History::default(),
            sequence: 0,
            commits: 0,
            ids: IdSource::new(seed),
            pending: PendingChanges::default(),
            findings: Vec::new(),
            suggestions: Vec::new(),
            dismissed: BTreeSet::new(),
            held: Vec::new(),
            before: Schema::default(),
            conflicts: Vec::new(),
            beside: BTreeMap::new(),
            selection: BTreeSet::new(),
            panel: None,
            may_edit: true,
            nudged: BTreeSet::new(),
            camera: Camera::default(),
            size: Size::new(1.0, 1.0),
            tool: Tool::Idle,
            seen_at: None,
            picture: Picture::default(),
            exhibited: None,
        };
        if let Some(draft) = draft {
            editor.take_draft(draft);
        }
        editor.place_unplaced();
        editor.derive();
        editor
    }

    /// Takes in something that happened and says what has to be done about it.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        if let Some(refusal) = self.refusal_of(&input) {
            return refusal;
        }
        let is_nudge = matches!(&input, Input::Command(command) if command.nudge().is_some());
        if !is_nudge && input != Input::Rested {
            self.nudged.clear();
        }
        if let Some(refusal) = self.refuse_to_change(&input) {
            return refusal;
        }
        match input {
            Input::Pointer(pointer) => self.pointer(pointer),
            Input::Held(held) => self.held_pointer(held),
            Input::PointerLeft => self.pointer_left(),
            Input::Rested => self.rested(),
            Input::Scrolled(by) => self.look(self.camera.pan(-by)),
            Input::Zoomed { at, factor } => self.look(self.camera.zoom_at(at, factor)),
            Input::Resized(size) => self.resized(size),
            Input::Command(command) => self.command(command),
            Input::Change(change) => self.change(&change),
            Input::Select(object, adds) => self.select_and_show(object, adds),
            Input::Open(object) => self.open_object(object),
            Input::OpenNewReference(from) => self.open_panel(Subject::NewReference(from)),
            Input::ClosePanel => self.close_panel(),
            Input::TakeBack => self.take_back(),
            Input::ReviewPanel => vec![Effect::Review(self.panel_items())],
            Input::Discard(objects) => self.discard(&objects),
            Input::DiscardAll => self.discard_all(),
            Input::Resolve(conflict, choice) => self.resolve(&conflict, &choice),
            Input::Committed { revision, edits } => self.committed(revision, &edits),
            Input::Newer(document) => self.newer(document),
            Input::Placed(places) => self.placed(places),
            Input::Shared(draft) => self.shared(draft),
            Input::Exhibit(exhibit) => self.show(exhibit),
            Input::Import(import) => self.import(*import),
            Input::Typed(edits) => self.typed(edits),
            Input::Dismiss(suggestions) => self.dismiss(suggestions),
            Input::Restore { revision, schema } => self.restore(revision, &schema),
        }
    }

    /// Stages a change; a refusal is announced.
    pub(crate) fn change(&mut self, change: &Change) -> Vec<Effect> {
        // Double clicks come here without an input of their own.
        if !self.may_edit {
            return access::refusal();
        }
        match self.gesture_for(change) {
            Ok(gesture) if gesture.is_empty() => Vec::new(),
            Ok(gesture) => {
                let made = gesture.edits.iter().find_map(|edit| match edit {
                    Edit::Create(edit::Object::Table(table)) => Some(ObjectId::Table(table.id)),
                    Edit::Create(edit::Object::Reference(reference)) => Some(ObjectId::Reference(reference.id)),
                    Edit::Create(edit::Object::Type(it)) => Some(ObjectId::Type(it.id)),
                    Edit::Create(edit::Object::Annotation(it)) => Some(ObjectId::Annotation(it.id)),
                    Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => None,
                });
                let makes = |change: &Change| {
                    let is_named_now = matches!(change, Change::AddType(_) | Change::AddGroup(_) | Change::AddNote);
                    is_named_now || matches!(change, Change::AddTable { .. } | Change::AddReference(_))
                };
                let opens = makes(change) || matches!(change, Change::Together(_, all) if all.iter().any(makes));
                let mut effects = self.perform(gesture);
                if let (Some(object), true) = (made, opens) {
                    effects.extend(self.select_only(object));
                    effects.extend(self.show_made(object));
                }
                effects
            }
            Err(reason) => vec![Effect::Announce(Announcement::failure(self.sentence(&reason)))],
        }
    }

    /// A new table, type or group opens its panel; a new reference does so only when its form was open.
    fn show_made(&mut self, object: ObjectId) -> Vec<Effect> {
        let from_form = matches!(self.panel, Some(Panel { subject: Subject::NewReference(_), .. }));
        match object {
            ObjectId::Table(table) => {
                let mut effects = self.reveal(table);
                effects.extend(self.open_object(object));
                effects
            }
            ObjectId::Reference(id) if from_form => {
                let mark = self.history.mark().saturating_sub(1);
                self.panel = Some(Panel { subject: Subject::Reference(id), mark });
                vec![Effect::Changed(Facet::Panel), Effect::FocusPanel]
            }
            ObjectId::Type(_) | ObjectId::Annotation(_) => self.open_object(object),
            ObjectId::Reference(_)
            | ObjectId::Namespace(_)
            | ObjectId::Column(..)
            | ObjectId::Key(..)
            | ObjectId::Check(..)
            | ObjectId::Index(..)
            | ObjectId::Opaque(_) => Vec::new(),
        }
    }

    /// Applies a gesture, remembers it and says so.
    pub(crate) fn perform(&mut self, gesture: Gesture) -> Vec<Effect> {
        let moves_only = gesture.moves_only();
        let label = self.sentence(&gesture.label);
        if let Err(reason) = self.play(&gesture) {
            return vec![Effect::Announce(Announcement::failure(reason))];
        }
        let moved: Vec<TableId> = gesture.moves.iter().map(|step| step.table).collect();
        if nudged(&gesture).is_some_and(|objects| objects == self.nudged) {
            self.history.prolong(&gesture);
        } else {
            self.history.push(gesture);
        }
        let mut effects = self.after(moves_only, &moved);
        if !moves_only {
            let count = self.counts();
            effects.push(Effect::Announce(Announcement::done(format!("{label}. {}", self.sentence(&count)))));
        }
        effects
    }

    /// Applies a gesture to the edited schema and the placements; all of it or nothing.
    pub(crate) fn play(&mut self, gesture: &Gesture) -> Result<(), String> {
        apply_all(&mut self.target, &gesture.edits)
            .map_err(|error| format!("This could not be done: {}", error.in_words(self.shown())))?;
        self.held.retain(|edit| !gesture.settles.contains(edit));
        self.held.extend(gesture.raises.iter().cloned());
        for step in &gesture.moves {
            match step.to {
                Some(place) => self.placements.insert(step.table, place),
                None => self.placements.remove(&step.table),
            };
        }
        Ok(())
    }

    /// Brings everything that follows from schema and placements up to date after a gesture.
    fn after(&mut self, moves_only: bool, moved: &[TableId]) -> Vec<Effect> {
        self.sequence += 1;
        let mut effects = vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay), Effect::StoreDraft];
        if moves_only {
            self.picture.moved(moved, &self.placements);
        } else {
            self.derive();
        }
        effects.push(Effect::Changed(Facet::Schema));
        let committed: BTreeMap<TableId, Placement> = moved
            .iter()
            .filter(|table| self.base.tables.contains_key(table))
            .filter_map(|table| self.placements.get(table).map(|place| (*table, *place)))
            .collect();
        if !committed.is_empty() {
            effects.push(Effect::StorePlacements(committed));
        }
        if self.prune() {
            effects.push(Effect::Changed(Facet::Selection));
            effects.push(Effect::Changed(Facet::Panel));
        }
        effects
    }

    fn derive(&mut self) {
        self.pending = PendingChanges::between(&self.base, &self.target);
        self.findings = schema::validate(&self.target);
        self.suggest();
        self.conflicts = edit::conflicts(&self.held, &self.target);
        self.beside.retain(|object, _| self.pending.item(*object).is_some());
        self.draw();
    }

    /// Makes the picture that of the exhibit, or else that of the edited schema.
    pub(crate) fn draw(&mut self) {
        // What is being dragged stays under the hand, whatever else comes in.
        let under_hand: Vec<(TableId, Option<Placement>)> =
            self.dragged().into_iter().map(|table| (table, self.picture.scene.placement(table))).collect();
        match &self.exhibited {
            Some(Exhibited { exhibit, changes, placements }) => {
                self.picture.sync(&exhibit.before, &exhibit.after, changes, placements);
            }
            None => self.picture.sync(&self.base, &self.target, &self.pending, &self.placements),
        }
        for (table, place) in under_hand {
            if let Some(place) = place {
                self.picture.scene.move_table(table, place);
            }
        }
    }

    /// Drops what is gone from the selection, and closes the panel of what is gone. True when anything changed.
    pub(crate) fn prune(&mut self) -> bool {
        let before = (self.selection.len(), self.panel);
        let shown = self.picture.schema();
        self.selection.retain(|object| shown.label(*object).is_some());
        let gone = match self.panel.map(|panel| panel.subject) {
            Some(Subject::Table(table, _)) => self.target.table(table).is_none(),
            Some(Subject::Reference(id)) => !self.target.references.contains_key(&id),
            Some(Subject::Type(id)) => !self.target.types.contains_key(&id),
            Some(Subject::Annotation(id)) => !self.target.annotations.contains_key(&id),
            Some(Subject::NewReference(_)) | None => false,
        };
        if gone {
            self.panel = None;
        }
        if let Some(panel) = &mut self.panel {
            panel.mark = panel.mark.min(self.history.mark());
        }
        before != (self.selection.len(), self.panel)
    }

    pub(crate) fn undo(&mut self) -> Vec<Effect> {
        let Some(gesture) = self.history.undo() else {
            return vec![Effect::Announce(Announcement::note("Nothing to undo"))];
        };
        self.step(&gesture, "Undone")
    }

    pub(crate) fn redo(&mut self) -> Vec<Effect> {
        let Some(gesture) = self.history.redo() else {
            return vec![Effect::Announce(Announcement::note("Nothing to redo"))];
        };
        self.step(&gesture, "Redone")
    }

    fn step(&mut self, gesture: &Gesture, verb: &str) -> Vec<Effect> {
        if let Err(reason) = self.play(gesture) {
            // A teammate's commit took away what it was about; what cannot be done is forgotten.
            return vec![Effect::Announce(Announcement::failure(reason))];
        }
        let moved: Vec<TableId> = gesture.moves.iter().map(|step| step.table).collect();
        let mut effects = self.after(gesture.moves_only(), &moved);
        effects.push(Effect::Announce(Announcement::note(format!("{verb}: {}", gesture.label))));
        effects
    }

    /// What a commit of the chosen items, and of what they need, consists of.
    ///
    /// # Errors
    /// When the items do not apply by themselves.
    pub fn commit_body(&self, objects: &BTreeSet<ObjectId>) -> Result<CommitBody, String> {
        let chosen = self.pending.with_needs(objects);
        let mut target = self.base.clone();
        apply_all(&mut target, &self.pending.edits_of(&chosen)).map_err(|error| error.in_words(self.shown()))?;
        // Part of the edits may say more than they do: without what is left out, a check only follows its column.
        let edits = edit::diff(&self.base, &target);
        let created = target.tables.keys().filter(|table| !self.base.tables.contains_key(table));
        let placements = created.filter_map(|table| self.placements.get(table).map(|place| (*table, *place)));
        Ok(CommitBody {
            base_revision: self.base_revision,
            placements: placements.collect(),
            findings: schema::validate(&target),
            edits,
            target,
        })
    }

    /// Edits are committed now: the base moves, the edited schema stays, and so does the history, so that undo stages
    /// the inverse. What is committed is no longer taken back with the open panel.
    fn committed(&mut self, revision: i64, edits: &[Edit]) -> Vec<Effect> {
        let of_panel = self.panel_items();
        self.commits += 1;
        if apply_all(&mut self.base, edits).is_ok() {
            self.base_revision = revision;
        }
        if let Some(panel) = self.panel.as_mut().filter(|_| edits.iter().any(|edit| of_panel.contains(&edit.object())))
        {
            panel.mark = self.history.mark();
        }
        self.refreshed()
    }

    /// Tables stand where others have put them. One that is being dragged is seen there only if the drag is given up: when
    /// it is dropped, the drop is the last word.
    fn placed(&mut self, places: BTreeMap<TableId, Placement>) -> Vec<Effect> {
        let dragged = self.dragged();
        let is_news = |table: &TableId, place: &Placement| self.placements.get(table) != Some(place);
        let news: Vec<TableId> =
            places.iter().filter(|(table, place)| is_news(table, place)).map(|(table, _)| *table).collect();
        if news.is_empty() {
            return Vec::new();
        }
        self.placements.extend(places);
        if self.exhibited.is_some() {
            return Vec::new();
        }
        let seen: Vec<TableId> = news.into_iter().filter(|table| !dragged.contains(table)).collect();
        self.picture.moved(&seen, &self.placements);
        vec![Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay), Effect::Changed(Facet::Schema)]
    }

    fn shared(&mut self, draft: Draft) -> Vec<Effect> {
        if draft.sequence <= self.sequence || draft.base_revision != self.base_revision {
            return Vec::new();
        }
        let sequence = draft.sequence;
        self.take_draft(draft);
        self.place_unplaced();
        let mut effects = self.refreshed();
        // It is the other tab's change and not one of ours: counting it would make us deaf to that tab's next one.
        self.sequence = sequence;
        effects.retain(|effect| *effect != Effect::StoreDraft);
        effects
    }

    pub(crate) fn refreshed(&mut self) -> Vec<Effect> {
        let mut effects = self.after(false, &[]);
        effects.push(Effect::Changed(Facet::Selection));
        effects.push(Effect::Changed(Facet::Panel));
        effects
    }

    /// Gives every table without a place one, leaving all others where they are.
    pub(crate) fn place_unplaced(&mut self) {
        let places = diagram::layout::complete(&self.target, &self.placements, &BTreeMap::new());
        for (table, place) in places.into_iter().flatten() {
            self.placements.insert(table, place);
        }
    }

    /// The committed schema.
    pub fn base(&self) -> &Schema {
        &self.base
    }

    /// The revision of the committed schema.
    pub fn base_revision(&self) -> i64 {
        self.base_revision
    }

    /// The edited schema.
    pub fn target(&self) -> &Schema {
        &self.target
    }

    /// Where tables stand.
    pub fn placements(&self) -> &BTreeMap<TableId, Placement> {
        &self.placements
    }

    /// What is staged.
    pub fn pending(&self) -> &PendingChanges {
        &self.pending
    }

    /// What is wrong with the edited schema.
    pub fn findings(&self) -> &[Diagnostic] {
        &self.findings
    }

    /// What is selected.
    pub fn selection(&self) -> &BTreeSet<ObjectId> {
        &self.selection
    }

    /// The open panel.
    pub fn panel(&self) -> Option<Panel> {
        self.panel
    }

    /// Undo and redo.
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Counts up with every change of the draft.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Where one looks from and how much is seen.
    pub fn view(&self) -> View {
        View { camera: self.camera, size: self.size }
    }

    /// What is drawn: tables and lines, with what was removed still among them.
    pub fn scene(&self) -> &diagram::Scene {
        &self.picture.scene
    }

    /// The schema that is drawn: the edited one and what was removed from it.
    pub fn shown(&self) -> &Schema {
        self.picture.schema()
    }

    /// Selection, hover and all else that is drawn beside the schema.
    pub fn marks(&self) -> Marks {
        let suggested = ends_of(self.suggestions());
        Marks { selection: self.selection.clone(), suggested, ..self.picture.marks.clone() }
    }

    pub(crate) fn set_panel(&mut self, panel: Option<Panel>) {
        self.panel = panel;
    }

    pub(crate) fn set_selection(&mut self, selection: BTreeSet<ObjectId>) -> Vec<Effect> {
        if self.selection == selection {
            return Vec::new();
        }
        self.selection = selection;
        vec![Effect::Changed(Facet::Selection), Effect::Repaint(Layer::Overlay)]
    }

    pub(crate) fn ids(&mut self) -> &mut IdSource {
        &mut self.ids
    }

    /// A new id for a commit.
    pub fn commit_id(&mut self) -> uuid::Uuid {
        self.ids.commit()
    }

    /// The text with a capital at its beginning, unless it begins with a name, which is left as it is.
    pub(crate) fn sentence(&self, text: &str) -> String {
        let begins_with = |name: &schema::Name| {
            let rest = text.strip_prefix(name.as_str());
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let mut tables = self.target.tables.values();
        let names_table = tables.any(|table| {
            begins_with(&table.name)
                || table.columns.iter().any(|column| begins_with(&column.name))
                || table.keys.iter().any(|key| begins_with(&key.name))
                || table.indexes.iter().any(|index| begins_with(&index.name))
        });
        let types = self.target.types.values().map(|it| &it.name);
        let types = types.chain(self.target.annotations.values().map(|it| &it.name));
        let mut others = self.target.references.values().map(|it| &it.name).chain(types);
        let mut namespaces = self.target.namespaces.values().map(|it| &it.name);
        let mut chars = text.chars();
        match chars.next() {
            Some(first) if !names_table && !others.any(begins_with) && !namespaces.any(begins_with) => {
                first.to_uppercase().chain(chars).collect()
            }
            Some(_) | None => text.to_owned(),
        }
    }
}
