//! Groups and notes, as commands and panels change them.

use crate::change::{alter, free_name};
use crate::{Announcement, Change, Editor, Effect};
use edit::{Attribute, Edit, Gesture, Object};
use schema::{Annotation, AnnotationId, AnnotationKind, ObjectId, Schema, Spot, TableId};
use std::collections::BTreeSet;

type Refused = String;

impl Editor {
    /// Puts a new group around the tables, which leave those that they were in.
    pub(crate) fn add_group(&mut self, tables: &[TableId]) -> Result<Gesture, Refused> {
        if tables.is_empty() {
            return Err("select the tables that belong together first".to_owned());
        }
        let it = self.new_annotation(AnnotationKind::Group)?;
        let label = format!("add group {}", it.name);
        let id = it.id;
        let mut edits = vec![Edit::Create(Object::Annotation(it))];
        edits.extend(tables.iter().filter_map(|table| into_group(self.target(), *table, Some(id))));
        Ok(Gesture { label, edits, ..Gesture::default() })
    }

    pub(crate) fn add_note(&mut self) -> Result<Gesture, Refused> {
        let it = self.new_annotation(AnnotationKind::Note)?;
        let label = format!("add note {}", it.name);
        Ok(Gesture { label, edits: vec![Edit::Create(Object::Annotation(it))], ..Gesture::default() })
    }

    fn new_annotation(&mut self, kind: AnnotationKind) -> Result<Annotation, Refused> {
        let all = self.target().annotations_of(kind);
        let name = free_name(kind.as_str(), |name| all.iter().any(|it| it.name.as_str() == name))?;
        Ok(Annotation { id: self.ids().annotation(), kind, name, note: None, color: None, spot: None })
    }

    /// Puts a table into a group, or out of the one that it is in.
    pub(crate) fn set_group(&self, table: TableId, group: Option<AnnotationId>) -> Result<Gesture, Refused> {
        let schema = self.target();
        let name = schema.label(ObjectId::Table(table)).ok_or("this table is gone")?;
        let label = match group.and_then(|id| schema.label(ObjectId::Annotation(id))) {
            Some(group) => format!("put {name} into the group {group}"),
            None => format!("take {name} out of its group"),
        };
        Ok(Gesture { label, edits: into_group(schema, table, group).into_iter().collect(), ..Gesture::default() })
    }

    pub(crate) fn set_color(&self, id: AnnotationId, color: Option<String>) -> Result<Gesture, Refused> {
        let it = self.target().annotations.get(&id).ok_or("this is gone")?;
        let (from, to) = (Attribute::Color(it.color.clone()), Attribute::Color(color));
        Ok(alter(format!("change the color of {}", it.name), ObjectId::Annotation(id), from, to))
    }

    /// The edit that puts a note elsewhere, or makes it wider or narrower; none of what is no note, or not there any more.
    pub(crate) fn note_moved(&self, id: AnnotationId, change: impl FnOnce(Spot) -> Spot) -> Option<Edit> {
        let from = self.target().annotations.get(&id)?.spot;
        let to = Some(change(self.scene().note_spot(id)?));
        let (from, to) = (Attribute::Spot(from), Attribute::Spot(to));
        Some(Edit::Alter { object: ObjectId::Annotation(id), from, to })
    }

    /// The edits that move the selected notes.
    pub(crate) fn nudged_notes(&self, x: i32, y: i32) -> Vec<Edit> {
        let notes = self.selection().iter().filter_map(|object| match object {
            ObjectId::Annotation(id) => {
                self.note_moved(*id, |spot| Spot { x: spot.x.saturating_add(x), y: spot.y.saturating_add(y), ..spot })
            }
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
        notes.collect()
    }

    pub(crate) fn group_selected(&mut self) -> Vec<Effect> {
        let selected: BTreeSet<TableId> = self.selection().iter().filter_map(|object| object.table()).collect();
        let tables: Vec<TableId> =
            selected.into_iter().filter(|table| self.target().tables.contains_key(table)).collect();
        if tables.is_empty() {
            return vec![Effect::Announce(Announcement::note("Select the tables that belong together first"))];
        }
        self.change(&Change::AddGroup(tables))
    }
}

fn into_group(schema: &Schema, table: TableId, group: Option<AnnotationId>) -> Option<Edit> {
    let (from, to) = (Attribute::Group(schema.table(table)?.group), Attribute::Group(group));
    let is_other = from != to;
    is_other.then_some(Edit::Alter { object: ObjectId::Table(table), from, to })
}

/// The edits that let the tables of a group go before it goes itself.
pub(crate) fn ungrouped(schema: &Schema, id: AnnotationId) -> Vec<Edit> {
    schema.members_of(id).iter().filter_map(|table| into_group(schema, table.id, None)).collect()
}

/// What the gesture moves, when it does nothing else.
pub(crate) fn nudged(gesture: &Gesture) -> Option<BTreeSet<ObjectId>> {
    let mut objects: BTreeSet<ObjectId> = gesture.moves.iter().map(|step| ObjectId::Table(step.table)).collect();
    for edit in &gesture.edits {
        let Edit::Alter { object, to: Attribute::Spot(_), .. } = edit else { return None };
        objects.insert(*object);
    }
    (gesture.settles.is_empty() && gesture.raises.is_empty()).then_some(objects)
}
