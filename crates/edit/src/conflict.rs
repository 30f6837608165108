//! What staged edits and the committed schema disagree about, and the ways to decide it.

use crate::drop::find;
use crate::involve::Involved;
use crate::names::{Scope, names_of, own_names};
use crate::rebase::{Kept, Slot, Slots};
use crate::touch::uses;
use crate::{Attribute, Edit, EditError, Object, apply, diff, drop_edits, rebase};
use schema::{Code, Diagnostic, Name, ObjectId, Schema, validate};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// One thing for a person to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// What it is about.
    pub object: ObjectId,
    /// What stands against the edits.
    pub kind: ConflictKind,
    /// The edits that are to be decided.
    pub edits: Vec<Edit>,
    /// Edits that need them, and follow the decision.
    pub waiting: Vec<Edit>,
}

/// What stands against staged edits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictKind {
    /// Both changed this attribute.
    Changed {
        /// As it was when the edit was staged.
        base: Attribute,
        /// As it is now.
        theirs: Attribute,
        /// As it was to be.
        mine: Attribute,
    },
    /// The object is gone that the edits change, or that they need.
    Deleted,
    /// What the edits delete has been changed, or is used by this.
    Kept(Option<ObjectId>),
    /// The name belongs to something else now.
    NameTaken {
        /// The name.
        name: Name,
        /// Who has it.
        by: Option<ObjectId>,
    },
    /// The object is there already, and is another one.
    Exists,
    /// The edits and what others did do not go together.
    Invalid(Diagnostic),
    /// Nothing stands against the edits any more.
    Free,
}

/// What a person decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// What is committed stays.
    Theirs,
    /// The staged edits are made all the same: over the other value, after restoring what is gone, or with everything
    /// that uses what they delete.
    Mine,
}

/// What a decision leads to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Resolved {
    /// What is to be changed now.
    pub edits: Vec<Edit>,
    /// Held edits that are decided by it.
    pub settled: Vec<Edit>,
}

impl Conflict {
    /// Decides the conflict on the edited schema. `before` is what the edits were made for, as far as it is known: what
    /// is restored comes from it.
    ///
    /// # Errors
    /// When it cannot be decided like that, because something else is missing.
    pub fn resolve(&self, choice: &Choice, target: &Schema, before: &Schema) -> Result<Resolved, EditError> {
        let all = || self.edits.iter().chain(&self.waiting).cloned().collect::<Vec<_>>();
        if *choice == Choice::Theirs {
            return Ok(Resolved { edits: Vec::new(), settled: all() });
        }
        let mut result = target.clone();
        if self.kind == ConflictKind::Deleted {
            let gone = find(before, self.object).ok_or(EditError::Missing(self.object))?;
            apply(&mut result, &Edit::Create(gone))?;
        }
        for edit in &self.edits {
            force(&mut result, edit)?;
        }
        let followed = rebase(&result, &self.waiting, &result);
        let settled = all().into_iter().filter(|edit| !followed.held.contains(edit)).collect();
        Ok(Resolved { edits: diff(target, &followed.target), settled })
    }

    /// What else has a part in it.
    pub fn with(&self) -> Option<ObjectId> {
        match &self.kind {
            ConflictKind::Kept(by) | ConflictKind::NameTaken { by, .. } => *by,
            ConflictKind::Invalid(finding) => Some(finding.object),
            ConflictKind::Changed { .. } | ConflictKind::Deleted | ConflictKind::Exists | ConflictKind::Free => None,
        }
    }

    /// Whether [`Choice::Mine`] can be carried out.
    pub fn can_take_mine(&self, target: &Schema, before: &Schema) -> bool {
        self.resolve(&Choice::Mine, target, before).is_ok()
    }
}

/// Makes the edit whatever is there.
fn force(target: &mut Schema, edit: &Edit) -> Result<(), EditError> {
    match edit {
        Edit::Alter { object, to, .. } => {
            let from = Attribute::of(target, *object, to.field()).ok_or(EditError::Missing(*object))?;
            apply(target, &Edit::Alter { object: *object, from, to: to.clone() })
        }
        Edit::Drop(object) => {
            for edit in drop_edits(target, object.id()) {
                apply(target, &edit)?;
            }
            Ok(())
        }
        Edit::Create(object) => match find(target, object.id()) {
            None => apply(target, edit),
            Some(found) => replace(target, &found, object),
        },
    }
}

/// Puts the object in the place of one of the same id, so that what uses it can stay.
fn replace(target: &mut Schema, found: &Object, object: &Object) -> Result<(), EditError> {
    let (from, to) = (alone(found), alone(object));
    let (Some(from), Some(to)) = (from, to) else {
        apply(target, &Edit::Drop(found.clone()))?;
        return apply(target, &Edit::Create(object.clone()));
    };
    for edit in diff(&from, &to) {
        apply(target, &edit)?;
    }
    Ok(())
}

/// A schema of this table, namespace or reference alone.
fn alone(object: &Object) -> Option<Schema> {
    let mut schema = Schema::default();
    match object {
        Object::Table(table) => {
            schema.tables.insert(table.id, Arc::new(table.clone()));
        }
        Object::Reference(reference) => {
            schema.references.insert(reference.id, Arc::new(reference.clone()));
        }
        Object::Namespace(namespace) => {
            schema.namespaces.insert(namespace.id, namespace.clone());
        }
        Object::Type(_)
        | Object::Opaque(_)
        | Object::Annotation(_)
        | Object::Column(..)
        | Object::Key(..)
        | Object::Check(..)
        | Object::Index(..) => return None,
    }
    Some(schema)
}

/// What has to be decided about edits that are held back from `target`, in the order in which they were staged.
pub fn conflicts(held: &[Edit], target: &Schema) -> Vec<Conflict> {
    if held.is_empty() {
        return Vec::new();
    }
    let groups = Groups::new(held, target);
    let reasons = groups.reasons(target);
    groups.assemble(&reasons)
}

/// Why a slot is held back.
#[derive(Debug, Clone)]
enum Reason {
    /// By itself: what the conflict is about, and its kind.
    Own(ObjectId, Box<ConflictKind>),
    /// Because of another one.
    Waits(Slot),
}

struct Groups<'a> {
    /// Slots in the order of their first edits.
    order: Vec<Slot>,
    edits: BTreeMap<Slot, Vec<&'a Edit>>,
    created: BTreeMap<ObjectId, Slot>,
    dropped: BTreeMap<ObjectId, Slot>,
}

impl<'a> Groups<'a> {
    /// Edits that are made already, by hand perhaps, are nothing to decide.
    fn new(held: &'a [Edit], target: &Schema) -> Self {
        let slots = Slots::all(held.iter());
        let mut it =
            Self { order: Vec::new(), edits: BTreeMap::new(), created: BTreeMap::new(), dropped: BTreeMap::new() };
        for (slot, edit) in slots.iter().filter(|(_, edit)| !slots.is_done(target, edit)) {
            let edits = it.edits.entry(slot).or_default();
            if edits.is_empty() {
                it.order.push(slot);
            }
            edits.push(edit);
            match edit {
                Edit::Create(object) => {
                    it.created.insert(object.id(), slot);
                }
                Edit::Drop(object) => {
                    it.dropped.insert(object.id(), slot);
                }
                Edit::Alter { .. } => {}
            }
        }
        it
    }

    fn of(&self, slot: &Slot) -> &[&'a Edit] {
        self.edits.get(slot).map(Vec::as_slice).unwrap_or_default()
    }

    fn reasons(&self, target: &Schema) -> BTreeMap<Slot, Reason> {
        let mut reasons = BTreeMap::new();
        let mut probe = target.clone();
        let mut landed: Vec<(Slot, &Edit)> = Vec::new();
        for slot in &self.order {
            let mut done = Vec::new();
            let mut refused = None;
            for edit in self.of(slot) {
                match apply(&mut probe, edit) {
                    Ok(()) => done.push(*edit),
                    Err(error) => {
                        refused = Some((*edit, error));
                        break;
                    }
                }
            }
            match refused {
                None => landed.extend(done.into_iter().map(|edit| (*slot, edit))),
                Some((edit, error)) => {
                    for edit in done.into_iter().rev() {
                        // What has just been applied can be taken back.
                        let _ = apply(&mut probe, &edit.invert());
                    }
                    reasons.insert(*slot, self.refusal(*slot, edit, &error, target));
                }
            }
        }
        self.judge(&probe, target, &landed, &mut reasons);
        reasons
    }

    /// Why the edit does not apply.
    fn refusal(&self, slot: Slot, edit: &Edit, error: &EditError, target: &Schema) -> Reason {
        if let Some(maker) = uses(edit).iter().chain([&edit.object()]).find_map(|object| self.maker(*object, slot)) {
            return Reason::Waits(maker);
        }
        let object = edit.object();
        let own = |kind| Reason::Own(object, Box::new(kind));
        let is_remade = self.created.contains_key(&object) && self.dropped.contains_key(&object);
        if let EditError::Missing(missing) = error
            && (is_remade || !matches!(edit, Edit::Drop(_)))
        {
            let table = missing.table().filter(|table| target.table(*table).is_none());
            return Reason::Own(table.map_or(*missing, ObjectId::Table), Box::new(ConflictKind::Deleted));
        }
        match edit {
            Edit::Alter { from, to, .. } => match Attribute::of(target, object, to.field()) {
                Some(theirs) => own(ConflictKind::Changed { base: from.clone(), theirs, mine: to.clone() }),
                None => own(ConflictKind::Free),
            },
            Edit::Create(_) => own(ConflictKind::Exists),
            Edit::Drop(gone) => {
                if find(target, object).as_ref() != Some(gone) {
                    return own(ConflictKind::Kept(None));
                }
                let EditError::InUse { by, .. } = error else { return own(ConflictKind::Kept(None)) };
                match self.dropped.get(by) {
                    Some(other) if *other != slot => Reason::Waits(*other),
                    Some(_) | None => own(ConflictKind::Kept(Some(*by))),
                }
            }
        }
    }

    /// The other slot that makes the object.
    fn maker(&self, object: ObjectId, slot: Slot) -> Option<Slot> {
        let table = object.table().map(ObjectId::Table);
        let maker = self.created.get(&object).or_else(|| self.created.get(&table?)).copied()?;
        (maker != slot).then_some(maker)
    }

    /// Says of edits that apply one after another why they are held back all the same.
    fn judge(&self, probe: &Schema, target: &Schema, landed: &[(Slot, &Edit)], reasons: &mut BTreeMap<Slot, Reason>) {
        let slots: BTreeSet<Slot> = landed.iter().map(|(slot, _)| *slot).collect();
        if slots.is_empty() {
            return;
        }
        let known: BTreeSet<(Code, ObjectId)> =
            validate(target).iter().map(|finding| (finding.code, finding.object)).collect();
        let findings: Vec<Diagnostic> =
            validate(probe).into_iter().filter(|finding| !known.contains(&(finding.code, finding.object))).collect();
        if !findings.is_empty() {
            let involved = Involved::new(probe, landed.iter().copied());
            let owners = owners(probe);
            for finding in findings {
                for slot in involved.in_one(&finding) {
                    let kind = self.finding_kind(slot, &finding, probe, &owners);
                    reasons.entry(slot).or_insert(Reason::Own(slot.object, Box::new(kind)));
                }
            }
        }
        let stays = self.order.iter().flat_map(|slot| self.of(slot)).filter_map(|edit| match edit {
            Edit::Drop(object) => Some(object),
            Edit::Create(_) | Edit::Alter { .. } => None,
        });
        let kept = Kept::new(stays);
        for (slot, edit) in landed {
            if reasons.contains_key(slot) {
                continue;
            }
            let maker = uses(edit).into_iter().find_map(|object| self.maker(object, *slot));
            let carrier = match edit {
                Edit::Drop(object) => kept.carries(object).and_then(|it| self.dropped.get(&it).copied()),
                Edit::Create(_) | Edit::Alter { .. } => None,
            };
            let reason = match maker.or(carrier).filter(|other| other != slot) {
                Some(other) => Reason::Waits(other),
                None => Reason::Own(slot.object, Box::new(ConflictKind::Free)),
            };
            reasons.insert(*slot, reason);
        }
    }

    fn finding_kind(
        &self,
        slot: Slot,
        finding: &Diagnostic,
        probe: &Schema,
        owners: &BTreeMap<(Scope, Name), Vec<ObjectId>>,
    ) -> ConflictKind {
        if self.of(&slot).iter().all(|edit| matches!(edit, Edit::Drop(_))) {
            return ConflictKind::Kept(Some(finding.object));
        }
        if finding.code != Code::DuplicateName {
            return ConflictKind::Invalid(finding.clone());
        }
        let mine = names_of(probe, slot.object);
        let name = own_names(probe, finding.object).into_iter().find(|name| mine.contains(name));
        let Some(name) = name else { return ConflictKind::Invalid(finding.clone()) };
        let is_mine =
            |object: &ObjectId| *object == slot.object || object.table().map(ObjectId::Table) == Some(slot.object);
        let by = owners.get(&name).into_iter().flatten().find(|object| !is_mine(object)).copied();
        ConflictKind::NameTaken { name: name.1, by }
    }

    fn assemble(&self, reasons: &BTreeMap<Slot, Reason>) -> Vec<Conflict> {
        let mut found: Vec<Conflict> = Vec::new();
        let mut places: BTreeMap<(ObjectId, Option<Slot>), usize> = BTreeMap::new();
        for slot in &self.order {
            let root = root(*slot, reasons);
            let (object, kind) = match reasons.get(&root) {
                Some(Reason::Own(object, kind)) => (*object, kind.as_ref().clone()),
                Some(Reason::Waits(_)) | None => (root.object, ConflictKind::Free),
            };
            // All that needs one lost object is decided together.
            let own = (kind != ConflictKind::Deleted).then_some(root);
            let place = *places.entry((object, own)).or_insert_with(|| {
                found.push(Conflict { object, kind: kind.clone(), edits: Vec::new(), waiting: Vec::new() });
                found.len() - 1
            });
            let Some(conflict) = found.get_mut(place) else { continue };
            let edits = self.of(slot).iter().map(|edit| (*edit).clone());
            let list = if root == *slot { &mut conflict.edits } else { &mut conflict.waiting };
            list.extend(edits);
        }
        found
    }
}

/// The slot that another one waits for in the end.
fn root(slot: Slot, reasons: &BTreeMap<Slot, Reason>) -> Slot {
    let mut seen = BTreeSet::new();
    let mut at = slot;
    while let Some(Reason::Waits(next)) = reasons.get(&at) {
        if !seen.insert(at) {
            // They wait for each other: the first of them speaks for all.
            return seen.first().copied().unwrap_or(slot);
        }
        at = *next;
    }
    at
}

/// Who has which name.
fn owners(schema: &Schema) -> BTreeMap<(Scope, Name), Vec<ObjectId>> {
    let mut owners: BTreeMap<(Scope, Name), Vec<ObjectId>> = BTreeMap::new();
    let namespaces = schema.namespaces.keys().map(|id| ObjectId::Namespace(*id));
    let references = schema.references.keys().map(|id| ObjectId::Reference(*id));
    let tables = schema.tables.values().flat_map(|table| {
        let columns = table.columns.iter().map(|column| ObjectId::Column(table.id, column.id));
        let keys = table.keys.iter().map(|key| ObjectId::Key(table.id, key.id));
        let checks = table.checks.iter().map(|check| ObjectId::Check(table.id, check.id));
        let indexes = table.indexes.iter().map(|index| ObjectId::Index(table.id, index.id));
        std::iter::once(ObjectId::Table(table.id)).chain(columns).chain(keys).chain(checks).chain(indexes)
    });
    let types = schema.types.keys().map(|id| ObjectId::Type(*id));
    let annotations = schema.annotations.keys().map(|id| ObjectId::Annotation(*id));
    for object in namespaces.chain(tables).chain(references).chain(types).chain(annotations) {
        let names =
            if matches!(object, ObjectId::Table(_)) { own_names(schema, object) } else { names_of(schema, object) };
        for name in names {
            owners.entry(name).or_default().push(object);
        }
    }
    owners
}
