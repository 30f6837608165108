//! Suggested references: which of them are shown, and how they are made.

use crate::{Announcement, Change, Editor, Effect, Facet, Layer, NewReference};
use advise::{Suggestion, Tier, index_for};
use schema::{Cardinality, ColumnId, ColumnPair, ReferentialAction, Schema, TableId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a suggestion is about. Two about the same are one, whatever speaks for them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct SuggestionId {
    /// The table that would hold the reference.
    pub referencing: TableId,
    /// Its columns.
    pub columns: Vec<ColumnId>,
    /// The table that would be named.
    pub referenced: TableId,
}

impl SuggestionId {
    /// What the suggestion is about.
    pub fn of(suggestion: &Suggestion) -> Self {
        let Suggestion { referencing, columns, referenced, .. } = suggestion;
        Self { referencing: *referencing, columns: columns.clone(), referenced: *referenced }
    }
}

/// Among so many tables suggestions are looked for after each change; among more, which takes long, once nothing was done for a
/// moment.
const PROMPT: usize = 150;

impl Editor {
    /// References that names and types suggest and the person has not dismissed, the likeliest first; none while an exhibit
    /// is looked at.
    pub fn suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        self.all_suggestions().filter(|it| !self.is_dismissed(it))
    }

    /// Those that would be suggested, had they not been dismissed.
    pub fn dismissed_suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        self.all_suggestions().filter(|it| self.is_dismissed(it))
    }

    /// Suggestions that people accept unseen.
    pub fn preselected(&self) -> impl Iterator<Item = &Suggestion> {
        self.suggestions().filter(|it| it.tier == Tier::Preselect)
    }

    /// What is dismissed, also what would not be suggested just now.
    pub fn dismissed(&self) -> &BTreeSet<SuggestionId> {
        &self.dismissed
    }

    fn all_suggestions(&self) -> impl Iterator<Item = &Suggestion> {
        let all: &[Suggestion] = if self.exhibited.is_some() { &[] } else { &self.suggestions };
        all.iter()
    }

    fn is_dismissed(&self, suggestion: &Suggestion) -> bool {
        !self.dismissed.is_empty() && self.dismissed.contains(&SuggestionId::of(suggestion))
    }

    /// Brings the suggestions up to date after a change, or, where that takes long, leaves those that can still be followed.
    pub(crate) fn suggest(&mut self) {
        if self.target.tables.len() <= PROMPT {
            self.suggestions = worth_showing(&self.target);
        } else {
            keep_open(&mut self.suggestions, &self.target);
        }
    }

    /// Looks for suggestions that were not looked for at once.
    pub(crate) fn rested(&mut self) -> Vec<Effect> {
        if self.target.tables.len() <= PROMPT {
            return Vec::new();
        }
        let found = worth_showing(&self.target);
        if std::mem::replace(&mut self.suggestions, found) == self.suggestions {
            return Vec::new();
        }
        vec![Effect::Changed(Facet::Schema), Effect::Repaint(Layer::Static)]
    }

    /// Sets what is dismissed.
    pub(crate) fn dismiss(&mut self, dismissed: BTreeSet<SuggestionId>) -> Vec<Effect> {
        if self.dismissed == dismissed {
            return Vec::new();
        }
        self.dismissed = dismissed;
        vec![Effect::Changed(Facet::Schema), Effect::Repaint(Layer::Overlay)]
    }

    /// The change that makes suggested references, all in one step. With indexes, those whose columns no index begins with
    /// get one in the same step.
    pub fn acceptance<'a>(&self, accepted: impl IntoIterator<Item = &'a Suggestion>, with_indexes: bool) -> Change {
        let accepted: Vec<&Suggestion> = accepted.into_iter().collect();
        let mut changes: Vec<Change> = accepted.iter().map(|it| Change::AddReference(reference(it))).collect();
        for Suggestion { referencing, columns, .. } in accepted.iter().copied().filter(|_| with_indexes) {
            let table = self.target().table(*referencing);
            // A partition has the indexes of its parent.
            let table = table.filter(|table| table.options.partition.is_none());
            if table.is_some_and(|table| index_for(table, columns).is_none()) {
                changes.push(Change::AddIndex(*referencing, columns.clone(), false));
            }
        }
        match (changes.as_slice(), accepted.as_slice()) {
            ([only], _) => only.clone(),
            (_, [only]) => {
                let table = self.target().table(only.referencing);
                let columns = table.map(|table| table.list_of(&only.columns)).unwrap_or_default();
                Change::Together(format!("add a reference and an index on {columns}"), changes)
            }
            (_, many) => Change::Together(format!("add {} suggested references", many.len()), changes),
        }
    }

    pub(crate) fn add_preselected(&mut self) -> Vec<Effect> {
        if self.preselected().next().is_none() {
            let text = "No suggested reference is sure enough to be added unseen";
            return vec![Effect::Announce(Announcement::note(text))];
        }
        let change = self.acceptance(self.preselected(), false);
        self.change(&change)
    }
}

/// Suggestions that are good enough to be shown by themselves, the likeliest first.
fn worth_showing(schema: &Schema) -> Vec<Suggestion> {
    advise::suggest(schema).into_iter().filter(|it| it.tier != Tier::List).collect()
}

/// Leaves the suggestions that can still be followed.
fn keep_open(suggestions: &mut Vec<Suggestion>, schema: &Schema) {
    let made = schema.references.values().flat_map(|it| it.pairs.iter().map(|pair| (it.referencing, pair.referencing)));
    let made: BTreeSet<(TableId, ColumnId)> = made.collect();
    let is_there = |table: TableId, column: &ColumnId| schema.column(table, *column).is_some();
    suggestions.retain(|it| {
        let is_free = |column| is_there(it.referencing, column) && !made.contains(&(it.referencing, *column));
        it.columns.iter().all(is_free) && it.referenced_columns.iter().all(|column| is_there(it.referenced, column))
    });
}

/// The columns that suggested references would join, as the picture marks them.
pub(crate) fn ends_of<'a>(suggestions: impl Iterator<Item = &'a Suggestion>) -> Vec<[(TableId, ColumnId); 2]> {
    let ends = |it: &Suggestion| {
        Some([(it.referencing, *it.columns.first()?), (it.referenced, *it.referenced_columns.first()?)])
    };
    suggestions.filter_map(ends).collect()
}

fn reference(suggestion: &Suggestion) -> NewReference {
    let pairs = suggestion.columns.iter().zip(&suggestion.referenced_columns);
    NewReference {
        referencing: suggestion.referencing,
        referenced: suggestion.referenced,
        pairs: pairs.map(|(from, to)| ColumnPair { referencing: *from, referenced: *to }).collect(),
        cardinality: Cardinality::ManyToOne,
        on_delete: ReferentialAction::NoAction,
        on_update: ReferentialAction::NoAction,
        name: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Command, Document, Input};
    use schema::testing::schema_from;
    use std::collections::BTreeMap;

    const TEXT: &str = "users\n  id integer!\n  pk users_pkey(id)\n\
         orders\n  id integer!\n  user_id integer!\n  billing_user_id integer\n  pk orders_pkey(id)\n\
         notes\n  id integer!\n  order_id integer!\n  user_id integer!\n  pk notes_pkey(id)\n  index notes_orders(order_id)\n\
         visits\n  user_id integer!\nvotes\n  user_id integer!\nreviews\n  user_id integer!\n";

    fn editor() -> Editor {
        let document = Document { revision: 1, schema: schema_from(TEXT), placements: BTreeMap::new() };
        Editor::open(document, None, 7)
    }

    fn steps(editor: &Editor) -> usize {
        editor.history().mark()
    }

    /// How many references and how many indexes there are.
    fn made(editor: &Editor) -> (usize, usize) {
        let indexes = editor.target().tables.values().map(|table| table.indexes.len()).sum();
        (editor.target().references.len(), indexes)
    }

    #[test]
    fn one_is_one_step_and_comes_back_with_undo() {
        for (with_indexes, indexes) in [(false, 1), (true, 2)] {
            let mut editor = editor();
            let before: Vec<Suggestion> = editor.suggestions().cloned().collect();
            let of_orders = |it: &&Suggestion| editor.target().tables[&it.referencing].name.as_str() == "orders";
            let one = before.iter().find(of_orders).unwrap();
            let change = editor.acceptance([one], with_indexes);
            editor.handle(Input::Change(change));
            assert_eq!((made(&editor), steps(&editor)), ((1, indexes), 1));
            assert!(!editor.suggestions().any(|it| it == one), "what is made is suggested no more");
            editor.handle(Input::Command(Command::Undo));
            assert_eq!((made(&editor), editor.suggestions().cloned().collect()), ((0, 1), before));
        }
    }

    #[test]
    fn all_that_are_sure_are_one_step() {
        let mut editor = editor();
        let sure = editor.preselected().count();
        assert!(sure >= 2, "{sure}");
        assert!(editor.can(Command::AddSuggested));
        editor.handle(Input::Command(Command::AddSuggested));
        assert_eq!((made(&editor), steps(&editor)), ((sure, 1), 1));
        assert_eq!(editor.preselected().count(), 0);
        assert!(!editor.can(Command::AddSuggested));
        editor.handle(Input::Command(Command::Undo));
        assert_eq!((made(&editor), editor.preselected().count()), ((0, 1), sure));
    }

    #[test]
    fn an_index_comes_along_where_there_is_none() {
        let mut editor = editor();
        let all: Vec<Suggestion> = editor.suggestions().cloned().collect();
        let change = editor.acceptance(&all, true);
        editor.handle(Input::Change(change));
        // One was there, on the column of one of the suggestions.
        assert_eq!((made(&editor), steps(&editor)), ((all.len(), all.len()), 1));
    }

    #[test]
    fn what_is_dismissed_is_not_shown_until_it_is_wanted_again() {
        let mut editor = editor();
        let all: Vec<Suggestion> = editor.suggestions().cloned().collect();
        let first = all.first().unwrap();
        let dismissed = BTreeSet::from([SuggestionId::of(first)]);
        let effects = editor.handle(Input::Dismiss(dismissed.clone()));
        assert!(effects.contains(&Effect::Changed(Facet::Schema)), "{effects:?}");
        let is_as_expected = |editor: &Editor| {
            assert!(editor.suggestions().eq(all.iter().skip(1)));
            assert!(editor.dismissed_suggestions().eq([first]));
            assert_eq!(editor.marks().suggested.len(), all.len() - 1);
        };
        is_as_expected(&editor);

        // What the browser keeps is the text of it.
        let kept = serde_json::to_string(&dismissed).unwrap();
        let mut again = self::editor();
        again.handle(Input::Dismiss(serde_json::from_str(&kept).unwrap()));
        is_as_expected(&again);
        again.handle(Input::Command(Command::AddTable));
        assert!(again.dismissed_suggestions().eq([first]), "a change makes it no suggestion again");

        editor.handle(Input::Dismiss(BTreeSet::new()));
        assert!(editor.suggestions().eq(&all));
        assert_eq!(editor.dismissed_suggestions().count(), 0);
    }
}
