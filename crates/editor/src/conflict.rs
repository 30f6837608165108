//! What others commit while edits are staged: what fits is carried over, the rest is decided by the person.

use crate::rename::name_of;
use crate::{Announcement, Decision, Document, Draft, Editor, Effect};
use edit::{
    Choice, Conflict, ConflictKind, ConflictWords, Edit, Field, Gesture, PendingChanges, Resolved, diff, excerpt,
    merge, recall, still_open,
};
use schema::{Code, Name, ObjectId, Schema};
use std::collections::BTreeSet;

impl Editor {
    /// What has to be decided before the rest of the staged edits can be committed.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// Whether any staged edit is held back.
    pub fn has_held(&self) -> bool {
        !self.held.is_empty()
    }

    /// A conflict in words.
    pub fn conflict_words(&self, conflict: &Conflict) -> ConflictWords {
        conflict.words(&self.target, &self.before)
    }

    /// Whether the conflict can be decided for what was staged.
    pub fn can_take_mine(&self, conflict: &Conflict) -> bool {
        conflict.can_take_mine(&self.target, &self.before)
    }

    /// A name like the one that is taken, and free.
    pub fn free_name(&self, conflict: &Conflict) -> Option<Name> {
        let ConflictKind::NameTaken { name, .. } = &conflict.kind else { return None };
        let tried = (2..100).filter_map(|n| Name::parse(&format!("{name}_{n}")).ok());
        tried.into_iter().find(|name| self.decide(conflict, &Decision::MineAs(name.clone())).is_ok())
    }

    /// What others did to an object that a pending item changes as well, in lines.
    pub fn beside(&self, object: ObjectId) -> &[String] {
        self.beside.get(&object).map(Vec::as_slice).unwrap_or_default()
    }

    /// How much is staged and how much is to be decided, for the end of a sentence.
    pub(crate) fn counts(&self) -> String {
        let pending = match self.pending.len() {
            0 => "nothing pending".to_owned(),
            1 => "1 pending change".to_owned(),
            n => format!("{n} pending changes"),
        };
        match self.conflicts.len() {
            0 => pending,
            n => format!("{pending}, {}", conflicts(n)),
        }
    }

    pub(crate) fn newer(&mut self, document: Document) -> Vec<Effect> {
        // Messages may overtake each other.
        if document.revision < self.base_revision {
            return Vec::new();
        }
        let edits = diff(&self.base, &self.target);
        let base = std::mem::replace(&mut self.base, document.schema);
        self.base_revision = document.revision;
        self.placements.extend(document.placements);
        let known = std::mem::take(&mut self.findings);
        let merged = merge(&base, &edits, &self.base, &known);
        // What did not fit an earlier revision may fit this one, unless the same is staged otherwise since. A check may mean
        // other columns by now.
        let is_check = |edit: &Edit| matches!(edit.object(), ObjectId::Check(..));
        let staged = Staged::of(&edits);
        let held = std::mem::take(&mut self.held);
        let (still, again): (Vec<Edit>, Vec<Edit>) =
            held.into_iter().partition(|edit| is_check(edit) || staged.has(edit));
        let mut n_again = 0;
        if again.is_empty() {
            self.target = merged.target;
        } else {
            let rest = merge(&self.before, &again, &merged.target, &[]);
            n_again = again.len() - rest.held.len();
            self.target = rest.target;
            self.held = rest.held;
        }
        self.held.extend(still);
        self.forget_done();
        self.held.extend(merged.held);
        self.look_beside(&excerpt(&base, &edits), &edits);
        let may_be_decided = || self.held.iter().chain(self.history.decided());
        self.before = recall(excerpt(&base, may_be_decided()), &self.before, may_be_decided());
        self.place_unplaced();
        let mut effects = self.refreshed();
        if let Some(text) = self.news(n_again) {
            effects.push(Effect::Announce(text));
        }
        effects
    }

    /// What others did as well is nothing to decide any more.
    fn forget_done(&mut self) {
        self.held = still_open(&self.held, &self.base);
    }

    fn news(&self, n_again: usize) -> Option<Announcement> {
        let revision = self.base_revision;
        match (self.conflicts.len(), self.beside.len(), n_again) {
            (0, 0, 0) => None,
            (0, 0, _) => {
                Some(Announcement::note(format!("What was held back fits revision {revision} and is staged again")))
            }
            (0, n, _) => Some(Announcement::note(format!(
                "Revision {revision} changed {} that you are changing too; nothing of yours is lost",
                if n == 1 { "1 thing".to_owned() } else { format!("{n} things") }
            ))),
            (1, ..) => Some(Announcement::failure(format!("1 staged change conflicts with revision {revision}"))),
            (n, ..) => Some(Announcement::failure(format!("{n} staged changes conflict with revision {revision}"))),
        }
    }

    /// Notes what has become of objects that staged edits change too; `before` is what they were made for.
    fn look_beside(&mut self, before: &Schema, edits: &[Edit]) {
        let now = excerpt(&self.base, edits);
        let mine: BTreeSet<ObjectId> = edits.iter().map(Edit::object).collect();
        let theirs = PendingChanges::between(before, &now);
        for item in theirs.items().filter(|item| mine.contains(&item.object)) {
            self.beside.entry(item.object).or_default().extend(item.details.iter().cloned());
        }
    }

    pub(crate) fn take_draft(&mut self, draft: Draft) {
        let staged = draft.on(&self.base, self.base_revision);
        if draft.base_revision < self.base_revision && !draft.before.namespaces.is_empty() {
            self.look_beside(&excerpt(&draft.made_for(), &draft.edits), &draft.edits);
        }
        self.target = staged.target;
        self.held = draft.clashing;
        self.held.extend(staged.held);
        self.before = draft.before;
        self.placements.extend(draft.placements);
        self.sequence = draft.sequence;
        self.commits = draft.commits;
        self.history = draft.history;
    }

    pub(crate) fn resolve(&mut self, conflict: &Conflict, decision: &Decision) -> Vec<Effect> {
        if !self.conflicts.contains(conflict) {
            let text = "This has changed meanwhile. Look at it again before you decide";
            return vec![Effect::Announce(Announcement::failure(text))];
        }
        match self.decide(conflict, decision) {
            Ok(gesture) => self.perform(gesture),
            Err(reason) => vec![Effect::Announce(Announcement::failure(self.sentence(&reason)))],
        }
    }

    /// One step of undo that carries the decision out.
    fn decide(&self, conflict: &Conflict, decision: &Decision) -> Result<Gesture, String> {
        let title = self.conflict_words(conflict).title;
        let choice = if *decision == Decision::Theirs { Choice::Theirs } else { Choice::Mine };
        let resolved = conflict.resolve(&choice, &self.target, &self.before);
        let Resolved { edits, settled } = resolved.map_err(|error| {
            let known = if self.target.label(conflict.object).is_some() { &self.target } else { &self.before };
            error.in_words(known)
        })?;
        let label = match decision {
            Decision::Theirs => format!("keep what was saved of {title}"),
            Decision::Mine => format!("take my change of {title}"),
            Decision::MineAs(name) => format!("take my change of {title} as {name}"),
        };
        let mut gesture = Gesture { label, edits, settles: settled, ..Gesture::default() };
        if let Decision::MineAs(name) = decision {
            gesture.edits.extend(self.renamed(conflict, &gesture, name)?);
        }
        Ok(gesture)
    }

    /// The edits that give another name to what a gesture has brought under a name that is taken.
    fn renamed(&self, conflict: &Conflict, gesture: &Gesture, name: &Name) -> Result<Vec<Edit>, String> {
        let ConflictKind::NameTaken { name: taken, .. } = &conflict.kind else {
            return Err("this is not about a name".to_owned());
        };
        let mut ahead = self.ahead();
        ahead.play(gesture)?;
        let object = named(&ahead.target, conflict.object, taken).ok_or("this is gone")?;
        let edits = ahead.rename(object, name)?.edits;
        edit::apply_all(&mut ahead.target, &edits).map_err(|error| error.in_words(&ahead.target))?;
        let is_taken = |code: Code| code == Code::DuplicateName;
        let count = |schema: &Schema| schema::validate(schema).iter().filter(|it| is_taken(it.code)).count();
        if count(&ahead.target) > count(&self.target) {
            return Err(format!("the name {name} is taken too, or another name that comes with it"));
        }
        Ok(edits)
    }

    /// A copy of what edits are worked out on, without the picture.
    fn ahead(&self) -> Self {
        self.clone()
    }

    pub(crate) fn discard(&mut self, objects: &BTreeSet<ObjectId>) -> Vec<Effect> {
        let given_up = self.conflicts.iter().filter(|conflict| objects.contains(&conflict.object));
        let settles: Vec<Edit> = given_up.flat_map(|it| it.edits.iter().chain(&it.waiting)).cloned().collect();
        self.discard_with(objects, settles)
    }

    pub(crate) fn discard_all(&mut self) -> Vec<Effect> {
        let objects = self.pending.items().map(|item| item.object).collect();
        self.discard_with(&objects, self.held.clone())
    }

    fn discard_with(&mut self, objects: &BTreeSet<ObjectId>, settles: Vec<Edit>) -> Vec<Effect> {
        let gone = self.pending.with_dependants(objects);
        let count =
            gone.len() + self.conflicts.iter().filter(|it| it.edits.iter().any(|e| settles.contains(e))).count();
        let label = match (count, gone.iter().find_map(|object| self.pending.item(*object))) {
            (0, _) if settles.is_empty() => return Vec::new(),
            (1, Some(item)) => format!("discard {}", item.title),
            (0 | 1, _) => "discard 1 change".to_owned(),
            (n, _) => format!("discard {n} changes"),
        };
        match self.pending.discard(&self.base, &self.target, objects) {
            Ok(edits) => self.perform(Gesture { label, edits, settles, ..Gesture::default() }),
            Err(error) => vec![Effect::Announce(Announcement::failure(self.sentence(&error.in_words(self.shown()))))],
        }
    }
}

fn conflicts(n: usize) -> String {
    if n == 1 { "1 conflict".to_owned() } else { format!("{n} conflicts") }
}

/// The object, or the one within it, that has the name.
fn named(schema: &Schema, object: ObjectId, name: &Name) -> Option<ObjectId> {
    let is_named = |object: &ObjectId| name_of(schema, *object).as_ref() == Some(name);
    if is_named(&object) {
        return Some(object);
    }
    let ObjectId::Table(id) = object else { return Some(object) };
    let table = schema.table(id)?;
    let keys = table.keys.iter().map(|key| ObjectId::Key(id, key.id));
    let mut parts = keys.chain(table.indexes.iter().map(|index| ObjectId::Index(id, index.id)));
    // The sequence of a serial column is named after its table.
    Some(parts.find(is_named).unwrap_or(object))
}

/// The first, with what only the second has.
pub(crate) fn union(mut first: Schema, second: Schema) -> Schema {
    for (id, namespace) in second.namespaces {
        first.namespaces.entry(id).or_insert(namespace);
    }
    for (id, table) in second.tables {
        first.tables.insert_new(id, table);
    }
    for (id, reference) in second.references {
        first.references.insert_new(id, reference);
    }
    for (id, it) in second.types {
        first.types.entry(id).or_insert(it);
    }
    for (id, it) in second.opaque {
        first.opaque.insert_new(id, it);
    }
    first
}

/// What edits are about, attribute by attribute.
struct Staged {
    /// What comes or goes as a whole.
    whole: BTreeSet<ObjectId>,
    /// What is changed in any way; a table is when anything in it is.
    any: BTreeSet<ObjectId>,
    fields: BTreeSet<(ObjectId, Field)>,
}

impl Staged {
    fn of(edits: &[Edit]) -> Self {
        let mut it = Self { whole: BTreeSet::new(), any: BTreeSet::new(), fields: BTreeSet::new() };
        for edit in edits {
            it.any.extend(std::iter::once(edit.object()).chain(edit.object().table().map(ObjectId::Table)));
            match edit {
                Edit::Alter { object, to, .. } => it.fields.insert((*object, to.field())),
                Edit::Create(object) | Edit::Drop(object) => it.whole.insert(object.id()),
            };
        }
        it
    }

    /// Whether they are about the same as this one.
    fn has(&self, edit: &Edit) -> bool {
        let table = edit.object().table().map(ObjectId::Table);
        let is_whole = |object: &ObjectId| self.whole.contains(object);
        is_whole(&edit.object())
            || table.as_ref().is_some_and(is_whole)
            || match edit {
                Edit::Alter { object, to, .. } => self.fields.contains(&(*object, to.field())),
                Edit::Create(object) | Edit::Drop(object) => self.any.contains(&object.id()),
            }
    }
}
