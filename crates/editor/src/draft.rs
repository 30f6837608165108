//! The staged edits as they are kept in the browser, through reloads and crashes, shared by its tabs.

use crate::Editor;
use crate::conflict::union;
use edit::{
    Attribute, Edit, Gesture, History, Object, Placement, Rebased, apply_all, conflicts, diff, drop_edits, excerpt,
    is_done, merge, rebase, recall,
};
use schema::{ColumnId, Diagnostic, ObjectId, Schema, Table, TableId, validate};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Everything staged in one diagram. Stored as JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The version of this shape.
    pub format: u32,
    /// Counts up with every change, so that the newer of two drafts is known.
    pub sequence: u64,
    /// The revision that the edits apply to.
    pub base_revision: i64,
    /// What is pending, in an order in which it applies.
    pub edits: Vec<Edit>,
    /// What was staged on an earlier revision and fits this one no more.
    #[serde(default)]
    pub clashing: Vec<Edit>,
    /// What the edits are about, as it was when they were made: what others delete can be restored from it.
    #[serde(default)]
    pub before: Schema,
    /// The columns in it that were gone by then, and are only kept to be restored. A check means none of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub gone: BTreeSet<ObjectId>,
    /// Undo and redo.
    pub history: History,
    /// Where tables stand that are not committed.
    pub placements: BTreeMap<TableId, Placement>,
    /// What is wrong with the edits where they were made for, which stays for the person to see and mend.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub wrong: Vec<Diagnostic>,
    /// How many commits the person has made of it, so that what others have committed is not taken for theirs.
    #[serde(default)]
    pub commits: u64,
}

/// Two drafts in one.
#[derive(Debug, Clone, PartialEq)]
pub struct Joined {
    /// Newer than either.
    pub draft: Draft,
    /// How many things were changed differently by both. Of those the other one's change stays for now, and the person
    /// decides.
    pub n_clashes: usize,
}

/// Why a stored draft cannot be opened. It is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// Written by a newer release.
    #[error("your staged edits were made by a newer version of Crowfoot; reload the page to get it")]
    TooNew,
    /// Not what a draft looks like.
    #[error("your staged edits cannot be read: {0}")]
    Damaged(String),
}

impl Draft {
    /// The version of the shape that this release writes.
    pub const FORMAT: u32 = 2;

    /// Reads a stored draft of this or an earlier format.
    ///
    /// # Errors
    /// When the text is damaged or from a newer release.
    pub fn from_json(text: &str) -> Result<Self, DraftError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let damaged = |error: serde_json::Error| DraftError::Damaged(error.to_string());
        let found: Format = serde_json::from_str(text).map_err(damaged)?;
        if found.format > Self::FORMAT {
            return Err(DraftError::TooNew);
        }
        serde_json::from_str(text).map_err(damaged)
    }

    /// The text to store.
    ///
    /// # Errors
    /// Never for a draft that an editor made; the serialiser's type says so anyway.
    pub fn to_json(&self) -> Result<String, DraftError> {
        serde_json::to_string(self).map_err(|error| DraftError::Damaged(error.to_string()))
    }

    /// What is left to be staged on `committed`, the state that a commit of `edits` has led to, and others perhaps
    /// further. What was changed again after the commit was sent is still there.
    #[must_use]
    pub fn after_commit(mut self, edits: &[Edit], committed: &Schema, revision: i64) -> Self {
        // The tables in question as they were before the commit, and as it left them.
        let mut base = excerpt(committed, edits.iter().chain(&self.edits));
        for edit in edits.iter().rev() {
            take_back(&mut base, edit);
        }
        let base = union(self.made_for(), base);
        let sent = rebase(&base, edits, &base).target;
        let staged = rebase(&base, &self.edits, &base);
        let rest = diff(&sent, &staged.target);
        let merged = merge(&sent, &rest, committed, &self.wrong);
        let mut held = [staged.held, merged.held].concat();
        held.retain(|edit| !edits.contains(edit));
        self.clashing.extend(held);
        self.before = recall(excerpt(&sent, rest.iter().chain(&self.clashing)), &self.before, &self.clashing);
        self.gone = gone(&self.before, committed);
        self.edits = diff(committed, &merged.target);
        self.base_revision = revision;
        self.sequence += 1;
        self.commits += 1;
        self
    }

    /// Both drafts in one: theirs on `base`, which is the later of the two committed states, with what was done here since
    /// both agreed. `own_base` is the committed state that this one stands on.
    pub fn join(&self, theirs: Self, agreed: &Self, own_base: &Schema, (base, revision): (&Schema, i64)) -> Joined {
        let agreed = if theirs.knows(agreed) { agreed.clone() } else { Self::default() };
        // What both knew to be held. Where it is held no more, it has been decided.
        let held = agreed.on(own_base, self.base_revision).held;
        let known = [agreed.clashing.as_slice(), &held].concat();
        let is_decided = |edit: &Edit| known.contains(edit) && !self.clashing.contains(edit);
        let agreed = self.seen_of(&theirs, agreed, base);
        let (was, own_edits) = self.since(&agreed, &held, own_base);

        let commits = self.commits.max(theirs.commits);
        let theirs = if theirs.base_revision < revision {
            // Of what has been committed here since, it may not know, and may have changed it further. When others have
            // committed the same, and not this person, it was only staged; then who takes it back takes back no commit.
            let knows = theirs.base_revision > agreed.base_revision || self.commits == agreed.commits;
            let committed = if knows { Vec::new() } else { agreed.committed(base) };
            theirs.after_commit(&committed, base, revision)
        } else {
            theirs
        };
        let their_state = theirs.on(base, revision);
        let both = rebase(&was, &own_edits, &their_state.target);
        let edits = diff(&their_state.target, &both.target);

        let (settles, mut clashing): (Vec<Edit>, Vec<Edit>) =
            theirs.clashing.into_iter().chain(their_state.held).partition(is_decided);
        let own_clashing = self.clashing.iter().filter(|edit| !known.contains(edit));
        for edit in own_clashing.chain(&both.held) {
            if !clashing.contains(edit) {
                clashing.push(edit.clone());
            }
        }
        let staged = diff(base, &both.target);
        let may_be_decided = || clashing.iter().chain(&settles);
        let before = [&theirs.before, &was, &self.before]
            .into_iter()
            .fold(excerpt(base, &staged), |known, earlier| recall(known, earlier, may_be_decided()));
        let mut history = theirs.history;
        if !edits.is_empty() || !settles.is_empty() {
            history.push(Gesture {
                label: "changes made at two places".to_owned(),
                edits,
                settles,
                ..Gesture::default()
            });
        }
        let mut placements = self.placements.clone();
        placements.extend(theirs.placements);
        let n_clashes = conflicts(&both.held, &both.target).len();
        let draft = Self {
            format: Self::FORMAT,
            sequence: self.sequence.max(theirs.sequence) + 1,
            base_revision: revision,
            edits: staged,
            clashing,
            gone: gone(&before, base),
            before,
            history,
            placements,
            wrong: validate(&both.target),
            commits,
        };
        Joined { draft, n_clashes }
    }

    /// What both agreed on without what others, and not this person, have committed just so since: it was taken back here, or
    /// changed further, without being seen.
    fn seen_of(&self, theirs: &Self, mut agreed: Self, base: &Schema) -> Self {
        if theirs.base_revision > self.base_revision && theirs.commits == agreed.commits {
            let alike = agreed.committed(base);
            agreed.edits.retain(|edit| !alike.contains(edit) || self.edits.contains(edit));
        }
        agreed
    }

    /// What was done here since that was agreed, and what it was done to. `held` did not fit before either.
    fn since(&self, agreed: &Self, held: &[Edit], own_base: &Schema) -> (Schema, Vec<Edit>) {
        let was = agreed.on(own_base, self.base_revision);
        let is = self.on(own_base, self.base_revision);
        // What was to go after something that others have dropped cannot go without it. It was taken back together with it.
        let is_taken_back = |edit: &&Edit| !held.contains(edit) && !self.edits.contains(edit);
        let taken_back = was.held.iter().rev().filter(is_taken_back).map(Edit::invert);
        let edits = taken_back.chain(diff(&was.target, &is.target)).collect();
        (was.target, edits)
    }

    /// Whether it was written by somebody who had seen the other one: only then is what it has not been taken back.
    pub fn knows(&self, other: &Self) -> bool {
        self.sequence > other.sequence
    }

    /// The edits on a committed state.
    pub(crate) fn on(&self, base: &Schema, revision: i64) -> Rebased {
        if self.base_revision < revision {
            merge(&self.made_for(), &self.edits, base, &self.wrong)
        } else {
            rebase(base, &self.edits, base)
        }
    }

    /// What the edits were made for, without what is only kept to be restored: there was nothing yet that they make, and all
    /// of a table that they drop.
    pub(crate) fn made_for(&self) -> Schema {
        let mut base = self.before.clone();
        let dropped: BTreeSet<ObjectId> =
            self.edits.iter().filter(|edit| matches!(edit, Edit::Drop(_))).map(Edit::object).collect();
        let made = self.edits.iter().filter(|edit| matches!(edit, Edit::Create(_))).map(Edit::object);
        for object in made.filter(|object| !dropped.contains(object)).chain(self.gone.iter().copied()) {
            let gone = drop_edits(&base, object);
            // They have just been found.
            let _ = apply_all(&mut base, &gone);
        }
        for edit in &self.edits {
            if let Edit::Drop(Object::Table(table)) = edit {
                base.tables.insert(table.id, Arc::new(table.clone()));
            }
        }
        base
    }

    /// Which of the edits have been committed since, as far as the committed state tells.
    fn committed(&self, base: &Schema) -> Vec<Edit> {
        let mut of_object: BTreeMap<ObjectId, Vec<&Edit>> = BTreeMap::new();
        for edit in &self.edits {
            of_object.entry(edit.object()).or_default().push(edit);
        }
        let is_committed = |edit: &&Edit| match of_object.get(&edit.object()).map(Vec::as_slice) {
            // Nobody else makes an object of this id. It may have been changed since.
            Some([Edit::Create(object)]) => base.label(object.id()).is_some(),
            // Dropped and made again: both or neither.
            Some([Edit::Drop(_), .., last @ Edit::Create(_)]) => is_done(base, last),
            Some(_) | None => is_done(base, edit),
        };
        self.edits.iter().filter(is_committed).cloned().collect()
    }

    /// Whether the two differ in nothing but how often they were changed.
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        Self { sequence: self.sequence, ..other.clone() } == *self
    }

    /// Whether it holds nothing worth keeping.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.clashing.is_empty() && self.history == History::default()
    }
}

/// The columns that the committed tables do not have any more.
fn gone(before: &Schema, committed: &Schema) -> BTreeSet<ObjectId> {
    let columns = |table: &Arc<Table>| table.columns.iter().map(|column| (table.id, column.id)).collect::<Vec<_>>();
    let all = before.tables.values().flat_map(columns);
    let is_gone =
        |(table, column): &(TableId, ColumnId)| committed.table(*table).is_some_and(|it| it.column(*column).is_none());
    all.filter(is_gone).map(|(table, column)| ObjectId::Column(table, column)).collect()
}

/// Undoes an edit as far as others have left it.
fn take_back(schema: &mut Schema, edit: &Edit) {
    let inverse = match edit {
        Edit::Alter { object, from, to } => match Attribute::of(schema, *object, to.field()) {
            Some(now) => vec![Edit::Alter { object: *object, from: now, to: from.clone() }],
            None => Vec::new(),
        },
        Edit::Create(object) => drop_edits(schema, object.id()),
        Edit::Drop(object) => vec![Edit::Create(object.clone())],
    };
    // What cannot be undone has been changed by others; then it stands as they left it on both sides.
    let _ = apply_all(schema, &inverse);
}

impl Editor {
    /// The draft to store now.
    pub fn draft(&self) -> Draft {
        let staged = |table: &&TableId| !self.base().tables.contains_key(*table);
        let placements = self.placements().keys().filter(staged).copied().collect::<Vec<_>>();
        let edits = diff(self.base(), self.target());
        let may_be_decided = self.held.iter().chain(self.history().decided());
        let before = recall(excerpt(self.base(), &edits), &self.before, may_be_decided);
        Draft {
            format: Draft::FORMAT,
            sequence: self.sequence(),
            base_revision: self.base_revision(),
            gone: gone(&before, self.base()),
            before,
            edits,
            clashing: self.held.clone(),
            history: self.history().clone(),
            placements: placements
                .into_iter()
                .filter_map(|table| self.placements().get(&table).map(|place| (table, *place)))
                .collect(),
            wrong: self.findings().to_vec(),
            commits: self.commits,
        }
    }
}
