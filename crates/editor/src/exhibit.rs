//! Looking at an earlier state, or at what differs between two, without changing anything.

use crate::{Announcement, Command, Editor, Effect, Facet, Input, Layer};
use edit::{Gesture, Move, PendingChanges, Placement, diff, rebase};
use schema::{ObjectId, Schema, TableId};
use std::collections::{BTreeMap, BTreeSet};

/// Two states laid over each other. Where they are the same, it is one state to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Exhibit {
    /// What it is called, for whoever tries to change it: `Revision 12`.
    pub title: String,
    /// The earlier state.
    pub before: Schema,
    /// The later one.
    pub after: Schema,
}

/// An exhibit with what follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Exhibited {
    pub(crate) exhibit: Exhibit,
    /// What leads from the earlier state to the later one.
    pub(crate) changes: PendingChanges,
    /// Where its tables stand: where they stand now, and beside these those that are gone.
    pub(crate) placements: BTreeMap<TableId, Placement>,
}

impl Command {
    /// Whether the command leaves schema and placements as they are.
    fn only_looks(self) -> bool {
        // Opening and discarding lead into what an exhibit has not.
        !self.edits() && !matches!(self, Self::Open | Self::DiscardAll)
    }
}

impl Editor {
    /// What is looked at instead of the edited schema.
    pub fn exhibit(&self) -> Option<&Exhibit> {
        self.exhibited.as_ref().map(|exhibited| &exhibited.exhibit)
    }

    /// The schema that is seen: the edited one, or the later one of an exhibit.
    pub fn seen(&self) -> &Schema {
        self.exhibit().map_or(self.target(), |exhibit| &exhibit.after)
    }

    /// Where the tables that are seen stand.
    pub fn seen_placements(&self) -> &BTreeMap<TableId, Placement> {
        self.exhibited.as_ref().map_or(self.placements(), |exhibited| &exhibited.placements)
    }

    /// The changes that the picture marks: what is staged, or what differs between the two states that are looked at.
    pub fn marked_changes(&self) -> &PendingChanges {
        self.exhibited.as_ref().map_or(self.pending(), |exhibited| &exhibited.changes)
    }

    /// Shows the exhibit, or the edited schema again. What is staged stays.
    pub(crate) fn show(&mut self, exhibit: Option<Exhibit>) -> Vec<Effect> {
        let mut effects = self.cancel_tool();
        self.set_panel(None);
        self.exhibited = exhibit.map(|exhibit| {
            let changes = PendingChanges::between(&exhibit.before, &exhibit.after);
            let mut all = exhibit.after.clone();
            for (id, table) in &exhibit.before.tables {
                all.tables.insert_new(*id, std::sync::Arc::clone(table));
            }
            let mut placements = self.placements().clone();
            placements.extend(diagram::layout::complete(&all, &placements, &BTreeMap::new()).into_iter().flatten());
            Exhibited { exhibit, changes, placements }
        });
        self.draw();
        self.prune();
        // Tables that are gone stand where nobody would look for them.
        let seen = self.view().world_rect();
        let is_hidden =
            |table: &TableId| self.picture.scene.table_box(*table).is_some_and(|it| !seen.contains_rect(it.rect));
        let gone = self.seen_placements().keys().filter(|table| !self.placements().contains_key(*table));
        if gone.into_iter().any(is_hidden) {
            effects.extend(self.fit(self.bounds()));
        }
        effects.extend([Effect::Repaint(Layer::Static), Effect::Repaint(Layer::Overlay)]);
        effects.extend([Facet::Schema, Facet::Selection, Facet::Panel].map(Effect::Changed));
        effects
    }

    /// Why the input does nothing while an exhibit is looked at; none when it may go on.
    pub(crate) fn refuse_to_change(&self, input: &Input) -> Option<Vec<Effect>> {
        let title = &self.exhibit()?.title;
        let changes = match input {
            Input::Command(command) => !command.only_looks(),
            Input::Change(_)
            | Input::Open(_)
            | Input::OpenNewReference(_)
            | Input::TakeBack
            | Input::ReviewPanel
            | Input::Discard(_)
            | Input::Resolve(..)
            | Input::Import(_)
            | Input::Typed(_)
            | Input::DiscardAll => true,
            Input::Pointer(_)
            | Input::Held(_)
            | Input::PointerLeft
            | Input::Rested
            | Input::Scrolled(_)
            | Input::Zoomed { .. }
            | Input::Resized(_)
            | Input::Select(..)
            | Input::ClosePanel
            | Input::Committed { .. }
            | Input::Newer(_)
            | Input::Placed(_)
            | Input::Shared(_)
            | Input::Exhibit(_)
            | Input::Restore { .. } => false,
        };
        let text = format!("{title} is read only. Go back to now to edit");
        changes.then(|| vec![Effect::Announce(Announcement::note(text))])
    }

    /// Stages what leads from the committed schema to an earlier one, as one step, and asks for its review. What is staged
    /// already and does not go with it stays as it is staged, and is said.
    pub(crate) fn restore(&mut self, revision: i64, schema: &Schema) -> Vec<Effect> {
        let mut effects = self.show(None);
        let restored = rebase(self.base(), &diff(self.base(), schema), self.target());
        let edits = diff(self.target(), &restored.target);
        let kept: BTreeSet<ObjectId> = restored.held.iter().map(edit::Edit::object).collect();
        let kept: Vec<String> = kept.into_iter().filter_map(|object| self.shown().label(object)).collect();
        if edits.is_empty() {
            let text = match kept.len() {
                0 => format!("Nothing to restore: the schema is as it was at revision {revision}"),
                _ => format!("Nothing was restored: what is staged differs in {}", kept.join(", ")),
            };
            effects.push(Effect::Announce(Announcement::note(text)));
            return effects;
        }
        let places = diagram::layout::complete(&restored.target, self.placements(), &BTreeMap::new());
        let places = places.into_iter().flatten().filter(|(table, _)| !self.placements().contains_key(table));
        let moves = places.map(|(table, to)| Move { table, from: None, to: Some(to) }).collect();
        let touched: BTreeSet<ObjectId> = edits.iter().map(edit::Edit::object).collect();
        effects.extend(self.perform(Gesture {
            label: format!("restore revision {revision}"),
            edits,
            moves,
            ..Gesture::default()
        }));
        if !kept.is_empty() {
            let text =
                format!("Left as you have staged it, which does not go with revision {revision}: {}", kept.join(", "));
            effects.push(Effect::Announce(Announcement::failure(text)));
        }
        effects.push(Effect::Review(self.pending().with_needs(&touched)));
        effects
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{COMMANDS, Change, Document, Modifiers, Pointer, PointerButton, PointerPhase};
    use diagram::{PendingMark, Point, Size};
    use schema::testing::schema_from;

    const FIRST: &str = "users\n  id integer!\n  name text\n";
    const SECOND: &str = "users\n  id integer!\n  name varchar(80)\norders\n  id integer!\n";
    const HEAD: &str = "users\n  id bigint!\n  name varchar(80)\n";

    fn editor(head: &str) -> Editor {
        let schema = schema_from(head);
        let placements = diagram::layout::arrange(&schema);
        let mut editor = Editor::open(Document { revision: 3, schema, placements }, None, 7);
        editor.handle(Input::Resized(Size::new(1_000.0, 800.0)));
        editor
    }

    fn exhibit(before: &str, after: &str) -> Exhibit {
        Exhibit { title: "Revision 2".to_owned(), before: schema_from(before), after: schema_from(after) }
    }

    fn said(effects: &[Effect]) -> String {
        let texts = effects.iter().filter_map(|effect| match effect {
            Effect::Announce(announcement) => Some(announcement.text.as_str()),
            Effect::Repaint(_)
            | Effect::Changed(_)
            | Effect::StoreDraft
            | Effect::StorePlacements(_)
            | Effect::Review(_)
            | Effect::FocusPanel
            | Effect::FocusCanvas
            | Effect::Cursor(_)
            | Effect::Overlay(_) => None,
        });
        texts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn an_exhibit_is_drawn_with_what_differs_and_goes_again() {
        let mut editor = editor(HEAD);
        let shown = |editor: &Editor| editor.shown().clone();
        editor.handle(Input::Exhibit(Some(exhibit(FIRST, SECOND))));
        assert_eq!(shown(&editor), schema_from(SECOND));
        assert_eq!(editor.marks().pending.len(), 2, "a table more, and a type");
        let in_view = |editor: &Editor| {
            editor.scene().boxes().filter(|shown| editor.view().world_rect().contains_rect(shown.rect)).count()
        };
        assert_eq!(in_view(&editor), 2, "a table that is gone has a place, and is seen");
        assert!(editor.marked_changes().items().any(|item| item.title == "Table orders"));
        editor.handle(Input::Exhibit(Some(exhibit(SECOND, HEAD))));
        assert!(editor.marks().pending.values().any(|mark| *mark == PendingMark::Removed));
        editor.handle(Input::Exhibit(None));
        assert_eq!((shown(&editor), editor.marks().pending.len()), (schema_from(HEAD), 0));
    }

    /// Whatever is tried, what is staged and where things stand remains.
    #[test]
    fn an_exhibit_can_only_be_looked_at() {
        let mut editor = editor(HEAD);
        editor.handle(Input::Command(Command::AddTable));
        let kept = (editor.draft(), editor.placements().clone());
        editor.handle(Input::Exhibit(Some(exhibit(FIRST, SECOND))));
        let table = *editor.shown().tables.keys().next().unwrap();
        let mut inputs: Vec<Input> = COMMANDS.iter().map(|info| Input::Command(info.command)).collect();
        inputs.extend([
            Input::Select(ObjectId::Table(table), false),
            Input::Open(ObjectId::Table(table)),
            Input::OpenNewReference(None),
            Input::Change(Change::Drop(vec![ObjectId::Table(table)])),
            Input::DiscardAll,
            Input::Import(Box::new(crate::Import::of(&editor, &schema_from("cities\n  id integer!")))),
            Input::Discard(BTreeSet::from([ObjectId::Table(table)])),
            Input::TakeBack,
            Input::ReviewPanel,
        ]);
        let at = editor.scene().table_box(table).unwrap().header_rect().center();
        let at = editor.view().camera.view_from_world(at);
        for (phase, clicks, by) in [
            (PointerPhase::Pressed, 1, 0.0),
            (PointerPhase::Moved, 1, 90.0),
            (PointerPhase::Released, 1, 90.0),
            (PointerPhase::Pressed, 2, 0.0),
            (PointerPhase::Pressed, 2, 700.0),
        ] {
            let at = Point::new(at.x + by, at.y + by);
            let (button, modifiers) = (PointerButton::Primary, Modifiers::default());
            inputs.push(Input::Pointer(Pointer { phase, at, button, modifiers, is_touch: false, clicks }));
        }
        for input in inputs {
            let told = format!("{input:?}");
            let effects = editor.handle(input);
            assert!(!effects.contains(&Effect::StoreDraft), "{told}");
            assert_eq!((editor.draft(), editor.placements().clone()), kept, "{told}");
            assert_eq!(editor.panel(), None, "{told}");
        }
        assert!(!editor.can(Command::Save) && editor.can(Command::Fit));
        assert!(said(&editor.handle(Input::Command(Command::Undo))).contains("Revision 2 is read only"));
    }

    #[test]
    fn what_others_commit_and_move_meanwhile_is_there_afterwards() {
        let mut editor = editor(FIRST);
        let table = *editor.shown().tables.keys().next().unwrap();
        editor.handle(Input::Exhibit(Some(exhibit(FIRST, FIRST))));
        let placements = editor.placements().clone();
        editor.handle(Input::Newer(Document { revision: 4, schema: schema_from(SECOND), placements }));
        let (before, there) = (editor.scene().placement(table), Placement { x: 4000, y: 800 });
        editor.handle(Input::Placed([(table, there)].into()));
        assert_eq!((editor.shown(), editor.scene().placement(table)), (&schema_from(FIRST), before));
        editor.handle(Input::Exhibit(None));
        assert_eq!((editor.shown(), editor.base_revision()), (&schema_from(SECOND), 4));
        assert_eq!(editor.scene().placement(table), Some(there));
    }

    #[test]
    fn an_earlier_revision_is_staged_as_one_step_and_reviewed() {
        let mut editor = editor(HEAD);
        editor.handle(Input::Exhibit(Some(exhibit(SECOND, SECOND))));
        let effects = editor.handle(Input::Restore { revision: 2, schema: schema_from(SECOND) });
        assert_eq!((editor.target(), editor.exhibit()), (&schema_from(SECOND), None));
        assert!(editor.target().tables.keys().all(|table| editor.placements().contains_key(table)));
        let all: BTreeSet<ObjectId> = editor.pending().items().map(|item| item.object).collect();
        assert!(effects.contains(&Effect::Review(all)), "{effects:?}");
        editor.handle(Input::Command(Command::Undo));
        assert_eq!((editor.target(), editor.pending().len()), (&schema_from(HEAD), 0));
    }

    #[test]
    fn what_is_staged_and_clashes_with_the_earlier_revision_stays_and_is_said() {
        let mut editor = editor(HEAD);
        let id = editor.target().tables.values().next().unwrap().id;
        let column = editor.target().table(id).unwrap().columns[1].id;
        let to = schema::DataType::parse("char(5)").unwrap();
        let staged = Change::SetType(id, column, to.clone());
        editor.handle(Input::Change(staged));
        let effects = editor.handle(Input::Restore { revision: 1, schema: schema_from(FIRST) });
        let columns = &editor.target().table(id).unwrap().columns;
        assert_eq!((columns[0].data_type.to_string(), &columns[1].data_type), ("integer".to_owned(), &to));
        assert!(said(&effects).contains("does not go with revision 1: users.name"), "{}", said(&effects));
    }

    #[test]
    fn restoring_what_is_there_already_stages_nothing() {
        let mut editor = editor(HEAD);
        let effects = editor.handle(Input::Restore { revision: 3, schema: schema_from(HEAD) });
        assert!(said(&effects).starts_with("Nothing to restore"));
        assert!(editor.pending().is_empty() && !effects.iter().any(|it| matches!(it, Effect::Review(_))));
    }
}
