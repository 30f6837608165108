//! Carrying staged edits over to a newer committed schema.

use crate::drop::find;
use crate::involve::Involved;
use crate::meaning::Meaning;
use crate::{Attribute, Edit, Field, Object, apply};
use schema::{ColumnId, Diagnostic, Name, ObjectId, Schema, TableId, validate};
use std::collections::{BTreeMap, BTreeSet};

/// What became of staged edits on a newer base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rebased {
    /// The newer base with everything that still fits applied.
    pub target: Schema,
    /// Edits that do not fit, in their old order; still to be decided by the person (see [`crate::conflicts`]).
    pub held: Vec<Edit>,
}

/// What people stage settles in two or three passes. More are only needed by edits that were made up to cost time.
const MAX_PASSES: usize = 32;

/// Applies staged edits, in the order in which they apply to their old base, to a newer one. Of `base`, the old one, as
/// much as is known is enough: it says which columns are meant by the names in a check.
///
/// Each attribute is merged by itself. What both changed alike, or only one of both changed, is merged; the rest is held
/// back, with all that needs it. Nothing is picked silently. Places of columns among each other are the exception: they
/// never conflict, and the later one stands.
pub fn rebase(base: &Schema, edits: &[Edit], newer: &Schema) -> Rebased {
    let (slots, meaning) = (Slots::of(edits, newer), Meaning::new(base, edits));
    let mut held = BTreeSet::new();
    let target = fit(&slots, &meaning, newer, &mut held);
    Rebased { target, held: slots.edits_in(&held) }
}

/// As [`rebase`], and holds back as well what only goes wrong together with what others did: names that are taken now,
/// references whose types or keys are no longer what they need.
///
/// `known` is what was wrong with the edits on their old base already. It stays for the person to see and mend.
pub fn merge(base: &Schema, edits: &[Edit], newer: &Schema, known: &[Diagnostic]) -> Rebased {
    let (slots, meaning) = (Slots::of(edits, newer), Meaning::new(base, edits));
    let mut held = BTreeSet::new();
    let mut known: BTreeSet<_> = known.iter().map(|finding| (finding.code, finding.object)).collect();
    for round in 0..MAX_PASSES {
        let target = fit(&slots, &meaning, newer, &mut held);
        let is_new = |finding: &Diagnostic| !known.contains(&(finding.code, finding.object));
        let mut findings: Vec<Diagnostic> = validate(&target).into_iter().filter(is_new).collect();
        if round == 0 && !findings.is_empty() {
            let of_newer: BTreeSet<_> = validate(newer).iter().map(|finding| (finding.code, finding.object)).collect();
            findings.retain(|finding| !of_newer.contains(&(finding.code, finding.object)));
            known.extend(of_newer);
        }
        if findings.is_empty() {
            return Rebased { target, held: slots.edits_in(&held) };
        }
        let free = slots.iter().filter(|(slot, _)| !held.contains(slot));
        let involved = Involved::new(&target, free).in_any(&findings);
        if involved.is_empty() {
            break;
        }
        held.extend(involved);
    }
    Rebased { target: newer.clone(), held: edits.to_vec() }
}

/// What is decided as one: an attribute of an object, or an object that comes or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) object: ObjectId,
    pub(crate) field: Option<Field>,
}

/// Edits with their slots, in order.
pub(crate) struct Slots<'a> {
    list: Vec<(Slot, &'a Edit)>,
    /// Objects that are dropped and made again, such as a key that becomes primary, as they are made.
    remade: BTreeMap<ObjectId, &'a Object>,
}

impl<'a> Slots<'a> {
    /// The edits but those that make objects which stand in the schema as they are to be made: somebody did that already.
    /// What is to be changed in them, of what is held, still is.
    fn of(edits: &'a [Edit], newer: &Schema) -> Self {
        let mut last: BTreeMap<ObjectId, &Edit> = BTreeMap::new();
        for edit in edits {
            last.insert(edit.object(), edit);
        }
        let mut slots = Self::all(edits.iter());
        let is_done = |edit: &Edit| match last.get(&edit.object()) {
            Some(last @ Edit::Create(_)) => !matches!(edit, Edit::Alter { .. }) && slots.is_done(newer, last),
            Some(Edit::Drop(_) | Edit::Alter { .. }) | None => false,
        };
        let list = slots.iter().filter(|(_, edit)| !is_done(edit)).collect();
        slots.list = list;
        slots
    }

    pub(crate) fn all(edits: impl Iterator<Item = &'a Edit>) -> Self {
        let edits: Vec<&Edit> = edits.collect();
        let (mut created, mut dropped) = (BTreeMap::new(), BTreeSet::new());
        for edit in edits.iter().copied() {
            match edit {
                Edit::Create(object) => {
                    created.insert(object.id(), object);
                }
                Edit::Drop(object) => {
                    dropped.insert(object.id());
                }
                Edit::Alter { .. } => {}
            }
        }
        let slot = |edit: &Edit| match edit {
            Edit::Alter { object, to, .. } if !created.contains_key(object) && !dropped.contains(object) => {
                Slot { object: *object, field: Some(to.field()) }
            }
            Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => Slot { object: edit.object(), field: None },
        };
        let list = edits.into_iter().map(|edit| (slot(edit), edit)).collect();
        created.retain(|object, _| dropped.contains(object));
        Self { list, remade: created }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Slot, &'a Edit)> + '_ {
        self.list.iter().copied()
    }

    /// Whether the object is dropped and made again.
    pub(crate) fn is_remade(&self, object: ObjectId) -> bool {
        self.remade.contains_key(&object)
    }

    /// Whether the schema is what the edit would make it. Of an object that is dropped and made again, both edits are done
    /// or neither is.
    pub(crate) fn is_done(&self, schema: &Schema, edit: &Edit) -> bool {
        match self.remade.get(&edit.object()) {
            // The same words may be about other columns.
            Some(Object::Check(..)) => false,
            Some(made) => find(schema, made.id()).as_ref() == Some(*made),
            None => is_done(schema, edit),
        }
    }

    /// What the edit removes for good.
    fn removed(&self, edit: &'a Edit) -> Option<&'a Object> {
        match edit {
            Edit::Drop(object) if !self.is_remade(object.id()) => Some(object),
            Edit::Drop(_) | Edit::Create(_) | Edit::Alter { .. } => None,
        }
    }

    fn edits_in(&self, held: &BTreeSet<Slot>) -> Vec<Edit> {
        self.iter().filter(|(slot, _)| held.contains(slot)).map(|(_, edit)| edit.clone()).collect()
    }

    /// Holds back what goes only because something else goes that is held back: the reference of a table, the key over
    /// a column.
    fn hold_what_goes_along(&self, held: &mut BTreeSet<Slot>) {
        let kept = self.iter().filter(|(slot, _)| held.contains(slot)).filter_map(|(_, edit)| self.removed(edit));
        let kept = Kept::new(kept);
        let goes_along =
            self.iter().filter(|(_, edit)| self.removed(edit).is_some_and(|it| kept.carries(it).is_some()));
        held.extend(goes_along.map(|(slot, _)| slot));
    }
}

/// Objects that stay for now although they were to go, by what may go with them.
#[derive(Default)]
pub(crate) struct Kept<'a> {
    tables: BTreeSet<TableId>,
    columns: BTreeMap<(TableId, ColumnId), &'a Name>,
    keys: BTreeMap<(TableId, Vec<ColumnId>), ObjectId>,
}

impl<'a> Kept<'a> {
    pub(crate) fn new(objects: impl Iterator<Item = &'a Object>) -> Self {
        let mut kept = Self::default();
        let sorted = |columns: &[ColumnId]| {
            let mut columns = columns.to_vec();
            columns.sort_unstable();
            columns
        };
        for object in objects {
            match object {
                Object::Table(table) => {
                    kept.tables.insert(table.id);
                }
                Object::Column(table, column) => {
                    kept.columns.insert((*table, column.id), &column.name);
                }
                Object::Key(table, key) => {
                    kept.keys.insert((*table, sorted(&key.columns)), object.id());
                }
                Object::Index(table, index) => {
                    if let Some(columns) = index.unique_columns() {
                        kept.keys.insert((*table, sorted(&columns)), object.id());
                    }
                }
                Object::Namespace(_)
                | Object::Check(..)
                | Object::Reference(_)
                | Object::Type(_)
                | Object::Opaque(_)
                | Object::Annotation(_) => {}
            }
        }
        kept
    }

    /// What the object goes along with.
    pub(crate) fn carries(&self, object: &Object) -> Option<ObjectId> {
        let column = |table: TableId, id: ColumnId| {
            self.columns.contains_key(&(table, id)).then_some(ObjectId::Column(table, id))
        };
        match object {
            Object::Key(table, key) => key.mentions().iter().find_map(|id| column(*table, *id)),
            Object::Index(table, index) => index.mentions().iter().find_map(|id| column(*table, *id)),
            Object::Column(table, it) => it.sources().iter().find_map(|id| column(*table, *id)),
            Object::Opaque(it) => it.table.filter(|table| self.tables.contains(table)).map(ObjectId::Table),
            Object::Check(table, check) => {
                let names = check.expression.columns();
                let mut of_table = self.columns.range((*table, ColumnId::from_u128(0))..);
                of_table
                    .by_ref()
                    .take_while(|((other, _), _)| other == table)
                    .find(|(_, name)| names.contains(name))
                    .map(|((table, id), _)| ObjectId::Column(*table, *id))
            }
            Object::Reference(it) => {
                let table = [it.referencing, it.referenced].into_iter().find(|table| self.tables.contains(table));
                let mut key = it.referenced_columns();
                key.sort_unstable();
                let pairs = it.pairs.iter();
                table
                    .map(ObjectId::Table)
                    .or_else(|| {
                        pairs.into_iter().find_map(|pair| {
                            column(it.referencing, pair.referencing).or_else(|| column(it.referenced, pair.referenced))
                        })
                    })
                    .or_else(|| self.keys.get(&(it.referenced, key)).copied())
            }
            Object::Namespace(_) | Object::Table(_) | Object::Type(_) | Object::Annotation(_) => None,
        }
    }
}

/// Applies all that fits, and adds to `held` what does not.
fn fit(slots: &Slots<'_>, meaning: &Meaning, newer: &Schema, held: &mut BTreeSet<Slot>) -> Schema {
    for _ in 0..MAX_PASSES {
        let known = held.len();
        let target = pass(slots, meaning, newer, held);
        slots.hold_what_goes_along(held);
        // A pass that found another misfit may have applied what goes together with it.
        if held.len() == known {
            return target;
        }
    }
    held.extend(slots.iter().map(|(slot, _)| slot));
    newer.clone()
}

/// Applies all edits but those in `held`, to which it adds those that do not apply.
fn pass(slots: &Slots<'_>, meaning: &Meaning, newer: &Schema, held: &mut BTreeSet<Slot>) -> Schema {
    let mut target = newer.clone();
    let mut checks = BTreeSet::new();
    for (slot, edit) in slots.iter() {
        if held.contains(&slot) {
            continue;
        }
        let carried = meaning.carried(edit, &target);
        if !carried.is_some_and(|edit| lands(&mut target, &edit, slots.is_remade(slot.object))) {
            held.insert(slot);
        } else if slot.field.is_none_or(|field| field == Field::Expression) {
            checks.insert(slot.object);
        }
    }
    let lost = meaning.keep(&mut target, newer, &checks);
    held.extend(slots.iter().map(|(slot, _)| slot).filter(|slot| lost.contains(&slot.object)));
    target
}

fn lands(target: &mut Schema, edit: &Edit, is_remade: bool) -> bool {
    if apply(target, edit).is_ok() {
        return true;
    }
    match edit {
        Edit::Alter { object, to: to @ Attribute::Rank(_), .. } => match Attribute::of(target, *object, Field::Rank) {
            None => true,
            Some(from) => apply(target, &Edit::Alter { object: *object, from, to: to.clone() }).is_ok(),
        },
        // They dropped it; making it again is not ours to decide.
        Edit::Drop(_) if is_remade => false,
        Edit::Create(_) | Edit::Drop(_) | Edit::Alter { .. } => is_done(target, edit),
    }
}

/// The edits that the schema does not have the outcome of yet.
pub fn still_open(edits: &[Edit], schema: &Schema) -> Vec<Edit> {
    let slots = Slots::all(edits.iter());
    edits.iter().filter(|edit| !slots.is_done(schema, edit)).cloned().collect()
}

/// Whether the schema is what the edit would make it.
pub fn is_done(schema: &Schema, edit: &Edit) -> bool {
    match edit {
        Edit::Create(object) => find(schema, object.id()).as_ref() == Some(object),
        Edit::Drop(object) => find(schema, object.id()).is_none(),
        Edit::Alter { object, to, .. } => Attribute::of(schema, *object, to.field()).as_ref() == Some(to),
    }
}
