//! What heads looked like that were read lately. The schema of a revision never changes, and neither do places under one
//! number; whoever asks names both as the store has them now, so that nothing here can be out of date.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use edit::Placement;
use protocol::{LayoutNumber, RevisionNumber};
use schema::{ColumnId, ColumnPair, Expression, Opaque, Reference, Schema, Table, TableId, changed};
use uuid::Uuid;

/// How much is kept in all, in bytes, and of one diagram: a single one must not take the place of all others.
const MOST: usize = 64 * 1024 * 1024;
const MOST_OF_ONE: usize = MOST / 4;

/// Which state of a diagram. A revision's number alone would do, but for a store that was brought back to an earlier
/// moment and went on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) diagram: Uuid,
    pub(crate) revision: RevisionNumber,
    /// The commit that made the revision; none for what a diagram began with.
    pub(crate) commit_id: Option<Uuid>,
}

/// Where the tables of a diagram stand.
pub(crate) type Places = Arc<BTreeMap<TableId, Placement>>;

/// Schemas, and where their tables stand.
#[derive(Debug, Default)]
pub(crate) struct Heads(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    /// One a diagram.
    entries: HashMap<Uuid, Entry>,
    weight: usize,
    /// Goes up with every use.
    clock: u64,
}

#[derive(Debug)]
struct Entry {
    head: Head,
    schema: Arc<Schema>,
    placements: Option<(LayoutNumber, Places)>,
    /// What the schema takes.
    of_schema: usize,
    used: u64,
}

impl Entry {
    fn weight(&self) -> usize {
        self.of_schema + self.placements.as_ref().map_or(0, |(_, places)| places.len() * PART)
    }
}

impl Heads {
    pub(crate) fn schema(&self, head: Head) -> Option<Arc<Schema>> {
        self.kept().find(head).map(|entry| Arc::clone(&entry.schema))
    }

    /// Both the schema and the places.
    pub(crate) fn picture(&self, head: Head, layout: LayoutNumber) -> Option<(Arc<Schema>, Places)> {
        let mut kept = self.kept();
        let entry = kept.find(head)?;
        let (number, placements) = entry.placements.as_ref()?;
        (*number == layout).then(|| (Arc::clone(&entry.schema), Arc::clone(placements)))
    }

    /// Keeps a schema that was read, or committed, as that of this head.
    pub(crate) fn keep(&self, head: Head, schema: Arc<Schema>) {
        self.kept().insert(head, schema, None);
    }

    pub(crate) fn keep_picture(&self, head: Head, schema: Arc<Schema>, layout: LayoutNumber, placements: Places) {
        self.kept().insert(head, schema, Some((layout, placements)));
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn find(&mut self, head: Head) -> Option<&Entry> {
        self.clock += 1;
        let entry = self.entries.get_mut(&head.diagram).filter(|entry| entry.head == head)?;
        entry.used = self.clock;
        Some(entry)
    }

    fn insert(&mut self, head: Head, schema: Arc<Schema>, placements: Option<(LayoutNumber, Places)>) {
        // A reader that was slow may come with what others have long replaced; the next one puts it right.
        self.clock += 1;
        let before = self.entries.remove(&head.diagram);
        self.weight -= before.as_ref().map_or(0, Entry::weight);
        let of_schema = match &before {
            Some(before) => before.of_schema.saturating_add_signed(growth(&before.schema, &schema)),
            None => PART.saturating_add_signed(growth(&Schema::default(), &schema)),
        };
        let entry = Entry { head, schema, placements, of_schema, used: self.clock };
        if entry.weight() > MOST_OF_ONE {
            return;
        }
        self.weight += entry.weight();
        self.entries.insert(head.diagram, entry);
        while self.weight > MOST {
            let oldest = self.entries.iter().min_by_key(|(_, entry)| entry.used).map(|(id, _)| *id);
            let Some(gone) = oldest.and_then(|id| self.entries.remove(&id)) else { break };
            self.weight -= gone.weight();
        }
    }
}

/// What a part of a schema takes beside texts that people chose the length of, in bytes, and what an entry does.
const PART: usize = 200;

/// About how much more memory `after` takes than `before`, in bytes. What they share is not looked at, so that it costs
/// what differs.
fn growth(before: &Schema, after: &Schema) -> isize {
    let tables = changed(&before.tables, &after.tables).map(|(from, to)| of(to, of_table) - of(from, of_table));
    let references =
        changed(&before.references, &after.references).map(|(from, to)| of(to, of_reference) - of(from, of_reference));
    let opaque = changed(&before.opaque, &after.opaque).map(|(from, to)| of(to, of_opaque) - of(from, of_opaque));
    let others = signed(of_others(after)) - signed(of_others(before));
    others + tables.sum::<isize>() + references.sum::<isize>() + opaque.sum::<isize>()
}

fn of<T>(part: Option<&T>, weight: impl Fn(&T) -> usize) -> isize {
    signed(part.map_or(0, weight))
}

fn signed(weight: usize) -> isize {
    isize::try_from(weight).unwrap_or(isize::MAX)
}

fn of_table(table: &Table) -> usize {
    let note = |note: &Option<String>| note.as_ref().map_or(0, String::len);
    let columns = table.columns.iter().map(|it| PART + note(&it.note) + it.default.as_ref().map_or(0, length));
    let keys = table.keys.iter().map(|it| PART + it.columns.len() * size_of::<ColumnId>());
    let indexes = table.indexes.iter().map(|it| 2 * PART + it.parts.len() * size_of::<schema::IndexPart>());
    let checks = table.checks.iter().map(|it| PART + length(&it.expression));
    PART + note(&table.note) + columns.chain(keys).chain(indexes).chain(checks).sum::<usize>()
}

fn of_reference(reference: &Reference) -> usize {
    PART + reference.pairs.len() * size_of::<ColumnPair>()
}

fn of_opaque(opaque: &Opaque) -> usize {
    PART + opaque.definition.as_str().len()
}

fn of_others(schema: &Schema) -> usize {
    let types = schema.types.values().map(|it| PART + it.labels().len() * PART).sum::<usize>();
    schema.namespaces.len() * PART + types
}

/// What the tree of an expression takes: several nodes a word.
fn length(expression: &Expression) -> usize {
    expression.to_string().len() * 16
}

#[cfg(test)]
mod tests {
    use schema::sample;

    use super::*;

    fn head(diagram: u128, revision: RevisionNumber, commit: u128) -> Head {
        Head { diagram: Uuid::from_u128(diagram), revision, commit_id: Some(Uuid::from_u128(commit)) }
    }

    #[test]
    fn only_the_very_state_is_found() {
        let heads = Heads::default();
        let (schema, places) = (Arc::new(sample::shopflow()), Arc::new(BTreeMap::new()));
        heads.keep_picture(head(1, 5, 9), Arc::clone(&schema), 3, places);
        for (asked, is_there) in [
            (head(1, 5, 9), true),
            (head(1, 4, 9), false),
            (head(1, 6, 9), false),
            (head(1, 5, 8), false),
            (head(2, 5, 9), false),
        ] {
            assert_eq!(heads.schema(asked).is_some(), is_there, "{asked:?}");
            assert_eq!(heads.picture(asked, 3).is_some(), is_there, "{asked:?}");
            assert!(heads.picture(asked, 2).is_none(), "other places");
        }
        heads.keep(head(1, 6, 10), schema);
        assert!(heads.schema(head(1, 5, 9)).is_none() && heads.schema(head(1, 6, 10)).is_some());
        assert!(heads.picture(head(1, 6, 10), 3).is_none(), "a new revision may have taken places along");
    }

    fn weight_of(schema: &Schema) -> usize {
        PART.saturating_add_signed(growth(&Schema::default(), schema))
    }

    #[test]
    fn what_replaces_a_head_weighs_what_it_weighs_alone() {
        let (small, mut large) = (Arc::new(sample::shopflow()), sample::shopflow());
        let first = large.tables.keys().next().copied().unwrap();
        large.references.retain(|_, it| it.referencing != first && it.referenced != first);
        large.tables.remove(&first);
        Arc::make_mut(large.tables.values_mut().next().unwrap()).note = Some("x".repeat(500));
        let (heads, large) = (Heads::default(), Arc::new(large));
        for (revision, schema) in [(1, &small), (2, &large), (3, &small), (4, &large)] {
            heads.keep(head(1, revision, 1), Arc::clone(schema));
            assert_eq!(heads.kept().weight, weight_of(schema), "revision {revision}");
        }
    }

    #[test]
    fn a_schema_weighs_what_people_write_into_it() {
        let with_note = |length: usize| {
            let mut schema = sample::shopflow();
            let table = schema.tables.values_mut().next().unwrap();
            Arc::make_mut(table).note = Some("x".repeat(length));
            schema
        };
        assert_eq!(weight_of(&with_note(10_000)), weight_of(&with_note(0)) + 10_000);
        let heads = Heads::default();
        heads.keep(head(1, 1, 1), Arc::new(with_note(MOST_OF_ONE)));
        assert!(heads.schema(head(1, 1, 1)).is_none(), "one alone is not kept when it is that large");
        heads.keep(head(2, 0, 1), Arc::new(Schema::default()));
        assert!(heads.kept().weight > 0, "one without tables weighs something too");
    }

    #[test]
    fn what_was_used_last_is_kept_longest() {
        let heads = Heads::default();
        let large = Arc::new(sample::generated(4_000));
        assert!(weight_of(&large) * 5 <= MOST && weight_of(&large) * 6 > MOST, "{}", weight_of(&large));
        for diagram in 1..=5 {
            heads.keep(head(diagram, 1, 1), Arc::clone(&large));
        }
        assert!(heads.schema(head(1, 1, 1)).is_some());
        heads.keep(head(6, 1, 1), Arc::clone(&large));
        let there: Vec<bool> = (1..=6).map(|diagram| heads.schema(head(diagram, 1, 1)).is_some()).collect();
        assert_eq!(there, [true, false, true, true, true, true]);
        assert!(heads.kept().weight <= MOST);
    }
}
