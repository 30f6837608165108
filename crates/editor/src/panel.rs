//! The panel on the right: which object it edits, and since when.

use crate::{Announcement, Editor, Effect, Facet};
use schema::{AnnotationId, ColumnId, ObjectId, ReferenceId, TableId, TypeId};
use std::collections::BTreeSet;

/// An open panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Panel {
    /// What it edits.
    pub subject: Subject,
    /// The history's mark when it was opened: × and Esc take back everything since.
    pub mark: usize,
}

/// What a panel edits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// A table; a column of it to begin with, perhaps.
    Table(TableId, Option<ColumnId>),
    /// A reference.
    Reference(ReferenceId),
    /// A reference that is not made yet; begun from a column, perhaps.
    NewReference(Option<(TableId, ColumnId)>),
    /// An enum or domain.
    Type(TypeId),
    /// A group or note.
    Annotation(AnnotationId),
}

impl Editor {
    pub(crate) fn open_panel(&mut self, subject: Subject) -> Vec<Effect> {
        let exists = match subject {
            Subject::Table(table, _) => self.target().table(table).is_some(),
            Subject::Reference(id) => self.target().references.contains_key(&id),
            Subject::NewReference(_) => true,
            Subject::Type(id) => self.target().types.contains_key(&id),
            Subject::Annotation(id) => self.target().annotations.contains_key(&id),
        };
        if !exists {
            return vec![Effect::Announce(Announcement::note("It is removed; discard the removal to edit it"))];
        }
        let same_table = matches!(
            (self.panel().map(|panel| panel.subject), subject),
            (Some(Subject::Table(a, _)), Subject::Table(b, _)) if a == b
        );
        let mark = match self.panel() {
            Some(panel) if same_table => panel.mark,
            Some(_) | None => self.history().mark(),
        };
        self.set_panel(Some(Panel { subject, mark }));
        vec![Effect::Changed(Facet::Panel), Effect::FocusPanel]
    }

    pub(crate) fn open_object(&mut self, object: ObjectId) -> Vec<Effect> {
        match object {
            ObjectId::Reference(id) => self.open_panel(Subject::Reference(id)),
            ObjectId::Column(table, column) => self.open_panel(Subject::Table(table, Some(column))),
            ObjectId::Table(table)
            | ObjectId::Key(table, _)
            | ObjectId::Check(table, _)
            | ObjectId::Index(table, _) => self.open_panel(Subject::Table(table, None)),
            ObjectId::Opaque(id) => match self.target().opaque.get(&id).and_then(|it| it.table) {
                Some(table) => self.open_panel(Subject::Table(table, None)),
                None => Vec::new(),
            },
            ObjectId::Type(id) => self.open_panel(Subject::Type(id)),
            ObjectId::Annotation(id) => self.open_panel(Subject::Annotation(id)),
            ObjectId::Namespace(_) => Vec::new(),
        }
    }

    pub(crate) fn close_panel(&mut self) -> Vec<Effect> {
        if self.panel().is_none() {
            return Vec::new();
        }
        self.set_panel(None);
        vec![Effect::Changed(Facet::Panel), Effect::FocusCanvas]
    }

    /// Everything since the panel was opened is undone as one step, which can itself be undone.
    pub(crate) fn take_back(&mut self) -> Vec<Effect> {
        let Some(panel) = self.panel() else { return Vec::new() };
        let label = match panel.subject {
            Subject::Table(table, _) => {
                let table = self.target().table(table).or_else(|| self.base().table(table));
                format!("take back changes to {}", table.map(|table| table.name.as_str()).unwrap_or("the table"))
            }
            Subject::Reference(_) | Subject::NewReference(_) => "take back changes to the reference".to_owned(),
            Subject::Annotation(id) => {
                let it = self.target().annotations.get(&id).or_else(|| self.base().annotations.get(&id));
                format!("take back changes to {}", it.map(|it| it.name.as_str()).unwrap_or("the group"))
            }
            Subject::Type(id) => {
                let it = self.target().user_type(id).or_else(|| self.base().user_type(id));
                format!("take back changes to {}", it.map(|it| it.name.as_str()).unwrap_or("the type"))
            }
        };
        let gesture = self.history().since(panel.mark, label);
        let mut effects = self.close_panel();
        if !gesture.is_empty() {
            effects.extend(self.perform(gesture));
        }
        effects
    }

    /// The pending items that belong to the open panel, with everything that they need.
    pub fn panel_items(&self) -> BTreeSet<ObjectId> {
        let chosen = match self.panel().map(|panel| panel.subject) {
            Some(Subject::Table(table, _)) => {
                self.pending().items().filter(|item| item.table == Some(table)).map(|item| item.object).collect()
            }
            Some(Subject::Reference(id)) => BTreeSet::from([ObjectId::Reference(id)]),
            Some(Subject::Type(id)) => BTreeSet::from([ObjectId::Type(id)]),
            Some(Subject::Annotation(id)) => BTreeSet::from([ObjectId::Annotation(id)]),
            Some(Subject::NewReference(_)) | None => BTreeSet::new(),
        };
        self.pending().with_needs(&chosen)
    }
}
