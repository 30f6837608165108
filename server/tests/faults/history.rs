//! What people did and were told, and whether what is kept agrees with it: every acknowledged Save is one revision, every
//! refused one is none, and whoever looked saw a beginning of the list.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use edit::{Edit, apply_all};
use schema::Schema;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One press on Save, sent again until somebody knew.
#[derive(Debug, Clone)]
pub(crate) struct Save {
    pub(crate) commit_id: Uuid,
    pub(crate) edits: Vec<Edit>,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    /// How long it took from the first attempt without an answer, or from when all was up again if that was later.
    pub(crate) in_doubt: Option<Duration>,
    pub(crate) end: End,
}

/// What a person was told at last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Acknowledged(i64),
    /// Refused, or in conflict.
    Refused,
}

/// One look at a diagram.
#[derive(Debug, Clone)]
pub(crate) struct Read {
    pub(crate) person: usize,
    pub(crate) begun: Instant,
    pub(crate) ended: Instant,
    pub(crate) revision: i64,
    pub(crate) digest: [u8; 32],
}

/// All that happened to one diagram.
#[derive(Debug, Clone)]
pub(crate) struct History {
    /// The schema that it began with.
    pub(crate) first: Schema,
    pub(crate) saves: Vec<Save>,
    pub(crate) reads: Vec<Read>,
}

/// A revision as the store has it.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) number: i64,
    pub(crate) commit_id: Uuid,
    pub(crate) edits: Vec<Edit>,
}

/// What there is of a diagram in the end.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    /// In the order of their numbers.
    pub(crate) revisions: Vec<Revision>,
    pub(crate) head: i64,
    pub(crate) schema: Schema,
    /// What the linked database has otherwise than the store; empty without one.
    pub(crate) unlike: Vec<String>,
}

/// Tells schemas apart in little room.
pub(crate) fn digest(schema: &Schema) -> [u8; 32] {
    Sha256::digest(serde_json::to_vec(schema).unwrap()).into()
}

/// In what the history and what is kept do not agree.
pub(crate) fn divergences(history: &History, kept: &Kept) -> Vec<String> {
    let mut found = Vec::new();
    check_numbers(kept, &mut found);
    check_saves(history, kept, &mut found);
    check_order(history, &mut found);
    check_reads(history, kept, &mut found);
    found.extend(kept.unlike.iter().map(|it| format!("the linked database: {it}")));
    found
}

fn check_numbers(kept: &Kept, found: &mut Vec<String>) {
    for (revision, expect) in kept.revisions.iter().zip(1..) {
        if revision.number != expect {
            found.push(format!("revision {} stands where {expect} should", revision.number));
        }
    }
    if kept.head != kept.revisions.len() as i64 {
        found.push(format!("the head is {} after {} revisions", kept.head, kept.revisions.len()));
    }
}

fn check_saves(history: &History, kept: &Kept, found: &mut Vec<String>) {
    let mut revisions: BTreeMap<Uuid, Vec<&Revision>> = BTreeMap::new();
    for revision in &kept.revisions {
        revisions.entry(revision.commit_id).or_default().push(revision);
    }
    for save in &history.saves {
        let id = save.commit_id;
        let made = revisions.remove(&id).unwrap_or_default();
        match (save.end, made.as_slice()) {
            (End::Refused, []) => {}
            (End::Acknowledged(number), [revision]) => {
                if revision.number != number {
                    found.push(format!("{id} was acknowledged as {number} and is {}", revision.number));
                }
                if revision.edits.is_empty() || !revision.edits.iter().all(|edit| save.edits.contains(edit)) {
                    found.push(format!("revision {number} has other edits than {id}"));
                }
            }
            (End::Acknowledged(number), []) => found.push(format!("{id} was acknowledged as {number} and is lost")),
            (End::Acknowledged(_), twice) => found.push(format!("{id} was applied {} times", twice.len())),
            (End::Refused, _) => found.push(format!("{id} was refused and applied")),
        }
    }
    found.extend(revisions.keys().map(|id| format!("{id} is a revision and nobody's")));
}

/// Who pressed Save when another Save had been acknowledged comes after it.
fn check_order(history: &History, found: &mut Vec<String>) {
    let number = |save: &Save| match save.end {
        End::Acknowledged(number) => Some(number),
        End::Refused => None,
    };
    let acknowledged = || history.saves.iter().filter_map(|save| Some((save, number(save)?)));
    let highest = HighestBefore::new(acknowledged().map(|(save, number)| (save.ended, number)));
    for (save, number) in acknowledged() {
        if let Some(before) = highest.at(save.begun)
            && before >= number
        {
            found.push(format!("revision {number} was begun after {before} had been acknowledged"));
        }
    }
    for read in &history.reads {
        if let Some(before) = highest.at(read.begun)
            && before > read.revision
        {
            found.push(format!("revision {} was shown after {before} had been acknowledged", read.revision));
        }
    }
}

/// The highest number up to a moment.
struct HighestBefore(Vec<(Instant, i64)>);

impl HighestBefore {
    fn new(numbers: impl Iterator<Item = (Instant, i64)>) -> Self {
        let mut numbers: Vec<(Instant, i64)> = numbers.collect();
        numbers.sort();
        let mut highest = i64::MIN;
        for (_, number) in &mut numbers {
            highest = highest.max(*number);
            *number = highest;
        }
        Self(numbers)
    }

    fn at(&self, moment: Instant) -> Option<i64> {
        let before = self.0.partition_point(|(at, _)| *at < moment);
        Some(self.0[before.checked_sub(1)?].1)
    }
}

/// Whoever looked saw the schema of the revision that they were told, and never an older one than before; and the store
/// ends at what the edits lead to.
fn check_reads(history: &History, kept: &Kept, found: &mut Vec<String>) {
    let mut schema = history.first.clone();
    let mut digests = vec![digest(&schema)];
    for revision in &kept.revisions {
        if let Err(error) = apply_all(&mut schema, &revision.edits) {
            found.push(format!("revision {} does not apply: {error}", revision.number));
            return;
        }
        digests.push(digest(&schema));
    }
    if schema != kept.schema {
        found.push("the store is not what its revisions lead to".to_owned());
    }
    let mut seen: BTreeMap<usize, Vec<&Read>> = BTreeMap::new();
    for read in &history.reads {
        seen.entry(read.person).or_default().push(read);
        let expect = usize::try_from(read.revision).ok().and_then(|number| digests.get(number));
        if expect != Some(&read.digest) {
            found.push(format!("somebody saw another schema as revision {}", read.revision));
        }
    }
    for reads in seen.values() {
        let highest = HighestBefore::new(reads.iter().map(|read| (read.ended, read.revision)));
        for read in reads {
            if let Some(before) = highest.at(read.begun)
                && before > read.revision
            {
                found.push(format!("somebody saw revision {} after {before}", read.revision));
            }
        }
    }
}

/// Figures of many histories.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(crate) acknowledged: usize,
    pub(crate) refused: usize,
    pub(crate) reads: usize,
    pub(crate) in_doubt: Vec<Duration>,
}

impl Figures {
    pub(crate) fn add(&mut self, history: &History) {
        let refused = history.saves.iter().filter(|save| save.end == End::Refused).count();
        self.refused += refused;
        self.acknowledged += history.saves.len() - refused;
        self.reads += history.reads.len();
        self.in_doubt.extend(history.saves.iter().filter_map(|save| save.in_doubt));
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.refused += other.refused;
        self.reads += other.reads;
        self.in_doubt.extend(other.in_doubt);
    }

    pub(crate) fn longest(&self) -> Duration {
        self.in_doubt.iter().max().copied().unwrap_or_default()
    }

    pub(crate) fn in_words(&mut self) -> String {
        self.in_doubt.sort();
        let at = |part: usize| {
            let at = self.in_doubt.len().saturating_sub(1) * part / 100;
            self.in_doubt.get(at).copied().unwrap_or_default().as_secs_f64()
        };
        format!(
            "{} Saves acknowledged, {} refused, {} looks; {} Saves in doubt, settled in p50 {:.2} s, p95 {:.2} s, most \
             {:.2} s",
            self.acknowledged,
            self.refused,
            self.reads,
            self.in_doubt.len(),
            at(50),
            at(95),
            at(100)
        )
    }
}

#[cfg(test)]
mod tests {
    use edit::Attribute;
    use schema::{ObjectId, TableId, testing::schema_from};

    use super::*;

    const STEP: Duration = Duration::from_millis(10);

    /// Three Saves one after the other, each acknowledged and looked at by the same person.
    fn all_well() -> (History, Kept) {
        let first = schema_from("a\n  id integer!");
        let table = *first.tables.keys().next().unwrap();
        let mut schema = first.clone();
        let mut at = Instant::now();
        let mut history = History { first, saves: Vec::new(), reads: Vec::new() };
        let mut revisions = Vec::new();
        for number in 1..=3 {
            let edits = vec![note(&schema, table, &format!("{number}"))];
            apply_all(&mut schema, &edits).unwrap();
            let commit_id = Uuid::new_v4();
            let (begun, ended) = (at, at + STEP);
            let end = End::Acknowledged(number);
            history.saves.push(Save { commit_id, edits: edits.clone(), begun, ended, in_doubt: None, end });
            let (begun, ended) = (ended + STEP, ended + STEP * 2);
            history.reads.push(Read { person: 0, begun, ended, revision: number, digest: digest(&schema) });
            revisions.push(Revision { number, commit_id, edits });
            at = ended + STEP;
        }
        (history, Kept { revisions, head: 3, schema, unlike: Vec::new() })
    }

    fn note(schema: &Schema, table: TableId, text: &str) -> Edit {
        Edit::Alter {
            object: ObjectId::Table(table),
            from: Attribute::Note(schema.tables[&table].note.clone()),
            to: Attribute::Note(Some(text.to_owned())),
        }
    }

    fn check(name: &str, spoil: impl FnOnce(&mut History, &mut Kept), expect: &[&str]) {
        let (mut history, mut kept) = all_well();
        spoil(&mut history, &mut kept);
        let found = divergences(&history, &kept);
        for words in expect {
            assert!(found.iter().any(|it| it.contains(words)), "{name}: {words} in {found:?}");
        }
        assert_eq!(found.is_empty(), expect.is_empty(), "{name}: {found:?}");
    }

    #[test]
    fn whatever_does_not_agree_is_found() {
        check("all well", |_, _| {}, &[]);
        check(
            "a refused one",
            |history, _| {
                let mut refused = history.saves[0].clone();
                (refused.commit_id, refused.end) = (Uuid::new_v4(), End::Refused);
                history.saves.push(refused);
            },
            &[],
        );
        check("lost", |_, kept| drop(kept.revisions.pop()), &["and is lost", "the head is 3 after 2"]);
        check("twice", |_, kept| kept.revisions.push(kept.revisions[2].clone()), &["applied 2 times"]);
        check("refused, applied", |history, _| history.saves[1].end = End::Refused, &["refused and applied"]);
        check("another number", |history, _| history.saves[2].end = End::Acknowledged(2), &["as 2 and is 3"]);
        check("nobody's", |history, _| drop(history.saves.pop()), &["nobody's"]);
        check("other edits", |_, kept| kept.revisions[1].edits.clear(), &["other edits"]);
        check("a gap", |_, kept| kept.revisions[2].number = 4, &["revision 4 stands where 3 should"]);
        check("late", |history, _| history.saves[0].begun += STEP * 20, &["was begun after 3"]);
        check(
            "a look back",
            |history, _| {
                let (digest, revision) = (history.reads[0].digest, history.reads[0].revision);
                (history.reads[2].digest, history.reads[2].revision) = (digest, revision);
            },
            &["saw revision 1 after 2", "revision 1 was shown after 3"],
        );
        check("a mixture", |history, _| history.reads[1].digest = history.reads[0].digest, &["another schema"]);
        check("the store", |history, kept| kept.schema = history.first.clone(), &["not what its revisions lead to"]);
        check("the database", |_, kept| kept.unlike.push("column a.x is new".to_owned()), &["column a.x is new"]);
    }
}
